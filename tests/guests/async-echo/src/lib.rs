//! The world `lambda-async`: returns its event, fails on `"fail"`, computes for
//! ever on `"loop"`, and on `"sleep"` sleeps as JavaScript's timers do, in a call
//! to the host that blocks.

use std::hint::spin_loop;
use std::thread;
use std::time::Duration;

wit_bindgen::generate!({
    path: "../../../wit",
    world: "lambda-async",
});

struct Component;

impl Guest for Component {
    async fn handle(event: String, context: Context) -> Result<String, Error> {
        match event.as_str() {
            r#""fail""# => Err(Error {
                error_type: "Asked".to_owned(),
                error_message: format!("attempt {}", context.attempt),
                stack_trace: Vec::new(),
            }),
            r#""loop""# => loop {
                spin_loop();
            },
            r#""sleep""# => {
                thread::sleep(Duration::from_secs(3600));
                Ok(event)
            }
            _ => Ok(event),
        }
    }
}

export!(Component);
