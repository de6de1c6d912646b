//! How an execution comes into memory: it starts, or is loaded.

use std::{error::Error, sync::Arc, time::Duration};

use sandstep_asl::{Execution, Timestamp};
use sandstep_journal::{ExecutionId, NewExecution, Started as Stored, Status};
use tokio::time::Instant;
use tracing::Instrument;

use super::{Actor, Pause, given_up};
use crate::{
    Clock,
    durable::{
        batch::Batch,
        codec::Encoder,
        core::{Core, Seat},
        error::EngineError,
        load,
        mailbox::Mailbox,
        message::Reply,
        run::{NewRun, Run, RunSummary, Started},
    },
    real::RealTime,
    timeline::Timeline,
    turn::Turn,
    virtual_time::VirtualTime,
};

/// How long after a failure an execution is loaded again.
const LOAD_AGAIN: Duration = Duration::from_secs(5);

/// Begins an execution, answers, and drives it until it leaves the memory.
pub(in crate::durable) async fn begin(
    seat: Seat,
    mailbox: Arc<Mailbox>,
    new: Box<NewRun>,
    reply: Reply<Started>,
) {
    let span = tracing::info_span!("execution", execution_arn = %new.start.execution_arn);
    let driven = async {
        match seat.core.clock {
            Clock::Real => {
                let timeline = RealTime::starting_at(seat.core.wall.read());
                begin_on(timeline, seat, mailbox, new, reply).await;
            }
            Clock::Virtual(now) => {
                let records = seat.core.limits.records_per_moment;
                let timeline = VirtualTime::starting_at(now, records);
                begin_on(timeline, seat, mailbox, new, reply).await;
            }
        }
    };
    driven.instrument(span).await;
}

async fn begin_on<T: Timeline>(
    timeline: T,
    seat: Seat,
    mailbox: Arc<Mailbox>,
    new: Box<NewRun>,
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

/// Loads an execution and drives it until it leaves the memory.
pub(in crate::durable) async fn resume(seat: Seat, mailbox: Arc<Mailbox>, id: ExecutionId) {
    let core = Arc::clone(&seat.core);
    match core.load(id).await {
        // Retention has removed it.
        Ok(None) => {}
        Ok(Some(stored)) => {
            let arn = &stored.summary.arn;
            let span = tracing::info_span!("execution", execution_arn = %arn);
            resume_stored(seat, mailbox, stored).instrument(span).await;
        }
        Err(error) => put_off(&core, id, &error),
    }
}

/// An execution that cannot be loaded now is looked at again later, unless it never can be.
fn put_off(core: &Core, id: ExecutionId, error: &EngineError) {
    tracing::error!(error = error as &dyn Error, "an execution cannot be loaded");
    if !matches!(error, EngineError::Damaged { .. }) {
        core.alarms.set(core.wall.read().wall + LOAD_AGAIN, id);
    }
}

async fn resume_stored(mut seat: Seat, mailbox: Arc<Mailbox>, stored: load::Stored) {
    tracing::debug!("execution loaded");
    seat.name(&stored.run.summary.arn);
    match seat.core.clock {
        Clock::Real => {
            let timeline = RealTime::starting_at(seat.core.wall.read());
            resume_on(timeline, seat, mailbox, stored).await;
        }
        Clock::Virtual(_) => {
            let records = seat.core.limits.records_per_moment;
            let timeline = VirtualTime::starting_at(stored.execution.now(), records);
            resume_on(timeline, seat, mailbox, stored).await;
        }
    }
}

async fn resume_on<T: Timeline>(
    timeline: T,
    seat: Seat,
    mailbox: Arc<Mailbox>,
    stored: load::Stored,
) {
    let mut actor = Actor::resuming(timeline, seat, mailbox, stored);
    // A worker may have been the reason to load it, and asks for one of its tasks.
    actor.take_tasks().await;
    actor.listen();
    let pause = actor.decide().await;
    match actor.commit(pause).await {
        Ok(()) => actor.drive(pause).await,
        Err(error) => given_up(&error),
    }
}

impl<T: Timeline> Actor<T> {
    /// An execution that is about to decide for the first time, and its head.
    fn starting(
        timeline: T,
        seat: Seat,
        mailbox: Arc<Mailbox>,
        new: &NewRun,
    ) -> (Box<Self>, Vec<u8>) {
        let beginning = timeline.beginning();
        let mut encoder = Encoder::default();
        let head = encoder.head(&new.definition, &new.attachment, &new.start);
        let summary = RunSummary {
            arn: new.start.execution_arn.clone(),
            started: beginning.wall,
            ended: None,
            status: Status::Running,
            definition: new.definition.clone(),
            attachment: Arc::clone(&new.attachment),
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
    fn resuming(timeline: T, seat: Seat, mailbox: Arc<Mailbox>, stored: load::Stored) -> Box<Self> {
        let load::Stored {
            summary,
            mut run,
            execution,
            blobs,
        } = stored;
        run.summary.redriven_at = execution.redrive().map(|redrive| redrive.at);
        let encoder = Encoder::after(blobs);
        let mut actor = Self::new(timeline, seat, mailbox, execution, encoder, run);
        actor.version = summary.version;
        actor.due = summary.standing.due();
        if let Some(due) = actor.due {
            let alarms = &actor.seat.core.alarms;
            alarms.clear(Timestamp::from_millis(due), summary.id);
        }
        actor
    }

    fn new(
        timeline: T,
        seat: Seat,
        mailbox: Arc<Mailbox>,
        execution: Execution,
        encoder: Encoder,
        run: Run,
    ) -> Box<Self> {
        // Futures are moved, which is not free.
        Box::new(Self {
            seat,
            mailbox,
            execution,
            timeline,
            turn: Turn::starting_at(Instant::now().into_std()),
            batch: Batch::new(encoder),
            tasks: Vec::new(),
            activities: Default::default(),
            jobs: Default::default(),
            abandoned: Vec::new(),
            promises: Vec::new(),
            run,
            is_redriven: false,
            version: 0,
            due: None,
        })
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
        let wakes_workers = self.batch.enqueues();
        let new = NewExecution {
            arn: self.run.summary.arn.to_string(),
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
            if wakes_workers {
                self.seat.core.enqueued.notify_waiters();
            }
        }
        Ok(stored)
    }
}
