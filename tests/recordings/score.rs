//! The score: how many cases of each group pass, fail and wait, and why.

use std::{collections::BTreeMap, fmt::Write};

/// What becomes of a case, if its test passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict<'a> {
    Passed,
    /// It fails, for this reason.
    Failed(&'a str),
    /// It is not replayed: it waits for this.
    Pending(&'a str),
}

/// The verdicts on all cases, by their names.
pub(crate) struct Score<'a>(pub(crate) Vec<(&'a str, Verdict<'a>)>);

/// How many cases of a group have which verdict.
#[derive(Clone, Copy, Default)]
struct Count {
    passed: usize,
    failed: usize,
    pending: usize,
}

impl Count {
    fn add(&mut self, verdict: Verdict<'_>) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed(_) => self.failed += 1,
            Verdict::Pending(_) => self.pending += 1,
        }
    }
}

impl Score<'_> {
    /// A few lines for a terminal.
    pub(crate) fn summary(&self) -> String {
        let Count {
            passed,
            failed,
            pending,
        } = self.count();
        let mut text = format!(
            "recordings: {passed} pass, {failed} fail for a known reason, {pending} wait for"
        );
        for (reason, count) in self.reasons() {
            let _ = write!(text, "\n{count:6} {reason}");
        }
        text
    }

    fn count(&self) -> Count {
        let mut count = Count::default();
        self.0.iter().for_each(|&(_, verdict)| count.add(verdict));
        count
    }

    /// What cases wait for, and how many; the most frequent reason first.
    fn reasons(&self) -> Vec<(&str, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, verdict) in &self.0 {
            if let Verdict::Pending(reason) = verdict {
                *counts.entry(reason).or_default() += 1;
            }
        }
        let mut reasons: Vec<_> = counts.into_iter().collect();
        reasons.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        reasons
    }
}
