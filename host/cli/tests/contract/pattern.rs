//! Texts with holes.

/// Stands for any number of lines in a list of patterns.
const ANY_LINES: &str = "...";

/// Whether a text fits a pattern, in which `*` stands for any text.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*') {
        match text.find(piece) {
            Some(at) => text = &text[at + piece.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

/// Whether each line fits its pattern; `...` stands for any number of lines.
pub(crate) fn lines_fit<L: AsRef<str>>(patterns: &[String], lines: &[L]) -> bool {
    match (patterns, lines) {
        ([], []) => true,
        ([pattern, rest @ ..], _) if pattern == ANY_LINES => {
            (0..=lines.len()).any(|skipped| lines_fit(rest, &lines[skipped..]))
        }
        ([pattern, patterns @ ..], [line, lines @ ..]) => {
            fits(pattern, line.as_ref()) && lines_fit(patterns, lines)
        }
        _ => false,
    }
}
