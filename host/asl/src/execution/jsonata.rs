//! Evaluating JSONata where a state stands.

use std::cell::{Cell, OnceCell, RefCell};

use sandstep_json::{Object, Text, Value};
use sandstep_jsonata::{Fault, Limits, Surroundings};

use super::{failure::Failure, flow::Handover, scope::Scope};
use crate::{
    jsonata::{Query, Template},
    machine::Payload,
};

/// How many bytes the values may have together that the expressions of one
/// template yield. No payload of the service comes near.
const TEMPLATE_BYTES: usize = 64 * 1024 * 1024;

/// The reserved variable `$states` at one point of a state, and the expressions
/// that are evaluated there (States Language, "Reserved variable: $states").
///
/// It is made when an expression first refers to it. The context object is in it
/// only where an expression can see it: making one costs more than most
/// expressions do.
pub(super) struct StatesVariable<'a> {
    scope: &'a Scope<'a>,
    /// The result of the state's task, branches or iterations, once there is one.
    result: Option<&'a Value>,
    /// What failed, in a catcher.
    error_output: Option<&'a Value>,
    plain: OnceCell<Value>,
    with_context: OnceCell<Value>,
    /// What is left for the expressions to come: they share their steps, since
    /// a definition may have very many of them.
    limits: RefCell<Limits>,
    /// Bytes of the values that expressions yielded so far.
    spent: Cell<usize>,
}

/// What one expression sees.
struct Sight<'a> {
    states: &'a StatesVariable<'a>,
    query: &'a Query,
}

impl Scope<'_> {
    pub(super) fn states_variable(&self) -> StatesVariable<'_> {
        StatesVariable {
            scope: self,
            result: None,
            error_output: None,
            plain: OnceCell::new(),
            with_context: OnceCell::new(),
            limits: RefCell::default(),
            spent: Cell::new(0),
        }
    }
}

impl<'a> StatesVariable<'a> {
    /// The same, once there is a result.
    pub(super) fn with_result(self, result: &'a Value) -> Self {
        let result = Some(result);
        Self { result, ..self }
    }

    /// The same, in a catcher.
    pub(super) fn with_error_output(self, error_output: &'a Value) -> Self {
        let error_output = Some(error_output);
        Self {
            error_output,
            ..self
        }
    }

    /// What `Assign` and `Output` make of the state. Both see the variables as
    /// they were on entering it.
    pub(super) fn hand_over(
        &self,
        assign: Option<&Payload>,
        output: Option<&Template>,
        default: impl FnOnce() -> Value,
    ) -> Result<Handover, Failure> {
        let assigned = match assign {
            Some(Payload::Jsonata(assign)) => self.scope.checked(self.template(assign)?)?,
            _ => None,
        };
        let output = match output {
            Some(output) => self.template(output)?,
            None => default(),
        };
        Ok(Handover { output, assigned })
    }

    pub(super) fn template(&self, template: &Template) -> Result<Value, Failure> {
        template.evaluate(&mut |query| self.value(query))
    }

    /// What an expression yields, which must be something.
    pub(super) fn value(&self, query: &Query) -> Result<Value, Failure> {
        let sight = Sight {
            states: self,
            query,
        };
        let mut limits = self.limits.borrow_mut();
        let value = query.expression.evaluate_within(&sight, &mut limits);
        let value = value.map_err(|fault| self.thrown(query, &fault))?;
        let value = value.ok_or_else(|| self.undefined(query))?;
        self.spent
            .set(self.spent.get().saturating_add(value.json_len()));
        if self.spent.get() > TEMPLATE_BYTES {
            return Err(Failure::data_limit(&self.scope.state.name));
        }
        Ok(value)
    }

    pub(super) fn boolean(&self, query: &Query) -> Result<bool, Failure> {
        let value = self.value(query)?;
        let boolean = value.as_bool();
        boolean.ok_or_else(|| self.unexpected(query, "boolean", &value))
    }

    pub(super) fn text(&self, query: &Query) -> Result<Text, Failure> {
        let value = self.value(query)?;
        let text = value.as_text().cloned();
        text.ok_or_else(|| self.unexpected(query, "string", &value))
    }

    pub(super) fn number(&self, query: &Query) -> Result<f64, Failure> {
        let value = self.value(query)?;
        let number = value.as_number().map(|number| number.as_f64());
        number.ok_or_else(|| self.unexpected(query, "number", &value))
    }

    /// A whole number of at least `least`.
    pub(super) fn integer(&self, query: &Query, least: u64) -> Result<u64, Failure> {
        let value = self.value(query)?;
        let Some(number) = value.as_number() else {
            return Err(self.unexpected(query, "number", &value));
        };
        let integer = number
            .to_integer()
            .and_then(|number| number.try_into().ok());
        integer.filter(|&integer| integer >= least).ok_or_else(|| {
            let location = &query.location;
            let sentence =
                format!("The {location} field must be an integer of at least {least}: {value}");
            self.scope.query_failure(&sentence, Some(location))
        })
    }

    pub(super) fn unexpected(&self, query: &Query, expected: &str, value: &Value) -> Failure {
        let what = format!(
            "returned an unexpected result type. Expected '{expected}', but was '{}' for value: {value}",
            value.type_name(),
        );
        self.failure(query, &what)
    }

    fn undefined(&self, query: &Query) -> Failure {
        self.failure(query, "returned nothing (undefined).")
    }

    fn thrown(&self, query: &Query, fault: &Fault) -> Failure {
        let what = match exceeded(fault) {
            Some(bound) => format!("threw an error during evaluation: {bound}"),
            None => {
                let message = capitalized(&fault.message);
                format!(
                    "threw an error during evaluation. {}: {message}",
                    fault.code
                )
            }
        };
        self.failure(query, &what)
    }

    fn failure(&self, query: &Query, what: &str) -> Failure {
        let (text, location) = (query.expression.text(), &query.location);
        let sentence =
            format!("The JSONata expression '{text}' specified for the field '{location}' {what}");
        self.scope.query_failure(&sentence, Some(location))
    }

    fn reserved(&self, sees_context: bool) -> &Value {
        match sees_context {
            true => self.with_context.get_or_init(|| self.build(true)),
            false => self.plain.get_or_init(|| self.build(false)),
        }
    }

    fn build(&self, sees_context: bool) -> Value {
        let mut states = Object::from([("input", self.scope.raw_input().clone())]);
        let others = [("result", self.result), ("errorOutput", self.error_output)];
        for (name, value) in others {
            if let Some(value) = value {
                states.insert(name, value.clone());
            }
        }
        if sees_context {
            states.insert("context", self.scope.context().clone());
        }
        states.into()
    }
}

/// What the service says of an evaluation that goes beyond a bound; its errors of
/// that kind have no code.
fn exceeded(fault: &Fault) -> Option<&'static str> {
    match fault.code {
        "D1011" => Some(
            "Stack overflow error: Check for non-terminating recursive function.  Consider \
             rewriting as tail-recursive.",
        ),
        "D1012" => Some("Expression evaluation timeout: Check for infinite loop"),
        "D1014" | "D1015" => {
            Some("Expression evaluation memory limit exceeded: Check for excessive memory usage")
        }
        _ => None,
    }
}

/// A message as the service writes it, with a capital letter.
fn capitalized(message: &str) -> String {
    let mut chars = message.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

impl Surroundings for Sight<'_> {
    fn variable(&self, name: &str) -> Option<Value> {
        match name {
            "states" => Some(self.states.reserved(self.query.sees_context).clone()),
            _ => self.states.scope.variable(name).cloned(),
        }
    }

    fn now(&self) -> i64 {
        self.states.scope.now().as_millis()
    }

    fn draw(&self) -> u64 {
        self.states.scope.draw()
    }
}

impl Scope<'_> {
    /// A failure of a state's expressions, or of what they yield.
    pub(super) fn query_failure(&self, sentence: &str, location: Option<&Text>) -> Failure {
        Failure::query_evaluation(self.sentence(sentence), location.cloned())
    }
}
