//! A store in memory: what the traits mean, said as plainly as possible.

mod catalog;
mod model;

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{
    answer::Answer,
    blob::Digest,
    execution::{Batch, ExecutionId, Millis, NewExecution, Started, Summary, Waiting},
    journal::{Due, DueQuery, Event, Expired, HistoryQuery, Journal, ListQuery, Loaded, Page},
};
use model::Model;

/// Keeps everything in memory, and loses it when it is dropped.
///
/// Grows with what is stored; nothing is refused for lack of room.
#[derive(Default)]
pub struct MemoryStore(Mutex<Model>);

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn model(&self) -> MutexGuard<'_, Model> {
        // No change of the model can panic half way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Journal for MemoryStore {
    fn claim(&self) -> Answer<u64> {
        Answer::ready(Ok(self.model().claim()))
    }

    fn renew(&self, epoch: u64) -> Answer<()> {
        Answer::ready(self.model().renew(epoch))
    }

    fn start(&self, epoch: u64, execution: NewExecution) -> Answer<Started> {
        Answer::ready(self.model().start(epoch, execution))
    }

    fn commit(&self, epoch: u64, batch: &Batch) -> Answer<u64> {
        Answer::ready(self.model().commit(epoch, batch.clone()))
    }

    fn find(&self, arn: &str) -> Answer<Option<Summary>> {
        Answer::ready(Ok(self.model().find(arn)))
    }

    fn load(&self, id: ExecutionId) -> Answer<Option<Loaded>> {
        Answer::ready(Ok(self.model().load(id)))
    }

    fn history(&self, query: HistoryQuery) -> Answer<Vec<Event>> {
        Answer::ready(Ok(self.model().history(query)))
    }

    fn due(&self, query: DueQuery) -> Answer<Vec<Due>> {
        Answer::ready(Ok(self.model().due(query)))
    }

    fn list(&self, query: ListQuery) -> Answer<Page> {
        Answer::ready(Ok(self.model().list(&query)))
    }

    fn waiting(&self, queue: &str, limit: usize) -> Answer<Vec<Waiting>> {
        Answer::ready(Ok(self.model().waiting(queue, limit)))
    }

    fn blob(&self, digest: Digest) -> Answer<Option<Vec<u8>>> {
        Answer::ready(Ok(self.model().blob(digest)))
    }

    fn expire(&self, before: Millis, limit: usize) -> Answer<Expired> {
        Answer::ready(Ok(self.model().expire(before, limit)))
    }
}
