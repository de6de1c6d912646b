//! Replays one case.

use std::time::Instant;

use sandstep_json::{Object, Value};

use crate::{
    case::{Call, Case, Match},
    compare::{Comparison, Difference},
    endpoint::{Endpoint, Refused, Way},
    parallel, poll,
    variables::Variables,
};

/// Makes a case's calls and compares what its matches name, apart from members
/// that are called so.
pub(crate) async fn replay(case: &Case, way: Way, apart_from: &[&str]) -> Result<(), String> {
    let endpoint = Endpoint::open(case, way).await;
    let mut variables = Variables::default();
    for call in &case.calls {
        let answer = make(call, &endpoint, &variables).await?;
        variables.push_answer(expected_kind(case, call, answer)?);
    }
    let mut comparison = Comparison::new(&variables).apart_from(apart_from);
    for wanted in &case.matches {
        let actual = actual(wanted, case, &variables)?;
        check(wanted, &actual, &mut comparison)
            .map_err(|difference| format!("{}{difference}", wanted.key))?;
    }
    Ok(())
}

/// The answer to a call, repeated as it asks.
async fn make(
    call: &Call,
    endpoint: &Endpoint,
    variables: &Variables,
) -> Result<Result<Value, Refused>, String> {
    let params = variables.fill(&call.params)?;
    let until = call.poll_until.as_ref();
    let until = until.map(|until| until.fill(|value| variables.fill(value)));
    let until = until.transpose()?;
    let began = Instant::now();
    loop {
        let answer = endpoint.answer(call, &params).await?;
        let answer = match answer {
            Ok(reply) => Value::from(answered(reply.members, reply.status)),
            Err(refused) => return Ok(Err(refused)),
        };
        let is_done = until.as_ref().is_none_or(|until| until.holds(&answer));
        if is_done || !poll::pause(began, &answer).await {
            return Ok(Ok(answer));
        }
    }
}

/// The answer, or its error document under the key `$error`, if the case
/// expects the one or the other.
fn expected_kind(
    case: &Case,
    call: &Call,
    answer: Result<Value, Refused>,
) -> Result<Value, String> {
    let Call { number, raises, .. } = call;
    match answer {
        Ok(_) if raises.is_some() => Err(format!("call {number}: {raises:?} expected")),
        Ok(answer) => Ok(answer),
        Err(error) if raises.as_deref().is_some_and(|code| code != error.code) => {
            Err(format!("call {number}: {raises:?} expected, not {error:?}"))
        }
        Err(error) if raises.is_none() && !case.compares_error_of(*number) => {
            Err(format!("call {number} is refused: {error:?}"))
        }
        Err(error) => {
            let document = answered(error.document(), error.status);
            Ok(Object::from([("$error", document)]).into())
        }
    }
}

fn answered(answer: Object, status: i64) -> Object {
    answer.with(
        "ResponseMetadata",
        Object::from([("HTTPStatusCode", status)]),
    )
}

/// What a match compares. Some cases have the inputs and outputs of an
/// emulator's executions where placeholders belong; they stand for this run's.
fn actual(wanted: &Match, case: &Case, variables: &Variables) -> Result<Value, String> {
    let filled = variables.fill(&wanted.actual)?;
    let is_filled_list = filled.as_array().is_some_and(|list| !list.is_empty());
    if !is_filled_list || filled != wanted.actual {
        return Ok(filled);
    }
    let histories = case
        .calls
        .iter()
        .filter(|call| call.operation == "GetExecutionHistory");
    let executions = histories.map(|call| {
        let place = |path: &str| format!("{{{{{}.events.{path}}}}}", call.number);
        variables.fill(&Value::from(Object::from([
            ("input", place("0.executionStartedEventDetails.input")),
            ("output", place("-1.executionSucceededEventDetails.output")),
        ])))
    });
    let executions: Result<Vec<Value>, String> = executions.collect();
    Ok(Value::Array(executions?.into()))
}

/// Compares one answer with the recorded one.
pub(crate) fn check(
    wanted: &Match,
    actual: &Value,
    comparison: &mut Comparison<'_>,
) -> Result<(), Difference> {
    let actual = &comparable(wanted, actual);
    let lists = (list_of(&wanted.expected, wanted), list_of(actual, wanted));
    let (Some(expected_list), Some(actual_list)) = lists else {
        return comparison.values(&wanted.expected, actual);
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

/// The answer without its transport, where the recording has none.
fn comparable(wanted: &Match, actual: &Value) -> Value {
    let recorded = wanted.expected.get("ResponseMetadata");
    match actual {
        Value::Object(members) if recorded.is_none() => members.without("ResponseMetadata").into(),
        _ => actual.clone(),
    }
}
