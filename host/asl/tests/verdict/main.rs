//! What the service says of definitions, word for word.

mod jsonata;
mod warnings;

use sandstep_asl::{Options, Parsed, Severity, StateMachine};

/// Compares what the service says of a definition with the expected lines.
#[track_caller]
fn check(definition: &str, expected: &[&str]) {
    check_with(definition, &Options::default(), expected);
}

#[track_caller]
fn check_with(definition: &str, options: &Options, expected: &[&str]) {
    let options = Options {
        json_only: true,
        ..options.clone()
    };
    let parsed = StateMachine::parse_with(definition, &options);
    let said = said(&parsed);
    assert_eq!(said, expected, "\n{}", said.join("\n"));
    assert_eq!(parsed.machine.is_none(), parsed.verdict.has_error());
}

fn said(parsed: &Parsed) -> Vec<String> {
    let complaints = parsed.verdict.complaints.iter();
    complaints
        .map(|complaint| match complaint.severity {
            Severity::Error => complaint.to_string(),
            Severity::Warning => format!("warning {complaint}"),
        })
        .collect()
}

/// A machine with the one state `A`.
fn state(fields: &str) -> String {
    format!(r#"{{"StartAt": "A", "States": {{"A": {{{fields}}}}}}}"#)
}

/// Compares what the service says of a machine's one state.
#[track_caller]
fn check_state(fields: &str, expected: &[&str]) {
    check(&state(fields), expected);
}

#[test]
fn required_fields_are_listed_together() {
    check(
        "{}",
        &["SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /"],
    );
    check_state(
        r#""Type": "Choice""#,
        &["SCHEMA_VALIDATION_FAILED: These fields are required: [Choices] at /States/A"],
    );
    check_state(
        r#""Type": "Task", "Resource": "f", "End": true, "Catch": [{}]"#,
        &[
            "SCHEMA_VALIDATION_FAILED: These fields are required: [ErrorEquals, Next] at /States/A/Catch[0]",
        ],
    );
}

#[test]
fn what_is_no_json_is_said_in_the_words_of_its_parser() {
    let values = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
    let source = r#"[Source: (String)"not a definition"; line: 1, column: 4]"#;
    check(
        "not a definition",
        &[&format!(
            "INVALID_JSON_DESCRIPTION: Unrecognized token 'not': was expecting {values}\n at {source} at {source}"
        )],
    );
    for text in [" ", "[]", "5"] {
        check(
            text,
            &["SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null"],
        );
    }
}

#[test]
fn types_and_ranges_have_their_words() {
    check_state(
        r#""Type": "Task", "Resource": 5, "TimeoutSeconds": 0, "HeartbeatSeconds": "1", "End": "true""#,
        &[
            "SCHEMA_VALIDATION_FAILED: Expected value of type [STRING] at /States/A/Resource",
            "SCHEMA_VALIDATION_FAILED: Minimum value is 1 at /States/A/TimeoutSeconds",
            "SCHEMA_VALIDATION_FAILED: Expected value of type Integer at /States/A/HeartbeatSeconds",
            "SCHEMA_VALIDATION_FAILED: Expected value of type [BOOLEAN] at /States/A/End",
            "SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [Next, End] at /States/A",
        ],
    );
    check_state(
        r#""Type": "Wait", "Seconds": 100000000, "End": true"#,
        &["SCHEMA_VALIDATION_FAILED: Maximum value is 99999999 at /States/A/Seconds"],
    );
}

#[test]
fn values_of_a_set_are_listed() {
    check_state(
        r#""Type": "Pas", "End": true"#,
        &[
            "SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/A/Type",
        ],
    );
    check(
        r#"{"Version": "2.0", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#,
        &["SCHEMA_VALIDATION_FAILED: Value should be one of the following: [1.0] at /Version"],
    );
}

#[test]
fn a_field_of_other_states_is_not_supported() {
    check_state(
        r#""Type": "Pass", "TimeoutSeconds": 5, "End": true"#,
        &["SCHEMA_VALIDATION_FAILED: Field 'TimeoutSeconds' is not supported at /States/A"],
    );
}

#[test]
fn forms_that_exclude_one_another_are_listed() {
    check_state(
        r#""Type": "Wait", "Seconds": 1, "SecondsPath": "$.x", "End": true"#,
        &[
            "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] at /States/A",
        ],
    );
    check_state(
        r#""Type": "Pass""#,
        &[
            "SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [Next, End] at /States/A",
        ],
    );
    check_state(
        r#""Type": "Map", "End": true"#,
        &[
            "SCHEMA_VALIDATION_FAILED: This object should have only one of the following fields: [ItemProcessor, Iterator] at /States/A",
        ],
    );
}

#[test]
fn paths_and_templates_have_their_words() {
    check_state(
        r#""Type": "Pass", "InputPath": "x", "Parameters": {"a": {"b.$": "nope"}}, "ResultPath": "$.a[*]", "End": true"#,
        &[
            "SCHEMA_VALIDATION_FAILED: Value must be a valid JSONPath. at /States/A/InputPath",
            "SCHEMA_VALIDATION_FAILED: The value for the field 'b.$' must be a valid JSONPath or a valid intrinsic function call at /States/A/Parameters/a",
            "SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/A/ResultPath",
        ],
    );
    check_state(
        r#""Type": "Choice", "Default": "A", "Choices": [{"Variable": "x", "StringEqualsPath": "y", "Next": "A"}]"#,
        &[
            "SCHEMA_VALIDATION_FAILED: Value is not a Reference Path: Reference path didn't start with '$' at /States/A/Choices[0]/Variable",
            "SCHEMA_VALIDATION_FAILED: Value is not a Reference Path: Reference path didn't start with '$' at /States/A/Choices[0]/StringEqualsPath",
            "MISSING_END_STATE: Workflow has no terminal state at null",
        ],
    );
}

#[test]
fn rules_have_one_operator_and_nested_ones_lead_nowhere() {
    check_state(
        r#""Type": "Choice", "Default": "B", "Choices": [
            {"Next": "B"},
            {"Variable": "$.x", "IsNull": true, "IsString": true, "Next": "B"},
            {"Not": {"Variable": "$.x", "IsNull": true, "Next": "B"}, "Next": "B"}
        ]}, "B": {"Type": "Succeed""#,
        &[
            "SCHEMA_VALIDATION_FAILED: The object must have only one of the following fields, [And, Or, Not, Variable, Condition] at /States/A/Choices[0]",
            "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: [IsNull, IsString] at /States/A/Choices[1]",
            "SCHEMA_VALIDATION_FAILED: Field 'Next' is not supported at /States/A/Choices[2]/Not",
        ],
    );
}

#[test]
fn states_all_stands_alone_and_last() {
    check_state(
        r#""Type": "Task", "Resource": "f", "End": true, "Retry": [
            {"ErrorEquals": ["States.ALL", "Boom"]}, {"ErrorEquals": []}]"#,
        &[
            "SCHEMA_VALIDATION_FAILED: States.ALL must appear alone and at end of list at /States/A/Retry[0]/ErrorEquals",
            "SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/A/Retry[1]/ErrorEquals",
        ],
    );
}

#[test]
fn lost_transitions_come_before_states_without_a_way_in() {
    check(
        r#"{"StartAt": "a", "States": {
            "a": {"Type": "Pass", "Next": "c"}, "b": {"Type": "Pass", "End": true}}}"#,
        &[
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: c at /States/a/Next",
            r#"MISSING_TRANSITION_TARGET: State "b" is not reachable. at /States/b"#,
        ],
    );
    check(
        r#"{"StartAt": "Not sure", "States": {
            "One": {"Type": "Pass", "Next": "Success"}, "Success": {"Type": "Succeed"}}}"#,
        &[
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: Not sure at /StartAt",
            r#"MISSING_TRANSITION_TARGET: State "One" is not reachable. at /States/One"#,
        ],
    );
}

#[test]
fn a_machine_without_an_end_is_asked_for_one_before_anything_else_of_its_graph() {
    let circle = r#""A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}"#;
    let end = "MISSING_END_STATE: Workflow has no terminal state at null";
    let machine = |more: &str| format!(r#"{{"StartAt": "A", "States": {{{circle}{more}}}}}"#);
    check(&machine(""), &[end]);
    check(&machine(r#", "C": {"Type": "Pass", "Next": "A"}"#), &[end]);
    check(
        &machine(r#", "C": {"Type": "Succeed"}"#),
        &[r#"MISSING_TRANSITION_TARGET: State "C" is not reachable. at /States/C"#],
    );
    check(
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nope"}}}"#,
        &[
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: Nope at /States/A/Next",
            end,
        ],
    );
}

#[test]
fn only_the_machine_itself_needs_an_end() {
    check_state(
        r#""Type": "Map", "End": true, "ItemProcessor": {"StartAt": "B", "States": {
            "B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Pass", "Next": "B"}}}"#,
        &[],
    );
}

#[test]
fn names_are_unique() {
    check_state(
        r#""Type": "Map", "End": true, "ItemProcessor": {"StartAt": "A", "States": {
            "A": {"Type": "Succeed"}}}"#,
        &["DUPLICATE_STATE_NAME: Duplicate State name: A at /States/A/ItemProcessor/States/A"],
    );
    check(
        r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "A": {"Type": "Succeed"}}}"#,
        &["DUPLICATE_STATE_NAME: Duplicate State name: A at /States/A"],
    );
}

#[test]
fn express_machines_wait_for_nothing() {
    let express = Options {
        express: true,
        ..Options::default()
    };
    for (resource, said) in [
        (
            "arn:aws:states:us-east-1:123456789012:activity:work",
            "Activity ARN",
        ),
        (
            "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "'.waitForTaskToken' service integration ",
        ),
        (
            "arn:aws:states:::states:startExecution.sync:2",
            "'.sync' service integration ",
        ),
    ] {
        let definition = format!(r#""Type": "Task", "Resource": "{resource}", "End": true"#);
        let said = format!("Express state machine does not support {said}");
        check_with(
            &state(&definition),
            &express,
            &[&format!(
                "SCHEMA_VALIDATION_FAILED: {said} at /States/A/Resource"
            )],
        );
    }
}

#[test]
fn a_refusal_lists_all_errors() {
    let definition = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}"#;
    let refusal = StateMachine::parse(definition).verdict.refusal(definition);
    assert_eq!(
        refusal.expect("it is refused"),
        "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: B \
         at /States/A/Next, MISSING_END_STATE: Workflow has no terminal state at null'"
    );
}

#[test]
fn a_bad_label_is_refused_with_the_definition() {
    let processor = r#"{"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}"#;
    let definition = state(&format!(
        r#""Type": "Map", "Label": "a\u0001", "End": true, "ItemProcessor": {processor}"#
    ));
    check(
        &definition,
        &[r"INVALID_LABEL_NAME: Label contains invalid character: '\x01' at /States/A/Label"],
    );
    let refusal = StateMachine::parse(&definition)
        .verdict
        .refusal(&definition);
    let fault = r#"Error=ValueError Args=["Label contains invalid character: '\\x01'"]"#;
    assert_eq!(
        refusal.expect("it is refused"),
        format!("{fault} in definition '{definition}'.")
    );
}

#[test]
fn what_the_service_says_is_bounded() {
    let states: Vec<String> = (0..500)
        .map(|state| format!(r#""{state}{}": 1"#, "x".repeat(1000)))
        .collect();
    let definition = format!(r#"{{"StartAt": "0", "States": {{{}}}}}"#, states.join(", "));
    let verdict = StateMachine::parse(&definition).verdict;
    assert_eq!(verdict.complaints.len(), 100);
    assert!(verdict.is_truncated);
    let longest = verdict.complaints.iter().map(|one| one.to_string().len());
    assert!(longest.max() < Some(3000));
}

#[test]
fn variables_have_names() {
    let long = "x".repeat(81);
    check_state(
        &format!(
            r#""Type": "Pass", "End": true, "Assign": {{
            "states": 1, "top-level": 2, "é_1.$": "$", "{long}": 3, "_x": 4}}"#
        ),
        &[
            "RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'. at /States/A/Assign",
            "INVALID_VARIABLE_NAME: Invalid variable name 'top-level': the variable name contains invalid characters. at /States/A/Assign",
            &format!(
                "INVALID_VARIABLE_NAME: Invalid variable name '{long}': the variable name exceeds the 80-character limit allowed by the service at /States/A/Assign"
            ),
            "INVALID_VARIABLE_NAME: Invalid variable name '_x': the variable name contains invalid characters. at /States/A/Assign",
        ],
    );
}

#[test]
fn a_branch_assigns_no_variable_of_the_states_around_it() {
    let inner = r#"{"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true,
        "Assign": {"x.$": "$", "y": 1}}}}"#;
    check_state(
        &format!(
            r#""Type": "Parallel", "Branches": [{inner}], "Next": "C"}},
            "C": {{"Type": "Pass", "End": true, "Assign": {{"x": 1}}"#
        ),
        &[
            "DUPLICATE_VARIABLE_NAME: The variable name 'x' was already defined in a parent scope. at /States/A/Branches[0]/States/B/Assign",
        ],
    );
    let isolated = inner.replacen(
        '{',
        r#"{"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "#,
        1,
    );
    check_state(
        &format!(
            r#""Type": "Map", "ItemProcessor": {isolated}, "Assign": {{"x": 1}}, "End": true"#
        ),
        &[],
    );
}

#[test]
fn states_refer_to_variables() {
    let parsed = StateMachine::parse(&state(
        r#""Type": "Choice", "Assign": {"x": 1, "y": 2}, "Default": "B", "Choices": [
            {"Variable": "$y", "StringEqualsPath": "$x", "Next": "B"}]},
        "B": {"Type": "Pass", "QueryLanguage": "JSONata", "Next": "C",
            "Output": "{% ($z := $x; $sum([$z, $states.input.y])) %}"},
        "C": {"Type": "Map", "ItemSelector": {"a.$": "States.Format('{}', $y)"}, "End": true,
            "ItemProcessor": {"StartAt": "D", "States": {
                "D": {"Type": "Wait", "SecondsPath": "$x", "End": true}}}"#,
    ));
    let machine = parsed.machine.expect("it is valid");
    let found: Vec<String> = machine
        .variable_references()
        .map(|(state, names)| {
            let names: Vec<&str> = names.iter().map(|name| &**name).collect();
            format!("{state}: {}", names.join(" "))
        })
        .collect();
    assert_eq!(found, ["A: x y", "B: x", "C: y", "D: x"]);
}

#[test]
fn a_maps_mode_decides_which_fields_it_has() {
    let map = |config: &str, reader: &str| {
        format!(
            r#""Type": "Map", "End": true, "ItemProcessor": {{"ProcessorConfig": {config}, "StartAt": "B",
               "States": {{"B": {{"Type": "Succeed"}}}}}}{reader}"#
        )
    };
    check_state(
        &map(r#"{"Mode": "INLINE", "ExecutionType": "STANDARD"}"#, ""),
        &[
            "SCHEMA_VALIDATION_FAILED: Field 'ExecutionType' is not supported at /States/A/ItemProcessor/ProcessorConfig",
        ],
    );
    check_state(
        &map(
            r#"{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}"#,
            r#", "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV"}}"#,
        ),
        &[
            "SCHEMA_VALIDATION_FAILED: The field 'CSVHeaderLocation' is required but was missing at /States/A/ItemReader/ReaderConfig",
        ],
    );
}

#[test]
fn an_item_reader_reads_from_s3() {
    let map = |resource: &str| {
        format!(
            r#""Type": "Map", "End": true, "ItemReader": {{"Resource": "{resource}"}},
               "ItemProcessor": {{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
               "StartAt": "B", "States": {{"B": {{"Type": "Succeed"}}}}}}"#
        )
    };
    for resource in [
        "arn:aws:states:::s3:getObject",
        "arn:aws-cn:states:::s3:listObjectsV2",
    ] {
        check_state(&map(resource), &[]);
    }
    for resource in [
        "arn:aws:states:::dynamodb:getItem",
        "arn:aws:states:::aws-sdk:s3:getObject",
        "arn:aws:states:::s3:getObjects",
        "s3:getObject",
    ] {
        check_state(
            &map(resource),
            &[
                "SCHEMA_VALIDATION_FAILED: The field 'Resource' does not match any of the allowed values. Examples: [arn:<partition>:states:::s3:getObject, arn:<partition>:states:::s3:listObjectsV2] at /States/A/ItemReader/Resource",
            ],
        );
    }
}
