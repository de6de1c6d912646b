//! Behaves as one of the functions that recorded tests call, which
//! `BEHAVIOUR` names. Events and results are texts: what is returned unchanged
//! is not even read.

use std::thread;
use std::time::Duration;

wit_bindgen::generate!({
    path: "../../../wit",
    world: "lambda",
});

struct Component;

impl Guest for Component {
    fn handle(event: String, _context: Context) -> Result<String, Error> {
        let behaviour = std::env::var("BEHAVIOUR").unwrap_or_default();
        match behaviour.as_str() {
            "echo" => Ok(event),
            "hello_world" => Ok(r#"{"Return": "HelloWorld"}"#.to_owned()),
            "return_json_bytes" => Ok(r#""HelloWorld!""#.to_owned()),
            "sleep_60_then_echo" => {
                thread::sleep(Duration::from_secs(60));
                Ok(event)
            }
            "large_output" => Ok("a".repeat(257 * 1024)),
            "raise_exception" => Err(exception("Exception", "Some exception was raised.")),
            "raise_custom_exception" => Err(exception("CustomException", "")),
            other => Err(exception("NoSuchBehaviour", other)),
        }
    }
}

fn exception(error_type: &str, error_message: &str) -> Error {
    Error {
        error_type: error_type.to_owned(),
        error_message: error_message.to_owned(),
        stack_trace: Vec::new(),
    }
}

export!(Component);
