//! The client tokens of redrives: asking again with one is asking once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sandstep_asl::Timestamp;

/// How many tokens of one execution count, and for how long (API reference,
/// `RedriveExecution`, `clientToken`).
const TOKENS: usize = 10;
const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// How many tokens are remembered of all executions together; beyond it, the oldest is
/// forgotten.
const REMEMBERED: usize = 10_000;

/// The client tokens that executions were redriven with lately. They are a convenience
/// for clients that ask again when an answer is lost, and are forgotten with the process.
#[derive(Default)]
pub(crate) struct RedriveTokens(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    by_execution: HashMap<String, VecDeque<Used>>,
    /// Whose they are, the oldest first.
    order: VecDeque<String>,
}

/// A token, and when the execution was redriven with it.
struct Used {
    token: String,
    redriven: Timestamp,
}

impl RedriveTokens {
    /// When an execution was redriven with this token.
    pub(crate) fn find(&self, execution: &str, token: &str, now: Timestamp) -> Option<Timestamp> {
        let shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used = shelf.by_execution.get(execution)?;
        let found = used.iter().find(|used| used.token == token)?;
        (now.since(found.redriven) <= LIFETIME).then_some(found.redriven)
    }

    pub(crate) fn remember(&self, execution: &str, token: String, redriven: Timestamp) {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used = shelf.by_execution.entry(execution.to_owned()).or_default();
        used.push_back(Used { token, redriven });
        if used.len() > TOKENS {
            used.pop_front();
        } else {
            shelf.order.push_back(execution.to_owned());
        }
        if shelf.order.len() > REMEMBERED {
            shelf.forget_oldest();
        }
    }
}

impl Shelf {
    fn forget_oldest(&mut self) {
        let Some(execution) = self.order.pop_front() else {
            return;
        };
        if let Some(used) = self.by_execution.get_mut(&execution) {
            used.pop_front();
            if used.is_empty() {
                self.by_execution.remove(&execution);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ten_tokens_count_for_a_quarter_of_an_hour() {
        let tokens = RedriveTokens::default();
        let at = Timestamp::from_millis;
        for number in 0..11 {
            tokens.remember("e", number.to_string(), at(number));
        }
        assert_eq!(tokens.find("e", "0", at(20)), None);
        assert_eq!(tokens.find("e", "1", at(20)), Some(at(1)));
        assert_eq!(tokens.find("other", "1", at(20)), None);
        assert_eq!(tokens.find("e", "10", at(10) + LIFETIME), Some(at(10)));
        assert_eq!(tokens.find("e", "10", at(11) + LIFETIME), None);
    }

    #[test]
    fn there_are_not_too_many() {
        let tokens = RedriveTokens::default();
        for number in 0..REMEMBERED + 5 {
            tokens.remember(&number.to_string(), "t".to_owned(), Timestamp::default());
        }
        let shelf = tokens.0.lock().unwrap();
        assert_eq!(shelf.by_execution.len(), REMEMBERED);
        assert!(!shelf.by_execution.contains_key("4"));
    }
}
