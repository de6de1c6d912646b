//! The evaluated arguments of a call.

use sandstep_json::{Array, Number, Object, Text, Value};

use super::Complaint;
use super::signature::Kind;

/// The values that a function is applied to; their number has been checked.
pub(super) struct Arguments(pub(super) Vec<Value>);

impl Arguments {
    pub(super) fn any(&self, index: usize) -> &Value {
        self.0.get(index).unwrap_or(&Value::Null)
    }

    pub(super) fn array(&self, index: usize) -> Result<&Array, Complaint> {
        self.any(index)
            .as_array()
            .ok_or_else(|| self.mismatch(index, Kind::Array))
    }

    pub(super) fn object(&self, index: usize) -> Result<&Object, Complaint> {
        self.any(index)
            .as_object()
            .ok_or_else(|| self.mismatch(index, Kind::Object))
    }

    pub(super) fn string(&self, index: usize) -> Result<&Text, Complaint> {
        self.any(index)
            .as_text()
            .ok_or_else(|| self.mismatch(index, Kind::String))
    }

    pub(super) fn bool(&self, index: usize) -> Result<bool, Complaint> {
        self.any(index)
            .as_bool()
            .ok_or_else(|| self.mismatch(index, Kind::Bool))
    }

    /// The number, rounded to the nearest integer as AWS documents; halves go up.
    pub(super) fn integer(&self, index: usize) -> Result<i64, Complaint> {
        let number = self
            .any(index)
            .as_number()
            .ok_or_else(|| self.mismatch(index, Kind::Number))?;
        rounded(number).ok_or_else(|| format!("argument {} is out of range", index + 1))
    }

    /// The rounded number, if 32 bits hold it.
    pub(super) fn small_integer(&self, index: usize) -> Result<i64, Complaint> {
        let integer = self.integer(index)?;
        match i32::try_from(integer) {
            Ok(_) => Ok(integer),
            Err(_) => Err(format!(
                "argument {} must lie between {} and {}",
                index + 1,
                i32::MIN,
                i32::MAX
            )),
        }
    }

    #[cold]
    fn mismatch(&self, index: usize, wanted: Kind) -> Complaint {
        let found = self.any(index).type_name();
        format!("argument {} must be {wanted}, found {found}", index + 1)
    }
}

fn rounded(number: &Number) -> Option<i64> {
    if let Some(integer) = number.to_integer() {
        return Some(integer);
    }
    let rounded = (number.as_f64() + 0.5).floor();
    // Beyond 2^53 a float has no fraction to round, and `to_integer` has had its chance.
    (rounded.abs() < 9e15).then_some(rounded as i64)
}
