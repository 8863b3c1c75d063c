//! Databases, the way to another region, and how soon faults are over.

use super::{Estimate, Percentiles};
use serde::{Deserialize, Serialize};

/// The database of an app.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Database {
    pub mode: String,
    /// Share of the time in which it takes no writes.
    pub unavailability: Estimate,
    /// Failovers that go by themselves.
    pub failovers_per_year: Estimate,
    /// Failovers on purpose.
    pub planned_per_year: Estimate,
    /// Failovers that wait for an operator.
    pub stuck_per_year: Estimate,
    /// Losses of every node that end with the first one that is back.
    pub waited_for_node_per_year: Estimate,
    /// Copies in another region that were promoted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copies_promoted_per_year: Option<Estimate>,
    pub restores_per_year: Estimate,
    /// Of those that go by themselves; absent where there was none.
    pub failover_s: Option<DatabaseFailover>,
}

/// The fallback of an app to another region.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fallback {
    pub region: String,
    /// Orders to go there.
    pub per_year: Estimate,
    /// Losses of the home region that were over before the order.
    pub called_off_per_year: Estimate,
    /// Orders to come home.
    pub returns_per_year: Estimate,
    /// Share of the time between an order to go and the end of the way home.
    pub away: Estimate,
}

/// The steps of failovers, from the loss of the primary until every container has reconnected, seconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DatabaseFailover {
    pub detect: Percentiles,
    pub decide: Percentiles,
    pub promote: Percentiles,
    pub reconnect: Percentiles,
    pub total: Percentiles,
    pub episodes: u64,
}

/// How soon faults are over, by class, against the target of the app.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recovery {
    pub target_s: Option<f64>,
    /// Share of the failovers that take no longer than the target.
    pub met: Option<Estimate>,
    pub classes: Vec<RecoveryClass>,
}

/// What the faults of one class did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RecoveryClass {
    /// software, host, dependency, zone, region, control plane, data or change.
    pub class: String,
    /// Faults that failed a request, per year, and how many were seen. Of the control plane, which fails
    /// none: faults that impaired that of the home region.
    pub per_year: Estimate,
    pub seen: u64,
    /// Downtime charged to them.
    pub downtime_per_year_s: f64,
    /// Of the control plane only: downtime charged to the other classes during which it was waited for.
    pub waited_for_per_year_s: Option<f64>,
    /// From the onset until no request fails because of it; not of changes.
    pub p50: Option<Estimate>,
    pub p95: Option<Estimate>,
    /// Share of them that take no longer than the target.
    pub met: Option<Estimate>,
    /// Restores that they led to, and the 95th percentile of what those lost.
    pub restores: u64,
    pub lost_p95_s: Option<Estimate>,
}

/// What restores lost (B4).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DataLoss {
    /// Restores, each of which loses a window of data.
    pub events_per_year: Estimate,
    pub seen: u64,
    /// Over restores; absent where there was none.
    pub window: Option<Percentiles>,
    /// The longest window seen.
    pub max: f64,
    /// Window × what is written on average; absent where that is not said, or nothing was restored.
    pub bytes_per_year: Option<Estimate>,
    pub bytes_per_event: Option<f64>,
    /// The same over losses, bytes, and the most that one took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Percentiles>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_max: Option<f64>,
}
