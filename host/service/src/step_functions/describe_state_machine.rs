//! `DescribeStateMachine`.

use std::sync::Arc;

use sandstep_asl::Timestamp;
use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::arn::{self, Qualifier};
use super::included_data::IncludedData;
use super::lookup::check_length;
use super::machine::{MachineStatus, StateMachineType};
use super::params::Params;
use super::records::Kept;
use super::render::{insert_some, seconds};
use super::revision::Revision;

/// What `DescribeStateMachine` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeStateMachineInput {
    /// The state machine, one of its versions, or an alias: that is the version
    /// that the alias names first.
    pub state_machine_arn: String,
    /// Whether to leave the definition away.
    pub included_data: IncludedData,
}

/// What `DescribeStateMachine` answers.
#[derive(Clone, Debug)]
pub struct DescribeStateMachineOutput {
    arn: String,
    status: MachineStatus,
    created: Timestamp,
    description: Option<String>,
    revision: Arc<Kept<Revision>>,
    included_data: IncludedData,
}

impl StepFunctions {
    /// Describes a state machine as it is now, or one of its versions.
    ///
    /// Refuses with `ValidationException`, `InvalidArn` and
    /// `StateMachineDoesNotExist`.
    pub async fn describe_state_machine(
        &self,
        input: DescribeStateMachineInput,
    ) -> Result<DescribeStateMachineOutput, ApiError> {
        let DescribeStateMachineInput {
            state_machine_arn,
            included_data,
        } = input;
        check_length("stateMachineArn", &state_machine_arn)?;
        let _reading = self.0.readers.begin();
        let described = match arn::machine(&state_machine_arn)?.qualifier {
            None => self.describe_current(&state_machine_arn).await?,
            Some(Qualifier::Version(_)) => self.describe_version(&state_machine_arn).await?,
            Some(Qualifier::Alias(_)) => self.describe_aliased(&state_machine_arn).await?,
        };
        Ok(DescribeStateMachineOutput {
            included_data,
            ..described
        })
    }

    async fn describe_current(&self, arn: &str) -> Result<DescribeStateMachineOutput, ApiError> {
        let machine = self.machine(arn).await?;
        Ok(DescribeStateMachineOutput {
            arn: arn.to_owned(),
            status: machine.status,
            created: machine.created,
            description: None,
            revision: self.revision(&machine.revision).await?,
            included_data: IncludedData::default(),
        })
    }

    async fn describe_version(&self, arn: &str) -> Result<DescribeStateMachineOutput, ApiError> {
        let found = self.0.records.versions.find(arn).await?;
        let version = found.ok_or_else(|| ApiError::no_machine(arn))?;
        Ok(DescribeStateMachineOutput {
            arn: arn.to_owned(),
            status: MachineStatus::Active,
            created: version.created,
            description: version.description.clone(),
            revision: self.revision(&version.revision).await?,
            included_data: IncludedData::default(),
        })
    }

    async fn describe_aliased(&self, arn: &str) -> Result<DescribeStateMachineOutput, ApiError> {
        let found = self.0.records.aliases.find(arn).await?;
        let alias = found.ok_or_else(|| ApiError::no_machine(arn))?;
        self.describe_version(alias.routing.first()).await
    }
}

impl DescribeStateMachineInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            state_machine_arn: params.required("stateMachineArn")?,
            included_data: IncludedData::from_json(&params)?,
        })
    }
}

impl DescribeStateMachineOutput {
    /// The definition, as its author wrote it.
    pub fn definition(&self) -> &str {
        &self.revision.definition
    }

    /// The state machine's type.
    pub fn kind(&self) -> StateMachineType {
        self.revision.kind
    }

    pub(crate) fn to_json(&self) -> Object {
        let mut members = self.revision.describe(self.included_data);
        members.insert("stateMachineArn", self.arn.as_str());
        members.insert("status", self.status.name());
        members.insert("type", self.revision.kind.name());
        members.insert("creationDate", seconds(self.created));
        insert_some(&mut members, "description", self.description.as_deref());
        members
    }
}
