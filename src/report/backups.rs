//! What could be restored, in words and as rows: one for each app that is backed up.

use super::number;
use super::subjects::Named;
use super::text;
use crate::study::findings::{Backups, Drills, Estimate, Percentiles, Subject};

/// `newest 12.6 h old on average, p99 25 h, at most 2.1 d · 0.011 lost a year · 98 % of drills restored it, p95
/// 2.1 h`
pub fn line(of: &Subject) -> Option<String> {
    let backups = of.backups.as_ref()?;
    let mut parts = Vec::new();
    match &backups.restorable_age_s {
        Some(age) => {
            let mean = number::duration(age.spread.mean.mean);
            let p99 =
                age.spread.p99.map_or_else(String::new, |it| format!(", p99 {}", duration(&it)));
            let max = number::duration(age.max);
            parts.push(format!("the newest is {mean} old on average{p99}, at most {max}"));
        }
        None => parts.push(runs(backups)),
    }
    parts.push(lost(&backups.lost_per_year));
    if let Some(drills) = &backups.drills {
        let restored = number::share(&drills.restored).point();
        let took = drills.took_s.as_ref().and_then(|it| it.p95);
        let took =
            took.map_or(String::new(), |it| format!(", p95 {}", number::rough_duration(&it)));
        parts.push(format!("{restored} of drills restored it{took}"));
    }
    Some(parts.join(" · "))
}

/// `429 a year`
fn runs(backups: &Backups) -> String {
    let all: f64 = backups.series.iter().map(|it| it.runs_per_year).sum();
    format!("{} a year", number::significant(all, 3))
}

fn lost(rate: &Estimate) -> String {
    if rate.mean == 0.0 {
        format!("none lost, at most {} a year", number::at_most(rate.high))
    } else {
        format!("{} lost a year", number::significant(rate.mean, 2))
    }
}

fn duration(of: &Estimate) -> String {
    number::duration(of.mean)
}

/// The heads of [`rows`].
pub const HEADS: [&str; 10] = [
    "app",
    "stands in",
    "second copy",
    "a year",
    "lost a year",
    "copies lost a year",
    "age of the newest, mean",
    "p95",
    "p99",
    "oldest",
];

/// A row for each app that is backed up.
pub fn rows(subjects: &[Named]) -> Vec<Vec<String>> {
    let row = |named: &Named| {
        let backups = named.of.backups.as_ref()?;
        let age = backups.restorable_age_s.as_ref();
        let at = |pick: fn(&Percentiles) -> Option<Estimate>| {
            age.and_then(|it| pick(&it.spread)).map_or("–".into(), |it| duration(&it))
        };
        let copy = backups.copy_to.as_ref();
        Some(vec![
            named.label.clone(),
            match &backups.abroad {
                Some(abroad) => text::clean(&format!("{}, away {}", backups.home, abroad.region)),
                None => text::clean(&backups.home),
            },
            copy.map_or("–".into(), |site| text::clean(site)),
            runs(backups).trim_end_matches(" a year").into(),
            rate(&backups.lost_per_year),
            copy.map_or("–".into(), |_| rate(&backups.copies_lost_per_year)),
            at(|it| Some(it.mean)),
            at(|it| it.p95),
            at(|it| it.p99),
            age.map_or("–".into(), |it| number::duration(it.max)),
        ])
    };
    subjects.iter().filter_map(row).collect()
}

fn rate(of: &Estimate) -> String {
    match of.mean {
        0.0 => format!("none seen, at most {}", number::at_most(of.high)),
        mean => number::significant(mean, 2),
    }
}

/// The heads of [`drill_rows`].
pub const DRILL_HEADS: [&str; 6] =
    ["app", "drills a year", "restored", "took, p50", "took, p95", "would have lost, p95"];

/// A row for each app whose backups are restored on trial.
pub fn drill_rows(subjects: &[Named]) -> Vec<Vec<String>> {
    let row = |named: &Named| {
        let drills: &Drills = named.of.backups.as_ref()?.drills.as_ref()?;
        let at = |of: &Option<Percentiles>, pick: fn(&Percentiles) -> Option<Estimate>| {
            of.as_ref().and_then(pick).map_or("–".into(), |it| duration(&it))
        };
        Some(vec![
            named.label.clone(),
            number::significant(drills.per_year, 2),
            number::share(&drills.restored).point(),
            at(&drills.took_s, |it| it.p50),
            at(&drills.took_s, |it| it.p95),
            at(&drills.loses_s, |it| it.p95),
        ])
    };
    subjects.iter().filter_map(row).collect()
}
