//! `[machines.NAME.limits]` of `sandstep.toml`.
//!
//! ```toml
//! [machines.classroom.limits]
//! payload = "256 KB"            # the longest input, output or result
//! history-events = 25000        # or "unlimited", as EXPRESS executions have it
//! inline-concurrency = 40       # iterations of one inline Map at a time
//! threads = 10000               # branches and iterations alive at a time
//! duration = "1 h"              # or "unlimited", as STANDARD executions of `run` have it
//! ```

use std::num::{NonZeroU64, NonZeroUsize};

use sandstep_asl::Limits;
use serde::Deserialize;

use super::MachineKind;
use super::units::{Size, Time};

/// What executions of a machine may use, where its project says so; the rest
/// are the quotas of their kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct MachineLimits {
    payload: Option<Size>,
    history_events: Option<Events>,
    inline_concurrency: Option<NonZeroUsize>,
    threads: Option<NonZeroUsize>,
    duration: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a number of events from 1, or \"unlimited\""
)]
pub(super) enum Events {
    UpTo(NonZeroU64),
    Unlimited(Unlimited),
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a duration such as \"5 min\", or \"unlimited\""
)]
pub(super) enum Duration {
    UpTo(Time),
    Unlimited(Unlimited),
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Unlimited {
    Unlimited,
}

impl Events {
    /// The limit, if there is one.
    pub(super) fn get(self) -> Option<u64> {
        match self {
            Self::UpTo(events) => Some(events.get()),
            Self::Unlimited(_) => None,
        }
    }
}

impl Duration {
    /// The limit, if there is one.
    pub(super) fn get(self) -> Option<std::time::Duration> {
        match self {
            Self::UpTo(time) => Some(time.0),
            Self::Unlimited(_) => None,
        }
    }
}

impl MachineLimits {
    /// The limits of an execution of this kind.
    pub(crate) fn of(self, kind: MachineKind) -> Limits {
        self.over(match kind {
            MachineKind::Standard => Limits::default(),
            MachineKind::Express => Limits::express(),
        })
    }

    /// The limits of an execution that would have these otherwise.
    pub(crate) fn over(self, quotas: Limits) -> Limits {
        Limits {
            payload_bytes: self.payload.map_or(quotas.payload_bytes, |size| size.0),
            variable_bytes: quotas.variable_bytes,
            history_events: match self.history_events {
                None => quotas.history_events,
                Some(events) => events.get(),
            },
            inline_concurrency: self
                .inline_concurrency
                .map_or(quotas.inline_concurrency, NonZeroUsize::get),
            threads: self.threads.map_or(quotas.threads, NonZeroUsize::get),
            duration: match self.duration {
                None => quotas.duration,
                Some(duration) => duration.get(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(text: &str) -> Result<MachineLimits, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn what_a_machine_says_goes_before_what_it_would_have() {
        let quotas = Limits {
            payload_bytes: 7,
            threads: 8,
            ..Limits::default()
        };
        let over = limits("threads = 9").unwrap().over(quotas.clone());
        let expected = Limits {
            threads: 9,
            ..quotas
        };
        assert_eq!(over, expected);
    }

    #[test]
    fn what_is_not_said_is_the_quota_of_the_kind() {
        let limits = limits("threads = 7").unwrap();
        let expected = Limits {
            threads: 7,
            ..Limits::default()
        };
        assert_eq!(limits.of(MachineKind::Standard), expected);
        let expected = Limits {
            threads: 7,
            ..Limits::express()
        };
        assert_eq!(limits.of(MachineKind::Express), expected);
    }

    #[test]
    fn every_limit_is_settable() {
        let text = "payload = \"1 MB\"\nhistory-events = 5\ninline-concurrency = 2\nthreads = 3\n\
                    duration = \"2 min\"";
        let expected = Limits {
            payload_bytes: 1 << 20,
            variable_bytes: Limits::default().variable_bytes,
            history_events: Some(5),
            inline_concurrency: 2,
            threads: 3,
            duration: Some(std::time::Duration::from_secs(120)),
        };
        assert_eq!(limits(text).unwrap().of(MachineKind::Express), expected);
    }

    #[test]
    fn quotas_can_be_lifted() {
        let text = "history-events = \"unlimited\"\nduration = \"unlimited\"";
        let limits = limits(text).unwrap();
        assert_eq!(limits.of(MachineKind::Standard).history_events, None);
        assert_eq!(limits.of(MachineKind::Express).duration, None);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "threads = 0",
            "inline-concurrency = -1",
            "history-events = 0",
            "history-events = \"many\"",
            "duration = 5",
            "duration = \"soon\"",
            "payload = 262144",
            "payloads = \"1 MB\"",
        ] {
            assert!(limits(text).is_err(), "{text}");
        }
    }
}
