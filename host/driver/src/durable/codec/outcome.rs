//! How an execution ended, as bytes.

use sandstep_asl::Outcome;
use sandstep_journal::Status;

use super::{
    FORMAT,
    bytes::{Damaged, Reader, Writer},
    decoder::Decoder,
    encoder::Encoder,
    event::{read_error, write_error},
};

impl Encoder {
    /// What a journal keeps of an end beside its status.
    pub(in super::super) fn outcome(&mut self, outcome: &Outcome) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.begin();
        writer.byte(FORMAT);
        match outcome {
            Outcome::Succeeded(output) => self.payload(&mut writer, output),
            Outcome::Failed(error) | Outcome::TimedOut(error) | Outcome::Aborted(error) => {
                write_error(&mut writer, error);
            }
        }
        writer.0
    }
}

impl Decoder {
    /// The outcome of an execution that ended so.
    pub(in super::super) fn outcome(
        &self,
        status: Status,
        bytes: &[u8],
    ) -> Result<Option<Outcome>, Damaged> {
        let mut reader = Reader(bytes);
        match reader.byte()? {
            FORMAT => {}
            other => return Err(Damaged::Format(other)),
        }
        let outcome = match status {
            Status::Running => return Ok(None),
            Status::Succeeded => Outcome::Succeeded(self.payload(&mut reader)?),
            // A failed child that its parent will redrive has failed all the same.
            Status::Failed | Status::PendingRedrive => Outcome::Failed(read_error(&mut reader)?),
            Status::TimedOut => Outcome::TimedOut(read_error(&mut reader)?),
            Status::Aborted => Outcome::Aborted(read_error(&mut reader)?),
        };
        reader.end()?;
        Ok(Some(outcome))
    }
}

/// The word that the store has for an outcome.
pub(in super::super) fn status(outcome: &Outcome) -> Status {
    match outcome {
        Outcome::Succeeded(_) => Status::Succeeded,
        Outcome::Failed(_) => Status::Failed,
        Outcome::TimedOut(_) => Status::TimedOut,
        Outcome::Aborted(_) => Status::Aborted,
    }
}
