//! The syntax tree of a regular expression.

use std::ops::Range;

use super::char_set::CharSet;

/// A pattern, and how many groups capture in it.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) root: Node,
    pub(super) groups: u32,
}

#[derive(Debug)]
pub(super) enum Node {
    /// Matches the empty text.
    Empty,
    Char(char),
    /// `.`
    Dot,
    Set(CharSet),
    Assert(Assertion),
    /// A capturing group, counted from 1.
    Group(u32, Box<Node>),
    /// What a group captured, again.
    BackReference(u32),
    Look(Look),
    Sequence(Vec<Node>),
    Choice(Vec<Node>),
    Repeat(Repeat),
}

/// What matches between two characters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Assertion {
    /// `^`
    Start,
    /// `$`
    End,
    /// `\b`
    WordBoundary,
    /// `\B`
    NoWordBoundary,
}

/// `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)`
#[derive(Debug)]
pub(super) struct Look {
    pub(super) direction: Direction,
    pub(super) negative: bool,
    pub(super) body: Box<Node>,
}

/// Which way the text is read: a look-behind is matched from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Backward,
}

/// `*`, `+`, `?`, `{2,5}`
#[derive(Debug)]
pub(super) struct Repeat {
    pub(super) body: Box<Node>,
    pub(super) times: Times,
    /// The groups inside, which each iteration forgets.
    pub(super) groups: Range<u32>,
}

/// How often something repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) least: u32,
    /// `u32::MAX` stands for no bound: no text within our limits is as long.
    pub(super) most: u32,
    /// As often as possible first; otherwise as seldom as possible first.
    pub(super) greedy: bool,
}
