//! How a bad `Label` is refused.
//!
//! The recordings of the service have these refusals in a form that nothing else has: a message
//! that quotes strings as Python does, followed by the definition.

/// What is wrong with a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LabelFault {
    Empty,
    /// It has more characters than this.
    TooLong(usize),
    InvalidCharacter(char),
}

impl LabelFault {
    /// What is wrong, without the definition around it.
    pub(crate) fn message(&self) -> String {
        match self {
            LabelFault::Empty => "Label cannot be empty".to_owned(),
            LabelFault::TooLong(limit) => format!("Label cannot exceed {limit} characters"),
            LabelFault::InvalidCharacter(character) => {
                let shown = quoted(&character.to_string());
                format!("Label contains invalid character: {shown}")
            }
        }
    }

    /// The message that refuses a definition with such a label.
    pub(super) fn refusal(&self, definition: &str) -> String {
        let message = quoted(&self.message());
        format!("Error=ValueError Args=[{message}] in definition '{definition}'.")
    }
}

/// A text as Python's `repr` shows it.
fn quoted(text: &str) -> String {
    let quote = match text.contains('\'') && !text.contains('"') {
        true => '"',
        false => '\'',
    };
    let inner: String = text
        .chars()
        .map(|character| escaped(character, quote))
        .collect();
    format!("{quote}{inner}{quote}")
}

fn escaped(character: char, quote: char) -> String {
    match character {
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        _ if character == quote => format!("\\{character}"),
        ' ' => character.to_string(),
        _ if is_printable(character) => character.to_string(),
        _ => by_number(u32::from(character)),
    }
}

fn is_printable(character: char) -> bool {
    !character.is_control() && !character.is_whitespace()
}

fn by_number(code: u32) -> String {
    match code {
        0..=0xff => format!("\\x{code:02x}"),
        0x100..=0xffff => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted_as_python_quotes_them() {
        for (text, expected) in [
            ("plain", "'plain'"),
            ("it's", r#""it's""#),
            (r#"it's "it""#, r#"'it\'s "it"'"#),
            ("a\\b", r"'a\\b'"),
            ("\u{1}\u{85}\u{2028}\n", r"'\x01\x85\u2028\n'"),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}
