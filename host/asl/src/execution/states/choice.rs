use super::{Failure, Progress, Scope};
use crate::choice::Sight;
use crate::machine::{ChoiceState, StateId, Transition};

impl Scope<'_> {
    pub(super) fn choice(&self, choice: &ChoiceState) -> Result<Progress, Failure> {
        let input = self.effective_input()?;
        let next = self.choose(choice, &input)?;
        Ok(Progress::Exit {
            output: self.output(input)?,
            next: Transition::Next(next),
        })
    }

    /// The first rule that holds decides. Without one, the service reports
    /// `States.Runtime`, not the `States.NoChoiceMatched` of the language's text.
    fn choose(
        &self,
        choice: &ChoiceState,
        input: &sandstep_json::Value,
    ) -> Result<StateId, Failure> {
        let view = self.on(input);
        let sight = Sight::new(&view);
        for (index, rule) in choice.rules.iter().enumerate() {
            let holds = rule.condition.evaluate(&sight);
            if holds.map_err(|failure| self.runtime(&failure.to_string()))? {
                self.inspect_rule(Some(index));
                return Ok(rule.next);
            }
        }
        if choice.default.is_some() {
            self.inspect_rule(None);
        }
        choice.default.ok_or_else(|| {
            self.runtime(
                "Failed to transition out of the state. The state does not point to a next state.",
            )
        })
    }
}
