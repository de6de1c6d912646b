//! How long and how deep the JSON of a value is, kept with every array and object.

use crate::Value;
use crate::escape::escaped_len;

/// The measures of a container's whole content.
///
/// Shared children make it easy to build a value whose text would exceed the address
/// space, so lengths stop at `usize::MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Bytes of the compact JSON text.
    pub(crate) len: usize,
    /// 1 for a container of scalars, one more for each level.
    pub(crate) depth: usize,
}

impl Extent {
    /// `[]` or `{}`.
    pub(crate) const EMPTY: Extent = Extent { len: 2, depth: 1 };

    /// Adds a child to a container that had `siblings` children before.
    pub(crate) fn add(&mut self, siblings: usize, key_len: usize, child: &Value) {
        let comma = usize::from(siblings > 0);
        self.len = self
            .len
            .saturating_add(comma + key_len)
            .saturating_add(child.json_len());
        self.depth = self.depth.max(child.depth() + 1);
    }

    /// The extent of what was measured with a comma behind each child.
    pub(crate) fn without_last_comma(self) -> Self {
        let comma = usize::from(self.len > Self::EMPTY.len);
        Self {
            len: self.len - comma,
            ..self
        }
    }

    /// The extent after `new` took the place of `old`, or `None` where only
    /// measuring all children again can tell.
    pub(crate) fn replaced(self, old: Measure, new: Measure) -> Option<Extent> {
        let was_deepest = old.depth + 1 == self.depth && new.depth < old.depth;
        if was_deepest || self.len == usize::MAX {
            return None;
        }
        let len = (self.len - old.len).saturating_add(new.len);
        Some(Extent {
            len,
            depth: self.depth.max(new.depth + 1),
        })
    }
}

/// The measures of one child.
#[derive(Clone, Copy)]
pub(crate) struct Measure {
    len: usize,
    depth: usize,
}

impl Measure {
    pub(crate) fn of(value: &Value) -> Self {
        Self {
            len: value.json_len(),
            depth: value.depth(),
        }
    }
}

/// What a key adds to an object's text: the string and its colon.
pub(crate) fn key_len(key: &str) -> usize {
    escaped_len(key) + 1
}

impl Value {
    /// The length in bytes of the compact JSON text that [`Value::to_json`] would give.
    ///
    /// Costs nothing for arrays and objects, which know it; strings are looked through
    /// for characters to escape. Stops at `usize::MAX`.
    pub fn json_len(&self) -> usize {
        match self {
            Value::Null | Value::Bool(true) => 4,
            Value::Bool(false) => 5,
            Value::Number(number) => number.text_len(),
            Value::String(text) => escaped_len(text),
            Value::Array(array) => array.extent().len,
            Value::Object(object) => object.extent().len,
        }
    }

    /// How many arrays and objects stand around the innermost value: 0 for a scalar,
    /// 1 for `[]` and `[1]`, 2 for `[[]]`. Costs nothing.
    pub fn depth(&self) -> usize {
        match self {
            Value::Array(array) => array.extent().depth,
            Value::Object(object) => object.extent().depth,
            _ => 0,
        }
    }
}
