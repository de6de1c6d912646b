//! Makes sure that one state of a machine, or a state alone, has all it needs.

use sandstep_asl::{Options, StateMachine, TestSubject, did_you_mean};
use sandstep_json::{Entry, Spanned, SpannedNode};
use sandstep_service::mock::Mocks;

use super::placeholders::Missing;
use super::prepare::{definitions, match_functions, placeholder_problems};
use super::states::{is_type, states};
use super::{Function, Machine, Project};
use crate::command_error::CommandError;
use crate::report::{FileDiagnostic, in_file};

/// A state that can be tested.
#[derive(Debug)]
pub(crate) struct PreparedState<'p> {
    /// The state itself.
    pub(crate) subject: TestSubject,
    /// What its machine is called.
    pub(crate) machine: String,
    /// What may surprise in the definition.
    pub(crate) warnings: Vec<FileDiagnostic>,
    /// The functions that it may call, each with the name that it calls it by.
    pub(crate) functions: Vec<(String, &'p Function)>,
}

/// Finds a state of a machine, or takes what should be a machine for a state, and finds the
/// functions that it calls. What other states lack is not missed, nor what a mocked state
/// lacks, which calls nothing.
pub(crate) fn prepare_state<'p>(
    project: &'p Project,
    machine: &Machine,
    name: Option<&str>,
    is_mocked: bool,
) -> Result<PreparedState<'p>, CommandError> {
    let mut definition = machine.definition.clone();
    let missing = definitions(project).fill(&mut definition);
    let state = state(machine, &definition, name)?;
    let runs = !is_mocked && is_type(state, "Task");
    let (functions, missing_functions) = match runs {
        true => match_functions(project, &alone(state), &Mocks::default()),
        false => (Vec::new(), Vec::new()),
    };
    let is_missed = |one: &Missing| !is_mocked && !holds_states(state) && is_inside(one, state);
    let placeholders = placeholder_problems(missing.into_iter().filter(is_missed)).into_iter();
    let placeholders = placeholders.map(|problem| ("missing-placeholder", problem, None));
    let missing_functions = missing_functions.into_iter();
    let functions_missed =
        missing_functions.map(|(problem, hint)| ("missing-function", problem, hint));
    let problems = placeholders.chain(functions_missed);
    let mut problems: Vec<FileDiagnostic> = problems
        .map(|(rule, (position, message), hint)| {
            FileDiagnostic::error(&machine.file, rule, position, message).with_hint(hint)
        })
        .collect();
    let options = Options {
        // Those of other states, and those that are told already.
        allow_placeholders: true,
        ..Options::default()
    };
    let parsed = match name {
        Some(_) => StateMachine::from_source(&definition, &options),
        None => StateMachine::state_from_source(&definition, &options),
    };
    let found = in_file(&machine.file, parsed.diagnostics.clone());
    match TestSubject::of(parsed, name) {
        Ok(subject) if problems.is_empty() => Ok(PreparedState {
            subject,
            machine: machine.name.clone(),
            warnings: found,
            functions,
        }),
        _ => {
            problems.extend(found);
            Err(refused(name.unwrap_or(&machine.name), problems))
        }
    }
}

/// The state as it is written.
fn state<'d>(
    machine: &Machine,
    definition: &'d Spanned,
    name: Option<&str>,
) -> Result<&'d Spanned, CommandError> {
    let file = machine.file.display();
    let all = states(definition);
    let names = || all.iter().map(|state| state.key.as_str());
    match name {
        None if all.is_empty() => Ok(definition),
        None => {
            let listed: Vec<&str> = names().collect();
            let error = CommandError::new("--state NAME must say which state to test");
            Err(error.hint(format!("the states of {file}: {}", listed.join(", "))))
        }
        Some(name) => {
            let found = all.iter().find(|state| state.key == *name);
            found.map(|state| &state.value).ok_or_else(|| {
                let error = CommandError::new(format!("{file} has no state \"{name}\""));
                let hint = match all.is_empty() {
                    true => Some("it is one state: leave --state out".to_owned()),
                    false => did_you_mean(name, names()),
                };
                hint.into_iter().fold(error, CommandError::hint)
            })
        }
    }
}

/// Whether a state has states inside, which no test of it runs.
fn holds_states(state: &Spanned) -> bool {
    is_type(state, "Map") || is_type(state, "Parallel")
}

/// A machine with this state and no other, to look for functions in.
fn alone(state: &Spanned) -> Spanned {
    let position = state.position;
    let object = |key: &str, value| Spanned {
        node: SpannedNode::Object(vec![Entry {
            key: key.into(),
            key_position: position,
            value,
        }]),
        position,
    };
    object("States", object("Tested", state.clone()))
}

/// Whether a placeholder stands inside a part of its document.
fn is_inside(placeholder: &Missing, part: &Spanned) -> bool {
    match &part.node {
        SpannedNode::String(_) => part.position == placeholder.position,
        SpannedNode::Array(items) => items.iter().any(|item| is_inside(placeholder, item)),
        SpannedNode::Object(entries) => {
            let mut values = entries.iter().map(|entry| &entry.value);
            values.any(|value| is_inside(placeholder, value))
        }
        _ => false,
    }
}

fn refused(state: &str, problems: Vec<FileDiagnostic>) -> CommandError {
    let is_missing = |rule: &str| problems.iter().any(|one| one.is(rule));
    let (placeholder, function) = (
        is_missing("missing-placeholder"),
        is_missing("missing-function"),
    );
    let mut error = CommandError::diagnosed(format!("{state} cannot be tested"), problems);
    if placeholder {
        error = error.hint("give placeholders their values with --define NAME=VALUE");
    }
    if function {
        error = error.hint(
            "a function is found as `sandstep run` finds it, or with --function NAME=PATH; \
             --mock-result and --mock-error need none",
        );
    }
    error
}
