//! What an execution tells of its insides when it is asked to.

use std::sync::Arc;

use sandstep_asl::{
    Execution, Finding, Limits, Start, StateMachine, TaskOutcome, Timestamp, TokenKey,
};
use sandstep_json::Object;

const NOON: Timestamp = Timestamp::from_millis(43_200_000);

/// The findings of one execution whose tasks all fail with `Boom`.
fn findings(definition: &str, is_asked: bool) -> Vec<String> {
    let machine = StateMachine::parse(definition)
        .machine
        .expect("it is valid");
    let mut execution = Execution::start(Arc::new(machine), start(), NOON);
    if is_asked {
        execution.inspect();
    }
    let mut findings = Vec::new();
    let mut now = NOON;
    while execution.outcome().is_none() {
        while execution.poll_record().is_some() {}
        while let Some(inspection) = execution.poll_inspection() {
            findings.push(format!(
                "{} {}",
                inspection.state,
                text(&inspection.finding)
            ));
        }
        if let Some(task) = execution.poll_task() {
            let outcome = TaskOutcome::failed("Boom", "as it must");
            execution.handle_task(task.id, outcome, now);
        } else if let Some(due) = execution.poll_timeout() {
            now = due;
            execution.handle_timeout(now);
        }
    }
    findings
}

fn text(finding: &Finding) -> String {
    match finding {
        Finding::Value(stage, value) => format!("{stage:?} {value}"),
        other => format!("{other:?}"),
    }
}

fn start() -> Start {
    Start {
        input: Object::from([("a", Object::from([("b", 1)]))]).into(),
        execution_arn: "arn".into(),
        name: "name".into(),
        role_arn: "role".into(),
        machine_arn: "machine".into(),
        machine_name: "machine".into(),
        redrive_count: Some(0),
        seed: 0,
        token_key: TokenKey::of_seed(0),
        limits: Limits::default(),
    }
}

const WORK_AND_CHOOSE: &str = r#"{"StartAt": "Work", "States": {
    "Work": {"Type": "Task", "Resource": "f", "InputPath": "$.a", "Next": "Choose",
        "Retry": [{"ErrorEquals": ["Other"]}, {"ErrorEquals": ["Boom"], "MaxAttempts": 1}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": null, "Next": "Choose"}]},
    "Choose": {"Type": "Choice", "Default": "End", "Choices": [
        {"Variable": "$.x", "IsPresent": true, "Next": "End"},
        {"Variable": "$.a", "IsPresent": true, "Next": "End"}]},
    "End": {"Type": "Pass", "Result": [], "ResultPath": "$.r", "End": true}}}"#;

#[test]
fn an_execution_tells_stages_and_decisions() {
    let expected = [
        r#"Work AfterInputPath {"b":1}"#,
        r#"Work AfterParameters {"b":1}"#,
        r#"Work Failure(ErrorDetails { error: Some("Boom"), cause: Some("as it must") })"#,
        r#"Work Retrier { index: 1, delay: Some(1s) }"#,
        r#"Work AfterInputPath {"b":1}"#,
        r#"Work AfterParameters {"b":1}"#,
        r#"Work Failure(ErrorDetails { error: Some("Boom"), cause: Some("as it must") })"#,
        r#"Work Retrier { index: 1, delay: None }"#,
        r#"Work Catcher(0)"#,
        r#"Choose AfterInputPath {"a":{"b":1}}"#,
        r#"Choose AfterParameters {"a":{"b":1}}"#,
        r#"Choose Rule(Some(1))"#,
        r#"Choose AfterResultSelector {"a":{"b":1}}"#,
        r#"Choose AfterResultPath {"a":{"b":1}}"#,
        r#"End AfterInputPath {"a":{"b":1}}"#,
        r#"End AfterParameters {"a":{"b":1}}"#,
        r#"End Result []"#,
        r#"End AfterResultSelector []"#,
        r#"End AfterResultPath {"a":{"b":1},"r":[]}"#,
    ];
    assert_eq!(findings(WORK_AND_CHOOSE, true), expected);
}

#[test]
fn an_execution_that_is_not_asked_tells_nothing() {
    assert_eq!(findings(WORK_AND_CHOOSE, false), [""; 0]);
}

#[test]
fn a_map_tells_its_items_and_limits() {
    let definition = r#"{"StartAt": "Map", "States": {"Map": {"Type": "Map", "End": true,
        "ItemsPath": "$.a[*]", "ToleratedFailurePercentage": 50, "MaxConcurrency": 3,
        "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}}}}"#;
    let found = findings(definition, true);
    let of_map: Vec<&str> = found
        .iter()
        .filter_map(|line| line.strip_prefix("Map "))
        .collect();
    let expected = [
        r#"AfterInputPath {"a":{"b":1}}"#,
        r#"AfterParameters {"a":{"b":1}}"#,
        "Items [1]",
        "MaxConcurrency 3",
        "ToleratedFailurePercentage 50.0",
        "Result [1]",
        "AfterResultSelector [1]",
        "AfterResultPath [1]",
    ];
    assert_eq!(of_map, expected);
}
