//! From a state's input to its effective input, and from its result to what it
//! hands on, in either query language.

use sandstep_json::{Object, Value};

use super::{failure::Failure, inspection::Stage, scope::Scope};
use crate::{
    jsonata,
    machine::{DataFlow, Payload},
};

/// What a state hands on when it is left.
#[derive(Debug)]
pub(super) struct Handover {
    /// What the next state enters with.
    pub(super) output: Value,
    /// The variables that it sets, if there are any.
    pub(super) assigned: Option<Object>,
}

impl Scope<'_> {
    /// The raw input through `InputPath` and `Parameters`, or `Arguments`.
    pub(super) fn effective_input(&self) -> Result<Value, Failure> {
        match &self.state.flow {
            DataFlow::JsonPath(flow) => self.parameters(flow, self.selected_input(flow)?),
            DataFlow::Jsonata(flow) => match &flow.arguments {
                Some(arguments) => {
                    let arguments = self.states_variable().template(arguments)?;
                    self.inspect(Stage::AfterArguments, &arguments);
                    Ok(arguments)
                }
                None => Ok(self.raw_input().clone()),
            },
        }
    }

    /// What a state hands on whose effective input is its result.
    pub(super) fn pass_on(&self) -> Result<Handover, Failure> {
        let (assign, output) = (self.state.assign.as_ref(), self.state.flow.output());
        self.pass_on_as(self.effective_input()?, assign, output)
    }

    /// The same with the fields of a Choice rule in the place of the state's.
    pub(super) fn pass_on_as(
        &self,
        input: Value,
        assign: Option<&Payload>,
        output: Option<&jsonata::Template>,
    ) -> Result<Handover, Failure> {
        match &self.state.flow {
            DataFlow::JsonPath(flow) => self.shaped(flow, assign, input),
            DataFlow::Jsonata(_) => {
                let states = self.states_variable();
                states.hand_over(assign, output, || self.raw_input().clone())
            }
        }
    }

    /// What a state hands on whose task, branches or iterations had a result.
    pub(super) fn hand_over(&self, result: Value) -> Result<Handover, Failure> {
        self.inspect(Stage::Result, &result);
        let assign = self.state.assign.as_ref();
        match &self.state.flow {
            DataFlow::JsonPath(flow) => self.shaped(flow, assign, result),
            DataFlow::Jsonata(flow) => {
                let states = self.states_variable().with_result(&result);
                states.hand_over(assign, flow.output.as_ref(), || result.clone())
            }
        }
    }

    /// A template in the state's query language; in JSONPath, `$` is `input`.
    pub(super) fn payload(&self, payload: &Payload, input: &Value) -> Result<Value, Failure> {
        match payload {
            Payload::JsonPath(template) => self.template(template, input),
            Payload::Jsonata(template) => self.states_variable().template(template),
        }
    }

    /// A payload, unless it is larger than the execution may have. Causes quote
    /// payloads, and the history holds them, so this is asked first.
    pub(super) fn within_limit(&self, payload: Value) -> Result<Value, Failure> {
        if self.is_too_large(&payload) {
            return Err(Failure::data_limit(&self.state.name));
        }
        Ok(payload)
    }

    /// A failure that ends the execution, told as the service tells it.
    pub(super) fn runtime(&self, sentence: &str) -> Failure {
        Failure::runtime(self.sentence(sentence))
    }

    /// A cause, with the state and where it was entered; a state that is tested alone was
    /// not entered anywhere (recorded).
    pub(super) fn sentence(&self, sentence: &str) -> String {
        if self.is_test() {
            return sentence.to_owned();
        }
        format!(
            "An error occurred while executing the state '{}' (entered at the event id #{}). {sentence}",
            self.state.name,
            self.entered().0,
        )
    }
}

impl DataFlow {
    /// `Output`, in JSONata.
    pub(super) fn output(&self) -> Option<&jsonata::Template> {
        match self {
            Self::JsonPath(_) => None,
            Self::Jsonata(flow) => flow.output.as_ref(),
        }
    }
}
