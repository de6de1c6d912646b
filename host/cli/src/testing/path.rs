//! The states that an execution went through.

use std::collections::HashMap;

use sandstep_asl::{EventDetails, EventId, Record, ThreadPath};
use sandstep_json::{Array, Object, Text, Value};
use sandstep_service::document::{Part, Problems};

/// A state of a path, with the paths within it where they matter: of a
/// Parallel state's branches, or of a Map's iterations.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PathStep {
    pub(crate) state: Text,
    /// `None` may be any.
    pub(crate) inner: Option<Vec<Vec<PathStep>>>,
}

impl PathStep {
    /// Reads `[A, { Each: [[B], [B, C]] }, D]`.
    pub(super) fn read(part: &Part<'_>, problems: &mut Problems) -> Vec<Self> {
        let items = part.items("a path", problems);
        items
            .iter()
            .filter_map(|item| Self::read_step(item, problems))
            .collect()
    }

    fn read_step(part: &Part<'_>, problems: &mut Problems) -> Option<Self> {
        if part.value().as_object().is_none() {
            let what = "a step of a path";
            let state = part.text(what, problems)?.into();
            return Some(Self { state, inner: None });
        }
        let members = part.members("a step of a path", problems);
        let [member] = &members[..] else {
            let message = "a step with paths within it names one state";
            let hint = "write { STATE: [[A, B], [C]] }, with one list for each branch or iteration";
            problems.error(&part.place(), message.to_owned(), hint.to_owned());
            return None;
        };
        let inner = member
            .value
            .items("the paths within a state", problems)
            .iter()
            .map(|path| Self::read(path, problems))
            .collect();
        Some(Self {
            state: member.key.into(),
            inner: Some(inner),
        })
    }

    /// The step as it is written.
    pub(super) fn to_value(&self) -> Value {
        match &self.inner {
            None => self.state.clone().into(),
            Some(inner) => {
                let paths = inner.iter().map(|path| Self::to_values(path));
                let paths: Array = paths.collect();
                Object::from([(&self.state, Value::from(paths))]).into()
            }
        }
    }

    pub(super) fn to_values(path: &[Self]) -> Value {
        let steps: Array = path.iter().map(Self::to_value).collect();
        steps.into()
    }
}

/// How many steps are kept of an execution: one that loops without waiting
/// makes millions.
const MOST_STEPS: usize = 250_000;

/// The path of each thread of control, as far as the execution came.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    steps: usize,
    threads: HashMap<ThreadPath, Vec<Step>>,
    /// The events that started branches or iterations, with their thread.
    forks: HashMap<EventId, ThreadPath>,
}

#[derive(Debug)]
struct Step {
    state: Text,
    /// What started its branches or iterations, the last time that it did.
    fork: Option<EventId>,
    /// How many of them began.
    children: usize,
}

impl Paths {
    /// Follows the execution by one record.
    pub(crate) fn follow(&mut self, record: &Record) {
        let Some(event) = &record.event else { return };
        match &event.details {
            EventDetails::StateEntered { name, .. } => self.enter(&record.thread, name),
            EventDetails::ParallelStateStarted | EventDetails::MapStateStarted { .. } => {
                self.fork(&record.thread, event.id);
            }
            _ => {}
        }
    }

    fn enter(&mut self, thread: &ThreadPath, name: &Text) {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return;
        }
        let steps = self.threads.entry(thread.clone()).or_default();
        steps.push(Step {
            state: name.clone(),
            fork: None,
            children: 0,
        });
        let Some((fork, index)) = thread.last().filter(|_| steps.len() == 1) else {
            return;
        };
        let parent = self
            .forks
            .get(&fork)
            .and_then(|parent| self.threads.get_mut(parent));
        if let Some(step) = parent.and_then(|steps| steps.last_mut()) {
            step.children = step.children.max(index + 1);
        }
    }

    fn fork(&mut self, thread: &ThreadPath, event: EventId) {
        self.forks.insert(event, thread.clone());
        let steps = self.threads.get_mut(thread);
        if let Some(step) = steps.and_then(|steps| steps.last_mut()) {
            step.fork = Some(event);
            step.children = 0;
        }
    }

    /// The outermost path, with paths within those states alone for which
    /// `expected` has them.
    pub(super) fn like(&self, expected: &[PathStep]) -> Vec<PathStep> {
        self.of_thread(&ThreadPath::default(), expected)
    }

    fn of_thread(&self, thread: &ThreadPath, expected: &[PathStep]) -> Vec<PathStep> {
        let steps = self.threads.get(thread).map_or(&[][..], Vec::as_slice);
        steps
            .iter()
            .enumerate()
            .map(|(index, step)| PathStep {
                state: step.state.clone(),
                inner: inner_of(expected, index, &step.state)
                    .map(|inner| self.children(thread, step, inner)),
            })
            .collect()
    }

    fn children(
        &self,
        thread: &ThreadPath,
        step: &Step,
        expected: &[Vec<PathStep>],
    ) -> Vec<Vec<PathStep>> {
        let Some(fork) = step.fork else {
            return Vec::new();
        };
        (0..step.children)
            .map(|index| {
                let expected = expected.get(index).or(expected.last());
                let expected = expected.map_or(&[][..], Vec::as_slice);
                self.of_thread(&thread.child(fork, index), expected)
            })
            .collect()
    }
}

/// The paths that are expected within a state: of the step at its place, or
/// of any other step of that name.
fn inner_of<'e>(
    expected: &'e [PathStep],
    index: usize,
    state: &Text,
) -> Option<&'e [Vec<PathStep>]> {
    let is_same = |step: &&PathStep| step.state == *state;
    let here = expected.get(index).filter(is_same);
    let step = here.or_else(|| expected.iter().find(is_same))?;
    step.inner.as_deref()
}
