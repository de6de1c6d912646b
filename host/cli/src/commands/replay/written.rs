//! Files that repeat a recorded execution.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use sandstep_asl::Outcome;
use sandstep_driver::{Clock, Driver};
use sandstep_json::{Array, Number, Object, Text, Value};
use sandstep_service::mock::{MockFile, MockRunner, MockedAnswer, MockedOutcome, Mocks};
use sandstep_service::replay::{Recording, Replay, Replayed, mocks_of};
use sandstep_service::{FunctionRunner, Functions, Unobserved};

use crate::args::{ClockName, ReplayArgs};
use crate::command_error::CommandError;
use crate::execution::{VIRTUAL_START, interrupt_or_gap, start};
use crate::project::{Machine, MachineKind};
use crate::terminal::Terminal;
use crate::testing::{Suite, TestFile, run};

/// Writes what repeats a recording, and sees whether it does.
pub(super) struct Writer<'r> {
    pub(super) args: &'r ReplayArgs,
    pub(super) machine: &'r Machine,
    pub(super) kind: MachineKind,
    pub(super) replayed: &'r Replayed,
    pub(super) recording: &'r Recording,
    pub(super) replay: &'r Replay,
    pub(super) terminal: Terminal,
}

impl Writer<'_> {
    /// Writes a mock file for `sandstep run --mock`.
    pub(super) async fn write_mock(&self, file: &Path) -> Result<(), CommandError> {
        let mocks = mocks_of(self.replayed, self.recording).await;
        let case = &self.args.test_case;
        let mock_file = MockFile::of_case(&self.machine.name, case, mocks.clone());
        self.write(file, &mock_file.to_value())?;
        if self.run(mocks).await != self.replay.outcome {
            self.terminal.warning(
                "with these mocks the execution ends otherwise than in the replay: a mock takes no \
                 time and cannot miss a timeout, and moments and names are made anew",
            );
        }
        Ok(())
    }

    /// How an execution ends that is given the mocks.
    async fn run(&self, mocks: Mocks) -> Outcome {
        let functions = FunctionRunner::new(Functions::default(), Unobserved);
        let runner = Arc::new(MockRunner::new(mocks, Arc::new(functions)));
        let limits = self.replayed.limits.clone();
        let clock = ClockName::Virtual;
        let start = start(self.machine, self.kind, limits, clock, self.input());
        let stop = interrupt_or_gap(&runner);
        Driver::new(runner.clone(), Clock::Virtual(VIRTUAL_START))
            .run(Arc::clone(&self.replayed.machine), start, |_| {}, stop)
            .await
    }

    /// Writes a test file for `sandstep test`.
    pub(super) async fn write_test(&self, file: &Path) -> Result<(), CommandError> {
        let test = self.test()?;
        let mut document = self.subject(file)?;
        document.insert("tests", Array::from_iter([Value::from(test)]));
        self.write(file, &document.into())?;
        if !self.passes(file).await {
            self.terminal.warning(&format!(
                "the test does not pass with the definition as it is: `sandstep test {}` shows why",
                file.display()
            ));
        }
        Ok(())
    }

    /// What the test file is about, as it names it.
    fn subject(&self, file: &Path) -> Result<Object, CommandError> {
        let folder = file.parent().unwrap_or(Path::new(""));
        Ok(match &self.args.definition {
            Some(definition) => {
                let path = relative(folder, definition)
                    .map_err(|cause| CommandError::io("finding", definition, &cause))?;
                Object::from([("definition", path.to_string_lossy().as_ref())])
            }
            None => Object::from([("machine", self.machine.name.as_str())]),
        })
    }

    fn test(&self) -> Result<Object, CommandError> {
        let end = self.recording.end().filter(|end| end.status != "ABORTED");
        let end = end.ok_or_else(|| {
            CommandError::new("the recording has no end of its own that a test could expect")
        })?;
        let mut expect = Object::from([("status", end.status)]);
        let text = |text: Option<Text>| text.map(Value::from);
        for (key, value) in [
            ("output", end.output),
            ("error", text(end.error)),
            ("cause", text(end.cause)),
        ] {
            if let Some(value) = value {
                expect.insert(key, value);
            }
        }
        let path: Array = self.recording.path().into_iter().map(Value::from).collect();
        expect.insert("path", path);
        let mut test = Object::from([("name", self.args.test_case.as_str())]);
        if let Some(started) = self.recording.started() {
            test.insert("starts-at", started.to_string());
        }
        test.insert("input", self.input());
        test.insert("mocks", mocks(&self.replay.mocks));
        test.insert("expect", expect);
        Ok(test)
    }

    async fn passes(&self, file: &Path) -> bool {
        let Ok(tests) = TestFile::read(file) else {
            return false;
        };
        let Ok(suite) = Suite::open(tests, &self.args.defines) else {
            return false;
        };
        let Ok(plans) = suite.plans(|_, _| true) else {
            return false;
        };
        let mut passes = true;
        for plan in plans {
            let ran = run(plan.job(Functions::default(), false)).await;
            passes &= ran.differences.is_empty();
        }
        passes
    }

    fn input(&self) -> Value {
        let input = self.recording.input();
        let input = input.or_else(|| self.replayed.input.clone());
        input.unwrap_or_else(|| Object::new().into())
    }

    /// Writes a file; one that is there already is somebody's work.
    fn write(&self, file: &Path, document: &Value) -> Result<(), CommandError> {
        let text = document.to_pretty() + "\n";
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(file)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|cause| CommandError::io("making", file, &cause))?;
        self.terminal.progress("Wrote", &file.display().to_string());
        Ok(())
    }
}

/// Mocks as test files have them.
fn mocks(mocks: &Mocks) -> Object {
    let states = mocks.states().filter_map(|state| {
        let answers = mocks.get(state)?.answers().iter();
        let answers: Array = answers.map(|(_, answer)| written(answer)).collect();
        Some((state, Value::from(answers)))
    });
    states.collect()
}

fn written(answer: &MockedAnswer) -> Value {
    let mut written = match &answer.outcome {
        MockedOutcome::Return(result) => Object::from([("returns", result.clone())]),
        MockedOutcome::Throw { error, cause } => {
            let thrown = Object::from([("error", error), ("cause", cause)]);
            Object::from([("throws", Value::from(thrown))])
        }
    };
    let seconds = Number::try_from(answer.takes.as_secs_f64()).ok();
    if let Some(seconds) = seconds.filter(|_| !answer.takes.is_zero()) {
        written.insert("takes", Value::Number(seconds));
    }
    written.into()
}

/// The way from a folder to a file.
fn relative(folder: &Path, file: &Path) -> std::io::Result<PathBuf> {
    let (from, to) = (
        std::path::absolute(folder_or_here(folder))?,
        std::path::absolute(file)?,
    );
    let (from, to): (Vec<Component<'_>>, Vec<_>) =
        (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| Component::ParentDir);
    Ok(up.chain(to[shared..].iter().copied()).collect())
}

fn folder_or_here(folder: &Path) -> &Path {
    match folder == Path::new("") {
        true => Path::new("."),
        false => folder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_is_found_from_its_tests() {
        for (folder, file, expected) in [
            ("", "order.asl.json", "order.asl.json"),
            ("tests", "order.asl.json", "../order.asl.json"),
            ("a/tests", "a/b/order.asl.json", "../b/order.asl.json"),
        ] {
            let path = relative(Path::new(folder), Path::new(file)).ok();
            assert_eq!(path.as_deref(), Some(Path::new(expected)), "{folder}");
        }
    }
}
