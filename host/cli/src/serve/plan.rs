//! What a server is to deploy, complete before anything starts.

use std::collections::BTreeMap;

use sandstep_api::{HttpEvent, HttpRoute};
use sandstep_service::mock::Mocks;

use crate::command_error::CommandError;
use crate::project::{Code, Function, Machine, Prepared, Project, prepare};
use crate::report::FileDiagnostic;
use crate::terminal::Paint;

/// The state machines and functions of all projects, each name once.
pub(super) struct Plan<'p> {
    pub(super) projects: Vec<Planned<'p>>,
}

/// What one project has.
pub(super) struct Planned<'p> {
    pub(super) project: &'p Project,
    pub(super) machines: Vec<PlannedMachine<'p>>,
    /// Each with a name that it is called by.
    pub(super) functions: Vec<(String, &'p Function)>,
}

/// A state machine that can run.
pub(super) struct PlannedMachine<'p> {
    pub(super) machine: &'p Machine,
    /// Its definition, placeholders filled, as JSON.
    pub(super) definition: String,
}

impl<'p> Plan<'p> {
    /// Makes sure that all projects have what they need.
    pub(super) fn of(projects: &'p [Project]) -> Result<Self, CommandError> {
        let planned = projects.iter().map(Planned::of);
        let (planned, refused): (Vec<_>, Vec<_>) = planned.partition(Result::is_ok);
        let refused = refused.into_iter().filter_map(Result::err).collect();
        if let Some(error) = CommandError::several("the projects cannot be served", refused) {
            return Err(error);
        }
        let plan = Self {
            projects: planned.into_iter().flatten().collect(),
        };
        plan.check_names()?;
        Ok(plan)
    }

    /// All machines with their projects.
    pub(super) fn machines(&self) -> impl Iterator<Item = &PlannedMachine<'p>> {
        self.projects.iter().flat_map(|planned| &planned.machines)
    }

    /// All functions.
    pub(super) fn functions(&self) -> impl Iterator<Item = &'p Function> {
        let functions = self.projects.iter().flat_map(|planned| &planned.functions);
        functions.map(|(_, function)| *function)
    }

    /// The routes of all machines, whose ARNs `arn` tells.
    pub(super) fn http_events(&self, arn: impl Fn(&Machine) -> String) -> Vec<HttpEvent> {
        let machines = self.machines().map(|planned| planned.machine);
        let events = machines.flat_map(|machine| {
            let machine_arn = arn(machine);
            machine.events.routes.iter().map(move |route| HttpEvent {
                route: route.clone(),
                machine_arn: machine_arn.clone(),
            })
        });
        events.collect()
    }

    fn check_names(&self) -> Result<(), CommandError> {
        let machines = self.machines().map(|planned| &*planned.machine.name);
        let functions = self.projects.iter().flat_map(Planned::function_names);
        only_once("state machine", machines)?;
        only_once("function", functions)?;
        self.check_routes()
    }

    fn check_routes(&self) -> Result<(), CommandError> {
        let mut seen: Vec<(&Machine, &HttpRoute)> = Vec::new();
        for planned in self.machines() {
            let machine = planned.machine;
            for route in &machine.events.routes {
                let same = seen.iter().find(|(_, other)| is_same(other, route));
                if let Some((other, _)) = same {
                    let path = &route.path;
                    let (one, other) = (&machine.name, &other.name);
                    let message = format!("{one} and {other} have the same http event, at {path}");
                    return Err(CommandError::new(message));
                }
                seen.push((machine, route));
            }
        }
        Ok(())
    }
}

impl<'p> Planned<'p> {
    fn of(project: &'p Project) -> Result<Self, CommandError> {
        let mut planned = Self {
            project,
            machines: Vec::new(),
            functions: buildable(project),
        };
        let mut refused = Vec::new();
        for machine in &project.machines {
            match prepare(project, machine, machine.kind, &Mocks::default()) {
                Ok(prepared) => planned.add(machine, prepared),
                Err(error) => refused.push(error),
            }
        }
        match CommandError::several("some state machines cannot run", refused) {
            Some(error) => Err(error),
            None => Ok(planned),
        }
    }

    fn add(&mut self, machine: &'p Machine, prepared: Prepared<'p>) {
        let unserved = &machine.events.unserved;
        prepared.warnings.iter().chain(unserved).for_each(warn);
        self.functions.extend(prepared.functions);
        self.machines.push(PlannedMachine {
            machine,
            definition: prepared.definition.to_value().to_json(),
        });
    }

    /// The names of the project's functions, each once.
    fn function_names(&self) -> impl Iterator<Item = &'p str> {
        let names = self
            .functions
            .iter()
            .map(|(_, function)| (&*function.name, ()));
        names.collect::<BTreeMap<_, _>>().into_keys()
    }
}

/// Whether one request could be meant for both: without its stage, a path is
/// the same in all.
fn is_same(one: &HttpRoute, other: &HttpRoute) -> bool {
    one.method == other.method && one.path.is_like(&other.path)
}

/// All functions but those that only another runtime could run. A machine that
/// calls one of these is told so when that is built.
fn buildable(project: &Project) -> Vec<(String, &Function)> {
    let functions = project.functions.iter();
    let buildable = functions.filter(|function| !matches!(function.code, Code::Foreign(_)));
    buildable
        .map(|function| (function.name.clone(), function))
        .collect()
}

fn warn(warning: &FileDiagnostic) {
    tracing::warn!("{}", warning.to_text(Paint::PLAIN).trim_end());
}

fn only_once<'n>(what: &str, names: impl Iterator<Item = &'n str>) -> Result<(), CommandError> {
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            let message = format!("two projects have a {what} \"{name}\"");
            return Err(CommandError::new(message).hint("one server has each name once"));
        }
    }
    Ok(())
}
