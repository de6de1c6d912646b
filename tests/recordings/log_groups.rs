//! Log groups, as far as cases need their names.
//!
//! A state machine's logging names a log group; nobody writes there. So any
//! group exists, and cases that read a log wait for the service.

use sandstep_json::{Array, Object, Value};

use crate::endpoint::{ACCOUNT, REGION};

/// The operations that need nothing but names.
pub(crate) const OPERATIONS: [&str; 2] = ["CreateLogGroup", "DescribeLogGroups"];

/// Answers one of them.
pub(crate) fn answer(operation: &str, params: &Value) -> Object {
    let name = params.get("logGroupNamePrefix").and_then(Value::as_str);
    match name {
        Some(name) if operation == OPERATIONS[1] => {
            let group = Value::from(Object::from([("arn", arn(name))]));
            Object::from([(
                "logGroups",
                Value::Array([group].into_iter().collect::<Array>()),
            )])
        }
        _ => Object::new(),
    }
}

fn arn(name: &str) -> String {
    format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*")
}
