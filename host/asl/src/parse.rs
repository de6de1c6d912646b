//! Reads a definition into a state machine, or finds all its problems.

mod choice;
mod distributed;
mod draft;
mod duplicates;
mod expressions;
mod fail;
mod fields;
mod flow;
mod graph;
mod jsonata;
mod locate;
mod lone;
mod lookalike;
mod map;
mod parallel;
mod pass;
mod place;
mod recovery;
mod references;
mod report;
mod resource;
mod scope;
mod state;
mod suggest;
mod task;
mod variables;
mod wait;

pub use suggest::did_you_mean;

use std::ops::RangeInclusive;
use std::path::Path;

use sandstep_json::{Spanned, Text};

use self::draft::Draft;
use self::fields::Fields;
use self::place::Node;
use crate::diagnostic::Diagnostic;
use crate::machine::{StateId, StateMachine};
use crate::source;
use crate::verdict::Verdict;

/// How many bytes a definition may have (AWS, "Quotas", "Maximum state machine definition size").
const MAX_SIZE: usize = 1024 * 1024;

/// A machine's `TimeoutSeconds` (AWS, "State machine structure").
const TIMEOUT_SECONDS: RangeInclusive<u64> = 1..=99_999_999;

/// What the whole definition is called.
const MACHINE: &str = "a state machine";

/// What [`StateMachine::parse`] found.
#[derive(Debug)]
pub struct Parsed {
    /// The machine, if no diagnostic is an error.
    pub machine: Option<StateMachine>,
    /// All problems, in the order of the text. Beyond 100 they are only counted, in a last
    /// diagnostic with the rule `too-many-problems`.
    pub diagnostics: Vec<Diagnostic>,
    /// What the service says of the definition; it refuses what has no `machine`.
    pub verdict: Verdict,
}

/// How strictly a definition is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether a `Resource` must be an ARN or the name of a function; otherwise any text
    /// will do. True by default.
    pub check_arns: bool,
    /// Whether a `Resource` may have placeholders like `${Name}`, which get their values
    /// later. False by default.
    pub allow_placeholders: bool,
    /// Whether the machine is an EXPRESS one, which lacks activities, distributed Map
    /// states and the integration patterns that wait. False by default.
    pub express: bool,
    /// Whether a definition must be written in JSON, as the service takes it. False by
    /// default: YAML is read as well.
    pub json_only: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            check_arns: true,
            allow_placeholders: false,
            express: false,
            json_only: false,
        }
    }
}

impl StateMachine {
    /// Reads a definition in JSON or YAML, with the default [`Options`].
    ///
    /// Finds all problems at once. Any text is safe to read: size, depth and the number of
    /// diagnostics are bounded, and the time is linear in the size.
    pub fn parse(text: &str) -> Parsed {
        Self::parse_with(text, &Options::default())
    }

    /// Reads a definition in JSON or YAML; see [`StateMachine::parse`].
    pub fn parse_with(text: &str, options: &Options) -> Parsed {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        read(text, options, |definition| {
            read_into(&definition, Draft::new(options, Some(text)))
        })
    }

    /// Reads a definition from the text of a file, whose name allows YAML in flow style;
    /// see [`source::read_file`].
    pub fn parse_file(file: &Path, text: &str, options: &Options) -> Parsed {
        let is_any = text.len() <= MAX_SIZE && !options.json_only;
        match source::read_file(file, text) {
            Ok(definition) if is_any => read_into(&definition, Draft::new(options, Some(text))),
            // Which tells what is wrong with the text.
            _ => Self::parse_with(text, options),
        }
    }

    /// Reads a definition that is part of a larger document.
    pub fn from_source(definition: &Spanned, options: &Options) -> Parsed {
        read_into(definition, Draft::new(options, None))
    }
}

/// Reads a text as a document, unless it is too large or none.
fn read(text: &str, options: &Options, parse: impl FnOnce(Spanned) -> Parsed) -> Parsed {
    if text.len() > MAX_SIZE {
        return refused(too_large(text.len()), Verdict::of_no_object());
    }
    let document = match options.json_only {
        true => source::read_json(text),
        false => source::read(text),
    };
    match document {
        Ok(definition) => parse(definition),
        Err(error) => refused(error.into(), Verdict::of_no_json(text)),
    }
}

/// A text that is no document.
fn refused(problem: Diagnostic, verdict: Verdict) -> Parsed {
    Parsed {
        machine: None,
        diagnostics: vec![problem],
        verdict,
    }
}

fn read_into(definition: &Spanned, draft: Draft<'_>) -> Parsed {
    let root = Node::root(definition);
    duplicates::report(root, &draft.report);
    let head = head(root, &draft);
    let (states, diagnostics, verdict) = draft.finish();
    let machine = head.zip(states).map(|(head, states)| {
        StateMachine::new(states, head.start_at, head.timeout_seconds, head.comment)
    });
    Parsed {
        machine,
        diagnostics,
        verdict,
    }
}

/// The top-level fields of a machine.
struct Head {
    start_at: StateId,
    timeout_seconds: Option<u64>,
    comment: Option<Text>,
}

fn head(root: Node<'_>, draft: &Draft<'_>) -> Option<Head> {
    let fields = Fields::of(root, MACHINE, &draft.report)?;
    draft.is_jsonata.set(jsonata::is_language_of(&fields));
    fields.one_of("Version", &["1.0"]);
    let timeout_seconds = fields.integer("TimeoutSeconds", TIMEOUT_SECONDS);
    let comment = fields.text("Comment");
    let start_at = scope::parse(&fields, draft, None, false);
    fields.finish();
    Some(Head {
        start_at: start_at?,
        timeout_seconds,
        comment,
    })
}

fn too_large(size: usize) -> Diagnostic {
    let message = format!("the definition has {size} bytes, more than {MAX_SIZE}");
    Diagnostic {
        severity: crate::diagnostic::Severity::Error,
        rule: "definition-too-large",
        code: None,
        path: "$".to_owned(),
        line: 1,
        column: 1,
        message,
        hint: None,
    }
}
