//! `DescribeMapRun`.

use std::convert::Infallible;

use sandstep_json::Value;

use super::api_error::ApiError;
use super::lookup::check_long;
use super::params::Params;
use super::{StepFunctions, arn};

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
    let checked = check_long("mapRunArn", map_run_arn);
    match checked.and_then(|()| arn::check_map_run(map_run_arn)) {
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
