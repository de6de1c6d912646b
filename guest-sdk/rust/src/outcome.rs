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

/// Prints what a handler returned, or names its error.
///
/// A `Result` can be serialized like any other type, and its name may be an
/// alias's. So the choice is left to method lookup, which prefers the trait
/// that needs one reference less.
#[doc(hidden)]
#[macro_export]
macro_rules! printed {
    ($returned:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::{IsAnswer as _, IsResult as _};
        let returned = $returned;
        (&returned).kind().print(returned)
    }};
}

/// What handlers return that may fail.
pub trait IsResult {
    /// How it is printed.
    fn kind(&self) -> Fallible {
        Fallible
    }
}

impl<T, E> IsResult for Result<T, E> {}

/// What all other handlers return.
pub trait IsAnswer {
    /// How it is printed.
    fn kind(&self) -> Infallible {
        Infallible
    }
}

impl<T> IsAnswer for &T {}

/// Prints what succeeded, and names the error of what did not.
pub struct Fallible;

impl Fallible {
    /// The result's text. The bounds stand here rather than at the trait, so
    /// that an error type that has no words is refused and not taken for an
    /// answer.
    pub fn print<T, E>(self, output: Result<T, E>) -> Result<String, Error>
    where
        T: Serialize,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        Infallible.print(output.map_err(Error::of)?)
    }
}

/// Prints an answer.
pub struct Infallible;

impl Infallible {
    /// The answer's text.
    pub fn print<T: Serialize>(self, output: T) -> Result<String, Error> {
        serde_json::to_string(&output)
            .map_err(|cause| Error::new("Runtime.MarshalError", cause.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn double(event: u32, _: Context) -> Result<String, Error> {
        printed!(event.checked_mul(2).ok_or("too large"))
    }

    #[test]
    fn text_goes_in_and_comes_out() {
        assert_eq!(run("21", Context::default(), double), Ok("42".to_owned()));
    }

    #[test]
    fn an_answer_is_printed_whatever_it_is() {
        assert_eq!(printed!(()), Ok("null".to_owned()));
        assert_eq!(printed!("text"), Ok(r#""text""#.to_owned()));
        assert_eq!(printed!(Some(&[1, 2])), Ok("[1,2]".to_owned()));
        assert_eq!(printed!(Box::new(3)), Ok("3".to_owned()));
    }

    #[test]
    fn a_result_under_another_name_is_a_result() {
        type Answer<T> = Result<T, std::num::ParseIntError>;
        let answer = |text: &str| -> Answer<u8> { text.parse() };
        assert_eq!(printed!(answer("7")), Ok("7".to_owned()));
        let error = printed!(answer("seven")).unwrap_err();
        assert_eq!(error.error_type(), "ParseIntError");
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
