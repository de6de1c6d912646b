//! What a test of one state came to, for people.

use std::fmt::Write;

use sandstep_asl::{InspectionLevel, TestResult};
use sandstep_json::Value;

use crate::terminal::escaped_lines;

/// The result as a table, with documents beneath it; stages of the data flow from `DEBUG`
/// on.
pub(crate) fn tested_state(result: &TestResult, level: InspectionLevel) -> String {
    let mut text = String::new();
    for (label, value) in facts(result) {
        let _ = writeln!(text, "{label:<12}{}", escaped_lines(&value));
    }
    if level > InspectionLevel::Info {
        add_document(&mut text, "input", &result.inspection.input);
        for (stage, value) in &result.inspection.stages {
            add_document(&mut text, stage, value);
        }
        if !result.inspection.variables.is_empty() {
            let variables = result.inspection.variables.clone();
            add_document(&mut text, "variables", &variables.into());
        }
    }
    if let Some(output) = &result.output {
        add_document(&mut text, "output", output);
    }
    text
}

fn facts(result: &TestResult) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Status", result.status.name().to_owned())];
    if let Some(next) = &result.next_state {
        facts.push(("Next state", next.to_string()));
    }
    if let Some(error) = &result.error {
        facts.extend(error.error.iter().map(|error| ("Error", error.to_string())));
        facts.extend(error.cause.iter().map(|cause| ("Cause", cause.to_string())));
    }
    let handling = &result.inspection.error_details;
    if let Some(index) = handling.retrier {
        let attempt = match handling.backoff {
            Some(delay) => format!("tries again after {} s", delay.as_secs_f64()),
            None => "has no attempt left".to_owned(),
        };
        facts.push(("Retrier", format!("Retry[{index}] {attempt}")));
    }
    if let Some(index) = handling.catcher {
        facts.push(("Catcher", format!("Catch[{index}]")));
    }
    facts
}

fn add_document(text: &mut String, label: &str, value: &Value) {
    let _ = writeln!(text, "\n{label}");
    for line in value.to_pretty().lines() {
        let _ = writeln!(text, "  {}", escaped_lines(line));
    }
}
