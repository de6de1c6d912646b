//! The operations that replayed tests call, in process.

use std::{collections::HashMap, sync::Arc, time::Duration};

use sandstep_asl::{Limits, Record, Start, StateMachine};
use sandstep_driver::{Clock, Driver, StopRequest};
use sandstep_json::{Object, Value};
use tokio::runtime::Runtime;

use crate::{
    behaviours::{Behaviour, Function, Functions},
    case::Call,
    execution::Execution,
    refusal::Refusal,
    variables::NOW,
};

/// Where the service is, as far as answers tell.
pub(crate) const REGION: &str = "us-east-1";
/// Whose state machines and functions they are.
pub(crate) const ACCOUNT: &str = "123456789012";

/// What a test has created so far.
pub(crate) struct Endpoint {
    runtime: Runtime,
    functions: Functions,
    machines: HashMap<String, Machine>,
    /// In the order of their start.
    executions: Vec<Execution>,
}

struct Machine {
    name: String,
    role_arn: String,
    definition: Arc<StateMachine>,
}

type Answer = Result<Object, Refusal>;

impl Endpoint {
    pub(crate) fn new() -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        Ok(Self {
            runtime: runtime.map_err(|error| error.to_string())?,
            functions: Functions::default(),
            machines: HashMap::new(),
            executions: Vec::new(),
        })
    }

    /// Answers a call whose placeholders are filled. `Err` is a call that no
    /// selected case makes.
    pub(crate) fn answer(&mut self, call: &Call, params: &Value) -> Result<Answer, String> {
        match call.operation.as_str() {
            "lambda.CreateFunction" => self.create_function(call, params).map(Ok),
            "stepfunctions.CreateStateMachine" => self.create_state_machine(params),
            "stepfunctions.StartExecution" => self.start_execution(params).map(Ok),
            "stepfunctions.GetExecutionHistory" => self
                .execution(params)
                .map(|execution| Ok(execution.history())),
            "stepfunctions.DescribeExecution" => self
                .execution(params)
                .map(|execution| Ok(execution.description())),
            other => Err(format!("no operation {other}")),
        }
    }

    /// All executions, in the order of their start.
    pub(crate) fn executions(&self) -> &[Execution] {
        &self.executions
    }

    fn create_function(&mut self, call: &Call, params: &Value) -> Result<Object, String> {
        let name = text(params, "FunctionName")?;
        let behaviour = call.behaviour.as_deref().and_then(Behaviour::of);
        let seconds = params
            .get("Timeout")
            .and_then(Value::as_i64)
            .and_then(|seconds| seconds.try_into().ok());
        let function = Function {
            behaviour: behaviour.ok_or("a function's behaviour is unknown")?,
            timeout: Duration::from_secs(seconds.ok_or("a function has no timeout")?),
        };
        self.functions.insert(name, function);
        Ok(Object::from([("FunctionArn", function_arn(name))]))
    }

    fn create_state_machine(&mut self, params: &Value) -> Result<Answer, String> {
        let parsed = StateMachine::parse(text(params, "definition")?);
        let Some(definition) = parsed.machine else {
            return Ok(Err(Refusal::of_definition(&parsed.diagnostics)));
        };
        let name = text(params, "name")?.to_owned();
        let arn = arn("stateMachine", &name);
        let role_arn = text(params, "roleArn")?.to_owned();
        let machine = Machine {
            name,
            role_arn,
            definition: Arc::new(definition),
        };
        self.machines.insert(arn.clone(), machine);
        Ok(Ok(Object::from([
            ("creationDate", NOW.to_string()),
            ("stateMachineArn", arn),
        ])))
    }

    /// Starts an execution and runs it to its end: its time is its own.
    fn start_execution(&mut self, params: &Value) -> Result<Object, String> {
        let machine_arn = text(params, "stateMachineArn")?;
        let machine = self
            .machines
            .get(machine_arn)
            .ok_or("no such state machine")?;
        let start = machine.start(machine_arn, params, self.executions.len())?;
        let arn = start.execution_arn.clone();
        let execution = self.run(Arc::clone(&machine.definition), start);
        self.executions.push(execution);
        Ok(Object::from([
            ("executionArn", arn),
            ("startDate", NOW.to_string().into()),
        ]))
    }

    fn run(&self, definition: Arc<StateMachine>, start: Start) -> Execution {
        let driver = Driver::new(Arc::new(self.functions.clone()), Clock::Virtual(NOW));
        let mut events = Vec::new();
        let append = |record: Record| events.extend(record.event);
        let never = std::future::pending::<StopRequest>();
        let run = driver.run(definition, start.clone(), append, never);
        let outcome = self.runtime.block_on(run);
        Execution {
            start,
            outcome,
            events,
        }
    }

    fn execution(&self, params: &Value) -> Result<&Execution, String> {
        let arn = text(params, "executionArn")?;
        let mut executions = self.executions.iter();
        let found = executions.find(|execution| execution.start.execution_arn == arn);
        found.ok_or_else(|| format!("no execution {arn}"))
    }
}

impl Machine {
    /// What its next execution starts with, after so many of all machines.
    fn start(&self, machine_arn: &str, params: &Value, before: usize) -> Result<Start, String> {
        let input = text(params, "input").unwrap_or("{}");
        let unnamed = format!("00000000-0000-0000-0000-{before:012}");
        let name = text(params, "name").unwrap_or(&unnamed);
        Ok(Start {
            input: Value::parse(input).map_err(|error| error.to_string())?,
            execution_arn: arn("execution", &format!("{}:{name}", self.name)).into(),
            name: name.into(),
            role_arn: self.role_arn.as_str().into(),
            machine_arn: machine_arn.into(),
            machine_name: self.name.as_str().into(),
            seed: before as u128,
            limits: Limits::default(),
        })
    }
}

pub(crate) fn function_arn(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}

fn arn(kind: &str, name: &str) -> String {
    format!("arn:aws:states:{REGION}:{ACCOUNT}:{kind}:{name}")
}

fn text<'a>(params: &'a Value, key: &str) -> Result<&'a str, String> {
    let text = params.get(key).and_then(Value::as_str);
    text.ok_or_else(|| format!("a call has no text {key:?}"))
}
