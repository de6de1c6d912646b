//! JSONata's reference suite, and what Step Functions answered.
//!
//! A case that does not come out as it says must be listed in `known.rs` with the reason,
//! and each one that is listed must still fail.

mod case;
mod known;
mod suite;

use std::collections::BTreeMap;

use sandstep_conformance::{locate, page};

use case::Verdict;
use suite::Case;

#[test]
fn the_suite_comes_out_as_listed() {
    let Some(folder) = locate("jsonata") else {
        return;
    };
    let cases = suite::read(&folder);
    let mut score = Score::default();
    let mut surprises = Vec::new();
    for case in &cases {
        let verdict = case::judge(case);
        if let Some(surprise) = score.count(case, &verdict) {
            surprises.push(surprise);
        }
    }
    score.count_unreadable(suite::unreadable(&folder));
    assert!(
        surprises.is_empty(),
        "{} surprises\n{}",
        surprises.len(),
        surprises.join("\n")
    );
    page::show("jsonata", &score.page()).expect("the page shows the score");
}

/// How the cases came out.
#[derive(Default)]
struct Score {
    passed: usize,
    failed: BTreeMap<&'static str, usize>,
    inapplicable: BTreeMap<&'static str, usize>,
}

impl Score {
    /// Counts a case; says what is surprising about it, if anything is.
    fn count(&mut self, case: &Case, verdict: &Verdict) -> Option<String> {
        let known = known::failure(&case.id);
        match (verdict, known) {
            (Verdict::Passed, None) => self.passed += 1,
            (Verdict::Passed, Some(_)) => return Some(format!("{} passes now", case.id)),
            (Verdict::Inapplicable(reason), _) => {
                *self.inapplicable.entry(reason).or_default() += 1;
            }
            (Verdict::Failed(_), Some(reason)) => *self.failed.entry(reason).or_default() += 1,
            (Verdict::Failed(difference), None) => {
                return Some(format!("{}: {difference}", case.id));
            }
        }
        None
    }

    fn count_unreadable(&mut self, cases: usize) {
        let reason = "half a surrogate pair in a string, which UTF-8 cannot hold";
        self.inapplicable.insert(reason, cases);
    }

    /// The section of `CONFORMANCE.md`.
    fn page(&self) -> String {
        let failed: usize = self.failed.values().sum();
        let all = self.passed + failed;
        let percent = 100.0 * self.passed as f64 / all as f64;
        let mut text = format!(
            "Of the {all} cases that Step Functions allows, {} pass ({percent:.1} %).",
            self.passed
        );
        text.push_str(&table("fail", &self.failed));
        text.push_str(&table("do not apply", &self.inapplicable));
        text
    }
}

fn table(what: &str, rows: &BTreeMap<&'static str, usize>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let rows = rows
        .iter()
        .map(|(reason, cases)| format!("\n| {cases} | {reason} |"));
    format!(
        "\n\n| {what} | because |\n|---:|---|{}",
        rows.collect::<String>()
    )
}
