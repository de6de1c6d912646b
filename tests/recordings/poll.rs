//! Calls that are repeated until something has happened.

use std::time::{Duration, Instant};

use sandstep_json::{Object, Value};

use crate::path;

/// How long a call is repeated at most. Time is virtual, so what has not
/// happened by then will not.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait between two calls.
const PAUSE: Duration = Duration::from_millis(1);

/// When to stop repeating a call (the corpus's README, "A case").
pub(crate) struct PollUntil {
    path: String,
    condition: Option<Condition>,
    min_count: usize,
}

enum Condition {
    /// The value is one of these.
    In(Vec<Value>),
    /// The values contain this.
    Contains(Value),
    /// The values do not.
    NotContains(Value),
}

impl PollUntil {
    pub(crate) fn of(condition: &Object) -> Option<Self> {
        let one_of = |values: &Value| Some(Condition::In(values.as_array()?.to_vec()));
        let conditions = [
            condition.get("in").and_then(one_of),
            condition.get("contains").cloned().map(Condition::Contains),
            condition
                .get("not_contains")
                .cloned()
                .map(Condition::NotContains),
        ];
        let min_count = condition.get("min_count").and_then(Value::as_i64);
        Some(Self {
            path: condition.get("path")?.as_str()?.to_owned(),
            condition: conditions.into_iter().flatten().next(),
            min_count: min_count.and_then(|n| n.try_into().ok()).unwrap_or(0),
        })
    }

    /// The same with its placeholders filled.
    pub(crate) fn fill(
        &self,
        fill: impl Fn(&Value) -> Result<Value, String>,
    ) -> Result<Self, String> {
        let condition = self.condition.as_ref().map(|condition| {
            Ok::<_, String>(match condition {
                Condition::In(values) => Condition::In(values.clone()),
                Condition::Contains(value) => Condition::Contains(fill(value)?),
                Condition::NotContains(value) => Condition::NotContains(fill(value)?),
            })
        });
        Ok(Self {
            path: self.path.clone(),
            condition: condition.transpose()?,
            min_count: self.min_count,
        })
    }

    /// Whether an answer needs no repetition.
    pub(crate) fn holds(&self, answer: &Value) -> bool {
        let found = path::find(answer, &self.path);
        let list = found.as_ref().and_then(Value::as_array);
        let has = |value: &Value| list.is_some_and(|list| list.contains(value));
        let holds = match &self.condition {
            Some(Condition::In(values)) => found.as_ref().is_some_and(|it| values.contains(it)),
            Some(Condition::Contains(value)) => has(value),
            Some(Condition::NotContains(value)) => !has(value),
            None => true,
        };
        holds && list.map_or(0, |list| list.len()) >= self.min_count
    }
}

/// Waits before a call is repeated; `false` where that would be in vain.
pub(crate) async fn pause(since: Instant, answer: &Value) -> bool {
    if since.elapsed() >= PATIENCE || has_ended(answer) {
        return false;
    }
    tokio::time::sleep(PAUSE).await;
    true
}

/// Whether it is a history to which nothing will be added.
fn has_ended(answer: &Value) -> bool {
    let last = path::find(answer, "events.-1.type");
    let ends = ["Succeeded", "Failed", "TimedOut", "Aborted"];
    let last = last.as_ref().and_then(Value::as_str).unwrap_or_default();
    last.strip_prefix("Execution")
        .is_some_and(|end| ends.contains(&end))
}
