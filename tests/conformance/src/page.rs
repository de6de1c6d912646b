//! `CONFORMANCE.md`: the score, of which each test suite writes its own section.

use std::fs;
use std::path::Path;

/// The variable with which the suites write their sections.
const UPDATE: &str = "SANDSTEP_UPDATE_CONFORMANCE";

/// Compares a section of the page with what it should be, or writes it where
/// `SANDSTEP_UPDATE_CONFORMANCE` is set.
///
/// The page is about the usual data: where another collection is tested, nothing
/// is compared.
///
/// # Errors
///
/// Says that the page is stale, or has no such section.
pub fn show(section: &str, text: &str) -> Result<(), String> {
    if !crate::is_usual() {
        return Ok(());
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../CONFORMANCE.md");
    let page = fs::read_to_string(&file).map_err(|error| error.to_string())?;
    let updated = updated(&page, section, text)
        .ok_or_else(|| format!("CONFORMANCE.md has no marks for {section:?}"))?;
    if std::env::var_os(UPDATE).is_some() {
        return fs::write(&file, updated).map_err(|error| error.to_string());
    }
    match updated == page {
        true => Ok(()),
        false => Err(format!("CONFORMANCE.md is stale: {UPDATE}=1 rewrites it")),
    }
}

/// The page with a text between the marks of a section.
fn updated(page: &str, section: &str, text: &str) -> Option<String> {
    let begin = format!("<!-- begin {section}: written by its tests -->\n");
    let end = format!("<!-- end {section} -->\n");
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{}\n\n{end}{after}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_replaced_between_its_marks() {
        let page =
            |text| format!("a\n<!-- begin s: written by its tests -->\n{text}<!-- end s -->\nb\n");
        assert_eq!(
            updated(&page("old\n"), "s", "new\n"),
            Some(page("\nnew\n\n"))
        );
        assert_eq!(updated(&page(""), "t", "new"), None);
    }
}
