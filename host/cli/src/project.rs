//! What a user's folder or file says: functions, state machines and the
//! values of placeholders.

mod discover;
mod limits;
mod manifest;
mod mocks;
mod open;
mod placeholders;
mod prepare;
mod prepare_state;
mod quotas;
mod required;
mod serverless;
mod states;
mod units;

use std::fmt;
use std::path::PathBuf;

use sandstep_api::HttpRoute;
use sandstep_json::Spanned;
use sandstep_sandbox::{Grants, Limits};
use serde::Deserialize;

use crate::command_error::CommandError;
use crate::report::FileDiagnostic;

pub(crate) use discover::code_at;
pub(crate) use limits::MachineLimits;
pub(crate) use mocks::{MockedCase, all_mocked, problem_with_mock, read_mocks};
pub(crate) use open::{is_lone_definition, is_project, open};
pub(crate) use placeholders::Definitions;
pub(crate) use prepare::{Prepared, diagnose, prepare};
pub(crate) use prepare_state::{PreparedState, prepare_state};
pub(crate) use quotas::QuotaTable;
pub(crate) use states::{is_type, states};
pub(crate) use units::Time;

/// The region of ARNs that Sandstep makes; those it reads may have any.
pub(crate) const REGION: &str = "us-east-1";

/// The made-up account of ARNs that Sandstep makes, as local tools for AWS
/// use it; those it reads may have any.
pub(crate) const ACCOUNT: &str = "123456789012";

/// A folder of functions and state machines, or one definition.
#[derive(Debug, Default)]
pub(crate) struct Project {
    /// Where `.sandstep/` lies.
    pub(crate) root: PathBuf,
    /// By name, each name once.
    pub(crate) functions: Vec<Function>,
    /// In the order of the project's file.
    pub(crate) machines: Vec<Machine>,
    /// The values of placeholders.
    pub(crate) definitions: Definitions,
    /// What a server of it may take.
    pub(crate) quotas: QuotaTable,
}

/// A function of a project.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Function {
    /// The name that definitions call it by, or end in.
    pub(crate) name: String,
    /// The name under which it is deployed, where a project file gives one.
    pub(crate) deployed_name: Option<String>,
    /// Where its code is.
    pub(crate) code: Code,
    /// What one invocation may use.
    pub(crate) limits: Limits,
    /// What it may see of the host.
    pub(crate) grants: Grants,
    /// Whether no task calls it a second time when a process ended meanwhile.
    pub(crate) at_most_once: bool,
}

/// Where a function's code is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// What a builder makes a component of.
    Source(Source),
    /// A component.
    Component(PathBuf),
    /// Code for this runtime of Lambda's, which no builder knows: an error for
    /// those who call it.
    Foreign(String),
}

/// A function's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// A folder, or a lone file.
    pub(crate) path: PathBuf,
    /// Which of its functions, as Lambda names them: `file.export` in a folder,
    /// `export` of a lone file. `None` is what the language has for a default.
    pub(crate) handler: Option<String>,
}

/// A state machine of a project.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// The name that `--machine` takes.
    pub(crate) name: String,
    /// Another name for it: the key in a `serverless.yml`.
    pub(crate) key: Option<String>,
    /// How its executions run.
    pub(crate) kind: MachineKind,
    /// The file that the definition stands in.
    pub(crate) file: PathBuf,
    /// The definition, placeholders unfilled.
    pub(crate) definition: Spanned,
    /// The file with the input for runs that give none.
    pub(crate) input: Option<PathBuf>,
    /// What starts it, where it is served.
    pub(crate) events: MachineEvents,
    /// What its executions may use.
    pub(crate) limits: MachineLimits,
}

/// What starts executions of a served machine, beside the API.
#[derive(Clone, Debug, Default)]
pub(crate) struct MachineEvents {
    /// Routes over HTTP.
    pub(crate) routes: Vec<HttpRoute>,
    /// Events that are not served, each with the reason.
    pub(crate) unserved: Vec<FileDiagnostic>,
}

/// How executions of a machine run; ASL leaves it to the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum MachineKind {
    /// Each transition exactly once, for up to a year.
    #[default]
    Standard,
    /// At least once, for up to five minutes.
    Express,
}

impl MachineKind {
    /// AWS's name for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Express => "EXPRESS",
        }
    }
}

impl Source {
    /// A source with its language's default handler.
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            handler: None,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.handler {
            Some(handler) if self.path.is_dir() => self.path.join(handler).display().fmt(f),
            Some(export) => write!(f, "{}: {export}", self.path.display()),
            None => self.path.display().fmt(f),
        }
    }
}

impl Function {
    /// A function with the sandbox's default limits and no grants.
    pub(crate) fn new(name: impl Into<String>, code: Code) -> Self {
        Self {
            name: name.into(),
            deployed_name: None,
            code,
            limits: Limits::default(),
            grants: Grants::default(),
            at_most_once: false,
        }
    }

    /// How many letters a name may have.
    pub(crate) const LONGEST_NAME: usize = 64;

    /// Whether a function may be called so: 1 to 64 letters, digits, hyphens and
    /// underscores (Lambda API reference, "FunctionName"). Such a name is also
    /// safe as a file's.
    pub(crate) fn is_name(text: &str) -> bool {
        let is_letter = |letter: u8| letter.is_ascii_alphanumeric() || b"-_".contains(&letter);
        (1..=Self::LONGEST_NAME).contains(&text.len()) && text.bytes().all(is_letter)
    }

    /// Its name on Lambda, as far as the project tells; what the handler's
    /// context says.
    pub(crate) fn name_on_lambda(&self) -> &str {
        let deployed = self.deployed_name.as_deref();
        deployed
            .filter(|name| Self::is_name(name))
            .unwrap_or(&self.name)
    }

    /// The ARN by which it is called.
    pub(crate) fn arn(&self) -> String {
        function_arn(&self.name)
    }
}

impl Project {
    /// The function of exactly this name.
    pub(crate) fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }

    /// The machine of a name, or the only one.
    pub(crate) fn machine(&self, name: Option<&str>) -> Result<&Machine, CommandError> {
        let names: Vec<&str> = self.machines.iter().map(|one| one.name.as_str()).collect();
        let listed = || format!("the project's state machines: {}", names.join(", "));
        match (name, &self.machines[..]) {
            (_, []) => Err(CommandError::new("the project has no state machine")),
            (None, [machine]) => Ok(machine),
            (None, _) => Err(CommandError::new(
                "--machine NAME must say which state machine to run",
            )
            .hint(listed())),
            (Some(name), machines) => {
                let is_named = |machine: &&Machine| {
                    machine.name == name || machine.key.as_deref() == Some(name)
                };
                machines.iter().find(is_named).ok_or_else(|| {
                    CommandError::new(format!("there is no state machine \"{name}\""))
                        .hint(listed())
                })
            }
        }
    }

    /// Adds a function, in place of one of the same name.
    pub(crate) fn add_function(&mut self, function: Function) {
        self.functions.retain(|other| other.name != function.name);
        self.functions.push(function);
    }

    /// The names of the functions.
    pub(crate) fn function_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.functions.iter().map(|function| function.name.as_str())
    }
}

/// The ARN of a function of this name in Sandstep's own region and account.
pub(crate) fn function_arn(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_functions_name_stays_in_the_folder_of_components() {
        let longest = "x".repeat(Function::LONGEST_NAME);
        for name in ["StartRecorder", "start_recorder-2", &longest] {
            assert!(Function::is_name(name), "{name}");
        }
        let too_long = "x".repeat(300);
        for name in [
            "", ".", "..", "../x", "a/b", "a\\b", "/x", "C:x", "a.b", "a\0b", "a b", "ä", "a\n",
            &too_long,
        ] {
            assert!(!Function::is_name(name), "{name:?}");
        }
    }
}
