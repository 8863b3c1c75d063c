//! Availability under every definition, single years, months, outages.

use super::{FLEET, by_loss};
use crate::report::html::blocks::{Block, Figure, Table, cell, paragraph, value};
use crate::report::subjects::Named;
use crate::report::svg::pictures::nines::{self, Row};
use crate::report::svg::pictures::{months, years};
use crate::report::{fleet, number};
use crate::study::findings::{Estimate, Findings, Subject};

pub fn blocks(findings: &Findings, subjects: &[Named]) -> Vec<Block> {
    if subjects.is_empty() {
        return vec![paragraph("There is no app and no service to measure.")];
    }
    let worst = by_loss(subjects);
    let mut out = Vec::new();
    let together = fleet::told(findings);
    if !together.is_empty() {
        out.push(paragraph(format!("Together: {}.", together.join(" · "))));
    }
    let rows = rows(&worst);
    let level = number::level(findings.study.confidence);
    let caption = format!(
        "Every nine takes the same room; below each, what it allows in a year. Points with their {level} \
         intervals; the red stroke is the objective. Contracts differ in which definition they mean."
    );
    let table = definitions(findings, subjects);
    let title = "Availability on an axis of nines";
    out.extend(Figure::both("nines", caption, Some(table), |w| nines::picture(title, &rows, w)));
    out.push(Block::Heading { text: "Mean and single years".into() });
    let caption = "The bands are single simulated years: every other one in the dark, nine in ten in the pale \
                   band, the stroke is the median, the dot the worst. The diamond is the mean, which the rare \
                   long outages carry, with its interval: how well it is known, not how years differ.";
    match Figure::both("years", caption, years_table(&worst), |w| years::picture(&worst, w)) {
        Some(figure) => out.push(figure),
        None => out.push(Block::Absent {
            text: "No spread of years: nothing was lost, or the horizon holds no whole year."
                .into(),
        }),
    }
    out.push(Block::Heading { text: "Months against the objective".into() });
    if worst.iter().any(|s| s.of.months.iter().any(|m| m.met.is_some())) {
        let mut caption =
            "The share of years, in percent, in which a month meets its objective. A month in \
                           a dashed frame is only partly inside the study."
                .to_string();
        let shown = if worst.len() > MONTHS + 2 { &worst[..MONTHS] } else { &worst[..] };
        if shown.len() < worst.len() {
            caption += &format!(" The {MONTHS} that lose the most; the numbers are of all.");
        }
        out.extend(Figure::both("months", caption, months_table(&worst), |width| {
            months::picture(shown, width)
        }));
    } else {
        out.push(Block::Absent { text: "No app has an objective per month.".into() });
    }
    out.push(Block::Heading { text: "Outages".into() });
    out.push(outages(&worst).folded(25));
    out
}

/// Of a larger fleet so many stand in the picture of months.
const MONTHS: usize = 10;

const KINDS: [(&str, &str); 5] = [
    ("requests", "of requests"),
    ("time", "of time"),
    ("time_any", "without any failed request"),
    ("sla_minutes", "minutes not down throughout"),
    ("started_minutes", "minutes never down"),
];

fn kind<'a>(of: &'a Subject, kind: &str) -> Option<&'a Estimate> {
    let u = &of.unavailability;
    match kind {
        "requests" => u.requests.as_ref(),
        "time" => Some(&u.time),
        "time_any" => Some(&u.time_any),
        "sla_minutes" => Some(&u.sla_minutes),
        _ => Some(&u.started_minutes),
    }
}

fn rows(subjects: &[&Named]) -> Vec<Row> {
    let target = |s: &Named| s.of.slo.first().map(|slo| slo.target);
    if subjects.len() >= FLEET {
        let row = |s: &&Named| Row {
            label: s.label.clone(),
            heading: String::new(),
            estimate: *s.of.headline(),
            target: target(s),
            headline: true,
        };
        return subjects.iter().map(row).collect();
    }
    let mut rows = Vec::new();
    for named in subjects {
        let measured =
            KINDS.iter().filter_map(|(name, label)| Some((*name, *label, kind(named.of, name)?)));
        let headline = if named.of.unavailability.requests.is_some() { "requests" } else { "time" };
        let of = named.of.slo.first().map_or(headline, |slo| slo.of.as_str());
        for (i, (name, label, estimate)) in measured.enumerate() {
            rows.push(Row {
                label: label.into(),
                heading: if i == 0 { named.label.clone() } else { String::new() },
                estimate: *estimate,
                target: target(named).filter(|_| name == of),
                headline: name == headline,
            });
        }
    }
    rows
}

fn definitions(findings: &Findings, subjects: &[Named]) -> Table {
    let interval = format!("#{} interval", number::level(findings.study.confidence));
    let heads = ["app or service", "definition", "#mean", &interval, "#min a year"];
    let mut table = Table::new("Availability under each definition", &heads);
    for named in subjects {
        for (name, label) in KINDS {
            let Some(e) = kind(named.of, name) else { continue };
            let told = number::availability(e);
            let (mean, interval) = match e.mean == 0.0 {
                true => (
                    format!(
                        "none lost in {}",
                        number::years(findings.study.simulated_years, "year")
                    ),
                    format!("at least {}{}", told.low, told.unit),
                ),
                false => (told.point(), told.interval()),
            };
            let lost = e.mean * 31_536_000.0;
            table.row(vec![
                cell(&named.label),
                cell(label),
                value(mean, 1.0 - e.mean),
                cell(interval),
                value(number::minutes(lost), lost),
            ]);
        }
    }
    table
}

fn years_table(subjects: &[&Named]) -> Option<Table> {
    let heads =
        ["app or service", "#mean", "#interval", "#median year", "#p75", "#p95", "#p99", "#worst"];
    let mut table = Table::new("Minutes lost in a year", &heads);
    for named in subjects.iter().filter(|s| !s.of.spread_s.is_empty()) {
        let spread = &named.of.spread_s;
        let at = |p: f64| {
            let place = spread.partition_point(|[share, _]| *share < p - 1e-9);
            let seconds = spread.get(place).or(spread.last()).map_or(0.0, |[_, s]| *s);
            value(number::minutes(seconds), seconds)
        };
        let e = named.of.headline();
        let minutes = |u: f64| number::minutes(u * 31_536_000.0);
        table.row(vec![
            cell(&named.label),
            value(minutes(e.mean), e.mean),
            cell(format!("{} … {}", minutes(e.low), minutes(e.high))),
            at(0.5),
            at(0.75),
            at(0.95),
            at(0.99),
            at(1.0),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

fn months_table(subjects: &[&Named]) -> Option<Table> {
    let heads = ["app or service", "month", "#availability", "objective", "#met in", "#interval"];
    let mut table = Table::new("Months", &heads);
    // The picture has them all; a fleet's table keeps the worst.
    for named in subjects.iter().filter(|s| s.of.months.iter().any(|m| m.met.is_some())).take(FLEET)
    {
        let target = named.of.slo.first().map_or("–".into(), |slo| number::level(slo.target));
        for month in &named.of.months {
            let told = number::availability(&month.unavailability);
            let lost = match month.unavailability.mean == 0.0 {
                true => "none lost".into(),
                false => told.point(),
            };
            let met = month.met.as_ref().map(|e| (number::share(e), e.mean));
            let partial = if month.complete { "" } else { " (partial)" };
            table.row(vec![
                cell(&named.label),
                cell(format!("{}{partial}", month.month)),
                value(lost, 1.0 - month.unavailability.mean),
                cell(&target),
                met.as_ref().map_or(cell("–"), |(m, mean)| value(m.point(), *mean)),
                met.as_ref().map_or(cell("–"), |(m, _)| cell(m.interval())),
            ]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}

fn outages(subjects: &[&Named]) -> Table {
    let heads = [
        "app or service",
        "#a year",
        "#interval",
        "#mean",
        "#p50",
        "#p95",
        "#p99",
        "#longest",
        "#P(any)",
        "#absorbed",
    ];
    let caption = "Outages a year and their lengths, pooled over all years; P(any): that the horizon has one; \
                   absorbed: faults a year that took out something in use and failed no request.";
    let mut table = Table::new(caption, &heads);
    for named in subjects {
        let of = named.of;
        let lengths = of.outage_s.as_ref();
        let at = |e: Option<Estimate>| {
            e.map_or(cell("–"), |e| value(number::rough_duration(&e), e.mean))
        };
        let rate = match of.outages_seen {
            0 => format!("none seen, ≤ {}", number::at_most(of.outages_per_year.high)),
            _ => number::plain(&of.outages_per_year, "").point(),
        };
        let longest = lengths.map_or(cell("–"), |l| {
            let mark = if l.max_at_least { "≥ " } else { "" };
            value(format!("{mark}{}", number::duration(l.max)), l.max)
        });
        let absorbed = of
            .absorbed_per_year
            .map_or(cell("–"), |e| value(number::significant(e.mean, 2), e.mean));
        table.row(vec![
            cell(&named.label),
            value(rate, of.outages_per_year.mean),
            cell(number::plain(&of.outages_per_year, "").interval()),
            at(lengths.map(|l| l.mean)),
            at(lengths.and_then(|l| l.p50)),
            at(lengths.and_then(|l| l.p95)),
            at(lengths.and_then(|l| l.p99)),
            longest,
            value(number::share(&of.any_outage).point(), of.any_outage.mean),
            absorbed,
        ]);
    }
    table
}
