//! Parses regular expressions.

use super::escape::{self, Escape};
use super::syntax::{Assertion, Direction, Look, Node, Pattern, Repeat, Times};
use crate::Fault;

/// How deep groups may nest.
const MAX_DEPTH: usize = 200;

/// Parses the text between a literal's slashes.
pub(super) fn parse(pattern: &str) -> Result<Pattern, Fault> {
    let groups = Groups::of(pattern);
    let mut parser = Parser {
        rest: pattern,
        groups: &groups,
        opened: 0,
        depth: 0,
    };
    let root = parser.choice()?;
    if !parser.rest.is_empty() {
        return Err(invalid("a ')' without its '('"));
    }
    Ok(Pattern {
        root,
        groups: groups.count,
    })
}

/// What must be known of all groups before the first escape is read: `\2` is a back-reference where
/// there are two groups, however far behind it, and a control character elsewhere.
pub(super) struct Groups {
    pub(super) count: u32,
    /// The names, with the groups' numbers.
    pub(super) names: Vec<(String, u32)>,
}

impl Groups {
    fn of(pattern: &str) -> Self {
        let mut groups = Self {
            count: 0,
            names: Vec::new(),
        };
        let mut in_class = false;
        let mut rest = pattern;
        while let Some(char) = take(&mut rest) {
            match char {
                '\\' => {
                    take(&mut rest);
                }
                '[' => in_class = true,
                ']' => in_class = false,
                '(' if !in_class => groups.see(rest),
                _ => {}
            }
        }
        groups
    }

    /// Counts the group whose opening bracket this follows, if it captures.
    fn see(&mut self, rest: &str) {
        if !rest.starts_with('?') {
            self.count += 1;
        } else if let Some((name, _)) = group_name(rest) {
            self.count += 1;
            self.names.push((name.to_owned(), self.count));
        }
    }

    pub(super) fn named(&self, name: &str) -> Option<u32> {
        let found = self.names.iter().find(|(candidate, _)| candidate == name);
        found.map(|(_, group)| *group)
    }
}

/// Splits `?<name>` off.
fn group_name(rest: &str) -> Option<(&str, &str)> {
    let (name, rest) = rest.strip_prefix("?<")?.split_once('>')?;
    let is_name = |char: char| char.is_alphanumeric() || matches!(char, '_' | '$');
    let valid = !name.is_empty() && name.chars().all(is_name);
    valid.then_some((name, rest))
}

/// Removes the first character and returns it.
pub(super) fn take(rest: &mut &str) -> Option<char> {
    let mut chars = rest.chars();
    let char = chars.next()?;
    *rest = chars.as_str();
    Some(char)
}

pub(super) fn invalid(why: &str) -> Fault {
    Fault::new("S0303", format!("not a regular expression: {why}"))
}

struct Parser<'a> {
    rest: &'a str,
    groups: &'a Groups,
    /// How many capturing groups began so far.
    opened: u32,
    depth: usize,
}

impl Parser<'_> {
    /// `a|b|c`, up to a closing bracket or the end.
    fn choice(&mut self) -> Result<Node, Fault> {
        crate::stack::with_room(|| self.choices())
    }

    fn choices(&mut self) -> Result<Node, Fault> {
        let mut choices = vec![self.sequence()?];
        while self.eat("|") {
            choices.push(self.sequence()?);
        }
        Ok(single(choices, Node::Choice))
    }

    fn sequence(&mut self) -> Result<Node, Fault> {
        let mut terms = Vec::new();
        while !self.rest.is_empty() && !self.rest.starts_with(['|', ')']) {
            terms.push(self.term()?);
        }
        Ok(single(terms, Node::Sequence))
    }

    /// An atom with its quantifier, or an assertion.
    fn term(&mut self) -> Result<Node, Fault> {
        let opened = self.opened;
        let atom = self.atom()?;
        let may_repeat = match &atom {
            Node::Assert(_) => false,
            // A look-ahead may repeat, for the sake of old programs (annex B).
            Node::Look(look) => look.direction == Direction::Forward,
            _ => true,
        };
        let Some(times) = self.quantifier()? else {
            return Ok(atom);
        };
        if !may_repeat {
            return Err(nothing_to_repeat());
        }
        Ok(Node::Repeat(Repeat {
            body: Box::new(atom),
            times,
            groups: opened + 1..self.opened + 1,
        }))
    }

    fn atom(&mut self) -> Result<Node, Fault> {
        if self.quantifier_is_next() {
            return Err(nothing_to_repeat());
        }
        let char = take(&mut self.rest).expect("a term has a character");
        Ok(match char {
            '^' => Node::Assert(Assertion::Start),
            '$' => Node::Assert(Assertion::End),
            '.' => Node::Dot,
            '(' => self.bracket()?,
            '[' => Node::Set(escape::class(&mut self.rest, self.groups)?),
            '\\' => self.escape()?,
            char => Node::Char(char),
        })
    }

    fn quantifier_is_next(&self) -> bool {
        self.rest.starts_with(['*', '+', '?']) || counts(self.rest).is_some()
    }

    fn escape(&mut self) -> Result<Node, Fault> {
        Ok(match escape::escape(&mut self.rest, self.groups)? {
            Escape::Char(char) => Node::Char(char),
            Escape::Set(set) => Node::Set(set),
            Escape::Group(group) => Node::BackReference(group),
            Escape::WordBoundary => Node::Assert(Assertion::WordBoundary),
            Escape::NoWordBoundary => Node::Assert(Assertion::NoWordBoundary),
        })
    }

    /// What begins with `(`, which has been read.
    fn bracket(&mut self) -> Result<Node, Fault> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(invalid("too many groups within groups"));
        }
        let node = self.group()?;
        self.depth -= 1;
        Ok(node)
    }

    fn group(&mut self) -> Result<Node, Fault> {
        for (prefix, direction, negative) in [
            ("?=", Direction::Forward, false),
            ("?!", Direction::Forward, true),
            ("?<=", Direction::Backward, false),
            ("?<!", Direction::Backward, true),
        ] {
            if self.eat(prefix) {
                return Ok(Node::Look(Look {
                    direction,
                    negative,
                    body: Box::new(self.closed()?),
                }));
            }
        }
        if self.eat("?:") {
            return self.closed();
        }
        self.capture()
    }

    fn capture(&mut self) -> Result<Node, Fault> {
        self.opened += 1;
        let group = self.opened;
        if let Some((name, rest)) = group_name(self.rest) {
            if self.groups.named(name) != Some(group) {
                return Err(invalid("two groups of one name"));
            }
            self.rest = rest;
        } else if self.rest.starts_with('?') {
            return Err(invalid("an unknown kind of group"));
        }
        Ok(Node::Group(group, Box::new(self.closed()?)))
    }

    fn closed(&mut self) -> Result<Node, Fault> {
        let body = self.choice()?;
        match self.eat(")") {
            true => Ok(body),
            false => Err(invalid("a '(' without its ')'")),
        }
    }

    fn quantifier(&mut self) -> Result<Option<Times>, Fault> {
        let (least, most) = match self.rest.chars().next() {
            Some('*') => (0, u32::MAX),
            Some('+') => (1, u32::MAX),
            Some('?') => (0, 1),
            _ => match counts(self.rest) {
                Some((least, most, _)) => (least, most),
                None => return Ok(None),
            },
        };
        self.rest = match counts(self.rest) {
            Some((_, _, rest)) => rest,
            None => &self.rest[1..],
        };
        if least > most {
            return Err(invalid("a quantifier whose numbers are out of order"));
        }
        Ok(Some(Times {
            least,
            most,
            greedy: !self.eat("?"),
        }))
    }

    fn eat(&mut self, prefix: &str) -> bool {
        let rest = self.rest.strip_prefix(prefix);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}

/// Reads `{2}`, `{2,}` or `{2,5}`; any other brace stands for itself (annex B).
fn counts(text: &str) -> Option<(u32, u32, &str)> {
    let (inside, rest) = text.strip_prefix('{')?.split_once('}')?;
    let (least, most) = match inside.split_once(',') {
        None => (count(inside)?, count(inside)?),
        Some((least, "")) => (count(least)?, u32::MAX),
        Some((least, most)) => (count(least)?, count(most)?),
    };
    Some((least, most, rest))
}

/// A number, at most `u32::MAX`.
fn count(digits: &str) -> Option<u32> {
    let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| digits.parse().unwrap_or(u32::MAX))
}

fn nothing_to_repeat() -> Fault {
    invalid("nothing to repeat")
}

fn single(mut nodes: Vec<Node>, many: impl Fn(Vec<Node>) -> Node) -> Node {
    match nodes.len() {
        0 => Node::Empty,
        1 => nodes.remove(0),
        _ => many(nodes),
    }
}
