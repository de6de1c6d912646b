//! One state tested alone.

use super::*;

/// What a test answers. Members of `request` may be objects where AWS takes their JSON.
async fn test_state(request: &str) -> Result<Value, String> {
    let request = Value::parse(request).expect("the test's request is JSON");
    let members = request.as_object().expect("a request is an object");
    let as_sent = members.iter().map(|(name, value)| {
        let is_structure = ["mock", "stateConfiguration"].contains(&name.as_str());
        match value {
            Value::Object(_) if !is_structure => (name.clone(), value.to_json().into()),
            _ => (name.clone(), value.clone()),
        }
    });
    let request: Object = as_sent.collect();
    let account = account(Clock::Virtual(NOW)).await;
    account.ask("TestState", &request.into()).await
}

/// The answer as one line of JSON.
async fn answer(request: &str) -> String {
    test_state(request).await.expect("it is tested").to_json()
}

async fn refusal(request: &str) -> String {
    test_state(request).await.expect_err("it is refused")
}

/// The examples of the developer guide, "Testing state machines with TestState API".
#[tokio::test]
async fn a_choice_tells_where_it_leads() {
    let request = r#"{"definition": {"Type": "Choice", "Default": "No Match", "Choices": [
            {"Variable": "$.number", "NumericEquals": 1, "Next": "Equals 1"},
            {"Variable": "$.number", "NumericEquals": 2, "Next": "Equals 2"}]},
        "input": {"number": 2}}"#;
    assert_eq!(
        answer(request).await,
        r#"{"output":"{\"number\": 2}","nextState":"Equals 2","status":"SUCCEEDED"}"#
    );
}

#[tokio::test]
async fn each_stage_of_the_data_flow_is_told() {
    let request = r#"{"definition": {"Type": "Pass", "InputPath": "$.payload",
            "Parameters": {"data": 1}, "ResultPath": "$.result",
            "OutputPath": "$.result.data", "Next": "Another State"},
        "input": {"payload": {"foo": "bar"}}, "inspectionLevel": "DEBUG"}"#;
    let expected = r#"{"output":"1","inspectionData":{"input":"{\"payload\": {\"foo\": \"bar\"}}","afterInputPath":"{\"foo\": \"bar\"}","afterParameters":"{\"data\": 1}","afterResultSelector":"{\"data\": 1}","afterResultPath":"{\"payload\": {\"foo\": \"bar\"}, \"result\": {\"data\": 1}}"},"nextState":"Another State","status":"SUCCEEDED"}"#;
    assert_eq!(answer(request).await, expected);
}

/// A task that fails as `Lambda.ServiceException`, after so many retries.
fn fails_after(retries: u64) -> String {
    format!(
        r#"{{"definition": {{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {{"FunctionName": "f", "Payload.$": "$"}}, "End": true,
            "Retry": [{{"ErrorEquals": ["Other"]}},
                {{"ErrorEquals": ["Lambda.ServiceException"], "IntervalSeconds": 2}}],
            "Catch": [{{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "Mend"}}]}},
        "input": {{"data": "value"}}, "inspectionLevel": "DEBUG",
        "stateConfiguration": {{"retrierRetryCount": {retries}}},
        "mock": {{"errorOutput": {{"error": "Lambda.ServiceException", "cause": "busy"}}}}}}"#
    )
}

#[tokio::test]
async fn a_retrier_tells_its_index_and_its_delay() {
    let answer = test_state(&fails_after(1)).await.expect("it is tested");
    assert_eq!(text(&answer, "status"), "RETRIABLE");
    assert_eq!(answer.get("nextState"), None);
    let details = answer
        .get("inspectionData")
        .and_then(|data| data.get("errorDetails"));
    let expected = r#"{"retryIndex":1,"retryBackoffIntervalSeconds":4}"#;
    assert_eq!(details.expect("it failed").to_json(), expected);
}

#[tokio::test]
async fn a_catcher_takes_over_from_a_spent_retrier() {
    let answer = test_state(&fails_after(3)).await.expect("it is tested");
    assert_eq!(text(&answer, "status"), "CAUGHT_ERROR");
    assert_eq!(text(&answer, "nextState"), "Mend");
    assert_eq!(text(&answer, "cause"), "busy");
    let output = r#"{"data": "value", "e": {"Error": "Lambda.ServiceException", "Cause": "busy"}}"#;
    assert_eq!(text(&answer, "output"), output);
    let details = answer
        .get("inspectionData")
        .and_then(|data| data.get("errorDetails"));
    let expected = r#"{"catchIndex":0,"retryIndex":1}"#;
    assert_eq!(details.expect("it failed").to_json(), expected);
}

#[tokio::test]
async fn a_context_object_may_tell_of_the_retries_before() {
    let retried = |count| {
        fails_after(0)
            .replace("\"retrierRetryCount\": 0", "")
            .replace(
                "\"input\"",
                &format!(r#""context": {{"State": {{"RetryCount": {count}}}}}, "input""#),
            )
    };
    for (count, expected) in [(2, "RETRIABLE"), (3, "CAUGHT_ERROR")] {
        let answer = test_state(&retried(count)).await.expect("it is tested");
        assert_eq!(text(&answer, "status"), expected);
    }
}

#[tokio::test]
async fn the_timeout_of_a_machine_is_not_that_of_its_states() {
    let request = r#"{"definition": {"StartAt": "W", "TimeoutSeconds": 5, "States": {
            "W": {"Type": "Wait", "Seconds": 60, "End": true}}}, "stateName": "W"}"#;
    assert_eq!(
        answer(request).await,
        r#"{"output":"{}","status":"SUCCEEDED"}"#
    );
}

#[tokio::test]
async fn a_task_without_a_mock_is_run() {
    let request = r#"{"definition": {"Type": "Task", "Resource": "f", "Next": "B"},
        "input": {"a": 1}, "roleArn": "arn:aws:iam::123456789012:role/r"}"#;
    assert_eq!(
        answer(request).await,
        r#"{"output":"{\"a\": 1}","nextState":"B","status":"SUCCEEDED"}"#
    );
}

#[tokio::test]
async fn a_test_takes_five_minutes_at_most() {
    for (seconds, expected) in [
        (
            299,
            r#"{"output":"{}","nextState":"B","status":"SUCCEEDED"}"#,
        ),
        (301, r#"{"error":"States.Timeout","status":"FAILED"}"#),
    ] {
        let request =
            format!(r#"{{"definition": {{"Type": "Wait", "Seconds": {seconds}, "Next": "B"}}}}"#);
        assert_eq!(answer(&request).await, expected);
    }
}

#[tokio::test]
async fn items_are_selected_though_no_iteration_runs() {
    let request = r#"{"definition": {"Type": "Map", "ItemsPath": "$.items", "End": true,
            "ItemSelector": {"value.$": "$$.Map.Item.Value", "index.$": "$$.Map.Item.Index"},
            "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}},
        "input": {"items": [7, 8]}, "mock": {"result": "[70, 80]"}, "inspectionLevel": "DEBUG"}"#;
    let answer = test_state(request).await.expect("it is tested");
    assert_eq!(text(&answer, "output"), "[70, 80]");
    let data = answer.get("inspectionData").expect("it was asked for");
    assert_eq!(text(data, "afterItemsPath"), "[7, 8]");
    let selected = r#"[{"value": 7, "index": 0}, {"value": 8, "index": 1}]"#;
    assert_eq!(text(data, "afterItemSelector"), selected);
}

#[tokio::test]
async fn a_state_inside_a_map_sees_itself_in_the_first_iteration() {
    let request = r#"{"definition": {"StartAt": "M", "States": {"M": {"Type": "Map", "End": true,
            "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true,
                "Parameters": {"item.$": "$$.Map.Item", "name.$": "$$.State.Name"}}}}}}},
        "stateName": "P", "input": {"a": 1}}"#;
    let output = r#"{"item": {"Index": 0, "Value": {"a": 1}}, "name": "StateName"}"#;
    let answer = test_state(request).await.expect("it is tested");
    assert_eq!(text(&answer, "output"), output);
}

#[tokio::test]
async fn what_waits_for_others_needs_a_mock() {
    for resource in [
        "arn:aws:states:us-east-1:123456789012:activity:a",
        "arn:aws:states:::states:startExecution.sync:2",
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    ] {
        let task =
            format!(r#"{{"definition": {{"Type": "Task", "Resource": "{resource}", "End": true}}"#);
        let refusal = refusal(&format!("{task}}}")).await;
        assert!(refusal.starts_with("ValidationException: "), "{refusal}");
        let mock = r#""mock": {"result": "{}", "fieldValidationMode": "NONE"}}"#;
        assert_eq!(
            answer(&format!("{task}, {mock}")).await,
            r#"{"output":"{}","status":"SUCCEEDED"}"#
        );
    }
}

#[tokio::test]
async fn a_job_is_mocked_as_what_is_polled_answers() {
    let request = r#"{"definition": {"Type": "Task", "End": true,
            "Resource": "arn:aws:states:::states:startExecution.sync"},
        "mock": {"result": "{\"ExecutionArn\": \"a\", \"StateMachineArn\": \"b\", \"StartDate\": \"c\", \"Status\": \"DONE\"}"}}"#;
    assert_eq!(
        refusal(request).await,
        "ValidationException: Mock result schema validation error: Field 'Status' is not an \
         expected value"
    );
}

#[tokio::test]
async fn a_request_is_refused_for_what_is_wrong_with_it() {
    for (request, expected) in [
        (
            r#""definition": {"Type": "Pass"}"#,
            "InvalidDefinition: Invalid State Machine Definition: ",
        ),
        (
            r#""definition": {"Type": "Succeed"}, "input": "{""#,
            "InvalidExecutionInput: Invalid State Machine Execution Input: ",
        ),
        (
            r#""definition": {"Type": "Succeed"}, "variables": "[]""#,
            "ValidationException: Variables must be a valid JSON object",
        ),
        (
            r#""definition": {"Type": "Succeed"}, "inspectionLevel": "ALL""#,
            "ValidationException: 1 validation error detected: Value 'ALL' at 'inspectionLevel'",
        ),
        (
            r#""definition": {"Type": "Task", "Resource": "f", "End": true},
               "mock": {"result": "1"}, "context": {"State": {"RetryCount": "1"}}"#,
            "ValidationException: Invalid Context object provided: State.RetryCount must be a number",
        ),
        (
            r#""definition": {"Type": "Succeed"}, "context": {}"#,
            "ValidationException: TestState does not support Context when a mock is not specified.",
        ),
        (
            r#""definition": {"Type": "Succeed"}, "roleArn": "r""#,
            "InvalidArn: Invalid Role Arn: 'r'",
        ),
        (
            r#""definition": {"Type": "Task", "Resource": "f", "End": true},
               "mock": {"errorOutput": {"cause": "it broke"}}"#,
            "ValidationException: 1 validation error detected: Value null at \
             'mock.errorOutput.error' failed to satisfy constraint: Member must not be null",
        ),
    ] {
        let refusal = refusal(&format!("{{{request}}}")).await;
        assert!(refusal.starts_with(expected), "{refusal}");
    }
}

/// A distributed Map with these fields beside its processor, at `DEBUG`.
async fn distributed(fields: &str, request: &str) -> Value {
    let request = format!(
        r#"{{"definition": {{"Type": "Map", {fields}, "End": true, "ItemProcessor": {{
            "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
            "StartAt": "P", "States": {{"P": {{"Type": "Pass", "End": true}}}}}}}},
        "mock": {{"result": "[]"}}, "inspectionLevel": "DEBUG", {request}}}"#
    );
    let answer = test_state(&request).await.expect("it is tested");
    let data = answer.get("inspectionData").expect("it was asked for");
    data.clone()
}

#[tokio::test]
async fn a_readers_source_is_read_from_the_request() {
    let reader = r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSON", "ItemsPointer": "/orders", "MaxItems": 2},
        "Parameters": {"Bucket": "b", "Key": "k"}},
        "ItemSelector": {"order.$": "$$.Map.Item.Value"}"#;
    let source = r#""stateConfiguration": {"mapItemReaderData": "{\"orders\": [1, 2, 3]}"}"#;
    let data = distributed(reader, source).await;
    assert_eq!(text(&data, "afterItemsPointer"), "[1, 2]");
    assert_eq!(
        text(&data, "afterItemSelector"),
        r#"[{"order": 1}, {"order": 2}]"#
    );
}

#[tokio::test]
async fn items_are_gathered_into_batches() {
    for (bound, expected) in [
        (
            r#""MaxItemsPerBatch": 2"#,
            r#"[{"BatchInput": {"of": 9}, "Items": [1, 2]}, {"BatchInput": {"of": 9}, "Items": [3]}]"#,
        ),
        // {"BatchInput":{"of":9},"Items":[1]} has 35 bytes, and each further item 2.
        (
            r#""MaxInputBytesPerBatch": 37"#,
            r#"[{"BatchInput": {"of": 9}, "Items": [1, 2]}, {"BatchInput": {"of": 9}, "Items": [3]}]"#,
        ),
        (
            r#""MaxInputBytesPerBatch": 1"#,
            r#"[{"BatchInput": {"of": 9}, "Items": [1]}, {"BatchInput": {"of": 9}, "Items": [2]}, {"BatchInput": {"of": 9}, "Items": [3]}]"#,
        ),
    ] {
        let batcher = format!(
            r#""ItemsPath": "$.a", "ItemBatcher": {{{bound}, "BatchInput": {{"of.$": "$.b"}}}}"#
        );
        let data = distributed(&batcher, r#""input": {"a": [1, 2, 3], "b": 9}"#).await;
        assert_eq!(text(&data, "afterItemBatcher"), expected);
    }
}

#[tokio::test]
async fn no_more_iterations_fail_than_there_are_items() {
    let request = r#"{"definition": {"Type": "Map", "End": true, "ItemProcessor": {
            "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}},
        "input": "[1]", "mock": {"result": "[1]"},
        "stateConfiguration": {"mapIterationFailureCount": 2}}"#;
    let expected = "ValidationException: MapIterationFailureCount cannot exceed";
    assert!(refusal(request).await.starts_with(expected));
}

/// What `ItemSelector` makes of this many items, if it is told.
async fn selected(items: usize, selector: &str) -> Option<String> {
    let map = format!(
        r#"{{"Type": "Map", "End": true, "ItemSelector": {selector}, "ItemProcessor": {{
            "StartAt": "P", "States": {{"P": {{"Type": "Pass", "End": true}}}}}}}}"#
    );
    let input: Vec<String> = (0..items).map(|item| item.to_string()).collect();
    let request = Object::from([
        ("definition", Value::from(map)),
        ("input", format!("[{}]", input.join(",")).into()),
        ("mock", Object::from([("result", "[]")]).into()),
        ("inspectionLevel", "DEBUG".into()),
    ]);
    let answer = test_state(&Value::from(request).to_json())
        .await
        .expect("it is tested");
    assert_eq!(text(&answer, "status"), "SUCCEEDED");
    let data = answer.get("inspectionData").expect("it was asked for");
    let selected = data.get("afterItemSelector").and_then(Value::as_str);
    selected.map(str::to_owned)
}

#[tokio::test]
async fn all_items_are_selected_and_told_as_far_as_there_is_room() {
    let told = selected(50, r#"{"i.$": "$$.Map.Item.Index"}"#)
        .await
        .expect("it is little");
    assert!(told.ends_with(r#"{"i": 48}, {"i": 49}]"#), "{told}");
    // A thousand times the whole input.
    assert_eq!(selected(1_000, r#"{"all.$": "$"}"#).await, None);
}

#[tokio::test]
async fn an_input_with_more_bytes_than_letters_is_too_large() {
    let request = Object::from([
        ("definition", Value::from(r#"{"Type": "Succeed"}"#)),
        ("input", format!("\"{}\"", "é".repeat(200_000)).into()),
    ]);
    let answer = test_state(&Value::from(request).to_json())
        .await
        .expect("it is tested");
    assert_eq!(text(&answer, "error"), "States.DataLimitExceeded");
    assert_eq!(text(&answer, "status"), "FAILED");
}
