//! CloudFormation's functions in a definition, as far as they name functions
//! or join text. What only a deployment knows becomes a placeholder.

use std::collections::BTreeSet;

use sandstep_json::{Entry, Position, Spanned, SpannedNode};

use super::variables::{move_to, scalar_text};
use crate::project::function_arn;

/// What the framework appends to a function's key for its logical id.
const LOGICAL_SUFFIX: &str = "LambdaFunction";

/// Evaluates `Fn::GetAtt`, `Ref`, `Fn::Sub` and `Fn::Join`.
pub(crate) struct Intrinsics {
    functions: BTreeSet<String>,
}

impl Intrinsics {
    /// `functions` are the keys of the section `functions`.
    pub(crate) fn new(functions: BTreeSet<String>) -> Self {
        Self { functions }
    }

    /// A definition with its function calls replaced by text.
    pub(crate) fn evaluate(&self, tree: Spanned) -> Spanned {
        self.evaluate_field(tree, false)
    }

    /// `is_function` says that the value names a function, whatever the
    /// section `functions` knows.
    fn evaluate_field(&self, tree: Spanned, is_function: bool) -> Spanned {
        let position = tree.position;
        let node = match tree.node {
            SpannedNode::Array(items) => {
                SpannedNode::Array(items.into_iter().map(|item| self.evaluate(item)).collect())
            }
            SpannedNode::Object(entries) => {
                let entries = entries
                    .into_iter()
                    .map(|entry| self.evaluate_entry(entry))
                    .collect();
                self.call(entries, is_function, position)
            }
            scalar => scalar,
        };
        Spanned { node, position }
    }

    fn evaluate_entry(&self, entry: Entry) -> Entry {
        let is_function = matches!(entry.key.as_str(), "Resource" | "FunctionName");
        Entry {
            value: self.evaluate_field(entry.value, is_function),
            ..entry
        }
    }

    /// An object of one member may be a call.
    fn call(&self, entries: Vec<Entry>, is_function: bool, position: Position) -> SpannedNode {
        let [entry] = &entries[..] else {
            return SpannedNode::Object(entries);
        };
        let argument = &entry.value;
        let result = match entry.key.as_str() {
            "Ref" => argument
                .as_str()
                .map(|id| self.reference(id, None, is_function)),
            "Fn::GetAtt" => self.attribute(argument, is_function),
            "Fn::Sub" => self.substitute(argument, position),
            "Fn::Join" => join(argument),
            other => other
                .strip_prefix("Fn::")
                .zip(argument.as_str())
                .map(|(function, argument)| format!("${{{function}:{argument}}}")),
        };
        match result {
            Some(text) => SpannedNode::String(text.into()),
            None => SpannedNode::Object(entries),
        }
    }

    /// `[HelloLambdaFunction, Arn]`, or the same joined by a dot.
    fn attribute(&self, argument: &Spanned, is_function: bool) -> Option<String> {
        let (id, attribute) = match argument.as_array() {
            Some([id, attribute]) => (id.as_str()?, attribute.as_str()?),
            Some(_) => return None,
            None => argument.as_str()?.split_once('.')?,
        };
        Some(self.reference(id, Some(attribute), is_function))
    }

    /// A function's ARN, or a placeholder for another resource.
    fn reference(&self, id: &str, attribute: Option<&str>, is_function: bool) -> String {
        match self.function(id, is_function) {
            Some(name) => function_arn(&name),
            None => match attribute {
                Some(attribute) => format!("${{{id}.{attribute}}}"),
                None => format!("${{{id}}}"),
            },
        }
    }

    /// The key of the function that a key or a logical id names.
    fn function(&self, id: &str, is_function: bool) -> Option<String> {
        let known = self
            .functions
            .iter()
            .find(|key| *key == id || logical_id(key) == id);
        if let Some(key) = known {
            return Some(key.clone());
        }
        match id.strip_suffix(LOGICAL_SUFFIX) {
            Some(stem) => Some(stem.replace("Dash", "-").replace("Underscore", "_")),
            None => (is_function && !id.contains("::")).then(|| id.to_owned()),
        }
    }

    /// `TEXT` or `[TEXT, {NAME: VALUE}]`.
    fn substitute(&self, argument: &Spanned, position: Position) -> Option<String> {
        let (text, values) = match argument.as_array() {
            Some([text, values]) => (text.as_str()?, values.as_object()?),
            Some(_) => return None,
            None => (argument.as_str()?, &[][..]),
        };
        let mut text = text.to_owned();
        for entry in values {
            let mut value = entry.value.clone();
            move_to(&mut value, position);
            text = text.replace(&format!("${{{}}}", entry.key), &scalar_text(&value)?);
        }
        for key in &self.functions {
            for id in [key.clone(), logical_id(key)] {
                text = text.replace(&format!("${{{id}.Arn}}"), &function_arn(key));
                text = text.replace(&format!("${{{id}}}"), key);
            }
        }
        Some(text)
    }
}

/// `[SEPARATOR, [PART, …]]`
fn join(argument: &Spanned) -> Option<String> {
    let [separator, parts] = argument.as_array()? else {
        return None;
    };
    let parts: Option<Vec<String>> = parts.as_array()?.iter().map(scalar_text).collect();
    Some(parts?.join(separator.as_str()?))
}

/// `start-recorder` is `StartDashrecorderLambdaFunction` (Serverless
/// Framework, "Naming of resources").
fn logical_id(key: &str) -> String {
    let name = key.replace('-', "Dash").replace('_', "Underscore");
    let mut letters = name.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    format!("{first}{}{LOGICAL_SUFFIX}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluate(json: &str) -> String {
        let functions = ["start-recorder".to_owned()].into();
        let tree = Spanned::parse(json).unwrap();
        Intrinsics::new(functions)
            .evaluate(tree)
            .to_value()
            .to_json()
    }

    #[test]
    fn functions_are_named_by_key_or_logical_id() {
        let arn = r#""arn:aws:lambda:us-east-1:123456789012:function:start-recorder""#;
        for call in [
            r#"{"Fn::GetAtt":["start-recorder","Arn"]}"#,
            r#"{"Fn::GetAtt":["StartDashrecorderLambdaFunction","Arn"]}"#,
            r#"{"Fn::GetAtt":"start-recorder.Arn"}"#,
            r#"{"Fn::Sub":"${StartDashrecorderLambdaFunction.Arn}"}"#,
            r#"{"Fn::Join":[":",["arn:aws:lambda:us-east-1:123456789012:function","start-recorder"]]}"#,
        ] {
            assert_eq!(evaluate(call), arn, "{call}");
        }
    }

    #[test]
    fn a_resource_is_a_function_even_where_none_is_declared() {
        assert_eq!(
            evaluate(r#"{"Resource":{"Fn::GetAtt":["hello","Arn"]}}"#),
            r#"{"Resource":"arn:aws:lambda:us-east-1:123456789012:function:hello"}"#
        );
    }

    #[test]
    fn what_only_a_deployment_knows_is_a_placeholder() {
        for (call, placeholder) in [
            (r#"{"Ref":"Topic"}"#, r#""${Topic}""#),
            (r#"{"Fn::GetAtt":["Table","Arn"]}"#, r#""${Table.Arn}""#),
            (
                r#"{"Fn::ImportValue":"queue"}"#,
                r#""${ImportValue:queue}""#,
            ),
            (r#"{"Fn::Sub":"${AWS::Region}"}"#, r#""${AWS::Region}""#),
        ] {
            assert_eq!(evaluate(call), placeholder, "{call}");
        }
    }

    #[test]
    fn other_objects_stay() {
        let json = r#"{"Ref":{"a":1},"Fn::GetAtt":[]}"#;
        assert_eq!(evaluate(json), json);
    }
}
