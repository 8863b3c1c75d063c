//! Every measure of one app or service.

use super::{
    AppResidency, Autoscaled, Backups, DataLoss, Database, Estimate, Fallback, Files, Latency,
    Recovery, Room,
};
use serde::{Deserialize, Serialize};

/// Every measure of one app or service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subject {
    pub containers: Option<u32>,
    pub needs: Option<u32>,
    /// Requests per second.
    pub load: Option<f64>,
    pub unavailability: Unavailability,
    /// Share of the horizon in which it was not meant to run (S6); only where it ever was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_counted: Option<Estimate>,
    pub outages_per_year: Estimate,
    pub outages_seen: u64,
    /// Outages still open at the horizon, left out of the lengths.
    pub outages_censored: u64,
    /// P(at least one outage in the horizon).
    pub any_outage: Estimate,
    pub first_outage_s: Option<FirstOutage>,
    pub outage_s: Option<Lengths>,
    pub failover_s: Option<Failover>,
    pub redundancy_restored_s: Option<Percentiles>,
    /// Faults that took out something in use and failed no request.
    pub absorbed_per_year: Option<Estimate>,
    /// Container-seconds a year spent waiting for room on a host; only where hosts are described.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unplaced_container_s: Option<Estimate>,
    /// Its files; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Files>,
    /// What its backups came to; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backups: Option<Backups>,
    /// Only where the horizon holds at least one whole year.
    pub downtime_per_year_s: Option<Percentiles>,
    /// Failed share of a year's requests, as seconds of that year; only with load and a whole year.
    pub lost_per_year_s: Option<Percentiles>,
    /// Its database; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Database>,
    /// How it goes to another region; absent where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Fallback>,
    /// What restores of its database lost; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_loss_s: Option<DataLoss>,
    /// Faults by class; only with a database or a target for recovery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,
    pub slo: Vec<SloMet>,
    pub months: Vec<Month>,
    pub causes: Vec<Cause>,
    pub waited_for: Vec<Waited>,
    /// Point unavailability at the times asked for.
    pub at: Vec<PointValue>,
    /// Where its data was; only where it says where it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residency: Option<AppResidency>,
    /// How long the requests that found room waited and took; only with a queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_s: Option<Latency>,
    /// Load against what can be served; only with a capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Room>,
    /// Only where it is scaled by its load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autoscaling: Option<Autoscaled>,
    /// How much single years lose, on the basis of the headline (by request where there is load):
    /// `[p, seconds]`, ascending, the least and the most year included. Empty below a whole year.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spread_s: Vec<[f64; 2]>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Unavailability {
    pub time: Estimate,
    pub requests: Option<Estimate>,
    /// s(t) < 1.
    pub time_any: Estimate,
    /// Planned downtime left out of numerator and denominator, in both.
    pub sla_minutes: Estimate,
    pub started_minutes: Estimate,
    /// Downtime charged to a change inside a declared window (M3), a part of `time`; only where there is
    /// such a window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Estimate>,
    /// As contracts have it: `time` and `requests` with planned downtime left out of numerator and
    /// denominator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unplanned_time: Option<Estimate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unplanned_requests: Option<Estimate>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FirstOutage {
    #[serde(flatten)]
    pub estimate: Estimate,
    /// `mean`: nothing was censored; `time-at-risk-per-outage`: censored, all up times memoryless;
    /// `restricted-mean`: censored otherwise, the mean of min(first outage, horizon).
    pub method: String,
    pub censored: u64,
}

/// Outage lengths, pooled over all replications (M6), seconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lengths {
    pub mean: Estimate,
    pub p50: Option<Estimate>,
    pub p90: Option<Estimate>,
    pub p95: Option<Estimate>,
    pub p99: Option<Estimate>,
    pub p999: Option<Estimate>,
    pub max: f64,
    /// The longest one was still open at the horizon: `max` is a lower bound.
    pub max_at_least: bool,
}

/// Mean and percentiles of a pooled quantity, seconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Percentiles {
    pub mean: Estimate,
    pub p50: Option<Estimate>,
    pub p95: Option<Estimate>,
    pub p99: Option<Estimate>,
}

/// The failover clock (K1, K2), seconds, over episodes in which a request failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Failover {
    pub detect: Percentiles,
    pub decide: Percentiles,
    pub act: Percentiles,
    pub start: Percentiles,
    pub reroute: Percentiles,
    pub total: Percentiles,
    pub episodes: u64,
    pub censored: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SloMet {
    pub target: f64,
    /// `month`, `year` or `horizon`.
    pub per: String,
    /// `requests`, `time`, …
    pub of: String,
    /// Share of complete periods that meet the target.
    pub met: Option<Estimate>,
    pub periods: u64,
}

/// One calendar month of the horizon (at most the first 24), over replications.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Month {
    /// `2026-12`.
    pub month: String,
    /// By request where there is load, else by time.
    pub unavailability: Estimate,
    /// Share of replications in which this month met the first SLO target.
    pub met: Option<Estimate>,
    pub complete: bool,
}

/// One cause of harm to a subject (K4, K6), most downtime or lost requests first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cause {
    pub cause: String,
    /// Root faults of this cause that harmed the subject, per year.
    pub per_year: Estimate,
    /// How many were seen.
    pub seen: u64,
    /// Faults of this cause that touched the subject and failed no request.
    pub absorbed: u64,
    /// Downtime charged to it, seconds a year.
    pub downtime_per_year_s: f64,
    /// Its share of all downtime; the means add up to 1. Absent where there was no downtime.
    pub downtime_share: Option<Estimate>,
    /// Its share of all failed requests; absent without load, or where none failed.
    pub requests_share: Option<Estimate>,
    /// Failed requests as seconds of load a year.
    pub lost_per_year_s: Option<f64>,
    /// Median of the same as below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_by_p50_s: Option<Estimate>,
    /// p95 of the time from onset until no request failed because of it.
    pub over_by_p95_s: Option<Estimate>,
    /// Downtime during which it was open without being the one charged (K4), seconds a year.
    pub contributing_per_year_s: f64,
}

/// K5: the same downtime, by what was waited for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waited {
    pub phase: String,
    /// Its share of all downtime; the means add up to 1.
    pub downtime_share: Estimate,
    pub downtime_per_year_s: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PointValue {
    pub at_s: f64,
    pub unavailability: Estimate,
}
