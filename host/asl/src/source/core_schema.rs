//! Plain scalars of YAML as JSON values (YAML 1.2.2, section 10.3, "Core Schema").

use sandstep_json::{Number, SpannedNode};

/// What a plain scalar stands for. `Err` tells why JSON cannot say it.
pub(super) fn resolve(text: &str) -> Result<SpannedNode, &'static str> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => SpannedNode::Null,
        "true" | "True" | "TRUE" => SpannedNode::Bool(true),
        "false" | "False" | "FALSE" => SpannedNode::Bool(false),
        _ if is_infinite_or_nan(text) => return Err("JSON has neither infinities nor NaN"),
        _ => match number(text) {
            Some(number) => SpannedNode::Number(number),
            None => SpannedNode::String(text.into()),
        },
    })
}

fn is_infinite_or_nan(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

fn number(text: &str) -> Option<Number> {
    let first = text.bytes().next()?;
    if !matches!(first, b'0'..=b'9' | b'+' | b'-' | b'.') {
        return None;
    }
    // Nearly every number is written as JSON writes it, and then keeps its text.
    text.parse()
        .ok()
        .or_else(|| radix(text))
        .or_else(|| decimal(text)?.parse().ok())
}

/// `0o17` or `0xff`, up to the range of `u64`.
fn radix(text: &str) -> Option<Number> {
    let (digits, radix) = match text.split_at_checked(2)? {
        ("0o", digits) => (digits, 8),
        ("0x", digits) => (digits, 16),
        _ => return None,
    };
    // `from_str_radix` would take a sign.
    digits
        .starts_with(|first: char| first.is_digit(radix))
        .then_some(())?;
    Some(u64::from_str_radix(digits, radix).ok()?.into())
}

/// The JSON text of `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn decimal(text: &str) -> Option<String> {
    let (sign, unsigned) = match text.split_at(1) {
        ("-", rest) => ("-", rest),
        ("+", rest) => ("", rest),
        _ => ("", text),
    };
    let exponent_at = unsigned.find(['e', 'E']).unwrap_or(unsigned.len());
    let (mantissa, exponent) = unsigned.split_at(exponent_at);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = !(whole.is_empty() && fraction.is_empty());
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !has_digits || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let dot = if mantissa.contains('.') { "." } else { "" };
    let fraction = if dot == "." && fraction.is_empty() {
        "0"
    } else {
        fraction
    };
    Some(format!("{sign}{whole}{dot}{fraction}{exponent}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        for (plain, json) in [
            ("", "null"),
            ("~", "null"),
            ("True", "true"),
            ("yes", r#""yes""#),
            ("no", r#""no""#),
            ("12", "12"),
            ("+12", "12"),
            ("007", "7"),
            ("0o17", "15"),
            ("0xFf", "255"),
            ("0x+1", r#""0x+1""#),
            ("1.50", "1.50"),
            (".5", "0.5"),
            ("-5.", "-5.0"),
            ("1e3", "1e3"),
            ("+.5E-3", "0.5E-3"),
            (".", r#"".""#),
            ("-", r#""-""#),
            ("+", r#""+""#),
            ("1_000", r#""1_000""#),
            ("12:30:45", r#""12:30:45""#),
            ("2016-03-14T01:59:00Z", r#""2016-03-14T01:59:00Z""#),
        ] {
            let node = resolve(plain).expect(plain);
            let value = sandstep_json::Spanned {
                node,
                position: Default::default(),
            }
            .to_value();
            assert_eq!(value.to_string(), json, "{plain}");
        }
    }

    #[test]
    fn infinities_are_refused() {
        for plain in [".inf", "-.INF", "+.Inf", ".nan"] {
            assert!(resolve(plain).is_err(), "{plain}");
        }
    }
}
