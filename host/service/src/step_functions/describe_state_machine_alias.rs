//! `DescribeStateMachineAlias`.

use std::sync::Arc;

use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::alias::Alias;
use super::api_error::ApiError;
use super::arn::{self, Qualifier};
use super::lookup::check_length;
use super::params::Params;
use super::records::Kept;
use super::render::{insert_some, seconds};

/// What `DescribeStateMachineAlias` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeStateMachineAliasInput {
    /// The alias.
    pub state_machine_alias_arn: String,
}

/// What `DescribeStateMachineAlias` answers.
#[derive(Clone, Debug)]
pub struct DescribeStateMachineAliasOutput(Arc<Kept<Alias>>);

impl StepFunctions {
    /// Describes an alias as it is now.
    ///
    /// Refuses with `ValidationException`, `InvalidArn` and `ResourceNotFound`.
    pub async fn describe_state_machine_alias(
        &self,
        input: DescribeStateMachineAliasInput,
    ) -> Result<DescribeStateMachineAliasOutput, ApiError> {
        check_length("stateMachineAliasArn", &input.state_machine_alias_arn)?;
        let alias = self.alias(&input.state_machine_alias_arn).await?;
        Ok(DescribeStateMachineAliasOutput(alias))
    }

    /// The alias of an ARN.
    pub(crate) async fn alias(&self, alias_arn: &str) -> Result<Arc<Kept<Alias>>, ApiError> {
        check_alias(alias_arn)?;
        let found = self.0.records.aliases.find(alias_arn).await?;
        found.ok_or_else(|| ApiError::no_resource(alias_arn))
    }
}

/// Refuses an ARN that cannot be an alias's.
pub(crate) fn check_alias(alias_arn: &str) -> Result<(), ApiError> {
    match arn::machine(alias_arn)?.qualifier {
        Some(Qualifier::Alias(_)) => Ok(()),
        Some(Qualifier::Version(_)) | None => Err(arn::malformed(alias_arn)),
    }
}

impl DescribeStateMachineAliasInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            state_machine_alias_arn: params.required("stateMachineAliasArn")?,
        })
    }
}

impl DescribeStateMachineAliasOutput {
    pub(crate) fn to_json(&self) -> Object {
        let Kept { name, record, .. } = &*self.0;
        let mut members = Object::from([
            ("stateMachineAliasArn", Value::from(name.as_str())),
            ("name", record.name.as_str().into()),
            ("routingConfiguration", record.routing.to_json()),
            ("creationDate", seconds(record.created)),
            ("updateDate", seconds(record.updated)),
        ]);
        insert_some(&mut members, "description", record.description.as_deref());
        members
    }
}
