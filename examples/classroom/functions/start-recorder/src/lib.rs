//! Starts the recording of a class.

use sandstep_lambda::{Error, handler};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A class, from its start to its end in ISO 8601. What this function does not
/// know of it is passed on.
#[derive(Debug, Deserialize, Serialize)]
struct Class {
    start: String,
    end: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// A class and whether it is being recorded.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Recording {
    #[serde(flatten)]
    class: Class,
    is_recording: bool,
}

#[handler]
fn start_recorder(class: Class) -> Result<Recording, Error> {
    if class.end <= class.start {
        return Err(Error::new("NoSuchClass", "the class ends before it starts"));
    }
    println!("recording from {} to {}", class.start, class.end);
    Ok(Recording {
        class,
        is_recording: true,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_class_is_passed_on_and_says_that_it_is_recorded() {
        let class = json!({"start": "09:00", "end": "10:30", "teacher": "Ada"});
        let recording = start_recorder(serde_json::from_value(class).unwrap()).unwrap();
        assert_eq!(
            serde_json::to_value(recording).unwrap(),
            json!({"start": "09:00", "end": "10:30", "teacher": "Ada", "isRecording": true}),
        );
    }

    #[test]
    fn a_class_must_end_after_it_starts() {
        let class = json!({"start": "10:30", "end": "09:00"});
        assert!(start_recorder(serde_json::from_value(class).unwrap()).is_err());
    }
}
