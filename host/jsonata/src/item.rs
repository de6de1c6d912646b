//! What expressions work with: JSON values, and what JSON cannot say.

use std::rc::Rc;

use sandstep_json::{Object, Text, Value};

use crate::Fault;
use crate::builtin::Builtin;
use crate::function::Function;
use crate::tuple::Tuple;

/// How deep lists and objects may stand inside one another. Whatever walks a value may recurse.
pub(crate) const MAX_DEPTH: usize = sandstep_json::MAX_DEPTH;

/// How many levels more a value from outside may have: `$states` stands around documents.
const WRAPPING: usize = 8;

/// A value in the course of an evaluation. A clone costs at most one reference count.
///
/// Numbers and arrays have two forms: as they stand in data, and as the evaluation made them,
/// which are cheaper to make. [`Item::as_number`] and [`Item::items`] read both.
#[derive(Clone, Default)]
pub(crate) enum Item {
    /// No value: what a path that leads nowhere gives.
    #[default]
    Undefined,
    /// A number that was computed. It may be infinite or not a number.
    Number(f64),
    /// JSON, shared with where it came from.
    Value(Value),
    /// An array that the evaluation made, or a sequence.
    List(Rc<List>),
    /// An object that has a function somewhere inside.
    Record(Rc<Record>),
    /// A function of JSONata's or of the service's.
    Builtin(&'static Builtin),
    /// A function that the expression made, a regular expression among them.
    Function(Rc<Function>),
    /// What a path yields whose steps bind variables (`@`, `#`, `%`).
    Tuples(Rc<Vec<Tuple>>),
}

/// An array made by the evaluation.
#[derive(Clone)]
pub(crate) struct List {
    pub(crate) items: Vec<Item>,
    pub(crate) kind: ListKind,
    inside: Inside,
}

/// What is known of a container from those in it.
#[derive(Clone, Copy)]
struct Inside {
    /// As [`Value::depth`].
    depth: usize,
    holds_function: bool,
}

/// What becomes of a list where it is the result of a part of the expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListKind {
    /// An array: stays what it is.
    Array,
    /// An array written with brackets as a step of a path: is not flattened into the path's result.
    Constructed,
    /// A sequence: none of its items is no value, one alone is that item.
    Sequence,
    /// A sequence which one item does not leave (`[]`).
    KeptSequence,
    /// The input, where it is an array, as one item of a sequence of its own.
    Input,
}

/// An object that JSON cannot say.
pub(crate) struct Record {
    pub(crate) members: Vec<(Text, Item)>,
    inside: Inside,
}

impl List {
    /// Fails with D1011 where the items are nested too deep to stand in a list.
    pub(crate) fn new(items: Vec<Item>, kind: ListKind) -> Result<Self, Fault> {
        let inside = Inside::of(items.iter())?;
        Ok(Self {
            items,
            kind,
            inside,
        })
    }

    pub(crate) fn is_sequence(&self) -> bool {
        !matches!(self.kind, ListKind::Array | ListKind::Constructed)
    }
}

impl Record {
    /// An object of these members. Fails with D1011 where they are nested too deep to stand in one.
    pub(crate) fn item(members: Vec<(Text, Item)>) -> Result<Item, Fault> {
        let inside = Inside::of(members.iter().map(|(_, item)| item))?;
        Ok(Item::Record(Rc::new(Self { members, inside })))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Item> {
        let member = self.members.iter().find(|(name, _)| *name == *key)?;
        Some(&member.1)
    }
}

impl Inside {
    fn of<'a>(items: impl Iterator<Item = &'a Item>) -> Result<Self, Fault> {
        let mut inside = Inside {
            depth: 1,
            holds_function: false,
        };
        for item in items {
            inside.depth = inside.depth.max(1 + item.depth());
            inside.holds_function |= item.holds_function();
        }
        if inside.depth > MAX_DEPTH {
            return Err(too_deep());
        }
        Ok(inside)
    }
}

#[cold]
fn too_deep() -> Fault {
    let message = format!("a value is nested deeper than {MAX_DEPTH} levels");
    Fault::new("D1011", message)
}

/// The items of an array, in whichever form it stands.
#[derive(Clone, Copy)]
pub(crate) enum Items<'a> {
    Values(&'a [Value]),
    Items(&'a [Item]),
}

impl<'a> Items<'a> {
    pub(crate) fn len(self) -> usize {
        match self {
            Items::Values(values) => values.len(),
            Items::Items(items) => items.len(),
        }
    }

    pub(crate) fn get(self, index: usize) -> Option<Item> {
        match self {
            Items::Values(values) => values.get(index).cloned().map(Item::Value),
            Items::Items(items) => items.get(index).cloned(),
        }
    }

    pub(crate) fn iter(self) -> impl ExactSizeIterator<Item = Item> + 'a {
        (0..self.len()).map(move |index| self.get(index).expect("is within the length"))
    }

    /// Passes all numbers on, and leaves out what is none.
    pub(crate) fn for_each_number(self, mut take: impl FnMut(f64)) {
        match self {
            Items::Values(values) => {
                let numbers = values.iter().filter_map(Value::as_number);
                numbers.for_each(|number| take(number.as_f64()));
            }
            Items::Items(items) => items.iter().filter_map(Item::as_number).for_each(take),
        }
    }

    /// Whether all items are as the test wants them.
    pub(crate) fn all(self, test: impl Fn(&Item) -> bool) -> bool {
        match self {
            Items::Values(_) => self.iter().all(|item| test(&item)),
            Items::Items(items) => items.iter().all(test),
        }
    }

    pub(crate) fn to_vec(self) -> Vec<Item> {
        self.iter().collect()
    }
}

impl Item {
    pub(crate) fn text(text: impl Into<Text>) -> Self {
        Item::Value(Value::String(text.into()))
    }

    pub(crate) fn bool(bool: bool) -> Self {
        Item::Value(Value::Bool(bool))
    }

    /// An array that stays one. Fails with D1011.
    pub(crate) fn array(items: Vec<Item>) -> Result<Self, Fault> {
        Self::list(items, ListKind::Array)
    }

    /// A sequence: none is no value and one is itself, once it is a result. Fails with D1011.
    pub(crate) fn sequence(items: Vec<Item>) -> Result<Self, Fault> {
        Self::list(items, ListKind::Sequence)
    }

    pub(crate) fn list(items: Vec<Item>, kind: ListKind) -> Result<Self, Fault> {
        Ok(Item::List(Rc::new(List::new(items, kind)?)))
    }

    /// A value made from others. Fails with D1011 where that made it too deep.
    pub(crate) fn checked(value: Value) -> Result<Self, Fault> {
        if value.depth() > MAX_DEPTH {
            return Err(too_deep());
        }
        Ok(Item::Value(value))
    }

    /// A value from outside. Fails with D1011 where it is so deep that no document can have been read
    /// that way: states may build such a one, a level at a time.
    pub(crate) fn received(value: Value) -> Result<Self, Fault> {
        if value.depth() > MAX_DEPTH + WRAPPING {
            return Err(too_deep());
        }
        Ok(Item::Value(value))
    }

    pub(crate) fn is_undefined(&self) -> bool {
        matches!(self, Item::Undefined)
    }

    pub(crate) fn is_function(&self) -> bool {
        matches!(self, Item::Builtin(_) | Item::Function(_))
    }

    pub(crate) fn is_array(&self) -> bool {
        matches!(self, Item::List(_) | Item::Value(Value::Array(_)))
    }

    pub(crate) fn is_sequence(&self) -> bool {
        matches!(self, Item::List(list) if list.is_sequence())
    }

    /// Whether this is a function or an array or object that has one inside.
    pub(crate) fn holds_function(&self) -> bool {
        match self {
            Item::Builtin(_) | Item::Function(_) | Item::Record(_) => true,
            Item::List(list) => list.inside.holds_function,
            _ => false,
        }
    }

    /// The number, if this is one.
    #[inline]
    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Item::Number(number) => Some(*number),
            Item::Value(Value::Number(number)) => Some(number.as_f64()),
            _ => None,
        }
    }

    /// The JSON value, where it stands as one.
    #[inline]
    pub(crate) fn as_value(&self) -> Option<&Value> {
        match self {
            Item::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The string, if this is one.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Item::Value(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if this is one; not what other values count as.
    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Item::Value(Value::Bool(bool)) => Some(*bool),
            _ => None,
        }
    }

    /// The items, if this is an array.
    #[inline]
    pub(crate) fn items(&self) -> Option<Items<'_>> {
        match self {
            Item::Value(Value::Array(array)) => Some(Items::Values(array)),
            Item::List(list) => Some(Items::Items(&list.items)),
            _ => None,
        }
    }

    /// The members of an object in order, if this is one.
    pub(crate) fn members(&self) -> Option<Vec<(Text, Item)>> {
        match self {
            Item::Value(Value::Object(object)) => Some(shared_members(object)),
            Item::Record(record) => Some(record.members.clone()),
            _ => None,
        }
    }

    /// As [`Value::depth`].
    fn depth(&self) -> usize {
        match self {
            Item::Value(value) => value.depth(),
            Item::List(list) => list.inside.depth,
            Item::Record(record) => record.inside.depth,
            _ => 0,
        }
    }
}

fn shared_members(object: &Object) -> Vec<(Text, Item)> {
    object
        .iter()
        .map(|(key, value)| (key.clone(), Item::Value(value.clone())))
        .collect()
}

impl From<Value> for Item {
    fn from(value: Value) -> Self {
        Item::Value(value)
    }
}

impl From<f64> for Item {
    fn from(number: f64) -> Self {
        Item::Number(number)
    }
}

impl From<bool> for Item {
    fn from(bool: bool) -> Self {
        Item::bool(bool)
    }
}

impl From<String> for Item {
    fn from(text: String) -> Self {
        Item::text(text)
    }
}

impl From<&str> for Item {
    fn from(text: &str) -> Self {
        Item::text(text)
    }
}

/// No value is undefined.
impl<T: Into<Item>> From<Option<T>> for Item {
    fn from(item: Option<T>) -> Self {
        item.map_or(Item::Undefined, Into::into)
    }
}
