//! The events of a history as bytes.

use sandstep_asl::{
    ErrorDetails, EvaluationFailed, EventDetails, HistoryEvent, StateType, TaskScheduled,
};
use sandstep_json::{Object, Value};

use super::{
    bytes::{Damaged, Reader, Writer},
    decoder::Decoder,
    encoder::Encoder,
};

/// What happened. A tag is never used for anything else.
mod tag {
    pub(super) const EXECUTION_STARTED: u8 = 1;
    pub(super) const EXECUTION_SUCCEEDED: u8 = 2;
    pub(super) const EXECUTION_FAILED: u8 = 3;
    pub(super) const EXECUTION_TIMED_OUT: u8 = 4;
    pub(super) const EXECUTION_ABORTED: u8 = 5;
    pub(super) const STATE_ENTERED: u8 = 6;
    pub(super) const STATE_EXITED: u8 = 7;
    pub(super) const EVALUATION_FAILED: u8 = 8;
    pub(super) const STATE_ABORTED: u8 = 9;
    pub(super) const TASK_SCHEDULED: u8 = 10;
    pub(super) const TASK_STARTED: u8 = 11;
    pub(super) const TASK_SUBMITTED: u8 = 12;
    pub(super) const TASK_SUCCEEDED: u8 = 13;
    pub(super) const TASK_FAILED: u8 = 14;
    pub(super) const TASK_TIMED_OUT: u8 = 15;
    pub(super) const PARALLEL_STARTED: u8 = 16;
    pub(super) const PARALLEL_SUCCEEDED: u8 = 17;
    pub(super) const PARALLEL_FAILED: u8 = 18;
    pub(super) const MAP_STARTED: u8 = 19;
    pub(super) const MAP_SUCCEEDED: u8 = 20;
    pub(super) const MAP_FAILED: u8 = 21;
    pub(super) const ITERATION_STARTED: u8 = 22;
    pub(super) const ITERATION_SUCCEEDED: u8 = 23;
    pub(super) const ITERATION_FAILED: u8 = 24;
    pub(super) const ITERATION_ABORTED: u8 = 25;
    pub(super) const EXECUTION_REDRIVEN: u8 = 26;
    pub(super) const TASK_SCHEDULE_FAILED: u8 = 27;
}

pub(super) fn write(writer: &mut Writer, encoder: &mut Encoder, event: &HistoryEvent) {
    writer.event_id(event.id);
    writer.event_id(event.previous);
    writer.timestamp(event.timestamp);
    writer.byte(tag(&event.details));
    write_details(writer, encoder, &event.details);
}

pub(super) fn read(
    reader: &mut Reader<'_>,
    decoder: &mut Decoder,
) -> Result<HistoryEvent, Damaged> {
    Ok(HistoryEvent {
        id: reader.event_id()?,
        previous: reader.event_id()?,
        timestamp: reader.timestamp()?,
        details: read_details(reader, decoder)?,
    })
}

fn tag(details: &EventDetails) -> u8 {
    match details {
        EventDetails::ExecutionStarted { .. } => tag::EXECUTION_STARTED,
        EventDetails::ExecutionSucceeded { .. } => tag::EXECUTION_SUCCEEDED,
        EventDetails::ExecutionFailed(_) => tag::EXECUTION_FAILED,
        EventDetails::ExecutionTimedOut(_) => tag::EXECUTION_TIMED_OUT,
        EventDetails::ExecutionAborted(_) => tag::EXECUTION_ABORTED,
        EventDetails::ExecutionRedriven { .. } => tag::EXECUTION_REDRIVEN,
        EventDetails::StateEntered { .. } => tag::STATE_ENTERED,
        EventDetails::StateExited { .. } => tag::STATE_EXITED,
        EventDetails::EvaluationFailed(_) => tag::EVALUATION_FAILED,
        EventDetails::StateAborted { .. } => tag::STATE_ABORTED,
        EventDetails::TaskScheduled(_) => tag::TASK_SCHEDULED,
        EventDetails::TaskScheduleFailed { .. } => tag::TASK_SCHEDULE_FAILED,
        EventDetails::TaskStarted { .. } => tag::TASK_STARTED,
        EventDetails::TaskSubmitted { .. } => tag::TASK_SUBMITTED,
        EventDetails::TaskSucceeded { .. } => tag::TASK_SUCCEEDED,
        EventDetails::TaskFailed { .. } => tag::TASK_FAILED,
        EventDetails::TaskTimedOut { .. } => tag::TASK_TIMED_OUT,
        EventDetails::ParallelStateStarted => tag::PARALLEL_STARTED,
        EventDetails::ParallelStateSucceeded => tag::PARALLEL_SUCCEEDED,
        EventDetails::ParallelStateFailed => tag::PARALLEL_FAILED,
        EventDetails::MapStateStarted { .. } => tag::MAP_STARTED,
        EventDetails::MapStateSucceeded => tag::MAP_SUCCEEDED,
        EventDetails::MapStateFailed => tag::MAP_FAILED,
        EventDetails::MapIterationStarted { .. } => tag::ITERATION_STARTED,
        EventDetails::MapIterationSucceeded { .. } => tag::ITERATION_SUCCEEDED,
        EventDetails::MapIterationFailed { .. } => tag::ITERATION_FAILED,
        EventDetails::MapIterationAborted { .. } => tag::ITERATION_ABORTED,
    }
}

fn write_details(writer: &mut Writer, encoder: &mut Encoder, details: &EventDetails) {
    match details {
        EventDetails::ExecutionStarted { input, role_arn } => {
            writer.text(role_arn);
            encoder.payload(writer, input);
        }
        EventDetails::ExecutionSucceeded { output } => encoder.payload(writer, output),
        EventDetails::ExecutionFailed(error)
        | EventDetails::ExecutionTimedOut(error)
        | EventDetails::ExecutionAborted(error) => write_error(writer, error),
        EventDetails::ExecutionRedriven { redrive_count } => writer.number(*redrive_count),
        EventDetails::StateEntered { kind, name, input } => {
            write_kind(writer, *kind);
            writer.text(name);
            encoder.payload(writer, input);
        }
        EventDetails::StateExited {
            kind,
            name,
            output,
            assigned,
        } => {
            write_kind(writer, *kind);
            writer.text(name);
            encoder.payload(writer, output);
            let assigned = assigned.clone().map(Value::from);
            write_optional(writer, encoder, assigned.as_ref());
        }
        EventDetails::EvaluationFailed(failed) => {
            writer.text(&failed.state);
            writer.option(failed.location.as_deref(), Writer::text);
            write_error(writer, &failed.error);
        }
        EventDetails::StateAborted { kind } => write_kind(writer, *kind),
        EventDetails::TaskScheduled(scheduled) => write_scheduled(writer, encoder, scheduled),
        EventDetails::TaskStarted { resource, worker } => {
            writer.text(resource.text());
            writer.option(worker.as_deref(), Writer::text);
        }
        EventDetails::TaskSubmitted { resource, output }
        | EventDetails::TaskSucceeded { resource, output } => {
            writer.text(resource.text());
            encoder.payload(writer, output);
        }
        EventDetails::TaskScheduleFailed { resource, error }
        | EventDetails::TaskFailed { resource, error }
        | EventDetails::TaskTimedOut { resource, error } => {
            writer.text(resource.text());
            write_error(writer, error);
        }
        EventDetails::MapStateStarted { length } => writer.count(*length),
        EventDetails::MapIterationStarted { name, index }
        | EventDetails::MapIterationSucceeded { name, index }
        | EventDetails::MapIterationFailed { name, index }
        | EventDetails::MapIterationAborted { name, index } => {
            writer.text(name);
            writer.count(*index);
        }
        EventDetails::ParallelStateStarted
        | EventDetails::ParallelStateSucceeded
        | EventDetails::ParallelStateFailed
        | EventDetails::MapStateSucceeded
        | EventDetails::MapStateFailed => {}
    }
}

fn read_details(reader: &mut Reader<'_>, decoder: &mut Decoder) -> Result<EventDetails, Damaged> {
    Ok(match reader.byte()? {
        tag::EXECUTION_STARTED => EventDetails::ExecutionStarted {
            role_arn: reader.text()?,
            input: decoder.payload(reader)?,
        },
        tag::EXECUTION_SUCCEEDED => EventDetails::ExecutionSucceeded {
            output: decoder.payload(reader)?,
        },
        tag::EXECUTION_FAILED => EventDetails::ExecutionFailed(read_error(reader)?),
        tag::EXECUTION_TIMED_OUT => EventDetails::ExecutionTimedOut(read_error(reader)?),
        tag::EXECUTION_ABORTED => EventDetails::ExecutionAborted(read_error(reader)?),
        tag::EXECUTION_REDRIVEN => EventDetails::ExecutionRedriven {
            redrive_count: reader.number()?,
        },
        tag::STATE_ENTERED => EventDetails::StateEntered {
            kind: read_kind(reader)?,
            name: reader.text()?,
            input: decoder.payload(reader)?,
        },
        tag::STATE_EXITED => EventDetails::StateExited {
            kind: read_kind(reader)?,
            name: reader.text()?,
            output: decoder.payload(reader)?,
            assigned: read_assigned(reader, decoder)?,
        },
        tag::EVALUATION_FAILED => EventDetails::EvaluationFailed(Box::new(EvaluationFailed {
            state: reader.text()?,
            location: reader.option(Reader::text)?,
            error: read_error(reader)?,
        })),
        tag::STATE_ABORTED => EventDetails::StateAborted {
            kind: read_kind(reader)?,
        },
        tag::PARALLEL_STARTED => EventDetails::ParallelStateStarted,
        tag::PARALLEL_SUCCEEDED => EventDetails::ParallelStateSucceeded,
        tag::PARALLEL_FAILED => EventDetails::ParallelStateFailed,
        tag::MAP_STARTED => EventDetails::MapStateStarted {
            length: reader.index()?,
        },
        tag::MAP_SUCCEEDED => EventDetails::MapStateSucceeded,
        tag::MAP_FAILED => EventDetails::MapStateFailed,
        tag @ (tag::TASK_SCHEDULED..=tag::TASK_TIMED_OUT | tag::TASK_SCHEDULE_FAILED) => {
            read_task(reader, decoder, tag)?
        }
        tag => read_iteration(reader, tag)?,
    })
}

fn read_task(
    reader: &mut Reader<'_>,
    decoder: &mut Decoder,
    tag: u8,
) -> Result<EventDetails, Damaged> {
    let resource = decoder.resource(reader)?;
    Ok(match tag {
        tag::TASK_SCHEDULED => EventDetails::TaskScheduled(Box::new(TaskScheduled {
            resource,
            input: decoder.payload(reader)?,
            timeout_seconds: reader.option(Reader::number)?,
            heartbeat_seconds: reader.option(Reader::number)?,
            credentials: read_optional(reader, decoder)?,
        })),
        tag::TASK_SCHEDULE_FAILED => EventDetails::TaskScheduleFailed {
            resource,
            error: read_error(reader)?,
        },
        tag::TASK_STARTED => EventDetails::TaskStarted {
            resource,
            worker: reader.option(Reader::text)?,
        },
        tag::TASK_SUBMITTED => EventDetails::TaskSubmitted {
            resource,
            output: decoder.payload(reader)?,
        },
        tag::TASK_SUCCEEDED => EventDetails::TaskSucceeded {
            resource,
            output: decoder.payload(reader)?,
        },
        tag::TASK_FAILED => EventDetails::TaskFailed {
            resource,
            error: read_error(reader)?,
        },
        _ => EventDetails::TaskTimedOut {
            resource,
            error: read_error(reader)?,
        },
    })
}

fn read_iteration(reader: &mut Reader<'_>, tag: u8) -> Result<EventDetails, Damaged> {
    let (name, index) = (reader.text()?, reader.index()?);
    Ok(match tag {
        tag::ITERATION_STARTED => EventDetails::MapIterationStarted { name, index },
        tag::ITERATION_SUCCEEDED => EventDetails::MapIterationSucceeded { name, index },
        tag::ITERATION_FAILED => EventDetails::MapIterationFailed { name, index },
        tag::ITERATION_ABORTED => EventDetails::MapIterationAborted { name, index },
        tag => return Err(Damaged::Unknown { what: "event", tag }),
    })
}

fn write_scheduled(writer: &mut Writer, encoder: &mut Encoder, scheduled: &TaskScheduled) {
    writer.text(scheduled.resource.text());
    encoder.payload(writer, &scheduled.input);
    writer.option(scheduled.timeout_seconds, Writer::number);
    writer.option(scheduled.heartbeat_seconds, Writer::number);
    write_optional(writer, encoder, scheduled.credentials.as_ref());
}

pub(super) fn write_error(writer: &mut Writer, error: &ErrorDetails) {
    writer.option(error.error.as_deref(), Writer::text);
    writer.option(error.cause.as_deref(), Writer::text);
}

pub(super) fn read_error(reader: &mut Reader<'_>) -> Result<ErrorDetails, Damaged> {
    Ok(ErrorDetails {
        error: reader.option(Reader::text)?,
        cause: reader.option(Reader::text)?,
    })
}

fn write_optional(writer: &mut Writer, encoder: &mut Encoder, payload: Option<&Value>) {
    writer.option(payload, |writer, payload| encoder.payload(writer, payload));
}

fn read_optional(reader: &mut Reader<'_>, decoder: &Decoder) -> Result<Option<Value>, Damaged> {
    reader.option(|reader| decoder.payload(reader))
}

fn read_assigned(reader: &mut Reader<'_>, decoder: &Decoder) -> Result<Option<Object>, Damaged> {
    match read_optional(reader, decoder)? {
        None => Ok(None),
        Some(Value::Object(assigned)) => Ok(Some(assigned)),
        Some(_) => Err(Damaged::IllFormed("set of variables")),
    }
}

/// In the order of their codes.
const KINDS: [StateType; 8] = [
    StateType::Pass,
    StateType::Task,
    StateType::Choice,
    StateType::Wait,
    StateType::Succeed,
    StateType::Fail,
    StateType::Parallel,
    StateType::Map,
];

fn write_kind(writer: &mut Writer, kind: StateType) {
    let code = KINDS.iter().position(|other| *other == kind);
    writer.byte(code.expect("every type has a code") as u8);
}

fn read_kind(reader: &mut Reader<'_>) -> Result<StateType, Damaged> {
    let tag = reader.byte()?;
    let kind = KINDS.get(usize::from(tag)).copied();
    let what = "type of a state";
    kind.ok_or(Damaged::Unknown { what, tag })
}
