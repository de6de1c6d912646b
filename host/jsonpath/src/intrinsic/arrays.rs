//! Functions of arrays.

use std::collections::HashSet;

use sandstep_json::{Array, MAX_DEPTH, Value};

use super::Complaint;
use super::arguments::Arguments;

/// The most elements that `States.ArrayRange` makes (AWS, "Intrinsic functions").
const MAX_RANGE: usize = 1_000;

pub(super) fn contains(arguments: &Arguments) -> Result<Value, Complaint> {
    Ok(arguments.array(0)?.contains(arguments.any(1)).into())
}

pub(super) fn get_item(arguments: &Arguments) -> Result<Value, Complaint> {
    let (array, index) = (arguments.array(0)?, arguments.integer(1)?);
    let item = usize::try_from(index)
        .ok()
        .and_then(|index| array.get(index));
    item.cloned().ok_or_else(|| {
        format!(
            "index {index} is out of bounds for an array of {} elements",
            array.len()
        )
    })
}

pub(super) fn length(arguments: &Arguments) -> Result<Value, Complaint> {
    Ok(arguments.array(0)?.len().into())
}

pub(super) fn partition(arguments: &Arguments) -> Result<Value, Complaint> {
    let (array, size) = (arguments.array(0)?, arguments.integer(1)?);
    match usize::try_from(size) {
        Ok(size) if size > 0 => {
            let chunks = array.chunks(size).map(|chunk| Array::from(chunk.to_vec()));
            Ok(Value::Array(chunks.collect()))
        }
        _ => Err("the chunk size must be a positive integer".to_owned()),
    }
}

pub(super) fn range(arguments: &Arguments) -> Result<Value, Complaint> {
    // 128 bits, so that no difference overflows.
    let [first, last, step] = [
        arguments.integer(0)?,
        arguments.integer(1)?,
        arguments.integer(2)?,
    ]
    .map(i128::from);
    if step == 0 {
        return Err("the step must not be zero".to_owned());
    }
    let distance = (last - first) * step.signum();
    let count = if distance < 0 {
        0
    } else {
        distance / step.abs() + 1
    };
    if count > MAX_RANGE as i128 {
        return Err(format!("the range has more than {MAX_RANGE} elements"));
    }
    let items = (0..count).map(|nth| (first + nth * step) as i64);
    Ok(Value::Array(items.collect()))
}

pub(super) fn unique(arguments: &Arguments) -> Result<Value, Complaint> {
    let array = arguments.array(0)?;
    if array.iter().any(|item| item.depth() > MAX_DEPTH) {
        return Err(format!(
            "an element is nested deeper than {MAX_DEPTH} levels"
        ));
    }
    let mut seen = HashSet::new();
    let mut canonical = |item: &&Value| {
        let mut text = String::new();
        write_canonical(item, &mut text);
        seen.insert(text)
    };
    Ok(Value::Array(
        array.iter().filter(|item| canonical(item)).collect(),
    ))
}

/// Writes a text that equal values have in common: members are sorted by key.
fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by_key(|(key, _)| key.as_str());
            out.push('{');
            for (key, value) in members {
                out.push_str(&Value::from(key).to_json());
                write_canonical(value, out);
            }
            out.push('}');
        }
        Value::Array(array) => {
            out.push('[');
            for item in array {
                write_canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_json()),
    }
}
