//! Parsing.

use crate::build::ValueBuilder;
use crate::scan::{Fault, scan};
use crate::spanned::SpannedBuilder;
use crate::{Position, Spanned, Value};

/// How many arrays and objects may stand inside one another in a text that is parsed.
pub const MAX_DEPTH: usize = 512;

/// Why a text is not JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at line {}, column {}", position.line, position.column)]
pub struct ParseError {
    /// What is wrong, in lower case, without the place.
    pub message: String,
    /// Where it was noticed.
    pub position: Position,
}

impl ParseError {
    fn new(text: &str, fault: Fault) -> Self {
        let position = Position::in_text(text, fault.offset);
        Self {
            message: fault.message.to_owned(),
            position,
        }
    }
}

impl Value {
    /// Reads one JSON text, strictly by RFC 8259.
    ///
    /// Of two members with one key, the last value wins at the first one's place, as on
    /// the service. Fails on anything but one value and on nesting beyond [`MAX_DEPTH`].
    pub fn parse(text: &str) -> Result<Value, ParseError> {
        let mut builder = ValueBuilder::default();
        scan(text, &mut builder).map_err(|fault| ParseError::new(text, fault))?;
        Ok(builder.finish())
    }

    /// Reads one JSON text in UTF-8; see [`Value::parse`].
    pub fn parse_slice(bytes: &[u8]) -> Result<Value, ParseError> {
        Self::parse(utf8(bytes)?)
    }
}

impl Spanned {
    /// Reads one JSON text as [`Value::parse`] does, and keeps where everything stood
    /// and every member, those with the same key too.
    pub fn parse(text: &str) -> Result<Spanned, ParseError> {
        let mut builder = SpannedBuilder::new(text);
        scan(text, &mut builder).map_err(|fault| ParseError::new(text, fault))?;
        Ok(builder.finish())
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, ParseError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let valid = String::from_utf8_lossy(&bytes[..offset]);
        ParseError::new(
            &valid,
            Fault {
                message: "not UTF-8",
                offset,
            },
        )
    })
}
