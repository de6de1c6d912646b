//! The operations of the Step Functions API, without HTTP.
//!
//! Each operation is a plain function from AWS's request to AWS's response, in
//! a file of its own; [`StepFunctions::call`] finds it by name and speaks JSON.

mod activity;
mod alias;
mod api_error;
mod arn;
mod attachment;
mod billing;
mod call;
mod configuration;
pub(crate) mod constraints;
mod count;
mod create_activity;
mod create_state_machine;
mod create_state_machine_alias;
mod definition;
mod delete_activity;
mod delete_state_machine;
mod delete_state_machine_alias;
mod delete_state_machine_version;
mod describe_activity;
mod describe_execution;
mod describe_map_run;
mod describe_state_machine;
mod describe_state_machine_alias;
mod describe_state_machine_for_execution;
mod encryption_configuration;
mod event;
mod execution;
mod executions;
mod express;
mod get_activity_task;
mod get_execution_history;
mod included_data;
mod input;
mod integrations;
mod list_activities;
mod list_executions;
mod list_map_runs;
mod list_state_machine_aliases;
mod list_state_machine_versions;
mod list_state_machines;
mod list_tags_for_resource;
mod logging_configuration;
mod lookup;
mod machine;
pub(crate) mod page;
pub(crate) mod params;
mod pollers;
mod publish_state_machine_version;
mod quotas;
mod readers;
mod records;
mod redrive_execution;
mod removal;
pub(crate) mod render;
mod resolve;
mod retention;
mod revision;
mod routing;
mod send_task_failure;
mod send_task_heartbeat;
mod send_task_success;
mod signing;
mod start_execution;
mod start_sync_execution;
mod stop_execution;
mod superseded;
mod tag_resource;
mod tags;
mod task_token;
mod test_state;
mod untag_resource;
mod update_map_run;
mod update_state_machine;
mod update_state_machine_alias;
mod validate_state_machine_definition;
mod version;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sandstep_asl::{Timestamp, TokenKey};
use sandstep_driver::durable::{Engine, EngineSettings};
use sandstep_driver::{Clock, Driver, TaskRunner};
use sandstep_journal::{Catalog, Journal};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

pub use self::api_error::ApiError;
pub use self::billing::BillingDetails;
pub use self::create_activity::{CreateActivityInput, CreateActivityOutput};
pub use self::create_state_machine::{CreateStateMachineInput, CreateStateMachineOutput};
pub use self::create_state_machine_alias::{
    CreateStateMachineAliasInput, CreateStateMachineAliasOutput,
};
pub use self::delete_activity::{DeleteActivityInput, DeleteActivityOutput};
pub use self::delete_state_machine::{DeleteStateMachineInput, DeleteStateMachineOutput};
pub use self::delete_state_machine_alias::{
    DeleteStateMachineAliasInput, DeleteStateMachineAliasOutput,
};
pub use self::delete_state_machine_version::{
    DeleteStateMachineVersionInput, DeleteStateMachineVersionOutput,
};
pub use self::describe_activity::{DescribeActivityInput, DescribeActivityOutput};
pub use self::describe_execution::{DescribeExecutionInput, DescribeExecutionOutput};
pub use self::describe_map_run::DescribeMapRunInput;
pub use self::describe_state_machine::{DescribeStateMachineInput, DescribeStateMachineOutput};
pub use self::describe_state_machine_alias::{
    DescribeStateMachineAliasInput, DescribeStateMachineAliasOutput,
};
pub use self::describe_state_machine_for_execution::{
    DescribeStateMachineForExecutionInput, DescribeStateMachineForExecutionOutput,
};
pub use self::encryption_configuration::EncryptionConfiguration;
pub use self::execution::ExecutionStatus;
pub use self::get_activity_task::{ActivityTask, GetActivityTaskInput, GetActivityTaskOutput};
pub use self::get_execution_history::{GetExecutionHistoryInput, GetExecutionHistoryOutput};
pub use self::included_data::IncludedData;
pub use self::list_activities::{ActivityListItem, ListActivitiesInput, ListActivitiesOutput};
pub use self::list_executions::{ExecutionListItem, ListExecutionsInput, ListExecutionsOutput};
pub use self::list_map_runs::{ListMapRunsInput, ListMapRunsOutput};
pub use self::list_state_machine_aliases::{
    ListStateMachineAliasesInput, ListStateMachineAliasesOutput, StateMachineAliasListItem,
};
pub use self::list_state_machine_versions::{
    ListStateMachineVersionsInput, ListStateMachineVersionsOutput, StateMachineVersionListItem,
};
pub use self::list_state_machines::{
    ListStateMachinesInput, ListStateMachinesOutput, StateMachineListItem,
};
pub use self::list_tags_for_resource::{ListTagsForResourceInput, ListTagsForResourceOutput};
pub use self::logging_configuration::{LogLevel, LoggingConfiguration};
pub use self::machine::{MachineStatus, StateMachineType};
pub use self::publish_state_machine_version::{
    PublishStateMachineVersionInput, PublishStateMachineVersionOutput,
};
pub use self::quotas::Quotas;
pub use self::redrive_execution::{RedriveExecutionInput, RedriveExecutionOutput};
pub use self::retention::Swept;
pub use self::routing::RoutingConfigurationListItem;
pub use self::send_task_failure::{SendTaskFailureInput, SendTaskFailureOutput};
pub use self::send_task_heartbeat::{SendTaskHeartbeatInput, SendTaskHeartbeatOutput};
pub use self::send_task_success::{SendTaskSuccessInput, SendTaskSuccessOutput};
pub use self::start_execution::{StartExecutionInput, StartExecutionOutput};
pub use self::start_sync_execution::{StartSyncExecutionInput, StartSyncExecutionOutput};
pub use self::stop_execution::{StopExecutionInput, StopExecutionOutput};
pub use self::tag_resource::{TagResourceInput, TagResourceOutput};
pub use self::tags::Tag;
pub use self::test_state::{TestStateInput, TestStateOutput};
pub use self::untag_resource::{UntagResourceInput, UntagResourceOutput};
pub use self::update_map_run::UpdateMapRunInput;
pub use self::update_state_machine::{UpdateStateMachineInput, UpdateStateMachineOutput};
pub use self::update_state_machine_alias::{
    UpdateStateMachineAliasInput, UpdateStateMachineAliasOutput,
};
pub use self::validate_state_machine_definition::{
    ValidateStateMachineDefinitionInput, ValidateStateMachineDefinitionOutput,
};

use crate::identity::Uuid;

use self::count::Count;
use self::executions::{Pinned, engine_error};
use self::integrations::Integrations;
use self::pollers::Pollers;
use self::readers::Readers;
use self::records::Records;
use self::retention::Leftovers;
use self::superseded::Superseded;

/// The state machines and activities of one account in one region, which are
/// kept in a catalog, and their executions, which are kept in a journal. Cheap
/// to clone: all clones are the same account.
///
/// Executions run on the runtime that [`Settings`] names. When the last clone is
/// gone, those of STANDARD machines stop where they are, and go on when their
/// store is opened again; those of EXPRESS machines run to their ends.
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
    /// What runs the tasks of executions, but for those that call this service itself:
    /// `states:startExecution` and `aws-sdk:sfn`.
    pub tasks: Arc<dyn TaskRunner>,
    /// Where executions run. It needs a timer.
    pub runtime: Handle,
    /// How much the account may have.
    pub quotas: Quotas,
}

struct Account {
    region: String,
    account: String,
    clock: Clock,
    draw: Box<dyn Fn() -> u128 + Send + Sync>,
    /// Executions of STANDARD machines.
    engine: Engine,
    /// Executions of EXPRESS machines.
    driver: Driver,
    /// Room for executions of EXPRESS machines.
    express: Arc<Semaphore>,
    /// What the tokens of tasks are sealed with.
    token_key: TokenKey,
    runtime: Handle,
    journal: Arc<dyn Journal>,
    quotas: Quotas,
    records: Arc<Records>,
    /// Those who act on what they have read of the records.
    readers: Readers,
    /// How much the next sweep may find.
    leftovers: Arc<Leftovers>,
    /// The revisions that may go.
    superseded: tokio::sync::Mutex<Superseded>,
    /// How many state machines there are.
    machines: Count,
    /// How many activities there are.
    activities: Count,
    /// The workers that wait for tasks.
    pollers: Pollers,
}

impl StepFunctions {
    /// The account that a store holds. Executions that had not ended go on, and
    /// what was about to be deleted is deleted, in the background.
    ///
    /// Fails as the store does.
    pub async fn open(settings: Settings) -> Result<Self, ApiError> {
        let Settings {
            region,
            account,
            clock,
            draw,
            journal,
            catalog,
            tasks,
            runtime,
            quotas,
        } = settings;
        let token_key = signing::token_key(&*catalog, &*draw).await?;
        let records = Arc::new(Records::new(catalog, runtime.clone()));
        let (machines, leaving) = removal::survey(&records).await?;
        let activities = records.activities.visit("", drop).await?;
        let tasks = Integrations::new(tasks);
        let engine = EngineSettings {
            journal: Arc::clone(&journal),
            definitions: Arc::new(Pinned(Arc::clone(&records))),
            tasks: tasks.clone(),
            token_key: token_key.clone(),
            clock,
            runtime: runtime.clone(),
            limits: quotas.engine.clone(),
        };
        let engine = Engine::open(engine).await;
        let express = quotas.express_executions.min(Semaphore::MAX_PERMITS);
        let account = Self(Arc::new(Account {
            engine: engine.map_err(|error| engine_error(error, ""))?,
            express: Arc::new(Semaphore::new(express)),
            token_key,
            journal,
            region,
            account,
            clock,
            draw,
            driver: Driver::new(tasks.clone(), clock),
            pollers: Pollers::default(),
            runtime,
            records,
            readers: Readers::default(),
            leftovers: Arc::default(),
            superseded: Default::default(),
            machines: Count::new(machines, quotas.state_machines),
            activities: Count::new(activities, quotas.activities),
            quotas,
        }));
        tasks.open(&account);
        for machine_arn in leaving {
            account.remove_later(machine_arn);
        }
        account.begin_sweeping();
        Ok(account)
    }

    /// Takes on nothing new. Tasks in flight may end and be recorded within this time;
    /// what still runs then goes on when the store is opened again. Tells whether all of
    /// them ended in time.
    pub async fn shutdown(&self, within: Duration) -> bool {
        self.0.engine.shutdown(within).await
    }

    /// Waits until nothing can be promised any more, because the store failed, and tells
    /// why. What was promised goes on when the store is opened again.
    pub fn halted(&self) -> impl Future<Output = Arc<str>> + Send + 'static + use<> {
        self.0.engine.halted()
    }

    pub(crate) fn quotas(&self) -> &Quotas {
        &self.0.quotas
    }

    fn now(&self) -> Timestamp {
        match self.0.clock {
            Clock::Virtual(now) => now,
            Clock::Real => wall_time(),
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

fn wall_time() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Timestamp::default() + since.unwrap_or_default()
}
