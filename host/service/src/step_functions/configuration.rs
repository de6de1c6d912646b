//! What of a state machine is kept and described, and has no effect here.

use super::api_error::ApiError;
use super::encryption_configuration::EncryptionConfiguration;
use super::logging_configuration::LoggingConfiguration;
use super::params::Params;

/// What of a state machine is kept and described, and has no effect here.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Configuration {
    pub(crate) logging: LoggingConfiguration,
    /// Whether executions are traced.
    pub(crate) tracing: bool,
    pub(crate) encryption: EncryptionConfiguration,
}

/// The logging that a request asks for.
pub(crate) fn logging(params: &Params<'_>) -> Result<Option<LoggingConfiguration>, ApiError> {
    let value = params.value("loggingConfiguration");
    value.map(LoggingConfiguration::from_json).transpose()
}

/// Whether a request asks for tracing. To speak of it without saying so is refused
/// (API reference, `InvalidTracingConfiguration`).
pub(crate) fn tracing(params: &Params<'_>) -> Result<Option<bool>, ApiError> {
    let Some(value) = params.value("tracingConfiguration") else {
        return Ok(None);
    };
    match Params::of(value)?.bool("enabled")? {
        Some(is_enabled) => Ok(Some(is_enabled)),
        None => Err(ApiError::new(
            "InvalidTracingConfiguration",
            "Invalid Tracing Configuration: enabled must be true or false.",
        )),
    }
}

/// The encryption that a request asks for.
pub(crate) fn encryption(params: &Params<'_>) -> Result<Option<EncryptionConfiguration>, ApiError> {
    let value = params.value("encryptionConfiguration");
    value.map(EncryptionConfiguration::from_json).transpose()
}
