//! A parsed state machine: everything is resolved, nothing is left to check.
//!
//! All states, those of Parallel branches and Map processors included, stand in
//! one list, so that a [`StateId`] names a state of the whole machine.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sandstep_json::{Text, Value};
use sandstep_jsonpath::{Expression, Path, ReferencePath, Template};

use crate::{choice::Condition, resource::Resource, timestamp::Timestamp};

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
    pub(crate) flow: DataFlow,
    pub(crate) kind: StateKind,
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

/// How a state's input becomes its effective input, and its result its output
/// (States Language, "Input and Output Processing").
///
/// A state type that lacks a field holds that field's default.
#[derive(Debug, Default)]
pub(crate) struct DataFlow {
    pub(crate) input_path: Selection,
    /// `Parameters`. A Map's `ItemSelector` (and the `Parameters` of its older
    /// form) is in [`MapState`], since it is evaluated for each item.
    pub(crate) parameters: Option<Template>,
    pub(crate) result_selector: Option<Template>,
    pub(crate) result_path: ResultPath,
    pub(crate) output_path: Selection,
}

/// `InputPath` or `OutputPath`.
#[derive(Debug, Default)]
pub(crate) enum Selection {
    /// Absent or `"$"`.
    #[default]
    Whole,
    /// `null`: an empty object.
    Nothing,
    Path(Path),
}

/// `ResultPath`.
#[derive(Debug, Default)]
pub(crate) enum ResultPath {
    /// Absent or `"$"`: the result replaces the input.
    #[default]
    Replace,
    /// `null`: the input goes on, the result is dropped.
    Discard,
    At(ReferencePath),
}

/// What follows a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transition {
    Next(StateId),
    End,
}

#[derive(Debug)]
pub(crate) struct PassState {
    pub(crate) result: Option<Value>,
    pub(crate) next: Transition,
}

#[derive(Debug)]
pub(crate) struct TaskState {
    pub(crate) resource: Arc<Resource>,
    /// `TimeoutSeconds` or `TimeoutSecondsPath`, from scheduling to the result.
    pub(crate) timeout: Option<Dynamic<u64>>,
    /// `HeartbeatSeconds` or `HeartbeatSecondsPath`.
    pub(crate) heartbeat: Option<Dynamic<u64>>,
    /// `Credentials`: accepted and evaluated, since its paths may fail.
    pub(crate) credentials: Option<Template>,
    pub(crate) recovery: Recovery,
    pub(crate) next: Transition,
}

/// A field that has a constant form (`TimeoutSeconds`) and a path form
/// (`TimeoutSecondsPath`).
#[derive(Debug)]
pub(crate) enum Dynamic<T> {
    Constant(T),
    /// A reference path (a path for SecondsPath and TimestampPath) into the
    /// effective input or the context object.
    Path(Path),
}

#[derive(Debug)]
pub(crate) struct ChoiceState {
    pub(crate) rules: Box<[ChoiceRule]>,
    pub(crate) default: Option<StateId>,
}

#[derive(Debug)]
pub(crate) struct ChoiceRule {
    pub(crate) condition: Condition,
    pub(crate) next: StateId,
}

#[derive(Debug)]
pub(crate) struct WaitState {
    pub(crate) until: WaitUntil,
    pub(crate) next: Transition,
}

/// The four forms of a Wait state.
#[derive(Debug)]
pub(crate) enum WaitUntil {
    /// `Seconds` or `SecondsPath`, counted from entering the state.
    Seconds(Dynamic<u64>),
    /// `Timestamp` or `TimestampPath`.
    Timestamp(Dynamic<Timestamp>),
}

#[derive(Debug)]
pub(crate) struct FailState {
    pub(crate) error: Option<FailText>,
    pub(crate) cause: Option<FailText>,
}

/// `Error` or `ErrorPath`, `Cause` or `CausePath`.
#[derive(Debug)]
pub(crate) enum FailText {
    Constant(Text),
    /// A reference path or an intrinsic function that yields a string.
    Expression(Expression),
}

#[derive(Debug)]
pub(crate) struct ParallelState {
    /// The first state of each branch.
    pub(crate) branches: Box<[StateId]>,
    pub(crate) recovery: Recovery,
    pub(crate) next: Transition,
}

#[derive(Debug)]
pub(crate) struct MapState {
    /// The first state of the item processor.
    pub(crate) processor: StateId,
    /// `Some` where `ProcessorConfig` asks for `DISTRIBUTED`.
    pub(crate) distributed: Option<Box<DistributedMap>>,
    /// `ItemsPath`; `None` is `"$"`.
    pub(crate) items_path: Option<Path>,
    /// `ItemSelector`, or the `Parameters` of the older form.
    pub(crate) item_selector: Option<Template>,
    /// `MaxConcurrency` or `MaxConcurrencyPath`; 0 is "no quota".
    pub(crate) max_concurrency: Dynamic<u64>,
    pub(crate) tolerated_failure_count: Option<Dynamic<u64>>,
    /// 0 to 100.
    pub(crate) tolerated_failure_percentage: Option<Dynamic<f64>>,
    pub(crate) recovery: Recovery,
    pub(crate) next: Transition,
}

/// The fields that only a distributed Map has, validated and kept as written.
#[derive(Debug)]
#[expect(
    dead_code,
    reason = "reaching a distributed Map fails by name until one can run"
)]
pub(crate) struct DistributedMap {
    /// `STANDARD` or `EXPRESS`.
    pub(crate) execution_type: Text,
    pub(crate) label: Option<Text>,
    pub(crate) item_reader: Option<Value>,
    pub(crate) item_batcher: Option<Value>,
    pub(crate) result_writer: Option<Value>,
}

/// `Retry` and `Catch` of a Task, Parallel or Map state.
#[derive(Debug, Default)]
pub(crate) struct Recovery {
    pub(crate) retriers: Box<[Retrier]>,
    pub(crate) catchers: Box<[Catcher]>,
}

#[derive(Debug)]
pub(crate) struct Retrier {
    /// `ErrorEquals`.
    pub(crate) errors: Box<[Text]>,
    /// `IntervalSeconds`, default 1.
    pub(crate) interval_seconds: u64,
    /// `MaxAttempts`, default 3; 0 means never retry.
    pub(crate) max_attempts: u64,
    /// `BackoffRate`, default 2.0, at least 1.0.
    pub(crate) backoff_rate: f64,
    /// `MaxDelaySeconds`.
    pub(crate) max_delay_seconds: Option<u64>,
    /// `JitterStrategy` is `FULL`.
    pub(crate) full_jitter: bool,
}

#[derive(Debug)]
pub(crate) struct Catcher {
    /// `ErrorEquals`.
    pub(crate) errors: Box<[Text]>,
    pub(crate) result_path: ResultPath,
    pub(crate) next: StateId,
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

    pub(crate) fn state(&self, id: StateId) -> &State {
        &self.states[id.0 as usize]
    }

    pub(crate) fn state_named(&self, name: &str) -> Option<StateId> {
        self.by_name.get(name).copied()
    }
}
