//! What single replications came to, one row for each subject, database, bucket or backup: the tables of
//! a run. Their sums are the totals of the findings.

use crate::id::Id;
use crate::measure::Plan;
use crate::measure::backups::OfApp;
use crate::measure::database::Ending;
use crate::measure::{Measures, buckets, database};
use crate::model::topology::{Group, Topology};
use crate::time::Span;

/// All rows of a study, by replication.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    pub subjects: Vec<Row>,
    pub databases: Vec<DatabaseRow>,
    pub buckets: Vec<BucketRow>,
    pub backups: Vec<BackupRow>,
}

/// One app or service in one replication.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// `app.shop`.
    pub subject: String,
    pub replication: u64,
    pub downtime_s: f64,
    pub time_any_s: f64,
    pub sla_minutes: u64,
    pub started_minutes: u64,
    pub outages: u64,
    pub first_outage_s: Option<f64>,
    pub failed_requests: Option<f64>,
    pub requests: Option<f64>,
    pub episodes: u64,
    pub absorbed: u64,
}

/// The database of one app in one replication.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DatabaseRow {
    /// Its app: `app.shop`.
    pub subject: String,
    pub replication: u64,
    /// Time in which it took no writes.
    pub down_s: f64,
    /// Losses of the primary, by how they ended: it was only cut off; a standby was promoted by itself, or
    /// by an operator; the first node was waited for; the copy in another region was promoted; what there
    /// was was restored.
    pub returned: u64,
    pub failovers: u64,
    pub stuck: u64,
    pub waited_for_node: u64,
    pub copies_promoted: u64,
    pub restores: u64,
    /// Failovers on purpose.
    pub planned: u64,
    /// Time that the failovers took which went by themselves.
    pub failover_s: f64,
    /// Windows of data that were lost, all together and the longest.
    pub losses: u64,
    pub lost_s: f64,
    pub longest_lost_s: f64,
    /// What was written in them on average, where that is known.
    pub lost_bytes: Option<f64>,
}

/// The bucket of one app in one replication.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BucketRow {
    /// Its app: `app.shop`.
    pub subject: String,
    pub replication: u64,
    /// Time in which it failed any request that needs files, and the same weighted by their share.
    pub any_s: f64,
    pub failed_s: f64,
    pub replicas_lost: u64,
    /// Losses of every replica; those that took all there was; the time before the others that is gone.
    pub losses: u64,
    pub losses_of_all: u64,
    pub lost_s: f64,
    pub moved: u64,
    pub refused: u64,
    /// Time in which it was served elsewhere.
    pub elsewhere_s: f64,
}

/// The backups of one app in one replication.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BackupRow {
    /// The app: `app.shop`.
    pub subject: String,
    pub replication: u64,
    /// Runs that were due; that found the database down; that failed in every attempt; copies that did.
    pub runs: u64,
    pub skipped: u64,
    pub failed: u64,
    pub copies_lost: u64,
    pub drills: u64,
    pub drills_restored: u64,
    pub drills_found_nothing: u64,
    /// Time that drills took.
    pub drills_s: f64,
    /// Age of the newest snapshot that could be restored; absent in a fleet too large to look at each app.
    pub mean_age_s: Option<f64>,
    pub oldest_s: Option<f64>,
    /// Time in which it was older than 24 h, or there was none; in which there was none.
    pub above_a_day_s: Option<f64>,
    pub nothing_s: Option<f64>,
}

impl Rows {
    /// Adds what the apps keep in one replication.
    pub(super) fn add(
        &mut self,
        replication: u64,
        topology: &Topology,
        measures: &Measures<'_>,
        plan: &Plan,
    ) {
        // What is cut short at the first outage tells nothing of the data.
        if plan.stop_at_first_outage {
            return;
        }
        let subject = |app: Id<Group>| topology.subject_name(app.index());
        for ((_, info), tally) in topology.databases.enumerate().zip(&measures.databases.of) {
            let row = DatabaseRow { subject: subject(info.app), replication, ..of_database(tally) };
            let lost_bytes = info.settings.written.map(|rate| row.lost_s * rate);
            self.databases.push(DatabaseRow { lost_bytes, ..row });
        }
        for ((_, info), tally) in topology.buckets.enumerate().zip(&measures.buckets.of) {
            self.buckets.push(BucketRow {
                subject: subject(info.app),
                replication,
                ..of_bucket(tally)
            });
        }
        for ((_, info), seen) in topology.backups.enumerate().zip(&measures.backups.of) {
            self.backups.push(BackupRow {
                subject: subject(info.app),
                replication,
                ..of_backup(seen)
            });
        }
    }
}

/// Seconds of all together.
fn sum(of: impl Iterator<Item = Span>) -> f64 {
    Span(of.map(|it| it.0).sum()).as_secs()
}

fn of_database(tally: &database::Tally) -> DatabaseRow {
    let endings = |ending: Ending| u64::from(tally.endings[ending as usize]);
    let windows = || tally.lost.iter().map(|(.., window)| *window);
    DatabaseRow {
        down_s: Span(tally.down).as_secs(),
        returned: endings(Ending::Returned),
        failovers: endings(Ending::Failover),
        stuck: endings(Ending::Manual),
        waited_for_node: endings(Ending::Node),
        copies_promoted: endings(Ending::Replica),
        restores: endings(Ending::Restore),
        planned: u64::from(tally.planned),
        failover_s: tally.totals.sum() as f64 / 1e9,
        losses: tally.lost.len() as u64,
        lost_s: sum(windows()),
        longest_lost_s: windows().max().map_or(0.0, Span::as_secs),
        ..DatabaseRow::default()
    }
}

fn of_bucket(tally: &buckets::Tally) -> BucketRow {
    let windows = || tally.lost.iter().map(|(_, lost)| *lost);
    BucketRow {
        any_s: Span(tally.any).as_secs(),
        failed_s: tally.failed / 1e9,
        replicas_lost: u64::from(tally.replicas_lost),
        losses: tally.lost.len() as u64,
        losses_of_all: windows().filter(|lost| *lost == Span::NEVER).count() as u64,
        lost_s: sum(windows().filter(|lost| *lost != Span::NEVER)),
        moved: u64::from(tally.moved),
        refused: u64::from(tally.refused),
        elsewhere_s: Span(tally.elsewhere).as_secs(),
        ..BucketRow::default()
    }
}

fn of_backup(seen: &OfApp) -> BackupRow {
    let [skipped, failed, copies_lost] =
        std::array::from_fn(|kind| seen.lost.iter().map(|lost| lost[kind]).sum());
    let found = || seen.drills.iter().filter(|drill| drill.loses != Span::NEVER);
    let ages = seen.ages.as_ref();
    BackupRow {
        runs: seen.due.iter().sum(),
        skipped,
        failed,
        copies_lost,
        drills: seen.drills.len() as u64,
        drills_restored: seen.drills.iter().filter(|drill| drill.restored).count() as u64,
        drills_found_nothing: (seen.drills.len() - found().count()) as u64,
        drills_s: sum(found().map(|drill| drill.took)),
        mean_age_s: ages.and_then(|ages| ages.mean_s()),
        oldest_s: ages.map(|ages| ages.oldest.as_secs()),
        above_a_day_s: ages.map(|ages| Span(ages.above_a_day).as_secs()),
        nothing_s: ages.map(|ages| Span(ages.nothing).as_secs()),
        ..BackupRow::default()
    }
}
