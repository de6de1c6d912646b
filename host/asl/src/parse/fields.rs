//! Reads the fields of an object, and knows which ones nobody asked for.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use sandstep_json::{Entry, Number, Text, Value};

use super::place::{Node, Place, quoted};
use super::report::{Problem, Report};
use super::suggest::{did_you_mean, nearest, who_has};
use super::variables::Variables;
use crate::machine::QueryLanguage;
use crate::verdict::NO_OBJECT;

/// The fields of one object of a definition.
///
/// A reader that finds a field of the wrong shape reports it and answers `None`, as for an
/// absent one: a definition with an error is refused anyway. Whoever is done calls
/// [`Fields::finish`], which reports the fields that no reader asked for.
pub(super) struct Fields<'a> {
    entries: &'a [Entry],
    place: Place<'a>,
    report: &'a Report<'a>,
    /// What the object is: `a Wait state`, `a retrier`.
    owner: &'static str,
    /// What the expressions among them are written in.
    language: QueryLanguage,
    /// The depth of the state that they are part of.
    state_depth: usize,
    /// The machine's variables, where these are fields of a state.
    variables: Option<&'a Variables>,
    offered: Offered,
    asked: RefCell<Vec<&'static str>>,
    /// The fields that the object would have in the other query language.
    foreign: RefCell<Vec<&'static str>>,
}

/// What `$states` has beside the input and the context object in `Output` and `Assign`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offered {
    Nothing,
    Result,
    ErrorOutput,
}

impl<'a> Fields<'a> {
    /// The fields of an object; `None`, reported, if the node is something else.
    pub(super) fn of(node: Node<'a>, owner: &'static str, report: &'a Report<'a>) -> Option<Self> {
        let Some(entries) = node.value.as_object() else {
            report.error(&node.place, || {
                let problem = wrong_type(&node, &format!("an object, {owner}"));
                match node.place.is_root() {
                    true => problem.said(NO_OBJECT).said_nowhere(),
                    false => problem,
                }
            });
            return None;
        };
        // A comment may stand anywhere.
        let asked = RefCell::new(vec!["Comment"]);
        Some(Self {
            entries,
            place: node.place,
            report,
            owner,
            language: QueryLanguage::default(),
            state_depth: 0,
            variables: None,
            offered: Offered::Nothing,
            asked,
            foreign: RefCell::default(),
        })
    }

    /// The same as the fields of a state in a query language.
    pub(super) fn of_state(
        self,
        owner: &'static str,
        language: QueryLanguage,
        variables: &'a Variables,
    ) -> Self {
        let state_depth = self.place.depth();
        Self {
            owner,
            language,
            state_depth,
            variables: Some(variables),
            ..self
        }
    }

    /// The same with more in `$states`.
    pub(super) fn offering(self, offered: Offered) -> Self {
        Self { offered, ..self }
    }

    /// The fields of an object inside this one, in the same language; `None`,
    /// reported, if the node is something else.
    pub(super) fn inner<'n>(&self, node: Node<'n>, owner: &'static str) -> Option<Fields<'n>>
    where
        'a: 'n,
    {
        Some(Fields {
            language: self.language,
            state_depth: self.state_depth,
            variables: self.variables,
            ..Fields::of(node, owner, self.report)?
        })
    }

    /// Tells of fields that belong to this object in the other query language alone.
    pub(super) fn add_foreign(&self, names: &[&'static str]) {
        self.foreign.borrow_mut().extend(names);
    }

    /// Whether a field of the other query language is there.
    pub(super) fn has_foreign(&self) -> bool {
        let foreign = self.foreign.borrow();
        foreign.iter().any(|name| self.peek(name).is_some())
    }

    /// Leaves fields of the other query language alone, since its choice was refused.
    pub(super) fn allow_foreign(&self) {
        let foreign = self.foreign.take();
        self.asked.borrow_mut().extend(foreign);
    }

    pub(super) fn is_jsonata(&self) -> bool {
        self.language == QueryLanguage::Jsonata
    }

    pub(super) fn variables(&self) -> Option<&'a Variables> {
        self.variables
    }

    /// What `$states` has in the field that a place is in.
    pub(super) fn offered_at(&self, place: &Place<'_>) -> Offered {
        match place.name_below(self.place.depth()) {
            Some("Output" | "Assign") => self.offered,
            _ => Offered::Nothing,
        }
    }

    /// The path of a place in the state, as the service's messages have it.
    pub(super) fn location(&self, place: &Place<'_>) -> Text {
        place.path_below(self.state_depth).into()
    }

    pub(super) fn place(&self) -> &Place<'a> {
        &self.place
    }

    pub(super) fn report(&self) -> &'a Report<'a> {
        self.report
    }

    /// A field of any type.
    pub(super) fn get(&self, name: &'static str) -> Option<Node<'_>> {
        self.asked.borrow_mut().push(name);
        self.peek(name)
    }

    /// A field, without having asked for it.
    pub(super) fn peek(&self, name: &str) -> Option<Node<'_>> {
        let entry = self.entries.iter().rfind(|entry| entry.key == *name)?;
        Some(self.place.member(entry))
    }

    /// A field whose name was probably meant to be this one.
    pub(super) fn misspelt(&self, name: &str) -> Option<Node<'_>> {
        let entry = self.misspelt_entry(name)?;
        Some(self.place.member(entry))
    }

    fn misspelt_entry(&self, name: &str) -> Option<&'a Entry> {
        let mut entries = self.entries.iter();
        entries.find(|entry| nearest(&entry.key, [name]).is_some())
    }

    /// A field that must be there.
    pub(super) fn require(&self, name: &'static str) -> Option<Node<'_>> {
        self.require_all(&[name]);
        self.peek(name)
    }

    /// Reports which of these fields are not there, and asks for all of them.
    pub(super) fn require_all(&self, names: &[&'static str]) {
        let mut absent = names.to_vec();
        absent.retain(|name| self.get(name).is_none());
        let said = format!("These fields are required: [{}]", absent.join(", "));
        for (index, name) in absent.iter().enumerate() {
            self.report.error(&self.place, || {
                let problem = self.needs(&[name]);
                match index {
                    0 => problem.said(&said),
                    _ => problem.unsaid(),
                }
            });
        }
    }

    pub(super) fn text(&self, name: &'static str) -> Option<Text> {
        self.text_of(&self.get(name)?)
    }

    pub(super) fn require_text(&self, name: &'static str) -> Option<Text> {
        self.text_of(&self.require(name)?)
    }

    pub(super) fn text_of(&self, node: &Node<'_>) -> Option<Text> {
        self.expect(node, node.value.as_text(), "a string").cloned()
    }

    pub(super) fn bool(&self, name: &'static str) -> Option<bool> {
        let node = self.get(name)?;
        self.expect(&node, node.value.as_bool(), "a boolean")
    }

    /// A whole number within a range.
    pub(super) fn integer(&self, name: &'static str, range: RangeInclusive<u64>) -> Option<u64> {
        let node = self.get(name)?;
        let number = self.number_of(&node, "an integer")?;
        let integer = number
            .to_integer()
            .and_then(|integer| u64::try_from(integer).ok());
        let integer = integer.filter(|integer| range.contains(integer));
        if integer.is_none() {
            let (start, end) = (range.start(), range.end());
            let expected = format!("an integer from {start} to {end}");
            let said = match number.as_f64() {
                float if float.fract() != 0.0 => "Expected value of type Integer".to_owned(),
                float if float > *end as f64 => format!("Maximum value is {end}"),
                _ => format!("Minimum value is {start}"),
            };
            self.out_of_range(&node, &expected, number, said);
        }
        integer
    }

    /// A number within a range.
    pub(super) fn number(&self, name: &'static str, range: RangeInclusive<f64>) -> Option<f64> {
        let node = self.get(name)?;
        let number = self.number_of(&node, "a number")?;
        let float = number.as_f64();
        if range.contains(&float) {
            return Some(float);
        }
        let (start, end) = (*range.start(), *range.end());
        let expected = match end {
            f64::MAX => format!("{start:?} or more"),
            end => format!("a number from {start} to {end}"),
        };
        let said = match float > end {
            true => format!("Maximum value is {end:?}"),
            false => format!("Minimum value is {start:?}"),
        };
        self.out_of_range(&node, &expected, number, said);
        None
    }

    fn number_of<'n>(&self, node: &Node<'n>, expected: &str) -> Option<&'n Number> {
        self.expect(node, node.value.as_number(), expected)
    }

    /// A field of any type, as a value.
    pub(super) fn value(&self, name: &'static str) -> Option<Value> {
        Some(self.get(name)?.value.to_value())
    }

    /// A string of a fixed set.
    pub(super) fn one_of(
        &self,
        name: &'static str,
        values: &[&'static str],
    ) -> Option<&'static str> {
        let text = self.text(name)?;
        let value = values.iter().find(|value| *text == ***value).copied();
        if value.is_none() {
            let place = self.peek(name).expect("read above").place;
            self.report
                .error(&place, || not_one_of(name, &text, values));
        }
        value
    }

    /// An array with at least one element.
    pub(super) fn require_items(&self, name: &'static str) -> Option<Node<'_>> {
        self.require_all(&[name]);
        self.items(name)
    }

    /// An array that has at least one element where it is there at all.
    pub(super) fn items(&self, name: &'static str) -> Option<Node<'_>> {
        let node = self.get(name)?;
        let items = self.expect(&node, node.value.as_array(), "an array")?;
        if items.is_empty() {
            self.report.error(&node.place, || {
                Problem::error("empty-list", format!("\"{name}\" must not be empty"))
                    .said("Value cannot be empty")
            });
            return None;
        }
        Some(node)
    }

    /// The elements of an array that may be absent.
    pub(super) fn list(&self, name: &'static str) -> Option<Node<'_>> {
        let node = self.get(name)?;
        self.expect(&node, node.value.as_array(), "an array")?;
        Some(node)
    }

    /// The one of these fields that is there. Reports a second one.
    pub(super) fn at_most_one(&self, names: &[&'static str]) -> Option<&'static str> {
        let present: Vec<_> = names
            .iter()
            .copied()
            .filter(|name| self.get(name).is_some())
            .collect();
        if let [first, .., last] = present[..] {
            let place = self.peek(last).expect("it is there").place;
            self.report
                .error(&place, || exclusive(first, last, names).said_around());
        }
        present.first().copied()
    }

    /// The one of these fields that is there. Reports a second one, and if there is none.
    pub(super) fn exactly_one(&self, names: &[&'static str]) -> Option<&'static str> {
        let present = self.at_most_one(names);
        if present.is_none() {
            self.report.error(&self.place, || {
                let said = "This object should have only one of the following fields:";
                self.needs(names)
                    .said(format!("{said} {}", in_brackets(names)))
            });
        }
        present
    }

    fn needs(&self, names: &[&str]) -> Problem {
        let owner = self.owner;
        let problem = match names {
            [name] => format!("{owner} needs the field \"{name}\""),
            _ => format!("{owner} needs one of the fields {}", listed(names)),
        };
        Problem::error("missing-field", problem)
    }

    fn out_of_range(&self, node: &Node<'_>, range: &str, number: &Number, said: String) {
        self.report.error(&node.place, || {
            let message = format!("must be {range}, not {}", short(&number.text()));
            Problem::error("out-of-range", message).said(said)
        });
    }

    /// Passes on what a node was read as, or reports what it should have been.
    pub(super) fn expect<T>(&self, node: &Node<'_>, read: Option<T>, expected: &str) -> Option<T> {
        if read.is_none() {
            self.report
                .error(&node.place, || wrong_type(node, expected));
        }
        read
    }

    /// Reports every field that no reader asked for.
    pub(super) fn finish(self) {
        let asked = self.asked.borrow();
        for entry in self.entries {
            if !asked.contains(&entry.key.as_str()) {
                self.refuse(entry, &asked);
            }
        }
    }

    /// Reports a field whose name was probably meant to be this one.
    pub(super) fn refuse_misspelt(&self, name: &'static str) {
        if let Some(entry) = self.misspelt_entry(name) {
            self.refuse(entry, &[name]);
        }
    }

    fn refuse(&self, entry: &Entry, asked: &[&'static str]) {
        let place = self.place.key(entry);
        self.report
            .error(&place, || self.unknown(&entry.key, asked).said_around());
    }

    fn unknown(&self, name: &str, asked: &[&'static str]) -> Problem {
        if self.foreign.borrow().contains(&name) {
            return self.foreign(name);
        }
        let message = format!("{} has no field {}", self.owner, quoted(name));
        let hint = who_has(name).or_else(|| did_you_mean(name, asked.iter().copied()));
        Problem::error("unknown-field", message)
            .maybe_hint(hint)
            .said(format!("Field '{name}' is not supported"))
    }

    fn foreign(&self, name: &str) -> Problem {
        let (rule, its, ours) = match self.is_jsonata() {
            true => ("needs-jsonpath", "JSONPath", "JSONata"),
            false => ("needs-jsonata", "JSONata", "JSONPath"),
        };
        let owner = self.owner;
        let message = format!("\"{name}\" is a field of {its}, and {owner} here uses {ours}");
        Problem::error(rule, message).said(format!(
            "The QueryLanguage is set to '{ours}', but field '{name}' is only supported for the \
             '{its}' QueryLanguage"
        ))
    }
}

fn wrong_type(node: &Node<'_>, expected: &str) -> Problem {
    let message = format!("must be {expected}, not {}", described(node));
    let problem = Problem::error("wrong-type", message).said(expected_type(expected));
    match node.value.as_str() {
        Some(text) if text.trim_start().starts_with("{%") => {
            problem.hint("an expression between {% and %} is JSONata, which does not stand here")
        }
        _ => problem,
    }
}

/// How the service asks for a type that we call `a string` or `an object, a retrier`.
fn expected_type(expected: &str) -> String {
    let types = [
        ("string", "[STRING]"),
        ("integer", "Integer"),
        ("number", "[NUMBER]"),
        ("boolean", "[BOOLEAN]"),
        ("object", "[OBJECT]"),
        ("array", "[ARRAY]"),
    ];
    let mut words = expected.split([' ', ',']);
    let name = words.find_map(|word| types.iter().find(|(ours, _)| *ours == word));
    let (_, name) = name.copied().unwrap_or(("", expected));
    format!("Expected value of type {name}")
}

/// `the string "5"`, `an object`, `null`
pub(super) fn described(node: &Node<'_>) -> String {
    match (node.value.as_str(), node.value.type_name()) {
        (Some(text), _) => format!("the string {}", quoted(text)),
        (None, "null") => "null".to_owned(),
        (None, name @ ("array" | "object")) => format!("an {name}"),
        (None, name) => format!("a {name}"),
    }
}

fn not_one_of(name: &str, text: &str, values: &[&'static str]) -> Problem {
    let message = format!(
        "\"{name}\" must be one of {}, not {}",
        listed(values),
        quoted(text)
    );
    let hint = did_you_mean(text, values.iter().copied());
    let values = in_brackets(values);
    let said = match name {
        "Type" => format!("The field 'Type' should have one of these values: {values}"),
        _ => format!("Value should be one of the following: {values}"),
    };
    Problem::error("unknown-value", message)
        .maybe_hint(hint)
        .said(said)
}

fn exclusive(first: &str, last: &str, names: &[&str]) -> Problem {
    let message = format!("\"{first}\" and \"{last}\" exclude one another");
    let said = "There should only be one of the following fields:";
    let problem =
        Problem::error("exclusive-fields", message).said(format!("{said} {}", in_brackets(names)));
    match names {
        [_, _] => problem,
        _ => problem.hint(format!("keep one of {}", listed(names))),
    }
}

/// `"Seconds", "SecondsPath", "Timestamp"`
fn listed(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect::<Vec<_>>()
        .join(", ")
}

/// `[Seconds, SecondsPath, Timestamp]`, as the service lists fields and values
pub(super) fn in_brackets(names: &[&str]) -> String {
    format!("[{}]", names.join(", "))
}

/// A number's text without the tail of an absurdly long one.
fn short(text: &str) -> &str {
    &text[..text.len().min(40)]
}
