//! The file of `--history`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sandstep_asl::HistoryEvent;

use crate::command_error::CommandError;

/// A history on its way to a file, as `aws stepfunctions
/// get-execution-history` prints it.
///
/// Events are written as they come, so that a long history costs no memory. A
/// file that takes no more keeps no execution from its end: the first error is
/// kept for [`finish`](Self::finish).
pub(crate) struct HistoryFile {
    path: PathBuf,
    file: BufWriter<File>,
    written: io::Result<()>,
    is_empty: bool,
}

impl HistoryFile {
    /// Makes the file, before anything happens that it would have to tell of.
    pub(crate) fn create(path: &Path) -> Result<Self, CommandError> {
        let file = File::create(path).map_err(|cause| CommandError::io("making", path, &cause))?;
        Ok(Self {
            path: path.to_owned(),
            file: BufWriter::new(file),
            written: Ok(()),
            is_empty: true,
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
        let is_empty = self.is_empty;
        self.written
            .and_then(|()| {
                let start = if is_empty { START } else { "" };
                write!(self.file, "{start}\n  ]\n}}\n")?;
                self.file.flush()
            })
            .map_err(|cause| CommandError::io("writing the history to", &self.path, &cause))
    }

    fn write(&mut self, event: &HistoryEvent) -> io::Result<()> {
        let before = if self.is_empty { START } else { "," };
        self.is_empty = false;
        let event = event.to_json().to_pretty().replace('\n', "\n    ");
        write!(self.file, "{before}\n    {event}")
    }
}

const START: &str = "{\n  \"events\": [";
