//! Tags of state machines and activities.

use super::*;

async fn tags(account: &Account, resource: &str) -> Result<String, String> {
    let request = format!(r#"{{"resourceArn": "{resource}"}}"#);
    let listed = account.call("ListTagsForResource", &request).await;
    listed.map(|listed| listed.get("tags").expect("there is a list").to_json())
}

async fn tag(account: &Account, resource: &str, tags: &str) -> Result<(), String> {
    let request = format!(r#"{{"resourceArn": "{resource}", "tags": {tags}}}"#);
    account.call("TagResource", &request).await.map(|_| ())
}

#[tokio::test]
async fn tags_are_set_and_removed_by_key() {
    let account = account(Clock::Virtual(NOW)).await;
    let create = r#"{"name": "a", "tags": [{"key": "k", "value": "1"}]}"#;
    let activity = account.call("CreateActivity", create).await.unwrap();
    let activity = text(&activity, "activityArn");
    let machine = account.create("m", "STANDARD", PASS).await;
    assert_eq!(tags(&account, &machine).await, Ok("[]".to_owned()));
    for resource in [&activity, &machine] {
        let new = r#"[{"key": "k", "value": "2"}, {"key": "l", "value": ""}]"#;
        tag(&account, resource, new).await.unwrap();
        assert_eq!(
            tags(&account, resource).await.unwrap(),
            r#"[{"key":"k","value":"2"},{"key":"l","value":""}]"#
        );
        let request = format!(r#"{{"resourceArn": "{resource}", "tagKeys": ["k", "x"]}}"#);
        account.call("UntagResource", &request).await.unwrap();
        assert_eq!(
            tags(&account, resource).await.unwrap(),
            r#"[{"key":"l","value":""}]"#
        );
    }
}

#[tokio::test]
async fn only_state_machines_and_activities_have_tags() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    account
        .of("PublishStateMachineVersion", &machine, "")
        .await
        .unwrap();
    for (resource, error) in [
        (format!("{machine}:1"), "ResourceNotFound"),
        (format!("{machine}:PROD"), "ResourceNotFound"),
        (machine.replace(":m", ":n"), "ResourceNotFound"),
        (
            machine.replace("stateMachine:m", "activity:a"),
            "ResourceNotFound",
        ),
        (
            machine.replace("stateMachine:m", "execution:m:e"),
            "InvalidArn",
        ),
        ("nonsense".to_owned(), "InvalidArn"),
    ] {
        for refused in [
            tags(&account, &resource).await.unwrap_err(),
            tag(&account, &resource, r#"[{"key": "k", "value": "v"}]"#)
                .await
                .unwrap_err(),
        ] {
            assert!(
                refused.starts_with(&format!("{error}: ")),
                "{resource}: {refused}"
            );
        }
    }
}

#[tokio::test]
async fn there_are_fifty_tags_at_most() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    let many = |range: std::ops::Range<u32>| {
        let tags = range.map(|number| format!(r#"{{"key": "k{number}", "value": "v"}}"#));
        format!("[{}]", tags.collect::<Vec<_>>().join(", "))
    };
    tag(&account, &machine, &many(0..50)).await.unwrap();
    tag(&account, &machine, &many(10..50)).await.unwrap();
    let refused = tag(&account, &machine, &many(50..51)).await.unwrap_err();
    assert!(refused.starts_with("TooManyTags: "));
    let request = format!(r#"{{"name": "a", "tags": {}}}"#, many(0..51));
    let refused = account.call("CreateActivity", &request).await.unwrap_err();
    assert!(refused.starts_with("TooManyTags: "));
}

#[tokio::test]
async fn tags_go_with_what_has_them() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = account.create("m", "STANDARD", PASS).await;
    tag(&account, &machine, r#"[{"key": "k", "value": "v"}]"#)
        .await
        .unwrap();
    account
        .of("DeleteStateMachine", &machine, "")
        .await
        .unwrap();
    account.create("m", "STANDARD", PASS).await;
    assert_eq!(tags(&account, &machine).await, Ok("[]".to_owned()));
}
