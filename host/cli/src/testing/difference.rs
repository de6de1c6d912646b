//! What came out otherwise than expected, for people.

use std::fmt::Write;

use sandstep_asl::Outcome;
use sandstep_json::Value;
use similar::{ChangeTag, TextDiff};

use super::compare::{Extent, align};
use super::expectation::Status;
use super::{Expectation, PathStep, Paths};
use crate::terminal::{Paint, escaped};

/// How many unchanged lines stand around a change.
const CONTEXT: usize = 3;

/// One thing that came out otherwise.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// `output`, `path`, …
    what: &'static str,
    expected: String,
    got: String,
}

/// Everything that came out otherwise than a test expects.
pub(super) fn differences(
    expect: &Expectation,
    outcome: &Outcome,
    paths: &Paths,
    events: &[String],
) -> Vec<Difference> {
    let end = End::of(outcome);
    let mut found = Vec::new();
    let mut check = |what, expected: Option<String>, got: String| {
        if let Some(expected) = expected.filter(|expected| *expected != got) {
            found.push(Difference {
                what,
                expected,
                got,
            });
        }
    };
    let status = (end.status != expect.status).then(|| expect.status.name().to_owned());
    check("status", status, end.summary());
    for (what, expected, extent) in [
        ("output", &expect.output, Extent::Whole),
        ("output-contains", &expect.output_contains, Extent::Part),
    ] {
        if let (Some(expected), Some(output)) = (expected, end.output) {
            let got = align(expected, output, extent).to_pretty();
            check(what, Some(expected.to_pretty()), got);
        }
    }
    if end.status != Status::Succeeded {
        check("error", expect.error.clone(), end.error.to_owned());
        check("cause", expect.cause.clone(), end.cause.to_owned());
        let part = expect.cause_contains.clone();
        let missing = part.filter(|part| !end.cause.contains(part));
        check("cause-contains", missing, end.cause.to_owned());
    }
    if let Some(path) = &expect.path {
        let got = PathStep::to_values(&paths.like(path));
        check(
            "path",
            Some(listed(&PathStep::to_values(path))),
            listed(&got),
        );
    }
    check(
        "events",
        expect.events.as_ref().map(|events| events.join("\n")),
        events.join("\n"),
    );
    found
}

/// How an execution ended.
struct End<'o> {
    status: Status,
    output: Option<&'o Value>,
    error: &'o str,
    cause: &'o str,
}

impl<'o> End<'o> {
    fn of(outcome: &'o Outcome) -> Self {
        let (status, details) = match outcome {
            Outcome::Succeeded(output) => {
                return Self {
                    status: Status::Succeeded,
                    output: Some(output),
                    error: "",
                    cause: "",
                };
            }
            Outcome::Failed(details) => (Status::Failed, details),
            Outcome::TimedOut(details) => (Status::TimedOut, details),
            Outcome::Aborted(details) => (Status::Aborted, details),
        };
        Self {
            status,
            output: None,
            error: details.error.as_deref().unwrap_or_default(),
            cause: details.cause.as_deref().unwrap_or_default(),
        }
    }

    /// The status with what explains it.
    fn summary(&self) -> String {
        let mut text = self.status.name().to_owned();
        match self.output {
            Some(output) => text += &format!(" with {}", output.to_json()),
            None if self.error.is_empty() && self.cause.is_empty() => {}
            None => text += &format!(": {}\n{}", self.error, self.cause),
        }
        text
    }
}

/// A path with a line for each step.
fn listed(path: &Value) -> String {
    let steps = path.as_array().map_or(&[][..], |steps| steps.as_slice());
    let lines: Vec<String> = steps
        .iter()
        .map(|step| match step.as_str() {
            Some(state) => state.to_owned(),
            None => step.to_json(),
        })
        .collect();
    lines.join("\n")
}

impl Difference {
    /// A difference between texts.
    pub(crate) fn new(what: &'static str, expected: String, got: String) -> Self {
        Self {
            what,
            expected,
            got,
        }
    }

    /// Which expectation was not met.
    pub(super) fn what(&self) -> &'static str {
        self.what
    }

    /// What differs, then its lines: `-` expected, `+` got.
    pub(crate) fn to_text(&self, paint: Paint) -> String {
        let mut text = format!("    {}\n", paint.bold(self.what));
        // A last line is as good as one that others follow.
        let (expected, got) = (format!("{}\n", self.expected), format!("{}\n", self.got));
        let diff = TextDiff::from_lines(&expected, &got);
        for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
            if index > 0 {
                text += "        …\n";
            }
            for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                let line = escaped(change.value().trim_end_matches('\n'));
                let line = match change.tag() {
                    ChangeTag::Equal => format!("  {line}"),
                    ChangeTag::Delete => paint.red(&format!("- {line}")),
                    ChangeTag::Insert => paint.green(&format!("+ {line}")),
                };
                let _ = writeln!(text, "      {line}");
            }
        }
        text
    }
}
