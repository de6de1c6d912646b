//! `$parse`, which Step Functions adds.

use sandstep_json::Value;

use super::calls::reads;
use crate::Fault;
use crate::builtin::Definition;
use crate::item::Item;

/// How many bytes a value takes for each byte of its text, about: `[0,0]` is the worst.
const BYTES_A_BYTE: usize = 16;

pub(crate) const DEFINITIONS: &[Definition] = &[Definition {
    name: "parse",
    signature: "<s-:x>",
    arity: 1,
    run: |call| {
        let text = call.take(0);
        let Some(text) = reads(call, &text)? else {
            return Ok(Item::Undefined);
        };
        call.meter().spend(text.len())?;
        call.meter()
            .allocate(text.len().saturating_mul(BYTES_A_BYTE))?;
        let value = Value::parse(text)
            .map_err(|error| Fault::new("D3142", format!("the text is not JSON: {error}")))?;
        Ok(Item::Value(value))
    },
}];
