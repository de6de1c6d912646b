//! The scanner: reads JSON text once, from left to right, and reports what it meets.
//!
//! Strict RFC 8259, without recursion.

use std::borrow::Cow;

use crate::escape::first_special;
use crate::parse::MAX_DEPTH;

/// Hears what stands in a text, in order. Offsets are bytes from the text's start.
pub(crate) trait Listener<'a> {
    fn scalar(&mut self, scalar: Scalar<'a>, offset: usize);
    fn open(&mut self, container: Container, offset: usize);
    fn key(&mut self, key: Cow<'a, str>, offset: usize);
    fn close(&mut self, container: Container);
}

pub(crate) enum Scalar<'a> {
    Null,
    Bool(bool),
    /// The text of a valid number.
    Number(&'a str),
    /// The characters of a string, escapes resolved; borrowed if there were none.
    String(Cow<'a, str>),
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Container {
    Array,
    Object,
}

impl Container {
    fn bracket(self) -> u8 {
        match self {
            Container::Array => b']',
            Container::Object => b'}',
        }
    }
}

/// What is wrong, and where.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) message: &'static str,
    pub(crate) offset: usize,
}

/// Reads one JSON text.
pub(crate) fn scan<'a>(text: &'a str, listener: &mut impl Listener<'a>) -> Result<(), Fault> {
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        at: 0,
        open: Nesting::default(),
    };
    loop {
        if scanner.open.innermost() == Some(Container::Object) {
            scanner.key(listener)?;
        }
        let has_opened = scanner.value(listener)?;
        if has_opened && scanner.has_children() {
            continue;
        }
        if !scanner.next_value(listener)? {
            return Ok(());
        }
    }
}

/// Whether the text is a JSON number and nothing else.
pub(crate) fn is_number(text: &str) -> bool {
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        at: 0,
        open: Nesting::default(),
    };
    scanner.number().is_ok() && scanner.at == text.len()
}

/// Containers inside one another. Most texts are short: keeping a bit for each, and
/// not a list, saves them an allocation.
#[derive(Default)]
struct Nesting {
    depth: usize,
    /// Which of them are objects.
    objects: [u64; MAX_DEPTH / 64],
}

impl Nesting {
    fn push(&mut self, container: Container) {
        let bit = 1 << (self.depth % 64);
        let word = &mut self.objects[self.depth / 64];
        match container {
            Container::Array => *word &= !bit,
            Container::Object => *word |= bit,
        }
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.depth -= 1;
    }

    fn innermost(&self) -> Option<Container> {
        let last = self.depth.checked_sub(1)?;
        Some(match self.objects[last / 64] >> (last % 64) & 1 {
            0 => Container::Array,
            _ => Container::Object,
        })
    }
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// The containers around the current position.
    open: Nesting,
}

impl<'a> Scanner<'a> {
    /// Reads a scalar or an opening bracket; tells whether it was a bracket.
    #[inline(always)]
    fn value(&mut self, listener: &mut impl Listener<'a>) -> Result<bool, Fault> {
        self.skip_space();
        let offset = self.at;
        let scalar = match self.peek() {
            Some(b'"') => Scalar::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Scalar::Number(self.number()?),
            Some(b'{') => return self.open(Container::Object, listener),
            Some(b'[') => return self.open(Container::Array, listener),
            Some(b't') => self.word("true", Scalar::Bool(true))?,
            Some(b'f') => self.word("false", Scalar::Bool(false))?,
            Some(b'n') => self.word("null", Scalar::Null)?,
            Some(_) => return Err(self.fault("expected a value")),
            None => return Err(self.fault("expected a value, found the end")),
        };
        listener.scalar(scalar, offset);
        Ok(false)
    }

    fn open(
        &mut self,
        container: Container,
        listener: &mut impl Listener<'a>,
    ) -> Result<bool, Fault> {
        if self.open.depth == MAX_DEPTH {
            return Err(self.fault("nested too deeply"));
        }
        listener.open(container, self.at);
        self.open.push(container);
        self.at += 1;
        Ok(true)
    }

    /// Whether something stands in the container just opened.
    fn has_children(&mut self) -> bool {
        self.skip_space();
        let container = self.open.innermost();
        container.is_some_and(|container| self.peek() != Some(container.bracket()))
    }

    /// Goes from the end of a value to the next one, or its key, closing containers on
    /// the way; tells whether there is one.
    fn next_value(&mut self, listener: &mut impl Listener<'a>) -> Result<bool, Fault> {
        loop {
            self.skip_space();
            let Some(container) = self.open.innermost() else {
                return self.end().map(|()| false);
            };
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    return Ok(true);
                }
                Some(byte) if byte == container.bracket() => self.close(container, listener),
                _ => return Err(self.fault(unfinished(container))),
            }
        }
    }

    fn close(&mut self, container: Container, listener: &mut impl Listener<'a>) {
        self.at += 1;
        self.open.pop();
        listener.close(container);
    }

    /// Reads a key and its colon.
    #[inline(always)]
    fn key(&mut self, listener: &mut impl Listener<'a>) -> Result<(), Fault> {
        self.skip_space();
        let offset = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.fault("expected a key in double quotes"));
        }
        let key = self.string()?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.fault("expected `:` after a key"));
        }
        self.at += 1;
        listener.key(key, offset);
        Ok(())
    }

    fn end(&self) -> Result<(), Fault> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.fault("expected the end after the value")),
        }
    }

    fn word(&mut self, word: &str, scalar: Scalar<'a>) -> Result<Scalar<'a>, Fault> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return Err(self.fault("expected a value"));
        }
        self.at += word.len();
        Ok(scalar)
    }

    fn number(&mut self) -> Result<&'a str, Fault> {
        let start = self.at;
        self.skip(b'-');
        if !self.skip(b'0') {
            self.digits()?;
        }
        if self.skip(b'.') {
            self.digits()?;
        }
        if self.skip(b'e') || self.skip(b'E') {
            let _sign = self.skip(b'+') || self.skip(b'-');
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    /// Reads at least one digit.
    fn digits(&mut self) -> Result<(), Fault> {
        let rest = &self.bytes[self.at..];
        match rest
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(rest.len())
        {
            0 => Err(self.fault("expected a digit")),
            count => {
                self.at += count;
                Ok(())
            }
        }
    }

    /// Reads a string, from quotation mark to quotation mark.
    #[inline(always)]
    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.at += 1;
        let plain = self.plain_run()?;
        if self.skip(b'"') {
            return Ok(Cow::Borrowed(plain));
        }
        self.escaped_string(plain).map(Cow::Owned)
    }

    fn escaped_string(&mut self, plain: &str) -> Result<String, Fault> {
        let mut text = plain.to_owned();
        while !self.skip(b'"') {
            text.push(self.escape()?);
            text.push_str(self.plain_run()?);
        }
        Ok(text)
    }

    /// Reads up to the next quotation mark or backslash.
    #[inline(always)]
    fn plain_run(&mut self) -> Result<&'a str, Fault> {
        let start = self.at;
        let Some(len) = first_special(&self.bytes[start..]) else {
            self.at = self.bytes.len();
            return Err(self.fault("expected the end of the string"));
        };
        self.at += len;
        if self.bytes[self.at] < 0x20 {
            return Err(self.fault("control characters must be escaped in a string"));
        }
        Ok(&self.text[start..self.at])
    }

    /// Reads an escape that begins with the backslash here.
    fn escape(&mut self) -> Result<char, Fault> {
        let escaped = match self.bytes.get(self.at + 1) {
            Some(b'u') => return self.unicode_escape(),
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(*byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            _ => return Err(self.fault("not an escape that JSON knows")),
        };
        self.at += 2;
        Ok(escaped)
    }

    /// Reads `\uXXXX`, or the two of a surrogate pair.
    fn unicode_escape(&mut self) -> Result<char, Fault> {
        let start = self.at;
        let first = self.code_unit()?;
        if let Some(char) = char::from_u32(u32::from(first)) {
            return Ok(char);
        }
        let lone = Fault {
            message: "half of a surrogate pair",
            offset: start,
        };
        if !self.bytes[self.at..].starts_with(b"\\u") {
            return Err(lone);
        }
        let second = self.code_unit()?;
        char::decode_utf16([first, second])
            .next()
            .and_then(Result::ok)
            .ok_or(lone)
    }

    fn code_unit(&mut self) -> Result<u16, Fault> {
        let digits = self.bytes.get(self.at + 2..self.at + 6).unwrap_or_default();
        let unit = digits.iter().try_fold(0, |unit: u16, digit| {
            char::from(*digit)
                .to_digit(16)
                .map(|digit| unit << 4 | digit as u16)
        });
        let (4, Some(unit)) = (digits.len(), unit) else {
            return Err(self.fault("expected four hexadecimal digits after `\\u`"));
        };
        self.at += 6;
        Ok(unit)
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn skip(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn fault(&self, message: &'static str) -> Fault {
        Fault {
            message,
            offset: self.at,
        }
    }
}

fn unfinished(container: Container) -> &'static str {
    match container {
        Container::Array => "expected `,` or `]`",
        Container::Object => "expected `,` or `}`",
    }
}
