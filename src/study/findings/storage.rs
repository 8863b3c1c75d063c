//! Files and backups.

use super::{Estimate, Percentiles};
use serde::{Deserialize, Serialize};

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
    pub abroad: Option<FilesAbroad>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relocation: Option<Relocated>,
}

/// How often an app went on with the copy of its files in another region, and what was written in the
/// last time before its own was lost and had not reached it; zero where that was told as the loss of every
/// replica.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FilesAbroad {
    pub per_year: Estimate,
    pub lost_s: Option<Percentiles>,
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
