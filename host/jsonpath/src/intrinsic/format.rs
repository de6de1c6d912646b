//! `States.Format`.

use sandstep_json::{MAX_DEPTH, Value};

use super::arguments::Arguments;
use super::{Complaint, MAX_OUTPUT};

/// A template of `States.Format`: texts with a slot, `{}`, between each and the next.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Format {
    source: String,
    texts: Vec<String>,
}

impl Format {
    /// Reads a template. A backslash before `'`, `{`, `}` or `\` takes their meaning away;
    /// a brace that is not part of `{}` stands for itself.
    pub(super) fn parse(source: &str) -> Self {
        let mut texts = vec![String::new()];
        let mut rest = source.chars();
        while let Some(char) = rest.next() {
            let next = rest.clone().next();
            if char == '{' && next == Some('}') {
                rest.next();
                texts.push(String::new());
                continue;
            }
            let escaped = next.filter(|next| char == '\\' && "'{}\\".contains(*next));
            if escaped.is_some() {
                rest.next();
            }
            texts
                .last_mut()
                .expect("there is always a text")
                .push(escaped.unwrap_or(char));
        }
        Self {
            source: source.to_owned(),
            texts,
        }
    }

    /// The template as it was written.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// The texts with one value in each slot.
    pub(super) fn fill(&self, values: &[Value]) -> Result<Value, Complaint> {
        let slots = self.texts.len() - 1;
        if slots != values.len() {
            return Err(format!(
                "the template has {slots} occurrences of {{}} for {} arguments",
                values.len()
            ));
        }
        let mut out = self.texts[0].clone();
        for (value, text) in values.iter().zip(&self.texts[1..]) {
            check_room(&out, value)?;
            write_plain(value, &mut out);
            out.push_str(text);
        }
        Ok(out.into())
    }
}

/// `States.Format` with a template that is not a literal.
pub(super) fn format(arguments: &Arguments) -> Result<Value, Complaint> {
    Format::parse(arguments.string(0)?).fill(&arguments.0[1..])
}

fn check_room(out: &str, value: &Value) -> Result<(), Complaint> {
    if out.len().saturating_add(value.json_len()) > 2 * MAX_OUTPUT {
        return Err(format!("the result is longer than {MAX_OUTPUT} bytes"));
    }
    if value.depth() > MAX_DEPTH {
        return Err(format!(
            "an argument is nested deeper than {MAX_DEPTH} levels"
        ));
    }
    Ok(())
}

/// Writes a value as the service does: a string without quotes, an object as `{a=1, b=x}`
/// and an array as `[1, x]` (recorded for an object of the context object).
fn write_plain(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => out.push_str(text),
        Value::Array(array) => {
            out.push('[');
            for (index, item) in array.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write_plain(item, out);
            }
            out.push(']');
        }
        Value::Object(object) => {
            out.push('{');
            for (index, (key, value)) in object.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                out.push_str(key);
                out.push('=');
                write_plain(value, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_json()),
    }
}
