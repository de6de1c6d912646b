//! The file of `--history`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::mem;
use std::path::{Path, PathBuf};

use sandstep_asl::HistoryEvent;

use crate::command_error::CommandError;

/// A history on its way to a file, as `aws stepfunctions
/// get-execution-history` prints it.
///
/// Events are written as they come, so that a long history costs no memory. A
/// file that takes no more keeps no execution from its end: the first error is
/// kept for [`finish`](Self::finish).
///
/// What the file held before stays until the first event: a command that finds
/// out that it cannot run has replaced nothing.
pub(crate) struct HistoryFile {
    path: PathBuf,
    file: BufWriter<File>,
    written: io::Result<()>,
    is_empty: bool,
    /// Whether there was no such file before.
    is_new: bool,
}

impl HistoryFile {
    /// Opens the file, before anything happens that it would have to tell of.
    pub(crate) fn open(path: &Path) -> Result<Self, CommandError> {
        let is_new = fs::symlink_metadata(path).is_err();
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|cause| CommandError::io("making", path, &cause))?;
        Ok(Self {
            path: path.to_owned(),
            file: BufWriter::new(file),
            written: Ok(()),
            is_empty: true,
            is_new,
        })
    }

    /// Adds an event.
    pub(crate) fn append(&mut self, event: &HistoryEvent) {
        if self.written.is_ok() {
            self.written = self.write(event);
        }
    }

    /// Completes the file. The error is of this or any earlier write.
    pub(crate) fn finish(mut self) -> Result<(), CommandError> {
        mem::replace(&mut self.written, Ok(()))
            .and_then(|()| self.complete())
            .map_err(|cause| CommandError::io("writing the history to", &self.path, &cause))
    }

    fn write(&mut self, event: &HistoryEvent) -> io::Result<()> {
        let before = if self.is_empty { self.start()? } else { "," };
        let event = event.to_json().to_pretty().replace('\n', "\n    ");
        write!(self.file, "{before}\n    {event}")
    }

    fn complete(&mut self) -> io::Result<()> {
        let before = if self.is_empty { self.start()? } else { "" };
        write!(self.file, "{before}\n  ]\n}}\n")?;
        self.file.flush()
    }

    /// Empties the file, unless it is a pipe or the like, and tells how a
    /// history begins.
    fn start(&mut self) -> io::Result<&'static str> {
        self.is_empty = false;
        let file = self.file.get_ref();
        if file.metadata()?.is_file() {
            file.set_len(0)?;
        }
        Ok("{\n  \"events\": [")
    }
}

/// An empty file of ours would only look like a history that was lost.
impl Drop for HistoryFile {
    fn drop(&mut self) {
        if self.is_new && self.is_empty {
            // Best effort: the command has something worse to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}
