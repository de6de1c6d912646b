//! The account in which one case is replayed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sandstep_api::{ApiSettings, HttpLimits};
use sandstep_driver::Clock;
use sandstep_journal::MemoryStore;
use sandstep_json::{Object, Value};
use sandstep_service::lambda::Lambda;
use sandstep_service::step_functions::{Quotas, Settings, StepFunctions};
use sandstep_service::{FunctionRunner, Functions, Unobserved};
use tokio::runtime::Handle;

use crate::{
    case::{Call, Case},
    functions,
    http::Client,
    log_groups,
    variables::NOW,
};

/// Where the service is, as far as answers tell.
pub(crate) const REGION: &str = "us-east-1";
/// Whose state machines and functions they are.
pub(crate) const ACCOUNT: &str = "123456789012";

/// How the calls of a case reach the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    InProcess,
    OverHttp,
}

/// What an endpoint answers.
pub(crate) type Answer = Result<Reply, Refused>;

/// The answer to a call that was not refused.
pub(crate) struct Reply {
    /// The HTTP status.
    pub(crate) status: i64,
    pub(crate) members: Object,
}

/// A refused call.
#[derive(Debug)]
pub(crate) struct Refused {
    /// The HTTP status.
    pub(crate) status: i64,
    /// The name of the error, without namespace.
    pub(crate) code: String,
    /// What the error says, its message among it.
    pub(crate) members: Object,
}

pub(crate) enum Endpoint {
    InProcess {
        step_functions: StepFunctions,
        lambda: Lambda,
    },
    OverHttp(Client),
}

impl Endpoint {
    pub(crate) async fn open(case: &Case, way: Way) -> Self {
        let functions = Functions::default();
        let store = Arc::new(MemoryStore::new());
        let lambda = functions::account(store.clone(), functions.clone()).await;
        let settings = Settings {
            region: REGION.to_owned(),
            account: ACCOUNT.to_owned(),
            clock: clock(case),
            draw: draws(),
            journal: store.clone(),
            catalog: store,
            tasks: Arc::new(FunctionRunner::new(functions, Unobserved)),
            runtime: Handle::current(),
            quotas: Quotas::default(),
        };
        let step_functions = StepFunctions::open(settings).await;
        let step_functions = step_functions.expect("memory does not fail");
        if way == Way::InProcess {
            return Self::InProcess {
                step_functions,
                lambda,
            };
        }
        let client = Client::start(ApiSettings {
            step_functions,
            lambda: Some(lambda),
            http_events: Vec::new(),
            credentials: None,
            region: REGION.to_owned(),
            limits: HttpLimits::default(),
        });
        Self::OverHttp(client.await.expect("this machine can be connected to"))
    }

    /// Answers a call whose placeholders are filled. `Err` is a call that no
    /// selected case makes.
    pub(crate) async fn answer(&self, call: &Call, params: &Value) -> Result<Answer, String> {
        match (call.service.as_str(), self) {
            ("stepfunctions", Self::InProcess { step_functions, .. }) => {
                let answer = step_functions.call(&call.operation, params).await;
                Ok(answer.map(Reply::of).map_err(|error| Refused {
                    status: error.status().into(),
                    code: error.code.to_owned(),
                    members: error.to_json(),
                }))
            }
            ("stepfunctions", Self::OverHttp(client)) => client.call(call, params).await,
            ("lambda", Self::InProcess { lambda, .. }) => {
                let request = functions::request(call, params)?;
                let created = lambda.create_function(&request).await;
                created
                    .map(|created| Ok(Reply::of(created)))
                    .map_err(|error| error.to_string())
            }
            ("lambda", Self::OverHttp(client)) => {
                let request = functions::request(call, params)?;
                client.create_function(&request).await
            }
            ("logs", _) => {
                let answer = log_groups::answer(&call.operation, params);
                Ok(Ok(Reply::of(answer)))
            }
            (other, _) => Err(format!("there is no service {other}")),
        }
    }
}

impl Reply {
    fn of(members: Object) -> Self {
        Self {
            status: 200,
            members,
        }
    }
}

/// Repeatable, and different in every digit.
pub(crate) fn draws() -> Box<dyn Fn() -> u128 + Send + Sync> {
    let drawn = AtomicU64::new(1);
    Box::new(move || {
        let number = u128::from(drawn.fetch_add(1, Ordering::Relaxed));
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
    })
}

/// An execution can be stopped, and its tasks be ended by others, only where its time
/// takes time.
fn clock(case: &Case) -> Clock {
    let waits_for_others = case
        .calls
        .iter()
        .any(|call| matches!(call.operation.as_str(), "StopExecution" | "CreateActivity"));
    match waits_for_others {
        true => Clock::Real,
        false => Clock::Virtual(NOW),
    }
}
