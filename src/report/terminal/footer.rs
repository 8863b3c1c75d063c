//! What the reader must know beside the numbers, and what to type next.

use super::{YELLOW, paint};
use crate::report::Material;
use crate::report::{break_even, expectation, number, subjects, text};
use crate::study::findings::{Findings, Verdict};

/// A command longer than this stands alone, without a remark beside it.
const COMMAND: usize = 58;

/// Warnings, what is undecided and what would settle it.
pub fn notes(material: &Material) -> String {
    let findings = material.findings;
    let named = subjects::all(findings);
    let mut out = String::new();
    // The weightiest; the page has the others.
    if let Some(of) = findings.break_even.first() {
        out += &note("⚠", &break_even::rests(&named, of));
        out += &text::wrapped("    ", &break_even::sentence(findings, &named, of));
    }
    if any_rough(findings) {
        out += &note("~", "fewer than 50 seen: an order of magnitude, not a number to rely on");
    }
    for text in &findings.notes {
        out += &note("⚠", &text::clean(text));
    }
    if findings.study.interrupted {
        let done = number::grouped(findings.study.replications);
        out += &note(
            "⚠",
            &format!("interrupted: these are the {done} replications that were finished"),
        );
    }
    for judged in &findings.expectations {
        let label = subjects::label(&named, &judged.subject);
        if let Some(told) = expectation::instead(judged, &label) {
            out += &note("?", &told);
            break; // what to do is the same for all of them
        }
    }
    let undecided = findings
        .expectations
        .iter()
        .filter(|e| e.verdict == Verdict::Undecided && e.none_seen.is_none());
    let (mut settled_by, mut how_many) = (None, 0_u64);
    for judged in undecided {
        how_many += 1;
        settled_by = settled_by.max(judged.would_need);
    }
    let what = match how_many {
        1 => "the expectation that is undecided".to_string(),
        n => format!("the {n} expectations that are undecided"),
    };
    match settled_by {
        Some(need) => out += &note("?", &more(findings, need, &format!("settle {what}"))),
        None if how_many > 0 => {
            out += &note(
                "?",
                &format!("no number of years is likely to settle {what}: too close to call"),
            );
        }
        None => {}
    }
    if let Some(p) = findings.study.precision.as_ref().filter(|p| !p.reached) {
        out += &note(
            "?",
            &format!(
                "precision: {} is known to ±{}, asked for ±{}",
                text::clean(&p.worst),
                number::percent(p.worst_half_width),
                number::percent(p.target)
            ),
        );
        if let Some(need) = p.would_need {
            out += &note("?", &more(findings, need, "reach it"));
        }
    }
    if out.is_empty() { out } else { format!("\n{out}") }
}

/// `8 000 years would probably settle … (17 s): --replications 8000`
fn more(findings: &Findings, need: u64, what: &str) -> String {
    let done = findings.study.replications.max(1) as f64;
    let times = need as f64 / done;
    format!(
        "{} would probably {what} ({}): --replications {need}",
        number::years(findings.study.simulated_years * times, "year"),
        number::duration(findings.run.wall_s * times),
    )
}

fn note(mark: &str, text: &str) -> String {
    let text = text::wrapped(&format!("  {mark} "), text);
    match mark {
        "⚠" | "?" => text.replacen(mark, &paint(YELLOW, mark), 1),
        _ => text,
    }
}

/// Whether the screen shows a `~`.
fn any_rough(findings: &Findings) -> bool {
    let of = |s: &crate::study::findings::Subject| {
        let years = s.years().into_iter().flat_map(|p| [p.p50, p.p95]);
        let restored = s.redundancy_restored_s.iter().flat_map(|p| [p.p50, p.p95]);
        let over = s.causes.iter().map(|c| c.over_by_p95_s);
        let clock = s.failover_s.iter().map(|f| f.total.p95);
        years.chain(restored).chain(over).chain(clock).flatten().any(|e| e.low_confidence)
            || s.headline().low_confidence
    };
    findings.app.values().chain(findings.service.values()).any(of)
        || findings.expectations.iter().filter_map(|e| e.estimate).any(|e| e.low_confidence)
}

/// Where to go from here.
pub fn commands(material: &Material) -> String {
    let (origin, extremes) = (material.origin, &material.findings.extremes);
    let mut lines = Vec::new();
    // Standard input is gone: a command that reads it again would wait for ever.
    if extremes.worst_downtime_s > 0.0 && origin.file != "-" {
        let down = number::duration(extremes.worst_downtime_s);
        let period = subjects::period(material.findings);
        let told = format!("{period} {}: {down} down, every event", extremes.worst);
        lines.push((origin.words("why", ""), "the worst and the median, told".to_string()));
        lines.push((origin.words("replay", "worst"), told));
    }
    if let Some(directory) = material.directory {
        let report = directory.join("report.html").display().to_string();
        lines.push((vec![report], "the page to send".into()));
    }
    if lines.is_empty() {
        return String::new();
    }
    let widths = lines.iter().map(|(words, _)| text::width(&words.join(" ")));
    let column = widths.filter(|w| *w <= COMMAND).max().unwrap_or(0);
    let mut out = String::from("\n");
    for (words, what) in lines {
        let command = text::clean(&words.join(" "));
        if text::width(&command) <= column {
            let what = text::cut(&what, text::WIDTH - 6 - column);
            out += &format!("  {}    {what}\n", text::left(&command, column));
        } else {
            out += &folded(&words);
        }
    }
    out
}

/// A command over as many lines as it needs. It is there to be copied, so nothing is cut off, and the
/// shell joins the lines at the backslashes.
fn folded(words: &[String]) -> String {
    let mut lines = vec![String::from(" ")];
    for word in words.iter().map(|w| text::clean(w)) {
        let line = lines.last_mut().expect("begun with one line");
        if text::width(line) > 4 && text::width(line) + text::width(&word) + 3 > text::WIDTH {
            line.push_str(" \\");
            lines.push(format!("    {word}"));
        } else {
            *line += &format!(" {word}");
        }
    }
    format!("{}\n", lines.join("\n"))
}
