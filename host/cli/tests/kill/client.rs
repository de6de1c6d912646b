//! A client that knows that its server may die at any moment.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::server::Server;

/// How long a server may take to answer.
const TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) struct Client<'s>(&'s Server);

/// What a server answered: a status and a body.
type Answer = (u16, Value);

impl<'s> Client<'s> {
    pub(crate) fn new(server: &'s Server) -> Self {
        Self(server)
    }

    /// Starts an execution, again and again until that is acknowledged.
    pub(crate) fn start(&self, name: &str) {
        let request = json!({
            "stateMachineArn": arn("stateMachine", "lived"),
            "name": name,
            "input": r#"{"items":[1,2,3]}"#,
        });
        let (status, answer) = self.insist("StartExecution", &request);
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["executionArn"], execution(name));
    }

    /// Calls back where an execution waits for that. Answers its history once it has ended.
    pub(crate) fn look_after(&self, name: &str) -> Option<Vec<Value>> {
        let last = self.history(name, json!({ "reverseOrder": true, "maxResults": 4 }));
        if last[0]["type"] == "TaskSubmitted" {
            self.call_back(&last);
        }
        let ending = last[0]["type"].as_str().unwrap_or_default();
        let has_ended = ending.starts_with("Execution") && ending != "ExecutionStarted";
        has_ended.then(|| self.history(name, json!({ "maxResults": 1000 })))
    }

    fn history(&self, name: &str, page: Value) -> Vec<Value> {
        let mut request = page;
        request["executionArn"] = execution(name).into();
        let (status, answer) = self.insist("GetExecutionHistory", &request);
        // An acknowledged start that is gone comes out here.
        assert_eq!(status, 200, "{name}: {answer}");
        answer["events"].as_array().unwrap().clone()
    }

    fn call_back(&self, last: &[Value]) {
        let mut details = last.iter().map(|event| &event["taskScheduledEventDetails"]);
        let scheduled = details.find_map(|details| details["parameters"].as_str());
        let parameters: Value = serde_json::from_str(scheduled.unwrap()).unwrap();
        let token = &parameters["Payload"]["token"];
        let request = json!({ "taskToken": token, "output": "\"called\"" });
        let (status, answer) = self.insist("SendTaskSuccess", &request);
        // Whoever did not hear that it was taken says it again.
        let again = ["TaskTimedOut", "TaskDoesNotExist"];
        let kind = answer["__type"].as_str().unwrap_or_default();
        let is_known = again.iter().any(|again| kind.ends_with(again));
        assert!(status == 200 || is_known, "{status}: {answer}");
    }

    /// Asks until somebody answers. A server that is saturated or about to die is as good
    /// as none.
    fn insist(&self, operation: &str, request: &Value) -> Answer {
        loop {
            let answer = self
                .0
                .address()
                .map(|address| ask(&address, operation, request));
            match answer {
                Some(Ok((status, answer))) if status < 500 && !is_throttled(&answer) => {
                    return (status, answer);
                }
                _ => thread::sleep(Duration::from_millis(5)),
            }
        }
    }
}

fn is_throttled(answer: &Value) -> bool {
    let kind = answer["__type"].as_str().unwrap_or_default();
    kind.ends_with("ThrottlingException")
}

fn arn(kind: &str, name: &str) -> String {
    format!("arn:aws:states:us-east-1:123456789012:{kind}:{name}")
}

pub(crate) fn execution(name: &str) -> String {
    format!("{}:{name}", arn("execution", "lived"))
}

/// One request over a connection of its own.
fn ask(address: &str, operation: &str, request: &Value) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    let body = request.to_string();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
        Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AWSStepFunctions.{operation}\r\n\
        Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    parse(&answer).ok_or_else(|| io::Error::other("half an answer"))
}

fn parse(answer: &str) -> Option<Answer> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}
