//! Writes responses in AWS's JSON protocol.

use sandstep_asl::Timestamp;
use sandstep_json::{Object, Value};

/// A moment as the protocol has it: seconds since 1970, with milliseconds.
pub(crate) fn seconds(moment: Timestamp) -> Value {
    let millis = moment.as_millis();
    let sign = if millis < 0 { "-" } else { "" };
    let (seconds, rest) = (millis.unsigned_abs() / 1000, millis.unsigned_abs() % 1000);
    Value::parse(&format!("{sign}{seconds}.{rest:03}")).expect("digits and a point are a number")
}

/// Adds a member, where there is one to add.
pub(crate) fn insert_some(object: &mut Object, key: &'static str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_milliseconds() {
        for (millis, text) in [
            (1_767_225_600_005, "1767225600.005"),
            (0, "0.000"),
            (-1, "-0.001"),
        ] {
            assert_eq!(seconds(Timestamp::from_millis(millis)).to_json(), text);
        }
    }
}
