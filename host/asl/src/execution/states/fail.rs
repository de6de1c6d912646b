use sandstep_json::Text;

use super::{Failure, Scope};
use crate::machine::{FailState, FailText};

impl Scope<'_> {
    /// The failure that a Fail state is for, or the one that its paths met.
    pub(super) fn failure(&self, fail: &FailState) -> Failure {
        let error = fail
            .error
            .as_ref()
            .map(|text| self.fail_text(text, "ErrorPath"))
            .transpose();
        let cause = fail
            .cause
            .as_ref()
            .map(|text| self.fail_text(text, "CausePath"))
            .transpose();
        match (error, cause) {
            (Ok(error), Ok(cause)) => Failure::new(error, cause),
            (Err(failure), _) | (_, Err(failure)) => failure,
        }
    }

    fn fail_text(&self, text: &FailText, field: &str) -> Result<Text, Failure> {
        let expression = match text {
            FailText::Constant(text) => return Ok(text.clone()),
            FailText::Jsonata(query) => return self.states_variable().text(query),
            FailText::Expression(expression) => expression,
        };
        let value = self.expression(expression, field, self.raw_input())?;
        value.as_text().cloned().ok_or_else(|| {
            self.runtime(&format!(
                "The {field} parameter does not reference a string value: {expression} == {value}"
            ))
        })
    }
}
