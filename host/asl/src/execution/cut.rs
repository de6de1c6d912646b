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
            batch.extend(ready.filter_map(|thread| self.entering(thread)));
        }
        batch
    }

    /// Says that a thread will enter its next state. What a redriven thread goes on with is
    /// told by the redrive itself.
    fn entering(&self, thread: ThreadId) -> Option<Record> {
        let thread = &self.threads[thread];
        let Phase::Entering(state) = thread.phase else {
            return None;
        };
        Some(Record {
            thread: thread.path.clone(),
            event: None,
            note: Some(Note::Entering {
                state: self.machine.state(state).name.clone(),
                input: thread.data.clone(),
            }),
        })
    }
}
