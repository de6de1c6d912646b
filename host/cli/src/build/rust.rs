//! Rust: `cargo build --release --target wasm32-wasip2`.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize;

use super::fingerprint::files_in;
use super::lock::Turn;
use super::{Built, Language};
use crate::command_error::CommandError;
use crate::runtime::cache_folder;
use crate::terminal::{Terminal, Verbosity, escaped_lines};

const TARGET: &str = "wasm32-wasip2";

/// What the environment may say of builds for this machine. None of it is
/// meant for the sandbox, and most of it breaks a build for it. The settings
/// of a project's own `.cargo/config.toml` do apply, and so does
/// `CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS`.
const FOR_THE_HOST: [&str; 9] = [
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTC_WRAPPER",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
];

pub(crate) const LANGUAGE: Language = Language {
    name: "rust",
    detect: |source| source.handler.is_none() && source.path.join("Cargo.toml").is_file(),
    prepare: |source, terminal| prepare(&source.path, terminal),
    build: |order, terminal| build(&order.source.path, &order.target, terminal),
    sources: |source| files_in(&source.path),
    tools: |source| tools(&source.path),
    version: || "",
};

/// Makes sure that there is a compiler for the target.
fn prepare(folder: &Path, terminal: &Terminal) -> Result<(), CommandError> {
    let _turn = take_turn(terminal)?;
    let mut command = Command::new("rustc");
    command
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(folder);
    let output = run(&mut command)?;
    if !output.status.success() {
        return Err(refused("rustc", &output));
    }
    let libraries = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match Path::new(&libraries).is_dir() {
        true => Ok(()),
        false => add_target(folder, terminal),
    }
}

/// Waits until no other build looks for the target or adds it: rustup does not
/// expect company, and a target half added looks like a whole one.
fn take_turn(terminal: &Terminal) -> Result<Turn, CommandError> {
    Turn::take(&cache_folder().join("rust-target.lock"), || {
        terminal.progress("Waiting", "for another build to look for the Rust target");
    })
}

fn add_target(folder: &Path, terminal: &Terminal) -> Result<(), CommandError> {
    terminal.progress("Installing", &format!("the Rust target {TARGET}"));
    let mut command = Command::new("rustup");
    command.args(["target", "add", TARGET]).current_dir(folder);
    let by_hand =
        format!("install the Rust target {TARGET}, with rustup: rustup target add {TARGET}");
    let output = run(&mut command).map_err(|error| error.hint(&by_hand))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(refused("rustup target add", &output).hint(by_hand)),
    }
}

fn build(folder: &Path, target: &Path, terminal: &Terminal) -> Result<Built, CommandError> {
    let manifest = folder.join("Cargo.toml");
    let target =
        std::path::absolute(target).map_err(|cause| CommandError::io("finding", target, &cause))?;
    let mut command = Command::new("cargo");
    command
        .args(["build", "--lib", "--release", "--target", TARGET])
        .args([
            "--message-format",
            "json-render-diagnostics",
            "--manifest-path",
            "Cargo.toml",
        ])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(folder);
    if !terminal.is_log {
        command.stderr(Stdio::inherit());
    }
    if terminal.verbosity < Verbosity::Verbose && !terminal.is_live {
        // Warnings and errors, without a line for each dependency. On a
        // terminal cargo draws a bar over those.
        command.arg("--quiet");
    }
    for name in FOR_THE_HOST {
        command.env_remove(name);
    }
    let output = run(&mut command)?;
    // Nothing where the person has seen it.
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let message = format!("{} does not compile", folder.display());
        return Err(CommandError::new(message).causes(said.lines()));
    }
    if !said.is_empty() {
        terminal.warning(&escaped_lines(said.trim_end()));
    }
    let component = artifact(&output.stdout, &manifest).ok_or_else(|| no_component(&manifest))?;
    let sources = sources(&component, &target);
    Ok(Built {
        component,
        inputs: settings(&sources).into_iter().chain(sources).collect(),
        locks: lock_file(folder).into_iter().collect(),
        absent: BTreeSet::new(),
    })
}

/// Runs a tool and collects its standard output.
fn run(command: &mut Command) -> Result<Output, CommandError> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).output().map_err(|cause| {
        let error = CommandError::caused(format!("running {program}"), &cause);
        match cause.kind() {
            io::ErrorKind::NotFound => error
                .hint("Rust functions are built with cargo; install Rust from https://rustup.rs"),
            _ => error,
        }
    })
}

fn refused(program: &str, output: &Output) -> CommandError {
    let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    CommandError::new(format!("{program} failed: {complaint}"))
}

fn no_component(manifest: &Path) -> CommandError {
    CommandError::new(format!("{} makes no component", manifest.display()))
        .hint("a function is a library: add `[lib]` with `crate-type = [\"cdylib\"]`")
}

/// A line of what cargo prints with `--message-format json`.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    manifest_path: PathBuf,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// The component that cargo made of the crate with this manifest.
fn artifact(stdout: &[u8], manifest: &Path) -> Option<PathBuf> {
    let manifest = manifest.canonicalize().ok()?;
    let lines = stdout.split(|byte| *byte == b'\n');
    let messages = lines.filter_map(|line| serde_json::from_slice::<Message>(line).ok());
    messages
        .filter(|message| message.reason == "compiler-artifact")
        .filter(|message| {
            message
                .manifest_path
                .canonicalize()
                .is_ok_and(|path| path == manifest)
        })
        .flat_map(|message| message.filenames)
        .find(|file| file.extension() == Some(OsStr::new("wasm")))
}

/// The sources that cargo lists beside a component, without those that build
/// scripts wrote.
fn sources(component: &Path, target: &Path) -> Vec<PathBuf> {
    let listed = std::fs::read_to_string(component.with_extension("d")).unwrap_or_default();
    let mut sources = dependencies(&listed);
    sources.retain(|path| !path.starts_with(target));
    sources
}

/// The manifests and settings above sources.
fn settings(sources: &[PathBuf]) -> Vec<PathBuf> {
    let folders: BTreeSet<&Path> = sources
        .iter()
        .flat_map(|path| path.ancestors().skip(1))
        .collect();
    folders
        .into_iter()
        .flat_map(|folder| ["Cargo.toml", ".cargo/config.toml"].map(|name| folder.join(name)))
        .filter(|path| path.is_file())
        .collect()
}

/// The lock file of the function's own workspace.
fn lock_file(folder: &Path) -> Option<PathBuf> {
    let folder = std::path::absolute(folder).ok()?;
    folder
        .ancestors()
        .map(|folder| folder.join("Cargo.lock"))
        .find(|path| path.is_file())
}

/// The paths to the right of the colon in a Makefile's rule, where a space in
/// a path has a backslash before it.
fn dependencies(rule: &str) -> Vec<PathBuf> {
    let Some((_, listed)) = rule.lines().next().and_then(|line| line.split_once(": ")) else {
        return Vec::new();
    };
    let listed = listed.replace("\\ ", "\0");
    listed
        .split_whitespace()
        .map(|path| PathBuf::from(path.replace('\0', " ")))
        .collect()
}

/// Files that change when the toolchain does: cargo itself, and what rustup
/// writes when it updates or chooses another default.
fn tools(folder: &Path) -> Vec<PathBuf> {
    let cargo = env::var_os("PATH")
        .into_iter()
        .flat_map(|path| env::split_paths(&path).collect::<Vec<_>>())
        .map(|folder| folder.join("cargo"))
        .find(|path| path.is_file());
    let rustup = env::var_os("RUSTUP_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".rustup")));
    let settings = rustup.into_iter().flat_map(|home| {
        let updates = std::fs::read_dir(home.join("update-hashes"))
            .into_iter()
            .flatten();
        let updates: Vec<PathBuf> = updates.flatten().map(|entry| entry.path()).collect();
        updates.into_iter().chain([home.join("settings.toml")])
    });
    let folder = std::path::absolute(folder).unwrap_or_default();
    let pins = folder
        .ancestors()
        .flat_map(|folder| ["rust-toolchain.toml", "rust-toolchain"].map(|name| folder.join(name)))
        .collect::<Vec<_>>();
    cargo.into_iter().chain(settings).chain(pins).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_component_is_that_of_the_crate_itself() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let stdout = format!(
            "{{\"reason\":\"compiler-artifact\",\"manifest_path\":\"/nowhere/Cargo.toml\",\"filenames\":[\"/a.wasm\"]}}\n\
             not json\n\
             {{\"reason\":\"compiler-artifact\",\"manifest_path\":{manifest:?},\"filenames\":[\"/b.d\",\"/b.wasm\"]}}\n\
             {{\"reason\":\"build-finished\",\"success\":true}}\n"
        );
        assert_eq!(
            artifact(stdout.as_bytes(), &manifest),
            Some("/b.wasm".into())
        );
    }

    #[test]
    fn dependencies_may_have_spaces() {
        let rule = "/t/echo.wasm: /p/my\\ crate/src/lib.rs /sdk/src/lib.rs\n\n/p: /other\n";
        let paths = [
            PathBuf::from("/p/my crate/src/lib.rs"),
            "/sdk/src/lib.rs".into(),
        ];
        assert_eq!(dependencies(rule), paths);
    }
}
