//! What turns the counts of a subject into shares.

use super::periods::{PeriodSum, by_period};
use crate::measure::Plan;
use crate::measure::ledger::{CauseTally, Tally, requests};
use crate::model::topology::{Load, Topology};
use crate::scenario::spec::{Scenario, Slo};
use crate::time::{Instant, Span};

/// What turns the counts of a subject into shares.
pub(super) struct Frame<'s> {
    pub(super) load: Option<&'s Load>,
    pub(super) has_capacity: bool,
    pub(super) slo: Option<&'s Slo>,
    pub(super) from: Instant,
    pub(super) horizon: Span,
    /// The part of the horizon in which it was meant to run (S6), and without planned downtime (M3).
    pub(super) counted: Span,
    pub(super) contracted: Span,
    /// What each cause did, and what fell into each month and year in which there was any harm.
    pub(super) causes: Vec<CauseTally>,
    pub(super) months: Vec<PeriodSum>,
    pub(super) years: Vec<PeriodSum>,
}

impl<'s> Frame<'s> {
    pub(super) fn new(
        topology: &'s Topology,
        scenario: &'s Scenario,
        plan: &Plan,
        index: usize,
        tally: &Tally,
    ) -> Self {
        let slo = if index < topology.apps {
            scenario.apps[index].slo.as_ref()
        } else {
            let name = &topology.services[index - topology.apps].name;
            let service = scenario.services.iter().find(|it| it.name == *name);
            service.expect("services keep their names").slo.as_ref()
        };
        let horizon = plan.horizon();
        let counted = horizon - Span(tally.not_counted());
        Frame {
            load: topology.load_of(index),
            has_capacity: topology.capacity_of(index).is_some(),
            slo,
            from: plan.from,
            horizon,
            counted,
            contracted: counted - Span(tally.planned()),
            causes: tally.causes(),
            months: by_period(tally.pieces(), |piece| Some(plan.calendar.month[piece as usize])),
            years: by_period(tally.pieces(), |piece| plan.calendar.year[piece as usize]),
        }
    }

    /// All requests of a stretch, in parts; nothing without a load.
    pub(super) fn offered(&self, from: Instant, length: Span) -> Option<f64> {
        let load = self.load?;
        Some(requests(load.rate, load.between(from, from + length).as_secs(), 1.0) as f64)
    }

    /// Those of the horizon, without the time in which it was not meant to run.
    pub(super) fn asked(&self, tally: &Tally) -> Option<f64> {
        Some(self.offered(self.from, self.horizon)? - tally.requests_off() as f64)
    }
}
