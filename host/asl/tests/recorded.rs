//! The definitions that were sent to the service, in `conformance/stepfunctions`: it and we
//! agree on which ones are valid.

use std::fs;
use std::path::{Path, PathBuf};

use sandstep_asl::{Options, Parsed, Severity, StateMachine};
use sandstep_conformance::locate;
use sandstep_json::Value;

#[test]
fn definitions_are_valid_where_the_service_found_them_so() {
    let Some(folder) = locate("stepfunctions/cases") else {
        return;
    };
    let definitions: Vec<_> = cases(&folder)
        .iter()
        .flat_map(|path| definitions(path))
        .collect();
    assert!(
        definitions.len() > 800,
        "only {} definitions were found",
        definitions.len()
    );
    let disagreements: Vec<_> = definitions
        .iter()
        .filter_map(Definition::disagreement)
        .collect();
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}

fn cases(folder: &Path) -> Vec<PathBuf> {
    let listed = |path: &Path| {
        let entries = fs::read_dir(path).expect("the folder can be listed");
        entries
            .map(|entry| entry.expect("the folder can be listed").path())
            .collect::<Vec<_>>()
    };
    listed(folder)
        .iter()
        .flat_map(|group| listed(group))
        .collect()
}

/// A definition that a case sent, and whether the service accepted it.
struct Definition {
    case: String,
    text: String,
    options: Options,
    is_valid: bool,
}

fn definitions(path: &Path) -> Vec<Definition> {
    let text = fs::read_to_string(path).expect("a case can be read");
    // Some refusals are in the answer alone, not in `raises`.
    let refuses = text.contains("\"InvalidDefinition\"");
    let case = Value::parse(&text).expect("a case is JSON");
    let calls = case
        .get("calls")
        .and_then(Value::as_array)
        .expect("a case has calls");
    let sent = calls.iter().filter_map(|call| {
        let operation = call.get("operation")?.as_str()?;
        let parameters = call.get("params")?;
        let is_express = parameters.get("type").and_then(Value::as_str) == Some("EXPRESS");
        let is_sent = matches!(operation, "CreateStateMachine" | "UpdateStateMachine");
        let definition = parameters.get("definition").filter(|_| is_sent)?.as_str()?;
        Some(Definition {
            case: path.display().to_string(),
            text: filled(definition),
            options: Options {
                express: is_express,
                ..Options::default()
            },
            is_valid: !refuses,
        })
    });
    sent.collect()
}

/// Puts an ARN in the place of every `{{placeholder}}`.
fn filled(definition: &str) -> String {
    let mut parts = definition.split("{{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, after) = part.split_once("}}").unwrap_or_default();
        filled.push_str(match name.ends_with("activityArn") {
            true => "arn:aws:states:us-east-1:123456789012:activity:work",
            false => "arn:aws:lambda:us-east-1:123456789012:function:work",
        });
        filled.push_str(after);
    }
    filled
}

impl Definition {
    /// What we say where the service says otherwise.
    fn disagreement(&self) -> Option<String> {
        let Parsed {
            machine,
            diagnostics,
            ..
        } = StateMachine::parse_with(&self.text, &self.options);
        // The service gives its warnings only where it is asked to validate.
        let told: String = diagnostics
            .iter()
            .filter(|told| told.severity == Severity::Error || told.code.is_none())
            .map(|told| format!("\n    {told}"))
            .collect();
        match self.is_valid {
            true if told.is_empty() => None,
            true => Some(format!("{} was accepted, but:{told}", self.case)),
            false if machine.is_none() => None,
            false => Some(format!("{} was refused", self.case)),
        }
    }
}
