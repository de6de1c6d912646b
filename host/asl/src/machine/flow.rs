//! How data flows through a state.

use sandstep_jsonpath::{Path, ReferencePath, Template};

use super::QueryLanguage;
use crate::jsonata;

/// How a state's input becomes its effective input, and its result its output
/// (States Language, "Input and Output Processing").
#[derive(Debug)]
pub(crate) enum DataFlow {
    JsonPath(PathFlow),
    Jsonata(JsonataFlow),
}

/// The fields of a state in JSONPath. A state type that lacks a field holds that
/// field's default.
#[derive(Debug, Default)]
pub(crate) struct PathFlow {
    pub(crate) input_path: Selection,
    /// `Parameters`. A Map's `ItemSelector` (and the `Parameters` of its older
    /// form) is in [`MapState`](super::MapState), since it is evaluated for each
    /// item.
    pub(crate) parameters: Option<Template>,
    pub(crate) result_selector: Option<Template>,
    pub(crate) result_path: ResultPath,
    pub(crate) output_path: Selection,
}

/// The fields of a state in JSONata.
#[derive(Debug, Default)]
pub(crate) struct JsonataFlow {
    /// `Arguments`; without them, what they are for gets the state's input.
    pub(crate) arguments: Option<jsonata::Template>,
    /// `Output`; without it, the result is the output, or else the input. In a
    /// Choice state, that of its `Default`.
    pub(crate) output: Option<jsonata::Template>,
}

impl DataFlow {
    /// The query language of the state.
    pub(crate) fn language(&self) -> QueryLanguage {
        match self {
            Self::JsonPath(_) => QueryLanguage::JsonPath,
            Self::Jsonata(_) => QueryLanguage::Jsonata,
        }
    }
}

impl Default for DataFlow {
    fn default() -> Self {
        Self::JsonPath(PathFlow::default())
    }
}

/// `InputPath` or `OutputPath`.
#[derive(Debug, Default)]
pub(crate) enum Selection {
    /// Absent or `"$"`.
    #[default]
    Whole,
    /// `null`: an empty object.
    Nothing,
    Path(Path),
}

/// `ResultPath`.
#[derive(Debug, Default)]
pub(crate) enum ResultPath {
    /// Absent or `"$"`: the result replaces the input.
    #[default]
    Replace,
    /// `null`: the input goes on, the result is dropped.
    Discard,
    At(ReferencePath),
}
