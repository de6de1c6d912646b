//! Rows beneath each other, for people.

use std::fmt::Write;

use crate::terminal::escaped;

/// Rows beneath a head, each column as wide as it must be. What strangers wrote
/// in them is harmless.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let head = head.map(ToOwned::to_owned);
    let rows: Vec<[String; N]> = std::iter::once(&head)
        .chain(rows)
        .map(|row| row.each_ref().map(|cell| escaped(cell).into_owned()))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [usize; N] = std::array::from_fn(|column| width(column).unwrap_or_default());
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(line, "{cell:<width$}  ");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Facts with their names before them.
pub(crate) fn facts(facts: &[(&str, String)]) -> String {
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines = facts.iter().map(|(name, fact)| {
        let fact = escaped(fact);
        format!("{name:<width$}  {fact}\n")
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_is_in_them() {
        let rows = [
            ["ä\x1b".to_owned(), "1".to_owned()],
            ["b".to_owned(), "2".to_owned()],
        ];
        let expected = "NAME     N\nä\\u{1b}  1\nb        2\n";
        assert_eq!(table(["NAME", "N"], &rows), expected);
    }

    #[test]
    fn facts_are_aligned() {
        let shown = facts(&[("a", "1".to_owned()), ("long", "2".to_owned())]);
        assert_eq!(shown, "a     1\nlong  2\n");
    }
}
