//! The contract of every language: each row of `tests/contract/rows`, in each
//! language, built by the binary and invoked in this process.
//!
//! `SANDSTEP_UPDATE_CONFORMANCE=1` writes the rows into `CONFORMANCE.md`.

mod check;
mod invoke;
mod language;
mod page;
mod pattern;
mod row;
mod shape;
#[path = "../support/mod.rs"]
mod support;

use std::fs;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::language::{LANGUAGES, Language};
use crate::row::Topic;

fn main() {
    let arguments = Arguments::from_args();
    let topics: &[Topic] =
        Topic::read_all(&support::repository().join("tests/contract/rows")).leak();
    let mut trials = vec![Trial::test("the_page_shows_the_rows", || {
        page_is_current(topics)
    })];
    trials.extend(
        LANGUAGES
            .iter()
            .flat_map(|language| trials_of(language, topics)),
    );
    libtest_mimic::run(&arguments, trials).exit();
}

/// A test for each row. Without the language's tools they are ignored, and
/// stderr says so.
fn trials_of(language: &'static Language, topics: &'static [Topic]) -> Vec<Trial> {
    let missing = language.missing_tool();
    if let Some(tool) = missing {
        eprintln!(
            "skipped: all rows in {}, since {tool} is not there",
            language.title
        );
    }
    let builds = Trial::test(format!("{}::builds", language.name), || {
        Ok(language.build()?)
    });
    let topics = topics.iter().filter(|topic| topic.is_for(language.name));
    let rows = topics.flat_map(|topic| topic_trials(language, topic));
    [builds]
        .into_iter()
        .chain(rows)
        .map(|trial| trial.with_ignored_flag(missing.is_some()))
        .collect()
}

fn topic_trials(language: &'static Language, topic: &'static Topic) -> Vec<Trial> {
    let name = |row: &str| format!("{}::{}::{row}", language.name, topic.name);
    let rows = topic
        .rows
        .iter()
        .map(|row| Trial::test(name(&row.name), move || Ok(check::check(language, row)?)));
    let is_for = |refusal: &&row::Refusal| refusal.says.contains_key(language.name);
    let refusals = topic.refusals.iter().filter(is_for).map(|refusal| {
        Trial::test(name(&refusal.name), move || {
            Ok(check::check_refusal(language, refusal)?)
        })
    });
    rows.chain(refusals).collect()
}

fn page_is_current(topics: &[Topic]) -> Result<(), Failed> {
    let file = support::repository().join("CONFORMANCE.md");
    let page = fs::read_to_string(&file)?;
    let updated = page::updated(&page, topics).ok_or("the page has no marks for its rows")?;
    if std::env::var_os("SANDSTEP_UPDATE_CONFORMANCE").is_some() {
        fs::write(&file, &updated)?;
    } else if updated != page {
        return Err("CONFORMANCE.md is stale: SANDSTEP_UPDATE_CONFORMANCE=1 rewrites it".into());
    }
    Ok(())
}
