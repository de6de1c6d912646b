//! What the service says of expressions in JSONata and of the choice of a query language.

use sandstep_asl::StateMachine;

use super::{check, check_state, state};

/// A machine in JSONata with the one state `A`.
fn jsonata(fields: &str) -> String {
    let states = format!(r#"{{"A": {{{fields}}}}}"#);
    format!(r#"{{"QueryLanguage": "JSONata", "StartAt": "A", "States": {states}}}"#)
}

/// Compares what the service says of the `Output` of a Pass state in JSONata.
#[track_caller]
fn check_output(output: &str, expected: &[&str]) {
    let fields = format!(r#""Type": "Pass", "Output": {output}, "End": true"#);
    check(&jsonata(&fields), expected);
}

#[test]
fn expressions_are_parsed() {
    check_output(
        r#""{% 1 + %}""#,
        &["INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/A/Output"],
    );
    check_output(
        r#"{"a": {"b": [1, "{% a[1,2) %}"]}}"#,
        &[r#"INVALID_JSONATA_EXPRESSION: Expected "]", got "," at /States/A/Output/a/b[1]"#],
    );
    check_output(
        r#"["{% 1 %", "1 %}", " {% 1 %} ", "{% 1 %}"]"#,
        &[
            "SCHEMA_VALIDATION_FAILED: JSONata string must start with {% and end with %} at /States/A/Output[0]",
            "SCHEMA_VALIDATION_FAILED: JSONata string must start with {% and end with %} at /States/A/Output[1]",
        ],
    );
}

#[test]
fn later_operators_are_refused() {
    for output in [
        r#""{% $states.input.a ?? 1 %}""#,
        r#""{% $states.input.a ?: 1 %}""#,
    ] {
        let fields = format!(r#""Type": "Pass", "Output": {output}, "End": true"#);
        let verdict = StateMachine::parse(&jsonata(&fields)).verdict;
        let codes: Vec<_> = verdict
            .complaints
            .iter()
            .map(|one| one.code.as_str())
            .collect();
        assert_eq!(codes, ["INVALID_JSONATA_EXPRESSION"], "{output}");
    }
}

#[test]
fn there_is_no_context_at_the_top() {
    check_output(
        r#""{% phone + phone + fax %}""#,
        &[
            "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/A/Output",
            "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'fax' at the top level is not supported. at /States/A/Output",
        ],
    );
    check_output(
        r#""{% $.phone %}""#,
        &[
            "UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$' at the top level is not supported. at /States/A/Output",
        ],
    );
    check_output(
        r#""{% $$ %}""#,
        &[
            "UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$$' is not supported. at /States/A/Output",
        ],
    );
    check_output(
        r#""{% $eval('1') %}""#,
        &["UNSUPPORTED_JSONATA_EXPRESSION: Function '$eval' is not supported. at /States/A/Output"],
    );
    check_output(r#""{% $states.input.items[phone > 3].name %}""#, &[]);
}

#[test]
fn members_of_states_are_there_where_they_mean_something() {
    check_output(
        r#""{% $states.result & $states.errorOutput & $states.input %}""#,
        &[
            "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.result' does not exist. at /States/A/Output",
            "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.errorOutput' does not exist. at /States/A/Output",
        ],
    );
    let catcher = r#"{"ErrorEquals": ["States.ALL"], "Next": "B",
        "Output": "{% $states.errorOutput %}", "Assign": {"x": "{% $states.result %}"}}"#;
    check(
        &jsonata(&format!(
            r#""Type": "Task", "Resource": "f", "Arguments": "{{% $states.result %}}",
            "Output": "{{% $states.result %}}", "Assign": {{"y": "{{% $states.result.z %}}"}},
            "Next": "B", "Catch": [{catcher}]}}, "B": {{"Type": "Succeed""#
        )),
        &[
            "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.result' does not exist. at /States/A/Arguments",
            "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.result' does not exist. at /States/A/Catch[0]/Assign/x",
        ],
    );
}

#[test]
fn fields_belong_to_a_query_language() {
    let jsonata_has = |field: &str| {
        format!(
            "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONata', but field '{field}' \
             is only supported for the 'JSONPath' QueryLanguage at /States/A"
        )
    };
    check(
        &jsonata(r#""Type": "Pass", "InputPath": "$.a", "ResultPath": "$.b", "End": true"#),
        &[&jsonata_has("InputPath"), &jsonata_has("ResultPath")],
    );
    check(
        &jsonata(
            r#""Type": "Choice", "Default": "B", "Choices": [{"Variable": "$.x", "IsNull": true, "Next": "B"}]},
            "B": {"Type": "Succeed""#,
        ),
        &[
            &format!("{}/Choices[0]", jsonata_has("Variable")),
            &format!("{}/Choices[0]", jsonata_has("IsNull")),
        ],
    );
    check_state(
        r#""Type": "Pass", "Output": {}, "End": true"#,
        &[
            "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/A",
        ],
    );
    check_state(
        r#""Type": "Fail", "Output": {}"#,
        &["SCHEMA_VALIDATION_FAILED: Field 'Output' is not supported at /States/A"],
    );
}

#[test]
fn a_machine_in_jsonata_has_no_states_in_jsonpath() {
    let downgrade = "SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/A";
    check(
        &jsonata(r#""Type": "Pass", "QueryLanguage": "JSONPath", "Output": 1, "End": true"#),
        &[downgrade],
    );
}

#[test]
fn the_state_around_has_no_say_in_the_query_language() {
    let inner = |of_map: &str| {
        state(&format!(
            r#""Type": "Map", {of_map} "End": true, "ItemProcessor": {{"StartAt": "B", "States": {{
            "B": {{"Type": "Pass", "Output": 1, "End": true}}}}}}"#
        ))
    };
    let expected = "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/A/ItemProcessor/States/B";
    check(&inner(""), &[expected]);
    check(&inner(r#""QueryLanguage": "JSONata","#), &[expected]);
    check_state(
        r#""Type": "Map", "End": true, "ItemProcessor": {"QueryLanguage": "JSONata",
            "StartAt": "B", "States": {"B": {"Type": "Succeed"}}}"#,
        &[
            "SCHEMA_VALIDATION_FAILED: Field 'QueryLanguage' is not supported at /States/A/ItemProcessor",
        ],
    );
}

#[test]
fn an_unknown_query_language_is_jsonata() {
    let unknown = "SCHEMA_VALIDATION_FAILED: Value should be one of the following: [JSONPath, JSONata] at /States/A/QueryLanguage";
    check_state(
        r#""Type": "Pass", "QueryLanguage": "jsonpath", "Output": 1, "End": true"#,
        &[unknown],
    );
}
