//! What became of the buckets of apps, in words and as rows.

use super::number;
use super::subjects::Named;
use crate::study::findings::{Estimate, Files, Subject};

/// `0.0021 % of the requests that need them failed · 0.03 replicas lost a year · chance of losing all of
/// them 1.0e-11 a year by closed form`
pub fn line(of: &Subject) -> Option<String> {
    let files = of.files.as_ref()?;
    let mut parts = Vec::new();
    if let Some(seen) = &files.seen {
        if let Some(failed) = &seen.unavailability {
            let failed = if failed.mean == 0.0 { "none".into() } else { share(failed) };
            parts.push(format!("{failed} of the requests that need them failed"));
        }
        if seen.losses > 0 {
            let often = number::significant(seen.lost_per_year.mean, 2);
            parts.push(format!("all replicas lost {often} times a year"));
        }
        if let Some(moved) = seen.relocation.as_ref().filter(|it| it.moved_per_year.mean > 0.0) {
            let (often, hours) = (moved.moved_per_year.mean, moved.hours_per_year.mean);
            let (often, hours) = (number::significant(often, 2), number::significant(hours, 2));
            parts.push(format!("moved {often} times a year, elsewhere for {hours} h of it"));
        }
    }
    if let Some(durability) = &files.durability {
        let chance = number::chance(durability.loss_per_year);
        parts.push(format!("chance to lose them all {chance} a year, by closed form"));
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// The heads of [`rows`].
pub const HEADS: [&str; 9] = [
    "app",
    "files",
    "replicas",
    "requests failed that need them",
    "replicas lost a year",
    "lost a year with all replicas",
    "chance of that in a year, computed",
    "objects lost a year, computed",
    "elsewhere, hours a year",
];

/// A row for each app that has files.
pub fn rows(subjects: &[Named]) -> Vec<Vec<String>> {
    let row = |named: &Named| {
        let files: &Files = named.of.files.as_ref()?;
        let (seen, durability) = (files.seen.as_ref(), files.durability.as_ref());
        let told = |text: Option<String>| text.unwrap_or_else(|| "–".into());
        let objects = durability.and_then(|it| it.objects_lost_per_year);
        let moved = seen.and_then(|it| it.relocation.as_ref());
        Some(vec![
            named.label.clone(),
            size(files.bytes),
            files.replicas.to_string(),
            told(seen.and_then(|it| it.unavailability.as_ref()).map(share)),
            told(seen.map(|it| rate(&it.replicas_lost_per_year))),
            told(seen.map(|it| rate(&it.lost_per_year))),
            told(durability.map(|it| number::chance(it.loss_per_year))),
            told(objects.map(|it| number::significant(it, 2))),
            told(moved.map(|it| number::significant(it.hours_per_year.mean, 2))),
        ])
    };
    subjects.iter().filter_map(row).collect()
}

fn share(of: &Estimate) -> String {
    number::share(of).point()
}

fn rate(of: &Estimate) -> String {
    match of.mean {
        0.0 => format!("none seen, at most {}", number::at_most(of.high)),
        mean => number::significant(mean, 2),
    }
}

/// `200 GiB`
fn size(bytes: u64) -> String {
    let (unit, of) = match bytes {
        b if b >= 1 << 40 => ("TiB", 1_u64 << 40),
        b if b >= 1 << 30 => ("GiB", 1 << 30),
        b if b >= 1 << 20 => ("MiB", 1 << 20),
        _ => ("B", 1),
    };
    format!("{} {unit}", number::significant(bytes as f64 / of as f64, 3))
}
