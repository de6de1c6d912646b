//! The service's answers about comparison operators, in `conformance/stepfunctions`.

use std::fs;
use std::path::Path;

use sandstep_conformance::locate;
use sandstep_json::Value;

use crate::choice::Sight;
use crate::machine::{RuleCondition, StateId, StateKind, StateMachine};

#[test]
fn operators_answer_as_recorded() {
    let Some(folder) = locate("stepfunctions/cases/choice_operators") else {
        return;
    };
    let mut compared = 0;
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the folder can be listed").path();
        let case = Value::parse(&fs::read_to_string(&path).expect("a case can be read"));
        compared += replay(&path, &case.expect("a case is JSON"));
    }
    assert!(compared > 300, "only {compared} answers were compared");
}

/// Compares every answer of a case; tells how many there were.
///
/// The calls come in threes: the machine, its execution, and the history. The answers stand
/// in the one match, in the same order.
fn replay(path: &Path, case: &Value) -> usize {
    let calls = case
        .get("calls")
        .and_then(Value::as_array)
        .expect("a case has calls");
    let answers = case
        .get("matches")
        .and_then(Value::as_array)
        .expect("a case has matches");
    let answers = answers[0]
        .get("expected")
        .and_then(Value::as_array)
        .expect("a list");
    assert_eq!(calls.len(), 3 * answers.len());
    for (calls, answer) in calls.chunks(3).zip(answers.iter()) {
        let definition = parameter(&calls[0], "definition");
        let input = parameter(&calls[1], "input");
        let chosen = answer.get("output").expect("an answer has an output");
        let wanted = chosen
            .get("TestResult.$")
            .and_then(Value::as_str)
            .expect("a result");
        assert_eq!(
            choose(definition, input),
            wanted,
            "{path:?}: {definition} on {input}"
        );
    }
    answers.len()
}

fn parameter<'c>(call: &'c Value, name: &str) -> &'c str {
    let parameter = call.get("params").and_then(|params| params.get(name));
    parameter
        .and_then(Value::as_str)
        .expect("the call has the parameter")
}

/// The state that the first Choice state of a definition leads to.
fn choose(definition: &str, input: &str) -> String {
    let machine = StateMachine::parse(definition)
        .machine
        .expect("the definition is valid");
    let StateKind::Choice(choice) = &machine.state(machine.start_at).kind else {
        panic!("the machine starts with a Choice state");
    };
    let input = Value::parse(input).expect("the input is JSON");
    let RuleCondition::Comparison(condition) = &choice.rules[0].condition else {
        panic!("the rule compares");
    };
    let holds = condition
        .evaluate(&Sight::new(&input))
        .expect("the variable is there");
    let next = if holds {
        Some(choice.rules[0].next)
    } else {
        choice.default
    };
    name(&machine, next.expect("there is a default"))
}

fn name(machine: &StateMachine, id: StateId) -> String {
    machine.state(id).name.to_string()
}
