//! Stops the recording of a class.

use sandstep_lambda::handler;
use serde::{Deserialize, Serialize};

/// A class and whether it is being recorded.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Recording {
    start: String,
    end: String,
    #[serde(default)]
    is_recording: bool,
}

#[handler]
fn handle(recording: Recording) -> Recording {
    match recording.is_recording {
        true => println!("the recording ends at {}", recording.end),
        false => println!("there is no recording to stop"),
    }
    recording
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_passed_on() {
        let recording = || Recording {
            start: "2019-06-16T22:00:00Z".to_owned(),
            end: "2019-06-16T23:00:00Z".to_owned(),
            is_recording: true,
        };
        assert_eq!(handle(recording()), recording());
    }
}
