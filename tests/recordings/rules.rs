//! The rules of comparing, each on a small example.

use libtest_mimic::Trial;
use sandstep_json::{Object, Value};

use crate::{
    compare::{Comparison, Difference},
    parallel, path,
    placeholders::{Piece, Placeholder, split},
    poll::PollUntil,
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
        references_to_variables_have_no_order,
        paths_lead_into_answers,
        a_poll_ends_when_its_condition_holds,
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
    for (one, another) in [
        ("{{uid:1}}", "{{uid:2}}"),
        ("{{uuid:1}}", "{{uuid:2}}"),
        ("{{role_arn}}", "{{role_arn_12}}"),
        ("{{account}}", "{{account_2}}"),
    ] {
        assert_ne!(variables.fill(&one.into()), variables.fill(&another.into()));
    }
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

fn references_to_variables_have_no_order() {
    equal(
        r#"{"variableReferences": {"A": ["x", "y"]}}"#,
        r#"{"variableReferences": {"A": ["y", "x"]}}"#,
    );
    differ(
        r#"{"variableReferences": {"A": ["x", "y"]}}"#,
        r#"{"variableReferences": {"A": ["x"]}}"#,
        ".variableReferences.A[1]",
    );
}

fn paths_lead_into_answers() {
    let answer = json(r#"{"events": [{"type": "A", "message": "{\"a\": 1}"}, {"type": "B"}]}"#);
    for (path, found) in [
        ("events.-1.type", Some(r#""B""#)),
        ("events.*.type", Some(r#"["A","B"]"#)),
        ("events.0.message.@json.a", Some("1")),
        ("events.2", None),
        ("events.-3", None),
    ] {
        let value = path::find(&answer, path).map(|value| value.to_json());
        assert_eq!(value.as_deref(), found, "{path}");
    }
}

fn a_poll_ends_when_its_condition_holds() {
    let holds = |condition: &str, answer: &str| {
        let condition = json(condition);
        let until = PollUntil::of(condition.as_object().expect("an object"));
        until.expect("it has a path").holds(&json(answer))
    };
    assert!(holds(r#"{"path": "s", "in": ["A", "B"]}"#, r#"{"s": "B"}"#));
    assert!(!holds(r#"{"path": "s", "in": ["A"]}"#, r#"{"s": "B"}"#));
    assert!(holds(
        r#"{"path": "l.*.a", "contains": 1}"#,
        r#"{"l": [{"a": 1}]}"#
    ));
    assert!(!holds(
        r#"{"path": "l.*.a", "not_contains": 1}"#,
        r#"{"l": [{"a": 1}]}"#
    ));
    assert!(!holds(r#"{"path": "l", "min_count": 2}"#, r#"{"l": [1]}"#));
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
    Comparison::new(&Variables::default()).values(&json(expected), &json(actual))
}

fn compare_histories(expected: &[Value], actual: &[Value]) -> Result<(), Difference> {
    parallel::compare(
        &mut Comparison::new(&Variables::default()),
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
