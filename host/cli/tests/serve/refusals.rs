//! Servers that do not start, and what they say.

use std::net::TcpListener;
use std::path::Path;

use super::support::server::refused;
use super::{WAITS, project, waits};

#[test]
fn strangers_are_kept_out() {
    let folder = project("serve-open", &[("waits", WAITS)]);
    let ran = refused(&folder, &["--listen", "0.0.0.0:0"]);
    ran.refused(2);
    ran.says(&["without credentials", "--credentials FILE"]);
}

#[test]
fn what_is_in_use_is_said() {
    let (folder, server) = waits("serve-use");
    let ran = refused(&folder, &[]);
    ran.refused(2);
    ran.says(&["in use by another process", "--data DIR"]);
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = port.local_addr().unwrap().to_string();
    let ran = refused(&folder, &["--listen", &address, "--data", "other"]);
    ran.refused(2);
    ran.says(&[
        &format!("listening at {address}"),
        "--listen takes another port",
    ]);
    assert!(!folder.join("other").exists());
    drop(server);
}

#[test]
fn data_that_is_no_folder_is_refused() {
    let folder = project("serve-no-folder", &[("waits", WAITS)]);
    let ran = refused(&folder, &["--data", "waits.json"]);
    ran.refused(2);
    ran.says(&["--data DIR must be a folder"]);
}

#[test]
fn two_projects_share_no_names() {
    let one = project("serve-one", &[("waits", WAITS)]);
    let other = project("serve-other", &[("waits", WAITS)]);
    let other = other.to_str().unwrap();
    let ran = refused(&one, &["--project", ".", "--project", other]);
    ran.refused(2);
    ran.says(&["two projects have a state machine \"waits\""]);
    assert!(!Path::new(&one).join("sandstep-data").exists());
}
