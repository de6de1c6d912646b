//! Functions by the names that tasks call them by.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use sandstep_asl::function_name;
use sandstep_sandbox::Function;

use crate::naming::{Match, match_function};

/// The functions that tasks may call.
#[derive(Clone, Debug, Default)]
pub struct Functions {
    by_name: HashMap<Box<str>, Function, RandomState>,
}

impl Functions {
    /// Makes a function callable under a name, beside other names it may have.
    pub fn insert(&mut self, name: impl Into<Box<str>>, function: Function) {
        self.by_name.insert(name.into(), function);
    }

    /// The function that a task names, in any form that Lambda knows: name,
    /// ARN or part of an ARN, with a version or alias or without. Region,
    /// account and qualifier are not looked at.
    ///
    /// A name that no function was inserted under may still mean one, by the
    /// rules of [`match_function`], as long as it means only one.
    pub fn find(&self, text: &str) -> Option<&Function> {
        let (name, _) = function_name(text);
        self.by_name.get(name).or_else(|| self.find_meant(name))
    }

    #[cold]
    fn find_meant(&self, name: &str) -> Option<&Function> {
        match match_function(name, self.by_name.keys().map(|name| &**name)) {
            Match::One(name) => self.by_name.get(name),
            Match::None | Match::Ambiguous(_) => None,
        }
    }
}
