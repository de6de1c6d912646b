//! How many of something there are, and may be.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts what an account has of one kind.
pub(crate) struct Count {
    there: AtomicUsize,
    most: usize,
}

/// Room for one more, until it is dropped.
pub(crate) struct Seat<'a>(&'a Count);

impl Count {
    pub(crate) fn new(there: usize, most: usize) -> Self {
        Self {
            there: AtomicUsize::new(there),
            most,
        }
    }

    /// Room for one more, if there is any.
    pub(crate) fn reserve(&self) -> Option<Seat<'_>> {
        let one_more = |there| (there < self.most).then_some(there + 1);
        let reserved = self
            .there
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        // Not `then_some`: a seat that was never taken would be given back.
        reserved.is_ok().then(|| Seat(self))
    }

    /// One is gone.
    pub(crate) fn release(&self) {
        let one_less = |there: usize| there.checked_sub(1);
        // Nobody gives back what nobody took, and if they do, nothing is below zero.
        let _ = self
            .there
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less);
    }
}

impl Seat<'_> {
    /// One more is there.
    pub(crate) fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_or_given_back() {
        let count = Count::new(1, 3);
        count.reserve().expect("there is room").keep();
        let third = count.reserve();
        assert!(third.is_some());
        // Whoever is refused takes nothing away, and gives nothing back.
        assert!(count.reserve().is_none() && count.reserve().is_none());
        drop(third);
        assert!(count.reserve().is_some());
    }
}
