//! The section of `CONFORMANCE.md` on definitions.

use libtest_mimic::Trial;

use crate::expected::{AT_FAULT, DISPUTED};

/// The kinds of files, and what must come of them.
const KINDS: [(&str, &str); 4] = [
    ("valid", "accepted without a diagnostic"),
    ("invalid", "refused, for the reason that is theirs"),
    (
        "real-world",
        "accepted, once their placeholders have values",
    ),
    ("disputed", "read as the table below says"),
];

/// The score if all trials pass.
pub(crate) fn page(trials: &[Trial]) -> String {
    let rows = KINDS.iter().map(|(kind, fate)| {
        let prefix = format!("{kind}::");
        let files = trials
            .iter()
            .filter(|trial| trial.name().starts_with(&prefix));
        format!("| {kind} | {} | {fate} |\n", files.count())
    });
    let decisions = DISPUTED
        .iter()
        .map(|(file, rules, reason)| format!("| `{file}` | {} | {reason} |\n", verdict(rules)));
    format!(
        "All {} files come out as they should. At fault, and refused, are these of the \
         published ones: {}.\n\n\
         | files | number | are |\n|---|---:|---|\n{}\n\
         Files on which the tools disagree that they come from:\n\n\
         | file | is | because |\n|---|---|---|\n{}",
        trials.len(),
        AT_FAULT.map(|file| format!("`{file}`")).join(", "),
        rows.collect::<String>(),
        decisions.collect::<String>(),
    )
}

fn verdict(rules: &[&str]) -> String {
    let mut rules: Vec<String> = rules.iter().map(|rule| format!("`{rule}`")).collect();
    rules.dedup();
    match rules.is_empty() {
        true => "accepted".to_owned(),
        false => rules.join(", "),
    }
}
