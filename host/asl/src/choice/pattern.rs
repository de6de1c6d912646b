//! Patterns of `StringMatches`.

/// A text with wildcards: `*` matches any characters, none included.
///
/// Kept as the literal pieces around the wildcards, so that matching looks for one piece
/// after the other and takes linear time.
#[derive(Debug)]
pub(crate) struct Pattern {
    first: Box<str>,
    /// What follows each wildcard.
    rest: Box<[Box<str>]>,
}

impl Pattern {
    /// Reads a pattern. A backslash makes `*` or another backslash literal; before any
    /// other character it is an error, `None` (States Language, "StringMatches").
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut piece = String::new();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match character {
                '*' => pieces.push(std::mem::take(&mut piece).into_boxed_str()),
                '\\' => piece.push(
                    characters
                        .next()
                        .filter(|next| matches!(next, '*' | '\\'))?,
                ),
                _ => piece.push(character),
            }
        }
        pieces.push(piece.into_boxed_str());
        let first = pieces.remove(0);
        Some(Self {
            first,
            rest: pieces.into(),
        })
    }

    /// Whether the pattern matches all of a text.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let Some((last, middle)) = self.rest.split_last() else {
            return text == &*self.first;
        };
        let Some(text) = text.strip_prefix(&*self.first) else {
            return false;
        };
        let Some(mut text) = text.strip_suffix(&**last) else {
            return false;
        };
        for piece in middle {
            let Some(at) = text.find(&**piece) else {
                return false;
            };
            text = &text[at + piece.len()..];
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_any_characters() {
        for (pattern, text, matches) in [
            ("log-*.txt", "log-2019.txt", true),
            ("log-*.txt", "log-.txt", true),
            ("log-*.txt", "log-2019.txt.gz", false),
            ("*", "", true),
            ("**", "x", true),
            ("a*a", "a", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("*ab*ab", "xab", false),
            ("", "", true),
            ("", "x", false),
            (r"\*", "*", true),
            (r"\*", "x", false),
            (r"a\\*", r"a\b", true),
            ("ü*", "übung", true),
        ] {
            let parsed = Pattern::parse(pattern).expect(pattern);
            assert_eq!(parsed.matches(text), matches, "{pattern} on {text}");
        }
    }

    #[test]
    fn a_backslash_escapes_nothing_else() {
        assert!(Pattern::parse(r"\n").is_none());
        assert!(Pattern::parse(r"end\").is_none());
    }
}
