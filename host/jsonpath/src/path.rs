//! Paths.

use std::fmt;
use std::sync::Arc;

use sandstep_json::{Text, Value};

use crate::cursor::{Cursor, parse_whole};
use crate::failure::{PathFailure, Reason};
use crate::select::{self, Meter, Miss};
use crate::step::{Step, parse_steps};
use crate::{PathError, Roots};

/// How many steps a path may have.
pub const MAX_STEPS: usize = 256;

/// How deeply parentheses, negations and filters may be nested in a filter.
pub const MAX_NESTING: usize = 32;

/// A path, compiled.
///
/// A *definite* path, of names and single indexes, leads to one value. Any other path
/// yields an array of what it matched, which is empty where nothing did.
///
/// The dialect is Jayway's as the service uses it, not RFC 9535: names are read up to the
/// next dot or bracket, so `$.a-b` works; `$.['a']` is `$['a']`; `['a', 'b']` picks members
/// into one object; a filter tests the elements of an array, or an object itself; functions
/// like `length()` are taken for names.
#[derive(Clone, PartialEq)]
pub struct Path(Arc<Compiled>);

#[derive(PartialEq)]
struct Compiled {
    text: Text,
    root: Root,
    steps: Box<[Step]>,
    /// Whether all steps are single ones.
    is_single: bool,
    is_reference: bool,
    /// What the service refuses when it evaluates the path.
    refused: Option<&'static str>,
}

/// What a path starts from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Root {
    /// `$`, the state's input.
    Input,
    /// `$$`, the context object.
    Context,
    /// `$name`, a workflow variable.
    Variable(Text),
}

impl Root {
    /// Calls `visit` with the name of the variable, if this is one.
    pub fn each_variable(&self, visit: &mut dyn FnMut(&str)) {
        if let Root::Variable(name) = self {
            visit(name);
        }
    }
}

/// What is known while a path is being parsed.
#[derive(Default)]
pub(crate) struct Parsing {
    /// The filters and parentheses around the current place.
    pub(crate) nesting: usize,
    /// See [`Compiled::refused`].
    pub(crate) refused: Option<&'static str>,
}

impl Path {
    /// Reads a path; blanks around it are ignored.
    pub fn parse(text: &str) -> Result<Path, PathError> {
        parse_whole(text, Self::parse_at, "`.`, `[` or the end of the path")
    }

    /// Reads a path up to the first character that cannot belong to it.
    pub(crate) fn parse_at(cursor: &mut Cursor<'_>) -> Result<Path, PathError> {
        let start = cursor.offset();
        let root = parse_root(cursor)?;
        let mut parsing = Parsing::default();
        let steps = parse_steps(cursor, &mut parsing)?;
        let text = cursor.since(start).into();
        Ok(Self(Arc::new(Compiled::new(
            text,
            root,
            steps,
            parsing.refused,
        ))))
    }

    /// The path as it was written, without blanks around it.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// What the path starts from.
    pub fn root(&self) -> &Root {
        &self.0.root
    }

    /// Whether the path leads to one value, not to an array of matches.
    ///
    /// Several names at the end, `$['a', 'b']`, yield one object.
    pub fn is_definite(&self) -> bool {
        match self.0.steps.split_last() {
            Some((Step::Names(_), before)) => before.iter().all(Step::is_single),
            _ => self.0.is_single,
        }
    }

    /// Whether the path can be a reference path: names and single indexes only, no functions
    /// (States Language, "Reference Paths").
    pub fn is_reference(&self) -> bool {
        self.0.is_reference
    }

    /// The value that the path leads to, shared with the document it is in.
    ///
    /// # Errors
    ///
    /// A definite path fails where there is nothing. Any other path fails where an index
    /// or slice meets a value that is not an array, where a filter meets a scalar, and
    /// when it visits more values than [`VISIT_BUDGET`](crate::VISIT_BUDGET).
    pub fn evaluate(&self, roots: &(impl Roots + ?Sized)) -> Result<Value, PathFailure> {
        self.evaluate_within(roots, &mut Meter::default())
    }

    /// As [`Path::evaluate`], for paths that share one budget.
    ///
    /// # Errors
    ///
    /// As there; the budget is spent when all of them together have visited too much.
    pub fn evaluate_within(
        &self,
        roots: &(impl Roots + ?Sized),
        meter: &mut Meter,
    ) -> Result<Value, PathFailure> {
        let root = match &self.0.root {
            Root::Input => roots.input(),
            Root::Context => roots.context(),
            Root::Variable(name) => roots
                .variable(name)
                .ok_or_else(|| self.failure(Miss::at(0, Reason::Unassigned)))?,
        };
        self.follow(root, meter)
    }

    /// The value that the path leads to from `document`, whatever its root is.
    pub fn evaluate_in(&self, document: &Value) -> Result<Value, PathFailure> {
        self.follow(document, &mut Meter::default())
    }

    fn follow(&self, document: &Value, meter: &mut Meter) -> Result<Value, PathFailure> {
        if self.0.is_single {
            let found = select::single(&self.0.steps, document);
            return found.cloned().map_err(|miss| self.failure(miss));
        }
        if let Some(what) = self.0.refused {
            return Err(self.failure(Miss::at(0, Reason::Refused(what))));
        }
        select::all(&self.0.steps, document, meter).map_err(|miss| self.failure(miss))
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.0.steps
    }

    #[cold]
    fn failure(&self, miss: Miss<'_>) -> PathFailure {
        PathFailure::new(self.clone(), miss)
    }
}

impl Compiled {
    fn new(text: Text, root: Root, steps: Vec<Step>, refused: Option<&'static str>) -> Self {
        let is_single = steps.iter().all(Step::is_single);
        let is_reference = steps.iter().all(|step| match step {
            Step::Name(name) => !name.ends_with(')'),
            step => step.is_single(),
        });
        Self {
            text,
            root,
            steps: steps.into(),
            is_single,
            is_reference,
            refused,
        }
    }
}

fn parse_root(cursor: &mut Cursor<'_>) -> Result<Root, PathError> {
    if !cursor.skip("$") {
        return Err(cursor.unexpected("a path, which begins with `$`"));
    }
    if cursor.skip("$") {
        return Ok(Root::Context);
    }
    if !cursor
        .peek()
        .is_some_and(|char| char.is_alphabetic() || char == '_')
    {
        return Ok(Root::Input);
    }
    let name = cursor.take_while(|char| char.is_alphanumeric() || char == '_');
    Ok(Root::Variable(name.into()))
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Path({})", self.text())
    }
}
