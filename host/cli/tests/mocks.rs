//! Whole definitions run from a mock file, with no function present.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use serde_json::{Value, json};
use support::{Ran, folder, sandstep_in, write};

/// The machine of the service's own page on mocks, with a placeholder for its
/// function, as templates have.
const LAMBDA_SQS: &str = r#"
StartAt: LambdaState
States:
  LambdaState:
    Type: Task
    Resource: arn:aws:states:::lambda:invoke
    Parameters: { FunctionName: "${HelloFunctionArn}", Payload.$: $ }
    ResultPath: $.lambda
    Retry: [{ ErrorEquals: [States.ALL], IntervalSeconds: 2, MaxAttempts: 3 }]
    Next: SQSState
  SQSState:
    Type: Task
    Resource: arn:aws:states:::sqs:sendMessage.waitForTaskToken
    Parameters: { QueueUrl: queue, MessageBody.$: $.lambda }
    ResultPath: $.sqs
    End: true
"#;

const MOCK_FILE: &str = r#"{
  "StateMachines": {
    "LambdaSQSIntegration": {
      "TestCases": {
        "HappyPath": { "LambdaState": "LambdaSuccess", "SQSState": "SQSSuccess" },
        "RetryPath": { "LambdaState": "LambdaRetry", "SQSState": "SQSSuccess" },
        "HybridPath": { "LambdaState": "LambdaSuccess" },
        "Exhausted": { "LambdaState": "LambdaBusy" }
      }
    }
  },
  "MockedResponses": {
    "LambdaSuccess": { "0": { "Return": { "StatusCode": 200, "Payload": "Hello" } } },
    "LambdaBusy": { "0": { "Throw": { "Error": "Busy", "Cause": "later" } } },
    "LambdaRetry": {
      "0": { "Throw": { "Error": "Lambda.ResourceNotReadyException", "Cause": "not ready" } },
      "1-2": { "Throw": { "Error": "Lambda.TimeoutException", "Cause": "timed out" } },
      "3": { "Return": { "StatusCode": 200, "Payload": "at last" } }
    },
    "SQSSuccess": { "0": { "Return": { "MessageId": "3bcb6e8e" } } }
  }
}"#;

fn run(name: &str, case: &str) -> (Ran, Vec<String>) {
    let project = folder(name);
    write(&project, "LambdaSQSIntegration.asl.yaml", LAMBDA_SQS);
    write(&project, "mocks.json", MOCK_FILE);
    let ran = sandstep_in(
        &project,
        &[
            "run",
            "LambdaSQSIntegration.asl.yaml",
            "--clock",
            "virtual",
            "--mock",
            "mocks.json",
            "--test-case",
            case,
            "--history",
            "history.json",
        ],
    );
    let history = std::fs::read_to_string(project.join("history.json")).unwrap();
    let history: Value = serde_json::from_str(&history).unwrap();
    let events = history["events"].as_array().unwrap().iter();
    let types = events.map(|event| event["type"].as_str().unwrap().to_owned());
    (ran, types.collect())
}

#[test]
fn a_definition_runs_with_no_function_present() {
    let (ran, history) = run("mock-happy", "HappyPath");
    let expected = json!({
        "lambda": {"StatusCode": 200, "Payload": "Hello"}, "sqs": {"MessageId": "3bcb6e8e"}
    });
    assert_eq!(ran.output(), expected);
    let expected = [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ];
    assert_eq!(history, expected);
}

#[test]
fn attempts_are_answered_one_after_the_other() {
    let (ran, history) = run("mock-retry", "RetryPath");
    assert_eq!(ran.output()["lambda"]["Payload"], "at last");
    let failed = history.iter().filter(|kind| *kind == "TaskFailed");
    assert_eq!(failed.count(), 3);
}

#[test]
fn what_nothing_answers_is_said_and_cannot_be_caught() {
    let (ran, history) = run("mock-hybrid", "HybridPath");
    ran.refused(1);
    ran.says(&[
        "ABORTED: Sandstep.NotMocked",
        "the state \"SQSState\" is not mocked",
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    ]);
    assert_eq!(history.last().unwrap(), "ExecutionAborted");
    let (ran, _) = run("mock-exhausted", "Exhausted");
    ran.refused(1);
    ran.says(&[
        "Sandstep.NotMocked",
        "\"LambdaState\" has no answer for invocation 1",
    ]);
}

#[test]
fn without_mocks_a_service_cannot_be_called() {
    let project = folder("mock-none");
    let machine = r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
        "Resource": "arn:aws:states:::sqs:sendMessage"}}}"#;
    write(&project, "send.json", machine);
    let ran = sandstep_in(&project, &["run", "send.json"]);
    ran.refused(1);
    ran.says(&[
        "Sandstep.UnsupportedResource",
        "hint: a mock file can answer",
        "--mock FILE",
    ]);
}

#[test]
fn map_iterations_go_on_counting() {
    let project = folder("mock-map");
    let machine = r#"
StartAt: All
States:
  All:
    Type: Map
    MaxConcurrency: 1
    ItemProcessor:
      StartAt: Work
      States:
        Work:
          Type: Task
          Resource: arn:aws:states:us-east-1:123456789012:activity:work
          Retry: [{ ErrorEquals: [Boom], IntervalSeconds: 1 }]
          End: true
    End: true
"#;
    write(&project, "all.asl.yaml", machine);
    let mocks = r#"
StateMachines: { all: { TestCases: { Only: { Work: Sequence } } } }
MockedResponses:
  Sequence:
    "0": { Throw: { Error: Boom, Cause: at first } }
    "1": { Return: one }
    "2-9": { Return: more }
"#;
    write(&project, "mocks.yaml", mocks);
    let arguments = [
        "run",
        "all.asl.yaml",
        "--clock",
        "virtual",
        "--mock",
        "mocks.yaml",
    ];
    let ran = sandstep_in(
        &project,
        &[&arguments[..], &["--input", "[1, 2, 3]"]].concat(),
    );
    assert_eq!(ran.output(), json!(["one", "more", "more"]));
}

/// Jobs, callbacks and both query languages, as definitions have them.
const REPORT: &str = r#"
StartAt: Crunch
States:
  Crunch:
    Type: Task
    QueryLanguage: JSONata
    Resource: arn:aws:states:::glue:startJobRun.sync
    Arguments: { JobName: crunch, Day: "{% $states.input.day %}" }
    Assign: { rows: "{% $states.result.Rows %}" }
    Output: "{% $states.input %}"
    Next: Approve
  Approve:
    Type: Task
    QueryLanguage: JSONata
    Resource: arn:aws:states:::sns:publish.waitForTaskToken
    Arguments: { Token: "{% $states.context.Task.Token %}", Message: "{% $rows & ' rows' %}" }
    Output: { by: "{% $states.result.by %}", rows: "{% $rows %}" }
    Next: Ask
  Ask:
    Type: Task
    Resource: arn:aws:states:::lambda:invoke.waitForTaskToken
    Parameters: { FunctionName: ask, Payload: { token.$: $$.Task.Token } }
    ResultPath: $.answer
    End: true
"#;

#[test]
fn jobs_and_callbacks_end_as_mocked_in_both_languages() {
    let project = folder("mock-callbacks");
    write(&project, "report.asl.yaml", REPORT);
    let mocks = r#"
StateMachines: { report: { TestCases: { Only: { Crunch: Job, Approve: Yes, Ask: Answer } } } }
MockedResponses:
  Job: { "0": { Return: { JobRunState: SUCCEEDED, Rows: 7 } } }
  Yes: { "0": { Return: { by: us } } }
  Answer: { "0": { Return: [1] } }
"#;
    write(&project, "mocks.yaml", mocks);
    let ran = sandstep_in(
        &project,
        &[
            "run",
            "report.asl.yaml",
            "--mock",
            "mocks.yaml",
            "--input",
            r#"{"day": 1}"#,
            "--history",
            "history.json",
        ],
    );
    assert_eq!(ran.output(), json!({"by": "us", "rows": 7, "answer": [1]}));
    let history = std::fs::read_to_string(project.join("history.json")).unwrap();
    let history: Value = serde_json::from_str(&history).unwrap();
    let events = history["events"].as_array().unwrap();
    let scheduled = events
        .iter()
        .filter(|event| event["type"] == "TaskScheduled");
    let parameters: Vec<&str> = scheduled
        .map(|event| {
            event["taskScheduledEventDetails"]["parameters"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(parameters[0], r#"{"JobName":"crunch","Day":1}"#);
    assert!(
        parameters[1].contains(r#""Message":"7 rows""#),
        "{}",
        parameters[1]
    );
    let token = |text: &str| {
        let (_, token) = text.split_once("sst1").unwrap();
        token.split('"').next().unwrap().to_owned()
    };
    assert_ne!(token(parameters[1]), token(parameters[2]));
    let submitted = events
        .iter()
        .filter(|event| event["type"] == "TaskSubmitted");
    assert_eq!(submitted.count(), 3);
}

#[test]
fn everything_wrong_with_a_mock_file_is_said_at_once() {
    let project = folder("mock-wrong");
    write(&project, "order.asl.yaml", LAMBDA_SQS);
    let mocks = r#"{
  "StateMachines": { "order": { "TestCases": { "A": { "LambdaState": "LambdaSucess" } } } },
  "MockedResponses": {
    "LambdaSuccess": {
      "0": { "Retrun": 1 },
      "1-3": { "Return": 1, "Throw": { "Error": "E", "Cause": "c" } },
      "3": { "Throw": { "Error": "E" } },
      "5-4": { "Return": 1 },
      "six": { "Return": 1 },
      "7": {}
    }
  },
  "Mocks": 1
}"#;
    write(&project, "mocks.json", mocks);
    let ran = sandstep_in(&project, &["run", "order.asl.yaml", "--mock", "mocks.json"]);
    ran.refused(2);
    ran.says(&[
        "mocks.json:2:70: error[mock-file]: there is no mocked response \"LambdaSucess\"",
        "at $.StateMachines.order.TestCases.A.LambdaState",
        "did you mean \"LambdaSuccess\"?",
        "mocks.json:5:14: error[mock-file]: a mocked answer has no \"Retrun\"",
        "did you mean \"Return\"?",
        "the answer has both \"Return\" and \"Throw\"",
        "\"Throw\" has \"Cause\", and this one has not",
        "\"5-4\" ends before it begins",
        "\"six\" names no invocations",
        "mocks.json:10:12: error[mock-file]: the answer has neither",
        "a mock file has no \"Mocks\"",
    ]);
}

#[test]
fn names_that_mean_nothing_are_refused() {
    let project = folder("mock-names");
    write(&project, "order.asl.yaml", LAMBDA_SQS);
    write(&project, "mocks.json", MOCK_FILE);
    let run = |case: &[&str]| {
        let arguments = ["run", "order.asl.yaml", "--mock", "mocks.json"];
        sandstep_in(&project, &[&arguments[..], case].concat())
    };
    let ran = run(&["--test-case", "HapyPath"]);
    ran.refused(2);
    ran.says(&["no test case \"HapyPath\"", "did you mean \"HappyPath\"?"]);
    let ran = run(&[]);
    ran.refused(2);
    ran.says(&["has 4 test cases", "\"HappyPath\"", "\"RetryPath\""]);
    let unknown = MOCK_FILE.replace("\"SQSState\":", "\"SQState\":");
    write(&project, "mocks.json", &unknown);
    let ran = run(&["--test-case", "HappyPath"]);
    ran.refused(2);
    ran.says(&[
        "mocks.json:5:",
        "\"order\" has no state \"SQState\"",
        "did you mean \"SQSState\"?",
    ]);
}
