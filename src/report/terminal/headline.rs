//! What was simulated, the verdict in a sentence, and the expectations one by one.

use super::{GREEN, RED, YELLOW, paint};
use crate::report::Material;
use crate::report::exit::Exit;
use crate::report::subjects::{self, Named};
use crate::report::{expectation, number, residency, text};
use crate::study::findings::{Findings, Judged, Verdict};
use anstyle::Style;

/// More expectations than this, and those that pass are only counted.
const EXPECTATIONS: usize = 12;

/// `estate.toml · 2 apps · 2 regions, 6 zones · 2 000 simulated years · seed 1 · 4.2 s`
pub fn scenario(material: &Material) -> String {
    let Findings { scenario, study, run, .. } = material.findings;
    let counted = |n: usize, one: &str| (n > 0).then(|| number::counted(n, one));
    let file = if material.origin.file == "-" { "standard input" } else { &material.origin.file };
    let places = [counted(scenario.regions, "region"), counted(scenario.zones, "zone")];
    let places: Vec<_> = places.into_iter().flatten().collect();
    let parts = [
        counted(scenario.apps, "app"),
        counted(scenario.services, "service"),
        counted(scenario.hosts, "host"),
        (!places.is_empty()).then(|| places.join(", ")),
        Some(number::years(study.simulated_years, "simulated year")),
        Some(format!("seed {}", study.seed)),
        Some(number::duration(run.wall_s)),
    ];
    let parts = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let room = text::WIDTH.saturating_sub(text::width(&parts) + 3);
    format!("{} · {parts}\n", text::cut(&text::clean(file), room))
}

/// `FAIL   shop misses its SLO; 2 pass, 1 undecided        (exit code 3)`
pub fn verdict(findings: &Findings, subjects: &[Named]) -> String {
    let word = expectation::word(findings.verdict);
    let exit = format!("(exit code {})", Exit::of(findings).code());
    let room = text::WIDTH - 2 - text::width(&exit);
    let said = format!("{word}   {}", sentence(findings, subjects));
    let said = text::left(&text::cut(&said, room), room);
    // The word is styled after the width is right: escape codes have none.
    format!("\n{}{}  {exit}\n", paint(style(findings.verdict).bold(), word), &said[word.len()..])
}

/// The verdict in words: what fails by name, everything else counted.
pub fn sentence(findings: &Findings, subjects: &[Named]) -> String {
    let of = |verdict| findings.expectations.iter().filter(move |e| e.verdict == verdict);
    let (pass, fail) = (of(Verdict::Pass).count(), of(Verdict::Fail).count());
    let undecided = of(Verdict::Undecided).count();
    if findings.expectations.is_empty() {
        return "nothing is expected of it; a scenario says what with slo or [[expect]]".into();
    }
    if fail == 0 && undecided == 0 {
        return match pass {
            1 => "the one expectation holds".into(),
            n => format!("all {} expectations hold", number::grouped(n as u64)),
        };
    }
    let failing = |e: &Judged| {
        let label = subjects::label(subjects, &e.subject);
        let residency = residency::failing(findings, e, &label);
        match e.is_slo() {
            _ if residency.is_some() => residency.unwrap_or_default(),
            true => format!("{label} misses its SLO"),
            false => format!("{label} fails {}", expectation::words(e)),
        }
    };
    let mut parts: Vec<_> = of(Verdict::Fail).take(2).map(failing).collect();
    if fail > parts.len() {
        let more = fail - parts.len();
        let verb = if more == 1 { "fails" } else { "fail" };
        parts.push(format!("{} more {verb}", number::grouped(more as u64)));
    }
    let counts = [(pass, "pass"), (undecided, "undecided")];
    let counts: Vec<_> = counts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{} {what}", number::grouped(*n as u64)))
        .collect();
    match (parts.is_empty(), counts.is_empty()) {
        (true, _) => counts.join(", "),
        (false, true) => parts.join(", "),
        (false, false) => format!("{}; {}", parts.join(", "), counts.join(", ")),
    }
}

/// One line for each expectation, as long as they fit on a screen; then the failing ones first.
pub fn expectations(findings: &Findings, subjects: &[Named]) -> String {
    let all = &findings.expectations;
    if all.is_empty() {
        return String::new();
    }
    let mut shown: Vec<&Judged> = all.iter().collect();
    if all.len() > EXPECTATIONS {
        shown.retain(|e| e.verdict != Verdict::Pass);
        // Stable: within a verdict the order of the scenario stays.
        shown.sort_by_key(|e| e.verdict != Verdict::Fail);
        shown.truncate(EXPECTATIONS);
    }
    if shown.is_empty() {
        return String::new(); // the verdict has said that all hold
    }
    let table: Vec<Row> = shown.iter().map(|judged| Row::of(findings, judged, subjects)).collect();
    let widest =
        |cell: fn(&Row) -> &str| table.iter().map(|r| text::width(cell(r))).max().unwrap_or(0);
    let name = widest(|r| &r.label).clamp(4, 16);
    let value = widest(|r| &r.value).min(24);
    let interval = widest(|r| &r.interval).min(24);
    // The words take what the numbers leave.
    let words = widest(|r| &r.words).min(text::WIDTH - 5 - name - 2 - 4 - value - 4 - interval);
    let mut lines = String::from("\n");
    for row in &table {
        let rest = format!(
            "{}  {}    {}    {}",
            text::left(&text::cut(&row.label, name), name),
            text::left(&text::cut(&row.words, words), words),
            text::left(&text::cut(&row.value, value), value),
            text::cut(&row.interval, interval),
        );
        let mark = paint(style(row.verdict), expectation::mark(row.verdict));
        lines += &format!("  {mark}  {}\n", rest.trim_end());
    }
    let hidden = all.len() - shown.len();
    if hidden > 0 {
        let all_hold = hidden == all.iter().filter(|e| e.verdict == Verdict::Pass).count();
        let which = if all_hold { " that hold" } else { "" };
        lines += &format!("     and {} more{which}\n", number::grouped(hidden as u64));
    }
    lines
}

/// One expectation as the cells of its line.
struct Row {
    verdict: Verdict,
    label: String,
    words: String,
    value: String,
    interval: String,
}

impl Row {
    fn of(findings: &Findings, judged: &Judged, subjects: &[Named]) -> Row {
        let (value, interval) = match residency::always(findings, judged) {
            Some(path) => ("always".into(), residency::crossing(path)),
            None => expectation::found(judged),
        };
        Row {
            verdict: judged.verdict,
            label: subjects::label(subjects, &judged.subject),
            words: expectation::words(judged),
            value,
            interval,
        }
    }
}

fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Pass => GREEN,
        Verdict::Fail => RED,
        Verdict::Undecided => YELLOW,
        Verdict::None => Style::new(),
    }
}
