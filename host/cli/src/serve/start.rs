//! Brings a server up.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sandstep_api::{ApiSettings, Credentials, HttpEvent, HttpLimits, HttpRoute, Router, router};
use sandstep_driver::Clock;
use sandstep_sandbox::Sandbox;
use sandstep_service::lambda::{self, Lambda};
use sandstep_service::step_functions::{Quotas, Settings, StateMachineType, StepFunctions};
use sandstep_service::{FunctionRunner, Functions};
use tokio::runtime::Handle;

use super::deploy::{Deployed, Wanted, deploy};
use super::observer::Logged;
use super::plan::{Plan, PlannedMachine};
use super::store::open_store;
use crate::args::{ListenArgs, ServeArgs};
use crate::command_error::CommandError;
use crate::commands::add_functions;
use crate::project::{Machine, MachineKind, MachineLimits, Project, QuotaTable, open};
use crate::runtime;
use crate::terminal::Terminal;

/// All that a server is told.
pub(crate) struct Setup {
    args: ServeArgs,
    projects: Vec<Project>,
    credentials: Option<Credentials>,
    quotas: Quotas,
    limits: HttpLimits,
}

impl Setup {
    /// Reads the files that options name.
    pub(crate) fn read(args: ServeArgs) -> Result<Self, CommandError> {
        let credentials = args.listen.credentials.as_deref().map(read_credentials);
        let credentials = credentials.transpose()?;
        let projects = projects(&args)?;
        let (quotas, limits) = quotas(&args, &projects)?;
        Ok(Self {
            args,
            projects,
            credentials,
            quotas,
            limits,
        })
    }

    /// Where to listen, and for how long to end.
    pub(crate) fn listen(&self) -> &ListenArgs {
        &self.args.listen
    }

    /// What clients may ask of HTTP.
    pub(crate) fn limits(&self) -> &HttpLimits {
        &self.limits
    }
}

/// A server that has everything it needs.
pub(crate) struct Server {
    account: StepFunctions,
    lambda: Lambda,
    runner: Arc<FunctionRunner<Logged>>,
    router: Router,
}

/// Builds and loads functions, opens the store, and deploys state machines.
/// Executions that the store holds go on from then.
pub(crate) async fn start(setup: Setup, terminal: Terminal) -> Result<Server, CommandError> {
    let Setup {
        args,
        projects,
        credentials,
        quotas,
        limits,
    } = &setup;
    let plan = Plan::of(projects)?;
    let (functions, sandbox) = load(&plan, terminal).await?;
    let store = open_store(&args.store).await?;
    // Before executions go on, which may call what was uploaded.
    let lambda = lambda::Settings {
        region: args.listen.region.clone(),
        account: args.listen.account.clone(),
        catalog: store.clone(),
        functions: functions.clone(),
        sandbox,
        observer: Arc::new(Logged),
        clock: Clock::Real,
        draw: Box::new(rand::random),
        runtime: Handle::current(),
        quotas: lambda::Quotas::default(),
    };
    let lambda = Lambda::open(lambda)
        .await
        .map_err(|cause| CommandError::caused("taking up the functions of the store", &cause))?;
    let runner = Arc::new(FunctionRunner::new(functions, Logged));
    let settings = Settings {
        region: args.listen.region.clone(),
        account: args.listen.account.clone(),
        clock: Clock::Real,
        draw: Box::new(rand::random),
        journal: store.clone(),
        catalog: store,
        tasks: runner.clone(),
        runtime: Handle::current(),
        quotas: quotas.clone(),
    };
    let account = StepFunctions::open(settings)
        .await
        .map_err(|cause| CommandError::caused("taking up the executions of the store", &cause))?;
    let arn = |machine: &Machine| machine_arn(args, machine);
    for planned in plan.machines() {
        deploy_machine(args, &account, planned).await?;
    }
    let http_events = plan.http_events(arn);
    http_events.iter().for_each(tell_of_route);
    let router = router(ApiSettings {
        step_functions: account.clone(),
        lambda: Some(lambda.clone()),
        http_events,
        credentials: credentials.clone(),
        region: args.listen.region.clone(),
        limits: limits.clone(),
    });
    Ok(Server {
        account,
        lambda,
        runner,
        router,
    })
}

fn read_credentials(file: &Path) -> Result<Credentials, CommandError> {
    Credentials::read(file)
        .map_err(|cause| CommandError::caused(format!("--credentials {}", file.display()), &cause))
}

/// The projects, with the region and account that this server's ARNs have.
fn projects(args: &ServeArgs) -> Result<Vec<Project>, CommandError> {
    let mut defines = vec![
        ("AWS::Region".to_owned(), args.listen.region.clone()),
        ("AWS::AccountId".to_owned(), args.listen.account.clone()),
    ];
    defines.extend_from_slice(&args.values.defines);
    let projects = args.project.iter().map(|target| open(target, &defines));
    let mut projects: Vec<Project> = projects.collect::<Result<_, _>>()?;
    match &mut projects[..] {
        _ if args.values.functions.is_empty() => {}
        [project] => add_functions(project, &args.values.functions)?,
        _ => return Err(CommandError::new("--function needs exactly one --project")),
    }
    Ok(projects)
}

/// AWS's quotas, but for what projects and then options say.
fn quotas(args: &ServeArgs, projects: &[Project]) -> Result<(Quotas, HttpLimits), CommandError> {
    let mut quotas = Quotas::default();
    let mut limits = HttpLimits {
        drain_within: args.listen.shutdown_timeout,
        ..HttpLimits::default()
    };
    let said = QuotaTable::parse(&args.quotas)?;
    let tables = projects.iter().map(|project| &project.quotas);
    for table in tables.chain([&said]) {
        table.set_quotas(&mut quotas);
        table.set_limits(&mut limits);
    }
    let machines = projects.iter().flat_map(|project| &project.machines);
    machines.for_each(|machine| set_machine_limits(machine, &mut quotas));
    Ok((quotas, limits))
}

/// What a project says of a machine of its own goes before all quotas.
fn set_machine_limits(machine: &Machine, quotas: &mut Quotas) {
    if machine.limits == MachineLimits::default() {
        return;
    }
    let kind = match machine.kind {
        MachineKind::Standard => StateMachineType::Standard,
        MachineKind::Express => StateMachineType::Express,
    };
    let limits = machine.limits.over(quotas.limits(kind));
    quotas.machines.insert(machine.name.clone(), limits);
}

async fn load(plan: &Plan<'_>, terminal: Terminal) -> Result<(Functions, Sandbox), CommandError> {
    let registry = Functions::default();
    let sandbox = runtime::sandbox(plan.functions())?;
    for planned in &plan.projects {
        let (project, functions) = (planned.project, &planned.functions);
        runtime::load_into(&registry, &sandbox, project, functions, terminal).await?;
    }
    Ok((registry, sandbox))
}

fn machine_arn(args: &ServeArgs, machine: &Machine) -> String {
    args.listen
        .arn("states", &format!("stateMachine:{}", machine.name))
}

async fn deploy_machine(
    args: &ServeArgs,
    account: &StepFunctions,
    planned: &PlannedMachine<'_>,
) -> Result<(), CommandError> {
    let machine = planned.machine;
    let wanted = Wanted {
        name: &machine.name,
        kind: machine.kind,
        definition: &planned.definition,
        arn: machine_arn(args, machine),
        role_arn: format!("arn:aws:iam::{}:role/sandstep", args.listen.account),
    };
    let what = match deploy(account, &wanted).await? {
        Deployed::Created => "created",
        Deployed::Updated => "updated",
        Deployed::Unchanged => "unchanged",
        Deployed::Deleting => {
            tracing::warn!(
                state_machine_arn = wanted.arn,
                "the state machine was deleted, and is gone once its executions have ended; \
                 the server makes it again when it is started after that"
            );
            return Ok(());
        }
    };
    tracing::info!(state_machine_arn = wanted.arn, "state machine {what}");
    Ok(())
}

fn tell_of_route(event: &HttpEvent) {
    let HttpRoute {
        method,
        path,
        stage,
        ..
    } = &event.route;
    let method = method.as_ref().map_or("ANY", |method| method.as_str());
    let arn = &*event.machine_arn;
    tracing::info!(
        state_machine_arn = arn,
        "answering {method} {path} and /{stage}{path}"
    );
}

impl Server {
    /// What answers requests.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Waits until it can promise nothing any more, and tells why.
    pub(crate) fn halted(&self) -> impl Future<Output = Arc<str>> + use<> {
        self.account.halted()
    }

    /// Starts no more tasks, and lets those end that run: for so long at most. Tells
    /// whether all of them did; the next server starts the others again.
    pub(crate) async fn stop(self, within: Duration) -> bool {
        let began = Instant::now();
        let tasks = self.account.shutdown(within).await;
        let events = async { tokio::join!(self.lambda.finish(), self.runner.finish()) };
        let left = within.saturating_sub(began.elapsed());
        let events = tokio::time::timeout(left, events).await;
        tasks && events.is_ok()
    }
}
