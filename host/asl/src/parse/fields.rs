//! Reads the fields of an object, and knows which ones nobody asked for.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use sandstep_json::{Entry, Number, Text, Value};

use super::place::{Node, Place, quoted};
use super::report::{Problem, Report};
use super::suggest::{did_you_mean, who_has};

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
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Fields<'a> {
    /// The fields of an object; `None`, reported, if the node is something else.
    pub(super) fn of(node: Node<'a>, owner: &'static str, report: &'a Report<'a>) -> Option<Self> {
        let Some(entries) = node.value.as_object() else {
            report.error(&node.place, || {
                wrong_type(&node, &format!("an object, {owner}"))
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
            asked,
        })
    }

    pub(super) fn named(self, owner: &'static str) -> Self {
        Self { owner, ..self }
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

    /// A field that must be there.
    pub(super) fn require(&self, name: &'static str) -> Option<Node<'_>> {
        let node = self.get(name);
        if node.is_none() {
            self.missing(&[name]);
        }
        node
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
            let range = format!("an integer from {} to {}", range.start(), range.end());
            self.out_of_range(&node, &range, number);
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
        let range = match *range.end() {
            f64::MAX => format!("{:?} or more", range.start()),
            end => format!("a number from {} to {end}", range.start()),
        };
        self.out_of_range(&node, &range, number);
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
        let node = self.require(name)?;
        let items = self.expect(&node, node.value.as_array(), "an array")?;
        if items.is_empty() {
            let message = || Problem::error("empty-list", format!("\"{name}\" must not be empty"));
            self.report.error(&node.place, message);
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
            self.report.error(&place, || exclusive(first, last, names));
        }
        present.first().copied()
    }

    /// The one of these fields that is there. Reports a second one, and if there is none.
    pub(super) fn exactly_one(&self, names: &[&'static str]) -> Option<&'static str> {
        let present = self.at_most_one(names);
        if present.is_none() {
            self.missing(names);
        }
        present
    }

    fn missing(&self, names: &[&str]) {
        let owner = self.owner;
        let problem = match names {
            [name] => format!("{owner} needs the field \"{name}\""),
            _ => format!("{owner} needs one of the fields {}", listed(names)),
        };
        self.report
            .error(&self.place, || Problem::error("missing-field", problem));
    }

    fn out_of_range(&self, node: &Node<'_>, range: &str, number: &Number) {
        self.report.error(&node.place, || {
            let message = format!("must be {range}, not {}", short(&number.text()));
            Problem::error("out-of-range", message)
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
                let place = self.place.key(entry);
                self.report
                    .error(&place, || self.unknown(&entry.key, &asked));
            }
        }
    }

    fn unknown(&self, name: &str, asked: &[&'static str]) -> Problem {
        let owner = self.owner;
        match name {
            "Assign" => Problem::error(
                "variables-not-supported",
                "workflow variables (\"Assign\") are not supported by this version",
            ),
            "Arguments" | "Output" | "Items" | "Condition" => {
                let message =
                    format!("\"{name}\" is a field of JSONata, and {owner} here uses JSONPath");
                Problem::error("needs-jsonata", message)
            }
            _ => {
                let message = format!("{owner} has no field {}", quoted(name));
                let hint = who_has(name).or_else(|| did_you_mean(name, asked.iter().copied()));
                Problem::error("unknown-field", message).maybe_hint(hint)
            }
        }
    }
}

fn wrong_type(node: &Node<'_>, expected: &str) -> Problem {
    let message = format!("must be {expected}, not {}", described(node));
    let problem = Problem::error("wrong-type", message);
    match node.value.as_str() {
        Some(text) if text.trim_start().starts_with("{%") => problem
            .hint("an expression between {% and %} is JSONata, which this version does not run"),
        _ => problem,
    }
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
    Problem::error("unknown-value", message).maybe_hint(hint)
}

fn exclusive(first: &str, last: &str, names: &[&str]) -> Problem {
    let message = format!("\"{first}\" and \"{last}\" exclude one another");
    let problem = Problem::error("exclusive-fields", message);
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

/// A number's text without the tail of an absurdly long one.
fn short(text: &str) -> &str {
    &text[..text.len().min(40)]
}
