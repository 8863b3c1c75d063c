//! What took a subject down, and what it waited for.

use super::{Estimator, FEW, marked};
use crate::measure::ledger::PARTS_OF_A_REQUEST;
use crate::model::world::Phase;
use crate::stats::Sections;
use crate::study::findings as f;
use crate::study::fold::{ClockFold, Part, SubjectFold, Whole};

impl Estimator<'_> {
    pub(super) fn causes(
        &self,
        fold: &SubjectFold,
        clock: Option<&ClockFold>,
        load: Option<f64>,
    ) -> Vec<f::Cause> {
        if self.plan.stop_at_first_outage {
            return Vec::new();
        }
        let years = self.years();
        let per_year = |nanos: u128| nanos as f64 / 1e9 / years;
        let mut rows: Vec<_> = fold
            .causes
            .iter()
            .map(|(cause, row)| {
                let harmed = row.harmed.over(self.fold.replications);
                let over = clock.and_then(|clock| clock.by_cause.get(cause)).map(Sections::pool);
                let few = harmed.total < FEW;
                f::Cause {
                    cause: self.topology.causes[usize::from(*cause)].clone(),
                    per_year: self.rate(&harmed),
                    seen: harmed.total,
                    absorbed: row.absorbed,
                    downtime_per_year_s: per_year(row.down.sum),
                    downtime_share: self.part(&row.down, &fold.down, few),
                    requests_share: load
                        .and_then(|_| self.part(&row.failed, &fold.failed_requests, few)),
                    lost_per_year_s: load
                        .filter(|&rate| rate > 0.0)
                        .map(|rate| row.failed.sum as f64 / PARTS_OF_A_REQUEST / rate / years),
                    over_by_p50_s: over.as_ref().and_then(|pool| self.quantile(pool, 0.5)),
                    over_by_p95_s: over.as_ref().and_then(|pool| self.quantile(pool, 0.95)),
                    contributing_per_year_s: per_year(row.contributing),
                }
            })
            .collect();
        sort_causes(&mut rows);
        rows
    }

    /// K6: shares of app-seconds and requests summed over apps.
    pub fn causes_of_all(&self) -> Vec<f::Cause> {
        let loads = self.scenario.apps.iter().filter_map(|app| Some(app.load.as_ref()?.mean));
        let load = loads.reduce(|sum, load| sum + load);
        let pooled = if self.plan.detailed { None } else { self.fold.clocks.first() };
        self.causes(&self.fold.all, pooled, load)
    }

    pub(super) fn part(&self, part: &Part, whole: &Whole, few: bool) -> Option<f::Estimate> {
        let share = part.share_of(whole, self.fold.replications, self.confidence)?;
        Some(marked(share, few))
    }

    pub(super) fn waited(&self, fold: &SubjectFold) -> Vec<f::Waited> {
        let mut rows: Vec<_> = Phase::ALL
            .iter()
            .zip(fold.waited)
            .filter(|(_, part)| part.sum > 0)
            .filter_map(|(phase, part)| {
                Some(f::Waited {
                    phase: phase.name().into(),
                    downtime_share: self.part(&part, &fold.down, fold.outages.total < FEW)?,
                    downtime_per_year_s: part.sum as f64 / 1e9 / self.years(),
                })
            })
            .collect();
        rows.sort_by(|a, b| b.downtime_per_year_s.total_cmp(&a.downtime_per_year_s));
        rows
    }
}

/// Most harm first: by lost requests where they are counted, else by downtime; then by name.
fn sort_causes(rows: &mut [f::Cause]) {
    let harm = |row: &f::Cause| row.lost_per_year_s.unwrap_or(row.downtime_per_year_s);
    rows.sort_by(|a, b| {
        let by_harm = harm(b).total_cmp(&harm(a));
        by_harm
            .then(b.downtime_per_year_s.total_cmp(&a.downtime_per_year_s))
            .then(a.cause.cmp(&b.cause))
    });
}
