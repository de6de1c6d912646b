//! npm: the toolchain's packages, and those of the function.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use super::toolchain::NODE_HINT;
use crate::build::lock::Turn;
use crate::build::tool::{self, ToolLimits};
use crate::command_error::CommandError;
use crate::runtime::cache_folder;
use crate::terminal::{Terminal, escaped_lines};

/// A slow network still delivers a few MB.
const LIMITS: ToolLimits = ToolLimits {
    wall_time: Duration::from_secs(20 * 60),
    output_bytes: 1024 * 1024,
};

/// Lines of npm's complaint that are shown.
const MAX_LINES: usize = 20;

/// Lock files of npm's rivals, each with the command that installs.
const RIVALS: [(&str, &str); 4] = [
    ("pnpm-lock.yaml", "pnpm install"),
    ("yarn.lock", "yarn install"),
    ("bun.lock", "bun install"),
    ("bun.lockb", "bun install"),
];

/// A `package.json`, as far as installing it goes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Package {
    dependencies: BTreeMap<String, String>,
}

/// A `package-lock.json`, or npm's own note of what it has installed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Lock {
    packages: BTreeMap<String, Locked>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Locked {
    version: Option<String>,
    dev: bool,
    optional: bool,
    #[serde(rename = "devOptional")]
    dev_optional: bool,
    peer: bool,
    link: bool,
}

/// Installs what a folder's lock file says.
///
/// Not with `npm ci`: that refuses a lock file without packages for platforms
/// that a dependency names and never published.
pub(super) fn install_pinned(folder: &Path, terminal: &Terminal) -> Result<(), CommandError> {
    npm("install", folder, terminal)
}

/// Installs what the package of a file depends on, unless it is there.
pub(super) fn install_dependencies(entry: &Path, terminal: &Terminal) -> Result<(), CommandError> {
    let Some(folder) = package_of(entry) else {
        return Ok(());
    };
    if is_installed(&folder) {
        return Ok(());
    }
    let _turn = Turn::take(&cache_folder().join("packages.lock"), || {
        terminal.progress("Waiting", "for another build to install packages");
    })?;
    if is_installed(&folder) {
        return Ok(());
    }
    if let Some(command) = rival(&folder) {
        let message = format!("the packages of {} are not installed", folder.display());
        return Err(CommandError::new(message).hint(format!("run `{command}` there")));
    }
    terminal.progress(
        "Installing",
        &format!("the packages of {}", folder.display()),
    );
    let has_lock = above(&folder, "package-lock.json").is_some();
    npm(if has_lock { "ci" } else { "install" }, &folder, terminal)
}

/// The nearest folder at or above a file's that has a `package.json`.
pub(super) fn package_of(entry: &Path) -> Option<PathBuf> {
    let entry = std::path::absolute(entry).ok()?;
    above(entry.parent()?, "package.json")
}

/// The nearest folder, from this one upwards, that has a file of this name.
fn above(folder: &Path, name: &str) -> Option<PathBuf> {
    let is_there = |folder: &&Path| folder.join(name).exists();
    folder.ancestors().find(is_there).map(Path::to_owned)
}

/// Whether every dependency has a folder, and that is of the locked version
/// where npm has noted what it installed.
fn is_installed(folder: &Path) -> bool {
    // Yarn's Plug'n'Play has no folders; the bundler knows it.
    if above(folder, ".pnp.cjs").is_some() {
        return true;
    }
    let package: Package = read(&folder.join("package.json"));
    let is_there = |name: &String| above(folder, &format!("node_modules/{name}")).is_some();
    package.dependencies.keys().all(is_there) && is_as_locked(folder)
}

fn is_as_locked(folder: &Path) -> bool {
    let (lock, note) = (
        folder.join("package-lock.json"),
        folder.join("node_modules/.package-lock.json"),
    );
    if !lock.is_file() || !note.is_file() {
        return true;
    }
    let (lock, note): (Lock, Lock) = (read(&lock), read(&note));
    lock.packages
        .iter()
        .filter(|(path, locked)| path.starts_with("node_modules/") && locked.is_needed())
        .all(|(path, locked)| {
            let installed = note.packages.get(path);
            installed.is_some_and(|installed| installed.version == locked.version)
        })
}

impl Locked {
    /// Whether functions may need it wherever they run.
    fn is_needed(&self) -> bool {
        !(self.dev || self.optional || self.dev_optional || self.peer || self.link)
    }
}

/// What cannot be read says nothing here; npm and the bundler complain of it.
fn read<T: Default + for<'de> Deserialize<'de>>(file: &Path) -> T {
    let text = std::fs::read(file).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

fn rival(folder: &Path) -> Option<&'static str> {
    if above(folder, "package-lock.json").is_some() {
        return None;
    }
    let is_used = |(lock, _): &&(&str, &str)| above(folder, lock).is_some();
    RIVALS.iter().find(is_used).map(|(_, command)| *command)
}

/// Packages' own scripts are not run: whoever builds a function need not trust
/// what it depends on.
fn npm(command: &str, folder: &Path, terminal: &Terminal) -> Result<(), CommandError> {
    let mut npm = Command::new("npm");
    npm.args([command, "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(folder);
    let ended = tool::run(&mut npm, b"", LIMITS).map_err(|error| match error.is_missing() {
        true => CommandError::new("there is no npm, which comes with Node.js").hint(NODE_HINT),
        false => error.of(&format!("npm {command}")),
    })?;
    terminal.detail(&escaped_lines(ended.stderr.trim_end()));
    match ended.status.success() {
        true => Ok(()),
        false => Err(refused(command, folder, &ended.stderr)),
    }
}

fn refused(command: &str, folder: &Path, stderr: &str) -> CommandError {
    let complaint: Vec<&str> = stderr
        .lines()
        .filter(|line| !line.starts_with("npm warn") && !matches!(line.trim(), "" | "npm error"))
        .take(MAX_LINES)
        .collect();
    let message = format!("`npm {command}` failed in {}", folder.display());
    CommandError::new(message).causes(complaint)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A package with one dependency.
    struct Fixture(PathBuf);

    impl Fixture {
        fn new(name: &str) -> Self {
            let root = std::env::temp_dir().join(format!("sandstep-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&root);
            let fixture = Self(root);
            fixture.write("package.json", r#"{"dependencies": {"ids": "^1.0.0"}}"#);
            fixture.write(
                "package-lock.json",
                r#"{"packages": {"": {}, "node_modules/ids": {"version": "1.2.0"},
                    "node_modules/test": {"version": "3.0.0", "dev": true}}}"#,
            );
            fixture
        }

        fn write(&self, path: &str, content: &str) {
            let file = self.0.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }

        fn install(&self, version: &str) {
            self.write("node_modules/ids/package.json", "{}");
            let note =
                format!(r#"{{"packages": {{"node_modules/ids": {{"version": "{version}"}}}}}}"#);
            self.write("node_modules/.package-lock.json", &note);
        }
    }

    impl Drop for Fixture {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn packages_are_installed_when_they_are_there_as_locked() {
        let fixture = Fixture::new("npm-installed");
        assert!(!is_installed(&fixture.0));
        fixture.install("1.1.0");
        assert!(!is_installed(&fixture.0), "an older version");
        fixture.install("1.2.0");
        assert!(is_installed(&fixture.0));
    }

    #[test]
    fn packages_may_be_installed_above() {
        let fixture = Fixture::new("npm-above");
        fixture.install("1.2.0");
        fixture.write(
            "member/package.json",
            r#"{"dependencies": {"ids": "^1.0.0"}}"#,
        );
        let member = package_of(&fixture.0.join("member/src/index.js")).unwrap();
        assert_eq!(member, fixture.0.join("member"));
        assert!(is_installed(&member));
    }

    #[test]
    fn another_package_manager_is_left_to_the_author() {
        let fixture = Fixture::new("npm-rival");
        fixture.write("pnpm-lock.yaml", "");
        assert_eq!(rival(&fixture.0), None, "npm's own lock is there too");
        fs::remove_file(fixture.0.join("package-lock.json")).unwrap();
        assert_eq!(rival(&fixture.0), Some("pnpm install"));
    }
}
