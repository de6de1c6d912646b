//! What all executions of an engine share.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use sandstep_asl::TokenKey;
use sandstep_journal::{
    self as journal, Advance, Batch, ExecutionId, Journal, Millis, StorageError,
};
use sandstep_json::Text;
use tokio::{
    runtime::Handle,
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
};

use super::{
    actor,
    alarms::Alarms,
    error::EngineError,
    health::Pulse,
    mailbox::Mailbox,
    message::Message,
    registry::{Place, Registry, Sent},
    settings::{Definitions, EngineLimits, EngineSettings},
    waiters::Waiters,
};
use crate::{Clock, TaskRunner, wall::SharedClock};

/// How long to wait before a commit is tried again that the store had no room for:
/// at first, and at most.
const PATIENCE: [Duration; 2] = [Duration::from_millis(5), Duration::from_secs(1)];

/// How often a message is sent to an execution that comes and goes.
const ATTEMPTS: usize = 4;

/// What all executions of an engine share.
pub(super) struct Core {
    pub(super) journal: Arc<dyn Journal>,
    pub(super) definitions: Arc<dyn Definitions>,
    pub(super) tasks: Arc<dyn TaskRunner>,
    pub(super) token_key: TokenKey,
    pub(super) clock: Clock,
    /// The real clock, of alarms and executions alike.
    pub(super) wall: SharedClock,
    pub(super) runtime: Handle,
    pub(super) limits: EngineLimits,
    pub(super) epoch: u64,
    pub(super) registry: Registry,
    pub(super) alarms: Alarms,
    pub(super) waiters: Waiters,
    pub(super) pulse: Pulse,
    /// Room for executions that start here.
    pub(super) active: Arc<Semaphore>,
    /// Room for executions that are loaded.
    pub(super) loaded: Arc<Semaphore>,
    /// Told when a task begins to wait for a worker.
    pub(super) enqueued: Notify,
    /// How many executions have not ended, here and in the store.
    pub(super) open: OpenCount,
    departure: Departure,
}

/// Whether the engine is about to go: no task is to start any more.
#[derive(Default)]
struct Departure {
    is_due: AtomicBool,
    announced: Notify,
}

/// How many executions have not ended.
#[derive(Default)]
pub(super) struct OpenCount(AtomicU64);

impl OpenCount {
    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub(super) fn end_one(&self) {
        let less = |open: u64| Some(open.saturating_sub(1));
        // It always answers: there is always a number to write.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }
}

/// Where an execution sits in memory. It leaves when this is dropped.
pub(super) struct Seat {
    pub(super) core: Arc<Core>,
    pub(super) place: Place,
    is_taken: bool,
    room: Option<OwnedSemaphorePermit>,
}

impl Core {
    pub(super) fn new(settings: EngineSettings, epoch: u64) -> Self {
        let EngineSettings {
            journal,
            definitions,
            tasks,
            token_key,
            clock,
            runtime,
            limits,
        } = settings;
        Self {
            journal,
            definitions,
            tasks,
            token_key,
            clock,
            wall: SharedClock::starting_now(),
            runtime,
            epoch,
            registry: Registry::new(limits.messages),
            alarms: Alarms::default(),
            waiters: Waiters::default(),
            pulse: Pulse::default(),
            active: Arc::new(Semaphore::new(limits.active.min(Semaphore::MAX_PERMITS))),
            loaded: Arc::new(Semaphore::new(limits.loaded.min(Semaphore::MAX_PERMITS))),
            limits,
            enqueued: Notify::new(),
            open: OpenCount::default(),
            departure: Departure::default(),
        }
    }

    /// Whether tasks are left for the next process to start.
    pub(super) fn is_leaving(&self) -> bool {
        self.departure.is_due.load(Ordering::Relaxed)
    }

    /// Waits until [`is_leaving`](Self::is_leaving).
    pub(super) async fn until_leaving(&self) {
        // Before it is looked at: what is announced from here on is heard.
        let announced = self.departure.announced.notified();
        if !self.is_leaving() {
            announced.await;
        }
    }

    /// From now on, executions leave the memory instead of starting tasks, and workers
    /// wait for none.
    pub(super) fn leave(&self) {
        self.pulse.stop();
        self.departure.is_due.store(true, Ordering::Relaxed);
        self.departure.announced.notify_waiters();
        self.enqueued.notify_waiters();
    }

    /// Commits what an execution decided. A store without room is waited for: what was
    /// decided may not be decided again.
    pub(super) async fn commit(
        &self,
        execution: ExecutionId,
        expected: u64,
        advance: Advance,
    ) -> Result<u64, EngineError> {
        let batch = Batch {
            execution,
            expected,
            advance,
        };
        let [mut pause, longest] = PATIENCE;
        loop {
            let error = match self.journal.commit(self.epoch, &batch).await {
                Ok(version) => {
                    self.pulse.recover();
                    return Ok(version);
                }
                Err(error) => error,
            };
            if !is_passing(&error) {
                return Err(self.judge(error));
            }
            if !matches!(error, journal::Error::Busy) {
                tracing::debug!(%error, "a commit waits for the store");
                self.pulse.stall(&error);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
    }

    /// Stops the whole engine where an error of the store means that.
    pub(super) fn judge(&self, error: journal::Error) -> EngineError {
        if is_fatal(&error) {
            tracing::error!(%error, "the engine stops: nothing is acknowledged any more");
            self.pulse.halt(with_causes(&error).into());
            self.cut();
        }
        error.into()
    }

    /// Sends a message to an execution, which is loaded for it where it has to be. The
    /// message comes back where the execution is not in memory and its id not known.
    pub(super) fn tell(
        self: &Arc<Self>,
        place: &Place,
        mut message: Message,
    ) -> Result<Option<Message>, EngineError> {
        for _ in 0..ATTEMPTS {
            message = match self.deliver(place, message)? {
                None => return Ok(None),
                Some(message) => message,
            };
            let Some(id) = place.id else {
                return Ok(Some(message));
            };
            let room = Arc::clone(&self.loaded).try_acquire_owned();
            let room = room.map_err(|_| EngineError::Saturated)?;
            let Some(mailbox) = self.registry.load(id, place.arn.as_ref()) else {
                continue;
            };
            // The message is there before the execution is: it might leave at once otherwise.
            let left = self.deliver(place, message);
            self.spawn_loaded(id, mailbox, room);
            message = match left? {
                None => return Ok(None),
                Some(message) => message,
            };
        }
        Err(EngineError::Saturated)
    }

    /// Puts a message into the mailbox of an execution that is in memory; it comes back
    /// where none is.
    fn deliver(&self, place: &Place, message: Message) -> Result<Option<Message>, EngineError> {
        match self.registry.send(place, message) {
            Sent::Delivered => Ok(None),
            Sent::Full => Err(EngineError::Saturated),
            Sent::Absent(message) => Ok(Some(message)),
        }
    }

    /// Loads an execution whose time has come, once there is room for it.
    pub(super) async fn wake(self: &Arc<Self>, id: ExecutionId) {
        let Ok(room) = Arc::clone(&self.loaded).acquire_owned().await else {
            return;
        };
        if self.is_leaving() {
            return;
        }
        if let Some(mailbox) = self.registry.load(id, None) {
            self.spawn_loaded(id, mailbox, room);
        }
    }

    fn spawn_loaded(
        self: &Arc<Self>,
        id: ExecutionId,
        mailbox: Arc<Mailbox>,
        room: OwnedSemaphorePermit,
    ) {
        let place = Place {
            arn: None,
            id: Some(id),
        };
        let seat = Seat::new(Arc::clone(self), place, room);
        let driven = actor::resume(seat, Arc::clone(&mailbox), id);
        self.spawn(&mailbox, driven);
    }

    /// Has the actor of this mailbox driven on the runtime, unless everything is to end.
    pub(super) fn spawn(
        &self,
        mailbox: &Mailbox,
        driven: impl Future<Output = ()> + Send + 'static,
    ) {
        // The runtime aligns what it is given to lines of the processor's caches, which is
        // dear for an allocation of several KB.
        let actor = self.runtime.spawn(Box::pin(driven)).abort_handle();
        self.registry.set_actor(mailbox, actor);
    }

    /// Ends everything at once: nobody is told anything any more.
    pub(super) fn cut(&self) {
        self.pulse.cut();
        self.registry.cut();
        self.waiters.close();
    }

    /// When to look at an execution again that nobody holds in memory.
    pub(super) fn due(&self, timeout: Option<sandstep_asl::Timestamp>) -> Option<Millis> {
        match self.clock {
            Clock::Real => timeout.map(sandstep_asl::Timestamp::as_millis),
            // Its time is its own: nothing in the world says when it comes.
            Clock::Virtual(_) => timeout.map(|_| 0),
        }
    }
}

impl Seat {
    pub(super) fn new(core: Arc<Core>, place: Place, room: OwnedSemaphorePermit) -> Self {
        Self {
            core,
            place,
            is_taken: true,
            room: Some(room),
        }
    }

    /// Whether it takes up room that others wait for.
    pub(super) fn has_room(&self) -> bool {
        self.room.is_some()
    }

    /// Leaves its room to others; it sits on.
    pub(super) fn give_room(&mut self) {
        self.room = None;
    }

    /// The execution is in the store.
    pub(super) fn begin(&mut self, id: ExecutionId) {
        self.place.id = Some(id);
        if let Some(arn) = &self.place.arn {
            self.core.registry.begin(arn, id);
        }
    }

    /// The execution is loaded.
    pub(super) fn name(&mut self, arn: &Text) {
        self.place.arn = Some(arn.clone());
        if let Some(id) = self.place.id {
            self.core.registry.name(id, arn);
        }
    }

    /// Leaves, unless there is a message.
    pub(super) fn leave(&mut self, mailbox: &Mailbox) -> Option<Message> {
        let message = self.core.registry.leave(&self.place, mailbox);
        self.is_taken = message.is_some();
        message
    }

    /// Has those look into the store who began to wait for the execution while it was
    /// here: what they wait for may have been told before they came.
    pub(super) fn dismiss_waiters(&self) {
        if let Some(arn) = &self.place.arn {
            self.core.waiters.dismiss(arn);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if self.is_taken {
            self.core.registry.remove(&self.place);
            self.dismiss_waiters();
        }
    }
}

/// An error and all that led to it, in a line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    causes.join(": ")
}

/// Whether the same commit may succeed later, and certainly was not made.
fn is_passing(error: &journal::Error) -> bool {
    matches!(
        error,
        journal::Error::Busy | journal::Error::Storage(StorageError::Full | StorageError::Locked)
    )
}

/// Whether nothing can be acknowledged any more. Damage is its execution's alone: the
/// others go on, and a store that cannot go on says so itself.
fn is_fatal(error: &journal::Error) -> bool {
    match error {
        journal::Error::ClaimLost { .. } | journal::Error::Closed => true,
        journal::Error::Storage(error) => {
            matches!(error, StorageError::Io(_) | StorageError::Halted)
        }
        journal::Error::Conflict { .. }
        | journal::Error::NoSuchExecution
        | journal::Error::Busy => false,
    }
}
