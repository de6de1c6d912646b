//! Functions are created, changed and deleted.

use std::io::Write;
use std::time::Duration;

use libtest_mimic::Trial;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use sandstep_json::Value;
use sandstep_sandbox::FunctionSpec;
use sandstep_service::Functions;
use sandstep_service::lambda::{InvokeInput, ListFunctionsInput, Quotas};

use crate::account::{
    account, guest, invocation, json, open, patient, sandbox, states, text, uncompiled, unloadable,
    until_active, with_quotas,
};

pub(crate) fn trials() -> Vec<Trial> {
    crate::trials![
        a_function_is_created_called_and_deleted,
        a_component_may_come_in_a_zip,
        a_configuration_is_answered_and_in_force,
        a_name_is_taken_once,
        what_is_no_component_is_refused_at_once,
        what_does_not_load_is_failed_and_says_why,
        who_does_not_wait_is_told_that_it_is_pending,
        other_code_is_called_once_it_is_ready,
        a_failed_update_changes_nothing,
        a_dry_run_changes_nothing,
        a_revision_that_is_over_is_refused,
        only_the_latest_version_is_changed,
        a_function_is_described_with_its_logs,
        components_are_kept_as_long_as_a_function_has_them,
        a_projects_functions_are_not_changed,
        functions_are_listed_in_pages,
        quotas_are_kept,
    ]
}

async fn a_function_is_created_called_and_deleted() {
    let account = with_quotas(patient()).await;
    let created = account.create("echo", &guest("echo")).await.unwrap();
    assert_eq!(states(&created), "Active Successful");
    assert_eq!(
        text(&created, "FunctionArn"),
        "arn:aws:lambda:us-east-1:123456789012:function:echo"
    );
    assert_eq!(account.configuration("echo").await, Ok(created));
    assert_eq!(
        account.call("echo", r#"{"a": 1}"#).await.unwrap(),
        r#"{"a":1}"#
    );
    account.delete("echo").await.unwrap();
    let gone = "ResourceNotFoundException: Function not found: \
                arn:aws:lambda:us-east-1:123456789012:function:echo";
    assert_eq!(account.delete("echo").await.unwrap_err(), gone);
    assert_eq!(account.configuration("echo").await.unwrap_err(), gone);
    let gone = format!("{gone}:$LATEST");
    assert_eq!(account.call("echo", "1").await.unwrap_err(), gone);
}

async fn a_component_may_come_in_a_zip() {
    let account = with_quotas(patient()).await;
    let mut package = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut package);
    for (name, content) in [
        ("index.wasm", guest("echo")),
        ("other.wasm", guest("hostile")),
    ] {
        let file = archive
            .new_file(name)
            .compression_method(CompressionMethod::STORE);
        let (mut entry, config) = file.start().unwrap();
        let mut writer = config.wrap(&mut entry);
        writer.write_all(&content).unwrap();
        let (_, descriptor) = writer.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    let created = account.create("zipped", &package).await.unwrap();
    let size = created.get("CodeSize").and_then(Value::as_i64);
    assert_eq!(size, i64::try_from(package.len()).ok());
    assert_eq!(account.call("zipped", "[1]").await.unwrap(), "[1]");
}

async fn a_configuration_is_answered_and_in_force() {
    let account = with_quotas(patient()).await;
    let more = r#"{"MemorySize": 256, "Timeout": 1, "Tags": {"team": "blue"},
                   "Environment": {"Variables": {"BEHAVIOUR": "hello_world"}}}"#;
    let package = guest("behaviours");
    account.create_with("f", &package, more).await.unwrap();
    assert_eq!(
        account.call("f", "{}").await.unwrap(),
        r#"{"Return": "HelloWorld"}"#
    );
    let request = r#"{"Environment": {"Variables": {"BEHAVIOUR": "sleep_60_then_echo"}}}"#;
    let request = crate::account::json(request);
    let updated = account
        .lambda
        .update_function_configuration("f", &request)
        .await;
    let updated = updated.unwrap();
    assert_eq!(states(&updated), "Active Successful");
    assert_eq!(updated.get("MemorySize"), Some(&Value::from(256)));
    let payload = account.call("f", "{}").await.unwrap();
    assert!(
        payload.contains("timed out after 1.00 seconds"),
        "{payload}"
    );
}

async fn a_name_is_taken_once() {
    let account = with_quotas(patient()).await;
    account.create("f", &guest("echo")).await.unwrap();
    let refusal = account.create("f", &guest("echo")).await.unwrap_err();
    assert_eq!(
        refusal,
        "ResourceConflictException: Function already exist: f"
    );
}

async fn what_is_no_component_is_refused_at_once() {
    let account = account().await;
    for (package, says) in [
        (b"\0asm\x01\0\0\0".to_vec(), "core WebAssembly module"),
        (b"\0asm nonsense".to_vec(), "not a WebAssembly component"),
        (b"print('hello')".to_vec(), "Could not unzip uploaded file"),
    ] {
        let refusal = account.create("f", &package).await.unwrap_err();
        assert!(
            refusal.starts_with("InvalidParameterValueException"),
            "{refusal}"
        );
        assert!(refusal.contains(says), "{refusal}");
    }
    let much = r#"{"MemorySize": 10240}"#;
    let refusal = account.create_with("f", &guest("echo"), much).await;
    assert_eq!(
        refusal.unwrap_err(),
        "InvalidParameterValueException: 'MemorySize' value failed to satisfy constraint: Member \
         must have value less than or equal to 1024"
    );
    assert_eq!(account.components().await, 0);
}

async fn what_does_not_load_is_failed_and_says_why() {
    let account = with_quotas(patient()).await;
    let created = account.create("f", &unloadable()).await.unwrap();
    assert_eq!(states(&created), "Failed -");
    assert_eq!(text(&created, "StateReasonCode"), "InvalidZipFileException");
    for kind in ["RequestResponse", "Event", "DryRun"] {
        let input = InvokeInput {
            invocation_type: Some(kind.to_owned()),
            ..invocation("f", "{}")
        };
        let refusal = account.invoke(input).await.unwrap_err();
        let says = "ResourceConflictException: The operation cannot be performed at this time. \
                    The function is currently in the following state: Failed";
        assert!(refusal.starts_with(says), "{kind}: {refusal}");
    }
    let updated = account
        .update_code("f", &guest("echo"), "{}")
        .await
        .unwrap();
    assert_eq!(states(&updated), "Active Successful");
    assert_eq!(account.call("f", "1").await.unwrap(), "1");
    assert_eq!(account.components().await, 1);
}

async fn who_does_not_wait_is_told_that_it_is_pending() {
    let account = with_quotas(Quotas {
        patience: Duration::ZERO,
        ..Quotas::default()
    })
    .await;
    let created = account.create("f", &uncompiled("echo")).await.unwrap();
    assert_eq!(states(&created), "Pending -");
    assert_eq!(text(&created, "StateReasonCode"), "Creating");
    until_active(&account, "f").await;
    assert_eq!(account.call("f", "1").await.unwrap(), "1");
}

async fn other_code_is_called_once_it_is_ready() {
    let account = with_quotas(patient()).await;
    let before = account.create("f", &guest("echo")).await.unwrap();
    let after = account
        .update_code("f", &guest("hostile"), "{}")
        .await
        .unwrap();
    assert_eq!(states(&after), "Active Successful");
    for changed in ["CodeSha256", "RevisionId"] {
        assert_ne!(before.get(changed), after.get(changed), "{changed}");
    }
    let drawn = account.call("f", r#"{"do": "count"}"#).await.unwrap();
    assert_eq!(drawn, "1");
    assert_eq!(account.components().await, 1);
}

async fn a_failed_update_changes_nothing() {
    let account = with_quotas(patient()).await;
    let before = account.create("f", &guest("echo")).await.unwrap();
    let after = account.update_code("f", &unloadable(), "{}").await.unwrap();
    assert_eq!(states(&after), "Active Failed");
    assert_eq!(
        text(&after, "LastUpdateStatusReasonCode"),
        "InvalidZipFileException"
    );
    assert_eq!(before.get("CodeSha256"), after.get("CodeSha256"));
    assert_eq!(account.call("f", "1").await.unwrap(), "1");
    assert_eq!(account.components().await, 1);
}

async fn a_dry_run_changes_nothing() {
    let account = with_quotas(patient()).await;
    let before = account.create("f", &guest("echo")).await.unwrap();
    let dry = r#"{"DryRun": true}"#;
    let tried = account
        .update_code("f", &guest("hostile"), dry)
        .await
        .unwrap();
    assert_ne!(tried.get("CodeSha256"), before.get("CodeSha256"));
    assert_eq!(account.configuration("f").await, Ok(before));
    assert_eq!(account.components().await, 1);
}

async fn a_revision_that_is_over_is_refused() {
    let account = with_quotas(patient()).await;
    let created = account.create("f", &guest("echo")).await.unwrap();
    let revision = text(&created, "RevisionId");
    let current = format!(r#"{{"RevisionId": "{revision}"}}"#);
    account
        .update_code("f", &guest("hostile"), &current)
        .await
        .unwrap();
    let refusal = account.update_code("f", &guest("echo"), &current).await;
    let refusal = refusal.unwrap_err();
    assert!(
        refusal.starts_with("PreconditionFailedException"),
        "{refusal}"
    );
}

async fn only_the_latest_version_is_changed() {
    let account = with_quotas(patient()).await;
    let package = guest("echo");
    let refused = "InvalidParameterValueException: Current operation does not support versions \
                   other than $LATEST";
    let created = account.create("f:1", &package).await;
    assert_eq!(created.unwrap_err(), refused);
    account.create("f", &package).await.unwrap();
    let updated = account.update_code("f:live", &package, "{}").await;
    assert_eq!(updated.unwrap_err(), refused);
    let request = json(r#"{"Timeout": 9}"#);
    let configure = |name| account.lambda.update_function_configuration(name, &request);
    assert_eq!(configure("f:1").await.unwrap_err().to_string(), refused);
    assert!(configure("f:$LATEST").await.is_ok());
}

async fn a_function_is_described_with_its_logs() {
    let account = with_quotas(patient()).await;
    let more = r#"{"LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "ERROR"}}"#;
    let created = account.create_with("f", &guest("echo"), more).await;
    let logging = created.unwrap().get("LoggingConfig").map(Value::to_json);
    let expected = r#"{"LogFormat":"JSON","ApplicationLogLevel":"ERROR","SystemLogLevel":"INFO","LogGroup":"/aws/lambda/f"}"#;
    assert_eq!(logging.as_deref(), Some(expected));
}

async fn components_are_kept_as_long_as_a_function_has_them() {
    let account = with_quotas(patient()).await;
    let package = guest("echo");
    account.create("a", &package).await.unwrap();
    account.create("b", &package).await.unwrap();
    assert_eq!(account.components().await, 1, "it is kept once");
    account.delete("a").await.unwrap();
    assert_eq!(account.components().await, 1, "the other one has it");
    assert_eq!(account.call("b", "1").await.unwrap(), "1");
    account.delete("b").await.unwrap();
    assert_eq!(account.components().await, 0);
}

async fn a_projects_functions_are_not_changed() {
    let functions = Functions::default();
    let spec = FunctionSpec::named("svc-dev-ship");
    let ship = sandbox().load(&guest("echo"), spec).await.unwrap();
    functions.insert("ship", ship.clone());
    functions.insert("svc-dev-ship", ship);
    let account = open(Default::default(), functions, patient())
        .await
        .unwrap();
    let refusal = account.create("ship", &guest("echo")).await.unwrap_err();
    assert_eq!(
        refusal,
        "ResourceConflictException: Function already exist: ship"
    );
    let refusal = account.delete("ship").await.unwrap_err();
    assert!(
        refusal.contains("deployed from a project's files"),
        "{refusal}"
    );
    assert_eq!(account.call("ship", "1").await.unwrap(), "1");
    let found = account.configuration("ship").await.unwrap();
    assert_eq!(text(&found, "FunctionName"), "svc-dev-ship");
    assert_eq!(states(&found), "Active Successful");
}

async fn functions_are_listed_in_pages() {
    let account = with_quotas(patient()).await;
    let spec = FunctionSpec::named("c");
    let deployed = sandbox().load(&guest("echo"), spec).await.unwrap();
    for name in ["d", "a", "b"] {
        account.create(name, &guest("echo")).await.unwrap();
    }
    account.functions.insert("c", deployed);
    let mut input = ListFunctionsInput {
        max_items: Some(2),
        ..ListFunctionsInput::default()
    };
    let mut pages = Vec::new();
    loop {
        let page = account.lambda.list_functions(input.clone()).await.unwrap();
        let functions = page.get("Functions").and_then(Value::as_array).unwrap();
        let names = functions.as_slice().iter();
        let names = names.map(|function| text(function.as_object().unwrap(), "FunctionName"));
        pages.push(names.collect::<Vec<_>>().join(" "));
        input.marker = match page.get("NextMarker") {
            Some(marker) => marker.as_str().map(str::to_owned),
            None => break,
        };
    }
    assert_eq!(pages, ["a b", "c d"]);
    input.marker = Some("?".to_owned());
    let refusal = account.lambda.list_functions(input).await.unwrap_err();
    assert_eq!(refusal.code, "InvalidParameterValueException");
}

async fn quotas_are_kept() {
    let account = with_quotas(Quotas {
        functions: 1,
        ..patient()
    })
    .await;
    account.create("a", &guest("echo")).await.unwrap();
    let refusal = account.create("b", &guest("echo")).await.unwrap_err();
    assert!(
        refusal.starts_with("CodeStorageExceededException"),
        "{refusal}"
    );
    account
        .update_code("a", &guest("hostile"), "{}")
        .await
        .unwrap();
}
