//! Buckets over replications: what is folded of their measures, and how durable they are by the chain of
//! their replicas.

use crate::measure::Plan;
use crate::measure::buckets::Tally;
use crate::model::bucket::Bucket;
use crate::model::root::CauseId;
use crate::scenario::spec::{App, Effect, Failure, Files, Pick, Scenario, Target};
use crate::stats::replicas::{Copies, chance_of_loss};
use crate::stats::{RatioMoments, Sections};
use crate::study::estimate::Estimator;
use crate::study::findings as f;
use crate::study::fold::{Count, Share};
use crate::time::Span;
use std::collections::BTreeMap;

/// What a study has seen of one bucket.
#[derive(Clone, Debug, Default)]
pub struct BucketFold {
    any: Share,
    failed: Share,
    replicas_lost: Count,
    losses: Count,
    /// Losses that took all there was.
    for_good: u64,
    /// What the others took.
    windows: Sections,
    pub lost_by_cause: BTreeMap<CauseId, Sections>,
    windows_mean: RatioMoments,
    left: Count,
    left_windows: Sections,
    left_mean: RatioMoments,
    moved: Count,
    refused: Count,
    elsewhere: Share,
}

impl BucketFold {
    pub(super) fn add(&mut self, replication: u64, tally: &Tally, plan: &Plan) {
        let horizon = plan.horizon().0 as f64;
        self.any.push(tally.any as f64 / horizon);
        self.failed.push(tally.failed / horizon);
        self.replicas_lost.push(u64::from(tally.replicas_lost));
        self.losses.push(tally.lost.len() as u64);
        let windows = tally.lost.iter().filter(|(_, lost)| *lost != Span::NEVER);
        let (mut count, mut sum) = (0, 0.0);
        for (cause, window) in windows {
            self.windows.record(replication, window.0);
            self.lost_by_cause.entry(*cause).or_default().record(replication, window.0);
            (count, sum) = (count + 1, sum + window.as_secs());
        }
        self.for_good += tally.lost.len() as u64 - count;
        self.windows_mean.push(sum, count as f64);
        self.left.push(tally.left.len() as u64);
        for (cause, window) in &tally.left {
            self.left_windows.record(replication, window.0);
            self.lost_by_cause.entry(*cause).or_default().record(replication, window.0);
        }
        let sum = tally.left.iter().map(|it| it.1.as_secs()).sum();
        self.left_mean.push(sum, tally.left.len() as f64);
        self.moved.push(u64::from(tally.moved));
        self.refused.push(u64::from(tally.refused));
        self.elsewhere.push(tally.elsewhere as f64 / horizon);
    }
}

impl Estimator<'_> {
    /// What is said of the bucket of an app; what is simulated only where the study ran to its end.
    pub(super) fn files(&self, index: usize, app: &App) -> Option<f::Files> {
        let files = app.files.as_ref()?;
        let id = self.topology.bucket_of(crate::id::Id::new(index as u32))?;
        let fold = self.fold.buckets.get(id.index()).filter(|_| !self.plan.stop_at_first_outage);
        Some(f::Files {
            bytes: files.size,
            replicas: files.settings.replicas,
            durability: durability(self.scenario, app, files),
            seen: fold.map(|fold| self.files_seen(&self.topology.buckets[id], files, fold)),
        })
    }

    fn files_seen(&self, bucket: &Bucket, files: &Files, fold: &BucketFold) -> f::FilesSeen {
        let used = files.settings.needed() > 0.0;
        let hours = Span::YEAR.as_secs() / 3600.0;
        let scaled = |it: f::Estimate| f::Estimate {
            mean: it.mean * hours,
            low: it.low * hours,
            high: it.high * hours,
            ..it
        };
        f::FilesSeen {
            unavailability: used.then(|| self.share(&fold.failed)),
            time_any: used.then(|| self.share(&fold.any)),
            replicas_lost_per_year: self.rate(&fold.replicas_lost),
            lost_per_year: self.rate(&fold.losses),
            losses: fold.losses.total,
            losses_of_all: fold.for_good,
            lost_s: (fold.windows.count() > 0)
                .then(|| self.percentiles(&fold.windows, &fold.windows_mean)),
            abroad: bucket.goes_along.then(|| f::FilesAbroad {
                per_year: self.rate(&fold.left),
                lost_s: (fold.left_windows.count() > 0)
                    .then(|| self.percentiles(&fold.left_windows, &fold.left_mean)),
            }),
            relocation: files.relocation.as_ref().map(|_| f::Relocated {
                moved_per_year: self.rate(&fold.moved),
                refused_per_year: self.rate(&fold.refused),
                hours_per_year: scaled(self.share(&fold.elsewhere)),
            }),
        }
    }
}

/// How durable a bucket is by the exact solution of the chain of its replicas, each law taken for
/// memoryless with its mean. Nothing where its replicas are not alike, or something comes to some of
/// them together and not to all: the chain knows only how many are left.
pub fn durability(scenario: &Scenario, app: &App, files: &Files) -> Option<f::Durability> {
    let settings = &files.settings;
    let n = settings.replicas as usize;
    let zones = &scenario.regions.iter().find(|it| it.name == app.region)?.zones;
    let mut each = vec![0.0; n];
    let mut together = Vec::new();
    for failure in &scenario.failures {
        let by_coin = failure.effect == Effect::Outage;
        if by_coin && settings.lost_with_zone == 0.0 {
            continue;
        }
        let takes = |target: &Target| -> Vec<usize> {
            let hit = |replica: &usize| match (failure.effect, target) {
                (Effect::Crash, Target::Replica(name)) => {
                    *name == format!("{}/{}", app.name, replica + 1)
                }
                (Effect::DataLoss, Target::Bucket(name)) => *name == app.name,
                (Effect::Outage, Target::Zone(zone)) => *zone == zones[replica % zones.len()],
                (Effect::Outage, Target::Region(name)) => *name == app.region,
                _ => false,
            };
            (0..n).filter(hit).collect()
        };
        let mut struck: Vec<Vec<usize>> = failure.targets.named().iter().map(takes).collect();
        let mut rate = 1.0 / failure.mtbf.mean();
        match failure.pick {
            Pick::Each => {}
            Pick::One => rate /= failure.targets.len() as f64,
            Pick::All => {
                let mut all = struck.concat();
                all.sort_unstable();
                all.dedup();
                struck = vec![all];
            }
        }
        let chances = chances(failure, if by_coin { settings.lost_with_zone } else { 1.0 });
        for hit in struck {
            let share = rate / chances.len() as f64;
            match hit.as_slice() {
                [] => {}
                all if all.len() == n => together.extend(chances.iter().map(|it| (share, *it))),
                [one] => each[*one] += share * chances.iter().sum::<f64>(),
                _ => return None,
            }
        }
    }
    if each.iter().any(|rate| (rate - each[0]).abs() > 1e-9 * each[0]) {
        return None;
    }
    let rebuild = settings.rebuild.mean() + settings.moving.as_secs();
    let chain = Copies { copies: settings.replicas, each: each[0], together, rebuild };
    let lasts = chain.mean_time_to_loss();
    let chance = chance_of_loss(lasts, Span::YEAR.as_secs());
    Some(f::Durability {
        durability: 1.0 - chance,
        loss_per_year: chance,
        mean_time_to_loss_s: lasts.is_finite().then_some(lasts),
        objects_lost_per_year: files.objects.map(|objects| objects as f64 * chance),
        method: "markov".into(),
    })
}

/// The chance that a replica is hit, as values that are equally likely: its fraction, drawn once for all,
/// times the chance that it does not keep its data.
fn chances(failure: &Failure, chance: f64) -> Vec<f64> {
    const POINTS: u32 = 64;
    let Some(fraction) = &failure.fraction else { return vec![chance] };
    let at = |point| fraction.from_uniform((f64::from(point) + 0.5) / f64::from(POINTS));
    (0..POINTS).map(|point| at(point) * chance).collect()
}
