//! Which file and which export a handler means.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::command_error::CommandError;
use crate::project::Source;

/// The extensions of files that hold a handler, in the order in which they are
/// tried: Lambda's own (Node.js runtime, `UserFunction.js`), then TypeScript's.
pub(super) const EXTENSIONS: [&str; 6] = ["js", "mjs", "cjs", "ts", "mts", "cts"];

/// The file of a function and its export.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) file: PathBuf,
    /// The export, its dots included; `None` leaves the choice to the bundler,
    /// which takes `handler`, else the default export, else the only function.
    pub(super) export: Option<String>,
}

/// The members of a `package.json` that say where a package begins.
#[derive(Debug, Default, Deserialize)]
struct Package {
    main: Option<String>,
}

impl Entry {
    /// Finds the handler of a function's source, as Lambda does where the
    /// source names one: `folder/file.export`, without the file's extension.
    ///
    /// A folder without a handler begins at its package's `main`, or at
    /// `index`; a lone file is its own entry.
    pub(super) fn of(source: &Source) -> Result<Self, CommandError> {
        match (&source.handler, source.path.is_dir()) {
            (Some(handler), true) => Self::named(&source.path, handler),
            (Some(export), false) => Ok(Self {
                file: source.path.clone(),
                export: Some(export.clone()),
            }),
            (None, true) => Self::of_package(&source.path),
            (None, false) => Ok(Self {
                file: source.path.clone(),
                export: None,
            }),
        }
    }

    /// The file that a handler names, if it is there.
    pub(super) fn find(folder: &Path, handler: &str) -> Option<Self> {
        let (stem, export) = split(handler)?;
        Some(Self {
            file: with_extension(&folder.join(stem))?,
            export: Some(export.to_owned()),
        })
    }

    fn named(folder: &Path, handler: &str) -> Result<Self, CommandError> {
        let Some((stem, export)) = split(handler) else {
            let message = format!("\"{handler}\" is no handler");
            return Err(CommandError::new(message).hint(
                "a handler is a file without its extension, a dot and the export's name, such as \
                 src/start.handler",
            ));
        };
        Self::find(folder, handler).ok_or_else(|| {
            let message = format!("there is no file for the handler \"{handler}\"");
            let looked = looked_for(&folder.join(stem));
            CommandError::new(message).hint(format!("looked for {looked} with the export {export}"))
        })
    }

    fn of_package(folder: &Path) -> Result<Self, CommandError> {
        let main = main_of(folder).map(|main| folder.join(main));
        let index = folder.join("index");
        let file = main
            .as_deref()
            .and_then(module)
            .or_else(|| with_extension(&index));
        let found = file.map(|file| Self { file, export: None });
        found.ok_or_else(|| {
            let message = format!("{} has no file to begin with", folder.display());
            let looked = match main {
                Some(main) => format!("{} (main of package.json) and ", main.display()),
                None => String::new(),
            };
            let looked = format!("looked for {looked}{}", looked_for(&index));
            CommandError::new(message)
                .hint(looked)
                .hint("`handler = \"file.export\"` names another file")
        })
    }
}

/// Whether a path is a file that may hold a function.
pub(super) fn is_script(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension)) && path.is_file()
}

/// Whether a folder holds a function without naming its handler.
pub(super) fn is_package(folder: &Path) -> bool {
    folder.join("package.json").is_file() || with_extension(&folder.join("index")).is_some()
}

/// `src/start.create` is the file `src/start` and the export `create`. The
/// file's name ends at its first dot (Node.js runtime, `UserFunction.js`).
fn split(handler: &str) -> Option<(&str, &str)> {
    let name = handler.rfind('/').map_or(0, |slash| slash + 1);
    let dot = name + handler[name..].find('.')?;
    let (stem, export) = (&handler[..dot], &handler[dot + 1..]);
    (dot > name && !export.is_empty()).then_some((stem, export))
}

/// A file of this name with the first extension that there is.
fn with_extension(stem: &Path) -> Option<PathBuf> {
    EXTENSIONS
        .iter()
        .map(|extension| appended(stem, extension))
        .find(|file| file.is_file())
}

/// What `main` means: a file, a file without its extension, or a folder.
fn module(main: &Path) -> Option<PathBuf> {
    if main.is_file() {
        return Some(main.to_owned());
    }
    with_extension(main).or_else(|| with_extension(&main.join("index")))
}

/// A file's name from what comes before its ending.
pub(super) fn appended(stem: &Path, extension: &str) -> PathBuf {
    let mut file = stem.as_os_str().to_owned();
    file.push(".");
    file.push(extension);
    file.into()
}

fn looked_for(stem: &Path) -> String {
    format!("{}.{{{}}}", stem.display(), EXTENSIONS.join(","))
}

/// A package that cannot be read has no main; the bundler reports it.
fn main_of(folder: &Path) -> Option<String> {
    let text = std::fs::read(folder.join("package.json")).ok()?;
    serde_json::from_slice::<Package>(&text).ok()?.main
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_is_a_file_and_an_export() {
        for (handler, parts) in [
            ("index.handler", Some(("index", "handler"))),
            ("src/start.create", Some(("src/start", "create"))),
            ("./src/start.create", Some(("./src/start", "create"))),
            ("a.b/start.api.create", Some(("a.b/start", "api.create"))),
            ("start", None),
            ("src/.create", None),
            ("start.", None),
            ("", None),
        ] {
            assert_eq!(split(handler), parts, "{handler}");
        }
    }
}
