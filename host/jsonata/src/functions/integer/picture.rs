//! Pictures of integers.

use crate::Fault;

/// What a picture asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct IntegerPicture {
    pub(in super::super) form: Form,
    /// `1st`, `first`; otherwise `1`, `one`
    pub(in super::super) ordinal: bool,
}

/// How an integer is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Form {
    /// As spreadsheets name columns: `A`, `Z`, `AA`
    Letters(Case),
    Roman(Case),
    /// In English.
    Words(Case),
    Digits(DigitPattern),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Case {
    Upper,
    Lower,
    Title,
}

/// Digits: how many at least, in which script, how grouped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct DigitPattern {
    /// The script's zero.
    pub(in super::super) zero: char,
    /// Places that are filled with zeros.
    pub(in super::super) mandatory: usize,
    /// Places that the picture shows beyond those.
    pub(in super::super) optional: usize,
    pub(in super::super) grouping: Grouping,
}

/// Where grouping signs stand, in digits from the right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Grouping {
    /// The same sign after every so many digits, also beyond what the picture shows.
    Regular { every: usize, sign: char },
    /// Where the picture has them, the rightmost first.
    AsShown(Vec<(usize, char)>),
}

/// The zeros of the scripts whose digits are recognised.
const ZEROS: [char; 37] = [
    '0', '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}',
    '\u{be6}', '\u{c66}', '\u{ce6}', '\u{d66}', '\u{de6}', '\u{e50}', '\u{ed0}', '\u{f20}',
    '\u{1040}', '\u{1090}', '\u{17e0}', '\u{1810}', '\u{1946}', '\u{19d0}', '\u{1a80}', '\u{1a90}',
    '\u{1b50}', '\u{1bb0}', '\u{1c40}', '\u{1c50}', '\u{a620}', '\u{a8d0}', '\u{a900}', '\u{a9d0}',
    '\u{a9f0}', '\u{aa50}', '\u{abf0}', '\u{ff10}',
];

/// The zero of the script in which the character is a digit.
pub(super) fn zero_of(char: char) -> Option<char> {
    let place = ZEROS.partition_point(|zero| *zero <= char);
    let zero = *ZEROS.get(place.checked_sub(1)?)?;
    (char as u32 - zero as u32 <= 9).then_some(zero)
}

impl IntegerPicture {
    /// Reads a picture: the form, and behind the last semicolon the modifier `o` for ordinals.
    ///
    /// Fails with D3130 where the form is none of those known, and with D3131 where digits of
    /// two scripts are mixed.
    pub(in super::super) fn parse(picture: &str) -> Result<Self, Fault> {
        let (form, modifier) = picture.rsplit_once(';').unwrap_or((picture, ""));
        Ok(Self {
            form: Form::parse(form)?,
            ordinal: modifier.starts_with('o'),
        })
    }
}

impl Form {
    fn parse(text: &str) -> Result<Self, Fault> {
        Ok(match text {
            "A" => Form::Letters(Case::Upper),
            "a" => Form::Letters(Case::Lower),
            "I" => Form::Roman(Case::Upper),
            "i" => Form::Roman(Case::Lower),
            "W" => Form::Words(Case::Upper),
            "w" => Form::Words(Case::Lower),
            "Ww" => Form::Words(Case::Title),
            _ => Form::Digits(DigitPattern::parse(text)?),
        })
    }
}

impl DigitPattern {
    fn parse(text: &str) -> Result<Self, Fault> {
        let mut zero = None;
        let (mut mandatory, mut optional) = (0, 0);
        let mut signs = Vec::new();
        for char in text.chars().rev() {
            if let Some(script) = zero_of(char) {
                mandatory += 1;
                if *zero.get_or_insert(script) != script {
                    return Err(mixed_scripts());
                }
            } else if char == '#' {
                optional += 1;
            } else {
                signs.push((mandatory + optional, char));
            }
        }
        Ok(Self {
            zero: zero.ok_or_else(|| unknown_form(text))?,
            mandatory,
            optional,
            grouping: Grouping::of(signs),
        })
    }
}

impl Grouping {
    fn of(signs: Vec<(usize, char)>) -> Self {
        let Some(&(_, sign)) = signs.first() else {
            return Grouping::AsShown(signs);
        };
        let every = signs.iter().fold(0, |gcd, (place, _)| divisor(gcd, *place));
        let multiples = (1..=signs.len()).map(|count| (count * every, sign));
        if every > 0 && multiples.eq(signs.iter().copied()) {
            return Grouping::Regular { every, sign };
        }
        Grouping::AsShown(signs)
    }
}

/// The greatest common divisor.
fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

fn mixed_scripts() -> Fault {
    Fault::new("D3131", "the digits of a picture must be of one script")
}

fn unknown_form(text: &str) -> Fault {
    Fault::new(
        "D3130",
        format!("integers cannot be written or read as a sequence that starts with {text:?}"),
    )
}
