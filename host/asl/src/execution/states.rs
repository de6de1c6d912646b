//! What each state type does when it is entered.

mod choice;
mod fail;
mod pass;
mod wait;

use super::{Execution, Failure, Progress, scope::Scope, thread::ThreadId};
use crate::{
    history::StateType,
    machine::{State, StateKind, Transition},
};

impl Execution {
    /// Decides what a state does, just after it was entered.
    pub(super) fn decide(&mut self, thread: ThreadId, state: &State) -> Result<Progress, Failure> {
        if let Some(progress) = self.join_mocked(thread, state) {
            return progress;
        }
        match &state.kind {
            StateKind::Pass(pass) => self.scope(thread, state).pass(pass),
            StateKind::Choice(choice) => self.scope(thread, state).choice(choice),
            StateKind::Succeed => self.scope(thread, state).succeed(),
            StateKind::Fail(fail) => Err(self.scope(thread, state).failure(fail)),
            StateKind::Wait(wait) => self.wait(thread, state, wait),
            StateKind::Task(task) => self.schedule(thread, state, task),
            StateKind::Parallel(_) => self.start_parallel(thread, state),
            StateKind::Map(map) => self.start_map(thread, state, map),
        }
    }

    pub(super) fn scope<'a>(&'a self, thread: ThreadId, state: &'a State) -> Scope<'a> {
        Scope::new(self, thread, state)
    }
}

impl Scope<'_> {
    fn succeed(&self) -> Result<Progress, Failure> {
        Ok(Progress::Exit {
            handover: self.pass_on()?,
            next: Transition::End,
        })
    }
}

impl StateKind {
    pub(crate) fn state_type(&self) -> StateType {
        match self {
            Self::Pass(_) => StateType::Pass,
            Self::Task(_) => StateType::Task,
            Self::Choice(_) => StateType::Choice,
            Self::Wait(_) => StateType::Wait,
            Self::Succeed => StateType::Succeed,
            Self::Fail(_) => StateType::Fail,
            Self::Parallel(_) => StateType::Parallel,
            Self::Map(_) => StateType::Map,
        }
    }
}
