//! The workers that wait for tasks of activities.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// How many workers may wait for one activity's tasks at a time (AWS, "Quotas",
/// "Maximum number of activity pollers per ARN").
const MAX_POLLERS: usize = 1000;

/// The workers that wait, in one line for each activity.
#[derive(Debug, Default)]
pub(crate) struct Pollers(Mutex<HashMap<String, Line>>);

#[derive(Debug, Default)]
struct Line {
    /// Whoever holds it is the first in the line. It is given in the order in which it
    /// was asked for.
    turn: Arc<Turn<()>>,
    length: usize,
}

/// A place in the line of an activity, left when this is dropped.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pollers: &'a Pollers,
    activity: &'a str,
    turn: Arc<Turn<()>>,
}

impl Pollers {
    /// Joins the line of an activity, unless it is as long as it may be.
    pub(crate) fn join<'a>(&'a self, activity: &'a str) -> Option<Place<'a>> {
        let mut lines = self.lines();
        let line = lines.entry(activity.to_owned()).or_default();
        if line.length >= MAX_POLLERS {
            return None;
        }
        line.length += 1;
        Some(Place {
            pollers: self,
            activity,
            turn: Arc::clone(&line.turn),
        })
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<String, Line>> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Waits until all who came before have a task or have gone.
    pub(crate) async fn is_first(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.turn).lock_owned().await
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut lines = self.pollers.lines();
        if let Some(line) = lines.get_mut(self.activity) {
            line.length -= 1;
            if line.length == 0 {
                lines.remove(self.activity);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_line_is_as_long_as_it_may_be() {
        let pollers = Pollers::default();
        let mut places: Vec<Place<'_>> = (0..MAX_POLLERS)
            .map(|_| pollers.join("a").expect("there is room"))
            .collect();
        assert!(pollers.join("a").is_none());
        assert!(pollers.join("b").is_some());
        places.pop();
        assert!(pollers.join("a").is_some());
    }

    #[test]
    fn a_line_that_nobody_stands_in_is_forgotten() {
        let pollers = Pollers::default();
        drop(pollers.join("a"));
        assert!(pollers.lines().is_empty());
    }

    #[tokio::test]
    async fn the_first_in_the_line_is_served_first() {
        let pollers = Pollers::default();
        let (first, second) = (pollers.join("a"), pollers.join("a"));
        let first = first.expect("there is room").is_first().await;
        let second = second.expect("there is room");
        let mut waits = std::pin::pin!(second.is_first());
        assert!(waits.as_mut().now_or_never().is_none());
        drop(first);
        assert!(waits.as_mut().now_or_never().is_some());
    }
}
