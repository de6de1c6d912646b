//! Notes as bytes.

use sandstep_asl::{MapPlan, Note};
use sandstep_json::{Array, Value};

use super::{
    bytes::{Damaged, Reader, Writer},
    decoder::Decoder,
    encoder::Encoder,
};

/// What is noted. A tag is never used for anything else.
mod tag {
    pub(super) const DEADLINE: u8 = 1;
    pub(super) const WAIT_UNTIL: u8 = 2;
    pub(super) const TASK_ARMED: u8 = 3;
    pub(super) const HEARTBEAT: u8 = 4;
    pub(super) const RETRY_AT: u8 = 5;
    pub(super) const PARALLEL_PLANNED: u8 = 6;
    pub(super) const MAP_PLANNED: u8 = 7;
    pub(super) const BRANCH_SUCCEEDED: u8 = 8;
    pub(super) const ENTERING: u8 = 9;
    pub(super) const RESUMING: u8 = 10;
    pub(super) const REDRIVEN_WITH: u8 = 11;
}

pub(super) fn write(writer: &mut Writer, encoder: &mut Encoder, note: &Note) {
    match note {
        Note::Deadline(due) => {
            writer.byte(tag::DEADLINE);
            writer.timestamp(*due);
        }
        Note::WaitUntil(until) => {
            writer.byte(tag::WAIT_UNTIL);
            writer.timestamp(*until);
        }
        Note::TaskArmed { timeout, heartbeat } => {
            writer.byte(tag::TASK_ARMED);
            writer.option(*timeout, Writer::timestamp);
            writer.option(*heartbeat, Writer::timestamp);
        }
        Note::Heartbeat(due) => {
            writer.byte(tag::HEARTBEAT);
            writer.timestamp(*due);
        }
        Note::RetryAt {
            retrier,
            due,
            previous,
        } => {
            writer.byte(tag::RETRY_AT);
            writer.count(*retrier);
            writer.timestamp(*due);
            writer.event_id(*previous);
        }
        Note::ParallelPlanned(input) => {
            writer.byte(tag::PARALLEL_PLANNED);
            encoder.payload(writer, input);
        }
        Note::MapPlanned(plan) => {
            writer.byte(tag::MAP_PLANNED);
            write_plan(writer, encoder, plan);
        }
        Note::BranchSucceeded => writer.byte(tag::BRANCH_SUCCEEDED),
        Note::Resuming => writer.byte(tag::RESUMING),
        Note::RedrivenWith(token) => {
            writer.byte(tag::REDRIVEN_WITH);
            writer.text(token);
        }
        Note::Entering { state, input } => {
            writer.byte(tag::ENTERING);
            writer.text(state);
            encoder.payload(writer, input);
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>, decoder: &mut Decoder) -> Result<Note, Damaged> {
    Ok(match reader.byte()? {
        tag::DEADLINE => Note::Deadline(reader.timestamp()?),
        tag::WAIT_UNTIL => Note::WaitUntil(reader.timestamp()?),
        tag::TASK_ARMED => Note::TaskArmed {
            timeout: reader.option(Reader::timestamp)?,
            heartbeat: reader.option(Reader::timestamp)?,
        },
        tag::HEARTBEAT => Note::Heartbeat(reader.timestamp()?),
        tag::RETRY_AT => Note::RetryAt {
            retrier: reader.index()?,
            due: reader.timestamp()?,
            previous: reader.event_id()?,
        },
        tag::PARALLEL_PLANNED => Note::ParallelPlanned(decoder.payload(reader)?),
        tag::MAP_PLANNED => Note::MapPlanned(Box::new(read_plan(reader, decoder)?)),
        tag::BRANCH_SUCCEEDED => Note::BranchSucceeded,
        tag::RESUMING => Note::Resuming,
        tag::REDRIVEN_WITH => Note::RedrivenWith(reader.text()?),
        tag::ENTERING => Note::Entering {
            state: reader.text()?,
            input: decoder.payload(reader)?,
        },
        tag => return Err(Damaged::Unknown { what: "note", tag }),
    })
}

fn write_plan(writer: &mut Writer, encoder: &mut Encoder, plan: &MapPlan) {
    encoder.payload(writer, &Value::Array(plan.items.clone()));
    encoder.payload(writer, &plan.input);
    writer.count(plan.concurrency);
    writer.count(plan.tolerated_failures);
}

fn read_plan(reader: &mut Reader<'_>, decoder: &Decoder) -> Result<MapPlan, Damaged> {
    Ok(MapPlan {
        items: read_items(reader, decoder)?,
        input: decoder.payload(reader)?,
        concurrency: reader.index()?,
        tolerated_failures: reader.index()?,
    })
}

fn read_items(reader: &mut Reader<'_>, decoder: &Decoder) -> Result<Array, Damaged> {
    match decoder.payload(reader)? {
        Value::Array(items) => Ok(items),
        _ => Err(Damaged::IllFormed("list of items")),
    }
}
