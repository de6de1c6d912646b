//! The words in which the service says why a text is no JSON: those of Jackson, the parser of
//! many services in Java. Recorded for definitions and for inputs of executions.

/// Why a text is no JSON, in the service's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonRefusal {
    /// What is wrong, without the place: `Unrecognized token 'not': was expecting (…)`.
    pub message: String,
    /// Where: `[Source: (String)"not a definition"; line: 1, column: 4]`. Quotes at most the
    /// first 500 characters of the text.
    pub location: String,
}

/// How many characters of the text a location quotes.
const QUOTED: usize = 500;

/// How many characters of an unknown word are repeated.
const MAX_TOKEN: usize = 256;

const VALUES: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/// Says why a text is no JSON, where `offset` is the byte at which a parser noticed it.
pub(super) fn refuse(text: &str, offset: usize) -> JsonRefusal {
    let (before, rest) = text.split_at_checked(offset).unwrap_or((text, ""));
    let walk = Walk::over(before);
    let (message, read) = match rest.chars().next() {
        None => (walk.at_the_end(text), 0),
        Some(found) if walk.in_string => (in_string(found, rest), found.len_utf8()),
        Some(found) => walk.unexpected(found, rest),
    };
    JsonRefusal {
        message,
        location: location(text, offset + read),
    }
}

/// What a parser has seen of a text up to its fault.
#[derive(Default)]
struct Walk {
    /// The open containers, with the offsets of their brackets.
    open: Vec<(char, usize)>,
    expected: Expected,
    in_string: bool,
}

/// What may stand at a place, besides a closing bracket.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Expected {
    #[default]
    Value,
    Key,
    Colon,
    Comma,
}

impl Walk {
    /// Goes over a text that is JSON as far as it goes.
    fn over(text: &str) -> Self {
        let mut walk = Self::default();
        let mut is_escaped = false;
        for (offset, character) in text.char_indices() {
            match (walk.in_string, character) {
                (true, _) if is_escaped => is_escaped = false,
                (true, '\\') => is_escaped = true,
                (true, '"') => walk.end_string(),
                (true, _) => {}
                (false, '"') => walk.in_string = true,
                (false, _) => walk.step(character, offset),
            }
        }
        walk
    }

    fn end_string(&mut self) {
        self.in_string = false;
        self.expected = match self.expected {
            Expected::Key => Expected::Colon,
            _ => Expected::Comma,
        };
    }

    fn step(&mut self, character: char, offset: usize) {
        match character {
            '{' | '[' => self.open.push((character, offset)),
            '}' | ']' => drop(self.open.pop()),
            _ => {}
        }
        self.expected = match character {
            '{' => Expected::Key,
            ',' if self.is_in_object() => Expected::Key,
            '[' | ':' | ',' => Expected::Value,
            _ if character.is_ascii_whitespace() => return,
            _ => Expected::Comma,
        };
    }

    fn is_in_object(&self) -> bool {
        self.open.last().is_some_and(|(bracket, _)| *bracket == '{')
    }

    fn container(&self) -> &'static str {
        match self.is_in_object() {
            true => "Object",
            false => "Array",
        }
    }

    fn at_the_end(&self, text: &str) -> String {
        if self.in_string {
            return "Unexpected end-of-input: was expecting closing quote for a string value"
                .to_owned();
        }
        match (self.expected, self.open.last()) {
            (Expected::Colon, _) => {
                "Unexpected end-of-input within/between Object entries".to_owned()
            }
            (_, Some((_, start))) => {
                let container = self.container();
                let start = location(text, *start);
                let marker = format!("expected close marker for {container}");
                format!("Unexpected end-of-input: {marker} (start marker at {start})")
            }
            (_, None) => "Unexpected end-of-input".to_owned(),
        }
    }

    /// What is wrong with a character outside of a string, and how much of the text a parser
    /// has read by then.
    fn unexpected(&self, found: char, rest: &str) -> (String, usize) {
        let is_value = self.expected == Expected::Value || self.open.is_empty();
        if is_value && begins_word(found) {
            let token: String = rest
                .chars()
                .take_while(|next| continues_word(*next))
                .collect();
            let shown: String = token.chars().take(MAX_TOKEN).collect();
            let message = format!("Unrecognized token '{shown}': was expecting {VALUES}");
            return (message, token.len());
        }
        let code = u32::from(found);
        let wanted = match self.expected {
            _ if is_value => format!("expected a valid value {VALUES}"),
            Expected::Key => "was expecting double-quote to start field name".to_owned(),
            Expected::Colon => "was expecting a colon to separate field name and value".to_owned(),
            _ => format!(
                "was expecting comma to separate {} entries",
                self.container()
            ),
        };
        let message = format!("Unexpected character ('{found}' (code {code})): {wanted}");
        (message, found.len_utf8())
    }
}

fn in_string(found: char, rest: &str) -> String {
    let escaped = rest.strip_prefix('\\').and_then(|rest| rest.chars().next());
    match escaped {
        Some('u') => {
            "Unexpected character: expected a hex-digit for character escape sequence".to_owned()
        }
        Some(escaped) => {
            let code = u32::from(escaped);
            format!("Unrecognized character escape '{escaped}' (code {code})")
        }
        None => {
            let code = u32::from(found);
            format!(
                "Illegal unquoted character ((CTRL-CHAR, code {code})): has to be escaped \
                 using backslash to be included in string value"
            )
        }
    }
}

/// Whether a word of Java may begin with a character.
fn begins_word(character: char) -> bool {
    character.is_alphabetic() || matches!(character, '_' | '$')
}

fn continues_word(character: char) -> bool {
    begins_word(character) || character.is_numeric()
}

/// The place behind so many bytes of a text.
fn location(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|one| *one != '\n').count() + 1;
    let source = source(text);
    format!("[Source: (String){source}; line: {line}, column: {column}]")
}

fn source(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        None => format!("\"{text}\""),
        Some((end, _)) => {
            let count = text[end..].chars().count();
            format!("\"{}\"[truncated {count} chars]", &text[..end])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::why_not_json;

    /// The service's words for a text, and the line and column of their place.
    fn said(text: &str) -> (String, String) {
        let refusal = why_not_json(text).expect(text);
        let (_, place) = refusal.location.rsplit_once("; ").expect("it has a place");
        (refusal.message, place.trim_end_matches(']').to_owned())
    }

    #[track_caller]
    fn check(text: &str, message: &str, place: &str) {
        assert_eq!(said(text), (message.to_owned(), place.to_owned()), "{text}");
    }

    const VALUES: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

    #[test]
    fn an_unknown_word_is_repeated() {
        let message = format!("Unrecognized token 'not': was expecting {VALUES}");
        check("not a definition", &message, "line: 1, column: 4");
        check("{\"a\":\n not}", &message, "line: 2, column: 5");
    }

    #[test]
    fn an_unexpected_character_is_told_with_what_belongs_there() {
        let key = "was expecting double-quote to start field name";
        for (text, found, wanted, place) in [
            ("{'a': 1}", "''' (code 39)", key, "line: 1, column: 3"),
            ("{\"a\": 1,}", "'}' (code 125)", key, "line: 1, column: 10"),
            (
                "{\"a\" 1}",
                "'1' (code 49)",
                "was expecting a colon to separate field name and value",
                "line: 1, column: 7",
            ),
            (
                "{\"a\": 1 \"b\"}",
                "'\"' (code 34)",
                "was expecting comma to separate Object entries",
                "line: 1, column: 10",
            ),
            (
                "[1 2]",
                "'2' (code 50)",
                "was expecting comma to separate Array entries",
                "line: 1, column: 5",
            ),
        ] {
            let message = format!("Unexpected character ({found}): {wanted}");
            check(text, &message, place);
        }
    }

    #[test]
    fn an_end_too_early_names_what_is_open() {
        check(
            "{\"a\": [1",
            "Unexpected end-of-input: expected close marker for Array (start marker at \
             [Source: (String)\"{\"a\": [1\"; line: 1, column: 7])",
            "line: 1, column: 9",
        );
    }

    #[test]
    fn a_long_text_is_quoted_in_part() {
        let text = format!("{{{}", " ".repeat(600));
        let refusal = why_not_json(&text).expect("it is no JSON");
        assert!(
            refusal.location.contains("\"[truncated 101 chars];"),
            "{refusal:?}"
        );
    }

    #[test]
    fn json_is_not_refused() {
        assert_eq!(why_not_json(" {\"a\": [1, null]} "), None);
    }
}
