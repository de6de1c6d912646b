//! Reads a mock file, and finds everything that is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sandstep_asl::{Diagnostic, did_you_mean};
use sandstep_json::Spanned;

use super::MockFile;
use crate::document::{Member, Part, Problems};
use crate::mock::{AttemptRange, BadRange, MockedOutcome, MockedResponse, Mocks};

/// The rule that a mock file's problems break.
const RULE: &str = "mock-file";

/// What the file has besides test cases.
type Responses<'d> = BTreeMap<&'d str, Arc<MockedResponse>>;

pub(super) fn read(document: &Spanned) -> Result<(MockFile, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut reader = Reader {
        problems: Problems::new(RULE),
        used: BTreeSet::new(),
    };
    let file = reader.file(&Part::root(document));
    match reader.problems.have_error() {
        true => Err(reader.problems.into_diagnostics()),
        false => Ok((file, reader.problems.into_diagnostics())),
    }
}

struct Reader<'d> {
    problems: Problems,
    /// The responses that some test case names.
    used: BTreeSet<&'d str>,
}

impl<'d> Reader<'d> {
    fn file(&mut self, root: &Part<'d>) -> MockFile {
        const FIELDS: [&str; 2] = ["StateMachines", "MockedResponses"];
        let fields = root.fields("a mock file", &FIELDS, &mut self.problems);
        for missing in FIELDS.iter().filter(|name| root.get(name).is_none()) {
            if root.value().as_object().is_some() {
                let message = format!("a mock file has \"{missing}\", and this one has not");
                self.problems.error(&root.place(), message, None);
            }
        }
        let field = |name| fields.iter().find(|field| field.key == name);
        let responses = field("MockedResponses")
            .map(|field| self.responses(&field.value))
            .unwrap_or_default();
        let machines = field("StateMachines")
            .map(|field| self.machines(&field.value, &responses))
            .unwrap_or_default();
        // A name that is misspelt where it is used would be told twice.
        if let Some(field) = field("MockedResponses").filter(|_| !self.problems.have_error()) {
            self.warn_of_unused(&field.value);
        }
        MockFile { machines }
    }

    fn responses(&mut self, part: &Part<'d>) -> Responses<'d> {
        let members = part.members("\"MockedResponses\"", &mut self.problems);
        members
            .into_iter()
            .map(|member| (member.key, Arc::new(self.response(&member))))
            .collect()
    }

    fn response(&mut self, member: &Member<'d>) -> MockedResponse {
        let mut response = MockedResponse::default();
        let what = format!("the mocked response \"{}\"", member.key);
        for attempt in member.value.members(&what, &mut self.problems) {
            let range = self.range(&attempt, &response);
            let answer = self.answer(&attempt);
            if let (Some(range), Some(answer)) = (range, answer) {
                response.push(range, answer.into());
            }
        }
        response
    }

    /// The invocations that a key names, which no other key of the response
    /// names.
    fn range(&mut self, attempt: &Member<'d>, earlier: &MockedResponse) -> Option<AttemptRange> {
        let key = attempt.key;
        let range: AttemptRange = match key.parse() {
            Ok(range) => range,
            Err(bad) => {
                let message = match bad {
                    BadRange::Malformed => format!("\"{key}\" names no invocations"),
                    BadRange::Backwards => format!("\"{key}\" ends before it begins"),
                };
                let hint = "invocations are counted from 0: \"0\" is the first, \"1-3\" are the \
                            next three";
                self.problems
                    .error(&attempt.place, message, hint.to_owned());
                return None;
            }
        };
        let clash = earlier
            .answers()
            .iter()
            .find(|(other, _)| other.overlaps(range));
        if let Some((other, _)) = clash {
            let message = format!("\"{key}\" names invocations that \"{other}\" has named already");
            self.problems.error(&attempt.place, message, None);
        }
        Some(range)
    }

    /// `{"Return": …}` or `{"Throw": …}`.
    fn answer(&mut self, attempt: &Member<'d>) -> Option<MockedOutcome> {
        let what = "a mocked answer";
        let part = &attempt.value;
        let fields = part.fields(what, &["Return", "Throw"], &mut self.problems);
        match &fields[..] {
            [field] if field.key == "Return" => {
                Some(MockedOutcome::Return(field.value.value().to_value()))
            }
            [field] => self.thrown(&field.value),
            [] if part.value().as_object().is_some_and(|all| !all.is_empty()) => None,
            [] if part.value().as_object().is_none() => None,
            found => {
                let message = match found {
                    [] => "the answer has neither \"Return\" nor \"Throw\"",
                    _ => "the answer has both \"Return\" and \"Throw\"",
                };
                let hint = "an answer is {\"Return\": any JSON} or {\"Throw\": {\"Error\": …, \
                            \"Cause\": …}}";
                self.problems
                    .error(&part.place(), message.to_owned(), hint.to_owned());
                None
            }
        }
    }

    fn thrown(&mut self, part: &Part<'d>) -> Option<MockedOutcome> {
        part.fields("\"Throw\"", &["Error", "Cause"], &mut self.problems);
        part.value().as_object()?;
        let mut text = |key: &str| {
            let Some(field) = part.get(key) else {
                let message = format!("\"Throw\" has \"{key}\", and this one has not");
                self.problems.error(&part.place(), message, None);
                return None;
            };
            field.text(&format!("\"{key}\""), &mut self.problems)
        };
        let (error, cause) = (text("Error"), text("Cause"));
        Some(MockedOutcome::Throw {
            error: error?.into(),
            cause: cause?.into(),
        })
    }

    fn machines(
        &mut self,
        part: &Part<'d>,
        responses: &Responses<'d>,
    ) -> BTreeMap<String, BTreeMap<String, Mocks>> {
        let mut machines = BTreeMap::new();
        for machine in part.members("\"StateMachines\"", &mut self.problems) {
            let what = format!("the state machine \"{}\"", machine.key);
            let fields = machine
                .value
                .fields(&what, &["TestCases"], &mut self.problems);
            let cases = fields.first();
            let cases = cases.map(|cases| self.cases(&cases.value, responses));
            machines.insert(machine.key.to_owned(), cases.unwrap_or_default());
        }
        machines
    }

    fn cases(&mut self, part: &Part<'d>, responses: &Responses<'d>) -> BTreeMap<String, Mocks> {
        let mut cases = BTreeMap::new();
        for case in part.members("\"TestCases\"", &mut self.problems) {
            let what = format!("the test case \"{}\"", case.key);
            let mut mocks = Mocks::default();
            for state in case.value.members(&what, &mut self.problems) {
                if let Some(response) = self.named(&state.value, responses) {
                    mocks.insert(state.key, Arc::clone(response));
                }
            }
            cases.insert(case.key.to_owned(), mocks);
        }
        cases
    }

    /// The response that a test case names.
    fn named<'r>(
        &mut self,
        part: &Part<'d>,
        responses: &'r Responses<'d>,
    ) -> Option<&'r Arc<MockedResponse>> {
        let name = part.text("the name of a mocked response", &mut self.problems)?;
        self.used.insert(name);
        let response = responses.get(name);
        if response.is_none() {
            let message = format!("there is no mocked response \"{name}\"");
            let hint = did_you_mean(name, responses.keys().copied())
                .unwrap_or_else(|| "\"MockedResponses\" has them by name".to_owned());
            self.problems.error(&part.place(), message, hint);
        }
        response
    }

    fn warn_of_unused(&mut self, part: &Part<'d>) {
        // Whatever else is wrong here has been said.
        let mut said = Problems::new(RULE);
        for member in part.members("\"MockedResponses\"", &mut said) {
            if !self.used.contains(member.key) {
                let message = format!("no test case uses the mocked response \"{}\"", member.key);
                self.problems.warning(&member.place, message, None);
            }
        }
    }
}
