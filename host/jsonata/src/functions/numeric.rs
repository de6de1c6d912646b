//! Functions of numbers.

use super::number_text::number_text;
use crate::Fault;
use crate::builtin::{Call, Definition};
use crate::item::Item;

/// `$number` of a string: a decimal number in JSON's grammar, but with any number of leading zeros,
/// or a hexadecimal, octal or binary integer (`0x1F`, `0o17`, `0b11`).
///
/// Fails with D3030 for anything else, and beyond the range of a double.
pub(crate) fn parse_number(text: &str) -> Result<f64, Fault> {
    let number = if is_decimal(text) {
        text.parse().ok()
    } else {
        prefixed_integer(text)
    };
    number
        .filter(|number: &f64| number.is_finite())
        .ok_or_else(|| Fault::new("D3030", format!("unable to cast {text:?} to a number")))
}

/// `-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?`
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (
            mantissa,
            exponent.strip_prefix(['+', '-']).unwrap_or(exponent),
        ),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    [whole, fraction, exponent].into_iter().all(is_digits)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn prefixed_integer(text: &str) -> Option<f64> {
    let (prefix, digits) = text.split_at_checked(2)?;
    let radix = match prefix {
        "0x" | "0X" => 16,
        "0o" | "0O" => 8,
        "0b" | "0B" => 2,
        _ => return None,
    };
    let mut digits = digits.chars().peekable();
    digits.peek()?;
    digits.try_fold(0.0, |sum, digit| {
        Some(sum * f64::from(radix) + f64::from(digit.to_digit(radix)?))
    })
}

/// `$round`: to so many decimal places, or powers of ten where `places` is negative; a half goes to
/// the even neighbour.
///
/// Digits are counted in the number's shortest decimal text, not in its binary value, so that 4.525
/// is a half at two places. A number with no digit at that place stays as it is.
pub(crate) fn round(value: f64, places: f64) -> f64 {
    let rounded = shifted(value, places).round_ties_even();
    if !rounded.is_finite() {
        return value;
    }
    // Adding zero turns -0 into 0: JSON has no other.
    shifted(rounded, -places) + 0.0
}

/// The number times a power of ten, exactly rounded; places are truncated to an integer.
pub(super) fn shifted(value: f64, places: f64) -> f64 {
    if places == 0.0 || !value.is_finite() {
        return value;
    }
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').expect("the format writes an exponent");
    let exponent: i64 = exponent.parse().expect("the format writes an integer");
    // A saturating cast: beyond i32, every place is infinitely far.
    let exponent = exponent + i64::from(places as i32);
    format!("{mantissa}e{exponent}")
        .parse()
        .expect("a mantissa and an exponent make a number")
}

/// `$sqrt`. Fails with D3060 for negative numbers.
pub(crate) fn sqrt(value: f64) -> Result<f64, Fault> {
    if value < 0.0 {
        let text = number_text(value);
        return Err(Fault::new(
            "D3060",
            format!("the sqrt function cannot be applied to the negative number {text}"),
        ));
    }
    Ok(value.sqrt())
}

/// `$power`. Fails with D3061 where the result is not a finite number.
pub(crate) fn power(base: f64, exponent: f64) -> Result<f64, Fault> {
    let power = base.powf(exponent);
    if power.is_finite() {
        return Ok(power);
    }
    let (base, exponent) = (number_text(base), number_text(exponent));
    Err(Fault::new(
        "D3061",
        format!("{base} to the power of {exponent} is not a JSON number"),
    ))
}

/// `$formatBase`: the number, rounded to an integer, in base `radix`, which is rounded as well.
///
/// Fails with D3100 unless the base is from 2 to 36. At most 1,025 characters.
pub(crate) fn format_base(value: f64, radix: f64) -> Result<String, Fault> {
    let (value, radix) = (round(value, 0.0), round(radix, 0.0));
    if !(2.0..=36.0).contains(&radix) {
        return Err(Fault::new(
            "D3100",
            format!("the base must be from 2 to 36, not {}", number_text(radix)),
        ));
    }
    if radix == 10.0 {
        return Ok(number_text(value));
    }
    let sign = if value < 0.0 { "-" } else { "" };
    Ok(format!("{sign}{}", digits(value.abs(), radix)))
}

/// The digits of an integer.
fn digits(mut value: f64, radix: f64) -> String {
    /// From here on a double has no units; as in V8, digits that it cannot hold are zeros.
    const UNITS_END: f64 = 9_007_199_254_740_992.0;
    let mut digits = Vec::new();
    while value >= UNITS_END {
        value /= radix;
        digits.push('0');
    }
    value = value.floor();
    loop {
        let digit = (value % radix) as u32;
        digits.push(char::from_digit(digit, radix as u32).expect("a remainder is a digit"));
        value = (value / radix).floor();
        if value == 0.0 {
            return digits.into_iter().rev().collect();
        }
    }
}

pub(crate) const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "number",
        signature: "<(nsb)-:n>",
        arity: 1,
        run: |call| to_number(call.argument(0)),
    },
    Definition {
        name: "abs",
        signature: "<n-:n>",
        arity: 1,
        run: |call| computed(call, |value, _| Ok(value.abs()), 0.0),
    },
    Definition {
        name: "floor",
        signature: "<n-:n>",
        arity: 1,
        run: |call| computed(call, |value, _| Ok(value.floor()), 0.0),
    },
    Definition {
        name: "ceil",
        signature: "<n-:n>",
        arity: 1,
        run: |call| computed(call, |value, _| Ok(value.ceil()), 0.0),
    },
    Definition {
        name: "round",
        signature: "<n-n?:n>",
        arity: 2,
        run: |call| computed(call, |value, places| Ok(round(value, places)), 0.0),
    },
    Definition {
        name: "sqrt",
        signature: "<n-:n>",
        arity: 1,
        run: |call| computed(call, |value, _| sqrt(value), 0.0),
    },
    Definition {
        name: "power",
        signature: "<n-n:n>",
        arity: 2,
        run: |call| computed(call, power, f64::NAN),
    },
    Definition {
        name: "formatBase",
        signature: "<n-n?:s>",
        arity: 2,
        run: |call| computed(call, format_base, 10.0),
    },
];

/// A function of the first argument, which may be undefined, and a second one with its default.
fn computed<T: Into<Item>>(
    call: &mut Call<'_, '_>,
    compute: impl Fn(f64, f64) -> Result<T, Fault>,
    default: f64,
) -> Result<Item, Fault> {
    let Some(value) = call.number(0) else {
        return Ok(Item::Undefined);
    };
    compute(value, call.number(1).unwrap_or(default)).map(Into::into)
}

fn to_number(value: &Item) -> Result<Item, Fault> {
    Ok(match (value.as_str(), value.as_bool()) {
        (Some(text), _) => parse_number(text)?.into(),
        (_, Some(bool)) => f64::from(u8::from(bool)).into(),
        _ => value.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_round_to_even_by_their_decimal_text() {
        for (value, places, rounded) in [
            (2.5, 0.0, 2.0),
            (-0.5, 0.0, 0.0),
            (4.525, 2.0, 4.52),
            (4.515, 2.0, 4.52),
            (12350.0, -2.0, 12400.0),
            (6.022e-23, 24.0, 6e-23),
            (1.5, 400.0, 1.5),
            (1.5, -400.0, 0.0),
        ] {
            assert_eq!(round(value, places), rounded, "{value} to {places}");
        }
        assert!(round(-0.2, 0.0).is_sign_positive());
    }

    #[test]
    fn only_whole_texts_are_numbers() {
        for (text, number) in [
            ("000.00123000", 0.00123),
            ("0O12", 10.0),
            ("-0xf", f64::NAN),
        ] {
            assert_eq!(
                parse_number(text).ok(),
                Some(number).filter(|n| !n.is_nan())
            );
        }
        for text in [
            "", "-", "1.", ".5", "1e", "+1", " 1", "0x", "0x1g", "0b2", "1e999", "NaN",
        ] {
            assert_eq!(parse_number(text).unwrap_err().code, "D3030", "{text}");
        }
    }

    #[test]
    fn bases_write_integers() {
        assert_eq!(format_base(-255.0, 16.0).unwrap(), "-ff");
        assert_eq!(format_base(0.4, 2.0).unwrap(), "0");
        assert_eq!(format_base(f64::MAX, 2.0).unwrap().len(), 1024);
        assert_eq!(format_base(1.0, 37.0).unwrap_err().code, "D3100");
    }
}
