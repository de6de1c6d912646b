//! Attempts at files.

use std::ffi::{CString, c_char, c_int};
use std::fs::{self, File};
use std::io;

use sandstep_lambda::Error;
use serde_json::{Value, json};

/// `"done"`, or what stood in the way.
pub fn said<T>(attempt: io::Result<T>) -> Value {
    match attempt {
        Ok(_) => json!("done"),
        Err(cause) => json!({ "refused": cause.to_string() }),
    }
}

/// The file's text, or what stood in the way.
pub fn read(path: &str) -> Value {
    match fs::read_to_string(path) {
        Ok(text) => json!(text),
        Err(cause) => json!({ "refused": cause.to_string() }),
    }
}

/// Makes a symbolic link, and reads through it.
pub fn link(target: &str, path: &str) -> Value {
    json!({ "link": said(symlink(target, path)), "read": read(path) })
}

// std offers it on nightly only.
fn symlink(target: &str, path: &str) -> io::Result<()> {
    unsafe extern "C" {
        fn symlink(target: *const c_char, path: *const c_char) -> c_int;
    }
    let (target, path) = (CString::new(target)?, CString::new(path)?);
    // SAFETY: both are C strings that outlive the call.
    match unsafe { symlink(target.as_ptr(), path.as_ptr()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Opens a directory for ever, and closes nothing.
pub fn hoard(directory: &str) -> Result<Value, Error> {
    let mut files = Vec::new();
    loop {
        files.push(File::open(directory)?);
    }
}
