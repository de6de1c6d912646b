//! Why a path leads nowhere.

use std::fmt;

use sandstep_json::Value;

use crate::Path;
use crate::select::Miss;
use crate::step::Step;

/// The most that a message quotes of a value, in characters.
const QUOTE_LIMIT: usize = 1_000;

/// A path that leads nowhere. Its text is the sentence that the service's library writes.
///
/// The sentence is put together when it is asked for: a Choice rule that asks whether
/// something `IsPresent` fails often and never looks at it.
#[derive(Clone, Debug)]
pub struct PathFailure {
    path: Path,
    /// The index of the step that failed.
    step: usize,
    reason: Reason,
    /// The value that the step met, where the sentence quotes it.
    met: Option<Value>,
}

/// What a step met.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reason {
    /// The object lacks the last name, or the array an index.
    NoResults,
    /// The object lacks a name that is not the last.
    MissingProperty,
    /// A name was applied to something else than an object.
    NotAnObject,
    /// An index was applied to `null`.
    Null,
    /// An index or a slice was applied to something else than an array.
    NotAnArray,
    /// A filter was applied to a scalar.
    Primitive,
    /// The variable has not been assigned.
    Unassigned,
    /// The path visits too many values.
    TooLarge,
    /// The path holds what the service does not evaluate.
    Refused(&'static str),
}

impl Reason {
    /// Whether nothing was there, rather than something the path cannot be applied to.
    ///
    /// An indefinite path that finds nothing yields an empty array: recorded for missing
    /// parents (`$.item.items[1:5]` on `{}`), while `$[1:5]` on an object fails.
    pub(crate) fn is_absence(self) -> bool {
        use Reason::*;
        matches!(self, NoResults | MissingProperty | NotAnObject | Null)
    }
}

impl PathFailure {
    pub(crate) fn new(path: Path, miss: Miss<'_>) -> Self {
        Self {
            path,
            step: miss.step,
            reason: miss.reason,
            met: miss.met.cloned(),
        }
    }

    /// The path that failed.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the path could be applied and there was nothing. Otherwise it met something
    /// that it cannot be applied to, or cost too much.
    pub fn found_nothing(&self) -> bool {
        self.reason.is_absence()
    }

    /// The cause that the service gives where a field like `InputPath` fails:
    /// `Invalid path '$.a' : No results for path: $['a']`.
    pub fn invalid_path(&self) -> String {
        format!("Invalid path '{}' : {self}", self.path)
    }

    fn quote(&self) -> String {
        let json = self.met.as_ref().unwrap_or(&Value::Null).to_json();
        match json.char_indices().nth(QUOTE_LIMIT) {
            Some((end, _)) => format!("{}…", &json[..end]),
            None => json,
        }
    }
}

impl fmt::Display for PathFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = self.path.steps();
        let before = Normalized(&steps[..self.step]);
        // Only a path that failed at a step names that step.
        let step = steps.get(self.step).unwrap_or(&Step::Wildcard);
        match self.reason {
            Reason::NoResults => write!(f, "No results for path: {}", Normalized(steps)),
            Reason::MissingProperty => write!(f, "Missing property in path {before}{step}"),
            Reason::NotAnObject => write!(f, "Property {step} not found in path {before}"),
            Reason::Null => write!(f, "The path {before} is null"),
            Reason::NotAnArray => write!(
                f,
                "Filter: {step} can only be applied to arrays. Current context is: {}",
                self.quote()
            ),
            Reason::Primitive => write!(
                f,
                "Filter: {step} can not be applied to primitives. Current context is: {}",
                self.quote()
            ),
            Reason::Unassigned => write!(f, "variable '{}' has not been assigned", self.path),
            Reason::TooLarge => f.write_str("the path visits too many values"),
            Reason::Refused(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for PathFailure {}

/// Steps in Jayway's normal form: `$['a'][0]`.
struct Normalized<'a>(&'a [Step]);

impl fmt::Display for Normalized<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        self.0.iter().try_for_each(|step| step.fmt(f))
    }
}
