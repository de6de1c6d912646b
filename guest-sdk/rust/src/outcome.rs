//! From the event's text through the handler to the result's text.

use std::error::Error as StdError;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Context, Error};

/// Parses the event and hands it to the handler.
pub fn run<E: DeserializeOwned>(
    event: &str,
    context: Context,
    handler: impl FnOnce(E, Context) -> Result<String, Error>,
) -> Result<String, Error> {
    let event = serde_json::from_str(event)
        .map_err(|cause| Error::new("Runtime.UnmarshalError", cause.to_string()))?;
    handler(event, context)
}

/// Prints what a handler that cannot fail returned.
pub fn infallible<T: Serialize>(output: T) -> Result<String, Error> {
    serde_json::to_string(&output)
        .map_err(|cause| Error::new("Runtime.MarshalError", cause.to_string()))
}

/// Prints what a handler returned, or names its error.
pub fn fallible<T, E>(output: Result<T, E>) -> Result<String, Error>
where
    T: Serialize,
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    infallible(output.map_err(Error::of)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn double(event: u32, _: Context) -> Result<String, Error> {
        fallible(event.checked_mul(2).ok_or("too large"))
    }

    #[test]
    fn text_goes_in_and_comes_out() {
        assert_eq!(run("21", Context::default(), double), Ok("42".to_owned()));
    }

    #[test]
    fn an_event_of_another_shape_is_an_unmarshal_error() {
        let error = run("true", Context::default(), double).unwrap_err();
        assert_eq!(error.error_type(), "Runtime.UnmarshalError");
    }

    #[test]
    fn the_handlers_error_is_named() {
        let error = run("4294967295", Context::default(), double).unwrap_err();
        assert_eq!(error, Error::new("Error", "too large"));
    }
}
