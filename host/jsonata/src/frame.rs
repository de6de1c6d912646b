//! Where variables live.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use smallvec::SmallVec;

use crate::function;
use crate::item::Item;
use crate::tree::Symbol;

/// The variables that a part of the expression sees, innermost first; none at first.
pub(crate) type Scope = Option<Rc<Frame>>;

/// The variables of a call, of a block or of a tuple.
pub(crate) struct Frame {
    bindings: RefCell<Bindings>,
    parent: Scope,
    /// Whether the evaluator keeps it in mind to break a cycle at the end.
    pub(crate) is_watched: Cell<bool>,
}

/// Variables and their values.
pub(crate) type Bindings = SmallVec<[(Symbol, Item); 2]>;

impl Frame {
    pub(crate) fn new(bindings: Bindings, parent: Scope) -> Rc<Self> {
        Rc::new(Self {
            bindings: RefCell::new(bindings),
            parent,
            is_watched: Cell::new(false),
        })
    }

    /// Sets a variable of this frame, not of those around it.
    pub(crate) fn bind(&self, symbol: Symbol, item: Item) {
        bind(&mut self.bindings.borrow_mut(), symbol, item);
    }

    /// Forgets all variables.
    pub(crate) fn clear(&self) {
        let bindings = std::mem::take(&mut *self.bindings.borrow_mut());
        drop(bindings);
    }

    fn own(&self, symbol: Symbol) -> Option<Item> {
        let bindings = self.bindings.borrow();
        let binding = bindings.iter().find(|(name, _)| *name == symbol)?;
        Some(binding.1.clone())
    }

    /// Hands its parts over, for dropping them without recursion.
    pub(crate) fn take_apart(&mut self) -> (Bindings, Scope) {
        (std::mem::take(self.bindings.get_mut()), self.parent.take())
    }
}

/// Sets a variable.
pub(crate) fn bind(bindings: &mut Bindings, symbol: Symbol, item: Item) {
    match bindings.iter_mut().find(|(name, _)| *name == symbol) {
        Some(binding) => binding.1 = item,
        None => bindings.push((symbol, item)),
    }
}

/// The value of a variable; `None` if no frame binds it.
pub(crate) fn lookup(scope: &Scope, symbol: Symbol) -> Option<Item> {
    let mut frame = scope.as_ref();
    while let Some(current) = frame {
        if let Some(item) = current.own(symbol) {
            return Some(item);
        }
        frame = current.parent.as_ref();
    }
    None
}

impl Drop for Frame {
    fn drop(&mut self) {
        let (bindings, parent) = self.take_apart();
        if !bindings.is_empty() || parent.is_some() {
            function::release(bindings.into_iter().map(|(_, item)| item), parent);
        }
    }
}
