//! What the expressions of a state can see: its input and the context object.

use std::cell::{Cell, OnceCell};

use sandstep_json::{Object, Value};
use sandstep_jsonpath::Roots;
use sha2::{Digest, Sha256};

use super::{
    Execution,
    inspection::{Finding, Stage},
    redrive::Redrive,
    start::Start,
    thread::{Thread, ThreadId},
    token::TaskToken,
};
use crate::{
    history::EventId,
    machine::{State, StateKind},
    resource::Pattern,
    timestamp::Timestamp,
};

/// The members of the context object that are the same in every state.
///
/// Built when something first refers to the context object; many executions
/// never do.
#[derive(Debug)]
pub(super) struct Constants {
    execution: Value,
    state_machine: Value,
}

impl Constants {
    fn new(start: &Start, started: Timestamp, redrive: Option<Redrive>) -> Self {
        let mut execution = Object::from([
            ("Id", Value::from(&start.execution_arn)),
            ("Input", start.input.clone()),
            ("StartTime", Value::from(started.to_string())),
            ("Name", Value::from(&start.name)),
            ("RoleArn", Value::from(&start.role_arn)),
        ]);
        if let Some(count) = start.redrive_count {
            execution.insert(
                "RedriveCount",
                redrive.map_or(count, |redrive| redrive.count),
            );
        }
        if let Some(redrive) = redrive {
            execution.insert("RedriveTime", redrive.at.to_string());
        }
        let state_machine = [
            ("Id", Value::from(&start.machine_arn)),
            ("Name", Value::from(&start.machine_name)),
        ];
        Self {
            execution: execution.into(),
            state_machine: Object::from(state_machine).into(),
        }
    }
}

/// What the expressions of one state can see. The context object is built when
/// something first refers to it: most states don't.
pub(super) struct Scope<'a> {
    execution: &'a Execution,
    thread: &'a Thread,
    pub(super) state: &'a State,
    map_item: Option<&'a Value>,
    context: OnceCell<Value>,
    draws: Cell<u64>,
}

/// A scope whose `$` is one particular value.
pub(super) struct View<'a> {
    scope: &'a Scope<'a>,
    input: &'a Value,
}

impl<'a> Scope<'a> {
    pub(super) fn new(execution: &'a Execution, thread: ThreadId, state: &'a State) -> Self {
        let thread = &execution.threads[thread];
        Self {
            execution,
            thread,
            state,
            map_item: thread.map_item.as_ref(),
            context: OnceCell::new(),
            draws: Cell::new(0),
        }
    }

    /// The same, seen from an iteration that is about to begin.
    pub(super) fn with_map_item(self, map_item: Option<&'a Value>) -> Self {
        Self {
            map_item,
            context: OnceCell::new(),
            ..self
        }
    }

    /// The scope in which `$` is `input`.
    pub(super) fn on<'b>(&'b self, input: &'b Value) -> View<'b>
    where
        'a: 'b,
    {
        View { scope: self, input }
    }

    pub(super) fn is_too_large(&self, payload: &Value) -> bool {
        self.execution.is_too_large(payload)
    }

    /// Whether the state is tested alone.
    pub(super) fn is_test(&self) -> bool {
        self.execution.testing.is_some()
    }

    /// Whether these variables may be set.
    pub(super) fn has_room_for(&self, assigned: &Object) -> bool {
        self.execution.has_room_for(self.thread, assigned)
    }

    /// A workflow variable.
    pub(super) fn variable(&self, name: &str) -> Option<&Value> {
        self.execution.variable(self.thread, name)
    }

    /// The context object.
    pub(super) fn context(&self) -> &Value {
        self.context.get_or_init(|| self.build_context())
    }

    pub(super) fn now(&self) -> Timestamp {
        self.execution.now
    }

    /// Takes note of what a stage came to, where somebody asked for it.
    pub(super) fn inspect(&self, stage: Stage, value: &Value) {
        self.execution
            .find(self.state, || Finding::Value(stage, value.clone()));
    }

    /// Takes note of the Choice rule that holds, where somebody asked for it.
    pub(super) fn inspect_rule(&self, rule: Option<usize>) {
        self.execution.find(self.state, || Finding::Rule(rule));
    }

    /// The event that entered the state.
    pub(super) fn entered(&self) -> EventId {
        self.thread.entered
    }

    /// The raw input of the state.
    pub(super) fn raw_input(&self) -> &'a Value {
        &self.thread.data
    }

    /// The next number of the execution's chance: a hash of the seed, of where
    /// and when it is drawn, and of the count of draws, so that no restart
    /// repeats one. An attempt that fails before its first event leaves the
    /// last event as it was; the retries tell the next one apart.
    pub(super) fn draw(&self) -> u64 {
        let draw = self.draws.get();
        self.draws.set(draw + 1);
        let digest = Sha256::new()
            .chain_update(self.execution.start.seed.to_le_bytes())
            .chain_update(self.execution.last_event.0.to_le_bytes())
            .chain_update(self.thread.entered.0.to_le_bytes())
            .chain_update(self.thread.retry_count().to_le_bytes())
            .chain_update(draw.to_le_bytes())
            .finalize();
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&digest[..8]);
        u64::from_le_bytes(bytes)
    }

    fn build_context(&self) -> Value {
        if let Some(testing) = &self.execution.testing {
            return testing.context(self.map_item);
        }
        let Execution {
            start,
            started,
            constants,
            redrive,
            ..
        } = self.execution;
        let constants = constants.get_or_init(|| Constants::new(start, *started, *redrive));
        let mut context = Object::from([
            ("Execution", constants.execution.clone()),
            ("StateMachine", constants.state_machine.clone()),
            ("State", self.state_member()),
        ]);
        if let Some(map) = self.map_item {
            context.insert("Map", map.clone());
        }
        if let StateKind::Task(task) = &self.state.kind
            && task.resource.pattern() == Pattern::WaitForTaskToken
        {
            context.insert("Task", Object::from([("Token", self.task_token())]));
        }
        context.into()
    }

    /// What names the attempt to whoever ends the task. The event that schedules
    /// it is the next one where none has yet.
    fn task_token(&self) -> String {
        let Execution {
            start, last_event, ..
        } = self.execution;
        let token = TaskToken {
            execution_arn: start.execution_arn.clone(),
            scheduled: self.thread.scheduled.unwrap_or(EventId(last_event.0 + 1)),
        };
        token.seal(&start.token_key)
    }

    fn state_member(&self) -> Value {
        let mut state = Object::from([
            ("Name", Value::from(&self.state.name)),
            (
                "EnteredTime",
                Value::from(self.thread.entered_at.to_string()),
            ),
        ]);
        let retries = matches!(
            self.state.kind,
            StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_)
        );
        if retries {
            state.insert("RetryCount", self.thread.retry_count());
        }
        state.into()
    }
}

impl Roots for View<'_> {
    fn input(&self) -> &Value {
        self.input
    }

    fn context(&self) -> &Value {
        self.scope.context()
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        self.scope.variable(name)
    }
}
