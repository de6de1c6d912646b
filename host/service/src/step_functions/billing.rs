//! What AWS would have billed for an EXPRESS execution.

use std::time::Duration;

use sandstep_json::Object;

/// The part of a bill that one execution makes (API reference,
/// `BillingDetails`). Nobody is billed here: it is told for clients that read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BillingDetails {
    /// The duration, rounded up to 100 ms.
    pub billed_duration_in_milliseconds: u64,
    /// The memory, in chunks of 64 MB, of which an execution takes one.
    pub billed_memory_used_in_mb: u64,
}

impl BillingDetails {
    pub(crate) fn of(duration: Duration) -> Self {
        const STEP: u64 = 100;
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX - STEP);
        Self {
            billed_duration_in_milliseconds: millis.div_ceil(STEP).max(1) * STEP,
            billed_memory_used_in_mb: 64,
        }
    }

    pub(crate) fn to_json(self) -> Object {
        Object::from([
            (
                "billedDurationInMilliseconds",
                self.billed_duration_in_milliseconds,
            ),
            ("billedMemoryUsedInMB", self.billed_memory_used_in_mb),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_rounded_up() {
        for (millis, billed) in [(0, 100), (1, 100), (100, 100), (101, 200)] {
            let details = BillingDetails::of(Duration::from_millis(millis));
            assert_eq!(details.billed_duration_in_milliseconds, billed);
        }
    }
}
