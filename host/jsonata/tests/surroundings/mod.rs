//! What the expressions of tests see.

use std::sync::LazyLock;

use sandstep_json::{Array, Value};
use sandstep_jsonata::Surroundings;

/// Variables that do not change, a clock that stands still, chance that repeats.
pub(crate) struct Fixed;

/// Data that is long, deep or wide.
static DATA: LazyLock<Vec<(&'static str, Value)>> = LazyLock::new(data);

fn data() -> Vec<(&'static str, Value)> {
    let nested = |levels: usize| {
        (0..levels).fold(Value::from(1), |inner, _| {
            Value::Array(Array::from([inner]))
        })
    };
    let wide: Array = (0..1000)
        .map(|index| Value::Array([index].into()))
        .collect();
    vec![
        ("aaa", ("a".repeat(60) + "!").into()),
        ("long", "a".repeat(256 << 10).into()),
        ("words", "one ".repeat(200).into()),
        ("deep", nested(500)),
        ("abyss", nested(100_000)),
        ("wide", Value::Array(wide)),
    ]
}

impl Surroundings for Fixed {
    fn variable(&self, name: &str) -> Option<Value> {
        let found = DATA.iter().find(|(candidate, _)| *candidate == name);
        found.map(|(_, value)| value.clone())
    }

    fn now(&self) -> i64 {
        1_521_801_216_617
    }

    fn draw(&self) -> u64 {
        4
    }
}
