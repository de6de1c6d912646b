//! Returns its event.

use sandstep_lambda::handler;
use serde_json::Value;

#[handler]
fn handle(event: Value) -> Value {
    event
}
