//! The functions of a case, each a component in the sandbox.

use std::{
    path::Path,
    sync::{Arc, OnceLock, RwLock},
    time::Duration,
};

use sandstep_driver::{TaskCall, TaskFuture, TaskRunner};
use sandstep_json::{Object, Value};
use sandstep_sandbox::{
    CompilerProgram, Function, FunctionSpec, Grants, Limits, Sandbox, SandboxConfig,
};
use sandstep_service::{FunctionRunner, Unobserved};

use crate::{
    COMPILE,
    case::Call,
    endpoint::{ACCOUNT, REGION},
};

/// The functions that a case has created so far.
#[derive(Default)]
pub(crate) struct Functions {
    created: RwLock<Vec<(String, Function)>>,
}

impl Functions {
    /// `CreateFunction`, with a component that behaves as the case says (the
    /// corpus's README, "Lambda behaviours").
    pub(crate) async fn create(&self, call: &Call, params: &Value) -> Result<Object, String> {
        let name = params.get("FunctionName").and_then(Value::as_str);
        let name = name.ok_or("a function has no name")?;
        let behaviour = call.behaviour.as_deref();
        let spec = spec(
            name,
            behaviour.ok_or("a function's behaviour is unknown")?,
            params,
        );
        let arn = spec.arn.clone();
        let loaded = sandbox().load(component(), spec).await;
        let function = loaded.map_err(|error| error.to_string())?;
        let mut created = self.created.write().expect("pushing does not panic");
        created.push((name.to_owned(), function));
        Ok(Object::from([("FunctionArn", arn)]))
    }

    /// A runner for the functions there are now.
    fn runner(&self) -> FunctionRunner<Unobserved> {
        let functions = sandstep_service::Functions::default();
        for (name, function) in &*self.created.read().expect("pushing does not panic") {
            functions.insert(name.as_str(), function.clone());
        }
        FunctionRunner::new(functions, Unobserved)
    }
}

impl TaskRunner for Functions {
    fn run(&self, call: TaskCall) -> TaskFuture {
        let runner = Arc::new(self.runner());
        Box::pin(async move {
            let report = runner.run(call).await;
            // What nobody waits for ends before the runner is dropped.
            runner.finish().await;
            report
        })
    }
}

fn spec(name: &str, behaviour: &str, params: &Value) -> FunctionSpec {
    let seconds = params.get("Timeout").and_then(Value::as_i64);
    let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
    let default = Limits::default();
    FunctionSpec {
        arn: format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"),
        limits: Limits {
            wall_time: seconds.map_or(default.wall_time, Duration::from_secs),
            ..default
        },
        grants: Grants {
            environment: vec![("BEHAVIOUR".to_owned(), behaviour.to_owned())],
            ..Grants::default()
        },
        ..FunctionSpec::named(name)
    }
}

/// One for all cases.
fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| {
        let program = std::env::current_exe().expect("a running program has a file");
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("recorded-components");
        let compiler = CompilerProgram::new(program, [COMPILE]);
        Sandbox::new(SandboxConfig::new(cache, compiler)).expect("the sandbox starts")
    })
}

fn component() -> &'static [u8] {
    static COMPONENT: OnceLock<Vec<u8>> = OnceLock::new();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    COMPONENT.get_or_init(|| sandstep_components::guest("behaviours", target))
}
