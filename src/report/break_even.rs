//! What a setting of low confidence would have to be for the verdict to turn, in a sentence.

use super::subjects::{self, Named};
use super::{expectation, number, text};
use crate::study::findings::{BreakEven, Findings};

/// `shop meets its SLO if platform release comes less than once in 3.7 years (3.4 … 4.1), all else
/// unchanged.`
pub fn sentence(findings: &Findings, subjects: &[Named], of: &BreakEven) -> String {
    let judged = |e: &&crate::study::findings::Judged| e.subject == of.subject && e.that == of.that;
    let label = subjects::label(subjects, &of.subject);
    let (meets, met) = match findings.expectations.iter().find(judged) {
        Some(e) if !e.is_slo() => {
            let words = expectation::words(e);
            (format!("{label} keeps to {words}"), format!("keep to {words}"))
        }
        _ => (format!("{label} meets its SLO"), "meet its SLO".into()),
    };
    let what = words(&of.cause);
    let condition = if of.holds { "as long as" } else { "if" };
    match (&of.at_s, of.longer) {
        (Some(at), false) => {
            let per = if of.per.is_empty() { String::new() } else { format!(" per {}", of.per) };
            let at = number::seconds(at);
            format!(
                "{meets} {condition} {what} comes less than once in {}{per} ({}), all else unchanged.",
                at.point(),
                at.interval()
            )
        }
        (Some(at), true) => {
            let at = number::seconds(at);
            format!(
                "{meets} {condition} {what} lasts less than {} on average ({}; now {}), all else \
                 unchanged.",
                at.point(),
                at.interval(),
                number::duration(of.now_s)
            )
        }
        (None, _) if !of.holds => format!("{label} would not {met} even without {what}."),
        (None, longer) => {
            let more = if longer { "lasted" } else { "came" };
            let as_much = if longer { "as long" } else { "as often" };
            let times = number::significant(of.tried, 2);
            format!("{label} would {met} even if {what} {more} {times} times {as_much}.")
        }
    }
}

/// `58 % of what shop loses rests on a default of low confidence: failure.platform-release.mtbf, 1y.`
pub fn rests(subjects: &[Named], of: &BreakEven) -> String {
    format!(
        "{} of what {} loses rests on a default of low confidence: {}, {}.",
        number::percent(of.share),
        subjects::label(subjects, &of.subject),
        text::clean(&of.key),
        text::clean(&short(&of.value)),
    )
}

/// A law without its braces: `{ dist = "exponential", mean = "30d" }` → `30d (exponential)`.
pub fn short(value: &str) -> String {
    let inner = value.strip_prefix("{ dist = ").and_then(|rest| rest.strip_suffix(" }"));
    let Some(inner) = inner else { return value.into() };
    let plain = inner.replace('"', "").replace(" = ", " ");
    match plain.strip_prefix("exponential, mean ") {
        Some(mean) if !mean.contains(',') => format!("{mean} (exponential)"),
        _ => plain,
    }
}

/// `zone-outage` → `zone outage`.
fn words(cause: &str) -> String {
    text::clean(cause).replace('-', " ")
}
