//! The plumbing: an account with a store and a sandbox.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sandstep_asl::Timestamp;
use sandstep_driver::Clock;
use sandstep_journal::{Catalog, CatalogQuery, Kind, MemoryStore};
use sandstep_json::{Object, Value};
use sandstep_sandbox::{Call, CompilerProgram, Invocation, Sandbox, SandboxConfig};
use sandstep_service::lambda::{
    DeleteFunctionInput, GetFunctionInput, InvokeInput, InvokeOutput, Lambda, OpenError, Quotas,
    Settings,
};
use sandstep_service::{Functions, InvocationObserver};
use tokio::runtime::Handle;

use crate::COMPILE;

/// An account within a test.
pub(crate) struct Account {
    pub(crate) lambda: Lambda,
    pub(crate) functions: Functions,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) seen: Arc<Seen>,
}

/// Counts invocations by what became of them.
#[derive(Default)]
pub(crate) struct Seen(Mutex<Vec<Result<String, String>>>);

impl Seen {
    /// Results and errors' names, in the order of their ends.
    pub(crate) fn all(&self) -> Vec<Result<String, String>> {
        self.0.lock().expect("nothing panics in here").clone()
    }
}

impl InvocationObserver for Seen {
    fn invoked(&self, _function: &str, _call: &Call<'_>, invocation: &Invocation<Value>) {
        let outcome = match &invocation.outcome {
            Ok(result) => Ok(result.to_json()),
            Err(failure) => Err(failure.error.clone()),
        };
        self.0.lock().expect("nothing panics in here").push(outcome);
    }
}

pub(crate) async fn account() -> Account {
    with_quotas(Quotas::default()).await
}

/// What is compiled here takes long on a machine with other things to do.
pub(crate) fn patient() -> Quotas {
    Quotas {
        patience: Duration::from_secs(120),
        ..Quotas::default()
    }
}

pub(crate) async fn with_quotas(quotas: Quotas) -> Account {
    let store = Arc::new(MemoryStore::new());
    let opened = open(store, Functions::default(), quotas).await;
    opened.expect("an empty store opens")
}

/// The account that a store holds, as after a restart.
pub(crate) async fn open(
    store: Arc<MemoryStore>,
    functions: Functions,
    quotas: Quotas,
) -> Result<Account, OpenError> {
    open_on(Handle::current(), store, functions, quotas).await
}

/// The same, with a runtime of its own for what goes on in the background.
pub(crate) async fn open_on(
    runtime: Handle,
    store: Arc<MemoryStore>,
    functions: Functions,
    quotas: Quotas,
) -> Result<Account, OpenError> {
    let seen = Arc::new(Seen::default());
    let drawn = AtomicU64::new(1);
    let lambda = Lambda::open(Settings {
        region: "us-east-1".to_owned(),
        account: "123456789012".to_owned(),
        catalog: store.clone(),
        functions: functions.clone(),
        sandbox: sandbox().clone(),
        observer: seen.clone(),
        clock: Clock::Virtual(Timestamp::from_millis(1_767_225_600_000)),
        draw: Box::new(move || u128::from(drawn.fetch_add(1, Ordering::Relaxed)) << 80),
        runtime,
        quotas,
    })
    .await?;
    Ok(Account {
        lambda,
        functions,
        store,
        seen,
    })
}

impl Account {
    /// Creates a function of a component, and answers its configuration.
    pub(crate) async fn create(&self, name: &str, component: &[u8]) -> Result<Object, String> {
        self.create_with(name, component, "{}").await
    }

    /// The same with more members in its request.
    pub(crate) async fn create_with(
        &self,
        name: &str,
        package: &[u8],
        more: &str,
    ) -> Result<Object, String> {
        let mut request = Object::from([
            ("FunctionName", name),
            ("Runtime", "provided.al2023"),
            ("Handler", "index.handler"),
            ("Role", "arn:aws:iam::123456789012:role/r"),
        ]);
        request.insert("Code", Object::from([("ZipFile", BASE64.encode(package))]));
        for (key, value) in json(more).as_object().expect("an object").iter() {
            request.insert(key, value.clone());
        }
        let created = self.lambda.create_function(&request.into()).await;
        created.map_err(|error| error.to_string())
    }

    pub(crate) async fn update_code(
        &self,
        name: &str,
        package: &[u8],
        more: &str,
    ) -> Result<Object, String> {
        let mut request = Object::from([("ZipFile", BASE64.encode(package))]);
        for (key, value) in json(more).as_object().expect("an object").iter() {
            request.insert(key, value.clone());
        }
        let updated = self
            .lambda
            .update_function_code(name, &request.into())
            .await;
        updated.map_err(|error| error.to_string())
    }

    pub(crate) async fn configuration(&self, name: &str) -> Result<Object, String> {
        let input = GetFunctionInput {
            function_name: name.to_owned(),
            qualifier: None,
        };
        let found = self.lambda.get_function_configuration(input).await;
        found.map_err(|error| error.to_string())
    }

    pub(crate) async fn delete(&self, name: &str) -> Result<(), String> {
        let input = DeleteFunctionInput {
            function_name: name.to_owned(),
            qualifier: None,
        };
        let deleted = self.lambda.delete_function(input).await;
        deleted.map_err(|error| error.to_string())
    }

    /// The payload of an invocation.
    pub(crate) async fn call(&self, name: &str, event: &str) -> Result<String, String> {
        let output = self.invoke(invocation(name, event)).await?;
        Ok(output.payload)
    }

    pub(crate) async fn invoke(&self, input: InvokeInput) -> Result<InvokeOutput, String> {
        let invoked = self.lambda.invoke(input).await;
        invoked.map_err(|error| error.to_string())
    }

    /// How many components are kept.
    pub(crate) async fn components(&self) -> usize {
        let query = CatalogQuery {
            kind: Kind::Code,
            prefix: String::new(),
            after: None,
            limit: 100,
        };
        self.store
            .list(query)
            .await
            .expect("memory does not fail")
            .len()
    }
}

pub(crate) fn invocation(name: &str, event: &str) -> InvokeInput {
    InvokeInput {
        function_name: name.to_owned(),
        payload: event.as_bytes().to_vec(),
        ..InvokeInput::default()
    }
}

/// One for all tests.
pub(crate) fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| {
        let program = std::env::current_exe().expect("a running program has a file");
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lambda-components");
        let compiler = CompilerProgram::new(program, [COMPILE]);
        Sandbox::new(SandboxConfig::new(cache, compiler)).expect("the sandbox starts")
    })
}

/// The component of one member of `tests/guests`.
pub(crate) fn guest(name: &str) -> Vec<u8> {
    sandstep_components::guest(name, Path::new(env!("CARGO_TARGET_TMPDIR")))
}

/// A member's component as nobody has compiled it yet: with a section of its own
/// at the end, which means nothing.
pub(crate) fn uncompiled(name: &str) -> Vec<u8> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let unique = since.unwrap_or_default().as_nanos().to_le_bytes();
    let mut component = guest(name);
    // A custom section: its id, its length, its name's length, its name.
    component.extend([0, 1 + 16, 16]);
    component.extend(unique.map(|byte| b'a' + byte % 26));
    component
}

/// A component whose handler has the wrong type, which is found out after it was
/// compiled.
pub(crate) fn unloadable() -> Vec<u8> {
    let text = r#"(component
        (core module $m (func (export "f")))
        (core instance $i (instantiate $m))
        (func (export "handle") (canon lift (core func $i "f"))))"#;
    wat::parse_str(text).expect("it is a component")
}

pub(crate) fn json(text: &str) -> Value {
    Value::parse(text).expect("the test's JSON is JSON")
}

pub(crate) fn text(object: &Object, key: &str) -> String {
    let text = object.get(key).and_then(Value::as_str);
    text.unwrap_or("-").to_owned()
}

/// `State` and `LastUpdateStatus`.
pub(crate) fn states(configuration: &Object) -> String {
    let states = ["State", "LastUpdateStatus"].map(|key| text(configuration, key));
    states.join(" ")
}

/// Waits as clients do.
pub(crate) async fn until_active(account: &Account, name: &str) {
    while states(&account.configuration(name).await.unwrap()) != "Active Successful" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
