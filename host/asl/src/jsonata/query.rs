//! One expression of a definition.

use sandstep_json::Text;
use sandstep_jsonata::{Expression, Fault};

/// An expression and where it stands in its state.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) expression: Expression,
    /// The path of its field from its state on, such as `Choices[0]/Condition`.
    pub(crate) location: Text,
    /// Whether it can see the context object, which is not built for others.
    pub(crate) sees_context: bool,
}

impl Query {
    /// Reads what stands between `{%` and `%}`.
    pub(crate) fn parse(text: &str, location: Text) -> Result<Self, Fault> {
        let expression = Expression::parse(text.trim())?;
        let sees_context = sees_context(&expression);
        Ok(Self {
            expression,
            location,
            sees_context,
        })
    }
}

/// What stands between `{%` and `%}`, where a text begins and ends with them:
/// with a blank before, it is no expression (recorded).
pub(crate) fn delimited(text: &str) -> Option<&str> {
    text.strip_prefix("{%")?.strip_suffix("%}")
}

/// Whether an expression looks at more of `$states` than these members, which
/// are there without a cost.
fn sees_context(expression: &Expression) -> bool {
    let variables = expression.references().variables;
    let mut states = variables
        .iter()
        .filter(|variable| *variable.name == *"states");
    states.any(|states| {
        let member = states.members.first();
        !member.is_some_and(|member| matches!(&**member, "input" | "result" | "errorOutput"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_expressions_that_may_look_at_the_context_object_see_it() {
        for (text, sees) in [
            ("$states.input.a + $states . result", false),
            ("$count(input)", false),
            ("$states.errorOutput.Cause", false),
            ("$states.input.a & $states.context.State.Name", true),
            ("$states", true),
            ("$lookup($states, $name)", true),
            ("$states.inputs", true),
            ("$states.*", true),
        ] {
            let expression = Expression::parse(text).expect("it is an expression");
            assert_eq!(sees_context(&expression), sees, "{text}");
        }
    }
}
