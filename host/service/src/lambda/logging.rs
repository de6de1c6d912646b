//! What a function logs, and where to: kept and described, and of no effect here.

use sandstep_json::Object;

use super::api_error::ApiError;
use crate::step_functions::constraints::Constraints;
use crate::step_functions::params::Params;
use crate::step_functions::render::insert_some;

const FORMATS: &[&str] = &["JSON", "Text"];
const APPLICATION_LEVELS: &[&str] = &["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const SYSTEM_LEVELS: &[&str] = &["DEBUG", "INFO", "WARN"];

/// The least detail that is logged where nothing is said (Developer Guide, "Log-level
/// filtering").
const USUAL_LEVEL: &str = "INFO";

/// `LoggingConfig`: what a function logs, and where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Logging {
    format: String,
    application_level: Option<String>,
    system_level: Option<String>,
    /// The function's own group unless said.
    group: Option<String>,
}

impl Default for Logging {
    fn default() -> Self {
        Self {
            format: "Text".to_owned(),
            application_level: None,
            system_level: None,
            group: None,
        }
    }
}

impl Logging {
    /// The same with what a request says instead.
    pub(crate) fn updated(&self, params: &Params<'_>) -> Result<Self, ApiError> {
        let or = |new: Option<String>, old: &Option<String>| new.or_else(|| old.clone());
        Ok(Self {
            format: params.text("LogFormat")?.unwrap_or(self.format.clone()),
            application_level: or(params.text("ApplicationLogLevel")?, &self.application_level),
            system_level: or(params.text("SystemLogLevel")?, &self.system_level),
            group: or(params.text("LogGroup")?, &self.group),
        })
    }

    /// Adds what is not in the model.
    pub(crate) fn check(&self, constraints: &mut Constraints) {
        let field = |member| format!("loggingConfig.{member}");
        constraints.member(&field("logFormat"), &self.format, FORMATS);
        if let Some(level) = &self.application_level {
            constraints.member(&field("applicationLogLevel"), level, APPLICATION_LEVELS);
        }
        if let Some(level) = &self.system_level {
            constraints.member(&field("systemLogLevel"), level, SYSTEM_LEVELS);
        }
    }

    /// The members that clients choose, as far as they are there.
    pub(crate) fn to_json(&self) -> Object {
        let mut members = Object::from([("LogFormat", self.format.as_str())]);
        let levels = [
            ("ApplicationLogLevel", &self.application_level),
            ("SystemLogLevel", &self.system_level),
            ("LogGroup", &self.group),
        ];
        for (key, text) in levels {
            insert_some(&mut members, key, text.as_deref());
        }
        members
    }

    /// The same for a function of this name, with what follows from it: only logs in
    /// JSON have levels.
    pub(crate) fn described(&self, function: &str) -> Self {
        let is_leveled = self.format == "JSON";
        let level = |level: &Option<String>| {
            let level = level.as_deref().unwrap_or(USUAL_LEVEL);
            is_leveled.then(|| level.to_owned())
        };
        let group = || format!("/aws/lambda/{function}");
        Self {
            format: self.format.clone(),
            application_level: level(&self.application_level),
            system_level: level(&self.system_level),
            group: Some(self.group.clone().unwrap_or_else(group)),
        }
    }
}

#[cfg(test)]
mod tests {
    use sandstep_json::Value;

    use super::*;

    fn described(request: &str) -> String {
        let request = Value::parse(request).unwrap();
        let params = Params::of(&request).unwrap();
        let logging = Logging::default().updated(&params).unwrap();
        Value::from(logging.described("f").to_json()).to_json()
    }

    #[test]
    fn only_logs_in_json_have_levels() {
        for (request, expected) in [
            ("{}", r#"{"LogFormat":"Text","LogGroup":"/aws/lambda/f"}"#),
            (
                r#"{"LogFormat": "JSON", "SystemLogLevel": "WARN", "LogGroup": "mine"}"#,
                concat!(
                    r#"{"LogFormat":"JSON","ApplicationLogLevel":"INFO","#,
                    r#""SystemLogLevel":"WARN","LogGroup":"mine"}"#
                ),
            ),
        ] {
            assert_eq!(described(request), expected);
        }
    }
}
