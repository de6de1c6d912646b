//! What a state computed and decided on its way, for those who test it.

use std::{collections::VecDeque, sync::Mutex, time::Duration};

use sandstep_json::{Text, Value};

use super::Execution;
use crate::{history::ErrorDetails, machine::State};

/// Something that an execution computed or decided inside a state.
///
/// Inspections are no part of the history: they are there for an execution that was asked
/// for them by [`Execution::inspect`], and are told once.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    /// The state.
    pub state: Text,
    /// What was found in it.
    pub finding: Finding,
}

/// What an [`Inspection`] found.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// A stage of the state's data flow came to this value.
    Value(Stage, Value),
    /// The Choice rule with this index holds; `None` is the state's `Default`.
    Rule(Option<usize>),
    /// The state failed; its retriers and catchers are asked next.
    Failure(ErrorDetails),
    /// The retrier with this index answers the failure.
    Retrier {
        /// The index in the state's `Retry`.
        index: usize,
        /// How long the next attempt is waited for; `None` where its attempts are spent.
        delay: Option<Duration>,
    },
    /// The catcher with this index takes over.
    Catcher(usize),
}

/// A stage of a state's data flow (States Language, "Input and Output Processing").
///
/// A stage whose field the state lacks may be told all the same, with what passes it
/// unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// What `InputPath` selects.
    AfterInputPath,
    /// What `Parameters` makes of that.
    AfterParameters,
    /// What `Arguments` is, in JSONata.
    AfterArguments,
    /// What the task, branches or iterations answered, or a Pass state's `Result`.
    Result,
    /// What `ResultSelector` makes of the result.
    AfterResultSelector,
    /// The input with the result where `ResultPath` puts it.
    AfterResultPath,
    /// The variables that `Assign` sets, as an object.
    Assigned,
    /// The items of a Map.
    Items,
    /// The items that a Map's `ItemReader` reads, those to which its `ItemsPointer` points.
    AfterItemsPointer,
    /// The input of each iteration that `ItemSelector` makes, as an array.
    AfterItemSelector,
    /// The inputs of the executions that get the items in batches, as an array.
    AfterItemBatcher,
    /// A Map's `MaxConcurrency`, as the definition has it.
    MaxConcurrency,
    /// A Map's `ToleratedFailureCount`.
    ToleratedFailureCount,
    /// A Map's `ToleratedFailurePercentage`.
    ToleratedFailurePercentage,
}

/// The inspections that were not told yet. A scope looks at the execution while it adds
/// to them, hence the lock, which nobody else ever holds.
pub(super) type Inspections = Option<Box<Mutex<VecDeque<Inspection>>>>;

impl Execution {
    /// Asks for inspections from now on. Poll them as often as records: they are kept until
    /// then.
    pub fn inspect(&mut self) {
        self.inspections = Some(Box::default());
    }

    /// The next inspection, in the order in which they were made.
    pub fn poll_inspection(&mut self) -> Option<Inspection> {
        let inspections = self.inspections.as_mut()?.get_mut();
        inspections
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .pop_front()
    }

    /// Takes note of a finding, where somebody asked for it.
    pub(super) fn find(&self, state: &State, finding: impl FnOnce() -> Finding) {
        if let Some(inspections) = &self.inspections {
            let mut inspections = inspections
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            inspections.push_back(Inspection {
                state: state.name.clone(),
                finding: finding(),
            });
        }
    }
}
