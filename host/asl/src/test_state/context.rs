//! The context object of a test: the one that was given, or one as the service makes it.

use sandstep_json::{Object, Text, Value};

use super::{refusal::Refusal, surroundings::Surroundings};
use crate::{
    machine::{State, StateKind, StateMachine},
    resource::Pattern,
    timestamp::Timestamp,
};

/// What the service calls the state under test in the context object, whatever the
/// definition calls it (recorded).
const STATE_NAME: &str = "StateName";

/// What a test's execution and its state machine are called. They exist nowhere else.
#[derive(Clone, Debug)]
pub struct TestIdentity {
    /// `$$.Execution.Id`: of an EXPRESS execution (recorded).
    pub execution_arn: Text,
    /// `$$.Execution.Name`.
    pub name: Text,
    /// `$$.Execution.RoleArn`; `null` in the context object where there is none.
    pub role_arn: Option<Text>,
    /// `$$.StateMachine.Id`.
    pub machine_arn: Text,
    /// `$$.StateMachine.Name`.
    pub machine_name: Text,
    /// Where all of the test's chance comes from.
    pub seed: u128,
}

/// The context object that a state sees if the request gives none. In a Map, the state
/// sees itself in the first iteration.
pub(super) fn made_up(
    identity: &TestIdentity,
    machine: &StateMachine,
    state: &State,
    input: &Value,
    now: Timestamp,
) -> Value {
    let now = now.to_string();
    let role_arn = identity.role_arn.as_ref();
    let execution = Object::from([
        ("Id", Value::from(&identity.execution_arn)),
        ("Input", input.clone()),
        ("Name", Value::from(&identity.name)),
        ("RoleArn", role_arn.map_or(Value::Null, Value::from)),
        ("StartTime", Value::from(now.as_str())),
    ]);
    let state_machine = Object::from([
        ("Id", Value::from(&identity.machine_arn)),
        ("Name", Value::from(&identity.machine_name)),
    ]);
    let mut context = Object::from([
        ("Execution", execution),
        ("StateMachine", state_machine),
        ("State", state_member(state, &now)),
    ]);
    if waits_for_token(state) {
        context.insert("Task", Object::from([("Token", identity.name.clone())]));
    }
    if let Some(map) = Surroundings::of(machine).map_around(state) {
        let item = Object::from([("Index", Value::from(0)), ("Value", input.clone())]);
        let item = match &map.distributed {
            Some(distributed) if distributed.item_reader.is_none() => {
                item.with("Source", "STATE_DATA")
            }
            _ => item,
        };
        context.insert("Map", Object::from([("Item", item)]));
    }
    context.into()
}

fn state_member(state: &State, now: &str) -> Object {
    let member = Object::from([("Name", STATE_NAME), ("EnteredTime", now)]);
    match state.kind.recovery() {
        Some(_) => member.with("RetryCount", 0),
        None => member,
    }
}

fn waits_for_token(state: &State) -> bool {
    matches!(&state.kind, StateKind::Task(task)
        if task.resource.pattern() == Pattern::WaitForTaskToken)
}

/// Reads the context object of a request, of which any part may be missing.
pub(super) fn parse(text: &str) -> Result<Value, Refusal> {
    let refuse = |problem: String| {
        Refusal::validation(format!("Invalid Context object provided: {problem}"))
    };
    let context = Value::parse(text).map_err(|_| refuse("must be valid JSON".to_owned()))?;
    Kind::Members(&CONTEXT)
        .check("Context", &context)
        .map_err(refuse)?;
    Ok(context)
}

/// What a part of the context object may be.
enum Kind {
    Anything,
    Text,
    Number,
    Members(&'static [(&'static str, Kind)]),
}

/// The members of a context object (developer guide, "Context object").
const CONTEXT: [(&str, Kind); 5] = [
    (
        "Execution",
        Kind::Members(&[
            ("Id", Kind::Text),
            ("Input", Kind::Anything),
            ("Name", Kind::Text),
            ("RoleArn", Kind::Text),
            ("StartTime", Kind::Text),
            ("RedriveCount", Kind::Number),
            ("RedriveTime", Kind::Text),
        ]),
    ),
    (
        "State",
        Kind::Members(&[
            ("EnteredTime", Kind::Text),
            ("Name", Kind::Text),
            ("RetryCount", Kind::Number),
        ]),
    ),
    (
        "StateMachine",
        Kind::Members(&[("Id", Kind::Text), ("Name", Kind::Text)]),
    ),
    ("Task", Kind::Members(&[("Token", Kind::Text)])),
    (
        "Map",
        Kind::Members(&[(
            "Item",
            Kind::Members(&[
                ("Index", Kind::Number),
                ("Key", Kind::Text),
                ("Source", Kind::Text),
                ("Value", Kind::Anything),
            ]),
        )]),
    ),
];

impl Kind {
    /// Compares a value with what its place may have; the problem is told in the service's
    /// words (recorded of texts and of unknown fields).
    fn check(&self, place: &str, value: &Value) -> Result<(), String> {
        match self {
            Self::Members(members) => {
                let object = value.as_object();
                let object = object.ok_or_else(|| format!("{place} must be an object"))?;
                check_members(members, place, object)
            }
            Self::Text if value.as_str().is_none() => Err(format!("{place} must be a string")),
            Self::Number if value.as_number().is_none() => Err(format!("{place} must be a number")),
            _ => Ok(()),
        }
    }
}

fn check_members(members: &[(&str, Kind)], place: &str, object: &Object) -> Result<(), String> {
    object.iter().try_for_each(|(name, value)| {
        let found = members.iter().find(|(known, _)| *name == **known);
        let (_, kind) = found.ok_or_else(|| format!("Field '{name}' is not allowed"))?;
        match place {
            "Context" => kind.check(name, value),
            _ => kind.check(&format!("{place}.{name}"), value),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_object_has_the_services_members_alone() {
        for (context, problem) in [
            (r#"{"Pokedex": {}}"#, "Field 'Pokedex' is not allowed"),
            (
                r#"{"Execution": {"pokemon": 1}}"#,
                "Field 'pokemon' is not allowed",
            ),
            (
                r#"{"Execution": {"Id": 1}}"#,
                "Execution.Id must be a string",
            ),
            (r#"{"State": []}"#, "State must be an object"),
            (
                r#"{"Map": {"Item": {"Index": "0"}}}"#,
                "Map.Item.Index must be a number",
            ),
            ("[]", "Context must be an object"),
        ] {
            let refusal = parse(context).expect_err("it is refused").to_string();
            assert_eq!(
                refusal,
                format!("Invalid Context object provided: {problem}")
            );
        }
    }

    #[test]
    fn any_part_of_a_context_object_may_be_missing() {
        for context in [
            "{}",
            r#"{"Task": {"Token": "t"}, "Execution": {"Input": [1]}}"#,
            r#"{"Map": {"Item": {"Index": 0, "Value": null, "Key": "k"}}}"#,
        ] {
            let parsed = parse(context).map(|parsed| parsed.to_json());
            assert_eq!(parsed, Ok(Value::parse(context).unwrap().to_json()));
        }
    }
}
