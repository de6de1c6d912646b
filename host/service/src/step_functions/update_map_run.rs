//! `UpdateMapRun`.

use std::convert::Infallible;

use sandstep_json::Value;

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::describe_map_run::no_map_run;
use super::params::Params;

/// What `UpdateMapRun` takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UpdateMapRunInput {
    /// The map run.
    pub map_run_arn: String,
    /// How many of its executions may run at a time; 0 is any number.
    pub max_concurrency: Option<i64>,
    /// How many of a hundred items may fail.
    pub tolerated_failure_percentage: Option<f64>,
    /// How many items may fail.
    pub tolerated_failure_count: Option<i64>,
}

impl StepFunctions {
    /// Changes a map run that goes on, of which there is none: distributed Maps do not
    /// run here.
    ///
    /// Refuses with `ValidationException`, `InvalidArn` and `ResourceNotFound`.
    pub async fn update_map_run(&self, input: UpdateMapRunInput) -> Result<Infallible, ApiError> {
        input.check()?;
        Err(no_map_run(&input.map_run_arn))
    }
}

impl UpdateMapRunInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            map_run_arn: params.required("mapRunArn")?,
            max_concurrency: params.number("maxConcurrency")?,
            tolerated_failure_percentage: params.float("toleratedFailurePercentage")?,
            tolerated_failure_count: params.number("toleratedFailureCount")?,
        })
    }

    fn check(&self) -> Result<(), ApiError> {
        let mut constraints = Constraints::default();
        for (field, number) in [
            ("maxConcurrency", self.max_concurrency),
            ("toleratedFailureCount", self.tolerated_failure_count),
        ] {
            constraints.not_negative(field, number.unwrap_or(0));
        }
        if let Some(percentage) = self.tolerated_failure_percentage {
            constraints.percentage("toleratedFailurePercentage", percentage);
        }
        constraints.check()
    }
}
