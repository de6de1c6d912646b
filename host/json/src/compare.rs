//! Equality, without recursion: values may be deeper than the stack.

use crate::{Array, Object, Value};

/// Structural equality: arrays in order, objects in any order, numbers by their text.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        let mut pending = Pending(Vec::new());
        pending.match_values(self, other) && pending.drain()
    }
}

impl Eq for Value {}

impl PartialEq for Array {
    fn eq(&self, other: &Array) -> bool {
        let mut pending = Pending(Vec::new());
        pending.match_arrays(self, other) && pending.drain()
    }
}

impl Eq for Array {}

impl PartialEq for Object {
    fn eq(&self, other: &Object) -> bool {
        let mut pending = Pending(Vec::new());
        pending.match_objects(self, other) && pending.drain()
    }
}

impl Eq for Object {}

/// Pairs of containers whose contents are still to be compared.
struct Pending<'a>(Vec<(&'a Value, &'a Value)>);

impl<'a> Pending<'a> {
    fn drain(&mut self) -> bool {
        while let Some(pair) = self.0.pop() {
            let equal = match pair {
                (Value::Array(a), Value::Array(b)) => self.match_arrays(a, b),
                (Value::Object(a), Value::Object(b)) => self.match_objects(a, b),
                (a, b) => self.match_values(a, b),
            };
            if !equal {
                return false;
            }
        }
        true
    }

    /// Decides scalars at once and puts containers off.
    fn match_values(&mut self, a: &'a Value, b: &'a Value) -> bool {
        match (a, b) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => {
                self.0.push((a, b));
                true
            }
            _ => false,
        }
    }

    fn match_arrays(&mut self, a: &'a Array, b: &'a Array) -> bool {
        if a.same_place(b) {
            return true;
        }
        a.extent() == b.extent()
            && a.len() == b.len()
            && a.iter().zip(b).all(|(a, b)| self.match_values(a, b))
    }

    fn match_objects(&mut self, a: &'a Object, b: &'a Object) -> bool {
        if a.same_place(b) {
            return true;
        }
        a.extent() == b.extent()
            && a.len() == b.len()
            && a.iter()
                .all(|(key, a)| b.get(key).is_some_and(|b| self.match_values(a, b)))
    }
}
