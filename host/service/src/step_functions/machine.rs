//! A state machine as an account has it.

use std::fmt;

use sandstep_asl::Timestamp;
use sandstep_journal::Kind;
use serde::{Deserialize, Serialize};

use super::records::{Record, millis};

/// A state machine's type (API reference, `StateMachineType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum StateMachineType {
    /// Each step happens exactly once, for up to a year, and has a history.
    #[default]
    Standard,
    /// Up to five minutes, without a history.
    Express,
}

impl StateMachineType {
    pub(crate) const NAMES: [&'static str; 2] = ["STANDARD", "EXPRESS"];

    /// The type of that name, in capitals.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Standard, Self::Express]
            .into_iter()
            .find(|kind| kind.name() == name)
    }

    /// AWS's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => Self::NAMES[0],
            Self::Express => Self::NAMES[1],
        }
    }
}

impl fmt::Display for StateMachineType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A state machine as it is now. Its ARN is the name of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) name: String,
    pub(crate) kind: StateMachineType,
    #[serde(with = "millis")]
    pub(crate) created: Timestamp,
    pub(crate) status: MachineStatus,
    /// The revision that new executions run, by its digest.
    pub(crate) revision: String,
    /// The version that the revision is published as.
    pub(crate) published: Option<u64>,
    /// The number of the latest version; numbers are never used again.
    pub(crate) last_version: u64,
    /// How many versions there are.
    pub(crate) versions: usize,
    /// How many aliases there are.
    pub(crate) aliases: usize,
    pub(crate) creation: Creation,
    /// The last execution of an earlier state machine of that name, by its number in the
    /// journal; 0 where there is none. It and those before it are not this machine's.
    #[serde(default)]
    pub(crate) inherited: i64,
}

/// Where a state machine stands (API reference, `StateMachineStatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MachineStatus {
    /// It can be used.
    Active,
    /// It goes as soon as none of its executions runs.
    Deleting,
}

/// What of the request that created a state machine another one must repeat to
/// be the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Creation {
    pub(crate) publish: bool,
    pub(crate) version_description: Option<String>,
}

impl Record for Machine {
    const KIND: Kind = Kind::StateMachine;
}

impl MachineStatus {
    /// AWS's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Deleting => "DELETING",
        }
    }
}
