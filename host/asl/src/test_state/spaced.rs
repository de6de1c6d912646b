//! JSON as the operation prints it.

use sandstep_json::Value;

/// The JSON text with a blank after each comma and colon, as this operation of the service
/// has it, where all others print compactly (recorded).
pub(super) fn spaced(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// A value's depth is bounded, and so is this recursion.
fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(index, text);
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (index, (key, value)) in members.iter().enumerate() {
                separate(index, text);
                *text += &Value::from(key).to_json();
                *text += ": ";
                write(value, text);
            }
            text.push('}');
        }
        scalar => *text += &scalar.to_json(),
    }
}

fn separate(index: usize, text: &mut String) {
    if index > 0 {
        *text += ", ";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_and_colons_have_a_blank_behind_them() {
        let text = r#"[{"a": 1.0, "b, c": []}, "x:y", {}, null]"#;
        assert_eq!(spaced(&Value::parse(text).unwrap()), text);
    }
}
