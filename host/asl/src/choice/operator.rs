//! The comparison operators by name.

use std::cmp::Ordering;

use sandstep_json::Value;

use crate::moment::Moment;

/// A comparison operator, without its operand.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operator {
    String(Relation),
    StringPath(Relation),
    Numeric(Relation),
    NumericPath(Relation),
    Timestamp(Relation),
    TimestampPath(Relation),
    Boolean,
    BooleanPath,
    Matches,
    Is(Class),
}

/// How the variable must stand to the operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

/// What `IsNull` and its kin ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Present,
    Null,
    Numeric,
    String,
    Boolean,
    Timestamp,
}

use Operator as O;
use Relation::{Equals, GreaterThan, GreaterThanEquals, LessThan, LessThanEquals};

/// Every comparison operator of the language (States Language, "Data-test expression").
pub(crate) const OPERATORS: [(&str, Operator); 39] = [
    ("StringEquals", O::String(Equals)),
    ("StringEqualsPath", O::StringPath(Equals)),
    ("StringLessThan", O::String(LessThan)),
    ("StringLessThanPath", O::StringPath(LessThan)),
    ("StringGreaterThan", O::String(GreaterThan)),
    ("StringGreaterThanPath", O::StringPath(GreaterThan)),
    ("StringLessThanEquals", O::String(LessThanEquals)),
    ("StringLessThanEqualsPath", O::StringPath(LessThanEquals)),
    ("StringGreaterThanEquals", O::String(GreaterThanEquals)),
    (
        "StringGreaterThanEqualsPath",
        O::StringPath(GreaterThanEquals),
    ),
    ("StringMatches", O::Matches),
    ("NumericEquals", O::Numeric(Equals)),
    ("NumericEqualsPath", O::NumericPath(Equals)),
    ("NumericLessThan", O::Numeric(LessThan)),
    ("NumericLessThanPath", O::NumericPath(LessThan)),
    ("NumericGreaterThan", O::Numeric(GreaterThan)),
    ("NumericGreaterThanPath", O::NumericPath(GreaterThan)),
    ("NumericLessThanEquals", O::Numeric(LessThanEquals)),
    ("NumericLessThanEqualsPath", O::NumericPath(LessThanEquals)),
    ("NumericGreaterThanEquals", O::Numeric(GreaterThanEquals)),
    (
        "NumericGreaterThanEqualsPath",
        O::NumericPath(GreaterThanEquals),
    ),
    ("BooleanEquals", O::Boolean),
    ("BooleanEqualsPath", O::BooleanPath),
    ("TimestampEquals", O::Timestamp(Equals)),
    ("TimestampEqualsPath", O::TimestampPath(Equals)),
    ("TimestampLessThan", O::Timestamp(LessThan)),
    ("TimestampLessThanPath", O::TimestampPath(LessThan)),
    ("TimestampGreaterThan", O::Timestamp(GreaterThan)),
    ("TimestampGreaterThanPath", O::TimestampPath(GreaterThan)),
    ("TimestampLessThanEquals", O::Timestamp(LessThanEquals)),
    (
        "TimestampLessThanEqualsPath",
        O::TimestampPath(LessThanEquals),
    ),
    (
        "TimestampGreaterThanEquals",
        O::Timestamp(GreaterThanEquals),
    ),
    (
        "TimestampGreaterThanEqualsPath",
        O::TimestampPath(GreaterThanEquals),
    ),
    ("IsNull", O::Is(Class::Null)),
    ("IsPresent", O::Is(Class::Present)),
    ("IsNumeric", O::Is(Class::Numeric)),
    ("IsString", O::Is(Class::String)),
    ("IsBoolean", O::Is(Class::Boolean)),
    ("IsTimestamp", O::Is(Class::Timestamp)),
];

impl Relation {
    pub(super) fn holds(self, ordering: Ordering) -> bool {
        match self {
            Equals => ordering.is_eq(),
            LessThan => ordering.is_lt(),
            LessThanEquals => ordering.is_le(),
            GreaterThan => ordering.is_gt(),
            GreaterThanEquals => ordering.is_ge(),
        }
    }
}

impl Class {
    /// Whether a value, which is present, belongs to the class.
    pub(super) fn contains(self, value: &Value) -> bool {
        match self {
            Self::Present => true,
            Self::Null => value.is_null(),
            Self::Numeric => value.as_number().is_some(),
            Self::String => value.as_str().is_some(),
            Self::Boolean => value.as_bool().is_some(),
            Self::Timestamp => value.as_str().and_then(Moment::parse).is_some(),
        }
    }
}
