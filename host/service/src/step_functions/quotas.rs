//! How much an account may have.

use std::collections::HashMap;
use std::time::Duration;

use sandstep_asl::Limits;
use sandstep_driver::durable::EngineLimits;

use super::machine::StateMachineType;

/// How much an account may have, and how large. The defaults are those of AWS
/// (developer guide, "Service quotas"); each may be lifted or lowered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// How many state machines may exist; beyond it, creating one is a
    /// `StateMachineLimitExceeded`. 100,000 unless set.
    pub state_machines: usize,
    /// How many versions a state machine may have; beyond it, publishing one
    /// is a `ServiceQuotaExceededException`. 1,000 unless set.
    pub versions: usize,
    /// How many aliases a state machine may have; beyond it, creating one is a
    /// `ServiceQuotaExceededException`. 100 unless set.
    pub aliases: usize,
    /// How many activities may exist; beyond it, creating one is an
    /// `ActivityLimitExceeded`. 100,000 unless set.
    pub activities: usize,
    /// How many tags a resource may have; beyond it, they are refused with
    /// `TooManyTags`. 50 unless set.
    pub tags: usize,
    /// The longest name of a state machine, an execution, an activity or an
    /// alias, in characters; a longer one is a `ValidationException`. 80 unless
    /// set.
    pub name_length: usize,
    /// The longest definition, in characters; a longer one is a
    /// `ValidationException`. 1,048,576 unless set.
    pub definition_length: usize,
    /// How many executions of STANDARD machines may be open at a time; beyond it,
    /// starting or redriving one is an `ExecutionLimitExceeded`. 1,000,000 unless set.
    pub open_executions: u64,
    /// How many executions of EXPRESS machines may run at a time, those included that
    /// somebody waits for; beyond it, starting one is a `ThrottlingException`. 10,000
    /// unless set, for this process's memory: AWS limits their rate.
    pub express_executions: usize,
    /// The longest input of an execution and the longest output of a task that a
    /// worker reports, in bytes of UTF-8; a longer one is a `ValidationException`.
    /// 262,144 unless set.
    pub input_bytes: usize,
    /// How many bytes of JSON text a state's input or output and a task's result may
    /// have; beyond it, the state fails with `States.DataLimitExceeded`. 262,144 unless
    /// set.
    pub payload_bytes: usize,
    /// How many events the history of a STANDARD execution may have; the last one is
    /// then `ExecutionFailed`. `None` is no limit. 25,000 unless set.
    pub history_events: Option<u64>,
    /// How long a STANDARD execution may take; beyond it, it times out. `None` is no
    /// limit. A year of 365 days unless set.
    pub execution_time: Option<Duration>,
    /// How long an EXPRESS execution may take; beyond it, it times out. `None` is no
    /// limit. Five minutes unless set.
    pub express_time: Option<Duration>,
    /// How long after its end an execution may be redriven. `None` is as long as it is
    /// kept. 14 days unless set.
    pub redrive_period: Option<Duration>,
    /// How long executions are kept after their end; until then their names are taken.
    /// `None` is for ever. 90 days unless set.
    pub retention: Option<Duration>,
    /// What an execution of one of these machines may use, by the machine's name, in the
    /// place of what the other quotas say. Executions keep what they were started with.
    pub machines: HashMap<String, Limits>,
    /// How much executions of STANDARD machines take of this process.
    pub engine: EngineLimits,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Default for Quotas {
    fn default() -> Self {
        let standard = Limits::default();
        Self {
            state_machines: 100_000,
            versions: 1_000,
            aliases: 100,
            activities: 100_000,
            tags: 50,
            name_length: 80,
            definition_length: 1024 * 1024,
            open_executions: 1_000_000,
            express_executions: 10_000,
            input_bytes: 256 * 1024,
            payload_bytes: standard.payload_bytes,
            history_events: standard.history_events,
            execution_time: Some(365 * DAY),
            express_time: Limits::express().duration,
            redrive_period: Some(14 * DAY),
            retention: Some(90 * DAY),
            machines: HashMap::new(),
            engine: EngineLimits::default(),
        }
    }
}

impl Quotas {
    /// What one execution of a machine of this name may use.
    pub(crate) fn limits_of(&self, machine: &str, kind: StateMachineType) -> Limits {
        match self.machines.get(machine) {
            Some(limits) => limits.clone(),
            None => self.limits(kind),
        }
    }

    /// What one execution of that type may use.
    pub fn limits(&self, kind: StateMachineType) -> Limits {
        let (history_events, duration) = match kind {
            StateMachineType::Standard => (self.history_events, self.execution_time),
            StateMachineType::Express => (None, self.express_time),
        };
        Limits {
            payload_bytes: self.payload_bytes,
            history_events,
            duration,
            ..Limits::default()
        }
    }
}
