//! `ListActivities`.

use sandstep_asl::Timestamp;
use sandstep_json::{Array, Object, Value};

use super::StepFunctions;
use super::activity::Activity;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::page::{MAX_RESULTS, Page};
use super::params::Params;
use super::records::Kept;
use super::render::{insert_some, seconds};

/// The longest token of a page, in characters (API reference, `PageToken`).
const MAX_TOKEN: usize = 1024;

/// What `ListActivities` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListActivitiesInput {
    /// How many to list at most: up to 1,000, and 100 unless said.
    pub max_results: Option<i64>,
    /// The token of the page before.
    pub next_token: Option<String>,
}

/// What `ListActivities` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListActivitiesOutput {
    /// In the order of their names.
    pub activities: Vec<ActivityListItem>,
    /// Leads to the next page, if there is one.
    pub next_token: Option<String>,
}

/// One of an account's activities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityListItem {
    /// Its ARN.
    pub activity_arn: String,
    /// Its name.
    pub name: String,
    /// When it was created.
    pub creation_date: Timestamp,
}

impl StepFunctions {
    /// Lists the activities.
    ///
    /// Refuses with `ValidationException` and `InvalidToken`.
    pub async fn list_activities(
        &self,
        input: ListActivitiesInput,
    ) -> Result<ListActivitiesOutput, ApiError> {
        Constraints::default()
            .max_results(input.max_results, MAX_RESULTS)
            .next_token(input.next_token.as_deref(), MAX_TOKEN)
            .check()?;
        let page = Page::of(input.max_results, input.next_token.as_deref())?;
        let prefix = self.arn("activity:");
        let after = page.after.as_deref().map(|name| format!("{prefix}{name}"));
        let activities = self
            .0
            .records
            .activities
            .list(&prefix, after, page.length + 1);
        let activities = activities.await?.into_iter();
        let (activities, next_token) =
            page.take(activities, |activity| activity.record.name.clone());
        Ok(ListActivitiesOutput {
            activities: activities.into_iter().map(ActivityListItem::of).collect(),
            next_token,
        })
    }
}

impl ListActivitiesInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            max_results: params.number("maxResults")?,
            next_token: params.text("nextToken")?,
        })
    }
}

impl ActivityListItem {
    fn of(activity: Kept<Activity>) -> Self {
        Self {
            activity_arn: activity.name,
            name: activity.record.name,
            creation_date: activity.record.created,
        }
    }

    fn to_json(&self) -> Value {
        Value::from(Object::from([
            ("activityArn", self.activity_arn.as_str().into()),
            ("name", self.name.as_str().into()),
            ("creationDate", seconds(self.creation_date)),
        ]))
    }
}

impl ListActivitiesOutput {
    pub(crate) fn to_json(&self) -> Object {
        let items = self.activities.iter();
        let activities: Array = items.map(ActivityListItem::to_json).collect();
        let mut members = Object::from([("activities", Value::Array(activities))]);
        insert_some(&mut members, "nextToken", self.next_token.as_deref());
        members
    }
}
