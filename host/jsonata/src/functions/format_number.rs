//! `$formatNumber`: numbers written as a picture says (XPath and XQuery Functions and Operators 3.1,
//! section 4.7, "Formatting numbers").

mod picture;
mod symbols;

use sandstep_json::Object;

use super::calls::{made, reads};
use super::number_text::integer_text;
use super::numeric::{round, shifted};
use super::room;
use crate::Fault;
use crate::builtin::Definition;
use crate::item::Item;
use picture::SubPicture;
use symbols::Symbols;

/// No double has more digits behind the point.
const MAX_FRACTION: usize = 1100;

/// Writes a number as the picture says. The options rename the picture's symbols: see
/// [`Symbols::with_options`].
///
/// Fails with D3080 to D3093 for what is no picture, and with T0410 for what is no symbol. The text
/// has at most eight bytes for each of the picture's and each of the number's digits.
fn format_number(value: f64, picture: &str, options: Option<&Object>) -> Result<String, Fault> {
    let symbols = Symbols::with_options(options)?;
    let sub_pictures = SubPicture::parse_all(picture, &symbols)?;
    Ok(match sub_pictures.as_slice() {
        [positive] if value < 0.0 => {
            format!("{}{}", symbols.minus, positive.format(value, &symbols))
        }
        [_, negative] if value < 0.0 => negative.format(value, &symbols),
        sub_pictures => sub_pictures[0].format(value, &symbols),
    })
}

impl SubPicture {
    /// Writes the number without its sign.
    fn format(&self, value: f64, symbols: &Symbols) -> String {
        let value = value.abs() * self.scale;
        if value.is_infinite() {
            return format!("{}{}{}", self.prefix, symbols.infinity, self.suffix);
        }
        let exponent = self.exponent_of(value);
        let mantissa = shifted(value, -f64::from(exponent.unwrap_or(0)));
        let mut text = self.prefix.clone();
        self.write_mantissa(mantissa, symbols, &mut text);
        if let Some(exponent) = exponent {
            self.write_exponent(exponent, symbols, &mut text);
        }
        text + &self.suffix
    }

    /// The power of ten that leaves the mantissa with as many integer digits as the picture has.
    ///
    /// A power of ten that is too large keeps one digit more, as in the reference: `10e0`.
    fn exponent_of(&self, value: f64) -> Option<i32> {
        if self.min_exponent == 0 {
            return None;
        }
        if value == 0.0 {
            return Some(0);
        }
        let scientific = format!("{value:e}");
        let (digits, magnitude) = scientific.split_once('e')?;
        let magnitude: i32 = magnitude.parse().ok()?;
        let places = self.mantissa_places as i32;
        let is_power_of_ten = digits == "1" && magnitude >= places;
        Some(magnitude + 1 - places - i32::from(is_power_of_ten))
    }

    fn write_mantissa(&self, mantissa: f64, symbols: &Symbols, text: &mut String) {
        let places = self.max_fraction.min(MAX_FRACTION);
        let rounded = round(mantissa, places as f64);
        let decimal = format!("{rounded:.places$}");
        let (_, fraction) = decimal.split_once('.').unwrap_or((&decimal, ""));
        let integer = integer_text(rounded.trunc());
        self.write_integer(integer.trim_start_matches('0'), symbols, text);
        self.write_fraction(fraction.trim_end_matches('0'), symbols, text);
    }

    fn write_integer(&self, digits: &str, symbols: &Symbols, text: &mut String) {
        let width = digits.len().max(self.min_integer);
        let padding = std::iter::repeat_n(b'0', width - digits.len());
        for (index, digit) in padding.chain(digits.bytes()).enumerate() {
            if index > 0 && self.integer_grouping.has(width - index) {
                text.push(symbols.grouping);
            }
            text.push(symbols.digit_of(digit));
        }
    }

    fn write_fraction(&self, digits: &str, symbols: &Symbols, text: &mut String) {
        let width = digits.len().max(self.min_fraction);
        if width > 0 {
            text.push(symbols.decimal);
        }
        let padding = std::iter::repeat_n(b'0', width - digits.len());
        for (index, digit) in digits.bytes().chain(padding).enumerate() {
            if self.fraction_grouping.binary_search(&index).is_ok() {
                text.push(symbols.grouping);
            }
            text.push(symbols.digit_of(digit));
        }
    }

    fn write_exponent(&self, exponent: i32, symbols: &Symbols, text: &mut String) {
        text.push(symbols.exponent);
        if exponent < 0 {
            text.push_str(&symbols.minus);
        }
        let digits = exponent.unsigned_abs().to_string();
        let padding = self.min_exponent.saturating_sub(digits.len());
        let padding = std::iter::repeat_n(b'0', padding);
        text.extend(
            padding
                .chain(digits.bytes())
                .map(|digit| symbols.digit_of(digit)),
        );
    }
}

pub(crate) const DEFINITIONS: &[Definition] = &[Definition {
    name: "formatNumber",
    signature: "<n-so?:s>",
    arity: 3,
    run: |call| {
        let (picture, options) = (call.take(1), call.take(2));
        let (Some(value), Some(picture)) = (call.number(0), reads(call, &picture)?) else {
            return Ok(Item::Undefined);
        };
        // Some twenty passes over the picture, and what is made of it.
        call.meter().spend(picture.len())?;
        room::check(picture.len().saturating_mul(8), call.meter().memory_left())?;
        let options = match &options {
            Item::Value(value) => value.as_object(),
            _ => None,
        };
        made(call, format_number(value, picture, options)?)
    },
}];

#[cfg(test)]
mod tests;
