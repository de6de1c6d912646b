//! How JavaScript functions are found and built, with tools that only pretend.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use support::{Ran, command, folder, write};

/// Answers as the toolchain's script does: every request for a component is
/// kept, and what it bundles is the entry and what the entry's folder says.
const NODE: &str = r#"#!/bin/sh
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
struct Fixture {
    project: PathBuf,
    tools: PathBuf,
}

impl Fixture {
    fn new(name: &str) -> Self {
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

    fn tool(&self, path: &str, script: &str) {
        write(&self.tools, path, script);
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.tools.join(path), mode).unwrap();
    }

    fn write(&self, path: &str, content: &str) -> &Self {
        write(&self.project, path, content);
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(&self.project, arguments);
        let path = format!("{}:/usr/bin:/bin", self.tools.join("bin").display());
        command
            .env("PATH", path)
            .env("XDG_CACHE_HOME", self.tools.join("cache"));
        command
    }

    fn sandstep(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().unwrap())
    }

    fn build(&self) -> Ran {
        self.sandstep(&["build"])
    }

    /// What the script was asked for so far, oldest first.
    fn requests(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.tools.join("requests")).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The names of functions that were built since the last look.
    fn built(&self) -> Vec<String> {
        let names = self.requests();
        let _ = fs::remove_file(self.tools.join("requests"));
        names
            .iter()
            .map(|request| request["name"].as_str().unwrap().to_owned())
            .collect()
    }

    /// What npm was asked for so far.
    fn npm(&self) -> String {
        fs::read_to_string(self.tools.join("npm")).unwrap_or_default()
    }

    /// The entry, as the project names it, and the export of the one function
    /// that was built.
    fn entry(&self) -> (String, Value) {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        let entry = Path::new(requests[0]["entry"].as_str().unwrap());
        let entry = entry.strip_prefix(&self.project).unwrap();
        (entry.display().to_string(), requests[0]["export"].clone())
    }
}

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

#[test]
fn a_handler_is_found_as_lambda_finds_it() {
    let forms = [
        ("source = \"start.js\"", "start.js", Value::Null),
        ("source = \"start.ts\"", "start.ts", Value::Null),
        (
            "source = \"start.js\"\nhandler = \"create\"",
            "start.js",
            json!("create"),
        ),
        (
            "source = \".\"\nhandler = \"src/start.create\"",
            "src/start.js",
            json!("create"),
        ),
        (
            "source = \"src\"\nhandler = \"start.api.create\"",
            "src/start.js",
            json!("api.create"),
        ),
        (
            "source = \".\"\nhandler = \"src/stop.handler\"",
            "src/stop.mts",
            json!("handler"),
        ),
        ("source = \"package\"", "package/lib/main.mjs", Value::Null),
        ("source = \"folder\"", "folder/index.cjs", Value::Null),
    ];
    for (index, (table, file, export)) in forms.into_iter().enumerate() {
        let fixture = Fixture::new(&format!("handler-{index}"));
        fixture.write("sandstep.toml", &format!("[functions.start]\n{table}\n"));
        for file in [
            "start.js",
            "start.ts",
            "src/start.js",
            "src/start.ts",
            "src/stop.mts",
        ] {
            fixture.write(file, "");
        }
        fixture.write("package/package.json", r#"{"main": "lib/main"}"#);
        fixture
            .write("package/lib/main.mjs", "")
            .write("folder/index.cjs", "");
        fixture.build().refused(0);
        assert_eq!(fixture.entry(), (file.to_owned(), export), "{table}");
    }
}

#[test]
fn a_handler_that_is_missing_says_what_was_looked_for() {
    for (table, texts) in [
        (
            "source = \".\"\nhandler = \"src/strat.create\"",
            [
                "no file for the handler \"src/strat.create\"",
                "src/strat.{js,mjs,cjs,ts,mts,cts}",
            ],
        ),
        (
            "source = \".\"\nhandler = \"create\"",
            ["\"create\" is no handler", "src/start.handler"],
        ),
        (
            "source = \"empty\"",
            ["empty has no file to begin with", "empty/index.{js,"],
        ),
        (
            "source = \"nowhere.js\"",
            ["the function \"start\" has no", "nowhere.js"],
        ),
    ] {
        let fixture = Fixture::new("missing");
        fixture.write("sandstep.toml", &format!("[functions.start]\n{table}\n"));
        fixture.write("empty/package.json", "{}");
        let ran = fixture.build();
        ran.refused(2);
        ran.says(&texts);
        assert_eq!(fixture.requests(), [] as [Value; 0]);
    }
}

#[test]
fn a_handler_belongs_to_a_script_alone() {
    let fixture = Fixture::new("component");
    let table = "[functions.start]\ncomponent = \"start.wasm\"\nhandler = \"start.create\"\n";
    fixture
        .write("sandstep.toml", table)
        .write("start.wasm", "");
    let ran = fixture.build();
    ran.refused(2);
    ran.says(&["sandstep.toml:1:1: error[function-code]", "`handler`"]);
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

#[test]
fn a_script_is_invoked_by_its_path() {
    for (path, entry, export) in [
        ("./start.js", "start.js", Value::Null),
        ("src/start.create", "src/start.ts", json!("create")),
    ] {
        let fixture = Fixture::new("path");
        fixture.write("start.js", "").write("src/start.ts", "");
        // What was built is no component, so that it goes no further.
        fixture.sandstep(&["invoke", path]).refused(2);
        assert_eq!(fixture.entry(), (entry.to_owned(), export), "{path}");
    }
}

const MACHINE: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Task",
    "Resource": "arn:aws:lambda:us-east-1:123456789012:function:consult-api-dev-StartRecorder",
    "End": true}}}"#;

#[test]
fn a_definition_alone_finds_scripts_beside_it() {
    for (file, entry) in [
        ("functions/StartRecorder.js", "functions/StartRecorder.js"),
        ("functions/start-recorder.ts", "functions/start-recorder.ts"),
        (
            "functions/start_recorder/index.mjs",
            "functions/start_recorder/index.mjs",
        ),
    ] {
        let fixture = Fixture::new("beside");
        fixture.write("machine.json", MACHINE).write(file, "");
        fixture
            .write("functions/other.test.js", "")
            .write("functions/types.d.ts", "");
        // What was built is no component, so that it goes no further.
        fixture.sandstep(&["run", "machine.json"]).refused(2);
        assert_eq!(fixture.entry(), (entry.to_owned(), Value::Null));
    }
}

#[test]
fn a_script_takes_the_place_of_a_function() {
    for (path, entry, export) in [
        ("src/start.js", "src/start.js", Value::Null),
        ("src/start.create", "src/start.js", json!("create")),
        ("package", "package/index.ts", Value::Null),
    ] {
        let fixture = Fixture::new("instead");
        fixture
            .write("machine.json", MACHINE)
            .write("src/start.js", "");
        fixture.write("package/index.ts", "");
        let function = format!("StartRecorder={path}");
        let run = ["run", "machine.json", "--function", &function];
        fixture.sandstep(&run).refused(2);
        assert_eq!(fixture.entry(), (entry.to_owned(), export), "{path}");
    }
}

const SERVERLESS: &str = r"
service: consult-api
provider:
  name: aws
  runtime: nodejs20.x
functions:
  StartRecorder:
    handler: functions/start.create
  predict:
    handler: predict.handler
    runtime: python3.12
  drawn:
    image: drawn:latest
  compiled:
    handler: bootstrap
    runtime: provided.al2023
  forgotten:
    handler: functions/forgotten.handler
stepFunctions:
  stateMachines:
    recording:
      definition:
        StartAt: Start
        States:
          Start:
            Type: Task
            Resource: FUNCTION
            End: true
";

fn serverless(name: &str, resource: &str) -> Fixture {
    let fixture = Fixture::new(name);
    fixture.write("serverless.yml", &SERVERLESS.replace("FUNCTION", resource));
    fixture
        .write("functions/start.js", "")
        .write("functions/helper.js", "");
    fixture
}

#[test]
fn functions_are_called_as_they_are_deployed() {
    for resource in [
        "StartRecorder",
        "arn:aws:lambda:us-east-1:123456789012:function:consult-api-dev-StartRecorder",
        "!GetAtt StartRecorderLambdaFunction.Arn",
        "{ \"Fn::GetAtt\": [StartRecorderLambdaFunction, Arn] }",
        "!Sub arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${self:service}-${sls:stage}-StartRecorder",
    ] {
        let fixture = serverless("serverless-names", resource);
        // What was built is no component, so that it goes no further.
        fixture.sandstep(&["run", "."]).refused(2);
        let expected = ("functions/start.js".to_owned(), json!("create"));
        assert_eq!(fixture.entry(), expected, "{resource}");
    }
}

#[test]
fn functions_may_come_from_several_files() {
    let fixture = Fixture::new("serverless-files");
    let document = SERVERLESS.replace("FUNCTION", "StartRecorder");
    let (head, rest) = document.split_once("functions:").unwrap();
    let (_, machines) = rest.split_once("stepFunctions:").unwrap();
    let list = "functions:\n  - ${file(one.yml)}\n  - ${file(two.yml):functions}\nstepFunctions:";
    fixture.write("serverless.yml", &format!("{head}{list}{machines}"));
    fixture.write("one.yml", "stop:\n  handler: src/stop.handler\n");
    let two = "functions:\n  StartRecorder:\n    handler: src/start.create\n";
    fixture.write("two.yml", two).write("src/start.js", "");
    fixture.sandstep(&["run", "."]).refused(2);
    assert_eq!(
        fixture.entry(),
        ("src/start.js".to_owned(), json!("create"))
    );
}

#[test]
fn a_runtime_without_a_builder_is_named_when_it_is_called() {
    for (function, runtime) in [
        ("predict", "python3.12"),
        ("drawn", "container image"),
        ("compiled", "provided.al2023"),
    ] {
        let fixture = serverless("serverless-runtimes", function);
        let ran = fixture.sandstep(&["run", "."]);
        ran.refused(2);
        ran.says(&[&format!("\"{function}\""), runtime, "no builder"]);
        assert_eq!(fixture.built(), [] as [&str; 0]);
    }
}

#[test]
fn what_no_builder_knows_keeps_nothing_from_being_built() {
    let fixture = serverless("serverless-build", "StartRecorder");
    fixture.write("functions/forgotten.ts", "");
    let ran = fixture.build();
    ran.refused(0);
    assert_eq!(fixture.built(), ["StartRecorder", "forgotten"]);
    ran.says(&["warning: predict is not built: no builder knows python3.12"]);
}

#[test]
fn a_file_that_a_called_handler_lacks_is_looked_for() {
    let fixture = serverless("serverless-missing", "forgotten");
    let ran = fixture.sandstep(&["run", "."]);
    ran.refused(2);
    ran.says(&["functions/forgotten.handler", "functions/forgotten.{js,"]);
}
