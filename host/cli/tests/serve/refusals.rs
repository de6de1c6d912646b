//! Servers that do not start, and what they say.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;

use super::support::server::{refused, serve};
use super::support::{Ran, command};
use super::{WAITS, project, waits};

/// A user who owns nothing.
const NOBODY: u32 = 65_534;

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
fn a_store_of_a_newer_version_is_left_alone() {
    /// Where SQLite keeps the schema's version ("Database File Format", section 1.3).
    const USER_VERSION: std::ops::Range<usize> = 60..64;
    let (folder, mut server) = waits("serve-newer");
    server.signal("TERM");
    assert_eq!(server.ended(), Some(0));
    let file = folder.join("sandstep-data/sandstep.db");
    let mut store = fs::read(&file).unwrap();
    store[USER_VERSION].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(&file, &store).unwrap();
    let ran = refused(&folder, &[]);
    ran.refused(2);
    ran.says(&[
        "opening the store in sandstep-data",
        "the store has schema 99",
        "use a newer version",
        "nothing was changed",
    ]);
    assert!(fs::read(&file).unwrap() == store);
}

#[test]
fn a_folder_that_may_not_be_written_is_refused() {
    let folder = project("serve-read-only", &[("waits", WAITS)]);
    let data = folder.join("data");
    fs::create_dir(&data).unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o555)).unwrap();
    let mut sandstep = command(&folder, &["serve"]);
    if fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
        // Permissions mean nothing to root; nobody has to try.
        let cache = folder.join("cache");
        fs::create_dir(&cache).unwrap();
        chown(&cache, Some(NOBODY), Some(NOBODY)).unwrap();
        sandstep
            .env("XDG_CACHE_HOME", cache)
            .uid(NOBODY)
            .gid(NOBODY);
    }
    let mut serve = serve(&folder, sandstep, &["--data", "data"]);
    let ran = Ran::from(serve.stderr(Stdio::piped()).output().unwrap());
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    ran.refused(2);
    ran.says(&["the store is read-only", "must be writable for this user"]);
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
