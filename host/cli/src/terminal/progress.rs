//! How far an execution is: a line for each state that runs, drawn again as
//! they come and go; plain lines where nothing can be drawn again.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Write as _, stderr};
use std::time::{Duration, Instant};

use sandstep_asl::{EventDetails, EventId, HistoryEvent, Note, Record, ThreadPath, Timestamp};

use super::{Paint, Terminal, Verbosity};

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
            self.show_event(record, event);
        }
        if let Some(Note::WaitUntil(due)) = record.note {
            self.wait(&record.thread, due);
        }
        self.draw();
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

    fn show_event(&mut self, record: &Record, event: &HistoryEvent) {
        if self.terminal.verbosity == Verbosity::Verbose {
            let line = format!("{:>12} {}\n", event.id.0, event.type_name());
            self.pending += &self.terminal.paint.dim(&line);
        }
        match &event.details {
            EventDetails::MapStateStarted { length } => self.start_map(record, event.id, *length),
            EventDetails::MapIterationSucceeded { .. }
            | EventDetails::MapIterationFailed { .. } => {
                self.count_item(&record.thread);
            }
            _ if self.is_hidden(&record.thread) => {}
            EventDetails::StateEntered { name, .. } => self.enter(record, name, event.timestamp),
            EventDetails::StateExited { name, .. } => self.exit(record, name, event.timestamp),
            EventDetails::ExecutionFailed(_)
            | EventDetails::ExecutionTimedOut(_)
            | EventDetails::ExecutionAborted(_) => self.fail(event.timestamp),
            _ => {}
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

    fn enter(&mut self, record: &Record, name: &str, entered: Timestamp) {
        self.running.push(Running {
            thread: record.thread.clone(),
            name: name.to_owned(),
            entered,
            detail: String::new(),
            items: None,
        });
        self.last_drawn = None;
    }

    fn exit(&mut self, record: &Record, name: &str, left: Timestamp) {
        let found = self
            .running
            .iter()
            .position(|one| one.thread == record.thread && one.name == name);
        let Some(at) = found else { return };
        let state = self.running.remove(at);
        let line = state.line(Some(left));
        let _ = writeln!(
            self.pending,
            "{} {line}",
            self.terminal.paint.green("          ok")
        );
        self.last_drawn = None;
    }

    /// The innermost running states are those that the execution failed in.
    fn fail(&mut self, failed: Timestamp) {
        for state in std::mem::take(&mut self.running) {
            let line = state.line(Some(failed));
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

    fn start_map(&mut self, record: &Record, event: EventId, length: usize) {
        self.maps.insert(event, record.thread.clone());
        if let Some(state) = self
            .running
            .iter_mut()
            .rfind(|one| one.thread == record.thread)
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
        let mut line = self.name.clone();
        if !self.detail.is_empty() {
            let _ = write!(line, "  {}", self.detail);
        }
        if let Some(left) = left {
            let _ = write!(line, "  ({})", readable(left.since(self.entered)));
        }
        line.chars().take(COLUMNS - 13).collect()
    }
}

/// `12 ms`, `3.4 s`, `2 min 5 s`, `7 h 1 min`, `12 d 3 h`.
fn readable(duration: Duration) -> String {
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
    use super::*;

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
