//! Pass states (States Language, "Pass State").

use super::state::StateFields;
use crate::machine::{PassState, StateKind};

pub(super) fn parse(state: &StateFields<'_>) -> Option<StateKind> {
    let result = match state.is_jsonata() {
        true => {
            state.add_foreign(&["Result"]);
            None
        }
        false => {
            if let Some(result) = state.peek("Result") {
                state.warn_of_static_result(&result);
            }
            state.value("Result")
        }
    };
    Some(StateKind::Pass(PassState {
        result,
        next: state.transition()?,
    }))
}
