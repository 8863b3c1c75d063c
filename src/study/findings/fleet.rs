//! All apps together, and components by kind.

use super::Estimate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The apps as a whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fleet {
    pub apps: usize,
    pub with_slo: usize,
    /// Apps with an SLO whose verdict is `pass`.
    pub meet_slo: usize,
    /// The same by group; empty where no app is in one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, FleetGroup>,
    /// Share of the complete calendar months in which every app with an SLO met its first target.
    pub all_meet_slo: Option<Estimate>,
    /// How many apps are down, on average over time.
    pub mean_down: Estimate,
    /// By k from 1: share of time with k or more apps down.
    pub down_at_least: Vec<Estimate>,
    /// The most apps that were down at once; absent if none ever was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst: Option<WorstMoment>,
}

/// The apps of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetGroup {
    pub apps: usize,
    pub with_slo: usize,
    pub meet_slo: usize,
}

/// The time in which more apps were down at once than at any other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WorstMoment {
    pub apps: u32,
    /// How long so many were down.
    pub lasted_s: f64,
    /// What took most of them down.
    pub cause: String,
    pub replication: u64,
}

/// M9 for one kind of component.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Components {
    pub count: usize,
    pub mean_down: Estimate,
    /// Index k−1: P(k or more down); up to the most ever seen, at most 64.
    pub down_at_least: Vec<Estimate>,
    /// Per subject (`app.shop`), per component name: P(up | it up) − P(up | it down).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub birnbaum: BTreeMap<String, BTreeMap<String, Estimate>>,
    /// Failures seen per year, over all components of the kind.
    pub failures_per_year: Estimate,
}
