//! Names for one or two versions of a state machine.

use sandstep_asl::Timestamp;
use sandstep_journal::Kind;
use serde::{Deserialize, Serialize};

use super::records::{Record, millis};
use super::routing::Routing;

/// A name for one or two versions of a state machine. Its ARN, which ends with
/// that name, is the name of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alias {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) routing: Routing,
    #[serde(with = "millis")]
    pub(crate) created: Timestamp,
    #[serde(with = "millis")]
    pub(crate) updated: Timestamp,
}

impl Record for Alias {
    const KIND: Kind = Kind::Alias;
}
