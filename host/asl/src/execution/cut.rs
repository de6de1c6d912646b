//! Cutting a batch off before the execution comes to wait.

use super::{
    Execution,
    record::{Note, Record},
    thread::{Phase, ThreadId},
};

impl Execution {
    /// Ends a batch although there is more to do: the records that complete it. An
    /// execution that goes on for long without waiting can so be appended, and
    /// restored, piece by piece.
    ///
    /// What it would do next it does at the next [`Execution::poll_record`].
    pub fn cut_batch(&mut self) -> Vec<Record> {
        let mut batch: Vec<Record> = self.records.drain(..).collect();
        if self.outcome.is_none() {
            let ready = self.ready.iter().filter_map(|ready| self.live(ready));
            batch.extend(ready.map(|thread| self.next_step(thread)));
        }
        batch
    }

    /// Says that it is a thread's turn.
    fn next_step(&self, thread: ThreadId) -> Record {
        let thread = &self.threads[thread];
        let note = match thread.phase {
            Phase::Entering(state) => Note::Entering {
                state: self.machine.state(state).name.clone(),
                input: thread.data.clone(),
            },
            _ => Note::Resuming,
        };
        Record {
            thread: thread.path.clone(),
            event: None,
            note: Some(note),
        }
    }
}
