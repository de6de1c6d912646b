//! Behaviour cases as files.
//!
//! This crate holds what the tests share: reading a case, the script that plays
//! its tasks, the simulations that run it, random cases, and the text in which
//! histories are compared.
#![forbid(unsafe_code)]

pub mod case;
pub mod generate;
pub mod history_text;
pub mod random;
pub mod script;
pub mod simulate;

use std::path::Path;

/// The root of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests stand in the repository")
}
