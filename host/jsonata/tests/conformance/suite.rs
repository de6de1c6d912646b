//! Reads the cases.

use std::fs;
use std::path::Path;

use sandstep_json::{Object, Value};

/// A case: an expression, what it is evaluated with, and what it should come to.
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) expr: String,
    pub(crate) input: Option<Value>,
    pub(crate) bindings: Object,
    pub(crate) expected: Expected,
    /// How many evaluations may stand inside one another.
    pub(crate) depth: Option<usize>,
    /// What JSONata 2.0.6 does instead, where the suite is of a later version.
    pub(crate) in_2_0_6: Option<String>,
}

pub(crate) enum Expected {
    Value(Value),
    /// An array, whose items may come in any order.
    Unordered(Value),
    Undefined,
    Code(String),
    /// An error with these members.
    Error(Object),
}

/// All cases, those of the reference first.
pub(crate) fn read(folder: &Path) -> Vec<Case> {
    let differences = parse(&folder.join("differs-from-2.0.6.json"));
    let mut cases: Vec<Case> = groups(folder)
        .iter()
        .flat_map(|group| array(group).to_vec())
        .map(|case| reference_case(&case, folder, &differences))
        .collect();
    let recorded = parse(&folder.join("step-functions.json"));
    cases.extend(array(&recorded).iter().map(recorded_case));
    cases
}

/// How many cases stand apart since no parser of UTF-8 reads them.
pub(crate) fn unreadable(folder: &Path) -> usize {
    let text = fs::read_to_string(folder.join("lone-surrogates.json"));
    text.expect("a file of the suite").matches("\"id\"").count()
}

fn groups(folder: &Path) -> Vec<Value> {
    let mut files: Vec<_> = fs::read_dir(folder.join("groups"))
        .expect("the suite has groups")
        .map(|entry| entry.expect("a file of the suite").path())
        .collect();
    files.sort();
    files.iter().map(|file| parse(file)).collect()
}

fn parse(file: &Path) -> Value {
    let text = fs::read_to_string(file).expect("a file of the suite");
    Value::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn array(value: &Value) -> &[Value] {
    value.as_array().expect("the suite's files are arrays")
}

fn text(case: &Value, key: &str) -> Option<String> {
    case.get(key)?.as_str().map(str::to_owned)
}

fn object(case: &Value, key: &str) -> Object {
    let object = case.get(key).and_then(Value::as_object);
    object.cloned().unwrap_or_default()
}

fn reference_case(case: &Value, folder: &Path, differences: &Value) -> Case {
    let id = text(case, "id").expect("a case has an id");
    let difference = array(differences)
        .iter()
        .find(|row| text(row, "id").as_deref() == Some(id.as_str()));
    Case {
        expr: text(case, "expr").expect("a case has an expression"),
        input: input(case, folder),
        bindings: object(case, "bindings"),
        expected: expected(case),
        depth: case
            .get("depth")
            .and_then(Value::as_i64)
            .map(|depth| depth as usize),
        in_2_0_6: difference.and_then(|row| text(row, "in_2_0_6")),
        id,
    }
}

fn input(case: &Value, folder: &Path) -> Option<Value> {
    if let Some(data) = case.get("data") {
        return Some(data.clone());
    }
    let name = text(case, "dataset")?;
    Some(parse(&folder.join("datasets").join(format!("{name}.json"))))
}

fn expected(case: &Value) -> Expected {
    if let Some(code) = text(case, "code") {
        return Expected::Code(code);
    }
    if let Some(error) = case.get("error").and_then(Value::as_object) {
        return Expected::Error(error.clone());
    }
    match (case.get("result"), case.get("unordered")) {
        (Some(result), Some(_)) => Expected::Unordered(result.clone()),
        (Some(result), None) => Expected::Value(result.clone()),
        (None, _) => Expected::Undefined,
    }
}

/// A recording of the service; what it says of other results than values is for whoever
/// evaluates a field.
fn recorded_case(case: &Value) -> Case {
    let states = case.get("states").cloned().unwrap_or_default();
    let expect = case.get("expect").expect("a recording has an answer");
    let is_undefined = text(expect, "cause_ends").is_some_and(|cause| cause.contains("undefined"));
    let expected = match expect.get("value") {
        Some(value) => Expected::Value(value.clone()),
        None if is_undefined => Expected::Undefined,
        None => Expected::Value(wrong_type(case)),
    };
    Case {
        id: format!("step-functions/{}", text(case, "id").expect("has an id")),
        expr: text(case, "expr").expect("has an expression"),
        input: None,
        bindings: object(case, "variables").with("states", states),
        expected,
        depth: None,
        in_2_0_6: None,
    }
}

/// The value that was of the wrong type for its field.
fn wrong_type(case: &Value) -> Value {
    let cause = text(
        &case.get("expect").cloned().unwrap_or_default(),
        "cause_ends",
    );
    let cause = cause.expect("a failure has a cause");
    let (_, shown) = cause
        .rsplit_once("for value: ")
        .expect("the cause shows the value");
    Value::parse(shown).expect("the cause shows the value as JSON")
}
