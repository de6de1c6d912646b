//! Functions are built when their sources have changed, by one process at a
//! time, and for the sandbox alone.

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use support::{command, folder, sandstep, sandstep_in};

/// A new project that has not been built.
fn unbuilt(name: &str) -> PathBuf {
    let folder = folder(name);
    let _ = fs::remove_dir_all(folder.join("project/.sandstep"));
    sandstep_in(&folder, &["new", "project"]).refused(0);
    folder.join("project")
}

#[test]
fn what_is_built_is_not_built_again() {
    sandstep(&["build", "examples/classroom"]).refused(0);
    let again = sandstep(&["build", "examples/classroom"]);
    assert!(!again.stderr.contains("Building"), "{}", again.stderr);
}

#[test]
fn two_processes_build_a_function_once() {
    let project = unbuilt("build-race");
    let mut first = command(&project, &["build"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(first.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert!(line.contains("Building"), "{line}");
    let second = sandstep_in(&project, &["build"]);
    second.refused(0);
    second.says(&["Waiting for another build of "]);
    assert!(!second.stderr.contains("Building"), "{}", second.stderr);
    said.read_to_string(&mut line).unwrap();
    assert!(first.wait().unwrap().success(), "{line}");
}

#[test]
fn settings_for_the_host_do_not_reach_a_function() {
    let project = unbuilt("build-environment");
    let nowhere = Path::new("/nowhere/rustc-wrapper");
    let output = command(&project, &["build"])
        .env("RUSTFLAGS", "-C target-cpu=x86-64-v3 -C linker=/nowhere")
        .env("CARGO_ENCODED_RUSTFLAGS", "--no-such-flag")
        .env("CARGO_BUILD_RUSTFLAGS", "--no-such-flag")
        .env("CARGO_BUILD_TARGET", "x86_64-unknown-linux-gnu")
        .env("CARGO_TARGET_DIR", project.join("elsewhere"))
        .env("RUSTC_WRAPPER", nowhere)
        .env("RUSTC_WORKSPACE_WRAPPER", nowhere)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(!project.join("elsewhere").exists());
}
