//! Reading calls.

use sandstep_json::Value;

use super::format::Format;
use super::signature::Signature;
use super::{Argument, Call, Function};
use crate::cursor::Cursor;
use crate::step::parse_number;
use crate::{Path, PathError};

/// How deeply calls may be nested. AWS: "You can nest up to 10 intrinsic functions".
const MAX_CALLS: usize = 10;

/// Reads a call that stands inside `depth` - 1 others.
pub(super) fn parse_call(cursor: &mut Cursor<'_>, depth: usize) -> Result<Call, PathError> {
    let start = cursor.clone();
    if depth > MAX_CALLS {
        return Err(start.error(format!(
            "intrinsic functions are nested at most {MAX_CALLS} deep"
        )));
    }
    let function = parse_function(cursor)?;
    let arguments = parse_arguments(function, cursor, depth)?;
    let signature = function.signature();
    if !signature.takes(arguments.len()) {
        let (name, arity, count) = (signature.name, signature.arity(), arguments.len());
        return Err(start.error(format!("{name} takes {arity} arguments, found {count}")));
    }
    Ok(Call {
        text: cursor.since(start.offset()).into(),
        function,
        arguments,
    })
}

fn parse_function(cursor: &mut Cursor<'_>) -> Result<Function, PathError> {
    let start = cursor.clone();
    let name = cursor.take_while(|char| char.is_alphanumeric() || "._".contains(char));
    if let Some(function) = Function::from_name(name) {
        return Ok(function);
    }
    if !name.starts_with("States.") {
        return Err(start.error("expected a path or an intrinsic function"));
    }
    Err(start.error(format!("there is no intrinsic function `{name}`")))
}

fn parse_arguments(
    function: Function,
    cursor: &mut Cursor<'_>,
    depth: usize,
) -> Result<Vec<Argument>, PathError> {
    cursor.skip_blanks();
    cursor.expect("(")?;
    cursor.skip_blanks();
    let mut arguments = Vec::new();
    if cursor.skip(")") {
        return Ok(arguments);
    }
    loop {
        let start = cursor.clone();
        let mut argument = parse_argument(cursor, depth)?;
        check_literal(&argument, arguments.len(), function.signature(), &start)?;
        if function == Function::Format && arguments.is_empty() {
            argument = compile_format(argument, cursor.since(start.offset()));
        }
        arguments.push(argument);
        cursor.skip_blanks();
        if cursor.skip(")") {
            return Ok(arguments);
        }
        if !cursor.skip(",") {
            return Err(cursor.unexpected("`,` or `)`"));
        }
        cursor.skip_blanks();
    }
}

fn parse_argument(cursor: &mut Cursor<'_>, depth: usize) -> Result<Argument, PathError> {
    Ok(match cursor.peek() {
        Some('$') => Argument::Path(Path::parse_at(cursor)?),
        Some('\'') => Argument::Literal(parse_string(cursor)?.into()),
        Some('-' | '0'..='9') => Argument::Literal(parse_number(cursor)?.into()),
        _ if skip_word(cursor, "null") => Argument::Literal(Value::Null),
        _ if skip_word(cursor, "true") => Argument::Literal(true.into()),
        _ if skip_word(cursor, "false") => Argument::Literal(false.into()),
        Some('S') => Argument::Call(parse_call(cursor, depth + 1)?),
        _ => {
            let wanted =
                "a path, a string in single quotes, a number, true, false, null or a function";
            return Err(cursor.unexpected(wanted));
        }
    })
}

fn skip_word(cursor: &mut Cursor<'_>, word: &str) -> bool {
    let mut after = cursor.clone();
    let is_there = after.take_while(char::is_alphanumeric) == word;
    if is_there {
        *cursor = after;
    }
    is_there
}

fn check_literal(
    argument: &Argument,
    index: usize,
    signature: &Signature,
    start: &Cursor<'_>,
) -> Result<(), PathError> {
    let (Argument::Literal(value), Some(kind)) = (argument, signature.kind(index)) else {
        return Ok(());
    };
    if kind.admits(value) {
        return Ok(());
    }
    let (name, place) = (signature.name, index + 1);
    Err(start.error(format!("argument {place} of {name} must be {kind}")))
}

/// Compiles a literal template, whose escapes matter: `\{\}` is not a slot.
fn compile_format(argument: Argument, source: &str) -> Argument {
    match argument {
        Argument::Literal(_) => Argument::Format(Format::parse(&source[1..source.len() - 1])),
        argument => argument,
    }
}

/// Reads a string in single quotes.
///
/// `\'`, `\{`, `\}` and `\\` stand for their second characters. Any other backslash
/// is an error: recorded for `\"` (States Language, "Intrinsic Functions").
fn parse_string(cursor: &mut Cursor<'_>) -> Result<String, PathError> {
    let start = cursor.clone();
    cursor.expect("'")?;
    let mut text = String::new();
    loop {
        text.push_str(cursor.take_while(|char| char != '\'' && char != '\\'));
        match cursor.next() {
            Some('\'') => return Ok(text),
            Some('\\') => text.push(parse_escaped(cursor)?),
            _ => return Err(start.error("a quote is not closed")),
        }
    }
}

fn parse_escaped(cursor: &mut Cursor<'_>) -> Result<char, PathError> {
    match cursor.peek() {
        Some(char @ ('\'' | '{' | '}' | '\\')) => {
            cursor.next();
            Ok(char)
        }
        _ => Err(cursor.error("a backslash stands only before `'`, `{`, `}` and `\\`")),
    }
}
