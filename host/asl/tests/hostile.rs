//! Definitions that try to exhaust the stack, the memory or somebody's patience.

use std::time::{Duration, Instant};

use sandstep_asl::{Diagnostic, StateMachine};

/// The stack of a thread that tokio or `std` starts, in bytes.
const STACK: usize = 2 * 1024 * 1024;

/// Only a guard against hanging, twenty times what any of these needs: time says nothing
/// on a busy machine, and what takes the square of a megabyte takes far longer still.
const PATIENCE: Duration = Duration::from_secs(100);

/// The largest definition, in bytes.
const MAX_SIZE: usize = 1024 * 1024;

/// Reads a definition on a small stack; what is told about it must be little.
fn diagnostics(definition: String) -> Vec<Diagnostic> {
    let begun = Instant::now();
    let reader = std::thread::Builder::new().stack_size(STACK);
    let reader = reader.spawn(move || StateMachine::parse(&definition).diagnostics);
    let diagnostics = reader.expect("a thread starts").join().expect("no panic");
    assert!(begun.elapsed() < PATIENCE, "took {:?}", begun.elapsed());
    assert!(diagnostics.len() <= 101);
    let told: usize = diagnostics
        .iter()
        .map(|diagnostic| diagnostic.to_string().len())
        .sum();
    assert!(told < MAX_SIZE, "{told} bytes of diagnostics");
    diagnostics
}

#[track_caller]
fn refused(definition: String, rule: &str) {
    let diagnostics = diagnostics(definition);
    let first = diagnostics.first().map(ToString::to_string);
    assert!(
        diagnostics.iter().any(|diagnostic| diagnostic.rule == rule),
        "{first:?}"
    );
}

#[track_caller]
fn accepted(definition: String) {
    assert_eq!(diagnostics(definition), []);
}

fn pass(fields: &str) -> String {
    format!(r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Pass", {fields}, "End": true}}}}}}"#)
}

/// As many parts as a definition has room for.
fn many(part: impl Fn(usize) -> String) -> String {
    let (mut text, mut index) = (String::new(), 0);
    while text.len() < MAX_SIZE - 1024 {
        text.push_str(&part(index));
        index += 1;
    }
    text
}

#[test]
fn a_definition_has_at_most_one_mebibyte() {
    refused(" ".repeat(MAX_SIZE + 1), "definition-too-large");
}

#[test]
fn brackets_without_end_are_refused() {
    refused("{\"a\":".repeat(200_000), "invalid-json");
    refused("[".repeat(MAX_SIZE), "invalid-yaml");
    refused("- ".repeat(500_000), "invalid-yaml");
    refused("&a [".repeat(200_000), "invalid-yaml");
}

#[test]
fn aliases_of_aliases_are_refused() {
    let mut yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let alias = format!("*a{}", level - 1);
        yaml.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            [alias.as_str(); 9].join(", ")
        ));
    }
    refused(yaml, "invalid-yaml");
}

#[test]
fn the_deepest_json_is_read() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    // The machine, its states and the state around it are three levels.
    accepted(pass(&format!(r#""Result": {}"#, deep(509))));
    refused(pass(&format!(r#""Result": {}"#, deep(510))), "invalid-json");
    accepted(pass(&format!(r#""Parameters": {}"#, deep(509))));
    let objects = format!("{}1{}", r#"{"a": "#.repeat(509), "}".repeat(509));
    accepted(pass(&format!(r#""Parameters": {objects}"#)));
}

#[test]
fn machines_nest_to_a_bound() {
    let succeed = r#"{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}"#;
    accepted(nested(32, succeed));
    refused(nested(33, succeed), "too-deeply-nested");
    refused(nested(120, succeed), "too-deeply-nested");
}

#[test]
fn the_deepest_template_may_stand_in_the_deepest_machine() {
    // Of 512 levels, the machines around take 96 and the machine and its state three.
    let template = format!("{}1{}", r#"{"a": "#.repeat(413), "}".repeat(413));
    accepted(nested(32, &pass(&format!(r#""Parameters": {template}"#))));
}

/// A machine inside the Map states of `depth` others.
fn nested(depth: usize, innermost: &str) -> String {
    (0..depth).fold(innermost.to_owned(), |inner, level| {
        let map = format!(r#"{{"Type": "Map", "ItemProcessor": {inner}, "End": true}}"#);
        format!(r#"{{"StartAt": "{level}", "States": {{"{level}": {map}}}}}"#)
    })
}

#[test]
fn choice_rules_nest_to_a_bound() {
    let test = r#"{"Variable": "$.x", "IsNull": true}"#;
    let nested = |depth: usize| {
        let rule = format!("{}{test}{}", r#"{"Not": "#.repeat(depth), "}".repeat(depth));
        let rule = format!(r#"{{"Not": {rule}, "Next": "B"}}"#);
        format!(
            r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Choice", "Choices": [{rule}]}},
                "B": {{"Type": "Succeed"}}}}}}"#
        )
    };
    accepted(nested(63));
    refused(nested(64), "too-deeply-nested");
    refused(nested(400), "too-deeply-nested");
}

#[test]
fn twenty_thousand_states_are_read() {
    let states =
        many(|index| format!(r#""{index}": {{"Type": "Pass", "Next": "{}"}},"#, index + 1));
    let last = states.matches("Pass").count();
    accepted(format!(
        r#"{{"StartAt": "0", "States": {{{states} "{last}": {{"Type": "Succeed"}}}}}}"#
    ));
}

#[test]
fn many_rules_are_read() {
    let test = r#"{"Variable": "$.x", "StringMatches": "a*b"}"#;
    let rules = many(|_| format!("{test},"));
    accepted(format!(
        r#"{{"StartAt": "A", "States": {{"B": {{"Type": "Succeed"}}, "A": {{"Type": "Choice",
            "Choices": [{{"And": [{rules} {test}], "Next": "B"}}]}}}}}}"#
    ));
}

#[test]
fn many_problems_are_counted() {
    let fields = many(|index| format!(r#""Rezult{index}": 1,"#));
    refused(
        pass(&format!(r#"{fields} "Result": 1"#)),
        "too-many-problems",
    );
    let keys = many(|_| r#""x": 1,"#.to_owned());
    refused(
        pass(&format!(r#""Result": {{{keys} "x": 1}}"#)),
        "too-many-problems",
    );
    let states =
        many(|index| format!(r#""{index:078}": {{"Type": "Pass", "Next": "{index:077}x"}},"#));
    refused(
        format!(r#"{{"StartAt": "A", "States": {{{states} "A": {{"Type": "Succeed"}}}}}}"#),
        "too-many-problems",
    );
    let expressions = many(|index| format!(r#""{index}.$": "x","#));
    refused(
        pass(&format!(r#""Parameters": {{{expressions} "y": 1}}"#)),
        "too-many-problems",
    );
}

#[test]
fn long_names_are_cut() {
    let name = "x".repeat(MAX_SIZE - 1024);
    refused(pass(&format!(r#""{name}": 1"#)), "unknown-field");
    refused(
        pass(&format!(r#""Result": {{"{name}": {{"a": 1, "a": 2}}}}"#)),
        "duplicate-key",
    );
    refused(pass(&format!(r#""InputPath": "{name}""#)), "invalid-path");
    refused(pass(&format!(r#""Next": "{name}""#)), "exclusive-fields");
}

#[test]
fn expressions_cannot_nest_without_end() {
    let calls = |depth: usize| format!("{}$.x{}", "States.Array(".repeat(depth), ")".repeat(depth));
    refused(
        pass(&format!(r#""Parameters": {{"a.$": "{}"}}"#, calls(50_000))),
        "invalid-expression",
    );
    let steps = "[0]".repeat(300_000);
    refused(pass(&format!(r#""InputPath": "${steps}""#)), "invalid-path");
    let filters = "[?(@.a".repeat(100_000);
    refused(
        pass(&format!(r#""InputPath": "${filters}""#)),
        "invalid-path",
    );
    let parentheses = "(".repeat(500_000);
    refused(
        pass(&format!(r#""InputPath": "$[?{parentheses}""#)),
        "invalid-path",
    );
}
