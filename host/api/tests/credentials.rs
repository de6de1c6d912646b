//! Files of keys, good and bad.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sandstep_api::{Credentials, CredentialsError};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

#[test]
fn a_file_may_have_many_profiles_and_other_settings() {
    let text = format!(
        "# ours\n[default]\nregion = us-east-1\n\n; theirs\n[ a ]\naws_access_key_id=A\n\
         aws_secret_access_key = {SECRET}\n[b]\naws_secret_access_key={SECRET}\naws_access_key_id = B\n"
    );
    Credentials::parse(&text).expect("both keys are whole");
}

#[test]
fn what_is_wrong_is_named() {
    let whole = format!("[a]\naws_access_key_id=A\naws_secret_access_key={SECRET}\n");
    for (text, message) in [
        ("", "the credentials have no key"),
        ("[a]\nregion = r\n", "the credentials have no key"),
        (
            "x = y\n",
            "line 1 of the credentials is not [PROFILE] or SETTING = VALUE",
        ),
        (
            "[a]\nnonsense\n",
            "line 2 of the credentials is not [PROFILE] or SETTING = VALUE",
        ),
        (
            "[a]\naws_access_key_id=A\n",
            "profile a of the credentials has no aws_secret_access_key",
        ),
        (
            "[a]\naws_secret_access_key=S\n",
            "profile a of the credentials has no aws_access_key_id",
        ),
        (
            "[a]\naws_access_key_id=A\naws_secret_access_key=short\n",
            "the secret key of profile a of the credentials has not 40 characters",
        ),
        (
            &whole.repeat(2).replacen("[a]", "[b]", 1),
            "profile a of the credentials has the key of another",
        ),
    ] {
        let error = Credentials::parse(text).expect_err(text);
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn a_file_that_others_can_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials");
    fs::write(
        &path,
        format!("[a]\naws_access_key_id=A\naws_secret_access_key={SECRET}\n"),
    )
    .unwrap();
    for (mode, good) in [
        (0o600, true),
        (0o400, true),
        (0o640, false),
        (0o604, false),
        (0o602, false),
    ] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        match Credentials::read(&path) {
            Ok(_) => assert!(good, "{mode:o}"),
            Err(CredentialsError::Open(seen)) => assert!(!good && seen == mode, "{mode:o}"),
            Err(error) => panic!("{mode:o}: {error}"),
        }
    }
}

#[test]
fn credentials_do_not_print_their_secrets() {
    let text = format!("[a]\naws_access_key_id=A\naws_secret_access_key={SECRET}\n");
    let printed = format!("{:?}", Credentials::parse(&text).unwrap());
    assert!(
        !printed.contains(SECRET) && printed.contains("\"A\""),
        "{printed}"
    );
}
