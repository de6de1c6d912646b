//! What the service says of a definition: the answer of `ValidateStateMachineDefinition`, and
//! the message with which `CreateStateMachine` and `UpdateStateMachine` refuse.
//!
//! Our own [`Diagnostic`](crate::Diagnostic)s tell a person what to do; these tell a client what
//! it has always been told. Both come from the same rules, so that a definition with an error
//! here has one there.

mod label;

use std::fmt;

pub(crate) use self::label::LabelFault;
use crate::diagnostic::Severity;
use crate::source::{self, JsonRefusal};

/// How many complaints an answer has at most (AWS, "ValidateStateMachineDefinition",
/// `maxResults`).
pub(crate) const MAX_COMPLAINTS: usize = 100;

/// Recorded for a blank definition.
pub(crate) const NO_OBJECT: &str = "Definition must be a valid JSON object";

/// What the service says of a definition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Errors and warnings, in the service's order: what a state may say first, then where
    /// transitions lead. At most 100.
    pub complaints: Vec<Complaint>,
    /// More than 100 were found.
    pub is_truncated: bool,
    /// The first label of a distributed Map that is not one.
    pub(crate) label_fault: Option<LabelFault>,
}

/// One problem, as a `ValidateStateMachineDefinitionDiagnostic` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Whether the definition is refused because of it.
    pub severity: Severity,
    /// What kind of problem it is.
    pub code: Code,
    /// In the service's words where they are known. Names in it are cut beyond 1,000 characters.
    pub message: String,
    /// `/States/Work/Retry[0]/ErrorEquals`, `/` for the machine as a whole. `None` where the
    /// problem has no place.
    pub location: Option<String>,
}

/// What kind of problem a [`Complaint`] is (AWS, "ValidateStateMachineDefinitionDiagnostic").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// The text is no JSON.
    InvalidJsonDescription,
    /// A field is missing, superfluous or of the wrong shape.
    SchemaValidationFailed,
    /// A JSONata expression does not parse.
    InvalidJsonataExpression,
    /// A JSONata expression reads what the service does not offer at its place.
    UnsupportedJsonataExpression,
    /// `Assign` names something that no variable can be called.
    InvalidVariableName,
    /// `Assign` names `states`.
    ReservedVariableName,
    /// `Assign` in a branch or an iteration names a variable of the scope around it.
    DuplicateVariableName,
    /// A state's name is empty or too long.
    InvalidStateName,
    /// Two states have the same name.
    DuplicateStateName,
    /// A Map's label is empty, too long or has a character that a label cannot have.
    InvalidLabelName,
    /// Two Map states have the same label.
    DuplicateLabelName,
    /// Scopes or rules are nested too deeply.
    TooDeeplyNested,
    /// A transition leads nowhere, or no transition leads to a state.
    MissingTransitionTarget,
    /// No state of the machine is a terminal one.
    MissingEndState,
    /// A warning: a field looks like a path but its name lacks `.$`.
    NoDollar,
    /// A warning: a field's value looks like a path but its name does not end in `Path`.
    NoPath,
    /// A warning: a path in the `Result` of a Pass state.
    PassResultIsStatic,
    /// A warning: no state assigns a variable that an expression reads.
    PossiblyUndefinedVariable,
}

impl Verdict {
    /// What the service says of a text that is no JSON.
    pub(crate) fn of_no_json(text: &str) -> Self {
        let refusal = source::why_not_json(text).filter(|_| !text.trim().is_empty());
        let Some(JsonRefusal { message, location }) = refusal else {
            return Self::of_no_object();
        };
        Self::of(Complaint {
            severity: Severity::Error,
            code: Code::InvalidJsonDescription,
            message: format!("{message}\n at {location}"),
            location: Some(location),
        })
    }

    /// What the service says of a text that is blank, or JSON but no object.
    pub(crate) fn of_no_object() -> Self {
        Self::of(Complaint {
            severity: Severity::Error,
            code: Code::SchemaValidationFailed,
            message: NO_OBJECT.to_owned(),
            location: None,
        })
    }

    fn of(complaint: Complaint) -> Self {
        Self {
            complaints: vec![complaint],
            ..Self::default()
        }
    }

    /// Whether the definition is refused.
    pub fn has_error(&self) -> bool {
        self.errors().next().is_some()
    }

    /// The message of the `InvalidDefinition` that refuses this definition, whose text is
    /// `definition`; `None` if it is not refused.
    ///
    /// A bad `Label` is refused in words of its own, which quote the whole definition.
    pub fn refusal(&self, definition: &str) -> Option<String> {
        if let Some(fault) = &self.label_fault {
            return Some(fault.refusal(definition));
        }
        let lines: Vec<_> = self.errors().map(ToString::to_string).collect();
        let refused = !lines.is_empty();
        refused.then(|| format!("Invalid State Machine Definition: '{}'", lines.join(", ")))
    }

    fn errors(&self) -> impl Iterator<Item = &Complaint> {
        let complaints = self.complaints.iter();
        complaints.filter(|complaint| complaint.severity == Severity::Error)
    }
}

/// `CODE: message at /States/Work`, as it stands in a refusal.
impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let location = self.location.as_deref().unwrap_or("null");
        write!(f, "{}: {} at {location}", self.code, self.message)
    }
}

impl Code {
    /// The code as it stands in answers: `SCHEMA_VALIDATION_FAILED`.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::InvalidJsonDescription => "INVALID_JSON_DESCRIPTION",
            Code::SchemaValidationFailed => "SCHEMA_VALIDATION_FAILED",
            Code::InvalidJsonataExpression => "INVALID_JSONATA_EXPRESSION",
            Code::UnsupportedJsonataExpression => "UNSUPPORTED_JSONATA_EXPRESSION",
            Code::InvalidVariableName => "INVALID_VARIABLE_NAME",
            Code::ReservedVariableName => "RESERVED_VARIABLE_NAME",
            Code::DuplicateVariableName => "DUPLICATE_VARIABLE_NAME",
            Code::InvalidStateName => "INVALID_STATE_NAME",
            Code::DuplicateStateName => "DUPLICATE_STATE_NAME",
            Code::InvalidLabelName => "INVALID_LABEL_NAME",
            Code::DuplicateLabelName => "DUPLICATE_LABEL_NAME",
            Code::TooDeeplyNested => "TOO_DEEPLY_NESTED",
            Code::MissingTransitionTarget => "MISSING_TRANSITION_TARGET",
            Code::MissingEndState => "MISSING_END_STATE",
            Code::NoDollar => "NO_DOLLAR",
            Code::NoPath => "NO_PATH",
            Code::PassResultIsStatic => "PASS_RESULT_IS_STATIC",
            Code::PossiblyUndefinedVariable => "POSSIBLY_UNDEFINED_VARIABLE",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
