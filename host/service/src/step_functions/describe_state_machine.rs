//! `DescribeStateMachine`.

use std::sync::Arc;

use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::machine::{Machine, StateMachineType};
use super::params::Params;
use super::{arn, constraints::Constraints};

/// What `DescribeStateMachine` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DescribeStateMachineInput {
    /// The state machine.
    pub state_machine_arn: String,
}

/// What `DescribeStateMachine` answers.
#[derive(Clone, Debug)]
pub struct DescribeStateMachineOutput(Arc<Machine>);

impl StepFunctions {
    /// Describes a state machine as it is now.
    ///
    /// Refuses with `ValidationException`, `InvalidArn` and
    /// `StateMachineDoesNotExist`.
    pub async fn describe_state_machine(
        &self,
        input: DescribeStateMachineInput,
    ) -> Result<DescribeStateMachineOutput, ApiError> {
        let machine = self.unqualified(&input.state_machine_arn).await?;
        Ok(DescribeStateMachineOutput(machine))
    }

    /// The state machine that an ARN names. There are neither versions nor
    /// aliases that a qualifier could name.
    pub(crate) async fn unqualified(&self, machine_arn: &str) -> Result<Arc<Machine>, ApiError> {
        Constraints::default()
            .length("stateMachineArn", machine_arn, 1, 256)
            .check()?;
        let named = arn::machine(machine_arn)?;
        let found = match named.qualifier {
            None => self.0.machines.find(named.name),
            Some(_) => None,
        };
        found
            .filter(|machine| machine.arn == machine_arn)
            .ok_or_else(|| ApiError::no_machine(machine_arn))
    }
}

impl DescribeStateMachineInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            state_machine_arn: params.required("stateMachineArn")?,
        })
    }
}

impl DescribeStateMachineOutput {
    /// The definition, as its author wrote it.
    pub fn definition(&self) -> &str {
        &self.0.revision.definition
    }

    /// The state machine's type.
    pub fn kind(&self) -> StateMachineType {
        self.0.kind
    }

    pub(crate) fn to_json(&self) -> Object {
        let machine = &*self.0;
        let mut members = machine.describe(&machine.revision);
        members.insert("status", "ACTIVE");
        members.insert("type", machine.kind.name());
        members.insert("creationDate", super::render::seconds(machine.created));
        members
    }
}
