//! Built-in functions: what each is, and what it gets when it is called.
//!
//! A file in `functions/` ends in a table of the functions that it holds:
//!
//! ```text
//! pub(crate) const DEFINITIONS: &[Definition] = &[
//!     Definition { name: "uppercase", signature: "<s-:s>", arity: 1, run: uppercase },
//! ];
//!
//! fn uppercase(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
//!     let Some(text) = call.text(0) else { return Ok(Item::Undefined) };
//!     let bytes = text.len() * 3;
//!     let text = text.to_uppercase();
//!     call.meter().allocate(bytes)?;
//!     Ok(text.into())
//! }
//! ```
//!
//! and `functions.rs` names the table in `TABLES`. When `run` is called, the arguments have passed the
//! signature: there is one for each parameter, undefined where it was left out (or given as undefined,
//! which every type admits), the context has taken the place of one marked `-`, and single values
//! stand in arrays where the signature says `a`.

use std::sync::OnceLock;

use smallvec::SmallVec;

use crate::evaluate::{Evaluator, NO_CONTEXT};
use crate::item::Item;
use crate::limits::Meter;
use crate::signature::Signature;
use crate::{Fault, Surroundings};

/// The arguments of a call.
pub(crate) type Arguments = SmallVec<[Item; 3]>;

/// A row of the tables: what a built-in function is.
pub(crate) struct Definition {
    /// Without `$`.
    pub(crate) name: &'static str,
    /// In JSONata's notation: `<s-nn?:s>`.
    pub(crate) signature: &'static str,
    /// How many arguments a higher-order function passes to it: the parameters of the reference's
    /// implementation which have no default.
    pub(crate) arity: usize,
    /// What it does.
    pub(crate) run: fn(&mut Call<'_, '_>) -> Result<Item, Fault>,
}

/// A built-in function, ready to be called.
pub(crate) struct Builtin {
    pub(crate) definition: &'static Definition,
    pub(crate) signature: Signature,
}

/// One call of a built-in function.
pub(crate) struct Call<'c, 'e> {
    pub(crate) evaluator: &'c mut Evaluator<'e>,
    pub(crate) arguments: Arguments,
}

impl<'e> Call<'_, 'e> {
    /// An argument; undefined where there is none.
    pub(crate) fn argument(&self, index: usize) -> &Item {
        self.arguments.get(index).unwrap_or(&Item::Undefined)
    }

    /// Takes an argument out, so that what is no longer borrowed from the call can be used with it.
    pub(crate) fn take(&mut self, index: usize) -> Item {
        self.arguments
            .get_mut(index)
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// An argument that is a string; `None` where it is not given.
    pub(crate) fn text(&self, index: usize) -> Option<&str> {
        self.argument(index).as_str()
    }

    /// An argument that is a number; `None` where it is not given.
    pub(crate) fn number(&self, index: usize) -> Option<f64> {
        self.argument(index).as_number()
    }

    /// What is left to spend; pay before the work is done.
    pub(crate) fn meter(&mut self) -> &mut Meter {
        &mut self.evaluator.meter
    }

    /// Time and chance.
    pub(crate) fn surroundings(&self) -> &'e dyn Surroundings {
        self.evaluator.surroundings
    }

    /// Calls a function item, such as an argument, with these arguments.
    pub(crate) fn invoke(&mut self, function: &Item, arguments: Arguments) -> Result<Item, Fault> {
        self.evaluator
            .deeper(|evaluator| evaluator.apply(function, arguments, &NO_CONTEXT))
    }
}

impl Builtin {
    /// The built-in function of a name, which is without `$`.
    pub(crate) fn find(name: &str) -> Option<&'static Builtin> {
        let all = Self::all();
        let place = all.binary_search_by_key(&name, |builtin| builtin.definition.name);
        place.ok().map(|place| &all[place])
    }

    /// All built-in functions in the order of their names.
    pub(crate) fn all() -> &'static [Builtin] {
        static ALL: OnceLock<Vec<Builtin>> = OnceLock::new();
        ALL.get_or_init(sorted)
    }
}

fn sorted() -> Vec<Builtin> {
    let rows = crate::functions::TABLES.iter().flat_map(|table| *table);
    let mut all: Vec<Builtin> = rows.map(prepared).collect();
    all.sort_by_key(|builtin| builtin.definition.name);
    all
}

fn prepared(definition: &'static Definition) -> Builtin {
    let signature = Signature::parse(definition.signature)
        .expect("the signatures of the tables are well formed");
    Builtin {
        definition,
        signature,
    }
}
