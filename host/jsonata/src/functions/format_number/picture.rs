//! Pictures of numbers.

use super::symbols::Symbols;
use crate::Fault;

/// What one half of a picture asks for.
#[derive(Debug)]
pub(super) struct SubPicture {
    pub(super) prefix: String,
    pub(super) suffix: String,
    /// 100 for percent, 1000 for per mille, otherwise 1.
    pub(super) scale: f64,
    pub(super) integer_grouping: Grouping,
    /// Before which digits of the fraction a sign stands, counted from 0, in ascending order.
    pub(super) fraction_grouping: Vec<usize>,
    pub(super) min_integer: usize,
    pub(super) min_fraction: usize,
    pub(super) max_fraction: usize,
    /// 0 where the picture has no exponent.
    pub(super) min_exponent: usize,
    /// How many integer digits the mantissa before an exponent has.
    pub(super) mantissa_places: usize,
}

/// Where grouping signs stand in the integer part, in digits from the right.
#[derive(Debug)]
pub(super) enum Grouping {
    /// After every so many digits.
    Regular(usize),
    /// In ascending order.
    AsShown(Vec<usize>),
}

impl Grouping {
    /// Whether a sign stands before the last so many digits.
    pub(super) fn has(&self, digits: usize) -> bool {
        match self {
            Grouping::Regular(every) => digits.is_multiple_of(*every),
            Grouping::AsShown(places) => places.binary_search(&digits).is_ok(),
        }
    }

    fn of(places: Vec<usize>) -> Self {
        let every = places.iter().fold(0, |gcd, place| divisor(gcd, *place));
        let multiples = (1..=places.len()).map(|count| count * every);
        match every > 0 && multiples.eq(places.iter().copied()) {
            true => Grouping::Regular(every),
            false => Grouping::AsShown(places),
        }
    }
}

/// The greatest common divisor.
fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

impl SubPicture {
    /// Reads a picture: one sub-picture, or one each for positive and negative numbers.
    pub(super) fn parse_all(picture: &str, symbols: &Symbols) -> Result<Vec<Self>, Fault> {
        let sub_pictures: Vec<_> = picture.split(symbols.pattern).collect();
        if sub_pictures.len() > 2 {
            return Err(Fault::new(
                "D3080",
                "a picture has two sub-pictures at the most",
            ));
        }
        sub_pictures
            .into_iter()
            .map(|text| Self::parse(text, symbols))
            .collect()
    }

    fn parse(text: &str, symbols: &Symbols) -> Result<Self, Fault> {
        let parts = Parts::split(text, symbols);
        parts.validate(symbols)?;
        Ok(parts.analyse(symbols))
    }
}

/// The parts of a sub-picture, as text.
struct Parts<'a> {
    whole: &'a str,
    prefix: &'a str,
    suffix: &'a str,
    /// What is between prefix and suffix.
    active: &'a str,
    integer: &'a str,
    fraction: &'a str,
    exponent: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn split(whole: &'a str, symbols: &Symbols) -> Self {
        let bounds = |char: char| symbols.is_active(char) && char != symbols.exponent;
        let start = whole.find(bounds).unwrap_or(0);
        let last = whole.char_indices().rfind(|(_, char)| bounds(*char));
        let end = last.map_or(whole.len(), |(index, char)| index + char.len_utf8());
        let active = &whole[start..end];
        let (mantissa, exponent) = match active.split_once(symbols.exponent) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None if whole[end..].starts_with(symbols.exponent) => (active, Some("")),
            None => (active, None),
        };
        let (integer, fraction) = mantissa
            .split_once(symbols.decimal)
            .unwrap_or((mantissa, ""));
        Self {
            whole,
            prefix: &whole[..start],
            suffix: &whole[end..],
            active,
            integer,
            fraction,
            exponent,
        }
    }

    /// Of the rules that are broken, the last one is reported, as in the reference.
    fn validate(&self, symbols: &Symbols) -> Result<(), Fault> {
        let broken = self.rules(symbols).into_iter().rev().find(|rule| rule.1);
        match broken {
            Some((code, _, message)) => Err(Fault::new(code, message)),
            None => Ok(()),
        }
    }

    /// The rules of section 4.7.3: code, whether it is broken, what it says.
    fn rules(&self, symbols: &Symbols) -> [(&'static str, bool, &'static str); 13] {
        let count = |text: &str| self.whole.matches(text).count();
        let (percents, per_milles) = (count(&symbols.percent), count(&symbols.per_mille));
        let decimals = self.whole.matches(symbols.decimal).count();
        let grouping = symbols.grouping;
        let digits = [self.integer, self.fraction];
        let mandatory = |char| symbols.is_mandatory(char);
        [
            (
                "D3081",
                decimals > 1,
                "a sub-picture has one decimal separator at the most",
            ),
            (
                "D3082",
                percents > 1,
                "a sub-picture has one percent sign at the most",
            ),
            (
                "D3083",
                per_milles > 1,
                "a sub-picture has one per-mille sign at the most",
            ),
            (
                "D3084",
                percents > 0 && per_milles > 0,
                "a sub-picture has a percent sign or a per-mille sign, not both",
            ),
            (
                "D3085",
                !digits
                    .iter()
                    .any(|part| part.contains(|char| symbols.is_digit(char))),
                "the mantissa of a sub-picture has a digit at least",
            ),
            (
                "D3086",
                self.active.contains(|char| !symbols.is_active(char)),
                "a sub-picture has no other characters between its digits",
            ),
            (
                "D3087",
                self.has_grouping_at_decimal(symbols),
                "a grouping separator does not stand beside the decimal separator",
            ),
            (
                "D3088",
                decimals == 0 && self.integer.ends_with(grouping),
                "a grouping separator does not end the integer part",
            ),
            (
                "D3089",
                self.whole.contains(&format!("{grouping}{grouping}")),
                "grouping separators do not stand side by side",
            ),
            (
                "D3090",
                before(self.integer, symbols.optional).contains(mandatory),
                "in the integer part, optional digits stand before mandatory ones",
            ),
            (
                "D3091",
                behind(self.fraction, symbols.optional).contains(mandatory),
                "in the fraction, optional digits stand behind mandatory ones",
            ),
            (
                "D3092",
                self.exponent.is_some_and(|exponent| !exponent.is_empty())
                    && percents + per_milles > 0,
                "a sub-picture with an exponent has no percent or per-mille sign",
            ),
            (
                "D3093",
                self.exponent.is_some_and(|exponent| {
                    exponent.is_empty() || exponent.contains(|char| !mandatory(char))
                }),
                "the exponent consists of mandatory digits, one at least",
            ),
        ]
    }

    fn has_grouping_at_decimal(&self, symbols: &Symbols) -> bool {
        self.whole
            .split_once(symbols.decimal)
            .is_some_and(|(left, right)| {
                left.ends_with(symbols.grouping) || right.starts_with(symbols.grouping)
            })
    }

    /// Section 4.7.4.
    fn analyse(&self, symbols: &Symbols) -> SubPicture {
        let count = |text: &str, kind: fn(&Symbols, char) -> bool| {
            text.chars().filter(|char| kind(symbols, *char)).count()
        };
        let mantissa_places = count(self.integer, Symbols::is_mandatory);
        let mut min_integer = mantissa_places;
        let mut min_fraction = count(self.fraction, Symbols::is_mandatory);
        let mut max_fraction = count(self.fraction, Symbols::is_digit);
        if min_integer == 0 && max_fraction == 0 {
            match self.exponent {
                Some(_) => (min_fraction, max_fraction) = (1, 1),
                None => min_integer = 1,
            }
        }
        if self.exponent.is_some() && min_integer == 0 && self.integer.contains(symbols.optional) {
            min_integer = 1;
        }
        if min_integer == 0 && min_fraction == 0 {
            min_fraction = 1;
        }
        SubPicture {
            prefix: self.prefix.to_owned(),
            suffix: self.suffix.to_owned(),
            scale: self.scale(symbols),
            integer_grouping: Grouping::of(self.integer_signs(symbols)),
            fraction_grouping: self.fraction_signs(symbols),
            min_integer,
            min_fraction,
            max_fraction,
            min_exponent: self.exponent.map_or(0, |text| text.chars().count()),
            mantissa_places,
        }
    }

    fn scale(&self, symbols: &Symbols) -> f64 {
        if self.whole.contains(&symbols.percent) {
            100.0
        } else if self.whole.contains(&symbols.per_mille) {
            1000.0
        } else {
            1.0
        }
    }

    /// How many digits stand to the right of each grouping sign.
    fn integer_signs(&self, symbols: &Symbols) -> Vec<usize> {
        signs(self.integer.chars().rev(), symbols)
    }

    /// How many digits stand to the left of each grouping sign.
    fn fraction_signs(&self, symbols: &Symbols) -> Vec<usize> {
        signs(self.fraction.chars(), symbols)
    }
}

/// How many digits come before each grouping sign.
fn signs(chars: impl Iterator<Item = char>, symbols: &Symbols) -> Vec<usize> {
    let mut digits = 0;
    let mut signs = Vec::new();
    for char in chars {
        if char == symbols.grouping {
            signs.push(digits);
        } else if symbols.is_digit(char) {
            digits += 1;
        }
    }
    signs
}

/// The text before the first such character; nothing if there is none.
fn before(text: &str, char: char) -> &str {
    text.split_once(char).map_or("", |(before, _)| before)
}

/// The text behind the first such character; nothing if there is none.
fn behind(text: &str, char: char) -> &str {
    text.split_once(char).map_or("", |(_, behind)| behind)
}
