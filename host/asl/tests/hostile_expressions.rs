//! Machines whose expressions try to keep an execution busy, or to make it large.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sandstep_asl::{Execution, Limits, Outcome, Start, StateMachine, Timestamp, TokenKey};
use sandstep_json::{Text, Value};

/// Only a guard against hanging: none of these takes a tenth of it, unoptimised.
const PATIENCE: Duration = Duration::from_secs(100);

/// The largest definition, in bytes.
const MAX_SIZE: usize = 1024 * 1024;

/// Runs a machine of these states, from `A` on, and answers the error's name and cause.
fn fails(states: &str) -> (String, String) {
    let begun = Instant::now();
    let definition =
        format!(r#"{{"QueryLanguage": "JSONata", "StartAt": "A", "States": {{{states}}}}}"#);
    let parsed = StateMachine::parse(&definition);
    let machine = parsed
        .machine
        .unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
    let mut execution = Execution::start(Arc::new(machine), start(), Timestamp::default());
    while execution.poll_record().is_some() {}
    assert!(begun.elapsed() < PATIENCE, "took {:?}", begun.elapsed());
    match execution.outcome() {
        Some(Outcome::Failed(error)) => {
            let text = |text: &Option<Text>| text.as_deref().unwrap_or_default().to_owned();
            (text(&error.error), text(&error.cause))
        }
        other => panic!("{other:?}"),
    }
}

fn start() -> Start {
    Start {
        input: Value::Null,
        execution_arn: "arn:aws:states:us-east-1:123456789012:execution:m:e".into(),
        name: "e".into(),
        role_arn: "arn:aws:iam::123456789012:role/r".into(),
        machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:m".into(),
        machine_name: "m".into(),
        redrive_count: None,
        seed: 1,
        token_key: TokenKey::of_seed(1),
        limits: Limits::default(),
    }
}

#[track_caller]
fn fails_with(states: &str, error: &str, cause: &str) {
    let told = fails(states);
    assert_eq!(told.0, error, "{}", told.1);
    assert!(told.1.contains(cause), "{}", told.1);
}

fn pass(output: &str) -> String {
    format!(r#""A": {{"Type": "Pass", "Output": {output}, "End": true}}"#)
}

/// As many elements as a definition has room for.
fn many(element: &str) -> String {
    let count = (MAX_SIZE - 1024) / (element.len() + 1);
    format!("[{}]", vec![element; count].join(","))
}

#[test]
fn a_call_without_end_is_stopped() {
    let endless = r#""{% ($f := function($n) { $f($n + 1) }; $f(0)) %}""#;
    fails_with(
        &pass(endless),
        "States.QueryEvaluationError",
        "Expression evaluation timeout: Check for infinite loop",
    );
}

#[test]
fn many_expressions_are_stopped_together() {
    fails_with(
        &pass(&many(r#""{% $sum([1..9999]) %}""#)),
        "States.QueryEvaluationError",
        "Expression evaluation timeout: Check for infinite loop",
    );
}

#[test]
fn many_large_values_are_stopped_together() {
    let large = r#""{% $pad('', 200000, 'x') %}""#;
    fails_with(&pass(&many(large)), "States.DataLimitExceeded", "'A'");
}

#[test]
fn a_loop_cannot_fill_the_memory_with_variables() {
    let set = r#""A": {"Type": "Pass", "Assign": {"a": "{% $pad('', 200000, 'x') %}"}, "Next": "B"},
        "B": {"Type": "Pass", "Assign": {"b": []}, "Next": "C"},
        "C": {"Type": "Choice", "Assign": {"b": "{% $append($b, $a) %}"}, "Default": "C",
            "Choices": [{"Condition": "{% $count($b) > 1000 %}", "Next": "D"}]},
        "D": {"Type": "Succeed"}"#;
    fails_with(set, "States.DataLimitExceeded", "'C'");
}

#[test]
fn all_variables_together_have_a_limit() {
    let names: Vec<String> = (0..60).map(|index| format!("v{index}")).collect();
    let states = names.iter().enumerate().map(|(index, name)| {
        let at = if index == 0 {
            "A".to_owned()
        } else {
            name.clone()
        };
        let assign = format!(r#"{{"{name}": "{{% $pad('', 200000, 'x') %}}"}}"#);
        let next = names.get(index + 1).map_or_else(
            || r#""End": true"#.to_owned(),
            |next| format!(r#""Next": "{next}""#),
        );
        format!(r#""{at}": {{"Type": "Pass", "Assign": {assign}, {next}}}"#)
    });
    let states: Vec<String> = states.collect();
    fails_with(&states.join(","), "States.DataLimitExceeded", "'v52'");
}
