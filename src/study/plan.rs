//! From a scenario's study table to the plan of its measures: the calendar of months and years (S1, S2).

use crate::measure::Plan;
use crate::measure::periods::{Calendar, MonthInfo};
use crate::measure::settling::Settling;
use crate::model::topology::Topology;
use crate::scenario::spec::{Scenario, Stop};
use crate::time::{Instant, MINUTE, NANOS_PER_SEC, YEAR};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};

/// Subjects up to this many get distributions of their own; larger fleets get pooled ones.
pub const DETAILED_SUBJECTS: usize = 64;
/// Importance is measured without being asked on scenarios up to this many components.
pub const IMPORTANCE_COMPONENTS: usize = 200;

/// What to measure of a scenario.
pub fn plan(scenario: &Scenario, topology: &Topology) -> Plan {
    let study = &scenario.study;
    let from = topology.measure_from;
    let to = topology.end;
    let start_ns = i128::from(study.start_unix) * i128::from(NANOS_PER_SEC);
    let mut at: Vec<_> = study.at.iter().map(|&it| from + it).collect();
    at.sort_unstable();
    let detailed = topology.subjects() <= DETAILED_SUBJECTS;
    let slo = scenario.apps.iter().map(|app| &app.slo);
    let slo = slo.chain(scenario.services.iter().map(|service| &service.slo));
    let stop_at_first_outage = study.stop == Stop::FirstOutage;
    let periods = detailed || slo.flatten().next().is_some();
    Plan {
        from,
        to,
        minute_offset: start_ns.rem_euclid(i128::from(MINUTE)) as u64,
        calendar: calendar(study.start_unix, from, to),
        periods,
        detailed,
        importance: study
            .importance
            .unwrap_or(topology.units.len() + topology.zones.len() <= IMPORTANCE_COMPONENTS),
        episodes: false,
        at,
        stop_at_first_outage,
        settling: (!detailed && !stop_at_first_outage && topology.overload.is_some())
            .then(|| Settling::new(topology, from, to)),
    }
}

/// Months of the real calendar and years of 365 days from the start of the measured interval.
fn calendar(start_unix: i64, from: Instant, to: Instant) -> Calendar {
    let starts = month_starts(start_unix, from, to);
    let years = ((to - from).0 / YEAR) as u32;
    let mut cuts: Vec<Instant> = starts.iter().map(|(at, _)| *at).collect();
    cuts.extend((1..=years).map(|year| Instant(from.0 + u64::from(year) * YEAR)));
    cuts.push(to);
    cuts.retain(|&cut| from < cut && cut <= to);
    cuts.sort_unstable();
    cuts.dedup();

    // The month the interval begins in comes first, whether it begins with it or not.
    let current = starts.partition_point(|&(at, _)| at <= from).saturating_sub(1);
    let mut months = Vec::new();
    for (index, (at, label)) in starts.iter().enumerate().skip(current) {
        if *at >= to {
            break;
        }
        let end = starts.get(index + 1).map_or(Instant::NEVER, |(next, _)| *next);
        let complete = *at >= from && end <= to && !label.starts_with('<');
        let (begin, stop) = ((*at).max(from), end.min(to));
        let label = label.trim_start_matches('<').to_string();
        months.push(MonthInfo { label, begin, length: stop - begin, complete });
    }
    let mut month = Vec::with_capacity(cuts.len());
    let mut year = Vec::with_capacity(cuts.len());
    let mut begin = from;
    for &cut in &cuts {
        let place = starts.partition_point(|&(at, _)| at <= begin).saturating_sub(1);
        month.push((place - current) as u32);
        let number = ((begin - from).0 / YEAR) as u32;
        year.push((number < years).then_some(number));
        begin = cut;
    }
    Calendar { cuts, month, year, months, years }
}

/// The starts of all months that touch the interval, as simulated instants with their labels. One that
/// began before the clock does is put at its start and marked `<`: it is never complete.
fn month_starts(start_unix: i64, from: Instant, to: Instant) -> Vec<(Instant, String)> {
    let unix_of = |at: Instant| start_unix + (at.0 / NANOS_PER_SEC) as i64;
    let first_day = |unix: i64| date_of(unix).first_of_month();
    let mut starts = Vec::new();
    let mut month = first_day(unix_of(from));
    loop {
        let begins = month.to_zoned(TimeZone::UTC).map(|it| it.timestamp().as_second());
        let Ok(begins) = begins else { break };
        let label = format!("{:04}-{:02}", month.year(), month.month());
        match u64::try_from(begins - start_unix) {
            Ok(seconds) => {
                let at = Instant(seconds.saturating_mul(NANOS_PER_SEC));
                starts.push((at, label));
                if at >= to {
                    break;
                }
            }
            Err(_) => starts.push((Instant::START, format!("<{label}"))),
        }
        let Ok(next) = month.checked_add(1.month()) else { break };
        month = next;
    }
    starts
}

/// The day of a Unix time, UTC.
pub fn date_of(unix: i64) -> Date {
    let timestamp = Timestamp::from_second(unix).unwrap_or(Timestamp::UNIX_EPOCH);
    TimeZone::UTC.to_datetime(timestamp).date()
}

/// `2026-12-01`, or with the time of day where that is not midnight.
pub fn date_label(unix: i64) -> String {
    let timestamp = Timestamp::from_second(unix).unwrap_or(Timestamp::UNIX_EPOCH);
    let moment = TimeZone::UTC.to_datetime(timestamp);
    if unix.rem_euclid(86_400) == 0 { moment.date().to_string() } else { format!("{moment}Z") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY;

    const DECEMBER_2026: i64 = 1_796_083_200;

    #[test]
    fn a_year_from_the_first_of_a_month_has_twelve_whole_months() {
        let calendar = calendar(DECEMBER_2026, Instant(0), Instant(YEAR));
        assert_eq!(date_label(DECEMBER_2026), "2026-12-01");
        let labels: Vec<_> = calendar.months.iter().map(|it| it.label.as_str()).collect();
        assert_eq!(labels.len(), 12);
        assert_eq!((labels[0], labels[11]), ("2026-12", "2027-11"));
        assert!(calendar.months.iter().all(|it| it.complete));
        assert_eq!(calendar.months[2].length.0, 28 * DAY);
        assert_eq!(calendar.years, 1);
        assert_eq!(calendar.cuts.len(), 12);
    }

    #[test]
    fn broken_months_are_not_complete_and_leap_years_are_real() {
        // 15 January 2028 to 14 March 2028: February has 29 days.
        let start = 1_831_507_200;
        assert_eq!(date_label(start), "2028-01-15");
        let calendar = calendar(start, Instant(0), Instant(59 * DAY));
        let months: Vec<_> = calendar
            .months
            .iter()
            .map(|it| (it.label.as_str(), it.length.0 / DAY, it.complete))
            .collect();
        assert_eq!(months, [("2028-01", 17, false), ("2028-02", 29, true), ("2028-03", 13, false)]);
        assert_eq!(calendar.years, 0);
        assert_eq!(calendar.month, [0, 1, 2]);
    }

    #[test]
    fn the_pieces_know_their_month_and_year() {
        let calendar = calendar(DECEMBER_2026, Instant(0), Instant(2 * YEAR));
        let leap = calendar.cuts.len();
        assert_eq!(calendar.month.len(), leap);
        assert_eq!(calendar.year.first(), Some(&Some(0)));
        assert_eq!(calendar.year.last(), Some(&Some(1)));
        let total: u64 = calendar.months.iter().map(|it| it.length.0).sum();
        assert_eq!(total, 2 * YEAR);
    }
}
