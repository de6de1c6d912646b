//! The numbers that stand for names in the tables. They never change.

use crate::{
    catalog::Kind,
    error::StorageError,
    execution::{Millis, Standing, Status},
};

pub(super) fn status_code(status: Status) -> i64 {
    match status {
        Status::Running => 0,
        Status::Succeeded => 1,
        Status::Failed => 2,
        Status::TimedOut => 3,
        Status::Aborted => 4,
        Status::PendingRedrive => 5,
    }
}

/// The status of that number.
pub(super) fn status(code: i64) -> Result<Status, StorageError> {
    let mut all = Status::ALL.into_iter();
    all.find(|status| status_code(*status) == code)
        .ok_or_else(|| StorageError::Corrupt(format!("no status has the number {code}")))
}

/// Where an execution stands, from what its rows say.
pub(super) fn standing(
    status: Status,
    due: Option<Millis>,
    end: Option<(Millis, Vec<u8>)>,
) -> Result<Standing, StorageError> {
    match (status, end) {
        (Status::Running, _) => Ok(Standing::Running { due }),
        (status, Some((at, result))) => Ok(Standing::Ended { status, at, result }),
        (_, None) => Err(StorageError::Corrupt(
            "an execution ended without a result".into(),
        )),
    }
}

pub(super) fn kind_code(kind: Kind) -> i64 {
    match kind {
        Kind::StateMachine => 0,
        Kind::Revision => 1,
        Kind::Version => 2,
        Kind::Alias => 3,
        Kind::Tags => 4,
        Kind::Function => 5,
        Kind::Code => 6,
        Kind::Activity => 7,
        Kind::Setting => 8,
    }
}
