//! `TagResource`, and where tags are kept.

use std::sync::Arc;

use sandstep_json::Value;

use super::api_error::ApiError;
use super::lookup::check_length;
use super::params::Params;
use super::records::{Kept, Unchanged, add};
use super::tags::{self, Tag, Tags};
use super::{StepFunctions, arn};

/// What `TagResource` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagResourceInput {
    /// A state machine or an activity.
    pub resource_arn: String,
    /// The tags to set. Those of other keys stay.
    pub tags: Vec<Tag>,
}

/// What `TagResource` answers: nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TagResourceOutput;

impl StepFunctions {
    /// Sets tags of a state machine or an activity. Versions and aliases have
    /// none.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, `ResourceNotFound`, and
    /// with `TooManyTags` beyond [`Quotas::tags`](super::Quotas::tags).
    pub async fn tag_resource(
        &self,
        input: TagResourceInput,
    ) -> Result<TagResourceOutput, ApiError> {
        tags::check(&input.tags)?;
        let change = |tags: Tags| tags.with(input.tags.clone());
        self.change_tags(&input.resource_arn, change).await?;
        Ok(TagResourceOutput)
    }

    /// Puts other tags in the place of a resource's.
    ///
    /// The resource is written as well: whoever deletes it meanwhile takes the
    /// tags along.
    pub(crate) async fn change_tags(
        &self,
        resource_arn: &str,
        change: impl Fn(Tags) -> Tags,
    ) -> Result<(), ApiError> {
        check_length("resourceArn", resource_arn)?;
        loop {
            let resource = self.taggable(resource_arn).await?;
            let there = self.0.records.tags.find(resource_arn).await?;
            let before = tags_of(there.as_deref());
            let after = change(before.clone());
            if after == before {
                return Ok(());
            }
            self.check_tags(&after, resource_arn)?;
            let tags = match &there {
                Some(there) => there.replace(&after),
                None => add(resource_arn, &after),
            };
            match self.0.records.change(vec![tags, resource.touch()]).await {
                Err(Unchanged::Outrun) => {}
                Err(Unchanged::Refused(error)) => return Err(error),
                Ok(()) => return Ok(()),
            }
        }
    }

    /// What has tags.
    pub(crate) async fn taggable(&self, resource_arn: &str) -> Result<Taggable, ApiError> {
        let found = if arn::check_activity(resource_arn).is_ok() {
            let found = self.0.records.activities.find(resource_arn).await?;
            found.map(Taggable::Activity)
        } else {
            arn::machine(resource_arn)?;
            let found = self.0.records.machines.find(resource_arn).await?;
            found.map(Taggable::Machine)
        };
        found.ok_or_else(|| ApiError::no_resource(resource_arn))
    }

    pub(crate) fn check_tags(&self, tags: &Tags, resource_arn: &str) -> Result<(), ApiError> {
        let most = self.0.quotas.tags;
        match tags.len() <= most {
            true => Ok(()),
            false => {
                let message = format_args!("A resource may have {most} tags at most");
                Err(ApiError::new("TooManyTags", message).with("resourceName", resource_arn))
            }
        }
    }
}

/// What has tags.
pub(crate) enum Taggable {
    Machine(Arc<Kept<super::machine::Machine>>),
    Activity(Arc<Kept<super::activity::Activity>>),
}

impl Taggable {
    /// Writes it as it is.
    fn touch(&self) -> sandstep_journal::Change {
        match self {
            Self::Machine(machine) => machine.replace(&machine.record),
            Self::Activity(activity) => activity.replace(&activity.record),
        }
    }
}

/// The tags of a resource, which has none where none are kept.
pub(crate) fn tags_of(kept: Option<&Kept<Tags>>) -> Tags {
    kept.map(|kept| kept.record.clone()).unwrap_or_default()
}

impl TagResourceInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        let tags = params.required_value("tags")?;
        Ok(Self {
            resource_arn: params.required("resourceArn")?,
            tags: tags::from_json(Some(tags))?,
        })
    }
}
