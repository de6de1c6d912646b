//! Compares documents as tests mean it.

use std::cmp::Ordering;

use sandstep_json::{Array, Object, Value};

/// How much of a document is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it.
    Whole,
    /// Objects may have more members, at any depth.
    Part,
}

/// What `got` looks like from `expected`: written as that is wherever they
/// agree (`1` and `1.0` are one number, and members have no order), without
/// members that do not matter. It equals `expected` if `got` is as expected.
pub(crate) fn align(expected: &Value, got: &Value, extent: Extent) -> Value {
    match (expected, got) {
        (Value::Number(a), Value::Number(b)) if a.numeric_cmp(b) == Ordering::Equal => {
            expected.clone()
        }
        (Value::Object(expected), Value::Object(got)) => {
            align_objects(expected, got, extent).into()
        }
        (Value::Array(expected), Value::Array(got)) => {
            let aligned = got.iter().enumerate().map(|(index, got)| {
                expected
                    .get(index)
                    .map_or_else(|| got.clone(), |expected| align(expected, got, extent))
            });
            aligned.collect::<Array>().into()
        }
        _ => got.clone(),
    }
}

fn align_objects(expected: &Object, got: &Object, extent: Extent) -> Object {
    let shared = expected
        .iter()
        .filter_map(|(key, expected)| Some((key, align(expected, got.get(key)?, extent))));
    let more = got
        .iter()
        .filter(|(key, _)| extent == Extent::Whole && !expected.contains_key(key));
    shared
        .chain(more.map(|(key, value)| (key, value.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_as_expected(expected: &str, got: &str, extent: Extent) -> bool {
        let parse = |text| Value::parse(text).expect("the test's JSON is JSON");
        let expected = parse(expected);
        align(&expected, &parse(got), extent) == expected
    }

    #[test]
    fn numbers_are_what_they_stand_for_and_members_have_no_order() {
        let whole = Extent::Whole;
        assert!(is_as_expected(
            r#"{"a": 1, "b": [2.50]}"#,
            r#"{"b": [2.5], "a": 1.0}"#,
            whole
        ));
        assert!(!is_as_expected(r#"{"a": 1}"#, r#"{"a": 2}"#, whole));
        assert!(!is_as_expected("[1]", "[1, 2]", whole));
        assert!(!is_as_expected("1", r#""1""#, whole));
    }

    #[test]
    fn more_members_matter_only_to_the_whole() {
        let (expected, got) = (
            r#"{"a": [{"b": 1}]}"#,
            r#"{"a": [{"b": 1, "c": 2}], "d": 3}"#,
        );
        assert!(is_as_expected(expected, got, Extent::Part));
        assert!(!is_as_expected(expected, got, Extent::Whole));
        assert!(!is_as_expected(r#"{"a": 1}"#, "{}", Extent::Part));
        assert!(!is_as_expected("[]", "[1]", Extent::Part));
    }
}
