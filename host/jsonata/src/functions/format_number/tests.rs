use sandstep_json::Value;

use super::format_number;

fn format(value: f64, picture: &str, options: &str) -> Result<String, &'static str> {
    let options = Value::parse(options).unwrap();
    format_number(value, picture, options.as_object()).map_err(|fault| fault.code)
}

#[test]
fn numbers_follow_their_picture() {
    for (value, picture, text) in [
        (12345.6, "#,###.00", "12,345.60"),
        (123412345678.9, "9,9,99.99", "123412345,6,78.90"),
        (1234.56789, "9,999.999,999", "1,234.567,890"),
        (1234.56789, "0.0,0,00", "1234.5,6,79"),
        (-6.0, "000", "-006"),
        (-6.5, "0.0;(0.0)", "(6.5)"),
        (0.14, "01%", "14%"),
        (0.4857, "###.###‰", "485.7‰"),
        (1234.5678, "00.000e000", "12.346e002"),
        (0.234, "#.00e0", "0.23e0"),
        (0.123, "#.e9", "0.1e0"),
        (0.234, ".00e0", ".23e0"),
        (-42.0, "0e0", "-4e1"),
        (10.0, "0e0", "10e0"),
        (0.0, "0.00e0", "0.00e0"),
        (185.2812, "PRE##00.000###SUF", "PRE185.2812SUF"),
        (1e20, "#,######", "100,000000,000000,000000"),
        (1e-300, "0.0e0", "1.0e-300"),
        (1e300, "0.0e0", "10.0e299"),
        (0.0, "#", "0"),
        (0.0, "#.##", ".0"),
    ] {
        assert_eq!(
            format(value, picture, "{}").as_deref(),
            Ok(text),
            "{value} as {picture}"
        );
    }
}

#[test]
fn options_rename_symbols() {
    for (value, picture, options, text) in [
        (1234.5678, "①①.①①①e①", r#"{"zero-digit": "⑟"}"#, "①②.③④⑥e②"),
        (0.14, "###pm", r#"{"per-mille": "pm"}"#, "140pm"),
        (0.1, "AeAAA", r#"{"zero-digit": "A"}"#, "Be-AAB"),
        (
            1234.5,
            "#.##0,0",
            r#"{"decimal-separator": ",", "grouping-separator": "."}"#,
            "1.234,5",
        ),
        (-1.0, "0", r#"{"minus-sign": "−"}"#, "−1"),
    ] {
        assert_eq!(
            format(value, picture, options).as_deref(),
            Ok(text),
            "{value} as {picture}"
        );
    }
    for options in [
        r#"{"digit": "ab"}"#,
        r#"{"zero-digit": ""}"#,
        r#"{"percent": 1}"#,
    ] {
        assert_eq!(format(1.0, "0", options), Err("T0410"), "{options}");
    }
}

#[test]
fn the_last_rule_broken_is_named() {
    for (picture, code) in [
        ("0;0;0", "D3080"),
        ("#.0.0", "D3081"),
        ("#0‰‰", "D3083"),
        (".e0", "D3085"),
        ("0+.e0", "D3086"),
        ("0,.0", "D3087"),
        ("0,", "D3088"),
        ("0,,0", "D3089"),
        ("0#", "D3090"),
        ("#0.#0e0", "D3091"),
        ("0e0%", "D3092"),
        ("#0.0e0,0", "D3093"),
        ("0e", "D3093"),
        ("%%", "D3086"),
        ("---", "D3086"),
    ] {
        assert_eq!(format(20.0, picture, "{}"), Err(code), "{picture}");
    }
}

#[test]
fn long_pictures_take_time_in_proportion() {
    let picture = "9,99,999,".repeat(20_000) + "0." + &"0,00,".repeat(20_000) + "0";
    let text = format(1.5, &picture, "{}").unwrap();
    assert_eq!(text.len(), picture.len());
}
