//! JSON values as bytes.
//!
//! Not as text: a value that an execution has made may be nested deeper than any text
//! that is read, and what is read back must be what was there.

use sandstep_json::{Array, Number, ObjectBuilder, ObjectIter, Text, Value};
use smallvec::SmallVec;

use super::bytes::{Damaged, Reader, Writer};

/// What the next bytes are.
mod tag {
    pub(super) const NULL: u8 = 0;
    pub(super) const FALSE: u8 = 1;
    pub(super) const TRUE: u8 = 2;
    pub(super) const INTEGER: u8 = 3;
    pub(super) const NUMBER: u8 = 4;
    pub(super) const STRING: u8 = 5;
    pub(super) const ARRAY: u8 = 6;
    pub(super) const OBJECT: u8 = 7;
}

/// How deep most values are at most.
const SHALLOW: usize = 4;

/// Writes a value: its children follow it, without recursion.
pub(super) fn write(writer: &mut Writer, value: &Value) {
    let mut open = SmallVec::<[_; SHALLOW]>::new();
    write_one(writer, value, &mut open);
    while let Some(innermost) = open.last_mut() {
        let Some((key, value)) = innermost.next() else {
            open.pop();
            continue;
        };
        if let Some(key) = key {
            writer.text(key);
        }
        write_one(writer, value, &mut open);
    }
}

/// A container of which children are still to be written.
enum Unwritten<'a> {
    Array(std::slice::Iter<'a, Value>),
    Object(ObjectIter<'a>),
}

impl<'a> Unwritten<'a> {
    fn next(&mut self) -> Option<(Option<&'a Text>, &'a Value)> {
        match self {
            Self::Array(items) => items.next().map(|value| (None, value)),
            Self::Object(members) => members.next().map(|(key, value)| (Some(key), value)),
        }
    }
}

fn write_one<'a>(
    writer: &mut Writer,
    value: &'a Value,
    open: &mut SmallVec<[Unwritten<'a>; SHALLOW]>,
) {
    match value {
        Value::Null => writer.byte(tag::NULL),
        Value::Bool(false) => writer.byte(tag::FALSE),
        Value::Bool(true) => writer.byte(tag::TRUE),
        Value::Number(number) => write_number(writer, number),
        Value::String(text) => {
            writer.byte(tag::STRING);
            writer.text(text);
        }
        Value::Array(array) => {
            writer.byte(tag::ARRAY);
            writer.count(array.len());
            open.push(Unwritten::Array(array.iter()));
        }
        Value::Object(object) => {
            writer.byte(tag::OBJECT);
            writer.count(object.len());
            open.push(Unwritten::Object(object.iter()));
        }
    }
}

fn write_number(writer: &mut Writer, number: &Number) {
    match number.as_i64() {
        Some(integer) => {
            writer.byte(tag::INTEGER);
            writer.signed(integer);
        }
        None => {
            writer.byte(tag::NUMBER);
            writer.text(&number.text());
        }
    }
}

/// Reads a value, without recursion.
pub(super) fn read(reader: &mut Reader<'_>) -> Result<Value, Damaged> {
    let mut open = Vec::new();
    loop {
        let Some(mut value) = read_one(reader, &mut open)? else {
            continue;
        };
        // What is complete may complete the container that it is in.
        loop {
            let Some(innermost) = open.last_mut() else {
                return Ok(value);
            };
            innermost.push(value);
            if innermost.left > 0 {
                innermost.read_key(reader)?;
                break;
            }
            value = open.pop().expect("looked at just now").build();
        }
    }
}

/// Reads a value that is complete, or opens the container whose children follow.
fn read_one(reader: &mut Reader<'_>, open: &mut Vec<Unread>) -> Result<Option<Value>, Damaged> {
    Ok(Some(match reader.byte()? {
        tag::NULL => Value::Null,
        tag::FALSE => false.into(),
        tag::TRUE => true.into(),
        tag::INTEGER => reader.signed()?.into(),
        tag::NUMBER => read_number(reader)?.into(),
        tag::STRING => reader.text()?.into(),
        tag @ (tag::ARRAY | tag::OBJECT) => {
            let mut container = Unread::new(tag, reader.count()?);
            if container.left == 0 {
                return Ok(Some(container.build()));
            }
            container.read_key(reader)?;
            open.push(container);
            return Ok(None);
        }
        tag => return Err(Damaged::Unknown { what: "value", tag }),
    }))
}

fn read_number(reader: &mut Reader<'_>) -> Result<Number, Damaged> {
    let number = reader.str()?.parse();
    number.map_err(|_| Damaged::IllFormed("number"))
}

/// A container of which children are still to be read.
struct Unread {
    left: usize,
    children: Children,
}

enum Children {
    Items(Vec<Value>),
    /// And the key of the member that comes next.
    Members(ObjectBuilder, Text),
}

impl Unread {
    fn new(tag: u8, left: usize) -> Self {
        let children = match tag {
            tag::ARRAY => Children::Items(Vec::with_capacity(left)),
            _ => Children::Members(ObjectBuilder::with_capacity(left), Text::default()),
        };
        Self { left, children }
    }

    fn read_key(&mut self, reader: &mut Reader<'_>) -> Result<(), Damaged> {
        if let Children::Members(_, key) = &mut self.children {
            *key = reader.text()?;
        }
        Ok(())
    }

    fn push(&mut self, value: Value) {
        self.left -= 1;
        match &mut self.children {
            Children::Items(items) => items.push(value),
            Children::Members(members, key) => members.insert(std::mem::take(key), value),
        }
    }

    fn build(self) -> Value {
        match self.children {
            Children::Items(items) => Array::from(items).into(),
            Children::Members(members, _) => members.build().into(),
        }
    }
}
