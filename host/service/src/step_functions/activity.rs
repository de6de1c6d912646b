//! Activities: queues that workers take tasks from.

use sandstep_asl::Timestamp;
use sandstep_journal::Kind;
use serde::{Deserialize, Serialize};

use super::encryption_configuration::EncryptionConfiguration;
use super::records::{Record, millis};

/// An activity. Its ARN is the name of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Activity {
    pub(crate) name: String,
    #[serde(with = "millis")]
    pub(crate) created: Timestamp,
    pub(crate) encryption: EncryptionConfiguration,
}

impl Record for Activity {
    const KIND: Kind = Kind::Activity;
}
