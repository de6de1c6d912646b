//! The calendar.

pub(super) const DAY: i64 = 86_400_000;

/// The names of months, January first.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The names of days, Monday first.
pub(super) const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// A time as people read it, in the proleptic Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DateTime {
    pub(super) month: Month,
    /// 1 to 31
    pub(super) day: i64,
    /// Days since 1970-01-01.
    pub(super) days: i64,
    /// Milliseconds since midnight.
    pub(super) millis: i64,
}

/// A month of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Month {
    pub(super) year: i64,
    /// 1 to 12
    pub(super) number: i64,
}

impl DateTime {
    /// The date and time so many milliseconds after 1970, without an offset from UTC.
    pub(super) fn from_millis(millis: i64) -> Self {
        let days = millis.div_euclid(DAY);
        let (month, day) = civil(days);
        Self {
            month,
            day,
            days,
            millis: millis.rem_euclid(DAY),
        }
    }

    /// 0 to 23
    pub(super) fn hour(&self) -> i64 {
        self.millis / 3_600_000
    }

    /// 0 to 59
    pub(super) fn minute(&self) -> i64 {
        self.millis / 60_000 % 60
    }

    /// 0 to 59
    pub(super) fn second(&self) -> i64 {
        self.millis / 1000 % 60
    }

    /// 1 to 7, Monday to Sunday
    pub(super) fn weekday(&self) -> i64 {
        weekday(self.days)
    }

    /// 1 to 366
    pub(super) fn day_of_year(&self) -> i64 {
        self.days - self.january().first_day() + 1
    }

    /// The week of the year that has most of this date's week, and its number (ISO 8601).
    pub(super) fn week_of_year(&self) -> (Month, i64) {
        self.week_of([-12, 0, 12], self.january())
    }

    /// The month that has most of this date's week, and the week's number in it.
    pub(super) fn week_of_month(&self) -> (Month, i64) {
        self.week_of([-1, 0, 1], self.month)
    }

    fn january(&self) -> Month {
        Month {
            number: 1,
            ..self.month
        }
    }

    /// Of the periods that begin so many months from one, finds the one that this date's week
    /// belongs to.
    fn week_of(&self, shifts: [i64; 3], from: Month) -> (Month, i64) {
        let periods = shifts.map(|months| from.shifted(months));
        let period = periods
            .into_iter()
            .rfind(|month| month.first_week() <= self.days);
        let period = period.expect("the period before began before this date");
        (period, (self.days - period.first_week()) / 7 + 1)
    }
}

impl Month {
    /// The month so many months later.
    pub(super) fn shifted(self, months: i64) -> Self {
        let count = self.year * 12 + self.number - 1 + months;
        Self {
            year: count.div_euclid(12),
            number: count.rem_euclid(12) + 1,
        }
    }

    /// The first of the month, in days since 1970-01-01.
    ///
    /// Years begin in March here, so that the leap day ends one: months then begin at
    /// multiples of 153 days for each five.
    pub(super) fn first_day(self) -> i64 {
        let from_march = self.shifted(-2);
        let year = from_march.year;
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        let months = (153 * (from_march.number - 1) + 2) / 5;
        year * 365 + leap_days + months - DAYS_TO_1970
    }

    /// The Monday of the week with the month's first Thursday, in days since 1970-01-01.
    fn first_week(self) -> i64 {
        let first = self.first_day();
        let weekday = weekday(first);
        if weekday > 4 {
            first + 8 - weekday
        } else {
            first + 1 - weekday
        }
    }
}

/// From 0000-03-01 to 1970-01-01.
const DAYS_TO_1970: i64 = 719_468;

/// The month and the day in it, of days since 1970-01-01.
fn civil(days: i64) -> (Month, i64) {
    // A guess that is never early, as years average 365.2425 days, and late by one at the most.
    let guess = Month {
        year: 1970 + (days * 400).div_euclid(146_097),
        number: 12,
    };
    let mut month = guess;
    while month.first_day() > days {
        month = month.shifted(-1);
    }
    while month.shifted(1).first_day() <= days {
        month = month.shifted(1);
    }
    (month, days - month.first_day() + 1)
}

/// 1 to 7, Monday to Sunday; 1970 began on a Thursday.
fn weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_agree() {
        for (year, number, day, days) in [
            (1970, 1, 1, 0),
            (2000, 2, 29, 11_016),
            (2000, 3, 1, 11_017),
            (1900, 2, 28, -25_509),
            (1900, 3, 1, -25_508),
            (-271_821, 4, 20, -100_000_000),
            (275_760, 9, 13, 100_000_000),
        ] {
            let month = Month { year, number };
            assert_eq!(month.first_day() + day - 1, days);
            assert_eq!(civil(days), (month, day));
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut previous = civil(-200_001);
        for days in -200_000..200_000 {
            let next = civil(days);
            let same_month = next.0 == previous.0 && next.1 == previous.1 + 1;
            assert!(same_month || next == (previous.0.shifted(1), 1), "{days}");
            previous = next;
        }
    }
}
