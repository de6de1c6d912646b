//! Fields with expressions in JSONata, and which states use it (States Language, "JSONata").

use sandstep_json::SpannedNode;
use sandstep_jsonata::Fault;

use super::fields::Fields;
use super::place::{Node, quoted};
use super::references;
use super::report::Problem;
use super::scope::Scope;
use crate::jsonata::{self, Query, Template, delimited};
use crate::machine::{Dynamic, QueryLanguage};
use crate::verdict::Code;

const LANGUAGES: [&str; 2] = ["JSONPath", "JSONata"];

/// Whether a machine's `QueryLanguage` is JSONata, which on the service everything is but
/// `JSONPath`.
pub(super) fn is_language_of(machine: &Fields<'_>) -> bool {
    let language = machine.one_of("QueryLanguage", &LANGUAGES);
    language != Some("JSONPath") && machine.peek("QueryLanguage").is_some()
}

/// What a state's expressions are written in, by its own choice or by its machine's: whether
/// the state around it uses another language does not matter.
pub(super) fn language_of(state: &Fields<'_>, scope: &Scope<'_>) -> QueryLanguage {
    let own = state.one_of("QueryLanguage", &LANGUAGES);
    let is_jsonata = match state.peek("QueryLanguage") {
        Some(_) => own != Some("JSONPath"),
        None => scope.draft.is_jsonata.get(),
    };
    match is_jsonata {
        true => QueryLanguage::Jsonata,
        false => QueryLanguage::JsonPath,
    }
}

/// Reports a state that uses JSONPath in a machine that uses JSONata, and tells whether it is
/// one. Recorded for the machine's own states; on those of inner scopes sources disagree, so
/// they are accepted.
pub(super) fn is_downgrade(state: &Fields<'_>, scope: &Scope<'_>) -> bool {
    let is_downgrade = !state.is_jsonata() && scope.draft.is_jsonata.get();
    if !is_downgrade || !scope.is_outermost() {
        return false;
    }
    if let Some(own) = state.peek("QueryLanguage") {
        state.report().error(&own.place, downgrade);
    }
    true
}

fn downgrade() -> Problem {
    let message = "a state cannot use JSONPath in a machine whose \"QueryLanguage\" is JSONata";
    let said = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine";
    Problem::error("query-language-downgrade", message)
        .said(said)
        .said_around()
}

impl Fields<'_> {
    /// A payload template in JSONata.
    pub(super) fn jsonata_template(&self, name: &'static str) -> Option<Template> {
        let node = self.get(name)?;
        self.template_node(&node).map(Template::new)
    }

    /// A field that is an expression, where the language is JSONata, or else a constant
    /// that `constant` reads.
    pub(super) fn query_or<T>(
        &self,
        name: &'static str,
        constant: impl FnOnce() -> Option<T>,
    ) -> Option<Dynamic<T>> {
        match self.get(name).filter(|node| self.holds_expression(node)) {
            Some(node) => self.query(&node).map(Dynamic::Jsonata),
            None => constant().map(Dynamic::Constant),
        }
    }

    /// The expression between `{%` and `%}`; `None`, reported, if it cannot be read.
    pub(super) fn query(&self, node: &Node<'_>) -> Option<Query> {
        let text = node.value.as_str().and_then(delimited);
        let text = self.expect(node, text, "an expression between {% and %}")?;
        // Positions count from behind the blanks that follow `{%`.
        let start = "{%".len() + text.len() - text.trim_start().len();
        match Query::parse(text, self.location(&node.place)) {
            Ok(query) => {
                references::check(self, node, start, &query.expression);
                Some(query)
            }
            Err(fault) => {
                let offset = start + fault.position.unwrap_or_default();
                let place = self.report().place_in(node, offset);
                self.report()
                    .error(&place, || not_jsonata(text.trim(), &fault));
                None
            }
        }
    }

    /// Whether a value is a string that stands for an expression. Reports one with one of the
    /// two delimiters.
    pub(super) fn holds_expression(&self, node: &Node<'_>) -> bool {
        let Some(text) = node.value.as_str().filter(|_| self.is_jsonata()) else {
            return false;
        };
        if text.starts_with("{%") != text.ends_with("%}") {
            self.report().error(&node.place, || half_delimited(text));
        }
        delimited(text).is_some()
    }

    fn template_node(&self, node: &Node<'_>) -> Option<jsonata::Node> {
        match &node.value.node {
            SpannedNode::String(_) if self.holds_expression(node) => {
                self.query(node).map(jsonata::Node::Query)
            }
            SpannedNode::Array(_) => self.template_array(node),
            SpannedNode::Object(_) => self.template_object(node),
            _ => Some(jsonata::Node::Constant(node.value.to_value())),
        }
    }

    fn template_array(&self, node: &Node<'_>) -> Option<jsonata::Node> {
        let nodes: Vec<_> = node.items().map(|item| self.template_node(&item)).collect();
        let nodes: Box<[_]> = nodes.into_iter().collect::<Option<_>>()?;
        Some(match nodes.iter().all(is_constant) {
            true => jsonata::Node::Constant(node.value.to_value()),
            false => jsonata::Node::Array(nodes),
        })
    }

    fn template_object(&self, node: &Node<'_>) -> Option<jsonata::Node> {
        let members: Vec<_> = node
            .members()
            .map(|(entry, member)| Some((entry.key.clone(), self.template_node(&member)?)))
            .collect();
        let members: Box<[_]> = members.into_iter().collect::<Option<_>>()?;
        Some(
            match members.iter().all(|(_, member)| is_constant(member)) {
                true => jsonata::Node::Constant(node.value.to_value()),
                false => jsonata::Node::Object(members),
            },
        )
    }
}

fn is_constant(node: &jsonata::Node) -> bool {
    matches!(node, jsonata::Node::Constant(_))
}

fn not_jsonata(text: &str, fault: &Fault) -> Problem {
    let message = format!("{} is not JSONata: {fault}", quoted(text));
    Problem::error("invalid-expression", message)
        .said_as(Code::InvalidJsonataExpression, capitalized(&fault.message))
}

fn half_delimited(text: &str) -> Problem {
    let message = format!(
        "{} has one of the delimiters {{% and %}} alone",
        quoted(text)
    );
    Problem::error("unclosed-expression", message)
        .said("JSONata string must start with {% and end with %}")
}

/// A sentence as the service begins it.
fn capitalized(sentence: &str) -> String {
    let mut characters = sentence.chars();
    let first = characters.next();
    first
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(characters)
        .collect()
}
