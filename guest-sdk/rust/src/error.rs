//! A handler's failure as a state machine's retriers and catchers see it.

use std::any::type_name;
use std::error::Error as StdError;
use std::fmt;

type BoxError = Box<dyn StdError + Send + Sync>;

/// A failure with a name that `ErrorEquals` can match.
///
/// Any `std::error::Error` converts into it through `?` and gives it the name
/// of its type. (It is no `std::error::Error` itself, which is what makes
/// that conversion possible.)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    error_type: String,
    message: String,
    stack_trace: Vec<String>,
}

impl Error {
    /// A failure named `error_type`, such as `OrderNotFound`, which `message`
    /// explains to a person.
    pub fn new(error_type: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            error_type: error_type.into(),
            message: message.into(),
            stack_trace: Vec::new(),
        }
    }

    /// What `ErrorEquals` is compared with.
    pub fn error_type(&self) -> &str {
        &self.error_type
    }

    /// What went wrong, for a person.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The causes, the nearest first.
    pub fn stack_trace(&self) -> &[String] {
        &self.stack_trace
    }

    /// Names whatever a handler returned as its error.
    pub(crate) fn of<E: Into<BoxError>>(error: E) -> Self {
        match error.into().downcast::<Named>() {
            Ok(named) => named.0,
            Err(error) => Self::described(short_name(type_name::<E>()), &*error),
        }
    }

    fn described(error_type: &str, error: &dyn StdError) -> Self {
        let causes = std::iter::successors(error.source(), |&cause| cause.source());
        Self {
            error_type: error_type.to_owned(),
            message: error.to_string(),
            stack_trace: causes.map(ToString::to_string).collect(),
        }
    }
}

impl<E: StdError + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        Self::described(short_name(type_name::<E>()), &error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.error_type, self.message)
    }
}

/// An [`Error`] on its way through a box.
#[derive(Debug)]
struct Named(Error);

impl fmt::Display for Named {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl StdError for Named {}

impl From<Error> for BoxError {
    fn from(error: Error) -> Self {
        Box::new(Named(error))
    }
}

#[cfg(target_arch = "wasm32")]
impl From<Error> for crate::__private::WitError {
    fn from(error: Error) -> Self {
        Self {
            error_type: error.error_type,
            error_message: error.message,
            stack_trace: error.stack_trace,
        }
    }
}

/// `orders::Refused<u8>` is `Refused`; what has no name of its own is `Error`.
fn short_name(full: &str) -> &str {
    let path = full.split('<').next().unwrap_or(full);
    match path.rsplit("::").next() {
        None | Some("Box" | "String" | "&str") => "Error",
        Some(name) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Refused;

    impl fmt::Display for Refused {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("the card was refused")
        }
    }

    impl StdError for Refused {}

    fn fails_through_question_mark() -> Result<(), Error> {
        Err(Refused)?
    }

    #[test]
    fn question_mark_names_the_type() {
        let error = fails_through_question_mark().unwrap_err();
        assert_eq!(error.to_string(), "Refused: the card was refused");
    }

    #[test]
    fn a_named_error_keeps_its_name() {
        let error = Error::of(Error::new("OrderNotFound", "no order 7"));
        assert_eq!(error, Error::new("OrderNotFound", "no order 7"));
    }

    #[test]
    fn a_type_of_its_own_names_itself() {
        assert_eq!(Error::of(Refused).error_type(), "Refused");
    }

    #[test]
    fn what_has_no_name_is_an_error() {
        assert_eq!(Error::of("just words").to_string(), "Error: just words");
        assert_eq!(Error::of(BoxError::from(Refused)).error_type(), "Error");
    }
}
