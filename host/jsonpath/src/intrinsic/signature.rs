//! The functions and what they take.

use std::fmt;

use sandstep_json::Value;

/// An intrinsic function of the States Language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// `States.Array(value, …)`: an array of the arguments.
    Array,
    /// `States.ArrayContains(array, value)`: whether the value is an element.
    ArrayContains,
    /// `States.ArrayGetItem(array, index)`: an element, counted from 0.
    ArrayGetItem,
    /// `States.ArrayLength(array)`: how many elements there are.
    ArrayLength,
    /// `States.ArrayPartition(array, size)`: chunks of that size; the last may be shorter.
    ArrayPartition,
    /// `States.ArrayRange(first, last, step)`: at most 1,000 integers, `last` included.
    ArrayRange,
    /// `States.ArrayUnique(array)`: each element once, at its first place.
    ArrayUnique,
    /// `States.Base64Decode(text)`: text of at most 10,000 characters.
    Base64Decode,
    /// `States.Base64Encode(text)`: text of at most 10,000 characters.
    Base64Encode,
    /// `States.Format(template, value, …)`: the template with each `{}` replaced.
    Format,
    /// `States.Hash(data, algorithm)`: a digest of at most 10,000 characters in
    /// lower-case hexadecimal; MD5, SHA-1, SHA-256, SHA-384 or SHA-512.
    Hash,
    /// `States.JsonMerge(object, object, false)`: the members of both; the second one wins.
    JsonMerge,
    /// `States.JsonToString(value)`: the compact JSON text.
    JsonToString,
    /// `States.MathAdd(number, number)`: the sum of two integers of 32 bits.
    MathAdd,
    /// `States.MathRandom(start, end[, seed])`: an integer from `start` to `end` - 1.
    MathRandom,
    /// `States.StringSplit(text, delimiters)`: the parts between any of these characters;
    /// empty ones are left out.
    StringSplit,
    /// `States.StringToJson(text)`: the value that the JSON text stands for.
    StringToJson,
    /// `States.UUID()`: a random UUID, version 4.
    Uuid,
}

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Any,
    Array,
    Bool,
    Number,
    Object,
    String,
}

/// The parameters of a function.
pub(super) struct Signature {
    function: Function,
    pub(super) name: &'static str,
    required: &'static [Kind],
    rest: Rest,
}

/// What may follow the required parameters.
#[derive(Clone, Copy)]
enum Rest {
    Nothing,
    Optional(Kind),
    AnyNumber,
}

const fn takes(function: Function, name: &'static str, required: &'static [Kind]) -> Signature {
    Signature {
        function,
        name,
        required,
        rest: Rest::Nothing,
    }
}

const fn and(signature: Signature, rest: Rest) -> Signature {
    Signature { rest, ..signature }
}

static SIGNATURES: [Signature; 18] = {
    use Kind::*;
    [
        and(takes(Function::Array, "States.Array", &[]), Rest::AnyNumber),
        takes(
            Function::ArrayContains,
            "States.ArrayContains",
            &[Array, Any],
        ),
        takes(
            Function::ArrayGetItem,
            "States.ArrayGetItem",
            &[Array, Number],
        ),
        takes(Function::ArrayLength, "States.ArrayLength", &[Array]),
        takes(
            Function::ArrayPartition,
            "States.ArrayPartition",
            &[Array, Number],
        ),
        takes(
            Function::ArrayRange,
            "States.ArrayRange",
            &[Number, Number, Number],
        ),
        takes(Function::ArrayUnique, "States.ArrayUnique", &[Array]),
        takes(Function::Base64Decode, "States.Base64Decode", &[String]),
        takes(Function::Base64Encode, "States.Base64Encode", &[String]),
        and(
            takes(Function::Format, "States.Format", &[String]),
            Rest::AnyNumber,
        ),
        takes(Function::Hash, "States.Hash", &[Any, String]),
        takes(
            Function::JsonMerge,
            "States.JsonMerge",
            &[Object, Object, Bool],
        ),
        takes(Function::JsonToString, "States.JsonToString", &[Any]),
        takes(Function::MathAdd, "States.MathAdd", &[Number, Number]),
        and(
            takes(Function::MathRandom, "States.MathRandom", &[Number, Number]),
            Rest::Optional(Number),
        ),
        takes(
            Function::StringSplit,
            "States.StringSplit",
            &[String, String],
        ),
        takes(Function::StringToJson, "States.StringToJson", &[String]),
        takes(Function::Uuid, "States.UUID", &[]),
    ]
};

impl Function {
    /// The function of this name, `States.Format` for instance.
    pub fn from_name(name: &str) -> Option<Self> {
        let signature = SIGNATURES.iter().find(|signature| signature.name == name)?;
        Some(signature.function)
    }

    /// The name with its prefix, `States.Format` for instance.
    pub fn name(self) -> &'static str {
        self.signature().name
    }

    /// The names of all functions, in alphabetical order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SIGNATURES.iter().map(|signature| signature.name)
    }

    pub(super) fn signature(self) -> &'static Signature {
        SIGNATURES
            .iter()
            .find(|signature| signature.function == self)
            .expect("every function has a signature")
    }
}

impl Signature {
    /// What the argument at this index may be; `None` if there may be none.
    pub(super) fn kind(&self, index: usize) -> Option<Kind> {
        match (self.required.get(index), self.rest) {
            (Some(kind), _) => Some(*kind),
            (None, Rest::AnyNumber) => Some(Kind::Any),
            (None, Rest::Optional(kind)) if index == self.required.len() => Some(kind),
            (None, _) => None,
        }
    }

    /// Whether the function can be called with so many arguments.
    pub(super) fn takes(&self, count: usize) -> bool {
        count >= self.required.len() && (count == 0 || self.kind(count - 1).is_some())
    }

    /// "2", "2 or 3", "at least 1".
    pub(super) fn arity(&self) -> String {
        let required = self.required.len();
        match self.rest {
            Rest::Nothing => required.to_string(),
            Rest::Optional(_) => format!("{required} or {}", required + 1),
            Rest::AnyNumber => format!("at least {required}"),
        }
    }
}

impl Kind {
    pub(super) fn admits(self, value: &Value) -> bool {
        match self {
            Kind::Any => true,
            Kind::Array => value.is_array(),
            Kind::Bool => value.as_bool().is_some(),
            Kind::Number => value.as_number().is_some(),
            Kind::Object => value.is_object(),
            Kind::String => value.as_str().is_some(),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Any => "any value",
            Kind::Array => "an array",
            Kind::Bool => "a boolean",
            Kind::Number => "a number",
            Kind::Object => "an object",
            Kind::String => "a string",
        })
    }
}
