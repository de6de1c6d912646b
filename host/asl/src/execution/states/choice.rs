use sandstep_json::Value;

use super::{Failure, Progress, Scope};
use crate::choice::Sight;
use crate::machine::{ChoiceState, RuleCondition, Transition};

impl Scope<'_> {
    /// The first rule that holds decides, and sets its own variables. Without
    /// one, the service reports `States.Runtime`, not the
    /// `States.NoChoiceMatched` of the language's text.
    pub(super) fn choice(&self, choice: &ChoiceState) -> Result<Progress, Failure> {
        let input = self.effective_input()?;
        let index = self.matching_rule(choice, &input)?;
        let rule = index.map(|index| &choice.rules[index]);
        let next = rule.map(|rule| rule.next).or(choice.default);
        let next = next.ok_or_else(|| self.no_way_on())?;
        self.inspect_rule(index);
        let (assign, output) = match rule {
            Some(rule) => (rule.assign.as_ref(), rule.output.as_ref()),
            None => (self.state.assign.as_ref(), self.state.flow.output()),
        };
        Ok(Progress::Exit {
            handover: self.pass_on_as(input, assign, output)?,
            next: Transition::Next(next),
        })
    }

    fn matching_rule(&self, choice: &ChoiceState, input: &Value) -> Result<Option<usize>, Failure> {
        let view = self.on(input);
        let (sight, states) = (Sight::new(&view), self.states_variable());
        for (index, rule) in choice.rules.iter().enumerate() {
            let holds = match &rule.condition {
                RuleCondition::Comparison(condition) => condition
                    .evaluate(&sight)
                    .map_err(|failure| self.runtime(&failure.to_string()))?,
                RuleCondition::Constant(holds) => *holds,
                RuleCondition::Jsonata(query) => states.boolean(query)?,
            };
            if holds {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn no_way_on(&self) -> Failure {
        self.runtime(
            "Failed to transition out of the state. The state does not point to a next state.",
        )
    }
}
