//! The steps of a path and how they are written.

use std::fmt;

use sandstep_json::{Number, Text};

use crate::PathError;
use crate::cursor::Cursor;
use crate::filter::{self, Filter};
use crate::path::{MAX_STEPS, Parsing};

/// One step of a path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// `.name` or `['name']`
    Name(Text),
    /// `['a', 'b']`
    Names(Box<[Text]>),
    /// `[0]`; negative ones count from the end.
    Index(i64),
    /// `[0, 2]`
    Indexes(Box<[i64]>),
    /// `[1:3]`
    Slice(Slice),
    /// `.*` or `[*]`
    Wildcard,
    /// `[?(…)]`
    Filter(Box<Filter>),
    /// `..` and a step that applies at every depth.
    Descend(Box<Step>),
}

/// `[start:end:step]`, as RFC 9535 (2.3.4) defines it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slice {
    pub(crate) start: Option<i64>,
    pub(crate) end: Option<i64>,
    pub(crate) step: Option<i64>,
}

impl Step {
    /// Whether the step leads to one value at most.
    pub(crate) fn is_single(&self) -> bool {
        matches!(self, Step::Name(_) | Step::Index(_))
    }
}

/// Reads steps up to the first character that begins none.
pub(crate) fn parse_steps(
    cursor: &mut Cursor<'_>,
    parsing: &mut Parsing,
) -> Result<Vec<Step>, PathError> {
    let mut steps = Vec::new();
    loop {
        match cursor.peek() {
            Some('.') => steps.push(parse_dot(cursor, parsing)?),
            Some('[') => steps.push(parse_bracket(cursor, parsing)?),
            _ => return Ok(steps),
        }
        if steps.len() > MAX_STEPS {
            return Err(cursor.error(format!("a path has at most {MAX_STEPS} steps")));
        }
    }
}

fn parse_dot(cursor: &mut Cursor<'_>, parsing: &mut Parsing) -> Result<Step, PathError> {
    cursor.expect(".")?;
    if cursor.skip(".") {
        let step = parse_after_dot(cursor, parsing)?;
        return Ok(Step::Descend(Box::new(step)));
    }
    parse_after_dot(cursor, parsing)
}

fn parse_after_dot(cursor: &mut Cursor<'_>, parsing: &mut Parsing) -> Result<Step, PathError> {
    // A dot may stand before a bracket: `$.['a b']`, `$.[?(@.b > 0)]`.
    match cursor.peek() {
        Some('[') => parse_bracket(cursor, parsing),
        Some('*') => {
            cursor.next();
            Ok(Step::Wildcard)
        }
        _ => Ok(Step::Name(parse_dot_name(cursor)?.into())),
    }
}

/// Reads a name without quotes. `length()` is a name, too: the service knows no functions
/// and looks for a property that is called so.
fn parse_dot_name<'a>(cursor: &mut Cursor<'a>) -> Result<&'a str, PathError> {
    let start = cursor.offset();
    if cursor.take_while(is_name_char).is_empty() {
        return Err(cursor.unexpected("a name, `*` or `[` after a dot"));
    }
    if cursor.skip("(") {
        cursor.take_while(|char| char != ')');
        cursor.expect(")")?;
    }
    Ok(cursor.since(start))
}

/// Any character but those that end a name or stand for an operator of a filter.
fn is_name_char(char: char) -> bool {
    !char.is_whitespace() && !char.is_control() && !".[]()'\",*?<>=!&|~`".contains(char)
}

fn parse_bracket(cursor: &mut Cursor<'_>, parsing: &mut Parsing) -> Result<Step, PathError> {
    cursor.expect("[")?;
    cursor.skip_blanks();
    let step = match cursor.peek() {
        Some('\'' | '"') => parse_names(cursor)?,
        Some('*') => {
            cursor.next();
            Step::Wildcard
        }
        Some('?') => Step::Filter(Box::new(filter::parse(cursor, parsing)?)),
        Some('-' | ':' | '0'..='9') => parse_positions(cursor)?,
        Some('(') => return Err(cursor.error("scripts in brackets are not supported")),
        _ => return Err(cursor.unexpected("a quoted name, an index, `*` or `?` after `[`")),
    };
    cursor.skip_blanks();
    cursor.expect("]")?;
    Ok(step)
}

fn parse_names(cursor: &mut Cursor<'_>) -> Result<Step, PathError> {
    let mut names = vec![Text::from(parse_quoted(cursor)?)];
    while skip_comma(cursor) {
        names.push(parse_quoted(cursor)?.into());
    }
    Ok(match names.len() {
        1 => Step::Name(names.swap_remove(0)),
        _ => Step::Names(names.into()),
    })
}

fn skip_comma(cursor: &mut Cursor<'_>) -> bool {
    cursor.skip_blanks();
    let is_there = cursor.skip(",");
    cursor.skip_blanks();
    is_there
}

/// Reads an index, several indexes or a slice.
fn parse_positions(cursor: &mut Cursor<'_>) -> Result<Step, PathError> {
    let first = parse_index(cursor)?;
    cursor.skip_blanks();
    if cursor.peek() == Some(':') {
        return parse_slice(first, cursor).map(Step::Slice);
    }
    let mut indexes = vec![first.ok_or_else(|| cursor.unexpected("an index"))?];
    while skip_comma(cursor) {
        indexes.push(parse_index(cursor)?.ok_or_else(|| cursor.unexpected("an index"))?);
    }
    Ok(match indexes[..] {
        [index] => Step::Index(index),
        _ => Step::Indexes(indexes.into()),
    })
}

fn parse_slice(start: Option<i64>, cursor: &mut Cursor<'_>) -> Result<Slice, PathError> {
    let mut next = || {
        cursor.skip_blanks();
        if !cursor.skip(":") {
            return Ok(None);
        }
        cursor.skip_blanks();
        parse_index(cursor)
    };
    Ok(Slice {
        start,
        end: next()?,
        step: next()?,
    })
}

/// Reads an integer, if one stands here. As in RFC 9535, it has no leading zeros
/// and a float holds it exactly.
fn parse_index(cursor: &mut Cursor<'_>) -> Result<Option<i64>, PathError> {
    let start = cursor.clone();
    cursor.skip("-");
    cursor.take_while(|char| char.is_ascii_digit());
    let text = cursor.since(start.offset());
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let index = text
        .parse::<i64>()
        .ok()
        .filter(|index| index.unsigned_abs() < 1 << 53);
    match index {
        Some(index) if !digits.starts_with('0') || text == "0" => Ok(Some(index)),
        _ => Err(start.error(format!("`{text}` is not an index"))),
    }
}

/// Reads a string in single or double quotes.
///
/// The escapes of RFC 9535 are resolved. A backslash before any other character stands
/// for itself, the other kind of quote included: the service finds the key
/// `Test\""Name"` by `$['Test\""Name"']`.
pub(crate) fn parse_quoted(cursor: &mut Cursor<'_>) -> Result<String, PathError> {
    let start = cursor.clone();
    let quote = match cursor.next() {
        Some(quote @ ('\'' | '"')) => quote,
        _ => return Err(start.unexpected("a name in quotes")),
    };
    let mut text = String::new();
    loop {
        text.push_str(cursor.take_while(|char| char != quote && char != '\\' && char >= ' '));
        match cursor.peek() {
            Some('\\') => parse_escape(quote, cursor, &mut text)?,
            Some(char) if char == quote => break,
            Some(_) => return Err(cursor.error("control characters must be escaped in quotes")),
            None => return Err(start.error("a quote is not closed")),
        }
    }
    cursor.next();
    Ok(text)
}

fn parse_escape(quote: char, cursor: &mut Cursor<'_>, text: &mut String) -> Result<(), PathError> {
    cursor.expect("\\")?;
    let start = cursor.clone();
    match cursor.next() {
        Some('b') => text.push('\u{8}'),
        Some('f') => text.push('\u{c}'),
        Some('n') => text.push('\n'),
        Some('r') => text.push('\r'),
        Some('t') => text.push('\t'),
        Some('u') => text.push(parse_unicode(&start, cursor)?),
        Some(char) if char == quote || char == '\\' || char == '/' => text.push(char),
        Some(char) if char >= ' ' => text.extend(['\\', char]),
        _ => return Err(start.error("a backslash must be followed by a character")),
    }
    Ok(())
}

/// Reads four hexadecimal digits, or a pair of surrogates.
fn parse_unicode(start: &Cursor<'_>, cursor: &mut Cursor<'_>) -> Result<char, PathError> {
    let wrong = || start.error("`\\u` must be followed by the code of a character");
    let first = parse_code_unit(cursor).ok_or_else(wrong)?;
    if let Some(char) = char::from_u32(first.into()) {
        return Ok(char);
    }
    let second = cursor
        .skip("\\u")
        .then(|| parse_code_unit(cursor))
        .flatten()
        .ok_or_else(wrong)?;
    char::decode_utf16([first, second])
        .next()
        .and_then(Result::ok)
        .ok_or_else(wrong)
}

fn parse_code_unit(cursor: &mut Cursor<'_>) -> Option<u16> {
    let mut unit = 0;
    for _ in 0..4 {
        unit = unit << 4 | cursor.next()?.to_digit(16)? as u16;
    }
    Some(unit)
}

/// Reads a number in JSON's notation.
pub(crate) fn parse_number(cursor: &mut Cursor<'_>) -> Result<Number, PathError> {
    let start = cursor.clone();
    cursor.take_while(|char| char.is_ascii_digit() || "+-.eE".contains(char));
    let text = cursor.since(start.offset());
    text.parse()
        .map_err(|_| start.error(format!("`{text}` is not a number")))
}

/// Writes the step as Jayway does in its messages.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Name(name) => write!(f, "['{name}']"),
            Step::Names(names) => {
                let names: Vec<_> = names.iter().map(|name| format!("'{name}'")).collect();
                write!(f, "[{}]", names.join(","))
            }
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Indexes(indexes) => {
                let indexes: Vec<_> = indexes.iter().map(i64::to_string).collect();
                write!(f, "[{}]", indexes.join(","))
            }
            Step::Slice(slice) => write!(f, "[{slice}]"),
            Step::Wildcard => f.write_str("[*]"),
            Step::Filter(_) => f.write_str("[?]"),
            Step::Descend(step) => write!(f, "..{step}"),
        }
    }
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |part: Option<i64>| part.map(|part| part.to_string()).unwrap_or_default();
        write!(f, "{}:{}", part(self.start), part(self.end))?;
        match self.step {
            Some(step) => write!(f, ":{step}"),
            None => Ok(()),
        }
    }
}
