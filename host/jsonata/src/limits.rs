//! What one evaluation may cost.

use crate::Fault;

/// The bounds of one evaluation. Exceeding one ends it with a [`Fault`] of the code that is
/// named with the bound.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How many evaluations may stand inside one another: an operator inside a call inside
    /// a recursive call is three. Beyond it: D1011.
    pub depth: usize,
    /// How many steps all may take together: an evaluated part of the expression, an item that
    /// a function looks at, a character that a regular expression tries. This bounds time without
    /// a clock; a step takes some ten nanoseconds. Beyond it: D1012.
    pub steps: u64,
    /// How many bytes of strings, arrays and scopes may be made in all, whether or not they
    /// are still needed. Asked before they are made. Beyond it: D1014.
    pub memory: usize,
    /// How long the JSON text of the result may be, in bytes. Beyond it: D1015.
    pub result: usize,
}

impl Default for Limits {
    /// Bounds that no expression over a payload of the service comes near, and that stop a
    /// hostile one within some tenths of a second.
    fn default() -> Self {
        Self {
            depth: 2_000,
            steps: 3_000_000,
            memory: 64 << 20,
            result: 16 << 20,
        }
    }
}

/// What is left of the [`Limits`] while an evaluation runs.
pub(crate) struct Meter {
    depth: usize,
    steps: u64,
    memory: usize,
}

impl Meter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            depth: limits.depth,
            steps: limits.steps,
            memory: limits.memory,
        }
    }

    /// Pays for so many steps, before or while they are done. Fails with D1012.
    #[inline]
    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), Fault> {
        match self.steps.checked_sub(steps as u64) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => Err(out_of_steps()),
        }
    }

    /// Steps that are left, for work that counts its own.
    pub(crate) fn steps_left(&self) -> u64 {
        self.steps
    }

    /// Pays for bytes, before they are taken up. Fails with D1014.
    #[inline]
    pub(crate) fn allocate(&mut self, bytes: usize) -> Result<(), Fault> {
        match self.memory.checked_sub(bytes) {
            Some(left) => {
                self.memory = left;
                Ok(())
            }
            None => Err(out_of_memory(bytes, self.memory)),
        }
    }

    /// Bytes that may still be made.
    pub(crate) fn memory_left(&self) -> usize {
        self.memory
    }

    /// Pays for a list of so many items: a step and the room of each.
    #[inline]
    pub(crate) fn make_items(&mut self, count: usize) -> Result<(), Fault> {
        self.spend(count)?;
        self.allocate(count.saturating_mul(size_of::<crate::item::Item>()))
    }

    /// Goes one level deeper. Fails with D1011.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), Fault> {
        match self.depth.checked_sub(1) {
            Some(left) => {
                self.depth = left;
                Ok(())
            }
            None => Err(too_deep()),
        }
    }

    /// Comes back from one level.
    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth += 1;
    }
}

#[cold]
fn out_of_steps() -> Fault {
    Fault::new("D1012", "the evaluation takes more steps than are allowed")
}

#[cold]
fn out_of_memory(bytes: usize, left: usize) -> Fault {
    Fault::new(
        "D1014",
        format!("{bytes} bytes are more than the {left} that are left to this evaluation"),
    )
}

#[cold]
fn too_deep() -> Fault {
    Fault::new(
        "D1011",
        "the evaluation is nested deeper than is allowed; a function that calls itself without end?",
    )
}
