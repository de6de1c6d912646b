//! Starts the recording of a class.

use sandstep_lambda::{Error, handler};
use serde::{Deserialize, Serialize};

/// A class, from its start to its end in ISO 8601.
#[derive(Deserialize)]
struct Class {
    start: String,
    end: String,
}

/// A class and whether it is being recorded.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Recording {
    start: String,
    end: String,
    is_recording: bool,
}

#[handler]
fn handle(class: Class) -> Result<Recording, Error> {
    if class.end <= class.start {
        return Err(Error::new("NoSuchClass", "the class ends before it starts"));
    }
    println!("recording from {} to {}", class.start, class.end);
    Ok(Recording {
        start: class.start,
        end: class.end,
        is_recording: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(start: &str, end: &str) -> Class {
        Class {
            start: start.to_owned(),
            end: end.to_owned(),
        }
    }

    #[test]
    fn a_class_is_recorded() {
        let recording = handle(class("2019-06-16T22:00:00Z", "2019-06-16T23:00:00Z")).unwrap();
        assert!(recording.is_recording);
        assert_eq!(recording.end, "2019-06-16T23:00:00Z");
    }

    #[test]
    fn a_class_must_end_after_it_starts() {
        assert!(handle(class("2019-06-16T23:00:00Z", "2019-06-16T22:00:00Z")).is_err());
    }
}
