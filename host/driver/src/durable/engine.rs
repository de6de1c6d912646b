//! The engine: what others may ask of durable executions.

use std::{sync::Arc, time::Duration};

use sandstep_asl::{EventId, HistoryEvent, Redrive, Timestamp};
use sandstep_journal::{Due, DueQuery, HistoryQuery, ListQuery, Millis, Order, Summary};
use sandstep_json::Text;
use tokio::sync::oneshot;

use super::{
    actor,
    core::{Core, Seat},
    error::{CompleteError, EngineError, RedriveError},
    health::Health,
    message::Message,
    registry::{Place, Taken as Reserved},
    run::{Completion, NewRun, Run, RunPage, Started, Taken},
    settings::EngineSettings,
};
use crate::StopRequest;

/// How many due executions are read at a time when an engine opens.
const DUE_PAGE: usize = 4096;

/// How many of the tasks that wait in a queue are looked at for one that nobody takes.
const LOOK_AHEAD: usize = 16;

/// Drives durable executions.
///
/// Clones are the same engine. When the last one is gone, its executions stop where
/// they are, as if the process had ended.
#[derive(Clone)]
pub struct Engine(Arc<Owner>);

/// Cuts the engine off when nobody can ask it anything any more.
struct Owner(Arc<Core>);

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.cut();
    }
}

impl Engine {
    /// Claims the journal and resumes its executions, in the background: those with tasks
    /// in flight at once, the others when they are due.
    ///
    /// # Errors
    ///
    /// Fails as the store does.
    pub async fn open(settings: EngineSettings) -> Result<Self, EngineError> {
        let epoch = settings.journal.claim().await?;
        let core = Arc::new(Core::new(settings, epoch));
        let at_once = set_alarms(&core).await?;
        core.runtime.spawn(keep_waking(Arc::clone(&core), at_once));
        Ok(Self(Arc::new(Owner(core))))
    }

    /// Starts an execution. The answer comes once everything up to its first wait is
    /// durable; dropping the future does not undo it.
    ///
    /// # Errors
    ///
    /// [`EngineError::Saturated`] beyond the engine's or the store's limits: refused, not
    /// lost. Otherwise as the store fails.
    pub async fn start(&self, new: NewRun) -> Result<Started, EngineError> {
        let new = Box::new(new);
        let core = self.open_core()?;
        let arn = new.start.execution_arn.clone();
        let room = Arc::clone(&core.active).try_acquire_owned();
        let room = room.map_err(|_| EngineError::Saturated)?;
        let mailbox = loop {
            match core.registry.reserve(&arn) {
                Ok(mailbox) => break mailbox,
                Err(Reserved::Active) => {
                    // It may leave the memory meanwhile, but never the store so soon.
                    if let Some(run) = self.find(&arn).await? {
                        return Ok(Started::Exists(run));
                    }
                }
                Err(Reserved::Beginning(begun)) => begun.await,
            }
        };
        let place = Place {
            arn: Some(arn),
            id: None,
        };
        let seat = Seat::new(Arc::clone(core), place, room);
        let (reply, started) = oneshot::channel();
        let driven = actor::begin(seat, Arc::clone(&mailbox), new, reply);
        core.spawn(&mailbox, driven);
        started.await.unwrap_or(Err(EngineError::Interrupted))
    }

    /// The execution of this ARN, if there is one. One that is about to start is waited
    /// for.
    ///
    /// # Errors
    ///
    /// Fails as the store does, and where what it holds cannot be read.
    pub async fn find(&self, arn: &str) -> Result<Option<Run>, EngineError> {
        if let Some(begun) = self.core().registry.until_begun(arn) {
            begun.await;
        }
        self.core().find(arn).await
    }

    /// The key of the definition that the execution of this ARN is pinned to, if there is
    /// such an execution.
    ///
    /// # Errors
    ///
    /// See [`Engine::find`].
    pub async fn definition(&self, arn: &str) -> Result<Option<Text>, EngineError> {
        let Some(summary) = self.summary(arn).await? else {
            return Ok(None);
        };
        let run = self.core().summarize(&summary)?;
        Ok(Some(run.definition))
    }

    /// A page of the executions of a group, the last started first.
    ///
    /// # Errors
    ///
    /// See [`Engine::find`].
    pub async fn list(&self, query: ListQuery) -> Result<RunPage, EngineError> {
        let page = self.core().journal.list(query).await?;
        let mut runs = Vec::with_capacity(page.executions.len());
        for summary in &page.executions {
            runs.push(self.core().summarize_all(summary).await?);
        }
        Ok(RunPage {
            runs,
            next: page.next,
        })
    }

    /// A page of an execution's history: at most `limit` events from the number `from` on,
    /// in this order. The oldest event is 1; going backward, a number beyond the last
    /// stands for the last.
    ///
    /// # Errors
    ///
    /// [`EngineError::NoSuchExecution`]; see also [`Engine::find`].
    pub async fn history(
        &self,
        arn: &str,
        from: u64,
        order: Order,
        limit: usize,
    ) -> Result<Vec<HistoryEvent>, EngineError> {
        let summary = self.summary(arn).await?;
        let summary = summary.ok_or(EngineError::NoSuchExecution)?;
        let query = HistoryQuery {
            execution: summary.id,
            from,
            order,
            limit,
        };
        let page = self.core().journal.history(query).await?;
        self.core().events(arn, &page).await
    }

    /// Waits until every start that was asked for before is durable, or refused: also those
    /// whose callers have gone.
    pub async fn starts_settled(&self) {
        for begun in self.core().registry.beginning() {
            begun.await;
        }
    }

    /// Aborts an execution, unless it has ended. The answer, once that is durable, is
    /// when it ended.
    ///
    /// # Errors
    ///
    /// [`EngineError::NoSuchExecution`], [`EngineError::Saturated`] where too many messages
    /// wait for it, or as the store fails.
    pub async fn stop(&self, arn: &str, request: StopRequest) -> Result<Timestamp, EngineError> {
        let ask = |reply| Message::Stop {
            request: request.clone(),
            reply,
        };
        match self.ask(Place::named(arn), ask).await? {
            Asked::Answered(answer) => answer,
            Asked::Ended(summary) => Ok(ended_at(&summary)),
        }
    }

    /// Tells an execution of a task that waits for somebody outside: one with a task
    /// token, or an activity's that a worker took. `scheduled` is the event that scheduled it.
    ///
    /// # Errors
    ///
    /// See [`CompleteError`].
    pub async fn complete(
        &self,
        arn: &str,
        scheduled: EventId,
        completion: Completion,
    ) -> Result<(), CompleteError> {
        let ask = |reply| Message::Complete {
            scheduled,
            completion: completion.clone(),
            reply,
        };
        match self.ask(Place::named(arn), ask).await {
            Ok(Asked::Answered(answer)) => answer,
            Ok(Asked::Ended(_)) => Err(CompleteError::Over),
            Err(EngineError::NoSuchExecution) => Err(CompleteError::NoSuchTask),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets an execution go on that did not succeed. The answer comes once that is
    /// durable; whoever asks again with the same token has it again, see
    /// [`Execution::redriven_with`](sandstep_asl::Execution::redriven_with).
    ///
    /// # Errors
    ///
    /// See [`RedriveError`].
    pub async fn redrive(&self, arn: &str, token: Option<String>) -> Result<Redrive, RedriveError> {
        let ask = |reply| Message::Redrive { token, reply };
        match self.ask(Place::named(arn), ask).await? {
            Asked::Answered(answer) => answer,
            Asked::Ended(_) => Err(EngineError::Interrupted.into()),
        }
    }

    /// The redrive that an execution has had with this token, if it still counts at `now`:
    /// see [`Execution::redriven_with`](sandstep_asl::Execution::redriven_with).
    ///
    /// # Errors
    ///
    /// See [`Engine::find`].
    pub async fn redriven_with(
        &self,
        arn: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Redrive>, EngineError> {
        let summary = self.summary(arn).await?;
        let Some(summary) = summary.filter(|summary| summary.redrives > 0) else {
            return Ok(None);
        };
        let stored = self.core().load(summary.id).await?;
        Ok(stored.and_then(|stored| stored.execution.redriven_with(token, now)))
    }

    /// Takes the task that waits longest in a queue (an activity's ARN) for a worker.
    /// Exactly one worker gets it. `None` if none waits; see [`Engine::enqueued`].
    ///
    /// # Errors
    ///
    /// Fails as the store does.
    pub async fn take(
        &self,
        queue: &str,
        worker: Option<String>,
    ) -> Result<Option<Taken>, EngineError> {
        let core = self.open_core()?;
        for waiting in core.journal.waiting(queue, LOOK_AHEAD).await? {
            let place = Place {
                arn: None,
                id: Some(waiting.execution),
            };
            let ask = |reply| Message::Take {
                waiting: waiting.into(),
                worker: worker.clone(),
                reply,
            };
            match self.ask(place, ask).await {
                Ok(Asked::Answered(Ok(Some(taken)))) => return Ok(Some(taken)),
                // Another has it, or its execution cannot be loaded: others wait behind it.
                Ok(_) | Err(EngineError::Interrupted) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Waits until a task begins to wait for a worker, in any queue. Make the future before
    /// looking: it counts from when it was made.
    pub fn enqueued(&self) -> impl Future<Output = ()> + '_ {
        self.core().enqueued.notified()
    }

    /// Waits until an execution has ended. Whoever waits does not keep the engine.
    ///
    /// # Errors
    ///
    /// [`EngineError::NoSuchExecution`]; [`EngineError::Stopped`] if the engine stops
    /// before that.
    pub fn ended(
        &self,
        arn: &str,
    ) -> impl Future<Output = Result<Arc<Run>, EngineError>> + Send + 'static + use<> {
        let (core, arn) = (Arc::clone(self.core()), Text::from(arn));
        async move { ended(&core, &arn).await }
    }

    /// Whether it works.
    pub fn health(&self) -> Health {
        self.core().pulse.health()
    }

    /// Waits until it acknowledges nothing any more, through a failure of its store or
    /// because somebody else has claimed it, and tells why. What was acknowledged goes on
    /// when the store is opened again. Whoever waits does not keep the engine.
    pub fn halted(&self) -> impl Future<Output = Arc<str>> + Send + 'static + use<> {
        let core = Arc::clone(self.core());
        async move { core.pulse.is_halted().await }
    }

    /// How many executions have not ended, wherever they are. Those without any time
    /// limit that began before the engine was opened are left out.
    pub fn open_executions(&self) -> u64 {
        self.core().open.get()
    }

    /// How many executions are in memory.
    pub fn active(&self) -> usize {
        self.core().registry.len()
    }

    /// Takes on nothing new, and starts no more tasks. Those in flight may end and be
    /// recorded until `within` is over; what still runs then is left for the next engine.
    /// Tells whether all of them ended in time.
    pub async fn shutdown(&self, within: Duration) -> bool {
        let core = self.core();
        core.leave();
        // Whatever is not done in time is done again.
        let emptied = tokio::time::timeout(within, core.registry.until_empty()).await;
        core.cut();
        emptied.is_ok()
    }

    fn core(&self) -> &Arc<Core> {
        &self.0.0
    }

    fn open_core(&self) -> Result<&Arc<Core>, EngineError> {
        if self.core().pulse.is_open() {
            return Ok(self.core());
        }
        Err(EngineError::Stopped)
    }

    async fn summary(&self, arn: &str) -> Result<Option<Summary>, EngineError> {
        Ok(self.core().journal.find(arn).await?)
    }

    /// Tells an execution something, and waits for its answer.
    async fn ask<A, E>(
        &self,
        mut place: Place,
        message: impl FnOnce(oneshot::Sender<Result<A, E>>) -> Message,
    ) -> Result<Asked<Result<A, E>>, EngineError> {
        let core = self.open_core()?;
        let (reply, answer) = oneshot::channel();
        if let Some(message) = core.tell(&place, message(reply))? {
            let arn = place.arn.as_deref().unwrap_or_default();
            let summary = self.summary(arn).await?;
            let summary = summary.ok_or(EngineError::NoSuchExecution)?;
            if summary.standing.ended().is_some() && !message.is_for_ended() {
                return Ok(Asked::Ended(Box::new(summary)));
            }
            place.id = Some(summary.id);
            core.tell(&place, message)?;
        }
        let answer = answer.await;
        answer
            .map(Asked::Answered)
            .map_err(|_| EngineError::Interrupted)
    }
}

async fn ended(core: &Core, arn: &Text) -> Result<Arc<Run>, EngineError> {
    loop {
        // Waiting comes before looking: who saw it in memory is sent away once it leaves.
        let waiter = core.waiters.wait(arn.clone());
        let mut waiter = waiter.ok_or(EngineError::Stopped)?;
        if !core.registry.has(arn) {
            let run = core.find(arn).await?.ok_or(EngineError::NoSuchExecution)?;
            if run.outcome.is_some() {
                return Ok(Arc::new(run));
            }
        }
        if let Some(run) = waiter.ended().await {
            return Ok(run);
        }
    }
}

/// What an execution answered.
enum Asked<A> {
    Answered(A),
    /// Nothing: it had ended.
    Ended(Box<Summary>),
}

fn ended_at(summary: &Summary) -> Timestamp {
    Timestamp::from_millis(summary.standing.ended().unwrap_or_default())
}

/// Sets the alarms of all executions that wait; answers those that are due whatever
/// time it is.
async fn set_alarms(core: &Core) -> Result<Vec<Due>, EngineError> {
    let mut at_once = Vec::new();
    let mut after = None;
    loop {
        let query = DueQuery {
            after,
            until: Millis::MAX,
            limit: DUE_PAGE,
        };
        let page = core.journal.due(query).await?;
        let Some(last) = page.last() else {
            return Ok(at_once);
        };
        after = Some(*last);
        core.open.add(page.len() as u64);
        for due in page {
            match due.at {
                0 => at_once.push(due),
                at => core.alarms.set(Timestamp::from_millis(at), due.execution),
            }
        }
    }
}

/// Wakes executions as long as the engine lives.
async fn keep_waking(core: Arc<Core>, at_once: Vec<Due>) {
    let wake_at_once = async {
        for due in at_once {
            core.wake(due.execution).await;
        }
    };
    let wake_in_time = async {
        loop {
            for execution in core.alarms.next(&core.wall).await {
                core.wake(execution).await;
            }
        }
    };
    // Side by side: neither waits until there is room for all of the other.
    let wake_all = async { tokio::join!(wake_at_once, wake_in_time) };
    tokio::select! {
        biased;
        () = core.pulse.is_cut() => {}
        _ = wake_all => {}
    }
}
