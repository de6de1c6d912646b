//! Going on with an execution that did not succeed (developer guide, "Restarting state
//! machine executions with redrive").
//!
//! Every thread that had not reached its end goes on in the state it was in, from the event
//! that entered it: no state is entered twice, and what succeeded is not run again.

use std::{
    mem::{replace, take},
    sync::OnceLock,
    time::Duration,
};

use sandstep_json::Text;

use super::{
    Execution, Outcome, ROOT,
    apply::Head,
    failure::names,
    record::Note,
    thread::{Children, Phase, Thread, ThreadId},
};
use crate::{
    history::{EventDetails, EventId},
    timestamp::Timestamp,
};

/// How many tokens of one execution count, and for how long.
const TOKENS: usize = 10;
const TOKEN_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// A redrive of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redrive {
    /// How often the execution was redriven, this time included.
    pub count: u64,
    /// When it was.
    pub at: Timestamp,
}

/// Why an execution cannot be redriven. Displayed, it is the service's
/// `redriveStatusReason` (API reference, `DescribeExecution`; without its full stop, as
/// recorded).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRedrivable {
    /// It has not ended.
    #[error("Execution is RUNNING and cannot be redriven")]
    Running,
    /// Nothing is left to do.
    #[error("Execution is SUCCEEDED and cannot be redriven")]
    Succeeded,
    /// Its history has no room for `ExecutionRedriven` and one event more.
    #[error("Execution history event limit exceeded")]
    HistoryFull,
    /// It was started longer ago than an execution may take.
    #[error("Execution has exceeded the max execution time")]
    TooOld,
    /// It ended longer ago than executions can be redriven.
    #[error("Execution redrivable period exceeded")]
    PeriodOver,
    /// Its state machine is being deleted.
    #[error("State machine is in DELETING status")]
    MachineDeleting,
}

impl Execution {
    /// Somebody lets an execution that failed, timed out or was aborted go on: what comes
    /// next is polled as after its start. Its timeout begins anew, and its states may use
    /// each retrier as often as at first.
    ///
    /// Whoever asks again with the same token learns of the redrive before, and nothing
    /// else happens; see [`Execution::redriven_with`].
    ///
    /// # Errors
    ///
    /// Refuses an execution that runs, that succeeded, or whose history is full. How long
    /// ago it ended is for the caller to judge.
    pub fn handle_redrive(
        &mut self,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Redrive, NotRedrivable> {
        if let Some(before) = token.and_then(|token| self.redriven_with(token, now)) {
            return Ok(before);
        }
        self.check_redrive()?;
        self.observe(now);
        let redrive_count = self.redrive.map_or(0, |redrive| redrive.count) + 1;
        let head = Head {
            id: EventId(self.last_event.0 + 1),
            previous: self.last_event,
            timestamp: self.now,
        };
        let note = self.deadline().map(Note::Deadline);
        self.record(
            ROOT,
            head,
            EventDetails::ExecutionRedriven { redrive_count },
            note,
        );
        if let Some(token) = token {
            self.append_note(ROOT, Note::RedrivenWith(token.into()));
        }
        Ok(Redrive {
            count: redrive_count,
            at: self.now,
        })
    }

    /// The redrive that a client has asked for with this token: one of the last ten tokens,
    /// and no longer ago than 15 minutes (API reference, `RedriveExecution`,
    /// `clientToken`).
    pub fn redriven_with(&self, token: &str, now: Timestamp) -> Option<Redrive> {
        let mut used = self.redrive_tokens.iter();
        let (_, redrive) = used.find(|(used, _)| used == token)?;
        (now.since(redrive.at) <= TOKEN_LIFETIME).then_some(*redrive)
    }

    /// The latest redrive, if there was one.
    pub fn redrive(&self) -> Option<Redrive> {
        self.redrive
    }

    fn check_redrive(&self) -> Result<(), NotRedrivable> {
        match &self.outcome {
            None => return Err(NotRedrivable::Running),
            Some(Outcome::Succeeded(_)) => return Err(NotRedrivable::Succeeded),
            Some(_) => {}
        }
        let limit = self.start.limits.history_events.unwrap_or(u64::MAX);
        if self.last_event.0 + 1 >= limit {
            return Err(NotRedrivable::HistoryFull);
        }
        Ok(())
    }

    /// Folds a redrive into the state: readies what had not ended.
    pub(super) fn apply_redriven(&mut self, head: Head, count: u64, note: Option<&Note>) {
        let end = Interruption {
            redriven: head.id,
            is_data_limit: is_data_limit(self.outcome.take()),
        };
        self.redrive = Some(Redrive {
            count,
            at: head.timestamp,
        });
        // The context object tells of the redrive.
        self.constants = OnceLock::new();
        self.deadline = match note {
            Some(Note::Deadline(deadline)) => Some(*deadline),
            _ => None,
        };
        self.forget_running_tasks();
        self.resume_thread(ROOT, end);
    }

    /// Folds the token of the redrive before into the state. One that is used again, since
    /// its time was over, counts from now on.
    pub(super) fn apply_redriven_with(&mut self, token: &Text) {
        let Some(redrive) = self.redrive else {
            return;
        };
        self.redrive_tokens.retain(|(used, _)| used != token);
        if self.redrive_tokens.len() == TOKENS {
            self.redrive_tokens.remove(0);
        }
        self.redrive_tokens.push((token.clone(), redrive));
    }

    /// Whoever has the token of a task from before can no longer end it, not even that of
    /// a thread which is not resumed.
    fn forget_running_tasks(&mut self) {
        for (_, thread) in &mut self.threads {
            if thread.running_task().is_some() {
                thread.phase = Phase::Deciding;
            }
        }
    }

    /// Readies a thread, or those below it that it waits for. Each level of threads is one
    /// of the definition, so that the depth is bounded.
    fn resume_thread(&mut self, id: ThreadId, end: Interruption) {
        match replace(&mut self.threads[id].phase, Phase::Resuming) {
            Phase::Entering(state) => self.threads[id].phase = Phase::Entering(state),
            Phase::Joining(children) | Phase::Joined(children)
                if !self.restarts(&children, end) =>
            {
                self.threads[id].resume(end);
                return self.resume_children(id, children, end);
            }
            _ => self.threads[id].resume(end),
        }
        self.make_ready(id);
    }

    /// Whether a state starts all its children again: where it started none, and where
    /// their results were too large together (developer guide, "Redrive behavior of
    /// individual states").
    fn restarts(&self, children: &Children, end: Interruption) -> bool {
        let has_ended = children.running.is_empty() && children.lost.is_empty();
        children.launched == 0
            || children.result_bytes > self.start.limits.payload_bytes
            || end.is_data_limit && has_ended
    }

    fn resume_children(
        &mut self,
        parent: ThreadId,
        mut children: Box<Children>,
        end: Interruption,
    ) {
        children.failed = 0;
        for (index, lost) in take(&mut children.lost) {
            children.running.insert(index, self.revive(parent, *lost));
        }
        let running: Vec<ThreadId> = children.running.values().copied().collect();
        if children.wants_more() {
            self.starved.insert((children.started, parent));
        }
        let is_done = children.is_done();
        self.threads[parent].phase = Phase::Joining(children);
        if is_done {
            return self.make_ready(parent);
        }
        for child in running {
            self.resume_thread(child, end);
        }
    }

    /// Puts a thread back that was taken out when it failed or was aborted.
    fn revive(&mut self, parent: ThreadId, mut thread: Thread) -> ThreadId {
        thread.parent = thread.parent.map(|(_, index)| (parent, index));
        self.remember_variables(&thread);
        self.threads.insert(thread)
    }

    /// Lets a redriven thread decide once more what its state does.
    pub(super) fn decide_again(&mut self, thread: ThreadId) {
        let machine = std::sync::Arc::clone(&self.machine);
        let state = machine.state(self.threads[thread].state);
        self.set_phase(thread, Phase::Deciding);
        let progress = self.decide(thread, state);
        self.follow(thread, progress);
    }

    /// Writes down what a thread is about to do that will not come to it: only a redrive
    /// wants to know.
    pub(super) fn note_entering(&mut self, thread: ThreadId) {
        let Thread { phase, data, .. } = &self.threads[thread];
        if let Phase::Entering(state) = phase {
            let note = Note::Entering {
                state: self.machine.state(*state).name.clone(),
                input: data.clone(),
            };
            self.append_note(thread, note);
        }
    }

    /// The same for all threads, when the execution fails in the midst of them.
    pub(super) fn note_all_entering(&mut self) {
        let ready: Vec<ThreadId> = self.ready.iter().filter_map(|it| self.live(it)).collect();
        for thread in ready {
            self.note_entering(thread);
        }
    }
}

/// What a redrive goes on from.
#[derive(Clone, Copy)]
struct Interruption {
    /// The event `ExecutionRedriven`.
    redriven: EventId,
    /// Whether the execution had failed because something was too large.
    is_data_limit: bool,
}

impl Thread {
    /// Takes the thread back to where it entered its state. A failure that comes at once
    /// follows the redrive (recorded).
    fn resume(&mut self, end: Interruption) {
        self.previous = self.entered;
        self.latest = end.redriven;
        self.scheduled = None;
        self.retries.clear();
    }
}

fn is_data_limit(outcome: Option<Outcome>) -> bool {
    matches!(
        outcome,
        Some(Outcome::Failed(details)) if details.error.as_deref() == Some(names::DATA_LIMIT_EXCEEDED)
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sandstep_json::Value;

    use super::*;
    use crate::{Limits, Start, StateMachine, TokenKey};

    /// An execution that has failed at the epoch.
    fn failed() -> Execution {
        let definition = r#"{"StartAt": "A", "States": {"A": {"Type": "Fail"}}}"#;
        let machine = StateMachine::parse(definition).machine;
        let start = Start {
            input: Value::Null,
            execution_arn: "arn:e".into(),
            name: "e".into(),
            role_arn: "arn:r".into(),
            machine_arn: "arn:m".into(),
            machine_name: "m".into(),
            redrive_count: Some(0),
            seed: 0,
            token_key: TokenKey::of_seed(0),
            limits: Limits::default(),
        };
        let machine = Arc::new(machine.expect("the definition is valid"));
        let mut execution = Execution::start(machine, start, Timestamp::from_millis(0));
        while execution.poll_record().is_some() {}
        execution
    }

    #[test]
    fn the_last_ten_tokens_count_for_a_quarter_of_an_hour() {
        let at = Timestamp::from_millis;
        let mut execution = failed();
        let mut redrive = |token: &str, now| {
            let redriven = execution.handle_redrive(Some(token), now);
            while execution.poll_record().is_some() {}
            redriven.expect("it has failed")
        };
        for number in 0..11 {
            redrive(&number.to_string(), at(number));
        }
        let eleventh = Redrive {
            count: 11,
            at: at(10),
        };
        assert_eq!(redrive("10", at(10) + TOKEN_LIFETIME), eleventh);
        // The first of eleven is forgotten, and the last one's time is over.
        assert_eq!(redrive("0", at(20)).count, 12);
        assert_eq!(redrive("10", at(11) + TOKEN_LIFETIME).count, 13);
    }
}
