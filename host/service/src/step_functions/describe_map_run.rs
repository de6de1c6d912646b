//! `DescribeMapRun`.

use std::convert::Infallible;

use sandstep_json::Value;

use super::api_error::ApiError;
use super::params::Params;
use super::{StepFunctions, arn, constraints::Constraints};

/// The longest ARN of a map run, in characters (API reference, `LongArn`).
const MAX_ARN: usize = 2000;

/// What `DescribeMapRun` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeMapRunInput {
    /// The map run.
    pub map_run_arn: String,
}

impl StepFunctions {
    /// Describes a map run, of which there is none: distributed Maps do not run here.
    ///
    /// Refuses with `ValidationException`, `InvalidArn` and `ResourceNotFound`.
    pub async fn describe_map_run(
        &self,
        input: DescribeMapRunInput,
    ) -> Result<Infallible, ApiError> {
        Err(no_map_run(&input.map_run_arn))
    }
}

/// Why there is no map run of that ARN.
pub(crate) fn no_map_run(map_run_arn: &str) -> ApiError {
    let checked = Constraints::default()
        .length("mapRunArn", map_run_arn, 1, MAX_ARN)
        .check()
        .and_then(|()| arn::check_map_run(map_run_arn));
    match checked {
        Err(error) => error,
        Ok(()) => ApiError::no_resource(map_run_arn),
    }
}

impl DescribeMapRunInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            map_run_arn: params.required("mapRunArn")?,
        })
    }
}
