//! What an expression in JSONata refers to, and whether that is there (AWS, "Transforming data
//! with JSONata").

use std::collections::HashSet;

use sandstep_jsonata::{Expression, VariableReference};

use super::fields::{Fields, Offered};
use super::place::{Node, quoted};
use super::report::Problem;
use super::suggest::nearest;
use super::variables::RESERVED;
use crate::verdict::Code;

/// Reports what the expression of a node refers to and does not find. It begins `start` bytes
/// into the node's string.
pub(super) fn check(fields: &Fields<'_>, node: &Node<'_>, start: usize, expression: &Expression) {
    let report = |position: usize, problem: &dyn Fn() -> Problem| {
        let place = fields.report().place_in(node, start + position);
        fields.report().error(&place, problem);
    };
    let references = expression.references();
    let mut names = HashSet::new();
    for (name, position) in &references.fields {
        // Each name is told once for each field.
        if names.insert(name) {
            report(*position, &|| at_the_top(name));
        }
    }
    if let Some(position) = references.contexts.first() {
        report(*position, &|| at_the_top("$"));
    }
    if let Some(position) = references.roots.first() {
        report(*position, &root);
    }
    let offered = fields.offered_at(&node.place);
    for variable in &references.variables {
        match &*variable.name {
            RESERVED => {
                if let Some(member) = missing_member(variable, offered) {
                    report(variable.position, &|| no_member(member));
                }
            }
            "eval" if variable.is_called => report(variable.position, &eval),
            _ if variable.is_builtin => {}
            name => {
                let place = fields.report().place_in(node, start + variable.position);
                // No variable of a state machine holds a function.
                match variable.is_called {
                    true => fields.report().warning(&place, || no_function(name)),
                    false => fields.read_variable(name, &place),
                }
            }
        }
    }
}

/// The member of `$states` that an expression reads, if it is not there.
fn missing_member(variable: &VariableReference, offered: Offered) -> Option<&str> {
    let member = variable.members.first()?;
    let is_there = match &**member {
        "input" | "context" => true,
        "result" => offered == Offered::Result,
        "errorOutput" => offered == Offered::ErrorOutput,
        _ => false,
    };
    (!is_there).then_some(member)
}

fn at_the_top(name: &str) -> Problem {
    let message = format!("{} refers to a context that is not there", quoted(name));
    let problem = Problem::error("missing-context", message);
    let problem = match name {
        "$" => problem.hint("the state's input is \"$states.input\""),
        _ => problem.hint(format!(
            "write \"$states.input.{name}\" for a field of the input, \"${name}\" for a variable"
        )),
    };
    problem.said_as(
        Code::UnsupportedJsonataExpression,
        format!("Reference to '{name}' at the top level is not supported."),
    )
}

fn root() -> Problem {
    Problem::error(
        "missing-context",
        "\"$$\" refers to a context that is not there",
    )
    .hint("the state's input is \"$states.input\"")
    .said_as(
        Code::UnsupportedJsonataExpression,
        "Reference to '$$' is not supported.",
    )
}

fn no_member(member: &str) -> Problem {
    let message = format!("{} is not there", quoted(&format!("$states.{member}")));
    let problem = Problem::error("missing-state-member", message);
    let problem = match member {
        "result" => {
            problem.hint("\"Output\" and \"Assign\" of Task, Parallel and Map states have it, not their catchers")
        }
        "errorOutput" => problem.hint("\"Output\" and \"Assign\" of a catcher have it"),
        _ => problem.hint("\"$states\" has input, context, result and errorOutput"),
    };
    problem.said_as(
        Code::UnsupportedJsonataExpression,
        format!("Field '$states.{member}' does not exist."),
    )
}

fn no_function(name: &str) -> Problem {
    let message = format!("no function is called {}", quoted(&format!("${name}")));
    let meant = nearest(name, sandstep_jsonata::function_names());
    Problem::warning("unknown-function", message)
        .maybe_hint(meant.map(|meant| format!("did you mean \"${meant}\"?")))
}

fn eval() -> Problem {
    Problem::error("no-eval", "\"$eval\" is no function of Step Functions")
        .hint("\"$parse\" reads JSON")
        .said_as(
            Code::UnsupportedJsonataExpression,
            "Function '$eval' is not supported.",
        )
}
