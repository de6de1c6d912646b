//! Fields that hold paths, intrinsic functions and payload templates.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use sandstep_jsonpath::{Expression, Path, PathError, ReferencePath, Root, Template};

use super::fields::{Fields, described};
use super::place::{Node, quoted};
use super::report::Problem;
use crate::machine::{Dynamic, Payload};

impl Fields<'_> {
    /// A path, where no intrinsic function may stand: `InputPath`, `ItemsPath`, `Variable`.
    pub(super) fn path(&self, name: &'static str) -> Option<Path> {
        let node = self.get(name)?;
        let text = self.text_of(&node)?;
        let path = Path::parse(&text)
            .map_err(|error| self.invalid_path(&node, &text, error))
            .ok()?;
        self.read_root(path.root(), &node);
        Some(path)
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
        let path = path.ok()?;
        self.read_root(path.root(), &node);
        Some(path)
    }

    fn read_root(&self, root: &Root, node: &Node<'_>) {
        root.each_variable(&mut |name| self.read_variable(name, &node.place));
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
        self.expression_of(&node)
    }

    /// A payload template, of any type (States Language, "Payload Template", speaks of an
    /// object; the service takes arrays and scalars as well).
    pub(super) fn template(&self, name: &'static str) -> Option<Template> {
        let node = self.get(name)?;
        self.check_template(&node);
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

    /// `Assign`.
    pub(super) fn assign(&self) -> Option<Payload> {
        let assign = self.object_payload("Assign")?;
        self.check_assigned(&self.peek("Assign")?);
        Some(assign)
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

    /// Reports everything in a payload template that is not as it should be.
    fn check_template(&self, node: &Node<'_>) {
        for item in node.items() {
            self.check_template(&item);
        }
        let entries = node.value.as_object().unwrap_or_default();
        let is_dynamic = entries.iter().any(|entry| entry.key.ends_with(".$"));
        let mut names = HashSet::new();
        for (entry, member) in node.members() {
            let name = entry.key.strip_suffix(".$");
            // Two equal keys, without a suffix to strip, are a duplicate key and reported as
            // that.
            if is_dynamic && !names.insert(name.unwrap_or(&entry.key)) {
                let key = node.place.key(entry);
                self.report().error(&key, || repeated_name(&entry.key));
            }
            match name {
                Some(_) => drop(self.expression_of(&member)),
                None => {
                    self.warn_of_no_dollar(&member);
                    self.check_template(&member);
                }
            }
        }
    }

    fn expression_of(&self, node: &Node<'_>) -> Option<Expression> {
        let Some(text) = node.value.as_str() else {
            self.report()
                .error(&node.place, || wrong_expression_type(node));
            return None;
        };
        match Expression::parse(text) {
            Ok(expression) => {
                expression.each_variable(&mut |name| self.read_variable(name, &node.place));
                Some(expression)
            }
            Err(error) => {
                let place = self.report().place_in(node, error.offset);
                self.report()
                    .error(&place, || invalid_expression(node, &error));
                None
            }
        }
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

fn repeated_name(key: &str) -> Problem {
    let message = format!("{} is there twice once \".$\" is taken off", quoted(key));
    Problem::error("duplicate-template-field", message)
}

fn wrong_expression_type(node: &Node<'_>) -> Problem {
    let message = "a field that ends in \".$\" must be a path or an intrinsic function";
    let described = described(node);
    let problem = Problem::error("wrong-type", format!("{message}, not {described}"));
    no_expression(problem, node)
}

fn invalid_expression(node: &Node<'_>, error: &PathError) -> Problem {
    let message = format!("not a path or an intrinsic function: {}", error.message);
    no_expression(Problem::error("invalid-expression", message), node)
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
