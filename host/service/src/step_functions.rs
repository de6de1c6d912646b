//! The operations of the Step Functions API, without HTTP.
//!
//! Each operation is a plain function from AWS's request to AWS's response, in
//! a file of its own; [`StepFunctions::call`] finds it by name and speaks JSON.

mod api_error;
mod arn;
mod billing;
mod call;
mod constraints;
mod create_state_machine;
mod delete_state_machine;
mod describe_execution;
mod describe_state_machine;
mod describe_state_machine_for_execution;
mod event;
mod execution;
mod executions;
mod get_execution_history;
mod input;
mod list_executions;
mod list_state_machines;
mod logging_configuration;
mod machine;
mod machines;
mod page;
mod params;
mod render;
mod resolve;
mod start_execution;
mod start_sync_execution;
mod stop_execution;
mod test_state;
mod update_state_machine;
mod validate_state_machine_definition;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use sandstep_asl::Timestamp;
use sandstep_driver::{Clock, Driver, TaskRunner};
use sandstep_journal::{Catalog, Journal};
use tokio::runtime::Handle;

pub use self::api_error::ApiError;
pub use self::billing::BillingDetails;
pub use self::create_state_machine::{CreateStateMachineInput, CreateStateMachineOutput};
pub use self::delete_state_machine::{DeleteStateMachineInput, DeleteStateMachineOutput};
pub use self::describe_execution::{DescribeExecutionInput, DescribeExecutionOutput};
pub use self::describe_state_machine::{DescribeStateMachineInput, DescribeStateMachineOutput};
pub use self::describe_state_machine_for_execution::{
    DescribeStateMachineForExecutionInput, DescribeStateMachineForExecutionOutput,
};
pub use self::execution::ExecutionStatus;
pub use self::get_execution_history::{GetExecutionHistoryInput, GetExecutionHistoryOutput};
pub use self::list_executions::{ExecutionListItem, ListExecutionsInput, ListExecutionsOutput};
pub use self::list_state_machines::{
    ListStateMachinesInput, ListStateMachinesOutput, StateMachineListItem,
};
pub use self::logging_configuration::{LogLevel, LoggingConfiguration};
pub use self::machine::StateMachineType;
pub use self::start_execution::{StartExecutionInput, StartExecutionOutput};
pub use self::start_sync_execution::{StartSyncExecutionInput, StartSyncExecutionOutput};
pub use self::stop_execution::{StopExecutionInput, StopExecutionOutput};
pub use self::test_state::{TestStateInput, TestStateOutput};
pub use self::update_state_machine::{UpdateStateMachineInput, UpdateStateMachineOutput};
pub use self::validate_state_machine_definition::{
    ValidateStateMachineDefinitionInput, ValidateStateMachineDefinitionOutput,
};

use crate::identity::Uuid;

use self::executions::Executions;
use self::machines::Machines;

/// The state machines of one account in one region, and their executions, in
/// memory. Cheap to clone: all clones are the same account.
///
/// Executions run on the runtime that [`Settings`] names; what is dropped is
/// the account's memory of them, and not the executions themselves.
#[derive(Clone)]
pub struct StepFunctions(Arc<Account>);

/// Everything about an account that its callers do not say.
pub struct Settings {
    /// The region that ARNs name.
    pub region: String,
    /// The twelve digits of the account that ARNs name.
    pub account: String,
    /// Whose time executions have. A virtual clock stands still between them.
    pub clock: Clock,
    /// Where names, revisions and executions' seeds come from. Take it from a
    /// secure generator, unless everything is to repeat itself.
    pub draw: Box<dyn Fn() -> u128 + Send + Sync>,
    /// Where executions are kept.
    pub journal: Arc<dyn Journal>,
    /// Where state machines and what belongs to them are kept.
    pub catalog: Arc<dyn Catalog>,
    /// What runs the tasks of executions.
    pub tasks: Arc<dyn TaskRunner>,
    /// Where executions run. It needs a timer.
    pub runtime: Handle,
    /// How much is kept.
    pub quotas: Quotas,
}

/// How much an account keeps. The defaults are those of AWS, but for closed
/// executions: AWS keeps them for 90 days on disk, and here is memory alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// How many state machines may exist; beyond it, creating one is a
    /// `StateMachineLimitExceeded`. 100,000 unless set.
    pub state_machines: usize,
    /// How many executions may run at a time; beyond it, starting one is an
    /// `ExecutionLimitExceeded`. 1,000,000 unless set.
    pub open_executions: usize,
    /// How many executions that have ended are remembered; beyond it, the one
    /// that ended first is forgotten. 10,000 unless set.
    pub closed_executions: usize,
    /// How many history events those have together that are remembered;
    /// beyond it, the one that ended first is forgotten. 1,000,000 unless set.
    pub closed_events: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            state_machines: 100_000,
            open_executions: 1_000_000,
            closed_executions: 10_000,
            closed_events: 1_000_000,
        }
    }
}

struct Account {
    region: String,
    account: String,
    clock: Clock,
    draw: Box<dyn Fn() -> u128 + Send + Sync>,
    driver: Driver,
    runtime: Handle,
    machines: Machines,
    catalog: Arc<dyn Catalog>,
    executions: Arc<Executions>,
}

impl StepFunctions {
    /// The account that a store holds. Fails as the store does.
    pub async fn open(settings: Settings) -> Result<Self, sandstep_journal::Error> {
        let Settings {
            region,
            account,
            clock,
            draw,
            journal: _,
            catalog,
            tasks,
            runtime,
            quotas,
        } = settings;
        Ok(Self(Arc::new(Account {
            region,
            account,
            clock,
            draw,
            driver: Driver::new(tasks, clock),
            runtime,
            machines: Machines::new(quotas.state_machines),
            catalog,
            executions: Arc::new(Executions::new(quotas)),
        })))
    }

    fn now(&self) -> Timestamp {
        match self.0.clock {
            Clock::Virtual(now) => now,
            Clock::Real => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH);
                Timestamp::default() + since.unwrap_or_default()
            }
        }
    }

    /// The ARN of something of this account.
    fn arn(&self, resource: &str) -> String {
        let Account {
            region, account, ..
        } = &*self.0;
        format!("arn:aws:states:{region}:{account}:{resource}")
    }

    /// A UUID of version 4, as AWS makes for what its callers do not name.
    fn draw_uuid(&self) -> String {
        Uuid::random((self.0.draw)()).to_string()
    }
}
