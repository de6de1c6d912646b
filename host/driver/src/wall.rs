//! The wall clock, as far as executions follow it.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sandstep_asl::Timestamp;
use tokio::time::Instant;

/// How far the wall clock may be ahead before it is followed. Both clocks are
/// read one after the other, and each is cut to its own unit.
const TOLERANCE: Duration = Duration::from_secs(1);

/// The longest sleep between two looks at the wall clock: how late a wait ends
/// at most after that clock was set forward, or the machine was suspended.
const LONGEST_NAP: Duration = Duration::from_secs(30);

/// Time that goes on steadily from one reading of the wall clock.
///
/// A due time names a moment of the wall clock, so that a clock which is set
/// forward, or went on while the machine slept, is followed. One that is set
/// back is not: a wait of ten seconds would become one of an hour.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WallClock {
    anchor: Reading,
}

/// What the wall clock and the monotonic clock say at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) wall: Timestamp,
    pub(crate) instant: Instant,
}

impl Reading {
    /// Reads both clocks.
    pub(crate) fn now() -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        Self {
            wall: Timestamp::default() + since,
            instant: Instant::now(),
        }
    }
}

impl WallClock {
    /// A clock that goes on from a reading.
    pub(crate) fn starting_at(anchor: Reading) -> Self {
        Self { anchor }
    }

    /// The reading that it goes on from.
    pub(crate) fn anchor(self) -> Reading {
        self.anchor
    }

    /// The time at `instant`.
    pub(crate) fn at(self, instant: Instant) -> Timestamp {
        self.anchor.wall + instant.saturating_duration_since(self.anchor.instant)
    }

    /// Goes on from `reading` where the wall clock ran ahead.
    pub(crate) fn follow(&mut self, reading: Reading) {
        if reading.wall.since(self.at(reading.instant)) > TOLERANCE {
            self.anchor = reading;
        }
    }
}

/// One clock for executions that come and go: the alarm that wakes one and its own clock
/// have to agree that it is due.
#[derive(Debug)]
pub(crate) struct SharedClock(Mutex<WallClock>);

impl SharedClock {
    pub(crate) fn starting_now() -> Self {
        Self::starting_at(Reading::now())
    }

    fn starting_at(anchor: Reading) -> Self {
        Self(Mutex::new(WallClock::starting_at(anchor)))
    }

    /// What a clock says that goes on from now. No later one says less.
    pub(crate) fn read(&self) -> Reading {
        self.tell(Reading::now())
    }

    fn tell(&self, reading: Reading) -> Reading {
        // Nothing panics while it is held.
        let mut clock = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clock.follow(reading);
        Reading {
            wall: clock.at(reading.instant),
            ..reading
        }
    }
}

/// How long to sleep for something due before looking at the clock again.
pub(crate) fn nap(due: Timestamp, now: Timestamp) -> Duration {
    due.since(now).min(LONGEST_NAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    /// A moment some seconds after noon by each of the clocks.
    fn reading(noon: Instant, wall: i64, monotonic: u64) -> Reading {
        Reading {
            wall: Timestamp::from_millis(43_200_000 + wall * 1000),
            instant: noon + Duration::from_secs(monotonic),
        }
    }

    /// The time that a clock of noon tells once it saw `wall` and `monotonic`
    /// seconds pass, in seconds after noon.
    fn told(wall: i64, monotonic: u64) -> f64 {
        let noon = Instant::now();
        let mut clock = WallClock::starting_at(reading(noon, 0, 0));
        let later = reading(noon, wall, monotonic);
        clock.follow(later);
        let told = clock.at(later.instant).as_millis() - 43_200_000;
        told as f64 / 1000.0
    }

    #[test]
    fn a_clock_set_forward_is_followed() {
        assert_eq!(told(3600, 10), 3600.0);
    }

    #[test]
    fn a_clock_set_back_is_not() {
        assert_eq!(told(-3600, 10), 10.0);
    }

    #[test]
    fn a_second_more_or_less_is_no_step() {
        assert_eq!(told(11, 10), 10.0);
        assert_eq!(told(9, 10), 10.0);
    }

    #[test]
    fn time_goes_on_from_where_the_wall_clock_was_set() {
        let noon = Instant::now();
        let mut clock = WallClock::starting_at(reading(noon, 0, 0));
        clock.follow(reading(noon, 3600, 10));
        let later = reading(noon, 3620, 30);
        assert_eq!(clock.at(later.instant), later.wall);
    }

    #[test]
    fn who_wakes_after_a_clock_was_set_back_is_due_as_its_alarm_was() {
        let noon = Instant::now();
        let clock = SharedClock::starting_at(reading(noon, 0, 0));
        let alarm = clock.tell(reading(noon, -3590, 10));
        let woken = clock.tell(reading(noon, -3589, 11));
        assert_eq!(alarm.wall, reading(noon, 10, 10).wall);
        assert_eq!(woken.wall, reading(noon, 11, 11).wall);
        let own = WallClock::starting_at(woken);
        assert_eq!(own.at(woken.instant), woken.wall);
    }

    #[test]
    fn a_sleep_is_cut_short_to_look_at_the_clock() {
        let noon = Timestamp::from_millis(43_200_000);
        assert_eq!(nap(noon + HOUR, noon), LONGEST_NAP);
        assert_eq!(nap(noon + TOLERANCE, noon), TOLERANCE);
        assert_eq!(nap(noon, noon + HOUR), Duration::ZERO);
    }
}
