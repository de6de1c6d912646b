//! Compares what was recorded with what came out now, leaving aside what every
//! execution makes anew.

use std::cmp::Ordering;

use sandstep_asl::{Start, TASK_TOKEN_PREFIX, function_name};
use sandstep_json::{Text, Value};

use crate::naming::{Match, match_function};

/// The names that are a replay's own. A recording has others in their place.
pub(super) struct Own {
    /// Longer ones first: some are within others.
    names: Vec<Text>,
}

/// Compares values, and counts what it leaves aside.
pub(super) struct Comparison<'o> {
    own: &'o Own,
    /// How many texts differ in what is made anew alone.
    pub(super) made_anew: usize,
}

impl Own {
    pub(super) fn of(start: &Start) -> Self {
        let names = [
            &start.execution_arn,
            &start.machine_arn,
            &start.name,
            &start.machine_name,
        ];
        Self {
            names: names.map(Text::clone).into(),
        }
    }
}

impl<'o> Comparison<'o> {
    pub(super) fn new(own: &'o Own) -> Self {
        Self { own, made_anew: 0 }
    }

    /// Whether two values are alike. Numbers are what they stand for.
    pub(super) fn alike(&mut self, recorded: &Value, replayed: &Value) -> bool {
        match (recorded, replayed) {
            (Value::String(recorded), Value::String(replayed)) => {
                self.alike_texts(recorded, replayed)
            }
            (Value::Number(a), Value::Number(b)) => a.numeric_cmp(b) == Ordering::Equal,
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| self.alike(a, b))
            }
            (Value::Object(a), Value::Object(b)) => {
                let mut members = a.iter();
                a.len() == b.len()
                    && members.all(|(key, a)| b.get(key).is_some_and(|b| self.alike(a, b)))
            }
            _ => recorded == replayed,
        }
    }

    fn alike_texts(&mut self, recorded: &str, replayed: &str) -> bool {
        if recorded == replayed {
            return true;
        }
        let is_alike = are_of_same_service(recorded, replayed)
            || are_one_function(recorded, replayed)
            || fits(&self.fixed_parts(&masked(replayed)), &masked(recorded));
        self.made_anew += usize::from(is_alike);
        is_alike
    }

    /// What stands around own names, task tokens and unfilled placeholders.
    fn fixed_parts(&self, text: &str) -> Vec<String> {
        let mut parts = vec![String::new()];
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let length = match self.hole(rest) {
                Some(length) => {
                    parts.push(String::new());
                    length
                }
                None => {
                    let last = parts.last_mut().expect("there is always one");
                    last.push(letter);
                    letter.len_utf8()
                }
            };
            rest = &rest[length..];
        }
        parts
    }

    /// The length of what may be anything in a recording, if a text begins
    /// with that.
    fn hole(&self, text: &str) -> Option<usize> {
        if let Some(name) = self
            .own
            .names
            .iter()
            .find(|name| text.starts_with(&***name))
        {
            return Some(name.len());
        }
        if let Some(token) = text.strip_prefix(TASK_TOKEN_PREFIX) {
            let letters = token.bytes().take_while(is_of_token).count();
            return Some(TASK_TOKEN_PREFIX.len() + letters);
        }
        text.starts_with("${")
            .then(|| text.find('}'))
            .flatten()
            .map(|end| end + 1)
    }
}

/// Whether a byte may stand in a task token.
fn is_of_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Whether a text is these parts with anything in between.
fn fits(parts: &[String], text: &str) -> bool {
    let [first, middle @ .., last] = parts else {
        return parts.first().is_some_and(|only| only == text);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    for part in middle {
        let Some(at) = rest.find(part.as_str()) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last.as_str())
}

/// Whether both are ARNs of one service: regions, accounts and names differ
/// from where it is deployed to where it is developed.
fn are_of_same_service(recorded: &str, replayed: &str) -> bool {
    let service = |text| str::split(text, ':').nth(2).map(str::to_owned);
    let are_arns = [recorded, replayed]
        .iter()
        .all(|text| text.starts_with("arn:"));
    are_arns && service(recorded) == service(replayed)
}

/// Whether one is the ARN of a function, and the other its name in a project.
fn are_one_function(recorded: &str, replayed: &str) -> bool {
    let is_one = recorded.contains(":function:") != replayed.contains(":function:");
    let name = |text| function_name(text).0;
    is_one && match_function(name(recorded), [name(replayed)]) != Match::None
}

/// A text with one letter for each moment, UUID and number of an event: causes
/// of the interpreter name the event that entered a state.
fn masked(text: &str) -> String {
    const MOMENT: &str = "\u{1}";
    const UUID: &str = "\u{2}";
    const EVENT: &str = "\u{3}";
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let length = if let Some(length) = moment_at(rest) {
            masked += MOMENT;
            length
        } else if has_shape(rest, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh") {
            masked += UUID;
            36
        } else if let Some(length) = event_at(rest) {
            masked += EVENT;
            length
        } else {
            masked.push(letter);
            letter.len_utf8()
        };
        rest = &rest[length..];
    }
    masked
}

/// The length of the moment in RFC 3339 that a text begins with.
fn moment_at(text: &str) -> Option<usize> {
    const SECOND: &str = "dddd-dd-ddTdd:dd:dd";
    if !has_shape(text, SECOND) {
        return None;
    }
    let mut length = SECOND.len();
    if text[length..].starts_with('.') {
        let digits = text[length + 1..].bytes().take_while(u8::is_ascii_digit);
        length += 1 + digits.count();
    }
    let offset = &text[length..];
    if offset.starts_with('Z') {
        return Some(length + 1);
    }
    let is_offset = has_shape(offset, "+dd:dd") || has_shape(offset, "-dd:dd");
    Some(if is_offset { length + 6 } else { length })
}

/// The length of the event's number that a text begins with.
fn event_at(text: &str) -> Option<usize> {
    const NUMBER: &str = "event id #";
    let digits = text.strip_prefix(NUMBER)?.bytes();
    Some(NUMBER.len() + digits.take_while(u8::is_ascii_digit).count())
}

/// Whether a text begins like an example, in which `d` is a digit and `h` one
/// of base 16.
fn has_shape(text: &str, example: &str) -> bool {
    text.len() >= example.len()
        && text
            .bytes()
            .zip(example.bytes())
            .all(|(letter, example)| match example {
                b'd' => letter.is_ascii_digit(),
                b'h' => letter.is_ascii_hexdigit(),
                _ => letter == example,
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(recorded: &str, replayed: &str) -> bool {
        let own = Own {
            names: vec!["arn:own:run".into(), "run".into()],
        };
        Comparison::new(&own).alike(&recorded.into(), &replayed.into())
    }

    #[test]
    fn what_every_execution_makes_anew_is_left_aside() {
        for (recorded, replayed) in [
            (
                "at 2024-01-02T03:04:05.678Z sharp",
                "at 2000-01-01T00:00:00.000Z sharp",
            ),
            ("2024-01-02T03:04:05+02:00", "2000-01-01T00:00:00Z"),
            (
                "id 6f1d2a3b-0000-4000-8000-123456789abc",
                "id 00000000-0000-4000-8000-000000000000",
            ),
            ("orders/0815.json", "orders/run.json"),
            (
                "arn:aws:lambda:eu-west-1:4711:function:dev-f",
                "arn:aws:lambda:us-east-1:1:function:f",
            ),
            ("https://queue/orders", "${QueueUrl}"),
            ("AAAAKgAA==", "sst1AAAAAAAAAAeY_-"),
            (
                "'S' (entered at the event id #24)",
                "'S' (entered at the event id #7)",
            ),
        ] {
            assert!(alike(recorded, replayed), "{recorded} {replayed}");
        }
    }

    #[test]
    fn all_else_counts() {
        for (recorded, replayed) in [
            ("a", "b"),
            ("orders/0815.xml", "orders/run.json"),
            (
                "arn:aws:sqs:eu-west-1:4711:f",
                "arn:aws:lambda:eu-west-1:4711:function:f",
            ),
            ("2024-01-02", "2024-01-03"),
            ("https://queue/orders", "https://${Host}/refunds"),
        ] {
            assert!(!alike(recorded, replayed), "{recorded} {replayed}");
        }
    }
}
