//! The executions of an account. This is the seam to a journal.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use sandstep_json::Text;

use super::Quotas;
use super::execution::Execution;
use super::machine::StateMachineType;

pub(crate) struct Executions {
    shelf: Mutex<Shelf>,
    quotas: Quotas,
}

#[derive(Default)]
struct Shelf {
    by_arn: HashMap<Text, Arc<Execution>>,
    /// All of them, the oldest first.
    by_number: BTreeMap<u64, Arc<Execution>>,
    /// Those that have ended, in the order of their ends, with the lengths of
    /// their histories.
    closed: VecDeque<(u64, usize)>,
    closed_events: usize,
    next: u64,
}

/// Why an execution was not added.
pub(crate) enum Refused {
    /// There is one of that name.
    Taken(Arc<Execution>),
    /// As many run as may.
    Full,
}

impl Executions {
    pub(crate) fn new(quotas: Quotas) -> Self {
        Self {
            shelf: Mutex::default(),
            quotas,
        }
    }

    /// Adds the execution that `make` makes with its number.
    pub(crate) fn add<T>(
        &self,
        arn: &Text,
        make: impl FnOnce(u64) -> (Execution, T),
    ) -> Result<(Arc<Execution>, T), Refused> {
        let mut shelf = self.lock();
        if let Some(there) = shelf.by_arn.get(arn) {
            return Err(Refused::Taken(Arc::clone(there)));
        }
        if shelf.by_arn.len() - shelf.closed.len() >= self.quotas.open_executions {
            return Err(Refused::Full);
        }
        shelf.next += 1;
        let (execution, more) = make(shelf.next);
        let execution = Arc::new(execution);
        shelf.by_arn.insert(arn.clone(), Arc::clone(&execution));
        shelf
            .by_number
            .insert(execution.number, Arc::clone(&execution));
        Ok((execution, more))
    }

    pub(crate) fn find(&self, arn: &str) -> Option<Arc<Execution>> {
        self.lock().by_arn.get(arn).cloned()
    }

    /// Takes note that an execution has ended. Those of EXPRESS machines are
    /// forgotten at once.
    pub(crate) fn close(&self, execution: &Execution) {
        let mut shelf = self.lock();
        if execution.resolved.revision.kind == StateMachineType::Express {
            return shelf.forget(execution.number);
        }
        let events = execution.with_events(<[_]>::len);
        shelf.closed.push_back((execution.number, events));
        shelf.closed_events += events;
        while shelf.closed.len() > self.quotas.closed_executions
            || shelf.closed_events > self.quotas.closed_events
        {
            shelf.forget_first_closed();
        }
    }

    /// Up to so many of those that are wanted, the latest first, from before
    /// a number on.
    pub(crate) fn list(
        &self,
        before: Option<u64>,
        most: usize,
        is_wanted: impl Fn(&Execution) -> bool,
    ) -> Vec<Arc<Execution>> {
        let shelf = self.lock();
        let older = shelf.by_number.range(..before.unwrap_or(u64::MAX)).rev();
        let wanted = older.map(|(_, execution)| execution);
        wanted
            .filter(|execution| is_wanted(execution))
            .take(most)
            .cloned()
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf
            .lock()
            .expect("nothing panics while it holds this")
    }
}

impl Shelf {
    fn forget_first_closed(&mut self) {
        let Some((number, events)) = self.closed.pop_front() else {
            return;
        };
        self.closed_events -= events;
        self.forget(number);
    }

    fn forget(&mut self, number: u64) {
        if let Some(execution) = self.by_number.remove(&number) {
            self.by_arn.remove(&execution.arn);
        }
    }
}
