//! Deployment packages: the component that a client uploads, alone or in a zip.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipSliceArchive};
use sha2::{Digest as _, Sha256};

use super::api_error::ApiError;

/// What a WebAssembly binary begins with (WebAssembly Core Specification,
/// "Modules", of which components have kept it).
const WASM: &[u8] = b"\0asm";

/// The files of functions in a zip.
const EXTENSION: &str = ".wasm";

/// A package that was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unpacked {
    pub(crate) component: Vec<u8>,
    /// The SHA-256 of the package, in base64.
    pub(crate) sha256: String,
    /// The package's own size in bytes.
    pub(crate) size: usize,
}

/// How large packages may be, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    /// The package as it is uploaded.
    pub(crate) package: usize,
    /// The component in it. Nothing larger is ever unpacked, whatever the zip
    /// says of itself.
    pub(crate) component: usize,
}

impl Unpacked {
    /// Reads a `ZipFile`, which is base64 text in JSON.
    ///
    /// In a zip the component is the file that the handler names (`index.handler`
    /// is in `index.wasm`), or else the only one that ends in `.wasm`.
    pub(crate) fn read(text: &str, handler: &str, sizes: Sizes) -> Result<Self, ApiError> {
        // Looked at first, so that nothing too large is decoded.
        if text.len() / 4 > sizes.package.div_ceil(3) {
            return Err(too_large(sizes.package));
        }
        let package = BASE64.decode(text).map_err(|_| not_base64())?;
        let sha256 = BASE64.encode(Sha256::digest(&package));
        let size = package.len();
        if size > sizes.package {
            return Err(too_large(sizes.package));
        }
        let component = match package.starts_with(WASM) {
            true => package,
            false => from_zip(&package, handler, sizes.component)?,
        };
        Ok(Self {
            component,
            sha256,
            size,
        })
    }
}

fn from_zip(package: &[u8], handler: &str, limit: usize) -> Result<Vec<u8>, ApiError> {
    let archive = ZipArchive::from_slice(package).map_err(|_| unreadable())?;
    let member = find(&archive, handler)?;
    let entry = archive.get_entry(member.place).map_err(|_| unreadable())?;
    let component = match member.method {
        CompressionMethod::STORE => unpack(entry.verifying_reader(entry.data()), limit),
        CompressionMethod::DEFLATE => unpack(
            entry.verifying_reader(DeflateDecoder::new(entry.data())),
            limit,
        ),
        _ => Err(unreadable()),
    }?;
    match component.starts_with(WASM) {
        true => Ok(component),
        false => Err(ApiError::invalid_parameter(format_args!(
            "The file {} in the deployment package is not a WebAssembly component.",
            member.name
        ))),
    }
}

/// A file in a zip.
struct Member {
    name: String,
    place: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
}

/// Looks for the component's file. Walks through the directory, which is a part
/// of the package, and keeps two of its entries at most.
fn find(archive: &ZipSliceArchive<&[u8]>, handler: &str) -> Result<Member, ApiError> {
    let wanted = file_of(handler);
    let (mut any, mut count) = (None, 0_usize);
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().map_err(|_| unreadable())? {
        let path = entry.file_path();
        let Ok(name) = std::str::from_utf8(path.as_bytes()) else {
            continue;
        };
        if !name.ends_with(EXTENSION) {
            continue;
        }
        let member = || Member {
            name: name.to_owned(),
            place: entry.wayfinder(),
            method: entry.compression_method(),
        };
        if name == wanted {
            return Ok(member());
        }
        count += 1;
        any.get_or_insert_with(member);
    }
    match (any, count) {
        (Some(only), 1) => Ok(only),
        (None, _) => Err(ApiError::invalid_parameter(
            "The deployment package has no WebAssembly component: it needs one file whose name \
             ends in .wasm.",
        )),
        (Some(_), _) => Err(ApiError::invalid_parameter(format_args!(
            "The deployment package has {count} files that end in .wasm; the handler decides \
             between them, and \"{handler}\" asks for {wanted}."
        ))),
    }
}

/// `index.handler` is in `index.wasm`, and a file may be named as it is.
fn file_of(handler: &str) -> String {
    if handler.ends_with(EXTENSION) {
        return handler.to_owned();
    }
    let stem = handler.rsplit_once('.').map_or(handler, |(stem, _)| stem);
    format!("{stem}{EXTENSION}")
}

/// Reads as much as a component may have, and no more.
fn unpack(reader: impl Read, limit: usize) -> Result<Vec<u8>, ApiError> {
    let mut component = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    reader
        .take(most)
        .read_to_end(&mut component)
        .map_err(|_| unreadable())?;
    match component.len() > limit {
        true => Err(ApiError::invalid_parameter(format_args!(
            "Unzipped size must be smaller than {limit} bytes"
        ))),
        false => Ok(component),
    }
}

fn too_large(limit: usize) -> ApiError {
    ApiError::new(
        "RequestEntityTooLargeException",
        format_args!("The deployment package must be smaller than {limit} bytes"),
    )
}

fn not_base64() -> ApiError {
    ApiError::new("SerializationException", "ZipFile is not base64")
}

/// The service's own sentence.
fn unreadable() -> ApiError {
    ApiError::invalid_parameter(
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::DeflateEncoder};
    use rawzip::ZipArchiveWriter;

    use super::*;

    const SIZES: Sizes = Sizes {
        package: 10_000,
        component: 1_000,
    };

    fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut archive = ZipArchiveWriter::new(&mut bytes);
        for (name, content) in files {
            let file = archive.new_file(name);
            let file = file.compression_method(CompressionMethod::DEFLATE);
            let (mut entry, config) = file.start().unwrap();
            let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::best()));
            writer.write_all(content).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap();
        bytes
    }

    fn read(package: &[u8], handler: &str) -> Result<Vec<u8>, String> {
        let unpacked = Unpacked::read(&BASE64.encode(package), handler, SIZES);
        unpacked
            .map(|unpacked| unpacked.component)
            .map_err(|error| error.message)
    }

    #[test]
    fn a_component_may_come_alone() {
        assert_eq!(read(b"\0asm1", "any"), Ok(b"\0asm1".to_vec()));
        let unpacked = Unpacked::read(&BASE64.encode(b"\0asm"), "any", SIZES).unwrap();
        assert_eq!(unpacked.size, 4);
        assert_eq!(
            unpacked.sha256,
            BASE64.encode(Sha256::digest(b"\0asm")),
            "the digest is the package's"
        );
    }

    #[test]
    fn the_handler_decides_between_files() {
        let package = zip(&[
            ("README", b"read me"),
            ("a.wasm", b"\0asmA"),
            ("lib/b.wasm", b"\0asmB"),
        ]);
        for (handler, content) in [
            ("a.handler", b"\0asmA"),
            ("lib/b.handle", b"\0asmB"),
            ("lib/b.wasm", b"\0asmB"),
            ("a", b"\0asmA"),
        ] {
            assert_eq!(read(&package, handler), Ok(content.to_vec()), "{handler}");
        }
        let refusal = read(&package, "c.handler").unwrap_err();
        assert!(refusal.contains("2 files"), "{refusal}");
        assert!(refusal.contains("c.wasm"), "{refusal}");
    }

    #[test]
    fn the_only_component_needs_no_name() {
        let package = zip(&[("x/y.wasm", b"\0asm"), ("z.txt", b"")]);
        assert_eq!(read(&package, "index.handler"), Ok(b"\0asm".to_vec()));
    }

    #[test]
    fn what_is_no_package_is_refused() {
        for (package, says) in [
            (b"PK nonsense".to_vec(), "Could not unzip"),
            (Vec::new(), "Could not unzip"),
            (zip(&[]), "no WebAssembly component"),
            (zip(&[("index.js", b"exports")]), "no WebAssembly component"),
            (
                zip(&[("a.wasm", b"text")]),
                "is not a WebAssembly component",
            ),
        ] {
            let refusal = read(&package, "index.handler").unwrap_err();
            assert!(refusal.contains(says), "{refusal}");
        }
        let refusal = Unpacked::read("***", "h", SIZES).unwrap_err();
        assert_eq!(refusal.code, "SerializationException");
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let mut content = b"\0asm".to_vec();
        content.resize(5_000_000, 0);
        let package = zip(&[("a.wasm", &content)]);
        assert!(package.len() < SIZES.package, "it is small while zipped");
        let refusal = read(&package, "a.h").unwrap_err();
        assert_eq!(refusal, "Unzipped size must be smaller than 1000 bytes");
    }

    #[test]
    fn a_package_beyond_its_size_is_not_decoded() {
        let refusal = Unpacked::read(&"A".repeat(20_000), "h", SIZES).unwrap_err();
        assert_eq!(refusal.code, "RequestEntityTooLargeException");
    }

    #[test]
    fn damage_is_refused_and_harms_nobody() {
        let content = b"\0asm, and enough of it to be compressed";
        let package = zip(&[("a.wasm", content)]);
        for place in 0..package.len() {
            for bit in 0..8 {
                let mut damaged = package.clone();
                damaged[place] ^= 1 << bit;
                if let Ok(component) = read(&damaged, "a.h") {
                    assert_eq!(component, content, "byte {place}, bit {bit}");
                }
            }
            let _ = read(&package[..place], "a.h");
        }
    }
}
