//! Walking through a document.

use sandstep_json::{Text, Value};

use crate::failure::Reason;
use crate::filter::Filter;
use crate::step::{Slice, Step};

/// How many values the evaluation of one path, expression or template may visit and select,
/// those in filters included.
///
/// The largest payload of the service, 256 KiB, holds at most 131,072 values, so whatever
/// visits each a few times stays below. `$..*..*..*` visits each value once for every pair
/// of values around it: on a deep document it is stopped, after some tens of milliseconds.
pub const VISIT_BUDGET: usize = 2_000_000;

/// Why a step could not be taken.
pub(crate) struct Miss<'a> {
    pub(crate) step: usize,
    pub(crate) reason: Reason,
    /// The value met, where the message quotes it.
    pub(crate) met: Option<&'a Value>,
}

impl<'a> Miss<'a> {
    pub(crate) fn at(step: usize, reason: Reason) -> Self {
        Self {
            step,
            reason,
            met: None,
        }
    }

    fn meeting(met: &'a Value, step: usize, reason: Reason) -> Self {
        Self {
            step,
            reason,
            met: Some(met),
        }
    }
}

/// Follows names and single indexes.
pub(crate) fn single<'a>(steps: &[Step], document: &'a Value) -> Result<&'a Value, Miss<'a>> {
    let mut value = document;
    for (index, step) in steps.iter().enumerate() {
        value = child(step, value).ok_or_else(|| explain(steps, index, value))?;
    }
    Ok(value)
}

fn child<'a>(step: &Step, value: &'a Value) -> Option<&'a Value> {
    match (step, value) {
        (Step::Name(name), Value::Object(object)) => object.get(name),
        (Step::Index(index), Value::Array(array)) => array.get(position(*index, array.len())?),
        _ => None,
    }
}

/// The position that an index stands for; negative ones count from the end.
pub(crate) fn position(index: i64, len: usize) -> Option<usize> {
    let from_start = if index < 0 { index + len as i64 } else { index };
    usize::try_from(from_start).ok()
}

#[cold]
fn explain<'a>(steps: &[Step], index: usize, met: &'a Value) -> Miss<'a> {
    let is_last = index + 1 == steps.len();
    match (&steps[index], met) {
        (Step::Name(_), Value::Object(_)) if is_last => Miss::at(index, Reason::NoResults),
        (Step::Name(_), Value::Object(_)) => Miss::at(index, Reason::MissingProperty),
        (Step::Name(_), _) => Miss::at(index, Reason::NotAnObject),
        (_, Value::Array(_)) => Miss::at(index, Reason::NoResults),
        (_, Value::Null) => Miss::at(index, Reason::Null),
        _ => Miss::meeting(met, index, Reason::NotAnArray),
    }
}

/// Follows any steps. Yields an array of what they lead to, or one object where the path
/// ends in several names with nothing but single steps before them.
pub(crate) fn all<'a>(
    steps: &[Step],
    document: &'a Value,
    meter: &mut Meter,
) -> Result<Value, Miss<'a>> {
    let Some((Step::Names(names), before)) = steps.split_last() else {
        let found = nodes(steps, document, meter)?;
        return Ok(Value::Array(found.into_iter().collect()));
    };
    if before.iter().all(Step::is_single) {
        let object = single(before, document)?;
        return pick(names, object).ok_or_else(|| Miss::at(before.len(), Reason::NotAnObject));
    }
    let found = nodes(before, document, meter)?;
    meter
        .visit(found.len().saturating_mul(names.len()))
        .map_err(|reason| Miss::at(before.len(), reason))?;
    let picked = found.into_iter().filter_map(|value| pick(names, value));
    Ok(Value::Array(picked.collect()))
}

/// An object's members of these names, as an object; `None` if it is none.
fn pick(names: &[Text], value: &Value) -> Option<Value> {
    let object = value.as_object()?;
    let members = names
        .iter()
        .filter_map(|name| Some((name, object.get(name)?)));
    Some(Value::Object(members.collect()))
}

/// The values that steps lead to, in the order of RFC 9535.
pub(crate) fn nodes<'a>(
    steps: &[Step],
    document: &'a Value,
    meter: &mut Meter,
) -> Result<Vec<&'a Value>, Miss<'a>> {
    let single_steps = steps.iter().take_while(|step| step.is_single()).count();
    let start = match single(&steps[..single_steps], document) {
        Ok(value) => value,
        Err(miss) if miss.reason.is_absence() => return Ok(Vec::new()),
        Err(miss) => return Err(miss),
    };
    let mut found = vec![start];
    for (index, step) in steps.iter().enumerate().skip(single_steps) {
        // Jayway is strict about what the first step that can match several values meets,
        // and passes over what does not fit afterwards.
        let is_strict = index == single_steps;
        let mut selection = Selection {
            found: Vec::new(),
            meter,
        };
        for node in found {
            match selection.select(step, node) {
                Err(Reason::TooLarge) => return Err(Miss::at(index, Reason::TooLarge)),
                Err(reason) if is_strict => return Err(Miss::meeting(node, index, reason)),
                _ => {}
            }
        }
        found = selection.found;
    }
    Ok(found)
}

/// Counts the values that were visited, by one path or by several that share
/// [`VISIT_BUDGET`].
#[derive(Debug, Default)]
pub struct Meter(usize);

impl Meter {
    /// Counts `values` more; fails with [`Reason::TooLarge`] when the budget is spent.
    pub(crate) fn visit(&mut self, values: usize) -> Result<(), Reason> {
        self.0 = self.0.saturating_add(values);
        if self.0 > VISIT_BUDGET {
            Err(Reason::TooLarge)
        } else {
            Ok(())
        }
    }
}

/// What one step selects.
struct Selection<'a, 'm> {
    found: Vec<&'a Value>,
    meter: &'m mut Meter,
}

impl<'a> Selection<'a, '_> {
    /// Applies a step to a value and then to all that it holds, parents before children.
    fn descend(&mut self, step: &Step, value: &'a Value) -> Result<(), Reason> {
        let mut pending = vec![value];
        while let Some(value) = pending.pop() {
            let outcome = match step {
                // Every element is visited itself, so the filter need not look into arrays.
                Step::Filter(filter) => self.select_if(filter, value),
                step => self.select(step, value),
            };
            if outcome == Err(Reason::TooLarge) {
                return outcome;
            }
            match value {
                Value::Array(array) => pending.extend(array.iter().rev()),
                Value::Object(object) => pending.extend(object.values().rev()),
                _ => {}
            }
        }
        Ok(())
    }

    fn select(&mut self, step: &Step, value: &'a Value) -> Result<(), Reason> {
        let before = self.found.len();
        self.take(step, value)?;
        self.meter.visit(1 + self.found.len() - before)
    }

    fn take(&mut self, step: &Step, value: &'a Value) -> Result<(), Reason> {
        match step {
            Step::Name(_) | Step::Index(_) => self.found.extend(child(step, value)),
            Step::Names(names) => {
                let object = value.as_object().ok_or(Reason::NotAnObject)?;
                self.meter.visit(names.len())?;
                self.found
                    .extend(names.iter().filter_map(|name| object.get(name)));
            }
            Step::Indexes(indexes) => {
                let array = elements(value)?;
                self.meter.visit(indexes.len())?;
                let at = |index: &i64| array.get(position(*index, array.len())?);
                self.found.extend(indexes.iter().filter_map(at));
            }
            Step::Slice(slice) => {
                let array = elements(value)?;
                self.found
                    .extend(slice.positions(array.len()).map(|at| &array[at]));
            }
            Step::Wildcard => match value {
                Value::Array(array) => self.found.extend(array.iter()),
                Value::Object(object) => self.found.extend(object.values()),
                _ => {}
            },
            Step::Filter(filter) => return self.select_matching(filter, value),
            Step::Descend(step) => return self.descend(step, value),
        }
        Ok(())
    }

    /// Takes the elements of an array that match, or an object that does.
    fn select_matching(&mut self, filter: &Filter, value: &'a Value) -> Result<(), Reason> {
        match value {
            Value::Array(array) => array
                .iter()
                .try_for_each(|item| self.select_if(filter, item)),
            Value::Object(_) => self.select_if(filter, value),
            _ => Err(Reason::Primitive),
        }
    }

    fn select_if(&mut self, filter: &Filter, value: &'a Value) -> Result<(), Reason> {
        self.meter.visit(1)?;
        if filter.matches(value, self.meter)? {
            self.found.push(value);
        }
        Ok(())
    }
}

fn elements(value: &Value) -> Result<&[Value], Reason> {
    match value {
        Value::Array(array) => Ok(array),
        Value::Null => Err(Reason::Null),
        _ => Err(Reason::NotAnArray),
    }
}

impl Slice {
    /// The positions that the slice selects in an array (RFC 9535, 2.3.4.2.2).
    fn positions(&self, len: usize) -> impl Iterator<Item = usize> {
        let len = len as i64;
        let step = self.step.unwrap_or(1);
        let forward = step >= 0;
        let (first, last) = if forward { (0, len) } else { (len - 1, -1) };
        let bound = |index: Option<i64>, default: i64| match index {
            None => default,
            Some(index) if index < 0 => (index + len).clamp(first.min(last), first.max(last)),
            Some(index) => index.clamp(first.min(last), first.max(last)),
        };
        let (start, end) = (bound(self.start, first), bound(self.end, last));
        let distance = if forward { end - start } else { start - end };
        let count = match step {
            0 => 0,
            _ => (distance.max(0) as u64).div_ceil(step.unsigned_abs()),
        };
        (0..count).map(move |nth| (start + nth as i64 * step) as usize)
    }
}
