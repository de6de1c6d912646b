//! Which key encrypts what is kept.

use sandstep_json::{Object, Value};
use serde::{Deserialize, Serialize};

use super::api_error::ApiError;
use super::constraints::Constraints;
use super::params::Params;
use super::render::insert_some;

/// Which key encrypts what is kept of a state machine or an activity (API
/// reference, `EncryptionConfiguration`).
///
/// It is kept and described. Nothing is encrypted with it: there are no keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EncryptionConfiguration {
    /// A key of the service's own.
    #[default]
    AwsOwnedKey,
    /// A key of the customer's.
    CustomerManagedKmsKey {
        /// The key, by its ARN, its id or an alias.
        key_id: String,
        /// For how long a data key may be used again, in seconds: 60 to 900.
        reuse_seconds: i64,
    },
}

/// For how long AWS uses a data key again unless it is told.
const REUSE_SECONDS: i64 = 300;

impl EncryptionConfiguration {
    const NAMES: [&'static str; 2] = ["AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"];

    pub(crate) fn from_json(value: &Value) -> Result<Self, ApiError> {
        let params = Params::of(value)?;
        let kind = params.required("type")?;
        let key_id = params.text("kmsKeyId")?;
        let reuse_seconds = params.number("kmsDataKeyReusePeriodSeconds")?;
        let mut constraints = Constraints::default();
        constraints.member("encryptionConfiguration.type", &kind, &Self::NAMES);
        if let Some(key_id) = &key_id {
            constraints.length("encryptionConfiguration.kmsKeyId", key_id, 1, 2_048);
        }
        if let Some(seconds) = reuse_seconds {
            let field = "encryptionConfiguration.kmsDataKeyReusePeriodSeconds";
            constraints.range(field, seconds, 60, 900);
        }
        constraints.check()?;
        Self::of(&kind, key_id, reuse_seconds)
    }

    fn of(kind: &str, key_id: Option<String>, seconds: Option<i64>) -> Result<Self, ApiError> {
        let is_owned = kind == Self::NAMES[0];
        match (is_owned, key_id) {
            (true, None) if seconds.is_none() => Ok(Self::AwsOwnedKey),
            (true, _) => Err(invalid(
                "a key of one's own needs type CUSTOMER_MANAGED_KMS_KEY",
            )),
            (false, None) => Err(invalid("type CUSTOMER_MANAGED_KMS_KEY needs a kmsKeyId")),
            (false, Some(key_id)) => Ok(Self::CustomerManagedKmsKey {
                key_id,
                reuse_seconds: seconds.unwrap_or(REUSE_SECONDS),
            }),
        }
    }

    pub(crate) fn to_json(&self) -> Object {
        let (kind, key, seconds) = match self {
            Self::AwsOwnedKey => (Self::NAMES[0], None, None),
            Self::CustomerManagedKmsKey {
                key_id,
                reuse_seconds,
            } => (Self::NAMES[1], Some(key_id.as_str()), Some(*reuse_seconds)),
        };
        let mut members = Object::from([("type", kind)]);
        insert_some(&mut members, "kmsKeyId", key);
        insert_some(&mut members, "kmsDataKeyReusePeriodSeconds", seconds);
        members
    }
}

fn invalid(problem: &str) -> ApiError {
    ApiError::new(
        "InvalidEncryptionConfiguration",
        format_args!("Invalid Encryption Configuration: {problem}"),
    )
}
