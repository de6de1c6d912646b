//! Embeds the guest SDKs, the JavaScript toolchain and the WIT files: what
//! `sandstep new` gives to a project, and what `sandstep build` installs.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// A table of embedded files.
struct Table {
    /// The file in `OUT_DIR` that holds it.
    name: &'static str,
    /// Files and folders relative to the repository's root, each with the path
    /// that it has in the table.
    parts: &'static [(&'static str, &'static str)],
}

const TABLES: [Table; 3] = [
    // What a function's crate depends on.
    Table {
        name: "rust_sdk.rs",
        parts: &[
            ("Cargo.toml", "Cargo.toml"),
            ("guest-sdk/rust", "guest-sdk/rust"),
            ("wit", "wit"),
        ],
    },
    Table {
        name: "javascript_sdk.rs",
        parts: &[("guest-sdk/js/lambda", "lambda")],
    },
    Table {
        name: "javascript_toolchain.rs",
        parts: &[
            ("guest-sdk/js/lambda", "lambda"),
            ("guest-sdk/js/toolchain", "toolchain"),
            ("wit", "wit"),
        ],
    },
];

/// Folders whose content is installed or built, or serves Sandstep's own tests.
const LEFT_OUT: [&str; 4] = ["node_modules", "target", "test", "tests"];

fn main() -> io::Result<()> {
    // Asked for when this runs: a target folder may serve another checkout than
    // the one for which this was compiled.
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let root = manifest.join("../..").canonicalize()?;
    let output = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    for table in TABLES {
        fs::write(output.join(table.name), table.to_code(&root)?)?;
    }
    Ok(())
}

impl Table {
    /// A slice of paths and contents, in order.
    fn to_code(&self, root: &Path) -> io::Result<String> {
        let mut code = String::from("&[\n");
        for (from, to) in self.parts {
            let from = root.join(from);
            println!("cargo::rerun-if-changed={}", from.display());
            let mut files = Vec::new();
            collect(&from, &mut files)?;
            files.sort();
            for file in files {
                let within = file.strip_prefix(&from).expect("found beneath it");
                let name = match within.as_os_str().is_empty() {
                    true => PathBuf::from(to),
                    false => Path::new(to).join(within),
                };
                writeln!(code, "    ({name:?}, include_str!({file:?})),").expect("strings grow");
            }
        }
        code.push(']');
        Ok(code)
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        let is_left_out = |name: &str| LEFT_OUT.contains(&name);
        if !path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(is_left_out)
        {
            collect(&path, files)?;
        }
    }
    Ok(())
}
