//! What of executions is logged.

use sandstep_json::{Array, Object, Value};

use super::api_error::ApiError;
use super::params::Params;

/// What of an execution goes to a log (API reference, `LoggingConfiguration`).
///
/// It is kept and described. Nothing is written to a log group: there are none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoggingConfiguration {
    /// Which events are logged.
    pub level: LogLevel,
    /// Whether inputs and outputs are logged.
    pub include_execution_data: bool,
    /// Where the log goes, as the request had it. One, where anything is logged.
    pub destinations: Option<Array>,
}

/// Which events are logged (API reference, `LogLevel`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are AWS's own")]
pub enum LogLevel {
    All,
    Error,
    Fatal,
    #[default]
    Off,
}

impl LogLevel {
    const ALL: [Self; 4] = [Self::All, Self::Error, Self::Fatal, Self::Off];

    fn name(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
            Self::Off => "OFF",
        }
    }

    fn parse(name: &str) -> Result<Self, ApiError> {
        let found = Self::ALL.into_iter().find(|level| level.name() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            ApiError::validation(format_args!(
                "1 validation error detected: Value '{name}' at 'loggingConfiguration.level' \
                 failed to satisfy constraint: Member must satisfy enum value set: [{names}]"
            ))
        })
    }
}

impl LoggingConfiguration {
    pub(crate) fn from_json(value: &Value) -> Result<Self, ApiError> {
        let params = Params::of(value)?;
        let level = params.text("level")?;
        Ok(Self {
            level: level
                .as_deref()
                .map_or(Ok(LogLevel::Off), LogLevel::parse)?,
            include_execution_data: params.bool("includeExecutionData")?.unwrap_or(false),
            destinations: params
                .value("destinations")
                .and_then(Value::as_array)
                .cloned(),
        })
    }

    pub(crate) fn to_json(&self) -> Object {
        let mut members = Object::from([
            ("level", Value::from(self.level.name())),
            ("includeExecutionData", self.include_execution_data.into()),
        ]);
        if let Some(destinations) = &self.destinations {
            members.insert("destinations", Value::Array(destinations.clone()));
        }
        members
    }

    /// Refuses what AWS refuses without looking for the log.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        let count = self.destinations.as_ref().map_or(0, |list| list.len());
        let is_off = self.level == LogLevel::Off && count == 0;
        match is_off || count == 1 {
            true => Ok(()),
            false => Err(ApiError::new(
                "InvalidLoggingConfiguration",
                "Invalid Logging Configuration: Must specify exactly one Log Destination.",
            )),
        }
    }
}
