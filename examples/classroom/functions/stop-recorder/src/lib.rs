//! Stops the recording of a class.

use sandstep_lambda::handler;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A class and whether it is being recorded. What this function does not know
/// of it is passed on.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Recording {
    start: String,
    end: String,
    #[serde(flatten)]
    rest: Map<String, Value>,
    #[serde(default)]
    is_recording: bool,
}

#[handler]
fn stop_recorder(recording: Recording) -> Recording {
    match recording.is_recording {
        true => println!("the recording ends at {}", recording.end),
        false => println!("there is no recording to stop"),
    }
    recording
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_status_is_passed_on() {
        let event =
            json!({"start": "09:00", "end": "10:30", "teacher": "Ada", "isRecording": true});
        let recording = stop_recorder(serde_json::from_value(event.clone()).unwrap());
        assert_eq!(serde_json::to_value(recording).unwrap(), event);
    }
}
