//! `$string`, and JSON as the expression's text.

use std::borrow::Cow;
use std::fmt::Write;

use sandstep_json::{Number, Value};

use super::calls::made;
use super::number_text::{number_text, shown};
use super::room;
use crate::Fault;
use crate::builtin::Definition;
use crate::item::{Item, Items};
use crate::limits::Meter;

/// The string that a value is shown as: a string itself, a function as the empty string, all else as
/// JSON; `None` for no value.
pub(crate) fn string_of<'i>(
    item: &'i Item,
    meter: &mut Meter,
) -> Result<Option<Cow<'i, str>>, Fault> {
    shown_as(item, false, meter)
}

/// How many bytes of JSON are written in one step.
const BYTES_A_STEP: usize = 4;

/// As [`string_of`], on many lines where it is to be `pretty`.
///
/// Numbers are shown as [`shown`] says. Fails with D3001 for a number that JSON has not, with D1001
/// where that is within an array or object, and with D1014 where the JSON would be too long.
fn shown_as<'i>(
    item: &'i Item,
    pretty: bool,
    meter: &mut Meter,
) -> Result<Option<Cow<'i, str>>, Fault> {
    Ok(Some(match item {
        Item::Undefined => return Ok(None),
        Item::Number(number) if !number.is_finite() => {
            return Err(Fault::new("D3001", "neither infinity nor NaN has a string"));
        }
        Item::Builtin(_) | Item::Function(_) => "".into(),
        item => match item.as_str() {
            Some(text) => text.into(),
            None => json(item, pretty, meter)?.into(),
        },
    }))
}

fn json(item: &Item, pretty: bool, meter: &mut Meter) -> Result<String, Fault> {
    let steps = usize::try_from(meter.steps_left()).unwrap_or(usize::MAX);
    let most = steps.saturating_mul(BYTES_A_STEP).min(meter.memory_left());
    let mut printer = Printer {
        text: String::new(),
        pretty,
        most,
        depth: 0,
    };
    printer.item(item)?;
    meter.spend(printer.text.len() / BYTES_A_STEP)?;
    Ok(printer.text)
}

/// Writes JSON. Recursive: values have a bounded depth.
struct Printer {
    text: String,
    pretty: bool,
    most: usize,
    depth: usize,
}

impl Printer {
    fn item(&mut self, item: &Item) -> Result<(), Fault> {
        match item {
            Item::Value(value) => self.value(value),
            Item::Number(number) => self.number(*number),
            Item::Builtin(_) | Item::Function(_) => self.write("\"\""),
            Item::Undefined => self.write("null"),
            other => match (other.items(), other.members()) {
                (Some(items), _) => self.items(items),
                (_, Some(members)) => {
                    let members = members.iter().map(|(key, item)| (key.as_str(), item));
                    self.object(members, Self::item)
                }
                _ => self.write("null"),
            },
        }
    }

    fn items(&mut self, items: Items<'_>) -> Result<(), Fault> {
        self.array(items.iter(), |printer, item| printer.item(&item))
    }

    fn value(&mut self, value: &Value) -> Result<(), Fault> {
        match value {
            Value::Null => self.write("null"),
            Value::Bool(true) => self.write("true"),
            Value::Bool(false) => self.write("false"),
            Value::Number(number) => self.json_number(number),
            Value::String(text) => self.string(text),
            Value::Array(array) => self.array(array.iter(), Self::value),
            Value::Object(object) => {
                let members = object.iter().map(|(key, value)| (key.as_str(), value));
                self.object(members, Self::value)
            }
        }
    }

    /// An integer keeps all its digits, also those that a double does not have.
    fn json_number(&mut self, number: &Number) -> Result<(), Fault> {
        match number.as_i64() {
            Some(integer) => self.write(&integer.to_string()),
            None => self.number(number.as_f64()),
        }
    }

    fn number(&mut self, number: f64) -> Result<(), Fault> {
        if !number.is_finite() {
            return Err(Fault::new(
                "D1001",
                format!("number out of range: {}", number_text(number)),
            ));
        }
        self.write(&number_text(shown(number)))
    }

    fn string(&mut self, text: &str) -> Result<(), Fault> {
        // A character is escaped with six bytes at the most.
        room::check(self.text.len().saturating_add(text.len()), self.most)?;
        write!(self.text, "{}", Value::from(text)).expect("a string takes any text");
        room::check(self.text.len(), self.most)
    }

    fn array<T>(
        &mut self,
        items: impl Iterator<Item = T>,
        print: impl Fn(&mut Self, T) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut items = items.peekable();
        if items.peek().is_none() {
            return self.write("[]");
        }
        self.open("[")?;
        for (index, item) in items.enumerate() {
            self.line(index)?;
            print(self, item)?;
        }
        self.close("]")
    }

    fn object<'a, T>(
        &mut self,
        members: impl Iterator<Item = (&'a str, T)>,
        print: impl Fn(&mut Self, T) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut members = members.peekable();
        if members.peek().is_none() {
            return self.write("{}");
        }
        self.open("{")?;
        for (index, (key, value)) in members.enumerate() {
            self.line(index)?;
            self.string(key)?;
            self.write(if self.pretty { ": " } else { ":" })?;
            print(self, value)?;
        }
        self.close("}")
    }

    fn open(&mut self, bracket: &str) -> Result<(), Fault> {
        self.depth += 1;
        self.write(bracket)
    }

    fn close(&mut self, bracket: &str) -> Result<(), Fault> {
        self.depth -= 1;
        self.line(0)?;
        self.write(bracket)
    }

    /// Goes to the next item's place.
    fn line(&mut self, index: usize) -> Result<(), Fault> {
        if index > 0 {
            self.write(",")?;
        }
        if !self.pretty {
            return Ok(());
        }
        self.write("\n")?;
        (0..self.depth).try_for_each(|_| self.write("  "))
    }

    fn write(&mut self, text: &str) -> Result<(), Fault> {
        room::check(self.text.len().saturating_add(text.len()), self.most)?;
        self.text.push_str(text);
        Ok(())
    }
}

pub(crate) const DEFINITIONS: &[Definition] = &[Definition {
    name: "string",
    signature: "<x-b?:s>",
    arity: 1,
    run: |call| {
        let (item, pretty) = (call.take(0), call.argument(1).as_bool());
        match shown_as(&item, pretty.unwrap_or(false), call.meter())? {
            Some(text) => made(call, text),
            None => Ok(Item::Undefined),
        }
    },
}];
