//! Where data may go, how much was outside, and the ledger of the worst replication.

use super::escape::escaped;
use super::{list, section};
use crate::report::subjects::Named;
use crate::report::{number, residency};
use crate::study::findings::{Estimate, Findings};

/// Rows of the ledger that are shown; `result.json` and `residency.csv` have all.
const ROWS: usize = 20;

/// The static verdict.
pub fn paths(findings: &Findings) -> String {
    let Some(of) = &findings.residency else { return String::new() };
    let told: Vec<_> =
        residency::together(&of.paths).iter().map(|it| escaped(&residency::path(it))).collect();
    match told.is_empty() {
        true => list("Where data may go", vec!["No path leads outside.".into()]),
        false => list("Where data may go", told),
    }
}

/// How often, how long and how much.
pub fn amounts(_: &Findings, subjects: &[Named]) -> String {
    let plain = |e: &Estimate| {
        let shown = number::plain(e, "");
        format!("{} ({})", shown.point(), shown.interval())
    };
    let rows = subjects.iter().filter_map(|named| {
        let of = named.of.residency.as_ref()?;
        Some(vec![
            escaped(&named.label),
            escaped(&of.keep_in),
            of.control.clone(),
            plain(&of.violations_per_year),
            plain(&of.hours_per_year),
            number::bytes(of.byte_hours_per_year.mean) + "·h",
            plain(&of.refused_per_year),
            number::duration(of.refused_down_s.mean),
        ])
    });
    let heads = [
        "of",
        "keep in",
        "control",
        "violations a year",
        "hours a year",
        "byte-hours a year",
        "refused a year",
        "down after a refusal",
    ];
    let prices = subjects.iter().filter_map(|named| {
        let price = residency::price(named.of.residency.as_ref()?)?;
        Some(escaped(&format!("{}: {price}", named.label)))
    });
    let prices: Vec<_> = prices.collect();
    let table = section("Where data was", &heads, rows);
    if prices.is_empty() { table } else { table + "\n" + &list("What refusals cost", prices) }
}

/// The worst replication, row by row.
pub fn ledger(findings: &Findings) -> String {
    let Some(of) = &findings.residency else { return String::new() };
    let rows = of.ledger.iter().take(ROWS).map(|row| {
        vec![
            escaped(&row.app),
            row.data.clone(),
            escaped(&residency::asset(row)),
            escaped(&format!("{} ({})", row.place, row.country)),
            number::duration(row.since_s),
            row.until_s.map_or("goes on".into(), number::duration),
            if row.bytes > 0 { number::bytes(row.bytes as f64) } else { "–".into() },
            escaped(&residency::chain(row)),
            escaped(&residency::verdict(row)),
        ]
    });
    let title = match of.worst {
        Some(worst) => format!("What was outside in replication {worst}, the worst"),
        None => return String::new(),
    };
    let heads = ["of", "data", "what", "in", "since", "until", "size", "came by", ""];
    let mut out = section(&title, &heads, rows);
    if of.ledger.len() > ROWS {
        let more = number::grouped((of.ledger.len() - ROWS) as u64);
        out += &format!("\n{more} more rows are in `residency.csv`.\n");
    }
    out
}
