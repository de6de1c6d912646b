//! Conditions of Choice states (States Language, "Choice State").

mod operator;
mod pattern;
#[cfg(test)]
mod recordings;

use std::cell::RefCell;
use std::cmp::Ordering;

use sandstep_json::{Number, Text, Value};
use sandstep_jsonpath::{Meter, Path, PathFailure, Roots};

use crate::moment::Moment;

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
    Timestamp(Relation, Operand<Moment>),
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

/// What all rules of a Choice state look at. Together they may visit as many
/// values as one path: a state is one step, which nothing interrupts.
pub(crate) struct Sight<'a> {
    roots: &'a dyn Roots,
    meter: RefCell<Meter>,
}

impl<'a> Sight<'a> {
    pub(crate) fn new(roots: &'a dyn Roots) -> Self {
        Self {
            roots,
            meter: RefCell::default(),
        }
    }

    fn at(&self, path: &Path) -> Result<Value, PathFailure> {
        path.evaluate_within(self.roots, &mut self.meter.borrow_mut())
    }
}

impl Condition {
    /// Whether the condition holds. Parts are looked at from left to right, and only as
    /// far as they matter: `And` may test for presence first and for a value second.
    ///
    /// A value of another type than the operator's compares false. A path that leads
    /// nowhere is an error, except to `IsPresent`.
    pub(crate) fn evaluate(&self, sight: &Sight<'_>) -> Result<bool, InvalidPath> {
        match self {
            Self::And(parts) => first(parts, sight, false),
            Self::Or(parts) => first(parts, sight, true),
            Self::Not(part) => part.evaluate(sight).map(|holds| !holds),
            Self::Test(test) => test.evaluate(sight),
        }
    }
}

/// `answer` if some part evaluates to it, the opposite if none does.
fn first(parts: &[Condition], sight: &Sight<'_>, answer: bool) -> Result<bool, InvalidPath> {
    for part in parts {
        if part.evaluate(sight)? == answer {
            return Ok(answer);
        }
    }
    Ok(!answer)
}

impl Test {
    fn evaluate(&self, sight: &Sight<'_>) -> Result<bool, InvalidPath> {
        if let Comparison::Is(Class::Present, wanted) = self.comparison {
            return Ok(sight.at(&self.variable).is_ok() == wanted);
        }
        let variable = value_at(&self.variable, sight)?;
        self.comparison.holds(&variable, sight)
    }
}

impl Comparison {
    fn holds(&self, variable: &Value, sight: &Sight<'_>) -> Result<bool, InvalidPath> {
        match self {
            Self::String(relation, operand) => operand.compare(
                variable,
                sight,
                |value| value.as_text().cloned(),
                |left, right| relation.holds(by_code_units(left, right)),
            ),
            Self::Numeric(relation, operand) => operand.compare(
                variable,
                sight,
                |value| value.as_number().cloned(),
                |left, right| relation.holds(left.numeric_cmp(right)),
            ),
            Self::Boolean(operand) => {
                operand.compare(variable, sight, Value::as_bool, |left, right| left == right)
            }
            Self::Timestamp(relation, operand) => {
                operand.compare(variable, sight, timestamp, |left, right| {
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
        sight: &Sight<'_>,
        read: impl Fn(&Value) -> Option<T>,
        holds: impl Fn(&T, &T) -> bool,
    ) -> Result<bool, InvalidPath> {
        let operand = match self {
            Self::Constant(constant) => Some(constant.clone()),
            Self::Path(path) => read(&value_at(path, sight)?),
        };
        let both = read(variable).zip(operand);
        Ok(both.is_some_and(|(variable, operand)| holds(&variable, &operand)))
    }
}

fn value_at(path: &Path, sight: &Sight<'_>) -> Result<Value, InvalidPath> {
    sight.at(path).map_err(|_| InvalidPath {
        path: path.text().to_owned(),
    })
}

fn timestamp(value: &Value) -> Option<Moment> {
    Moment::parse(value.as_str()?)
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
        let holds = Condition::Test(Box::new(test)).evaluate(&Sight::new(&input));
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
        let moment = Moment::parse("2012-10-09T19:00:55Z").expect("a timestamp");
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
            .evaluate(&Sight::new(&Value::Null))
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
            guarded.evaluate(&Sight::new(&Value::parse("{}").expect("JSON"))),
            Ok(false)
        );
        let not = Condition::Not(Box::new(guarded));
        assert_eq!(
            not.evaluate(&Sight::new(&Value::parse("{}").expect("JSON"))),
            Ok(true)
        );
        let either = Condition::Or([is("$.b", Class::Present, false), present()].into());
        assert_eq!(
            either.evaluate(&Sight::new(&Value::parse("{}").expect("JSON"))),
            Ok(true)
        );
    }

    #[test]
    fn all_rules_share_one_budget() {
        let deep = format!(
            "{}{}",
            r#"{"a":"#.repeat(300),
            "1".to_owned() + &"}".repeat(300)
        );
        let deep = Value::parse(&deep).expect("JSON");
        let costly = || {
            let variable = Path::parse("$..*..x").expect("a path");
            Condition::Test(Box::new(Test {
                variable,
                comparison: Comparison::Is(Class::Null, true),
            }))
        };
        let rules = |count: usize| Condition::Or((0..count).map(|_| costly()).collect());
        assert_eq!(rules(2).evaluate(&Sight::new(&deep)), Ok(false));
        assert!(rules(1_000).evaluate(&Sight::new(&deep)).is_err());
    }
}
