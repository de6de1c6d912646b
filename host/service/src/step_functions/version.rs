//! Published versions of a state machine.

use sandstep_asl::Timestamp;
use sandstep_journal::Kind;
use serde::{Deserialize, Serialize};

use super::records::{Record, millis};

/// A numbered snapshot that never changes. Its ARN, which ends with the
/// number, is the name of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) number: u64,
    /// The revision that it is, by its digest.
    pub(crate) revision: String,
    pub(crate) description: Option<String>,
    #[serde(with = "millis")]
    pub(crate) created: Timestamp,
}

impl Record for Version {
    const KIND: Kind = Kind::Version;
}
