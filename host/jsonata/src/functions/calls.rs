//! What the functions of strings do with their calls.

use sandstep_json::Text;

use crate::Fault;
use crate::builtin::Call;
use crate::item::Item;

/// How much of a text is looked through in one step, in bytes.
const BYTES_A_STEP: usize = 32;

/// The string of an argument that has been taken, after paying for looking through it; `None` if it
/// was not given.
pub(super) fn reads<'a>(
    call: &mut Call<'_, '_>,
    argument: &'a Item,
) -> Result<Option<&'a str>, Fault> {
    let Some(text) = argument.as_str() else {
        return Ok(None);
    };
    call.meter().spend(text.len() / BYTES_A_STEP)?;
    Ok(Some(text))
}

/// A text as a result, after paying for its bytes.
pub(super) fn made(call: &mut Call<'_, '_>, text: impl Into<Text>) -> Result<Item, Fault> {
    let text = text.into();
    call.meter().allocate(text.len())?;
    Ok(Item::text(text))
}
