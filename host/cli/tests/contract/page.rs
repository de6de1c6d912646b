//! `CONFORMANCE.md`: the rows as a table, between two marks of the page.

use std::fmt::Write;

use crate::language::{LANGUAGES, Language};
use crate::row::{Refusal, Row, Topic};

const BEGIN: &str = "<!-- begin rows: written by the contract test -->\n";
const END: &str = "<!-- end rows -->\n";

/// The page with its rows as they are now.
pub(crate) fn updated(page: &str, topics: &[Topic]) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    let mut rows = score(topics);
    topics
        .iter()
        .for_each(|topic| write_topic(&mut rows, topic));
    Some(format!("{before}{BEGIN}{rows}\n{END}{after}"))
}

/// How many rows each language has.
fn score(topics: &[Topic]) -> String {
    let of = |language: &Language| {
        let topics = topics.iter().filter(|topic| topic.is_for(language.name));
        let rows = topics
            .map(|topic| topic.rows.len() + refusals(topic, language))
            .sum::<usize>();
        format!("{} {rows}", language.title)
    };
    let scores: Vec<String> = LANGUAGES.iter().map(of).collect();
    format!(
        "\nRows that are tested, all of which pass: {}.\n",
        scores.join(", ")
    )
}

fn refusals(topic: &Topic, language: &Language) -> usize {
    let refusals = topic.refusals.iter();
    refusals
        .filter(|refusal| refusal.says.contains_key(language.name))
        .count()
}

fn write_topic(text: &mut String, topic: &Topic) {
    let languages: Vec<&Language> = LANGUAGES
        .iter()
        .filter(|language| topic.is_for(language.name))
        .collect();
    let titles = languages
        .iter()
        .map(|language| format!(" {} |", language.title));
    let _ = write!(text, "\n### {}\n\n{}\n\n", topic.title, topic.about.trim());
    let _ = writeln!(text, "| row | proves that |{}", titles.collect::<String>());
    let _ = writeln!(text, "|---|---|{}", "---|".repeat(languages.len()));
    for row in &topic.rows {
        let cells = languages.iter().map(|language| cell(row, language));
        write_row(text, &row.name, &row.proves, row.source.as_deref(), cells);
    }
    for refusal in &topic.refusals {
        let cells = languages
            .iter()
            .map(|language| refusal_cell(refusal, language));
        write_row(
            text,
            &refusal.name,
            &refusal.proves,
            refusal.source.as_deref(),
            cells,
        );
    }
    write_differences(text, topic);
}

fn write_row(
    text: &mut String,
    name: &str,
    proves: &str,
    source: Option<&str>,
    cells: impl Iterator<Item = &'static str>,
) {
    let source = source
        .map(|url| format!(" ([source]({url}))"))
        .unwrap_or_default();
    let cells: String = cells.map(|cell| format!(" {cell} |")).collect();
    let _ = writeln!(text, "| `{name}` | {}{source} |{cells}", proves.trim());
}

fn cell(row: &Row, language: &Language) -> &'static str {
    match row.differs.contains_key(language.name) {
        true => "yes, in its way",
        false => "yes",
    }
}

fn refusal_cell(refusal: &Refusal, language: &Language) -> &'static str {
    match refusal.says.contains_key(language.name) {
        true => "yes",
        false => "",
    }
}

fn write_differences(text: &mut String, topic: &Topic) {
    let differences = topic.rows.iter().flat_map(|row| {
        let title_of =
            |language: &Language| Some((language.title, row.differs.get(language.name)?));
        LANGUAGES
            .iter()
            .filter_map(title_of)
            .map(|(title, difference)| {
                format!(
                    "- `{}` in {title}: {}\n",
                    row.name,
                    difference.because.trim()
                )
            })
    });
    let differences: String = differences.collect();
    if !differences.is_empty() {
        let _ = write!(text, "\n{differences}");
    }
}
