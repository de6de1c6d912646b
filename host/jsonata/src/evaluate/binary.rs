//! Operators between two values.

use std::cmp::Ordering;
use std::rc::Rc;

use sandstep_json::Value;

use super::truth::{finite, truth};
use super::{Evaluator, deep_equal};
use crate::Fault;
use crate::frame::Scope;
use crate::functions::string::string_of;
use crate::item::{Item, Items, ListKind};
use crate::limits::Meter;
use crate::tree::{Kind, Node, NodeId, Operator};

/// How many items `..` makes at most, as in the reference.
const MAX_RANGE: f64 = 1e7;

impl<'e> Evaluator<'e> {
    pub(super) fn binary(
        &mut self,
        node: &'e Node,
        input: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let Kind::Binary {
            operator,
            left,
            right,
        } = node.kind
        else {
            return Ok(Item::Undefined);
        };
        let left = self.evaluate(left, input, scope)?;
        if let Some(decided) = self
            .decided_by_left(operator, &left)
            .map_err(|fault| blame(fault, operator, node))?
        {
            return Ok(Item::bool(decided));
        }
        let right = self.evaluate(right, input, scope)?;
        combine(operator, left, right, &mut self.meter)
            .map_err(|fault| blame(fault, operator, node))
    }

    /// The result of an operator between two finite numbers that need no evaluation.
    pub(super) fn glance_at_numbers(
        &self,
        node: &Node,
        input: Option<&Value>,
        scope: &Scope,
    ) -> Option<Item> {
        let Kind::Binary {
            operator,
            left,
            right,
        } = node.kind
        else {
            return None;
        };
        let left = self.glance(left, input, scope).number()?;
        let right = self.glance(right, input, scope).number()?;
        if !left.is_finite() || !right.is_finite() {
            return None;
        }
        if let Some(number) = calculated(operator, left, right) {
            return Some(Item::Number(number));
        }
        let truth = match operator {
            Operator::Equal => left == right,
            Operator::NotEqual => left != right,
            Operator::Less => left < right,
            Operator::LessOrEqual => left <= right,
            Operator::Greater => left > right,
            Operator::GreaterOrEqual => left >= right,
            _ => return None,
        };
        Some(Item::bool(truth))
    }

    /// What `and` and `or` give without a look at their right side.
    fn decided_by_left(&mut self, operator: Operator, left: &Item) -> Result<Option<bool>, Fault> {
        Ok(match operator {
            Operator::And => (!truth(left, &mut self.meter)?).then_some(false),
            Operator::Or => truth(left, &mut self.meter)?.then_some(true),
            _ => None,
        })
    }

    pub(super) fn negation(
        &mut self,
        node: &'e Node,
        operand: NodeId,
        input: &Item,
        scope: &Scope,
    ) -> Result<Item, Fault> {
        let item = self.evaluate(operand, input, scope)?;
        if item.is_undefined() {
            return Ok(Item::Undefined);
        }
        match item.as_number().filter(|number| !number.is_nan()) {
            Some(number) => finite(number).map(|_| Item::Number(-number)),
            None => Err(Fault::new("D1002", "cannot negate a non-numeric value")
                .at(node.position as usize)
                .of("-")),
        }
    }
}

#[cold]
fn blame(mut fault: Fault, operator: Operator, node: &Node) -> Fault {
    fault.position = Some(node.position as usize);
    fault.token = Some(operator.symbol().to_owned());
    fault
}

fn combine(operator: Operator, left: Item, right: Item, meter: &mut Meter) -> Result<Item, Fault> {
    match operator {
        Operator::Add
        | Operator::Subtract
        | Operator::Multiply
        | Operator::Divide
        | Operator::Remainder => arithmetic(operator, &left, &right),
        Operator::Equal | Operator::NotEqual => equality(operator, &left, &right, meter),
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
            comparison(operator, &left, &right, meter)
        }
        Operator::Concatenate => concatenation(&left, &right, meter),
        Operator::And | Operator::Or => truth(&right, meter).map(Item::bool),
        Operator::In => inclusion(&left, &right, meter),
        Operator::Range => range(&left, &right, meter),
    }
}

fn arithmetic(operator: Operator, left: &Item, right: &Item) -> Result<Item, Fault> {
    let left = operand(left, "T2001", "left", operator)?;
    let right = operand(right, "T2002", "right", operator)?;
    let (Some(left), Some(right)) = (left, right) else {
        return Ok(Item::Undefined);
    };
    Ok(calculated(operator, left, right).into())
}

/// The result of an arithmetic operator.
fn calculated(operator: Operator, left: f64, right: f64) -> Option<f64> {
    Some(match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Remainder => left % right,
        _ => return None,
    })
}

/// One side of an arithmetic operator; `None` where it is undefined.
fn operand(
    item: &Item,
    code: &'static str,
    side: &str,
    operator: Operator,
) -> Result<Option<f64>, Fault> {
    match item.as_number() {
        Some(number) if number.is_finite() => Ok(Some(number)),
        Some(number) if number.is_infinite() => finite(number).map(|_| None),
        None if item.is_undefined() => Ok(None),
        _ => {
            let symbol = operator.symbol();
            let message =
                format!("the {side} side of the {symbol:?} operator must evaluate to a number");
            Err(Fault::new(code, message))
        }
    }
}

fn equality(
    operator: Operator,
    left: &Item,
    right: &Item,
    meter: &mut Meter,
) -> Result<Item, Fault> {
    if left.is_undefined() || right.is_undefined() {
        return Ok(Item::bool(false));
    }
    let equal = deep_equal(left, right, meter)?;
    Ok(Item::bool(equal == (operator == Operator::Equal)))
}

fn comparison(
    operator: Operator,
    left: &Item,
    right: &Item,
    meter: &mut Meter,
) -> Result<Item, Fault> {
    let comparable =
        |item: &Item| item.is_undefined() || item.as_number().is_some() || item.as_str().is_some();
    if !comparable(left) || !comparable(right) {
        let message = format!(
            "the expressions either side of operator {:?} must evaluate to numeric or string values",
            operator.symbol()
        );
        return Err(Fault::new("T2010", message));
    }
    if left.is_undefined() || right.is_undefined() {
        return Ok(Item::Undefined);
    }
    let Some(ordering) = order(left, right, meter)? else {
        return Err(different_types(operator, left, right));
    };
    Ok(Item::bool(holds(operator, ordering)))
}

#[cold]
fn different_types(operator: Operator, left: &Item, right: &Item) -> Fault {
    let show = |item: &Item| match item {
        Item::Value(value) => value.to_json(),
        item => item
            .as_number()
            .map(|number| number.to_string())
            .unwrap_or_default(),
    };
    let (left, right) = (show(left), show(right));
    let message = format!(
        "the values {left} and {right} either side of operator {:?} must be of the same data type",
        operator.symbol()
    );
    Fault::new("T2009", message)
}

fn holds(operator: Operator, ordering: Option<Ordering>) -> bool {
    match operator {
        Operator::Less => ordering.is_some_and(Ordering::is_lt),
        Operator::LessOrEqual => ordering.is_some_and(Ordering::is_le),
        Operator::Greater => ordering.is_some_and(Ordering::is_gt),
        _ => ordering.is_some_and(Ordering::is_ge),
    }
}

/// How two numbers or two strings stand to one another; `None` where they are of different types,
/// and inside, where one is not a number.
pub(super) fn order(
    left: &Item,
    right: &Item,
    meter: &mut Meter,
) -> Result<Option<Option<Ordering>>, Fault> {
    if let (Some(left), Some(right)) = (left.as_number(), right.as_number()) {
        return Ok(Some(left.partial_cmp(&right)));
    }
    let (Some(left), Some(right)) = (left.as_str(), right.as_str()) else {
        return Ok(None);
    };
    meter.spend(left.len().min(right.len()) / 16)?;
    Ok(Some(Some(compare_texts(left, right))))
}

/// By UTF-16 code units, as JavaScript compares.
pub(crate) fn compare_texts(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

fn concatenation(left: &Item, right: &Item, meter: &mut Meter) -> Result<Item, Fault> {
    let left = string_of(left, meter)?.unwrap_or_default();
    let right = string_of(right, meter)?.unwrap_or_default();
    meter.allocate(left.len() + right.len())?;
    let mut text = String::with_capacity(left.len() + right.len());
    text.push_str(&left);
    text.push_str(&right);
    Ok(Item::text(text))
}

/// `x in y`. An array or object is in an array if it stands there itself; one with the same
/// content does not count, as in the reference.
fn inclusion(left: &Item, right: &Item, meter: &mut Meter) -> Result<Item, Fault> {
    if left.is_undefined() || right.is_undefined() {
        return Ok(Item::bool(false));
    }
    let single = std::slice::from_ref(right);
    for item in right.items().unwrap_or(Items::Items(single)).iter() {
        meter.spend(1)?;
        if is_same(left, &item, meter)? {
            return Ok(Item::bool(true));
        }
    }
    Ok(Item::bool(false))
}

fn is_same(left: &Item, right: &Item, meter: &mut Meter) -> Result<bool, Fault> {
    match (left, right) {
        (Item::Value(Value::Object(left)), Item::Value(Value::Object(right))) => {
            Ok(left.address() == right.address())
        }
        (Item::Record(left), Item::Record(right)) => Ok(Rc::ptr_eq(left, right)),
        _ if left.is_array() => Ok(false),
        _ => deep_equal(left, right, meter),
    }
}

fn range(left: &Item, right: &Item, meter: &mut Meter) -> Result<Item, Fault> {
    let first = end_of_range(left, "T2003", "left")?;
    let last = end_of_range(right, "T2004", "right")?;
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(Item::Undefined);
    };
    if first > last {
        return Ok(Item::Undefined);
    }
    let size = last - first + 1.0;
    if size > MAX_RANGE {
        let message = format!(
            "the size of the sequence allocated by the range operator (..) must not exceed 1e7, \
             and would be {size}"
        );
        return Err(Fault::new("D2014", message));
    }
    meter.make_items(size as usize)?;
    let items = (0..size as usize).map(|index| Item::Number(first + index as f64));
    Item::list(items.collect(), ListKind::Sequence)
}

fn end_of_range(item: &Item, code: &'static str, side: &str) -> Result<Option<f64>, Fault> {
    if item.is_undefined() {
        return Ok(None);
    }
    match item
        .as_number()
        .filter(|number| number.is_finite() && number.fract() == 0.0)
    {
        Some(number) => Ok(Some(number)),
        None => {
            let message =
                format!("the {side} side of the range operator (..) must evaluate to an integer");
            Err(Fault::new(code, message))
        }
    }
}
