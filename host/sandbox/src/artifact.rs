//! Compiled components as bytes: sealed with their digest, and loaded.

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

const MAGIC: &[u8; 8] = b"sandstp1";
const DIGEST_BYTES: usize = 32;

/// The file format of the cache: a magic number, the SHA-256 digest of the
/// compiled code, and the code.
pub(crate) fn seal(code: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(MAGIC.len() + DIGEST_BYTES + code.len());
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&Sha256::digest(code));
    file.extend_from_slice(code);
    file
}

/// Why bytes from the cache are no component.
#[derive(Debug)]
pub(crate) enum Unloadable {
    /// They are missing, damaged, or not to be trusted.
    Damaged,
    /// They are whole, and the engine does not take them.
    Refused(String),
}

/// Loads what [`seal`] made, unless these are not those bytes.
pub(crate) fn load(engine: &Engine, file: &[u8]) -> Result<Component, Unloadable> {
    let code = unsealed(file).ok_or(Unloadable::Damaged)?;
    deserialize(engine, code).map_err(|cause| Unloadable::Refused(format!("{cause:#}")))
}

fn unsealed(file: &[u8]) -> Option<&[u8]> {
    let (digest, code) = file.strip_prefix(MAGIC)?.split_at_checked(DIGEST_BYTES)?;
    (Sha256::digest(code).as_slice() == digest).then_some(code)
}

/// Maps compiled code into memory.
///
/// The one `unsafe` of the project: machine code is only as good as its
/// origin. `code` comes from [`unsealed`], hence is byte for byte what a
/// compiler process of ours sealed; the caller has read it from a file and a
/// directory that belong to this user and that nobody else can write
/// ([`crate::cache`]), and passes on the bytes that it checked rather than
/// their path, so nothing can change in between. wasmtime itself refuses code
/// made by other settings or another major version, and the cache's key covers
/// the exact release.
#[allow(unsafe_code)]
fn deserialize(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: as above, `code` is the unmodified output of
    // `Engine::precompile_component`.
    unsafe { Component::deserialize(engine, code) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_bytes_come_back() {
        assert_eq!(unsealed(&seal(b"code")), Some(&b"code"[..]));
    }

    #[test]
    fn a_changed_or_missing_byte_is_noticed() {
        let sealed = seal(b"code");
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(unsealed(&changed), None, "byte {index}");
            assert_eq!(unsealed(&sealed[..index]), None, "cut at {index}");
        }
    }
}
