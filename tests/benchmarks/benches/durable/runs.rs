//! The executions that are measured.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use sandstep_asl::{Limits, Start, StateMachine, TokenKey};
use sandstep_driver::durable::{DefinitionError, Definitions, Engine, NewRun, Started};
use sandstep_json::{Text, Value};

const TASK: &str =
    r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "echo", "End": true}}}"#;
const WAIT: &str =
    r#"{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 86400, "End": true}}}"#;
const INPUT: &str = r#"{"order": 4711, "customer": "Ada", "items": ["a-1", "a-2"]}"#;

/// A state machine with all that its executions share.
#[derive(Clone)]
pub(crate) struct Definition {
    text: Text,
    machine: Arc<StateMachine>,
    start: Start,
}

impl Definition {
    pub(crate) fn of_one_task() -> Self {
        Self::new(TASK)
    }

    pub(crate) fn that_sleeps() -> Self {
        Self::new(WAIT)
    }

    fn new(text: &'static str) -> Self {
        Self {
            text: text.into(),
            machine: machine(text),
            start: Start {
                input: Value::parse(INPUT).expect("it is JSON"),
                execution_arn: Default::default(),
                name: Default::default(),
                role_arn: "arn:aws:iam::123456789012:role/bench".into(),
                machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:bench".into(),
                machine_name: "bench".into(),
                redrive_count: Some(0),
                token_key: TokenKey::of_seed(7),
                seed: 0,
                limits: Limits::default(),
            },
        }
    }

    /// What the executions are started with.
    pub(crate) fn input(&self) -> String {
        self.start.input.to_json()
    }

    /// The execution of this number.
    pub(crate) fn run(&self, number: u64) -> NewRun {
        let name = name(number);
        let arn = format!("arn:aws:states:us-east-1:123456789012:execution:bench:{name}");
        NewRun {
            groups: vec![self.start.machine_arn.to_string()],
            definition: self.text.clone(),
            machine: Arc::clone(&self.machine),
            start: Start {
                execution_arn: arn.into(),
                name: name.into(),
                seed: u128::from(number),
                ..self.start.clone()
            },
            attachment: [b'a'; 40].as_slice().into(),
        }
    }
}

/// Starts an execution that is new.
pub(crate) async fn begin(engine: &Engine, new: NewRun) {
    let started = engine.start(new).await.expect("there is room");
    assert!(matches!(started, Started::New(_)), "{started:?}");
}

/// Finds definitions by their own text.
pub(crate) struct Texts;

impl Definitions for Texts {
    fn find<'a>(
        &'a self,
        definition: &'a str,
    ) -> BoxFuture<'a, Result<Arc<StateMachine>, DefinitionError>> {
        Box::pin(async move { Ok(machine(definition)) })
    }
}

fn machine(definition: &str) -> Arc<StateMachine> {
    let parsed = StateMachine::parse(definition);
    Arc::new(parsed.machine.expect("it is valid"))
}

/// In no order, as the names that the service gives are.
fn name(number: u64) -> String {
    let mixed = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = mixed ^ (mixed >> 29);
    let other = mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    format!("{mixed:016x}{other:016x}")
}
