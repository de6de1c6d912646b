//! Conditions of Choice states (States Language, "Choice State").

mod operator;
mod pattern;
#[cfg(test)]
mod recordings;

use std::cmp::Ordering;

use jiff::Timestamp;
use sandstep_json::{Number, Text, Value};
use sandstep_jsonpath::{Path, Roots};

use crate::moment;

pub(crate) use operator::{Class, OPERATORS, Operator, Relation};
pub(crate) use pattern::Pattern;

/// What a choice rule asks of its input.
#[derive(Debug)]
pub(crate) enum Condition {
    And(Box<[Condition]>),
    Or(Box<[Condition]>),
    Not(Box<Condition>),
    Test(Box<Test>),
}

/// One comparison.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) variable: Path,
    pub(crate) comparison: Comparison,
}

/// What the variable is compared with.
#[derive(Debug)]
pub(crate) enum Comparison {
    String(Relation, Operand<Text>),
    Numeric(Relation, Operand<Number>),
    Boolean(Operand<bool>),
    Timestamp(Relation, Operand<Timestamp>),
    Matches(Pattern),
    /// `IsString` and its kin, and the answer they want.
    Is(Class, bool),
}

/// A constant, or the path of the operators that end in `Path`.
#[derive(Debug)]
pub(crate) enum Operand<T> {
    Constant(T),
    Path(Path),
}

/// A path of a rule leads nowhere; the execution fails with `States.Runtime`.
///
/// `Display` is the sentence with which the service continues its cause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Invalid path '{path}': The choice state's condition path references an invalid value.")]
pub(crate) struct InvalidPath {
    path: String,
}

impl Condition {
    /// Whether the condition holds. Parts are looked at from left to right, and only as
    /// far as they matter: `And` may test for presence first and for a value second.
    ///
    /// A value of another type than the operator's compares false. A path that leads
    /// nowhere is an error, except to `IsPresent`.
    pub(crate) fn evaluate(&self, roots: &dyn Roots) -> Result<bool, InvalidPath> {
        match self {
            Self::And(parts) => first(parts, roots, false),
            Self::Or(parts) => first(parts, roots, true),
            Self::Not(part) => part.evaluate(roots).map(|holds| !holds),
            Self::Test(test) => test.evaluate(roots),
        }
    }
}

/// `answer` if some part evaluates to it, the opposite if none does.
fn first(parts: &[Condition], roots: &dyn Roots, answer: bool) -> Result<bool, InvalidPath> {
    for part in parts {
        if part.evaluate(roots)? == answer {
            return Ok(answer);
        }
    }
    Ok(!answer)
}

impl Test {
    fn evaluate(&self, roots: &dyn Roots) -> Result<bool, InvalidPath> {
        if let Comparison::Is(Class::Present, wanted) = self.comparison {
            return Ok(self.variable.evaluate(roots).is_ok() == wanted);
        }
        let variable = value_at(&self.variable, roots)?;
        self.comparison.holds(&variable, roots)
    }
}

impl Comparison {
    fn holds(&self, variable: &Value, roots: &dyn Roots) -> Result<bool, InvalidPath> {
        match self {
            Self::String(relation, operand) => operand.compare(
                variable,
                roots,
                |value| value.as_text().cloned(),
                |left, right| relation.holds(by_code_units(left, right)),
            ),
            Self::Numeric(relation, operand) => operand.compare(
                variable,
                roots,
                |value| value.as_number().cloned(),
                |left, right| relation.holds(left.numeric_cmp(right)),
            ),
            Self::Boolean(operand) => {
                operand.compare(variable, roots, Value::as_bool, |left, right| left == right)
            }
            Self::Timestamp(relation, operand) => {
                operand.compare(variable, roots, timestamp, |left, right| {
                    relation.holds(left.cmp(right))
                })
            }
            Self::Matches(pattern) => {
                Ok(variable.as_str().is_some_and(|text| pattern.matches(text)))
            }
            Self::Is(class, wanted) => Ok(class.contains(variable) == *wanted),
        }
    }
}

impl<T: Clone> Operand<T> {
    /// Compares a variable with the operand, if both read as the operator's type.
    fn compare(
        &self,
        variable: &Value,
        roots: &dyn Roots,
        read: impl Fn(&Value) -> Option<T>,
        holds: impl Fn(&T, &T) -> bool,
    ) -> Result<bool, InvalidPath> {
        let operand = match self {
            Self::Constant(constant) => Some(constant.clone()),
            Self::Path(path) => read(&value_at(path, roots)?),
        };
        let both = read(variable).zip(operand);
        Ok(both.is_some_and(|(variable, operand)| holds(&variable, &operand)))
    }
}

fn value_at(path: &Path, roots: &dyn Roots) -> Result<Value, InvalidPath> {
    path.evaluate(roots).map_err(|_| InvalidPath {
        path: path.text().to_owned(),
    })
}

fn timestamp(value: &Value) -> Option<Timestamp> {
    moment::parse(value.as_str()?)
}

/// The order of Java's strings, in which the service compares: characters beyond U+FFFF
/// come before those from U+E000.
fn by_code_units(left: &Text, right: &Text) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(comparison: Comparison, variable: &str, expected: bool) {
        let test = Test {
            variable: Path::parse("$.v").expect("a path"),
            comparison,
        };
        let input = Value::parse(&format!(r#"{{"v": {variable}}}"#)).expect("JSON");
        let holds = Condition::Test(Box::new(test)).evaluate(&input);
        assert_eq!(holds, Ok(expected), "{variable}");
    }

    #[test]
    fn numbers_compare_by_value_at_any_size() {
        let number = |text: &str| Operand::Constant(text.parse().expect("a number"));
        check(
            Comparison::Numeric(Relation::Equals, number("1")),
            "1.00",
            true,
        );
        check(
            Comparison::Numeric(Relation::GreaterThan, number("9007199254740992")),
            "9007199254740993",
            true,
        );
        check(
            Comparison::Numeric(Relation::LessThan, number("2")),
            "\"1\"",
            false,
        );
    }

    #[test]
    fn strings_order_by_code_units() {
        let before =
            |text: &str| Comparison::String(Relation::LessThan, Operand::Constant(text.into()));
        check(before("\u{ff5e}"), "\"\u{1f600}\"", true);
        check(before("b"), "\"a\"", true);
        check(before("b"), "\"b\"", false);
    }

    #[test]
    fn timestamps_compare_as_moments() {
        let moment = moment::parse("2012-10-09T19:00:55Z").expect("a timestamp");
        let equals = || Comparison::Timestamp(Relation::Equals, Operand::Constant(moment));
        check(equals(), "\"2012-10-09T20:00:55.000+01:00\"", true);
        check(equals(), "\"2012-10-09T19:00:55.000001Z\"", false);
        check(equals(), "\"yesterday\"", false);
    }

    #[test]
    fn a_missing_variable_fails_unless_presence_is_asked() {
        let test = |comparison| {
            let variable = Path::parse("$.missing").expect("a path");
            Condition::Test(Box::new(Test {
                variable,
                comparison,
            }))
            .evaluate(&Value::Null)
        };
        assert_eq!(test(Comparison::Is(Class::Present, false)), Ok(true));
        let failure = test(Comparison::Is(Class::Null, true)).expect_err("nothing is there");
        assert_eq!(
            failure.to_string(),
            "Invalid path '$.missing': The choice state's condition path references an invalid value."
        );
    }

    #[test]
    fn and_stops_at_the_first_part_that_fails() {
        let is = |path: &str, class, wanted| {
            let variable = Path::parse(path).expect("a path");
            Condition::Test(Box::new(Test {
                variable,
                comparison: Comparison::Is(class, wanted),
            }))
        };
        let present = || is("$.a", Class::Present, true);
        let guarded = Condition::And([present(), is("$.a", Class::Null, true)].into());
        assert_eq!(
            guarded.evaluate(&Value::parse("{}").expect("JSON")),
            Ok(false)
        );
        let not = Condition::Not(Box::new(guarded));
        assert_eq!(not.evaluate(&Value::parse("{}").expect("JSON")), Ok(true));
        let either = Condition::Or([is("$.b", Class::Present, false), present()].into());
        assert_eq!(
            either.evaluate(&Value::parse("{}").expect("JSON")),
            Ok(true)
        );
    }
}
