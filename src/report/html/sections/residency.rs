//! Where data may go, where it was, and what was refused.

use crate::report::html::blocks::{Block, Table, cell, paragraph, value};
use crate::report::subjects::Named;
use crate::report::{number, residency, text};
use crate::study::findings::{Findings, PathVerdict, Residency};

/// Rows of the ledger on the page; `residency.csv` has all.
const ROWS: usize = 200;

pub fn blocks(findings: &Findings, subjects: &[Named]) -> Vec<Block> {
    let Some(of) = &findings.residency else { return Vec::new() };
    let paths: Vec<_> =
        residency::together(&of.paths).iter().map(|it| text::clean(&residency::path(it))).collect();
    let mut out = vec![Block::Heading { text: "Where it may go, before any simulation".into() }];
    out.push(match paths.is_empty() {
        true => paragraph("No path of this architecture leads outside of where its data may be."),
        false => Block::List { items: paths },
    });
    out.push(amounts(subjects).folded(16));
    let prices: Vec<_> = subjects.iter().filter_map(price).collect();
    if !prices.is_empty() {
        out.push(Block::Heading { text: "What refusals cost".into() });
        out.push(Block::List { items: prices });
    }
    if !of.inventory_per_year.is_empty() {
        out.push(on_average(of).folded(12));
    }
    if !of.inventory.is_empty() {
        out.push(inventory(of).folded(12));
    }
    if let Some(worst) = of.worst {
        let heading = format!("Where it was in replication {worst}, the worst");
        out.push(Block::Heading { text: heading });
        out.push(ledger(findings).folded(12));
        if of.ledger.len() > ROWS {
            let more = number::grouped((of.ledger.len() - ROWS) as u64);
            out.push(paragraph(format!("{more} more rows are in residency.csv.")));
        }
    }
    out
}

fn price(named: &Named) -> Option<String> {
    let price = residency::price(named.of.residency.as_ref()?)?;
    Some(format!("{}: {price}", text::clean(&named.label)))
}

fn amounts(subjects: &[Named]) -> Table {
    let heads = [
        "app",
        "keep in",
        "control",
        "#violations a year",
        "#hours a year",
        "#byte-hours a year",
        "#refused a year",
        "#down after a refusal, a year",
    ];
    let mut table = Table::new("How often, how long and how much", &heads);
    for named in subjects {
        let Some(of) = &named.of.residency else { continue };
        let plain = |mean: f64| value(number::significant(mean, 3), mean);
        let bytes = of.byte_hours_per_year.mean;
        let down = of.refused_down_s.mean;
        table.row(vec![
            cell(&named.label),
            cell(&of.keep_in),
            cell(&of.control),
            plain(of.violations_per_year.mean),
            plain(of.hours_per_year.mean),
            value(format!("{}·h", number::bytes(bytes)), bytes),
            plain(of.refused_per_year.mean),
            value(number::duration(down), down),
        ]);
    }
    table
}

/// Where everything was, inside or not.
fn inventory(of: &Residency) -> Table {
    let heads =
        ["app", "data", "what", "in", "#since", "#until", "#at once", "#byte-hours", "verdict"];
    let title = match of.worst {
        Some(worst) => format!("Where everything was in replication {worst}"),
        None => "Where everything was in the first replication".into(),
    };
    let mut table = Table::new(&title, &heads);
    for row in of.inventory.iter().take(ROWS) {
        let until = row.until_s.map_or("goes on".into(), number::duration);
        table.row(vec![
            cell(&row.app),
            cell(&row.data),
            cell(&row.asset),
            cell(format!("{} ({})", row.place, row.country)),
            value(number::duration(row.since_s), row.since_s),
            value(until, row.until_s.unwrap_or(f64::MAX)),
            value(number::significant(row.at_once, 3), row.at_once),
            value(format!("{}·h", number::bytes(row.byte_hours)), row.byte_hours),
            cell(standing(row.verdict, row.basis.as_deref())),
        ]);
    }
    table
}

/// The same on average over all replications.
fn on_average(of: &Residency) -> Table {
    let heads =
        ["app", "data", "what", "in", "#at once", "#byte-hours a year", "between", "verdict"];
    let mut table = Table::new("Where everything is on average", &heads);
    let bytes = |amount: f64| format!("{}·h", number::bytes(amount));
    for row in of.inventory_per_year.iter().take(ROWS) {
        let amount = &row.byte_hours_per_year;
        table.row(vec![
            cell(&row.app),
            cell(&row.data),
            cell(&row.asset),
            cell(format!("{} ({})", row.place, row.country)),
            value(number::significant(row.at_once.mean, 3), row.at_once.mean),
            value(bytes(amount.mean), amount.mean),
            cell(format!("{} and {}", bytes(amount.low), bytes(amount.high))),
            cell(standing(row.verdict, row.basis.as_deref())),
        ]);
    }
    table
}

fn standing(verdict: Option<PathVerdict>, basis: Option<&str>) -> String {
    match verdict {
        None => "where it may be".into(),
        Some(PathVerdict::Excepted) => {
            format!("allowed: {}", text::clean(basis.unwrap_or_default()))
        }
        Some(_) => "outside".into(),
    }
}

fn ledger(findings: &Findings) -> Table {
    let heads = ["app", "data", "what", "in", "#since", "#until", "#size", "came by", "verdict"];
    let mut table = Table::new("What was outside, and what was refused", &heads);
    let rows = findings.residency.iter().flat_map(|of| of.ledger.iter().take(ROWS));
    for row in rows {
        let until = row.until_s.map_or("goes on".into(), number::duration);
        table.row(vec![
            cell(&row.app),
            cell(&row.data),
            cell(residency::asset(row)),
            cell(format!("{} ({})", row.place, row.country)),
            value(number::duration(row.since_s), row.since_s),
            value(until, row.until_s.unwrap_or(f64::MAX)),
            value(number::bytes(row.bytes as f64), row.bytes as f64),
            cell(residency::chain(row)),
            cell(residency::verdict(row)),
        ]);
    }
    table
}
