//! The functions of a case, each a component in the sandbox.

use std::{
    path::Path,
    sync::{Arc, OnceLock},
    time::Duration,
};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sandstep_driver::Clock;
use sandstep_journal::MemoryStore;
use sandstep_json::{Object, Value};
use sandstep_sandbox::{CompilerProgram, Sandbox, SandboxConfig};
use sandstep_service::lambda::{Lambda, Quotas, Settings};
use sandstep_service::{Functions, Unobserved};
use tokio::runtime::Handle;

use crate::{
    COMPILE,
    case::Call,
    endpoint::{ACCOUNT, REGION, draws},
    variables::NOW,
};

/// The account whose functions a case creates.
pub(crate) async fn account(store: Arc<MemoryStore>, functions: Functions) -> Lambda {
    let settings = Settings {
        region: REGION.to_owned(),
        account: ACCOUNT.to_owned(),
        catalog: store,
        functions,
        sandbox: sandbox().clone(),
        observer: Arc::new(Unobserved),
        clock: Clock::Virtual(NOW),
        draw: draws(),
        runtime: Handle::current(),
        quotas: Quotas {
            // A case uses its functions at once.
            patience: Duration::from_secs(60),
            ..Quotas::default()
        },
    };
    Lambda::open(settings).await.expect("an empty store opens")
}

/// A request to create a function, with a component that behaves as the case says
/// (the corpus's README, "Lambda behaviours").
pub(crate) fn request(call: &Call, params: &Value) -> Result<Value, String> {
    let behaviour = call.behaviour.as_deref();
    let behaviour = behaviour.ok_or("a function's behaviour is unknown")?;
    let asked = params.as_object().ok_or("a request is an object")?;
    let mut request = Object::from([
        ("Runtime", "provided.al2023"),
        ("Handler", "index.handler"),
        ("Role", "arn:aws:iam::123456789012:role/functions"),
    ]);
    request.extend(asked);
    let variables = Object::from([("BEHAVIOUR", behaviour)]);
    request.insert("Environment", Object::from([("Variables", variables)]));
    request.insert("Code", Object::from([("ZipFile", component())]));
    Ok(request.into())
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

/// In base64.
fn component() -> &'static str {
    static COMPONENT: OnceLock<String> = OnceLock::new();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    COMPONENT.get_or_init(|| BASE64.encode(sandstep_components::guest("behaviours", target)))
}
