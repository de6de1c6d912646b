//! A place in a text that is being parsed.

use crate::PathError;

/// Reads a text from left to right.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    pub(crate) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// What stands between an earlier offset and here.
    pub(crate) fn since(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(crate) fn at_end(&self) -> bool {
        self.rest().is_empty()
    }

    pub(crate) fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }

    pub(crate) fn skip(&mut self, token: &str) -> bool {
        let is_there = self.rest().starts_with(token);
        if is_there {
            self.at += token.len();
        }
        is_there
    }

    pub(crate) fn skip_blanks(&mut self) {
        self.take_while(|char| matches!(char, ' ' | '\t' | '\n' | '\r'));
    }

    pub(crate) fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest.find(|char| !accept(char)).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    pub(crate) fn expect(&mut self, token: &str) -> Result<(), PathError> {
        if self.skip(token) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{token}`")))
    }

    pub(crate) fn error(&self, message: impl Into<String>) -> PathError {
        PathError {
            message: message.into(),
            offset: self.at,
        }
    }

    pub(crate) fn unexpected(&self, wanted: &str) -> PathError {
        match self.peek() {
            Some(char) => self.error(format!("expected {wanted}, found `{char}`")),
            None => self.error(format!("expected {wanted}, found the end")),
        }
    }
}

/// Reads one thing, with nothing but blanks around it.
pub(crate) fn parse_whole<T>(
    text: &str,
    parse: impl FnOnce(&mut Cursor<'_>) -> Result<T, PathError>,
    wanted: &str,
) -> Result<T, PathError> {
    let mut cursor = Cursor::new(text);
    cursor.skip_blanks();
    let parsed = parse(&mut cursor)?;
    cursor.skip_blanks();
    if !cursor.at_end() {
        return Err(cursor.unexpected(wanted));
    }
    Ok(parsed)
}
