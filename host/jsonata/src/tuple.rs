//! What flows through a path whose steps bind variables.

use crate::frame::Bindings;
use crate::item::Item;

/// One value of a step, with what the steps before it bound to it.
#[derive(Clone)]
pub(crate) struct Tuple {
    /// The value that the next step starts from.
    pub(crate) context: Item,
    /// Variables of `@` and `#`, and the ancestors that `%` asks for.
    pub(crate) bindings: Bindings,
}

impl Tuple {
    pub(crate) fn of(context: Item) -> Self {
        Self {
            context,
            bindings: Bindings::new(),
        }
    }
}
