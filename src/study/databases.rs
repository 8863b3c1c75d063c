//! Databases over replications: what is folded of their measures, and what is said of them.

use crate::measure::Plan;
use crate::measure::database::{Ending, STEPS, Tally};
use crate::model::database::Database;
use crate::model::root::CauseId;
use crate::stats::{Moments, RatioMoments, Sections};
use crate::study::estimate::Estimator;
use crate::study::findings as f;
use crate::study::fold::{Count, Share};
use crate::time::Span;
use std::collections::BTreeMap;

/// What a study has seen of one database.
#[derive(Clone, Debug, Default)]
pub struct DatabaseFold {
    pub down: Share,
    /// By [`Ending`].
    pub endings: [Count; Ending::ALL.len()],
    pub planned: Count,
    pub steps: [Sections; STEPS],
    pub step_means: [RatioMoments; STEPS],
    pub total: Sections,
    pub total_mean: RatioMoments,
    /// From the loss of the primary until every container was connected, by cause.
    pub recovery: BTreeMap<CauseId, Sections>,
    pub lost: Lost,
    pub lost_by_cause: BTreeMap<CauseId, Sections>,
}

/// What restores lost.
#[derive(Clone, Debug, Default)]
pub struct Lost {
    pub events: Count,
    pub windows: Sections,
    pub mean: RatioMoments,
    pub longest: u64,
    /// Seconds of data lost in a replication.
    pub seconds: Moments,
    /// The longest window of each whole year; nothing lost is a window of zero.
    pub worst_of_year: Sections,
}

impl DatabaseFold {
    pub(super) fn add(&mut self, replication: u64, tally: &Tally, plan: &Plan) {
        self.down.push(tally.down as f64 / plan.horizon().0 as f64);
        for (count, &seen) in self.endings.iter_mut().zip(&tally.endings) {
            count.push(u64::from(seen));
        }
        self.planned.push(u64::from(tally.planned));
        let seconds = |sum: u128| sum as f64 / 1e9;
        let failovers = tally.totals.count() as f64;
        let steps = self.steps.iter_mut().zip(&mut self.step_means).zip(&tally.steps);
        for ((sections, mean), sketch) in steps {
            sections.absorb(replication, sketch);
            mean.push(seconds(sketch.sum()), failovers);
        }
        self.total.absorb(replication, &tally.totals);
        self.total_mean.push(seconds(tally.totals.sum()), failovers);
        for (cause, sketch) in &tally.recovery {
            self.recovery.entry(*cause).or_default().absorb(replication, sketch);
        }
        self.lost.add(replication, tally, plan);
        for (_, cause, window) in &tally.lost {
            self.lost_by_cause.entry(*cause).or_default().record(replication, window.0);
        }
    }
}

impl Lost {
    fn add(&mut self, replication: u64, tally: &Tally, plan: &Plan) {
        let windows = || tally.lost.iter().map(|(.., window)| window.0);
        let sum: u64 = windows().sum();
        self.events.push(tally.lost.len() as u64);
        windows().for_each(|window| self.windows.record(replication, window));
        self.mean.push(Span(sum).as_secs(), tally.lost.len() as f64);
        self.longest = self.longest.max(windows().max().unwrap_or(0));
        self.seconds.push(Span(sum).as_secs());
        let mut worst: BTreeMap<u32, u64> = BTreeMap::new();
        for (year, _, window) in &tally.lost {
            if let Some(year) = year {
                let of_year = worst.entry(*year).or_default();
                *of_year = (*of_year).max(window.0);
            }
        }
        let quiet = u64::from(plan.calendar.years) - worst.len() as u64;
        self.worst_of_year.record_many(replication, 0, quiet);
        worst.values().for_each(|&window| self.worst_of_year.record(replication, window));
    }
}

/// So many times a length of time.
fn times(of: &f::Percentiles, factor: f64) -> f::Percentiles {
    let scaled = |it: f::Estimate| f::Estimate {
        mean: it.mean * factor,
        low: it.low * factor,
        high: it.high * factor,
        ..it
    };
    f::Percentiles {
        mean: scaled(of.mean),
        p50: of.p50.map(scaled),
        p95: of.p95.map(scaled),
        p99: of.p99.map(scaled),
    }
}

impl Estimator<'_> {
    /// What is said of the database of an app.
    pub(super) fn database(&self, database: &Database, fold: &DatabaseFold) -> f::Database {
        let rate = |ending: Ending| self.rate(&fold.endings[ending as usize]);
        let episodes = fold.total.count();
        f::Database {
            mode: database.settings.mode.name().into(),
            unavailability: self.share(&fold.down),
            failovers_per_year: rate(Ending::Failover),
            planned_per_year: self.rate(&fold.planned),
            stuck_per_year: rate(Ending::Manual),
            waited_for_node_per_year: rate(Ending::Node),
            copies_promoted_per_year: database
                .settings
                .replica
                .as_ref()
                .map(|_| rate(Ending::Replica)),
            restores_per_year: rate(Ending::Restore),
            failover_s: (episodes > 0).then(|| {
                let [detect, decide, promote, reconnect] = std::array::from_fn(|step| {
                    self.percentiles(&fold.steps[step], &fold.step_means[step])
                });
                let total = self.percentiles(&fold.total, &fold.total_mean);
                f::DatabaseFailover { detect, decide, promote, reconnect, total, episodes }
            }),
        }
    }

    /// What its restores lost (B4).
    pub(super) fn data_loss(&self, database: &Database, lost: &Lost) -> f::DataLoss {
        let written = database.settings.written;
        let per_year = 1.0 / self.plan.horizon().as_years();
        let few = lost.events.total < super::estimate::FEW;
        let mean = lost.seconds.estimate(self.confidence).expect("a study has a replication");
        let window = (lost.events.total > 0).then(|| self.percentiles(&lost.windows, &lost.mean));
        let longest = Span(lost.longest).as_secs();
        let known = window.as_ref().zip(written);
        f::DataLoss {
            events_per_year: self.rate(&lost.events),
            seen: lost.events.total,
            max: longest,
            // Nothing lost yet says little about how much there will be.
            bytes_per_year: written.filter(|_| lost.events.total > 0).map(|rate| f::Estimate {
                mean: mean.mean * per_year * rate,
                low: mean.low.max(0.0) * per_year * rate,
                high: mean.high * per_year * rate,
                low_confidence: few,
            }),
            bytes_per_event: known.map(|(window, rate)| window.mean.mean * rate),
            bytes: known.map(|(window, rate)| times(window, rate)),
            bytes_max: known.map(|(_, rate)| longest * rate),
            window,
        }
    }
}
