//! From a load as a scenario says it to its steps in simulated time: real calendar, daylight saving by
//! the time zone, traces again and again, growth day by day.

use crate::scenario::spec::{Course, Growth, Load, Trace, Week};
use crate::time::{DAY, Instant, NANOS_PER_SEC, Span};
use crate::traffic::LoadClock;
use jiff::civil::{Date, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};

const MINUTES_A_DAY: u32 = 24 * 60;

/// A time zone by its IANA name, from the database that is built in: the same on every machine.
pub(super) fn timezone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// The names of all time zones.
pub(super) fn timezones() -> Vec<String> {
    TimeZoneDatabase::bundled().available().map(|it| it.as_str().to_owned()).collect()
}

/// The mean of the steps of a usual week, which has no change of the clock.
pub(super) fn mean_of_week(weekday: &[(u32, f64)], weekend: &[(u32, f64)]) -> f64 {
    let mut sum = 0.0;
    for day in 0..7 {
        let of = |day: u32| if day % 7 < 5 { weekday } else { weekend };
        // Until its first step the day before goes on.
        let mut level = of(day + 6).last().map_or(0.0, |last| last.1);
        let mut since = 0;
        for &(minute, next) in of(day) {
            sum += level * f64::from(minute - since);
            (since, level) = (minute, next);
        }
        sum += level * f64::from(MINUTES_A_DAY - since);
    }
    sum / f64::from(7 * MINUTES_A_DAY)
}

impl Growth {
    /// By how much the load has grown after a time.
    pub fn factor(&self, after: Span) -> f64 {
        libm::pow(1.0 + self.share, after.0 as f64 / self.per.0 as f64)
    }
}

/// At most how many steps a load has until `end`.
pub(super) fn count(load: &Load, end: Span) -> u64 {
    let days = end.0 / DAY + 2;
    let steps = match &load.course {
        Course::Constant => 1,
        Course::Week(week) => days * week.weekday.len().max(week.weekend.len()) as u64,
        Course::Trace(trace) => (end.0 / trace.period.0 + 2) * trace.steps.len() as u64,
    };
    steps + if load.growth.is_some() { days } else { 0 }
}

/// The clock of a load over a run that begins at `start_unix`; `None` where the load is constant.
pub(super) fn clock(load: &Load, start_unix: i64, end: Instant) -> Option<LoadClock> {
    let mut steps = match &load.course {
        Course::Constant => vec![(Instant::START, 1.0)],
        Course::Week(week) => of_week(week, start_unix, end),
        Course::Trace(trace) => of_trace(trace, end),
    };
    if let Some(growth) = &load.growth {
        steps = grown(&steps, growth, end);
    }
    // A step at the same level as the one before changes nothing.
    steps.dedup_by(|step, before| step.1 == before.1);
    (steps.len() > 1 || steps[0].1 != 1.0).then(|| LoadClock::new(&steps, end))
}

/// Steps may begin before the start: the last of those holds at the start.
fn from_start(steps: impl Iterator<Item = (i128, f64)>, end: Instant) -> Vec<(Instant, f64)> {
    let mut kept: Vec<(Instant, f64)> = Vec::new();
    for (at, level) in steps {
        let at = Instant(u64::try_from(at).unwrap_or(0));
        if at >= end && !kept.is_empty() {
            break;
        }
        match kept.last_mut() {
            Some(last) if last.0 == at => last.1 = level,
            _ => kept.push((at, level)),
        }
    }
    kept
}

fn of_week(week: &Week, start_unix: i64, end: Instant) -> Vec<(Instant, f64)> {
    let zone = timezone(&week.timezone).expect("checked: a known time zone");
    let at_start = Timestamp::from_second(start_unix).expect("checked: the study begins by 2200");
    let first = zone.to_datetime(at_start).date();
    // The step in which the study begins may have begun the day before, or on Friday.
    let mut day = first.checked_sub(3.days()).expect("far from the ends of the calendar");
    let mut steps: Vec<(i128, f64)> = Vec::new();
    let start = i128::from(start_unix) * i128::from(NANOS_PER_SEC);
    loop {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        for &(minute, level) in if weekend { &week.weekend } else { &week.weekday } {
            let at = instant_of(&zone, day, minute) - start;
            // When the clock is put forward, two steps may fall onto one instant.
            while steps.last().is_some_and(|last| last.0 >= at) {
                steps.pop();
            }
            steps.push((at, level));
        }
        if steps.last().is_some_and(|last| last.0 > i128::from(end.0)) {
            break;
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    from_start(steps.into_iter(), end)
}

/// Nanoseconds since 1970 of a local time. One that the clock skips is the same time after the change,
/// of one that it shows twice the first is meant.
pub(super) fn instant_of(zone: &TimeZone, day: Date, minute: u32) -> i128 {
    let local = day.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
    let zoned = zone.to_ambiguous_zoned(local).compatible();
    zoned.expect("far from the ends of the calendar").timestamp().as_nanosecond()
}

fn of_trace(trace: &Trace, end: Instant) -> Vec<(Instant, f64)> {
    let (period, offset) = (i128::from(trace.period.0), i128::from(trace.offset.0));
    let rounds = (0..).map(move |round| round * period - offset);
    let steps =
        rounds.flat_map(|at| trace.steps.iter().map(move |it| (at + i128::from(it.0.0), it.1)));
    from_start(steps, end)
}

/// Cut at every day since the start, each day at the level it has grown to.
fn grown(steps: &[(Instant, f64)], growth: &Growth, end: Instant) -> Vec<(Instant, f64)> {
    let mut all = Vec::new();
    let mut step = 0;
    for day in 0..=end.0 / DAY {
        let (from, to) = (Instant(day * DAY), Instant((day + 1) * DAY));
        let factor = growth.factor(Span(from.0));
        while steps.get(step + 1).is_some_and(|next| next.0 <= from) {
            step += 1;
        }
        all.push((from, steps[step].1 * factor));
        let within = steps[step + 1..].iter().take_while(|it| it.0 < to);
        all.extend(within.map(|(at, level)| (*at, level * factor)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;
    use crate::traffic;
    use std::sync::Arc;

    /// 2025-03-24T00:00Z, the Monday before the clocks of Europe are put forward.
    const MONDAY: i64 = 1_742_774_400;

    fn office(timezone: &str) -> Load {
        let days = [(8 * 60, 3.0), (18 * 60, 0.5)];
        let week = Week {
            profile: "office".into(),
            timezone: timezone.into(),
            weekday: days.into(),
            weekend: vec![(9 * 60, 0.25)],
        };
        Load { mean: 10.0, course: Course::Week(week), growth: None }
    }

    fn changes(load: &Load, days: u64) -> Vec<(u64, f64)> {
        let end = Instant(days * DAY);
        let clock = clock(load, MONDAY, end).expect("it changes");
        let load = traffic::Load { rate: 1.0, clock: Some(Arc::new(clock)) };
        load.steps(Instant::START, end).map(|(from, _, level)| (from.0 / HOUR, level)).collect()
    }

    #[test]
    fn a_week_goes_by_the_local_clock() {
        let week = changes(&office("UTC"), 8);
        // Monday begins at Sunday's last level.
        assert_eq!(week[..4], [(0, 0.25), (8, 3.0), (18, 0.5), (32, 3.0)]);
        // Friday evening goes on until Saturday 09:00, and that until Monday 08:00.
        assert_eq!(
            week[10..],
            [(4 * 24 + 18, 0.5), (5 * 24 + 9, 0.25), (7 * 24 + 8, 3.0), (7 * 24 + 18, 0.5)]
        );
    }

    #[test]
    fn daylight_saving_shifts_the_week() {
        let week = changes(&office("Europe/Berlin"), 8);
        assert_eq!(week[1], (7, 3.0), "08:00 in winter");
        assert_eq!(week[12], (7 * 24 + 6, 3.0), "08:00 in summer");
        // 02:30 on the day of the change is not on any clock: it is 03:30 in summer.
        let zone = timezone("Europe/Berlin").unwrap();
        let at = |minute| instant_of(&zone, jiff::civil::date(2025, 3, 30), minute);
        assert_eq!(at(150), at(210));
        // 02:30 comes twice in autumn; the first is summer's.
        let autumn = instant_of(&zone, jiff::civil::date(2025, 10, 26), 150);
        assert_eq!(autumn, i128::from(1_761_438_600_u64) * 1_000_000_000);
    }

    #[test]
    fn the_mean_of_a_week_counts_every_hour_once() {
        let weekday = [(480, 3.0), (1080, 0.5)];
        let weekend = [(540, 0.25)];
        let hours = 5.0 * 10.0 * 3.0                 // working hours
            + 4.0 * 14.0 * 0.5 + 15.0 * 0.5          // nights, the last until Saturday 09:00
            + (15.0 + 24.0 + 8.0) * 0.25; // until Monday 08:00
        assert!((mean_of_week(&weekday, &weekend) - hours / 168.0).abs() < 1e-15);
        assert_eq!(mean_of_week(&[(0, 2.0)], &[(0, 2.0)]), 2.0);
    }

    #[test]
    fn a_trace_repeats_from_where_the_study_finds_it() {
        let hours = |n: u64| Span(n * HOUR);
        let trace = |offset| {
            let steps = vec![(hours(0), 0.5), (hours(6), 2.0), (hours(8), 1.0)];
            Load {
                mean: 1.0,
                course: Course::Trace(Trace {
                    steps,
                    period: hours(10),
                    offset: hours(offset),
                    gaps: 0,
                    gap: Span::ZERO,
                }),
                growth: None,
            }
        };
        assert_eq!(
            changes(&trace(0), 1),
            [(0, 0.5), (6, 2.0), (8, 1.0), (10, 0.5), (16, 2.0), (18, 1.0), (20, 0.5)]
        );
        assert_eq!(changes(&trace(7), 1)[..3], [(0, 2.0), (1, 1.0), (3, 0.5)]);
    }

    #[test]
    fn growth_is_a_step_each_day() {
        let growth = Growth { share: 1.0, per: Span(10 * DAY) };
        let constant = Load { mean: 1.0, course: Course::Constant, growth: Some(growth) };
        let days = changes(&constant, 21);
        assert_eq!(days.len(), 21);
        assert_eq!((days[0], days[10], days[20]), ((0, 1.0), (240, 2.0), (480, 4.0)));
        let both = Load { growth: Some(growth), ..office("UTC") };
        let days = changes(&both, 11);
        let at = |hour| days.iter().rfind(|it| it.0 <= hour).unwrap().1;
        assert_eq!(at(10 * 24 + 8), 2.0 * at(3 * 24 + 8) / growth.factor(Span(3 * DAY)));
        assert!(growth.factor(Span(10 * DAY)) == 2.0);
    }

    #[test]
    fn what_does_not_change_has_no_clock() {
        let constant = Load { mean: 3.0, course: Course::Constant, growth: None };
        assert_eq!(clock(&constant, MONDAY, Instant(DAY)), None);
        let flat = Week {
            profile: "flat".into(),
            timezone: "UTC".into(),
            weekday: vec![(0, 1.0)],
            weekend: vec![(0, 1.0)],
        };
        let flat = Load { course: Course::Week(flat), ..constant };
        assert_eq!(clock(&flat, MONDAY, Instant(DAY)), None);
    }

    #[test]
    fn no_more_steps_than_were_counted() {
        let growth = Some(Growth { share: 0.3, per: Span::YEAR });
        for load in [office("Europe/Berlin"), Load { growth, ..office("America/Sao_Paulo") }] {
            for days in [1, 8, 400] {
                let made = changes(&load, days).len() as u64;
                assert!(made <= count(&load, Span(days * DAY)), "{days}");
            }
        }
    }
}
