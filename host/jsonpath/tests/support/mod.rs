//! The conformance data beside the repository.

use std::path::PathBuf;

use sandstep_json::Value;

/// A file or folder of the conformance data; `None`, with a note, where the data is missing.
pub(crate) fn locate(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SANDSTEP_CONFORMANCE")
        .map(PathBuf::from)
        .unwrap_or_else(|| {
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance")
        });
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is missing", path.display());
    None
}

/// Reads a JSON file.
pub(crate) fn read(path: PathBuf) -> Value {
    let text = std::fs::read(&path).expect("the file can be read");
    Value::parse_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
