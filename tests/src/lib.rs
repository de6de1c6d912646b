//! Behaviour cases as files, and recordings of the service.
//!
//! This crate holds what the tests share: reading a case, the script that plays
//! its tasks, the simulations that run it, and the text in which histories are
//! compared.
#![forbid(unsafe_code)]

pub mod case;
pub mod history_text;
pub mod script;
pub mod simulate;

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests stand in the repository")
}

/// The conformance data beside the repository, or where
/// `SANDSTEP_CONFORMANCE` says; `None` where there is none.
pub fn conformance() -> Option<PathBuf> {
    let place = std::env::var_os("SANDSTEP_CONFORMANCE").map(PathBuf::from);
    let place = place.unwrap_or_else(|| repository().join("../shared/conformance"));
    place.is_dir().then_some(place)
}
