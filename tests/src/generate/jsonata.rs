//! States in JSONata.

use sandstep_json::{Array, Object, Value};

use super::{Generator, MAX_NESTING, states::Place};

/// What finds something in most payloads.
const FOUND: [&str; 8] = [
    "$states.input.n",
    "$states.context.State.Name",
    "$uuid()",
    "$random()",
    "$sum($states.input.list.n) + $states.input.n",
    "$string($states.input)",
    "$exists($states.input.missing)",
    "$states.input.list[n > 0].t",
];

/// What may find nothing, or fail.
const DOUBTFUL: [&str; 3] = [
    "$states.input.missing",
    "$states.input.t + 1",
    "$states.context.State.Name.n",
];

/// Keeps the common shape of what has it.
const KEPT: &str =
    "{% $type($states.input) = 'object' ? $merge([$states.input, {'x': 1}]) : $states.input %}";

impl Generator {
    pub(super) fn jsonata_state(&mut self, place: Place) -> Object {
        let may_nest = place.nesting() < MAX_NESTING;
        let mut state = match self.random.below(if place.is_last() { 9 } else { 7 }) {
            0 => self.begin("Pass", place),
            1 => self.jsonata_wait(place),
            2 if !place.is_last() => self.jsonata_choice(place),
            3 if may_nest => self.jsonata_parallel(place),
            4 if may_nest => self.jsonata_map(place),
            7 => Object::from([("Type", "Succeed")]),
            8 => return in_jsonata(self.jsonata_fail()),
            _ => self.jsonata_task(place),
        };
        if self.random.chance(60) {
            state.insert("Output", self.output());
        }
        if state.get("Type").and_then(Value::as_str) != Some("Succeed") {
            self.add_jsonata_assign(&mut state, place.is_first());
        }
        in_jsonata(state)
    }

    fn jsonata_wait(&mut self, place: Place) -> Object {
        let mut state = self.begin("Wait", place);
        match self.random.below(3) {
            0 => state.insert("Seconds", self.random.below(3)),
            1 => state.insert("Seconds", "{% $states.input.wait %}"),
            _ => state.insert("Timestamp", "{% $states.input.when %}"),
        };
        state
    }

    fn jsonata_choice(&mut self, place: Place) -> Object {
        let rules: Array = (0..1 + self.random.below(2))
            .map(|_| self.jsonata_rule(place))
            .collect();
        let mut state = Object::from([("Type", "Choice")]);
        state.insert("Choices", rules);
        state.insert("Default", place.next());
        state
    }

    fn jsonata_rule(&mut self, place: Place) -> Object {
        let condition = self.random.pick(&[
            "{% $states.input.n > 1 %}",
            "{% $states.input.ok %}",
            "{% $contains($states.input.t, /^t/) %}",
            "{% $count($states.input.list) < 2 %}",
        ]);
        let mut rule = Object::from([("Next", self.target(place))]);
        rule.insert("Condition", condition);
        self.add_jsonata_assign(&mut rule, place.is_first());
        if self.random.chance(30) {
            rule.insert("Output", self.output());
        }
        rule
    }

    fn jsonata_parallel(&mut self, place: Place) -> Object {
        let mut state = self.begin("Parallel", place);
        let branches = 1 + self.random.below(2);
        let branches: Array = (0..branches)
            .map(|_| self.scope(place.nesting() + 1))
            .collect();
        state.insert("Branches", branches);
        if self.random.chance(40) {
            state.insert("Arguments", KEPT);
        }
        self.add_jsonata_recovery(&mut state, place);
        state
    }

    fn jsonata_map(&mut self, place: Place) -> Object {
        let mut state = self.begin("Map", place);
        state.insert("ItemProcessor", self.scope(place.nesting() + 1));
        state.insert("Items", "{% $states.input.list %}");
        if self.random.chance(30) {
            let item = "{% $states.context.Map.Item.Value %}";
            let selector =
                Object::from([("o", item), ("n", "{% $states.context.Map.Item.Index %}")]);
            state.insert("ItemSelector", selector);
        }
        if self.random.chance(40) {
            state.insert("MaxConcurrency", "{% $states.input.wait %}");
        }
        if self.random.chance(20) {
            state.insert("ToleratedFailureCount", "{% $states.input.n %}");
        }
        self.add_jsonata_recovery(&mut state, place);
        state
    }

    fn jsonata_task(&mut self, place: Place) -> Object {
        let mut state = self.begin("Task", place);
        state.insert("Resource", "work");
        if self.random.chance(50) {
            state.insert("Arguments", self.output());
        }
        if self.random.chance(20) {
            state.insert("TimeoutSeconds", "{% $states.input.wait + 1 %}");
        }
        self.add_jsonata_recovery(&mut state, place);
        self.add_outcomes(place);
        state
    }

    fn jsonata_fail(&mut self) -> Object {
        Object::from([("Type", "Fail"), ("Error", "{% $states.input.t %}")])
    }

    /// `Retry` and `Catch`.
    fn add_jsonata_recovery(&mut self, state: &mut Object, place: Place) {
        if self.random.chance(25) {
            let retriers = self.recoverers(Self::retrier);
            state.insert("Retry", retriers);
        }
        if self.random.chance(40) {
            let catchers = self.recoverers(|generator| generator.jsonata_catcher(place));
            state.insert("Catch", catchers);
        }
    }

    fn jsonata_catcher(&mut self, place: Place) -> Object {
        let mut catcher = Object::from([("Next", self.target(place))]);
        if self.random.chance(70) {
            catcher.insert(
                "Output",
                self.random.pick(&[KEPT, "{% $states.errorOutput %}"]),
            );
        }
        if self.random.chance(40) {
            self.assign(&mut catcher, &[("", "{% $states.errorOutput.Error %}")]);
        }
        catcher
    }

    /// `Output` or `Arguments`.
    fn output(&mut self) -> Value {
        if self.random.chance(50) {
            return KEPT.into();
        }
        let mut output = Object::from([("n", "{% $states.input.n %}"), ("t", "text")]);
        output.insert("wait", 1);
        output.insert("list", Array::from(["{% $states.input %}"]));
        output.insert("x", format!("{{% {} %}}", self.jsonata_expression()));
        output.into()
    }

    fn jsonata_expression(&mut self) -> String {
        match self.random.below(10) {
            0 => self.random.pick(&DOUBTFUL).to_owned(),
            1..3 => self.variable(),
            _ => self.random.pick(&FOUND).to_owned(),
        }
    }
}

fn in_jsonata(state: Object) -> Object {
    state.with("QueryLanguage", "JSONata")
}
