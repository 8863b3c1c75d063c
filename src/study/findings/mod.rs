//! What a study found: the one structure that every report, and the JSON result, is made from.
//!
//! Its serialised form is the stable, versioned result (`schema` 1). Durations are seconds, shares are
//! in 0..=1, rates are per year of 365 days. An estimate is always `{mean, low, high}` at the study's
//! confidence; what could not be estimated is absent (`null`), never a made-up number.

mod architecture;
mod capacity;
mod database;
mod fleet;
mod judged;
mod residency;
mod storage;
mod story;
mod subject;

pub use architecture::{
    AppInfo, Architecture, DependencyInfo, FaultInfo, HostInfo, RegionInfo, ServiceParts, Standing,
    UseInfo,
};
pub use capacity::{AfterZone, Autoscaled, Latency, Over, Room, Waits};
pub use database::{DataLoss, Database, DatabaseFailover, Fallback, Recovery, RecoveryClass};
pub use fleet::{Components, Fleet, FleetGroup, WorstMoment};
pub use judged::{BreakEven, Judged, NoneSeen, Unit, Verdict};
pub use residency::{
    ALWAYS, AppResidency, ClassResidency, DataPath, InventoryMean, InventoryRow, LedgerRow,
    PathVerdict, RefusedCopies, Residency,
};
pub use storage::{
    BackupSeries, Backups, BackupsAbroad, Drills, Durability, Files, FilesAbroad, FilesSeen,
    Relocated, RestorableAge,
};
pub use story::{BadYear, DownSpan, Extremes, StoryLine, Track};
pub use subject::{
    Cause, Failover, FirstOutage, Lengths, Month, Percentiles, PointValue, SloMet, Subject,
    Unavailability, Waited,
};

use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// A point estimate with its two-sided interval at the study's confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    #[serde(deserialize_with = "number")]
    pub mean: f64,
    #[serde(deserialize_with = "number")]
    pub low: f64,
    #[serde(deserialize_with = "number")]
    pub high: f64,
    /// True where too little was seen to rely on it (fewer than 50 occurrences).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub low_confidence: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Findings {
    pub schema: u32,
    pub tool: Tool,
    pub scenario: ScenarioInfo,
    pub study: StudyInfo,
    pub verdict: Verdict,
    pub expectations: Vec<Judged>,
    pub app: BTreeMap<String, Subject>,
    pub service: BTreeMap<String, Subject>,
    /// All apps together; absent where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fleet: Option<Fleet>,
    /// By kind: container, host, zone, dependency.
    pub components: BTreeMap<String, Components>,
    /// Shares summed over apps (K6).
    pub causes: Vec<Cause>,
    /// Where data may go and went; only where an app says where its data may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residency: Option<Residency>,
    /// Settings of low confidence that carry a verdict, with where they would turn it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub break_even: Vec<BreakEven>,
    /// Warnings and remarks a reader must see, in plain words.
    pub notes: Vec<String>,
    /// What the model leaves out, so that nobody reads it into the numbers.
    pub not_modelled: Vec<String>,
    pub assumptions: Vec<Assumption>,
    /// What each measure means, once.
    pub definitions: BTreeMap<String, String>,
    pub digest: String,
    /// The only part that depends on the machine.
    pub run: RunInfo,
    /// What stands where, and what rests on what.
    #[serde(default)]
    pub architecture: Architecture,
    /// The worst replication, told; absent where nothing ever went down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bad_year: Option<BadYear>,
    /// For `why`: the replications with the most, and the median, downtime over all apps and services.
    pub extremes: Extremes,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    pub version: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ScenarioInfo {
    pub name: String,
    pub hash: String,
    pub platform: String,
    pub apps: usize,
    pub services: usize,
    pub regions: usize,
    pub zones: usize,
    pub containers: usize,
    pub hosts: usize,
    pub dependencies: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StudyInfo {
    pub seed: u64,
    /// `2026-12-01` or `2026-12-01T08:00:00Z`: the beginning of the measured interval.
    pub start: String,
    pub horizon_s: f64,
    pub warm_up_s: f64,
    pub replications: u64,
    pub confidence: f64,
    /// Years of 365 days measured in all.
    pub simulated_years: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// True where Ctrl-C ended the study early: what is here is finished and valid, but not all that was asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Precision {
    pub target: f64,
    pub reached: bool,
    /// What has the widest interval, and its relative half-width.
    pub worst: String,
    #[serde(deserialize_with = "number")]
    pub worst_half_width: f64,
    /// A guess at the replications that would reach it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_need: Option<u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Assumption {
    pub key: String,
    pub value: String,
    pub low: Option<String>,
    pub high: Option<String>,
    pub source: Option<String>,
    pub confidence: Option<String>,
    pub default: bool,
    pub origin: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RunInfo {
    pub events: u64,
    pub cpu_s: f64,
    pub wall_s: f64,
    pub threads: usize,
    /// What was asked, so that a report can say how to get it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// The scenario and the overrides of a run, as given on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// As typed: `estate.toml`, or `-`.
    pub file: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// In the order in which they apply, `--seed` and `--replications` included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<(String, String)>,
}

/// JSON knows neither NaN nor infinities; both were written as null.
fn number<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(from)?.unwrap_or(f64::NAN))
}
