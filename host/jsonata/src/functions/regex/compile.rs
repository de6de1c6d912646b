//! Compiles a syntax tree.

use super::Flags;
use super::char_set::fold;
use super::program::{Address, Condition, Instruction, Loop, Opening, Program, Register, Test};
use super::syntax::{Assertion, Direction, Look, Node, Pattern, Repeat};

/// Compiles a pattern. Recursive, as deep as the pattern nests, which its parser bounds.
pub(super) fn compile(pattern: &Pattern, flags: Flags) -> Program {
    let mut compiler = Compiler {
        code: Vec::new(),
        registers: 2 * (pattern.groups + 1),
        flags,
    };
    compiler.node(&pattern.root, Direction::Forward);
    compiler.code.push(Instruction::Accept);
    Program {
        opening: opening(&compiler.code),
        code: compiler.code,
        registers: compiler.registers,
        groups: pattern.groups,
    }
}

/// Looks at the instructions that every match begins with.
fn opening(code: &[Instruction]) -> Opening {
    let first = code
        .iter()
        .find(|instruction| !matches!(instruction, Instruction::Save(_)));
    match first {
        Some(Instruction::Read(Test::Is(char), Direction::Forward)) => Opening::Char(*char),
        Some(Instruction::ReadRun {
            test: Test::Is(char),
            times,
            ..
        }) if times.least > 0 => Opening::Char(*char),
        Some(Instruction::Assert(Condition::TextStart)) => Opening::Start,
        _ => Opening::Anywhere,
    }
}

struct Compiler {
    code: Vec<Instruction>,
    registers: u32,
    flags: Flags,
}

impl Compiler {
    fn node(&mut self, node: &Node, direction: Direction) {
        if let Some(test) = self.test(node) {
            self.code.push(Instruction::Read(test, direction));
            return;
        }
        match node {
            Node::Assert(assertion) => {
                let condition = self.condition(*assertion);
                self.code.push(Instruction::Assert(condition));
            }
            Node::Group(group, body) => self.group(*group, body, direction),
            Node::BackReference(group) => self.code.push(Instruction::BackReference {
                group: *group,
                direction,
                ignore_case: self.flags.ignore_case,
            }),
            Node::Look(look) => self.look(look),
            Node::Sequence(nodes) if direction == Direction::Forward => {
                nodes.iter().for_each(|node| self.node(node, direction));
            }
            Node::Sequence(nodes) => {
                nodes
                    .iter()
                    .rev()
                    .for_each(|node| self.node(node, direction));
            }
            Node::Choice(choices) => self.choice(choices, direction),
            Node::Repeat(repeat) => self.repeat(repeat, direction),
            Node::Empty | Node::Char(_) | Node::Dot | Node::Set(_) => {}
        }
    }

    /// The test of a node that reads exactly one character.
    fn test(&self, node: &Node) -> Option<Test> {
        Some(match (node, self.flags.ignore_case) {
            (Node::Char(char), false) => Test::Is(*char),
            (Node::Char(char), true) => Test::IsFolded(fold(*char)),
            (Node::Dot, _) => Test::InLine,
            (Node::Set(set), false) => Test::In(set.clone()),
            (Node::Set(set), true) => Test::InFolded(set.clone()),
            _ => return None,
        })
    }

    fn condition(&self, assertion: Assertion) -> Condition {
        match (assertion, self.flags.multiline) {
            (Assertion::Start, false) => Condition::TextStart,
            (Assertion::Start, true) => Condition::LineStart,
            (Assertion::End, false) => Condition::TextEnd,
            (Assertion::End, true) => Condition::LineEnd,
            (Assertion::WordBoundary, _) => Condition::WordBoundary,
            (Assertion::NoWordBoundary, _) => Condition::NoWordBoundary,
        }
    }

    fn group(&mut self, group: u32, body: &Node, direction: Direction) {
        let (first, last) = match direction {
            Direction::Forward => (2 * group, 2 * group + 1),
            Direction::Backward => (2 * group + 1, 2 * group),
        };
        self.code.push(Instruction::Save(first));
        self.node(body, direction);
        self.code.push(Instruction::Save(last));
    }

    fn look(&mut self, look: &Look) {
        let start = self.reserve();
        self.node(&look.body, look.direction);
        self.code.push(Instruction::Accept);
        self.code[start as usize] = Instruction::Look {
            negative: look.negative,
            end: self.here(),
        };
    }

    fn choice(&mut self, choices: &[Node], direction: Direction) {
        let Some((last, others)) = choices.split_last() else {
            return;
        };
        let mut exits = Vec::with_capacity(others.len());
        for choice in others {
            let fork = self.reserve();
            self.node(choice, direction);
            exits.push(self.reserve());
            self.code[fork as usize] = Instruction::Fork(fork + 1, self.here());
        }
        self.node(last, direction);
        let end = self.here();
        for exit in exits {
            self.code[exit as usize] = Instruction::Jump(end);
        }
    }

    fn repeat(&mut self, repeat: &Repeat, direction: Direction) {
        if let Some(test) = self.test(&repeat.body) {
            self.code.push(Instruction::ReadRun {
                test,
                direction,
                times: repeat.times,
            });
            return;
        }
        let this = Loop {
            count: self.register(),
            start: self.register(),
        };
        self.code.push(Instruction::LoopStart(this));
        let test = self.reserve();
        self.code
            .push(Instruction::LoopBody(this, repeat.groups.clone()));
        self.node(&repeat.body, direction);
        self.code
            .push(Instruction::LoopEnd(this, repeat.times, test));
        self.code[test as usize] = Instruction::LoopTest(this, repeat.times, self.here());
    }

    fn here(&self) -> Address {
        self.code.len() as Address
    }

    /// Leaves room for an instruction that needs to know where what follows ends.
    fn reserve(&mut self) -> Address {
        self.code.push(Instruction::Accept);
        self.here() - 1
    }

    fn register(&mut self) -> Register {
        self.registers += 1;
        self.registers - 1
    }
}
