//! What the service warns of, word for word.

use sandstep_asl::{Severity, StateMachine};

use super::{check_state, state};

#[test]
fn a_variable_that_nothing_assigns_is_a_warning() {
    check_state(
        r#""Type": "Pass", "Assign": {"total": 1}, "Next": "B"},
        "B": {"Type": "Pass", "InputPath": "$totl", "Parameters": {"a.$": "States.Array($total, $n)"}, "Next": "C"},
        "C": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $total + $missing %}", "End": true"#,
        &[
            "warning POSSIBLY_UNDEFINED_VARIABLE: Variable 'totl' is possibly not defined. at /States/B/InputPath",
            "warning POSSIBLY_UNDEFINED_VARIABLE: Variable 'n' is possibly not defined. at /States/B/Parameters/a.$",
            "warning POSSIBLY_UNDEFINED_VARIABLE: Variable 'missing' is possibly not defined. at /States/C/Output",
        ],
    );
}

#[test]
fn paths_that_nothing_evaluates_are_warnings() {
    // AWS, "ValidateStateMachineDefinition", shows the answer to such a machine.
    check_state(
        r#""Type": "Pass", "Parameters": {"a": "$.x", "b.$": "$.y"}, "Next": "B"},
        "B": {"Type": "Pass", "Result": {"c.$": "$.z"}, "Next": "C"},
        "C": {"Type": "Fail", "Error": "$.error", "Cause": "$.cause""#,
        &[
            "warning NO_DOLLAR: The value of 'a' looks like a JSONPath. Instead of 'a', use 'a.$' to evaluate it as a JSONPath at runtime. at /States/A/Parameters",
            "warning PASS_RESULT_IS_STATIC: The value of 'c.$' will not evaluate as a JSONPath or Intrinsic Function at runtime. Instead of 'Result', use 'Parameters' to evaluate it as a JSONPath or Intrinsic Function at runtime. at /States/B/Result",
            "warning NO_PATH: The value of 'Error' looks like a JSONPath. Instead of 'Error', use 'ErrorPath' to evaluate it as a JSONPath at runtime. at /States/C/Error",
            "warning NO_PATH: The value of 'Cause' looks like a JSONPath. Instead of 'Cause', use 'CausePath' to evaluate it as a JSONPath at runtime. at /States/C/Cause",
        ],
    );
}

#[test]
fn intrinsic_functions_that_nothing_evaluates_are_warnings() {
    check_state(
        r#""Type": "Pass", "Parameters": {"in": [{"id": "States.UUID()"}]}, "Next": "B"},
        "B": {"Type": "Fail", "Cause": "States.Format('{}', $.x)""#,
        &[
            "warning NO_DOLLAR: The value of 'id' looks like an Intrinsic Function. Instead of 'id', use 'id.$' to evaluate it as an Intrinsic Function at runtime. at /States/A/Parameters/in[0]",
            "warning NO_PATH: The value of 'Cause' looks like an Intrinsic Function. Instead of 'Cause', use 'CausePath' to evaluate it as an Intrinsic Function at runtime. at /States/B/Cause",
        ],
    );
}

#[test]
fn text_that_only_begins_like_a_path_is_text() {
    check_state(
        r#""Type": "Pass", "Next": "B", "Parameters": {
            "version": "$LATEST", "price": "$5.00", "command": "$HOME/bin", "error": "States.Timeout",
            "open": "$.a[", "list": ["$.a"]}},
        "B": {"Type": "Pass", "Result": {"a": "$5", "b.$": "text", "c.$": 5}, "Next": "C"},
        "C": {"Type": "Fail", "QueryLanguage": "JSONata", "Error": "States.Timeout", "Cause": "$.x""#,
        &[],
    );
}

#[test]
fn warnings_leave_room_for_errors() {
    let members: Vec<String> = (0..300)
        .map(|member| format!(r#""{member}": "$.x""#))
        .collect();
    let pass = format!(
        r#""Type": "Pass", "Parameters": {{{}}}"#,
        members.join(", ")
    );
    let parsed = StateMachine::parse(&state(&format!(r#"{pass}, "InputPath": 5"#)));
    let verdict = parsed.verdict;
    let (first, last) = (&verdict.complaints[0], &verdict.complaints[99]);
    assert_eq!(verdict.complaints.len(), 100);
    assert!(verdict.is_truncated);
    assert_eq!(
        (first.severity, last.severity),
        (Severity::Error, Severity::Error)
    );
    assert!(last.to_string().contains("[Next, End]"), "{last}");
    let diagnostics = parsed.diagnostics.iter();
    let told = diagnostics.filter(|told| told.severity == Severity::Error);
    let rules: Vec<_> = told.map(|told| told.rule).collect();
    assert_eq!(rules, ["missing-field", "wrong-type", "too-many-problems"]);
}
