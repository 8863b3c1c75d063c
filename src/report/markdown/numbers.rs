//! Availability under every definition, outages, and the months of the calendar.

use super::escape::escaped;
use super::{interval_header, section, table};
use crate::report::subjects::Named;
use crate::report::{backups, files, fleet, number};
use crate::study::findings::{Estimate, Findings, Subject};

/// Each definition beside the others, because contracts differ in which one they mean.
pub fn availability(findings: &Findings, subjects: &[Named]) -> String {
    let rows = subjects.iter().flat_map(|s| {
        let u = &s.of.unavailability;
        let kinds = [
            ("requests", u.requests.as_ref()),
            ("time", Some(&u.time)),
            ("time_any", Some(&u.time_any)),
            ("sla_minutes", Some(&u.sla_minutes)),
            ("started_minutes", Some(&u.started_minutes)),
            ("planned", u.planned.as_ref()),
            ("unplanned_time", u.unplanned_time.as_ref()),
            ("unplanned_requests", u.unplanned_requests.as_ref()),
        ];
        let kinds = kinds.into_iter().filter_map(|(kind, e)| e.map(|e| (kind, e)));
        kinds.map(|(kind, e)| definition(findings, s, kind, e)).collect::<Vec<_>>()
    });
    let interval = interval_header(findings);
    let mut out =
        section("Availability", &["of", "definition", "mean", &interval, "minutes a year"], rows);
    let together = fleet::told(findings);
    if !together.is_empty() {
        out += &format!("\nTogether: {}.\n", escaped(&together.join(" · ")));
    }
    out
}

fn definition(findings: &Findings, s: &Named, kind: &str, e: &Estimate) -> Vec<String> {
    let told = number::availability(e);
    // Nothing seen is a bound, not 100 %.
    let (mean, interval) = match e.mean == 0.0 {
        true => (
            format!("none lost in {}", number::years(findings.study.simulated_years, "year")),
            format!("at least {}{}", told.low, told.unit),
        ),
        false => (told.point(), told.interval()),
    };
    let minutes = number::minutes(e.mean * s.of.counted_a_year());
    vec![escaped(&s.label), escaped(kind), mean, interval, minutes]
}

/// How often, how long, how soon replaced.
pub fn outages(subjects: &[Named]) -> String {
    let rows = subjects.iter().map(|s| {
        let of = s.of;
        let lengths = of.outage_s.as_ref();
        let percentile =
            |e: Option<&Estimate>| e.map_or("–".into(), |e| number::seconds(e).point());
        let longest = lengths.map_or("–".into(), |l| {
            let at_least = if l.max_at_least { "at least " } else { "" };
            format!("{at_least}{}", number::duration(l.max))
        });
        let rate = match of.outages_seen {
            0 => format!("none seen, at most {}", number::at_most(of.outages_per_year.high)),
            _ => {
                let rate = number::plain(&of.outages_per_year, "");
                format!("{} ({})", rate.point(), rate.interval())
            }
        };
        let year = of.years();
        let restored = of.redundancy_restored_s.as_ref();
        vec![
            escaped(&s.label),
            rate,
            percentile(lengths.map(|l| &l.mean)),
            percentile(lengths.and_then(|l| l.p50.as_ref())),
            percentile(lengths.and_then(|l| l.p95.as_ref())),
            percentile(lengths.and_then(|l| l.p99.as_ref())),
            longest,
            percentile(year.and_then(|y| y.p50.as_ref())),
            percentile(year.and_then(|y| y.p95.as_ref())),
            percentile(restored.and_then(|r| r.p95.as_ref())),
        ]
    });
    let headers = [
        "of",
        "outages a year",
        "mean length",
        "p50",
        "p95",
        "p99",
        "longest",
        "lost in a median year",
        "lost in a p95 year",
        "replaced within (p95)",
    ];
    section("Outages", &headers, rows)
}

/// What was backed up, what could be restored, and what became of files.
pub fn backups(subjects: &[Named]) -> String {
    let escape = |rows: Vec<Vec<String>>| {
        rows.into_iter().map(|row| row.iter().map(|text| escaped(text)).collect::<Vec<_>>())
    };
    let mut out = section("Backups", &backups::HEADS, escape(backups::rows(subjects)));
    let drills = backups::drill_rows(subjects);
    if !drills.is_empty() {
        out += "\n";
        out += &section("Restores on trial", &backups::DRILL_HEADS, escape(drills));
    }
    let files = files::rows(subjects);
    if !files.is_empty() {
        out += if out.is_empty() { "" } else { "\n" };
        out += &section("Files", &files::HEADS, escape(files));
    }
    out
}

/// The calendar, with the share of replications in which each month met the objective.
pub fn months(subjects: &[Named]) -> String {
    let mut out = String::new();
    for s in subjects.iter().filter(|s| !s.of.months.is_empty()) {
        let target = slo(s.of);
        let rows: Vec<_> = s
            .of
            .months
            .iter()
            .map(|m| {
                let partial = if m.complete { "" } else { " (partial)" };
                let told = number::availability(&m.unavailability);
                let lost =
                    if m.unavailability.mean == 0.0 { "none lost".into() } else { told.point() };
                let met = m.met.as_ref().map_or("–".into(), |e| number::share(e).point());
                vec![format!("{}{partial}", escaped(&m.month)), lost, met]
            })
            .collect();
        let headers = ["month", "availability", &target];
        out += &format!("### {}\n\n{}\n", escaped(&s.label), table(&headers, &rows));
    }
    if out.is_empty() { out } else { format!("## Months\n\n{}", out.trim_end_matches('\n')) + "\n" }
}

/// `meets 99.95 %`, or a dash without an objective.
fn slo(of: &Subject) -> String {
    of.slo.first().map_or("–".into(), |slo| format!("meets {}", number::level(slo.target)))
}

/// Load against what can be served, and how long requests take.
pub fn room(subjects: &[Named]) -> String {
    use crate::report::room::{busy, rate, seconds};
    let day = |day: &Option<String>| day.as_deref().map_or("–".into(), escaped);
    let rooms = subjects.iter().filter_map(|s| {
        let room = s.of.capacity.as_ref()?;
        let latency = s.of.latency_s.as_ref();
        let at = |e: Option<Estimate>| e.map_or("–".into(), |e| seconds(e.mean));
        let share = |e: Option<Estimate>| e.map_or("–".into(), |e| number::percent(e.mean));
        Some(vec![
            escaped(&s.label),
            rate(room.peak),
            busy(room.busy),
            room.busy_after_zone_outage.map_or("stops".into(), busy),
            day(&room.runs_out_after_zone_outage),
            share(room.overloaded),
            share(room.lost),
            at(latency.map(|it| it.mean)),
            at(latency.and_then(|it| it.p95)),
            at(latency.and_then(|it| it.p99)),
        ])
    });
    let heads = [
        "app",
        "peak load",
        "busy",
        "busy without a zone",
        "enough until",
        "overloaded",
        "requests lost to it",
        "response, mean",
        "p95",
        "p99",
    ];
    section("Room", &heads, rooms)
}
