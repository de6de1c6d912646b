//! What a sandbox and a function are made from.

use std::path::PathBuf;
use std::time::Duration;

use crate::compile::CompilerProgram;
use crate::grants::Grants;
use crate::limits::{CompileLimits, Limits, PoolLimits};

/// How a process runs its functions.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// Where compiled components are kept. Created if need be, for the owner
    /// alone; several processes may share it.
    pub cache_dir: PathBuf,
    /// The program that compiles a component.
    pub compiler: CompilerProgram,
    /// What all invocations share.
    pub pool: PoolLimits,
    /// What compiling one component may use.
    pub compile: CompileLimits,
    /// How long an invocation waits for a place in the pool before it fails
    /// with `Lambda.TooManyRequestsException`. One hour unless set: a burst
    /// waits its turn, and only a stuck pool fails.
    pub queue_time: Duration,
}

impl SandboxConfig {
    /// The defaults of an edge box.
    pub fn new(cache_dir: impl Into<PathBuf>, compiler: CompilerProgram) -> Self {
        Self {
            cache_dir: cache_dir.into(),
            compiler,
            pool: PoolLimits::default(),
            compile: CompileLimits::default(),
            queue_time: Duration::from_secs(3600),
        }
    }
}

/// A function's identity, limits and grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionSpec {
    /// The name, as the guest's context shows it.
    pub name: String,
    /// `$LATEST` or a version number.
    pub version: String,
    /// The ARN under which it is called.
    pub arn: String,
    /// What one invocation may use.
    pub limits: Limits,
    /// What it may see of the host.
    pub grants: Grants,
}

impl FunctionSpec {
    /// A function with default limits, no grants, and an ARN of the made-up
    /// account that local tools for AWS use.
    pub fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            arn: format!("arn:aws:lambda:us-east-1:123456789012:function:{name}"),
            name,
            version: "$LATEST".to_owned(),
            limits: Limits::default(),
            grants: Grants::default(),
        }
    }
}
