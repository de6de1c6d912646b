//! Finds test files.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::command_error::CommandError;

/// How the names of test files end.
const ENDINGS: [&str; 3] = [".test.yaml", ".test.yml", ".test.json"];

/// Folders that hold other people's files, or built ones.
const SKIPPED: [&str; 2] = ["node_modules", "target"];

/// How deep folders are looked through: links may lead in circles.
const DEEPEST: usize = 32;

/// The test files that `paths` name: a file whatever its name, and all test
/// files in a folder, in the order of their paths.
pub(crate) fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CommandError> {
    let mut found = Vec::new();
    for path in paths {
        let kind =
            fs::metadata(path).map_err(|cause| CommandError::io("looking at", path, &cause))?;
        match kind.is_dir() {
            true => add_folder(path, 0, &mut found)
                .map_err(|cause| CommandError::io("looking through", path, &cause))?,
            false => found.push(path.clone()),
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn add_folder(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if path.is_dir() {
            let is_skipped = name.starts_with('.') || SKIPPED.contains(&name);
            if !is_skipped && depth < DEEPEST {
                add_folder(&path, depth + 1, found)?;
            }
        } else if ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            let path = path.strip_prefix(".").map(Path::to_owned);
            found.push(path.unwrap_or_else(|_| folder.join(name)));
        }
    }
    Ok(())
}
