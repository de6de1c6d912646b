//! Builds the components of `tests/guests`.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const TARGET: &str = "wasm32-wasip2";

/// The component of one member of `tests/guests`. All members are built on
/// first use, below `target`: a folder that may be kept from run to run, such
/// as the caller's `CARGO_TARGET_TMPDIR`.
///
/// # Panics
///
/// Panics where the guests do not build, or none has that name.
pub fn guest(name: &str, target: &Path) -> Vec<u8> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let directory = BUILT.get_or_init(|| build(&target.join("../guests")));
    let path = directory.join(format!("{name}.wasm"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn build(target: &Path) -> PathBuf {
    add_target();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guests");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--release", "--target", TARGET])
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", target)
        // Flags meant for the host's build.
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTFLAGS")
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the guests do not build");
    target.join(TARGET).join("release")
}

/// Without rustup the toolchain must bring the target itself.
fn add_target() {
    let Ok(installed) = Command::new("rustup")
        .args(["target", "list", "--installed"])
        .output()
    else {
        return;
    };
    if !String::from_utf8_lossy(&installed.stdout).contains(TARGET) {
        let _ = Command::new("rustup")
            .args(["target", "add", TARGET])
            .status();
    }
}
