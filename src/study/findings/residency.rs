//! Where data may go, and where it went.

use super::{Estimate, RestorableAge};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where data may go, and where it went.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Residency {
    /// Every path out of where data may be, known before anything is simulated.
    #[serde(rename = "static")]
    pub paths: Vec<DataPath>,
    /// The replication with the most time outside, of those alike the earliest: every row of its ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst: Option<u64>,
    pub ledger: Vec<LedgerRow>,
    /// Where everything was in that replication, or else in the first: each kind of thing at each place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inventory: Vec<InventoryRow>,
    /// The same on average over all replications; absent where a fleet is too large for each app to be looked
    /// at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inventory_per_year: Vec<InventoryMean>,
    /// Summed over apps and classes of data.
    pub violations_per_year: Option<Estimate>,
    pub hours_per_year: Option<Estimate>,
    pub byte_hours_per_year: Option<Estimate>,
    pub refused_per_year: Option<Estimate>,
}

/// A path by which data of an app leaves where it may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataPath {
    pub app: String,
    /// `database`, `files`, `backups`, `logs`, `identity`.
    pub data: String,
    /// `container`, `logs`, the name of a dependency …
    pub asset: String,
    /// Not kept there, only processed.
    pub processed: bool,
    /// A region or a zone.
    pub from: String,
    pub to: String,
    /// Of `to`.
    pub country: String,
    /// Where it may be, as written.
    pub leaves: String,
    /// What brings it there, first to last.
    pub chain: Vec<String>,
    /// The smallest sets of zones that must be lost or cut off at once for it; an empty one: none.
    pub lost: Vec<Vec<String>>,
    /// The same, and what else it takes, in words.
    pub condition: String,
    pub verdict: PathVerdict,
    /// What allows it, where it is an exception.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
}

impl DataPath {
    /// Whether it takes no failure at all.
    pub fn is_unconditional(&self) -> bool {
        self.condition == ALWAYS
    }
}

/// The condition of a path that takes no failure.
pub const ALWAYS: &str = "with no failure at all";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PathVerdict {
    Violation,
    /// A preventive control refuses it.
    Refused,
    /// Allowed by an exception.
    Excepted,
    /// Nobody says where it goes.
    Unknown,
}

/// One stay of data of an app where it may not be, or may be by an exception only; or one refused move.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerRow {
    pub app: String,
    pub data: String,
    pub asset: String,
    pub processed: bool,
    /// A region or a zone, and its country.
    pub place: String,
    pub country: String,
    /// Seconds since the start of the measured time, before which it may have begun (0 then); for a
    /// refused move the instant of the refusal.
    pub since_s: f64,
    /// When it ended or ends; absent: it goes on at the horizon.
    pub until_s: Option<f64>,
    pub bytes: u64,
    /// Bytes times hours, of its measured part; none of a refused move.
    pub byte_hours: f64,
    /// The failure that it began with; empty: none.
    pub cause: String,
    /// What brought it there, first to last: the failure, then the moves as in the chain of its path.
    pub chain: Vec<String>,
    pub verdict: PathVerdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// What a refused move cost: how long the app was down for it, and by how much data-loss windows were
    /// longer, seconds; and how often all was lost that would have been saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_lost: Option<u32>,
}

/// Things of one kind with data of an app, at one place, over the measured time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InventoryRow {
    pub app: String,
    pub data: String,
    /// `container`, `database`, `files`, `nightly backup`, `logs`, the name of a dependency.
    pub asset: String,
    pub processed: bool,
    /// A region or a zone, and its country.
    pub place: String,
    pub country: String,
    /// When the first came and when the last goes, seconds since the start of the measured time; absent:
    /// it goes on at the horizon.
    pub since_s: f64,
    pub until_s: Option<f64>,
    /// How many came to be there, and how many were at once on average over the measured time.
    pub stays: u64,
    pub at_once: f64,
    pub byte_hours: f64,
    /// `violation` or `excepted`; absent: where it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<PathVerdict>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
}

/// Things of one kind with data of an app, at one place, on average over replications.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InventoryMean {
    pub app: String,
    pub data: String,
    pub asset: String,
    pub processed: bool,
    pub place: String,
    pub country: String,
    /// How many were there at once.
    pub at_once: Estimate,
    /// Bytes times hours a year; zero of what is only processed.
    pub byte_hours_per_year: Estimate,
    /// `violation` or `excepted`; absent: where it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<PathVerdict>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
}

/// Where the data of one app was (B5).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AppResidency {
    /// Where it may be, as written.
    pub keep_in: String,
    /// `preventive` or `detective`.
    pub control: String,
    /// Stays outside that began; what is outside when measuring begins counts as begun then.
    pub violations_per_year: Estimate,
    /// Time with anything of it outside, hours a year: the classes of data added.
    pub hours_per_year: Estimate,
    /// Bytes times hours, summed over everything outside.
    pub byte_hours_per_year: Estimate,
    /// Moves that a preventive control refused.
    pub refused_per_year: Estimate,
    /// Seconds a year from a refused move until the app was up again: the sum over refused moves, each
    /// second charged to one of them.
    pub refused_down_s: Estimate,
    /// Seconds a year by which data-loss windows were longer for want of a refused snapshot, or copy of one …
    #[serde(default)]
    pub refused_lost_s: Estimate,
    /// … and losses of all there was that would have been of a window.
    #[serde(default)]
    pub refused_all_lost_per_year: Estimate,
    /// Second copies of backups that were refused: what there would be of it elsewhere. Without them nothing
    /// is left should its region be lost for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_copies: Option<RefusedCopies>,
    /// Classes of data that were outside at any time.
    pub by_class: BTreeMap<String, ClassResidency>,
}

/// What the refused second copies of the backups of an app would have been worth.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefusedCopies {
    /// Where they would have gone.
    pub to: String,
    pub country: String,
    /// How old the newest one there would have been: what would be lost with the region instead of all.
    pub age_s: RestorableAge,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClassResidency {
    pub violations_per_year: Estimate,
    /// Union over everything of the class.
    pub hours_per_year: Estimate,
    pub byte_hours_per_year: Estimate,
}
