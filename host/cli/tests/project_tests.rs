//! A project's own tests: what passes, what is said of what does not.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use support::{Ran, command, folder, sandstep_in, write};

const ORDER: &str = r#"
StartAt: Charge
States:
  Charge:
    Type: Task
    Resource: arn:aws:states:::lambda:invoke
    Parameters: { FunctionName: charge, Payload.$: $ }
    ResultSelector: { charged.$: $.Payload.charged }
    ResultPath: $.bank
    TimeoutSeconds: 60
    Retry: [{ ErrorEquals: [Busy], IntervalSeconds: 30 }]
    Catch: [{ ErrorEquals: [Refused], Next: Refuse }]
    Next: Each
  Each:
    Type: Map
    ItemsPath: $.items
    ResultPath: $.items
    ItemProcessor:
      StartAt: Heavy
      States:
        Heavy:
          Type: Choice
          Choices: [{ Variable: $.kg, NumericGreaterThan: 30, Next: Freight }]
          Default: Parcel
        Freight: { Type: Pass, Result: freight, End: true }
        Parcel: { Type: Pass, Result: parcel, End: true }
    Next: Both
  Both:
    Type: Parallel
    Branches:
      - { StartAt: Notify, States: { Notify: { Type: Pass, End: true } } }
      - StartAt: Ledger
        States:
          Ledger: { Type: Wait, Seconds: 3600, Next: Book }
          Book: { Type: Pass, End: true }
    OutputPath: $[0]
    End: true
  Refuse: { Type: Fail, Error: NotPaid, Cause: the bank refused the card }
"#;

const TESTS: &str = r#"
machine: order
mock-file: mocks.json
tests:
  - name: a busy bank is asked again
    input: { total: 12, items: [{ kg: 2 }, { kg: 40 }] }
    mocks:
      Charge:
        - throws: { error: Busy, cause: later }
        - returns: { Payload: { charged: true } }
    expect:
      output: { items: [parcel, freight], bank: { charged: true }, total: 12.0 }
      path:
        - Charge
        - Each: [[Heavy, Parcel], [Heavy, Freight]]
        - Both: [[Notify], [Ledger, Book]]
  - name: a refused card ends the order
    test-case: Refused
    expect:
      error: NotPaid
      cause-contains: refused
      path: [Charge, Refuse]
      events:
        - ExecutionStarted
        - TaskStateEntered
        - TaskScheduled
        - TaskStarted
        - TaskFailed
        - TaskStateExited
        - FailStateEntered
        - ExecutionFailed
  - name: a bank that sleeps is left
    mocks: { Charge: { returns: {}, takes: 90 } }
    expect: { status: FAILED, error: States.Timeout }
  - name: of the output a part may be told
    input: { items: [] }
    mocks: { Charge: { returns: { Payload: { charged: true } } } }
    expect:
      output-contains: { bank: { charged: true } }
      path: [Charge, { Each: [] }, Both]
"#;

const MOCKS: &str = r#"{
  "StateMachines": { "order": { "TestCases": { "Refused": { "Charge": "CardRefused" } } } },
  "MockedResponses": {
    "CardRefused": { "0": { "Throw": { "Error": "Refused", "Cause": "no money" } } }
  }
}"#;

fn project(name: &str) -> PathBuf {
    let project = folder(name);
    write(
        &project,
        "sandstep.toml",
        "[machines.order]\ndefinition = \"order.asl.yaml\"\n",
    );
    write(&project, "order.asl.yaml", ORDER);
    write(&project, "tests/order.test.yaml", TESTS);
    write(&project, "tests/mocks.json", MOCKS);
    project
}

/// Runs one test of the order, with this after its name.
fn run_one(name: &str, test: &str) -> Ran {
    let project = project(name);
    let text = format!("machine: order\ntests:\n  - name: one\n{test}");
    write(&project, "tests/order.test.yaml", &text);
    sandstep_in(&project, &["test", "--color", "never"])
}

#[test]
fn a_project_is_tested_with_no_function_present() {
    let project = project("tested");
    let ran = sandstep_in(&project, &["test"]);
    ran.refused(0);
    ran.says(&[
        "ok tests/order.test.yaml: a busy bank is asked again",
        "ok tests/order.test.yaml: a bank that sleeps is left",
        "4 passed, 0 failed",
    ]);
    assert_eq!(ran.stdout, "");
}

#[test]
fn what_differs_is_shown_line_by_line() {
    let ran = run_one(
        "tested-differs",
        r#"
    input: { items: [{ kg: 2 }], total: 12 }
    mocks: { Charge: { returns: { Payload: { charged: true } } } }
    expect:
      output: { total: 13, items: [parcel], bank: { charged: true } }
      path: [Charge, { Each: [[Heavy, Freight]] }, Both]
"#,
    );
    ran.refused(1);
    ran.says(&[
        "FAILED tests/order.test.yaml: one",
        r#"
    output
        {
      -   "total": 13,
      +   "total": 12,
          "items": [
            "parcel"
          ],"#,
        r#"
    path
        Charge
      - {"Each":[["Heavy","Freight"]]}
      + {"Each":[["Heavy","Parcel"]]}
        Both
"#,
        "0 passed, 1 failed",
    ]);
}

#[test]
fn an_unexpected_end_is_explained() {
    let ran = run_one(
        "tested-ends",
        "    mocks: { Charge: { throws: { error: Refused, cause: no money } } }
    expect: { output: {} }\n",
    );
    ran.refused(1);
    ran.says(&[
        "- SUCCEEDED",
        "+ FAILED: NotPaid",
        "+ the bank refused the card",
    ]);
    let ran = run_one(
        "tested-gap",
        "    mocks: { Charge: [{ throws: { error: Busy } }] }
    expect: { error: Busy }\n",
    );
    ran.refused(1);
    ran.says(&[
        "+ ABORTED: Sandstep.NotMocked",
        "\"Charge\" has no answer for invocation 1",
    ]);
}

#[test]
fn everything_that_keeps_tests_from_running_is_said_at_once() {
    let project = project("tested-wrong");
    let wrong = r#"
machin: order
tests:
  - name: one
    mocks: { Charge: { returns: 1, throws: { error: E } } }
    expect: { outptu: 1 }
  - name: one
    mocks: { Charge: { returns: 1, takes: long } }
    expect: {}
  - expect: { status: DONE, path: [[A]] }
"#;
    write(&project, "tests/wrong.test.yaml", wrong);
    write(&project, "tests/broken.test.json", "{\"tests\": [}");
    let ran = sandstep_in(&project, &["test"]);
    ran.refused(2);
    ran.says(&[
        "tests/broken.test.json:1:12: error[invalid-json]",
        "tests/wrong.test.yaml:2:1: error[test-file]: a test file has no \"machin\"",
        "did you mean \"machine\"?",
        "a mocked answer either \"returns\" or \"throws\"",
        "\"expect\" has no \"outptu\"",
        "another test of this file is called \"one\"",
        "\"takes\" is a number of seconds",
        "\"expect\" expects nothing",
        "a test has \"name\", and this one has not",
        "no execution ends as \"DONE\"",
        "a step of a path is a text, and here is array",
        "error: no test was run",
    ]);
    assert!(!ran.stderr.contains("ok tests/"), "{}", ran.stderr);
}

#[test]
fn mocks_and_functions_are_looked_for_before_anything_runs() {
    let ran = run_one(
        "tested-unknown",
        "    mocks: { Chrge: { returns: 1 } }\n    expect: { output: {} }\n",
    );
    ran.refused(2);
    ran.says(&[
        "tests/order.test.yaml:4:14: error[test-file]: \"order\" has no state \"Chrge\"",
        "did you mean \"Charge\"?",
    ]);
    let ran = run_one("tested-missing", "    expect: { output: {} }\n");
    ran.refused(2);
    ran.says(&[
        "error[missing-function]: the function \"charge\" is not in the project",
        "mock the states that call it",
    ]);
}

#[test]
fn a_function_may_be_given_for_the_tests() {
    let project = project("tested-function");
    let tests = "machine: order\ntests: [{ name: one, expect: { output: {} } }]\n";
    write(&project, "tests/order.test.yaml", tests);
    let ran = sandstep_in(&project, &["test", "--function", "charge=nowhere"]);
    ran.refused(2);
    ran.says(&["--function charge=nowhere: that is no function"]);
    std::fs::write(project.join("charge.wasm"), b"\0asm").unwrap();
    let ran = sandstep_in(&project, &["test", "--function", "charge=charge.wasm"]);
    ran.refused(2);
    ran.says(&["the function \"charge\" (charge.wasm) cannot be used"]);
}

#[test]
fn a_filter_chooses_and_ci_reads_the_results() {
    let project = project("tested-junit");
    let ran = sandstep_in(
        &project,
        &["test", "tests", "--filter", "card", "--junit", "out.xml"],
    );
    ran.refused(0);
    ran.says(&["1 passed, 0 failed"]);
    let xml = std::fs::read_to_string(project.join("out.xml")).unwrap();
    assert!(xml.contains("<testsuite name=\"tests/order.test.yaml\" tests=\"1\" failures=\"0\""));
    assert!(xml.contains("<testcase name=\"a refused card ends the order\""));
    let wrong = TESTS.replace("error: NotPaid", "error: Paid <at once>");
    write(&project, "tests/order.test.yaml", &wrong);
    sandstep_in(&project, &["test", "--junit", "out.xml"]).refused(1);
    let xml = std::fs::read_to_string(project.join("out.xml")).unwrap();
    assert!(xml.contains("tests=\"4\" failures=\"1\""), "{xml}");
    assert!(
        xml.contains("<failure message=\"other than expected: error\">"),
        "{xml}"
    );
    assert!(xml.contains("- Paid &lt;at once&gt;"), "{xml}");
    let ran = sandstep_in(&project, &["test", "--filter", "nothing like it"]);
    ran.refused(2);
    ran.says(&["no test has \"nothing like it\" in its name"]);
}

#[test]
fn a_definition_alone_has_tests_beside_it() {
    let project = folder("tested-alone");
    write(&project, "order.asl.yaml", ORDER);
    let tests = TESTS.replace("machine: order", "definition: order.asl.yaml");
    write(&project, "order.test.yaml", &tests);
    write(&project, "mocks.json", MOCKS);
    let ran = sandstep_in(&project, &["test", "order.test.yaml", "--jobs", "1"]);
    ran.refused(0);
    ran.says(&["4 passed, 0 failed"]);
    let ran = sandstep_in(&folder("tested-empty"), &["test"]);
    ran.refused(2);
    ran.says(&["there are no tests in .", "*.test.yaml"]);
}

#[test]
fn coverage_tells_what_no_test_went_through() {
    let project = project("tested-coverage");
    let ran = sandstep_in(&project, &["test", "--coverage"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let expected = "\
order: 14 of 14 (100 %)
  states   10 of 10 (100 %)
  choices  2 of 2 (100 %)
  retriers 1 of 1 (100 %)
  catchers 1 of 1 (100 %)
coverage: 14 of 14 (100 %)
";
    assert_eq!(ran.stdout, expected);
    let filtered = ["test", "--filter", "part may be told"];
    let threshold = ["--coverage-threshold", "43"];
    let ran = sandstep_in(&project, &[&filtered[..], &threshold].concat());
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let expected = "\
order: 6 of 14 (42.8 %)
  states   6 of 10 (60 %)
  choices  0 of 2 (0 %)
  retriers 0 of 1 (0 %)
  catchers 0 of 1 (0 %)
  not covered: order.asl.yaml:11:13: Retry[0] of \"Charge\"
";
    assert!(ran.stdout.starts_with(expected), "{}", ran.stdout);
    ran.says(&["error: coverage is 6 of 14 (42.8 %), and 43 % are asked for"]);
    let ran = sandstep_in(&project, &["test", "--coverage-threshold", "101"]);
    ran.refused(2);
}

#[test]
fn interrupted_tests_say_how_many_did_not_run() {
    let project = folder("tested-interrupted");
    let endless = r#"{"StartAt": "A", "States": {"A": {"Type": "Choice", "Default": "A",
        "Choices": [{"Variable": "$.over", "IsPresent": true, "Next": "B"}]},
        "B": {"Type": "Succeed"}}}"#;
    write(&project, "endless.json", endless);
    let manifest = "[machines.endless]\ndefinition = \"endless.json\"\ntype = \"EXPRESS\"\n\
        [machines.endless.limits]\nduration = \"unlimited\"\n";
    write(&project, "sandstep.toml", manifest);
    let one = |name| format!("{{ name: {name}, expect: {{ output: {{}} }} }}");
    let tests = format!("tests: [{}, {}]\n", one("a"), one("b"));
    write(&project, "endless.test.yaml", &tests);
    let mut command = command(&project, &["test", "--jobs", "1"]);
    let mut running = command.stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let id = running.id().to_string();
    let killed = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(killed.success());
    let mut said = String::new();
    let mut stderr = running.stderr.take().unwrap();
    stderr.read_to_string(&mut said).unwrap();
    assert_eq!(running.wait().unwrap().code(), Some(130));
    assert!(
        said.contains("interrupted: 2 of 2 tests did not run"),
        "{said}"
    );
}
