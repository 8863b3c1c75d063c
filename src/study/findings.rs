//! What a study found: the one structure that every report, and the JSON result, is made from.
//!
//! Its serialised form is the stable, versioned result (`schema` 1). Durations are seconds, shares are
//! in 0..=1, rates are per year of 365 days. An estimate is always `{mean, low, high}` at the study's
//! confidence; what could not be estimated is absent (`null`), never a made-up number.

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

/// What an autoscaler did.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Autoscaled {
    pub orders_per_year: Estimate,
    /// Meant to run, on average over the measured time.
    pub containers: Estimate,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Pass,
    Fail,
    Undecided,
    None,
}

/// What one setting of low confidence would have to be for an expectation to only just hold, all else
/// unchanged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BreakEven {
    /// `failure.platform-release.mtbf`.
    pub key: String,
    /// As it is now, in the words of the scenario.
    pub value: String,
    pub cause: String,
    /// `app.shop`.
    pub subject: String,
    /// The expectation, as written.
    pub that: String,
    /// The cause's share of what the subject loses.
    pub share: f64,
    /// Whether the expectation holds now, by its mean.
    pub holds: bool,
    /// The setting is how long the fault lasts, not the time between two of them.
    pub longer: bool,
    /// `zone`, where each of several zones has such a clock; empty where there is only one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub per: String,
    /// The mean of the setting now, seconds: of the length, or of the time between two faults.
    pub now_s: f64,
    /// The mean at which the expectation would only just hold; `null`: not within what was tried.
    pub at_s: Option<Estimate>,
    /// So many times the harm was tried at most: below 1 as good as none, above 1 that much worse.
    pub tried: f64,
    /// Of each simulation.
    pub replications: u64,
}

/// The bucket of an app.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Files {
    pub bytes: u64,
    pub replicas: u32,
    /// Absent where nothing in closed form is known of how its replicas are lost.
    #[serde(flatten)]
    pub durability: Option<Durability>,
    /// Absent where the study did not run to its end.
    #[serde(flatten)]
    pub seen: Option<FilesSeen>,
}

/// What was simulated of a bucket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FilesSeen {
    /// Share of the requests that need files which failed for them, and of the time in which any did;
    /// absent where no request needs any.
    pub unavailability: Option<Estimate>,
    pub time_any: Option<Estimate>,
    pub replicas_lost_per_year: Estimate,
    /// Losses of every replica.
    pub lost_per_year: Estimate,
    pub losses: u64,
    /// Those of them that took all there was; of the others, what came in the last time before.
    pub losses_of_all: u64,
    pub lost_s: Option<Percentiles>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relocation: Option<Relocated>,
}

/// How often a bucket was served elsewhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Relocated {
    pub moved_per_year: Estimate,
    /// Moves that the rule of its app did not allow.
    pub refused_per_year: Estimate,
    pub hours_per_year: Estimate,
}

/// The durability of a bucket, computed and not simulated.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Durability {
    /// 1 − `loss_per_year`, as far as a number can tell the two apart.
    pub durability: f64,
    /// Chance that the whole bucket is lost within a year.
    pub loss_per_year: f64,
    /// `null`: it is never lost.
    pub mean_time_to_loss_s: Option<f64>,
    /// Objects × that chance; absent where nobody says how many there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objects_lost_per_year: Option<f64>,
    /// `markov`: the chain of replicas lost and made anew, solved exactly.
    pub method: String,
}

/// The backups of one app.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Backups {
    /// The region in which they are taken, and that of their second copies.
    pub home: String,
    pub copy_to: Option<String>,
    /// The same while the data of the app is in another region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abroad: Option<BackupsAbroad>,
    /// Of one snapshot, at home.
    pub bytes: u64,
    pub series: Vec<BackupSeries>,
    /// Runs of any series that were skipped, or failed in every attempt.
    pub lost_per_year: Estimate,
    pub copies_lost_per_year: Estimate,
    /// Runs of any series that found the database down.
    pub skipped_per_year: Estimate,
    /// Absent where a fleet is too large for each app to be looked at.
    pub restorable_age_s: Option<RestorableAge>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drills: Option<Drills>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BackupsAbroad {
    pub region: String,
    pub copy_to: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BackupSeries {
    /// `nightly`, `weekly`, `monthly`, `on-demand`.
    pub series: String,
    pub runs_per_year: f64,
    /// Skipped, or failed in every attempt.
    pub lost_per_year: Estimate,
    pub copies_lost_per_year: Estimate,
}

/// How old the newest snapshot that can be restored is at any time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RestorableAge {
    #[serde(flatten)]
    pub spread: Percentiles,
    /// The oldest that was seen.
    pub max: f64,
    /// Shares of time: older than 24 h, or nothing that can be restored.
    pub above_a_day: Estimate,
    pub nothing: Estimate,
}

/// Restores on trial.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Drills {
    pub per_year: f64,
    /// Share that restored the newest snapshot.
    pub restored: Estimate,
    /// Drills that found nothing to restore.
    pub found_nothing: u64,
    pub took_s: Option<Percentiles>,
    /// Age of the snapshot.
    pub loses_s: Option<Percentiles>,
}

/// One expectation and its judgement (X2).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Judged {
    pub that: String,
    pub verdict: Verdict,
    /// Of the quantity itself, or of the share of periods where the expectation is `in` a share of them.
    pub estimate: Option<Estimate>,
    /// `share`, `seconds`, `count`: how to print the estimate.
    pub unit: Unit,
    /// `app.shop` or `service.x`.
    pub subject: String,
    /// Replications that would probably settle it, where undecided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_need: Option<u64>,
    pub on_residency: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Share,
    Seconds,
    Count,
    PerYear,
}

impl Judged {
    /// Whether it comes from an `slo`: it then begins with the target (`99.95% of requests …`) and not
    /// with the path of a quantity.
    pub fn is_slo(&self) -> bool {
        self.that.starts_with(|c: char| c.is_ascii_digit())
    }
}

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
    /// software, host, dependency, zone, region, control plane or change.
    pub class: String,
    /// Faults that failed a request, per year, and how many were seen.
    pub per_year: f64,
    pub seen: u64,
    /// Downtime charged to them.
    pub downtime_per_year_s: f64,
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
}

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
    /// For a refused move: how long the app was down until it was up again, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down_s: Option<f64>,
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
    /// Seconds a year from a refused move until the app was up again.
    pub refused_down_s: Estimate,
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

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Extremes {
    pub worst: u64,
    pub worst_downtime_s: f64,
    pub median: u64,
    pub median_downtime_s: f64,
}

/// What stands where at the start, and what rests on what: enough to draw it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Architecture {
    pub regions: Vec<RegionInfo>,
    pub apps: Vec<AppInfo>,
    pub hosts: Vec<HostInfo>,
    pub dependencies: Vec<DependencyInfo>,
    pub services: Vec<ServiceParts>,
    pub faults: Vec<FaultInfo>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegionInfo {
    pub name: String,
    /// ISO 3166-1 alpha-2; empty where none was given.
    pub country: String,
    pub zones: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppInfo {
    pub name: String,
    pub region: String,
    /// `spread`, `home` or `pinned`.
    pub placement: String,
    /// `ideal` or `lagging`.
    pub router: String,
    /// `health manager` or `supervisor`.
    pub recovery: String,
    pub stands: Vec<Standing>,
    /// The nodes of its database.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<Standing>,
    /// In the order of their names.
    pub uses: Vec<UseInfo>,
}

/// The members of a group that stand in one zone at the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Empty: nowhere in particular.
    pub zone: String,
    pub count: u32,
    /// The numbers of the first of them.
    pub first: Vec<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UseInfo {
    pub dependency: String,
    pub mandatory: bool,
    /// Share of the requests that fail while it is down.
    pub share: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostInfo {
    pub name: String,
    pub stands: Vec<Standing>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DependencyInfo {
    pub name: String,
    /// Whether it ever fails by itself.
    pub fails: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceParts {
    pub name: String,
    /// `all of app.shop, any of (dependency.login, zone.eu-1a)`.
    pub requires: String,
    /// Its direct and nested parts, as paths.
    pub parts: Vec<String>,
}

/// What a cause of the tables is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultInfo {
    pub cause: String,
    /// `software`, `change`, `host`, `zone`, `region`, `dependency` or `several`.
    pub class: String,
    /// Onsets expected in a year by the means of its laws; absent for what is only scripted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_year: Option<f64>,
}

/// One replication as what was involved in its outages, and when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BadYear {
    pub replication: u64,
    /// Seconds since 1970-01-01T00:00Z at time 0 of everything here.
    pub start_unix: i64,
    /// Measuring begins and ends here.
    pub from_s: f64,
    pub to_s: f64,
    /// By subject, `app.shop`.
    pub downtime_s: Vec<(String, f64)>,
    /// Subjects first, then faults, zones, dependencies, components; each by name.
    pub tracks: Vec<Track>,
    /// Times at which something was down that did not fit.
    pub left_out: u64,
    pub lines: Vec<StoryLine>,
    /// Lines that did not fit.
    pub lines_left_out: u64,
}

/// When one thing was down, or one fault was open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// `app`, `service`, `fault`, `zone`, `dependency`, `container` or `host`.
    pub kind: String,
    pub name: String,
    pub spans: Vec<DownSpan>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DownSpan {
    pub from_s: f64,
    pub to_s: f64,
    /// The fault behind it; for a fault its own name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cause: String,
    /// What happened to it: `crashes`, `takes down zone eu-1a`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub how: String,
    /// The zone it stood in, and the one it came back in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub zone: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub back_in: String,
}

/// One thing that happened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StoryLine {
    pub at_s: f64,
    pub component: String,
    pub text: String,
    /// 0: detail, only in `replay`; 1: matters, also in `why`; 2: an app or service goes down or comes back.
    pub weight: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// JSON knows neither NaN nor infinities; both were written as null.
fn number<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(from)?.unwrap_or(f64::NAN))
}
