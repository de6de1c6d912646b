//! `DeleteActivity`.

use sandstep_json::Value;

use super::api_error::ApiError;
use super::lookup::check_length;
use super::params::Params;
use super::records::Unchanged;
use super::{StepFunctions, arn};

/// What `DeleteActivity` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteActivityInput {
    /// The activity.
    pub activity_arn: String,
}

/// What `DeleteActivity` answers: nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeleteActivityOutput;

impl StepFunctions {
    /// Deletes an activity with its tags, if there is one. What waits in it
    /// waits on, until it times out or an activity has that name again.
    ///
    /// Refuses with `ValidationException` and `InvalidArn`.
    pub async fn delete_activity(
        &self,
        input: DeleteActivityInput,
    ) -> Result<DeleteActivityOutput, ApiError> {
        check_length("activityArn", &input.activity_arn)?;
        arn::check_activity(&input.activity_arn)?;
        let account = self.clone();
        let delete = async move { account.delete_if_there(&input.activity_arn).await };
        self.to_its_end(delete).await
    }

    async fn delete_if_there(&self, activity_arn: &str) -> Result<DeleteActivityOutput, ApiError> {
        loop {
            match self.drop_activity(activity_arn).await {
                Err(Unchanged::Outrun) => {}
                Err(Unchanged::Refused(error)) => return Err(error),
                Ok(()) => return Ok(DeleteActivityOutput),
            }
        }
    }

    async fn drop_activity(&self, activity_arn: &str) -> Result<(), Unchanged> {
        let Some(there) = self.0.records.activities.find(activity_arn).await? else {
            return Ok(());
        };
        let tags = self.0.records.tags.find(activity_arn).await?;
        let mut changes = vec![there.remove()];
        changes.extend(tags.iter().map(|tags| tags.remove()));
        self.0.records.change(changes).await?;
        self.0.activities.release();
        Ok(())
    }
}

impl DeleteActivityInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            activity_arn: params.required("activityArn")?,
        })
    }
}
