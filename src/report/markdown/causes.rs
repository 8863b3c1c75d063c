//! What takes it down, where the failover time goes, what was waited for, which component matters.

use super::escape::escaped;
use super::{section, table};
use crate::report::subjects::Named;
use crate::report::{self, number};
use crate::study::findings::{Cause, Findings, Percentiles};

/// Components listed by importance, for each subject.
const MOST: usize = 10;

/// One table of causes for each app and service, then one for all apps together.
pub fn tables(findings: &Findings, subjects: &[Named]) -> String {
    let each = per_subject("What takes it down", subjects, |s| of(&s.of.causes));
    match of(&findings.causes) {
        Some(sum) if findings.app.len() > 1 => {
            format!("{each}\n### All apps together\n\n{sum}\nSums over the apps.\n")
        }
        _ => each,
    }
}

fn of(causes: &[Cause]) -> Option<String> {
    let rows: Vec<_> = causes.iter().map(cause).collect();
    let headers = [
        "cause",
        "times a year",
        "seen",
        "absorbed",
        "minutes a year",
        "share",
        "of downtime",
        "over by (p95)",
        "contributing, minutes a year",
    ];
    (!rows.is_empty()).then(|| table(&headers, &rows))
}

fn cause(c: &Cause) -> Vec<String> {
    vec![
        escaped(&c.cause),
        number::times(c),
        number::grouped(c.seen),
        number::grouped(c.absorbed),
        number::minutes(c.lost_a_year()),
        number::percent(c.share()),
        c.downtime_share.map_or("–".into(), |share| number::percent(share.mean)),
        c.over_by_p95_s.as_ref().map_or("–".into(), |e| number::seconds(e).point()),
        number::minutes(c.contributing_per_year_s),
    ]
}

/// Detect → decide → act → start → reroute.
pub fn failover_clock(subjects: &[Named]) -> String {
    let told = |e: Option<&crate::study::findings::Estimate>| {
        e.map_or("–".into(), |e| number::seconds(e).point())
    };
    let row = |name: &str, p: &Percentiles| {
        vec![
            name.into(),
            told(Some(&p.mean)),
            told(p.p50.as_ref()),
            told(p.p95.as_ref()),
            told(p.p99.as_ref()),
        ]
    };
    per_subject("Failover clock", subjects, |s| {
        let clock = s.of.failover_s.as_ref()?;
        let rows = [
            row("detect", &clock.detect),
            row("decide", &clock.decide),
            row("act", &clock.act),
            row("start", &clock.start),
            row("reroute", &clock.reroute),
            row("total", &clock.total),
        ];
        let episodes = number::grouped(clock.episodes);
        let open = match clock.censored {
            0 => String::new(),
            n => format!(", {} more still open at the end and left out", number::grouped(n)),
        };
        let table = table(&["phase", "mean", "p50", "p95", "p99"], &rows);
        Some(format!("{table}\n{episodes} failovers{open}. Means add up; percentiles do not.\n"))
    })
}

/// The same downtime, by what was waited for.
pub fn waited_for(subjects: &[Named]) -> String {
    let rows = subjects.iter().flat_map(|s| {
        s.of.waited_for.iter().map(|w| {
            vec![
                escaped(&s.label),
                escaped(&w.phase),
                number::percent(w.downtime_share.mean),
                number::minutes(w.downtime_per_year_s),
            ]
        })
    });
    section("What the downtime waited for", &["of", "phase", "share", "minutes a year"], rows)
}

/// The failover of databases step by step, and what restores lost.
pub fn database(subjects: &[Named]) -> String {
    per_subject("Database", subjects, |s| {
        let database = s.of.database.as_ref()?;
        let mut out = format!(
            "{} database, taking no writes {} of the time.\n",
            escaped(&database.mode),
            number::percent(database.unavailability.mean)
        );
        if let Some(rows) = report::database::phases(s.of) {
            let episodes = database.failover_s.as_ref().map_or(0, |it| it.episodes);
            out += &format!(
                "\n{}\n{} failovers that went by themselves. Means add up; percentiles do not.\n",
                table(&report::database::PHASE_HEADS, &rows),
                number::grouped(episodes)
            );
        }
        match report::database::losses(s.of) {
            Some(rows) => {
                out += &format!("\n{}", table(&report::database::LOSS_HEADS, &rows));
                if let Some(told) = report::database::losses_a_year(s.of) {
                    out += &format!("\n{told}.\n");
                }
            }
            None => {
                if let Some(told) = report::database::data_loss(s.of) {
                    out += &format!("\nData lost: {told}.\n");
                }
            }
        }
        Some(out)
    })
}

/// How apps go to another region.
pub fn fallback(subjects: &[Named]) -> String {
    per_subject("Fallback to another region", subjects, |s| {
        Some(format!("{}.\n", escaped(&report::database::fallback(s.of)?)))
    })
}

/// Faults by class, how soon they are over, and what they take of the data.
pub fn recovery(subjects: &[Named]) -> String {
    per_subject("Recovery by class of fault", subjects, |s| {
        let recovery = s.of.recovery.as_ref().filter(|it| !it.classes.is_empty())?;
        let with_target = recovery.target_s.is_some();
        let rows: Vec<_> =
            recovery.classes.iter().map(|it| report::database::row(it, with_target)).collect();
        let table = table(&report::database::heads(with_target), &rows);
        let target = recovery.target_s.zip(recovery.met.as_ref()).map(|(target, met)| {
            format!(
                "\n{} recover within {}.\n",
                number::percent(met.mean),
                number::duration(target)
            )
        });
        let note = report::database::note(recovery).map(|it| format!("\n{it}\n"));
        Some(table + &note.unwrap_or_default() + &target.unwrap_or_default())
    })
}

/// Birnbaum importance, the most important components first.
pub fn importance(findings: &Findings) -> String {
    let mut all = vec![];
    for components in findings.components.values() {
        for (subject, by_name) in &components.birnbaum {
            all.extend(by_name.iter().map(|(name, e)| (subject, name, e)));
        }
    }
    // By subject, then the most important first; ties by name, so that the order is always the same.
    all.sort_by(|a, b| a.0.cmp(b.0).then(b.2.mean.total_cmp(&a.2.mean)).then(a.1.cmp(b.1)));
    let mut left = MOST;
    let mut before = None;
    all.retain(|(subject, ..)| {
        if before != Some(*subject) {
            (before, left) = (Some(*subject), MOST);
        }
        let keep = left > 0;
        left = left.saturating_sub(1);
        keep
    });
    let rows = all.into_iter().map(|(subject, name, e)| {
        let told = number::plain(e, "");
        vec![escaped(subject), escaped(name), told.point(), told.interval()]
    });
    section("Importance", &["of", "component", "Birnbaum importance", "interval"], rows)
}

/// A heading, then a part for each subject that has one.
fn per_subject(title: &str, subjects: &[Named], part: impl Fn(&Named) -> Option<String>) -> String {
    let parts: Vec<String> = subjects
        .iter()
        .filter_map(|s| Some(format!("### {}\n\n{}", escaped(&s.label), part(s)?)))
        .collect();
    if parts.is_empty() { String::new() } else { format!("## {title}\n\n{}", parts.join("\n")) }
}
