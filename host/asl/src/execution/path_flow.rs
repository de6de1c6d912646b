//! The data flow of states in JSONPath (States Language, "Input and Output
//! Processing").

use sandstep_json::{Object, Value};
use sandstep_jsonpath::{ErrorKind, EvalError, Expression, Path, Template};

use super::{
    failure::{Failure, names},
    flow::Handover,
    inspection::Stage,
    scope::Scope,
};
use crate::machine::{PathFlow, Payload, ResultPath, Selection};

impl Scope<'_> {
    /// The raw input through `InputPath`. A path that selects a value in each
    /// value around it can make much of little.
    pub(super) fn selected_input(&self, flow: &PathFlow) -> Result<Value, Failure> {
        let selected = self.select(&flow.input_path, self.raw_input())?;
        self.inspect(Stage::AfterInputPath, &selected);
        self.within_limit(selected)
    }

    /// What `Parameters` makes of the selected input.
    pub(super) fn parameters(&self, flow: &PathFlow, selected: Value) -> Result<Value, Failure> {
        let input = match &flow.parameters {
            Some(parameters) => self.template(parameters, &selected)?,
            None => selected,
        };
        self.inspect(Stage::AfterParameters, &input);
        Ok(input)
    }

    /// A result through `ResultSelector`, `Assign`, `ResultPath` and
    /// `OutputPath`. `Assign` sees what `ResultPath` puts into the input
    /// (recorded), and all see the variables as they were on entering the state.
    pub(super) fn shaped(
        &self,
        flow: &PathFlow,
        assign: Option<&Payload>,
        result: Value,
    ) -> Result<Handover, Failure> {
        let result = match &flow.result_selector {
            Some(selector) => self.template(selector, &result)?,
            None => result,
        };
        self.inspect(Stage::AfterResultSelector, &result);
        let assigned = self.assigned(assign, &result)?;
        let placed = self.place(&flow.result_path, result)?;
        self.inspect(Stage::AfterResultPath, &placed);
        let output = match &flow.output_path {
            Selection::Whole => placed,
            selection => self.select(selection, &placed)?,
        };
        Ok(Handover { output, assigned })
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
}
