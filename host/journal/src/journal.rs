//! The trait that executions are kept through.

use crate::{
    answer::Answer,
    blob::Digest,
    execution::{
        Batch, ExecutionId, Millis, NewExecution, Record, Started, Status, Summary, Waiting,
    },
};

/// Keeps executions: rows, records, payloads.
///
/// Every answer to a write means that it lasts: it survives the process, and
/// the loss of power unless the store was opened to accept that. Reads see
/// everything that was answered before they began.
///
/// No rule of the States Language lives here: records, heads and results are
/// bytes. Limits of every read are the caller's; an implementation may give
/// fewer, and an empty page means the end.
pub trait Journal: Send + Sync {
    /// Becomes the one who may write, until somebody else claims. The answer is
    /// the new epoch; writes with an earlier one are refused from now on.
    ///
    /// The stores inside a process are one shard, whose lease lasts until the
    /// store is closed or claimed again.
    fn claim(&self) -> Answer<u64>;

    /// Says that the owner of `epoch` is still there.
    ///
    /// # Errors
    ///
    /// [`Error::ClaimLost`](crate::Error::ClaimLost) if it is not the owner any more.
    fn renew(&self, epoch: u64) -> Answer<()>;

    /// Begins an execution, together with everything up to its first wait.
    ///
    /// Idempotent by name: where the ARN is taken, running or ended, nothing is
    /// written and the answer tells of the execution that has it.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`](crate::Error::Busy) when the store is saturated: refused, not lost.
    fn start(&self, epoch: u64, execution: NewExecution) -> Answer<Started>;

    /// Appends to an execution and moves it on. The answer is the new version.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`](crate::Error::Conflict) if somebody committed since the caller
    /// looked: the transition is not made twice.
    ///
    /// The batch stays the caller's, who may have to try again.
    fn commit(&self, epoch: u64, batch: &Batch) -> Answer<u64>;

    /// What is known of the execution of this ARN, without its records.
    fn find(&self, arn: &str) -> Answer<Option<Summary>>;

    /// An execution with all its records, in the order of appending.
    fn load(&self, id: ExecutionId) -> Answer<Option<Loaded>>;

    /// A page of an execution's events; none for an execution that is not there.
    fn history(&self, query: HistoryQuery) -> Answer<Vec<Event>>;

    /// The next executions that fall due, the earliest first.
    fn due(&self, query: DueQuery) -> Answer<Vec<Due>>;

    /// A page of the executions of a group, the last started first.
    fn list(&self, query: ListQuery) -> Answer<Page>;

    /// The tasks that wait longest in a queue, at most `limit`.
    fn waiting(&self, queue: &str, limit: usize) -> Answer<Vec<Waiting>>;

    /// The bytes of a blob, or `None` where no execution mentions it.
    fn blob(&self, digest: Digest) -> Answer<Option<Vec<u8>>>;

    /// Forgets up to `limit` executions that ended before `before`, the earliest
    /// first, then up to `limit` blobs that nothing mentions any more. Retention
    /// calls this until there is nothing left to do, other writes in between.
    fn expire(&self, before: Millis, limit: usize) -> Answer<Expired>;
}

/// An execution with its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Where it stands.
    pub summary: Summary,
    /// All it has appended.
    pub records: Vec<Record>,
}

/// Which events are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Whose.
    pub execution: ExecutionId,
    /// The number of the first event of the page. The oldest is 1; any larger
    /// number than the last event's stands for that one when going backward.
    pub from: u64,
    /// Which way.
    pub order: Order,
    /// How many at most.
    pub limit: usize,
}

/// Which way a history is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The oldest first.
    Forward,
    /// The latest first.
    Backward,
}

/// One event of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number: dense, from 1.
    pub number: u64,
    /// The record.
    pub bytes: Vec<u8>,
}

/// Which due executions are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueQuery {
    /// Only after this one, which ended the page before. `None` begins with the
    /// earliest there is.
    pub after: Option<Due>,
    /// Only up to this moment, itself included.
    pub until: Millis,
    /// How many at most.
    pub limit: usize,
}

/// An execution that falls due. In the order of time, then of starting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// When.
    pub at: Millis,
    /// Which.
    pub execution: ExecutionId,
}

/// Which executions are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// One of the groups that they were started in.
    pub group: String,
    /// Only those with one of these; empty means any.
    pub statuses: Vec<Status>,
    /// Only those that were redriven, or were not.
    pub redriven: Option<bool>,
    /// Only those that were started after this one.
    pub newer_than: Option<ExecutionId>,
    /// Where the page before ended.
    pub after: Option<PageToken>,
    /// How many at most.
    pub limit: usize,
}

/// Where a page of a list ended. Stays good while executions come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageToken(pub ExecutionId);

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What is on it.
    pub executions: Vec<Summary>,
    /// Where the next one begins; `None` if this is the last.
    pub next: Option<PageToken>,
}

/// What was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// Executions, with all their records.
    pub executions: usize,
    /// Blobs that nothing mentioned.
    pub blobs: usize,
    /// How many executions ended before then and stay, since what is stored of them is
    /// damaged. Counted once nothing else is left to forget.
    pub damaged: u64,
}
