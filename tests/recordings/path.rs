//! Paths into answers (the corpus's README, "Paths").

use sandstep_json::{Array, Value};

/// What a path leads to: steps with dots between them.
///
/// A number indexes a list, from its end where it is negative; `*` goes on in
/// every member; `@json` reads the text reached so far.
pub(crate) fn find(value: &Value, path: &str) -> Option<Value> {
    let steps: Vec<&str> = path.split('.').filter(|step| !step.is_empty()).collect();
    follow(value, &steps)
}

fn follow(value: &Value, steps: &[&str]) -> Option<Value> {
    let Some((step, rest)) = steps.split_first() else {
        return Some(value.clone());
    };
    match (*step, value) {
        ("*", Value::Array(items)) => {
            let found: Array = items.iter().filter_map(|item| follow(item, rest)).collect();
            Some(Value::Array(found))
        }
        ("@json", Value::String(text)) => follow(&Value::parse(text).ok()?, rest),
        (index, Value::Array(items)) => follow(items.get(place(index, items.len())?)?, rest),
        (key, Value::Object(members)) => follow(members.get(key)?, rest),
        _ => None,
    }
}

/// Where an index leads in a list of that length.
fn place(index: &str, length: usize) -> Option<usize> {
    let index: isize = index.parse().ok()?;
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => length.checked_sub(index.unsigned_abs()),
    }
}
