//! The score: how many cases of each group pass, fail and wait, and why.

use std::{
    collections::BTreeMap,
    fmt::Write,
    ops::{Add, AddAssign},
};

/// What becomes of a case, if its tests pass: the same, in process and over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict<'a> {
    Passed,
    /// It fails, for this reason.
    Failed(&'a str),
    /// It is not replayed: it waits for this.
    Pending(&'a str),
}

/// A case and what becomes of it.
pub(crate) struct Line<'a> {
    pub(crate) group: &'a str,
    /// Its name within the group.
    pub(crate) name: &'a str,
    /// Whether it needs nothing beside state machines and functions.
    pub(crate) needs_little: bool,
    pub(crate) verdict: Verdict<'a>,
}

/// The verdicts on all cases, in the order of their names.
pub(crate) struct Score<'a>(pub(crate) Vec<Line<'a>>);

/// How many cases have which verdict.
#[derive(Clone, Copy, Default)]
struct Count {
    passed: usize,
    failed: usize,
    pending: usize,
}

impl Count {
    fn of(verdict: Verdict<'_>) -> Self {
        let mut count = Self::default();
        match verdict {
            Verdict::Passed => count.passed = 1,
            Verdict::Failed(_) => count.failed = 1,
            Verdict::Pending(_) => count.pending = 1,
        }
        count
    }

    fn all(self) -> usize {
        self.replayed() + self.pending
    }

    fn replayed(self) -> usize {
        self.passed + self.failed
    }

    /// How many of those that are replayed pass.
    fn percent(self) -> f64 {
        100.0 * self.passed as f64 / self.replayed().max(1) as f64
    }

    /// What passes in process passes over HTTP as well: the tests of either way
    /// see to that.
    fn cells(self) -> String {
        let cell = |number| match number {
            0 => String::new(),
            number => number.to_string(),
        };
        let Self {
            passed,
            failed,
            pending,
        } = self;
        let numbers = [self.all(), passed, passed, failed, pending];
        numbers.map(cell).join(" | ")
    }
}

impl Add for Count {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.pending += other.pending;
    }
}

impl<'a> Score<'a> {
    /// A few lines for a terminal.
    pub(crate) fn summary(&self) -> String {
        let Count {
            passed,
            failed,
            pending,
        } = self.total();
        let mut text = format!(
            "recordings: {passed} pass in process and over HTTP, {failed} fail for a known reason, {pending} wait for"
        );
        for (reason, lines) in self.waiting() {
            let _ = write!(text, "\n{:6} {reason}", lines.len());
        }
        text
    }

    /// The section of `CONFORMANCE.md`.
    pub(crate) fn page(&self) -> String {
        let mut text = self.overview();
        self.write_groups(&mut text);
        self.write_failures(&mut text);
        self.write_waiting(&mut text);
        text
    }

    fn overview(&self) -> String {
        let total = self.total();
        let needing_little = self.0.iter().filter(|line| line.needs_little);
        let little: Count = needing_little
            .map(|line| Count::of(line.verdict))
            .fold(Count::default(), Add::add);
        format!(
            "Of {} recorded cases, {} are replayed and {} wait for an operation or a service that \
             is not there yet. Of those that are replayed, **{} pass ({:.1} %)** and {} fail, \
             in process and over HTTP alike.\n\n\
             {} cases need nothing but state machines and functions; {} of them are replayed.\n",
            total.all(),
            total.replayed(),
            total.pending,
            total.passed,
            total.percent(),
            total.failed,
            little.all(),
            little.replayed(),
        )
    }

    fn write_groups(&self, text: &mut String) {
        let mut groups: BTreeMap<&str, Count> = BTreeMap::new();
        for line in &self.0 {
            *groups.entry(line.group).or_default() += Count::of(line.verdict);
        }
        text.push_str(
            "\n| group | cases | pass in process | over HTTP | fail | wait |\n\
             |---|---:|---:|---:|---:|---:|\n",
        );
        for (group, count) in groups {
            let _ = writeln!(text, "| {group} | {} |", count.cells());
        }
        let _ = writeln!(text, "| **all** | {} |", self.total().cells());
    }

    fn write_failures(&self, text: &mut String) {
        text.push_str("\nWhat fails, and why:\n\n");
        for (reason, lines) in self.failing() {
            let _ = writeln!(text, "- {reason}: {}", names(&lines));
        }
    }

    fn write_waiting(&self, text: &mut String) {
        text.push_str("\nWhat waits, and for what:\n\n");
        for (reason, lines) in self.waiting() {
            let _ = writeln!(
                text,
                "<details><summary>{} for {reason}</summary>\n\n{}\n\n</details>",
                lines.len(),
                names(&lines)
            );
        }
    }

    fn total(&self) -> Count {
        let counts = self.0.iter().map(|line| Count::of(line.verdict));
        counts.fold(Count::default(), Add::add)
    }

    fn failing(&self) -> Vec<(&str, Vec<&Line<'a>>)> {
        self.by_reason(|verdict| match verdict {
            Verdict::Failed(reason) => Some(reason),
            Verdict::Passed | Verdict::Pending(_) => None,
        })
    }

    fn waiting(&self) -> Vec<(&str, Vec<&Line<'a>>)> {
        self.by_reason(|verdict| match verdict {
            Verdict::Pending(reason) => Some(reason),
            Verdict::Passed | Verdict::Failed(_) => None,
        })
    }

    /// The cases with such a reason, by their reasons; the most frequent first.
    fn by_reason(
        &self,
        reason: impl Fn(Verdict<'a>) -> Option<&'a str>,
    ) -> Vec<(&'a str, Vec<&Line<'a>>)> {
        let mut reasons: BTreeMap<&str, Vec<&Line<'a>>> = BTreeMap::new();
        for line in &self.0 {
            if let Some(reason) = reason(line.verdict) {
                reasons.entry(reason).or_default().push(line);
            }
        }
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, lines)| std::cmp::Reverse(lines.len()));
        reasons
    }
}

fn names(lines: &[&Line<'_>]) -> String {
    let names: Vec<String> = lines
        .iter()
        .map(|line| format!("`{}`", line.name))
        .collect();
    names.join(", ")
}
