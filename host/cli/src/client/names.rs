//! What people call state machines and executions, as ARNs.

use sandstep_json::{Object, Value};

use super::{CallError, Client};
use crate::command_error::CommandError;
use crate::report::did_you_mean;

/// How many state machines are asked for an execution that only its name
/// tells: each costs a call.
const MACHINES_ASKED: usize = 100;

/// The ARN of an execution, `arn:PARTITION:states:REGION:ACCOUNT:execution:MACHINE:NAME`.
pub(crate) struct ExecutionArn<'a> {
    /// The state machine's name.
    pub(crate) machine: &'a str,
    /// The execution's own name.
    pub(crate) name: &'a str,
}

impl<'a> ExecutionArn<'a> {
    /// Takes the ARN of a STANDARD execution apart; `None` where it is none.
    pub(crate) fn parse(arn: &'a str) -> Option<Self> {
        let parts: Vec<&str> = arn.splitn(8, ':').collect();
        match parts[..] {
            ["arn", _, "states", _, _, "execution", machine, name] => Some(Self { machine, name }),
            _ => None,
        }
    }
}

impl Client {
    /// The ARN of a state machine that its name or an ARN tells.
    pub(crate) async fn machine_arn(&self, machine: &str) -> Result<String, CommandError> {
        if machine.starts_with("arn:") {
            return Ok(machine.to_owned());
        }
        let machines = self.machines().await?;
        let found = machines.iter().find(|one| name(one) == Some(machine));
        match found.and_then(arn) {
            Some(arn) => Ok(arn.to_owned()),
            None => Err(no_machine(machine, &machines)),
        }
    }

    /// All state machines, as `ListStateMachines` tells of them.
    pub(crate) async fn machines(&self) -> Result<Vec<Value>, CallError> {
        let pages = self.pages("ListStateMachines", "stateMachines", page_of(1000));
        pages.at_most(usize::MAX).await
    }

    /// The ARN of an execution that an ARN, `MACHINE/NAME` or its name tells.
    pub(crate) async fn execution_arn(&self, execution: &str) -> Result<String, CommandError> {
        if execution.starts_with("arn:") {
            return Ok(execution.to_owned());
        }
        match execution.split_once('/') {
            Some((machine, name)) => {
                let machine = self.machine_arn(machine).await?;
                execution_of(&machine, name).ok_or_else(|| {
                    CommandError::new(format!("{machine} is no state machine with executions"))
                })
            }
            None => self.find_execution(execution).await,
        }
    }

    async fn find_execution(&self, execution: &str) -> Result<String, CommandError> {
        let machines = self.machines().await?;
        let standard: Vec<&Value> = machines.iter().filter(|one| is_standard(one)).collect();
        if standard.len() > MACHINES_ASKED {
            return Err(CommandError::new(format!(
                "\"{execution}\" may be an execution of any of {} state machines",
                standard.len()
            ))
            .hint(format!("say which: MACHINE/{execution}")));
        }
        let mut found = Vec::new();
        for machine in standard.into_iter().filter_map(arn) {
            let Some(arn) = execution_of(machine, execution) else {
                continue;
            };
            match self.describe_execution(&arn).await {
                Ok(_) => found.push(arn),
                Err(error) if is_absence(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        only(execution, found)
    }

    /// What `DescribeExecution` says.
    pub(crate) async fn describe_execution(&self, arn: &str) -> Result<Value, CallError> {
        let request = Object::from([("executionArn", arn)]);
        self.call("DescribeExecution", request).await
    }
}

/// What asks for pages of a size.
pub(super) fn page_of(items: u64) -> Object {
    Object::from([("maxResults", Value::from(items))])
}

/// Whether executions of a listed machine are kept.
pub(crate) fn is_standard(machine: &Value) -> bool {
    machine.get("type").and_then(Value::as_str) != Some("EXPRESS")
}

fn name(machine: &Value) -> Option<&str> {
    machine.get("name")?.as_str()
}

/// The ARN of a listed machine.
pub(crate) fn arn(machine: &Value) -> Option<&str> {
    machine.get("stateMachineArn")?.as_str()
}

/// The ARN that an execution of a machine has.
fn execution_of(machine: &str, name: &str) -> Option<String> {
    let (before, machine) = machine.split_once(":stateMachine:")?;
    // What follows is a version or an alias.
    let machine = machine.split(':').next()?;
    Some(format!("{before}:execution:{machine}:{name}"))
}

/// A name that no execution can have is one that none has.
fn is_absence(error: &CallError) -> bool {
    ["ExecutionDoesNotExist", "InvalidArn", "ValidationException"]
        .iter()
        .any(|code| error.is(code))
}

fn only(execution: &str, mut found: Vec<String>) -> Result<String, CommandError> {
    match found.len() {
        0 => Err(
            CommandError::new(format!("there is no execution \"{execution}\""))
                .hint("`sandstep executions` lists them"),
        ),
        1 => Ok(found.remove(0)),
        _ => {
            let machines = found.iter().filter_map(|arn| ExecutionArn::parse(arn));
            let names: Vec<String> = machines
                .map(|arn| format!("{}/{execution}", arn.machine))
                .collect();
            Err(CommandError::new(format!(
                "\"{execution}\" is an execution of several state machines"
            ))
            .hint(format!("say which: {}", names.join(", "))))
        }
    }
}

fn no_machine(wanted: &str, machines: &[Value]) -> CommandError {
    let error = CommandError::new(format!("there is no state machine \"{wanted}\""));
    let names: Vec<&str> = machines.iter().filter_map(name).collect();
    match did_you_mean(wanted, names.iter().copied()) {
        Some(hint) => error.hint(hint),
        None if names.is_empty() => error.hint("the endpoint has none"),
        None => error.hint(format!("its state machines: {}", listed(&names))),
    }
}

/// The first of many names.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 10;
    let shown = names.iter().take(SHOWN).copied();
    let shown: Vec<&str> = shown.collect();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        rest => format!("{} and {rest} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_has_its_machines_region_and_account() {
        let machine = "arn:aws:states:eu-west-1:111122223333:stateMachine:orders";
        let execution = "arn:aws:states:eu-west-1:111122223333:execution:orders:o-1";
        for machine in [
            machine.to_owned(),
            format!("{machine}:live"),
            format!("{machine}:3"),
        ] {
            assert_eq!(execution_of(&machine, "o-1").as_deref(), Some(execution));
        }
        let parts = ExecutionArn::parse(execution).unwrap();
        assert_eq!((parts.machine, parts.name), ("orders", "o-1"));
        assert!(ExecutionArn::parse(machine).is_none());
    }

    #[test]
    fn a_name_must_be_of_one_execution() {
        let of = |machine: &str| format!("arn:aws:states:r:1:execution:{machine}:x");
        assert_eq!(only("x", vec![of("a")]).unwrap(), of("a"));
        assert!(only("x", vec![]).is_err());
        let error = only("x", vec![of("a"), of("b")]).unwrap_err();
        assert!(
            error
                .to_text(crate::terminal::Paint::PLAIN)
                .contains("a/x, b/x")
        );
    }
}
