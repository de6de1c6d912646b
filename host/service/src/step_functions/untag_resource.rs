//! `UntagResource`.

use sandstep_json::Value;

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::params::Params;

/// What `UntagResource` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UntagResourceInput {
    /// A state machine or an activity.
    pub resource_arn: String,
    /// The keys of the tags to remove. Those that there are none of do no harm.
    pub tag_keys: Vec<String>,
}

/// What `UntagResource` answers: nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UntagResourceOutput;

impl StepFunctions {
    /// Removes tags of a state machine or an activity.
    ///
    /// Refuses with `ValidationException`, `InvalidArn` and `ResourceNotFound`.
    pub async fn untag_resource(
        &self,
        input: UntagResourceInput,
    ) -> Result<UntagResourceOutput, ApiError> {
        let mut constraints = Constraints::default();
        for (index, key) in input.tag_keys.iter().enumerate() {
            constraints.length(&format!("tagKeys.{}.member", index + 1), key, 1, 128);
        }
        constraints.check()?;
        let change = |tags: super::tags::Tags| tags.without(&input.tag_keys);
        self.change_tags(&input.resource_arn, change).await?;
        Ok(UntagResourceOutput)
    }
}

impl UntagResourceInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            resource_arn: params.required("resourceArn")?,
            tag_keys: params.required_texts("tagKeys")?,
        })
    }
}
