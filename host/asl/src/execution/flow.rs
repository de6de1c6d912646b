//! From a state's input to its effective input, and from its result to its
//! output (States Language, "Input and Output Processing").

use sandstep_json::{Object, Value};
use sandstep_jsonpath::{ErrorKind, EvalError, Expression, Path, Template};

use super::{
    failure::{Failure, names},
    inspection::Stage,
    scope::Scope,
};
use crate::machine::{ResultPath, Selection};

impl Scope<'_> {
    /// The raw input through `InputPath`. A path that selects a value in each
    /// value around it can make much of little.
    pub(super) fn selected_input(&self) -> Result<Value, Failure> {
        let selected = self.select(&self.state.flow.input_path, self.raw_input())?;
        self.inspect(Stage::AfterInputPath, &selected);
        self.within_limit(selected)
    }

    /// A payload, unless it is larger than the execution may have. Causes quote
    /// payloads, and the history holds them, so this is asked first.
    pub(super) fn within_limit(&self, payload: Value) -> Result<Value, Failure> {
        if self.is_too_large(&payload) {
            return Err(Failure::data_limit(&self.state.name));
        }
        Ok(payload)
    }

    /// The raw input through `InputPath` and `Parameters`.
    pub(super) fn effective_input(&self) -> Result<Value, Failure> {
        self.parameters(self.selected_input()?)
    }

    /// What `Parameters` makes of the selected input.
    pub(super) fn parameters(&self, selected: Value) -> Result<Value, Failure> {
        let effective = match &self.state.flow.parameters {
            Some(parameters) => self.template(parameters, &selected)?,
            None => selected,
        };
        self.inspect(Stage::AfterParameters, &effective);
        Ok(effective)
    }

    /// A result through `ResultSelector`, `ResultPath` and `OutputPath`.
    pub(super) fn output(&self, result: Value) -> Result<Value, Failure> {
        let flow = &self.state.flow;
        let result = match &flow.result_selector {
            Some(selector) => self.template(selector, &result)?,
            None => result,
        };
        self.inspect(Stage::AfterResultSelector, &result);
        let output = self.place(&flow.result_path, result)?;
        self.inspect(Stage::AfterResultPath, &output);
        self.select(&flow.output_path, &output)
    }

    /// Puts a result into the raw input.
    pub(super) fn place(&self, result_path: &ResultPath, result: Value) -> Result<Value, Failure> {
        let path = match result_path {
            ResultPath::Replace => return Ok(result),
            ResultPath::Discard => return Ok(self.raw_input().clone()),
            ResultPath::At(path) => path,
        };
        path.put(self.raw_input().clone(), result).map_err(|error| {
            Failure::named(
                names::RESULT_PATH_MATCH_FAILURE,
                self.sentence(&error.to_string()),
            )
        })
    }

    /// Evaluates a payload template.
    pub(super) fn template(&self, template: &Template, input: &Value) -> Result<Value, Failure> {
        template
            .evaluate(&self.on(input), &mut || self.draw())
            .map_err(|error| self.evaluation_failure(&error))
    }

    /// Evaluates a field that takes a path or an intrinsic function.
    pub(super) fn expression(
        &self,
        expression: &Expression,
        field: &str,
        input: &Value,
    ) -> Result<Value, Failure> {
        expression
            .evaluate(field, &self.on(input), &mut || self.draw())
            .map_err(|error| self.evaluation_failure(&error))
    }

    fn select(&self, selection: &Selection, value: &Value) -> Result<Value, Failure> {
        match selection {
            Selection::Whole => Ok(value.clone()),
            Selection::Nothing => Ok(Object::new().into()),
            Selection::Path(path) => self.at(path, value),
        }
    }

    /// What a path selects, as `InputPath` and `OutputPath` report its absence.
    pub(super) fn at(&self, path: &Path, value: &Value) -> Result<Value, Failure> {
        path.evaluate(&self.on(value))
            .map_err(|failure| self.runtime(&format!("Invalid path '{path}' : {failure}")))
    }

    fn evaluation_failure(&self, error: &EvalError) -> Failure {
        match error.kind {
            ErrorKind::Runtime => self.runtime(&error.message),
            ErrorKind::IntrinsicFailure => {
                Failure::named(names::INTRINSIC_FAILURE, self.sentence(&error.message))
            }
        }
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
