//! Where two histories of an execution part.

use std::collections::HashSet;

use sandstep_asl::HistoryEvent;
use sandstep_json::{Object, Text, Value};

use super::alike::{Comparison, Own};
use super::event::{Event, document};
use super::recording::Recording;
use super::tasks::is_failure;
use super::threads::{ThreadId, Threads};

/// How many events before a divergence are told.
const CONTEXT: usize = 4;

/// Where a replay first went another way than the recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Divergence {
    /// The recorded event that did not come; where there is none, the last one
    /// of its thread.
    pub event: u64,
    /// The state in which it happened, or before which.
    pub state: Option<Text>,
    /// Where that is: ` in iteration 0 of "Each"`; empty outside of branches
    /// and iterations.
    pub within: String,
    /// What was recorded; `None` if the recording's thread ended there.
    pub recorded: Option<Told>,
    /// What came instead; `None` if nothing did.
    pub replayed: Option<Told>,
    /// The recorded events before it in the same thread: number, type, state.
    pub before: Vec<(u64, String, Option<Text>)>,
}

/// An event as it is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Its type.
    pub kind: String,
    /// What it says, without what depends on the place and time of the run.
    pub details: Object,
}

/// One of two histories.
pub(super) struct Side<'h> {
    threads: &'h Threads,
    /// It was stopped for want of an outcome.
    is_stopped: bool,
    /// The events that matter, by thread.
    by_thread: Vec<Vec<&'h HistoryEvent>>,
}

/// What is compared of an event.
const COMPARED: [&str; 14] = [
    "name",
    "state",
    "location",
    "resourceType",
    "resource",
    "parameters",
    "input",
    "output",
    "assignedVariables",
    "error",
    "cause",
    "length",
    "timeoutInSeconds",
    "heartbeatInSeconds",
];

/// Members that are JSON text.
const PAYLOADS: [&str; 3] = ["parameters", "input", "output"];

impl<'h> Side<'h> {
    pub(super) fn new(events: &'h [HistoryEvent], threads: &'h Threads, is_stopped: bool) -> Self {
        let mut by_thread = vec![Vec::new(); threads.ids().len()];
        for event in events.iter().filter(|event| matters(&event.type_name())) {
            if let Some(thread) = by_thread.get_mut(threads.of_event(event.id.0)) {
                thread.push(event);
            }
        }
        Self {
            threads,
            is_stopped,
            by_thread,
        }
    }

    fn events(&self, thread: Option<ThreadId>) -> &[&'h HistoryEvent] {
        thread.map_or(&[], |thread| &self.by_thread[thread])
    }
}

/// Whether an event tells what the definition does. When a task began or its
/// request was answered is its service's business, and what else was aborted
/// when something failed is chance.
fn matters(kind: &str) -> bool {
    let is_progress = ["Task", "LambdaFunction", "Activity"]
        .iter()
        .filter_map(|family| kind.strip_prefix(family))
        .any(|change| matches!(change, "Started" | "Submitted"));
    let is_aborted = kind.ends_with("StateAborted") || kind == "ExecutionAborted";
    !is_progress && !is_aborted && !kind.starts_with("MapIteration")
}

/// The first divergence, by the numbers of the recorded events, and how many
/// texts differ in what is made anew.
pub(super) fn first_divergence(
    recording: &Recording,
    replayed: &Side<'_>,
    own: &Own,
) -> (Option<Divergence>, usize) {
    let mut parting = Parting {
        recording,
        replayed,
        comparison: Comparison::new(own),
        first: None,
    };
    parting.compare_all();
    (parting.first, parting.comparison.made_anew)
}

struct Parting<'a> {
    recording: &'a Recording,
    replayed: &'a Side<'a>,
    comparison: Comparison<'a>,
    first: Option<Divergence>,
}

impl Parting<'_> {
    fn compare_all(&mut self) {
        let (recorded, replayed) = (&self.recording.threads, self.replayed.threads);
        let mut by_thread: Vec<Vec<&Event>> = vec![Vec::new(); recorded.ids().len()];
        for event in self
            .recording
            .events
            .iter()
            .filter(|event| matters(&event.kind))
        {
            by_thread[recorded.of_event(event.id)].push(event);
        }
        for (thread, events) in by_thread.iter().enumerate() {
            let same = replayed.find_key(recorded.key(thread));
            let divergence = self.compare(thread, events, same);
            self.keep_first(divergence);
        }
        // A branch in the place of another one has been told of.
        let missing = |&thread: &ThreadId| replayed.find_key(recorded.key(thread)).is_none();
        let replaced: HashSet<&str> = recorded
            .ids()
            .filter(missing)
            .map(|thread| recorded.fork(thread))
            .collect();
        for thread in replayed.ids() {
            let is_new = recorded.find_key(replayed.key(thread)).is_none();
            if is_new && !replaced.contains(replayed.fork(thread)) {
                let divergence = self.only_replayed(thread);
                self.keep_first(divergence);
            }
        }
    }

    fn keep_first(&mut self, divergence: Option<Divergence>) {
        let Some(divergence) = divergence else { return };
        let is_earlier = |first: &Divergence| divergence.event < first.event;
        if self.first.as_ref().is_none_or(is_earlier) {
            self.first = Some(divergence);
        }
    }

    fn compare(
        &mut self,
        thread: ThreadId,
        recorded: &[&Event],
        same: Option<ThreadId>,
    ) -> Option<Divergence> {
        let replayed = self.replayed.events(same);
        let shared = recorded.len().min(replayed.len());
        let differs = (0..shared).find(|&at| !self.alike(recorded[at], replayed[at]));
        if let Some(at) = differs {
            return Some(self.divergence(thread, recorded, at, Some(replayed[at])));
        }
        if let (None, Some(first)) = (same, recorded.first()) {
            return self.never_began(thread, first);
        }
        let (ended_then, ended_now) = (recorded.len() == shared, replayed.len() == shared);
        match (ended_then, ended_now) {
            (true, true) => None,
            (true, false) if self.was_cut(thread) => None,
            (false, true) if self.is_cut(same) => None,
            _ => Some(self.divergence(thread, recorded, shared, replayed.get(shared).copied())),
        }
    }

    /// Whether a recorded thread may have been ended by others.
    fn was_cut(&self, thread: ThreadId) -> bool {
        let threads = &self.recording.threads;
        match threads.key(thread) {
            "" => !self.recording.is_whole(),
            _ => threads.may_be_cut(thread),
        }
    }

    /// Whether a thread of the replay may have been.
    fn is_cut(&self, thread: Option<ThreadId>) -> bool {
        self.replayed.is_stopped
            || thread.is_none_or(|thread| self.replayed.threads.may_be_cut(thread))
    }

    /// A recorded branch or iteration that the replay does not have, where it
    /// came to the end of all that there are, or without whose failure all of
    /// them would have gone on. A branch that begins with another state now is
    /// what stands in its place.
    fn never_began(&self, thread: ThreadId, first: &Event) -> Option<Divergence> {
        let (then, now) = (&self.recording.threads, self.replayed.threads);
        let fork = then.fork(thread);
        let has_failed = then.is_blamed(thread) && now.fork_event(fork).is_some();
        if !now.is_whole(fork) && !has_failed {
            return None;
        }
        let others = self.replayed.threads.ids();
        let mut others = others.filter(|&other| self.is_new_in(other, fork));
        let instead = others.find_map(|other| self.replayed.events(Some(other)).first());
        Some(self.divergence(thread, &[first], 0, instead.copied()))
    }

    /// Whether a thread of the replay belongs to this fork, which has no such
    /// thread in the recording.
    fn is_new_in(&self, thread: ThreadId, fork: &str) -> bool {
        let threads = self.replayed.threads;
        threads.fork(thread) == fork
            && self
                .recording
                .threads
                .find_key(threads.key(thread))
                .is_none()
    }

    /// A branch or an iteration that the recording does not have, where it came
    /// to the end of all that there were.
    fn only_replayed(&self, thread: ThreadId) -> Option<Divergence> {
        let threads = self.replayed.threads;
        let first = *self.replayed.events(Some(thread)).first()?;
        let fork = threads.fork(thread);
        if !self.recording.threads.is_whole(fork) {
            return None;
        }
        let told = told_ours(first);
        Some(Divergence {
            event: self.recording.threads.fork_event(fork)?,
            state: told.state(),
            within: threads.within(thread).to_owned(),
            recorded: None,
            replayed: Some(told),
            before: Vec::new(),
        })
    }

    fn divergence(
        &self,
        thread: ThreadId,
        recorded: &[&Event],
        at: usize,
        replayed: Option<&HistoryEvent>,
    ) -> Divergence {
        let expected = recorded.get(at).map(|event| told(event));
        let replayed = replayed.map(told_ours);
        let before = &recorded[at.saturating_sub(CONTEXT)..at];
        let entered = before.iter().rev().find_map(|event| told(event).state());
        let here = expected.as_ref().and_then(Told::state);
        let event = recorded.get(at).or(recorded.last());
        Divergence {
            event: event.map_or(0, |event| event.id),
            state: here.or(entered),
            within: self.recording.threads.within(thread).to_owned(),
            recorded: expected,
            replayed,
            before: before
                .iter()
                .map(|event| (event.id, event.kind.to_string(), told(event).state()))
                .collect(),
        }
    }

    fn alike(&mut self, recorded: &Event, replayed: &HistoryEvent) -> bool {
        let (recorded_kind, kind) = (class(&recorded.kind), replayed.type_name());
        if recorded_kind != class(&kind) {
            return false;
        }
        let (then, now) = (told(recorded), told_ours(replayed));
        COMPARED.iter().all(|key| {
            match (then.details.get(key), now.details.get(key)) {
                (Some(then), Some(now)) => self.comparison.alike(then, now),
                (None, None) => true,
                // The recording was fetched without its payloads.
                (None, Some(_)) => is_data(key) && !self.recording.has_payloads(),
                (Some(_), None) => false,
            }
        })
    }
}

/// Whether `includeExecutionData` decides over a member.
fn is_data(key: &str) -> bool {
    PAYLOADS.contains(&key) || matches!(key, "error" | "cause" | "assignedVariables")
}

/// The event's type, where failures before a task's start are failures of the
/// task.
fn class(kind: &str) -> &str {
    let family = ["Task", "LambdaFunction", "Activity"]
        .into_iter()
        .find(|family| kind.strip_prefix(family).is_some());
    match family {
        Some(family) if is_failure(kind) && !kind.ends_with("TimedOut") => family,
        _ => kind,
    }
}

impl Told {
    fn state(&self) -> Option<Text> {
        let named = self
            .details
            .get("name")
            .or_else(|| self.details.get("state"));
        named.and_then(Value::as_text).cloned()
    }
}

fn told(event: &Event) -> Told {
    let details = compared(&event.details, |key| event.payload(key));
    Told {
        kind: event.kind.to_string(),
        details,
    }
}

fn told_ours(event: &HistoryEvent) -> Told {
    let json = event.to_json();
    let event = json.as_object().and_then(Event::read);
    told(&event.expect("our own events have an id and a type"))
}

fn compared(details: &Object, payload: impl Fn(&str) -> Option<Value>) -> Object {
    let members = COMPARED.iter().filter_map(|key| {
        let value = match *key {
            key if PAYLOADS.contains(&key) => payload(key)?,
            "assignedVariables" => variables(details.get(key)?),
            key => details.get(key)?.clone(),
        };
        Some((*key, value))
    });
    members.collect()
}

/// Each variable's value is JSON text.
fn variables(assigned: &Value) -> Value {
    let Some(assigned) = assigned.as_object() else {
        return assigned.clone();
    };
    let variables = assigned.iter();
    variables
        .map(|(name, value)| (name, document(value)))
        .collect::<Object>()
        .into()
}
