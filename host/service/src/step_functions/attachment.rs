//! What the service keeps with an execution, beside what the interpreter knows.

use sandstep_json::{Object, Value};

use super::api_error::ApiError;
use super::render::insert_some;

/// What the service keeps with an execution, as bytes that the journal does not read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attachment {
    /// The input as its starter wrote it, where that is not how we would write it.
    pub(crate) input: Option<String>,
    /// The version that it was started as, by its ARN.
    pub(crate) version: Option<String>,
    /// The alias that it was started through, by its ARN.
    pub(crate) alias: Option<String>,
    /// The X-Ray header that came with the start.
    pub(crate) trace_header: Option<String>,
}

impl Attachment {
    /// As it is stored. Members may be added; none changes its meaning.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut members = Object::new();
        insert_some(&mut members, "input", self.input.as_deref());
        insert_some(&mut members, "version", self.version.as_deref());
        insert_some(&mut members, "alias", self.alias.as_deref());
        insert_some(&mut members, "trace", self.trace_header.as_deref());
        match members.is_empty() {
            true => Vec::new(),
            false => Value::from(members).to_json().into_bytes(),
        }
    }

    /// What was stored. Fails as a damaged store does.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, ApiError> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let text = std::str::from_utf8(bytes).ok();
        let members = text.and_then(|text| Value::parse(text).ok());
        let members = members
            .ok_or_else(|| ApiError::failure(&"what is kept with an execution cannot be read"))?;
        let text = |key| members.get(key).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            input: text("input"),
            version: text("version"),
            alias: text("alias"),
            trace_header: text("trace"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stored_is_read_again() {
        let full = Attachment {
            input: Some("{ \"a\": 1 }".to_owned()),
            version: Some("arn:v".to_owned()),
            alias: Some("arn:a".to_owned()),
            trace_header: Some("Root=1".to_owned()),
        };
        for attachment in [full, Attachment::default()] {
            assert_eq!(Attachment::read(&attachment.to_bytes()), Ok(attachment));
        }
        assert!(Attachment::read(b"\xff").is_err());
    }
}
