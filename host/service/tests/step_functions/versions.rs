//! Versions: publishing, listing and deleting them.

use super::*;

#[tokio::test]
async fn a_revision_is_published_once() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    let publish = "PublishStateMachineVersion";
    let first = account.of(publish, &machine, "").await.unwrap();
    assert_eq!(
        first.to_json(),
        format!(r#"{{"creationDate":1767225600.000,"stateMachineVersionArn":"{machine}:1"}}"#)
    );
    let described = r#", "description": "another one""#;
    assert_eq!(account.of(publish, &machine, described).await, Ok(first));
    let updated = account.of("UpdateStateMachine", &machine, OTHER_ROLE).await;
    let second = account.of(publish, &machine, described).await.unwrap();
    assert_eq!(
        text(&second, "stateMachineVersionArn"),
        format!("{machine}:2")
    );
    let version = account
        .of("DescribeStateMachine", &format!("{machine}:2"), "")
        .await
        .unwrap();
    assert_eq!(text(&version, "description"), "another one");
    assert_eq!(text(&version, "stateMachineArn"), format!("{machine}:2"));
    assert_eq!(
        version.get("revisionId"),
        updated.unwrap().get("revisionId")
    );
    let version = account
        .of("DescribeStateMachine", &format!("{machine}:1"), "")
        .await
        .unwrap();
    assert_eq!(version.get("revisionId"), None);
    assert_eq!(text(&version, "roleArn"), ROLE);
}

#[tokio::test]
async fn only_the_revision_that_was_asked_for_is_published() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    let publish = async |revision: &str| {
        let more = format!(r#", "revisionId": "{revision}""#);
        let answer = account
            .of("PublishStateMachineVersion", &machine, &more)
            .await;
        answer.map(|version| text(&version, "stateMachineVersionArn"))
    };
    let conflict = "ConflictException: Failed to publish the State Machine version for revision \
                    other. The current State Machine revision is INITIAL.";
    assert_eq!(publish("other").await, Err(conflict.to_owned()));
    assert_eq!(publish("INITIAL").await, Ok(format!("{machine}:1")));
    let updated = account.of("UpdateStateMachine", &machine, OTHER_ROLE).await;
    let revision = text(&updated.unwrap(), "revisionId");
    assert!(publish("INITIAL").await.is_err());
    assert_eq!(publish(&revision).await, Ok(format!("{machine}:2")));
}

#[tokio::test]
async fn a_number_is_never_used_again() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    let version = async |role: &str| {
        let more = format!(r#", "roleArn": "{ROLE}{role}", "publish": true"#);
        let updated = account
            .of("UpdateStateMachine", &machine, &more)
            .await
            .unwrap();
        text(&updated, "stateMachineVersionArn")
    };
    for number in 1..=11 {
        assert_eq!(
            version(&format!("r{number}")).await,
            format!("{machine}:{number}")
        );
    }
    for number in [11, 11, 10, 99] {
        let request = format!(r#"{{"stateMachineVersionArn": "{machine}:{number}"}}"#);
        let deleted = account.call("DeleteStateMachineVersion", &request).await;
        assert_eq!(deleted.map(|answer| answer.to_json()), Ok("{}".to_owned()));
    }
    // The revision of the version that was deleted last is not published any more.
    let again = account
        .of("PublishStateMachineVersion", &machine, "")
        .await
        .unwrap();
    assert_eq!(
        text(&again, "stateMachineVersionArn"),
        format!("{machine}:12")
    );
    let list = "ListStateMachineVersions";
    let first = account
        .of(list, &machine, r#", "maxResults": 3"#)
        .await
        .unwrap();
    let numbers = |page: &Value| -> Vec<String> {
        let arns = texts(page, "stateMachineVersions", "stateMachineVersionArn");
        arns.iter()
            .map(|arn| arn[machine.len() + 1..].to_owned())
            .collect()
    };
    assert_eq!(numbers(&first), ["12", "9", "8"]);
    let next = format!(r#", "nextToken": "{}""#, text(&first, "nextToken"));
    let rest = account.of(list, &machine, &next).await.unwrap();
    assert_eq!(numbers(&rest), ["7", "6", "5", "4", "3", "2", "1"]);
    assert_eq!(rest.get("nextToken"), None);
}

#[tokio::test]
async fn a_version_is_described_only_where_it_is_published() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    let refused = Err(
        "ValidationException: Version description can only be set when publish is \
                       true"
            .to_owned(),
    );
    let more = format!(r#"{OTHER_ROLE}, "versionDescription": "d""#);
    assert_eq!(
        account.of("UpdateStateMachine", &machine, &more).await,
        refused
    );
    let long = format!(r#", "description": "{}""#, "d".repeat(257));
    let refused = account
        .of("PublishStateMachineVersion", &machine, &long)
        .await;
    assert!(
        refused
            .unwrap_err()
            .ends_with("Member must have length less than or equal to 256")
    );
}

#[tokio::test]
async fn another_description_makes_another_version_of_the_same_revision() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    let publish = async |description: &str| {
        let more =
            format!(r#"{OTHER_ROLE}, "publish": true, "versionDescription": "{description}""#);
        let updated = account
            .of("UpdateStateMachine", &machine, &more)
            .await
            .unwrap();
        let arn = text(&updated, "stateMachineVersionArn");
        let version = account.of("DescribeStateMachine", &arn, "").await.unwrap();
        assert_eq!(text(&version, "description"), description);
        arn[machine.len() + 1..].to_owned()
    };
    assert_eq!(publish("first").await, "1");
    assert_eq!(publish("first").await, "1");
    assert_eq!(publish("second").await, "2");
}

#[tokio::test]
async fn the_arn_of_a_version_may_be_long() {
    let account = account(Clock::Virtual(NOW)).await;
    let delete = async |length: usize| {
        let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:";
        let name = "m".repeat(length - machine.len() - ":1".len());
        let request = format!(r#"{{"stateMachineVersionArn": "{machine}{name}:1"}}"#);
        account.call("DeleteStateMachineVersion", &request).await
    };
    assert!(delete(2_000).await.is_ok());
    let refused = delete(2_001).await.unwrap_err();
    assert!(refused.starts_with("ValidationException: "), "{refused}");
}

#[tokio::test]
async fn there_are_as_many_versions_as_the_quota_says() {
    let quotas = Quotas {
        versions: 1,
        ..Quotas::default()
    };
    let account = with_quotas(Clock::Virtual(NOW), quotas).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    account
        .of("PublishStateMachineVersion", &machine, "")
        .await
        .unwrap();
    let more = format!(r#"{OTHER_ROLE}, "publish": true"#);
    let refused = account
        .of("UpdateStateMachine", &machine, &more)
        .await
        .unwrap_err();
    assert!(refused.starts_with("ServiceQuotaExceededException: "));
    let described = account
        .of("DescribeStateMachine", &machine, "")
        .await
        .unwrap();
    assert_eq!(text(&described, "roleArn"), ROLE);
}

#[tokio::test]
async fn an_execution_runs_the_version_that_started_it() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    account
        .of("PublishStateMachineVersion", &machine, "")
        .await
        .unwrap();
    let update = Object::from([("stateMachineArn", machine.as_str()), ("definition", FAIL)]);
    account
        .ask("UpdateStateMachine", &update.into())
        .await
        .unwrap();
    let version = format!("{machine}:1");
    let by_version = account.start(&version, "v", "{}").await.unwrap();
    let current = account.start(&machine, "c", "{}").await.unwrap();
    let described = account.ended(&by_version).await;
    assert_eq!(text(&described, "status"), "SUCCEEDED");
    assert_eq!(text(&described, "stateMachineArn"), machine);
    assert_eq!(text(&described, "stateMachineVersionArn"), version);
    assert_eq!(text(&account.ended(&current).await, "status"), "FAILED");
    let listed = account.of("ListExecutions", &version, "").await.unwrap();
    assert_eq!(texts(&listed, "executions", "name"), ["v"]);
}
