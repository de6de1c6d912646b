//! The functions that a definition calls by name.

use sandstep_asl::{Resource, ResourceKind, function_name};
use sandstep_json::{Position, Spanned};
use sandstep_service::mock::Mocks;

use super::states::{is_type, states};

/// What a definition needs of its project.
#[derive(Debug, Default)]
pub(crate) struct Required {
    /// The functions it names, each once, where it names them first.
    pub(crate) functions: Vec<RequiredFunction>,
    /// Whether a state chooses its function when it runs, so that it may be
    /// any of the project's.
    pub(crate) any: bool,
}

/// A function that a definition names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequiredFunction {
    /// Its name, without ARN and qualifier.
    pub(crate) name: String,
    /// Where the name stands.
    pub(crate) position: Position,
}

impl Required {
    /// Looks at every Task state that is not mocked, of a definition whose
    /// placeholders are filled.
    pub(crate) fn of(definition: &Spanned, mocks: &Mocks) -> Self {
        let mut required = Self::default();
        for state in states(definition) {
            if is_type(&state.value, "Task") && !mocks.has(&state.key) {
                required.look_at_task(&state.value);
            }
        }
        required
    }

    fn look_at_task(&mut self, state: &Spanned) {
        let Some(field) = state.get("Resource") else {
            return;
        };
        let Some(text) = field.as_str() else { return };
        let resource = Resource::parse(text);
        if resource.invokes_lambda() {
            self.look_at_invoke(state);
        } else if let ResourceKind::Function { name, .. } = resource.kind() {
            self.add(name, field.position);
        }
    }

    fn look_at_invoke(&mut self, state: &Spanned) {
        let parameters = state.get("Parameters").or_else(|| state.get("Arguments"));
        let field = parameters.and_then(|parameters| parameters.get("FunctionName"));
        match field.and_then(|field| Some((field, field.as_str()?))) {
            Some((field, name)) if !name.trim_start().starts_with("{%") => {
                self.add(function_name(name).0, field.position);
            }
            _ => self.any = true,
        }
    }

    fn add(&mut self, name: &str, position: Position) {
        if self.functions.iter().all(|function| function.name != name) {
            self.functions.push(RequiredFunction {
                name: name.to_owned(),
                position,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_in_every_place() {
        let text = r#"{"StartAt": "A", "States": {
            "A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:one"},
            "B": {"Type": "Parallel", "Branches": [{"States": {
                "C": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                      "Parameters": {"FunctionName": "two:live"}}}}]},
            "D": {"Type": "Map", "Iterator": {"States": {
                "E": {"Type": "Task", "Resource": "three"}}}},
            "F": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage"},
            "G": {"Type": "Pass", "Result": {"Resource": "four"}}}}"#;
        let required = Required::of(&Spanned::parse(text).unwrap(), &Mocks::default());
        let names: Vec<_> = required
            .functions
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(names, ["one", "two", "three"]);
        assert!(!required.any);
    }

    #[test]
    fn a_name_from_the_input_may_be_any() {
        let text = r#"{"States": {"A": {"Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName.$": "$.name"}}}}"#;
        assert!(Required::of(&Spanned::parse(text).unwrap(), &Mocks::default()).any);
    }
}
