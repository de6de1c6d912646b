//! The mocks of a run, checked against the machine that they are for.

use std::collections::BTreeSet;
use std::path::Path;

use sandstep_asl::{did_you_mean, source};
use sandstep_json::{Position, Spanned, SpannedNode};
use sandstep_service::mock::{MockFile, MockedResponse, Mocks};

use super::Machine;
use super::states::{is_type, states};
use crate::command_error::CommandError;
use crate::read::read_text;
use crate::report::{FileDiagnostic, in_file};

/// The most bytes of a mock file: room for the responses of many cases.
const MOCK_FILE_BYTES: usize = 16 << 20;

/// The mocks of one test case.
#[derive(Debug, Default)]
pub(crate) struct MockedCase {
    /// What the machine's tasks answer.
    pub(crate) mocks: Mocks,
    /// What may surprise in the file that they are from.
    pub(crate) warnings: Vec<FileDiagnostic>,
}

/// Reads a test case of a mock file: the only one where none is named.
pub(crate) fn read_mocks(
    file: &Path,
    machine: &Machine,
    case: Option<&str>,
) -> Result<MockedCase, CommandError> {
    let unusable = || format!("{} cannot be used", file.display());
    let text = read_text(file, MOCK_FILE_BYTES)?;
    let document = source::read_file(file, &text)
        .map_err(|error| CommandError::diagnosed(unusable(), in_file(file, [error.into()])))?;
    let (mock_file, warnings) = MockFile::read(&document)
        .map_err(|problems| CommandError::diagnosed(unusable(), in_file(file, problems)))?;
    let case = mock_file
        .case(&machine.name, case)
        .map_err(|unknown| CommandError::caused(unusable(), &unknown).hint(unknown.hint.clone()))?;
    let keys = ["StateMachines", case.machine, "TestCases", case.name];
    let place = keys.iter().try_fold(&document, |part, key| part.get(key));
    check_states(file, machine, place)?;
    Ok(MockedCase {
        mocks: case.mocks.clone(),
        warnings: in_file(file, warnings),
    })
}

/// Mocks for every Task state of a machine, with no answers: nothing of it will
/// be called.
pub(crate) fn all_mocked(machine: &Machine) -> Mocks {
    let mut mocks = Mocks::default();
    let states = states(&machine.definition).into_iter();
    for state in states.filter(|state| is_type(&state.value, "Task")) {
        mocks.insert(state.key.clone(), MockedResponse::default());
    }
    mocks
}

/// Refuses mocks of what is no Task state: nothing would ever ask for them.
fn check_states(
    file: &Path,
    machine: &Machine,
    case: Option<&Spanned>,
) -> Result<(), CommandError> {
    let entries = case.and_then(Spanned::as_object).unwrap_or_default();
    let problems: Vec<FileDiagnostic> = entries
        .iter()
        .filter_map(|entry| {
            let (message, hint) = problem_with_mock(machine, &entry.key)?;
            let error = FileDiagnostic::error(file, "mock-file", entry.key_position, message);
            Some(error.with_hint(hint))
        })
        .collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(CommandError::diagnosed(
            format!("{} cannot be used", file.display()),
            problems,
        )),
    }
}

/// Why a state of this name cannot be mocked, and what to do about it.
pub(crate) fn problem_with_mock(
    machine: &Machine,
    state: &str,
) -> Option<(String, Option<String>)> {
    let all = states(&machine.definition);
    let tasks = all.iter().filter(|state| is_type(&state.value, "Task"));
    let tasks: Vec<&str> = tasks.map(|state| state.key.as_str()).collect();
    if tasks.contains(&state) {
        return None;
    }
    let name = &machine.name;
    let message = match all.iter().any(|other| other.key == *state) {
        true => format!("\"{state}\" is no Task state: only those can be mocked"),
        false => format!("\"{name}\" has no state \"{state}\""),
    };
    Some((message, did_you_mean(state, tasks)))
}

/// Where the texts of mocked states stand: what is missing there is not missed.
pub(super) fn unneeded(definition: &Spanned, mocks: &Mocks) -> BTreeSet<Position> {
    let mut positions = BTreeSet::new();
    let states = states(definition).into_iter();
    for state in states.filter(|state| mocks.has(&state.key)) {
        add_texts(&state.value, &mut positions);
    }
    positions
}

fn add_texts(part: &Spanned, positions: &mut BTreeSet<Position>) {
    match &part.node {
        SpannedNode::String(_) => {
            positions.insert(part.position);
        }
        SpannedNode::Array(items) => items.iter().for_each(|item| add_texts(item, positions)),
        SpannedNode::Object(entries) => {
            entries
                .iter()
                .for_each(|entry| add_texts(&entry.value, positions));
        }
        _ => {}
    }
}
