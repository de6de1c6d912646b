//! HTTP events of served projects.

use std::fs;

use serde_json::{Value, json};

use super::support::server::Server;
use super::support::{folder, write};

const ROUTES: &str = r"
service: classes
stepFunctions:
  stateMachines:
    create:
      name: create-class
      events:
        - http: { path: classroom/create, method: POST, cors: true }
        - http: { path: 'classes/{id}', method: GET, request: { template: lambda_proxy } }
        - http: { path: private, method: GET, private: true }
        - schedule: rate(2 hours)
      definition: { StartAt: Done, States: { Done: { Type: Succeed } } }
";

fn routes(name: &str) -> Server {
    let folder = folder(name);
    let _ = fs::remove_dir_all(folder.join("sandstep-data"));
    write(&folder, "serverless.yml", ROUTES);
    Server::start(&folder, &["--project", "."])
}

fn input(server: &Server, started: &str) -> Value {
    let started: Value = serde_json::from_str(started).expect("an answer is JSON");
    let arn = started["executionArn"].as_str().expect("it has an ARN");
    assert!(started["startDate"].is_number());
    let history = server.sandstep(&["history", arn]).output();
    let details = &history["events"][0]["executionStartedEventDetails"];
    let input = details["input"]
        .as_str()
        .expect("an execution has an input");
    serde_json::from_str(input).expect("an input is JSON")
}

#[test]
fn http_events_start_executions() {
    let server = routes("serve-routes");
    let json = "content-type: application/json";
    for path in [
        "/classroom/create",
        "/dev/classroom/create",
        "/dev/classroom/create/",
    ] {
        let answer = server.ask("POST", path, &[json], r#"{"start": "9:00"}"#);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(
            answer.head.contains("access-control-allow-origin: *"),
            "{answer:?}"
        );
        assert_eq!(input(&server, &answer.body), json!({"start": "9:00"}));
    }
    let answer = server.ask("GET", "/dev/classes/7?a=b", &["x-class: 9"], "");
    let event = input(&server, &answer.body);
    assert_eq!(event["pathParameters"], json!({"id": "7"}));
    assert_eq!(event["queryStringParameters"], json!({"a": "b"}));
    assert_eq!(event["headers"]["X-Class"], "9");
    assert_eq!(event["requestContext"]["accountId"], "123456789012");
}

#[test]
fn http_events_refuse_as_api_gateway_does() {
    let server = routes("serve-routes-refused");
    let json = "content-type: application/json";
    for (method, path, header, body, status, said) in [
        (
            "POST",
            "/classroom/create",
            json,
            "{",
            400,
            "Could not parse request body into json",
        ),
        (
            "POST",
            "/classroom/create",
            "content-type: text/xml",
            "<a/>",
            415,
            "Unsupported Media Type",
        ),
        (
            "GET",
            "/classroom/create",
            json,
            "",
            403,
            "Missing Authentication Token",
        ),
        (
            "POST",
            "/nowhere",
            json,
            "{}",
            403,
            "Missing Authentication Token",
        ),
        (
            "GET",
            "/private",
            json,
            "",
            403,
            "Missing Authentication Token",
        ),
    ] {
        let answer = server.ask(method, path, &[header], body);
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.body.contains(said), "{answer:?}");
    }
    let answer = server.ask("OPTIONS", "/dev/classroom/create", &[], "");
    assert_eq!((answer.status, &*answer.body), (200, ""));
    assert!(
        answer
            .head
            .contains("access-control-allow-methods: OPTIONS,POST"),
        "{answer:?}"
    );
    let log = server.log();
    assert!(
        log.contains("only http events are, and not schedule"),
        "{log}"
    );
    assert!(log.contains("API keys are not supported"), "{log}");
}
