//! The cases that do not come out as the suite says, and why.

/// Why a case fails, if it is known to.
pub(crate) fn failure(id: &str) -> Option<&'static str> {
    FAILURES
        .iter()
        .find(|(_, ids)| ids.contains(&id))
        .map(|(reason, _)| *reason)
}

/// A reason, and the cases that it holds for.
type Row = (&'static str, &'static [&'static str]);

const FAILURES: &[Row] = &[];
