//! What authors are told, word for word.

use sandstep_asl::{Options, StateMachine};

/// Compares all diagnostics of a definition with their expected lines.
#[track_caller]
fn check(definition: &str, expected: &[&str]) {
    check_with(definition, &Options::default(), expected);
}

#[track_caller]
fn check_with(definition: &str, options: &Options, expected: &[&str]) {
    let parsed = StateMachine::parse_with(definition, options);
    let told: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(told, expected, "\n{}", told.join("\n"));
    let has_error = expected.iter().any(|line| line.contains(": error["));
    assert_eq!(parsed.machine.is_none(), has_error);
}

/// A machine with the one state `A`.
fn state(fields: &str) -> String {
    format!("{{\"StartAt\": \"A\", \"States\": {{\"A\": {{\n{fields}\n}}}}}}")
}

#[test]
fn a_misspelt_field_suggests_the_right_one() {
    check(
        r#"{
  "StartAt": "A",
  "Sates": {},
  "States": {
    "A": {
      "Type": "Pass",
      "Resultpath": "$.x",
      "End": true
    }
  }
}"#,
        &[
            r#"3:3: error[unknown-field] $.Sates: a state machine has no field "Sates" (did you mean "States"?)"#,
            r#"7:7: error[unknown-field] $.States.A.Resultpath: a Pass state has no field "Resultpath" (did you mean "ResultPath"?)"#,
        ],
    );
}

#[test]
fn a_field_of_other_states_names_them() {
    check(
        &state(r#""Type": "Wait", "Seconds": 1, "ResultPath": null, "End": true"#),
        &[
            r#"2:31: error[unknown-field] $.States.A.ResultPath: a Wait state has no field "ResultPath" (only Pass, Task, Parallel and Map states have it)"#,
        ],
    );
}

#[test]
fn yaml_has_places_too() {
    check(
        "StartAt: A\nStates:\n  A:\n    Type: Pas\n    Next: B c\n  'B c':\n    Type: Wait\n    Seconds: -1\n    End: true\n",
        &[
            r#"4:11: error[unknown-value] $.States.A.Type: "Type" must be one of "Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map", not "Pas" (did you mean "Pass"?)"#,
            "8:14: error[out-of-range] $.States['B c'].Seconds: must be an integer from 0 to 99999999, not -1",
        ],
    );
}

#[test]
fn a_misspelt_type_hides_nothing_else() {
    check(
        r#"{"StartAt": "A", "States": {
  "A": {"Type": "Tsk", "Resource": "f", "InputPath": "x", "Nxt": "B", "Catch": [
    {"ErrorEquals": ["States.ALL"], "Next": "Bb"}], "Next": "B"},
  "B": {"type": "Wait", "Seconds": -1, "Next": "C"},
  "C": {"Type": "succeed"}
}}"#,
        &[
            r#"2:17: error[unknown-value] $.States.A.Type: "Type" must be one of "Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map", not "Tsk" (did you mean "Task"?)"#,
            r#"2:55: error[invalid-path] $.States.A.InputPath: "x" is not a path: expected a path, which begins with `$`, found `x`"#,
            r#"2:59: error[unknown-field] $.States.A.Nxt: a Task state has no field "Nxt" (did you mean "Next"?)"#,
            r#"3:45: error[missing-transition-target] $.States.A.Catch[0].Next: no state is called "Bb" (did you mean "B"?)"#,
            r#"4:8: error[missing-field] $.States.B: a state needs the field "Type""#,
            r#"4:9: error[unknown-field] $.States.B.type: a Wait state has no field "type" (did you mean "Type"?)"#,
            r#"4:36: error[out-of-range] $.States.B.Seconds: must be an integer from 0 to 99999999, not -1"#,
            r#"5:17: error[unknown-value] $.States.C.Type: "Type" must be one of "Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map", not "succeed" (did you mean "Succeed"?)"#,
        ],
    );
}

#[test]
fn a_state_of_an_unknown_type_is_checked_as_far_as_all_types_go() {
    check(
        r#"{"StartAt": "A", "States": {
  "A": {"Type": "Http", "Url": "x", "InputPath": "x", "End": "no", "Next": "Bb"},
  "B": {"type": "Http", "OutputPath": "$.", "Next": "Cc"},
  "C": {"Type": 5, "QueryLanguage": "JSONata", "InputPath": "x", "Retry": "no", "Next": "D"},
  "D": {"Kind": "Wait", "Next": "Aa"},
  "E": {"Type": "Pass", "Next": "Nowhere"}
}}"#,
        &[
            r#"2:17: error[unknown-value] $.States.A.Type: "Type" must be one of "Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map", not "Http""#,
            r#"2:51: error[invalid-path] $.States.A.InputPath: "x" is not a path: expected a path, which begins with `$`, found `x`"#,
            r#"2:62: error[wrong-type] $.States.A.End: must be a boolean, not the string "no""#,
            r#"2:76: error[missing-transition-target] $.States.A.Next: no state is called "Bb" (did you mean "B"?)"#,
            r#"3:8: error[missing-field] $.States.B: a state needs the field "Type""#,
            r#"3:9: error[unknown-field] $.States.B.type: a state has no field "type" (did you mean "Type"?)"#,
            r#"3:42: error[invalid-path] $.States.B.OutputPath: "$." is not a path: expected a name, `*` or `[` after a dot, found the end"#,
            r#"3:53: error[missing-transition-target] $.States.B.Next: no state is called "Cc" (did you mean "C"?)"#,
            r#"4:17: error[wrong-type] $.States.C.Type: must be a string, not a number"#,
            r#"5:8: error[missing-field] $.States.D: a state needs the field "Type""#,
            r#"5:33: error[missing-transition-target] $.States.D.Next: no state is called "Aa" (did you mean "A"?)"#,
            r#"6:33: error[missing-transition-target] $.States.E.Next: no state is called "Nowhere""#,
        ],
    );
}

#[test]
fn a_misspelt_state_suggests_the_right_one_and_keeps_it_reachable() {
    check(
        r#"{"StartAt": "Frist", "States": {
  "First": {"Type": "Pass", "Next": "Secnod"},
  "Second": {"Type": "Succeed"}
}}"#,
        &[
            r#"1:13: error[missing-transition-target] $.StartAt: no state is called "Frist" (did you mean "First"?)"#,
            r#"2:37: error[missing-transition-target] $.States.First.Next: no state is called "Secnod" (did you mean "Second"?)"#,
        ],
    );
}

#[test]
fn a_state_of_another_scope_is_out_of_reach() {
    check(
        r#"{"StartAt": "P", "States": {
  "P": {"Type": "Parallel", "Next": "Inner", "Branches": [
    {"StartAt": "Inner", "States": {"Inner": {"Type": "Pass", "Next": "Last"}}}
  ]},
  "Last": {"Type": "Succeed"}
}}"#,
        &[
            r#"2:37: error[missing-transition-target] $.States.P.Next: the state "Inner" is not in the same scope (a state can lead only to states that stand beside it in the same "States")"#,
            r#"3:71: error[missing-transition-target] $.States.P.Branches[0].States.Inner.Next: the state "Last" is not in the same scope (a state can lead only to states that stand beside it in the same "States")"#,
        ],
    );
}

#[test]
fn states_that_nothing_leads_to_are_told() {
    check(
        "StartAt: A\nStates:\n  A: {Type: Succeed}\n  B: {Type: Pass, Next: A}\n",
        &[
            r#"4:3: error[unreachable-state] $.States.B: the state "B" cannot be reached (no transition leads here from "StartAt")"#,
        ],
    );
}

#[test]
fn a_circle_without_an_end_is_told() {
    check(
        "StartAt: A\nStates:\n  A: {Type: Pass, Next: B}\n  B: {Type: Pass, Next: A}\n",
        &[
            r#"3:3: error[missing-end-state] $.States: no state ends these states (one of them needs "End": true or the type Succeed or Fail)"#,
        ],
    );
}

#[test]
fn a_transition_is_needed_and_only_one() {
    check(
        "StartAt: A\nStates:\n  A: {Type: Pass, Next: B, End: true}\n  B: {Type: Pass}\n",
        &[
            r#"3:25: error[exclusive-fields] $.States.A.Next: "Next" and "End": true exclude one another"#,
            r#"4:6: error[missing-field] $.States.B: the state leads nowhere: it has neither "Next" nor "End": true"#,
        ],
    );
}

#[test]
fn names_are_unique_in_the_whole_machine() {
    check(
        r#"{"StartAt": "A", "States": {"A": {"Type": "Parallel", "End": true, "Branches": [
  {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}]}}}"#,
        &[
            r#"2:31: error[duplicate-state-name] $.States.A.Branches[0].States.A: the state name "A" is already used at line 1, column 29 (state names are unique in the whole machine, branches and processors included)"#,
        ],
    );
}

#[test]
fn a_key_that_stands_twice_is_told() {
    check(
        &state(r#""Type": "Pass", "Result": {"x": 1, "x": 2}, "End": true"#),
        &[
            r#"2:36: error[duplicate-key] $.States.A.Result.x: the key "x" stands twice in $.States.A.Result"#,
        ],
    );
}

#[test]
fn forms_of_one_field_exclude_one_another() {
    check(
        &state(r#""Type": "Wait", "Seconds": 1, "Timestamp": "2016-03-14T01:59:00Z", "End": true"#),
        &[
            r#"2:44: error[exclusive-fields] $.States.A.Timestamp: "Seconds" and "Timestamp" exclude one another (keep one of "SecondsPath", "Seconds", "TimestampPath", "Timestamp")"#,
        ],
    );
    check(
        &state(r#""Type": "Wait", "End": true"#),
        &[
            r#"1:34: error[missing-field] $.States.A: a Wait state needs one of the fields "SecondsPath", "Seconds", "TimestampPath", "Timestamp""#,
        ],
    );
}

#[test]
fn a_timestamp_must_name_its_offset() {
    check(
        &state(r#""Type": "Wait", "Timestamp": "2016-12-05T21:29:29", "End": true"#),
        &[
            r#"2:30: error[invalid-timestamp] $.States.A.Timestamp: "2016-12-05T21:29:29" is not an RFC 3339 timestamp (write it like "2016-03-14T01:59:00Z")"#,
        ],
    );
}

#[test]
fn retriers_and_catchers_have_rules() {
    check(
        r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "f", "End": true, "Retry": [
  {"ErrorEquals": ["States.ALL", "Boom"]},
  {"ErrorEquals": [], "BackoffRate": 0.5, "MaxAttempts": "3"},
  {"ErrorEquals": ["States.Timout"], "IntervalSeconds": 9, "MaxDelaySeconds": 9, "JitterStrategy": "full"}
]}}}"#,
        &[
            r#"2:19: error[states-all] $.States.A.Retry[0].ErrorEquals: "States.ALL" must stand alone in "ErrorEquals" (it matches all other errors as well)"#,
            r#"3:19: error[empty-list] $.States.A.Retry[1].ErrorEquals: "ErrorEquals" must not be empty"#,
            r#"3:38: error[out-of-range] $.States.A.Retry[1].BackoffRate: must be 1.0 or more, not 0.5"#,
            r#"3:58: error[wrong-type] $.States.A.Retry[1].MaxAttempts: must be an integer, not the string "3""#,
            r#"4:20: warning[unknown-error-name] $.States.A.Retry[2].ErrorEquals[0]: no error is called "States.Timout" (did you mean "States.Timeout"?)"#,
            r#"4:79: error[out-of-range] $.States.A.Retry[2].MaxDelaySeconds: must be greater than "IntervalSeconds" (9)"#,
            r#"4:100: error[unknown-value] $.States.A.Retry[2].JitterStrategy: "JitterStrategy" must be one of "NONE", "FULL", not "full" (did you mean "FULL"?)"#,
        ],
    );
}

#[test]
fn a_warning_alone_refuses_nothing() {
    check(
        &state(
            r#""Type": "Task", "Resource": "f", "End": true, "Retry": [{"ErrorEquals": ["States.TaskFailled"]}]"#,
        ),
        &[
            r#"2:74: warning[unknown-error-name] $.States.A.Retry[0].ErrorEquals[0]: no error is called "States.TaskFailled" (did you mean "States.TaskFailed"?)"#,
        ],
    );
}

#[test]
fn a_choice_rule_has_one_operator() {
    check(
        r#"{"StartAt": "A", "States": {"A": {"Type": "Choice", "Default": "B", "Choices": [
  {"Variable": "$.x", "StringEqual": "a", "Next": "B"},
  {"Variable": "$.x", "StringEquals": "a", "IsNull": true, "Next": "B"},
  {"Not": {"Variable": "$.x", "IsNull": "yes", "Next": "B"}, "Next": "B"},
  {"StringMatches": "a\\n*", "Next": "B"}
]}, "B": {"Type": "Succeed"}}}"#,
        &[
            r#"2:3: error[missing-field] $.States.A.Choices[0]: the rule compares nothing: it has no operator such as "StringEquals" or "And""#,
            r#"2:23: error[unknown-field] $.States.A.Choices[0].StringEqual: a choice rule has no field "StringEqual" (did you mean "StringEquals"?)"#,
            r#"3:54: error[exclusive-fields] $.States.A.Choices[1].IsNull: "StringEquals" and "IsNull" exclude one another (combine rules with "And")"#,
            r#"4:41: error[wrong-type] $.States.A.Choices[2].Not.IsNull: must be a boolean, not the string "yes""#,
            r#"4:56: error[nested-next] $.States.A.Choices[2].Not.Next: a rule inside "And", "Or" or "Not" must not have "Next" (only the outermost rule leads somewhere)"#,
            r#"5:3: error[missing-field] $.States.A.Choices[3]: a choice rule needs the field "Variable""#,
            r#"5:21: error[invalid-pattern] $.States.A.Choices[3].StringMatches: "a\n*" has a backslash before another character than * and \"#,
        ],
    );
}

#[test]
fn a_heartbeat_is_shorter_than_the_timeout() {
    check(
        &state(
            r#""Type": "Task", "Resource": "f", "TimeoutSeconds": 5, "HeartbeatSeconds": 5, "End": true"#,
        ),
        &[
            r#"2:75: error[out-of-range] $.States.A.HeartbeatSeconds: must be less than "TimeoutSeconds" (5)"#,
        ],
    );
}

#[test]
fn a_problem_in_an_expression_is_shown_where_it_is() {
    check(
        &state(
            r#""Type": "Pass", "Parameters": {"a": [{"b.$": "States.Format('{}', $.a b)"}]}, "End": true"#,
        ),
        &[
            r#"2:71: error[invalid-expression] $.States.A.Parameters.a[0]['b.$']: not a path or an intrinsic function: expected `,` or `)`, found `b`"#,
        ],
    );
}

#[test]
fn result_paths_lie_in_the_input() {
    check(
        &state(r#""Type": "Pass", "ResultPath": "$$.Execution", "End": true"#),
        &[
            r#"2:31: error[invalid-result-path] $.States.A.ResultPath: "$$.Execution" does not lie in the state's input ("ResultPath" begins with "$", not with "$$" or a variable)"#,
        ],
    );
    check(
        &state(r#""Type": "Pass", "ResultPath": "$.a[*]", "End": true"#),
        &[
            r#"2:31: error[invalid-reference-path] $.States.A.ResultPath: "$.a[*]" is not a reference path (a reference path has names and single indexes only, such as "$.a.b[0]")"#,
        ],
    );
}

#[test]
fn each_state_keeps_to_its_query_language() {
    check(
        r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
  "A": {"Type": "Pass", "Output": "{% 1 %}", "Next": "B"},
  "B": {"Type": "Pass", "QueryLanguage": "JSONata", "End": true},
  "C": {"Type": "Pass", "QueryLanguage": "JSONPath", "End": true}
}}"#,
        &[
            r#"4:3: error[unreachable-state] $.States.C: the state "C" cannot be reached (no transition leads here from "StartAt")"#,
            r#"4:42: error[query-language-downgrade] $.States.C.QueryLanguage: a state cannot use JSONPath in a machine whose "QueryLanguage" is JSONata"#,
        ],
    );
    check(
        &state(
            r#""Type": "Task", "Resource": "f", "Arguments": {}, "TimeoutSeconds": "{% 5 %}", "End": true"#,
        ),
        &[
            r#"2:34: error[needs-jsonata] $.States.A.Arguments: "Arguments" is a field of JSONata, and a Task state here uses JSONPath"#,
            r#"2:69: error[wrong-type] $.States.A.TimeoutSeconds: must be an integer, not the string "{% 5 %}" (an expression between {% and %} is JSONata, which does not stand here)"#,
        ],
    );
}

#[test]
fn only_states_that_go_on_assign_variables() {
    check(
        &state(r#""Type": "Pass", "Assign": {"x": 1}, "InputPath": "$x.y", "End": true"#),
        &[],
    );
    check(
        &state(r#""Type": "Succeed", "Assign": {"x": 1}"#),
        &[
            r#"2:20: error[unknown-field] $.States.A.Assign: a Succeed state has no field "Assign" (only Pass, Task, Choice, Wait, Parallel and Map states have it)"#,
        ],
    );
}

#[test]
fn only_a_distributed_map_reads_and_writes_items() {
    let map = |mode: &str, fields: &str| {
        let start = r#""StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}"#;
        state(&format!(
            r#""Type": "Map", "ItemProcessor": {{{mode}{start}}}, {fields}, "End": true"#
        ))
    };
    let fields = r#""Label": "a b", "ItemBatcher": {}"#;
    check(
        &map("", fields),
        &[
            r#"2:108: error[needs-distributed-mode] $.States.A.Label: "Label" needs a distributed Map (set "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"})"#,
            r#"2:130: error[needs-distributed-mode] $.States.A.ItemBatcher: "ItemBatcher" needs a distributed Map (set "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"})"#,
        ],
    );
    check(
        &map(r#""ProcessorConfig": {"Mode": "DISTRIBUTED"}, "#, fields),
        &[
            r#"2:53: error[missing-field] $.States.A.ItemProcessor.ProcessorConfig: a processor config needs the field "ExecutionType""#,
            r#"2:152: error[invalid-label] $.States.A.Label: a label must not contain ' '"#,
            r#"2:174: error[missing-field] $.States.A.ItemBatcher: an item batcher needs "MaxItemsPerBatch", "MaxInputBytesPerBatch" or both"#,
        ],
    );
}

#[test]
fn express_machines_do_not_wait_for_others() {
    let options = Options {
        express: true,
        ..Options::default()
    };
    check_with(
        &state(
            r#""Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true"#,
        ),
        &options,
        &[
            r#"2:29: error[express-unsupported] $.States.A.Resource: an EXPRESS state machine does not support the integration pattern ".waitForTaskToken""#,
        ],
    );
}

#[test]
fn a_placeholder_is_a_resource_only_where_it_may_be() {
    let definition = state(r#""Type": "Task", "Resource": "${Work}", "End": true"#);
    check(
        &definition,
        &[
            r#"2:29: error[invalid-resource] $.States.A.Resource: "${Work}" is neither an ARN nor the name of a function (a placeholder has the form ${Name} and needs a value)"#,
        ],
    );
    let options = Options {
        allow_placeholders: true,
        ..Options::default()
    };
    check_with(&definition, &options, &[]);
}

#[test]
fn text_that_is_no_definition_is_told_as_such() {
    check(
        "{\"StartAt\": \"A\",\n}",
        &["2:1: error[invalid-json] $: expected a key in double quotes"],
    );
    check(
        "not a definition",
        &[
            r#"1:1: error[wrong-type] $: must be an object, a state machine, not the string "not a definition""#,
        ],
    );
    check(" ", &["1:1: error[invalid-yaml] $: the document is empty"]);
    check(
        "{}",
        &[
            r#"1:1: error[missing-field] $: a state machine needs the field "States""#,
            r#"1:1: error[missing-field] $: a state machine needs the field "StartAt""#,
        ],
    );
}

#[test]
fn paths_that_nothing_evaluates_are_told() {
    check(
        &state(
            r#""Type": "Pass", "Parameters": {"in": {"a": "$$.State.Name"}}, "Next": "B"},
"B": {"Type": "Pass", "Result": [{"c.$": "$total"}], "Next": "C"},
"C": {"Type": "Pass", "Result": "$.x", "Next": "D"},
"D": {"Type": "Choice", "Default": "E", "Choices": [{"Variable": "$.a", "StringEquals": "$.b", "Next": "E"}]},
"E": {"Type": "Fail", "Error": "$.error""#,
        ),
        &[
            r#"2:44: warning[no-dollar] $.States.A.Parameters.in.a: "$$.State.Name" looks like a path, but is taken as it stands (write "a.$" instead of "a" to have it evaluated)"#,
            r#"3:42: warning[static-result] $.States.B.Result[0]['c.$']: "$total" is not evaluated in "Result" (write "Parameters" instead of "Result" to have it evaluated)"#,
            r#"4:33: warning[static-result] $.States.C.Result: "$.x" is not evaluated in "Result" (write "Parameters" instead of "Result" to have it evaluated)"#,
            r#"5:89: warning[no-path] $.States.D.Choices[0].StringEquals: "$.b" looks like a path, but is taken as it stands (write "StringEqualsPath" instead of "StringEquals" to have it evaluated)"#,
            r#"6:32: warning[no-path] $.States.E.Error: "$.error" looks like a path, but is taken as it stands (write "ErrorPath" instead of "Error" to have it evaluated)"#,
        ],
    );
}

#[test]
fn functions_that_are_not_there_are_told() {
    check(
        &state(
            r#""Type": "Pass", "QueryLanguage": "JSONata", "Assign": {"total": 1}, "End": true,
"Output": ["{% $uppercas('a') %}", "{% $total(1) %}", "{% ($f := function($g) { $g(1) }; $f($string)) %}"]"#,
        ),
        &[
            r#"3:16: warning[unknown-function] $.States.A.Output[0]: no function is called "$uppercas" (did you mean "$uppercase"?)"#,
            r#"3:40: warning[unknown-function] $.States.A.Output[1]: no function is called "$total""#,
        ],
    );
}

#[test]
fn an_item_reader_names_what_it_can_read() {
    let map = |resource: &str| {
        state(&format!(
            r#""Type": "Map", "End": true, "ItemReader": {{"Resource": "{resource}"}}, "ItemProcessor": {{
"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
"StartAt": "B", "States": {{"B": {{"Type": "Succeed"}}}}}}"#
        ))
    };
    check(
        &map("arn:aws:states:::aws-sdk:s3:getObject"),
        &[
            r#"2:56: error[invalid-resource] $.States.A.ItemReader.Resource: no items are read with "arn:aws:states:::aws-sdk:s3:getObject" (write "arn:aws:states:::s3:getObject" or "arn:aws:states:::s3:listObjectsV2")"#,
        ],
    );
    let options = Options {
        allow_placeholders: true,
        ..Options::default()
    };
    let resource = "arn:${AWS::Partition}:states:::s3:getObject";
    check_with(&map(resource), &options, &[]);
}
