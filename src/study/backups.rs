//! What backups came to, folded over replications and estimated.

use crate::measure::Plan;
use crate::measure::backups::{Ages, OfApp};
use crate::model::backup::plan::{Place, Series};
use crate::stats::{Moments, RatioMoments, Sections};
use crate::study::estimate::{Estimator, UNKNOWN};
use crate::study::findings as f;
use crate::study::fold::{Count, Share};
use crate::time::{NANOS_PER_SEC, Span};

/// The backups of one app.
#[derive(Clone, Debug, Default)]
pub struct BackupFold {
    /// By series: runs due, runs lost, copies lost.
    due: [Count; Series::ALL.len()],
    lost: [Count; Series::ALL.len()],
    copies_lost: [Count; Series::ALL.len()],
    all_lost: Count,
    all_copies_lost: Count,
    skipped: Count,
    ages: Option<Box<AgeFold>>,
    drills: u64,
    restored: u64,
    found_nothing: u64,
    took: Sections,
    took_mean: RatioMoments,
    lost_by_drill: Sections,
    lost_by_drill_mean: RatioMoments,
}

/// How old the newest copy was.
#[derive(Clone, Debug, Default)]
pub struct AgeFold {
    mean: Moments,
    spread: Sections,
    above_a_day: Share,
    nothing: Share,
    oldest: Span,
}

impl BackupFold {
    pub(super) fn add(&mut self, replication: u64, seen: &OfApp, plan: &Plan) {
        for series in 0..Series::ALL.len() {
            let [skipped, failed, copies] = seen.lost[series];
            self.due[series].push(seen.due[series]);
            self.lost[series].push(skipped + failed);
            self.copies_lost[series].push(copies);
        }
        let all = |of: fn(&[u64; 3]) -> u64| seen.lost.iter().map(of).sum();
        self.all_lost.push(all(|it| it[0] + it[1]));
        self.all_copies_lost.push(all(|it| it[2]));
        self.skipped.push(all(|it| it[0]));
        if let Some(ages) = &seen.ages {
            self.ages.get_or_insert_default().add(replication, ages, plan);
        }
        let mut sums = [0.0; 2];
        let found: Vec<_> = seen.drills.iter().filter(|it| it.loses != Span::NEVER).collect();
        for drill in &found {
            self.took.record(replication, drill.took.0);
            self.lost_by_drill.record(replication, drill.loses.0);
            sums = [sums[0] + drill.took.as_secs(), sums[1] + drill.loses.as_secs()];
        }
        self.took_mean.push(sums[0], found.len() as f64);
        self.lost_by_drill_mean.push(sums[1], found.len() as f64);
        self.drills += seen.drills.len() as u64;
        self.restored += seen.drills.iter().filter(|it| it.restored).count() as u64;
        self.found_nothing += (seen.drills.len() - found.len()) as u64;
    }
}

impl BackupFold {
    /// The share of the time in which nothing could be restored, if there was any.
    pub(super) fn without_any(&self) -> Option<f64> {
        let share = self.ages.as_ref()?.nothing.fraction.mean;
        (share > 0.0).then_some(share)
    }
}

impl AgeFold {
    pub(super) fn add(&mut self, replication: u64, ages: &Ages, plan: &Plan) {
        let horizon = plan.horizon().0.max(1) as f64;
        if let Some(mean) = ages.mean_s() {
            self.mean.push(mean);
        }
        self.above_a_day.push(ages.above_a_day as f64 / horizon);
        self.nothing.push(ages.nothing as f64 / horizon);
        self.oldest = self.oldest.max(ages.oldest);
        for (age, length) in ages.by_age() {
            // Weighed by seconds, each class of age by its middle.
            let seconds = (length + NANOS_PER_SEC / 2) / NANOS_PER_SEC;
            if seconds > 0 {
                self.spread.record_many(replication, age, seconds);
            }
        }
    }
}

impl Estimator<'_> {
    /// The newest copy that an app would have elsewhere if none had been refused.
    pub(super) fn refused_copies(&self, app: usize) -> Option<f::RefusedCopies> {
        let ages = self.fold.residency.as_ref()?.without_refusal(app)?;
        let id = self.topology.backup_of(crate::id::Id::new(app as u32))?;
        let second = self.topology.backups[id].home.copy.filter(|it| it.refused)?;
        let site = &self.topology.sites[second.site];
        let (to, country) = (site.name.clone(), site.country.clone());
        Some(f::RefusedCopies { to, country, age_s: self.ages(ages)? })
    }

    /// What the backups of an app came to; none where it has none, or the study did not run to its end.
    pub(super) fn backups(&self, app: usize) -> Option<f::Backups> {
        let id = self.topology.backup_of(crate::id::Id::new(app as u32))?;
        let fold = self.fold.backups.get(id.index())?;
        if self.plan.stop_at_first_outage {
            return None;
        }
        let backup = &self.topology.backups[id];
        let site = |id| self.topology.sites[id].name.clone();
        let copy = |place: &Place| place.copy.filter(|it| !it.refused).map(|it| site(it.site));
        let years = self.years();
        let series = backup.rules.schedules.iter().map(|schedule| {
            let place = schedule.series as usize;
            f::BackupSeries {
                series: schedule.series.name().into(),
                runs_per_year: fold.due[place].total as f64 / years,
                lost_per_year: self.rate(&fold.lost[place]),
                copies_lost_per_year: self.rate(&fold.copies_lost[place]),
            }
        });
        let drills = (fold.drills > 0).then(|| f::Drills {
            per_year: fold.drills as f64 / years,
            restored: self.probability(fold.restored, fold.drills),
            found_nothing: fold.found_nothing,
            took_s: (fold.took.count() > 0).then(|| self.percentiles(&fold.took, &fold.took_mean)),
            loses_s: (fold.lost_by_drill.count() > 0)
                .then(|| self.percentiles(&fold.lost_by_drill, &fold.lost_by_drill_mean)),
        });
        Some(f::Backups {
            home: site(backup.home.site),
            copy_to: copy(&backup.home),
            abroad: backup
                .abroad
                .filter(|it| !it.refused)
                .map(|it| f::BackupsAbroad { region: site(it.site), copy_to: copy(&it) }),
            bytes: backup.home.bytes,
            series: series.collect(),
            lost_per_year: self.rate(&fold.all_lost),
            copies_lost_per_year: self.rate(&fold.all_copies_lost),
            skipped_per_year: self.rate(&fold.skipped),
            restorable_age_s: fold.ages.as_deref().and_then(|ages| self.ages(ages)),
            drills,
        })
    }

    fn ages(&self, ages: &AgeFold) -> Option<f::RestorableAge> {
        // What can never be restored has no age.
        let mean = ages.mean.estimate(self.confidence).map_or(UNKNOWN, |mean| f::Estimate {
            mean: mean.mean,
            low: mean.low.max(0.0),
            high: mean.high,
            low_confidence: false,
        });
        let pool = ages.spread.pool();
        Some(f::RestorableAge {
            spread: f::Percentiles {
                mean,
                p50: self.quantile(&pool, 0.5),
                p95: self.quantile(&pool, 0.95),
                p99: self.quantile(&pool, 0.99),
            },
            max: ages.oldest.as_secs(),
            above_a_day: self.share(&ages.above_a_day),
            nothing: self.share(&ages.nothing),
        })
    }
}
