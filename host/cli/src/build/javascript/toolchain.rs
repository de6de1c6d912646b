//! The bundler and the componentizer: npm packages at pinned versions, with
//! the scripts that drive them, installed once for all projects of the user.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, Metadata};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::npm;
use crate::build::lock::Turn;
use crate::build::tool::{self, ToolLimits};
use crate::command_error::CommandError;
use crate::runtime::cache_folder;
use crate::terminal::Terminal;

/// The scripts, the packages' versions and the WIT files, each under its path
/// in an installed toolchain.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/javascript_toolchain.rs"));

/// Tells one toolchain from another: two that are the same build the same.
pub(super) static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for part in FILES.iter().flat_map(|(path, content)| [path, content]) {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    format!("{:x}", digest.finalize())[..16].to_owned()
});

/// The oldest major version of Node.js that the toolchain runs on.
const MIN_NODE: u32 = 20;

/// Where Node.js comes from.
pub(super) const NODE_HINT: &str = "install Node.js 20 or newer from https://nodejs.org";

/// How long a tool may take to tell its version.
const VERSION_LIMITS: ToolLimits = ToolLimits {
    wall_time: Duration::from_secs(60),
    output_bytes: 64 * 1024,
};

/// A toolchain that nobody used for so long is removed when another one is
/// installed.
const UNUSED_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Where the scripts and the packages are within a toolchain.
const SCRIPTS: &str = "toolchain";

/// The prefix of toolchains, and that of one that is not yet whole.
const PREFIX: &str = "javascript-";
const UNFINISHED: &str = ".javascript-";

/// An installed toolchain.
#[derive(Debug)]
pub(super) struct Toolchain {
    folder: PathBuf,
}

impl Toolchain {
    /// Installs the toolchain where that has not been done yet.
    pub(super) fn prepare(terminal: &Terminal) -> Result<(), CommandError> {
        check_node()?;
        let all = private_folder()?;
        let folder = all.join(folder_name());
        if !folder.is_dir() {
            let _turn = Turn::take(&all.join("javascript.lock"), || {
                terminal.progress("Waiting", "for another build to install the toolchain");
            })?;
            if !folder.is_dir() {
                install(&all, &folder, terminal)?;
            }
        }
        mark_used(&folder);
        Ok(())
    }

    /// The toolchain, which is ready.
    pub(super) fn installed() -> Self {
        Self {
            folder: toolchains().join(folder_name()),
        }
    }

    /// Where it is; nothing in it is the user's.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The script that makes a component.
    pub(super) fn build_script(&self) -> PathBuf {
        self.folder.join(SCRIPTS).join("build.mjs")
    }

    /// The folder of the WIT package.
    pub(super) fn wit(&self) -> PathBuf {
        self.folder.join("wit")
    }
}

fn toolchains() -> PathBuf {
    cache_folder().join("toolchains")
}

fn folder_name() -> String {
    format!("{PREFIX}{}", *DIGEST)
}

fn check_node() -> Result<(), CommandError> {
    let ended = tool::run(Command::new("node").arg("--version"), b"", VERSION_LIMITS);
    let ended = ended.map_err(|error| match error.is_missing() {
        true => CommandError::new("JavaScript functions are built with Node.js, and there is none")
            .hint(NODE_HINT),
        false => error.of("node --version"),
    })?;
    let version = String::from_utf8_lossy(&ended.stdout).trim().to_owned();
    match major(&version) {
        Some(major) if major >= MIN_NODE => Ok(()),
        Some(_) => Err(CommandError::new(format!(
            "Node.js {version} is too old to build functions"
        ))
        .hint(NODE_HINT)),
        None => {
            let said = format!("{version}{}", ended.stderr.trim());
            Err(CommandError::new(format!("`node --version` says \"{said}\"")).hint(NODE_HINT))
        }
    }
}

/// `v20.11.1` is 20.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// The folder of all toolchains. What lies in it is run with the user's own
/// rights, so that nobody else may have put it there.
fn private_folder() -> Result<PathBuf, CommandError> {
    let folder = toolchains();
    let metadata = DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)
        .and_then(|()| fs::symlink_metadata(&folder))
        .map_err(|cause| CommandError::io("making", &folder, &cause))?;
    match is_private(&metadata) {
        true => Ok(folder),
        false => Err(CommandError::new(format!(
            "others than you may write to {}",
            folder.display()
        ))
        .hint("remove it, or set XDG_CACHE_HOME to a folder of yours")),
    }
}

fn is_private(metadata: &Metadata) -> bool {
    metadata.is_dir()
        && metadata.uid() == rustix::process::geteuid().as_raw()
        && metadata.mode() & 0o022 == 0
}

/// Installs a toolchain beside the place that it will have, so that a folder
/// of that name is always whole.
fn install(all: &Path, folder: &Path, terminal: &Terminal) -> Result<(), CommandError> {
    remove_leftovers(all);
    terminal.progress(
        "Installing",
        &format!("the JavaScript toolchain ({})", packages()),
    );
    let unfinished = all.join(format!("{UNFINISHED}{}", *DIGEST));
    write_files(&unfinished)?;
    npm::install_pinned(&unfinished.join(SCRIPTS), terminal).map_err(|error| {
        error.hint("the toolchain comes from npm's registry, once; later builds need no network")
    })?;
    fs::rename(&unfinished, folder).map_err(|cause| CommandError::io("writing", folder, &cause))
}

fn write_files(folder: &Path) -> Result<(), CommandError> {
    for (path, content) in FILES {
        let file = folder.join(path);
        let parent = file.parent().expect("a toolchain's file lies in it");
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&file, content))
            .map_err(|cause| CommandError::io("writing", &file, &cause))?;
    }
    Ok(())
}

/// Removes what an interrupted installation left, and toolchains of versions
/// of Sandstep that are no longer used. Called with the lock held.
fn remove_leftovers(all: &Path) {
    for entry in fs::read_dir(all).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_unused =
            name.starts_with(PREFIX) && entry.path().is_dir() && is_unused(&entry.path());
        if name.starts_with(UNFINISHED) || is_unused {
            // What cannot be removed now is removed another time.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// A toolchain's `package.json` bears the time of its last use.
fn mark_used(folder: &Path) {
    let now = fs::FileTimes::new().set_modified(std::time::SystemTime::now());
    // Where nothing can be written, nothing is removed either.
    let _ = fs::File::options()
        .append(true)
        .open(folder.join(SCRIPTS).join("package.json"))
        .and_then(|file| file.set_times(now));
}

fn is_unused(folder: &Path) -> bool {
    let file = folder.join(SCRIPTS).join("package.json");
    let used = fs::metadata(file).and_then(|file| file.modified());
    let age = used.ok().and_then(|used| used.elapsed().ok());
    age.is_some_and(|age| age > UNUSED_FOR)
}

/// `componentize-qjs 0.4.5, esbuild 0.28.0`: those that do the work.
fn packages() -> String {
    let names: Vec<String> = dependencies()
        .into_iter()
        .filter(|(name, _)| ["componentize-qjs", "esbuild"].contains(&name.as_str()))
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    names.join(", ")
}

fn dependencies() -> BTreeMap<String, String> {
    #[derive(Deserialize)]
    struct Package {
        dependencies: BTreeMap<String, String>,
    }
    let (_, text) = FILES
        .iter()
        .find(|(path, _)| *path == "toolchain/package.json")
        .expect("a toolchain is a package");
    let package: Package = serde_json::from_str(text).expect("Sandstep's own package is sound");
    package.dependencies
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_pinned_and_named() {
        for (name, version) in dependencies() {
            let is_exact = version.split('.').all(|part| part.parse::<u32>().is_ok());
            assert!(is_exact, "{name} {version}");
        }
        assert!(packages().contains("componentize-qjs "), "{}", packages());
    }

    #[test]
    fn a_toolchain_is_whole() {
        let paths: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
        for path in [
            "toolchain/build.mjs",
            "toolchain/package-lock.json",
            "wit/lambda.wit",
        ] {
            assert!(paths.contains(&path), "{path} is missing from {paths:?}");
        }
        assert!(!paths.iter().any(|path| path.contains("node_modules")));
    }

    #[test]
    fn nodes_version_has_a_major_part() {
        assert_eq!(major("v20.11.1"), Some(20));
        assert_eq!(major("v8.0.0"), Some(8));
        assert_eq!(major("20"), None);
    }
}
