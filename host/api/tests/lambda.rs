//! The Lambda API over HTTP, with a real component in a sandbox.
//!
//! This program is its sandbox's compiler as well, so it has a `main` of its own.

mod support;

use std::path::Path;
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use libtest_mimic::{Arguments, Trial};
use sandstep_api::HttpLimits;
use sandstep_json::{Object, Value};
use sandstep_sandbox::CompilerProgram;
use tokio::runtime::Runtime;

use support::{Answer, Endpoint, Options};

/// The argument with which this program compiles a component instead.
const COMPILE: &str = "compile-component";

const FUNCTIONS: &str = "/2015-03-31/functions";

macro_rules! trials {
    ($($test:ident,)*) => {
        vec![$(Trial::test(stringify!($test), || {
            Runtime::new()?.block_on($test());
            Ok(())
        })),*]
    };
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(2).collect();
    if std::env::args().nth(1).as_deref() == Some(COMPILE) {
        return sandstep_sandbox::compile::child_main(&arguments);
    }
    let trials = trials![
        a_function_lives_and_is_invoked,
        a_name_in_a_path_has_any_form,
        an_invocation_speaks_in_headers,
        refusals_are_named_in_a_header,
        what_is_too_large_is_refused_unread,
        other_paths_are_unknown,
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

async fn endpoint(limits: HttpLimits) -> Endpoint {
    let program = std::env::current_exe().expect("a running program has a file");
    let compiler = CompilerProgram::new(program, [COMPILE]);
    Endpoint::with(Options {
        limits,
        lambda: Some(support::lambda(compiler).await),
        ..Options::default()
    })
    .await
}

/// An endpoint with a function `hostile`, which does what its event says.
async fn with_function() -> Endpoint {
    let endpoint = endpoint(HttpLimits::default()).await;
    let created = send(&endpoint, "POST", FUNCTIONS, "", &creation("hostile")).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.text("State"), "Active");
    endpoint
}

fn creation(name: &str) -> String {
    let component = sandstep_components::guest(name, Path::new(env!("CARGO_TARGET_TMPDIR")));
    let mut request = Object::from([
        ("FunctionName", name),
        ("Runtime", "provided.al2023"),
        ("Handler", "index.handler"),
        ("Role", "arn:aws:iam::123456789012:role/r"),
    ]);
    let code = Object::from([("ZipFile", BASE64.encode(component))]);
    request.insert("Code", code);
    Value::from(request).to_json()
}

/// The answer to a request; each of `headers` ends with a line break.
async fn send(endpoint: &Endpoint, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let mut client = endpoint.connect().await;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: lambda.example\r\n{headers}Content-Length: {length}\r\n\r\n"
    );
    client.send(head + body).await;
    client.answer().await
}

async fn invoke(endpoint: &Endpoint, headers: &str, event: &str) -> Answer {
    let path = format!("{FUNCTIONS}/hostile/invocations");
    send(endpoint, "POST", &path, headers, event).await
}

fn error(answer: &Answer) -> (u16, &str) {
    let name = answer.headers.get("x-amzn-errortype");
    (answer.status, name.map_or("-", String::as_str))
}

async fn a_function_lives_and_is_invoked() {
    let endpoint = with_function().await;
    let path = format!("{FUNCTIONS}/hostile");
    let invoked = invoke(&endpoint, "", r#"{"do": "count"}"#).await;
    assert_eq!((invoked.status, invoked.body.as_str()), (200, "1"));
    let found = send(&endpoint, "GET", &path, "", "").await;
    assert!(found.json().get("Code").is_some(), "{found:?}");
    let list = send(
        &endpoint,
        "GET",
        &format!("{FUNCTIONS}/?MaxItems=10"),
        "",
        "",
    )
    .await;
    let functions = list.json();
    let functions = functions.get("Functions").and_then(Value::as_array);
    assert_eq!(functions.map(|list| list.as_slice().len()), Some(1));
    let configuration = format!("{path}/configuration");
    let updated = send(&endpoint, "PUT", &configuration, "", r#"{"Timeout": 9}"#).await;
    assert_eq!(updated.json().get("Timeout"), Some(&Value::from(9)));
    let configured = send(&endpoint, "GET", &configuration, "", "").await;
    assert_eq!(configured.text("LastUpdateStatus"), "Successful");
    let code = format!("{path}/code");
    let stale = r#"{"ZipFile": "AGFzbQ==", "RevisionId": "stale"}"#;
    let refused = send(&endpoint, "PUT", &code, "", stale).await;
    assert_eq!(error(&refused), (412, "PreconditionFailedException"));
    let deleted = send(&endpoint, "DELETE", &path, "", "").await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    let gone = send(&endpoint, "GET", &path, "", "").await;
    assert_eq!(error(&gone), (404, "ResourceNotFoundException"));
    assert_eq!(gone.text("Type"), "User");
    assert_eq!(
        gone.text("Message"),
        "Function not found: arn:aws:lambda:us-east-1:123456789012:function:hostile"
    );
}

async fn a_name_in_a_path_has_any_form() {
    let endpoint = with_function().await;
    for name in [
        "hostile",
        "function:hostile",
        "arn:aws:lambda:us-east-1:123456789012:function:hostile",
        "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Ahostile",
        "hostile%3A%24LATEST",
        "hostile?Qualifier=%24LATEST",
    ] {
        let found = send(&endpoint, "GET", &format!("{FUNCTIONS}/{name}"), "", "").await;
        assert_eq!(found.status, 200, "{name}: {found:?}");
    }
    let elsewhere = "arn:aws:lambda:eu-west-1:123456789012:function:hostile";
    for (name, status, code) in [
        ("a%20b", 400, "ValidationException"),
        ("hostile?Qualifier=7", 404, "ResourceNotFoundException"),
        (elsewhere, 404, "ResourceNotFoundException"),
    ] {
        let refused = send(&endpoint, "GET", &format!("{FUNCTIONS}/{name}"), "", "").await;
        assert_eq!(error(&refused), (status, code), "{name}");
    }
}

async fn an_invocation_speaks_in_headers() {
    let endpoint = with_function().await;
    let fail = r#"{"do": "fail", "error": "OrderNotFound", "message": "no order 7"}"#;
    let failed = invoke(&endpoint, "X-Amz-Log-Type: Tail\r\n", fail).await;
    assert_eq!(failed.status, 200);
    let header = |name| failed.headers.get(name).map(String::as_str);
    assert_eq!(header("x-amz-function-error"), Some("Unhandled"));
    assert_eq!(header("x-amz-executed-version"), Some("$LATEST"));
    assert_eq!(failed.text("errorType"), "OrderNotFound");
    let log = header("x-amz-log-result").expect("it was asked for");
    let log = String::from_utf8(BASE64.decode(log).expect("base64")).expect("text");
    let id = header("x-amzn-requestid").expect("every answer has one");
    assert!(log.starts_with(&format!("START RequestId: {id} ")), "{log}");
    for (kind, status) in [("Event", 202), ("DryRun", 204)] {
        let kind = format!("X-Amz-Invocation-Type: {kind}\r\n");
        let answer = invoke(&endpoint, &kind, r#"{"do": "count"}"#).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, ""));
    }
}

async fn refusals_are_named_in_a_header() {
    let endpoint = with_function().await;
    let refused = invoke(&endpoint, "", "no JSON").await;
    assert_eq!(error(&refused), (400, "InvalidRequestContentException"));
    let again = send(&endpoint, "POST", FUNCTIONS, "", &creation("hostile")).await;
    assert_eq!(error(&again), (409, "ResourceConflictException"));
    assert_eq!(again.text("message"), "Function already exist: hostile");
    let refused = send(&endpoint, "POST", FUNCTIONS, "", "{").await;
    assert_eq!(error(&refused), (400, "InvalidRequestContentException"));
    let refused = send(&endpoint, "POST", FUNCTIONS, "", "{}").await;
    assert_eq!(error(&refused), (400, "ValidationException"));
    let list = format!("{FUNCTIONS}?MaxItems=many");
    let refused = send(&endpoint, "GET", &list, "", "").await;
    assert_eq!(error(&refused), (400, "SerializationException"));
}

async fn what_is_too_large_is_refused_unread() {
    let endpoint = endpoint(HttpLimits {
        upload: 1_000,
        ..HttpLimits::default()
    })
    .await;
    let mut client = endpoint.connect().await;
    let head = format!("POST {FUNCTIONS} HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
    client.send(head).await;
    let refused = client.answer().await;
    assert_eq!(error(&refused), (413, "RequestEntityTooLargeException"));
}

async fn other_paths_are_unknown() {
    let endpoint = endpoint(HttpLimits::default()).await;
    for (method, path) in [
        ("PUT", FUNCTIONS),
        ("GET", "/2015-03-31/functions/f/nonsense"),
        ("POST", "/2015-03-31/functions/f"),
    ] {
        let answer = send(&endpoint, method, path, "", "").await;
        assert_eq!(answer.status, 404, "{method} {path}");
        assert!(answer.body.contains("UnknownOperationException"));
    }
}
