//! `DescribeActivity`.

use std::sync::Arc;

use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::activity::Activity;
use super::api_error::ApiError;
use super::params::Params;
use super::records::Kept;
use super::render::seconds;

/// What `DescribeActivity` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeActivityInput {
    /// The activity.
    pub activity_arn: String,
}

/// What `DescribeActivity` answers.
#[derive(Clone, Debug)]
pub struct DescribeActivityOutput(Arc<Kept<Activity>>);

impl StepFunctions {
    /// Describes an activity.
    ///
    /// Refuses with `ValidationException`, `InvalidArn` and
    /// `ActivityDoesNotExist`.
    pub async fn describe_activity(
        &self,
        input: DescribeActivityInput,
    ) -> Result<DescribeActivityOutput, ApiError> {
        let activity = self.activity(&input.activity_arn).await?;
        Ok(DescribeActivityOutput(activity))
    }
}

impl DescribeActivityInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            activity_arn: params.required("activityArn")?,
        })
    }
}

impl DescribeActivityOutput {
    pub(crate) fn to_json(&self) -> Object {
        let Kept { name, record, .. } = &*self.0;
        Object::from([
            ("activityArn", Value::from(name.as_str())),
            ("name", record.name.as_str().into()),
            ("creationDate", seconds(record.created)),
            (
                "encryptionConfiguration",
                record.encryption.to_json().into(),
            ),
        ])
    }
}
