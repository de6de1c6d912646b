//! Aliases: how they divide executions, and what may not become of them.

use super::*;

/// A machine with three versions, the first of which fails.
async fn versioned(account: &Account) -> String {
    let machine = account.create("m", "STANDARD", FAIL).await;
    account
        .of("PublishStateMachineVersion", &machine, "")
        .await
        .expect("it is published");
    for definition in [PASS, WAIT] {
        let update = Object::from([
            ("stateMachineArn", Value::from(machine.as_str())),
            ("definition", definition.into()),
            ("publish", true.into()),
        ]);
        account
            .ask("UpdateStateMachine", &update.into())
            .await
            .expect("it is published");
    }
    machine
}

/// `[{"stateMachineVersionArn": …, "weight": …}, …]`.
fn routing(machine: &str, routes: &[(&str, i64)]) -> String {
    let routes = routes.iter().map(|(end, weight)| {
        format!(r#"{{"stateMachineVersionArn": "{machine}{end}", "weight": {weight}}}"#)
    });
    format!("[{}]", routes.collect::<Vec<_>>().join(", "))
}

async fn create(account: &Account, name: &str, routing: &str) -> Result<String, String> {
    let request = format!(r#"{{"name": "{name}", "routingConfiguration": {routing}}}"#);
    let created = account.call("CreateStateMachineAlias", &request).await;
    created.map(|created| text(&created, "stateMachineAliasArn"))
}

#[tokio::test]
async fn an_alias_divides_executions_between_two_versions() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = versioned(&account).await;
    let split = routing(&machine, &[(":1", 25), (":2", 75)]);
    let alias = create(&account, "PROD", &split).await.unwrap();
    assert_eq!(alias, format!("{machine}:PROD"));
    let mut failed = 0;
    for number in 0..100 {
        let execution = account.start(&alias, &format!("e{number}"), "{}").await;
        let described = account.ended(&execution.unwrap()).await;
        let has_failed = text(&described, "status") == "FAILED";
        let version = if has_failed { ":1" } else { ":2" };
        assert_eq!(
            text(&described, "stateMachineVersionArn"),
            format!("{machine}{version}")
        );
        assert_eq!(text(&described, "stateMachineAliasArn"), alias);
        failed += u32::from(has_failed);
    }
    assert!((10..=40).contains(&failed), "{failed} of 100");
    let listed = account
        .of("ListExecutions", &alias, r#", "maxResults": 1000"#)
        .await
        .unwrap();
    assert_eq!(texts(&listed, "executions", "name").len(), 100);
    let described = account
        .of("DescribeStateMachine", &alias, "")
        .await
        .unwrap();
    assert_eq!(text(&described, "stateMachineArn"), format!("{machine}:1"));
}

#[tokio::test]
async fn a_routing_that_leads_nowhere_is_refused() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = versioned(&account).await;
    let other = account.create("other", "STANDARD", PASS).await;
    account
        .of("PublishStateMachineVersion", &other, "")
        .await
        .unwrap();
    for (routes, error) in [
        (
            routing(&machine, &[]),
            "1 validation error detected: Value '[]' at 'routingConfiguration' failed to satisfy \
             constraint: Member must have length greater than or equal to 1"
                .to_owned(),
        ),
        (
            routing(&machine, &[(":1", 101)]),
            "1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' \
             failed to satisfy constraint: Member must have value less than or equal to 100"
                .to_owned(),
        ),
        (
            routing(&machine, &[(":1", 60), (":2", 30)]),
            "Sum of routing configuration weights must equal 100. Received: [60, 30]".to_owned(),
        ),
        (
            routing(&machine, &[(":1", 50), (":1", 50)]),
            format!(
                "Routing configuration must contain distinct state machine version ARNs. \
                 Received: [{machine}:1, {machine}:1]"
            ),
        ),
        (
            routing(&machine, &[("", 100)]),
            format!(
                "Routing configuration must contain state machine version ARNs. \
                 Received: [{machine}]"
            ),
        ),
        (
            format!(
                r#"[{{"stateMachineVersionArn": "{machine}:1", "weight": 50}},
                    {{"stateMachineVersionArn": "{other}:1", "weight": 50}}]"#
            ),
            format!(
                "Routing configuration must contain versions of one state machine. \
                 Received: [{machine}:1, {other}:1]"
            ),
        ),
    ] {
        let refused = create(&account, "PROD", &routes).await;
        assert_eq!(refused, Err(format!("ValidationException: {error}")));
    }
    let missing = create(&account, "PROD", &routing(&machine, &[(":4", 100)])).await;
    assert_eq!(
        missing,
        Err("ResourceNotFound: Request references a resource that does not exist.".to_owned())
    );
    let listed = account
        .of("ListStateMachineAliases", &machine, "")
        .await
        .unwrap();
    assert_eq!(listed.to_json(), r#"{"stateMachineAliases":[]}"#);
}

#[tokio::test]
async fn an_alias_is_described_as_it_was_changed_last() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = versioned(&account).await;
    let first = routing(&machine, &[(":1", 100)]);
    let alias = create(&account, "PROD", &first).await.unwrap();
    let change = async |more: &str| {
        let request = format!(r#"{{"stateMachineAliasArn": "{alias}"{more}}}"#);
        account.call("UpdateStateMachineAlias", &request).await
    };
    let nothing = change("").await.unwrap_err();
    assert!(nothing.starts_with("ValidationException: "));
    let foreign = routing(&machine.replace(":m", ":n"), &[(":1", 100)]);
    let foreign = change(&format!(r#", "routingConfiguration": {foreign}"#)).await;
    assert!(foreign.unwrap_err().starts_with("ValidationException: "));
    change(r#", "description": "d""#).await.unwrap();
    let second = routing(&machine, &[(":3", 0), (":2", 100)]);
    let updated = change(&format!(r#", "routingConfiguration": {second}"#)).await;
    assert_eq!(
        updated.unwrap().to_json(),
        r#"{"updateDate":1767225600.000}"#
    );
    let request = format!(r#"{{"stateMachineAliasArn": "{alias}"}}"#);
    let described = account.call("DescribeStateMachineAlias", &request).await;
    assert_eq!(
        described.unwrap().to_json(),
        format!(
            concat!(
                r#"{{"stateMachineAliasArn":"{m}:PROD","name":"PROD","routingConfiguration":"#,
                r#"[{{"stateMachineVersionArn":"{m}:3","weight":0}},"#,
                r#"{{"stateMachineVersionArn":"{m}:2","weight":100}}],"#,
                r#""creationDate":1767225600.000,"updateDate":1767225600.000,"description":"d"}}"#,
            ),
            m = machine
        )
    );
}

#[tokio::test]
async fn a_version_stays_while_an_alias_refers_to_it() {
    let account = account(Clock::Virtual(NOW)).await;
    let machine = versioned(&account).await;
    let split = routing(&machine, &[(":1", 50), (":2", 50)]);
    create(&account, "b", &routing(&machine, &[(":1", 100)]))
        .await
        .unwrap();
    let alias = create(&account, "a", &split).await.unwrap();
    let delete = async |number: u32| {
        let request = format!(r#"{{"stateMachineVersionArn": "{machine}:{number}"}}"#);
        account
            .call("DeleteStateMachineVersion", &request)
            .await
            .map(|_| ())
    };
    let conflict = |names: &str| {
        Err(format!(
            "ConflictException: Version to be deleted must not be referenced by an alias. Current \
             list of aliases referencing this version: [{names}]"
        ))
    };
    assert_eq!(delete(1).await, conflict("a, b"));
    assert_eq!(delete(2).await, conflict("a"));
    assert_eq!(delete(3).await, Ok(()));
    let listed = account
        .of("ListStateMachineAliases", &format!("{machine}:2"), "")
        .await
        .unwrap();
    assert_eq!(
        texts(&listed, "stateMachineAliases", "stateMachineAliasArn"),
        [alias.as_str()]
    );
    let request = format!(r#"{{"stateMachineAliasArn": "{alias}"}}"#);
    for _ in 0..2 {
        account
            .call("DeleteStateMachineAlias", &request)
            .await
            .unwrap();
    }
    assert_eq!(delete(2).await, Ok(()));
    let gone = account.start(&alias, "e", "{}").await;
    assert_eq!(
        gone,
        Err(format!(
            "StateMachineDoesNotExist: State Machine Does Not Exist: '{alias}'"
        ))
    );
}

#[tokio::test]
async fn there_are_as_many_aliases_as_the_quota_says() {
    let quotas = Quotas {
        aliases: 1,
        ..Quotas::default()
    };
    let account = with_quotas(Clock::Virtual(NOW), quotas).await;
    let machine = versioned(&account).await;
    let routes = routing(&machine, &[(":1", 100)]);
    let first = create(&account, "a", &routes).await;
    assert_eq!(create(&account, "a", &routes).await, first);
    let refused = create(&account, "b", &routes).await.unwrap_err();
    assert!(refused.starts_with("ServiceQuotaExceededException: "));
    let request = format!(r#"{{"stateMachineAliasArn": "{}"}}"#, first.unwrap());
    account
        .call("DeleteStateMachineAlias", &request)
        .await
        .unwrap();
    assert!(create(&account, "b", &routes).await.is_ok());
}
