use super::{format_integer, parse_integer};

fn format(value: f64, picture: &str) -> Result<String, &'static str> {
    format_integer(value, picture, 10_000).map_err(|fault| fault.code)
}

#[test]
fn digits_are_grouped_as_shown_or_regularly() {
    for (value, picture, text) in [
        (-3.0, "0000", "-0003"),
        (12.6, "###0", "12"),
        (-3.5, "0", "-4"),
        (12340.0, "###١", "١٢٣٤٠"),
        (1234567890.0, "#,##0", "1,234,567,890"),
        (1234567890.0, "#:###,##0", "1234:567,890"),
        (1234567890.0, "##,##,##0", "12345,67,890"),
        (1.0, "#:###,##0", "1"),
        (111.0, "0;o", "111th"),
        (1121.0, "#,##0;o", "1,121st"),
        (1e21, "0", "1000000000000000000000"),
    ] {
        assert_eq!(
            format(value, picture).as_deref(),
            Ok(text),
            "{value} as {picture}"
        );
    }
}

#[test]
fn words_numerals_and_letters_read_back() {
    for (value, picture, text) in [
        (0.0, "w", "zero"),
        (34.0, "w", "thirty-four"),
        (
            327730.0,
            "w",
            "three hundred and twenty-seven thousand, seven hundred and thirty",
        ),
        (1e46, "w", "ten billion trillion trillion trillion"),
        (555.0, "Ww", "Five Hundred and Fifty-Five"),
        (12.0, "w;o", "twelfth"),
        (20.0, "W;o", "TWENTIETH"),
        (1000.0, "w;o", "one thousandth"),
        (1000000000001.0, "w;o", "one trillion and first"),
        (1984.0, "I", "MCMLXXXIV"),
        (99.0, "i", "xcix"),
        (0.0, "I", ""),
        (27.0, "a", "aa"),
        (123456.0, "A", "FZPH"),
        (-12.0, "0", "-12"),
        (1200.0, "#.##0", "1.200"),
    ] {
        assert_eq!(
            format(value, picture).as_deref(),
            Ok(text),
            "{value} as {picture}"
        );
        assert_eq!(
            parse_integer(text, picture),
            Ok(Some(value)),
            "{text} as {picture}"
        );
    }
}

#[test]
fn what_is_no_integer_is_none() {
    for (text, picture) in [
        ("twelvty", "w"),
        ("A1", "A"),
        ("IQ", "I"),
        ("xiv", "I"),
        ("a1", "0"),
        ("", "0;o"),
    ] {
        assert_eq!(
            parse_integer(text, picture),
            Ok(None),
            "{text} as {picture}"
        );
    }
}

#[test]
fn bad_pictures_and_long_texts_are_refused() {
    assert_eq!(format(1.0, "α"), Err("D3130"));
    assert_eq!(format(1.0, "0٠"), Err("D3131"));
    assert_eq!(format(1e15, "I"), Err("D1014"));
    assert_eq!(format(1.0, &"0".repeat(5_000)), Err("D1014"));
}
