//! Runs a compiled regular expression over a text.

mod reading;

use std::ops::Range;

use super::program::{Instruction, Loop, Opening, Program, Register};
use super::syntax::Times;
use super::{Effort, Match};
use crate::Fault;

/// A register that holds nothing.
const UNSET: u32 = u32::MAX;

/// The state of one search.
///
/// Positions are byte offsets. What was decided and changed lies on a stack; a failure takes the
/// stack back to the last decision that had an alternative.
pub(super) struct Matcher<'a> {
    program: &'a Program,
    text: &'a str,
    effort: &'a mut Effort,
    registers: Vec<u32>,
    trail: Vec<Step>,
}

/// What to undo or to try next after a failure.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Goes on elsewhere.
    Alternative { address: u32, position: u32 },
    /// Puts back what the register held.
    Restore { register: Register, value: u32 },
    /// Gives back one character of a greedy run, down to `least`, then goes on behind it.
    Shrink { run: u32, position: u32, least: u32 },
    /// Reads one character more of a lazy run that read `count`, then goes on behind it.
    Grow { run: u32, position: u32, count: u32 },
}

/// What comes after an instruction.
enum Next {
    At(u32, u32),
    Fail,
    Accept,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(program: &'a Program, text: &'a str, effort: &'a mut Effort) -> Self {
        Self {
            program,
            text,
            effort,
            registers: vec![UNSET; program.registers as usize],
            trail: Vec::new(),
        }
    }

    pub(super) fn find_at(mut self, from: usize) -> Result<Option<Match>, Fault> {
        if self.text.len() >= UNSET as usize {
            return Err(exhausted());
        }
        let mut candidate = self.candidate(from);
        while let Some(start) = candidate {
            if let Some(end) = self.run(0, start as u32)? {
                return Ok(Some(self.found(start..end as usize)));
            }
            candidate = self.after(start).and_then(|next| self.candidate(next));
        }
        Ok(None)
    }

    /// The first place from here on where a match may begin.
    fn candidate(&self, from: usize) -> Option<usize> {
        match self.program.opening {
            Opening::Anywhere => Some(from),
            Opening::Char(char) => Some(from + self.text[from..].find(char)?),
            Opening::Start => (from == 0).then_some(0),
        }
    }

    fn after(&self, position: usize) -> Option<usize> {
        let char = self.text[position..].chars().next()?;
        Some(position + char.len_utf8())
    }

    fn found(&self, span: Range<usize>) -> Match {
        let groups = 1..=self.program.groups;
        Match {
            span,
            groups: groups.map(|group| self.group(group)).collect(),
        }
    }

    fn group(&self, group: u32) -> Option<Range<usize>> {
        let start = self.registers[2 * group as usize];
        let end = self.registers[2 * group as usize + 1];
        (start != UNSET && end != UNSET).then_some(start as usize..end as usize)
    }

    /// Runs to the next `Accept` and tells where it was reached. After a failure all registers are
    /// as before. Recursive in look-around alone, whose nesting the parser bounds.
    fn run(&mut self, mut address: u32, mut position: u32) -> Result<Option<u32>, Fault> {
        let base = self.trail.len();
        loop {
            self.spend(1)?;
            let next = self.execute(address, position)?;
            (address, position) = match next {
                Next::At(address, position) => (address, position),
                Next::Accept => return Ok(Some(position)),
                Next::Fail => match self.backtrack(base)? {
                    Some(alternative) => alternative,
                    None => return Ok(None),
                },
            };
        }
    }

    fn spend(&mut self, steps: u64) -> Result<(), Fault> {
        let left = self.effort.steps.checked_sub(steps);
        self.effort.steps = left.unwrap_or(0);
        left.map(drop).ok_or_else(exhausted)
    }

    fn execute(&mut self, address: u32, position: u32) -> Result<Next, Fault> {
        let program = self.program;
        let next = address + 1;
        Ok(match &program.code[address as usize] {
            Instruction::Read(test, direction) => match self.read(test, *direction, position) {
                Some(position) => Next::At(next, position),
                None => Next::Fail,
            },
            Instruction::ReadRun {
                test,
                direction,
                times,
            } => self.read_run(address, position, test, *direction, *times)?,
            Instruction::Assert(condition) if self.holds(*condition, position) => {
                Next::At(next, position)
            }
            Instruction::Assert(_) => Next::Fail,
            Instruction::BackReference {
                group,
                direction,
                ignore_case,
            } => match self.read_group(*group, *direction, *ignore_case, position)? {
                Some(position) => Next::At(next, position),
                None => Next::Fail,
            },
            Instruction::Fork(first, second) => self.fork(*first, *second, position)?,
            Instruction::Jump(target) => Next::At(*target, position),
            Instruction::Save(register) => {
                self.set(*register, position)?;
                Next::At(next, position)
            }
            Instruction::Look { negative, end } => self.look(next, *negative, *end, position)?,
            Instruction::LoopStart(this) => {
                self.set(this.count, 0)?;
                Next::At(next, position)
            }
            Instruction::LoopTest(this, times, exit) => {
                self.loop_test(*this, *times, next, *exit, position)?
            }
            Instruction::LoopBody(this, groups) => {
                self.set(this.start, position)?;
                for register in 2 * groups.start..2 * groups.end {
                    self.set(register, UNSET)?;
                }
                Next::At(next, position)
            }
            Instruction::LoopEnd(this, times, test) => {
                self.loop_end(*this, *times, *test, position)?
            }
            Instruction::Accept => Next::Accept,
        })
    }

    fn fork(&mut self, first: u32, second: u32, position: u32) -> Result<Next, Fault> {
        self.push(Step::Alternative {
            address: second,
            position,
        })?;
        Ok(Next::At(first, position))
    }

    fn look(&mut self, body: u32, negative: bool, end: u32, position: u32) -> Result<Next, Fault> {
        let base = self.trail.len();
        let found = self.run(body, position)?.is_some();
        if found && negative {
            self.undo(base);
        } else {
            self.commit(base);
        }
        Ok(match found == negative {
            true => Next::Fail,
            false => Next::At(end, position),
        })
    }

    /// Restores the registers as they were when the trail had this length.
    fn undo(&mut self, base: usize) {
        for step in self.trail.drain(base..).rev() {
            if let Step::Restore { register, value } = step {
                self.registers[register as usize] = value;
            }
        }
    }

    /// Forgets the alternatives since the trail had this length, but not what to restore: a
    /// look-around is not entered again, yet its captures go when it fails as a whole.
    fn commit(&mut self, base: usize) {
        let mut kept = base;
        for index in base..self.trail.len() {
            if let Step::Restore { .. } = self.trail[index] {
                self.trail.swap(kept, index);
                kept += 1;
            }
        }
        self.trail.truncate(kept);
    }

    fn loop_test(
        &mut self,
        this: Loop,
        times: Times,
        body: u32,
        exit: u32,
        position: u32,
    ) -> Result<Next, Fault> {
        let count = self.registers[this.count as usize];
        if count < times.least {
            return Ok(Next::At(body, position));
        }
        if count >= times.most {
            return Ok(Next::At(exit, position));
        }
        match times.greedy {
            true => self.fork(body, exit, position),
            false => self.fork(exit, body, position),
        }
    }

    fn loop_end(
        &mut self,
        this: Loop,
        times: Times,
        test: u32,
        position: u32,
    ) -> Result<Next, Fault> {
        let count = self.registers[this.count as usize];
        let is_empty = self.registers[this.start as usize] == position;
        if !is_empty {
            self.set(this.count, count + 1)?;
            return Ok(Next::At(test, position));
        }
        // An iteration without text would go on for ever, so it fails, but for those that must be:
        // they would all match the same nothing, and count as done together.
        if count >= times.least {
            return Ok(Next::Fail);
        }
        self.set(this.count, times.least)?;
        Ok(Next::At(test, position))
    }

    fn set(&mut self, register: Register, value: u32) -> Result<(), Fault> {
        let old = std::mem::replace(&mut self.registers[register as usize], value);
        if old == value {
            return Ok(());
        }
        self.push(Step::Restore {
            register,
            value: old,
        })
    }

    fn push(&mut self, step: Step) -> Result<(), Fault> {
        if (self.trail.len() + 1) * size_of::<Step>() > self.effort.memory {
            return Err(exhausted());
        }
        self.trail.push(step);
        Ok(())
    }

    /// Takes the trail back to the last alternative, but not below `base`.
    fn backtrack(&mut self, base: usize) -> Result<Option<(u32, u32)>, Fault> {
        while self.trail.len() > base
            && let Some(step) = self.trail.pop()
        {
            match step {
                Step::Restore { register, value } => self.registers[register as usize] = value,
                Step::Alternative { address, position } => return Ok(Some((address, position))),
                Step::Shrink {
                    run,
                    position,
                    least,
                } => return self.shrink(run, position, least).map(Some),
                Step::Grow {
                    run,
                    position,
                    count,
                } => {
                    if let Some(next) = self.grow(run, position, count)? {
                        return Ok(Some(next));
                    }
                }
            }
        }
        Ok(None)
    }
}

fn exhausted() -> Fault {
    Fault::new(
        "D1012",
        "the regular expression takes more steps than an evaluation may take",
    )
}
