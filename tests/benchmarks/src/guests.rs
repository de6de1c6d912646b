//! Components to call.

use std::path::Path;
use std::process::Command;

/// Builds the echo guest of the tests below `target`.
pub fn echo(target: &Path) -> Vec<u8> {
    let target = target.join("guests");
    let status = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--release",
            "--target",
            "wasm32-wasip2",
            "--package",
            "echo",
        ])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../guests"))
        .env("CARGO_TARGET_DIR", &target)
        // These are for the benchmark, not for its guest.
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTFLAGS")
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the guest does not build");
    let file = target.join("wasm32-wasip2/release/echo.wasm");
    std::fs::read(file).expect("the guest was built")
}
