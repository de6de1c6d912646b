//! `CreateActivity`.

use sandstep_asl::Timestamp;
use sandstep_json::{Object, Value};

use super::activity::Activity;
use super::api_error::ApiError;
use super::configuration;
use super::constraints::{Constraints, check_name};
use super::params::Params;
use super::records::{Unchanged, add};
use super::render::seconds;
use super::tags::{self, Tag, Tags};
use super::{EncryptionConfiguration, StepFunctions};

/// What `CreateActivity` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateActivityInput {
    /// The name, of 1 to 80 characters, without spaces and special characters.
    pub name: String,
    /// Up to 50.
    pub tags: Vec<Tag>,
    /// A key of the service's own unless said.
    pub encryption_configuration: Option<EncryptionConfiguration>,
}

/// What `CreateActivity` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateActivityOutput {
    /// The activity.
    pub activity_arn: String,
    /// When it was created.
    pub creation_date: Timestamp,
}

impl StepFunctions {
    /// Creates an activity, or answers as before where there is one of that
    /// name, whatever its tags.
    ///
    /// Refuses with `ValidationException`, `InvalidName`,
    /// `InvalidEncryptionConfiguration`, `ActivityAlreadyExists` where it has
    /// another encryption, and with `TooManyTags` and `ActivityLimitExceeded`
    /// beyond [`Quotas::tags`](super::Quotas::tags) and
    /// [`Quotas::activities`](super::Quotas::activities).
    pub async fn create_activity(
        &self,
        input: CreateActivityInput,
    ) -> Result<CreateActivityOutput, ApiError> {
        let activity_arn = self.arn(&format!("activity:{}", input.name));
        let tags = Tags::default().with(input.tags.clone());
        self.check_activity(&input)?;
        self.check_tags(&tags, &activity_arn)?;
        let activity = Activity {
            name: input.name,
            created: self.now(),
            encryption: input.encryption_configuration.unwrap_or_default(),
        };
        let account = self.clone();
        let create = async move {
            account
                .create_unless_there(activity_arn, &activity, &tags)
                .await
        };
        self.to_its_end(create).await
    }

    async fn create_unless_there(
        &self,
        activity_arn: String,
        activity: &Activity,
        tags: &Tags,
    ) -> Result<CreateActivityOutput, ApiError> {
        loop {
            match self.add_activity(&activity_arn, activity, tags).await {
                Err(Unchanged::Outrun) => {}
                Err(Unchanged::Refused(error)) => return Err(error),
                Ok(creation_date) => {
                    return Ok(CreateActivityOutput {
                        activity_arn,
                        creation_date,
                    });
                }
            }
        }
    }

    /// Adds an activity and answers when it was created.
    async fn add_activity(
        &self,
        activity_arn: &str,
        activity: &Activity,
        tags: &Tags,
    ) -> Result<Timestamp, Unchanged> {
        if let Some(there) = self.0.records.activities.find(activity_arn).await? {
            return match there.encryption == activity.encryption {
                true => Ok(there.created),
                false => Err(already_exists().into()),
            };
        }
        let seat = self.0.activities.reserve().ok_or_else(too_many)?;
        let mut changes = vec![add(activity_arn, activity)];
        if !tags.is_empty() {
            changes.push(add(activity_arn, tags));
        }
        self.0.records.change(changes).await?;
        seat.keep();
        Ok(activity.created)
    }

    fn check_activity(&self, input: &CreateActivityInput) -> Result<(), ApiError> {
        Constraints::default()
            .length("name", &input.name, 1, self.0.quotas.name_length)
            .check()?;
        check_name(&input.name)?;
        tags::check(&input.tags)
    }
}

fn already_exists() -> ApiError {
    ApiError::new(
        "ActivityAlreadyExists",
        "Activity already exists. EncryptionConfiguration may not be updated.",
    )
}

fn too_many() -> ApiError {
    ApiError::new(
        "ActivityLimitExceeded",
        "The maximum number of activities has been reached",
    )
}

impl CreateActivityInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            name: params.required("name")?,
            tags: tags::from_json(params.value("tags"))?,
            encryption_configuration: configuration::encryption(&params)?,
        })
    }
}

impl CreateActivityOutput {
    pub(crate) fn to_json(&self) -> Object {
        Object::from([
            ("activityArn", self.activity_arn.as_str().into()),
            ("creationDate", seconds(self.creation_date)),
        ])
    }
}
