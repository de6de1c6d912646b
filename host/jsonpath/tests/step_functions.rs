//! Answers of the real service: every case of `jsonpath/step-functions.json`, the recorded
//! runs of intrinsic functions, and every expression of the published definitions.

mod support;

use sandstep_conformance::locate;
use sandstep_json::{Object, Text, Value};
use sandstep_jsonpath::{Expression, Path, ReferencePath, Roots, Template};

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("`{key}` in {value}"))
}

/// The value or the error and cause of a case.
fn outcome(case: &Value) -> Result<Value, (&'static str, String)> {
    let (path, input) = (text(case, "path"), case.get("input").expect("an input"));
    if text(case, "field") == "Parameters" {
        let template = Value::from(Object::from([("value.$", path)]));
        let result = Template::parse(&template)
            .expect("valid")
            .evaluate(input, &mut || 0);
        return match result {
            Ok(output) => Ok(output.get("value").expect("the field").clone()),
            Err(error) => Err((error.kind.name(), error.message)),
        };
    }
    let path = Path::parse(path).expect("valid");
    path.evaluate(input)
        .map_err(|failure| ("States.Runtime", failure.invalid_path()))
}

#[test]
fn every_recorded_documented_and_reported_case() {
    let Some(file) = locate("jsonpath/step-functions.json") else {
        return;
    };
    let cases = support::read(file);
    for case in cases.as_array().expect("a list") {
        let (id, expect) = (
            text(case, "id"),
            case.get("expect").expect("an expectation"),
        );
        let outcome = outcome(case);
        if let Some(value) = expect.get("value") {
            assert_eq!(outcome.as_ref(), Ok(value), "{id}");
            continue;
        }
        let (error, cause) = outcome.expect_err(id);
        assert_eq!(error, text(expect, "error"), "{id}");
        if let Some(expected) = expect.get("cause").and_then(Value::as_str) {
            let input = case.get("input").expect("an input").to_json();
            assert_eq!(
                cause,
                expected.replace("<the input as JSON text>", &input),
                "{id}"
            );
        }
    }
}

/// The input, and a context object with the parts that the recordings use.
struct Execution {
    input: Value,
    context: Value,
}

impl Roots for Execution {
    fn input(&self) -> &Value {
        &self.input
    }

    fn context(&self) -> &Value {
        &self.context
    }

    fn variable(&self, _name: &str) -> Option<&Value> {
        None
    }
}

impl Execution {
    fn of(input: &Value) -> Self {
        let execution = Object::from([("Name", Value::from("run")), ("Input", input.clone())]);
        let machine = Object::from([("Id", "arn:m"), ("Name", "a-machine")]);
        let context = Object::from([("Execution", execution), ("StateMachine", machine)]);
        Self {
            input: input.clone(),
            context: context.into(),
        }
    }
}

#[test]
fn every_recorded_run_of_an_intrinsic_function() {
    let Some(folder) = locate("stepfunctions/cases/intrinsic_functions") else {
        return;
    };
    let mut compared = 0;
    for file in std::fs::read_dir(folder).expect("a folder") {
        compared += compare_runs(&support::read(file.expect("a file").path()));
    }
    // Of 72 runs, 31 are in JSONata and 4 have holes where the service chose a value.
    assert_eq!(compared, 37);
}

/// Replays the executions of a recording whose state is a Pass with `Parameters`; returns how
/// many could be compared.
fn compare_runs(recording: &Value) -> usize {
    let calls = recording
        .get("calls")
        .and_then(Value::as_array)
        .expect("calls");
    let of = |operation: &str| {
        let operation = operation.to_owned();
        calls
            .iter()
            .filter(move |call| text(call, "operation") == operation)
    };
    let create = of("CreateStateMachine")
        .next()
        .and_then(|call| call.get("params"));
    let definition = Value::parse(text(create.expect("a machine"), "definition")).expect("JSON");
    let states = definition
        .get("States")
        .and_then(Value::as_object)
        .expect("states");
    let state = states.values().next().expect("a state");
    let Some(parameters) = state.get("Parameters") else {
        return 0;
    };
    let template = Template::parse(parameters).expect("valid");
    let matches = recording
        .get("matches")
        .and_then(Value::as_array)
        .expect("matches");
    let mut compared = 0;
    for (start, run) in of("StartExecution").zip(matches) {
        let input = start.get("params").and_then(|params| params.get("input"));
        let input = input.map_or("{}", |input| input.as_str().expect("JSON text"));
        let expected = recorded_output(run);
        if expected.to_json().contains("{{") {
            continue;
        }
        let execution = Execution::of(&Value::parse(input).expect("JSON"));
        let mut output = template
            .evaluate(&execution, &mut || 0)
            .expect("the run succeeded");
        if let Some(path) = state.get("OutputPath").and_then(Value::as_str) {
            // `ResultPath` and `OutputPath` of this recording cancel each other out.
            let merged = path.rsplit('.').next().expect("a last name");
            output = output.get(merged).expect("the result").clone();
        }
        assert_eq!(output, expected, "{} {input}", text(recording, "id"));
        compared += 1;
    }
    compared
}

fn recorded_output(run: &Value) -> Value {
    let events = run
        .get("expected")
        .and_then(|expected| expected.get("events"));
    let last = events
        .and_then(Value::as_array)
        .and_then(|events| events.last());
    let details = last.and_then(|event| event.get("executionSucceededEventDetails"));
    details
        .and_then(|details| details.get("output"))
        .expect("a successful run")
        .clone()
}

/// Every expression and path in a definition, with its key.
fn expressions(value: &Value, found: &mut Vec<(Text, Text)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(text) => found.push((key.clone(), text.clone())),
                    value => expressions(value, found),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn every_expression_of_the_published_definitions_is_valid() {
    let mut checked = 0;
    for folder in ["asl/valid", "asl/real-world"] {
        let Some(folder) = locate(folder) else {
            return;
        };
        for file in std::fs::read_dir(folder).expect("a folder") {
            let path = file.expect("a file").path();
            let name = path.display().to_string();
            if !name.ends_with(".asl.json") {
                continue;
            }
            let mut found = Vec::new();
            expressions(&support::read(path), &mut found);
            checked += found
                .iter()
                .filter(|(key, text)| check(&name, key, text))
                .count();
        }
    }
    assert!(checked > 1_000, "only {checked} expressions were found");
}

/// Checks an expression by what its key says it is; tells whether it is one.
fn check(file: &str, key: &str, text: &str) -> bool {
    let error = match key {
        _ if key.ends_with(".$") => Expression::parse(text).err(),
        "InputPath" | "OutputPath" | "ItemsPath" | "Variable" => Path::parse(text).err(),
        "ResultPath"
        | "SecondsPath"
        | "TimestampPath"
        | "TimeoutSecondsPath"
        | "HeartbeatSecondsPath"
        | "MaxConcurrencyPath" => ReferencePath::parse(text).err(),
        _ => return false,
    };
    assert_eq!(error, None, "{file}: {key} {text}");
    true
}
