//! Settings of low confidence that carry the result, and what it would take to turn it.

use super::by_loss;
use crate::report::break_even::{self, short};
use crate::report::html::blocks::{Block, Table, cell, paragraph, value};
use crate::report::number;
use crate::report::subjects::{self, Named};
use crate::study::findings::{Assumption, Cause, Findings};

/// From this share of the harm on a setting carries the result.
const CARRIES: f64 = 0.01;
/// Rows; all settings are in the method.
const MOST: usize = 12;

pub fn blocks(findings: &Findings, subjects: &[Named]) -> Vec<Block> {
    let low = |a: &&Assumption| a.default && a.confidence.as_deref() == Some("low");
    let all: Vec<_> = findings.assumptions.iter().filter(low).collect();
    let yours = findings.assumptions.iter().filter(|a| !a.default).count();
    let defaults = findings.assumptions.len() - yours;
    let mut out = vec![paragraph(format!(
        "{yours} settings are yours, {defaults} are defaults of {}; {} of these have low confidence.",
        findings.scenario.platform,
        all.len()
    ))];
    out.extend(turns(findings, subjects));
    let mut rows: Vec<Carried> =
        all.iter().filter_map(|a| carried(a, findings, subjects)).collect();
    let focus = subjects::in_focus(findings, subjects).map_or("", |f| f.label.as_str());
    rows.sort_by(|a, b| {
        let first = (b.of == focus).cmp(&(a.of == focus));
        let share = b.cause.share().total_cmp(&a.cause.share());
        first.then(share).then(a.setting.key.cmp(&b.setting.key))
    });
    let heads = [
        "setting",
        "value",
        "plausible",
        "of",
        "#share of its loss",
        "#min a year",
        "#min at its low end",
        "#at its high end",
    ];
    let caption = "What each would cost at the ends of its range is in proportion: how often and how long \
                   enter the loss as factors.";
    let mut table = Table::new(caption, &heads);
    for row in rows.iter().take(MOST) {
        let lost = row.cause.lost_a_year();
        let at = |factor: Option<f64>| match factor {
            Some(f) => value(number::minutes(lost * f), lost * f),
            None => cell("–"),
        };
        let range = match (&row.setting.low, &row.setting.high) {
            (Some(low), Some(high)) => format!("{low} … {high}"),
            _ => "–".into(),
        };
        table.row(vec![
            cell(&row.setting.key).code(),
            cell(short(&row.setting.value)).code(),
            cell(range),
            cell(&row.of),
            value(number::percent(row.cause.share()), row.cause.share()),
            value(number::minutes(lost), lost),
            at(row.at_low),
            at(row.at_high),
        ]);
    }
    if rows.is_empty() {
        out.push(paragraph(
            "No setting of low confidence carries a noticeable part of the result.",
        ));
    } else {
        out.push(table.block());
    }
    out
}

/// The settings that carry the verdict most, with where they would turn it.
fn turns(findings: &Findings, subjects: &[Named]) -> Vec<Block> {
    let mut out = Vec::new();
    for of in &findings.break_even {
        let text = break_even::sentence(findings, subjects, of);
        out.push(Block::Turn { text, rests: break_even::rests(subjects, of) });
    }
    if let Some(of) = findings.break_even.first() {
        let years = number::grouped(of.replications);
        let text = format!(
            "Found by simulating again with that one setting changed, {years} replications each time, with \
             the same luck; in brackets how sure that is."
        );
        out.push(Block::Absent { text });
    }
    out
}

/// A setting with the cause that it makes.
struct Carried<'a> {
    setting: &'a Assumption,
    cause: &'a Cause,
    of: String,
    /// By how much the cause would grow at the ends of the range.
    at_low: Option<f64>,
    at_high: Option<f64>,
}

/// The subject for which the cause of this setting matters most.
fn carried<'a>(
    setting: &'a Assumption,
    findings: &Findings,
    subjects: &'a [Named],
) -> Option<Carried<'a>> {
    let rest = setting.key.strip_prefix("failure.")?;
    let (name, what) = rest.rsplit_once('.')?;
    let name = name.trim_matches('"');
    let of = |s: &'a Named| s.of.causes.iter().find(|c| c.cause == name).map(|c| (s, c));
    let matters = by_loss(subjects).into_iter().filter_map(of);
    let most = matters.max_by(|a, b| a.1.share().total_cmp(&b.1.share()));
    // The subject that the verdict is about comes first, where it matters to it at all.
    let focus = subjects::in_focus(findings, subjects).and_then(of);
    let (of, cause) = focus.filter(|(_, c)| c.share() >= CARRIES).or(most)?;
    if cause.share() < CARRIES {
        return None;
    }
    let value = quantity(&setting.value);
    let factor = |end: &Option<String>| {
        let end = quantity(end.as_ref()?)?;
        match what {
            "mtbf" => Some(value? / end),
            "rate" | "lasts" => Some(end / value?),
            _ => None,
        }
    };
    let (at_low, at_high) = (factor(&setting.low), factor(&setting.high));
    Some(Carried { setting, cause, of: of.label.clone(), at_low, at_high })
}

/// The key of the default of low confidence that a cause rests on, if it does.
pub fn doubtful<'a>(findings: &'a Findings, cause: &str) -> Option<&'a str> {
    let own = |a: &&Assumption| {
        let rest = a.key.strip_prefix("failure.").and_then(|rest| rest.strip_prefix(cause));
        a.default
            && a.confidence.as_deref() == Some("low")
            && rest.is_some_and(|r| r.starts_with('.'))
    };
    findings.assumptions.iter().find(own).map(|a| a.key.as_str())
}

/// The size of a length of time or a rate, of a law its mean or median: in seconds or per second.
fn quantity(text: &str) -> Option<f64> {
    let after = |key: &str| {
        let rest = &text[text.find(&format!("{key} = \""))? + key.len() + 4..];
        rest.split('"').next()
    };
    let plain = match text.starts_with('{') {
        true => after("mean").or_else(|| after("median"))?,
        false => text,
    };
    let at = plain.find(|c: char| c != '.' && !c.is_ascii_digit())?;
    let (digits, unit) = plain.split_at(at);
    let number: f64 = digits.parse().ok()?;
    let seconds = |unit: &str| match unit {
        "ms" => Some(1e-3),
        "s" => Some(1.0),
        "min" => Some(60.0),
        "h" => Some(3600.0),
        "d" => Some(86_400.0),
        "w" => Some(604_800.0),
        "y" => Some(31_536_000.0),
        _ => None,
    };
    let size = match unit.strip_prefix('/') {
        Some(per) => number / seconds(per)?,
        None => number * seconds(unit)?,
    };
    (size > 0.0).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_where_they_are_plain() {
        let table = [
            ("30d", Some(2_592_000.0)),
            ("0.1/s", Some(0.1)),
            (r#"{ dist = "exponential", mean = "2min" }"#, Some(120.0)),
            (r#"{ dist = "lognormal", median = "1h", sigma = 1.2 }"#, Some(3600.0)),
            (r#"{ dist = "uniform", high = "60%", low = "5%" }"#, None),
            ("5%", None),
            ("none", None),
            ("0s", None),
        ];
        for (text, size) in table {
            assert_eq!(quantity(text), size, "{text}");
        }
    }
}
