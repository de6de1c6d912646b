//! Who acts on what they have read of the catalog, and how to outwait them.

use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

/// Those who go on with what a record said: they start an execution of the revision that
/// it named. Whoever has made a record say something else outwaits them before removing
/// what it said before; nobody waits for somebody who begins later.
#[derive(Default)]
pub(crate) struct Readers {
    now: Mutex<Generation>,
    /// The ends of earlier generations that nobody has seen yet.
    past: tokio::sync::Mutex<Vec<mpsc::Receiver<Infallible>>>,
}

/// Readers that began in the same time.
struct Generation {
    present: mpsc::Sender<Infallible>,
    /// Ends with the last of them.
    end: mpsc::Receiver<Infallible>,
}

/// Somebody who has begun to read. Dropping it is the end of what follows from that.
#[derive(Debug)]
pub(crate) struct Reading {
    _present: mpsc::Sender<Infallible>,
}

impl Readers {
    /// Begins to read. Nothing that is read from now on is removed before this is dropped.
    pub(crate) fn begin(&self) -> Reading {
        Reading {
            _present: self.now().present.clone(),
        }
    }

    /// Waits until everybody is through who has begun before.
    pub(crate) async fn outwait(&self) {
        let mut past = self.past.lock().await;
        past.push(std::mem::take(&mut *self.now()).end);
        // It stays there for the next one if this one gives up.
        while let Some(end) = past.last_mut() {
            // Nobody sends anything: this is the last one's leaving.
            end.recv().await;
            past.pop();
        }
    }

    fn now(&self) -> MutexGuard<'_, Generation> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Generation {
    fn default() -> Self {
        let (present, end) = mpsc::channel(1);
        Self { present, end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn who_began_before_is_outwaited_and_who_began_later_is_not() {
        let readers = Readers::default();
        let (first, second) = (readers.begin(), readers.begin());
        let mut outwaited = Box::pin(readers.outwait());
        assert!((&mut outwaited).now_or_never().is_none());
        let _later = readers.begin();
        drop(first);
        assert!((&mut outwaited).now_or_never().is_none());
        drop(second);
        assert!(outwaited.now_or_never().is_some());
    }

    #[tokio::test]
    async fn who_gives_up_leaves_the_rest_to_the_next() {
        let readers = Readers::default();
        let reading = readers.begin();
        assert!(readers.outwait().now_or_never().is_none());
        assert!(readers.outwait().now_or_never().is_none());
        drop(reading);
        assert!(readers.outwait().now_or_never().is_some());
    }

    #[tokio::test]
    async fn two_who_outwait_wait_for_the_same_readers() {
        let readers = Readers::default();
        let reading = readers.begin();
        let mut first = Box::pin(readers.outwait());
        let mut second = Box::pin(readers.outwait());
        assert!((&mut first).now_or_never().is_none());
        assert!((&mut second).now_or_never().is_none());
        drop(reading);
        assert!(first.now_or_never().is_some());
        assert!(second.now_or_never().is_some());
    }
}
