//! Numbers as JavaScript writes them.

/// The text of a number, as ECMAScript's `Number::toString` gives it: the fewest digits that read back
/// as the same number, an exponent below 10⁻⁶ and from 10²¹ on; `NaN` and `Infinity` by name.
pub(crate) fn number_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        let sign = if value < 0.0 { "-" } else { "" };
        return format!("{sign}Infinity");
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    // Rust writes the same digits, and never an exponent.
    if (1e-6..1e21).contains(&value.abs()) {
        return value.to_string();
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let (digits, exponent) = digits(value);
    format!("{sign}{}", placed(&digits, exponent))
}

/// The text of an integer that is not negative: the digits of [`number_text`], never an exponent.
/// At most 309 of them.
pub(crate) fn integer_text(value: f64) -> String {
    let (digits, exponent) = digits(value);
    let width = digits.len().max(exponent.unsigned_abs() as usize + 1);
    format!("{digits:0<width$}")
}

/// The digits d₁d₂d₃… and the exponent of d₁.d₂d₃… × 10^exponent.
fn digits(value: f64) -> (String, i32) {
    let scientific = format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific
        .split_once('e')
        .expect("the format writes an exponent");
    let exponent = exponent.parse().expect("the format writes an integer");
    (mantissa.replace('.', ""), exponent)
}

/// Writes d₁.d₂d₃… × 10^exponent.
fn placed(digits: &str, exponent: i32) -> String {
    let zeros = |count: i32| "0".repeat(count.unsigned_abs() as usize);
    let count = digits.len() as i32;
    match exponent {
        21.. | ..-6 => with_exponent(digits, exponent),
        ..0 => format!("0.{}{digits}", zeros(exponent + 1)),
        _ if count <= exponent + 1 => format!("{digits}{}", zeros(exponent + 1 - count)),
        _ => {
            let (whole, fraction) = digits.split_at(exponent as usize + 1);
            format!("{whole}.{fraction}")
        }
    }
}

fn with_exponent(digits: &str, exponent: i32) -> String {
    match digits.split_at(1) {
        (first, "") => format!("{first}e{exponent:+}"),
        (first, rest) => format!("{first}.{rest}e{exponent:+}"),
    }
}

/// What `$string` shows of a number: fractions lose what lies beyond fifteen significant digits,
/// where the error of binary arithmetic sits (`0.1 + 0.2` is `0.3`); integers are shown in full.
pub(crate) fn shown(value: f64) -> f64 {
    if value.fract() == 0.0 {
        return value;
    }
    format!("{value:.14e}")
        .parse()
        .expect("a formatted float is a float")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_javascript_writes_them() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-1.5, "-1.5"),
            (120.0, "120"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e20, "100000000000000000000"),
            (123456789012345680000.0, "123456789012345680000"),
            (1e21, "1e+21"),
            (-1.25e22, "-1.25e+22"),
            (1e-6, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
        ] {
            assert_eq!(number_text(value), text);
        }
    }

    #[test]
    fn fractions_are_shown_with_fifteen_digits() {
        assert_eq!(shown(0.1 + 0.2), 0.3);
        assert_eq!(shown(34.45 + 21.67), 56.12);
        assert_eq!(shown(5890840712243076.0), 5890840712243076.0);
    }
}
