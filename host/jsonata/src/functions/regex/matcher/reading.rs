//! Reads the text: characters, runs of them, what a group captured, what is between characters.

use super::{Matcher, Next, Step};
use crate::Fault;
use crate::functions::regex::char_set::{fold, is_line_terminator, is_word};
use crate::functions::regex::program::{Condition, Instruction, Test};
use crate::functions::regex::syntax::{Direction, Times};

impl Matcher<'_> {
    /// The position behind one character that passes the test.
    pub(super) fn read(&self, test: &Test, direction: Direction, position: u32) -> Option<u32> {
        let (char, position) = self.char(direction, position)?;
        test.accepts(char).then_some(position)
    }

    /// The next character in this direction, and the position behind it.
    fn char(&self, direction: Direction, position: u32) -> Option<(char, u32)> {
        match direction {
            Direction::Forward => {
                let char = self.text[position as usize..].chars().next()?;
                Some((char, position + char.len_utf8() as u32))
            }
            Direction::Backward => {
                let char = self.text[..position as usize].chars().next_back()?;
                Some((char, position - char.len_utf8() as u32))
            }
        }
    }

    pub(super) fn read_run(
        &mut self,
        address: u32,
        start: u32,
        test: &Test,
        direction: Direction,
        times: Times,
    ) -> Result<Next, Fault> {
        let (least, count) = self.read_many(test, direction, start, times.least)?;
        if count < times.least {
            return Ok(Next::Fail);
        }
        if !times.greedy {
            self.grow_later(address, least, count, times)?;
            return Ok(Next::At(address + 1, least));
        }
        let (position, _) = self.read_many(test, direction, least, times.most - count)?;
        self.shrink_later(address, position, least)?;
        Ok(Next::At(address + 1, position))
    }

    /// Reads as many characters as pass the test, but no more than `most`; tells the position
    /// behind them and their number.
    fn read_many(
        &mut self,
        test: &Test,
        direction: Direction,
        mut position: u32,
        most: u32,
    ) -> Result<(u32, u32), Fault> {
        let mut count = 0;
        while count < most
            && let Some(next) = self.read(test, direction, position)
        {
            position = next;
            count += 1;
        }
        self.spend(u64::from(count))?;
        Ok((position, count))
    }

    fn shrink_later(&mut self, run: u32, position: u32, least: u32) -> Result<(), Fault> {
        if position == least {
            return Ok(());
        }
        self.push(Step::Shrink {
            run,
            position,
            least,
        })
    }

    fn grow_later(
        &mut self,
        run: u32,
        position: u32,
        count: u32,
        times: Times,
    ) -> Result<(), Fault> {
        if count >= times.most {
            return Ok(());
        }
        self.push(Step::Grow {
            run,
            position,
            count,
        })
    }

    pub(super) fn shrink(
        &mut self,
        run: u32,
        position: u32,
        least: u32,
    ) -> Result<(u32, u32), Fault> {
        let backwards = match self.program.code[run as usize] {
            Instruction::ReadRun {
                direction: Direction::Forward,
                ..
            } => Direction::Backward,
            _ => Direction::Forward,
        };
        let (_, position) = self
            .char(backwards, position)
            .expect("a run that can shrink has read a character");
        self.shrink_later(run, position, least)?;
        Ok((run + 1, position))
    }

    pub(super) fn grow(
        &mut self,
        run: u32,
        position: u32,
        count: u32,
    ) -> Result<Option<(u32, u32)>, Fault> {
        let program = self.program;
        let Instruction::ReadRun {
            test,
            direction,
            times,
        } = &program.code[run as usize]
        else {
            unreachable!("only runs grow");
        };
        let Some(position) = self.read(test, *direction, position) else {
            return Ok(None);
        };
        self.grow_later(run, position, count + 1, *times)?;
        Ok(Some((run + 1, position)))
    }

    /// Reads what the group captured; a group that captured nothing matches the empty text.
    pub(super) fn read_group(
        &mut self,
        group: u32,
        direction: Direction,
        ignore_case: bool,
        mut position: u32,
    ) -> Result<Option<u32>, Fault> {
        let Some(span) = self.group(group) else {
            return Ok(Some(position));
        };
        let captured = &self.text[span];
        self.spend(captured.len() as u64)?;
        let mut expected = captured.chars();
        while let Some(expected) = match direction {
            Direction::Forward => expected.next(),
            Direction::Backward => expected.next_back(),
        } {
            match self.char(direction, position) {
                Some((char, next)) if same(char, expected, ignore_case) => position = next,
                _ => return Ok(None),
            }
        }
        Ok(Some(position))
    }

    pub(super) fn holds(&self, condition: Condition, position: u32) -> bool {
        let before = || Some(self.char(Direction::Backward, position)?.0);
        let after = || Some(self.char(Direction::Forward, position)?.0);
        match condition {
            Condition::TextStart => position == 0,
            Condition::TextEnd => position as usize == self.text.len(),
            Condition::LineStart => before().is_none_or(is_line_terminator),
            Condition::LineEnd => after().is_none_or(is_line_terminator),
            Condition::WordBoundary => {
                before().is_some_and(is_word) != after().is_some_and(is_word)
            }
            Condition::NoWordBoundary => {
                before().is_some_and(is_word) == after().is_some_and(is_word)
            }
        }
    }
}

fn same(a: char, b: char, ignore_case: bool) -> bool {
    a == b || ignore_case && fold(a) == fold(b)
}
