//! Executions of EXPRESS machines: in memory, and gone with their ends.

use std::sync::Arc;

use sandstep_asl::{Outcome, Record, Start, StateMachine, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::StepFunctions;
use super::api_error::ApiError;
use super::input::Input;
use super::revision::Revision;
use super::start_execution::StartExecutionInput;

/// An execution of an EXPRESS machine on its way.
pub(crate) struct Launched {
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) started: Timestamp,
    /// How it ends, unless its runtime shuts down before.
    pub(crate) end: oneshot::Receiver<Ended>,
}

/// How and when an execution ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    pub(crate) at: Timestamp,
}

impl StepFunctions {
    /// Starts an execution that nothing is kept of. It goes on whether or not somebody
    /// waits for its end. See [`Start::redrive_count`].
    pub(crate) fn launch_express(
        &self,
        revision: &Revision,
        request: &StartExecutionInput,
        input: Input,
        redrive_count: Option<u64>,
    ) -> Result<Launched, ApiError> {
        let room = Arc::clone(&self.0.express).try_acquire_owned();
        let room = room.map_err(|_| ApiError::throttled())?;
        let name = self.name_or_new(request.name.as_deref());
        let unique = self.draw_uuid();
        let arn = self.arn(&format!("express:{}:{name}:{unique}", revision.name));
        let start = Start {
            redrive_count,
            ..self.start(revision, arn.clone(), name.clone(), input.value)
        };
        let (tell, end) = oneshot::channel();
        self.drive_express(Arc::clone(&revision.machine), start, room, tell);
        Ok(Launched {
            arn,
            name,
            started: self.now(),
            end,
        })
    }

    fn drive_express(
        &self,
        machine: Arc<StateMachine>,
        start: Start,
        room: OwnedSemaphorePermit,
        tell: oneshot::Sender<Ended>,
    ) {
        let driver = self.0.driver.clone();
        self.0.runtime.spawn(async move {
            let mut at = Timestamp::default();
            let append = |record: Record| {
                at = record.event.map_or(at, |event| event.timestamp);
            };
            let never = std::future::pending();
            let outcome = driver.run(machine, start, append, never).await;
            drop(room);
            // Nobody waits where it was not started synchronously.
            let _ = tell.send(Ended { outcome, at });
        });
    }
}
