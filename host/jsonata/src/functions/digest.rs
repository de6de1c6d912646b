//! `$hash`, which Step Functions adds.

use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::calls::{made, reads};
use crate::Fault;
use crate::builtin::Definition;
use crate::item::Item;

/// The digest of a text's UTF-8, in hexadecimal; `None` for an unknown algorithm.
fn hash(text: &str, algorithm: &str) -> Option<String> {
    Some(match algorithm {
        "MD5" => hex(&Md5::digest(text)),
        "SHA-1" => hex(&Sha1::digest(text)),
        "SHA-256" => hex(&Sha256::digest(text)),
        "SHA-384" => hex(&Sha384::digest(text)),
        "SHA-512" => hex(&Sha512::digest(text)),
        _ => return None,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) const DEFINITIONS: &[Definition] = &[Definition {
    name: "hash",
    signature: "<s-s:s>",
    arity: 2,
    run: |call| {
        let (text, algorithm) = (call.take(0), call.take(1));
        let (Some(text), Some(algorithm)) = (reads(call, &text)?, algorithm.as_str()) else {
            return Ok(Item::Undefined);
        };
        // A byte takes some nanoseconds.
        call.meter().spend(text.len() / 2)?;
        let digest = hash(text, algorithm).ok_or_else(|| {
            let algorithms = "MD5, SHA-1, SHA-256, SHA-384 and SHA-512";
            let message = format!("the hash algorithms are {algorithms}, not {algorithm:?}");
            Fault::new("T0410", message)
        })?;
        made(call, digest)
    },
}];
