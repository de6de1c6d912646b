//! Intrinsic functions.

mod arguments;
mod arrays;
mod encoding;
mod format;
mod json;
mod math;
mod parse;
mod signature;
mod strings;

use sandstep_json::{Text, Value};

use crate::cursor::{Cursor, parse_whole};
use crate::expression::Scope;
use crate::{Draw, ErrorKind, EvalError, Path, PathError, PathFailure, Roots};
use arguments::Arguments;
use format::Format;
pub use signature::Function;

/// The longest result, as JSON text in bytes, that an intrinsic function may have:
/// four times what a state may pass on, since a result may be cut down by another function.
pub const MAX_OUTPUT: usize = 4 * 256 * 1024;

/// A call of an intrinsic function, compiled.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    text: Text,
    function: Function,
    arguments: Vec<Argument>,
}

#[derive(Clone, Debug, PartialEq)]
enum Argument {
    Path(Path),
    Literal(Value),
    /// The first argument of `States.Format`, where it is a literal.
    Format(Format),
    Call(Call),
}

/// What is wrong with the arguments of a function, without the function's name.
type Complaint = String;

impl Call {
    /// Reads a call; blanks around it and between its parts are ignored.
    ///
    /// Besides the syntax, this checks the name of the function, the number of arguments,
    /// and the types of those that are literals.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        parse_whole(text, Self::parse_at, "the end after the call")
    }

    fn parse_at(cursor: &mut Cursor<'_>) -> Result<Self, PathError> {
        parse::parse_call(cursor, 1)
    }

    /// The call as it was written, without blanks around it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Which function is called.
    pub fn function(&self) -> Function {
        self.function
    }

    /// Calls `visit` with the name of each variable that the arguments read.
    pub(crate) fn each_variable(&self, visit: &mut dyn FnMut(&str)) {
        for argument in &self.arguments {
            match argument {
                Argument::Path(path) => path.root().each_variable(visit),
                Argument::Call(call) => call.each_variable(visit),
                Argument::Literal(_) | Argument::Format(_) => {}
            }
        }
    }

    /// The function's result.
    pub fn evaluate(
        &self,
        roots: &(impl Roots + ?Sized),
        draw: Draw<'_>,
    ) -> Result<Value, EvalError> {
        self.evaluate_within(&mut Scope::new(roots, draw))
    }

    pub(crate) fn evaluate_within<R: Roots + ?Sized>(
        &self,
        scope: &mut Scope<'_, R>,
    ) -> Result<Value, EvalError> {
        let (format, arguments) = match self.arguments.split_first() {
            Some((Argument::Format(format), rest)) => (Some(format), rest),
            _ => (None, &self.arguments[..]),
        };
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.argument(argument, scope)?);
        }
        let result = match format {
            Some(format) => format.fill(&values),
            None => apply(self.function, &Arguments(values), scope.draw),
        };
        result
            .and_then(check_size)
            .map_err(|complaint| self.failure(&complaint))
    }

    fn argument<R: Roots + ?Sized>(
        &self,
        argument: &Argument,
        scope: &mut Scope<'_, R>,
    ) -> Result<Value, EvalError> {
        match argument {
            Argument::Path(path) => scope
                .follow(path)
                .map_err(|failure| self.failure(&path_complaint(&failure, scope.roots))),
            Argument::Literal(value) => Ok(value.clone()),
            Argument::Format(format) => Ok(format.source().into()),
            Argument::Call(call) => call.evaluate_within(scope),
        }
    }

    #[cold]
    fn failure(&self, complaint: &str) -> EvalError {
        let message = format!(
            "The function '{}' had the following error: {complaint}",
            self.text
        );
        EvalError {
            kind: ErrorKind::IntrinsicFailure,
            message,
        }
    }
}

#[cold]
fn path_complaint<R: Roots + ?Sized>(failure: &PathFailure, roots: &R) -> Complaint {
    if !failure.found_nothing() {
        return failure.invalid_path();
    }
    format!(
        "The JsonPath argument for the field '{}' could not be found in the input '{}'",
        failure.path(),
        roots.input().to_json()
    )
}

fn check_size(result: Value) -> Result<Value, Complaint> {
    if result.json_len() > MAX_OUTPUT {
        return Err(format!("the result is longer than {MAX_OUTPUT} bytes"));
    }
    Ok(result)
}

fn apply(function: Function, arguments: &Arguments, draw: Draw<'_>) -> Result<Value, Complaint> {
    match function {
        Function::Array => Ok(Value::Array(arguments.0.iter().collect())),
        Function::ArrayContains => arrays::contains(arguments),
        Function::ArrayGetItem => arrays::get_item(arguments),
        Function::ArrayLength => arrays::length(arguments),
        Function::ArrayPartition => arrays::partition(arguments),
        Function::ArrayRange => arrays::range(arguments),
        Function::ArrayUnique => arrays::unique(arguments),
        Function::Base64Decode => encoding::base64_decode(arguments),
        Function::Base64Encode => encoding::base64_encode(arguments),
        Function::Format => format::format(arguments),
        Function::Hash => encoding::hash(arguments),
        Function::JsonMerge => json::merge(arguments),
        Function::JsonToString => json::to_string(arguments),
        Function::MathAdd => math::add(arguments),
        Function::MathRandom => math::random(arguments, draw),
        Function::StringSplit => strings::split(arguments),
        Function::StringToJson => json::from_string(arguments),
        Function::Uuid => Ok(math::uuid(draw).into()),
    }
}
