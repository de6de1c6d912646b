//! Finds a place inside a string of a definition.

use sandstep_json::Position;

/// The place in a document of a byte of one of its strings, which begins at `start`.
///
/// Follows strings on one line: JSON's, YAML's quoted ones with JSON's escapes, and plain
/// ones. For any other it is the string's beginning.
pub(super) fn inside_string(document: &str, start: Position, offset: usize) -> Position {
    let literal = document.get(start.offset..).unwrap_or_default();
    let length = match literal.chars().next() {
        Some('"') => escaped_length(&literal[1..], offset).map(|length| length + 1),
        Some('\'') => Some(offset + 1),
        Some('|' | '>') => None,
        _ => Some(offset),
    };
    let before = length
        .and_then(|length| literal.get(..length))
        .filter(|text| !text.contains('\n'));
    before.map_or(start, |before| Position {
        offset: start.offset + before.len(),
        column: start.column + before.chars().count(),
        ..start
    })
}

/// How many bytes of a JSON literal stand for the first `offset` bytes of its string.
fn escaped_length(literal: &str, offset: usize) -> Option<usize> {
    let (mut length, mut decoded) = (0, 0);
    while decoded < offset {
        let rest = &literal[length..];
        let (read, meant) = unit(rest)?;
        length += read;
        decoded += meant;
    }
    Some(length)
}

/// The lengths of the first character or escape of a literal, as written and as meant.
fn unit(literal: &str) -> Option<(usize, usize)> {
    let first = literal.chars().next().filter(|first| *first != '"')?;
    if first != '\\' {
        return Some((first.len_utf8(), first.len_utf8()));
    }
    let escaped = literal[1..].chars().next()?;
    if escaped != 'u' {
        return Some((1 + escaped.len_utf8(), 1));
    }
    let code = u32::from_str_radix(literal.get(2..6)?, 16).ok()?;
    // Each half of a surrogate pair stands for half of a character of four bytes.
    Some((6, char::from_u32(code).map_or(2, char::len_utf8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_of_a_string_is_found_behind_its_escapes() {
        for (document, offset, column) in [
            (r#""$.a b""#, 3, 5),
            (r#""$['\u00e9'] b""#, 7, 13),
            (r#""\ud83d\ude00x y""#, 5, 15),
            (r#""\"x""#, 1, 4),
            ("'$.a b'", 3, 5),
            ("$.a b", 3, 4),
            ("|\n  $.a b", 3, 1),
            (r#""short""#, 60, 1),
        ] {
            let place = inside_string(document, Position::START, offset);
            assert_eq!(place.column, column, "{document}");
        }
    }
}
