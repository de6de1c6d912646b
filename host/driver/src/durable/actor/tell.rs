//! What an execution is told from outside.

use sandstep_asl::{ErrorDetails, EventId, TaskId, TaskOutcome};
use sandstep_journal::QueueChange;

use super::{Actor, queue_change};
use crate::{
    durable::{
        error::CompleteError,
        message::{Message, Promise, Reply},
        run::{Completion, Taken},
    },
    timeline::Timeline,
};

impl<T: Timeline> Actor<T> {
    /// Takes in what was said while the execution was busy, which tasks ended, and what
    /// time did: the fewer commits there are the better.
    pub(super) fn listen(&mut self) {
        while let Some((task, outcome)) = self.timeline.ended() {
            self.report(task, outcome);
        }
        // The store has to see a redriven execution run before it ends again.
        while !self.is_redriven
            && let Some(message) = self.mailbox.take()
        {
            self.hear(message);
        }
        if !self.is_redriven
            && self.timeline.virtual_now().is_none()
            && let Some(due) = self.execution.poll_timeout()
        {
            let now = self.timeline.now();
            if due <= now {
                self.execution.handle_timeout(now);
            }
        }
    }

    /// Takes in a message; its answer leaves with the next commit.
    pub(super) fn hear(&mut self, message: Message) {
        let promise = match message {
            Message::Stop { request, reply } => {
                let now = self.timeline.now();
                self.execution
                    .handle_stop(request.error, request.cause, now);
                Promise::Stopped(reply)
            }
            Message::Complete {
                scheduled,
                completion,
                reply,
            } => {
                let done = self.complete(scheduled, completion);
                Promise::Completed(reply, done)
            }
            Message::Take {
                waiting,
                worker,
                reply,
            } => self.hand_over(waiting, worker, reply),
            Message::Redrive { token, reply } => {
                let had_ended = self.execution.outcome().is_some();
                let now = self.timeline.now();
                let redriven = self.execution.handle_redrive(token.as_deref(), now);
                self.is_redriven |= had_ended && self.execution.outcome().is_none();
                Promise::Redriven(reply, redriven.map_err(Into::into))
            }
        };
        self.promises.push(promise);
    }

    fn complete(
        &mut self,
        scheduled: EventId,
        completion: Completion,
    ) -> Result<(), CompleteError> {
        let task = self.external_task(scheduled)?;
        let now = self.timeline.now();
        let outcome = match completion {
            Completion::Heartbeat => {
                self.execution.handle_heartbeat(task, now);
                return Ok(());
            }
            Completion::Succeeded(output) => TaskOutcome::Succeeded(output),
            Completion::Failed { error, cause } => TaskOutcome::Failed(ErrorDetails {
                error: error.map(Into::into),
                cause: cause.map(Into::into),
            }),
        };
        self.activities.remove(&scheduled);
        self.execution.handle_task(task, outcome, now);
        Ok(())
    }

    /// The task that this event scheduled, while somebody outside may end it.
    fn external_task(&self, scheduled: EventId) -> Result<TaskId, CompleteError> {
        let task = self.execution.running_task(scheduled);
        if scheduled.0 == 0 || scheduled.0 > self.run.summary.events {
            return Err(CompleteError::NoSuchTask);
        }
        task.ok_or(CompleteError::Over)
    }

    /// Gives the task of an activity to a worker, unless another has it.
    fn hand_over(
        &mut self,
        waiting: QueueChange,
        worker: Option<String>,
        reply: Reply<Option<Taken>>,
    ) -> Promise {
        let scheduled = EventId(waiting.event);
        let Some(task) = self.activities.get_mut(&scheduled) else {
            // Nobody waits for it: it would stand in the way of those behind it.
            self.batch.dequeue(waiting);
            return Promise::Taken(reply, None);
        };
        // A worker that hung up meanwhile takes nothing with it.
        if task.started.is_some() || reply.is_closed() {
            return Promise::Taken(reply, None);
        }
        let now = self.timeline.now();
        task.started = Some(now);
        self.batch.dequeue(queue_change(task));
        let taken = Taken {
            arn: self.run.summary.arn.clone(),
            scheduled,
            input: task.input.clone(),
        };
        let task = task.id;
        self.execution
            .handle_taken(task, worker.map(Into::into), now);
        Promise::Taken(reply, Some(taken))
    }
}
