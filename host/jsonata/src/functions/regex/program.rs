//! Compiled regular expressions.

use super::char_set::{self, CharSet};
use super::syntax::{Direction, Times};

/// Where an instruction stands in its program.
pub(super) type Address = u32;

/// A memory cell of the matcher. The first two hold the whole match, two more each capture; loops
/// have theirs behind them.
pub(super) type Register = u32;

#[derive(Debug)]
pub(super) struct Program {
    pub(super) code: Vec<Instruction>,
    pub(super) registers: u32,
    pub(super) groups: u32,
    /// How every match begins, if that is known.
    pub(super) opening: Opening,
}

/// Where a match can begin.
#[derive(Clone, Copy, Debug)]
pub(super) enum Opening {
    Anywhere,
    /// At this character only.
    Char(char),
    /// At the text's beginning only.
    Start,
}

#[derive(Debug)]
pub(super) enum Instruction {
    /// Reads one character.
    Read(Test, Direction),
    /// Reads characters of one kind.
    ReadRun {
        test: Test,
        direction: Direction,
        times: Times,
    },
    Assert(Condition),
    /// Reads again what a group captured.
    BackReference {
        group: u32,
        direction: Direction,
        ignore_case: bool,
    },
    /// Goes on at the first address; if that fails, at the second.
    Fork(Address, Address),
    Jump(Address),
    /// Puts the position into a register.
    Save(Register),
    /// Matches what follows, up to its `Accept`, without reading it; goes on at `end`.
    Look {
        negative: bool,
        end: Address,
    },
    /// Begins a loop with no iterations done.
    LoopStart(Loop),
    /// Decides on another iteration, which follows, or goes on at the address.
    LoopTest(Loop, Times, Address),
    /// Begins an iteration: forgets the captures of these groups.
    LoopBody(Loop, std::ops::Range<u32>),
    /// Ends an iteration and goes back to the test at the address.
    LoopEnd(Loop, Times, Address),
    Accept,
}

/// A loop's registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    /// How many iterations are done.
    pub(super) count: Register,
    /// Where the current one began.
    pub(super) start: Register,
}

/// What a character must be.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Is(char),
    /// Compares in folded form, which this is.
    IsFolded(char),
    /// Anything but a line terminator.
    InLine,
    In(CharSet),
    InFolded(CharSet),
}

impl Test {
    pub(super) fn accepts(&self, char: char) -> bool {
        match self {
            Test::Is(expected) => char == *expected,
            Test::IsFolded(expected) => char_set::fold(char) == *expected,
            Test::InLine => !char_set::is_line_terminator(char),
            Test::In(set) => set.contains(char),
            Test::InFolded(set) => set.contains_ignoring_case(char),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Condition {
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    WordBoundary,
    NoWordBoundary,
}
