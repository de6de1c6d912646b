//! Reading the conformance data.

use std::path::PathBuf;

use sandstep_json::Value;

/// Reads a JSON file.
pub(crate) fn read(path: PathBuf) -> Value {
    let text = std::fs::read(&path).expect("the file can be read");
    Value::parse_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
