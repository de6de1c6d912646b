//! Workflow variables: who sees them, what sets them and how large they may be
//! (developer guide, "Passing data between states with variables").

use sandstep_json::{Object, Value};

use super::{
    Execution,
    failure::Failure,
    inspection::Stage,
    scope::Scope,
    thread::{Thread, ThreadId},
};
use crate::machine::Payload;

impl Execution {
    /// A variable as a thread sees it: its own, or one of the threads around it.
    /// These wait for it, so that theirs stay as they are meanwhile.
    pub(super) fn variable<'a>(&'a self, thread: &'a Thread, name: &str) -> Option<&'a Value> {
        let mut thread = thread;
        loop {
            let own = thread.variables.as_ref();
            if let Some(value) = own.and_then(|variables| variables.get(name)) {
                return Some(value);
            }
            let (parent, _) = thread.parent?;
            thread = &self.threads[parent];
        }
    }

    /// Sets variables of a thread.
    pub(super) fn apply_assigned(&mut self, thread: ThreadId, assigned: &Object) {
        let thread = &mut self.threads[thread];
        let before = thread.variable_bytes();
        thread.variables.get_or_insert_default().extend(assigned);
        self.variable_bytes += thread.variable_bytes();
        self.variable_bytes -= before;
    }

    /// Whether a thread may set these variables.
    pub(super) fn has_room_for(&self, thread: &Thread, assigned: &Object) -> bool {
        let limits = &self.start.limits;
        let own = thread.variables.as_ref();
        let (mut bytes, mut replaced) = (0_usize, 0_usize);
        for (name, value) in assigned {
            let old = own.and_then(|variables| variables.get(name));
            bytes = bytes.saturating_add(value.json_len());
            replaced += old.map_or(0, Value::json_len);
        }
        let others = self.variable_bytes.saturating_sub(replaced);
        bytes <= limits.payload_bytes && others.saturating_add(bytes) <= limits.variable_bytes
    }

    /// The variables of a thread that is back are back with it.
    pub(super) fn remember_variables(&mut self, thread: &Thread) {
        self.variable_bytes += thread.variable_bytes();
    }

    /// The variables of a thread that is gone are gone with it.
    pub(super) fn forget_variables(&mut self, thread: &Thread) {
        self.variable_bytes -= thread.variable_bytes();
    }
}

impl Thread {
    /// How many bytes of JSON text its own variables have.
    fn variable_bytes(&self) -> usize {
        self.variables
            .as_ref()
            .map_or(0, |variables| variables.json_len())
    }
}

impl Scope<'_> {
    /// What an `Assign` in JSONPath sets, all of it seen from before.
    pub(super) fn assigned(
        &self,
        assign: Option<&Payload>,
        input: &Value,
    ) -> Result<Option<Object>, Failure> {
        match assign {
            Some(Payload::JsonPath(assign)) => self.checked(self.template(assign, input)?),
            _ => Ok(None),
        }
    }

    /// The variables that an `Assign` sets, unless they are too large; `None`
    /// where it sets none.
    pub(super) fn checked(&self, assigned: Value) -> Result<Option<Object>, Failure> {
        self.inspect(Stage::Assigned, &assigned);
        let Some(assigned) = assigned.as_object().filter(|assigned| !assigned.is_empty()) else {
            return Ok(None);
        };
        match self.has_room_for(assigned) {
            true => Ok(Some(assigned.clone())),
            false => Err(Failure::data_limit(&self.state.name)),
        }
    }
}
