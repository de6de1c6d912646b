//! Results as JUnit's XML, which CI servers read.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::{Plan, Ran};
use crate::command_error::CommandError;
use crate::terminal::Paint;

/// Writes the results of all tests, in the order of their files.
pub(crate) fn write_junit(file: &Path, results: &[(&Plan<'_>, &Ran)]) -> Result<(), CommandError> {
    fs::write(file, to_xml(results)).map_err(|cause| CommandError::io("writing", file, &cause))
}

fn to_xml(results: &[(&Plan<'_>, &Ran)]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let all = Totals::of(results);
    let _ = writeln!(xml, "<testsuites name=\"sandstep\" {all}>");
    for suite in results.chunk_by(|(a, _), (b, _)| a.file == b.file) {
        let name = escape(&suite[0].0.file.display().to_string());
        let _ = writeln!(xml, "  <testsuite name=\"{name}\" {}>", Totals::of(suite));
        for (plan, ran) in suite {
            write_case(&mut xml, &name, plan, ran);
        }
        xml += "  </testsuite>\n";
    }
    xml + "</testsuites>\n"
}

fn write_case(xml: &mut String, suite: &str, plan: &Plan<'_>, ran: &Ran) {
    let name = escape(plan.name);
    let seconds = ran.took.as_secs_f64();
    let _ = write!(
        xml,
        "    <testcase name=\"{name}\" classname=\"{suite}\" time=\"{seconds:.3}\""
    );
    if ran.differences.is_empty() {
        *xml += "/>\n";
        return;
    }
    let what: Vec<&str> = ran.differences.iter().map(|one| one.what()).collect();
    let texts = ran.differences.iter().map(|one| one.to_text(Paint::PLAIN));
    let text = escape(&texts.collect::<String>());
    let message = escape(&format!("other than expected: {}", what.join(", ")));
    let _ = writeln!(
        xml,
        ">\n      <failure message=\"{message}\">{text}</failure>"
    );
    if !ran.log.is_empty() {
        let _ = writeln!(xml, "      <system-out>{}</system-out>", escape(&ran.log));
    }
    *xml += "    </testcase>\n";
}

/// The attributes of a group of tests.
struct Totals {
    tests: usize,
    failures: usize,
    seconds: f64,
}

impl Totals {
    fn of(results: &[(&Plan<'_>, &Ran)]) -> Self {
        let ran = results.iter().map(|(_, ran)| ran);
        Self {
            tests: results.len(),
            failures: ran
                .clone()
                .filter(|ran| !ran.differences.is_empty())
                .count(),
            seconds: ran.map(|ran| ran.took.as_secs_f64()).sum(),
        }
    }
}

impl std::fmt::Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            tests,
            failures,
            seconds,
        } = self;
        write!(
            f,
            "tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" time=\"{seconds:.3}\""
        )
    }
}

/// Text that XML 1.0 allows, in elements and attributes alike; other control
/// characters have no form in it.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\n' | '\t' => escaped.push(letter),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter if letter.is_control() => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(
            escape("<a href=\"b\"> & \u{1b}[2J\n"),
            "&lt;a href=&quot;b&quot;&gt; &amp; \u{fffd}[2J\n"
        );
    }
}
