//! A project in JavaScript, with tools that only pretend.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{Ran, command, folder, write};

/// Answers as the toolchain's script does: every request for a component is
/// kept, and what it bundles is the entry and what the entry's folder says.
pub(crate) const NODE: &str = r#"#!/bin/sh
here=$(dirname "$0")/..
if [ "$1" = --version ]; then
    cat "$here/version"
    exit
fi
cat >"$here/request"
cat "$here/request" >>"$here/requests"
echo >>"$here/requests"
if [ -f "$here/answer" ]; then
    cat "$here/answer"
    exit "$(cat "$here/status")"
fi
value() { sed "s|.*\"$1\":\"\([^\"]*\)\".*|\1|" "$here/request"; }
echo component >"$(value output)"
entry=$(value entry)
extra=$(cat "$here/imports" 2>/dev/null)
printf '{"inputs":["%s"%s],"warnings":[]}' "$entry" "$extra"
"#;

/// Notes what it was asked for, and where.
const NPM: &str = r#"#!/bin/sh
here=$(dirname "$0")/..
echo "$1 in $(basename "$PWD")" >>"$here/npm"
if [ -f "$here/offline" ]; then
    echo 'npm warn config odd' >&2
    echo 'npm error code ENOTFOUND' >&2
    echo 'npm error network request to https://registry.example failed' >&2
    exit 1
fi
mkdir -p node_modules/dates
echo '{}' >node_modules/dates/package.json
"#;

/// A project with tools of its own.
pub(crate) struct Fixture {
    pub(crate) project: PathBuf,
    /// The pretended tools, and what they were asked for.
    pub(crate) tools: PathBuf,
}

impl Fixture {
    pub(crate) fn new(name: &str) -> Self {
        let all = folder(&format!("javascript-{name}"));
        let _ = fs::remove_dir_all(all.join("project"));
        let fixture = Self {
            project: all.join("project"),
            tools: all.join("tools"),
        };
        fs::create_dir_all(&fixture.project).unwrap();
        fixture.tool("bin/node", NODE);
        fixture.tool("bin/npm", NPM);
        write(&fixture.tools, "version", "v20.11.1\n");
        fixture
    }

    pub(crate) fn tool(&self, path: &str, script: &str) {
        write(&self.tools, path, script);
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.tools.join(path), mode).unwrap();
    }

    pub(crate) fn write(&self, path: &str, content: &str) -> &Self {
        write(&self.project, path, content);
        self
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(&self.project, arguments);
        let path = format!("{}:/usr/bin:/bin", self.tools.join("bin").display());
        command
            .env("PATH", path)
            .env("XDG_CACHE_HOME", self.tools.join("cache"));
        command
    }

    pub(crate) fn sandstep(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().unwrap())
    }

    pub(crate) fn build(&self) -> Ran {
        self.sandstep(&["build"])
    }

    /// What the script was asked for so far, oldest first.
    pub(crate) fn requests(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.tools.join("requests")).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The names of functions that were built since the last look.
    pub(crate) fn built(&self) -> Vec<String> {
        let names = self.requests();
        let _ = fs::remove_file(self.tools.join("requests"));
        names
            .iter()
            .map(|request| request["name"].as_str().unwrap().to_owned())
            .collect()
    }

    /// What npm was asked for so far.
    pub(crate) fn npm(&self) -> String {
        fs::read_to_string(self.tools.join("npm")).unwrap_or_default()
    }

    /// The entry, as the project names it, and the export of the one function
    /// that was built.
    pub(crate) fn entry(&self) -> (String, Value) {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        let entry = Path::new(requests[0]["entry"].as_str().unwrap());
        let entry = entry.strip_prefix(&self.project).unwrap();
        (entry.display().to_string(), requests[0]["export"].clone())
    }
}
