//! Escapes and classes of regular expressions.

use super::char_set::{CharSet, DIGITS, SPACE, WORD, complement};
use super::parser::{Groups, invalid, take};
use crate::Fault;

/// What a backslash and what follows it stand for.
pub(super) enum Escape {
    Char(char),
    Set(CharSet),
    /// A back-reference.
    Group(u32),
    WordBoundary,
    NoWordBoundary,
}

/// Reads an escape, whose backslash has been read.
pub(super) fn escape(rest: &mut &str, groups: &Groups) -> Result<Escape, Fault> {
    let before = *rest;
    let char = take(rest).ok_or_else(|| invalid("a backslash at the end"))?;
    Ok(match char {
        'b' => Escape::WordBoundary,
        'B' => Escape::NoWordBoundary,
        'k' if !groups.names.is_empty() => Escape::Group(named_group(rest, groups)?),
        '1'..='9' if let Some(group) = numbered_group(before, groups) => {
            *rest = &before[digits(before)..];
            Escape::Group(group)
        }
        char => match kind(char) {
            Some(ranges) => Escape::Set(CharSet::new(ranges, false)),
            None => Escape::Char(char_escape(char, before, rest)),
        },
    })
}

/// `\k<name>`
fn named_group(rest: &mut &str, groups: &Groups) -> Result<u32, Fault> {
    let named = rest
        .strip_prefix('<')
        .and_then(|name| name.split_once('>'))
        .and_then(|(name, rest)| Some((groups.named(name)?, rest)));
    let (group, after) = named.ok_or_else(|| invalid("a reference to no group"))?;
    *rest = after;
    Ok(group)
}

fn numbered_group(text: &str, groups: &Groups) -> Option<u32> {
    let group = text[..digits(text)].parse().ok()?;
    (group <= groups.count).then_some(group)
}

fn digits(text: &str) -> usize {
    let end = text.find(|char: char| !char.is_ascii_digit());
    end.unwrap_or(text.len())
}

/// The characters of `\d`, `\w`, `\s` and their opposites.
fn kind(char: char) -> Option<Vec<(char, char)>> {
    Some(match char {
        'd' => DIGITS.to_vec(),
        'D' => complement(DIGITS),
        'w' => WORD.to_vec(),
        'W' => complement(WORD),
        's' => SPACE.to_vec(),
        'S' => complement(SPACE),
        _ => return None,
    })
}

/// The character that an escape stands for. `text` begins with `char`, `rest` behind it. What means
/// nothing else means itself.
fn char_escape<'a>(char: char, text: &'a str, rest: &mut &'a str) -> char {
    match char {
        't' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        '0'..='7' => octal(text, rest),
        'x' => hexadecimal(rest, 2).unwrap_or('x'),
        'u' => unicode(rest).unwrap_or('u'),
        'c' => control(text, rest),
        char => char,
    }
}

/// `\0` to `\377`
fn octal<'a>(text: &'a str, rest: &mut &'a str) -> char {
    let most = if text.starts_with(['0', '1', '2', '3']) {
        3
    } else {
        2
    };
    let count = text
        .bytes()
        .take(most)
        .take_while(|byte| (b'0'..=b'7').contains(byte))
        .count();
    *rest = &text[count..];
    let code = u8::from_str_radix(&text[..count], 8);
    char::from(code.expect("three octal digits up to 377 fit a byte"))
}

fn hexadecimal(rest: &mut &str, count: usize) -> Option<char> {
    char::from_u32(hex_code(rest, count)?)
}

fn hex_code(rest: &mut &str, count: usize) -> Option<u32> {
    let (digits, after) = rest.split_at_checked(count)?;
    let valid = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = valid.then(|| u32::from_str_radix(digits, 16).ok())??;
    *rest = after;
    Some(code)
}

/// `\uXXXX`, or two of them that are a surrogate pair. Half a pair is in no text; it becomes the
/// replacement character.
fn unicode(rest: &mut &str) -> Option<char> {
    let unit = hex_code(rest, 4)?;
    let mut ahead = *rest;
    if (0xd800..0xdc00).contains(&unit)
        && take(&mut ahead) == Some('\\')
        && take(&mut ahead) == Some('u')
        && let Some(low @ 0xdc00..0xe000) = hex_code(&mut ahead, 4)
    {
        *rest = ahead;
        return char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
    }
    Some(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// `\cX`; where no letter follows, the backslash itself, and `c` is read again.
fn control<'a>(text: &'a str, rest: &mut &'a str) -> char {
    match rest.bytes().next() {
        Some(letter) if letter.is_ascii_alphabetic() => {
            *rest = &rest[1..];
            char::from(letter % 32)
        }
        _ => {
            *rest = text;
            '\\'
        }
    }
}

/// Reads a class, whose opening bracket has been read.
pub(super) fn class(rest: &mut &str, groups: &Groups) -> Result<CharSet, Fault> {
    let negated = rest.starts_with('^');
    *rest = rest.strip_prefix('^').unwrap_or(rest);
    let mut ranges = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix(']') {
            *rest = after;
            return Ok(CharSet::new(ranges, negated));
        }
        let first = member(rest, groups)?;
        if !rest.starts_with('-') || rest.starts_with("-]") {
            ranges.extend(first.ranges());
            continue;
        }
        *rest = &rest[1..];
        let last = member(rest, groups)?;
        range(first, last, &mut ranges)?;
    }
}

/// What may stand at an end of a range.
enum Member {
    Char(char),
    Kind(Vec<(char, char)>),
}

impl Member {
    fn ranges(self) -> Vec<(char, char)> {
        match self {
            Member::Char(char) => vec![(char, char)],
            Member::Kind(ranges) => ranges,
        }
    }
}

fn member(rest: &mut &str, groups: &Groups) -> Result<Member, Fault> {
    let char = take(rest).ok_or_else(|| invalid("a '[' without its ']'"))?;
    if char != '\\' {
        return Ok(Member::Char(char));
    }
    let before = *rest;
    let char = take(rest).ok_or_else(|| invalid("a backslash at the end"))?;
    Ok(match (char, kind(char)) {
        (_, Some(ranges)) => Member::Kind(ranges),
        ('b', _) => Member::Char('\u{8}'),
        ('k', _) if !groups.names.is_empty() => return Err(invalid("a reference within a class")),
        _ => Member::Char(char_escape(char, before, rest)),
    })
}

/// `a-z`; where an end is a kind such as `\d`, the hyphen stands for itself (annex B).
fn range(first: Member, last: Member, ranges: &mut Vec<(char, char)>) -> Result<(), Fault> {
    match (first, last) {
        (Member::Char(first), Member::Char(last)) if first <= last => ranges.push((first, last)),
        (Member::Char(_), Member::Char(_)) => {
            return Err(invalid("a range whose ends are out of order"));
        }
        (first, last) => {
            ranges.extend(first.ranges());
            ranges.push(('-', '-'));
            ranges.extend(last.ranges());
        }
    }
    Ok(())
}
