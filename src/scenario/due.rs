//! From the calendars of backups to the times at which they are due: real calendar, daylight saving by
//! the time zone, and from so long before the start that every snapshot is there which is kept then.

use super::spec::{BackupCalendar, Days, Due};
use super::steps::{instant_of, timezone};
use crate::model::backup::plan::LONGEST_RUN;
use crate::time::{Instant, NANOS_PER_SEC, Span};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

/// Seconds since the start of the study, sorted, up to its end.
pub(super) fn due(calendar: &BackupCalendar, start_unix: i64, end: Instant) -> Vec<i64> {
    // What is kept is kept from its completion, which may be late: see `LONGEST_RUN`.
    let before = calendar.keep + LONGEST_RUN;
    let before = (before.0 / NANOS_PER_SEC) as i64;
    let end = (end.0 / NANOS_PER_SEC) as i64;
    match &calendar.due {
        Due::Every(every) => regular(*every, before, end),
        Due::Wall { timezone: name, minute, days } => {
            let zone = timezone(name).expect("checked: a known time zone");
            let first = start_unix.saturating_sub(before);
            let first = Timestamp::from_second(first).unwrap_or(Timestamp::MIN);
            let mut day = zone.to_datetime(first).date();
            let mut due = Vec::new();
            loop {
                if is_meant(*days, day) {
                    let at = instant_of(&zone, day, *minute) / i128::from(NANOS_PER_SEC);
                    let at = at as i64 - start_unix;
                    if at > end {
                        break;
                    }
                    due.push(at);
                }
                let Ok(next) = day.checked_add(1.day()) else { break };
                day = next;
            }
            due
        }
    }
}

fn regular(every: Span, before: i64, end: i64) -> Vec<i64> {
    let every = (every.0 / NANOS_PER_SEC) as i64;
    (-(before / every)..=end / every).map(|number| number * every).collect()
}

fn is_meant(days: Days, day: Date) -> bool {
    let number = day.weekday().to_monday_zero_offset() as u8;
    match days {
        Days::Every => true,
        Days::Weekly(it) => number == it,
        Days::Monthly(it) => number == it && day.day() <= 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::spec::Series;

    const HOUR: i64 = 3600;
    const DAY: i64 = 24 * HOUR;
    /// 2026-03-23, a Monday; the clocks of Berlin are put forward on Sunday, 2026-03-29.
    const MONDAY: i64 = 1_774_224_000;

    fn calendar(timezone: &str, minute: u32, days: Days) -> BackupCalendar {
        let due = Due::Wall { timezone: timezone.into(), minute, days };
        BackupCalendar { series: Series::Nightly, due, keep: Span::ZERO }
    }

    fn from_start(calendar: &BackupCalendar, days: u64) -> Vec<i64> {
        let end = Instant(days * crate::time::DAY);
        due(calendar, MONDAY, end).into_iter().filter(|&at| at >= 0).collect()
    }

    #[test]
    fn a_night_comes_every_24_hours_by_utc() {
        let nights = from_start(&calendar("UTC", 60, Days::Every), 10);
        assert_eq!(nights, (0..10).map(|day| day * DAY + HOUR).collect::<Vec<_>>());
    }

    #[test]
    fn the_night_in_which_the_clock_is_put_forward_is_short() {
        // 04:00 in Berlin is 03:00 UTC in winter and 02:00 from 29 March on.
        let nights = from_start(&calendar("Europe/Berlin", 240, Days::Every), 8);
        let hours: Vec<_> = nights.iter().map(|at| at % DAY / HOUR).collect();
        assert_eq!(hours, [3, 3, 3, 3, 3, 3, 2, 2]);
        assert_eq!(nights[6] - nights[5], 23 * HOUR);
        // 02:30 does not exist on that day: it is the same time after the change, 03:30 by the wall.
        let skipped = from_start(&calendar("Europe/Berlin", 150, Days::Every), 8);
        assert_eq!(skipped[6], 6 * DAY + HOUR + HOUR / 2);
    }

    #[test]
    fn weeks_and_months_have_their_days() {
        let sundays = from_start(&calendar("UTC", 0, Days::Weekly(6)), 21);
        assert_eq!(sundays, [6 * DAY, 13 * DAY, 20 * DAY]);
        // First Sundays: 5 April, 3 May and 7 June 2026.
        let firsts = from_start(&calendar("UTC", 0, Days::Monthly(6)), 77);
        assert_eq!(firsts, [13 * DAY, 41 * DAY, 76 * DAY]);
    }

    #[test]
    fn what_is_kept_at_the_start_was_due_before_it() {
        let keep = Span(14 * crate::time::DAY);
        let kept = BackupCalendar { keep, ..calendar("UTC", 0, Days::Every) };
        assert_eq!(due(&kept, MONDAY, Instant::START).first(), Some(&(-44 * DAY)));
        let every = BackupCalendar { due: Due::Every(Span(20 * crate::time::DAY)), ..kept };
        let end = Instant(21 * crate::time::DAY);
        assert_eq!(due(&every, MONDAY, end), [-40, -20, 0, 20].map(|it| it * DAY));
    }
}
