//! Files and streams of the user's, read no further than they may be long.

use std::fs::File;
use std::io::{self, Read, stdin};
use std::path::Path;

use crate::command_error::CommandError;

/// The most bytes of a definition, a `serverless.yml` or a project file: what
/// the service takes as a definition (Step Functions quotas, "Maximum request
/// size").
pub(crate) const DOCUMENT_BYTES: usize = 1 << 20;

/// Reads a file in UTF-8, with or without a byte order mark, of at most
/// `limit` bytes.
pub(crate) fn read_text(file: &Path, limit: usize) -> Result<String, CommandError> {
    let bytes =
        read_bytes(file, limit).map_err(|cause| CommandError::io("reading", file, &cause))?;
    text(bytes, limit, &file.display().to_string())
}

/// Reads standard input as [`read_text`] reads a file.
pub(crate) fn read_stdin(limit: usize) -> Result<String, CommandError> {
    let bytes = at_most(stdin().lock(), limit)
        .map_err(|cause| CommandError::caused("reading standard input", &cause))?;
    text(bytes, limit, "standard input")
}

/// Reads a file, but no more than one byte beyond `limit`: who gets that many
/// knows that it is too long.
pub(crate) fn read_bytes(file: &Path, limit: usize) -> io::Result<Vec<u8>> {
    at_most(File::open(file)?, limit)
}

/// Refuses a text that is longer than `limit` bytes.
pub(crate) fn check_size(size: usize, limit: usize, source: &str) -> Result<(), CommandError> {
    match size > limit {
        true => Err(CommandError::new(format!(
            "{source} has more than {limit} bytes"
        ))),
        false => Ok(()),
    }
}

fn at_most(source: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn text(bytes: Vec<u8>, limit: usize, source: &str) -> Result<String, CommandError> {
    check_size(bytes.len(), limit, source)?;
    let text = String::from_utf8(bytes).map_err(|cause| {
        let place = cause.utf8_error().valid_up_to() + 1;
        CommandError::new(format!(
            "{source} is no text in UTF-8: its byte {place} is none"
        ))
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_allowed() {
        assert_eq!(at_most(io::repeat(b'x'), 3).unwrap(), b"xxxx");
        assert!(text(b"xxx".to_vec(), 3, "it").is_ok());
        assert!(text(b"xxxx".to_vec(), 3, "it").is_err());
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        assert_eq!(text("\u{feff}{}".into(), 9, "it").unwrap(), "{}");
    }
}
