//! Random expressions have the same value here and there.

use sandstep_json::Value;
use sandstep_jsonata_oracle::generate::{DOCUMENT, Generator};
use sandstep_jsonata_oracle::{Outcome, ours, theirs};

/// How many expressions are tried.
const COUNT: u64 = 20_000;

/// Where the oracle differs from the reference, by what an expression has in it. The generator leaves
/// out more: `^` behind an operator without brackets around it, `$base64decode` of bytes that are no
/// UTF-8, `$parseInteger` of what is no integer.
const MISTAKES: &[(&str, &str)] = &[
    ("$reduce(nothing", "takes null for nothing"),
    ("$base64encode('é", "encodes UTF-8, not Latin-1"),
    ("[null..", "blames the other end of a range"),
    ("[nothing..", "blames the other end of a range"),
    ("(price * qty)[", "drops what a predicate keeps of nothing"),
    ("$exists($)", "says that the context does not exist"),
    ("$spread(nested)", "does not spread arrays within arrays"),
];

#[test]
fn random_expressions_have_the_same_value() {
    let input = Value::parse(DOCUMENT).expect("the document is JSON");
    let mut differences = Vec::new();
    for seed in 0..COUNT {
        let text = Generator::new(seed).expression(3);
        let (ours, theirs) = (ours(&text, &input), theirs(&text, &input));
        if !ours.agrees(&theirs) && !is_mistaken(&text, &ours, &theirs) {
            differences.push(format!(
                "{seed}: {text}\n    ours   {ours}\n    theirs {theirs}"
            ));
        }
    }
    assert!(
        differences.is_empty(),
        "{} of {COUNT} differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

/// Whether the oracle is known to be wrong.
fn is_mistaken(text: &str, ours: &Outcome, theirs: &Outcome) -> bool {
    // It leaves a path that has come to nothing, and with it the errors that lie ahead.
    let stops_early = matches!((ours, theirs), (Outcome::Fault(_), Outcome::Undefined));
    // JavaScript prints what is no JSON number as null, and so does the oracle.
    let is_no_number = matches!(ours, Outcome::Fault(code) if code == "D1001");
    // A predicate that is true of nothing keeps it, which JavaScript prints as null; the oracle does not.
    let keeps_nothing = ours.without_nothing().agrees(&theirs.without_nothing());
    stops_early
        || is_no_number
        || keeps_nothing
        || MISTAKES.iter().any(|(part, _)| text.contains(part))
}
