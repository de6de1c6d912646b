//! Placeholders `${NAME}` in definitions, as CloudFormation and SAM fill them
//! (SAM's `DefinitionSubstitutions`).

use std::collections::BTreeMap;

use sandstep_json::{Position, Spanned, SpannedNode};

/// The values that placeholders may take.
#[derive(Clone, Debug, Default)]
pub(crate) struct Definitions(BTreeMap<String, String>);

/// A placeholder without a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    /// What stands between `${` and `}`.
    pub(crate) name: String,
    /// Where the text begins that it stands in.
    pub(crate) position: Position,
}

impl Definitions {
    /// CloudFormation's pseudo parameters, with the region and account that
    /// Sandstep's own ARNs have.
    pub(crate) fn pseudo_parameters() -> Self {
        let values = [
            ("AWS::Region", super::REGION),
            ("AWS::AccountId", super::ACCOUNT),
            ("AWS::Partition", "aws"),
        ];
        Self(
            values
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        )
    }

    /// Gives a placeholder a value, or another value.
    pub(crate) fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// The value of a placeholder.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Fills the placeholders in all strings of `tree`. What has no value
    /// stays as it is, and is returned, each name once for each string.
    pub(crate) fn fill(&self, tree: &mut Spanned) -> Vec<Missing> {
        let mut missing = Vec::new();
        self.fill_into(tree, &mut missing);
        missing
    }

    fn fill_into(&self, tree: &mut Spanned, missing: &mut Vec<Missing>) {
        let position = tree.position;
        match &mut tree.node {
            SpannedNode::String(text) => {
                let (filled, unknown) = self.fill_text(text);
                missing.extend(unknown.into_iter().map(|name| Missing { name, position }));
                if let Some(filled) = filled {
                    *text = filled.into();
                }
            }
            SpannedNode::Array(items) => {
                items
                    .iter_mut()
                    .for_each(|item| self.fill_into(item, missing));
            }
            SpannedNode::Object(entries) => {
                entries
                    .iter_mut()
                    .for_each(|entry| self.fill_into(&mut entry.value, missing));
            }
            _ => {}
        }
    }

    /// The text with its placeholders filled, if any was, and the names that
    /// have no value.
    fn fill_text(&self, text: &str) -> (Option<String>, Vec<String>) {
        let mut filled = String::new();
        let mut missing = Vec::new();
        let mut rest = text;
        while let Some((before, name, after)) = next_placeholder(rest) {
            filled += before;
            match self.get(name) {
                Some(value) => filled += value,
                None => {
                    filled += &rest[before.len()..rest.len() - after.len()];
                    missing.push(name.to_owned());
                }
            }
            rest = after;
        }
        filled += rest;
        ((filled != text).then_some(filled), missing)
    }
}

/// What stands before the first placeholder, its name, and what follows it.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(found) = text[from..].find("${") {
        let start = from + found;
        let inner = &text[start + 2..];
        let end = inner.find('}')?;
        if is_name(&inner[..end]) {
            return Some((&text[..start], &inner[..end], &inner[end + 1..]));
        }
        from = start + 2;
    }
    None
}

/// Letters, digits and what joins them: `TableName`, `AWS::Region`,
/// `MyTable.Arn`. An expression of JSONata in braces is no name, nor is the
/// empty pair of `States.Format`.
fn is_name(text: &str) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || "_.:-/()".contains(letter);
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && text.chars().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(json: &str) -> (String, Vec<String>) {
        let mut definitions = Definitions::pseudo_parameters();
        definitions.set("Table", "Orders");
        let mut tree = Spanned::parse(json).unwrap();
        let missing = definitions.fill(&mut tree);
        (
            tree.to_value().to_json(),
            missing.into_iter().map(|one| one.name).collect(),
        )
    }

    #[test]
    fn placeholders_are_filled_wherever_they_stand() {
        let (filled, missing) = fill(r#"{"a":["x-${Table}-${Table}","${AWS::Region}"],"n":1}"#);
        assert_eq!(filled, r#"{"a":["x-Orders-Orders","us-east-1"],"n":1}"#);
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn all_that_is_missing_is_named() {
        let (filled, missing) = fill(r#"["${A} ${Table} ${B.Arn}","${A}"]"#);
        assert_eq!(filled, r#"["${A} Orders ${B.Arn}","${A}"]"#);
        assert_eq!(missing, ["A", "B.Arn", "A"]);
    }

    #[test]
    fn other_braces_stay() {
        let json = r#"["States.Format('${}', $.x)","${ $.a }","${","{% $x{a: b} %}"]"#;
        assert_eq!(fill(json), (json.to_owned(), vec![]));
    }
}
