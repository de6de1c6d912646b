//! `ListMapRuns`.

use sandstep_json::{Array, Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::page::{MAX_RESULTS, Page};
use super::params::Params;

/// The longest token of a page, in characters (API reference, `PageToken`).
const MAX_TOKEN: usize = 1024;

/// What `ListMapRuns` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListMapRunsInput {
    /// The execution whose map runs are asked for.
    pub execution_arn: String,
    /// How many to list at most: up to 1,000, and 100 unless said.
    pub max_results: Option<i64>,
    /// The token of the page before.
    pub next_token: Option<String>,
}

/// What `ListMapRuns` answers: a list that is empty, since only distributed Maps have
/// map runs, and none runs here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListMapRunsOutput(());

impl StepFunctions {
    /// Lists the map runs that an execution started.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, also for an execution of an
    /// EXPRESS machine, `InvalidToken` and `ExecutionDoesNotExist`.
    pub async fn list_map_runs(
        &self,
        input: ListMapRunsInput,
    ) -> Result<ListMapRunsOutput, ApiError> {
        Constraints::default()
            .max_results(input.max_results, MAX_RESULTS)
            .next_token(input.next_token.as_deref(), MAX_TOKEN)
            .check()?;
        Page::of(input.max_results, input.next_token.as_deref())?;
        self.run(&input.execution_arn).await?;
        Ok(ListMapRunsOutput(()))
    }
}

impl ListMapRunsInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            execution_arn: params.required("executionArn")?,
            max_results: params.number("maxResults")?,
            next_token: params.text("nextToken")?,
        })
    }
}

impl ListMapRunsOutput {
    pub(crate) fn to_json(&self) -> Object {
        Object::from([("mapRuns", Value::Array(Array::default()))])
    }
}
