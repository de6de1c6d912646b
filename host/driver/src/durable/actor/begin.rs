//! How an execution comes into memory: it starts, or is loaded.

use std::{
    error::Error,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use sandstep_asl::{Execution, Timestamp};
use sandstep_journal::{ExecutionId, NewExecution, Started as Stored, Status};
use sandstep_json::Text;
use tokio::{sync::OwnedSemaphorePermit, time::Instant};
use tracing::Instrument;

use super::{Actor, Pause};
use crate::{
    Clock,
    durable::{
        batch::Batch,
        codec::Encoder,
        core::Seat,
        error::EngineError,
        load,
        message::Reply,
        registry::Mailbox,
        run::{NewRun, Run, RunSummary, Started},
    },
    real::RealTime,
    timeline::Timeline,
    turn::Turn,
    virtual_time::VirtualTime,
};

/// Begins an execution, answers, and drives it until it leaves the memory or everything
/// is to end.
pub(in crate::durable) async fn begin(
    seat: Seat,
    mailbox: Mailbox,
    _room: OwnedSemaphorePermit,
    new: NewRun,
    reply: Reply<Started>,
) {
    let core = Arc::clone(&seat.core);
    let span = tracing::info_span!("execution", execution_arn = %new.start.execution_arn);
    let driven = async {
        match core.clock {
            Clock::Real => begin_on(RealTime::starting_now(), seat, mailbox, new, reply).await,
            Clock::Virtual(now) => {
                let timeline = VirtualTime::starting_at(now, core.limits.records_per_moment);
                begin_on(timeline, seat, mailbox, new, reply).await;
            }
        }
    };
    core.unless_cut(driven.instrument(span)).await;
}

async fn begin_on<T: Timeline>(
    timeline: T,
    seat: Seat,
    mailbox: Mailbox,
    new: NewRun,
    reply: Reply<Started>,
) {
    let (mut actor, head) = Actor::starting(timeline, seat, mailbox, &new);
    let pause = actor.decide().await;
    // Whoever asked for it may be gone; it runs all the same.
    let _ = match actor.start(head, new.groups, pause).await {
        Ok(Stored::New(_)) => {
            tracing::info!("execution started");
            let answer = reply.send(Ok(Started::New(actor.run.clone())));
            actor.drive(pause).await;
            answer
        }
        Ok(Stored::Exists(there)) => {
            let there = actor.seat.core.describe(&there).await;
            reply.send(there.map(Started::Exists))
        }
        Err(error) => reply.send(Err(error)),
    };
}

/// Loads an execution and drives it until it leaves the memory or everything is to end.
pub(in crate::durable) async fn resume(
    seat: Seat,
    mailbox: Mailbox,
    _room: OwnedSemaphorePermit,
    id: ExecutionId,
) {
    let core = Arc::clone(&seat.core);
    let driven = async {
        match core.load(id).await {
            // Retention has removed it.
            Ok(None) => {}
            Ok(Some(stored)) => {
                let arn = &stored.summary.arn;
                let span = tracing::info_span!("execution", execution_arn = %arn);
                resume_stored(seat, mailbox, stored).instrument(span).await;
            }
            Err(error) => tracing::error!(
                error = &error as &dyn Error,
                "an execution cannot be loaded"
            ),
        }
    };
    core.unless_cut(driven).await;
}

async fn resume_stored(mut seat: Seat, mailbox: Mailbox, stored: load::Stored) {
    tracing::debug!("execution loaded");
    seat.name(&Text::from(stored.summary.arn.as_str()));
    let arn = stored.summary.arn.clone();
    match seat.core.clock {
        Clock::Real => {
            let actor = Actor::resuming(|_| RealTime::starting_now(), seat, mailbox, stored);
            go_on(&arn, actor).await;
        }
        Clock::Virtual(_) => {
            let records = seat.core.limits.records_per_moment;
            let timeline = |now| VirtualTime::starting_at(now, records);
            go_on(&arn, Actor::resuming(timeline, seat, mailbox, stored)).await;
        }
    }
}

async fn go_on<T: Timeline>(arn: &str, actor: Result<Actor<T>, Unrestorable>) {
    let mut actor = match actor {
        Ok(actor) => actor,
        Err(error) => {
            let error = EngineError::damaged(arn, error);
            return tracing::error!(
                error = &error as &dyn Error,
                "an execution cannot be restored"
            );
        }
    };
    actor.listen();
    let pause = actor.decide().await;
    match actor.commit(pause).await {
        Ok(()) => actor.drive(pause).await,
        Err(error) => actor.give_up(&error),
    }
}

/// The records are of no execution of this machine.
#[derive(Debug, thiserror::Error)]
enum Unrestorable {
    #[error(transparent)]
    Records(#[from] sandstep_asl::RestoreError),
    #[error("the records contradict one another")]
    Contradiction,
}

impl<T: Timeline> Actor<T> {
    /// An execution that is about to decide for the first time, and its head.
    fn starting(timeline: T, seat: Seat, mailbox: Mailbox, new: &NewRun) -> (Self, Vec<u8>) {
        let beginning = timeline.beginning();
        let mut encoder = Encoder::default();
        let head = encoder.head(&new.definition, &new.attachment, &new.start);
        let summary = RunSummary {
            arn: new.start.execution_arn.to_string(),
            started: beginning.wall,
            ended: None,
            status: Status::Running,
            definition: new.definition.clone(),
            attachment: new.attachment.clone(),
            events: 0,
            redrives: 0,
            redriven_at: None,
        };
        let run = Run {
            summary,
            input: new.start.input.clone(),
            outcome: None,
        };
        let machine = Arc::clone(&new.machine);
        let execution = Execution::start(machine, new.start.clone(), beginning.wall);
        let actor = Self::new(timeline, seat, mailbox, execution, encoder, run);
        (actor, head)
    }

    /// An execution as its records tell of it.
    fn resuming(
        timeline: impl FnOnce(Timestamp) -> T,
        seat: Seat,
        mailbox: Mailbox,
        stored: load::Stored,
    ) -> Result<Self, Unrestorable> {
        let mut run = Run {
            summary: stored.run,
            input: stored.start.input.clone(),
            outcome: stored.outcome,
        };
        let restore = || Execution::restore(stored.machine, stored.start, stored.records);
        // Records that were not made by this machine may contradict one another.
        let execution = catch_unwind(AssertUnwindSafe(restore));
        let execution = execution.map_err(|_| Unrestorable::Contradiction)??;
        let timeline = timeline(execution.now());
        let encoder = Encoder::after(stored.blobs);
        run.summary.redriven_at = execution.redrive().map(|redrive| redrive.at);
        let mut actor = Self::new(timeline, seat, mailbox, execution, encoder, run);
        actor.version = stored.summary.version;
        actor.due = stored.summary.standing.due();
        if let (Some(due), Some(id)) = (actor.due, actor.seat.place.id) {
            let alarms = &actor.seat.core.alarms;
            alarms.clear(Timestamp::from_millis(due), id);
        }
        Ok(actor)
    }

    fn new(
        timeline: T,
        seat: Seat,
        mailbox: Mailbox,
        execution: Execution,
        encoder: Encoder,
        run: Run,
    ) -> Self {
        Self {
            arn: run.summary.arn.as_str().into(),
            seat,
            mailbox,
            execution,
            timeline,
            turn: Turn::starting_at(Instant::now().into_std()),
            batch: Batch::new(encoder),
            tasks: Vec::new(),
            activities: Default::default(),
            promises: Vec::new(),
            run,
            is_redriven: false,
            version: 0,
            due: None,
        }
    }

    /// Puts the execution into the store, with all that it has decided.
    async fn start(
        &mut self,
        head: Vec<u8>,
        groups: Vec<String>,
        pause: Pause,
    ) -> Result<Stored, EngineError> {
        let standing = self.standing(pause);
        let events = self.batch.events();
        let new = NewExecution {
            arn: self.run.summary.arn.clone(),
            groups,
            started: self.run.summary.started.as_millis(),
            head,
            first: self.batch.take(standing.clone()),
        };
        let core = &self.seat.core;
        let stored = core.journal.start(core.epoch, new).await;
        let stored = stored.map_err(|error| core.judge(error))?;
        if let Stored::New(id) = stored {
            self.version = 1;
            self.seat.core.open.add(1);
            self.seat.begin(id);
            self.follow(&standing, events);
        }
        Ok(stored)
    }
}
