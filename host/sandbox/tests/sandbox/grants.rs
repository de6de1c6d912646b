//! What is granted is there, and nothing beyond it.

use std::path::Path;

use sandstep_sandbox::{Access, DirectoryGrant, Function, FunctionSpec, Grants, Limits, LoadError};

use crate::guests::{guest, invoke, load, sandbox};

pub(crate) async fn with_directory(path: &Path, limits: Limits) -> Function {
    load("hostile", limits, directory(path, Access::ReadWrite)).await
}

fn directory(path: &Path, access: Access) -> Grants {
    Grants {
        directories: vec![DirectoryGrant {
            host_path: path.to_owned(),
            guest_path: "/data".to_owned(),
            access,
        }],
        environment: Vec::new(),
    }
}

/// A directory `inside` with a file, next to a file that is none of the
/// guest's business.
fn house() -> tempfile::TempDir {
    let house = tempfile::tempdir().unwrap();
    std::fs::create_dir(house.path().join("inside")).unwrap();
    std::fs::write(house.path().join("inside/note"), "for you").unwrap();
    std::fs::write(house.path().join("secret"), "not for you").unwrap();
    house
}

async fn ask(house: &Path, access: Access, event: &str) -> String {
    let grants = directory(&house.join("inside"), access);
    let function = load("hostile", Limits::default(), grants).await;
    invoke(&function, event).await.outcome.unwrap()
}

#[tokio::test]
async fn a_granted_directory_can_be_read() {
    let house = house();
    let event = r#"{"do": "read", "path": "/data/note"}"#;
    assert_eq!(ask(house.path(), Access::Read, event).await, r#""for you""#);
}

#[tokio::test]
async fn dots_do_not_lead_out() {
    let house = house();
    let event = r#"{"do": "read", "path": "/data/../secret"}"#;
    let answer = ask(house.path(), Access::ReadWrite, event).await;
    assert!(answer.starts_with(r#"{"refused":"#), "{answer}");
}

#[tokio::test]
async fn a_link_of_the_hosts_does_not_lead_out() {
    let house = house();
    std::os::unix::fs::symlink("../secret", house.path().join("inside/door")).unwrap();
    let event = r#"{"do": "read", "path": "/data/door"}"#;
    let answer = ask(house.path(), Access::ReadWrite, event).await;
    assert!(answer.starts_with(r#"{"refused":"#), "{answer}");
}

#[tokio::test]
async fn a_link_of_the_guests_does_not_lead_out() {
    let house = house();
    let secret = house.path().join("secret");
    for target in ["../secret", secret.to_str().unwrap()] {
        let event = format!(r#"{{"do": "link", "target": "{target}", "path": "/data/door"}}"#);
        let answer = ask(house.path(), Access::ReadWrite, &event).await;
        assert!(answer.contains(r#""read":{"refused":"#), "{answer}");
    }
}

#[tokio::test]
async fn reading_does_not_include_writing() {
    let house = house();
    let event = r#"{"do": "write", "path": "/data/note", "text": "mine"}"#;
    let answer = ask(house.path(), Access::Read, event).await;
    assert!(answer.starts_with(r#"{"refused":"#), "{answer}");
    let note = std::fs::read_to_string(house.path().join("inside/note")).unwrap();
    assert_eq!(note, "for you");
}

#[tokio::test]
async fn writing_reaches_the_host() {
    let house = house();
    let event = r#"{"do": "write", "path": "/data/note", "text": "mine"}"#;
    assert_eq!(
        ask(house.path(), Access::ReadWrite, event).await,
        r#""done""#
    );
    let note = std::fs::read_to_string(house.path().join("inside/note")).unwrap();
    assert_eq!(note, "mine");
}

#[tokio::test]
async fn a_fifo_is_not_opened() {
    let house = house();
    let fifo = house.path().join("inside/fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let event = r#"{"do": "read", "path": "/data/fifo"}"#;
    let answer = ask(house.path(), Access::Read, event).await;
    assert!(answer.starts_with(r#"{"refused":"#), "{answer}");
}

#[tokio::test]
async fn granted_variables_are_the_whole_environment() {
    let grants = Grants {
        environment: vec![("STAGE".to_owned(), "test".to_owned())],
        ..Grants::default()
    };
    let function = load("hostile", Limits::default(), grants).await;
    let found = invoke(&function, r#"{"do": "look"}"#)
        .await
        .outcome
        .unwrap();
    assert!(
        found.contains(r#""environment":{"STAGE":"test"}"#),
        "{found}"
    );
}

#[tokio::test]
async fn a_directory_that_is_not_there_is_a_load_error() {
    let spec = FunctionSpec {
        grants: directory(Path::new("/nowhere/at/all"), Access::Read),
        ..FunctionSpec::named("hostile")
    };
    let error = sandbox().load(&guest("hostile"), spec).await.unwrap_err();
    assert!(matches!(error, LoadError::DirectoryGrant { .. }));
}
