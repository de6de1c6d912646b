//! The mock file of AWS's local Step Functions, in JSON or YAML.
//!
//! ```json
//! {
//!   "StateMachines": {
//!     "orders": { "TestCases": { "Retried": { "Charge": "ChargedLate" } } }
//!   },
//!   "MockedResponses": {
//!     "ChargedLate": {
//!       "0-1": { "Throw": { "Error": "Busy", "Cause": "try again" } },
//!       "2": { "Return": { "charged": true } }
//!     }
//!   }
//! }
//! ```

mod read;

use std::collections::BTreeMap;

use sandstep_asl::{Diagnostic, did_you_mean};
use sandstep_json::{Object, Spanned, Value};

use super::{MockedOutcome, MockedResponse, Mocks};
use crate::document::listed;

/// Test cases of state machines.
#[derive(Clone, Debug, Default)]
pub struct MockFile {
    /// By machine, then by case.
    machines: BTreeMap<String, BTreeMap<String, Mocks>>,
}

/// One test case of a [`MockFile`].
#[derive(Clone, Copy, Debug)]
pub struct TestCase<'f> {
    /// The state machine, as the file names it.
    pub machine: &'f str,
    /// The case, as the file names it.
    pub name: &'f str,
    /// What its states answer.
    pub mocks: &'f Mocks,
}

/// Why a file has no such test case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct UnknownCase {
    message: String,
    /// What to do about it.
    pub hint: String,
}

impl MockFile {
    /// Reads a document, with warnings where something in it may not be meant.
    ///
    /// # Errors
    ///
    /// All problems of the document, each with its place, if one of them is an
    /// error.
    pub fn read(document: &Spanned) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        read::read(document)
    }

    /// A file with one test case.
    pub fn of_case(machine: &str, case: &str, mocks: Mocks) -> Self {
        let cases = BTreeMap::from([(case.to_owned(), mocks)]);
        Self {
            machines: BTreeMap::from([(machine.to_owned(), cases)]),
        }
    }

    /// A test case.
    ///
    /// A machine that the file does not name has the cases of the file's only
    /// machine; without a name, the case is the machine's only one.
    ///
    /// # Errors
    ///
    /// Says which names there are.
    pub fn case(&self, machine: &str, case: Option<&str>) -> Result<TestCase<'_>, UnknownCase> {
        let (machine, cases) = named_or_only(&self.machines, machine).ok_or_else(|| {
            let message = format!("there are no test cases of the state machine \"{machine}\"");
            UnknownCase::among(&self.machines, message, machine)
        })?;
        let found = match case {
            Some(case) => cases.get_key_value(case),
            None if cases.len() == 1 => cases.first_key_value(),
            None => None,
        };
        let (name, mocks) = found.ok_or_else(|| {
            let message = match case {
                Some(case) => format!("\"{machine}\" has no test case \"{case}\""),
                None => format!("\"{machine}\" has {} test cases", cases.len()),
            };
            UnknownCase::among(cases, message, case.unwrap_or_default())
        })?;
        Ok(TestCase {
            machine,
            name,
            mocks,
        })
    }

    /// The document that reads as this. Each mocked state has a response of
    /// its own, named after it; how long answers take is left out.
    pub fn to_value(&self) -> Value {
        let mut machines = Object::new();
        let mut responses = Object::new();
        for (machine, cases) in &self.machines {
            let mut written = Object::new();
            for (case, mocks) in cases {
                written.insert(case, write_case(case, mocks, &mut responses));
            }
            machines.insert(machine, Object::from([("TestCases", written)]));
        }
        Object::from([("StateMachines", machines), ("MockedResponses", responses)]).into()
    }
}

fn named_or_only<'m, T>(all: &'m BTreeMap<String, T>, name: &str) -> Option<(&'m String, &'m T)> {
    let only = || all.first_key_value().filter(|_| all.len() == 1);
    all.get_key_value(name).or_else(only)
}

impl UnknownCase {
    fn among<T>(all: &BTreeMap<String, T>, message: String, wanted: &str) -> Self {
        let names: Vec<&str> = all.keys().map(String::as_str).collect();
        let hint = did_you_mean(wanted, names.iter().copied())
            .unwrap_or_else(|| format!("there is {}", listed(&names)));
        Self { message, hint }
    }
}

fn write_case(case: &str, mocks: &Mocks, responses: &mut Object) -> Object {
    let states = mocks.by_state.iter().map(|(state, response)| {
        let name = format!("{case} {state}");
        responses.insert(&*name, response.to_value());
        (state.as_str(), Value::from(name.as_str()))
    });
    states.collect()
}

impl MockedResponse {
    fn to_value(&self) -> Object {
        let answers = self.answers.iter();
        answers
            .map(|(range, answer)| (range.to_string(), answer.outcome.to_value()))
            .collect()
    }
}

impl MockedOutcome {
    fn to_value(&self) -> Value {
        match self {
            Self::Return(result) => Object::from([("Return", result.clone())]).into(),
            Self::Throw { error, cause } => {
                let thrown = Object::from([("Error", error), ("Cause", cause)]);
                Object::from([("Throw", thrown)]).into()
            }
        }
    }
}
