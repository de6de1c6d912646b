//! Reads the parameters of a request in AWS's JSON protocol.

use sandstep_json::{Object, Value};

use super::api_error::ApiError;

/// The members of a request. Those that an operation does not know are left
/// alone, as AWS does; what has another type than the model says is refused.
pub(crate) struct Params<'a>(Option<&'a Object>);

impl<'a> Params<'a> {
    pub(crate) fn of(request: &'a Value) -> Result<Self, ApiError> {
        match request {
            Value::Null => Ok(Self(None)),
            Value::Object(members) => Ok(Self(Some(members))),
            other => Err(wrong_type("the request", "an object", other)),
        }
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        self.0?.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, ApiError> {
        self.typed(key, "a string", |value| value.as_str().map(str::to_owned))
    }

    pub(crate) fn required(&self, key: &str) -> Result<String, ApiError> {
        self.text(key)?.ok_or_else(|| missing(key))
    }

    pub(crate) fn required_value(&self, key: &str) -> Result<&'a Value, ApiError> {
        self.get(key).ok_or_else(|| missing(key))
    }

    /// A list of texts.
    pub(crate) fn required_texts(&self, key: &str) -> Result<Vec<String>, ApiError> {
        let value = self.required_value(key)?;
        let texts = value.as_array().and_then(|items| {
            let items = items.iter().map(|item| item.as_str().map(str::to_owned));
            items.collect()
        });
        texts.ok_or_else(|| wrong_type(key, "a list of strings", value))
    }

    pub(crate) fn bool(&self, key: &str) -> Result<Option<bool>, ApiError> {
        self.typed(key, "a boolean", Value::as_bool)
    }

    pub(crate) fn number(&self, key: &str) -> Result<Option<i64>, ApiError> {
        self.typed(key, "an integer", Value::as_i64)
    }

    pub(crate) fn float(&self, key: &str) -> Result<Option<f64>, ApiError> {
        self.typed(key, "a number", |value| Some(value.as_number()?.as_f64()))
    }

    pub(crate) fn value(&self, key: &str) -> Option<&'a Value> {
        self.get(key)
    }

    fn typed<T>(
        &self,
        key: &str,
        kind: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        match read(value) {
            Some(read) => Ok(Some(read)),
            None => Err(wrong_type(key, kind, value)),
        }
    }
}

/// What is said where a member must be there.
pub(crate) fn missing(key: &str) -> ApiError {
    ApiError::validation(format_args!(
        "1 validation error detected: Value null at '{key}' failed to satisfy constraint: Member \
         must not be null"
    ))
}

fn wrong_type(what: &str, expected: &str, got: &Value) -> ApiError {
    let got = got.type_name();
    ApiError::new(
        "SerializationException",
        format_args!("{what} is {got} where {expected} is expected"),
    )
}
