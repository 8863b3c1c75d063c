//! What takes it down: bars by cause, and the classes that auditors know.

use super::rests::doubtful;
use super::{FLEET, by_loss};
use crate::report::html::blocks::{Block, Cell, Figure, Table, cell, paragraph, value};
use crate::report::subjects::{self, Named};
use crate::report::svg::pictures::causes::{picture, words};
use crate::report::{expectation, number};
use crate::study::findings::{Cause, Findings};

/// Subjects with a picture of their own.
const PICTURES: usize = 6;

pub fn blocks(findings: &Findings, subjects: &[Named]) -> Vec<Block> {
    let mut out = Vec::new();
    let Some(focus) = subjects::in_focus(findings, subjects).filter(|f| has_causes(f)) else {
        return vec![paragraph("Nothing was lost in any of the simulated years.")];
    };
    let marked = |cause: &str| doubtful(findings, cause).is_some();
    if subjects.len() >= FLEET && !findings.causes.is_empty() {
        out.push(Block::Heading { text: "All apps together".into() });
        out.extend(figure("causes-all", "all apps", &findings.causes, &marked, None));
    }
    let mut shown = vec![focus];
    shown.extend(by_loss(subjects).into_iter().filter(|s| s.path != focus.path && has_causes(s)));
    let most = if subjects.len() >= FLEET { 2 } else { PICTURES };
    for (i, named) in shown.iter().take(most).enumerate() {
        if shown.len() > 1 {
            out.push(Block::Heading { text: named.label.clone() });
        }
        let about = (i == 0).then_some(
            "Every nanosecond of downtime and every failed request is charged to exactly one cause, so \
             the shares add up. Orange: it rests on a default of low confidence. ~: fewer than 50 seen.",
        );
        let id = format!("causes-{i}");
        out.extend(figure(&id, &named.label, &named.of.causes, &marked, about));
    }
    if shown.len() > most {
        let heads =
            ["app or service", "cause", "#min a year", "#share", "#times a year", "#over by (p95)"];
        let mut rest = Table::new("Causes with at least a hundredth of the loss", &heads);
        for named in &shown[most..] {
            for c in named.of.causes.iter().filter(|c| c.share() >= 0.01) {
                rest.row(vec![
                    cell(&named.label),
                    cell(words(&c.cause)),
                    value(number::minutes(c.lost_a_year()), c.lost_a_year()),
                    value(number::percent(c.share()), c.share()),
                    value(number::times(c), c.per_year.mean),
                    c.over_by_p95_s
                        .map_or(cell("–"), |e| value(number::rough_duration(&e), e.mean)),
                ]);
            }
        }
        let summary = format!("The causes of {} more", number::counted(shown.len() - most, "app"));
        out.push(Block::Fold { summary, blocks: vec![rest.block()] });
    }
    out.push(Block::Heading { text: "By class of fault".into() });
    out.push(paragraph(if subjects.len() > 1 {
        "Summed over the apps. A fault counts once for each app that it harms."
    } else {
        "What kind of thing failed, how often that did harm, and how soon it was over."
    }));
    out.extend(objective(findings));
    out.push(classes(findings));
    out
}

fn has_causes(named: &Named) -> bool {
    named.of.causes.iter().any(|c| c.lost_a_year() > 0.0)
}

fn figure(
    id: &str,
    label: &str,
    causes: &[Cause],
    marked: &dyn Fn(&str) -> bool,
    about: Option<&str>,
) -> Option<Block> {
    let table = table(label, causes);
    let caption = about.unwrap_or("");
    Figure::both(id, caption, Some(table), |width| picture(label, causes, marked, width))
}

fn table(label: &str, causes: &[Cause]) -> Table {
    let heads = [
        "cause",
        "#times a year",
        "#interval",
        "#seen",
        "#absorbed",
        "#min a year",
        "#share",
        "#share of downtime",
        "#over by (p50)",
        "#over by (p95)",
        "#contributing, min a year",
    ];
    let mut table = Table::new(format!("Causes of {label}"), &heads);
    for c in causes {
        let rate = number::plain(&c.per_year, "");
        let over = |e: Option<crate::study::findings::Estimate>| match e {
            Some(e) => value(number::rough_duration(&e), e.mean),
            None => cell("–"),
        };
        table.row(vec![
            cell(words(&c.cause)),
            value(number::times(c), c.per_year.mean),
            cell(rate.interval()),
            value(number::grouped(c.seen), c.seen as f64),
            value(number::grouped(c.absorbed), c.absorbed as f64),
            value(number::minutes(c.lost_a_year()), c.lost_a_year()),
            value(number::percent(c.share()), c.share()),
            c.downtime_share
                .as_ref()
                .map_or(cell("–"), |e| value(number::percent(e.mean), e.mean)),
            over(c.over_by_p50_s),
            over(c.over_by_p95_s),
            value(number::minutes(c.contributing_per_year_s), c.contributing_per_year_s),
        ]);
    }
    table
}

/// Software, host, zone, region: the rows that auditors know.
fn classes(findings: &Findings) -> Block {
    const ROWS: [(&str, &str); 9] = [
        ("software", "Software (container)"),
        ("change", "Change (deployment, restart, scaling)"),
        ("host", "Host"),
        ("zone", "Zone"),
        ("region", "Region"),
        ("dependency", "Dependency"),
        ("control plane", "Control plane"),
        ("data", "Data (database, bucket, backup)"),
        ("several", "Several kinds at once"),
    ];
    let heads = [
        "class",
        "#faults a year",
        "#harmed a year",
        "#min a year",
        "#share",
        "#recovery p50",
        "#p95, slowest cause",
    ];
    let mut table = Table::new("Faults by class", &heads);
    // A class without a name of its own is told by the word of the result.
    let mut rows = ROWS.to_vec();
    for fault in &findings.architecture.faults {
        if !rows.iter().any(|(class, _)| *class == fault.class) {
            rows.push((&fault.class, &fault.class));
        }
    }
    for (class, label) in rows {
        if let Some(row) = class_row(findings, class, label) {
            table.row(row);
        }
    }
    table.block()
}

fn class_row(findings: &Findings, class: &str, label: &str) -> Option<Vec<Cell>> {
    let faults = || findings.architecture.faults.iter().filter(|f| f.class == class);
    let of_class = |cause: &str| faults().any(|f| f.cause == cause);
    let causes: Vec<_> = findings.causes.iter().filter(|c| of_class(&c.cause)).collect();
    let expected: Vec<f64> = faults().filter_map(|f| f.per_year).collect();
    if expected.is_empty() && causes.is_empty() {
        return None;
    }
    let slowest = |of: fn(&Cause) -> Option<crate::study::findings::Estimate>| {
        let own = findings.app.values().flat_map(|s| &s.causes).filter(|c| of_class(&c.cause));
        let most = own.filter_map(of).max_by(|a, b| a.mean.total_cmp(&b.mean));
        most.map_or(cell("–"), |e| value(number::rough_duration(&e), e.mean))
    };
    let sum = |of: fn(&Cause) -> f64| causes.iter().map(|c| of(c)).sum::<f64>();
    let (lost, share) = (sum(Cause::lost_a_year), sum(Cause::share));
    let (harmed, faults) = (sum(|c| c.per_year.mean), expected.iter().sum());
    Some(vec![
        cell(label),
        value(number::significant(faults, 2), faults),
        value(number::significant(harmed, 2), harmed),
        value(number::minutes(lost), lost),
        value(number::percent(share), share),
        slowest(|c| c.over_by_p50_s),
        slowest(|c| c.over_by_p95_s),
    ])
}

/// What is expected of recovery, in the words of the expectations.
fn objective(findings: &Findings) -> Option<Block> {
    let about =
        |that: &str| [".failover", ".outage.", ".redundancy"].iter().any(|k| that.contains(k));
    let subjects = subjects::all(findings);
    let told = |e: &crate::study::findings::Judged| {
        let (mark, words) = (expectation::mark(e.verdict), expectation::words(e));
        format!("{mark} {}: {words}", subjects::label(&subjects, &e.subject))
    };
    let of = findings.expectations.iter().filter(|e| about(&e.that)).take(6).map(told);
    let of: Vec<_> = of.collect();
    let text = format!("Objectives for recovery: {}.", of.join("; "));
    (!of.is_empty()).then(|| paragraph(text))
}
