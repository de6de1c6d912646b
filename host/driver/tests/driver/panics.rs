//! Runners that panic.

use std::{future::pending, sync::Arc};

use sandstep_asl::Outcome;
use sandstep_driver::{Driver, TaskCall, TaskFuture, TaskRunner};
use sandstep_json::Value;

use crate::support::{CLOCKS, run};

/// A runner whose tasks panic.
enum Panics {
    /// Before there is a task at all.
    InTheRunner,
    AtOnce,
    /// After having let others run.
    Later,
}

impl TaskRunner for Panics {
    fn run(&self, _call: TaskCall) -> TaskFuture {
        match self {
            Self::InTheRunner => panic!("no task"),
            Self::AtOnce => Box::pin(async { panic!("the first poll") }),
            Self::Later => Box::pin(async {
                tokio::task::yield_now().await;
                panic!("the second poll")
            }),
        }
    }
}

#[tokio::test]
async fn a_task_that_panics_fails_alone() {
    let definition = r#"{"StartAt": "T", "States": {
        "T": {"Type": "Task", "Resource": "work", "End": true,
              "Catch": [{"ErrorEquals": ["Sandstep.InternalError"], "Next": "P"}]},
        "P": {"Type": "Pass", "Result": "caught", "End": true}}}"#;
    for clock in CLOCKS {
        for runner in [Panics::InTheRunner, Panics::AtOnce, Panics::Later] {
            let driver = Driver::new(Arc::new(runner), clock);
            let outcome = run(&driver, definition, Value::Null, pending()).await;
            assert_eq!(outcome, Outcome::Succeeded("caught".into()));
        }
    }
}
