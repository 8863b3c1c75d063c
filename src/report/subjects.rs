//! What the measures are about: the apps and services of the findings, in the order of every report.

use super::text;
use crate::study::findings::{Cause, Estimate, Findings, Percentiles, Subject, Verdict};

/// Seconds in a year of 365 days.
const YEAR_S: f64 = 31_536_000.0;

/// An app or a service with its names.
pub struct Named<'a> {
    /// `app.shop`, as in expectations, JSON and CSV.
    pub path: String,
    /// `shop`: short, safe for a terminal, unique within the report.
    pub label: String,
    pub of: &'a Subject,
}

/// Apps first, then services, each by name.
pub fn all(findings: &Findings) -> Vec<Named<'_>> {
    let apps = findings.app.iter().map(|(name, of)| ("app", name, of));
    let services = findings.service.iter().map(|(name, of)| ("service", name, of));
    apps.chain(services)
        .map(|(kind, name, of)| {
            let shared = findings.app.contains_key(name) && findings.service.contains_key(name);
            let label = if shared { format!("{kind}.{name}") } else { name.clone() };
            Named { path: format!("{kind}.{name}"), label: text::clean(&label), of }
        })
        .collect()
}

/// The label of a path such as `app.shop`; the path itself where there is no such subject.
pub fn label(subjects: &[Named<'_>], path: &str) -> String {
    match subjects.iter().find(|s| s.path == path) {
        Some(named) => named.label.clone(),
        None => text::clean(path),
    }
}

/// The subject that deserves the room for its causes: of those that fail an expectation the one that
/// loses the most, else simply the one that loses the most.
pub fn in_focus<'a, 'f>(findings: &Findings, subjects: &'a [Named<'f>]) -> Option<&'a Named<'f>> {
    let fails = |s: &Named| {
        findings.expectations.iter().any(|e| e.verdict == Verdict::Fail && e.subject == s.path)
    };
    let candidates = if subjects.iter().any(fails) {
        subjects.iter().filter(|s| fails(s)).collect::<Vec<_>>()
    } else {
        subjects.iter().collect()
    };
    // The first of equals, so that the choice does not depend on the order of comparison.
    candidates
        .into_iter()
        .reduce(|a, b| if b.of.lost_a_year() > a.of.lost_a_year() { b } else { a })
}

/// What one replication is called: a year, where it is one.
pub fn period(findings: &Findings) -> &'static str {
    if findings.study.horizon_s == YEAR_S { "year" } else { "replication" }
}

impl Subject {
    /// By request where there is load, else by time.
    pub fn headline(&self) -> &Estimate {
        self.unavailability.requests.as_ref().unwrap_or(&self.unavailability.time)
    }

    /// Seconds lost a year on average, on the same basis, whatever the horizon.
    pub fn lost_a_year(&self) -> f64 {
        self.headline().mean * self.counted_a_year()
    }

    /// Seconds of a year in which it is meant to run.
    pub fn counted_a_year(&self) -> f64 {
        YEAR_S * (1.0 - self.not_counted.map_or(0.0, |share| share.mean))
    }

    /// The spread of single years on the same basis; only where the horizon holds one.
    pub fn years(&self) -> Option<&Percentiles> {
        match self.unavailability.requests {
            Some(_) => self.lost_per_year_s.as_ref(),
            None => self.downtime_per_year_s.as_ref(),
        }
    }

    /// Replications stopped at their first outage: what comes after it is not known.
    pub fn is_cut_short(&self) -> bool {
        self.unavailability.time.mean.is_nan()
    }

    /// Nothing at all was seen to go wrong.
    pub fn never_failed(&self) -> bool {
        self.outages_seen == 0 && self.headline().mean == 0.0
    }
}

impl Cause {
    /// Its share of the harm: of failed requests where there is load, else of downtime.
    pub fn share(&self) -> f64 {
        self.requests_share.or(self.downtime_share).map_or(0.0, |share| share.mean)
    }

    /// Seconds lost a year to it, on the same basis.
    pub fn lost_a_year(&self) -> f64 {
        self.lost_per_year_s.unwrap_or(self.downtime_per_year_s)
    }
}
