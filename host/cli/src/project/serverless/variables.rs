//! The Serverless Framework's variables: `${self:service}`,
//! `${opt:stage, 'dev'}`, `${file(machine.yml):definition}`.
//!
//! A variable without a value stays as it is written, so that it is reported
//! as a missing placeholder, and may be given with `--define`.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sandstep_json::{Position, Spanned, SpannedNode};

use crate::command_error::CommandError;
use crate::project::{ACCOUNT, Definitions, REGION, open};
use crate::read::{DOCUMENT_BYTES, read_text};

/// How deep variables may lead to variables.
const MAX_DEPTH: usize = 32;

/// How many variables of one document are evaluated, and how much all of them
/// may stand for, in values and bytes of text. A few lines of variables of
/// variables would otherwise take for ever, or fill memory.
const MAX_EVALUATIONS: usize = 10_000;
const MAX_TOTAL: usize = 16 * 1024 * 1024;

/// The variables of one document.
pub(crate) struct Variables {
    document: Spanned,
    folder: PathBuf,
    definitions: Definitions,
    evaluations: Cell<usize>,
    total: Cell<usize>,
    /// The files that could not be read, and why.
    unreadable: RefCell<BTreeMap<PathBuf, CommandError>>,
}

/// A file that a value stands in, and where in it.
pub(crate) struct Inclusion {
    pub(crate) path: PathBuf,
    /// A dotted path, empty for all of the file.
    pub(crate) address: String,
}

impl Variables {
    pub(crate) fn new(document: Spanned, folder: PathBuf, definitions: Definitions) -> Self {
        Self {
            document,
            folder,
            definitions,
            evaluations: Cell::new(0),
            total: Cell::new(0),
            unreadable: RefCell::default(),
        }
    }

    /// The value at a dotted path of the document. Variables on the way to it
    /// are resolved, and its own if it is one; those beneath it are not.
    pub(crate) fn at(&self, path: &str) -> Option<Spanned> {
        let node = self.walk(&self.document, path, 0)?;
        Some(match &node.node {
            SpannedNode::String(text) => self.resolve_text(text, node.position, 0),
            _ => node,
        })
    }

    /// A value with all its variables resolved.
    pub(crate) fn resolve(&self, node: &Spanned) -> Spanned {
        self.resolve_at(node, 0)
    }

    /// The stage of a run: that of `--define opt:stage=…`, the provider's, or
    /// `dev`.
    pub(crate) fn deployed_stage(&self) -> Option<String> {
        scalar_text(&self.stage("sls", Position::START, 0)?)
    }

    /// The file and the part of it, if a value is nothing but `${file(PATH)}` or
    /// `${file(PATH):ADDRESS}`.
    pub(crate) fn inclusion(&self, node: &Spanned) -> Option<Inclusion> {
        let text = node.as_str()?;
        if innermost(text, 0)? != (0, text.len()) {
            let inner = text.strip_prefix("${")?.strip_suffix('}')?;
            let inner = scalar_text(&self.resolve_text(inner, node.position, 0))?;
            return self.inclusion_of(&inner);
        }
        self.inclusion_of(&text[2..text.len() - 1])
    }

    fn inclusion_of(&self, inner: &str) -> Option<Inclusion> {
        let (path, address) = inner.strip_prefix("file(")?.split_once(')')?;
        if inner.contains(['$', ',', '}']) {
            return None;
        }
        let address = match address {
            "" => "",
            address => address.strip_prefix(':')?,
        };
        Some(Inclusion {
            path: self.folder.join(path.trim()),
            address: address.to_owned(),
        })
    }

    /// What stands at a dotted path of a tree, its own variables unresolved.
    pub(crate) fn part(&self, tree: &Spanned, address: &str) -> Option<Spanned> {
        self.walk(tree, address, 0)
    }

    /// The errors of files that are there and could not be read so far, each
    /// once.
    pub(crate) fn unreadable(&self) -> Vec<CommandError> {
        self.unreadable.take().into_values().collect()
    }

    fn resolve_at(&self, node: &Spanned, depth: usize) -> Spanned {
        let mut resolved = node.clone();
        match &mut resolved.node {
            SpannedNode::String(text) => return self.resolve_text(text, node.position, depth),
            SpannedNode::Array(items) => {
                items
                    .iter_mut()
                    .for_each(|item| *item = self.resolve_at(item, depth));
            }
            SpannedNode::Object(entries) => entries
                .iter_mut()
                .for_each(|entry| entry.value = self.resolve_at(&entry.value, depth)),
            _ => {}
        }
        resolved
    }

    /// Resolves the innermost variables first, since a variable's address may
    /// hold another.
    fn resolve_text(&self, text: &str, position: Position, depth: usize) -> Spanned {
        let mut text = text.to_owned();
        // What stands before this has no variable that could be resolved.
        let mut from = 0;
        while let Some((start, end)) = innermost(&text, from) {
            let value = self.evaluate(&text[start + 2..end - 1], position, depth);
            match value {
                Some(value) if start == 0 && end == text.len() => return value,
                Some(value) => match scalar_text(&value) {
                    // An outer variable that begins before may be complete now.
                    Some(value) => (text.replace_range(start..end, &value), from = 0).1,
                    None => from = end,
                },
                None => from = end,
            }
            if text.len() > MAX_TOTAL {
                break;
            }
        }
        Spanned {
            node: SpannedNode::String(text.into()),
            position,
        }
    }

    /// The value of what stands between `${` and `}`: the first of the
    /// alternatives that has one.
    fn evaluate(&self, inner: &str, position: Position, depth: usize) -> Option<Spanned> {
        self.evaluations.set(self.evaluations.get() + 1);
        let is_spent = depth >= MAX_DEPTH || self.evaluations.get() > MAX_EVALUATIONS;
        if is_spent || !is_variable(inner) {
            return None;
        }
        let alternatives = split_alternatives(inner);
        let mut value = alternatives
            .iter()
            .find_map(|one| self.alternative(one, position, depth))?;
        self.total
            .set(self.total.get().saturating_add(size(&value)));
        if self.total.get() > MAX_TOTAL {
            return None;
        }
        move_to(&mut value, position);
        Some(value)
    }

    fn alternative(&self, text: &str, position: Position, depth: usize) -> Option<Spanned> {
        if let Some(literal) = literal(text) {
            return Some(Spanned {
                node: literal,
                position,
            });
        }
        if let Some(value) = self.definitions.get(text) {
            return Some(string(value, position));
        }
        if let Some(file) = text.strip_prefix("file(") {
            return self.file(file, depth);
        }
        let (source, address) = text.split_once(':')?;
        match (source, address) {
            ("self", address) => {
                Some(self.resolve_at(&self.walk(&self.document, address, depth)?, depth + 1))
            }
            ("env", name) => Some(string(&std::env::var(name).ok()?, position)),
            ("sls", "stage") | ("opt", "stage") => Some(self.stage(source, position, depth)?),
            ("aws", "accountId") => Some(string(ACCOUNT, position)),
            ("aws", "region") => Some(string(REGION, position)),
            _ => None,
        }
    }

    /// The stage of a run is `provider.stage`, or `dev`. `${opt:stage}` has no
    /// such default, so that its own alternative counts.
    fn stage(&self, source: &str, position: Position, depth: usize) -> Option<Spanned> {
        if let Some(stage) = self.definitions.get("opt:stage") {
            return Some(string(stage, position));
        }
        if source == "opt" {
            return None;
        }
        let stage = self.walk(&self.document, "provider.stage", depth + 1);
        Some(stage.map_or_else(
            || string("dev", position),
            |stage| self.resolve_at(&stage, depth + 1),
        ))
    }

    /// `PATH)` or `PATH):ADDRESS`, relative to the document.
    fn file(&self, rest: &str, depth: usize) -> Option<Spanned> {
        let (path, address) = rest.split_once(')')?;
        let path = self.folder.join(path.trim());
        // Where there is none, another alternative may count.
        let tree = path.exists().then(|| read(&path))?;
        let tree = match tree {
            Ok(tree) => tree,
            Err(error) => {
                self.unreadable.borrow_mut().insert(path, error);
                return None;
            }
        };
        let value = match address.strip_prefix(':') {
            Some(address) => self.walk(&tree, address, depth)?,
            None => tree,
        };
        Some(self.resolve_at(&value, depth + 1))
    }

    fn walk(&self, from: &Spanned, path: &str, depth: usize) -> Option<Spanned> {
        let mut node = from.clone();
        for name in path.split('.').filter(|name| !name.is_empty()) {
            // A section on the way may itself be `${file(…)}`.
            if let SpannedNode::String(text) = &node.node {
                node = self.resolve_text(text, node.position, depth + 1);
            }
            node = match &node.node {
                SpannedNode::Array(items) => items.get(name.parse::<usize>().ok()?)?.clone(),
                _ => node.get(name)?.clone(),
            };
        }
        Some(node)
    }
}

/// Where the first innermost variable that ends behind `from` begins and ends.
fn innermost(text: &str, from: usize) -> Option<(usize, usize)> {
    let end = from + text[from..].find('}')? + 1;
    match text[..end].rfind("${") {
        Some(start) if start >= from => Some((start, end)),
        _ => innermost(text, end),
    }
}

/// `self:…`, `opt:…`, `file(…)`, unlike `AWS::Region` and `TableName`.
fn is_variable(inner: &str) -> bool {
    let source: String = inner
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let rest = &inner[source.len()..];
    !source.is_empty()
        && (rest.starts_with('(') || rest.starts_with(':'))
        && !rest.starts_with("::")
}

/// Splits at commas outside of quotes and parentheses.
fn split_alternatives(inner: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quote, mut open) = (0, None, 0usize);
    for (at, letter) in inner.char_indices() {
        match (quote, letter) {
            (Some(mark), _) => quote = (letter != mark).then_some(mark),
            (None, '\'' | '"') => quote = Some(letter),
            (None, '(') => open += 1,
            (None, ')') => open = open.saturating_sub(1),
            (None, ',') if open == 0 => {
                parts.push(inner[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(inner[start..].trim());
    parts
}

/// A quoted string, a number or a keyword, as an alternative may be.
fn literal(text: &str) -> Option<SpannedNode> {
    for mark in ['\'', '"'] {
        let inner = text
            .strip_prefix(mark)
            .and_then(|text| text.strip_suffix(mark));
        if let Some(inner) = inner {
            return Some(SpannedNode::String(inner.into()));
        }
    }
    match text {
        "true" => Some(SpannedNode::Bool(true)),
        "false" => Some(SpannedNode::Bool(false)),
        "null" => Some(SpannedNode::Null),
        _ => text.parse().ok().map(SpannedNode::Number),
    }
}

/// A JSON or YAML file, or the text of any other.
fn read(path: &Path) -> Result<Spanned, CommandError> {
    match is_document(path) {
        true => open::read_document(path),
        false => Ok(string(&read_text(path, DOCUMENT_BYTES)?, Position::START)),
    }
}

fn is_document(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("json" | "yml" | "yaml"))
}

fn string(text: &str, position: Position) -> Spanned {
    Spanned {
        node: SpannedNode::String(text.into()),
        position,
    }
}

/// A scalar as it reads within a text.
pub(crate) fn scalar_text(node: &Spanned) -> Option<String> {
    match &node.node {
        SpannedNode::String(text) => Some(text.to_string()),
        SpannedNode::Number(_) | SpannedNode::Bool(_) => Some(node.to_value().to_json()),
        _ => None,
    }
}

/// Gives a tree from elsewhere the place of what it replaces.
pub(crate) fn move_to(tree: &mut Spanned, position: Position) {
    tree.position = position;
    match &mut tree.node {
        SpannedNode::Array(items) => items.iter_mut().for_each(|item| move_to(item, position)),
        SpannedNode::Object(entries) => {
            for entry in entries {
                entry.key_position = position;
                move_to(&mut entry.value, position);
            }
        }
        _ => {}
    }
}

fn size(tree: &Spanned) -> usize {
    1 + match &tree.node {
        SpannedNode::String(text) => text.len(),
        SpannedNode::Array(items) => items.iter().map(size).sum(),
        SpannedNode::Object(entries) => entries
            .iter()
            .map(|entry| entry.key.len() + size(&entry.value))
            .sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str) -> String {
        let document = r#"{"service": "consult-api", "provider": {"stage": "${opt:stage, 'dev'}"},
            "custom": {"dev": {"table": "orders"}, "limits": {"timeout": 7},
            "loop": "${self:custom.loop}", "a": "${self:custom.b}${self:custom.b}",
            "b": "${self:custom.c}${self:custom.c}", "c": "x"}}"#;
        let document = Spanned::parse(document).unwrap();
        let variables = Variables::new(document, PathBuf::new(), Definitions::default());
        let node = string(text, Position::START);
        variables.resolve(&node).to_value().to_json()
    }

    #[test]
    fn variables_are_resolved() {
        for (text, resolved) in [
            (
                "${self:service}-${self:provider.stage}-hello",
                r#""consult-api-dev-hello""#,
            ),
            ("${self:custom.${self:provider.stage}.table}", r#""orders""#),
            ("${self:custom.limits}", r#"{"timeout":7}"#),
            ("${self:custom.none, self:custom.limits.timeout}", "7"),
            ("${self:custom.none, 'a, b'}", r#""a, b""#),
            ("${sls:stage}", r#""dev""#),
            ("${self:custom.a}", r#""xxxx""#),
        ] {
            assert_eq!(resolve(text), resolved, "{text}");
        }
    }

    #[test]
    fn what_has_no_value_stays() {
        for text in [
            "${opt:stage}",
            "${Table} ${AWS::Region}",
            "${cf:stack.output}",
            "${",
            "}${",
        ] {
            assert_eq!(resolve(text), format!("{text:?}"));
        }
    }

    #[test]
    fn a_variable_of_itself_ends() {
        for text in ["${self:custom.loop}", "x ${self:custom.loop}"] {
            assert_eq!(resolve(text), format!("{text:?}"));
        }
    }
}
