//! Executions of EXPRESS machines: in memory, and gone with their ends.

use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Waker};

use sandstep_asl::{Outcome, Record, Start, StateMachine, Timestamp};
use tokio::runtime::Handle;
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

/// What whoever starts an execution does then.
#[derive(Clone, Copy)]
pub(crate) enum Starter {
    /// Waits for its end.
    Waits,
    /// Is told that it runs.
    GoesOn,
}

impl Starter {
    /// See [`Start::redrive_count`].
    fn redrive_count(self) -> Option<u64> {
        match self {
            Self::Waits => None,
            Self::GoesOn => Some(0),
        }
    }
}

/// How and when an execution ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    pub(crate) at: Timestamp,
}

impl StepFunctions {
    /// Starts an execution that nothing is kept of. It goes on whether or not somebody
    /// waits for its end.
    pub(crate) fn launch_express(
        &self,
        revision: &Revision,
        request: &StartExecutionInput,
        input: Input<'_>,
        starter: Starter,
    ) -> Result<Launched, ApiError> {
        let room = Arc::clone(&self.0.express).try_acquire_owned();
        let room = room.map_err(|_| ApiError::throttled())?;
        let name = self.name_or_new(request.name.as_deref());
        let unique = self.draw_uuid();
        let arn = self.arn(&format!("express:{}:{name}:{unique}", revision.name));
        let start = Start {
            redrive_count: starter.redrive_count(),
            ..self.start(revision, arn.clone(), name.clone(), input.value)
        };
        let started = self.now();
        let (tell, end) = oneshot::channel();
        let run = self.drive_express(Arc::clone(&revision.machine), start, room, tell);
        match starter {
            Starter::Waits => run_in_place(run, &self.0.runtime),
            Starter::GoesOn => drop(self.0.runtime.spawn(run)),
        }
        Ok(Launched {
            arn,
            name,
            started,
            end,
        })
    }

    fn drive_express(
        &self,
        machine: Arc<StateMachine>,
        start: Start,
        room: OwnedSemaphorePermit,
        tell: oneshot::Sender<Ended>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let driver = self.0.driver.clone();
        async move {
            let mut at = Timestamp::default();
            let append = |record: Record| {
                at = record.event.map_or(at, |event| event.timestamp);
            };
            let never = std::future::pending();
            let outcome = driver.run(machine, start, append, never).await;
            drop(room);
            // Nobody waits where it was not started synchronously.
            let _ = tell.send(Ended { outcome, at });
        }
    }
}

/// Runs an execution here until it first has to wait, and the rest on `runtime`. Most
/// end before that, and sooner than another thread would have begun.
fn run_in_place(run: impl Future<Output = ()> + Send + 'static, runtime: &Handle) {
    let mut run = Box::pin(run);
    // What it waits for is told to the runtime, which polls it again at once.
    let mut nobody = Context::from_waker(Waker::noop());
    let _entered = runtime.enter();
    if run.as_mut().poll(&mut nobody).is_pending() {
        runtime.spawn(run);
    }
}
