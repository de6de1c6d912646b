//! The language where it is easily got wrong, and where Step Functions' differs from the reference.

mod surroundings;

use sandstep_json::Value;
use sandstep_jsonata::{Expression, Fault, Limits};
use surroundings::Fixed;

fn evaluate(text: &str, input: &str) -> Result<Option<Value>, Fault> {
    let input = Value::parse(input).expect("the input is JSON");
    Expression::parse(text)?.evaluate_on(Some(&input), &Fixed, &Limits::default())
}

/// Checks what an expression gives over an input: JSON, `undefined`, or an error's code.
#[track_caller]
fn check(text: &str, input: &str, expected: &str) {
    let given = match evaluate(text, input) {
        Ok(Some(value)) => value.to_json(),
        Ok(None) => "undefined".to_owned(),
        Err(fault) => fault.code.to_owned(),
    };
    assert_eq!(given, expected, "{text}");
}

#[test]
fn expressions_are_shared_between_threads() {
    fn assert_shareable<T: Send + Sync + Clone>() {}
    assert_shareable::<Expression>();
}

#[test]
fn what_step_functions_refuses_is_refused() {
    check("a ?? 1", "{}", "S0211");
    check("a ?: 1", "{}", "S0211");
    check("$eval('1')", "{}", "T1006");
}

#[test]
fn what_step_functions_adds_is_there() {
    check("$partition([1..5], 2)", "{}", "[[1,2],[3,4],[5]]");
    check("$partition([0], 5)", "{}", "[[0]]");
    check("$partition([1], 0)", "{}", "D3144");
    check("$range(5, 1, -2)", "{}", "[5,3,1]");
    check("$range(1, 9, 9)", "{}", "1");
    check("$range(1, 9, 0)", "{}", "D3143");
}

#[test]
fn numbers_keep_their_text_until_they_are_computed_with() {
    check("a", r#"{"a": 1.0}"#, "1.0");
    check("a + 0", r#"{"a": 1.0}"#, "1");
    check("a * 2", r#"{"a": 0.15}"#, "0.3");
    check("1e21 + 0", "{}", "1e+21");
    check("1 / 0", "{}", "D1001");
}

#[test]
fn an_object_is_in_an_array_where_it_stands_itself() {
    check("b in *", r#"{"b": {"c": 1}}"#, "true");
    check(
        "($x := {'c': 1}; [$x in [$x], $x in [{'c': 1}]])",
        "{}",
        "[true,false]",
    );
}

#[test]
fn a_path_from_the_context_takes_an_array_as_a_whole() {
    check("d.($.*)", r#"{"d": [[1, 2], [3, [4]]]}"#, "4");
}

#[test]
fn an_array_kept_within_a_path_is_not_kept_by_it() {
    check("c[0].(d[])", r#"{"c": [{"d": "p"}]}"#, r#""p""#);
    check("c[0].d[]", r#"{"c": [{"d": "p"}]}"#, r#"["p"]"#);
    check("x^(c)[]", r#"{"x": "s"}"#, r#"["s"]"#);
}

#[test]
fn a_call_without_an_expression_has_null_for_its_context() {
    check("5 ~> function($v){ $not() }", "{}", "true");
    check("5.{'n': $not()}", "{}", "S0213");
    check("a.{'n': $not()}", r#"{"a": 5}"#, r#"{"n":false}"#);
}

#[test]
fn syntax_faults_come_before_faults_of_meaning() {
    check("1.a + (", "{}", "S0203");
    check("1.a + ", "{}", "S0213");
    check("(1 + ", "{}", "S0203");
    check("1 + ", "{}", "S0207");
}

#[test]
fn faults_tell_their_place() {
    let fault = evaluate("1 + \n $uppercase(2)", "null").expect_err("2 is no string");
    let found = (fault.code, fault.position, fault.token.as_deref());
    assert_eq!(found, ("T0410", Some(16), Some("uppercase")));
}

#[test]
fn tail_calls_do_not_nest() {
    let text = "($f := function($n){ $n = 0 ? 'done' : $f($n - 1) }; $f(20000))";
    check(text, "{}", r#""done""#);
}

#[test]
fn transforms_leave_what_they_copy_as_it_is() {
    let input = r#"{"a": {"b": 1}, "c": [{"b": 2}, {"b": 3}]}"#;
    check(
        "$ ~> |c|{'b': b * 10, 'old': $}|",
        input,
        r#"{"a":{"b":1},"c":[{"b":20,"old":{"b":2}},{"b":30,"old":{"b":3}}]}"#,
    );
    check(
        "[$ ~> |a|{}, 'b'|, a.b]",
        input,
        r#"[{"a":{},"c":[{"b":2},{"b":3}]},1]"#,
    );
}
