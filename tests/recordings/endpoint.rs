//! The account in which one case is replayed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sandstep_driver::Clock;
use sandstep_journal::MemoryStore;
use sandstep_json::{Object, Value};
use sandstep_service::step_functions::{ApiError, Quotas, Settings, StepFunctions};
use tokio::runtime::Handle;

use crate::{
    case::{Call, Case},
    functions::Functions,
    log_groups,
    variables::NOW,
};

/// Where the service is, as far as answers tell.
pub(crate) const REGION: &str = "us-east-1";
/// Whose state machines and functions they are.
pub(crate) const ACCOUNT: &str = "123456789012";

pub(crate) struct Endpoint {
    functions: Arc<Functions>,
    step_functions: StepFunctions,
}

impl Endpoint {
    pub(crate) async fn new(case: &Case) -> Self {
        let functions = Arc::new(Functions::default());
        let drawn = AtomicU64::new(1);
        let store = Arc::new(MemoryStore::new());
        let settings = Settings {
            region: REGION.to_owned(),
            account: ACCOUNT.to_owned(),
            clock: clock(case),
            // Repeatable, and different in every digit.
            draw: Box::new(move || {
                let number = u128::from(drawn.fetch_add(1, Ordering::Relaxed));
                number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
            }),
            journal: store.clone(),
            catalog: store,
            tasks: functions.clone(),
            runtime: Handle::current(),
            quotas: Quotas::default(),
        };
        let step_functions = StepFunctions::open(settings).await;
        Self {
            functions,
            step_functions: step_functions.expect("memory does not fail"),
        }
    }

    /// Answers a call whose placeholders are filled. `Err` is a call that no
    /// selected case makes.
    pub(crate) async fn answer(
        &self,
        call: &Call,
        params: &Value,
    ) -> Result<Result<Object, ApiError>, String> {
        match call.service.as_str() {
            "stepfunctions" => Ok(self.step_functions.call(&call.operation, params).await),
            "lambda" => self.functions.create(call, params).await.map(Ok),
            "logs" => Ok(Ok(log_groups::answer(&call.operation, params))),
            other => Err(format!("there is no service {other}")),
        }
    }
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
