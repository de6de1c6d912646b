//! The symbols of a picture.

use sandstep_json::{Object, Value};

use crate::Fault;

/// What the parts of a picture are called; the specification's decimal format.
pub(super) struct Symbols {
    pub(super) decimal: char,
    pub(super) grouping: char,
    pub(super) exponent: char,
    /// What is written for a number beyond a double's range, which a percentage may be.
    pub(super) infinity: String,
    pub(super) minus: String,
    pub(super) percent: String,
    pub(super) per_mille: String,
    zero: char,
    /// A digit that is written only where there is one.
    pub(super) optional: char,
    pub(super) pattern: char,
}

impl Default for Symbols {
    fn default() -> Self {
        Self {
            decimal: '.',
            grouping: ',',
            exponent: 'e',
            infinity: "Infinity".to_owned(),
            minus: "-".to_owned(),
            percent: "%".to_owned(),
            per_mille: "‰".to_owned(),
            zero: '0',
            optional: '#',
            pattern: ';',
        }
    }
}

impl Symbols {
    /// The default symbols, but for those that the options name: `decimal-separator`,
    /// `grouping-separator`, `exponent-separator`, `zero-digit`, `digit` and `pattern-separator`,
    /// one character each, and `infinity`, `minus-sign`, `percent` and `per-mille`. `NaN` means
    /// nothing here: no JSON number is one.
    pub(super) fn with_options(options: Option<&Object>) -> Result<Self, Fault> {
        let mut symbols = Self::default();
        for (name, value) in options.into_iter().flat_map(Object::iter) {
            symbols.set(name, value)?;
        }
        if symbols.zero as u32 > char::MAX as u32 - 9 || symbols.is_split_family() {
            return Err(no_symbol("zero-digit", "the first of ten digits"));
        }
        Ok(symbols)
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<(), Fault> {
        match name {
            "decimal-separator" => self.decimal = char(name, value)?,
            "grouping-separator" => self.grouping = char(name, value)?,
            "exponent-separator" => self.exponent = char(name, value)?,
            "zero-digit" => self.zero = char(name, value)?,
            "digit" => self.optional = char(name, value)?,
            "pattern-separator" => self.pattern = char(name, value)?,
            "infinity" => self.infinity = string(name, value)?,
            "minus-sign" => self.minus = string(name, value)?,
            "percent" => self.percent = string(name, value)?,
            "per-mille" => self.per_mille = string(name, value)?,
            _ => {}
        }
        Ok(())
    }

    /// Whether the ten digits would reach over the gap in Unicode's range.
    fn is_split_family(&self) -> bool {
        (self.zero as u32) < 0xd800 && self.zero as u32 + 9 >= 0xd800
    }

    /// Whether the character is a digit that is always written.
    pub(super) fn is_mandatory(&self, char: char) -> bool {
        (self.zero as u32..self.zero as u32 + 10).contains(&(char as u32))
    }

    /// Whether the character is a digit, written always or if there is one.
    pub(super) fn is_digit(&self, char: char) -> bool {
        self.is_mandatory(char) || char == self.optional
    }

    /// Whether the character is active: a passive one is copied to the output.
    pub(super) fn is_active(&self, char: char) -> bool {
        self.is_digit(char)
            || [self.decimal, self.exponent, self.grouping, self.pattern].contains(&char)
    }

    /// An ASCII digit in the digits of these symbols.
    pub(super) fn digit_of(&self, digit: u8) -> char {
        let code = self.zero as u32 + u32::from(digit - b'0');
        char::from_u32(code).expect("checked: the zero is the first of ten characters")
    }
}

fn char(name: &str, value: &Value) -> Result<char, Fault> {
    let mut chars = value.as_str().unwrap_or_default().chars();
    match (chars.next(), chars.next()) {
        (Some(char), None) => Ok(char),
        _ => Err(no_symbol(name, "one character")),
    }
}

fn string(name: &str, value: &Value) -> Result<String, Fault> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned)
        .ok_or_else(|| no_symbol(name, "a string with characters"))
}

fn no_symbol(name: &str, expected: &str) -> Fault {
    Fault::new("T0410", format!("the option {name} must be {expected}"))
}
