//! Components by kind, and the fleet as a whole.

use super::{Estimator, FEW, marked};
use crate::measure::Measures;
use crate::measure::importance::{Component, Importance};
use crate::model::topology::Kind;
use crate::stats;
use crate::study::findings as f;
use crate::study::fold::KindFold;
use crate::time::Span;
use std::collections::BTreeMap;

impl Estimator<'_> {
    /// M9, by kind of component that the scenario has.
    pub fn components(&self) -> BTreeMap<String, f::Components> {
        if self.plan.stop_at_first_outage {
            return BTreeMap::new();
        }
        let count = |kind| match kind {
            Kind::Zone => self.topology.zones.len(),
            _ => {
                let groups = self.topology.groups.iter().filter(|group| group.kind == kind);
                groups.map(|group| group.count as usize).sum()
            }
        };
        Kind::ALL
            .into_iter()
            .map(|kind| (kind, count(kind)))
            .filter(|(_, count)| *count > 0)
            .map(|(kind, count)| {
                let fold = &self.fold.kinds[kind as usize];
                (kind.name().to_string(), self.kind(kind, count, fold))
            })
            .collect()
    }

    /// The apps as a whole, where there are several; who meets the SLO is judged later.
    pub fn fleet(&self) -> Option<f::Fleet> {
        let fold = self.fold.fleet.as_ref().filter(|_| !self.plan.stop_at_first_outage)?;
        let with_slo = self.scenario.apps.iter().filter(|app| app.slo.is_some()).count();
        let judged = with_slo > 0 && self.plan.periods && fold.months > 0;
        Some(f::Fleet {
            apps: self.topology.apps,
            with_slo,
            meet_slo: 0,
            groups: BTreeMap::new(),
            all_meet_slo: judged.then(|| self.share_of_periods(&fold.all_met, fold.months)),
            mean_down: self.mean_down(&fold.down),
            down_at_least: fold.down.at_least.iter().map(|share| self.share(share)).collect(),
            worst: fold.worst.map(|(moment, replication)| f::WorstMoment {
                apps: moment.apps,
                lasted_s: Span(moment.length).as_secs(),
                cause: self.topology.causes[usize::from(moment.cause)].clone(),
                replication,
            }),
        })
    }

    pub(super) fn mean_down(&self, fold: &KindFold) -> f::Estimate {
        let mean = fold.mean_down.estimate(self.confidence).expect("a study has a replication");
        if fold.failures.total == 0 {
            // Nothing was seen to fail: at most as often as that can hide, each time for all time.
            let none = stats::Outages { fraction: fold.mean_down, ..stats::Outages::default() };
            return self.outages(&none);
        }
        let few = fold.failures.total < FEW;
        marked(stats::Estimate { low: mean.low.max(0.0), ..mean }, few)
    }

    pub(super) fn kind(&self, kind: Kind, count: usize, fold: &KindFold) -> f::Components {
        f::Components {
            count,
            mean_down: self.mean_down(fold),
            down_at_least: fold.at_least.iter().map(|share| self.share(share)).collect(),
            birnbaum: self.birnbaum(kind),
            failures_per_year: self.rate(&fold.failures),
        }
    }

    pub(super) fn birnbaum(&self, kind: Kind) -> BTreeMap<String, BTreeMap<String, f::Estimate>> {
        let importance: Importance = Measures::new(self.plan, self.topology).importance;
        let mut subjects = BTreeMap::new();
        for (index, components) in importance.subjects.iter().enumerate() {
            let mut rows = BTreeMap::new();
            let fold = self.fold.subjects.of(index, self.by());
            for (row, moments) in components.rows.iter().zip(&fold.importance) {
                let (its_kind, name) = match row.component {
                    Component::Unit(unit) => {
                        (Some(self.topology.group_of(unit).kind), self.topology.unit_name(unit))
                    }
                    Component::Zone(zone) => {
                        (Some(Kind::Zone), self.topology.zones[zone].name.clone())
                    }
                    // A subject within a subject has its own entry.
                    Component::App(_) | Component::Service(_) => (None, String::new()),
                };
                if its_kind == Some(kind)
                    && let Some(estimate) = moments.estimate(self.confidence)
                {
                    let low = estimate.low.max(0.0);
                    rows.insert(name, marked(stats::Estimate { low, ..estimate }, false));
                }
            }
            if !rows.is_empty() {
                subjects.insert(self.topology.subject_name(index), rows);
            }
        }
        subjects
    }
}
