//! Machines that are small to write down and large to run.
//!
//! Each ends in seconds, unless something takes time by the square of its
//! size, or stack by its size.

use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use sandstep_asl::{Limits, Outcome};
use sandstep_json::{Array, Object, Value};
use sandstep_tests::case::Case;

use crate::seed::drive;

/// How many iterations there are.
const MANY: usize = 100_000;

/// Only a guard against hanging: what takes the square of a hundred thousand
/// takes minutes unoptimised, and time says nothing finer on a busy machine.
const MOST: Duration = Duration::from_secs(100);

/// How deep scopes may stand inside one another (`asl`, `parse/scope.rs`).
const DEEP: usize = 32;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial(
            "many iterations fail with one",
            many_iterations_fail_with_one,
        ),
        trial(
            "many iterations are cancelled",
            many_iterations_are_cancelled,
        ),
        trial("many Maps that wait for room fail", many_waiting_maps_fail),
        trial("a failure crosses all levels", a_failure_crosses_all_levels),
        trial("a payload grows as deep as it can", a_payload_grows_deep),
    ]
}

fn trial(name: &str, test: fn() -> Result<(), String>) -> Trial {
    Trial::test(name, move || in_time(test))
}

fn in_time(test: fn() -> Result<(), String>) -> Result<(), Failed> {
    let started = Instant::now();
    test()?;
    let took = started.elapsed();
    if took > MOST {
        return Err(format!("it took {took:?}").into());
    }
    Ok(())
}

/// The first fails before any other has begun.
fn many_iterations_fail_with_one() -> Result<(), String> {
    let map = parse(
        r#"{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"T","States":{
            "T":{"Type":"Task","Resource":"work","End":true}}}}"#,
    );
    let tasks = parse(r#"{"T":[{"throws":{"error":"Boom"}}]}"#);
    fails_with("Boom", &case(machine("M", map), items(MANY), tasks))
}

/// The second fails while all others run.
fn many_iterations_are_cancelled() -> Result<(), String> {
    let map = parse(
        r#"{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"T","States":{
            "T":{"Type":"Task","Resource":"work","End":true}}}}"#,
    );
    let tasks = parse(
        r#"{"T":[{"returns":0,"takes":9},{"throws":{"error":"Boom"},"takes":1},
                 {"returns":0,"takes":9}]}"#,
    );
    fails_with("Boom", &case(machine("M", map), items(MANY), tasks))
}

/// Each of the innermost Maps waits for room for its second iteration, whose
/// input it cannot make. The failure of `Q` makes room, which the first of them
/// gets; it fails, is tolerated, and leaves more room to the next.
fn many_waiting_maps_fail() -> Result<(), String> {
    let many = MANY / 5;
    let waiting = r#"{"Type":"Map","ItemProcessor":{"StartAt":"W","States":{
                          "W":{"Type":"Wait","Seconds":99,"End":true}}},
                      "ItemSelector":{"v.$":"States.StringToJson($$.Map.Item.Value)"},"End":true}"#;
    let tolerant = format!(
        r#"{{"Type":"Map","ToleratedFailurePercentage":100,
             "ItemProcessor":{{"StartAt":"I","States":{{"I":{waiting}}}}},"End":true}}"#
    );
    let filler = r#"{"Type":"Parallel","Branches":[
                         {"StartAt":"B","States":{"B":{"Type":"Task","Resource":"work","End":true}}},
                         {"StartAt":"N","States":{"N":{"Type":"Map","ItemProcessor":{"StartAt":"V",
                             "States":{"V":{"Type":"Wait","Seconds":99,"End":true}}},"End":true}}}],
                     "Catch":[{"ErrorEquals":["Boom"],"Next":"R"}],"End":true}"#;
    let machine = format!(
        r#"{{"StartAt":"P","States":{{"P":{{"Type":"Parallel","Branches":[
             {{"StartAt":"L","States":{{
                 "L":{{"Type":"Wait","Seconds":1,"Next":"M"}},
                 "M":{{"Type":"Map","ItemProcessor":{{"StartAt":"O","States":{{"O":{tolerant}}}}},"End":true}}}}}},
             {{"StartAt":"Q","States":{{
                 "Q":{filler},
                 "R":{{"Type":"Wait","Seconds":1,"End":true}}}}}}],"End":true}}}}}}"#
    );
    let list: Array = (0..many).map(|_| parse(r#"[["1","no JSON"]]"#)).collect();
    let tasks = parse(r#"{"B":[{"throws":{"error":"Boom"},"takes":2}]}"#);
    let case = case(parse(&machine), list.into(), tasks);
    let limits = Limits {
        threads: 3 * many + 6,
        ..case.limits
    };
    succeeds(&Case { limits, ..case })
}

fn a_failure_crosses_all_levels() -> Result<(), String> {
    let mut scope = scope("F", r#"{"Type":"Fail","Error":"Boom"}"#);
    for level in 0..DEEP {
        let mut state = parse(r#"{"Type":"Parallel","End":true}"#);
        if level % 2 == 0 {
            state = with(state, "Branches", Array::from([scope]).into());
        } else {
            state = with(state, "Type", "Map".into());
            state = with(state, "ItemProcessor", scope);
        }
        scope = machine(&format!("L{level}"), state);
    }
    let input = (0..DEEP).fold(parse("[1]"), |input, _| Array::from([input]).into());
    fails_with("Boom", &case(scope, input, parse("{}")))
}

/// Each turn of the loop wraps the payload once more, until it is too large;
/// then it is searched, compared and printed.
fn a_payload_grows_deep() -> Result<(), String> {
    let machine = parse(
        r#"{"StartAt":"W","States":{
            "W":{"Type":"Pass","Parameters":{"a.$":"$"},"Next":"T"},
            "T":{"Type":"Task","Resource":"work","Next":"W",
                 "Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.e","Next":"F"}]},
            "F":{"Type":"Pass","Parameters":{"n.$":"States.ArrayLength($..e)","s.$":"States.JsonToString($)"},
                 "ResultPath":null,"OutputPath":"$.e","End":true}}}"#,
    );
    let failing = parse(r#"{"throws":{"error":"Boom"}}"#);
    let mut outcomes: Vec<Value> = (0..20_000).map(|_| parse(r#"{"returns":"$"}"#)).collect();
    outcomes.push(failing);
    let tasks = Object::from([("T", Array::from(outcomes))]);
    succeeds(&case(machine, parse("{}"), tasks.into()))
}

fn fails_with(error: &str, case: &Case) -> Result<(), String> {
    match drive(case).outcome {
        Outcome::Failed(details) if details.error.as_deref() == Some(error) => Ok(()),
        other => Err(shown(&other)),
    }
}

fn succeeds(case: &Case) -> Result<(), String> {
    match drive(case).outcome {
        Outcome::Succeeded(_) => Ok(()),
        other => Err(shown(&other)),
    }
}

fn shown(outcome: &Outcome) -> String {
    format!("{outcome:?}").chars().take(500).collect()
}

/// A case without a limit on its history, and with room for many iterations.
fn case(definition: Value, input: Value, tasks: Value) -> Case {
    let document = Object::from([
        ("definition", definition),
        ("type", "EXPRESS".into()),
        ("input", input),
        ("tasks", tasks),
        (
            "limits",
            parse(r#"{"inline_concurrency":100000,"payload_bytes":10000000,"threads":1000000}"#),
        ),
    ]);
    Case::parse(&Value::from(document).to_string()).expect("the case is valid")
}

fn items(count: usize) -> Value {
    (0..count).collect::<Array>().into()
}

fn scope(name: &str, state: &str) -> Value {
    machine(name, parse(state))
}

fn machine(name: &str, state: Value) -> Value {
    Object::from([
        ("StartAt", Value::from(name)),
        ("States", Object::from([(name, state)]).into()),
    ])
    .into()
}

fn with(object: Value, key: &str, value: Value) -> Value {
    let object = object.as_object().expect("an object is extended");
    object.with(key, value).into()
}

fn parse(text: &str) -> Value {
    Value::parse(text).expect("the text is JSON")
}
