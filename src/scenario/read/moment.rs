//! Dates and times in UTC.

use crate::scenario::units::Wrong;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

const NANOS: i128 = 1_000_000_000;

/// Nanoseconds since 1970-01-01T00:00Z of `2026-12-01`, `2026-12-01T12:00:00` (UTC) or a time with
/// its own offset.
pub(super) fn moment(text: &str) -> Result<i128, Wrong> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment.as_nanosecond());
    }
    // A date first: as a date with a time it would parse as well, but so would "2026-12-01T12".
    let civil = match text.parse::<Date>() {
        Ok(date) if text.len() == "2026-12-01".len() => Ok(date.at(0, 0, 0, 0)),
        _ => text.parse::<DateTime>(),
    };
    civil
        .and_then(|civil| civil.to_zoned(TimeZone::UTC))
        .map(|zoned: Zoned| zoned.timestamp().as_nanosecond())
        .map_err(|_| Wrong {
            label: "not a date".into(),
            help: "write a date such as 2026-12-01, or a time such as 2026-12-01T06:30:00Z".into(),
        })
}

/// Whole seconds since 1970 of a moment, rounded down.
pub(super) fn unix_seconds(moment: i128) -> i64 {
    moment.div_euclid(NANOS) as i64
}

/// The calendar date (UTC) of a number of seconds since 1970, where the calendar reaches.
pub(super) fn date(unix: i64) -> Option<Date> {
    Timestamp::from_second(unix).ok().map(|at| at.to_zoned(TimeZone::UTC).date())
}

/// Seconds since 1970 at which a date begins (UTC).
pub(super) fn begins(date: Date) -> Option<i64> {
    date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_read_as_utc() {
        for (text, seconds) in [
            ("1970-01-02", 86_400),
            ("2025-01-01", 1_735_689_600),
            ("2025-01-01T00:00:00Z", 1_735_689_600),
            ("2025-01-01 00:00:00", 1_735_689_600),
            ("2025-01-01T01:00:00+01:00", 1_735_689_600),
        ] {
            assert_eq!(moment(text).map(unix_seconds), Ok(seconds), "{text}");
        }
        for text in ["", "soon", "2025-13-01", "2025-02-29", "12:00:00"] {
            assert_eq!(moment(text).unwrap_err().label, "not a date", "{text}");
        }
    }
}
