//! What waits for a thread of the store.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use crate::error::{Error, Result};

/// Who is refused first when too much waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    /// What begins something new.
    Begin,
    /// What goes on with something that has begun.
    Continue,
}

/// A bounded queue that threads take from.
pub(super) struct Queue<J> {
    limit: usize,
    state: Mutex<State<J>>,
    filled: Condvar,
}

struct State<J> {
    jobs: VecDeque<J>,
    open: bool,
}

impl<J> Queue<J> {
    /// A queue that new things enter while fewer than `limit` jobs wait, and
    /// others while fewer than twice that do.
    pub(super) fn new(limit: usize) -> Self {
        let state = State {
            jobs: VecDeque::new(),
            open: true,
        };
        Self {
            limit,
            state: Mutex::new(state),
            filled: Condvar::new(),
        }
    }

    /// Gives the job back where it may not wait.
    pub(super) fn push(&self, urgency: Urgency, job: J) -> Result<(), (Error, J)> {
        let limit = match urgency {
            Urgency::Begin => self.limit,
            Urgency::Continue => self.limit.saturating_mul(2),
        };
        let mut state = self.state();
        if !state.open {
            return Err((Error::Closed, job));
        }
        if state.jobs.len() >= limit {
            return Err((Error::Busy, job));
        }
        state.jobs.push_back(job);
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for jobs and takes at most `limit` of them; `None` once the queue is
    /// closed and empty.
    pub(super) fn take(&self, limit: usize) -> Option<Vec<J>> {
        let state = self.state();
        let idle = |state: &mut State<J>| state.open && state.jobs.is_empty();
        let waited = self.filled.wait_while(state, idle);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        if state.jobs.is_empty() {
            return None;
        }
        let count = state.jobs.len().min(limit);
        Some(state.jobs.drain(..count).collect())
    }

    /// Lets nothing in any more.
    pub(super) fn close(&self) {
        self.state().open = false;
        self.filled.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State<J>> {
        // Nobody panics while holding it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_outlasts_what_begins() {
        let queue = Queue::new(1);
        assert!(queue.push(Urgency::Begin, 'a').is_ok());
        assert!(matches!(
            queue.push(Urgency::Begin, 'b'),
            Err((Error::Busy, 'b'))
        ));
        assert!(queue.push(Urgency::Continue, 'c').is_ok());
        assert!(matches!(
            queue.push(Urgency::Continue, 'd'),
            Err((Error::Busy, 'd'))
        ));
        assert_eq!(queue.take(10), Some(vec!['a', 'c']));
    }

    #[test]
    fn a_closed_queue_is_emptied_first() {
        let queue = Queue::new(2);
        assert!(queue.push(Urgency::Begin, 'a').is_ok());
        queue.close();
        assert!(matches!(
            queue.push(Urgency::Begin, 'b'),
            Err((Error::Closed, _))
        ));
        assert_eq!(queue.take(1), Some(vec!['a']));
        assert_eq!(queue.take(1), None);
    }
}
