//! Finds the conformance data that tests compare with, and keeps the score.
//!
//! The data is no part of the repository: it lies beside it, or where
//! `SANDSTEP_CONFORMANCE` says. A test that finds none passes and says so.
#![forbid(unsafe_code)]

pub mod page;

use std::{
    env,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The variable that names another folder.
const VARIABLE: &str = "SANDSTEP_CONFORMANCE";

/// A file or folder of the conformance data, such as `jsonpath/rfc9535.json`.
///
/// Where it is missing, this says on standard error that the caller is skipped,
/// whether or not the test's output is shown.
///
/// # Panics
///
/// Panics where `SANDSTEP_CONFORMANCE` is set and it is not there: who asks for
/// the data does not want to miss it.
pub fn locate(name: &str) -> Option<PathBuf> {
    let chosen = env::var_os(VARIABLE).map(PathBuf::from);
    let is_chosen = chosen.is_some();
    let path = chosen.unwrap_or_else(beside_the_repository).join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(!is_chosen, "{} is missing", path.display());
    say_that_it_is_skipped(name);
    None
}

/// Whether the data is what lies beside the repository, and no other collection.
pub fn is_usual() -> bool {
    let Some(chosen) = env::var_os(VARIABLE) else {
        return true;
    };
    let folders = (
        Path::new(&chosen).canonicalize(),
        beside_the_repository().canonicalize(),
    );
    matches!(folders, (Ok(chosen), Ok(usual)) if chosen == usual)
}

fn beside_the_repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance")
}

/// Tests print to a buffer that nobody sees while they pass; the handle itself
/// is not buffered.
fn say_that_it_is_skipped(name: &str) {
    let line = format!(
        "skipped: there is no ../shared/conformance/{name} beside the repository; \
         {VARIABLE} names another folder\n"
    );
    // A test is no less skipped where nobody can be told.
    let _ = io::stderr().write_all(line.as_bytes());
}
