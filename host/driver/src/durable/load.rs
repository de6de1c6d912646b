//! Reading executions back.

use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

use sandstep_asl::{
    EventDetails, Execution, HistoryEvent, Outcome, Record, Restoration, RestoreError, Start,
    Timestamp,
};
use sandstep_journal::{Digest, ExecutionId, HistoryQuery, Order, Standing, Status, Summary};
use sandstep_json::Value;

use super::{
    codec::{Damaged, Decoder, HeadReader},
    core::Core,
    error::EngineError,
    run::{Run, RunSummary},
};

/// How many events are read at a time when a certain one is looked for.
const PAGE: usize = 256;

/// An execution as the store has it.
pub(super) struct Stored {
    pub(super) summary: Summary,
    pub(super) run: Run,
    pub(super) execution: Execution,
    /// The blobs that its records mention.
    pub(super) blobs: HashSet<Digest>,
}

/// The records are of no execution of this machine.
#[derive(Debug, thiserror::Error)]
enum Unrestorable {
    #[error(transparent)]
    Records(#[from] RestoreError),
    #[error("the records contradict one another")]
    Contradiction,
}

impl Core {
    /// An execution with all that it has done.
    pub(super) async fn load(&self, id: ExecutionId) -> Result<Option<Stored>, EngineError> {
        let Some(loaded) = self.journal.load(id).await? else {
            return Ok(None);
        };
        let summary = loaded.summary;
        let mut decoder = Decoder::default();
        let mut run = Run {
            summary: self.summarize(&summary)?,
            input: Value::Null,
            outcome: self.outcome_of(&summary, &mut decoder).await?,
        };
        let start = self.start_of(&summary, &mut decoder).await?;
        run.input = start.input.clone();
        let definition = &run.summary.definition;
        let machine = self.definitions.find(definition).await;
        let machine = machine.map_err(|error| EngineError::definition(definition, error))?;
        let mut restoration = Restoration::new(machine, start, run.summary.started);
        for record in &loaded.records {
            decoder.trim();
            let decode = |decoder: &mut Decoder| decoder.record(&record.bytes);
            let record = self.decode(&summary.arn, &mut decoder, decode).await?;
            let folded = fold(&mut restoration, &record);
            folded.map_err(|error| EngineError::damaged(&summary.arn, error))?;
        }
        Ok(Some(Stored {
            run,
            execution: restoration.finish(),
            blobs: decoder.into_supplied(),
            summary,
        }))
    }

    /// What lists show of an execution, and when it was redriven last.
    pub(super) async fn summarize_all(&self, summary: &Summary) -> Result<RunSummary, EngineError> {
        let mut run = self.summarize(summary)?;
        if summary.redrives > 0 {
            run.redriven_at = self.last_redrive(summary).await?;
        }
        Ok(run)
    }

    /// When an execution was redriven last: its history says so.
    async fn last_redrive(&self, summary: &Summary) -> Result<Option<Timestamp>, EngineError> {
        let mut from = summary.events;
        while from > 0 {
            let query = HistoryQuery {
                execution: summary.id,
                from,
                order: Order::Backward,
                limit: PAGE,
            };
            let events = self.journal.history(query).await?;
            let events = self.events(&summary.arn, &events).await?;
            let is_redrive = |event: &&HistoryEvent| {
                matches!(event.details, EventDetails::ExecutionRedriven { .. })
            };
            if let Some(redriven) = events.iter().find(is_redrive) {
                return Ok(Some(redriven.timestamp));
            }
            from = from.saturating_sub(PAGE as u64);
        }
        Ok(None)
    }

    /// What the head of an execution tells of it.
    pub(super) fn summarize(&self, summary: &Summary) -> Result<RunSummary, EngineError> {
        let head = HeadReader::new(&summary.head);
        let head = head.map_err(|error| EngineError::damaged(&summary.arn, error))?;
        let definition = head.definition.into();
        let attachment = head.attachment.into();
        Ok(RunSummary {
            arn: summary.arn.as_str().into(),
            started: Timestamp::from_millis(summary.started),
            ended: summary.standing.ended().map(Timestamp::from_millis),
            status: summary.standing.status(),
            definition,
            attachment,
            events: summary.events,
            redrives: summary.redrives,
            redriven_at: None,
        })
    }

    /// The execution of an ARN, with its payloads.
    pub(super) async fn find(&self, arn: &str) -> Result<Option<Run>, EngineError> {
        let Some(summary) = self.journal.find(arn).await? else {
            return Ok(None);
        };
        self.describe(&summary).await.map(Some)
    }

    /// An execution with its payloads.
    pub(super) async fn describe(&self, summary: &Summary) -> Result<Run, EngineError> {
        let mut decoder = Decoder::default();
        Ok(Run {
            summary: self.summarize_all(summary).await?,
            input: self.start_of(summary, &mut decoder).await?.input,
            outcome: self.outcome_of(summary, &mut decoder).await?,
        })
    }

    /// The events of a page of a history.
    pub(super) async fn events(
        &self,
        arn: &str,
        page: &[sandstep_journal::Event],
    ) -> Result<Vec<HistoryEvent>, EngineError> {
        let mut decoder = Decoder::default();
        let mut events = Vec::with_capacity(page.len());
        for event in page {
            decoder.trim();
            let decode = |decoder: &mut Decoder| decoder.record(&event.bytes);
            let record = self.decode(arn, &mut decoder, decode).await?;
            events.extend(record.event);
        }
        Ok(events)
    }

    async fn start_of(
        &self,
        summary: &Summary,
        decoder: &mut Decoder,
    ) -> Result<Start, EngineError> {
        let decode = |decoder: &mut Decoder| {
            let head = HeadReader::new(&summary.head)?;
            head.start(&summary.arn, &self.token_key, decoder)
        };
        self.decode(&summary.arn, decoder, decode).await
    }

    async fn outcome_of(
        &self,
        summary: &Summary,
        decoder: &mut Decoder,
    ) -> Result<Option<Outcome>, EngineError> {
        let Standing::Ended { status, result, .. } = &summary.standing else {
            return Ok(None);
        };
        let status: Status = *status;
        let decode = |decoder: &mut Decoder| decoder.outcome(status, result);
        self.decode(&summary.arn, decoder, decode).await
    }

    /// Decodes, and gets the blobs that are mentioned.
    async fn decode<T>(
        &self,
        arn: &str,
        decoder: &mut Decoder,
        decode: impl Fn(&mut Decoder) -> Result<T, Damaged>,
    ) -> Result<T, EngineError> {
        loop {
            match decode(decoder) {
                Ok(decoded) => return Ok(decoded),
                Err(Damaged::Missing(digest)) => self.supply(arn, decoder, digest).await?,
                Err(error) => return Err(EngineError::damaged(arn, error)),
            }
        }
    }

    async fn supply(
        &self,
        arn: &str,
        decoder: &mut Decoder,
        digest: Digest,
    ) -> Result<(), EngineError> {
        let damaged = |error| EngineError::damaged(arn, error);
        let blob = self.journal.blob(digest).await;
        let blob = blob?;
        let blob = blob.ok_or_else(|| damaged(Damaged::Missing(digest)))?;
        decoder.supply(digest, &blob).map_err(damaged)
    }
}

/// Records that were not made by this machine may contradict one another: that is no
/// reason for a panic to go further.
fn fold(restoration: &mut Restoration, record: &Record) -> Result<(), Unrestorable> {
    let folded = catch_unwind(AssertUnwindSafe(|| restoration.fold(record)));
    Ok(folded.map_err(|_| Unrestorable::Contradiction)??)
}
