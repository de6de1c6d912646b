//! Ways to fail.

use std::error::Error as StdError;
use std::fmt;

use sandstep_lambda::Error;
use serde_json::{Value, json};

/// A failure with a name of its own and a cause.
#[derive(Debug)]
struct OrderNotFound(NoSuchRow);

/// Its cause.
#[derive(Debug)]
struct NoSuchRow;

impl fmt::Display for OrderNotFound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("there is no order 7")
    }
}

impl StdError for OrderNotFound {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

impl fmt::Display for NoSuchRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the table has no such row")
    }
}

impl StdError for NoSuchRow {}

pub fn find_order() -> Result<(), Error> {
    Ok(Err(OrderNotFound(NoSuchRow))?)
}

pub fn fail_until(wanted: u32, attempt: u32) -> Result<Value, Error> {
    match attempt < wanted {
        true => Err(Error::new("TooEarly", format!("this is attempt {attempt}"))),
        false => Ok(json!(attempt)),
    }
}
