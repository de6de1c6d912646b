//! Every limit by name, with its unit and what exceeding it does.

use std::time::Duration;

use crate::error::LoadError;

const MIB: usize = 1024 * 1024;

/// Lambda's "6 MB": the largest request and response of a synchronous call.
///
/// AWS documents 6 MB and enforces this number of bytes, as its message
/// "exceeded maximum allowed payload size (6291556 bytes)" says.
const LAMBDA_PAYLOAD_BYTES: usize = 6_291_556;

/// What one invocation of one function may use.
///
/// The defaults are those of AWS Lambda where it has them. A limit above what
/// the pool allows is refused when the function is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory of all the component's memories together, in bytes.
    ///
    /// Growing beyond it is refused, which most languages turn into an abort:
    /// `Runtime.ExitError`. 128 MiB unless set, as on Lambda.
    pub memory_bytes: usize,

    /// Elements of all the component's tables together.
    ///
    /// Growing beyond it is refused as for memory. 20,000 unless set.
    pub table_elements: usize,

    /// Time that the guest may spend computing; waiting does not count.
    ///
    /// Enforced to about a millisecond. Exceeding it is `Sandbox.Timedout`.
    /// 3 seconds unless set.
    pub cpu_time: Duration,

    /// Time from the start of the invocation to its end, waiting included;
    /// the wait for a place in the pool is not. On a virtual clock, what the
    /// guest sleeps counts as if it took that long.
    ///
    /// Exceeding it is `Sandbox.Timedout`. 3 seconds unless set, as on Lambda.
    pub wall_time: Duration,

    /// The event's JSON text, in bytes.
    ///
    /// A larger one is `Lambda.RequestEntityTooLargeException` and runs
    /// nothing. 6,291,556 unless set, as on Lambda.
    pub event_bytes: usize,

    /// The result's JSON text, in bytes.
    ///
    /// A larger one is `Function.ResponseSizeTooLarge`. 6,291,556 unless set,
    /// as on Lambda.
    pub result_bytes: usize,

    /// What the guest may print to stdout and stderr together, in bytes.
    ///
    /// The rest is dropped, and the log says how much; the guest is not told.
    /// 64 KiB unless set.
    pub log_bytes: usize,

    /// Handles to host objects (files, streams, timers) open at once.
    ///
    /// Opening one more is a trap: `Runtime.ExitError`. 1,024 unless set.
    pub handles: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 128 * MIB,
            table_elements: 20_000,
            cpu_time: Duration::from_secs(3),
            wall_time: Duration::from_secs(3),
            event_bytes: LAMBDA_PAYLOAD_BYTES,
            result_bytes: LAMBDA_PAYLOAD_BYTES,
            log_bytes: 64 * 1024,
            handles: 1024,
        }
    }
}

impl Limits {
    /// The memory limit as Lambda says it: in MB of 1,048,576 bytes, rounded
    /// up, so that no limit reads as zero.
    pub fn memory_mb(&self) -> u32 {
        u32::try_from(self.memory_bytes.div_ceil(MIB)).unwrap_or(u32::MAX)
    }

    /// Refuses what the pool could never give.
    pub(crate) fn check(&self, pool: &PoolLimits) -> Result<(), LoadError> {
        at_most("memory_bytes", self.memory_bytes, pool.memory_bytes)?;
        at_most("table_elements", self.table_elements, pool.table_elements)
    }
}

fn at_most(limit: &'static str, asked: usize, maximum: usize) -> Result<(), LoadError> {
    if asked <= maximum {
        return Ok(());
    }
    Err(LoadError::LimitBeyondPool {
        limit,
        asked,
        maximum,
    })
}

/// What all invocations of the process share. Fixed when the sandbox starts,
/// because the pool reserves address space for all of it at once.
///
/// Reserving costs no memory: what is resident grows with the places that
/// were ever in use at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolLimits {
    /// Invocations that run at the same time. More of them wait their turn.
    /// 256 unless set.
    pub invocations: u32,

    /// The largest `Limits::memory_bytes` of any function. 1 GiB unless set;
    /// at most 4 GiB.
    pub memory_bytes: usize,

    /// The largest `Limits::table_elements` of any function. 20,000 unless
    /// set, which is what CPython needs.
    pub table_elements: usize,

    /// The guest's call stack, in bytes. Overflowing it is a trap:
    /// `Runtime.ExitError`. 4 MiB unless set, where JavaScript recurses about
    /// 4,000 calls deep: beyond it, the stack that its engine has in linear
    /// memory is the narrower one.
    pub stack_bytes: usize,

    /// Core instances that one component may consist of. A component with
    /// more is refused when it is loaded. 14 unless set, which is what Python
    /// components need.
    pub core_instances: u32,

    /// Linear memories of one component. A component with more is refused
    /// when it is loaded. 2 unless set.
    pub memories: u32,

    /// Tables of one component. A component with more is refused when it is
    /// loaded. 14 unless set.
    pub tables: u32,

    /// Memory and table contents that a free place keeps for its next use, in
    /// bytes for each. Resetting them in place halves the cost of a fresh
    /// instance. 1 MiB unless set.
    pub keep_resident_bytes: usize,
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self {
            invocations: 256,
            memory_bytes: 1024 * MIB,
            table_elements: 20_000,
            stack_bytes: 4 * MIB,
            core_instances: 14,
            memories: 2,
            tables: 14,
            keep_resident_bytes: MIB,
        }
    }
}

/// What compiling one component may use, in the child process that does it,
/// and the code that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileLimits {
    /// The component's own size, in bytes. A larger one is refused unread.
    /// 64 MiB unless set; a Python component has about 35 MB.
    pub component_bytes: usize,

    /// Address space of the compiler, in bytes. Running out of it is a
    /// `LoadError::CompileFailed`. 4 GiB unless set.
    pub memory_bytes: u64,

    /// Processor time of the compiler, all threads together, in whole
    /// seconds. 120 seconds unless set; a Python component takes about 12.
    pub cpu_time: Duration,

    /// Time until the compiler is killed, the wait for a free core not
    /// included. 120 seconds unless set.
    pub wall_time: Duration,

    /// Compiled code that is kept in the cache directory, all components
    /// together, in bytes. Beyond it, what was loaded least recently is
    /// removed, and compiled again when it is loaded next. What was compiled
    /// last stays, however large. 1 GiB unless set; a JavaScript component
    /// takes about 5 MB, a Python component about 100 MB.
    pub cache_bytes: u64,
}

impl Default for CompileLimits {
    fn default() -> Self {
        Self {
            component_bytes: 64 * MIB,
            memory_bytes: 4 << 30,
            cpu_time: Duration::from_secs(120),
            wall_time: Duration::from_secs(120),
            cache_bytes: 1 << 30,
        }
    }
}
