//! Filters: `[?(@.a >= 5 && @.b == 'x')]`.

use std::cmp::Ordering;

use sandstep_json::Value;

use crate::PathError;
use crate::cursor::Cursor;
use crate::failure::Reason;
use crate::path::{MAX_NESTING, Parsing};
use crate::select::{self, Meter};
use crate::step::{Step, parse_number, parse_quoted, parse_steps};

/// A condition on a value, `@`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    Any(Vec<Filter>),
    All(Vec<Filter>),
    Not(Box<Filter>),
    /// Whether the steps from `@` lead to anything.
    Exists(Vec<Step>),
    Compare(Operand, Operator, Operand),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    /// Single steps from `@`.
    Current(Vec<Step>),
    Literal(Value),
    /// What the service does not evaluate; the path fails before it is reached.
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

const OPERATORS: [(&str, Operator); 6] = [
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

/// Reads a filter, from its question mark up to the closing bracket.
pub(crate) fn parse(cursor: &mut Cursor<'_>, parsing: &mut Parsing) -> Result<Filter, PathError> {
    cursor.expect("?")?;
    parse_any(cursor, parsing)
}

fn parse_any(cursor: &mut Cursor<'_>, parsing: &mut Parsing) -> Result<Filter, PathError> {
    parsing.nesting += 1;
    if parsing.nesting > MAX_NESTING {
        return Err(cursor.error(format!(
            "a filter is nested at most {MAX_NESTING} levels deep"
        )));
    }
    let mut filters = vec![parse_all(cursor, parsing)?];
    while cursor.skip("||") {
        filters.push(parse_all(cursor, parsing)?);
    }
    parsing.nesting -= 1;
    Ok(alone_or(filters, Filter::Any))
}

fn parse_all(cursor: &mut Cursor<'_>, parsing: &mut Parsing) -> Result<Filter, PathError> {
    let mut filters = vec![parse_one(cursor, parsing)?];
    while cursor.skip("&&") {
        filters.push(parse_one(cursor, parsing)?);
    }
    Ok(alone_or(filters, Filter::All))
}

fn alone_or(mut filters: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match filters.len() {
        1 => filters.swap_remove(0),
        _ => join(filters),
    }
}

/// Reads a comparison, a query or something in parentheses, with the blanks around it.
fn parse_one(cursor: &mut Cursor<'_>, parsing: &mut Parsing) -> Result<Filter, PathError> {
    cursor.skip_blanks();
    let filter = if cursor.peek() == Some('!') {
        parse_not(cursor, parsing)?
    } else if cursor.skip("(") {
        let inner = parse_any(cursor, parsing)?;
        cursor.expect(")")?;
        inner
    } else {
        parse_test(cursor, parsing)?
    };
    cursor.skip_blanks();
    Ok(filter)
}

/// Reads a negation, which applies to a query or to parentheses.
fn parse_not(cursor: &mut Cursor<'_>, parsing: &mut Parsing) -> Result<Filter, PathError> {
    cursor.expect("!")?;
    cursor.skip_blanks();
    if !matches!(cursor.peek(), Some('(' | '@')) {
        return Err(cursor.unexpected("`(` or `@` after `!`"));
    }
    let negated = cursor.clone();
    let filter = parse_one(cursor, parsing)?;
    if matches!(filter, Filter::Compare(..)) && negated.peek() == Some('@') {
        return Err(negated.error("a comparison must stand in parentheses after `!`"));
    }
    Ok(Filter::Not(Box::new(filter)))
}

fn parse_test(cursor: &mut Cursor<'_>, parsing: &mut Parsing) -> Result<Filter, PathError> {
    let start = cursor.clone();
    let left = parse_operand(cursor, parsing)?;
    cursor.skip_blanks();
    let Some(operator) = parse_operator(cursor)? else {
        return match left {
            Operand::Current(steps) => Ok(Filter::Exists(steps)),
            Operand::Refused => Ok(Filter::Compare(left, Operator::Equal, Operand::Refused)),
            Operand::Literal(_) => Err(start.error("a literal is not a condition")),
        };
    };
    cursor.skip_blanks();
    let right_start = cursor.clone();
    let right = parse_operand(cursor, parsing)?;
    check_single(&left, &start)?;
    check_single(&right, &right_start)?;
    Ok(Filter::Compare(left, operator, right))
}

fn check_single(operand: &Operand, start: &Cursor<'_>) -> Result<(), PathError> {
    match operand {
        Operand::Current(steps) if !steps.iter().all(Step::is_single) => {
            Err(start.error("only names and single indexes can be compared"))
        }
        _ => Ok(()),
    }
}

fn parse_operator(cursor: &mut Cursor<'_>) -> Result<Option<Operator>, PathError> {
    for (token, operator) in OPERATORS {
        if cursor.skip(token) {
            return Ok(Some(operator));
        }
    }
    match cursor.peek() {
        Some('=') => Err(cursor.error("expected `==`; other operators are not supported")),
        Some(char) if char.is_alphabetic() => {
            let word = cursor.clone().take_while(char::is_alphanumeric);
            Err(cursor.error(format!("the operator `{word}` is not supported")))
        }
        _ => Ok(None),
    }
}

fn parse_operand(cursor: &mut Cursor<'_>, parsing: &mut Parsing) -> Result<Operand, PathError> {
    match cursor.peek() {
        Some('@') => {
            cursor.next();
            parse_steps(cursor, parsing).map(Operand::Current)
        }
        Some('$') => {
            cursor.next();
            parse_steps(cursor, parsing)?;
            parsing.refused = Some("a filter cannot refer to another value of the document");
            Ok(Operand::Refused)
        }
        Some('\'' | '"') => Ok(Operand::Literal(parse_quoted(cursor)?.into())),
        Some('-' | '0'..='9') => Ok(Operand::Literal(parse_number(cursor)?.into())),
        Some(char) if char.is_alphabetic() || char == '_' => parse_word(cursor, parsing),
        _ => Err(cursor.unexpected("`@`, a literal or `(` in a filter")),
    }
}

/// Reads `true`, `false`, `null`, or a string that lacks its quotes: definitions with those
/// exist, and the service accepts them until it has to evaluate them.
fn parse_word(cursor: &mut Cursor<'_>, parsing: &mut Parsing) -> Result<Operand, PathError> {
    let start = cursor.clone();
    let word = cursor.take_while(|char| char.is_alphanumeric() || "_-".contains(char));
    if cursor.peek() == Some('(') {
        return Err(start.error("functions are not supported in filters"));
    }
    Ok(match word {
        "true" => Operand::Literal(true.into()),
        "false" => Operand::Literal(false.into()),
        "null" => Operand::Literal(Value::Null),
        _ => {
            parsing.refused = Some("a filter compares with a string that lacks its quotes");
            Operand::Refused
        }
    })
}

impl Filter {
    /// Whether a value matches. Fails only with [`Reason::TooLarge`].
    pub(crate) fn matches(&self, current: &Value, meter: &mut Meter) -> Result<bool, Reason> {
        match self {
            Filter::Any(filters) => decided_by(true, filters, current, meter),
            Filter::All(filters) => decided_by(false, filters, current, meter),
            Filter::Not(filter) => filter.matches(current, meter).map(|matches| !matches),
            Filter::Exists(steps) => exists(steps, current, meter),
            Filter::Compare(left, operator, right) => {
                meter.visit(2)?;
                // "The @ operator … does not match scalar values" (AWS, Paths).
                if !current.is_object() && (left.is_bare() || right.is_bare()) {
                    return Ok(false);
                }
                operator.holds(left.value(current), right.value(current), meter)
            }
        }
    }
}

/// The outcome of filters of which the first with the outcome `deciding` settles it.
fn decided_by(
    deciding: bool,
    filters: &[Filter],
    current: &Value,
    meter: &mut Meter,
) -> Result<bool, Reason> {
    for filter in filters {
        if filter.matches(current, meter)? == deciding {
            return Ok(deciding);
        }
    }
    Ok(!deciding)
}

fn exists(steps: &[Step], current: &Value, meter: &mut Meter) -> Result<bool, Reason> {
    if steps.is_empty() {
        return Ok(current.is_object());
    }
    match select::nodes(steps, current, meter) {
        Ok(found) => Ok(!found.is_empty()),
        Err(miss) if miss.reason == Reason::TooLarge => Err(Reason::TooLarge),
        Err(_) => Ok(false),
    }
}

impl Operand {
    /// Whether this is `@` itself.
    fn is_bare(&self) -> bool {
        matches!(self, Operand::Current(steps) if steps.is_empty())
    }

    fn value<'a>(&'a self, current: &'a Value) -> Option<&'a Value> {
        match self {
            Operand::Current(steps) => select::single(steps, current).ok(),
            Operand::Literal(value) => Some(value),
            Operand::Refused => None,
        }
    }
}

impl Operator {
    /// Compares as RFC 9535 (2.3.5.2.2) does: what is missing equals only what is missing,
    /// numbers and strings have an order, other kinds are equal or not.
    fn holds(
        self,
        left: Option<&Value>,
        right: Option<&Value>,
        meter: &mut Meter,
    ) -> Result<bool, Reason> {
        let is_equal = equal(left, right, meter)?;
        let order = order(left, right);
        Ok(match self {
            Operator::Equal => is_equal,
            Operator::NotEqual => !is_equal,
            Operator::Less => order == Some(Ordering::Less),
            Operator::LessOrEqual => order == Some(Ordering::Less) || is_equal,
            Operator::Greater => order == Some(Ordering::Greater),
            Operator::GreaterOrEqual => order == Some(Ordering::Greater) || is_equal,
        })
    }
}

fn equal(left: Option<&Value>, right: Option<&Value>, meter: &mut Meter) -> Result<bool, Reason> {
    let (Some(left), Some(right)) = (left, right) else {
        return Ok(left.is_none() && right.is_none());
    };
    meter.visit(weight(left).min(weight(right)))?;
    Ok(match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.numeric_cmp(right).is_eq(),
        (left, right) => left == right,
    })
}

/// What comparing a value costs, in visits.
fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() / 16,
        value => value.json_len() / 4,
    }
}

fn order(left: Option<&Value>, right: Option<&Value>) -> Option<Ordering> {
    match (left?, right?) {
        (Value::Number(left), Value::Number(right)) => Some(left.numeric_cmp(right)),
        (Value::String(left), Value::String(right)) => Some(left.as_str().cmp(right)),
        _ => None,
    }
}
