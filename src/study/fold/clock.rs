//! The failover clock of one app, or of all.

use crate::measure::failover;
use crate::model::root::CauseId;
use crate::model::world::Phase;
use crate::stats::{RatioMoments, Sections};
use std::collections::BTreeMap;

/// The failover clock of one app, or of all.
#[derive(Clone, Debug, Default)]
pub struct ClockFold {
    pub episodes: u64,
    pub censored: u64,
    pub phases: [Sections; failover::PHASES],
    pub phase_means: [RatioMoments; failover::PHASES],
    pub total: Sections,
    pub total_mean: RatioMoments,
    pub redundancy: Sections,
    pub redundancy_mean: RatioMoments,
    pub by_cause: BTreeMap<CauseId, Sections>,
}

impl ClockFold {
    pub(super) fn add(&mut self, replication: u64, clocks: &failover::Clocks) {
        let seconds = |sum: u128| sum as f64 / 1e9;
        let (mut episodes, mut sum_of_all) = (0, 0);
        let (mut ejected, mut sum_of_ejected) = (0, 0);
        for (cause, of_cause) in &clocks.by_cause {
            let by_cause = self.by_cause.entry(*cause).or_default();
            let ejected_only = of_cause.ejected.sketch();
            for sketch in [ejected_only, &of_cause.returned] {
                by_cause.absorb(replication, sketch);
                self.total.absorb(replication, sketch);
                episodes += sketch.count();
                sum_of_all += sketch.sum();
            }
            self.phases[Phase::Detection.clock()].absorb(replication, ejected_only);
            ejected += ejected_only.count();
            sum_of_ejected += ejected_only.sum();
        }
        self.episodes += episodes;
        self.censored += clocks.censored;
        self.total_mean.push(seconds(sum_of_all), episodes as f64);
        for (phase, sketch) in clocks.phases.iter().enumerate() {
            let sections = &mut self.phases[phase];
            sections.absorb(replication, sketch);
            let (mut sum, mut seen) = (sketch.sum(), sketch.count());
            if phase == Phase::Detection.clock() {
                sum += sum_of_ejected;
                seen += ejected;
            }
            sections.record_many(replication, 0, episodes - seen);
            self.phase_means[phase].push(seconds(sum), episodes as f64);
        }
        let restored = clocks.redundancy.sketch();
        self.redundancy.absorb(replication, restored);
        self.redundancy_mean.push(seconds(restored.sum()), restored.count() as f64);
    }
}
