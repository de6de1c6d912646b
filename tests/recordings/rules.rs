//! The rules of comparing, each on a small example.

use libtest_mimic::Trial;
use sandstep_json::{Object, Value};

use crate::{
    case::Match,
    compare::{Comparison, Difference},
    known::Leniency,
    parallel,
    placeholders::{Piece, Placeholder, split},
    replay::check,
    variables::Variables,
};

macro_rules! trials {
    ($($rule:ident,)*) => {
        [$(Trial::test(concat!("rules::", stringify!($rule)), || {
            $rule();
            Ok(())
        })),*]
    };
}

/// The rules' own tests.
pub(crate) fn trials() -> impl IntoIterator<Item = Trial> {
    trials![
        a_document_in_a_text_is_parsed,
        a_recorded_text_is_compared_as_text,
        objects_have_the_same_keys,
        lists_have_the_same_order,
        one_and_one_point_zero_differ,
        a_hole_takes_any_value,
        an_optional_key_may_be_missing,
        a_label_binds_one_value,
        a_label_does_not_bind_nothing,
        a_request_placeholder_is_this_runs_value,
        braces_around_anything_else_are_text,
        branches_come_in_any_order,
        the_end_before_the_exit_is_not_recorded,
        spaces_count_unless_known,
        only_words_of_a_refusal_are_ours,
    ]
}

fn a_document_in_a_text_is_parsed() {
    equal(
        r#"{"input": {"b": 1, "a": []}}"#,
        r#"{"input": "{ \"a\": [], \"b\": 1 }"}"#,
    );
    differ(
        r#"{"input": {"b": 1}}"#,
        r#"{"input": "not JSON"}"#,
        ".input",
    );
}

fn a_recorded_text_is_compared_as_text() {
    equal(r#"["[1,2]"]"#, r#"["[1,2]"]"#);
    differ(r#"["[1,2]"]"#, r#"["[1, 2]"]"#, "[0]");
}

fn objects_have_the_same_keys() {
    differ(r#"{"a": 1, "b": 2}"#, r#"{"a": 1}"#, ".b");
    differ(r#"{"a": {"c": 1}}"#, r#"{"a": {"c": 1, "d": 2}}"#, ".a.d");
    equal(r#"{"a": 1, "SdkHttpMetadata": {}}"#, r#"{"a": 1}"#);
}

fn lists_have_the_same_order() {
    differ("[1, 2]", "[2, 1]", "[0]");
    differ("[1, 2]", "[1]", "[1]");
    differ("[[1]]", "[[1, 2]]", "[0][1]");
}

fn one_and_one_point_zero_differ() {
    differ("[1]", "[1.0]", "[0]");
    equal("[1.50, 100.0]", "[1.5, 1e2]");
}

fn a_hole_takes_any_value() {
    equal(
        r#"["{{any:date}}", "id {{any:id}}."]"#,
        r#"[{"a": null}, "id 7."]"#,
    );
    differ(r#"["id {{any:id}}."]"#, r#"["id 7"]"#, "[0]");
}

fn an_optional_key_may_be_missing() {
    equal(r#"{"a": "{{opt:a}}"}"#, "{}");
    equal(r#"{"a": "{{opt:a}}"}"#, r#"{"a": [1]}"#);
    differ(r#"{"a": "{{any:a}}"}"#, "{}", ".a");
}

fn a_label_binds_one_value() {
    equal(r#"["x:{{bind:id}}", "{{bind:id}}"]"#, r#"["x:1f", "1f"]"#);
    differ(
        r#"["x:{{bind:id}}", "{{bind:id}}"]"#,
        r#"["x:1f", "2e"]"#,
        "[1]",
    );
    differ(r#"["{{bind:id}}", "{{bind:id}}"]"#, "[[1], [2]]", "[1]");
}

fn a_label_does_not_bind_nothing() {
    differ(r#"["{{bind:id}}"]"#, r#"[""]"#, "[0]");
    differ(r#"["x:{{bind:id}}"]"#, r#"["x:"]"#, "[0]");
}

fn a_request_placeholder_is_this_runs_value() {
    let mut variables = Variables::default();
    variables.push_answer(json(r#"{"Arn": "arn:f", "list": [1]}"#));
    let filled = variables.fill(&json(r#"["{{1.Arn}}!", "{{1.list}}", "{{1}}"]"#));
    let expected = json(r#"["arn:f!", [1], {"Arn": "arn:f", "list": [1]}]"#);
    assert_eq!(filled, Ok(expected));
    assert!(variables.fill(&json(r#""{{2.Arn}}""#)).is_err());
    assert_ne!(
        variables.fill(&"{{uid:1}}".into()),
        variables.fill(&"{{uid:2}}".into())
    );
}

fn braces_around_anything_else_are_text() {
    let pieces = split("{{x}} {{{any:a}}}");
    let hole = Piece::Placeholder(Placeholder::Any);
    assert_eq!(pieces, [Piece::Text("{{x}} {"), hole, Piece::Text("}")]);
}

fn branches_come_in_any_order() {
    let started = event(1, "ParallelStateStarted");
    let succeeded = event(4, "ParallelStateSucceeded");
    let recorded = [started.clone(), inner("A"), inner("B"), succeeded.clone()];
    let got = [
        started.clone(),
        event(2, "B"),
        event(3, "A"),
        succeeded.clone(),
    ];
    assert!(compare_histories(&recorded, &got).is_ok());
    let twice = [started, event(2, "B"), event(3, "B"), succeeded];
    assert!(compare_histories(&recorded, &twice).is_err());
}

fn the_end_before_the_exit_is_not_recorded() {
    let started = event(1, "ParallelStateStarted");
    let exited = event(4, "ParallelStateExited");
    let recorded = [started.clone(), inner("A"), exited.clone()];
    let succeeded = event(3, "ParallelStateSucceeded");
    let got = [started, event(2, "A"), succeeded, exited];
    assert!(compare_histories(&recorded, &got).is_ok());
}

fn spaces_count_unless_known() {
    let (expected, actual) = (json(r#"["[1, 2]"]"#), json(r#"["[1,2]"]"#));
    let variables = Variables::default();
    let compared = |leniency| Comparison::new(&variables, leniency).values(&expected, &actual);
    assert!(compared(None).is_err());
    assert!(compared(Some(Leniency::Spaces)).is_ok());
}

fn only_words_of_a_refusal_are_ours() {
    let place = "Invalid: 'NOT_SO at /States/A/Next'";
    let ours = "1:1: error[rule] $.States.A.Next: not so";
    assert!(refused(
        ("InvalidDefinition", place),
        ("InvalidDefinition", ours)
    ));
    let elsewhere = "1:1: error[rule] $.States.B.Next: not so";
    assert!(!refused(
        ("InvalidDefinition", place),
        ("InvalidDefinition", elsewhere)
    ));
    assert!(!refused(
        ("InvalidDefinition", place),
        ("InvalidName", ours)
    ));
    assert!(!refused(("InvalidName", place), ("InvalidName", ours)));
}

/// Whether a refusal, by code and message, is like a recorded one.
fn refused(expected: (&str, &str), actual: (&str, &str)) -> bool {
    let document = |(code, message)| {
        let error = Object::from([("Code", code), ("Message", message)]);
        Value::from(Object::from([("Error", error)]))
    };
    let wanted = Match {
        key: "creation".to_owned(),
        actual: Value::Null,
        expected: document(expected),
        unordered: false,
        unordered_parallel: false,
    };
    let variables = Variables::default();
    let mut comparison = Comparison::new(&variables, None);
    check(&wanted, &document(actual), &mut comparison).is_ok()
}

fn equal(expected: &str, actual: &str) {
    let compared = compare(expected, actual);
    assert!(
        compared.is_ok(),
        "{expected} differs from {actual}: {compared:?}"
    );
}

fn differ(expected: &str, actual: &str, place: &str) {
    let difference = compare(expected, actual)
        .expect_err("they differ")
        .to_string();
    assert_eq!(difference.lines().next(), Some(place));
}

fn compare(expected: &str, actual: &str) -> Result<(), Difference> {
    Comparison::new(&Variables::default(), None).values(&json(expected), &json(actual))
}

fn compare_histories(expected: &[Value], actual: &[Value]) -> Result<(), Difference> {
    parallel::compare(
        &mut Comparison::new(&Variables::default(), None),
        expected,
        actual,
    )
}

fn event(id: u64, kind: &str) -> Value {
    let members = [
        ("type", Value::from(kind)),
        ("id", id.into()),
        ("previousEventId", (id - 1).into()),
    ];
    Object::from(members).into()
}

/// An event of a branch as the recordings have it.
fn inner(kind: &str) -> Value {
    json(&format!(
        r#"{{"type": "{kind}", "id": [0], "previousEventId": 0}}"#
    ))
}

fn json(text: &str) -> Value {
    Value::parse(text).expect("the test's JSON is JSON")
}
