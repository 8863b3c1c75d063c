//! The report as Markdown: everything a reader needs who was not there, in the order of their
//! questions; what it rests on and how to get it again at the end.

mod causes;
mod escape;
mod method;
mod numbers;
mod residency;

use super::exit::Exit;
use super::subjects::{self, Named};
use super::terminal::sentence;
use super::{File, Material, break_even, expectation, number};
use crate::study::findings::Findings;
use escape::{code, escaped};

/// What is told of single expectations beside their table.
const FEW: usize = 5;

/// The whole page.
pub fn print(material: &Material) -> String {
    let findings = material.findings;
    let subjects = subjects::all(findings);
    let parts = [
        head(findings, &subjects),
        expectations(findings, &subjects),
        notes(findings),
        numbers::availability(findings, &subjects),
        numbers::outages(&subjects),
        numbers::months(&subjects),
        numbers::room(&subjects),
        residency::paths(findings),
        residency::amounts(findings, &subjects),
        residency::ledger(findings),
        numbers::backups(&subjects),
        causes::tables(findings, &subjects),
        causes::failover_clock(&subjects),
        causes::waited_for(&subjects),
        causes::database(&subjects),
        causes::fallback(&subjects),
        causes::recovery(&subjects),
        causes::importance(findings),
        method::assumptions(findings),
        method::definitions(findings),
        method::not_modelled(findings),
        method::again(material),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// `report.md`.
pub fn files(material: &Material) -> Vec<File> {
    vec![File::text("report.md", print(material))]
}

fn head(findings: &Findings, subjects: &[Named]) -> String {
    let Findings { scenario, study, .. } = findings;
    let word = expectation::word(findings.verdict);
    format!(
        "# {}: {word}\n\n*Predicted by simulation. Not operating evidence.*\n\n\
         **{word}**: {} (exit code {}).\n\n\
         {} from {} · seed {} · platform {} · {}, {}, {}, {}\n",
        escaped(&scenario.name),
        escaped(&sentence(findings, subjects)),
        Exit::of(findings).code(),
        number::years(study.simulated_years, "simulated year"),
        escaped(&study.start),
        study.seed,
        code(&scenario.platform),
        number::counted(scenario.apps, "app"),
        number::counted(scenario.services, "service"),
        number::counted(scenario.regions, "region"),
        number::counted(scenario.zones, "zone"),
    )
}

fn expectations(findings: &Findings, subjects: &[Named]) -> String {
    let rows = findings.expectations.iter().map(|judged| {
        let (value, interval) = expectation::found(judged);
        vec![
            expectation::mark(judged.verdict).into(),
            escaped(&subjects::label(subjects, &judged.subject)),
            escaped(&expectation::words(judged)),
            escaped(&value),
            interval,
        ]
    });
    let interval = interval_header(findings);
    section("Expectations", &["", "of", "expected", "found", &interval], rows)
}

fn notes(findings: &Findings) -> String {
    let subjects = subjects::all(findings);
    let turns = findings.break_even.iter().map(|of| {
        let rests = break_even::rests(&subjects, of);
        escaped(&format!("{rests} {}", break_even::sentence(findings, &subjects, of)))
    });
    let own = findings.notes.iter().map(|note| escaped(note));
    let instead = findings.expectations.iter().filter_map(|judged| {
        let label = subjects::label(&subjects, &judged.subject);
        Some(escaped(&expectation::instead(judged, &label)?))
    });
    let instead = instead.take(FEW);
    let mut notes: Vec<String> = turns.chain(own).chain(instead).collect();
    if findings.study.interrupted {
        notes.push(
            "The study was interrupted: what is here is finished and valid, but less than asked."
                .into(),
        );
    }
    list("To be read with it", notes)
}

/// `95 % interval`.
fn interval_header(findings: &Findings) -> String {
    format!("{} interval", number::level(findings.study.confidence))
}

/// A heading and a table; nothing at all without rows. Cells are escaped by the caller, headers are ours.
fn section(title: &str, headers: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rows: Vec<_> = rows.into_iter().collect();
    if rows.is_empty() {
        return String::new();
    }
    format!("## {title}\n\n{}", table(headers, &rows))
}

fn table(headers: &[&str], rows: &[Vec<String>]) -> String {
    let rule = vec!["---"; headers.len()];
    let mut out = format!("| {} |\n| {} |\n", headers.join(" | "), rule.join(" | "));
    for row in rows {
        out += &format!("| {} |\n", row.join(" | "));
    }
    out
}

fn list(title: &str, items: Vec<String>) -> String {
    if items.is_empty() {
        return String::new();
    }
    let items: String = items.iter().map(|item| format!("- {item}\n")).collect();
    format!("## {title}\n\n{items}")
}
