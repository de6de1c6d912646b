//! Functions that an expression makes.

use std::rc::Rc;
use std::sync::Arc;

use crate::builtin::Arguments;
use crate::frame::{Frame, Scope};
use crate::functions::regex::Regex;
use crate::item::Item;
use crate::tree::NodeId;

/// A function that is not built in.
pub(crate) enum Function {
    /// `function($x){ … }`, with the context and the variables around it.
    Lambda {
        node: NodeId,
        input: Item,
        scope: Scope,
    },
    /// `f(?, 1)`: a function with some of its arguments; those to come are `None`.
    Partial {
        function: Item,
        arguments: Vec<Option<Item>>,
    },
    /// `f ~> g`
    Chain { first: Item, second: Item },
    /// `|pattern|update|`
    Transform { node: NodeId, scope: Scope },
    /// `/pattern/`
    Regex(Arc<Regex>),
    /// The `next` of a match: finds the next one in the same text.
    NextMatch {
        regex: Arc<Regex>,
        text: Item,
        from: usize,
    },
}

impl Function {
    pub(crate) fn regex(regex: &Arc<Regex>) -> Item {
        Item::Function(Rc::new(Function::Regex(Arc::clone(regex))))
    }

    /// Hands over what it holds, and holds nothing any more.
    fn take_apart(&mut self) -> (Arguments, Scope) {
        match self {
            Function::Lambda { input, scope, .. } => {
                (Arguments::from_iter([std::mem::take(input)]), scope.take())
            }
            Function::Partial {
                function,
                arguments,
            } => {
                let given = std::mem::take(arguments).into_iter().flatten();
                let parts = [std::mem::take(function)].into_iter().chain(given);
                (parts.collect(), None)
            }
            Function::Chain { first, second } => (
                Arguments::from_iter([std::mem::take(first), std::mem::take(second)]),
                None,
            ),
            Function::Transform { scope, .. } => (Arguments::new(), scope.take()),
            Function::Regex(_) | Function::NextMatch { .. } => (Arguments::new(), None),
        }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let (items, scope) = self.take_apart();
        release(items.into_iter(), scope);
    }
}

/// Drops functions and frames, which may hold one another in chains of any length, in constant
/// stack space.
pub(crate) fn release(items: impl Iterator<Item = Item>, scope: Scope) {
    let mut pending = Pending {
        items: items.filter(holds_more).collect(),
        frames: scope.into_iter().collect(),
    };
    while pending.drop_one() {}
}

/// Whether dropping an item may drop a function.
fn holds_more(item: &Item) -> bool {
    !matches!(
        item,
        Item::Undefined | Item::Number(_) | Item::Value(_) | Item::Builtin(_)
    )
}

struct Pending {
    items: Vec<Item>,
    frames: Vec<Rc<Frame>>,
}

impl Pending {
    fn drop_one(&mut self) -> bool {
        if let Some(frame) = self.frames.pop() {
            self.drop_frame(frame);
            return true;
        }
        let Some(item) = self.items.pop() else {
            return false;
        };
        self.drop_item(item);
        true
    }

    fn drop_frame(&mut self, frame: Rc<Frame>) {
        if let Some(mut frame) = Rc::into_inner(frame) {
            let (bindings, parent) = frame.take_apart();
            self.add(bindings.into_iter().map(|(_, item)| item));
            self.frames.extend(parent);
        }
    }

    fn drop_item(&mut self, item: Item) {
        match item {
            Item::Function(function) => {
                if let Some(mut function) = Rc::into_inner(function) {
                    let (items, scope) = function.take_apart();
                    self.add(items.into_iter());
                    self.frames.extend(scope);
                }
            }
            Item::List(list) => {
                if let Some(list) = Rc::into_inner(list) {
                    self.add(list.items.into_iter());
                }
            }
            Item::Record(record) => {
                if let Some(record) = Rc::into_inner(record) {
                    self.add(record.members.into_iter().map(|(_, item)| item));
                }
            }
            Item::Tuples(tuples) => {
                for tuple in Rc::into_inner(tuples).into_iter().flatten() {
                    self.add(tuple.bindings.into_iter().map(|(_, item)| item));
                    self.add([tuple.context].into_iter());
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, items: impl Iterator<Item = Item>) {
        self.items.extend(items.filter(holds_more));
    }
}
