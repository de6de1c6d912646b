//! Activities: creating, describing, listing and deleting them.

use super::*;

#[tokio::test]
async fn an_activity_is_created_once() {
    let account = account(Clock::Virtual(NOW)).await;
    let first = account
        .call("CreateActivity", r#"{"name": "a"}"#)
        .await
        .unwrap();
    assert_eq!(
        first.to_json(),
        concat!(
            r#"{"activityArn":"arn:aws:states:us-east-1:123456789012:activity:a","#,
            r#""creationDate":1767225600.000}"#,
        )
    );
    let again = r#"{"name": "a", "tags": [{"key": "k", "value": "v"}]}"#;
    assert_eq!(account.call("CreateActivity", again).await, Ok(first));
    let encrypted = r#"{"name": "a", "encryptionConfiguration":
        {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "k"}}"#;
    assert_eq!(
        account.call("CreateActivity", encrypted).await,
        Err(
            "ActivityAlreadyExists: Activity already exists. EncryptionConfiguration may not be \
             updated."
                .to_owned()
        )
    );
}

#[tokio::test]
async fn an_activity_that_was_deleted_is_not_there() {
    let account = account(Clock::Virtual(NOW)).await;
    let created = account
        .call("CreateActivity", r#"{"name": "a"}"#)
        .await
        .unwrap();
    let arn = text(&created, "activityArn");
    let request = format!(r#"{{"activityArn": "{arn}"}}"#);
    for _ in 0..2 {
        let deleted = account.call("DeleteActivity", &request).await;
        assert_eq!(deleted.unwrap().to_json(), "{}");
    }
    assert_eq!(
        account.call("DescribeActivity", &request).await,
        Err(format!(
            "ActivityDoesNotExist: Activity Does Not Exist: '{arn}'"
        ))
    );
}

#[tokio::test]
async fn activities_come_in_pages_and_within_a_quota() {
    let quotas = Quotas {
        activities: 3,
        ..Quotas::default()
    };
    let account = with_quotas(Clock::Virtual(NOW), quotas).await;
    let create = async |name: &str| {
        let request = format!(r#"{{"name": "{name}"}}"#);
        account.call("CreateActivity", &request).await
    };
    for name in ["c", "a", "b", "a"] {
        create(name).await.unwrap();
    }
    assert!(
        create("d")
            .await
            .unwrap_err()
            .starts_with("ActivityLimitExceeded: ")
    );
    let first = account
        .call("ListActivities", r#"{"maxResults": 2}"#)
        .await
        .unwrap();
    assert_eq!(texts(&first, "activities", "name"), ["a", "b"]);
    let next = format!(r#"{{"nextToken": "{}"}}"#, text(&first, "nextToken"));
    let rest = account.call("ListActivities", &next).await.unwrap();
    assert_eq!(texts(&rest, "activities", "name"), ["c"]);
    assert_eq!(rest.get("nextToken"), None);
}
