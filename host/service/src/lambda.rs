//! The first operations of the Lambda API, without HTTP.
//!
//! Each operation is a plain function from AWS's request to AWS's response, in a
//! file of its own. What clients upload is kept in the catalog and compiled in
//! the sandbox; from then on it is callable like any other function of the
//! registry, by tasks of executions and by [`Lambda::invoke`].

mod api_error;
mod configuration;
mod create_function;
mod delete_function;
mod events;
mod get_function;
mod invoke;
mod list_functions;
mod load;
mod logging;
mod name;
mod package;
mod record;
mod update;
mod update_function_code;
mod update_function_configuration;
mod uploaded;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sandstep_asl::Timestamp;
use sandstep_driver::Clock;
use sandstep_journal::Catalog;
use sandstep_sandbox::Sandbox;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, Semaphore};

pub use self::api_error::ApiError;
pub use self::delete_function::DeleteFunctionInput;
pub use self::get_function::GetFunctionInput;
pub use self::invoke::{InvokeInput, InvokeOutput};
pub use self::list_functions::ListFunctionsInput;

use crate::identity::Uuid;
use crate::registry::Functions;
use crate::runner::InvocationObserver;

use self::events::Events;
use self::package::Sizes;
use self::uploaded::Uploaded;

/// The functions of one account in one region. Cheap to clone: all clones are
/// the same account.
#[derive(Clone)]
pub struct Lambda(Arc<Account>);

/// Everything about an account that its callers do not say.
pub struct Settings {
    /// The region that ARNs name.
    pub region: String,
    /// The twelve digits of the account that ARNs name.
    pub account: String,
    /// Where uploaded functions are kept.
    pub catalog: Arc<dyn Catalog>,
    /// The functions that may be called. What it holds already, such as a
    /// project's functions, can be invoked and is not changed; uploaded functions
    /// are added to it.
    pub functions: Functions,
    /// What compiles and runs uploaded functions.
    pub sandbox: Sandbox,
    /// Sees the invocations that this API makes.
    pub observer: Arc<dyn InvocationObserver>,
    /// Whose time it is when something is changed. Functions see the host's.
    pub clock: Clock,
    /// Where request and revision ids come from. Take it from a secure
    /// generator, unless everything is to repeat itself.
    pub draw: Box<dyn Fn() -> u128 + Send + Sync>,
    /// Where functions are compiled and events wait. It needs a timer.
    pub runtime: Handle,
    /// How much is kept and taken.
    pub quotas: Quotas,
}

/// How much an account keeps and takes. The defaults are AWS's where it has them
/// (AWS, "Lambda quotas").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// How many functions may be uploaded; beyond it, creating one is a
    /// `CodeStorageExceededException`. 10,000 unless set.
    pub functions: usize,
    /// All deployment packages together, in bytes; beyond it, a new one is a
    /// `CodeStorageExceededException`. 75 GB unless set.
    pub code_bytes: u64,
    /// One deployment package, in bytes; a larger one is a
    /// `RequestEntityTooLargeException`. 50 MB unless set. What it unpacks to is
    /// limited by `component_bytes`.
    pub package_bytes: usize,
    /// The component in a package, in bytes; a larger one is an
    /// `InvalidParameterValueException`. 64 MiB unless set, as the sandbox has it.
    pub component_bytes: usize,
    /// The event of a synchronous invocation, in bytes; a larger one is a
    /// `RequestTooLargeException`. 6 MB unless set.
    pub request_bytes: usize,
    /// The event of an asynchronous invocation, in bytes; a larger one is a
    /// `RequestTooLargeException`. 1 MB unless set.
    pub event_bytes: usize,
    /// How many asynchronous invocations may run or wait; beyond it, one more is
    /// a `TooManyRequestsException`. 1,000 unless set.
    pub events: usize,
    /// How long creating and updating a function waits for its compilation. What
    /// takes longer is answered as `Pending` or `InProgress` and goes on.
    /// 5 seconds unless set.
    pub patience: Duration,
}

impl Default for Quotas {
    fn default() -> Self {
        const MB: usize = 1024 * 1024;
        Self {
            functions: 10_000,
            code_bytes: 75 * 1024 * MB as u64,
            package_bytes: 50 * MB,
            component_bytes: 64 * MB,
            request_bytes: 6 * MB,
            event_bytes: MB,
            events: 1_000,
            patience: Duration::from_secs(5),
        }
    }
}

/// Why an account cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The catalog failed, or holds something else than was written.
    #[error("the uploaded functions cannot be read")]
    Catalog(#[source] ApiError),
    /// A function was uploaded under the name of one that was there before.
    #[error(
        "there are two functions \"{0}\": one of the project, and one that was uploaded; delete \
         the uploaded one while the project is not served, or rename the project's"
    )]
    TwoFunctions(String),
}

struct Account {
    region: String,
    uploaded: Uploaded,
    functions: Functions,
    sandbox: Sandbox,
    observer: Arc<dyn InvocationObserver>,
    clock: Clock,
    draw: Box<dyn Fn() -> u128 + Send + Sync>,
    runtime: Handle,
    quotas: Quotas,
    /// Held while the catalog and the registry change together.
    changing: Mutex<()>,
    /// How many components may be in memory on their way to the sandbox.
    loading: Semaphore,
    events: Events,
}

/// How many components are loaded at a time. Compiling has limits of its own.
const LOADING: usize = 4;

impl Lambda {
    /// The account that a catalog holds. Its functions are loaded in the
    /// background; whoever calls one sooner waits for it.
    ///
    /// # Errors
    ///
    /// Fails where the catalog does, or a name means two functions.
    pub async fn open(settings: Settings) -> Result<Self, OpenError> {
        let Settings {
            region,
            account,
            catalog,
            functions,
            sandbox,
            observer,
            clock,
            draw,
            runtime,
            quotas,
        } = settings;
        let prefix = format!("arn:aws:lambda:{region}:{account}:function:");
        let lambda = Self(Arc::new(Account {
            region,
            uploaded: Uploaded::new(catalog, prefix),
            functions,
            sandbox,
            observer,
            clock,
            draw,
            events: Events::new(quotas.events),
            runtime,
            quotas,
            changing: Mutex::default(),
            loading: Semaphore::new(LOADING),
        }));
        lambda.restore().await?;
        Ok(lambda)
    }

    /// Waits for the asynchronous invocations that run. Those that wait to be
    /// tried again are given up: they are kept in memory alone.
    pub async fn finish(&self) {
        self.0.events.finish().await;
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

    /// The ARN of a function of this account.
    fn arn(&self, name: &str) -> String {
        self.0.uploaded.arn(name)
    }

    /// A UUID of version 4, as AWS makes for requests and revisions.
    fn draw_uuid(&self) -> String {
        Uuid::random((self.0.draw)()).to_string()
    }

    fn sizes(&self) -> Sizes {
        Sizes {
            package: self.0.quotas.package_bytes,
            component: self.0.quotas.component_bytes,
        }
    }
}
