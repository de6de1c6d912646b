//! Starts the recorder of a class.

use sandstep_lambda::{Context, handler};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A class; what this function does not know of it is passed on.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    start: String,
    end: String,
    #[serde(default)]
    is_recording: bool,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[handler]
fn start_recorder(class: Class, context: Context) -> Class {
    println!(
        "{}: recording from {} to {}",
        context.function_name, class.start, class.end
    );
    Class {
        is_recording: true,
        ..class
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_event_goes_on_and_says_that_it_is_recorded() {
        let class = json!({"start": "9:00", "end": "10:30", "teacher": "Ada"});
        let class = serde_json::from_value(class).unwrap();
        let recorded = start_recorder(class, Context::default());
        assert_eq!(
            serde_json::to_value(recorded).unwrap(),
            json!({"start": "9:00", "end": "10:30", "isRecording": true, "teacher": "Ada"}),
        );
    }
}
