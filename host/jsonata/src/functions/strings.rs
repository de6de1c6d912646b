//! Functions of strings. Characters are Unicode code points.

use std::borrow::Cow;

use super::calls::{made, reads};
use super::room;
use crate::Fault;
use crate::builtin::{Call, Definition};
use crate::item::Item;

/// `$length`
fn length(text: &str) -> usize {
    text.chars().count()
}

/// `$substring`: the characters from `start`, counted from the end where it is negative, and at most
/// `length` of them. Fractions are dropped towards zero.
fn substring(text: &str, start: f64, length: Option<f64>) -> &str {
    let count = self::length(text) as f64;
    let start = if count + start < 0.0 { 0.0 } else { start };
    let from = if start < 0.0 {
        count + start.trunc()
    } else {
        start
    };
    let to = match length {
        Some(length) if length <= 0.0 => return "",
        Some(length) if start < 0.0 => count + start + length,
        Some(length) => start + length,
        None => count,
    };
    // Saturating casts: what lies beyond the end is the end.
    let (from, to) = (from as usize, to as usize);
    let rest = &text[offset(text, from)..];
    &rest[..offset(rest, to.saturating_sub(from))]
}

/// The byte at which a character begins, or the end if there are fewer.
fn offset(text: &str, index: usize) -> usize {
    if text.is_ascii() {
        return index.min(text.len());
    }
    let found = text.char_indices().nth(index);
    found.map_or(text.len(), |(offset, _)| offset)
}

/// `$substringBefore`: all of the text where it does not have the characters.
fn substring_before<'a>(text: &'a str, chars: &str) -> &'a str {
    text.split_once(chars).map_or(text, |(before, _)| before)
}

/// `$substringAfter`: all of the text where it does not have the characters.
fn substring_after<'a>(text: &'a str, chars: &str) -> &'a str {
    text.split_once(chars).map_or(text, |(_, after)| after)
}

/// `$trim`: runs of spaces, tabs and line ends become one space, and none at the ends.
fn trim(text: &str) -> String {
    let words = text.split([' ', '\t', '\n', '\r']);
    let mut trimmed = String::with_capacity(text.len());
    for word in words.filter(|word| !word.is_empty()) {
        if !trimmed.is_empty() {
            trimmed.push(' ');
        }
        trimmed.push_str(word);
    }
    trimmed
}

/// `$pad`: fills the text up to so many characters, on the left where the width is negative, by
/// repeating `fill`, or spaces where that is empty. At most `most` bytes.
fn pad<'a>(text: &'a str, width: f64, fill: &str, most: usize) -> Result<Cow<'a, str>, Fault> {
    let fill = if fill.is_empty() { " " } else { fill };
    // A saturating cast: any such width is too much.
    let missing = (width.abs() as usize).saturating_sub(length(text));
    if missing == 0 {
        return Ok(text.into());
    }
    let (rounds, rest) = (missing / length(fill), missing % length(fill));
    let rest = &fill[..offset(fill, rest)];
    let bytes = fill
        .len()
        .saturating_mul(rounds)
        .saturating_add(rest.len() + text.len());
    room::check(bytes, most)?;
    let padding = fill.repeat(rounds) + rest;
    Ok(if width < 0.0 {
        padding + text
    } else {
        text.to_owned() + &padding
    }
    .into())
}

/// `$join`: at most `most` bytes.
fn join(texts: &[Item], separator: &str, most: usize) -> Result<String, Fault> {
    let texts = || texts.iter().filter_map(Item::as_str);
    let separators = separator
        .len()
        .saturating_mul(texts().count().saturating_sub(1));
    let bytes = texts()
        .map(str::len)
        .fold(separators, usize::saturating_add);
    room::check(bytes, most)?;
    let mut joined = String::with_capacity(bytes);
    for (index, text) in texts().enumerate() {
        if index > 0 {
            joined.push_str(separator);
        }
        joined.push_str(text);
    }
    Ok(joined)
}

pub(crate) const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "length",
        signature: "<s-:n>",
        arity: 1,
        run: |call| {
            let text = call.take(0);
            let Some(text) = reads(call, &text)? else {
                return Ok(Item::Undefined);
            };
            Ok((length(text) as f64).into())
        },
    },
    Definition {
        name: "substring",
        signature: "<s-nn?:s>",
        arity: 3,
        run: |call| {
            let (text, start, length) = (call.take(0), call.number(1), call.number(2));
            let Some(text) = reads(call, &text)? else {
                return Ok(Item::Undefined);
            };
            // As in JavaScript, an undefined start is the beginning.
            made(call, substring(text, start.unwrap_or(0.0), length))
        },
    },
    Definition {
        name: "substringBefore",
        signature: "<s-s:s>",
        arity: 2,
        run: |call| cut(call, substring_before),
    },
    Definition {
        name: "substringAfter",
        signature: "<s-s:s>",
        arity: 2,
        run: |call| cut(call, substring_after),
    },
    Definition {
        name: "uppercase",
        signature: "<s-:s>",
        arity: 1,
        run: |call| changed(call, str::to_uppercase),
    },
    Definition {
        name: "lowercase",
        signature: "<s-:s>",
        arity: 1,
        run: |call| changed(call, str::to_lowercase),
    },
    Definition {
        name: "trim",
        signature: "<s-:s>",
        arity: 1,
        run: |call| changed(call, trim),
    },
    Definition {
        name: "pad",
        signature: "<s-ns?:s>",
        arity: 3,
        run: |call| {
            let (text, width, fill) = (call.take(0), call.number(1), call.take(2));
            let Some(text) = reads(call, &text)? else {
                return Ok(Item::Undefined);
            };
            let most = call.meter().memory_left();
            let fill = fill.as_str().unwrap_or(" ");
            made(call, pad(text, width.unwrap_or(0.0), fill, most)?)
        },
    },
    Definition {
        name: "join",
        signature: "<a<s>s?:s>",
        arity: 2,
        run: |call| {
            let (texts, separator) = (call.take(0), call.take(1));
            let Some(texts) = texts.items() else {
                return Ok(Item::Undefined);
            };
            call.meter().make_items(texts.len())?;
            let most = call.meter().memory_left();
            let joined = join(&texts.to_vec(), separator.as_str().unwrap_or(""), most)?;
            made(call, joined)
        },
    },
];

/// Part of a text, found by another text.
fn cut(call: &mut Call<'_, '_>, cut: for<'a> fn(&'a str, &str) -> &'a str) -> Result<Item, Fault> {
    let (text, chars) = (call.take(0), call.take(1));
    let Some(text) = reads(call, &text)? else {
        return Ok(Item::Undefined);
    };
    // JavaScript looks for the word when nothing is given.
    made(call, cut(text, chars.as_str().unwrap_or("undefined")))
}

/// A text made from another one, character by character.
fn changed(call: &mut Call<'_, '_>, change: fn(&str) -> String) -> Result<Item, Fault> {
    let text = call.take(0);
    let Some(text) = reads(call, &text)? else {
        return Ok(Item::Undefined);
    };
    // No character becomes more than three times as long in another case.
    room::check(text.len().saturating_mul(3), call.meter().memory_left())?;
    made(call, change(text))
}
