//! The state machines of an account. This is the seam to a store: whole state
//! machines by name, changed only where the caller knows what was there.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard};

use super::machine::Machine;

pub(crate) struct Machines {
    by_name: Mutex<BTreeMap<String, Arc<Machine>>>,
    most: usize,
}

/// Why a state machine was not added.
pub(crate) enum Refused {
    /// There is one of that name.
    Taken(Arc<Machine>),
    /// There are as many as there may be.
    Full,
}

impl Machines {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            by_name: Mutex::default(),
            most,
        }
    }

    pub(crate) fn find(&self, name: &str) -> Option<Arc<Machine>> {
        self.lock().get(name).cloned()
    }

    pub(crate) fn add(&self, machine: Machine) -> Result<(), Refused> {
        let mut by_name = self.lock();
        if let Some(there) = by_name.get(&machine.name) {
            return Err(Refused::Taken(Arc::clone(there)));
        }
        if by_name.len() >= self.most {
            return Err(Refused::Full);
        }
        by_name.insert(machine.name.clone(), Arc::new(machine));
        Ok(())
    }

    /// Puts a state machine in the place of one that was read before; `false`
    /// if somebody else has changed or removed it since.
    pub(crate) fn replace(&self, read: &Arc<Machine>, machine: Machine) -> bool {
        let mut by_name = self.lock();
        match by_name.get_mut(&machine.name) {
            Some(there) if Arc::ptr_eq(there, read) => {
                *there = Arc::new(machine);
                true
            }
            _ => false,
        }
    }

    pub(crate) fn remove(&self, name: &str) {
        self.lock().remove(name);
    }

    /// Up to so many of them in the order of their names, after a name.
    pub(crate) fn list(&self, after: Option<&str>, most: usize) -> Vec<Arc<Machine>> {
        let after = after.map_or(Bound::Unbounded, Bound::Excluded);
        let by_name = self.lock();
        let range = by_name.range::<str, _>((after, Bound::Unbounded));
        range
            .take(most)
            .map(|(_, machine)| Arc::clone(machine))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Machine>>> {
        self.by_name
            .lock()
            .expect("nothing panics while it holds this")
    }
}
