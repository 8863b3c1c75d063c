//! What was simulated, the verdict in a sentence, and the expectations one by one.

use super::{GREEN, RED, YELLOW, paint};
use crate::report::Material;
use crate::report::exit::Exit;
use crate::report::subjects::{self, Named};
use crate::report::{expectation, number, text};
use crate::study::findings::{Findings, Judged, Verdict};
use anstyle::Style;

/// More expectations than this, and those that pass are only counted.
const EXPECTATIONS: usize = 12;

/// `estate.toml · 2 apps · 2 regions, 6 zones · 2 000 simulated years · seed 1 · 4.2 s`
pub fn scenario(material: &Material) -> String {
    let Findings { scenario, study, run, .. } = material.findings;
    let counted = |n: usize, one: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{} {}", number::grouped(n as u64), number::plural(one))),
    };
    let file = if material.origin.file == "-" { "standard input" } else { &material.origin.file };
    let places = [counted(scenario.regions, "region"), counted(scenario.zones, "zone")];
    let places: Vec<_> = places.into_iter().flatten().collect();
    let parts = [
        counted(scenario.apps, "app"),
        counted(scenario.services, "service"),
        counted(scenario.hosts, "host"),
        (!places.is_empty()).then(|| places.join(", ")),
        Some(format!("{} simulated years", number::years(study.simulated_years))),
        Some(format!("seed {}", study.seed)),
        Some(number::duration(run.wall_s)),
    ];
    let parts = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let room = text::WIDTH.saturating_sub(text::width(&parts) + 3);
    format!("{} · {parts}\n", text::cut(&text::clean(file), room))
}

/// `FAIL   shop misses its SLO; 2 pass, 1 undecided        (exit code 3)`
pub fn verdict(findings: &Findings, subjects: &[Named]) -> String {
    let (style, word) = match findings.verdict {
        Verdict::Pass => (GREEN, "PASS"),
        Verdict::Fail => (RED, "FAIL"),
        Verdict::Undecided => (YELLOW, "UNDECIDED"),
        Verdict::None => (Style::new(), "DONE"),
    };
    let exit = format!("(exit code {})", Exit::of(findings).code());
    let room = text::WIDTH - 2 - text::width(&exit);
    let said = format!("{word}   {}", sentence(findings, subjects));
    let said = text::left(&text::cut(&said, room), room);
    // The word is styled after the width is right: escape codes have none.
    format!("\n{}{}  {exit}\n", paint(style.bold(), word), &said[word.len()..])
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
        match expectation::is_slo(e) {
            true => format!("{label} misses its SLO"),
            false => format!("{label} fails {}", expectation::words(e)),
        }
    };
    let mut parts: Vec<_> = of(Verdict::Fail).take(2).map(failing).collect();
    if fail > parts.len() {
        parts.push(format!("{} more fail", number::grouped((fail - parts.len()) as u64)));
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
    let mut lines = String::from("\n");
    let name = shown.iter().map(|e| text::width(&subjects::label(subjects, &e.subject))).max();
    let name = name.unwrap_or(0).clamp(4, 16);
    for judged in &shown {
        lines += &line(judged, &subjects::label(subjects, &judged.subject), name);
    }
    let hidden = all.len() - shown.len();
    if hidden > 0 {
        lines += &format!("     and {} more\n", number::grouped(hidden as u64));
    }
    lines
}

fn line(judged: &Judged, label: &str, name: usize) -> String {
    let style = match judged.verdict {
        Verdict::Pass => GREEN,
        Verdict::Fail => RED,
        Verdict::Undecided => YELLOW,
        Verdict::None => Style::new(),
    };
    let (value, interval) = match expectation::estimate(judged) {
        Some((shown, periods)) => (format!("{} {periods}", shown.point()), shown.interval()),
        None => ("nothing to judge by".into(), String::new()),
    };
    let label = text::left(&text::cut(label, name), name);
    let (value, interval) = (text::cut(value.trim_end(), 20), text::cut(&interval, 22));
    let room = text::WIDTH - 5 - name - 2 - 2 - 20 - 1 - 22;
    let words = text::left(&text::cut(&expectation::words(judged), room), room.min(37));
    let rest = format!("{label}  {words}  {}  {interval}", text::left(&value, 19));
    format!("  {}  {}\n", paint(style, expectation::mark(judged.verdict)), rest.trim_end())
}
