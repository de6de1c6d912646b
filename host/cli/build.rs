//! Embeds the guest SDK and the WIT files, so that `sandstep new` can give a
//! project everything that its functions are built with.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What a function's crate depends on, relative to the repository's root.
const EMBEDDED: [&str; 3] = ["guest-sdk/rust", "wit", "Cargo.toml"];

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let mut files = Vec::new();
    for path in EMBEDDED {
        println!("cargo::rerun-if-changed={}", root.join(path).display());
        collect(&root.join(path), &mut files)?;
    }
    files.sort();
    let mut table = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&root).expect("found beneath the root");
        writeln!(table, "    ({name:?}, include_str!({file:?})),").expect("strings grow");
    }
    table.push(']');
    let output = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(output.join("sdk_files.rs"), table)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        let is_built = path
            .file_name()
            .is_some_and(|name| name == "target" || name == "tests");
        if !is_built {
            collect(&path, files)?;
        }
    }
    Ok(())
}
