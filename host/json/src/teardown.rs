//! Dropping deep values without recursion.

use crate::Value;

/// Up to this depth, dropping a container simply drops its children: one stack frame
/// for each level, a few hundred bytes each even in debug builds.
const RECURSION_LIMIT: usize = 128;

/// Whether a container of this depth must hand its children to [`release`].
pub(crate) fn needs_release(depth: usize) -> bool {
    depth > RECURSION_LIMIT
}

/// Drops values of any depth in constant stack space.
pub(crate) fn release(mut pending: Vec<Value>) {
    while let Some(value) = pending.pop() {
        match value {
            Value::Array(array) => pending.extend(array.into_unshared_items()),
            Value::Object(object) => pending.extend(object.into_unshared_values()),
            _ => {}
        }
    }
}
