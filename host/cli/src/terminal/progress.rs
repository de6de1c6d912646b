//! How far an execution is: a line for each state that runs, drawn again as
//! they come and go; plain lines where nothing can be drawn again.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Write as _, stderr};
use std::time::{Duration, Instant};

use sandstep_asl::{EventId, Note, Record, ThreadPath, Timestamp};

use super::{Paint, Terminal, Verbosity, escaped};

mod change;

use self::change::{Change, Sight};

/// How many running states are drawn; the rest are counted.
const MAX_LINES: usize = 12;

/// How often the lines may be drawn when only a count has changed.
const REDRAW_INTERVAL: Duration = Duration::from_millis(50);

/// Columns of a line; a longer one would wrap, and could not be drawn over.
const COLUMNS: usize = 79;

/// The states of one execution, on stderr.
///
/// The iterations of a Map are counted at the Map's line, their states have
/// none.
pub(crate) struct Progress {
    terminal: Terminal,
    running: Vec<Running>,
    /// The events that started Maps, with the line of their state.
    maps: BTreeMap<EventId, ThreadPath>,
    drawn: usize,
    last_drawn: Option<Instant>,
    pending: String,
}

/// A state that was entered and not left.
struct Running {
    thread: ThreadPath,
    name: String,
    entered: Timestamp,
    /// `until …`, `3 of 5 items`.
    detail: String,
    items: Option<(usize, usize)>,
}

impl Progress {
    /// Nothing is drawn before the first record.
    pub(crate) fn new(terminal: Terminal) -> Self {
        Self {
            terminal,
            running: Vec::new(),
            maps: BTreeMap::new(),
            drawn: 0,
            last_drawn: None,
            pending: String::new(),
        }
    }

    /// How this progress colours its text.
    pub(crate) fn paint(&self) -> Paint {
        self.terminal.paint
    }

    /// Shows what a record says.
    pub(crate) fn record(&mut self, record: &Record) {
        if self.terminal.verbosity == Verbosity::Quiet {
            return;
        }
        if let Some(event) = &record.event {
            self.show_event(&Sight::of(&record.thread, event));
        }
        if let Some(Note::WaitUntil(due)) = record.note {
            self.wait(&record.thread, due);
        }
        self.draw();
    }

    /// Shows an event of an execution elsewhere.
    pub(crate) fn event(&mut self, event: &Sight<'_>) {
        if self.terminal.verbosity > Verbosity::Quiet {
            self.show_event(event);
            self.draw();
        }
    }

    /// Prints whole lines above those of the running states.
    pub(crate) fn print_above(&mut self, lines: &str) {
        self.pending += lines;
        self.last_drawn = None;
        self.draw();
    }

    /// Removes the lines of states that still run.
    pub(crate) fn finish(&mut self) {
        self.running.clear();
        self.last_drawn = None;
        self.draw();
    }

    fn show_event(&mut self, event: &Sight<'_>) {
        let Sight { thread, at, .. } = *event;
        if self.terminal.verbosity == Verbosity::Verbose {
            let line = format!("{:>12} {}\n", event.id.0, escaped(&event.type_name()));
            self.pending += &self.terminal.paint.dim(&line);
        }
        match event.change {
            Change::MapStarted { length } => self.start_map(event, length),
            Change::ItemEnded => self.count_item(thread),
            Change::ChildrenEnded => self.end_children(thread, at),
            Change::Aborted => self.abort(thread, at),
            _ if self.is_hidden(thread) => {}
            Change::Entered { name } => self.enter(event, name),
            Change::Exited { name } => self.exit(event, name),
            Change::Stopped => self.stop(at, |_| true),
            Change::Nothing => {}
        }
    }

    /// Whether a thread is an iteration of a Map, or of what is in one.
    fn is_hidden(&self, thread: &ThreadPath) -> bool {
        let mut ancestors = std::iter::successors(Some(thread), |path| path.parent());
        !self.maps.is_empty()
            && ancestors.any(|path| {
                path.last()
                    .is_some_and(|(event, _)| self.maps.contains_key(&event))
            })
    }

    fn enter(&mut self, event: &Sight<'_>, name: &str) {
        self.running.push(Running {
            thread: event.thread.clone(),
            name: name.to_owned(),
            entered: event.at,
            detail: String::new(),
            items: None,
        });
        self.last_drawn = None;
    }

    fn exit(&mut self, event: &Sight<'_>, name: &str) {
        let found = self
            .running
            .iter()
            .position(|one| one.thread == *event.thread && one.name == name);
        let Some(at) = found else { return };
        let state = self.running.remove(at);
        let line = state.line(Some(event.at));
        let _ = writeln!(
            self.pending,
            "{} {line}",
            self.terminal.paint.green("          ok")
        );
        self.last_drawn = None;
    }

    /// The branches or iterations of the state that runs in a thread are over,
    /// whatever ran in them.
    fn end_children(&mut self, thread: &ThreadPath, ended: Timestamp) {
        self.maps
            .retain(|_, map| map != thread && !is_below(map, thread));
        self.stop(ended, |other| is_below(other, thread));
    }

    /// The state that runs in a thread was aborted, with all that runs in it.
    fn abort(&mut self, thread: &ThreadPath, aborted: Timestamp) {
        self.end_children(thread, aborted);
        self.stop(aborted, |other| other == thread);
    }

    /// Says of the running states of some threads that they were stopped.
    fn stop(&mut self, stopped: Timestamp, is_stopped: impl Fn(&ThreadPath) -> bool) {
        let over: Vec<Running> = self
            .running
            .extract_if(.., |state| is_stopped(&state.thread))
            .collect();
        if over.is_empty() {
            return;
        }
        for state in over {
            let line = state.line(Some(stopped));
            let _ = writeln!(
                self.pending,
                "{} {line}",
                self.terminal.paint.red("     stopped")
            );
        }
        self.last_drawn = None;
    }

    fn wait(&mut self, thread: &ThreadPath, due: Timestamp) {
        let is_live = self.terminal.is_live;
        let Some(state) = self.running.iter_mut().rfind(|one| one.thread == *thread) else {
            return;
        };
        state.detail = format!("until {due}");
        if !is_live {
            let _ = writeln!(self.pending, "     waiting {}", state.line(None));
        }
    }

    fn start_map(&mut self, event: &Sight<'_>, length: usize) {
        self.maps.insert(event.id, event.thread.clone());
        if let Some(state) = self
            .running
            .iter_mut()
            .rfind(|one| one.thread == *event.thread)
        {
            state.count(0, length);
        }
    }

    /// `thread` is the iteration's, or that of its Map.
    fn count_item(&mut self, thread: &ThreadPath) {
        let of_map = thread.last().and_then(|(event, _)| self.maps.get(&event));
        let line = of_map.unwrap_or(thread);
        if let Some(state) = self.running.iter_mut().rfind(|one| one.thread == *line)
            && let Some((done, length)) = state.items
        {
            state.count(done + 1, length);
        }
    }

    fn draw(&mut self) {
        let is_early = self
            .last_drawn
            .is_some_and(|drawn| drawn.elapsed() < REDRAW_INTERVAL);
        if is_early && self.pending.is_empty() {
            return;
        }
        let mut text = String::new();
        if self.drawn > 0 {
            let _ = write!(text, "\x1b[{}F\x1b[J", self.drawn);
        }
        text += &std::mem::take(&mut self.pending);
        self.drawn = if self.terminal.is_live {
            self.write_running(&mut text)
        } else {
            0
        };
        self.last_drawn = Some(Instant::now());
        // A terminal that is gone keeps no execution from its end.
        let _ = stderr().write_all(text.as_bytes());
    }

    /// Writes a line for each running state, and tells how many.
    fn write_running(&self, text: &mut String) -> usize {
        let paint = self.terminal.paint;
        for state in self.running.iter().take(MAX_LINES) {
            let _ = writeln!(text, "{} {}", paint.cyan("     running"), state.line(None));
        }
        let rest = self.running.len().saturating_sub(MAX_LINES);
        if rest > 0 {
            let _ = writeln!(text, "             and {rest} more");
        }
        self.running.len().min(MAX_LINES) + usize::from(rest > 0)
    }
}

impl Running {
    fn count(&mut self, done: usize, length: usize) {
        self.items = Some((done, length));
        self.detail = format!("{done} of {length} items");
    }

    fn line(&self, left: Option<Timestamp>) -> String {
        let mut line = escaped(&self.name).into_owned();
        if !self.detail.is_empty() {
            let _ = write!(line, "  {}", self.detail);
        }
        if let Some(left) = left {
            let _ = write!(line, "  ({})", readable(left.since(self.entered)));
        }
        line.chars().take(COLUMNS - 13).collect()
    }
}

/// Whether a thread was started by another, or by one below that.
fn is_below(thread: &ThreadPath, above: &ThreadPath) -> bool {
    let mut parents = std::iter::successors(thread.parent(), |path| path.parent());
    parents.any(|parent| parent == above)
}

/// `12 ms`, `3.4 s`, `2 min 5 s`, `7 h 1 min`, `12 d 3 h`.
pub(crate) fn readable(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{} ms", duration.as_millis()),
        1..60 => format!("{:.1} s", duration.as_secs_f64()),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

#[cfg(test)]
mod tests {
    use sandstep_asl::{EventDetails, HistoryEvent, StateType};
    use sandstep_json::Value;

    use super::super::Verbosity::Normal;
    use super::*;

    /// Shows events, numbered from 1, each with the thread it happened in.
    fn show(events: Vec<(&ThreadPath, EventDetails)>) -> Progress {
        let mut progress = Progress::new(Terminal {
            paint: Paint { enabled: false },
            verbosity: Normal,
            is_live: false,
            is_log: false,
        });
        for (number, (thread, details)) in (1..).zip(events) {
            let event = HistoryEvent {
                id: EventId(number),
                previous: EventId(0),
                timestamp: Timestamp::from_millis(0),
                details,
            };
            progress.record(&Record {
                thread: thread.clone(),
                event: Some(event),
                note: None,
            });
        }
        progress
    }

    fn entered(kind: StateType, name: &str) -> EventDetails {
        EventDetails::StateEntered {
            kind,
            name: name.into(),
            input: Value::Null,
        }
    }

    fn names(progress: &Progress) -> Vec<&str> {
        let names = progress.running.iter().map(|state| state.name.as_str());
        names.collect()
    }

    #[test]
    fn aborted_branches_leave_no_line() {
        let root = ThreadPath::default();
        let [first, second, third] = [0, 1, 2].map(|branch| root.child(EventId(2), branch));
        let wait = || entered(StateType::Wait, "Wait");
        let mut events = vec![
            (&root, entered(StateType::Parallel, "Both")),
            (&root, EventDetails::ParallelStateStarted),
            (&first, entered(StateType::Fail, "Fail")),
            (&second, wait()),
            (&third, wait()),
        ];
        assert_eq!(
            names(&show(events.clone())),
            ["Both", "Fail", "Wait", "Wait"]
        );
        let aborted = EventDetails::StateAborted {
            kind: StateType::Wait,
        };
        events.push((&second, aborted));
        assert_eq!(names(&show(events.clone())), ["Both", "Fail", "Wait"]);
        events.push((&root, EventDetails::ParallelStateFailed));
        assert_eq!(names(&show(events)), ["Both"]);
    }

    #[test]
    fn a_map_that_ended_is_forgotten_with_those_in_it() {
        let root = ThreadPath::default();
        let item = root.child(EventId(2), 0);
        let start = || EventDetails::MapStateStarted { length: 1 };
        let mut events = vec![
            (&root, entered(StateType::Map, "Outer")),
            (&root, start()),
            (&item, entered(StateType::Map, "Inner")),
            (&item, start()),
        ];
        let progress = show(events.clone());
        assert_eq!((names(&progress), progress.maps.len()), (vec!["Outer"], 2));
        events.push((&item, EventDetails::MapStateSucceeded));
        assert_eq!(show(events.clone()).maps.len(), 1);
        events.pop();
        events.push((&root, EventDetails::MapStateFailed));
        assert_eq!(show(events).maps.len(), 0);
    }

    #[test]
    fn durations_read_well() {
        for (millis, text) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (3_400, "3.4 s"),
            (125_000, "2 min 5 s"),
            (25_260_000, "7 h 1 min"),
            (1_047_600_000, "12 d 3 h"),
        ] {
            assert_eq!(readable(Duration::from_millis(millis)), text);
        }
    }
}
