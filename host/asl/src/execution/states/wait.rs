use std::time::Duration;

use sandstep_json::Value;
use sandstep_jsonpath::Path;

use super::{Execution, Failure, Progress, Scope, ThreadId};
use crate::{
    execution::record::Note,
    jsonata::Query,
    machine::{Dynamic, State, WaitState, WaitUntil},
    timestamp::Timestamp,
};

/// The service refuses a longer sleep (recorded: 24,855 days pass, 24,856
/// don't).
const MAX_DELAY: Duration = Duration::from_secs(i32::MAX as u64);

impl Execution {
    pub(super) fn wait(
        &mut self,
        thread: ThreadId,
        state: &State,
        wait: &WaitState,
    ) -> Result<Progress, Failure> {
        let until = self.scope(thread, state).wait_until(wait, self.now)?;
        if until <= self.now {
            return self.end_wait(thread, state, wait);
        }
        self.append_note(thread, Note::WaitUntil(until));
        Ok(Progress::Pause)
    }

    /// The time that a Wait state waited for has come.
    pub(in crate::execution) fn end_wait(
        &self,
        thread: ThreadId,
        state: &State,
        wait: &WaitState,
    ) -> Result<Progress, Failure> {
        Ok(Progress::Exit {
            handover: self.scope(thread, state).pass_on()?,
            next: wait.next,
        })
    }
}

impl Scope<'_> {
    fn wait_until(&self, wait: &WaitState, now: Timestamp) -> Result<Timestamp, Failure> {
        let until = match &wait.until {
            WaitUntil::Seconds(Dynamic::Constant(seconds)) => now + Duration::from_secs(*seconds),
            WaitUntil::Seconds(Dynamic::Path(path)) => now + self.seconds_at(path)?,
            WaitUntil::Seconds(Dynamic::Jsonata(query)) => {
                now + Duration::from_secs(self.states_variable().integer(query, 0)?)
            }
            WaitUntil::Timestamp(Dynamic::Constant(moment)) => *moment,
            WaitUntil::Timestamp(Dynamic::Path(path)) => self.timestamp_at(path)?,
            WaitUntil::Timestamp(Dynamic::Jsonata(query)) => self.timestamp_of(query)?,
        };
        if until.since(now) > MAX_DELAY {
            return Err(self.runtime("Wait state delay is too long."));
        }
        Ok(until)
    }

    fn seconds_at(&self, path: &Path) -> Result<Duration, Failure> {
        let value = self.wait_parameter(path, "SecondsPath")?;
        let seconds = value.as_number().and_then(|number| number.as_u64());
        seconds.map(Duration::from_secs).ok_or_else(|| {
            self.runtime(&format!(
                "The SecondsPath parameter cannot be parsed as a long value: {path} == {value}"
            ))
        })
    }

    fn timestamp_at(&self, path: &Path) -> Result<Timestamp, Failure> {
        let value = self.wait_parameter(path, "TimestampPath")?;
        value.as_str().and_then(Timestamp::parse).ok_or_else(|| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            self.runtime(&format!(
                "The TimestampPath parameter does not reference a valid ISO-8601 extended offset \
                 date-time format string: {path} == {text}"
            ))
        })
    }

    fn timestamp_of(&self, query: &Query) -> Result<Timestamp, Failure> {
        let text = self.states_variable().text(query)?;
        Timestamp::parse(&text).ok_or_else(|| {
            let sentence = format!(
                "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time \
                 format string: {text}"
            );
            self.query_failure(&sentence, Some(&query.location))
        })
    }

    fn wait_parameter(&self, path: &Path, field: &str) -> Result<Value, Failure> {
        let input = self.effective_input()?;
        path.evaluate(&self.on(&input)).map_err(|_| {
            self.runtime(&format!(
                "The {field} parameter does not reference an input value: {path}"
            ))
        })
    }
}
