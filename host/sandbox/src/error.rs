//! Why a sandbox could not start or a function could not be loaded.

use std::io;
use std::path::PathBuf;

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// wasmtime refused the pool: usually a limit on address space.
    #[error("reserving the pool for {invocations} invocations: {cause}")]
    Engine {
        /// `PoolLimits::invocations`.
        invocations: u32,
        /// wasmtime's words.
        cause: String,
    },

    /// The cache directory could not be created or examined.
    #[error("opening the component cache {}", path.display())]
    Cache {
        /// The directory.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },

    /// Somebody else could place machine code in the cache directory.
    #[error(
        "the component cache {} must belong to this user and be writable by nobody else; \
         try `chmod 700`, or choose another directory",
        path.display()
    )]
    CacheNotPrivate {
        /// The directory.
        path: PathBuf,
    },

    /// The thread that keeps time could not be started.
    #[error("starting the thread that keeps time")]
    Ticker(#[source] io::Error),
}

/// Why a function could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The component is larger than `CompileLimits::component_bytes`.
    #[error("the component has {size} bytes, and at most {maximum} are accepted")]
    TooLarge {
        /// The component's size.
        size: usize,
        /// The limit.
        maximum: usize,
    },

    /// Neither a component nor a core module.
    #[error("not a WebAssembly component: {0}")]
    Malformed(String),

    /// A core module, which has no typed exports.
    #[error(
        "this is a core WebAssembly module, not a component; \
         build it for `wasm32-wasip2`, or wrap it with `wasm-tools component new`"
    )]
    CoreModule,

    /// A component without the export that both worlds ask for.
    #[error(
        "the component exports no function `handle` as the world `sandstep:lambda/lambda` asks; it exports {}",
        listed(found)
    )]
    NoHandler {
        /// What it exports instead, such as ``function `run` ``.
        found: Vec<String>,
    },

    /// The export is there, with another type.
    #[error(
        "the export `handle` does not have the type that the world `sandstep:lambda/lambda` gives it: {0}"
    )]
    HandlerType(String),

    /// The component imports something that no grant could give it.
    #[error("the component asks for something that the sandbox does not have: {0}")]
    Import(String),

    /// The component is larger than any place in the pool.
    #[error("the component does not fit into the pool: {0}")]
    BeyondPool(String),

    /// The component starts with more than its own limit.
    #[error("the component starts with {needed} {unit}, and its limit {limit} is {maximum}")]
    StartsBeyondLimit {
        /// The limit's name.
        limit: &'static str,
        /// What is counted.
        unit: &'static str,
        /// What the component declares.
        needed: u64,
        /// The limit.
        maximum: u64,
    },

    /// A limit was asked for that the pool can not give.
    #[error("the limit {limit} is {asked}, and the pool's maximum is {maximum}")]
    LimitBeyondPool {
        /// The limit's name.
        limit: &'static str,
        /// What was asked for.
        asked: usize,
        /// What the pool has.
        maximum: usize,
    },

    /// A granted directory could not be opened.
    #[error("opening the granted directory {}", path.display())]
    DirectoryGrant {
        /// The directory on the host.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The compiler refused the component.
    #[error("the component does not compile: {0}")]
    CompileFailed(String),

    /// The compiler was stopped by one of its limits.
    #[error("compiling the component was stopped: {0}")]
    CompileStopped(String),

    /// The compiler could not be run, or its output not be kept.
    #[error("running the compiler: {context}")]
    Compiler {
        /// What was being done.
        context: String,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },

    /// An engine for async components could not be created.
    #[error("starting the engine for async components")]
    Engine(#[source] SandboxError),

    /// What the compiler made was damaged or taken away before it was loaded.
    #[error("the compiled component cannot be read back from {0}")]
    Unloadable(String),
}

fn listed(found: &[String]) -> String {
    match found {
        [] => "nothing".to_owned(),
        found => found.join(", "),
    }
}
