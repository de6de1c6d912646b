//! What an active execution is told, and whom it answers.

use sandstep_asl::{EventId, Redrive, Timestamp};
use sandstep_journal::QueueChange;
use tokio::sync::oneshot;

use super::{
    error::{CompleteError, EngineError, RedriveError},
    run::{Completion, Taken},
};
use crate::StopRequest;

/// Where an answer goes. Nobody may be waiting for it any more; where the execution is
/// given up before it answers, whoever waits learns that.
pub(super) type Reply<T, E = EngineError> = oneshot::Sender<Result<T, E>>;

/// What somebody outside tells an execution.
pub(super) enum Message {
    /// It is to be aborted; the answer is when it ended.
    Stop {
        request: StopRequest,
        reply: Reply<Timestamp>,
    },
    /// A task that waits for somebody outside has ended, or is alive.
    Complete {
        scheduled: EventId,
        completion: Completion,
        reply: Reply<(), CompleteError>,
    },
    /// A worker asks for the task of an activity that the store has waiting; `None` if it
    /// is not to be had.
    Take {
        waiting: QueueChange,
        worker: Option<String>,
        reply: Reply<Option<Taken>>,
    },
    /// It did not succeed and is to go on; whoever asks again with the same token is
    /// answered the same.
    Redrive {
        token: Option<String>,
        reply: Reply<Redrive, RedriveError>,
    },
}

impl Message {
    /// Whether an execution that has ended is to hear it.
    pub(super) fn is_for_ended(&self) -> bool {
        matches!(self, Self::Redrive { .. })
    }
}

/// An answer that waits for a commit.
pub(super) enum Promise {
    Stopped(Reply<Timestamp>),
    Completed(Reply<(), CompleteError>, Result<(), CompleteError>),
    Taken(Reply<Option<Taken>>, Option<Taken>),
    Redriven(Reply<Redrive, RedriveError>, Result<Redrive, RedriveError>),
}

impl Promise {
    /// Gives the answer; `ended` is when the execution did.
    pub(super) fn keep(self, ended: Option<Timestamp>) {
        match self {
            Self::Stopped(reply) => {
                let answer = ended.ok_or(EngineError::Interrupted);
                drop(reply.send(answer));
            }
            Self::Completed(reply, answer) => drop(reply.send(answer)),
            Self::Taken(reply, taken) => drop(reply.send(Ok(taken))),
            Self::Redriven(reply, answer) => drop(reply.send(answer)),
        }
    }
}
