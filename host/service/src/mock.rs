//! Mocked service integrations: what tasks answer without anything being called
//! (Step Functions developer guide, "Using mocked service integrations for
//! testing in Step Functions Local").
//!
//! A [`MockFile`] holds test cases of state machines; one case is a set of
//! [`Mocks`], which a [`MockRunner`] answers an execution's tasks from.

mod attempts;
mod file;
mod runner;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sandstep_json::{Text, Value};

pub use attempts::{AttemptRange, BadRange};
pub use file::{MockFile, TestCase, UnknownCase};
pub use runner::{Gap, MockRunner};

/// What the tasks of one execution answer, by the names of their states.
#[derive(Clone, Debug, Default)]
pub struct Mocks {
    by_state: BTreeMap<Text, Arc<MockedResponse>>,
}

/// What a state's tasks answer, invocation by invocation.
///
/// Invocations of a state are counted from 0 throughout an execution: retries,
/// the iterations of a Map and further rounds of a loop go on counting (so does
/// AWS's own local Step Functions, 2.0.0).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MockedResponse {
    answers: Vec<(AttemptRange, MockedAnswer)>,
}

/// What one invocation answers.
#[derive(Clone, Debug, PartialEq)]
pub struct MockedAnswer {
    /// Its result or its error.
    pub outcome: MockedOutcome,
    /// How long it takes under a virtual clock. AWS's format has no word for
    /// it: there it is zero.
    pub takes: Duration,
}

/// How a mocked task ends.
#[derive(Clone, Debug, PartialEq)]
pub enum MockedOutcome {
    /// With this as the task's whole result: the response of an integration,
    /// `lambda:invoke` with its envelope included.
    Return(Value),
    /// With an error.
    Throw {
        /// Its name, which retriers and catchers look for.
        error: Text,
        /// Its cause.
        cause: Text,
    },
}

impl Mocks {
    /// Mocks a state, in place of what it was mocked with.
    pub fn insert(&mut self, state: impl Into<Text>, response: impl Into<Arc<MockedResponse>>) {
        self.by_state.insert(state.into(), response.into());
    }

    /// Mocks all states that `others` mocks, in place of what they were mocked
    /// with.
    pub fn extend(&mut self, others: &Self) {
        let others = others.by_state.iter();
        self.by_state
            .extend(others.map(|(state, response)| (state.clone(), Arc::clone(response))));
    }

    /// Whether a state is mocked, so that nothing of it is called.
    pub fn has(&self, state: &str) -> bool {
        self.by_state.contains_key(state)
    }

    /// What a state answers.
    pub fn get(&self, state: &str) -> Option<&MockedResponse> {
        self.by_state.get(state).map(|response| &**response)
    }

    /// The mocked states, in the order of their names.
    pub fn states(&self) -> impl Iterator<Item = &str> {
        self.by_state.keys().map(Text::as_str)
    }
}

impl MockedResponse {
    /// The answers to invocations 0, 1, 2, ….
    pub fn in_order(answers: impl IntoIterator<Item = MockedAnswer>) -> Self {
        let ranges = (0..).map(AttemptRange::one);
        Self {
            answers: ranges.zip(answers).collect(),
        }
    }

    /// The same answer to every invocation.
    pub fn always(answer: MockedAnswer) -> Self {
        Self {
            answers: vec![(AttemptRange::ALL, answer)],
        }
    }

    /// The answer to an invocation, counted from 0, if it has one.
    pub fn answer(&self, invocation: u64) -> Option<&MockedAnswer> {
        let mut answers = self.answers.iter();
        let (_, answer) = answers.find(|(range, _)| range.contains(invocation))?;
        Some(answer)
    }

    /// The answers in the order in which they were written.
    pub fn answers(&self) -> &[(AttemptRange, MockedAnswer)] {
        &self.answers
    }

    pub(crate) fn push(&mut self, range: AttemptRange, answer: MockedAnswer) {
        self.answers.push((range, answer));
    }
}

impl From<MockedOutcome> for MockedAnswer {
    /// An answer that takes no time.
    fn from(outcome: MockedOutcome) -> Self {
        Self {
            outcome,
            takes: Duration::ZERO,
        }
    }
}
