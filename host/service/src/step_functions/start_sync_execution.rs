//! `StartSyncExecution`.

use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::billing::BillingDetails;
use super::execution::{ExecutionStatus, Identity, included, result};
use super::express::{Ended, Starter};
use super::included_data::IncludedData;
use super::input::Input;
use super::machine::StateMachineType;
use super::params::Params;
use super::render::insert_some;
use super::start_execution::StartExecutionInput;

/// What `StartSyncExecution` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartSyncExecutionInput {
    /// The state machine, of type EXPRESS, or a version or an alias of it.
    pub state_machine_arn: String,
    /// The execution's name, a UUID unless said.
    pub name: Option<String>,
    /// Any JSON text of up to [`Quotas::input_bytes`](super::Quotas), `{}` unless
    /// said.
    pub input: Option<String>,
    /// An X-Ray header of up to 256 characters. It is answered, and nothing is traced.
    pub trace_header: Option<String>,
    /// Whether to answer with payloads.
    pub included_data: IncludedData,
}

/// What `StartSyncExecution` answers.
#[derive(Clone)]
pub struct StartSyncExecutionOutput {
    identity: Identity,
    ended: Ended,
    input: String,
    trace_header: Option<String>,
    included_data: IncludedData,
}

impl StepFunctions {
    /// Runs an execution to its end. It goes on where the future is dropped.
    ///
    /// Refuses as [`start_execution`](Self::start_execution) does, and with
    /// `StateMachineTypeNotSupported` where the machine is not EXPRESS.
    pub async fn start_sync_execution(
        &self,
        request: StartSyncExecutionInput,
    ) -> Result<StartSyncExecutionOutput, ApiError> {
        let included_data = request.included_data;
        let request = StartExecutionInput::from(request);
        self.check_start(&request)?;
        let revision = self.resolve(&request.state_machine_arn).await?.revision;
        if revision.kind != StateMachineType::Express {
            return Err(ApiError::type_not_supported());
        }
        let input = Input::parse(request.input_text(), self.quotas().input_bytes)?;
        let launched = self.launch_express(&revision, &request, input, Starter::Waits)?;
        // A runtime that shuts down ends it without an outcome.
        let ended = launched.end.await.map_err(|_| interrupted())?;
        Ok(StartSyncExecutionOutput {
            identity: Identity {
                arn: launched.arn,
                name: launched.name,
                machine_arn: revision.machine_arn.clone(),
                status: ExecutionStatus::of(&ended.outcome),
                started: launched.started,
                ended: Some(ended.at),
            },
            ended,
            input: request.input_text().to_owned(),
            trace_header: request.trace_header,
            included_data,
        })
    }
}

fn interrupted() -> ApiError {
    ApiError::new("ServiceUnavailable", "The execution was interrupted")
}

impl From<StartSyncExecutionInput> for StartExecutionInput {
    fn from(request: StartSyncExecutionInput) -> Self {
        Self {
            state_machine_arn: request.state_machine_arn,
            name: request.name,
            input: request.input,
            trace_header: request.trace_header,
        }
    }
}

impl StartSyncExecutionInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let StartExecutionInput {
            state_machine_arn,
            name,
            input,
            trace_header,
        } = StartExecutionInput::from_json(request)?;
        Ok(Self {
            state_machine_arn,
            name,
            input,
            trace_header,
            included_data: IncludedData::from_json(&Params::of(request)?)?,
        })
    }
}

impl StartSyncExecutionOutput {
    /// How it ended.
    pub fn status(&self) -> ExecutionStatus {
        self.identity.status
    }

    /// What AWS would have billed.
    pub fn billing_details(&self) -> BillingDetails {
        BillingDetails::of(self.ended.at.since(self.identity.started))
    }

    pub(crate) fn to_json(&self) -> Object {
        let mut members = self.identity.to_json();
        insert_some(&mut members, "traceHeader", self.trace_header.as_deref());
        members.insert("billingDetails", self.billing_details().to_json());
        if self.included_data == IncludedData::MetadataOnly {
            return members;
        }
        members.insert("input", self.input.as_str());
        members.insert("inputDetails", included());
        members.insert("outputDetails", included());
        members.extend(&result(&self.ended.outcome));
        members
    }
}
