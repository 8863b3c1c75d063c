//! What takes the subject in focus down, and where its failover time goes.

use super::{YELLOW, paint};
use crate::report::subjects::Named;
use crate::report::{database, number, text};
use crate::study::findings::{Cause, Findings};

/// Causes with a line of their own; the rest is summed.
const LINES: usize = 7;
/// The width of the column of bars, and of the longest bar where no count needs the room.
const BLOCKS: usize = 20;
/// The width of ` 49 seen` and the blanks before it.
const COUNT: usize = 9;
/// Fewer occurrences than this are counted out beside the bar.
const FEW: u64 = 50;
/// Causes with a smaller share of the harm get no line of their own.
const TRIFLE: f64 = 0.001;
/// From this share on it matters that a cause rests on a doubtful default.
const MATTERS: f64 = 0.1;
/// The widest a cause may be.
const NAME: usize = 24;

/// Causes by their share, as bars.
pub fn table(findings: &Findings, focus: &Named) -> String {
    let causes: Vec<&Cause> = focus.of.causes.iter().filter(|c| c.lost_a_year() > 0.0).collect();
    let Some(largest) = causes.iter().map(|c| c.share()).reduce(f64::max) else {
        return String::new();
    };
    let worth = causes.iter().take_while(|c| c.share() >= TRIFLE).count();
    // A summary of a single cause would hide its name and save no line.
    let most = if worth > LINES + 1 || worth < causes.len() { LINES } else { LINES + 1 };
    let split = worth.clamp(1, most);
    let (shown, rest) = causes.split_at(split);
    let title = format!("What takes {} down", focus.label);
    let name = shown.iter().map(|c| text::width(&c.cause)).max().unwrap_or(0);
    let name = name.max(text::width(&title) - 2).clamp(20, NAME);
    let mut out = format!(
        "\n  {}  times a year   minutes     share  {}  over by (p95)\n",
        text::left(&text::cut(&title, name + 2), name + 2),
        " ".repeat(BLOCKS),
    );
    // All bars shrink alike where a count would not fit beside one of them.
    let crowded = |c: &&Cause| {
        (1..FEW).contains(&c.seen) && c.share() / largest * BLOCKS as f64 > (BLOCKS - COUNT) as f64
    };
    let longest = if shown.iter().any(crowded) { BLOCKS - COUNT } else { BLOCKS };
    let mut doubtful = None;
    for cause in shown {
        let default = low_confidence_default(findings, &cause.cause);
        let default = default.filter(|_| cause.share() >= MATTERS);
        let mark = if default.is_some() { paint(YELLOW, "⚠") } else { " ".into() };
        doubtful = doubtful.or(default);
        // Faults that took nothing down and only cost the requests in flight count as none seen.
        let seen = if (1..FEW).contains(&cause.seen) {
            format!("{} seen", cause.seen)
        } else {
            String::new()
        };
        let bar = text::bar(cause.share() / largest, longest);
        let bar = text::left(format!("{bar}  {seen}").trim_end(), BLOCKS);
        let over = cause.over_by_p95_s.as_ref().map_or(String::new(), number::rough_duration);
        let line = format!(
            "  {mark} {}  {:>12}  {:>8}  {:>8}  {bar}  {:>12}",
            text::left(&text::cut(&words(&cause.cause), name), name),
            number::times(cause),
            number::minutes(cause.lost_a_year()),
            number::percent(cause.share()),
            over,
        );
        out += &format!("{}\n", line.trim_end());
    }
    if !rest.is_empty() {
        let (lost, share) =
            rest.iter().fold((0.0, 0.0), |(m, s), c| (m + c.lost_a_year(), s + c.share()));
        out += &format!(
            "    {}  {:>12}  {:>8}  {:>8}  {}\n",
            text::left(&format!("all others ({})", rest.len()), name),
            "",
            number::minutes(lost),
            number::percent(share),
            text::bar((share / largest).min(1.0), longest),
        );
    }
    // Where such a default would turn the verdict is told below, with its key.
    let told = |key: &&str| {
        let cause = |key: &str| key.rsplit_once('.').map(|(cause, _)| cause.to_string());
        findings.break_even.first().is_some_and(|of| cause(&of.key) == cause(key))
    };
    if let Some(key) = doubtful.filter(|key| !told(key)) {
        let mark =
            format!("  ⚠ a default of low confidence: zonefall explain {}", text::clean(key));
        out += &format!("{}\n", text::cut(&mark, text::WIDTH)).replace('⚠', &paint(YELLOW, "⚠"));
    }
    out
}

/// A phase that is shorter on average would be told as 0.0 ms.
const TOLD_FROM_S: f64 = 5e-5;

/// `Failover clock: detect 21 s · decide 9 s · act 60 s · start 33 s = 123 s mean`
pub fn failover_clock(focus: &Named) -> String {
    let Some(clock) = &focus.of.failover_s else {
        return String::new();
    };
    let phases = [
        ("detect", &clock.detect),
        ("decide", &clock.decide),
        ("act", &clock.act),
        ("start", &clock.start),
        ("reroute", &clock.reroute),
    ];
    let phases: Vec<_> = phases
        .iter()
        .filter(|(_, p)| p.mean.mean >= TOLD_FROM_S)
        .map(|(name, p)| format!("{name} {}", number::duration(p.mean.mean)))
        .collect();
    if phases.is_empty() {
        return String::new();
    }
    let total = number::duration(clock.total.mean.mean);
    let p95 = clock.total.p95.as_ref().map(|e| format!(", p95 {}", number::rough_duration(e)));
    let text = format!("{} = {total} mean{}", phases.join(" · "), p95.unwrap_or_default());
    text::wrapped("  Failover clock: ", &text)
}

/// The failover of a database step by step, what restores lost, and faults by class.
pub fn database(focus: &Named) -> String {
    let mut out = String::new();
    if let Some(told) = database::failover(focus.of) {
        out += &text::wrapped("  Failover clock, database: ", &told);
    }
    if let Some(told) = database::data_loss(focus.of) {
        out += &text::wrapped("  Data lost: ", &told);
    }
    if let Some(told) = database::fallback(focus.of) {
        out += &text::wrapped("  Fallback: ", &told);
    }
    let Some(recovery) = focus.of.recovery.as_ref().filter(|it| !it.classes.is_empty()) else {
        return out;
    };
    let with_target = recovery.target_s.is_some();
    let mut rows = vec![database::heads(with_target).into_iter().map(String::from).collect()];
    rows.extend(recovery.classes.iter().map(|class| database::row(class, with_target)));
    let columns = rows[0].len();
    let widths: Vec<_> = (0..columns)
        .map(|at| rows.iter().map(|row: &Vec<String>| text::width(&row[at])).max().unwrap_or(0))
        .collect();
    out += "\n";
    for row in &rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, &width))| match at {
            0 => text::left(cell, width),
            _ => text::right(cell, width),
        });
        out += &format!("  {}\n", cells.collect::<Vec<_>>().join("  "));
    }
    if let Some(note) = database::note(recovery) {
        out += &text::wrapped("  ", &note);
    }
    out
}

/// `zone-outage` → `zone outage`.
fn words(cause: &str) -> String {
    text::clean(cause).replace('-', " ")
}

/// The key of the default of low confidence that this cause rests on, if it does.
fn low_confidence_default<'a>(findings: &'a Findings, cause: &str) -> Option<&'a str> {
    let doubtful = |a: &&crate::study::findings::Assumption| {
        let own = a.key.strip_prefix("failure.").and_then(|rest| rest.strip_prefix(cause));
        a.default
            && a.confidence.as_deref() == Some("low")
            && own.is_some_and(|r| r.starts_with('.'))
    };
    findings.assumptions.iter().find(doubtful).map(|a| a.key.as_str())
}
