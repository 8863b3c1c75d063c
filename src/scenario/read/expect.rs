//! `[[expect]] that = "app.shop.failover.p95 <= 5min"`, and the paths of quantities.

use super::slo::{percent, share_of};
use super::study::check_period;
use crate::scenario::mistakes::Mistake;
use crate::scenario::names::{closest, listed, quoted};
use crate::scenario::reading::Reading;
use crate::scenario::spec::{Expectation, Period, Relation, Study};
use crate::scenario::units::{self, Wrong};
use crate::scenario::view::{View, Word};
use std::collections::BTreeMap;

/// In what a quantity is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Share,
    Duration,
    Number,
}

/// The quantities of an app or service, as alternatives of each part of their path.
const QUANTITIES: &[(&[&str], Unit)] = &[
    (&["unavailability", "time requests time_any sla_minutes started_minutes"], Unit::Share),
    (&["unavailability", "planned unplanned_time unplanned_requests"], Unit::Share),
    (&["availability", "time requests time_any sla_minutes started_minutes"], Unit::Share),
    (&["availability", "unplanned_time unplanned_requests"], Unit::Share),
    (&["outages_per_year"], Unit::Number),
    (&["any_outage"], Unit::Share),
    (&["first_outage"], Unit::Duration),
    (&["outage", "mean p50 p90 p95 p99 p999 max"], Unit::Duration),
    (&["failover", "mean p50 p95 p99"], Unit::Duration),
    (&["failover", "detect decide act start reroute", "mean p95"], Unit::Duration),
    (&["downtime_per_year", "mean p50 p95 p99"], Unit::Duration),
    (&["downtime_per_year"], Unit::Duration),
    (&["redundancy_restored", "mean p95"], Unit::Duration),
    (&["absorbed_per_year"], Unit::Number),
    (&["unplaced_container"], Unit::Duration),
    (&["database", "unavailability"], Unit::Share),
    (
        &["database", "failovers_per_year planned_per_year stuck_per_year restores_per_year"],
        Unit::Number,
    ),
    (&["database", "failover", "mean p50 p95 p99"], Unit::Duration),
    (
        &["database", "failover", "detect decide promote reconnect", "mean p50 p95 p99"],
        Unit::Duration,
    ),
    (&["database", "copies_promoted_per_year"], Unit::Number),
    (&["fallback", "per_year called_off_per_year returns_per_year"], Unit::Number),
    (&["fallback", "away"], Unit::Share),
    (&["data_loss", "mean p50 p95 p99 max"], Unit::Duration),
    (&["data_loss", "events_per_year"], Unit::Number),
    (&["data_loss"], Unit::Duration),
    (&["recovery", "met"], Unit::Share),
    (&["slo", "met"], Unit::Share),
    (&["latency", "mean p50 p95 p99"], Unit::Duration),
    (&["latency", "wait", "mean p50 p95 p99"], Unit::Duration),
    (&["capacity", "overloaded lost"], Unit::Share),
    (&["backups", "restorable_age", "mean p50 p95 p99 max"], Unit::Duration),
    (&["backups", "above_a_day nothing"], Unit::Share),
    (&["backups", "lost_per_year copies_lost_per_year skipped_per_year"], Unit::Number),
    (&["backups", "drills", "restored"], Unit::Share),
    (&["backups", "drills", "took loses", "mean p50 p95 p99"], Unit::Duration),
    (&["files", "unavailability time_any loss_per_year"], Unit::Share),
    (&["files", "lost_per_year replicas_lost_per_year"], Unit::Number),
    (&["files", "moved_per_year refused_per_year hours_elsewhere_per_year"], Unit::Number),
    (&["busy"], Unit::Share),
    (&["busy_after_zone_outage"], Unit::Share),
    (&["residency", "violations hours byte_hours refused"], Unit::Number),
];

/// What is known only of files that are moved.
const MOVES: [&str; 3] = ["moved_per_year", "refused_per_year", "hours_elsewhere_per_year"];

/// Quantities of the design that nothing measures yet, and what will provide them.
const LATER: &[(&str, &str)] = &[("months", "`slo` with `in`")];

/// What an app or service has, as far as expectations care.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Subject {
    pub has_load: bool,
    pub has_slo: bool,
    pub has_capacity: bool,
    pub has_queue: bool,
    /// The times of service are exponential, so that responses have percentiles.
    pub has_responses: bool,
    pub has_database: bool,
    pub has_replica: bool,
    pub has_fallback: bool,
    pub has_recovery_target: bool,
    /// It says where its data may be.
    pub has_residency: bool,
    pub has_backups: bool,
    pub has_drills: bool,
    pub has_files: bool,
    /// Some of its requests need them.
    pub needs_files: bool,
    pub relocates: bool,
}

impl Subject {
    /// What it lacks is only for another mistake.
    pub const ANYTHING: Subject = Subject {
        has_load: true,
        has_slo: true,
        has_capacity: true,
        has_queue: true,
        has_responses: true,
        has_database: true,
        has_replica: true,
        has_fallback: true,
        has_recovery_target: true,
        has_residency: true,
        has_backups: true,
        has_drills: true,
        has_files: true,
        needs_files: true,
        relocates: true,
    };
}

/// Apps and services by path, e.g. `app.shop`.
pub(super) type Subjects = BTreeMap<String, Subject>;

pub(super) fn expectation(
    view: View<'_>,
    subjects: &Subjects,
    study: &Study,
) -> Option<Expectation> {
    let that = view.word("that");
    let share_of_years = view.has("in").then(|| share_of(view, "in", "years")).flatten();
    if view.has("in") {
        check_period(view, study, Period::Year, view.at("in"));
    }
    let that = that?;
    let Some((path, relation, bound)) = split(that.text) else {
        view.reading.mistake(
            Mistake::new(that.at, "an expectation is a quantity, a relation and a bound")
                .help("write \"app.shop.failover.p95 <= 5min\" with one of <= < >= > =="),
        );
        return None;
    };
    let unit = quantity(view.reading, Word { text: path, at: that.at }, subjects)?;
    let read: fn(&str) -> Result<f64, Wrong> = match unit {
        Unit::Share => units::share,
        Unit::Duration => units::duration,
        Unit::Number => units::plain,
    };
    let bound = read(bound)
        .map_err(|wrong| {
            let title = match unit {
                Unit::Share => format!("`{}` is a share and needs a percentage", quoted(path)),
                Unit::Duration => format!("`{}` is a duration", quoted(path)),
                Unit::Number => format!("`{}` is a plain number", quoted(path)),
            };
            view.reading.mistake(Mistake::of_value(that.at, title, wrong));
        })
        .ok()?;
    let by_year = path.contains(".downtime_per_year") || path.ends_with(".data_loss");
    if share_of_years.is_some() && !by_year {
        let title = "only the downtime and the data loss of a year are counted year by year";
        let help = "write \"app.NAME.downtime_per_year <= 2h\", or leave out `in`";
        view.reading.mistake(Mistake::new(view.at("in"), title).help(help));
    }
    let periods = share_of_years
        .map_or_else(String::new, |share| format!(" in {} % of years", percent(share)));
    Some(Expectation {
        that: format!("{}{periods}", that.text),
        path: path.to_owned(),
        relation,
        bound,
        share_of_years,
        from_slo: false,
    })
}

fn split(text: &str) -> Option<(&str, Relation, &str)> {
    // Two characters before one: `<=` begins with `<`.
    let relations = [
        ("<=", Relation::AtMost),
        (">=", Relation::AtLeast),
        ("==", Relation::Equal),
        ("≤", Relation::AtMost),
        ("≥", Relation::AtLeast),
        ("<", Relation::Below),
        (">", Relation::Above),
        ("=", Relation::Equal),
    ];
    let (sign, relation) = relations.into_iter().find(|(sign, _)| text.contains(sign))?;
    let (path, bound) = text.split_once(sign)?;
    let (path, bound) = (path.trim(), bound.trim());
    (!path.is_empty() && !bound.is_empty()).then_some((path, relation, bound))
}

/// The unit of the quantity at a path, or a mistake.
pub(super) fn quantity(reading: &Reading, path: Word<'_>, subjects: &Subjects) -> Option<Unit> {
    let mistake = |title: String| Mistake::new(path.at, title);
    // Names may hold dots, so the longest subject that fits is meant.
    let found = subjects
        .iter()
        .filter(|(subject, _)| {
            path.text.strip_prefix(subject.as_str()).is_some_and(|rest| rest.starts_with('.'))
        })
        .max_by_key(|(subject, _)| subject.len());
    let Some((name, subject)) = found else {
        let stem = path.text.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
        let meant = closest(&stem, subjects.keys().map(String::as_str));
        let title = format!("there is no `{}` to expect anything of", quoted(&stem));
        reading.mistake(mistake(title).meant(meant, || {
            let known: Vec<_> = subjects.keys().take(10).collect();
            format!("expectations are on {}", listed(&known, "or"))
        }));
        return None;
    };
    let rest = &path.text[name.len() + 1..];
    let parts: Vec<&str> = rest.split('.').collect();
    let Some((_, unit)) = QUANTITIES.iter().find(|(pattern, _)| fits(pattern, &parts)) else {
        reading.mistake(unknown(rest, &parts, path));
        return None;
    };
    if rest.ends_with(".requests") && !subject.has_load {
        let title = format!("{name} has no load, so nothing is measured by request");
        reading.mistake(mistake(title).help("add `load`, or ask for the quantity by `time`"));
    }
    if rest == "slo.met" && !subject.has_slo {
        reading.mistake(mistake(format!("{name} has no `slo`")).help("add slo = \"99.95%\""));
    }
    match parts[0] {
        "latency" if !subject.has_queue => {
            let help = "add `concurrency` and `queue_places`";
            reading.mistake(mistake(format!("{name} has no queue to wait in")).help(help));
        }
        "latency" if parts.len() == 2 && parts[1] != "mean" && !subject.has_responses => {
            let title = "percentiles of the response are known for exponential service times only";
            reading.mistake(mistake(title.into()).help("ask for its mean, or for latency.wait"));
        }
        "recovery" if !subject.has_recovery_target => {
            let title = format!("{name} has no `recovery_target`");
            reading.mistake(mistake(title).help("say how soon it is to recover, e.g. \"30min\""));
        }
        "database" | "data_loss" if !subject.has_database => {
            let title = format!("{name} has no `database`");
            reading.mistake(mistake(title).help("describe it: [app.NAME.database]"));
        }
        "database" if !subject.has_replica && rest == "database.copies_promoted_per_year" => {
            let title = format!("the database of {name} has no copy in another region");
            reading.mistake(mistake(title).help("give it a `replica`"));
        }
        "fallback" if !subject.has_fallback => {
            let title = format!("{name} has no `fallback`");
            reading.mistake(mistake(title).help("say where it goes: fallback.region"));
        }
        "residency" if !subject.has_residency => {
            let help = "add residency = { keep_in = \"EU\" }";
            let title = format!("{name} does not say where its data may be");
            reading.mistake(mistake(title).help(help));
        }
        "files" if !subject.has_files => {
            let title = format!("{name} has no `files`");
            reading.mistake(mistake(title).help("describe them: files = { size = \"200GiB\" }"));
        }
        "files" if !subject.needs_files && ["unavailability", "time_any"].contains(&parts[1]) => {
            let title = format!("no request of {name} needs files");
            reading.mistake(mistake(title).help("say how many do: `reads`, `writes`"));
        }
        "files" if !subject.relocates && MOVES.contains(&parts[1]) => {
            let title = format!("the files of {name} are never moved");
            reading.mistake(mistake(title).help("say where: [app.NAME.files.relocate]"));
        }
        "backups" if !subject.has_backups => {
            let title = format!("nothing of {name} is backed up");
            reading.mistake(mistake(title).help("describe `files` or `database`, and `backups`"));
        }
        "backups" if parts[1] == "drills" && !subject.has_drills => {
            let title = format!("no backup of {name} is restored on trial");
            reading
                .mistake(mistake(title).help("add drill = { every = \"91d\" } to its `backups`"));
        }
        "capacity" | "busy" | "busy_after_zone_outage" if !subject.has_capacity => {
            let title = format!("{name} has no `capacity`");
            reading.mistake(mistake(title).help("add what one container can serve"));
        }
        _ => {}
    }
    Some(*unit)
}

fn fits(pattern: &[&str], parts: &[&str]) -> bool {
    pattern.len() == parts.len()
        && pattern.iter().zip(parts).all(|(words, part)| words.split(' ').any(|word| word == *part))
}

fn unknown(rest: &str, parts: &[&str], path: Word<'_>) -> Mistake {
    if let Some((_, provider)) = LATER.iter().find(|(name, _)| parts[0] == *name) {
        let title = format!("`{}` is not built yet: {provider}", quoted(rest));
        return Mistake::new(path.at, title).label("remove it for now");
    }
    let all = all_quantities();
    Mistake::new(path.at, format!("there is no quantity `{}`", quoted(rest))).meant(
        closest(rest, all.iter().map(String::as_str)),
        || {
            let firsts: Vec<_> = QUANTITIES.iter().map(|(pattern, _)| pattern[0]).collect();
            let mut firsts = firsts;
            firsts.dedup();
            format!("quantities begin with {}", listed(&firsts, "or"))
        },
    )
}

/// Every quantity, spelt out.
fn all_quantities() -> Vec<String> {
    let mut all = Vec::new();
    for (pattern, _) in QUANTITIES {
        let mut paths = vec![String::new()];
        for words in *pattern {
            paths = paths
                .iter()
                .flat_map(|path| words.split(' ').map(move |word| format!("{path}.{word}")))
                .collect();
        }
        all.extend(paths.into_iter().map(|path| path[1..].to_owned()));
    }
    all
}
