//! The world `lambda-async`: returns its event, or fails on `"fail"`.

wit_bindgen::generate!({
    path: "../../../wit",
    world: "lambda-async",
});

struct Component;

impl Guest for Component {
    async fn handle(event: String, context: Context) -> Result<String, Error> {
        if event == r#""fail""# {
            return Err(Error {
                error_type: "Asked".to_owned(),
                error_message: format!("attempt {}", context.attempt),
                stack_trace: Vec::new(),
            });
        }
        Ok(event)
    }
}

export!(Component);
