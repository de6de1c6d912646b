//! A recorded test, as its file has it.

use std::{fs, path::Path};

use sandstep_json::{Object, Value};

use crate::poll::PollUntil;

/// One file of the corpus: calls, and what the service's answers were.
pub(crate) struct Case {
    /// The services that an endpoint must offer.
    pub(crate) needs: Vec<String>,
    pub(crate) calls: Vec<Call>,
    pub(crate) matches: Vec<Match>,
}

/// One request, with placeholders.
pub(crate) struct Call {
    pub(crate) number: usize,
    /// The service's name in its model, such as `stepfunctions`.
    pub(crate) service: String,
    /// The operation's name there, such as `StartExecution`.
    pub(crate) operation: String,
    pub(crate) params: Value,
    /// What the function that this call creates does.
    pub(crate) behaviour: Option<String>,
    /// The code of the error that the service answered with.
    pub(crate) raises: Option<String>,
    /// When to stop repeating it.
    pub(crate) poll_until: Option<PollUntil>,
    /// Whether it is made by another account or to another region.
    pub(crate) is_elsewhere: bool,
}

/// One comparison.
pub(crate) struct Match {
    pub(crate) key: String,
    /// What to compare, with placeholders.
    pub(crate) actual: Value,
    /// What the service answered, with placeholders and holes.
    pub(crate) expected: Value,
    /// Whether a list may come in any order.
    pub(crate) unordered: bool,
    /// Whether events of parallel branches may come in any order.
    pub(crate) unordered_parallel: bool,
}

impl Case {
    /// Reads a file of the corpus.
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
        let document = Value::parse(&text).map_err(|error| error.to_string())?;
        let whole = document.as_object().ok_or("a case is an object")?;
        let needs = list(whole, "needs")?.iter();
        Ok(Self {
            needs: needs.filter_map(Value::as_str).map(str::to_owned).collect(),
            calls: members(whole, "calls", Call::of)?,
            matches: members(whole, "matches", Match::of)?,
        })
    }
}

impl Case {
    /// Whether a match looks at the error document of a call.
    pub(crate) fn compares_error_of(&self, call: usize) -> bool {
        let place = format!("{{{{{call}.$error");
        let mut matches = self.matches.iter();
        matches.any(|wanted| wanted.actual.to_json().contains(&place))
    }
}

impl Call {
    fn of(call: &Object) -> Result<Self, String> {
        let poll_until = call.get("poll_until").and_then(Value::as_object);
        let number = field(call, "n")?
            .as_i64()
            .and_then(|n| usize::try_from(n).ok());
        Ok(Self {
            number: number.ok_or("a call's n counts from 1")?,
            service: text(call, "service")?,
            operation: text(call, "operation")?,
            params: field(call, "params")?.clone(),
            behaviour: text(call, "lambda_behaviour").ok(),
            raises: text(call, "raises").ok(),
            poll_until: poll_until.and_then(PollUntil::of),
            is_elsewhere: call.contains_key("as") || call.contains_key("region"),
        })
    }
}

impl Match {
    fn of(comparison: &Object) -> Result<Self, String> {
        let flag = |key| {
            comparison
                .get(key)
                .and_then(Value::as_bool)
                .unwrap_or(false)
        };
        Ok(Self {
            key: text(comparison, "key")?,
            actual: field(comparison, "actual")?.clone(),
            expected: field(comparison, "expected")?.clone(),
            unordered: flag("unordered"),
            unordered_parallel: flag("unordered_parallel"),
        })
    }
}

fn members<T>(
    whole: &Object,
    key: &str,
    of: impl Fn(&Object) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let objects = list(whole, key)?.iter().map(|member| {
        member
            .as_object()
            .ok_or_else(|| format!("a member of {key:?} is not an object"))
    });
    objects.map(|object| of(object?)).collect()
}

fn list<'a>(object: &'a Object, key: &str) -> Result<&'a [Value], String> {
    let list = field(object, key)?.as_array();
    list.map(|list| list.as_slice())
        .ok_or_else(|| format!("{key:?} is not a list"))
}

fn text(object: &Object, key: &str) -> Result<String, String> {
    let text = field(object, key)?.as_str();
    text.map(str::to_owned)
        .ok_or_else(|| format!("{key:?} is not a text"))
}

fn field<'a>(object: &'a Object, key: &str) -> Result<&'a Value, String> {
    object.get(key).ok_or_else(|| format!("{key:?} is missing"))
}
