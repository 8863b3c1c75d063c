//! Times of the day and of the week, in UTC.

use crate::time::{NANOS_PER_SEC, Span};

const DAY_S: u64 = 86_400;
const WEEK_S: u64 = 7 * DAY_S;

/// A week.
pub(super) const WEEK: Span = Span(WEEK_S * NANOS_PER_SEC);

/// Seconds since midnight of `19:00`, or of TOML's own `19:00:00`.
pub(super) fn daytime(text: &str) -> Option<u64> {
    let text = text.trim();
    let full = text.strip_suffix(":00").filter(|rest| rest.contains(':'));
    let (hours, minutes) = full.unwrap_or(text).split_once(':')?;
    let number = |text: &str, limit: u64| {
        let digits = text.len() == 2 && text.bytes().all(|it| it.is_ascii_digit());
        text.parse::<u64>().ok().filter(|&it| digits && it < limit)
    };
    Some(number(hours, 24)? * 3600 + number(minutes, 60)? * 60)
}

/// Time from the start of a study to the first `sun 02:00`, below a week.
pub(super) fn weekly(text: &str, start_unix: i64) -> Option<Span> {
    let (day, time) = text.trim().split_once(' ')?;
    Some(since_start(weekday(day)? * DAY_S + daytime(time)?, start_unix))
}

/// The number of a day of the week, by its name or the first three letters of it; Monday is 0.
pub(super) fn weekday(day: &str) -> Option<u64> {
    const DAYS: [&str; 7] =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let day = day.to_ascii_lowercase();
    let is_meant = |name: &&str| day == **name || day == name[..3];
    DAYS.iter().position(is_meant).map(|number| number as u64)
}

/// From the start of a study to the next time that is so many seconds after Monday's midnight.
fn since_start(seconds: u64, start_unix: i64) -> Span {
    let start = monday_seconds(start_unix);
    Span((seconds + WEEK_S - start) % WEEK_S * NANOS_PER_SEC)
}

/// Seconds since the midnight before the last Monday. 1970 began on a Thursday.
fn monday_seconds(unix: i64) -> u64 {
    (unix + 3 * DAY_S as i64).rem_euclid(WEEK_S as i64) as u64
}

/// When something is asleep every week: times since the start of the study, below a week, sorted.
#[derive(Debug, PartialEq)]
pub(super) struct Asleep {
    pub begins: Vec<Span>,
    pub ends: Vec<Span>,
    pub at_start: bool,
}

impl Asleep {
    /// Every day from one time of the day until another (which may be on the next day), and through
    /// Saturday and Sunday.
    pub fn new(from: u64, until: u64, weekends: bool, start_unix: i64) -> Asleep {
        let mut times: Vec<(u64, u64)> = Vec::new();
        for day in 0..7 {
            let midnight = day * DAY_S;
            if from < until {
                times.push((midnight + from, midnight + until));
            } else {
                times.push((midnight, midnight + until));
                times.push((midnight + from, midnight + DAY_S));
            }
        }
        if weekends {
            times.push((5 * DAY_S, 7 * DAY_S));
        }
        times.sort_unstable();
        let mut merged: Vec<(u64, u64)> = Vec::new();
        for (from, until) in times.into_iter().filter(|(from, until)| from < until) {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(until),
                _ => merged.push((from, until)),
            }
        }
        let start = monday_seconds(start_unix);
        let at_start = merged.iter().any(|&(from, until)| from <= start && start < until);
        // Sunday night goes on on Monday.
        let around = merged.first().is_some_and(|it| it.0 == 0)
            && merged.last().is_some_and(|it| it.1 == WEEK_S);
        let sorted = |times: Vec<u64>| {
            let mut spans: Vec<_> =
                times.into_iter().map(|it| since_start(it, start_unix)).collect();
            spans.sort_unstable();
            spans
        };
        let begins = merged.iter().map(|it| it.0).filter(|&it| !(around && it == 0));
        let ends = merged.iter().map(|it| it.1).filter(|&it| !(around && it == WEEK_S));
        Asleep { begins: sorted(begins.collect()), ends: sorted(ends.collect()), at_start }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3600;
    /// 2025-01-01, a Wednesday.
    const WEDNESDAY: i64 = 1_735_689_600;

    #[test]
    fn times_of_the_day_and_week_are_read() {
        assert_eq!(daytime("02:30"), Some(9000));
        assert_eq!(daytime("02:30:00"), Some(9000));
        for wrong in ["2:30", "24:00", "02:60", "0230", "02:30:01", "+2:30", ""] {
            assert_eq!(daytime(wrong), None, "{wrong}");
        }
        assert_eq!(weekly("wed 00:00", WEDNESDAY), Some(Span::ZERO));
        assert_eq!(weekly("Sunday 02:00", WEDNESDAY), Some(Span::secs(4 * DAY_S + 2 * HOUR)));
        assert_eq!(weekly("tue 23:00", WEDNESDAY), Some(Span::secs(7 * DAY_S - HOUR)));
        assert_eq!(weekly("someday 02:00", WEDNESDAY), None);
        assert_eq!(weekly("sun", WEDNESDAY), None);
    }

    #[test]
    fn nights_and_weekends_are_slept_through() {
        let nights = Asleep::new(19 * HOUR, 7 * HOUR, false, WEDNESDAY);
        assert_eq!((nights.begins.len(), nights.ends.len()), (7, 7));
        assert_eq!(
            (nights.begins[0], nights.ends[0]),
            (Span::secs(19 * HOUR), Span::secs(7 * HOUR))
        );
        assert!(nights.at_start);
        let weekends = Asleep::new(19 * HOUR, 7 * HOUR, true, WEDNESDAY);
        // Wednesday to Friday evening, Monday and Tuesday; the same mornings.
        let evenings = [0, 1, 2, 5, 6].map(|day| Span::secs(day * DAY_S + 19 * HOUR));
        let mornings = [0, 1, 2, 5, 6].map(|day| Span::secs(day * DAY_S + 7 * HOUR));
        assert_eq!(weekends.begins, evenings);
        assert_eq!(weekends.ends, mornings);
        let noon = Asleep::new(12 * HOUR, 13 * HOUR, true, WEDNESDAY);
        assert_eq!((noon.begins.len(), noon.ends.len(), noon.at_start), (6, 6, false));
    }
}
