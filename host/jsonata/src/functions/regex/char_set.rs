//! Sets of characters.

/// A set of characters, as `[…]` and `\d` write it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CharSet {
    /// In order, without overlaps once [`CharSet::normalized`].
    ranges: Vec<(char, char)>,
    /// A bit for each ASCII character: most texts need no more.
    ascii: u128,
    /// `[^…]`
    negated: bool,
}

/// `\d`
pub(super) const DIGITS: &[(char, char)] = &[('0', '9')];
/// `\w`
pub(super) const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
/// `\s`: ECMAScript's white space and line terminators
pub(super) const SPACE: &[(char, char)] = &[
    ('\t', '\r'),
    (' ', ' '),
    ('\u{a0}', '\u{a0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{2000}', '\u{200a}'),
    ('\u{2028}', '\u{2029}'),
    ('\u{202f}', '\u{202f}'),
    ('\u{205f}', '\u{205f}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{feff}', '\u{feff}'),
];

impl CharSet {
    /// The characters of these ranges, or all others.
    pub(super) fn new(mut ranges: Vec<(char, char)>, negated: bool) -> Self {
        ranges.sort_unstable();
        let mut set = Self {
            negated,
            ..Self::default()
        };
        ranges.into_iter().for_each(|range| set.add(range));
        set
    }

    /// Adds a range that begins no earlier than those before.
    fn add(&mut self, (first, last): (char, char)) {
        for byte in (first as u32)..=(last as u32).min(127) {
            self.ascii |= 1 << byte;
        }
        match self.ranges.last_mut() {
            Some((_, end)) if first <= *end => *end = last.max(*end),
            _ => self.ranges.push((first, last)),
        }
    }

    pub(super) fn contains(&self, char: char) -> bool {
        self.has_range_of(char) != self.negated
    }

    /// Whether the set has the character or one that differs from it in case alone.
    pub(super) fn contains_ignoring_case(&self, char: char) -> bool {
        let upper = fold(char);
        let found = [char, upper, only(upper.to_lowercase()).unwrap_or(upper)]
            .into_iter()
            .any(|variant| self.has_range_of(variant));
        found != self.negated
    }

    fn has_range_of(&self, char: char) -> bool {
        if char.is_ascii() {
            return self.ascii >> (char as u32) & 1 == 1;
        }
        let place = self.ranges.partition_point(|(_, last)| *last < char);
        self.ranges
            .get(place)
            .is_some_and(|(first, _)| *first <= char)
    }
}

/// All characters that are in none of the ranges, which must be in order and apart.
pub(super) fn complement(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut gaps = Vec::new();
    let mut next = Some('\0');
    for (first, last) in ranges {
        if let (Some(start), Some(end)) = (next, before(*first))
            && start <= end
        {
            gaps.push((start, end));
        }
        next = after(*last);
    }
    gaps.extend(next.map(|start| (start, char::MAX)));
    gaps
}

fn before(char: char) -> Option<char> {
    ('\0'..char).next_back()
}

fn after(char: char) -> Option<char> {
    (char..=char::MAX).nth(1)
}

/// The form in which characters are compared without regard to case: upper case, unless that has
/// more than one character or would turn a character into an ASCII one (ECMA-262, `Canonicalize`).
pub(super) fn fold(char: char) -> char {
    match only(char.to_uppercase()) {
        Some(upper) if char.is_ascii() || !upper.is_ascii() => upper,
        _ => char,
    }
}

fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    chars.next().filter(|_| chars.next().is_none())
}

pub(super) fn is_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_'
}

pub(super) fn is_line_terminator(char: char) -> bool {
    matches!(char, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}
