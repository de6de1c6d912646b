//! Variables: each scope has one, which its first state sets, and which the
//! scopes inside it read.

use sandstep_json::{Object, Value};

use super::Generator;

impl Generator {
    /// `Assign`, always in the first state of a scope.
    pub(super) fn add_assign(&mut self, state: &mut Object, is_first: bool) {
        if is_first || self.random.chance(15) {
            let value = self
                .random
                .pick(&["$", "$.n", "$$.State.Name", "States.MathRandom(0, 9)"]);
            self.assign(state, &[(".$", value)]);
        }
    }

    /// The same in JSONata.
    pub(super) fn add_jsonata_assign(&mut self, state: &mut Object, is_first: bool) {
        if is_first || self.random.chance(25) {
            let value = self.random.pick(&[
                "{% $states.input %}",
                "{% $random() %}",
                "{% $states.context.State.Name %}",
                "{% $count($states.input.list) %}",
            ]);
            self.assign(state, &[("", value)]);
        }
    }

    /// Sets the innermost scope's variable.
    pub(super) fn assign(&mut self, owner: &mut Object, values: &[(&str, &str)]) {
        let name = self.scopes.last().map(|scope| format!("v{scope}"));
        let name = name.expect("a state stands in a scope");
        let members = values
            .iter()
            .map(|(ending, value)| (format!("{name}{ending}"), Value::from(*value)));
        owner.insert("Assign", members.collect::<Object>());
    }

    /// The variable of a scope around, which may have been set.
    pub(super) fn variable(&mut self) -> String {
        let depth = self.random.below(self.scopes.len());
        format!("$v{}", self.scopes[depth])
    }
}
