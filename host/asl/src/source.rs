//! Reads documents, JSON or YAML, into trees that remember where everything stood.
//!
//! Definitions of state machines come this way, and whatever else a project writes in
//! either notation: a `serverless.yml` with CloudFormation's short tags reads as the JSON
//! that CloudFormation would make of it.

mod cloudformation;
mod core_schema;
mod json_words;
mod yaml;

use std::ffi::OsStr;
use std::path::Path;

use sandstep_json::{ParseError, Position, Spanned};

pub use self::json_words::JsonRefusal;
use crate::diagnostic::{Diagnostic, Severity};
use crate::verdict::Code;

/// The notation of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 8259.
    Json,
    /// YAML 1.2 with its core schema; see [`read_yaml`].
    Yaml,
}

/// Why a text is not a document, and where that was noticed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at line {}, column {}", position.line, position.column)]
pub struct SourceError {
    /// The notation that the text was read as.
    pub format: Format,
    /// What is wrong, in lower case, without the place.
    pub message: String,
    /// Where it was noticed.
    pub position: Position,
}

impl Format {
    /// Tells the notation by the first character that is not white space: `{` begins JSON.
    pub fn of(text: &str) -> Self {
        if text.trim_start().starts_with('{') {
            Self::Json
        } else {
            Self::Yaml
        }
    }
}

/// Reads a document in the notation that [`Format::of`] finds. A byte order mark is skipped.
///
/// Equal keys of one object all stay in the tree, so that they can be reported.
pub fn read(text: &str) -> Result<Spanned, SourceError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match Format::of(text) {
        Format::Json => read_json(text),
        Format::Yaml => read_yaml(text),
    }
}

/// Reads the text of a file. What begins as JSON and is none may still be YAML in flow
/// style where the file is called `.yaml` or `.yml`: `{StartAt: A}`.
pub fn read_file(file: &Path, text: &str) -> Result<Spanned, SourceError> {
    read(text).or_else(|error| match error.format {
        Format::Json if is_yaml(file) => read_yaml(text).map_err(|_| error),
        _ => Err(error),
    })
}

fn is_yaml(file: &Path) -> bool {
    let extension = file.extension().and_then(OsStr::to_str);
    matches!(extension, Some("yaml" | "yml"))
}

/// Reads JSON; its depth is bounded by [`sandstep_json::MAX_DEPTH`].
pub fn read_json(text: &str) -> Result<Spanned, SourceError> {
    Spanned::parse(text).map_err(SourceError::from)
}

/// Why a text is no JSON, in the service's words; `None` if it is JSON.
pub fn why_not_json(text: &str) -> Option<JsonRefusal> {
    let error = sandstep_json::Value::parse(text).err()?;
    Some(json_words::refuse(text, error.position.offset))
}

/// Reads one YAML document as the JSON that it stands for.
///
/// Plain scalars follow the core schema of YAML 1.2 (`yes` and `no` are strings). Anchors,
/// aliases and the merge key `<<` are resolved; what is merged yields to keys that are
/// written out. The short tags of CloudFormation become its functions:
/// `!GetAtt Fn.Arn` reads as `{"Fn::GetAtt": ["Fn", "Arn"]}`.
///
/// Fails on several documents in one text, on keys that are not scalars, on unknown tags,
/// on `.inf` and `.nan`, on nesting beyond [`sandstep_json::MAX_DEPTH`], and where anchors
/// and aliases together would copy more than 250,000 values.
pub fn read_yaml(text: &str) -> Result<Spanned, SourceError> {
    yaml::read(text)
}

impl From<ParseError> for SourceError {
    fn from(error: ParseError) -> Self {
        Self {
            format: Format::Json,
            message: error.message,
            position: error.position,
        }
    }
}

impl From<SourceError> for Diagnostic {
    fn from(error: SourceError) -> Self {
        let rule = match error.format {
            Format::Json => "invalid-json",
            Format::Yaml => "invalid-yaml",
        };
        Self {
            severity: Severity::Error,
            rule,
            code: Some(Code::InvalidJsonDescription),
            path: "$".to_owned(),
            line: error.position.line,
            column: error.position.column,
            message: error.message,
            hint: None,
        }
    }
}
