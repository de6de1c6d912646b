//! Text of strangers, made harmless for a terminal.

use std::borrow::Cow;

/// One line of text in which nothing acts on the terminal: what would is
/// written as `\u{1b}`.
///
/// Names and causes come from definitions and functions, and what functions
/// print is theirs altogether: they could recolour the screen, overwrite
/// lines, or show another order of letters than there is.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match acts(letter) {
            true => safe.extend(letter.escape_default()),
            false => safe.push(letter),
        }
    }
    Cow::Owned(safe)
}

/// The same of several lines, those after the first set in, so that none looks
/// like one of ours.
pub(crate) fn escaped_lines(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.lines().map(escaped).collect();
    lines.join("\n    ")
}

/// Whether a terminal does something with a character instead of showing it:
/// control characters but the tab, separators of lines, and marks, embeddings,
/// overrides and isolates of writing direction (Unicode Standard Annex 9,
/// section 2).
pub(crate) fn acts(letter: char) -> bool {
    let directs = matches!(
        letter,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    directs || (letter.is_control() && letter != '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_written_out() {
        for (text, safe) in [
            ("\x1b[2Jgone", "\\u{1b}[2Jgone"),
            ("ok\rno", "ok\\rno"),
            ("\u{7f}\u{9b}31m", "\\u{7f}\\u{9b}31m"),
            ("user\u{202e}gpj.exe", "user\\u{202e}gpj.exe"),
            ("a\u{2066}b\u{2028}c\0", "a\\u{2066}b\\u{2028}c\\u{0}"),
        ] {
            assert_eq!(escaped(text), safe);
        }
    }

    #[test]
    fn other_text_stays() {
        for text in ["", "a\tb", "größe 数 שלום", "\\u{1b}"] {
            assert!(matches!(escaped(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn lines_stay_lines_of_one_text() {
        assert_eq!(
            escaped_lines("why\r\nerror: fake\n"),
            "why\n    error: fake"
        );
    }
}
