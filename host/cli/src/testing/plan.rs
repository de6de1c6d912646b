//! Everything that the tests of a file need, found before any of them runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sandstep_asl::{Start, StateMachine, Timestamp};
use sandstep_driver::Clock;
use sandstep_service::document::Place;
use sandstep_service::mock::Mocks;

use super::file::{RULE, no_input};
use super::{Expectation, Test, TestFile};
use crate::args::ClockName;
use crate::command_error::CommandError;
use crate::commands::read_json_file;
use crate::execution::{VIRTUAL_START, start};
use crate::project::{
    Function, Machine, Project, is_project, open, prepare, problem_with_mock, read_mocks,
};
use crate::report::FileDiagnostic;

/// A test file with its project.
pub(crate) struct Suite {
    pub(crate) tests: TestFile,
    pub(crate) project: Project,
}

/// A test that can run.
pub(crate) struct Plan<'s> {
    /// The test's file.
    pub(crate) file: &'s Path,
    pub(crate) name: &'s str,
    /// The machine as its project has it.
    pub(crate) of: &'s Machine,
    /// The project's folder.
    pub(crate) root: &'s Path,
    pub(crate) machine: Arc<StateMachine>,
    pub(crate) start: Start,
    pub(crate) clock: Clock,
    pub(crate) mocks: Mocks,
    pub(crate) expect: &'s Expectation,
    /// The functions that it may call.
    pub(crate) functions: Vec<(String, &'s Function)>,
}

impl Suite {
    /// Opens the project of a test file.
    pub(crate) fn open(
        tests: TestFile,
        defines: &[(String, String)],
    ) -> Result<Self, CommandError> {
        let target = match &tests.definition {
            Some(definition) => definition.clone(),
            None => project_around(&tests.file)?,
        };
        let project = open(&target, defines)?;
        Ok(Self { tests, project })
    }

    /// Prepares the file's tests whose names are wanted.
    pub(crate) fn plans(
        &self,
        is_wanted: impl Fn(&Path, &str) -> bool,
    ) -> Result<Vec<Plan<'_>>, CommandError> {
        let machine = self.project.machine(self.tests.machine.as_deref())?;
        let wanted = self.tests.tests.iter();
        let wanted = wanted.filter(|test| is_wanted(&self.tests.file, &test.name));
        wanted.map(|test| self.plan(machine, test)).collect()
    }

    fn plan<'s>(&'s self, machine: &'s Machine, test: &'s Test) -> Result<Plan<'s>, CommandError> {
        let kind = machine.kind;
        let limits = machine.limits.of(kind);
        let input = match (&test.input, &machine.input) {
            (Some(input), _) => input.clone(),
            (None, Some(file)) => read_json_file(file, limits.payload_bytes)?,
            (None, None) => no_input(),
        };
        let mocks = self.mocks(machine, test)?;
        let prepared = prepare(&self.project, machine, kind, &mocks)?;
        let at = test.starts_at.unwrap_or(VIRTUAL_START);
        Ok(Plan {
            file: &self.tests.file,
            name: &test.name,
            of: machine,
            root: &self.project.root,
            machine: Arc::new(prepared.machine),
            start: start(machine, kind, limits, ClockName::Virtual, input),
            clock: Clock::Virtual(Timestamp::from_millis(at.as_millis())),
            mocks,
            expect: &test.expect,
            functions: prepared.functions,
        })
    }

    /// The mocks of the test case, and before them those of the test itself.
    fn mocks(&self, machine: &Machine, test: &Test) -> Result<Mocks, CommandError> {
        let file = self.tests.mock_file.as_deref();
        let mut mocks = match (file, test.test_case.as_deref()) {
            (Some(file), Some(case)) => read_mocks(file, machine, Some(case))?.mocks,
            (None, Some(case)) => {
                let message = format!(
                    "{}: the test \"{}\" names the test case \"{case}\", and the file has no \
                     \"mock-file\"",
                    self.tests.file.display(),
                    test.name
                );
                return Err(CommandError::new(message));
            }
            (_, None) => Mocks::default(),
        };
        self.check_mocks(machine, &test.mock_places)?;
        mocks.extend(&test.mocks);
        Ok(mocks)
    }

    fn check_mocks(
        &self,
        machine: &Machine,
        places: &[(String, Place)],
    ) -> Result<(), CommandError> {
        let problems: Vec<FileDiagnostic> = places
            .iter()
            .filter_map(|(state, place)| {
                let (message, hint) = problem_with_mock(machine, state)?;
                let file = &self.tests.file;
                let error = FileDiagnostic::error(file, RULE, place.position, message);
                Some(error.with_hint(hint))
            })
            .collect();
        match problems.is_empty() {
            true => Ok(()),
            false => {
                let message = format!("{} cannot be used", self.tests.file.display());
                Err(CommandError::diagnosed(message, problems))
            }
        }
    }
}

/// The nearest folder around a file that is a project.
fn project_around(file: &Path) -> Result<PathBuf, CommandError> {
    let absolute =
        std::path::absolute(file).map_err(|cause| CommandError::io("finding", file, &cause))?;
    let mut folders = absolute.ancestors().skip(1);
    let folder = folders.find(|folder| is_project(folder));
    let folder = folder.map(shortened).ok_or_else(|| {
        let message = format!("{} belongs to no project", file.display());
        CommandError::new(message).hint(
            "name a file with \"definition\", or put the tests in a project's folder: one with \
             sandstep.toml or serverless.yml",
        )
    })?;
    Ok(folder)
}

/// A folder as the user would name it, where it lies below the current one.
fn shortened(folder: &Path) -> PathBuf {
    let here = std::env::current_dir().ok();
    let below = here
        .as_ref()
        .and_then(|here| folder.strip_prefix(here).ok());
    match below {
        Some(below) if below == Path::new("") => PathBuf::from("."),
        Some(below) => below.to_owned(),
        None => folder.to_owned(),
    }
}
