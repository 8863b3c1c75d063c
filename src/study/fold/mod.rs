//! Replications folded into samples, one after the other in their order, so that the same study gives
//! the same bits on any number of threads.

mod clock;
mod frame;
mod kinds;
mod periods;
mod subject;
mod subjects;
mod sums;

pub use clock::ClockFold;
pub use kinds::KindFold;
pub use periods::{MONTHS_SHOWN, MonthFold, MonthsMissed};
pub use subject::{CauseFold, Spread, SubjectFold};
pub use subjects::{By, Subjects};
pub use sums::{Count, CountSums, Part, Share, Whole};

use crate::measure::{Measures, Plan};
use crate::model::topology::{Kind, Topology};
use crate::scenario::spec::Scenario;
use crate::stats::Moments;
use crate::study::backups::BackupFold;
use crate::study::buckets::BucketFold;
use crate::study::databases::DatabaseFold;
use crate::study::fallbacks::FallbackFold;
use crate::study::fleet::FleetFold;
use crate::study::recovery;
use crate::study::residency::ResidencyFold;
use crate::study::rows::Rows;
use crate::study::serving::ServingFold;
use frame::Frame;
use subject::{Sums, row};

/// All that a study has seen so far.
pub struct Fold {
    pub replications: u64,
    pub events: u64,
    pub subjects: Subjects,
    /// By app, or one pooled over all where the fleet is large.
    pub clocks: Vec<ClockFold>,
    pub kinds: Vec<KindFold>,
    pub databases: Vec<DatabaseFold>,
    pub fallbacks: Vec<FallbackFold>,
    pub buckets: Vec<BucketFold>,
    /// Where there is more than one app.
    pub fleet: Option<FleetFold>,
    /// By autoscaler: its orders, and how many containers were meant to run on average.
    pub scaling: Vec<(Count, Moments)>,
    /// Sums over apps: what the causes did to all of them together.
    pub all: SubjectFold,
    /// Of each replication over all subjects, in nanoseconds: not up, and some requests failing.
    /// They decide which replication is the worst and which the median one.
    pub harm: Vec<(u64, u64)>,
    /// By app, where there are few enough; of those with a queue.
    pub serving: Vec<Option<ServingFold>>,
    /// Of all replications: [`AllServing::brief`](crate::measure::serving::AllServing::brief).
    pub brief: u128,
    /// Where an app says where its data may be.
    pub residency: Option<ResidencyFold>,
    /// By backup, in the order of the topology.
    pub backups: Vec<BackupFold>,
    /// By region: faults that impaired its control plane.
    pub control_planes: Vec<Count>,
    /// By cause: its place among the [classes](recovery::CLASSES) of faults.
    pub classes: Vec<Option<u8>>,
    pub keep_rows: bool,
    pub rows: Rows,
}

impl Fold {
    /// Nothing seen yet. `lean`: of single subjects only some will be asked for, see [`Subjects`].
    pub fn new(
        topology: &Topology,
        scenario: &Scenario,
        plan: &Plan,
        keep_rows: bool,
        lean: bool,
    ) -> Self {
        // A replication that stops early has not seen the whole course of its load.
        let with_serving = plan.detailed && !plan.stop_at_first_outage;
        Fold {
            replications: 0,
            events: 0,
            subjects: Subjects::new(topology, plan, lean),
            clocks: vec![ClockFold::default(); if plan.detailed { topology.apps } else { 1 }],
            kinds: vec![KindFold::default(); Kind::ALL.len()],
            databases: vec![DatabaseFold::default(); topology.databases.len()],
            fallbacks: vec![FallbackFold::default(); topology.fallbacks.len()],
            buckets: vec![BucketFold::default(); topology.buckets.len()],
            fleet: (topology.apps > 1).then(FleetFold::default),
            scaling: vec![Default::default(); topology.scalers.len()],
            all: SubjectFold::default(),
            harm: Vec::new(),
            serving: (0..if with_serving { topology.apps } else { 0 })
                .map(|app| {
                    ServingFold::new(topology.load_of(app)?, topology.capacity_of(app)?, plan)
                })
                .collect(),
            brief: 0,
            residency: (!topology.residency.is_empty() && !plan.stop_at_first_outage)
                .then(ResidencyFold::default),
            backups: vec![BackupFold::default(); topology.backups.len()],
            control_planes: vec![Count::default(); topology.regions.len()],
            classes: recovery::classes_of(scenario, topology),
            keep_rows,
            rows: Rows::default(),
        }
    }

    /// Adds the next replication.
    pub fn add(
        &mut self,
        topology: &Topology,
        scenario: &Scenario,
        plan: &Plan,
        mut measures: Measures<'_>,
        events: u64,
    ) {
        let by = By { topology, scenario, plan };
        let replication = self.replications;
        self.replications += 1;
        self.events += events;
        let ledger = &measures.ledger;
        let down = ledger.subjects.iter().map(|it| it.down()).sum();
        let any = ledger.subjects.iter().map(|it| it.any).sum();
        self.harm.push((down, any));
        for (fold, seen) in self.backups.iter_mut().zip(&measures.backups.of) {
            fold.add(replication, seen, plan);
        }
        let (mut missed, mut sums) = (MonthsMissed::default(), Sums::default());
        let mut folds = self.subjects.folds(replication, by);
        for (index, tally) in ledger.subjects.iter().enumerate() {
            let frame = Frame::new(topology, scenario, plan, index, tally);
            let mut subject = folds.as_mut().map(|folds| &mut folds[index]);
            if let Some(subject) = &mut subject {
                subject.see(replication, (tally, measures.unplaced.of(index)), &frame, index, by);
                if let Some(spread) = &mut subject.spread {
                    spread.count_by_class(&frame.causes, &self.classes);
                }
            }
            if index < topology.apps {
                sums.add(tally, &frame.causes);
            }
            if let (Some(components), Some(subject)) =
                (measures.importance.subjects.get(index), subject)
            {
                subject.importance.resize(components.rows.len(), Moments::default());
                for (moments, row) in subject.importance.iter_mut().zip(&components.rows) {
                    moments.push(row.time as f64 / plan.horizon().0 as f64);
                }
            }
            if index < topology.apps && self.fleet.is_some() {
                missed.note(&frame, plan);
            }
            if self.keep_rows {
                self.rows.subjects.push(row(replication, index, tally, &frame, topology));
            }
        }
        self.all.add_sums(sums);
        for ((orders, containers), scaled) in self.scaling.iter_mut().zip(&measures.scaling.apps) {
            orders.push(scaled.orders);
            containers.push(scaled.containers as f64 / plan.horizon().0 as f64);
        }
        self.brief += measures.serving.brief;
        for (app, serving) in measures.serving.apps.iter().enumerate() {
            let fold = self.serving.get_mut(app).and_then(Option::as_mut);
            if let (Some(fold), Some(load)) = (fold, topology.load_of(app)) {
                fold.add(replication, load, serving);
            }
        }
        if let Some(residency) = &mut self.residency {
            residency.add(replication, &measures.residency, plan);
        }
        for (fold, clocks) in self.clocks.iter_mut().zip(&measures.failover.clocks) {
            fold.add(replication, clocks);
        }
        for (fold, level) in self.kinds.iter_mut().zip(&measures.components.kinds) {
            fold.add(replication, level, plan);
        }
        for (fold, tally) in self.databases.iter_mut().zip(&measures.databases.of) {
            fold.add(replication, tally, plan);
        }
        for (fold, tally) in self.fallbacks.iter_mut().zip(&measures.fallbacks.of) {
            fold.add(tally, plan);
        }
        for (fold, tally) in self.buckets.iter_mut().zip(&measures.buckets.of) {
            fold.add(replication, tally, plan);
        }
        for (fold, impaired) in
            self.control_planes.iter_mut().zip(&measures.control_planes.impaired)
        {
            fold.push(*impaired);
        }
        if self.keep_rows {
            self.rows.add(replication, topology, &measures, plan);
        }
        if let Some(fleet) = &mut self.fleet {
            fleet.add(replication, &measures.together, &missed, plan);
        }
        self.subjects.keep(&mut measures);
    }
}
