//! State machines: creating, changing, listing and deleting them.

use std::collections::BTreeSet;

use super::*;

#[tokio::test]
async fn creating_the_same_again_answers_the_same() {
    let account = account(Clock::Virtual(NOW)).await;
    let first = account.create("m", "STANDARD", PASS).await;
    assert_eq!(
        first,
        "arn:aws:states:us-east-1:123456789012:stateMachine:m"
    );
    assert_eq!(account.create("m", "STANDARD", PASS).await, first);
    let other = r#"{"name": "m", "definition": "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Succeed\"}}}", "roleArn": "arn:aws:iam::123456789012:role/r"}"#;
    assert_eq!(
        account.call("CreateStateMachine", other).await,
        Err(format!(
            "StateMachineAlreadyExists: State Machine Already Exists: '{first}'"
        ))
    );
}

#[tokio::test]
async fn requests_that_the_model_refuses_create_nothing() {
    let account = account(Clock::Virtual(NOW)).await;
    for (request, error) in [
        (
            r#"{"name": "m", "roleArn": "arn:aws:iam::123456789012:role/r"}"#,
            "ValidationException: 1 validation error detected: Value null at 'definition' \
             failed to satisfy constraint: Member must not be null",
        ),
        (
            r#"{"name": 1, "definition": "{}", "roleArn": "arn:aws:iam::123456789012:role/r"}"#,
            "SerializationException: name is number where a string is expected",
        ),
        (
            r#"{"name": "a b", "definition": "{}", "roleArn": "arn:aws:iam::123456789012:role/r"}"#,
            "InvalidName: Invalid Name: 'a b'",
        ),
        (
            r#"{"name": "m", "definition": "{}", "roleArn": "arn:aws:iam::aws:policy/r"}"#,
            "InvalidArn: Invalid Role Arn: 'arn:aws:iam::aws:policy/r'",
        ),
        (
            r#"{"name": "m", "definition": "{}", "roleArn": "arn:aws:iam::123456789012:role/r", "tracingConfiguration": {}}"#,
            "InvalidTracingConfiguration: Invalid Tracing Configuration: enabled must be true or \
             false.",
        ),
        (
            r#"{"name": "m", "definition": "{}", "roleArn": "arn:aws:iam::123456789012:role/r", "type": "FAST"}"#,
            "ValidationException: 1 validation error detected: Value 'FAST' at 'type' failed to \
             satisfy constraint: Member must satisfy enum value set: [STANDARD, EXPRESS]",
        ),
        (
            r#"{"name": "m", "definition": "{}", "roleArn": "arn:aws:iam::123456789012:role/r", "loggingConfiguration": {"level": "ALL"}}"#,
            "InvalidLoggingConfiguration: Invalid Logging Configuration: Must specify exactly \
             one Log Destination.",
        ),
    ] {
        let answer = account.call("CreateStateMachine", request).await;
        assert_eq!(answer, Err(error.to_owned()), "{request}");
    }
    let listed = account.call("ListStateMachines", "{}").await;
    assert_eq!(listed.unwrap().to_json(), r#"{"stateMachines":[]}"#);
}

#[tokio::test]
async fn there_is_room_for_as_many_as_the_quota_says() {
    let quotas = Quotas {
        state_machines: 1,
        ..Quotas::default()
    };
    let account = with_quotas(Clock::Virtual(NOW), quotas).await;
    account.create("a", "STANDARD", PASS).await;
    let second = Object::from([("name", "b"), ("definition", PASS), ("roleArn", ROLE)]);
    let error = account.ask("CreateStateMachine", &second.into()).await;
    assert!(
        error
            .unwrap_err()
            .starts_with("StateMachineLimitExceeded: ")
    );
}

#[tokio::test]
async fn any_change_is_a_revision() {
    let account = account(Clock::Virtual(NOW)).await;
    let arn = account.create("m", "STANDARD", PASS).await;
    let update = |more: &str| format!(r#"{{"stateMachineArn": "{arn}"{more}}}"#);
    let nothing = account.call("UpdateStateMachine", &update("")).await;
    assert!(
        nothing
            .unwrap_err()
            .starts_with("MissingRequiredParameter: ")
    );
    let no_role = update(r#", "roleArn": "r""#);
    let no_role = account.call("UpdateStateMachine", &no_role).await;
    assert_eq!(no_role.unwrap_err(), "InvalidArn: Invalid Role Arn: 'r'");
    let same = Value::from(Object::from([
        ("stateMachineArn", arn.as_str()),
        ("definition", PASS),
    ]));
    let updated = account.ask("UpdateStateMachine", &same).await.unwrap();
    assert_eq!(updated.get("revisionId"), None);
    let mut ids = BTreeSet::new();
    for change in [
        r#", "loggingConfiguration": {"includeExecutionData": true}"#,
        r#", "tracingConfiguration": {"enabled": true}"#,
        OTHER_ROLE,
    ] {
        let updated = account.call("UpdateStateMachine", &update(change)).await;
        ids.insert(text(&updated.unwrap(), "revisionId"));
    }
    assert_eq!(ids.len(), 3);
    let described = account
        .call("DescribeStateMachine", &update(""))
        .await
        .unwrap();
    assert_eq!(ids.last(), Some(&text(&described, "revisionId")));
    assert_eq!(
        text(&described, "roleArn"),
        "arn:aws:iam::123456789012:role/o"
    );
}

#[tokio::test]
async fn deleting_twice_is_deleting_once() {
    let account = account(Clock::Virtual(NOW)).await;
    let arn = account.create("m", "STANDARD", PASS).await;
    let request = format!(r#"{{"stateMachineArn": "{arn}"}}"#);
    for _ in 0..2 {
        let deleted = account.call("DeleteStateMachine", &request).await;
        assert_eq!(deleted.unwrap().to_json(), "{}");
    }
    assert_eq!(
        account.call("DescribeStateMachine", &request).await,
        Err(format!(
            "StateMachineDoesNotExist: State Machine Does Not Exist: '{arn}'"
        ))
    );
}

#[tokio::test]
async fn pages_follow_each_other() {
    let account = account(Clock::Virtual(NOW)).await;
    for name in ["c", "a", "b"] {
        account.create(name, "STANDARD", PASS).await;
    }
    let names = |page: &Value| -> Vec<String> {
        let machines = page.get("stateMachines").and_then(Value::as_array).unwrap();
        machines
            .iter()
            .map(|machine| text(machine, "name"))
            .collect()
    };
    let first = account
        .call("ListStateMachines", r#"{"maxResults": 2}"#)
        .await
        .unwrap();
    assert_eq!(names(&first), ["a", "b"]);
    let next = Object::from([("nextToken", text(&first, "nextToken"))]);
    let second = account
        .ask("ListStateMachines", &next.into())
        .await
        .unwrap();
    assert_eq!(names(&second), ["c"]);
    assert_eq!(second.get("nextToken"), None);
    assert_eq!(
        account
            .call("ListStateMachines", r#"{"nextToken": "zz"}"#)
            .await,
        Err("InvalidToken: Invalid Token: 'zz'".to_owned())
    );
}

#[tokio::test]
async fn what_is_created_again_in_another_way_exists() {
    let account = account(Clock::Virtual(NOW)).await;
    let create = async |more: &str| {
        let definition = PASS.replace('"', "\\\"");
        let request = format!(
            r#"{{"name": "m", "definition": "{definition}", "roleArn": "arn:aws:iam::123456789012:role/r"{more}}}"#
        );
        account.call("CreateStateMachine", &request).await
    };
    let publish = r#", "publish": true, "versionDescription": "first""#;
    let first = create(publish).await.unwrap();
    assert_eq!(create(publish).await, Ok(first));
    let exists = "StateMachineAlreadyExists: State Machine Already Exists: \
                  'arn:aws:states:us-east-1:123456789012:stateMachine:m'";
    for more in [
        "",
        r#", "publish": true"#,
        r#", "publish": true, "versionDescription": "first", "type": "EXPRESS""#,
        r#", "publish": true, "versionDescription": "first",
             "loggingConfiguration": {"includeExecutionData": true}"#,
        r#", "publish": true, "versionDescription": "first",
             "tracingConfiguration": {"enabled": true}"#,
    ] {
        assert_eq!(create(more).await, Err(exists.to_owned()), "{more}");
    }
    let other_role = r#", "publish": true, "versionDescription": "first", "roleArn": "arn:aws:iam::123456789012:role/o",
                          "tags": [{"key": "a", "value": "b"}]"#;
    assert!(create(other_role).await.is_ok());
}

#[tokio::test]
async fn a_configuration_is_kept_and_described() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    let change = r#", "tracingConfiguration": {"enabled": true},
        "encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/k"},
        "loggingConfiguration": {"level": "ALL", "includeExecutionData": true, "destinations":
            [{"cloudWatchLogsLogGroup": {"logGroupArn": "arn:aws:logs:us-east-1:1:log-group:g:*"}}]}"#;
    let updated = account.of("UpdateStateMachine", &machine, change).await;
    let described = account.of("DescribeStateMachine", &machine, "").await;
    assert_eq!(
        described.unwrap().to_json(),
        format!(
            concat!(
                r#"{{"stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:m","#,
                r#""name":"m","definition":"{}","roleArn":"arn:aws:iam::123456789012:role/r","#,
                r#""loggingConfiguration":{{"level":"ALL","includeExecutionData":true,"#,
                r#""destinations":[{{"cloudWatchLogsLogGroup":"#,
                r#"{{"logGroupArn":"arn:aws:logs:us-east-1:1:log-group:g:*"}}}}]}},"#,
                r#""tracingConfiguration":{{"enabled":true}},"#,
                r#""encryptionConfiguration":{{"type":"CUSTOMER_MANAGED_KMS_KEY","#,
                r#""kmsKeyId":"alias/k","kmsDataKeyReusePeriodSeconds":300}},"revisionId":"{}","#,
                r#""status":"ACTIVE","type":"STANDARD","creationDate":1767225600.000}}"#,
            ),
            PASS.replace('"', "\\\""),
            text(&updated.unwrap(), "revisionId")
        )
    );
    let keyless = r#", "encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY"}"#;
    let refused = account.of("UpdateStateMachine", &machine, keyless).await;
    assert!(
        refused
            .unwrap_err()
            .starts_with("InvalidEncryptionConfiguration: ")
    );
}

#[tokio::test]
async fn metadata_have_no_definition() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    let only = r#", "includedData": "METADATA_ONLY""#;
    let described = account.of("DescribeStateMachine", &machine, only).await;
    assert_eq!(text(&described.unwrap(), "definition"), "{}");
    let all = r#", "includedData": "ALL_DATA""#;
    let described = account.of("DescribeStateMachine", &machine, all).await;
    assert_eq!(text(&described.unwrap(), "definition"), PASS);
}

#[tokio::test]
async fn an_arn_of_something_else_names_no_state_machine() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    for (arn, error) in [
        (format!("{machine}:1"), "StateMachineDoesNotExist"),
        (format!("{machine}:PROD"), "StateMachineDoesNotExist"),
        (format!("{machine}/Map"), "ValidationException"),
        (format!("{machine}:1:2"), "InvalidArn"),
        (
            machine.replace("us-east-1", "us-west-2"),
            "StateMachineDoesNotExist",
        ),
        (machine.replace("stateMachine", "activity"), "InvalidArn"),
        ("x".repeat(257), "ValidationException"),
    ] {
        for operation in ["DescribeStateMachine", "StartExecution", "ListExecutions"] {
            let answer = account.of(operation, &arn, "").await.unwrap_err();
            let (code, _) = answer.split_once(": ").unwrap();
            assert_eq!(code, error, "{operation} {arn}");
        }
    }
}

#[tokio::test]
async fn limits_can_be_lifted_and_lowered() {
    let quotas = Quotas {
        definition_length: PASS.len(),
        name_length: 100,
        ..Quotas::default()
    };
    let account = with_quotas(Clock::Virtual(NOW), quotas).await;
    account.create(&"m".repeat(100), "STANDARD", PASS).await;
    let longer = Object::from([
        ("name", Value::from("n")),
        ("definition", format!("{PASS} ").into()),
        ("roleArn", ROLE.into()),
    ]);
    let refused = account.ask("CreateStateMachine", &longer.into()).await;
    let end = format!(
        "Member must have length less than or equal to {}",
        PASS.len()
    );
    assert!(refused.unwrap_err().ends_with(&end));
}
