//! How JavaScript functions are built, with tools that only pretend.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::json;
use support::javascript::{Fixture, NODE};
use support::{Ran, write};

const LONE: &str = "[functions.start]\nsource = \"start.js\"\n";

#[test]
fn without_node_one_is_told_where_it_comes_from() {
    let fixture = Fixture::new("no-node");
    fixture.write("sandstep.toml", LONE).write("start.js", "");
    let mut build = fixture.command(&["build"]);
    let ran = Ran::from(build.env("PATH", "/nowhere").output().unwrap());
    ran.refused(2);
    ran.says(&["Node.js", "there is none", "https://nodejs.org"]);
}

#[test]
fn without_npm_one_is_told_where_it_comes_from() {
    let fixture = Fixture::new("no-npm");
    fixture.write("sandstep.toml", LONE).write("start.js", "");
    // Tools that only the pretended node needs.
    for tool in ["cat", "dirname"] {
        let real = ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(tool));
        let real = real.iter().find(|path| path.is_file()).unwrap();
        std::os::unix::fs::symlink(real, fixture.tools.join("bin").join(tool)).unwrap();
    }
    fs::remove_file(fixture.tools.join("bin/npm")).unwrap();
    let script = NODE.replacen("#!/bin/sh", "#!/bin/sh\nPATH=/usr/bin:/bin", 1);
    fixture.tool("bin/node", &script);
    let mut build = fixture.command(&["build"]);
    let ran = Ran::from(
        build
            .env("PATH", fixture.tools.join("bin"))
            .output()
            .unwrap(),
    );
    ran.refused(2);
    ran.says(&["there is no npm", "https://nodejs.org"]);
}

#[test]
fn an_old_node_is_refused() {
    let fixture = Fixture::new("old-node");
    fixture.write("sandstep.toml", LONE).write("start.js", "");
    write(&fixture.tools, "version", "v18.19.0\n");
    let ran = fixture.build();
    ran.refused(2);
    ran.says(&["Node.js v18.19.0 is too old", "Node.js 20 or newer"]);
}

#[test]
fn the_toolchain_is_installed_once() {
    let fixture = Fixture::new("once");
    fixture.write("sandstep.toml", LONE).write("start.js", "");
    let ran = fixture.build();
    ran.refused(0);
    ran.says(&[
        "Installing the JavaScript toolchain",
        "componentize-qjs 0.",
        "esbuild 0.",
    ]);
    fixture.write("start.js", "changed");
    let ran = fixture.build();
    ran.says(&["Building start"]);
    assert!(!ran.stderr.contains("Installing"), "{}", ran.stderr);
    assert_eq!(fixture.npm().lines().count(), 1, "{}", fixture.npm());
}

#[test]
fn toolchains_that_nobody_uses_are_removed() {
    let fixture = Fixture::new("unused");
    fixture.write("sandstep.toml", LONE).write("start.js", "");
    let toolchain = |name: &str, days: u64| {
        let folder = fixture.tools.join("cache/sandstep/toolchains").join(name);
        write(&folder, "toolchain/package.json", "{}");
        let file = fs::File::options()
            .append(true)
            .open(folder.join("toolchain/package.json"))
            .unwrap();
        let age = Duration::from_secs(days * 24 * 60 * 60);
        file.set_modified(SystemTime::now() - age).unwrap();
        folder
    };
    let unused = toolchain("javascript-0123456789abcdef", 40);
    let used = toolchain("javascript-fedcba9876543210", 20);
    fixture.build().refused(0);
    assert!(!unused.exists());
    assert!(used.exists());
}

#[test]
fn what_others_may_have_written_is_not_run() {
    let fixture = Fixture::new("shared");
    fixture.write("sandstep.toml", LONE).write("start.js", "");
    let folder = fixture.tools.join("cache/sandstep/toolchains");
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    let ran = fixture.build();
    ran.refused(2);
    ran.says(&["others than you may write to", "XDG_CACHE_HOME"]);
    assert_eq!(fixture.requests(), [] as [serde_json::Value; 0]);
}

#[test]
fn without_network_npm_says_so_and_nothing_is_left() {
    let fixture = Fixture::new("offline");
    fixture.write("sandstep.toml", LONE).write("start.js", "");
    write(&fixture.tools, "offline", "");
    let ran = fixture.build();
    ran.refused(2);
    ran.says(&[
        "`npm install` failed",
        "ENOTFOUND",
        "later builds need no network",
    ]);
    assert!(!ran.stderr.contains("npm warn"), "{}", ran.stderr);
    fs::remove_file(fixture.tools.join("offline")).unwrap();
    fixture.build().refused(0);
}

#[test]
fn an_authors_error_has_its_file_line_and_text() {
    let fixture = Fixture::new("syntax");
    fixture
        .write("sandstep.toml", LONE)
        .write("start.js", "let a b\n");
    let file = fixture.project.join("start.js");
    let answer = json!({"errors": [{"file": file, "line": 1, "column": 7,
        "message": "Expected \";\" but found \"b\"", "hint": "end the line before",
        "text": "let a b"}]});
    write(&fixture.tools, "answer", &answer.to_string());
    write(&fixture.tools, "status", "1");
    let ran = fixture.build();
    ran.refused(2);
    ran.says(&[
        "start.js:1:7: error[javascript]: Expected \";\" but found \"b\"\n    1 | let a b\n      |       ^\n",
        "hint: end the line before",
        "the function \"start\" cannot be built",
    ]);
    assert!(
        !ran.stderr.contains(&file.display().to_string()),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_failure_of_the_toolchain_is_no_failure_of_the_author() {
    let fixture = Fixture::new("broken");
    fixture.write("sandstep.toml", LONE).write("start.js", "");
    write(&fixture.tools, "answer", "Segmentation fault");
    write(&fixture.tools, "status", "139");
    let ran = fixture.build();
    ran.refused(2);
    ran.says(&["the JavaScript toolchain failed to build \"start\"", "139"]);
}

#[test]
fn an_interrupt_ends_the_tools_as_well() {
    let fixture = Fixture::new("interrupt");
    fixture.write("sandstep.toml", LONE).write("start.js", "");
    let slow = "case $1 in --version) ;; *) echo $$ >\"$here/running\"; exec sleep 60 ;; esac";
    let script = NODE.replacen("/..\n", &format!("/..\n{slow}\n"), 1);
    fixture.tool("bin/node", &script);
    // A terminal sends the signal to all of a group.
    let mut build = fixture
        .command(&["build"])
        .process_group(0)
        .spawn()
        .unwrap();
    let running = fixture.tools.join("running");
    let tool = wait_for(|| {
        fs::read_to_string(&running)
            .ok()
            .filter(|id| id.ends_with('\n'))
    });
    assert!(is_running(&tool));
    let group = format!("-{}", build.id());
    assert!(
        Command::new("kill")
            .args(["-INT", "--", &group])
            .status()
            .unwrap()
            .success()
    );
    assert!(!build.wait().unwrap().success());
    wait_for(|| (!is_running(&tool)).then_some(()));
}

#[test]
fn a_tool_that_outlives_us_has_an_end() {
    let fixture = Fixture::new("orphan");
    fixture.write("sandstep.toml", LONE).write("start.js", "");
    let script = NODE.replacen("cat >", "ulimit -t >\"$here/seconds\"\ncat >", 1);
    fixture.tool("bin/node", &script);
    fixture.build().refused(0);
    let seconds = fs::read_to_string(fixture.tools.join("seconds")).unwrap();
    assert!(seconds.trim().parse::<u32>().is_ok(), "{seconds}");
}

/// Whether a process has not ended, be it that nobody has asked how it did.
fn is_running(id: &str) -> bool {
    let ps = Command::new("ps")
        .args(["-o", "stat=", "-p", id.trim()])
        .output()
        .unwrap();
    let state = String::from_utf8_lossy(&ps.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

/// Asks again and again, for a while.
fn wait_for<T>(ask: impl Fn() -> Option<T>) -> T {
    for _ in 0..1000 {
        if let Some(answer) = ask() {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("it did not happen in 20 seconds");
}

const TWO: &str = r#"
[functions.start]
source = "."
handler = "start.create"
[functions.stop]
source = "."
handler = "stop.create"
"#;

#[test]
fn only_what_a_function_is_made_of_builds_it_again() {
    let fixture = Fixture::new("inputs");
    fixture
        .write("sandstep.toml", TWO)
        .write("start.js", "")
        .write("stop.js", "");
    fixture.build().refused(0);
    assert_eq!(fixture.built(), ["start", "stop"]);
    fixture.build().refused(0);
    assert_eq!(fixture.built(), [] as [&str; 0]);
    for (file, built) in [
        ("stop.js", &["stop"][..]),
        ("notes.txt", &[]),
        ("other.js", &[]),
        ("package.json", &["start", "stop"]),
        ("tsconfig.json", &["start", "stop"]),
        // Whoever wrote the import meant one of them; now it is the other.
        ("start.ts", &["start"]),
    ] {
        fixture.write(file, "{}");
        fixture.build().refused(0);
        assert_eq!(fixture.built(), built, "{file}");
    }
}

#[test]
fn another_handler_of_the_same_file_is_another_component() {
    let fixture = Fixture::new("export");
    fixture
        .write("sandstep.toml", TWO)
        .write("start.js", "")
        .write("stop.js", "");
    fixture.build().refused(0);
    fixture.built();
    fixture.write("sandstep.toml", &TWO.replace("stop.create", "stop.remove"));
    fixture.build().refused(0);
    assert_eq!(fixture.built(), ["stop"]);
}

#[test]
fn a_module_counts_wherever_it_is() {
    let fixture = Fixture::new("modules");
    fixture
        .write("sandstep.toml", LONE)
        .write("start.js", "")
        .write("lib/a.js", "");
    let module = fixture.project.join("lib/a.js");
    write(
        &fixture.tools,
        "imports",
        &format!(",\"{}\"", module.display()),
    );
    fixture.build().refused(0);
    fixture.build().refused(0);
    fixture.built();
    fixture.write("lib/a.js", "changed");
    fixture.build().refused(0);
    assert_eq!(fixture.built(), ["start"]);
    fixture.build().refused(0);
    assert_eq!(
        fixture.built(),
        [] as [&str; 0],
        "known, so read before the build"
    );
}

#[test]
fn packages_are_installed_where_they_are_missing() {
    let fixture = Fixture::new("packages");
    fixture.write("sandstep.toml", "[functions.start]\nsource = \"code\"\n");
    fixture.write("code/package.json", r#"{"dependencies": {"dates": "1"}}"#);
    fixture.write("code/index.js", "");
    fixture.build().refused(0);
    fixture.write("code/index.js", "changed");
    fixture.build().refused(0);
    let asked = fixture.npm();
    assert_eq!(
        asked
            .lines()
            .filter(|line| line.ends_with("in code"))
            .count(),
        1,
        "{asked}"
    );
    assert!(asked.contains("install in code"), "no lock: {asked}");

    let fixture = Fixture::new("packages-locked");
    fixture.write("sandstep.toml", "[functions.start]\nsource = \"code\"\n");
    fixture.write("code/package.json", r#"{"dependencies": {"dates": "1"}}"#);
    fixture
        .write("code/package-lock.json", "{}")
        .write("code/index.js", "");
    fixture.build().refused(0);
    assert!(fixture.npm().contains("ci in code"), "{}", fixture.npm());
}

#[test]
fn another_package_manager_is_the_authors_to_run() {
    let fixture = Fixture::new("pnpm");
    fixture.write("sandstep.toml", LONE).write("start.js", "");
    fixture.write("package.json", r#"{"dependencies": {"ids": "1"}}"#);
    fixture.write("pnpm-lock.yaml", "");
    let ran = fixture.build();
    ran.refused(2);
    ran.says(&["are not installed", "run `pnpm install` there"]);
}
