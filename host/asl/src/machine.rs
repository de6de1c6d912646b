//! A parsed state machine: everything is resolved, nothing is left to check.
//!
//! All states, those of Parallel branches and Map processors included, stand in
//! one list, so that a [`StateId`] names a state of the whole machine.

mod flow;
mod payload;
mod recovery;
mod states;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sandstep_json::Text;

pub(crate) use self::{
    flow::{DataFlow, JsonataFlow, PathFlow, ResultPath, Selection},
    payload::{Dynamic, Payload},
    recovery::{CatchFlow, Catcher, Recovery, Retrier},
    states::{
        ChoiceRule, ChoiceState, DistributedMap, FailState, FailText, ItemBatcher, ItemReader,
        Items, MapState, ParallelState, PassState, ResultWriter, RuleCondition, TaskState,
        WaitState, WaitUntil,
    },
};
use crate::resource::Resource;

/// A valid state machine.
///
/// Made by [`StateMachine::parse`]; evaluation never meets an unknown state, a
/// malformed path or a field that its state type does not have.
#[derive(Debug)]
pub struct StateMachine {
    /// Every state of the machine; [`StateId`] indexes it.
    pub(crate) states: Box<[State]>,
    /// The state that an execution enters first.
    pub(crate) start_at: StateId,
    /// How long an execution may run, in seconds, before `States.Timeout`.
    pub(crate) timeout_seconds: Option<u64>,
    /// The `Comment` of the definition.
    pub(crate) comment: Option<Text>,
    /// The states by their names, which are unique in a machine.
    by_name: HashMap<Text, StateId>,
}

/// Names one state of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct StateId(pub(crate) u32);

/// One state.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) name: Text,
    /// Its fields of data, in its query language.
    pub(crate) flow: DataFlow,
    /// `Assign`; in a Choice state, that of its `Default`.
    pub(crate) assign: Option<Payload>,
    /// The variables that its fields read, in alphabetical order.
    pub(crate) variables: Box<[Text]>,
    pub(crate) kind: StateKind,
}

/// What the expressions of a state are written in (States Language, "Query Languages").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum QueryLanguage {
    #[default]
    JsonPath,
    Jsonata,
}

/// What a state does between its input and its output.
#[derive(Debug)]
pub(crate) enum StateKind {
    Pass(PassState),
    Task(Box<TaskState>),
    Choice(ChoiceState),
    Wait(WaitState),
    Succeed,
    Fail(FailState),
    Parallel(ParallelState),
    Map(Box<MapState>),
}

/// What follows a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transition {
    Next(StateId),
    End,
}

impl StateMachine {
    pub(crate) fn new(
        states: Box<[State]>,
        start_at: StateId,
        timeout_seconds: Option<u64>,
        comment: Option<Text>,
    ) -> Self {
        let names = states.iter().map(|state| state.name.clone());
        let by_name = names.zip((0..).map(StateId)).collect();
        Self {
            states,
            start_at,
            timeout_seconds,
            comment,
            by_name,
        }
    }

    /// The `Comment` of the definition.
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// Every task resource that the machine names, each once, in the order of
    /// the definition.
    pub fn resources(&self) -> Vec<&Arc<Resource>> {
        let mut seen = HashSet::new();
        let tasks = self.states.iter().filter_map(|state| match &state.kind {
            StateKind::Task(task) => Some(&task.resource),
            _ => None,
        });
        tasks
            .filter(|resource| seen.insert(resource.text()))
            .collect()
    }

    /// The states that read variables, each with their names in alphabetical order:
    /// `variableReferences` of `DescribeStateMachine`.
    pub fn variable_references(&self) -> impl Iterator<Item = (&str, &[Text])> {
        let states = self
            .states
            .iter()
            .filter(|state| !state.variables.is_empty());
        states.map(|state| (state.name.as_str(), &*state.variables))
    }

    pub(crate) fn state(&self, id: StateId) -> &State {
        &self.states[id.0 as usize]
    }

    pub(crate) fn state_named(&self, name: &str) -> Option<StateId> {
        self.by_name.get(name).copied()
    }
}
