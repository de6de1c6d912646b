//! Makes sure, before anything starts, that a machine has all it needs.

use std::collections::BTreeSet;

use sandstep_asl::{Diagnostic, Options, StateMachine};
use sandstep_json::{Position, Spanned};
use sandstep_service::mock::Mocks;
use sandstep_service::{Match, match_function};

use super::mocks::unneeded;
use super::placeholders::Missing;
use super::required::{Required, RequiredFunction};
use super::{Definitions, Function, Machine, MachineKind, Project};
use crate::command_error::CommandError;
use crate::report::{FileDiagnostic, did_you_mean, in_file};

/// A machine that can run.
#[derive(Debug)]
pub(crate) struct Prepared<'p> {
    /// The machine itself.
    pub(crate) machine: StateMachine,
    /// Its definition, placeholders filled.
    pub(crate) definition: Spanned,
    /// What may surprise in its definition.
    pub(crate) warnings: Vec<FileDiagnostic>,
    /// The functions that it may call, each with the name that it calls it by.
    pub(crate) functions: Vec<(String, &'p Function)>,
}

/// Fills the placeholders of a machine, parses it and finds its functions. What
/// mocked states lack is not missed.
///
/// Everything that is wrong or missing is reported at once.
pub(crate) fn prepare<'p>(
    project: &'p Project,
    machine: &Machine,
    kind: MachineKind,
    mocks: &Mocks,
) -> Result<Prepared<'p>, CommandError> {
    let mut definition = machine.definition.clone();
    let missing = definitions(project).fill(&mut definition);
    let options = Options {
        // One problem, one report.
        allow_placeholders: !missing.is_empty(),
        express: kind == MachineKind::Express,
        ..Options::default()
    };
    let parsed = StateMachine::from_source(&definition, &options);
    let (functions, missing_functions) = match_functions(project, &definition, mocks);
    let unneeded = unneeded(&definition, mocks);
    let mut found = in_file(&machine.file, parsed.diagnostics);
    let error = |rule, (position, message): (Position, String)| {
        FileDiagnostic::error(&machine.file, rule, position, message)
    };
    let missing = missing.into_iter();
    let placeholders =
        placeholder_problems(missing.filter(|one| !unneeded.contains(&one.position)));
    let has_placeholders = !placeholders.is_empty();
    let has_functions = !missing_functions.is_empty();
    found.extend(
        placeholders
            .into_iter()
            .map(|one| error("missing-placeholder", one)),
    );
    found.extend(
        missing_functions
            .into_iter()
            .map(|(problem, hint)| error("missing-function", problem).with_hint(hint)),
    );
    match parsed.machine {
        Some(machine) if !has_placeholders && !has_functions => Ok(Prepared {
            machine,
            definition,
            warnings: found,
            functions,
        }),
        _ => Err(refused(
            &machine.name,
            found,
            has_placeholders,
            has_functions,
        )),
    }
}

/// The placeholders' values; a function's name stands for its ARN unless it is
/// given another value.
pub(super) fn definitions(project: &Project) -> Definitions {
    let mut definitions = project.definitions.clone();
    for function in &project.functions {
        if definitions.get(&function.name).is_none() {
            definitions.set(&function.name, function.arn());
        }
    }
    definitions
}

/// Each name once, where it stands first.
pub(super) fn placeholder_problems(
    missing: impl Iterator<Item = Missing>,
) -> Vec<(Position, String)> {
    let mut seen = BTreeSet::new();
    missing
        .filter(|one| seen.insert(one.name.clone()))
        .map(|one| {
            (
                one.position,
                format!("the placeholder ${{{}}} has no value", one.name),
            )
        })
        .collect()
}

/// A problem with its place, and a hint.
pub(super) type FunctionProblem = ((Position, String), Option<String>);

pub(super) fn match_functions<'p>(
    project: &'p Project,
    definition: &Spanned,
    mocks: &Mocks,
) -> (Vec<(String, &'p Function)>, Vec<FunctionProblem>) {
    let required = Required::of(definition, mocks);
    let mut functions = Vec::new();
    let mut problems = Vec::new();
    for wanted in required.functions {
        match project.match_function(&wanted.name) {
            Ok(function) => functions.push((wanted.name, function)),
            // What still has a placeholder is reported as that.
            Err(_) if wanted.name.contains("${") => {}
            Err(found) => problems.push(function_problem(project, &wanted, &found)),
        }
    }
    if required.any {
        let all = project.functions.iter();
        functions.extend(all.map(|function| (function.name.clone(), function)));
    }
    (functions, problems)
}

fn function_problem(
    project: &Project,
    wanted: &RequiredFunction,
    found: &[&str],
) -> FunctionProblem {
    let name = &wanted.name;
    let (message, hint) = match found {
        [] => (
            format!("the function \"{name}\" is not in the project"),
            did_you_mean(name, project.function_names()),
        ),
        found => {
            let found: Vec<String> = found.iter().map(|name| format!("\"{name}\"")).collect();
            let message = format!("the function \"{name}\" may be any of {}", found.join(", "));
            (message, Some(format!("--function {name}=PATH decides")))
        }
    };
    ((wanted.position, message), hint)
}

fn refused(
    machine: &str,
    found: Vec<FileDiagnostic>,
    placeholders: bool,
    functions: bool,
) -> CommandError {
    let mut error = CommandError::diagnosed(format!("{machine} cannot run"), found);
    if placeholders {
        error = error.hint(
            "give placeholders their values with --define NAME=VALUE, or in [define] of \
             sandstep.toml",
        );
    }
    if functions {
        error = error.hint(
            "a function is found in a folder functions/NAME (or functions/name-in-kebab-case), \
             in [functions.NAME] of a sandstep.toml beside the definition, or with \
             --function NAME=PATH; or mock the states that call it, with --mock FILE",
        );
    }
    error
}

impl Project {
    /// The function that a name in a definition means; otherwise the functions
    /// that it may mean, of which there are none or several.
    fn match_function(&self, wanted: &str) -> Result<&Function, Vec<&str>> {
        let is_deployed = |function: &&Function| function.deployed_name.as_deref() == Some(wanted);
        if let Some(function) = self.functions.iter().find(is_deployed) {
            return Ok(function);
        }
        match match_function(wanted, self.function_names()) {
            Match::One(name) => Ok(self
                .function(name)
                .expect("the name is one of the project's")),
            Match::None => Err(Vec::new()),
            Match::Ambiguous(names) => Err(names),
        }
    }
}

/// What is wrong with a definition whose placeholders have no values yet.
pub(crate) fn diagnose(machine: &Machine) -> Vec<Diagnostic> {
    let options = Options {
        allow_placeholders: true,
        express: machine.kind == MachineKind::Express,
        ..Options::default()
    };
    StateMachine::from_source(&machine.definition, &options).diagnostics
}
