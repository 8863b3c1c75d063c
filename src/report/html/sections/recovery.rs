//! How long a failover takes, where its time goes, and what the downtime waited for.

use super::{FLEET, by_loss};
use crate::report::html::blocks::{Block, Figure, Table, cell, paragraph, value};
use crate::report::subjects::Named;
use crate::report::svg::pictures::failover::picture;
use crate::report::{database, number};
use crate::study::findings::{Estimate, Findings, Subject};

pub fn blocks(_findings: &Findings, subjects: &[Named]) -> Vec<Block> {
    let worst = by_loss(subjects);
    let with: Vec<_> = worst.iter().copied().filter(|s| s.of.failover_s.is_some()).collect();
    let mut out = Vec::new();
    if with.is_empty() {
        out.push(paragraph(
            "No fault failed a request, or it is not measured for so large a fleet.",
        ));
    } else {
        // The rest of a fleet is in the table.
        let shown = &with[..with.len().min(24)];
        let caption = "From the onset of a fault that failed requests until no request fails because of it. \
                       The means of the phases add up; the stroke is the 95th percentile of the whole.";
        out.extend(Figure::both("failover-clock", caption, Some(clock(&with)), |w| {
            picture(shown, w)
        }));
    }
    let heads = ["app or service", "#p50", "#p95", "#p99"];
    let mut redundancy = Table::new(
        "From the onset of a fault until all declared containers are in service again",
        &heads,
    );
    for named in &worst {
        let Some(p) = &named.of.redundancy_restored_s else { continue };
        redundancy.row(vec![cell(&named.label), at(p.p50), at(p.p95), at(p.p99)]);
    }
    if !redundancy.rows.is_empty() {
        out.push(Block::Heading { text: "Redundancy restored".into() });
        out.push(redundancy.folded(12));
    }
    let with: Vec<_> = worst.iter().filter(|s| s.of.database.is_some()).collect();
    if !with.is_empty() {
        let heads = [
            "app",
            "database",
            "#no writes",
            "#detect",
            "#decide",
            "#promote",
            "#reconnect",
            "#p95",
        ];
        let mut table =
            Table::new("Failovers of databases that go by themselves, means and p95", &heads);
        for named in &with {
            let Some(database) = &named.of.database else { continue };
            let mut row = vec![cell(&named.label), cell(&database.mode)];
            let unavailable = database.unavailability.mean;
            row.push(value(number::percent(unavailable), unavailable));
            let clock = database.failover_s.as_ref();
            let steps = clock.map(|it| [&it.detect, &it.decide, &it.promote, &it.reconnect]);
            row.extend((0..4).map(|step| at(steps.map(|it| it[step].mean))));
            row.push(at(clock.and_then(|it| it.total.p95)));
            table.row(row);
        }
        out.push(Block::Heading { text: "Databases".into() });
        out.push(table.folded(12));
        out.extend(databases(&with));
    }
    let away = worst.iter().filter_map(|it| Some((it, database::fallback(it.of)?)));
    for (named, told) in away.take(FLEET) {
        out.push(paragraph(format!("Fallback of {}: {told}.", named.label)));
    }
    for named in worst.iter().take(FLEET) {
        let Some(recovery) = named.of.recovery.as_ref().filter(|it| !it.classes.is_empty()) else {
            continue;
        };
        let with_target = recovery.target_s.is_some();
        let heads = database::heads(with_target);
        let mut table = Table::new(format!("Faults of {} by class", named.label), &heads);
        for class in &recovery.classes {
            table.row(database::row(class, with_target).iter().map(cell).collect());
        }
        out.push(Block::Heading { text: format!("Recovery of {} by class of fault", named.label) });
        out.push(table.folded(12));
        out.extend(database::note(recovery).map(paragraph));
    }
    let heads = ["app or service", "waited for", "#share of downtime", "#min a year"];
    let mut waited = Table::new("The same downtime, by what was being waited for", &heads);
    for named in &worst {
        for w in &named.of.waited_for {
            waited.row(vec![
                cell(&named.label),
                cell(&w.phase),
                value(number::percent(w.downtime_share.mean), w.downtime_share.mean),
                value(number::minutes(w.downtime_per_year_s), w.downtime_per_year_s),
            ]);
        }
    }
    if !waited.rows.is_empty() {
        out.push(Block::Heading { text: "What the downtime waited for".into() });
        out.push(waited.folded(16));
    }
    out
}

/// The failovers of each database step by step, and what each lost.
fn databases(with: &[&&Named]) -> Vec<Block> {
    let numbers = |heads: &[&'static str]| -> Vec<String> {
        let text = ["app", heads[0]].map(str::to_string);
        text.into_iter().chain(heads[1..].iter().map(|head| format!("#{head}"))).collect()
    };
    let mut out = Vec::new();
    let mut rows = |caption: &str,
                    heads: &[&'static str],
                    rows: fn(&Subject) -> Option<Vec<Vec<String>>>| {
        let heads = numbers(heads);
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        let mut table = Table::new(caption, &heads);
        for named in with {
            for row in rows(named.of).into_iter().flatten() {
                table.row([cell(&named.label)].into_iter().chain(row.iter().map(cell)).collect());
            }
        }
        if !table.rows.is_empty() {
            out.push(table.folded(12));
        }
    };
    let caption = "Their steps, from the loss of the primary; means add up, percentiles do not";
    rows(caption, &database::PHASE_HEADS, database::phases);
    rows("What each loss of data took", &database::LOSS_HEADS, database::losses);
    for named in with.iter().take(FLEET) {
        let told = database::losses_a_year(named.of).or_else(|| database::data_loss(named.of));
        out.extend(told.map(|told| paragraph(format!("Data lost by {}: {told}.", named.label))));
    }
    out
}

fn at(e: Option<Estimate>) -> crate::report::html::blocks::Cell {
    e.map_or(cell("–"), |e| value(number::rough_duration(&e), e.mean))
}

/// A line for each app: means of the phases, and the percentiles of the whole.
fn clocks(subjects: &[&Named]) -> Table {
    let heads = [
        "app or service",
        "#detect",
        "#decide",
        "#act",
        "#start",
        "#reroute",
        "#total",
        "#p50",
        "#p95",
        "#p99",
    ];
    let mut table =
        Table::new("Means of the phases, which add up, and percentiles of the total", &heads);
    for named in subjects {
        let Some(of) = &named.of.failover_s else { continue };
        let phases = [&of.detect, &of.decide, &of.act, &of.start, &of.reroute, &of.total];
        let mut row = vec![cell(&named.label)];
        row.extend(phases.map(|p| at(Some(p.mean))));
        row.extend([of.total.p50, of.total.p95, of.total.p99].map(at));
        table.row(row);
    }
    table
}

fn clock(subjects: &[&Named]) -> Table {
    if subjects.len() >= FLEET {
        return clocks(subjects);
    }
    let heads = ["app or service", "phase", "#mean", "#p50", "#p95", "#p99", "#failovers"];
    let mut table = Table::new("Means add up; percentiles do not", &heads);
    for named in subjects {
        let Some(of) = &named.of.failover_s else { continue };
        let phases = [
            ("detect", &of.detect),
            ("decide", &of.decide),
            ("act", &of.act),
            ("start", &of.start),
            ("reroute", &of.reroute),
            ("total", &of.total),
        ];
        for (phase, p) in phases {
            if phase != "total" && p.mean.mean == 0.0 {
                continue;
            }
            table.row(vec![
                cell(&named.label),
                cell(phase),
                at(Some(p.mean)),
                at(p.p50),
                at(p.p95),
                at(p.p99),
                value(number::grouped(of.episodes), of.episodes as f64),
            ]);
        }
    }
    table
}
