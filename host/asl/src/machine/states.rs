//! What each state type has of its own.

use std::sync::Arc;

use sandstep_json::{Text, Value};
use sandstep_jsonpath::{Expression, Path};

use super::{Dynamic, Payload, Recovery, StateId, Transition};
use crate::{choice::Condition, jsonata, resource::Resource, timestamp::Timestamp};

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
    /// `Credentials`: accepted and evaluated, since its expressions may fail.
    pub(crate) credentials: Option<Payload>,
    pub(crate) recovery: Recovery,
    pub(crate) next: Transition,
}

impl TaskState {
    /// Whether it has fields, beside what makes its task's input, that may look at the
    /// state's.
    pub(crate) fn has_other_fields(&self) -> bool {
        self.timeout.is_some() || self.heartbeat.is_some() || self.credentials.is_some()
    }
}

#[derive(Debug)]
pub(crate) struct ChoiceState {
    pub(crate) rules: Box<[ChoiceRule]>,
    pub(crate) default: Option<StateId>,
}

#[derive(Debug)]
pub(crate) struct ChoiceRule {
    pub(crate) condition: RuleCondition,
    pub(crate) assign: Option<Payload>,
    /// `Output`, in JSONata; the state's input where there is none.
    pub(crate) output: Option<jsonata::Template>,
    pub(crate) next: StateId,
}

/// When a rule holds.
#[derive(Debug)]
pub(crate) enum RuleCondition {
    /// A comparison or a combination of them, in JSONPath.
    Comparison(Condition),
    /// A constant `Condition`, in JSONata.
    Constant(bool),
    /// A `Condition` that is an expression.
    Jsonata(jsonata::Query),
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
    Jsonata(jsonata::Query),
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
    pub(crate) items: Items,
    /// `ItemSelector`, or the `Parameters` of the older form.
    pub(crate) item_selector: Option<Payload>,
    /// `MaxConcurrency` or `MaxConcurrencyPath`; 0 is "no quota".
    pub(crate) max_concurrency: Dynamic<u64>,
    pub(crate) tolerated_failure_count: Option<Dynamic<u64>>,
    /// 0 to 100.
    pub(crate) tolerated_failure_percentage: Option<Dynamic<f64>>,
    pub(crate) recovery: Recovery,
    pub(crate) next: Transition,
}

/// What a Map goes through.
#[derive(Debug)]
pub(crate) enum Items {
    /// Its effective input.
    Input,
    /// `ItemsPath`.
    Path(Path),
    /// `Items`, in JSONata.
    Jsonata(jsonata::Template),
}

/// The fields that only a distributed Map has.
#[derive(Debug)]
#[expect(
    dead_code,
    reason = "reaching a distributed Map fails by name until one can run"
)]
pub(crate) struct DistributedMap {
    /// `STANDARD` or `EXPRESS`.
    pub(crate) execution_type: Text,
    pub(crate) label: Option<Text>,
    pub(crate) item_reader: Option<ItemReader>,
    pub(crate) item_batcher: Option<ItemBatcher>,
    pub(crate) result_writer: Option<ResultWriter>,
}

/// Where the items of a distributed Map come from.
#[derive(Debug)]
#[expect(
    dead_code,
    reason = "reaching a distributed Map fails by name until one can run"
)]
pub(crate) struct ItemReader {
    pub(crate) resource: Text,
    /// `Parameters` or `Arguments`.
    pub(crate) arguments: Option<Payload>,
    /// `ReaderConfig` as it is written.
    pub(crate) config: Option<Value>,
    /// `MaxItems` or `MaxItemsPath` of the `ReaderConfig`; 0 is all of them.
    pub(crate) max_items: Option<Dynamic<u64>>,
    /// `ItemsPointer` of the `ReaderConfig`.
    pub(crate) items_pointer: Option<Text>,
}

/// How a distributed Map gathers items into batches.
#[derive(Debug)]
pub(crate) struct ItemBatcher {
    /// `MaxItemsPerBatch` or `MaxItemsPerBatchPath`.
    pub(crate) max_items: Option<Dynamic<u64>>,
    /// `MaxInputBytesPerBatch` or `MaxInputBytesPerBatchPath`.
    pub(crate) max_bytes: Option<Dynamic<u64>>,
    /// `BatchInput`: what every batch has beside its items.
    pub(crate) input: Option<Payload>,
}

/// Where the results of a distributed Map go.
#[derive(Debug)]
#[expect(
    dead_code,
    reason = "reaching a distributed Map fails by name until one can run"
)]
pub(crate) struct ResultWriter {
    pub(crate) resource: Option<Text>,
    /// `Parameters` or `Arguments`.
    pub(crate) arguments: Option<Payload>,
    /// `WriterConfig` as it is written.
    pub(crate) config: Option<Value>,
}
