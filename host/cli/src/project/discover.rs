//! Functions that no file declares: what lies in `functions/`.

use std::path::{Path, PathBuf};

use super::{Code, Function, Source};
use crate::build;

/// The folder whose members are functions.
const FOLDER: &str = "functions";

/// A function for each member of `functions/` that a builder understands, and
/// for each component in it, by name.
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
    Some(Function::new(name, existing_code(path)?))
}

/// What can be run of a path that a person gave: what is there, or a handler
/// such as `src/start.create`.
pub(crate) fn code_at(path: &Path) -> Option<Code> {
    existing_code(path).or_else(|| handler_at(path).map(Code::Source))
}

/// What can be run of a path: a folder or a file that a builder understands,
/// or a component.
pub(crate) fn existing_code(path: &Path) -> Option<Code> {
    let source = Source::new(path);
    if build::language_of(&source).is_some() {
        return Some(Code::Source(source));
    }
    let is_component = path
        .extension()
        .is_some_and(|extension| extension == "wasm");
    (is_component && path.is_file()).then(|| Code::Component(PathBuf::from(path)))
}

/// The last part of a path as a handler, if it names a file.
fn handler_at(path: &Path) -> Option<Source> {
    let handler = path.file_name()?.to_str()?;
    let folder = match path.parent()? {
        here if here == Path::new("") => Path::new("."),
        folder => folder,
    };
    build::file_of_handler(folder, handler)?;
    Some(Source {
        path: folder.to_owned(),
        handler: Some(handler.to_owned()),
    })
}
