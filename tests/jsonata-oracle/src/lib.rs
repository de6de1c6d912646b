//! Our JSONata and `jsonata-core`, asked the same questions.
//!
//! `jsonata-core` passes nearly all of the reference's suite, so where the two differ on an
//! expression that the suite does not have, one of them is wrong.
#![forbid(unsafe_code)]

pub mod generate;

use std::fmt;

use jsonata_core::evaluator::Evaluator;
use jsonata_core::value::JValue;
use sandstep_json::{Object, Value};
use sandstep_jsonata::{Expression, Limits, Surroundings};

/// How an evaluation ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    Value(Value),
    Undefined,
    /// The code of the error; empty where the oracle's error has none.
    Fault(String),
}

impl Outcome {
    /// Whether two outcomes say the same. Numbers are compared by what they stand for, to fifteen
    /// digits; an error's code counts where both have one.
    pub fn agrees(&self, other: &Outcome) -> bool {
        match (self, other) {
            (Outcome::Value(a), Outcome::Value(b)) => same(a, b),
            (Outcome::Undefined, Outcome::Undefined) => true,
            (Outcome::Fault(a), Outcome::Fault(b)) => a.is_empty() || b.is_empty() || a == b,
            _ => false,
        }
    }
}

impl Outcome {
    /// The same, where nothing was kept: a list without nulls, and no list or object that is empty
    /// without them. A list of one is its only item, as in a sequence.
    pub fn without_nothing(&self) -> Outcome {
        match self {
            Outcome::Value(value) => something_of(value).map_or(Outcome::Undefined, Outcome::Value),
            other => other.clone(),
        }
    }
}

fn something_of(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().filter_map(something_of).collect();
            match items.len() {
                0 => None,
                1 => items.pop(),
                _ => Some(items.into()),
            }
        }
        Value::Object(members) => {
            let something = |(key, value): (_, &Value)| Some((key, something_of(value)?));
            let members = members.iter().map(|(key, value)| (key.clone(), value));
            Some(members.filter_map(something).collect::<Object>().into())
        }
        other => Some(other.clone()),
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Value(value) => value.fmt(f),
            Outcome::Undefined => f.write_str("undefined"),
            Outcome::Fault(code) => write!(f, "error {code}"),
        }
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => near(a.as_f64(), b.as_f64()),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let in_b =
                |(key, value): (_, &Value)| b.get(key).is_some_and(|other| same(value, other));
            a.len() == b.len() && a.iter().map(|(key, value)| (key.as_str(), value)).all(in_b)
        }
        (a, b) => a.to_json() == b.to_json(),
    }
}

fn near(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-14 * a.abs().max(b.abs())
}

/// What our implementation says of an expression over a document.
pub fn ours(text: &str, input: &Value) -> Outcome {
    let result = Expression::parse(text)
        .and_then(|expression| expression.evaluate_on(Some(input), &Nothing, &Limits::default()));
    match result {
        Ok(Some(value)) => Outcome::Value(value),
        Ok(None) => Outcome::Undefined,
        Err(fault) => Outcome::Fault(fault.code.to_owned()),
    }
}

/// What the oracle says of it.
pub fn theirs(text: &str, input: &Value) -> Outcome {
    let input = converted(input);
    let tree = match jsonata_core::parser::parse(text) {
        Ok(tree) => tree,
        Err(error) => return Outcome::Fault(code(&error.to_string())),
    };
    match Evaluator::new().evaluate(&tree, &input) {
        Ok(value) if value.is_undefined() => Outcome::Undefined,
        Ok(value) => read(&value),
        Err(error) => Outcome::Fault(code(error.message())),
    }
}

/// A document as the oracle has it.
pub fn converted(input: &Value) -> JValue {
    JValue::from_json_str(&input.to_json()).expect("our JSON is JSON")
}

fn read(value: &JValue) -> Outcome {
    let text = value
        .to_json_string()
        .expect("the oracle prints its values");
    Outcome::Value(Value::parse(&text).expect("the oracle prints JSON"))
}

fn code(message: &str) -> String {
    let code = jsonata_core::evaluator::error_code_prefix(message);
    code.unwrap_or_default().to_owned()
}

/// Surroundings without variables.
pub struct Nothing;

impl Surroundings for Nothing {
    fn variable(&self, _name: &str) -> Option<Value> {
        None
    }

    fn now(&self) -> i64 {
        1_521_801_216_617
    }

    fn draw(&self) -> u64 {
        0
    }
}
