//! Replays one case.

use sandstep_json::{Array, Object, Value};

use crate::{
    case::{Call, Case, Match},
    compare::{Comparison, Difference},
    endpoint::Endpoint,
    known::Leniency,
    parallel, refusal,
    variables::Variables,
};

/// Makes a case's calls and compares what its matches name.
pub(crate) fn replay(case: &Case, leniency: Option<Leniency>) -> Result<(), String> {
    let mut endpoint = Endpoint::new()?;
    let mut variables = Variables::default();
    for call in &case.calls {
        let answer = make(call, &mut endpoint, &variables)?;
        variables.push_answer(answer);
    }
    let mut comparison = Comparison::new(&variables, leniency);
    for wanted in &case.matches {
        let actual = actual(wanted, &endpoint, &variables)?;
        check(wanted, &actual, &mut comparison)
            .map_err(|difference| format!("{}{difference}", wanted.key))?;
    }
    Ok(())
}

/// The answer to a call, or its error document under the key `$error`.
fn make(call: &Call, endpoint: &mut Endpoint, variables: &Variables) -> Result<Value, String> {
    let params = variables.fill(&call.params)?;
    match (endpoint.answer(call, &params)?, &call.raises) {
        (Ok(answer), None) => Ok(answered(answer, 200).into()),
        (Err(refusal), raises) if raises.as_deref().is_none_or(|code| code == refusal.code) => {
            Ok(Object::from([("$error", answered(refusal.document(), 400))]).into())
        }
        (got, raises) => Err(format!("call {}: {raises:?} is not {got:?}", call.number)),
    }
}

fn answered(answer: Object, status: i64) -> Object {
    answer.with(
        "ResponseMetadata",
        Object::from([("HTTPStatusCode", status)]),
    )
}

/// What a match compares. Some cases have the outputs of an emulator's
/// executions where a placeholder belongs; they stand for this run's.
fn actual(wanted: &Match, endpoint: &Endpoint, variables: &Variables) -> Result<Value, String> {
    let filled = variables.fill(&wanted.actual)?;
    let is_list = filled.is_array();
    if !is_list || filled != wanted.actual {
        return Ok(filled);
    }
    let executions = endpoint.executions().iter().map(|execution| {
        let output = execution.output().map_or_else(String::new, Value::to_json);
        Object::from([
            ("input", execution.start.input.to_json()),
            ("output", output),
        ])
    });
    Ok(Value::Array(executions.collect::<Array>()))
}

/// Compares one answer with the recorded one.
pub(crate) fn check(
    wanted: &Match,
    actual: &Value,
    comparison: &mut Comparison<'_>,
) -> Result<(), Difference> {
    if wanted.refuses_definition() {
        refusal::compare_places(&wanted.expected, actual)?;
    }
    let (expected, actual) = comparable(wanted, actual);
    let lists = (list_of(&expected, wanted), list_of(&actual, wanted));
    let (Some(expected_list), Some(actual_list)) = lists else {
        return comparison.values(&expected, &actual);
    };
    if wanted.unordered {
        return comparison.multisets(expected_list, actual_list);
    }
    parallel::compare(comparison, expected_list, actual_list)
        .map_err(|difference| difference.under(".events".to_owned()))
}

/// The list whose order does not count, or not everywhere.
fn list_of<'a>(value: &'a Value, wanted: &Match) -> Option<&'a [Value]> {
    let list = match (wanted.unordered, wanted.unordered_parallel) {
        (true, _) => value.as_array(),
        (_, true) => value.get("events")?.as_array(),
        (false, false) => None,
    };
    list.map(|list| list.as_slice())
}

/// Both sides without what is not compared: the transport where the recording
/// has none, and the words in which a definition is refused, which are ours.
fn comparable(wanted: &Match, actual: &Value) -> (Value, Value) {
    let (Value::Object(expected), Value::Object(actual)) = (&wanted.expected, actual) else {
        return (wanted.expected.clone(), actual.clone());
    };
    let (mut expected, mut actual) = (expected.clone(), actual.clone());
    if !expected.contains_key("ResponseMetadata") {
        actual.remove("ResponseMetadata");
    }
    if wanted.refuses_definition() {
        expected = refusal::without_message(&expected);
        actual = refusal::without_message(&actual);
    }
    (expected.into(), actual.into())
}
