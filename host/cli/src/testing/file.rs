//! One file of tests, as it is written.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sandstep_asl::{Timestamp, source};
use sandstep_json::{Object, Value};
use sandstep_service::document::{Member, Part, Place, Problems};
use sandstep_service::mock::{MockedAnswer, MockedOutcome, MockedResponse, Mocks};

use super::Expectation;
use crate::command_error::CommandError;
use crate::read::read_text;
use crate::report::{FileDiagnostic, in_file};

/// The rule that a test file's problems break.
pub(super) const RULE: &str = "test-file";

/// The most bytes of a test file: room for the payloads of many tests.
const TEST_FILE_BYTES: usize = 16 << 20;

/// The longest that a mocked task may take: a year.
const LONGEST: f64 = 31_536_000.0;

/// A file of tests.
#[derive(Debug)]
pub(crate) struct TestFile {
    /// The file.
    pub(crate) file: PathBuf,
    /// The machine of the project around the file, where it names one.
    pub(crate) machine: Option<String>,
    /// The definition, where it names one.
    pub(crate) definition: Option<PathBuf>,
    /// The mock file that `test-case` refers to.
    pub(crate) mock_file: Option<PathBuf>,
    /// Each name once.
    pub(crate) tests: Vec<Test>,
}

/// One test.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) name: String,
    /// The execution's input; otherwise what the project says, or `{}`.
    pub(crate) input: Option<Value>,
    /// The test case of the mock file.
    pub(crate) test_case: Option<String>,
    /// The mocks that the test itself has.
    pub(crate) mocks: Mocks,
    /// Where each of them stands.
    pub(crate) mock_places: Vec<(String, Place)>,
    /// When the execution starts, where that matters.
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) expect: Expectation,
}

impl TestFile {
    /// Reads a file.
    pub(crate) fn read(file: &Path) -> Result<Self, Vec<FileDiagnostic>> {
        let text =
            read_text(file, TEST_FILE_BYTES).map_err(|error| vec![unreadable(file, &error)])?;
        let document =
            source::read_file(file, &text).map_err(|error| in_file(file, [error.into()]))?;
        let mut reader = Reader {
            problems: Problems::new(RULE),
        };
        let read = reader.file(file, &Part::root(&document));
        match reader.problems.have_error() {
            true => Err(in_file(file, reader.problems.into_diagnostics())),
            false => Ok(read),
        }
    }
}

fn unreadable(file: &Path, error: &CommandError) -> FileDiagnostic {
    FileDiagnostic::error(file, RULE, sandstep_json::Position::START, error.to_line())
}

struct Reader {
    problems: Problems,
}

impl Reader {
    fn file(&mut self, file: &Path, root: &Part<'_>) -> TestFile {
        const FIELDS: [&str; 4] = ["machine", "definition", "mock-file", "tests"];
        root.fields("a test file", &FIELDS, &mut self.problems);
        let folder = file.parent().unwrap_or(Path::new(""));
        let read = TestFile {
            file: file.to_owned(),
            machine: self.text(root, "machine"),
            definition: self.text(root, "definition").map(|path| folder.join(path)),
            mock_file: self.text(root, "mock-file").map(|path| folder.join(path)),
            tests: self.tests(root),
        };
        if read.machine.is_some() && read.definition.is_some() {
            let message = "a test file names a \"machine\" or a \"definition\", and not both";
            self.problems.error(&root.place(), message.to_owned(), None);
        }
        read
    }

    fn tests(&mut self, root: &Part<'_>) -> Vec<Test> {
        let Some(list) = root.get("tests") else {
            if root.value().as_object().is_some() {
                let message = "a test file has a list \"tests\", and this one has not";
                self.problems.error(&root.place(), message.to_owned(), None);
            }
            return Vec::new();
        };
        let mut names = HashSet::new();
        let items = list.items("\"tests\"", &mut self.problems);
        let tests = items.iter().filter_map(|item| {
            let test = self.test(item)?;
            if !names.insert(test.name.clone()) {
                let message = format!("another test of this file is called \"{}\"", test.name);
                self.problems.error(&item.place(), message, None);
            }
            Some(test)
        });
        tests.collect()
    }

    fn test(&mut self, part: &Part<'_>) -> Option<Test> {
        const FIELDS: [&str; 6] = ["name", "input", "test-case", "mocks", "starts-at", "expect"];
        part.fields("a test", &FIELDS, &mut self.problems);
        part.value().as_object()?;
        let mut required = |key: &str| {
            let found = part.get(key);
            if found.is_none() {
                let message = format!("a test has \"{key}\", and this one has not");
                self.problems.error(&part.place(), message, None);
            }
            found
        };
        let (name, expect) = (required("name"), required("expect"));
        let (mocks, mock_places) = self.mocks(part.get("mocks"));
        let expect = expect.map(|part| Expectation::read(&part, &mut self.problems));
        Some(Test {
            name: name?.text("\"name\"", &mut self.problems)?.to_owned(),
            input: part.get("input").map(|input| input.value().to_value()),
            test_case: self.text(part, "test-case"),
            mocks,
            mock_places,
            starts_at: self.moment(part, "starts-at"),
            expect: expect?,
        })
    }

    fn mocks(&mut self, part: Option<Part<'_>>) -> (Mocks, Vec<(String, Place)>) {
        let (mut mocks, mut places) = (Mocks::default(), Vec::new());
        let Some(part) = part else {
            return (mocks, places);
        };
        for state in part.members("\"mocks\"", &mut self.problems) {
            if let Some(response) = self.response(&state) {
                mocks.insert(state.key, response);
                places.push((state.key.to_owned(), state.place));
            }
        }
        (mocks, places)
    }

    /// One answer for all invocations, or a list with one for each.
    fn response(&mut self, state: &Member<'_>) -> Option<MockedResponse> {
        if state.value.value().as_array().is_none() {
            return self.answer(&state.value).map(MockedResponse::always);
        }
        let items = state.value.items("the answers", &mut self.problems);
        let answers: Option<Vec<_>> = items.iter().map(|item| self.answer(item)).collect();
        answers.map(MockedResponse::in_order)
    }

    fn answer(&mut self, part: &Part<'_>) -> Option<MockedAnswer> {
        const FIELDS: [&str; 3] = ["returns", "throws", "takes"];
        part.fields("a mocked answer", &FIELDS, &mut self.problems);
        part.value().as_object()?;
        let takes = self.seconds(part.get("takes"));
        let outcome = match (part.get("returns"), part.get("throws")) {
            (Some(result), None) => MockedOutcome::Return(result.value().to_value()),
            (None, Some(thrown)) => self.thrown(&thrown)?,
            _ => {
                let message = "a mocked answer either \"returns\" or \"throws\"";
                let hint =
                    "an answer is { returns: any JSON } or { throws: { error: …, cause: … } }";
                self.problems
                    .error(&part.place(), message.to_owned(), hint.to_owned());
                return None;
            }
        };
        Some(MockedAnswer { outcome, takes })
    }

    fn thrown(&mut self, part: &Part<'_>) -> Option<MockedOutcome> {
        part.fields("\"throws\"", &["error", "cause"], &mut self.problems);
        let Some(error) = self.text(part, "error") else {
            let message = "\"throws\" has the name of an \"error\"";
            self.problems.error(&part.place(), message.to_owned(), None);
            return None;
        };
        Some(MockedOutcome::Throw {
            error: error.into(),
            cause: self.text(part, "cause").unwrap_or_default().into(),
        })
    }

    fn seconds(&mut self, part: Option<Part<'_>>) -> Duration {
        let Some(part) = part else {
            return Duration::ZERO;
        };
        let seconds = part.value().as_number().map(|number| number.as_f64());
        let seconds = seconds.filter(|seconds| (0.0..=LONGEST).contains(seconds));
        if seconds.is_none() {
            let message = "\"takes\" is a number of seconds, up to a year";
            self.problems.error(&part.place(), message.to_owned(), None);
        }
        Duration::from_secs_f64(seconds.unwrap_or_default())
    }

    fn moment(&mut self, part: &Part<'_>, key: &str) -> Option<Timestamp> {
        let text = self.text(part, key)?;
        let moment = Timestamp::parse(&text);
        if moment.is_none() {
            let place = part.get(key).map(|part| part.place());
            let message = format!("\"{key}\" is a moment such as \"2024-02-29T12:00:00Z\"");
            self.problems
                .error(&place.unwrap_or(part.place()), message, None);
        }
        moment
    }

    fn text(&mut self, part: &Part<'_>, key: &str) -> Option<String> {
        let field = part.get(key)?;
        let text = field.text(&format!("\"{key}\""), &mut self.problems)?;
        Some(text.to_owned())
    }
}

/// The input of an execution that is given none.
pub(super) fn no_input() -> Value {
    Object::new().into()
}
