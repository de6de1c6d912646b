//! Random cases, in the form of the files in `tests/cases`.
//!
//! Every definition is valid. Payloads have a common shape and most paths follow
//! it, so that executions come far before something fails.

mod data;
mod fields;
mod jsonata;
mod states;
mod variables;

use sandstep_json::{Object, Value};

use crate::random::Random;

/// How deep Parallel and Map states may stand inside one another.
const MAX_NESTING: usize = 4;

/// The longest history. It ends the machines that loop for ever.
const MAX_EVENTS: usize = 400;

/// The case of a seed.
pub fn case(seed: u64) -> Value {
    let mut generator = Generator {
        random: Random::new(seed),
        states: 0,
        scopes: Vec::new(),
        tasks: Object::new(),
    };
    generator.case().into()
}

/// What is being generated.
struct Generator {
    random: Random,
    /// How many states there are so far; their names are numbered.
    states: usize,
    /// The scopes around what is generated, by the numbers of their first states.
    scopes: Vec<usize>,
    /// What each Task state's tasks do.
    tasks: Object,
}

impl Generator {
    fn case(&mut self) -> Object {
        let mut case = Object::from([("definition", self.machine())]);
        case.insert("input", self.payload(2));
        case.insert("limits", self.limits());
        case.insert("tasks", std::mem::take(&mut self.tasks));
        if self.random.chance(20) {
            case.insert("type", "EXPRESS");
        }
        if self.random.chance(15) {
            case.insert("stop", self.stop());
        }
        case
    }

    fn machine(&mut self) -> Object {
        let mut machine = self.scope(0);
        if self.random.chance(15) {
            machine.insert("TimeoutSeconds", self.random.pick(&[1, 2, 5, 20]));
        }
        machine
    }

    fn limits(&mut self) -> Object {
        let mut limits = Object::new();
        let events = if self.random.chance(15) {
            1 + self.random.below(80)
        } else {
            MAX_EVENTS
        };
        limits.insert("history_events", events);
        if self.random.chance(15) {
            limits.insert("payload_bytes", 200 + self.random.below(3000));
        }
        if self.random.chance(5) {
            limits.insert("variable_bytes", 100 + self.random.below(2000));
        }
        if self.random.chance(40) {
            limits.insert("threads", 1 + self.random.below(8));
        }
        if self.random.chance(30) {
            limits.insert("inline_concurrency", 1 + self.random.below(4));
        }
        limits
    }

    fn stop(&mut self) -> Object {
        let mut stop = Object::from([("after", self.duration())]);
        if self.random.chance(50) {
            stop.insert("error", "Stopped");
            stop.insert("cause", "by hand");
        }
        stop
    }
}
