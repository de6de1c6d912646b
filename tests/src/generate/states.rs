//! Scopes and their states.

use sandstep_json::{Array, Object, Value};

use super::{Generator, MAX_NESTING};

/// A state's place among the states of its scope.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The number in the name of the scope's first state.
    first: usize,
    index: usize,
    count: usize,
    /// How many scopes there are around this one.
    nesting: usize,
}

impl Place {
    fn name(self, index: usize) -> String {
        format!("S{}", self.first + index)
    }

    pub(super) fn is_first(self) -> bool {
        self.index == 0
    }

    pub(super) fn is_last(self) -> bool {
        self.index + 1 == self.count
    }

    pub(super) fn nesting(self) -> usize {
        self.nesting
    }

    /// The name of the state that follows in the chain.
    pub(super) fn next(self) -> String {
        self.name(self.index + 1)
    }
}

impl Generator {
    /// `StartAt` and `States`: a chain, in which choices and catchers jump about.
    pub(super) fn scope(&mut self, nesting: usize) -> Object {
        let count = 1 + self.random.below(if nesting == 0 { 5 } else { 3 });
        let first = self.states + 1;
        self.states += count;
        self.scopes.push(first);
        let mut states = Object::new();
        for index in 0..count {
            let place = Place {
                first,
                index,
                count,
                nesting,
            };
            let state = self.state(place);
            states.insert(place.name(index), state);
        }
        self.scopes.pop();
        Object::from([
            ("StartAt", Value::from(format!("S{first}"))),
            ("States", states.into()),
        ])
    }

    fn state(&mut self, place: Place) -> Object {
        if self.random.chance(20) {
            return self.jsonata_state(place);
        }
        let mut state = self.path_state(place);
        let kind = state.get("Type").and_then(Value::as_str);
        if !matches!(kind, Some("Succeed" | "Fail")) {
            self.add_assign(&mut state, place.is_first());
        }
        state
    }

    fn path_state(&mut self, place: Place) -> Object {
        let is_compound =
            place.nesting < MAX_NESTING && self.random.chance(45 - 10 * place.nesting);
        if is_compound {
            return if self.random.chance(50) {
                self.parallel(place)
            } else {
                self.map(place)
            };
        }
        match self.random.below(if place.is_last() { 14 } else { 12 }) {
            0..3 => self.pass(place),
            3..5 => self.wait(place),
            5..7 if !place.is_last() => self.choice(place),
            12 => Object::from([("Type", "Succeed")]),
            13 => self.fail(),
            _ => self.task(place),
        }
    }

    /// The beginning of a state of this type, with what follows it.
    pub(super) fn begin(&mut self, kind: &str, place: Place) -> Object {
        let mut state = Object::from([("Type", kind)]);
        if place.is_last() {
            state.insert("End", true);
        } else {
            state.insert("Next", place.name(place.index + 1));
        }
        state
    }

    fn pass(&mut self, place: Place) -> Object {
        let mut state = self.begin("Pass", place);
        if self.random.chance(20) {
            state.insert("Result", self.payload(1));
        }
        self.add_paths(&mut state);
        self.add_parameters(&mut state);
        self.add_result_path(&mut state, 40);
        state
    }

    fn wait(&mut self, place: Place) -> Object {
        let mut state = self.begin("Wait", place);
        match self.random.below(4) {
            0 => state.insert("Seconds", self.random.below(5)),
            1 => state.insert("SecondsPath", "$.wait"),
            2 => state.insert("Timestamp", self.moment()),
            _ => state.insert("TimestampPath", "$.when"),
        };
        self.add_paths(&mut state);
        state
    }

    fn choice(&mut self, place: Place) -> Object {
        let onward = place.name(place.index + 1);
        let mut rules: Vec<Value> = (0..1 + self.random.below(2))
            .map(|_| {
                let next = place.name(self.random.below(place.count));
                let mut rule = self.condition(2).with("Next", next);
                self.add_assign(&mut rule, place.is_first());
                rule.into()
            })
            .collect();
        let mut state = Object::from([("Type", "Choice")]);
        if self.random.chance(90) {
            state.insert("Default", onward);
        } else {
            rules.push(self.condition(0).with("Next", onward).into());
        }
        state.insert("Choices", Array::from(rules));
        state
    }

    fn fail(&mut self) -> Object {
        let mut state = Object::from([("Type", "Fail")]);
        match self.random.below(4) {
            0 => {}
            1 => {
                state.insert("ErrorPath", "$.t");
                state.insert("CausePath", "States.Format('n is {}', $.n)");
            }
            _ => {
                state.insert("Error", self.error());
                state.insert("Cause", "it said so");
            }
        }
        state
    }

    fn task(&mut self, place: Place) -> Object {
        let mut state = self.begin("Task", place);
        self.add_work(&mut state);
        self.add_task_times(&mut state);
        self.add_paths(&mut state);
        self.add_result_selector(&mut state);
        self.add_result_path(&mut state, 60);
        self.add_recovery(&mut state, place);
        self.add_outcomes(place);
        state
    }

    /// What the state's tasks do.
    pub(super) fn add_outcomes(&mut self, place: Place) {
        let outcomes = self.outcomes();
        self.tasks.insert(place.name(place.index), outcomes);
    }

    fn parallel(&mut self, place: Place) -> Object {
        let mut state = self.begin("Parallel", place);
        let branches = 1 + self.random.below(3);
        let branches: Array = (0..branches)
            .map(|_| self.scope(place.nesting + 1))
            .collect();
        state.insert("Branches", branches);
        self.add_paths(&mut state);
        self.add_parameters(&mut state);
        self.add_result_selector(&mut state);
        self.add_result_path(&mut state, 85);
        self.add_recovery(&mut state, place);
        state
    }

    fn map(&mut self, place: Place) -> Object {
        let mut state = self.begin("Map", place);
        let processor = self.random.pick(&["ItemProcessor", "Iterator"]);
        state.insert(processor, self.scope(place.nesting + 1));
        self.add_items(&mut state);
        self.add_tolerance(&mut state);
        self.add_paths(&mut state);
        self.add_result_selector(&mut state);
        self.add_result_path(&mut state, 85);
        self.add_recovery(&mut state, place);
        state
    }

    /// The name of any state of the scope.
    pub(super) fn target(&mut self, place: Place) -> String {
        place.name(self.random.below(place.count))
    }
}
