//! Whether descriptions have what may be encrypted.

use super::api_error::ApiError;
use super::constraints::Constraints;
use super::params::Params;

/// Whether a description has definitions, inputs and outputs (API reference,
/// `IncludedData`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IncludedData {
    /// It has everything.
    #[default]
    AllData,
    /// It has neither definitions nor payloads, for callers who may not decrypt
    /// them.
    MetadataOnly,
}

impl IncludedData {
    const NAMES: [&'static str; 2] = ["ALL_DATA", "METADATA_ONLY"];

    /// What a request asks for.
    pub(crate) fn from_json(params: &Params<'_>) -> Result<Self, ApiError> {
        let Some(name) = params.text("includedData")? else {
            return Ok(Self::default());
        };
        Constraints::default()
            .member("includedData", &name, &Self::NAMES)
            .check()?;
        match name == Self::NAMES[0] {
            true => Ok(Self::AllData),
            false => Ok(Self::MetadataOnly),
        }
    }
}
