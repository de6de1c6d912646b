//! The fields that several state types share, and those of Tasks and Maps.

use sandstep_json::{Array, Object, Value};

use super::{Generator, states::Place};

impl Generator {
    /// `InputPath` and `OutputPath`.
    pub(super) fn add_paths(&mut self, state: &mut Object) {
        for field in ["InputPath", "OutputPath"] {
            if self.random.chance(8) {
                state.insert(field, self.selection());
            }
        }
    }

    fn selection(&mut self) -> Value {
        let path = self.random.pick(&[
            "$",
            "$.o",
            "$.list[0]",
            "$.list",
            "$$.Execution.Input",
            "$.missing",
            "",
        ]);
        if path.is_empty() {
            return Value::Null;
        }
        path.into()
    }

    pub(super) fn add_parameters(&mut self, state: &mut Object) {
        if self.random.chance(20) {
            state.insert("Parameters", self.template());
        }
    }

    pub(super) fn add_result_selector(&mut self, state: &mut Object) {
        if self.random.chance(10) {
            let path = self.random.pick(&["$", "$[0]", "$.n", "$.missing"]);
            state.insert("ResultSelector", Object::from([("v.$", path)]));
        }
    }

    pub(super) fn add_result_path(&mut self, state: &mut Object, percent: usize) {
        if self.random.chance(percent) {
            state.insert("ResultPath", self.result_path());
        }
    }

    fn result_path(&mut self) -> Value {
        match self.random.below(20) {
            0 => Value::Null,
            1 => "$".into(),
            2 => "$.t.x".into(),
            3 => "$.o.r".into(),
            4 => "$.list[0]".into(),
            _ => "$.r".into(),
        }
    }

    /// A Task's `Resource`, and its input.
    pub(super) fn add_work(&mut self, state: &mut Object) {
        match self.random.below(8) {
            0 => {
                state.insert("Resource", "arn:aws:states:::lambda:invoke");
                let event = Object::from([("FunctionName", "work"), ("Payload.$", "$")]);
                state.insert("Parameters", event);
            }
            1 => {
                state.insert("Resource", "arn:aws:states:::sqs:sendMessage");
                self.add_parameters(state);
            }
            _ => {
                state.insert("Resource", "work");
                self.add_parameters(state);
            }
        }
        if self.random.chance(5) {
            let role = Object::from([("RoleArn.$", self.random.pick(&["$.t", "$.missing"]))]);
            state.insert("Credentials", role);
        }
    }

    pub(super) fn add_task_times(&mut self, state: &mut Object) {
        let heartbeat = 1 + self.random.below(2);
        if self.random.chance(20) {
            state.insert("HeartbeatSeconds", heartbeat);
        }
        if self.random.chance(5) {
            state.insert("TimeoutSecondsPath", "$.wait");
        } else if self.random.chance(30) {
            state.insert("TimeoutSeconds", heartbeat + 1 + self.random.below(3));
        }
    }

    /// A Map's items and how many of them run at a time.
    pub(super) fn add_items(&mut self, state: &mut Object) {
        let items = self.random.pick(&[
            "$.list",
            "$.list",
            "$.list",
            "$$.Execution.Input.list",
            "$.r",
        ]);
        state.insert("ItemsPath", items);
        if self.random.chance(30) {
            let field = self.random.pick(&["ItemSelector", "Parameters"]);
            state.insert(field, self.item_selector());
        }
        if self.random.chance(10) {
            state.insert("MaxConcurrencyPath", "$.wait");
        } else if self.random.chance(50) {
            state.insert("MaxConcurrency", self.random.below(4));
        }
    }

    pub(super) fn add_tolerance(&mut self, state: &mut Object) {
        match self.random.below(10) {
            0 => state.insert("ToleratedFailureCount", self.random.below(3)),
            1 => state.insert("ToleratedFailurePercentage", self.random.below(101)),
            2 => state.insert("ToleratedFailureCountPath", "$.n"),
            3 => state.insert("ToleratedFailurePercentagePath", "$.n"),
            _ => None,
        };
    }

    /// `Retry` and `Catch`.
    pub(super) fn add_recovery(&mut self, state: &mut Object, place: Place) {
        if self.random.chance(35) {
            let retriers = self.recoverers(Self::retrier);
            state.insert("Retry", retriers);
        }
        if self.random.chance(35) {
            let catchers = self.recoverers(|generator| generator.catcher(place));
            state.insert("Catch", catchers);
        }
    }

    /// A list in which the last element alone may match all errors.
    pub(super) fn recoverers(&mut self, mut make: impl FnMut(&mut Self) -> Object) -> Array {
        let mut list = Vec::new();
        for _ in 0..self.random.below(3) {
            let errors: Array = (0..1 + self.random.below(2))
                .map(|_| self.error())
                .collect();
            list.push(make(self).with("ErrorEquals", errors));
        }
        if list.is_empty() || self.random.chance(50) {
            list.push(make(self).with("ErrorEquals", Array::from(["States.ALL"])));
        }
        list.into_iter().collect()
    }

    pub(super) fn retrier(&mut self) -> Object {
        let mut retrier = Object::new();
        let interval = 1 + self.random.below(3);
        if self.random.chance(60) {
            retrier.insert("IntervalSeconds", interval);
        }
        if self.random.chance(70) {
            retrier.insert("MaxAttempts", self.random.below(4));
        }
        if self.random.chance(40) {
            let rate = self.random.pick(&["1.0", "1.5", "3", "1e300"]);
            retrier.insert("BackoffRate", Value::parse(rate).expect("a number"));
        }
        if self.random.chance(40) {
            retrier.insert("MaxDelaySeconds", 4 + self.random.below(3));
        }
        if self.random.chance(30) {
            retrier.insert("JitterStrategy", "FULL");
        }
        retrier
    }

    fn catcher(&mut self, place: Place) -> Object {
        let mut catcher = Object::from([("Next", self.target(place))]);
        self.add_result_path(&mut catcher, 70);
        if self.random.chance(30) {
            self.assign(&mut catcher, &[(".$", "$.Error")]);
        }
        catcher
    }
}
