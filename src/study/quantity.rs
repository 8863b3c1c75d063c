//! Quantities by their path (`app.shop.failover.p95`): what expectations and the precision ask for.

use crate::study::findings::{
    Backups, DataLoss, Database, Estimate, Fallback, Files, Findings, Latency, NoneSeen,
    Percentiles, Subject, Unit,
};

/// The estimate that a path names, if the study has one.
pub fn quantity(findings: &Findings, path: &str) -> Option<(Estimate, Unit)> {
    let (name, measure) = split(path)?;
    of_subject(subject(findings, name)?, measure)
}

/// The app or service of a name, e.g. `app.shop`, if it is told.
pub fn subject<'f>(findings: &'f Findings, name: &str) -> Option<&'f Subject> {
    match name.split_once('.')? {
        ("app", name) => findings.app.get(name),
        ("service", name) => findings.service.get(name),
        _ => None,
    }
}

/// `app.shop.failover.p95` is `failover.p95` of `app.shop`. Names may hold dots themselves, so the
/// measure is found from the right.
pub fn split(path: &str) -> Option<(&str, &str)> {
    const MEASURES: [&str; 23] = [
        "unavailability",
        "availability",
        "outages_per_year",
        "any_outage",
        "first_outage",
        "outage",
        "failover",
        "downtime_per_year",
        "redundancy_restored",
        "absorbed_per_year",
        "unplaced_container",
        "database",
        "fallback",
        "data_loss",
        "recovery",
        "slo",
        "latency",
        "capacity",
        "backups",
        "files",
        "busy",
        "busy_after_zone_outage",
        "residency",
    ];
    let starts = path.match_indices('.').map(|(at, _)| at).skip(1);
    starts.map(|at| (&path[..at], &path[at + 1..])).find(|(_, measure)| {
        let first = measure.split('.').next().unwrap_or(measure);
        MEASURES.contains(&first)
    })
}

/// Where hosts are not described there is room without end.
const NONE_UNPLACED: Option<Estimate> =
    Some(Estimate { mean: 0.0, low: 0.0, high: 0.0, low_confidence: false });

/// The same of a subject by itself: `failover.p95`.
pub fn of_subject(subject: &Subject, measure: &str) -> Option<(Estimate, Unit)> {
    let (head, rest) = measure.split_once('.').unwrap_or((measure, "mean"));
    let seconds = |estimate: Option<Estimate>| estimate.map(|it| (it, Unit::Seconds));
    match head {
        "unavailability" => unavailability(subject, rest).map(|it| (it, Unit::Share)),
        "availability" => unavailability(subject, rest).map(|it| (complement(it), Unit::Share)),
        "outages_per_year" => Some((subject.outages_per_year, Unit::PerYear)),
        "any_outage" => Some((subject.any_outage, Unit::Share)),
        "first_outage" => seconds(subject.first_outage_s.as_ref().map(|it| it.estimate)),
        "absorbed_per_year" => subject.absorbed_per_year.map(|it| (it, Unit::PerYear)),
        "unplaced_container" => seconds(subject.unplaced_container_s.or(NONE_UNPLACED)),
        "database" => database(subject.database.as_ref()?, rest),
        "fallback" => fallback(subject.fallback.as_ref()?, rest),
        "data_loss" => data_loss(subject.data_loss_s.as_ref()?, rest),
        "recovery" => subject.recovery.as_ref()?.met.map(|it| (it, Unit::Share)),
        "slo" => subject.slo.first()?.met.map(|it| (it, Unit::Share)),
        "downtime_per_year" => seconds(percentile(subject.downtime_per_year_s.as_ref()?, rest)),
        "redundancy_restored" => seconds(percentile(subject.redundancy_restored_s.as_ref()?, rest)),
        "latency" => seconds(latency(subject.latency_s.as_ref()?, rest)),
        "capacity" => {
            let room = subject.capacity.as_ref()?;
            let share = match rest {
                "overloaded" => room.overloaded,
                "lost" => room.lost,
                _ => None,
            };
            share.map(|it| (it, Unit::Share))
        }
        "residency" => {
            let residency = subject.residency.as_ref()?;
            let amount = match rest {
                "violations" => residency.violations_per_year,
                "hours" => residency.hours_per_year,
                "byte_hours" => residency.byte_hours_per_year,
                "refused" => residency.refused_per_year,
                _ => return None,
            };
            Some((amount, Unit::PerYear))
        }
        "files" => files(subject.files.as_ref()?, rest),
        "backups" => backups(subject.backups.as_ref()?, rest),
        "busy" => Some((exactly(subject.capacity.as_ref()?.busy), Unit::Share)),
        // Where no container is left, no load is small enough.
        "busy_after_zone_outage" => {
            let busy = subject.capacity.as_ref()?.busy_after_zone_outage;
            Some((exactly(busy.unwrap_or(f64::INFINITY)), Unit::Share))
        }
        "outage" => {
            let lengths = subject.outage_s.as_ref()?;
            seconds(match rest {
                "mean" => Some(lengths.mean),
                "p50" => lengths.p50,
                "p90" => lengths.p90,
                "p95" => lengths.p95,
                "p99" => lengths.p99,
                "p999" => lengths.p999,
                "max" => Some(at_least(lengths.max)),
                _ => None,
            })
        }
        "failover" => {
            let clock = subject.failover_s.as_ref()?;
            let (phase, statistic) = rest.split_once('.').unwrap_or(("total", rest));
            let phase = match phase {
                "detect" => &clock.detect,
                "decide" => &clock.decide,
                "act" => &clock.act,
                "start" => &clock.start,
                "reroute" => &clock.reroute,
                "total" => &clock.total,
                _ => return None,
            };
            seconds(percentile(phase, statistic))
        }
        _ => None,
    }
}

fn fallback(of: &Fallback, which: &str) -> Option<(Estimate, Unit)> {
    match which {
        "per_year" => Some((of.per_year, Unit::PerYear)),
        "called_off_per_year" => Some((of.called_off_per_year, Unit::PerYear)),
        "returns_per_year" => Some((of.returns_per_year, Unit::PerYear)),
        "away" => Some((of.away, Unit::Share)),
        _ => None,
    }
}

fn database(of: &Database, which: &str) -> Option<(Estimate, Unit)> {
    let rate = |estimate: Estimate| Some((estimate, Unit::PerYear));
    match which {
        "unavailability" => Some((of.unavailability, Unit::Share)),
        "failovers_per_year" => rate(of.failovers_per_year),
        "planned_per_year" => rate(of.planned_per_year),
        "stuck_per_year" => rate(of.stuck_per_year),
        "restores_per_year" => rate(of.restores_per_year),
        "copies_promoted_per_year" => rate(of.copies_promoted_per_year?),
        _ => {
            let steps = of.failover_s.as_ref()?;
            let (step, statistic) = match which.strip_prefix("failover.")?.split_once('.') {
                Some(("detect", statistic)) => (&steps.detect, statistic),
                Some(("decide", statistic)) => (&steps.decide, statistic),
                Some(("promote", statistic)) => (&steps.promote, statistic),
                Some(("reconnect", statistic)) => (&steps.reconnect, statistic),
                Some(_) => return None,
                None => (&steps.total, which.strip_prefix("failover.")?),
            };
            percentile(step, statistic).map(|it| (it, Unit::Seconds))
        }
    }
}

fn files(of: &Files, which: &str) -> Option<(Estimate, Unit)> {
    let seen = of.seen.as_ref();
    let rate = |it: Option<Estimate>| it.map(|it| (it, Unit::PerYear));
    let moved = seen.and_then(|it| it.relocation.as_ref());
    match which {
        "unavailability" => seen?.unavailability.map(|it| (it, Unit::Share)),
        "time_any" => seen?.time_any.map(|it| (it, Unit::Share)),
        "loss_per_year" => Some((exactly(of.durability.as_ref()?.loss_per_year), Unit::Share)),
        "lost_per_year" => rate(seen.map(|it| it.lost_per_year)),
        "replicas_lost_per_year" => rate(seen.map(|it| it.replicas_lost_per_year)),
        "moved_per_year" => rate(moved.map(|it| it.moved_per_year)),
        "hours_elsewhere_per_year" => rate(moved.map(|it| it.hours_per_year)),
        "refused_per_year" => rate(moved.map(|it| it.refused_per_year)),
        _ => None,
    }
}

/// The longest that was seen: a longer one may come in a longer study.
fn at_least(longest: f64) -> Estimate {
    Estimate { mean: longest, low: longest, high: f64::INFINITY, low_confidence: true }
}

fn backups(of: &Backups, which: &str) -> Option<(Estimate, Unit)> {
    let (head, rest) = which.split_once('.').unwrap_or((which, ""));
    let seconds = |it: Option<Estimate>| it.map(|it| (it, Unit::Seconds));
    let per_year = |it| Some((it, Unit::PerYear));
    match head {
        "lost_per_year" => per_year(of.lost_per_year),
        "copies_lost_per_year" => per_year(of.copies_lost_per_year),
        "skipped_per_year" => per_year(of.skipped_per_year),
        "drills" => {
            let drills = of.drills.as_ref()?;
            match rest.split_once('.') {
                None => (rest == "restored").then_some((drills.restored, Unit::Share)),
                Some(("took", which)) => seconds(percentile(drills.took_s.as_ref()?, which)),
                Some(("loses", which)) => seconds(percentile(drills.loses_s.as_ref()?, which)),
                _ => None,
            }
        }
        _ => {
            let age = of.restorable_age_s.as_ref()?;
            match (head, rest) {
                ("above_a_day", "") => Some((age.above_a_day, Unit::Share)),
                ("nothing", "") => Some((age.nothing, Unit::Share)),
                ("restorable_age", "max") => seconds(Some(at_least(age.max))),
                ("restorable_age", which) => seconds(percentile(&age.spread, which)),
                _ => None,
            }
        }
    }
}

/// Its windows are of losses: without one there is none, and nothing is known of how long it is.
fn data_loss(of: &DataLoss, which: &str) -> Option<(Estimate, Unit)> {
    let seconds = |estimate: Estimate| (estimate, Unit::Seconds);
    match (which, &of.window) {
        ("events_per_year", _) => Some((of.events_per_year, Unit::PerYear)),
        ("max", Some(_)) => Some(seconds(at_least(of.max))),
        (statistic, Some(window)) => percentile(window, statistic).map(seconds),
        (_, None) => None,
    }
}

/// Where a quantity is of events of which none was seen: what is known of them (X2).
pub fn none_seen(subject: &Subject, path: &str) -> Option<NoneSeen> {
    let (name, measure) = split(path)?;
    let quiet = || subject.causes.iter().all(|cause| cause.seen == 0);
    let database = subject.database.as_ref();
    let (what, per_year, instead) = match measure.split_once('.')?.0 {
        "data_loss" => {
            let per_year = subject.data_loss_s.as_ref()?.events_per_year;
            ("loss of data", per_year, "data_loss.events_per_year")
        }
        "database" => (
            "failover of the database",
            database?.failovers_per_year,
            "database.failovers_per_year",
        ),
        "outage" => ("outage", subject.outages_per_year, "outages_per_year"),
        "failover" if quiet() => ("failover", subject.outages_per_year, "outages_per_year"),
        _ => return None,
    };
    // Of a quantity without events there is no value either where a study stops early: that says nothing.
    (per_year.mean == 0.0).then(|| NoneSeen {
        what: what.into(),
        per_year,
        instead: format!("{name}.{instead}"),
        by_year: what == "loss of data",
    })
}

/// What is known without simulating.
fn exactly(value: f64) -> Estimate {
    Estimate { mean: value, low: value, high: value, low_confidence: false }
}

fn latency(of: &Latency, which: &str) -> Option<Estimate> {
    match which {
        "mean" => Some(of.mean),
        "p50" => of.p50,
        "p95" => of.p95,
        "p99" => of.p99,
        "wait.mean" => Some(of.wait.mean),
        "wait.p50" => Some(of.wait.p50),
        "wait.p95" => Some(of.wait.p95),
        "wait.p99" => Some(of.wait.p99),
        _ => None,
    }
}

fn unavailability(subject: &Subject, which: &str) -> Option<Estimate> {
    let all = &subject.unavailability;
    match which {
        "time" => Some(all.time),
        "requests" => all.requests,
        "time_any" => Some(all.time_any),
        "sla_minutes" => Some(all.sla_minutes),
        "started_minutes" => Some(all.started_minutes),
        "planned" => all.planned,
        // Without a window nothing is planned.
        "unplanned_time" => Some(all.unplanned_time.unwrap_or(all.time)),
        "unplanned_requests" => all.unplanned_requests.or(all.requests),
        _ => None,
    }
}

fn complement(of: Estimate) -> Estimate {
    Estimate { mean: 1.0 - of.mean, low: 1.0 - of.high, high: 1.0 - of.low, ..of }
}

fn percentile(of: &Percentiles, which: &str) -> Option<Estimate> {
    match which {
        "mean" => Some(of.mean),
        "p50" => of.p50,
        "p95" => of.p95,
        "p99" => of.p99,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measure_begins_where_the_name_ends() {
        assert_eq!(split("app.shop.failover.p95"), Some(("app.shop", "failover.p95")));
        assert_eq!(split("app.shop.eu.outage.p95"), Some(("app.shop.eu", "outage.p95")));
        assert_eq!(split("service.s.outages_per_year"), Some(("service.s", "outages_per_year")));
        let busy = "busy_after_zone_outage";
        assert_eq!(split(&format!("app.shop.{busy}")), Some(("app.shop", busy)));
        assert_eq!(split("app.shop"), None);
    }
}
