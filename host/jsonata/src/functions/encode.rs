//! Base64 and the percent-encoding of URLs.

use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::{BASE64_STANDARD, Engine};

use super::calls::{made, reads};
use super::room;
use crate::Fault;
use crate::builtin::{Call, Definition};
use crate::item::Item;

/// `$base64encode`: each UTF-16 unit is a byte, as in the reference, and what exceeds a byte is
/// lost.
fn base64_encode(text: &str) -> String {
    let bytes: Vec<u8> = text.encode_utf16().map(|unit| unit as u8).collect();
    BASE64_STANDARD.encode(bytes)
}

/// `$base64decode`: each byte becomes a character up to U+00FF. As in the reference, both alphabets
/// are read, other characters are skipped, and padding ends the text.
fn base64_decode(text: &str) -> String {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let mut digits: Vec<u8> = text
        .bytes()
        .take_while(|byte| *byte != b'=')
        .filter_map(base64_digit)
        .collect();
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    let bytes = LENIENT.decode(digits);
    let bytes = bytes.expect("only digits are left, and as many as bytes have");
    bytes.into_iter().map(char::from).collect()
}

fn base64_digit(byte: u8) -> Option<u8> {
    match byte {
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        b'+' | b'/' => Some(byte),
        _ => byte.is_ascii_alphanumeric().then_some(byte),
    }
}

/// What separates the parts of a URL, which `$encodeUrl` and `$decodeUrl` leave alone.
const RESERVED: &[u8] = b";/?:@&=+$,#";

/// Writes the bytes of all characters but `kept` ones and unreserved ones as `%XX` (ECMA-262,
/// `encodeURI`).
fn url_encode(text: &str, kept: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Reads `%XX`, but for those that stand for `kept` characters; `None` where two digits are missing
/// or the bytes are no UTF-8 (ECMA-262, `decodeURI`).
fn url_decode(text: &str, kept: &[u8]) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    decoded.extend(parts.next()?.bytes());
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        let valid = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let byte = valid.then(|| u8::from_str_radix(digits, 16).ok())??;
        match kept.contains(&byte) {
            true => decoded.extend(format!("%{digits}").bytes()),
            false => decoded.push(byte),
        }
        decoded.extend(rest.bytes());
    }
    String::from_utf8(decoded).ok()
}

pub(crate) const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "base64encode",
        signature: "<s-:s>",
        arity: 1,
        run: |call| converted(call, |text| Some(base64_encode(text)), "base64encode"),
    },
    Definition {
        name: "base64decode",
        signature: "<s-:s>",
        arity: 1,
        run: |call| converted(call, |text| Some(base64_decode(text)), "base64decode"),
    },
    Definition {
        name: "encodeUrlComponent",
        signature: "<s-:s>",
        arity: 1,
        run: |call| {
            converted(
                call,
                |text| Some(url_encode(text, b"")),
                "encodeUrlComponent",
            )
        },
    },
    Definition {
        name: "encodeUrl",
        signature: "<s-:s>",
        arity: 1,
        run: |call| converted(call, |text| Some(url_encode(text, RESERVED)), "encodeUrl"),
    },
    Definition {
        name: "decodeUrlComponent",
        signature: "<s-:s>",
        arity: 1,
        run: |call| converted(call, |text| url_decode(text, b""), "decodeUrlComponent"),
    },
    Definition {
        name: "decodeUrl",
        signature: "<s-:s>",
        arity: 1,
        run: |call| converted(call, |text| url_decode(text, RESERVED), "decodeUrl"),
    },
];

/// Converts the argument. Fails with D3140, in the reference's words, where that cannot be done.
fn converted(
    call: &mut Call<'_, '_>,
    convert: fn(&str) -> Option<String>,
    name: &str,
) -> Result<Item, Fault> {
    let text = call.take(0);
    let Some(text) = reads(call, &text)? else {
        return Ok(Item::Undefined);
    };
    // A byte becomes three characters at the most.
    room::check(text.len().saturating_mul(3), call.meter().memory_left())?;
    let converted = convert(text).ok_or_else(|| {
        Fault::new(
            "D3140",
            format!("Malformed URL passed to ${name}(): {text:?}"),
        )
    })?;
    made(call, converted)
}
