//! Printing, without recursion: values may be deeper than the stack.

use std::fmt::{self, Write};

use smallvec::SmallVec;

use crate::escape::{first_special, short_escape};
use crate::object::ObjectIter;
use crate::{MAX_DEPTH, Text, Value};

/// The most that is set aside for a text before it is written, in bytes.
const MAX_RESERVE: usize = 16 << 20;

impl Value {
    /// The compact JSON text, with the escapes that serde_json uses.
    pub fn to_json(&self) -> String {
        let mut text = String::with_capacity(self.json_len().min(MAX_RESERVE));
        print(self, Layout::Compact, &mut text).expect("a string takes any text");
        text
    }

    /// The JSON text on many lines, indented by two spaces, as serde_json lays it out. Beyond
    /// [`MAX_DEPTH`] it is compact: indents would be longer than what they indent.
    pub fn to_pretty(&self) -> String {
        if self.depth() > MAX_DEPTH {
            return self.to_json();
        }
        let mut text = String::new();
        print(self, Layout::Pretty, &mut text).expect("a string takes any text");
        text
    }
}

/// Writes the compact JSON text.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print(self, Layout::Compact, f)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Layout {
    Compact,
    Pretty,
}

/// A container that is being written: what of it is still to come.
enum Open<'a> {
    Array(std::slice::Iter<'a, Value>),
    Object(ObjectIter<'a>),
}

impl<'a> Open<'a> {
    fn next(&mut self) -> Option<(Option<&'a Text>, &'a Value)> {
        match self {
            Open::Array(items) => items.next().map(|value| (None, value)),
            Open::Object(members) => members.next().map(|(key, value)| (Some(key), value)),
        }
    }

    fn bracket(&self) -> char {
        match self {
            Open::Array(_) => ']',
            Open::Object(_) => '}',
        }
    }
}

fn print(value: &Value, layout: Layout, out: &mut impl Write) -> fmt::Result {
    let mut printer = Printer {
        out,
        layout,
        open: SmallVec::new(),
    };
    let mut is_first = printer.value(value)?;
    while let Some(innermost) = printer.open.last_mut() {
        match innermost.next() {
            Some((key, value)) => is_first = printer.child(is_first, key, value)?,
            None => {
                printer.close(is_first)?;
                is_first = false;
            }
        }
    }
    Ok(())
}

struct Printer<'a, 'w, W> {
    out: &'w mut W,
    layout: Layout,
    open: SmallVec<[Open<'a>; 4]>,
}

impl<'a, W: Write> Printer<'a, '_, W> {
    /// Writes a scalar, or opens a container and tells that its first child comes next.
    fn value(&mut self, value: &'a Value) -> Result<bool, fmt::Error> {
        match value {
            Value::Null => self.out.write_str("null")?,
            Value::Bool(true) => self.out.write_str("true")?,
            Value::Bool(false) => self.out.write_str("false")?,
            Value::Number(number) => write!(self.out, "{number}")?,
            Value::String(text) => print_string(text, self.out)?,
            Value::Array(array) => return self.enter('[', Open::Array(array.iter())),
            Value::Object(object) => return self.enter('{', Open::Object(object.iter())),
        }
        Ok(false)
    }

    fn enter(&mut self, bracket: char, container: Open<'a>) -> Result<bool, fmt::Error> {
        self.out.write_char(bracket)?;
        self.open.push(container);
        Ok(true)
    }

    fn child(
        &mut self,
        is_first: bool,
        key: Option<&Text>,
        value: &'a Value,
    ) -> Result<bool, fmt::Error> {
        if !is_first {
            self.out.write_char(',')?;
        }
        self.line_break()?;
        if let Some(key) = key {
            print_string(key, self.out)?;
            self.out.write_str(if self.layout == Layout::Pretty {
                ": "
            } else {
                ":"
            })?;
        }
        self.value(value)
    }

    fn close(&mut self, is_empty: bool) -> fmt::Result {
        let container = self.open.pop().expect("called while a container is open");
        if !is_empty {
            self.line_break()?;
        }
        self.out.write_char(container.bracket())
    }

    fn line_break(&mut self) -> fmt::Result {
        if self.layout == Layout::Compact {
            return Ok(());
        }
        self.out.write_char('\n')?;
        (0..self.open.len()).try_for_each(|_| self.out.write_str("  "))
    }
}

/// Writes a JSON string.
fn print_string(text: &str, out: &mut impl Write) -> fmt::Result {
    out.write_char('"')?;
    let mut rest = text;
    while let Some(index) = first_special(rest.as_bytes()) {
        out.write_str(&rest[..index])?;
        print_escape(rest.as_bytes()[index], out)?;
        rest = &rest[index + 1..];
    }
    out.write_str(rest)?;
    out.write_char('"')
}

fn print_escape(byte: u8, out: &mut impl Write) -> fmt::Result {
    match short_escape(byte) {
        Some(escape) => out.write_str(escape),
        None => write!(out, "\\u{byte:04x}"),
    }
}
