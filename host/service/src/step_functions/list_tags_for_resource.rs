//! `ListTagsForResource`.

use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::lookup::check_length;
use super::params::Params;
use super::tag_resource::tags_of;
use super::tags::Tags;

/// What `ListTagsForResource` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListTagsForResourceInput {
    /// A state machine or an activity.
    pub resource_arn: String,
}

/// What `ListTagsForResource` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListTagsForResourceOutput(Tags);

impl StepFunctions {
    /// Lists the tags of a state machine or an activity.
    ///
    /// Refuses with `ValidationException`, `InvalidArn` and `ResourceNotFound`.
    pub async fn list_tags_for_resource(
        &self,
        input: ListTagsForResourceInput,
    ) -> Result<ListTagsForResourceOutput, ApiError> {
        check_length("resourceArn", &input.resource_arn)?;
        self.taggable(&input.resource_arn).await?;
        let there = self.0.records.tags.find(&input.resource_arn).await?;
        Ok(ListTagsForResourceOutput(tags_of(there.as_deref())))
    }
}

impl ListTagsForResourceInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            resource_arn: params.required("resourceArn")?,
        })
    }
}

impl ListTagsForResourceOutput {
    pub(crate) fn to_json(&self) -> Object {
        Object::from([("tags", self.0.to_json())])
    }
}
