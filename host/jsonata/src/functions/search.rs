//! Functions that look for something in a string: `$contains`, `$match`, `$replace`, `$split`.

use std::borrow::Cow;

use super::calls::{made, reads};
use super::matching::{Found, Matches, utf16_len};
use super::room;
use crate::Fault;
use crate::builtin::{Arguments, Call, Definition};
use crate::evaluate::convert::object;
use crate::item::Item;

pub(crate) const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "contains",
        signature: "<s-(sf):b>",
        arity: 2,
        run: contains,
    },
    Definition {
        name: "match",
        signature: "<s-f<s:o>n?:a<o>>",
        arity: 3,
        run: matches,
    },
    Definition {
        name: "replace",
        signature: "<s-(sf)(sf)n?:s>",
        arity: 4,
        run: replace,
    },
    Definition {
        name: "split",
        signature: "<s-(sf)n?:a<s>>",
        arity: 3,
        run: split,
    },
];

/// The text, after paying for looking through it; `None` where it or what to look for is undefined.
fn subject<'a>(
    call: &mut Call<'_, '_>,
    text: &'a Item,
    pattern: &Item,
) -> Result<Option<&'a str>, Fault> {
    let text = reads(call, text)?;
    Ok(text.filter(|_| !pattern.is_undefined()))
}

/// How many matches are asked for. Fails with `code` for a negative number.
fn limit(call: &Call<'_, '_>, index: usize, code: &'static str) -> Result<Limit, Fault> {
    match call.number(index) {
        Some(limit) if limit < 0.0 => Err(Fault::new(code, "the limit must not be negative")),
        limit => Ok(Limit(limit.unwrap_or(f64::INFINITY))),
    }
}

#[derive(Clone, Copy)]
struct Limit(f64);

impl Matches<'_> {
    /// The first match, if any is asked for. The reference always looks for one more than it gives,
    /// so that an empty match is an error even where it is the only one.
    fn first(&mut self, call: &mut Call<'_, '_>, limit: Limit) -> Result<Option<Found>, Fault> {
        match limit.allows_after(0) {
            true => self.next(call),
            false => Ok(None),
        }
    }
}

impl Limit {
    /// Whether one more is asked for.
    fn allows_after(self, count: usize) -> bool {
        (count as f64) < self.0
    }
}

fn contains(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (text, token) = (call.take(0), call.take(1));
    let Some(subject) = subject(call, &text, &token)? else {
        return Ok(Item::Undefined);
    };
    let found = match token.as_str() {
        Some(token) => subject.contains(token),
        None => Matches::of(&text, &token).next(call)?.is_some(),
    };
    Ok(found.into())
}

/// `$match`: the matches as objects with `match`, `index` and `groups`.
fn matches(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (text, matcher) = (call.take(0), call.take(1));
    let Some(subject) = subject(call, &text, &matcher)? else {
        return Ok(Item::Undefined);
    };
    let limit = limit(call, 2, "D3040")?;
    let mut matches = Matches::of(&text, &matcher);
    let mut objects = Vec::new();
    // The index is in UTF-16 units; they are counted on from the match before.
    let (mut counted, mut units) = (0, 0);
    let mut next = matches.first(call, limit)?;
    while let Some(found) = next.filter(|_| limit.allows_after(objects.len())) {
        let start = found.span.start;
        units += utf16_len(subject.get(counted..start).unwrap_or_default());
        counted = counted.max(start);
        objects.push(match_object(call, subject, &found, units)?);
        next = matches.next(call)?;
    }
    Item::sequence(objects)
}

fn match_object(
    call: &mut Call<'_, '_>,
    text: &str,
    found: &Found,
    index: usize,
) -> Result<Item, Fault> {
    call.meter().make_items(1)?;
    let members = vec![
        ("match".into(), made(call, found.text(text))?),
        ("index".into(), (index as f64).into()),
        ("groups".into(), found.groups(text, call.meter())?),
    ];
    object(members, call.meter())
}

fn split(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (text, separator) = (call.take(0), call.take(1));
    let Some(subject) = subject(call, &text, &separator)? else {
        return Ok(Item::Undefined);
    };
    let limit = limit(call, 2, "D3020")?;
    let pieces = match separator.as_str() {
        Some(separator) => split_by_text(call, subject, separator, limit)?,
        None => split_by_matches(call, &text, &separator, limit)?,
    };
    Item::array(pieces)
}

/// Splits at each separator, or into characters where that is empty.
fn split_by_text(
    call: &mut Call<'_, '_>,
    text: &str,
    separator: &str,
    limit: Limit,
) -> Result<Vec<Item>, Fault> {
    let mut characters = text.split("").filter(|piece| !piece.is_empty());
    let mut between = text.split(separator);
    let most = Limit(limit.0.trunc());
    let mut pieces = Vec::new();
    while most.allows_after(pieces.len())
        && let Some(piece) = match separator {
            "" => characters.next(),
            _ => between.next(),
        }
    {
        pieces.push(piece_of(call, piece)?);
    }
    Ok(pieces)
}

fn split_by_matches(
    call: &mut Call<'_, '_>,
    text: &Item,
    separator: &Item,
    limit: Limit,
) -> Result<Vec<Item>, Fault> {
    let subject = text.as_str().unwrap_or_default();
    let mut matches = Matches::of(text, separator);
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut next = matches.first(call, limit)?;
    while let Some(found) = next.filter(|_| limit.allows_after(pieces.len())) {
        let piece = subject.get(start..found.span.start).unwrap_or_default();
        pieces.push(piece_of(call, piece)?);
        start = found.span.end;
        next = matches.next(call)?;
    }
    if limit.allows_after(pieces.len()) {
        pieces.push(piece_of(call, &subject[start..])?);
    }
    Ok(pieces)
}

fn piece_of(call: &mut Call<'_, '_>, piece: &str) -> Result<Item, Fault> {
    call.meter().make_items(1)?;
    made(call, piece)
}

fn replace(call: &mut Call<'_, '_>) -> Result<Item, Fault> {
    let (text, pattern, replacement) = (call.take(0), call.take(1), call.take(2));
    let Some(subject) = subject(call, &text, &pattern)? else {
        return Ok(Item::Undefined);
    };
    let limit = limit(call, 3, "D3011")?;
    let replaced = match pattern.as_str() {
        Some("") => {
            return Err(Fault::new(
                "D3010",
                "the pattern must not be an empty string",
            ));
        }
        Some(pattern) => {
            let replacement = replacement.as_str().ok_or_else(no_string)?;
            replace_text(call, subject, pattern, replacement, limit)?
        }
        None => replace_matches(call, &text, &pattern, &replacement, limit)?,
    };
    made(call, replaced)
}

fn replace_text(
    call: &mut Call<'_, '_>,
    text: &str,
    pattern: &str,
    replacement: &str,
    limit: Limit,
) -> Result<String, Fault> {
    // A saturating cast; a fraction asks for one more.
    let count = text.matches(pattern).count().min(limit.0.ceil() as usize);
    let bytes = text.len() - count * pattern.len();
    let bytes = bytes.saturating_add(count.saturating_mul(replacement.len()));
    room::check(bytes, call.meter().memory_left())?;
    Ok(text.replacen(pattern, replacement, count))
}

fn replace_matches(
    call: &mut Call<'_, '_>,
    text: &Item,
    matcher: &Item,
    replacement: &Item,
    limit: Limit,
) -> Result<String, Fault> {
    let subject = text.as_str().unwrap_or_default();
    let mut matches = Matches::of(text, matcher);
    let mut replaced = String::new();
    let (mut count, mut copied) = (0, 0);
    let mut next = matches.first(call, limit)?;
    while let Some(found) = next.filter(|_| limit.allows_after(count)) {
        count += 1;
        replaced.push_str(subject.get(copied..found.span.start).unwrap_or_default());
        match replacement.as_str() {
            Some(template) => {
                call.meter().spend(template.len())?;
                fill(
                    template,
                    subject,
                    &found,
                    call.meter().memory_left(),
                    &mut replaced,
                )?;
            }
            None => replaced.push_str(&computed(call, replacement, text, &found)?),
        }
        room::check(replaced.len(), call.meter().memory_left())?;
        copied = found.span.end;
        next = matches.next(call)?;
    }
    replaced.push_str(subject.get(copied..).unwrap_or_default());
    Ok(replaced)
}

/// What a function puts in a match's place. Fails with D3012 unless that is a string.
fn computed(
    call: &mut Call<'_, '_>,
    function: &Item,
    text: &Item,
    found: &Found,
) -> Result<String, Fault> {
    if !function.is_function() {
        return Err(no_string());
    }
    let object = found.object(text, call)?;
    let given = call.invoke(function, Arguments::from_iter([object]))?;
    given.as_str().map(str::to_owned).ok_or_else(no_string)
}

fn no_string() -> Fault {
    Fault::new("D3012", "what replaces a match must be a string")
}

/// Adds a replacement in which `$1` stands for a capture, `$0` for the match and `$$` for `$`, up to
/// `most` bytes in all.
fn fill(
    template: &str,
    text: &str,
    found: &Found,
    most: usize,
    filled: &mut String,
) -> Result<(), Fault> {
    let mut pieces = template.split('$');
    filled.push_str(pieces.next().unwrap_or_default());
    let mut is_literal = false;
    for piece in pieces {
        if is_literal {
            is_literal = false;
            filled.push_str(piece);
            continue;
        }
        let (value, rest) = match piece.bytes().next() {
            // The next piece begins with the second `$`.
            None => ("$".into(), ""),
            Some(b'0') => (found.text(text).into(), &piece[1..]),
            _ => group(piece, text, found),
        };
        is_literal = piece.is_empty();
        room::check(filled.len() + value.len() + rest.len(), most)?;
        filled.push_str(&value);
        filled.push_str(rest);
    }
    Ok(())
}

/// Reads a group's number: as many digits as the number of groups has, or one less where that would
/// be no group. Without digits the `$` stands for itself.
fn group<'a>(piece: &'a str, text: &'a str, found: &Found) -> (Cow<'a, str>, &'a str) {
    let groups = found.group_count();
    let most = groups.checked_ilog10().unwrap_or(0) as usize + 1;
    let digits = piece
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    let number = |digits: usize| piece[..digits].parse::<usize>().ok();
    let (index, digits) = match number(digits) {
        None => return ("$".into(), piece),
        Some(index) if index > groups && digits > 1 => (number(digits - 1), digits - 1),
        index => (index, digits),
    };
    let value = index.and_then(|index| found.group(text, index));
    (value.unwrap_or_default(), &piece[digits..])
}
