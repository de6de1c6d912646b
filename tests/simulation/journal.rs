//! What an execution wrote down in a world.

use std::fmt::Write;

use sandstep_asl::{HistoryEvent, Outcome, Record};

/// The records of an execution that ended, and its outcome.
pub(crate) struct Journal {
    pub(crate) records: Vec<Record>,
    pub(crate) outcome: Outcome,
}

impl Journal {
    pub(crate) fn events(&self) -> impl Iterator<Item = &HistoryEvent> {
        self.records
            .iter()
            .filter_map(|record| record.event.as_ref())
    }

    /// Fails unless both have the same records and outcome.
    pub(crate) fn same_as(&self, restored: &Self) -> Result<(), String> {
        let is_same = |(a, b): (&Record, &Record)| {
            a.thread == b.thread && a.event == b.event && a.note == b.note
        };
        let mut pairs = self.records.iter().zip(&restored.records);
        if self.outcome == restored.outcome
            && self.records.len() == restored.records.len()
            && pairs.all(is_same)
        {
            return Ok(());
        }
        let (plain, restored) = (self.text(), restored.text());
        let difference = similar::TextDiff::from_lines(&plain, &restored);
        let difference = difference.unified_diff().to_string();
        Err(format!(
            "a restored execution went another way:\n{difference}"
        ))
    }

    /// A line for each record.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for record in &self.records {
            write!(text, "{}", record.thread).expect("a string takes any text");
            if let Some(event) = &record.event {
                let events =
                    sandstep_tests::history_text::write_history(std::slice::from_ref(event));
                write!(text, " @{} {}", event.timestamp, events.trim_end())
                    .expect("a string takes any text");
            }
            if let Some(note) = &record.note {
                write!(text, " {note:?}").expect("a string takes any text");
            }
            text.push('\n');
        }
        text + &format!("{:?}\n", self.outcome)
    }
}
