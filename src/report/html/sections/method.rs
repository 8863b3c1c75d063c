//! What the measures mean, what they rest on, what they leave out, and how to get them again.

use crate::report::break_even::short;
use crate::report::html::blocks::{Block, Table, cell, paragraph, value};
use crate::report::{Material, number, text};
use crate::study::findings::Findings;

pub fn blocks(material: &Material) -> Vec<Block> {
    let findings = material.findings;
    let mut out = vec![Block::Heading { text: "Get this page again".into() }];
    out.push(Block::Code { text: text::clean(&material.origin.command("run", "")) });
    out.push(facts(findings));
    out.push(paragraph(
        "The same scenario and seed give the same result, to the last digit, on every machine and for every \
         number of threads. Two results with the same digest are the same.",
    ));
    out.push(Block::Heading { text: "How it was computed".into() });
    out.push(paragraph(format!(
        "Discrete-event simulation of {} independent histories. Every estimate stands with its two-sided {} \
         interval: how well the simulation knows it, given the model and its settings. It says nothing on \
         whether these are right; what they rest on is listed below. Fewer than 50 occurrences are marked ~.",
        number::grouped(findings.study.replications),
        number::level(findings.study.confidence)
    )));
    out.push(definitions(findings));
    out.push(Block::Heading { text: "Every setting".into() });
    out.push(yours(findings).folded(30));
    out.push(defaults(findings).folded(0));
    out.extend(importance(findings));
    if !findings.not_modelled.is_empty() {
        out.push(Block::Heading { text: "Not modelled".into() });
        let items = findings.not_modelled.iter().map(|t| text::clean(t)).collect();
        out.push(Block::List { items });
    }
    out
}

fn facts(findings: &Findings) -> Block {
    let Findings { tool, scenario, study, digest, .. } = findings;
    let facts = [
        ("program", format!("{} {}", tool.name, tool.version)),
        ("seed", study.seed.to_string()),
        ("histories", number::grouped(study.replications)),
        ("scenario", scenario.hash.clone()),
        ("result", digest.clone()),
    ];
    Block::Facts { facts: facts.map(|(k, v)| (k.to_string(), text::clean(&v))).into() }
}

/// Beside the words of the result, the formula.
const FORMULAS: [(&str, &str); 17] = [
    ("break_even", "x: P(x) = bound, all else and all luck unchanged"),
    ("unavailability.time", "U = Σ downtime ÷ Σ measured time"),
    ("unavailability.requests", "U = Σ failed ÷ Σ requests"),
    ("unavailability.time_any", "U = |{t : s(t) < 1}| ÷ time"),
    ("unavailability.sla_minutes", "U = #{minutes down throughout} ÷ #{minutes}"),
    ("unavailability.started_minutes", "U = #{minutes down at any instant} ÷ #{minutes}"),
    ("unavailability.planned", "U = Σ planned downtime ÷ Σ counted time"),
    ("not_counted", "Σ time not meant to run ÷ Σ measured time"),
    ("outages_per_year", "λ = #{outages begun} ÷ years"),
    ("any_outage", "P(N ≥ 1) over the horizon"),
    ("outage_s", "mean = Σ downtime ÷ #{outages begun}; xₚ = min{x : F(x) ≥ p}"),
    ("failover_s", "total = detect + decide + act + start + reroute"),
    ("downtime_per_year_s", "per whole year of 365 d; xₚ over years"),
    ("lost_per_year_s", "(failed ÷ requests of the year) × 365 d"),
    ("slo", "#{complete periods with 1 − U ≥ target} ÷ #{complete periods}"),
    ("components.mean_down", "(1 ÷ T) ∫ n_down(t) dt"),
    ("components.birnbaum", "I = P(up | it up) − P(up | it down)"),
];

fn definitions(findings: &Findings) -> Block {
    let mut table = Table::new("What the measures mean", &["measure", "formula", "in words"]);
    for (name, words) in &findings.definitions {
        let formula = FORMULAS.iter().find(|(n, _)| n == name).map_or("–", |(_, f)| f);
        table.row(vec![cell(name).code(), cell(formula), cell(words).class("small")]);
    }
    Block::Fold {
        summary: "What the measures mean, with formulas".into(),
        blocks: vec![table.block()],
    }
}

fn yours(findings: &Findings) -> Table {
    let mut table = Table::new("Yours", &["setting", "value", "from"]);
    for a in findings.assumptions.iter().filter(|a| !a.default) {
        table.row(vec![cell(&a.key).code(), cell(short(&a.value)).code(), cell(&a.origin)]);
    }
    table
}

fn defaults(findings: &Findings) -> Table {
    let heads = ["setting", "value", "plausible", "from", "confidence", "source"];
    let mut table = Table::new("Defaults", &heads);
    for a in findings.assumptions.iter().filter(|a| a.default) {
        let range = match (&a.low, &a.high) {
            (Some(low), Some(high)) => format!("{low} … {high}"),
            _ => "–".into(),
        };
        table.row(vec![
            cell(&a.key).code(),
            cell(short(&a.value)).code(),
            cell(range),
            cell(&a.origin),
            cell(a.confidence.as_deref().unwrap_or("–")),
            cell(a.source.as_deref().unwrap_or("–")).class("small"),
        ]);
    }
    table
}

/// The components that decide most, of each subject.
fn importance(findings: &Findings) -> Option<Block> {
    const MOST: usize = 5;
    let mut by_subject = std::collections::BTreeMap::<&str, Vec<_>>::new();
    for (subject, rows) in findings.components.values().flat_map(|c| &c.birnbaum) {
        by_subject.entry(subject).or_default().extend(rows);
    }
    let mut table = Table::new(
        "Importance: the share of time in which a component decides",
        &["of", "component", "#Birnbaum importance", "#interval"],
    );
    for (subject, mut rows) in by_subject {
        rows.sort_by(|a, b| b.1.mean.total_cmp(&a.1.mean).then(a.0.cmp(b.0)));
        for (name, e) in rows.into_iter().take(MOST) {
            let told = number::plain(e, "");
            let row =
                vec![cell(subject), cell(name), value(told.point(), e.mean), cell(told.interval())];
            table.row(row);
        }
    }
    (!table.rows.is_empty()).then(|| table.folded(0))
}
