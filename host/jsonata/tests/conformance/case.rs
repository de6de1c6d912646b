//! Runs a case and judges what came out.

use std::cell::Cell;

use sandstep_json::{Object, Value};
use sandstep_jsonata::{Expression, Fault, Limits, Surroundings};

use crate::suite::{Case, Expected};

pub(crate) enum Verdict {
    Passed,
    Failed(String),
    /// Step Functions does not allow it, for a reason.
    Inapplicable(&'static str),
}

type Outcome = Result<Option<Value>, Fault>;

/// What a case's expression sees: its bindings, a time, and numbers one after another.
struct Bindings<'a> {
    variables: &'a Object,
    drawn: Cell<u64>,
}

impl Surroundings for Bindings<'_> {
    fn variable(&self, name: &str) -> Option<Value> {
        self.variables.get(name).cloned()
    }

    fn now(&self) -> i64 {
        1_700_000_000_000
    }

    fn draw(&self) -> u64 {
        let next = self
            .drawn
            .get()
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1);
        self.drawn.set(next);
        next
    }
}

pub(crate) fn judge(case: &Case) -> Verdict {
    if case.expr.contains("$eval(") || case.expr.contains("$eval ") {
        return Verdict::Inapplicable("Step Functions has no `$eval`");
    }
    let outcome = run(case);
    if matches(&case.expected, &outcome) {
        return Verdict::Passed;
    }
    if let Some(in_2_0_6) = &case.in_2_0_6 {
        return judge_by_2_0_6(in_2_0_6, &outcome);
    }
    Verdict::Failed(format!("{} gives {}", case.expr, show(&outcome)))
}

fn run(case: &Case) -> Outcome {
    let limits = Limits {
        depth: case.depth.unwrap_or(1_000),
        steps: if is_endless(case) {
            500_000
        } else {
            50_000_000
        },
        // A range of ten million numbers is among the cases.
        memory: 1 << 30,
        ..Limits::default()
    };
    let surroundings = Bindings {
        variables: &case.bindings,
        drawn: Cell::new(1),
    };
    Expression::parse(&case.expr)?.evaluate_on(case.input.as_ref(), &surroundings, &limits)
}

/// Whether the case is about the limits of depth and time.
fn is_endless(case: &Case) -> bool {
    matches!(&case.expected, Expected::Code(code) if code == "U1001")
}

/// Whether a result that is not the suite's is that of the version that Step Functions has.
fn judge_by_2_0_6(in_2_0_6: &str, outcome: &Outcome) -> Verdict {
    const REASON: &str = "the suite expects what JSONata after 2.0.6 does; ours does as 2.0.6";
    if let Some((_, json)) = in_2_0_6.split_once("2.0.6 returns ") {
        let value = Value::parse(json).expect("the suite shows results as JSON");
        if matches(&Expected::Value(value), outcome) {
            return Verdict::Inapplicable(REASON);
        }
    }
    match outcome {
        Err(fault) if in_2_0_6.contains(fault.code) => Verdict::Inapplicable(REASON),
        _ => Verdict::Failed(format!("{in_2_0_6}; ours gives {}", show(outcome))),
    }
}

fn matches(expected: &Expected, outcome: &Outcome) -> bool {
    match (expected, outcome) {
        (Expected::Value(expected), Ok(Some(value))) => same(expected, value),
        (Expected::Unordered(expected), Ok(Some(value))) => same_items(expected, value),
        (Expected::Undefined, Ok(None)) => true,
        (Expected::Code(code), Err(fault)) => same_code(code, fault),
        (Expected::Error(members), Err(fault)) => has_members(fault, members),
        _ => false,
    }
}

/// The suite's harness has a code of its own for the limits of depth and time.
fn same_code(code: &str, fault: &Fault) -> bool {
    match code {
        "U1001" => ["D1011", "D1012"].contains(&fault.code),
        code => code == fault.code,
    }
}

fn has_members(fault: &Fault, members: &Object) -> bool {
    members.iter().all(|(key, value)| match key.as_str() {
        "code" => value.as_str() == Some(fault.code),
        "message" => value.as_str() == Some(fault.message.as_str()),
        "token" => value.as_str() == fault.token.as_deref(),
        _ => true,
    })
}

/// Equality of JSON, with numbers as numbers.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, left)| right.get(key).is_some_and(|right| same(left, right)))
        }
        (left, right) => left == right,
    }
}

fn same_items(left: &Value, right: &Value) -> bool {
    let sorted = |value: &Value| {
        let array = value.as_array().cloned().unwrap_or_default();
        let mut items = array.into_vec();
        items.sort_by_key(Value::to_json);
        Value::from(items)
    };
    same(&sorted(left), &sorted(right))
}

fn show(outcome: &Outcome) -> String {
    match outcome {
        Ok(Some(value)) => value.to_json().chars().take(300).collect(),
        Ok(None) => "nothing".to_owned(),
        Err(fault) => format!("{} {fault}", fault.code),
    }
}
