//! `zonefall check FILE…`: all mistakes at once, or what a sound scenario amounts to in a year.

use super::args::Overrides;
use super::{Failure, Talk, input};
use crate::model::capacity::Shortage;
use crate::report::exit::Exit;
use crate::report::{number, residency, room, text};
use crate::scenario::spec::{Course, Load, Scenario};
use crate::study::{self, Expected};
use crate::time::Span;
use clap::Args;

/// Failures named one by one; the rarer ones are summed.
const NAMED: usize = 6;

/// Paths by which data may leave, of alike ones together; of a fleet with more the result has all.
const PATHS: usize = 200;

/// Find every mistake in a scenario, or say what it amounts to in a year
#[derive(Debug, Args)]
pub struct Check {
    /// Scenario files; - is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Print the scenario in effect, each value with its origin
    #[arg(long)]
    resolved: bool,
    #[command(flatten)]
    overrides: Overrides,
}

/// A file that cannot be read does not hide the mistakes in the others.
pub fn check(args: &Check, talk: &Talk) -> Result<Exit, Failure> {
    let mut exit = Exit::Fine;
    for file in &args.files {
        match input::load(&args.overrides.origin(file), talk) {
            Ok(Some(loaded)) if args.resolved => talk.result(&loaded.resolved.to_string())?,
            Ok(Some(loaded)) => {
                let expected = study::expected(&loaded.scenario);
                talk.result(&amounts_to(file, &loaded.scenario, &expected))?;
            }
            Ok(None) => exit = exit.worst(Exit::Invalid),
            Err(failure) => {
                talk.error(&failure.message);
                exit = exit.worst(failure.exit);
            }
        }
    }
    Ok(exit)
}

/// What one year of a sound scenario holds.
fn amounts_to(file: &str, scenario: &Scenario, expected: &[Expected]) -> String {
    let file = if file == "-" { "standard input" } else { file };
    let mut out = format!("{} is sound. In one year it amounts to:\n", text::clean(file));
    let (changes, faults): (Vec<_>, Vec<_>) = expected.iter().cloned().partition(|it| it.change);
    out += &text::wrapped("  failures    ", &listed(&faults));
    if !changes.is_empty() {
        out += &text::wrapped("  changes     ", &listed(&changes));
    }
    out += &residency::lines("  residency   ", &study::residency::static_verdict(scenario), PATHS);
    if let Some(loads) = loads(scenario) {
        out += &text::wrapped("  load        ", &loads);
    }
    if let Some(capacity) = capacity(scenario) {
        out += &text::wrapped("  capacity    ", &capacity);
    }
    if let Some(told) = hosts_after_a_zone(&study::shortage::shortages(scenario)) {
        out += &text::wrapped("  room        ", &told);
    }
    out += &text::wrapped("  settings    ", &settings(scenario));
    out += &text::wrapped("  to run      ", &years(scenario));
    out
}

/// `30 container crashes · 0.30 zone outages · 9 rarer`
fn listed(expected: &[Expected]) -> String {
    let mut ranked: Vec<&Expected> = expected.iter().filter(|e| e.per_year > 0.0).collect();
    ranked.sort_by(|a, b| b.per_year.total_cmp(&a.per_year).then(a.name.cmp(&b.name)));
    if ranked.is_empty() {
        return "none".into();
    }
    let told = |e: &&Expected| {
        let name = match e.name.strip_prefix("dependency.") {
            Some(name) => format!("outages of {}", text::clean(name)),
            None => number::plural(&text::clean(&e.name).replace('-', " ")),
        };
        format!("{} {name}", number::significant(e.per_year, 2))
    };
    let mut parts: Vec<_> = ranked.iter().take(NAMED).map(told).collect();
    if ranked.len() > NAMED {
        parts.push(format!("{} rarer", ranked.len() - NAMED));
    }
    parts.join(" · ")
}

/// `after losing any one zone everything finds room`, or which zones are one too many.
fn hosts_after_a_zone(zones: &[(String, Shortage)]) -> Option<String> {
    if zones.is_empty() {
        return None;
    }
    let short: Vec<_> = zones.iter().filter(|(_, it)| it.unplaced > 0).collect();
    if short.is_empty() {
        return Some("after losing any one zone every container finds room elsewhere".into());
    }
    let told = |(zone, it): &&(String, Shortage)| {
        let displaced = number::grouped(it.displaced.into());
        format!(
            "{} of {displaced} (zone {})",
            number::grouped(it.unplaced.into()),
            text::clean(zone)
        )
    };
    let told: Vec<_> = short.iter().take(NAMED).map(told).collect();
    let more = if short.len() > NAMED { " …" } else { "" };
    Some(format!(
        "after losing any one zone some containers find no room: {}{more}",
        told.join(" · ")
    ))
}

/// `shop 40/s on average, 424/s at most, a trace with 8 gaps (40 min of 14 d)`
fn loads(scenario: &Scenario) -> Option<String> {
    let apps = scenario.apps.iter().map(|app| (&app.name, &app.load));
    let all = apps.chain(scenario.services.iter().map(|service| (&service.name, &service.load)));
    let changing: Vec<_> = all
        .filter_map(|(name, load)| Some((name, load.as_ref()?)))
        .filter(|(_, load)| load.growth.is_some() || load.course != Course::Constant)
        .collect();
    let told = |(name, load): &(&String, &Load)| {
        let mut told = format!("{} {} on average", text::clean(name), room::rate(load.mean));
        if load.course != Course::Constant {
            told += &format!(", {} at most", room::rate(load.peak()));
        }
        if let Some(growth) = load.growth {
            let year = growth.factor(Span::YEAR) - 1.0;
            told += &format!(", growing by {} a year", number::percent(year));
        }
        if let Course::Trace(trace) = &load.course
            && trace.gaps > 0
        {
            let gaps = number::counted(trace.gaps as usize, "gap");
            told += &format!(", a trace with {gaps} ({} of {})", trace.gap, trace.period);
        }
        told
    };
    let mut parts: Vec<_> = changing.iter().take(NAMED).map(told).collect();
    if changing.len() > NAMED {
        parts.push(format!("{} more that change", changing.len() - NAMED));
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// `after losing any one zone: shop 32 % busy; loja has a single container and stops`
fn capacity(scenario: &Scenario) -> Option<String> {
    let rows = study::after_losing_a_zone(scenario);
    let mut told = Vec::new();
    for row in rows.iter().take(NAMED) {
        let app = text::clean(row.app);
        told.push(match (row.left < row.needs, row.containers, row.busy) {
            (true, 1, _) => format!("{app} has a single container and stops"),
            (true, all, _) => format!("{app} keeps {} of {all} containers and stops", row.left),
            (false, _, Some(busy)) => format!("{app} {} busy", room::busy(busy)),
            (false, ..) => continue,
        });
    }
    match rows.len().saturating_sub(NAMED) {
        0 => {}
        more => told.push(format!("{more} more with less at stake")),
    }
    (!told.is_empty()).then(|| format!("after losing any one zone: {}", told.join("; ")))
}

/// `30 yours · 49 from mendix-cloud@2026-11, of which 17 have low confidence`
fn settings(scenario: &Scenario) -> String {
    let (defaults, own): (Vec<_>, Vec<_>) = scenario.settings.iter().partition(|s| s.default);
    let low = defaults.iter().filter(|s| s.confidence.as_deref() == Some("low")).count();
    let mut told = format!("{} yours", number::grouped(own.len() as u64));
    if !defaults.is_empty() {
        told += &format!(
            " · {} from {}",
            number::grouped(defaults.len() as u64),
            text::clean(&scenario.platform)
        );
    }
    if low > 0 {
        told += &format!(", of which {low} have low confidence");
    }
    told
}

/// How long a study is: exactly, or at most, because a precision is reached when it is reached.
fn years(scenario: &Scenario) -> String {
    let study = &scenario.study;
    let years = |n: u64| number::years(n as f64 * study.horizon.as_years(), "year");
    match (study.replications, study.precision) {
        (Some(n), _) => years(n),
        (None, Some(p)) => {
            format!("until ±{}, at most {}", number::level(p), years(study.max_replications))
        }
        (None, None) => format!("at most {}", years(study.max_replications)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_from_the_most_frequent_on() {
        let expected = |name: &str, per_year| Expected {
            name: name.into(),
            per_year,
            targets: 1,
            change: false,
        };
        let list = [
            expected("zone-outage", 0.3),
            expected("container-crash", 30.1),
            expected("never", 0.0),
            expected("region-outage", 0.0104),
            expected("a", 0.009),
            expected("b", 0.008),
            expected("c", 0.007),
            expected("d", 0.006),
            expected("e", 0.005),
        ];
        assert_eq!(
            listed(&list),
            "30 container crashes · 0.30 zone outages · 0.010 region outages · 0.0090 as · 0.0080 bs · \
             0.0070 cs · 2 rarer"
        );
        assert_eq!(listed(&list[2..3]), "none");
    }
}
