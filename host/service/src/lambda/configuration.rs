//! How a function is configured: what a client chose of it, in AWS's words.

use std::time::Duration;

use sandstep_json::{Array, Object, Value};
use sandstep_sandbox::{FunctionSpec, Grants, Limits};

use super::api_error::ApiError;
use super::logging::Logging;
use super::name::LATEST;
use crate::role::{ROLE_PATTERN, is_role};
use crate::step_functions::constraints::Constraints;
use crate::step_functions::params::Params;

/// The longest description, in characters (API reference, `Description`).
const LONGEST_DESCRIPTION: usize = 256;

/// The longest handler, in characters (API reference, `Handler`).
const LONGEST_HANDLER: usize = 128;

/// How long a function may run, in seconds (AWS, "Lambda quotas").
const MOST_TIMEOUT: i64 = 900;

/// How much memory a function may have, in MB of 1,048,576 bytes (AWS, "Lambda
/// quotas"). The sandbox's pool may allow less.
const MEMORY: [i64; 2] = [128, 10_240];

/// All environment variables together, keys and values, in bytes (AWS, "Lambda
/// quotas").
const ENVIRONMENT_BYTES: usize = 4 * 1024;

/// Variables that only the service may set (AWS, "Defined runtime environment
/// variables").
const RESERVED: [&str; 19] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/// Members that would change what a function does, and cannot do so here. A
/// client is told rather than surprised.
const UNSUPPORTED: [&str; 14] = [
    "AcceleratorConfig",
    "CapacityProviderConfig",
    "CodeSigningConfigArn",
    "DeadLetterConfig",
    "DurableConfig",
    "FileSystemConfigs",
    "ImageConfig",
    "KMSKeyArn",
    "Layers",
    "PackageType",
    "RuntimeConfig",
    "SnapStart",
    "TenancyConfig",
    "VpcConfig",
];

/// Those of them that ask for what every function has, as JSON.
const USUAL: [(&str, &str); 2] = [
    ("PackageType", r#""Zip""#),
    ("SnapStart", r#"{"ApplyOn":"None"}"#),
];

/// What a client chose of a function.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Configuration {
    pub(crate) runtime: String,
    pub(crate) role: String,
    pub(crate) handler: String,
    description: String,
    /// In seconds.
    timeout: i64,
    /// In MB of 1,048,576 bytes.
    memory: i64,
    /// `None` where no client ever named any.
    environment: Option<Vec<(String, String)>>,
    architecture: String,
    /// In MB. No function has files of its own; it is kept to be answered.
    ephemeral_storage: i64,
    tracing: String,
    logging: Logging,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            runtime: String::new(),
            role: String::new(),
            handler: String::new(),
            description: String::new(),
            timeout: 3,
            memory: 128,
            environment: None,
            architecture: "x86_64".to_owned(),
            ephemeral_storage: 512,
            tracing: "PassThrough".to_owned(),
            logging: Logging::default(),
        }
    }
}

impl Configuration {
    /// This configuration with what a request says instead. Requests to create
    /// and to update have the same members as [`to_json`](Self::to_json) writes.
    pub(crate) fn updated(&self, request: &Value) -> Result<Self, ApiError> {
        let params = Params::of(request)?;
        refuse_unsupported(&params)?;
        let part = |key| Params::of(params.value(key).unwrap_or(&Value::Null));
        let environment = match part("Environment")?.value("Variables") {
            Some(variables) => Some(texts(variables)?),
            None => self.environment.clone(),
        };
        let or = |new: Option<String>, old: &String| new.unwrap_or_else(|| old.clone());
        Ok(Self {
            runtime: or(params.text("Runtime")?, &self.runtime),
            role: or(params.text("Role")?, &self.role),
            handler: or(params.text("Handler")?, &self.handler),
            description: or(params.text("Description")?, &self.description),
            timeout: params.number("Timeout")?.unwrap_or(self.timeout),
            memory: params.number("MemorySize")?.unwrap_or(self.memory),
            environment,
            architecture: or(architecture(&params)?, &self.architecture),
            ephemeral_storage: part("EphemeralStorage")?
                .number("Size")?
                .unwrap_or(self.ephemeral_storage),
            tracing: or(part("TracingConfig")?.text("Mode")?, &self.tracing),
            logging: self.logging.updated(&part("LoggingConfig")?)?,
        })
    }

    /// Refuses what no function may have.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        let mut constraints = Constraints::default();
        constraints
            .pattern("role", &self.role, ROLE_PATTERN, is_role(&self.role))
            .length("handler", &self.handler, 0, LONGEST_HANDLER)
            .length("description", &self.description, 0, LONGEST_DESCRIPTION)
            .range("timeout", self.timeout, 1, MOST_TIMEOUT)
            .range("memorySize", self.memory, MEMORY[0], MEMORY[1])
            .range("ephemeralStorage.size", self.ephemeral_storage, 512, 10_240)
            .member("architectures", &self.architecture, &["x86_64", "arm64"])
            .member(
                "tracingConfig.mode",
                &self.tracing,
                &["Active", "PassThrough"],
            );
        self.logging.check(&mut constraints);
        constraints.check()?;
        if self.runtime.is_empty() || self.handler.is_empty() {
            return Err(ApiError::invalid_parameter(
                "Runtime and Handler are mandatory parameters for functions created with \
                 deployment packages.",
            ));
        }
        check_environment(self.environment.as_deref().unwrap_or_default())
    }

    /// What the sandbox is told of the function.
    pub(crate) fn spec(&self, name: &str, arn: String) -> FunctionSpec {
        const MB: usize = 1024 * 1024;
        // Checked: both are small and positive.
        let timeout = Duration::from_secs(self.timeout.unsigned_abs());
        let memory = usize::try_from(self.memory).unwrap_or(usize::MAX);
        FunctionSpec {
            name: name.to_owned(),
            version: LATEST.to_owned(),
            arn,
            limits: Limits {
                memory_bytes: memory.saturating_mul(MB),
                // Lambda has no limit but the timeout.
                cpu_time: timeout,
                wall_time: timeout,
                ..Limits::default()
            },
            grants: Grants {
                environment: self.environment.clone().unwrap_or_default(),
                ..Grants::default()
            },
        }
    }

    /// The members of `FunctionConfiguration` that clients choose, as far as they
    /// are there.
    pub(crate) fn to_json(&self) -> Object {
        let mut members = Object::from([
            ("Runtime", self.runtime.as_str()),
            ("Role", &self.role),
            ("Handler", &self.handler),
            ("Description", &self.description),
        ]);
        members.insert("Timeout", self.timeout);
        members.insert("MemorySize", self.memory);
        if let Some(variables) = &self.environment {
            let variables: Object = variables.iter().map(|(key, text)| (key, text)).collect();
            members.insert("Environment", Object::from([("Variables", variables)]));
        }
        members.insert(
            "TracingConfig",
            Object::from([("Mode", self.tracing.as_str())]),
        );
        members.insert("Architectures", Array::from([self.architecture.as_str()]));
        let storage = Object::from([("Size", self.ephemeral_storage)]);
        members.insert("EphemeralStorage", storage);
        members.insert("LoggingConfig", self.logging.to_json());
        members
    }

    /// The same for a function of this name, with what follows from it.
    pub(crate) fn describe(&self, name: &str) -> Object {
        let mut members = self.to_json();
        members.insert("LoggingConfig", self.logging.described(name).to_json());
        members
    }
}

fn refuse_unsupported(params: &Params<'_>) -> Result<(), ApiError> {
    let asked = |key: &&str| {
        let value = params.value(key);
        value.is_some_and(|value| !is_empty(value) && !is_usual(key, value))
    };
    match UNSUPPORTED.into_iter().find(asked) {
        None => Ok(()),
        Some(key) => Err(ApiError::invalid_parameter(format_args!(
            "{key} is not supported for WebAssembly components here."
        ))),
    }
}

/// Whether nothing is asked for, as clients write what they take back.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_empty),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

fn is_usual(key: &str, value: &Value) -> bool {
    USUAL.contains(&(key, value.to_json().as_str()))
}

/// There is one at most; a component runs on either.
fn architecture(params: &Params<'_>) -> Result<Option<String>, ApiError> {
    let Some(list) = params.value("Architectures") else {
        return Ok(None);
    };
    match list.as_array().map(|list| list.as_slice()) {
        Some([Value::String(one)]) => Ok(Some(one.to_string())),
        _ => Err(ApiError::new(
            "ValidationException",
            format_args!(
                "1 validation error detected: Value '{list}' at 'architectures' failed to satisfy \
                 constraint: Member must have length less than or equal to 1"
            ),
        )),
    }
}

fn texts(variables: &Value) -> Result<Vec<(String, String)>, ApiError> {
    let wrong = || {
        ApiError::new(
            "SerializationException",
            "Variables are not texts by their names",
        )
    };
    let members = variables.as_object().ok_or_else(wrong)?;
    let texts = members
        .iter()
        .map(|(key, value)| Some((key.to_string(), value.as_str()?.to_owned())));
    texts.collect::<Option<_>>().ok_or_else(wrong)
}

fn check_environment(variables: &[(String, String)]) -> Result<(), ApiError> {
    const UNABLE: &str = "Lambda was unable to configure your environment variables because the \
                          environment variables you have provided";
    let names = variables.iter().map(|(name, _)| name.as_str());
    let reserved: Vec<&str> = names
        .clone()
        .filter(|name| RESERVED.contains(name))
        .collect();
    if !reserved.is_empty() {
        return Err(ApiError::invalid_parameter(format_args!(
            "{UNABLE} contains reserved keys that are currently not supported for modification. \
             Reserved keys used in this request: {}",
            reserved.join(", ")
        )));
    }
    if let Some(name) = names.clone().find(|name| !is_variable(name)) {
        return Err(ApiError::new(
            "ValidationException",
            format_args!(
                "1 validation error detected: Value '{name}' at 'environment.variables' failed to \
                 satisfy constraint: Map keys must satisfy constraint: [Member must satisfy \
                 regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]"
            ),
        ));
    }
    let bytes: usize = variables
        .iter()
        .map(|(name, text)| name.len() + text.len())
        .sum();
    match bytes > ENVIRONMENT_BYTES {
        true => Err(ApiError::invalid_parameter(format_args!(
            "{UNABLE} exceeded the 4KB limit."
        ))),
        false => Ok(()),
    }
}

fn is_variable(name: &str) -> bool {
    let is_letter = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_';
    let begins = name
        .bytes()
        .next()
        .is_some_and(|letter| letter.is_ascii_alphabetic());
    begins && name.len() > 1 && name.bytes().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str) -> Value {
        Value::parse(text).unwrap()
    }

    fn valid() -> Configuration {
        let request = request(
            r#"{"Runtime": "provided.al2023", "Handler": "a.b",
                "Role": "arn:aws:iam::123456789012:role/service-role/r"}"#,
        );
        Configuration::default().updated(&request).unwrap()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let request = request(
            r#"{"Timeout": 7, "MemorySize": 256, "Description": "d", "Architectures": ["arm64"],
                "Environment": {"Variables": {"KEY": "text"}}, "TracingConfig": {"Mode": "Active"},
                "EphemeralStorage": {"Size": 1024}, "LoggingConfig": {"LogGroup": "/mine"}}"#,
        );
        let configuration = valid().updated(&request).unwrap();
        assert_eq!(configuration.check(), Ok(()));
        let written = Value::from(configuration.to_json());
        let read = Configuration::default().updated(&written);
        assert_eq!(read, Ok(configuration));
    }

    #[test]
    fn an_update_changes_what_it_names() {
        let updated = valid().updated(&request(r#"{"Timeout": 9}"#)).unwrap();
        assert_eq!(
            updated,
            Configuration {
                timeout: 9,
                ..valid()
            }
        );
    }

    #[test]
    fn limits_are_the_sandboxs() {
        let request = request(
            r#"{"Timeout": 5, "MemorySize": 512, "Environment": {"Variables": {"AB": "c"}}}"#,
        );
        let spec = valid()
            .updated(&request)
            .unwrap()
            .spec("f", "arn".to_owned());
        assert_eq!(spec.limits.memory_mb(), 512);
        assert_eq!(spec.limits.wall_time, Duration::from_secs(5));
        assert_eq!(spec.grants.environment, [("AB".to_owned(), "c".to_owned())]);
    }

    #[test]
    fn what_no_function_may_have_is_refused() {
        for (text, says) in [
            (r#"{"Timeout": 0}"#, "at 'timeout'"),
            (r#"{"Timeout": 901}"#, "less than or equal to 900"),
            (r#"{"MemorySize": 64}"#, "at 'memorySize'"),
            (r#"{"Role": "me"}"#, "at 'role'"),
            (r#"{"Handler": ""}"#, "Runtime and Handler are mandatory"),
            (
                r#"{"Environment": {"Variables": {"AWS_REGION": "here"}}}"#,
                "reserved keys",
            ),
            (
                r#"{"Environment": {"Variables": {"1A": "x"}}}"#,
                "Map keys must satisfy",
            ),
            (
                r#"{"Environment": {"Variables": {"LAMBDA_TASK_ROOT": "/"}}}"#,
                "reserved keys",
            ),
            (
                r#"{"LoggingConfig": {"ApplicationLogLevel": "ALL"}}"#,
                "at 'loggingConfig.applicationLogLevel'",
            ),
            (r#"{"Layers": ["arn"]}"#, "Layers is not supported"),
            (
                r#"{"PackageType": "Image"}"#,
                "PackageType is not supported",
            ),
            (r#"{"KMSKeyArn": "arn"}"#, "KMSKeyArn is not supported"),
            (
                r#"{"VpcConfig": {"SubnetIds": ["subnet-1"]}}"#,
                "VpcConfig is not supported",
            ),
            (
                r#"{"SnapStart": {"ApplyOn": "PublishedVersions"}}"#,
                "SnapStart is not supported",
            ),
        ] {
            let updated = valid().updated(&request(text));
            let refusal = updated.and_then(|updated| updated.check()).unwrap_err();
            assert!(refusal.message.contains(says), "{text}: {refusal}");
        }
    }

    #[test]
    fn what_every_function_has_may_be_asked_for() {
        for text in [
            r#"{"PackageType": "Zip", "SnapStart": {"ApplyOn": "None"}, "KMSKeyArn": ""}"#,
            r#"{"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [],
                              "Ipv6AllowedForDualStack": false}}"#,
        ] {
            assert_eq!(valid().updated(&request(text)), Ok(valid()), "{text}");
        }
    }

    #[test]
    fn the_environment_has_a_limit() {
        let variables = [("KEY".to_owned(), "x".repeat(ENVIRONMENT_BYTES))];
        let refusal = check_environment(&variables).unwrap_err();
        assert!(refusal.message.contains("4KB"), "{refusal}");
    }
}
