//! Fail states (States Language, "Fail State").

use super::fields::Fields;
use super::state::StateFields;
use crate::machine::{FailState, FailText, StateKind};

pub(super) fn parse(state: &StateFields<'_>) -> Option<StateKind> {
    state.scope.add_end();
    let error = text_or_path(state, "Error", "ErrorPath");
    let cause = text_or_path(state, "Cause", "CausePath");
    Some(StateKind::Fail(FailState { error, cause }))
}

fn text_or_path(
    fields: &Fields<'_>,
    constant: &'static str,
    path: &'static str,
) -> Option<FailText> {
    if fields.is_jsonata() {
        fields.add_foreign(&[path]);
        let node = fields.get(constant)?;
        return match fields.holds_expression(&node) {
            true => fields.query(&node).map(FailText::Jsonata),
            false => fields.text_of(&node).map(FailText::Constant),
        };
    }
    fields.at_most_one(&[constant, path]);
    fields.warn_of_no_path(constant);
    let constant = fields.text(constant).map(FailText::Constant);
    constant.or_else(|| fields.expression(path).map(FailText::Expression))
}
