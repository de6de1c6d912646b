//! AWS's own clients, unchanged but for the endpoint, against `sandstep serve`.
//!
//! The scripts are in `tests/clients`. What they need is installed below the
//! target directory once; without Python or Node.js a test says that it skips.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use support::server::Server;
use support::{folder, has_node, repository, write};

const KEY_ID: &str = "SANDSTEPCLIENT";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const PROFILE: &str = "life";

#[test]
fn boto3_drives_a_full_life() {
    let Some(python) = python() else { return };
    let life = clients().join("python/boto3_life.py");
    Signed::start("boto3").run(Command::new(python).arg(life));
}

#[test]
fn the_aws_cli_drives_a_full_life() {
    let Some(python) = python() else { return };
    let life = clients().join("python/cli_life.py");
    Signed::start("aws-cli").run(Command::new(python).arg(life));
}

#[test]
fn the_javascript_sdk_drives_a_full_life() {
    let Some(javascript) = javascript() else {
        return;
    };
    Signed::start("client-sfn").run(&mut node(javascript, "life.mjs"));
}

/// The article's project, its functions written in Rust, and its clients.
#[test]
fn a_class_is_recorded_by_its_own_clients() {
    let Some(javascript) = javascript() else {
        return;
    };
    let Some(article) = article() else { return };
    let project = folder("clients-classroom");
    let serverless = block(&article, "``` yml\n", "stateMachines");
    write(&project, "serverless.yml", serverless);
    let functions = repository().join("examples/classroom/functions");
    let function = |name: &str, path: &str| format!("{name}={}", functions.join(path).display());
    let server = Server::start(
        &project,
        &[
            "--project",
            "serverless.yml",
            "--function",
            &function("StartRecorder", "start-recorder"),
            "--function",
            &function("StopRecorder", "stop-recorder"),
        ],
    );
    let client = block(&article, "```javascript\n", "executeRecordingStateMachine");
    let exports = "module.exports = { stepFunction, executeRecordingStateMachine };";
    write(javascript, "article.js", &format!("{client}\n{exports}\n"));
    for script in ["classroom-v2.js", "classroom-v3.mjs"] {
        let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:classroom-state-machine";
        let mut command = node(javascript, script);
        command
            .env("RECORDER_STATE_MACHINE_ARN", machine)
            .env("AWS_ACCESS_KEY_ID", "any")
            .env("AWS_SECRET_ACCESS_KEY", "any");
        run(&mut command, &server.url);
    }
}

/// A server that answers signed requests alone, and the file of keys, which its
/// clients read as well.
struct Signed {
    server: Server,
    credentials: PathBuf,
}

impl Signed {
    fn start(name: &str) -> Self {
        let folder = folder(&format!("clients-{name}"));
        let keys = format!(
            "[{PROFILE}]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"
        );
        write(&folder, "credentials", &keys);
        let credentials = folder.join("credentials");
        fs::set_permissions(&credentials, fs::Permissions::from_mode(0o600)).unwrap();
        let server = Server::start(&folder, &["--credentials", "credentials"]);
        Self {
            server,
            credentials,
        }
    }

    fn run(&self, command: &mut Command) {
        command
            .env("AWS_SHARED_CREDENTIALS_FILE", &self.credentials)
            .env("AWS_PROFILE", PROFILE);
        run(command, &self.server.url);
    }
}

/// Runs a client, which has to succeed.
fn run(client: &mut Command, url: &str) {
    let settings = [
        ("AWS_ENDPOINT_URL_SFN", url),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_DISABLE_HOST_PREFIX_INJECTION", "true"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
    ];
    succeeds(client.envs(settings));
}

fn clients() -> PathBuf {
    repository().join("tests/clients")
}

/// The Python with boto3 and the AWS CLI in it.
fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    let installed = PYTHON.get_or_init(|| {
        if Command::new("python3").arg("--version").output().is_err() {
            println!("skipped: there is no Python");
            return None;
        }
        let environment = target().join("python");
        let python = environment.join("bin/python");
        let requirements = clients().join("python/requirements.txt");
        once(&environment, &requirements, || {
            succeeds(
                Command::new("python3")
                    .args(["-m", "venv", "--clear"])
                    .arg(&environment),
            );
            let mut pip = Command::new(&python);
            pip.args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--requirement",
            ]);
            succeeds(pip.arg(&requirements));
        });
        Some(python)
    });
    installed.as_deref()
}

/// The folder with the SDKs of JavaScript in `node_modules`.
fn javascript() -> Option<&'static Path> {
    static JAVASCRIPT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let installed = JAVASCRIPT.get_or_init(|| {
        if !has_node() {
            return None;
        }
        let folder = target().join("javascript");
        let lock = clients().join("javascript/package-lock.json");
        once(&folder, &lock, || {
            fs::create_dir_all(&folder).unwrap();
            for file in ["package.json", "package-lock.json"] {
                fs::copy(clients().join("javascript").join(file), folder.join(file)).unwrap();
            }
            let mut npm = Command::new("npm");
            npm.args([
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--silent",
            ]);
            succeeds(npm.current_dir(&folder));
        });
        Some(folder)
    });
    installed.as_deref()
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients")
}

/// A script of `tests/clients/javascript`, run beside its modules: Node.js looks
/// for them from where the script is.
fn node(modules: &Path, script: &str) -> Command {
    let copy = modules.join(script);
    fs::copy(clients().join("javascript").join(script), &copy).unwrap();
    let mut node = Command::new("node");
    node.arg(copy);
    node
}

/// Installs into a folder unless what is there was made from the same list.
fn once(folder: &Path, list: &Path, install: impl FnOnce()) {
    let wanted = fs::read(list).unwrap();
    let installed = folder.join("installed");
    if fs::read(&installed).is_ok_and(|had| had == wanted) {
        return;
    }
    install();
    fs::write(installed, wanted).unwrap();
}

fn succeeds(command: &mut Command) {
    let ran = command.output().unwrap();
    assert!(
        ran.status.success(),
        "{command:?}\n{}\n{}",
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr)
    );
}

fn article() -> Option<String> {
    let article = repository().join("../shared/seeds/000_1ce26bd4ad4c0ea9.txt");
    let article = fs::read_to_string(article).ok();
    if article.is_none() {
        println!("skipped: the article is not beside the repository");
    }
    article
}

/// The article's block of code in a language that speaks of something.
fn block<'a>(article: &'a str, fence: &str, of: &str) -> &'a str {
    let blocks = article.split(fence).skip(1);
    let mut blocks = blocks.map(|block| block.split("```").next().unwrap());
    blocks.find(|block| block.contains(of)).unwrap()
}
