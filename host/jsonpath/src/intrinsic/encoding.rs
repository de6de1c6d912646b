//! Base64 and digests.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sandstep_json::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::Complaint;
use super::arguments::Arguments;

/// The longest text that is encoded, decoded or hashed, in characters
/// (AWS, "Intrinsic functions").
const MAX_CHARACTERS: usize = 10_000;

pub(super) fn base64_encode(arguments: &Arguments) -> Result<Value, Complaint> {
    let text = arguments.string(0)?;
    check_length(text)?;
    Ok(STANDARD.encode(text.as_bytes()).into())
}

/// Bytes that are not UTF-8 become replacement characters, as in Java.
pub(super) fn base64_decode(arguments: &Arguments) -> Result<Value, Complaint> {
    let text = arguments.string(0)?;
    check_length(text)?;
    let bytes = STANDARD
        .decode(text.as_bytes())
        .map_err(|_| "the text is not Base64".to_owned())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned().into())
}

/// A string is hashed as it is, another value as its JSON text.
pub(super) fn hash(arguments: &Arguments) -> Result<Value, Complaint> {
    let data = match arguments.any(0) {
        Value::String(text) => text.clone(),
        value => value.to_json().into(),
    };
    check_length(&data)?;
    let data = data.as_bytes();
    let digest = match arguments.string(1)?.as_str() {
        "MD5" => hex(&Md5::digest(data)),
        "SHA-1" => hex(&Sha1::digest(data)),
        "SHA-256" => hex(&Sha256::digest(data)),
        "SHA-384" => hex(&Sha384::digest(data)),
        "SHA-512" => hex(&Sha512::digest(data)),
        other => return Err(format!("there is no hash algorithm '{other}'")),
    };
    Ok(digest.into())
}

fn check_length(text: &str) -> Result<(), Complaint> {
    if text.chars().nth(MAX_CHARACTERS).is_some() {
        return Err(format!(
            "the text is longer than {MAX_CHARACTERS} characters"
        ));
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
