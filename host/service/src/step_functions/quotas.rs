//! How much an account keeps.

/// How much an account keeps, and how large. The defaults are those of AWS
/// (developer guide, "Service quotas"), but for closed executions: AWS keeps
/// them for 90 days on disk, and here is memory alone. Each may be raised.
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
    /// `ActivityLimitExceeded`. 10,000 unless set.
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
    /// How many executions may run at a time; beyond it, starting one is an
    /// `ExecutionLimitExceeded`. 1,000,000 unless set.
    pub open_executions: usize,
    /// How many executions that have ended are remembered; beyond it, the one
    /// that ended first is forgotten. 10,000 unless set.
    pub closed_executions: usize,
    /// How many history events those have together that are remembered;
    /// beyond it, the one that ended first is forgotten. 1,000,000 unless set.
    pub closed_events: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            state_machines: 100_000,
            versions: 1_000,
            aliases: 100,
            activities: 10_000,
            tags: 50,
            name_length: 80,
            definition_length: 1024 * 1024,
            open_executions: 1_000_000,
            closed_executions: 10_000,
            closed_events: 1_000_000,
        }
    }
}
