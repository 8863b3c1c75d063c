//! Load against what can be served.

use super::Estimate;
use serde::{Deserialize, Serialize};

/// What an autoscaler did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Autoscaled {
    pub orders_per_year: Estimate,
    /// Meant to run, on average over the measured time.
    pub containers: Estimate,
}

/// Waits and responses of the requests that found room, seconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Latency {
    /// From arrival to answer; percentiles only where service times are exponential.
    pub mean: Estimate,
    pub p50: Option<Estimate>,
    pub p95: Option<Estimate>,
    pub p99: Option<Estimate>,
    pub wait: Waits,
    /// For each length asked for: the shares that wait and take longer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub over: Vec<Over>,
    /// The laws are exact, not approximations for service times that are not exponential.
    pub exact: bool,
    /// The share of the accepted requests that this is about: without those of an unlimited queue in
    /// times when it got more than it can serve.
    pub covered: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waits {
    /// The share that waits at all.
    pub share: Estimate,
    /// Of all requests, those that do not wait included.
    pub mean: Estimate,
    pub p50: Estimate,
    pub p95: Estimate,
    pub p99: Estimate,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Over {
    pub seconds: f64,
    pub wait: Estimate,
    pub response: Option<Estimate>,
}

/// Load against what the containers of an app can serve. Rates are requests per second.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Room {
    /// What one container can serve.
    pub per_container: f64,
    /// The highest load of its course, before any growth.
    pub peak: f64,
    /// Peak ÷ what all containers can serve.
    pub busy: f64,
    /// Containers left after the loss of the zone with the most, as they stand at the start.
    pub containers_after_zone_outage: u32,
    /// Peak ÷ what those can serve; absent where none is left.
    pub busy_after_zone_outage: Option<f64>,
    pub zones: Vec<AfterZone>,
    /// The first day on which the peak exceeds what all can serve, and what is left after the loss of
    /// a zone; absent where it does not within a century.
    pub runs_out: Option<String>,
    pub runs_out_after_zone_outage: Option<String>,
    /// The highest load in each hour of the first week; empty where it is constant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub week: Vec<f64>,
    pub growth_per_year: Option<f64>,
    /// Share of the time in which more is offered than those in service can serve.
    pub overloaded: Option<Estimate>,
    /// Share of the requests that find no room.
    pub lost: Option<Estimate>,
}

/// What is left of an app after the loss of one of its zones.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AfterZone {
    pub zone: String,
    pub containers: u32,
    pub busy: Option<f64>,
}
