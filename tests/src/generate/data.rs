//! Payloads, expressions over them, and what tasks make of them.

use sandstep_json::{Array, Object, Value};

use super::Generator;

/// Names that tasks fail with, and that retriers and catchers wait for.
const ERRORS: [&str; 11] = [
    "Boom",
    "Boom",
    "Other.Error",
    "States.TaskFailed",
    "States.Timeout",
    "States.HeartbeatTimeout",
    "States.DataLimitExceeded",
    "States.IntrinsicFailure",
    "States.Runtime",
    "States.ResultPathMatchFailure",
    "States.QueryEvaluationError",
];

/// Fields of templates that find something in a payload.
const FOUND: [&str; 14] = [
    "$.n",
    "$.t",
    "$.o",
    "$",
    "$.list[*].n",
    "$..n",
    "$$.State.Name",
    "$$.Execution.Id",
    "States.UUID()",
    "States.MathRandom(0, 100)",
    "States.Format('{} and {}', $.t, $.n)",
    "States.ArrayLength($.list)",
    "States.JsonToString($.o)",
    "States.Array($.n, $.t)",
];

/// Fields of templates that may find nothing or fail.
const DOUBTFUL: [&str; 5] = [
    "$.missing",
    "$$.Map.Item.Value",
    "States.StringToJson($.t)",
    "States.MathAdd($.n, 1)",
    "States.ArrayGetItem($.list, 1)",
];

impl Generator {
    pub(super) fn error(&mut self) -> &'static str {
        self.random.pick(&ERRORS)
    }

    /// An object of the common shape, with lists inside to this depth.
    pub(super) fn payload(&mut self, depth: usize) -> Value {
        let mut payload = Object::from([
            ("n", self.number()),
            ("t", self.random.pick(&["text", "{\"n\":1}", "Boom"]).into()),
            ("ok", self.random.chance(50).into()),
            ("wait", self.random.below(4).into()),
            ("when", self.moment().into()),
        ]);
        if depth > 0 {
            let items = self.random.below(5);
            let list: Array = (0..items).map(|_| self.payload(depth - 1)).collect();
            payload.insert("list", list);
            payload.insert("o", self.payload(depth - 1));
        }
        payload.into()
    }

    fn number(&mut self) -> Value {
        let number = self.random.pick(&["0", "1", "2", "3", "50", "-1", "1.5"]);
        Value::parse(number).expect("a number")
    }

    /// A moment around the first seconds of an execution.
    pub(super) fn moment(&mut self) -> String {
        let second = self.random.below(30);
        format!("2023-11-14T22:13:{:02}Z", 15 + second)
    }

    /// Seconds, in steps of a half.
    pub(super) fn duration(&mut self) -> Value {
        let seconds = self
            .random
            .pick(&["0", "0", "0.5", "1", "2", "3", "7.5", "100"]);
        Value::parse(seconds).expect("a number")
    }

    /// A template that keeps some of the common shape.
    pub(super) fn template(&mut self) -> Object {
        let mut template = Object::from([
            ("n.$", Value::from("$.n")),
            ("t.$", "$.t".into()),
            ("wait", 1.into()),
            ("list.$", "$.list".into()),
            ("o.$", "$.o".into()),
        ]);
        for name in ["x", "y"] {
            if self.random.chance(60) {
                template.insert(format!("{name}.$"), self.field());
            }
        }
        template
    }

    fn field(&mut self) -> String {
        match self.random.below(20) {
            0..3 => self.random.pick(&DOUBTFUL).to_owned(),
            3..5 => self.variable(),
            _ => self.random.pick(&FOUND).to_owned(),
        }
    }

    pub(super) fn item_selector(&mut self) -> Object {
        let item = self.random.pick(&[
            "$$.Map.Item.Value",
            "$$.Map.Item.Value",
            "States.StringToJson($$.Map.Item.Value.t)",
            "$$.Map.Item.Value.o",
        ]);
        self.template()
            .with("n.$", "$$.Map.Item.Index")
            .with("o.$", item)
    }

    /// A condition of a Choice rule, with others inside to this depth.
    pub(super) fn condition(&mut self, depth: usize) -> Object {
        match self.random.below(if depth > 0 { 8 } else { 5 }) {
            0 => comparison("$.n", "NumericGreaterThan", 1),
            1 => comparison("$.ok", "BooleanEquals", true),
            2 => comparison("$.t", "StringMatches", "t*"),
            3 => comparison("$.r", "IsPresent", self.random.chance(50)),
            4 => comparison("$.when", "TimestampLessThan", "2023-11-14T22:13:30Z"),
            5 => Object::from([("Not", self.condition(depth - 1))]),
            operator => {
                let operator = if operator == 6 { "And" } else { "Or" };
                let operands: Array = (0..2).map(|_| self.condition(depth - 1)).collect();
                Object::from([(operator, operands)])
            }
        }
    }

    /// What the attempts at one state's tasks do.
    pub(super) fn outcomes(&mut self) -> Array {
        let count = 1 + self.random.below(3);
        (0..count).map(|_| self.outcome()).collect()
    }

    fn outcome(&mut self) -> Object {
        let mut outcome = Object::from([("takes", self.duration())]);
        if self.random.chance(35) {
            let cause = self.random.pick(&["", "it broke"]);
            let thrown = Object::from([("error", self.error()), ("cause", cause)]);
            outcome.insert("throws", thrown);
        } else {
            outcome.insert("returns", self.result());
        }
        outcome
    }

    fn result(&mut self) -> Value {
        match self.random.below(10) {
            0 => self.number(),
            1 => Value::Null,
            2 => "x".repeat(2000).into(),
            3 => Array::from([1, 2]).into(),
            4..6 => self.payload(1),
            _ => "$".into(),
        }
    }
}

fn comparison(variable: &str, operator: &str, operand: impl Into<Value>) -> Object {
    Object::from([
        ("Variable", Value::from(variable)),
        (operator, operand.into()),
    ])
}
