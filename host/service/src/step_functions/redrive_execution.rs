//! `RedriveExecution`, and whether it would refuse.

use sandstep_asl::{NotRedrivable, Timestamp};
use sandstep_driver::durable::RedriveError;
use sandstep_json::{Object, Value};

use super::StepFunctions;
use super::api_error::ApiError;
use super::constraints::Constraints;
use super::execution::{Execution, ExecutionStatus};
use super::executions::engine_error;
use super::machine::{MachineStatus, StateMachineType};
use super::params::Params;
use super::render::seconds;

/// What `RedriveExecution` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RedriveExecutionInput {
    /// The execution, which has failed, timed out or was stopped.
    pub execution_arn: String,
    /// Up to 64 visible ASCII characters. Asking again with one of the last ten, within
    /// 15 minutes, redrives nothing and has the same answer.
    pub client_token: Option<String>,
}

/// What `RedriveExecution` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedriveExecutionOutput {
    /// When it was redriven.
    pub redrive_date: Timestamp,
}

impl StepFunctions {
    /// Lets an execution that did not succeed go on from where it failed, with the
    /// definition that it was started with.
    ///
    /// Refuses with `ValidationException`, `InvalidArn`, also for an execution of an
    /// EXPRESS machine, `ExecutionDoesNotExist`, `ExecutionNotRedrivable` and
    /// `ExecutionLimitExceeded`.
    pub async fn redrive_execution(
        &self,
        request: RedriveExecutionInput,
    ) -> Result<RedriveExecutionOutput, ApiError> {
        request.check()?;
        let RedriveExecutionInput {
            execution_arn: arn,
            client_token: token,
        } = request;
        let execution = Execution::try_from(self.run(&arn).await?.summary)?;
        let redriven = match (self.check_redrive(&execution).await, &token) {
            // It may be refused just because it was done when it was asked for before.
            (Err(refused), Some(token)) => {
                let before = self.engine().redriven_with(&arn, token, self.now()).await;
                let before = before.map_err(|error| engine_error(error, &arn))?;
                before.ok_or(refused)?
            }
            (Err(refused), None) => return Err(refused),
            (Ok(()), _) => {
                let redriven = self.engine().redrive(&arn, token).await;
                redriven.map_err(|error| redrive_error(error, &arn))?
            }
        };
        Ok(RedriveExecutionOutput {
            redrive_date: redriven.at,
        })
    }

    /// Refuses to redrive an execution that may not be now.
    async fn check_redrive(&self, execution: &Execution) -> Result<(), ApiError> {
        let redrivable = self.check_redrivable(execution).await?;
        redrivable.map_err(|reason| not_redrivable(&execution.identity.arn, reason))?;
        match self.engine().open_executions() < self.quotas().open_executions {
            true => Ok(()),
            false => Err(ApiError::execution_limit()),
        }
    }

    /// Whether an execution could be redriven now (API reference, `DescribeExecution`,
    /// `redriveStatus`).
    pub(crate) async fn check_redrivable(
        &self,
        execution: &Execution,
    ) -> Result<Result<(), NotRedrivable>, ApiError> {
        let by_itself = self.redrivable(execution);
        let machine = &execution.identity.machine_arn;
        let machine = self.0.records.machines.find(machine).await?;
        if by_itself.is_ok() && machine.is_some_and(|it| it.status == MachineStatus::Deleting) {
            return Ok(Err(NotRedrivable::MachineDeleting));
        }
        Ok(by_itself)
    }

    fn redrivable(&self, execution: &Execution) -> Result<(), NotRedrivable> {
        match execution.identity.status {
            ExecutionStatus::Running => return Err(NotRedrivable::Running),
            ExecutionStatus::Succeeded => return Err(NotRedrivable::Succeeded),
            _ => {}
        }
        let (quotas, now) = (self.quotas(), self.now());
        let (_, machine) = execution
            .identity
            .machine_arn
            .rsplit_once(':')
            .unwrap_or_default();
        let limits = quotas.limits_of(machine, StateMachineType::Standard);
        let most = limits.history_events.unwrap_or(u64::MAX);
        if execution.run.events + 1 >= most {
            return Err(NotRedrivable::HistoryFull);
        }
        let age = now.since(execution.run.started);
        if limits.duration.is_some_and(|most| age > most) {
            return Err(NotRedrivable::TooOld);
        }
        let ended = execution.run.ended.map(|ended| now.since(ended));
        match (ended, quotas.redrive_period) {
            (Some(ended), Some(period)) if ended > period => Err(NotRedrivable::PeriodOver),
            _ => Ok(()),
        }
    }
}

fn redrive_error(error: RedriveError, arn: &str) -> ApiError {
    match error {
        RedriveError::Refused(reason) => not_redrivable(arn, reason),
        RedriveError::Engine(error) => engine_error(error, arn),
    }
}

fn not_redrivable(arn: &str, reason: NotRedrivable) -> ApiError {
    let message = format_args!("Execution {arn} invalid for redrive as: {reason}");
    ApiError::new("ExecutionNotRedrivable", message)
}

impl RedriveExecutionInput {
    pub(crate) fn from_json(request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        Ok(Self {
            execution_arn: params.required("executionArn")?,
            client_token: params.text("clientToken")?,
        })
    }

    fn check(&self) -> Result<(), ApiError> {
        let mut constraints = Constraints::default();
        if let Some(token) = &self.client_token {
            let is_visible = token.chars().all(|letter| letter.is_ascii_graphic());
            constraints.length("clientToken", token, 1, 64).pattern(
                "clientToken",
                token,
                "[!-~]+",
                is_visible,
            );
        }
        constraints.check()
    }
}

impl RedriveExecutionOutput {
    pub(crate) fn to_json(self) -> Object {
        Object::from([("redriveDate", seconds(self.redrive_date))])
    }
}
