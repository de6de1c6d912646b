//! Functions that no file declares: the folders beneath `functions/`.

use std::path::{Path, PathBuf};

use super::{Code, Function};
use crate::build;

/// The folder whose subfolders are functions.
const FOLDER: &str = "functions";

/// A function for each subfolder of `functions/` that a builder understands,
/// and for each component in it, by name.
pub(crate) fn functions_in(root: &Path) -> Vec<Function> {
    let Ok(entries) = std::fs::read_dir(root.join(FOLDER)) else {
        return Vec::new();
    };
    let mut functions: Vec<Function> = entries
        .flatten()
        .filter_map(|entry| function_at(&entry.path()))
        .collect();
    functions.sort_by(|a, b| a.name.cmp(&b.name));
    functions.dedup_by(|a, b| a.name == b.name);
    functions
}

/// The function that a folder or a file holds, named after it.
fn function_at(path: &Path) -> Option<Function> {
    let name = path
        .file_stem()?
        .to_str()
        .filter(|name| Function::is_name(name))?;
    Some(Function::new(name, code_at(path)?))
}

/// What can be run of a path: a folder that a builder understands, or a
/// component.
pub(crate) fn code_at(path: &Path) -> Option<Code> {
    if build::language_of(path).is_some() {
        return Some(Code::Source(PathBuf::from(path)));
    }
    let is_component = path
        .extension()
        .is_some_and(|extension| extension == "wasm");
    (is_component && path.is_file()).then(|| Code::Component(PathBuf::from(path)))
}
