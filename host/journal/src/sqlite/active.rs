//! What the thread that writes knows of executions without reading.

use std::collections::HashMap;

use crate::execution::{ExecutionId, Progress, Standing};

/// How many executions are known at most: some 100 bytes each.
const KNOWN: usize = if cfg!(test) { 4 } else { 8192 };

/// What the rows say of an execution, as far as its next commit asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) progress: Progress,
    /// The ids of the groups that it is listed under.
    pub(super) groups: Vec<i64>,
}

/// The executions that are about to commit again: those that somebody holds in memory.
#[derive(Default)]
pub(super) struct ActiveExecutions(HashMap<ExecutionId, Known>);

impl ActiveExecutions {
    /// What is known, which the caller is about to change.
    pub(super) fn take(&mut self, id: ExecutionId) -> Option<Known> {
        self.0.remove(&id)
    }

    /// Keeps in mind what a commit has written, where another is to be expected soon.
    pub(super) fn put(&mut self, id: ExecutionId, known: Known, standing: &Standing) {
        // Whoever holds an execution in memory leaves it due at once.
        if standing.due() != Some(0) {
            return;
        }
        if self.0.len() >= KNOWN {
            self.0.clear();
        }
        self.0.insert(id, known);
    }

    /// Forgets everything: the rows may say something else.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        Known {
            progress: Progress::NEW,
            groups: vec![3],
        }
    }

    #[test]
    fn only_what_somebody_holds_in_memory_is_kept_in_mind() {
        let mut active = ActiveExecutions::default();
        let dues = [Some(0), Some(9), None];
        let ids = dues.into_iter().zip((1..).map(ExecutionId));
        for (due, id) in ids {
            active.put(id, known(), &Standing::Running { due });
        }
        assert_eq!(active.take(ExecutionId(1)), Some(known()));
        assert_eq!(active.take(ExecutionId(1)), None);
        assert_eq!(active.take(ExecutionId(2)), None);
        assert_eq!(active.take(ExecutionId(3)), None);
    }

    #[test]
    fn there_is_an_end_to_what_is_kept_in_mind() {
        let mut active = ActiveExecutions::default();
        let held = Standing::Running { due: Some(0) };
        for id in 0..KNOWN as i64 + 1 {
            active.put(ExecutionId(id), known(), &held);
        }
        assert!(active.0.len() <= KNOWN);
        assert!(active.take(ExecutionId(KNOWN as i64)).is_some());
    }
}
