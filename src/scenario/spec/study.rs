//! What is measured, and what is expected of it.

use crate::time::Span;

/// What is to be measured, over which time, how surely.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Seconds since 1970-01-01T00:00Z at which the warm-up (if any) begins.
    pub start_unix: i64,
    pub horizon: Span,
    /// Simulated first, not measured.
    pub warm_up: Span,
    pub seed: u64,
    /// `None`: until `precision` is reached.
    pub replications: Option<u64>,
    /// Relative half-width wanted of every quantity in `of`.
    pub precision: Option<f64>,
    /// Paths of the quantities the precision is asked of; empty: the unavailability of every app and
    /// service (by request where it has load, else by time).
    pub of: Vec<String>,
    pub max_replications: u64,
    /// Two-sided, in (0, 1).
    pub confidence: f64,
    pub stop: Stop,
    /// Birnbaum importance of every component; `None`: on up to 200 components.
    pub importance: Option<bool>,
    /// Times after the start of the measured interval at which the point unavailability is wanted.
    pub at: Vec<Span>,
}

/// When a replication ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// At the horizon.
    Horizon,
    /// At the first outage of any app or service, or at the horizon.
    FirstOutage,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Slo {
    /// Availabilities in (0, 1), as written.
    pub targets: Vec<f64>,
    pub per: Period,
    /// By request (default where there is load) or by time.
    pub of: SloMeasure,
    /// `in = "95% of months"`: the share of complete periods that must meet the (first) target.
    pub share: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Month,
    Year,
    Horizon,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SloMeasure {
    Requests,
    Time,
    SlaMinutes,
    StartedMinutes,
}

/// `[[expect]]`, or an SLO with a share of periods.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// As written, e.g. `app.shop.failover.p95 <= 5min`.
    pub that: String,
    /// `app.shop.failover.p95`.
    pub path: String,
    pub relation: Relation,
    /// In seconds, shares or counts.
    pub bound: f64,
    /// `in = "99.9% of years"`: the share of whole years in which it must hold.
    pub share_of_years: Option<f64>,
    /// True where it was made from an `slo`.
    pub from_slo: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    AtMost,
    AtLeast,
    Equal,
    Below,
    Above,
}

/// One setting in effect and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Dotted path, e.g. `failure.zone-outage.mtbf`.
    pub key: String,
    pub value: String,
    pub low: Option<String>,
    pub high: Option<String>,
    pub source: Option<String>,
    /// `high`, `medium`, `low`.
    pub confidence: Option<String>,
    /// True: from the preset; false: the user's own.
    pub default: bool,
    /// File and line of the user's setting.
    pub origin: String,
}
