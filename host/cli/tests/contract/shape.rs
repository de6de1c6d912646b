//! Results with holes: what a JSON value may be where it cannot be known.
//!
//! Members may stand in any order, and numbers are compared as they are
//! written. A string in angle brackets is a hole:
//!
//! | hole | stands for |
//! |---|---|
//! | `<any>` | anything but null |
//! | `<uuid>` | a UUID's text |
//! | `<now>` | the present time, in milliseconds since the Unix epoch |
//! | `<10..20>` | a number from 10 to 20 |
//! | `<event>` | the event itself |

use std::time::{SystemTime, UNIX_EPOCH};

use sandstep_json::{Object, Value};

use crate::pattern;

/// How far the handler's clock may be from ours, in milliseconds.
const PRESENT: f64 = 60_000.0;

/// Where a result is not what was expected, if it is not.
pub(crate) fn mismatch(expected: &Value, got: &Value, event: &Value) -> Option<String> {
    Matching { event }.mismatch("$", expected, got)
}

struct Matching<'a> {
    event: &'a Value,
}

impl Matching<'_> {
    fn mismatch(&self, path: &str, expected: &Value, got: &Value) -> Option<String> {
        if let (Some(expected), Some(got)) = (expected.as_object(), got.as_object()) {
            return self.object_mismatch(path, expected, got);
        }
        if let (Some(expected), Some(got)) = (expected.as_array(), got.as_array())
            && expected.as_slice().len() == got.as_slice().len()
        {
            let items = expected.as_slice().iter().zip(got.as_slice());
            return items.enumerate().find_map(|(idx, (expected, got))| {
                self.mismatch(&format!("{path}[{idx}]"), expected, got)
            });
        }
        let fits = match hole(expected) {
            Some(hole) => self.fills(hole, got),
            None => is_same_leaf(expected, got),
        };
        (!fits).then(|| format!("{path} is {}, not {}", shortened(got), shortened(expected)))
    }

    fn object_mismatch(&self, path: &str, expected: &Object, got: &Object) -> Option<String> {
        if let Some(extra) = got.keys().find(|key| !expected.contains_key(key.as_str())) {
            return Some(format!("{path} has {extra:?}, which is not expected"));
        }
        expected.iter().find_map(|(key, expected)| {
            let path = format!("{path}.{key}");
            match got.get(key.as_str()) {
                Some(got) => self.mismatch(&path, expected, got),
                None => Some(format!("{path} is missing")),
            }
        })
    }

    fn fills(&self, hole: &str, got: &Value) -> bool {
        let number = got.as_number().map(|number| number.as_f64());
        match hole {
            "any" => !got.is_null(),
            "event" => got == self.event,
            "uuid" => got.as_str().is_some_and(is_uuid),
            "now" => number.is_some_and(|number| (number - unix_ms()).abs() < PRESENT),
            hole => number.is_some_and(|number| is_between(hole, number)),
        }
    }
}

/// `event` of `"<event>"`.
fn hole(expected: &Value) -> Option<&str> {
    expected.as_str()?.strip_prefix('<')?.strip_suffix('>')
}

/// `1` and `1.0` are two results: what became of a number is the question.
fn is_same_leaf(expected: &Value, got: &Value) -> bool {
    match (expected.as_number(), got.as_number()) {
        (Some(expected), Some(got)) => expected.text() == got.text(),
        _ => expected == got,
    }
}

fn is_uuid(text: &str) -> bool {
    pattern::fits("*-*-*-*-*", text)
        && text.len() == 36
        && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

fn is_between(range: &str, number: f64) -> bool {
    let ends = range.split_once("..");
    let ends = ends.and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
    let (low, high): (f64, f64) = ends.unwrap_or_else(|| panic!("<{range}> is no hole"));
    (low..=high).contains(&number)
}

fn unix_ms() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64() * 1000.0
}

fn shortened(value: &Value) -> String {
    let text = value.to_json();
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text,
    }
}

/// Whether no two members of these results have the same value.
pub(crate) fn all_differ(results: [&Value; 2]) -> bool {
    let members = results.map(|result| match result.as_object() {
        Some(object) => object.values().collect(),
        None => vec![result],
    });
    let members = members.concat();
    members
        .iter()
        .enumerate()
        .all(|(idx, one)| !members[..idx].contains(one))
}
