//! The rows of the contract, as `tests/contract/rows/*.yaml` write them.
//!
//! ```yaml
//! title: Errors
//! about: What a failed handler leaves behind.
//! languages: [javascript]      # every language unless said
//! rows:
//!   - name: a_typed_error_keeps_its_name
//!     proves: what a retrier matches is the handler's own name of the error
//!     source: https://docs.aws.amazon.com/…
//!     handler: deeds           # a function of the language's project
//!     event: '{"do": "fail"}'  # JSON text, {} unless said; or see `Event`
//!     expect: { error: OrderNotFound, message: there is no order * }
//!     differs:                 # where a language truly differs, and why
//!       rust: { because: …, expect: { … } }
//! refusals:                    # sources that do not build
//!   - name: a_syntax_error_names_its_place
//!     proves: …
//!     folder: refused/syntax-error
//!     says: { rust: ["src/lib.rs:5:1"] }
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sandstep_asl::source;
use sandstep_json::Value;
use serde::Deserialize;

use crate::language::LANGUAGES;

/// One file of rows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Topic {
    /// The file's name without its number, as tests are named.
    #[serde(skip)]
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) about: String,
    languages: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) rows: Vec<Row>,
    #[serde(default)]
    pub(crate) refusals: Vec<Refusal>,
}

/// One fact about an invocation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) proves: String,
    /// The page that says so, where there is one.
    pub(crate) source: Option<String>,
    pub(crate) handler: String,
    #[serde(default)]
    pub(crate) event: Event,
    #[serde(default)]
    pub(crate) limits: RowLimits,
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) call: RowCall,
    /// A definition whose tasks call the handler as the function `handler`.
    /// The event is the execution's input then.
    pub(crate) machine: Option<serde_json::Value>,
    /// Whether well-behaved invocations run beside it, which must succeed.
    #[serde(default)]
    pub(crate) beside: bool,
    expect: Expect,
    #[serde(default)]
    pub(crate) differs: BTreeMap<String, Difference>,
}

/// Sources that a builder refuses.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    pub(crate) name: String,
    pub(crate) proves: String,
    pub(crate) source: Option<String>,
    /// Beneath the language's folder.
    pub(crate) folder: String,
    /// By language, texts of which each must stand in what is said. A
    /// language that is not here has no such source.
    pub(crate) says: BTreeMap<String, Vec<String>>,
}

/// What the handler is called with.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Event {
    /// A JSON text.
    Text(String),
    /// A string, so long that its JSON text has this many bytes.
    #[serde(rename_all = "kebab-case")]
    Long { string_of_bytes: usize },
    /// Empty arrays within one another, this many.
    #[serde(rename_all = "kebab-case")]
    Deep { nested_arrays: usize },
}

/// The function's limits; those of the sandbox unless said.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RowLimits {
    pub(crate) cpu_ms: Option<u64>,
    pub(crate) wall_ms: Option<u64>,
    pub(crate) memory_mb: Option<usize>,
    pub(crate) log_bytes: Option<usize>,
}

/// The circumstances of a call; those of a first call by hand unless said.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RowCall {
    pub(crate) attempt: Option<u32>,
    pub(crate) execution_arn: Option<String>,
    pub(crate) state_name: Option<String>,
    pub(crate) idempotency_token: Option<String>,
    /// The virtual clock's time, in milliseconds since the Unix epoch.
    pub(crate) clock_ms: Option<u64>,
    pub(crate) seed: Option<u64>,
}

/// What must come of an invocation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    /// The result, a JSON text; see [`crate::shape`] for what may stand in it.
    pub(crate) result: Option<String>,
    /// The error's name, exactly.
    pub(crate) error: Option<String>,
    /// Pattern of the error's cause, where it is a sentence.
    pub(crate) cause: Option<String>,
    /// Pattern of `errorMessage`, where the cause is Lambda's document.
    pub(crate) message: Option<String>,
    /// Patterns of the lines of `stackTrace`.
    pub(crate) stack: Option<Vec<String>>,
    /// Patterns of the log's lines, without the request id. Nothing is logged
    /// unless said, by whatever returns a result.
    pub(crate) log: Option<Vec<String>>,
    /// What a second invocation of the same function returns.
    pub(crate) again: Option<Again>,
}

/// How a second invocation's result is related to the first one's.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Again {
    Same,
    /// No member has a value that any other member of either result has.
    Different,
}

/// A language's own expectation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    pub(crate) because: String,
    expect: Expect,
}

impl Default for Event {
    fn default() -> Self {
        Self::Text("{}".to_owned())
    }
}

impl Event {
    /// The event's JSON text.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Long { string_of_bytes } => format!("\"{}\"", "x".repeat(string_of_bytes - 2)),
            Self::Deep { nested_arrays } => {
                "[".repeat(*nested_arrays) + &"]".repeat(*nested_arrays)
            }
        }
    }
}

impl Row {
    pub(crate) fn expect_of(&self, language: &str) -> &Expect {
        match self.differs.get(language) {
            Some(difference) => &difference.expect,
            None => &self.expect,
        }
    }
}

impl Topic {
    /// Every file of a folder, in the order of the numbers that their names
    /// begin with.
    pub(crate) fn read_all(folder: &Path) -> Vec<Self> {
        let entries = fs::read_dir(folder).expect("the folder of rows can be read");
        let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        files.sort();
        files.iter().map(|file| Self::read(file)).collect()
    }

    fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).expect("a file of rows can be read");
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        match Self::parse(&text) {
            Ok(topic) => Self {
                name: stem
                    .trim_start_matches(|c: char| c.is_ascii_digit() || c == '-')
                    .to_owned(),
                ..topic
            },
            Err(problem) => panic!("{}: {problem}", file.display()),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let document = source::read_yaml(text).map_err(|error| error.to_string())?;
        let json = Value::to_json(&document.to_value());
        let topic: Self = serde_json::from_str(&json).map_err(|error| error.to_string())?;
        let unknown = topic.languages_named().find(|name| !is_language(name));
        match unknown.cloned() {
            None => Ok(topic),
            Some(name) => Err(format!("there is no language {name:?}")),
        }
    }

    fn languages_named(&self) -> impl Iterator<Item = &String> {
        let rows = self.rows.iter().flat_map(|row| row.differs.keys());
        let refusals = self.refusals.iter().flat_map(|refusal| refusal.says.keys());
        self.languages.iter().flatten().chain(rows).chain(refusals)
    }

    /// Whether its rows are for this language.
    pub(crate) fn is_for(&self, language: &str) -> bool {
        match &self.languages {
            None => true,
            Some(languages) => languages.iter().any(|name| name == language),
        }
    }
}

fn is_language(name: &str) -> bool {
    LANGUAGES.iter().any(|language| language.name == name)
}
