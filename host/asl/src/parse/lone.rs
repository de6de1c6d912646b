//! One state alone, without the machine around it.

use sandstep_json::{Entry, Spanned, SpannedNode, Text};

use super::draft::Draft;
use super::{Options, Parsed, read, read_into};
use crate::machine::StateMachine;

/// What the service calls a state that is tested alone, in the context object and in the
/// places of its problems (recorded).
const NAME: &str = "StateName";

impl StateMachine {
    /// Reads the definition of one state, with the rules of a whole machine but for what lies
    /// outside of it: it may lead to any state.
    ///
    /// The machine's first state is the one that was read, and is called `StateName`. A
    /// `QueryLanguage` is the state's own. Problems are placed as in
    /// `{"States": {"StateName": …}}`.
    pub fn parse_state(text: &str, options: &Options) -> Parsed {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        read(text, options, |state| {
            read_into(&around(state), Draft::of_lone_state(options, Some(text)))
        })
    }

    /// Reads a state that is part of a larger document; see [`StateMachine::parse_state`].
    pub fn state_from_source(state: &Spanned, options: &Options) -> Parsed {
        read_into(&around(state.clone()), Draft::of_lone_state(options, None))
    }
}

/// A machine that has this state alone.
fn around(state: Spanned) -> Spanned {
    let position = state.position;
    let spanned = |node| Spanned { node, position };
    let entry = |key: &str, value| Entry {
        key: key.into(),
        key_position: position,
        value,
    };
    let states = spanned(SpannedNode::Object(vec![entry(NAME, state)]));
    let start_at = spanned(SpannedNode::String(Text::from(NAME)));
    spanned(SpannedNode::Object(vec![
        entry("StartAt", start_at),
        entry("States", states),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(state: &str) -> Vec<String> {
        let parsed = StateMachine::parse_state(state, &Options::default());
        assert_eq!(parsed.machine.is_some(), parsed.diagnostics.is_empty());
        let diagnostics = parsed.diagnostics.iter();
        diagnostics
            .map(|problem| format!("{} {}", problem.rule, problem.path))
            .collect()
    }

    #[test]
    fn a_lone_state_may_lead_to_any_state() {
        for state in [
            r#"{"Type": "Pass", "Next": "Elsewhere"}"#,
            r#"{"Type": "Pass", "Next": "StateName"}"#,
            r#"{"Type": "Choice", "Default": "A", "Choices": [
                {"Variable": "$.a", "IsNull": true, "Next": "B"},
                {"Variable": "$.b", "IsNull": true, "Next": "B"}]}"#,
            r#"{"Type": "Task", "Resource": "f", "End": true, "Catch": [
                {"ErrorEquals": ["States.ALL"], "Next": "C"}]}"#,
            "Type: Wait\nSeconds: 1\nNext: D",
        ] {
            assert_eq!(problems(state), [""; 0], "{state}");
        }
    }

    #[test]
    fn what_is_inside_a_lone_state_is_whole() {
        let inner = r#"{"StartAt": "A", "States": {
            "A": {"Type": "Pass", "Next": "B"}, "C": {"Type": "Succeed"}}}"#;
        let state = format!(r#"{{"Type": "Parallel", "Branches": [{inner}], "Next": "C"}}"#);
        assert_eq!(
            problems(&state),
            [
                "missing-transition-target $.States.StateName.Branches[0].States.A.Next",
                "unreachable-state $.States.StateName.Branches[0].States.C",
            ]
        );
    }
}
