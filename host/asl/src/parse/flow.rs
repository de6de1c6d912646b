//! How a state's data flows: `InputPath`, `Parameters`, `ResultSelector`, `ResultPath` and
//! `OutputPath` (States Language, "Input and Output Processing").

use super::fields::Fields;
use crate::machine::{DataFlow, JsonataFlow, PathFlow, ResultPath, Selection};

/// Reads those of the fields that states of this type have.
pub(super) fn parse(fields: &Fields<'_>, kind: &str) -> DataFlow {
    match fields.is_jsonata() {
        true => DataFlow::Jsonata(jsonata_flow(fields, kind)),
        false => DataFlow::JsonPath(path_flow(fields, kind)),
    }
}

fn jsonata_flow(fields: &Fields<'_>, kind: &str) -> JsonataFlow {
    let mut flow = JsonataFlow::default();
    if matches!(kind, "Task" | "Parallel") {
        flow.arguments = fields.jsonata_template("Arguments");
    }
    if kind != "Fail" {
        flow.output = fields.jsonata_template("Output");
        fields.add_foreign(&["InputPath", "OutputPath"]);
    }
    if matches!(kind, "Pass" | "Task" | "Parallel" | "Map") {
        fields.add_foreign(&["Parameters", "ResultPath"]);
    }
    if matches!(kind, "Task" | "Parallel" | "Map") {
        fields.add_foreign(&["ResultSelector"]);
    }
    flow
}

fn path_flow(fields: &Fields<'_>, kind: &str) -> PathFlow {
    if kind == "Fail" {
        return PathFlow::default();
    }
    let mut flow = PathFlow {
        input_path: selection(fields, "InputPath"),
        output_path: selection(fields, "OutputPath"),
        ..PathFlow::default()
    };
    fields.add_foreign(&["Output"]);
    if matches!(kind, "Task" | "Parallel") {
        fields.add_foreign(&["Arguments"]);
    }
    // The Parameters of a Map state belong to its items.
    if matches!(kind, "Pass" | "Task" | "Parallel") {
        flow.parameters = fields.template("Parameters");
    }
    if matches!(kind, "Pass" | "Task" | "Parallel" | "Map") {
        flow.result_path = result_path(fields);
    }
    if matches!(kind, "Task" | "Parallel" | "Map") {
        flow.result_selector = fields.template("ResultSelector");
    }
    flow
}

/// Checks those of the fields that states of every type have, but for Fail states.
pub(super) fn check_ends(fields: &Fields<'_>) {
    for name in ["InputPath", "OutputPath"] {
        selection(fields, name);
    }
}

fn selection(fields: &Fields<'_>, name: &'static str) -> Selection {
    match fields.get(name) {
        Some(node) if node.value.is_null() => Selection::Nothing,
        Some(node) if node.value.as_str() == Some("$") => Selection::Whole,
        Some(_) => fields.path(name).map_or(Selection::Whole, Selection::Path),
        None => Selection::Whole,
    }
}

/// `ResultPath` of a state or of a catcher.
pub(super) fn result_path(fields: &Fields<'_>) -> ResultPath {
    match fields.get("ResultPath") {
        Some(node) if node.value.is_null() => ResultPath::Discard,
        Some(node) if node.value.as_str() == Some("$") => ResultPath::Replace,
        Some(_) => fields
            .target_path("ResultPath")
            .map_or(ResultPath::Replace, ResultPath::At),
        None => ResultPath::Replace,
    }
}
