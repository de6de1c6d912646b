//! Fields that hold paths, intrinsic functions and payload templates.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use sandstep_jsonpath::{Expression, Path, PathError, ReferencePath, Root, Template};

use super::fields::Fields;
use super::place::{Node, quoted};
use super::report::{Problem, Report};
use crate::machine::{Dynamic, Payload};

impl Fields<'_> {
    /// A path, where no intrinsic function may stand: `InputPath`, `ItemsPath`, `Variable`.
    pub(super) fn path(&self, name: &'static str) -> Option<Path> {
        let node = self.get(name)?;
        let text = self.text_of(&node)?;
        Path::parse(&text)
            .map_err(|error| self.invalid_path(&node, &text, error))
            .ok()
    }

    /// What a choice rule compares: a path, for which the service has words of its own.
    pub(super) fn operand(&self, name: &'static str) -> Option<Path> {
        let node = self.get(name)?;
        let text = self.text_of(&node)?;
        let path = Path::parse(&text).map_err(|error| {
            let place = self.report().place_in(&node, error.offset);
            let said = match text.starts_with('$') {
                true => NOT_A_REFERENCE,
                false => "Value is not a Reference Path: Reference path didn't start with '$'",
            };
            self.report()
                .error(&place, || not_a_path(&text, error).said(said));
        });
        path.ok()
    }

    /// A path of names and single indexes: `SecondsPath`, `MaxConcurrencyPath`.
    pub(super) fn reference(&self, name: &'static str) -> Option<Path> {
        let path = self.path(name)?;
        if !path.is_reference() {
            let place = self.peek(name).expect("read above").place;
            self.report().error(&place, || not_a_reference(path.text()));
        }
        Some(path)
    }

    /// The place of a result in the state's input: `ResultPath`.
    pub(super) fn target_path(&self, name: &'static str) -> Option<ReferencePath> {
        let node = self.get(name)?;
        let text = self.text_of(&node)?;
        let path = Path::parse(&text)
            .map_err(|error| self.invalid_path(&node, &text, error))
            .ok()?;
        if *path.root() != Root::Input {
            self.report()
                .error(&node.place, || outside_the_input(&text));
        }
        let reference = ReferencePath::try_from(path);
        if reference.is_err() {
            self.report().error(&node.place, || not_a_reference(&text));
        }
        reference.ok()
    }

    fn invalid_path(&self, node: &Node<'_>, text: &str, error: PathError) {
        let place = self.report().place_in(node, error.offset);
        self.report().error(&place, || not_a_path(text, error));
    }

    /// A path or an intrinsic function: `ErrorPath`, `CausePath`.
    pub(super) fn expression(&self, name: &'static str) -> Option<Expression> {
        let node = self.get(name)?;
        expression(&node, self.report())
    }

    /// A payload template, of any type (States Language, "Payload Template", speaks of an
    /// object; the service takes arrays and scalars as well).
    pub(super) fn template(&self, name: &'static str) -> Option<Template> {
        let node = self.get(name)?;
        check_template(&node, self.report());
        Template::parse(&node.value.to_value()).ok()
    }

    /// A payload template in the query language of the fields.
    pub(super) fn payload(&self, name: &'static str) -> Option<Payload> {
        match self.is_jsonata() {
            true => self.jsonata_template(name).map(Payload::Jsonata),
            false => self.template(name).map(Payload::JsonPath),
        }
    }

    /// A payload template that must be an object.
    pub(super) fn object_payload(&self, name: &'static str) -> Option<Payload> {
        let node = self.get(name)?;
        self.expect(&node, node.value.as_object(), "an object")?;
        self.payload(name)
    }

    /// An integer, or the path or the expression of one.
    pub(super) fn dynamic(
        &self,
        constant: &'static str,
        path: &'static str,
        range: RangeInclusive<u64>,
    ) -> Option<Dynamic<u64>> {
        if self.is_jsonata() {
            self.add_foreign(&[path]);
            return self.query_or(constant, || self.integer(constant, range));
        }
        self.at_most_one(&[constant, path]);
        let integer = self.integer(constant, range).map(Dynamic::Constant);
        integer.or_else(|| self.reference(path).map(Dynamic::Path))
    }
}

const NOT_A_PATH: &str = "Value must be a valid JSONPath.";
const NOT_A_REFERENCE: &str = "Value is not a Reference Path";

fn not_a_path(text: &str, error: PathError) -> Problem {
    let message = format!("{} is not a path: {}", quoted(text), error.message);
    let problem = Problem::error("invalid-path", message).said(NOT_A_PATH);
    match text.starts_with("States.") {
        true => problem.hint("an intrinsic function cannot stand here"),
        false => problem,
    }
}

fn not_a_reference(text: &str) -> Problem {
    let message = format!("{} is not a reference path", quoted(text));
    let hint = "a reference path has names and single indexes only, such as \"$.a.b[0]\"";
    Problem::error("invalid-reference-path", message)
        .hint(hint)
        .said(NOT_A_REFERENCE)
}

fn outside_the_input(text: &str) -> Problem {
    let message = format!("{} does not lie in the state's input", quoted(text));
    let hint = "\"ResultPath\" begins with \"$\", not with \"$$\" or a variable";
    Problem::error("invalid-result-path", message)
        .hint(hint)
        .said(NOT_A_REFERENCE)
}

/// Reports everything in a payload template that is not as it should be.
fn check_template(node: &Node<'_>, report: &Report<'_>) {
    for item in node.items() {
        check_template(&item, report);
    }
    let entries = node.value.as_object().unwrap_or_default();
    let is_dynamic = entries.iter().any(|entry| entry.key.ends_with(".$"));
    let mut names = HashSet::new();
    for (entry, member) in node.members() {
        let name = entry.key.strip_suffix(".$");
        // Two equal keys, without a suffix to strip, are a duplicate key and reported as that.
        if is_dynamic && !names.insert(name.unwrap_or(&entry.key)) {
            report.error(&node.place.key(entry), || repeated_name(&entry.key));
        }
        match name {
            Some(_) => drop(expression(&member, report)),
            None => check_template(&member, report),
        }
    }
}

fn repeated_name(key: &str) -> Problem {
    let message = format!("{} is there twice once \".$\" is taken off", quoted(key));
    Problem::error("duplicate-template-field", message)
}

fn expression(node: &Node<'_>, report: &Report<'_>) -> Option<Expression> {
    let Some(text) = node.value.as_str() else {
        report.error(&node.place, || {
            let message = "a field that ends in \".$\" must be a path or an intrinsic function";
            let described = super::fields::described(node);
            let problem = Problem::error("wrong-type", format!("{message}, not {described}"));
            no_expression(problem, node)
        });
        return None;
    };
    match Expression::parse(text) {
        Ok(expression) => Some(expression),
        Err(error) => {
            report.error(&report.place_in(node, error.offset), || {
                let message = format!("not a path or an intrinsic function: {}", error.message);
                no_expression(Problem::error("invalid-expression", message), node)
            });
            None
        }
    }
}

/// How the service says that a field should hold a path or an intrinsic function.
fn no_expression(problem: Problem, node: &Node<'_>) -> Problem {
    match node.place.name().filter(|name| name.ends_with(".$")) {
        Some(name) => {
            let wanted = "must be a valid JSONPath or a valid intrinsic function call";
            let said = format!("The value for the field '{name}' {wanted}");
            problem.said(said).said_around()
        }
        None => problem.said(NOT_A_PATH),
    }
}
