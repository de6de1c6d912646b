//! Choice states (States Language, "Choice State").

use super::fields::{Fields, in_brackets};
use super::place::{Node, quoted};
use super::report::Problem;
use super::state::StateFields;
use super::wait::invalid_timestamp;
use crate::choice::{Comparison, Condition, OPERATORS, Operand, Operator, Pattern, Test};
use crate::machine::{ChoiceRule, ChoiceState, RuleCondition, StateKind};
use crate::moment::Moment;
use crate::verdict::Code;

/// How deep `And`, `Or` and `Not` may stand inside one another.
const MAX_DEPTH: usize = 64;

pub(super) fn parse(state: &StateFields<'_>) -> Option<StateKind> {
    let rules = rules(state);
    let default = state.get("Default").and_then(|node| state.target_of(&node));
    Some(StateKind::Choice(ChoiceState {
        rules: rules?,
        default,
    }))
}

fn rules(state: &StateFields<'_>) -> Option<Box<[ChoiceRule]>> {
    let Some(choices) = state.require_items("Choices") else {
        state.scope.add_gap();
        return None;
    };
    let rules: Vec<_> = choices.items().map(|node| rule(state, node)).collect();
    rules.into_iter().collect()
}

fn rule(state: &StateFields<'_>, node: Node<'_>) -> Option<ChoiceRule> {
    let Some(fields) = state.inner(node, "a choice rule") else {
        state.scope.add_gap();
        return None;
    };
    fields.require_all(&["Next"]);
    let next = state.target(&fields, "Next");
    let condition = match fields.is_jsonata() {
        true => expression(&fields),
        false => {
            fields.add_foreign(&["Condition", "Output"]);
            condition(&fields, 0).map(RuleCondition::Comparison)
        }
    };
    let assign = fields.assign();
    let output = match fields.is_jsonata() {
        true => fields.jsonata_template("Output"),
        false => None,
    };
    fields.finish();
    Some(ChoiceRule {
        condition: condition?,
        assign,
        output,
        next: next?,
    })
}

/// The `Condition` of a rule in JSONata.
fn expression(fields: &Fields<'_>) -> Option<RuleCondition> {
    fields.add_foreign(&["Variable", "And", "Or", "Not"]);
    let operators: Vec<_> = OPERATORS.iter().map(|(name, _)| *name).collect();
    fields.add_foreign(&operators);
    let node = condition_of(fields)?;
    match fields.holds_expression(&node) {
        true => fields.query(&node).map(RuleCondition::Jsonata),
        false => fields.bool("Condition").map(RuleCondition::Constant),
    }
}

/// `Condition`, whose absence is reported unless a rule in JSONPath is there instead.
fn condition_of<'f>(fields: &'f Fields<'_>) -> Option<Node<'f>> {
    match fields.has_foreign() {
        true => fields.get("Condition"),
        false => fields.require("Condition"),
    }
}

/// Reads the comparison or the combination that a rule consists of.
fn condition(fields: &Fields<'_>, depth: usize) -> Option<Condition> {
    let form = form(fields)?;
    match form {
        "And" => combination(fields, form, depth).map(Condition::And),
        "Or" => combination(fields, form, depth).map(Condition::Or),
        "Not" => nested(fields, fields.get(form)?, depth).map(|inner| Condition::Not(inner.into())),
        _ => test(fields, form),
    }
}

/// The one operator of a rule: `And`, `Or`, `Not` or a comparison.
fn form(fields: &Fields<'_>) -> Option<&'static str> {
    let names = ["And", "Or", "Not"]
        .into_iter()
        .chain(OPERATORS.iter().map(|(name, _)| *name));
    let present: Vec<_> = names.filter(|name| fields.get(name).is_some()).collect();
    match present[..] {
        [form] => return Some(form),
        // Its being a field of JSONata is what the author should hear.
        [] if fields.peek("Condition").is_some() => {}
        [] => fields.report().error(fields.place(), no_operator),
        [first, second, ..] => {
            let place = fields.peek(second).expect("it is there").place;
            fields.report().error(&place, || {
                let message = format!("\"{first}\" and \"{second}\" exclude one another");
                Problem::error("exclusive-fields", message)
                    .hint("combine rules with \"And\"")
                    .said(said_of_forms(&present))
                    .said_around()
            });
        }
    }
    // What belongs to the operator is not unknown because the operator is.
    fields.get("Variable");
    None
}

fn no_operator() -> Problem {
    let message =
        "the rule compares nothing: it has no operator such as \"StringEquals\" or \"And\"";
    Problem::error("missing-field", message).said(ONE_FORM)
}

/// What the service says of a rule that is neither a comparison nor a combination, or both.
const ONE_FORM: &str =
    "The object must have only one of the following fields, [And, Or, Not, Variable, Condition]";

/// What the service says of a rule with several operators.
fn said_of_forms(present: &[&str]) -> String {
    match present {
        ["And" | "Or" | "Not", ..] => ONE_FORM.to_owned(),
        _ => format!(
            "There should only be one of the following fields: {}",
            in_brackets(present)
        ),
    }
}

fn combination(fields: &Fields<'_>, form: &'static str, depth: usize) -> Option<Box<[Condition]>> {
    let list = fields.require_items(form)?;
    let inner: Vec<_> = list
        .items()
        .map(|node| nested(fields, node, depth))
        .collect();
    inner.into_iter().collect()
}

fn nested(fields: &Fields<'_>, node: Node<'_>, depth: usize) -> Option<Condition> {
    let report = fields.report();
    if depth == MAX_DEPTH {
        let message = format!("choice rules are nested deeper than {MAX_DEPTH} levels");
        report.error(&node.place, || too_deeply_nested(message));
        return None;
    }
    let fields = Fields::of(node, "a nested choice rule", report)?;
    if let Some(next) = fields.get("Next") {
        report.error(&next.place, next_in_nested_rule);
    }
    let condition = condition(&fields, depth + 1);
    fields.finish();
    condition
}

fn too_deeply_nested(message: String) -> Problem {
    Problem::error("too-deeply-nested", message)
        .said_as(Code::TooDeeplyNested, "Nesting is too deep")
}

fn next_in_nested_rule() -> Problem {
    let message = "a rule inside \"And\", \"Or\" or \"Not\" must not have \"Next\"";
    Problem::error("nested-next", message)
        .hint("only the outermost rule leads somewhere")
        .said("Field 'Next' is not supported")
        .said_around()
}

fn test(fields: &Fields<'_>, name: &'static str) -> Option<Condition> {
    fields.require("Variable");
    let variable = fields.operand("Variable");
    let (_, operator) = OPERATORS.iter().find(|(operator, _)| *operator == name)?;
    let comparison = comparison(fields, name, *operator)?;
    Some(Condition::Test(Box::new(Test {
        variable: variable?,
        comparison,
    })))
}

fn comparison(fields: &Fields<'_>, name: &'static str, operator: Operator) -> Option<Comparison> {
    let constant = fields.get(name)?;
    Some(match operator {
        Operator::String(relation) => {
            fields.warn_of_no_path(name);
            Comparison::String(relation, Operand::Constant(fields.text(name)?))
        }
        Operator::StringPath(relation) => {
            Comparison::String(relation, Operand::Path(fields.operand(name)?))
        }
        Operator::Numeric(relation) => {
            let number = fields.expect(&constant, constant.value.as_number(), "a number")?;
            Comparison::Numeric(relation, Operand::Constant(number.clone()))
        }
        Operator::NumericPath(relation) => {
            Comparison::Numeric(relation, Operand::Path(fields.operand(name)?))
        }
        Operator::Boolean => Comparison::Boolean(Operand::Constant(fields.bool(name)?)),
        Operator::BooleanPath => Comparison::Boolean(Operand::Path(fields.operand(name)?)),
        Operator::Timestamp(relation) => {
            Comparison::Timestamp(relation, Operand::Constant(timestamp(fields, &constant)?))
        }
        Operator::TimestampPath(relation) => {
            Comparison::Timestamp(relation, Operand::Path(fields.operand(name)?))
        }
        Operator::Matches => Comparison::Matches(pattern(fields, &constant)?),
        Operator::Is(class) => Comparison::Is(class, fields.bool(name)?),
    })
}

fn timestamp(fields: &Fields<'_>, node: &Node<'_>) -> Option<Moment> {
    let text = fields.text_of(node)?;
    let moment = Moment::parse(&text);
    if moment.is_none() {
        fields
            .report()
            .error(&node.place, || invalid_timestamp(&text));
    }
    moment
}

fn pattern(fields: &Fields<'_>, node: &Node<'_>) -> Option<Pattern> {
    let text = fields.text_of(node)?;
    let pattern = Pattern::parse(&text);
    if pattern.is_none() {
        fields.report().error(&node.place, || {
            let message = format!(
                "{} has a backslash before another character than * and \\",
                quoted(&text)
            );
            Problem::error("invalid-pattern", message)
        });
    }
    pattern
}
