//! One sentence, the expectations, one thing to do next.

use super::by_loss;
use crate::report::html::blocks::{Block, Table, Tile, cell, paragraph, value};
use crate::report::html::class;
use crate::report::subjects::{self, Named};
use crate::report::svg::pictures::causes::words;
use crate::report::{Material, expectation, number};
use crate::study::findings::{Estimate, Findings, Verdict};
use std::collections::BTreeMap;

pub fn blocks(material: &Material, subjects: &[Named]) -> Vec<Block> {
    let findings = material.findings;
    let mut out = Vec::new();
    out.extend(tiles(findings, subjects));
    out.extend(expectations(findings, subjects));
    out.extend(glance(findings, subjects));
    out.push(next(material, subjects));
    for note in &findings.notes {
        out.push(Block::Note { text: crate::report::text::clean(note) });
    }
    let instead = findings.expectations.iter().filter_map(|judged| {
        let label = subjects::label(subjects, &judged.subject);
        Some(Block::Note { text: expectation::instead(judged, &label)? })
    });
    out.extend(instead.take(FEW));
    if findings.study.interrupted {
        let text =
            "The study was interrupted: what is here is finished and valid, but less than asked.";
        out.push(Block::Note { text: text.into() });
    }
    if let Some(p) = findings.study.precision.as_ref().filter(|p| !p.reached) {
        let text = format!(
            "{} is known to ±{}; asked for was ±{}.",
            crate::report::text::clean(&p.worst),
            number::percent(p.worst_half_width),
            number::percent(p.target)
        );
        out.push(Block::Note { text });
    }
    out
}

/// Four numbers of the subject that deserves them, or of the fleet.
fn tiles(findings: &Findings, subjects: &[Named]) -> Option<Block> {
    let focus = subjects::in_focus(findings, subjects)?;
    let of = focus.of;
    let tile = |value: String, label: &str, more: String| Tile { value, label: label.into(), more };
    let mut tiles = Vec::new();
    if subjects.len() >= super::FLEET {
        let mut judged: BTreeMap<&str, bool> = BTreeMap::new();
        for it in &findings.expectations {
            *judged.entry(&it.subject).or_insert(true) &= it.verdict == Verdict::Pass;
        }
        let (fine, all) = (judged.values().filter(|fine| **fine).count(), judged.len());
        if all > 0 {
            let label = "meet all that is expected of them";
            tiles.push(tile(format!("{fine} of {all}"), label, String::new()));
        }
    }
    let told = number::availability(of.headline());
    let basis = if of.unavailability.requests.is_some() { "by request" } else { "by time" };
    let label = format!("availability of {}", focus.label);
    tiles.push(tile(told.point(), &label, format!("{basis}, {}", told.interval())));
    let years = of.years();
    let spread = years.and_then(|y| Some((y.p50?, y.p95?)));
    let spread = spread.map_or(String::new(), |(p50, p95)| {
        format!("median {}, p95 {}", number::duration(p50.mean), number::duration(p95.mean))
    });
    tiles.push(tile(number::duration(of.lost_a_year()), "lost in a mean year", spread));
    let rate = match of.outages_seen {
        0 => format!("≤ {}", number::at_most(of.outages_per_year.high)),
        _ => number::plain(&of.outages_per_year, "").point(),
    };
    let seen = format!("{} seen", number::grouped(of.outages_seen));
    if tiles.len() < 3 {
        tiles.push(tile(rate, "outages a year", seen));
    }
    if let Some(p95) = of.failover_s.as_ref().and_then(|f| f.total.p95) {
        let told = number::rough_duration(&p95);
        tiles.push(tile(told, "failover, 95th percentile", String::new()));
    }
    Some(Block::Tiles { tiles })
}

/// What is told of single expectations beside their table.
const FEW: usize = 5;
/// Longer lists are folded.
const LONG: usize = 14;

fn expectations(findings: &Findings, subjects: &[Named]) -> Vec<Block> {
    if findings.expectations.is_empty() {
        let text = "Nothing was expected of this scenario, so there is no verdict: an slo with a share of \
                    periods, or [[expect]], would make one.";
        return vec![paragraph(text)];
    }
    let interval = format!("{} interval", number::level(findings.study.confidence));
    let heads = ["verdict", "of", "expected", "#found", &interval];
    let mut table = Table::new("", &heads);
    // A long list begins with what does not hold; the rest is one click away.
    let long = findings.expectations.len() > LONG;
    let mut holding = Table::new("What holds", &heads);
    for judged in &findings.expectations {
        let (found, interval) = expectation::found(judged);
        let word = match judged.verdict {
            Verdict::Pass => "holds",
            Verdict::Fail => "fails",
            Verdict::Undecided => "undecided",
            Verdict::None => "",
        };
        let mark = format!("{} {word}", expectation::mark(judged.verdict));
        let to = if long && judged.verdict == Verdict::Pass { &mut holding } else { &mut table };
        to.row(vec![
            cell(mark).class(class(judged.verdict)),
            cell(subjects::label(subjects, &judged.subject)),
            cell(expectation::words(judged)),
            cell(found),
            cell(interval),
        ]);
    }
    let mut out = Vec::new();
    if !table.rows.is_empty() {
        out.push(table.cards().block());
    }
    if !holding.rows.is_empty() {
        out.push(holding.cards().folded(0));
    }
    out
}

/// One line for each app and service.
fn glance(findings: &Findings, subjects: &[Named]) -> Vec<Block> {
    if subjects.len() < 2 {
        return Vec::new();
    }
    let interval = format!("#{} interval", number::level(findings.study.confidence));
    let heads = [
        "app or service",
        "#availability",
        &interval,
        "#min lost a year",
        "#median year",
        "#p95 year",
        "#outages a year",
        "#replaced within (p95)",
    ];
    let mut table = Table::new(
        "Those that lose the most first; availability by request where there is \
                                load, else by time.",
        &heads,
    );
    for named in by_loss(subjects) {
        let of = named.of;
        let told = number::availability(of.headline());
        let year = |e: Option<Estimate>| match e {
            Some(e) => value(rough(&e, number::minutes(e.mean)), e.mean),
            None => cell("–"),
        };
        let years = of.years();
        let restored = of.redundancy_restored_s.as_ref().and_then(|r| r.p95);
        let interval = match of.headline().mean == 0.0 {
            true => "none lost".into(),
            false => told.interval(),
        };
        let rate = match of.outages_seen {
            0 => format!("≤ {}", number::at_most(of.outages_per_year.high)),
            _ => number::significant(of.outages_per_year.mean, 2),
        };
        table.row(vec![
            cell(&named.label),
            value(told.point(), 1.0 - of.headline().mean),
            cell(interval),
            value(number::minutes(of.lost_a_year()), of.lost_a_year()),
            year(years.and_then(|y| y.p50)),
            year(years.and_then(|y| y.p95)),
            value(rate, of.outages_per_year.mean),
            restored.map_or(cell("–"), |e| value(number::rough_duration(&e), e.mean)),
        ]);
    }
    if table.rows.len() <= LONG {
        return vec![table.block()];
    }
    let mut rest = Table { rows: table.rows.split_off(10), ..Table::new("The others", &heads) };
    rest.caption = format!("The {} that lose less", rest.rows.len());
    vec![table.block(), rest.folded(0)]
}

fn rough(e: &Estimate, told: String) -> String {
    if e.low_confidence { format!("~{told}") } else { told }
}

/// The one thing that would help most.
fn next(material: &Material, subjects: &[Named]) -> Block {
    let findings = material.findings;
    let need = findings.expectations.iter().filter(|e| e.verdict == Verdict::Undecided);
    let need = need.filter_map(|e| e.would_need).max();
    let focus = subjects::in_focus(findings, subjects);
    let cause =
        focus.and_then(|f| f.of.causes.iter().find(|c| c.lost_a_year() > 0.0).map(|c| (f, c)));
    let text = match (findings.verdict, need, cause) {
        (Verdict::Undecided, Some(need), _) => format!(
            "Next: {} replications would probably settle what is undecided (--replications {need}).",
            number::grouped(need)
        ),
        (_, _, Some((focus, cause))) => {
            let doubtful = super::rests::doubtful(findings, &cause.cause);
            let share = number::percent(cause.share());
            let what = words(&cause.cause);
            let who = &focus.label;
            match doubtful {
                Some(key) => format!(
                    "Next: {share} of what {who} loses is {what}, which rests on a default of low \
                     confidence. Replace {} by what you know.",
                    crate::report::text::clean(key)
                ),
                None => format!(
                    "Next: {share} of what {who} loses is {what}; a design that bears it better gains most."
                ),
            }
        }
        _ => "Next: nothing was lost. Ask for more years, or for harder times, to learn where it ends.".into(),
    };
    paragraph(text)
}
