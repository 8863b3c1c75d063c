//! The fleet as a whole: apps that fall together, and months in which all of them kept their SLO.

use super::findings as f;
use super::fold::{KindFold, MonthsMissed};
use crate::measure::Plan;
use crate::measure::together::{Moment, Together};
use crate::stats::RatioMoments;
use std::collections::BTreeMap;

/// What a study has seen of the fleet.
#[derive(Clone, Debug, Default)]
pub struct FleetFold {
    /// The number of apps down.
    pub down: KindFold,
    /// The worst moment and its replication.
    pub worst: Option<(Moment, u64)>,
    /// Complete months in which every app with an SLO met its first target.
    pub all_met: RatioMoments,
    pub months: u64,
}

impl FleetFold {
    pub(super) fn add(
        &mut self,
        replication: u64,
        together: &Together,
        missed: &MonthsMissed,
        plan: &Plan,
    ) {
        self.down.add(replication, &together.level, plan);
        let worst = together.worst;
        if worst.apps > 0 && self.worst.is_none_or(|(seen, _)| worst > seen) {
            self.worst = Some((worst, replication));
        }
        let months = plan.calendar.months.iter().filter(|it| it.complete).count() as u64;
        if months > 0 {
            self.months += months;
            self.all_met.push((months - missed.count()) as f64, months as f64);
        }
    }
}

/// How many apps meet their SLO: all that their contract says passes.
pub(super) fn meet_their_slo(expectations: &[f::Judged]) -> usize {
    let mut apps = BTreeMap::new();
    for judged in expectations.iter().filter(|it| it.is_slo()) {
        if let Some(app) = judged.subject.strip_prefix("app.") {
            *apps.entry(app).or_insert(true) &= judged.verdict == f::Verdict::Pass;
        }
    }
    apps.values().filter(|met| **met).count()
}
