//! Stops the recorder of a class, if it runs.

use sandstep_lambda::handler;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What the function before this one made of a class.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Recording {
    end: String,
    is_recording: bool,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[handler]
fn stop_recorder(recording: Recording) -> Recording {
    if recording.is_recording {
        println!("the recorder stops at {}", recording.end);
    }
    recording
}
