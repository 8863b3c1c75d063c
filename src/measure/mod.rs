//! What is measured: listeners to the model's facts, one file each.
//!
//! | measure | hears | answers |
//! |---|---|---|
//! | [`ledger`] | states of subjects | downtime and failed requests, each charged to one cause (K4–K6) |
//! | [`outages`] | ends of down states | how many, how long, clock minutes (M2, M5–M7) |
//! | [`periods`] | harmed intervals | calendar months and 365-day years against the SLO (M4, M5) |
//! | [`failover`] | units out of and in service | the failover clock, absorbed episodes (K1, K2) |
//! | [`components`] | units and zones | how many of a kind are down (M9) |
//! | `planned` | asked by the ledger | which downtime was planned (M3) |
//! | [`serving`] | states of apps | how many containers serve when, for waits and responses |
//! | [`settling`] | asked by [`serving`] | whether the queues of a large fleet have time to settle |
//! | [`importance`] | states of subjects | Birnbaum importance (M9) |
//! | [`together`] | states of apps | how many are down at once |
//! | [`database`] | stages of databases | how failovers go, how long they take, what restores lose (B4) |
//! | [`fallback`] | stages of apps that go to another region | how often, and how long they are away |
//! | [`buckets`] | what buckets fail, what is lost with their replicas | how durable and available files are (B1, B2) |
//! | [`scaling`] | ends of changes | how many containers autoscaled apps have |
//! | [`control_planes`] | faults that impair one | how often nothing new can be started in a region |
//! | [`backups`] | runs that are lost, drills; at the end the snapshots | what could be restored (B3) |
//! | [`unplaced`] | units that find no room | how long they wait for it (N6) |
//! | [`residency`] | data that moves | what was where it may not be, and what was refused (B5) |
//!
//! They are fields of one plain struct with static calls: boxing them was measured to cost as much as
//! the model itself.

mod arrivals;
pub mod backups;
pub mod buckets;
pub mod components;
pub mod control_planes;
pub mod database;
pub mod failover;
pub mod fallback;
pub mod importance;
pub mod ledger;
pub mod outages;
pub mod periods;
mod planned;
pub mod residency;
pub mod scaling;
pub mod serving;
pub mod settling;
pub mod together;
pub mod unplaced;

use crate::id::Id;
use crate::model::fact::{Fact, How, Listener, Subject};
use crate::model::topology::{Group, Kind, Topology};
use crate::model::world::World;
use crate::time::{Instant, Span};
use backups::{Backups, Drill};
use buckets::Buckets;
use components::Components;
use control_planes::ControlPlanes;
use database::Databases;
use failover::FailoverClock;
use fallback::Fallbacks;
use importance::Importance;
use ledger::{Ledger, Turn};
use periods::Calendar;
use residency::Residency;
use scaling::Scaling;
use serving::AllServing;
use settling::Settling;
use together::Together;
use unplaced::Unplaced;

/// What is to be measured: made once for a study, shared by its replications.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The measured interval.
    pub from: Instant,
    pub to: Instant,
    /// Nanoseconds by which clock minutes are ahead of the simulation's: minute n begins at
    /// n·60 s − `minute_offset`.
    pub minute_offset: u64,
    /// Boundaries of months and years.
    pub calendar: Calendar,
    /// Months and years are wanted for each subject.
    pub periods: bool,
    /// Distributions for each subject; otherwise pooled over all of them.
    pub detailed: bool,
    pub importance: bool,
    /// Keep finished episodes one by one; studies need only their distributions.
    pub episodes: bool,
    /// Times at which the point unavailability is wanted, sorted.
    pub at: Vec<Instant>,
    pub stop_at_first_outage: bool,
    /// Of a large fleet with queues.
    pub settling: Option<Settling>,
}

impl Plan {
    /// The part of `from..to` that is measured; empty where the ends meet.
    #[inline(always)]
    pub fn clip(&self, from: Instant, to: Instant) -> (Instant, Instant) {
        let from = from.max(self.from);
        (from, to.min(self.to).max(from))
    }

    /// Whether an instant is in the measured interval.
    pub fn measures(&self, now: Instant) -> bool {
        self.from <= now && now < self.to
    }

    /// Length of the measured interval.
    pub fn horizon(&self) -> Span {
        self.to - self.from
    }
}

/// All measures of one replication.
#[derive(Clone, Debug)]
pub struct Measures<'p> {
    pub plan: &'p Plan,
    pub ledger: Ledger,
    pub failover: FailoverClock,
    pub components: Components,
    pub importance: Importance,
    pub together: Together,
    pub unplaced: Unplaced,
    pub databases: Databases,
    pub fallbacks: Fallbacks,
    pub buckets: Buckets,
    pub scaling: Scaling,
    pub serving: AllServing,
    pub residency: Residency,
    pub backups: Backups,
    pub control_planes: ControlPlanes,
    done: bool,
}

impl<'p> Measures<'p> {
    /// Measures of a replication that is about to begin.
    pub fn new(plan: &'p Plan, topology: &Topology) -> Self {
        Measures {
            plan,
            ledger: Ledger::new(topology),
            failover: FailoverClock::new(plan, topology),
            components: Components::new(),
            importance: Importance::new(plan, topology),
            together: Together::new(),
            unplaced: Unplaced::new(topology),
            databases: Databases::new(topology),
            fallbacks: Fallbacks::new(topology),
            buckets: Buckets::new(topology),
            scaling: Scaling::new(topology),
            serving: AllServing::new(plan, topology),
            residency: Residency::new(topology),
            backups: Backups::new(topology),
            control_planes: ControlPlanes::new(topology),
            done: false,
        }
    }

    /// Closes what is open when the replication ends at `now`.
    pub fn finish(&mut self, now: Instant, topology: &Topology) {
        self.ledger.finish(now, self.plan, topology);
        self.failover.finish(&mut self.ledger);
        self.components.finish(now, self.plan);
        self.importance.finish(now, self.plan);
        self.together.finish(now, self.plan);
        self.unplaced.finish(now, self.plan);
        self.databases.finish(now, self.plan);
        self.fallbacks.finish(now, self.plan);
        self.buckets.finish(now, self.plan);
        self.scaling.finish(now, self.plan);
        self.serving.finish(now, self.plan, topology);
        self.residency.finish(now, self.plan);
    }
}

impl Measures<'_> {
    /// What is computed at the end and not heard: snapshots.
    pub fn survey(&mut self, now: Instant, topology: &Topology, world: &World) {
        self.backups.survey(now, self.plan, topology, world);
        self.residency.survey(now, self.plan, topology, world);
    }
}

impl Listener for Measures<'_> {
    fn begin(&mut self, topology: &Topology, world: &World) {
        self.importance.begin(topology, world);
        self.residency.begin(self.plan, topology, world);
    }

    #[inline(always)]
    fn hear(&mut self, now: Instant, fact: Fact, topology: &Topology, world: &World) {
        if !self.residency.is_idle() {
            self.residency.hear(now, fact, self.plan, topology, world);
        }
        match fact {
            Fact::LeftService { unit, root, how } => {
                let failed = !root.change;
                self.components.unit_down(now, self.plan, topology.group_of(unit).kind, failed);
                let lost = (unit, root, how == How::Stopped);
                self.ledger.in_flight_lost(now, self.plan, lost, topology, world);
                let router = topology.group_of(unit).kind == Kind::Router;
                if router {
                    let lost = (unit, root);
                    self.ledger.in_flight_lost_with(now, self.plan, lost, topology, world);
                }
                // Nobody misses a router without clients.
                if !router || world.has_clients(topology, unit) {
                    self.failover.unit_down(unit, root, topology, world);
                }
            }
            Fact::ClientsMoved { region } => self.failover.clients_moved(region, topology, world),
            Fact::Renewed { unit, root } => {
                self.ledger.renewed(now, self.plan, (unit, root), topology, world);
            }
            Fact::SwitchedOn { unit, root } => {
                let kind = topology.group_of(unit).kind;
                self.components.unit_down(now, self.plan, kind, !root.change);
                self.failover.unit_down(unit, root, topology, world);
            }
            Fact::SwitchedOff { unit, root } => {
                if world.units[unit.index()].in_service {
                    let lost = (unit, root, true);
                    self.ledger.in_flight_lost(now, self.plan, lost, topology, world);
                } else {
                    self.components.unit_up(now, self.plan, topology.group_of(unit).kind);
                }
            }
            Fact::Answered { unit } => self.failover.unit_answered(unit, topology, world),
            Fact::InService { unit } => {
                let kind = topology.group_of(unit).kind;
                self.components.unit_up(now, self.plan, kind);
                if kind != Kind::Router || world.has_clients(topology, unit) {
                    self.failover.unit_up(unit, topology, world);
                }
            }
            Fact::ZoneDown { .. } => self.components.zone_down(now, self.plan),
            Fact::ZoneUp { .. } => self.components.zone_up(now, self.plan),
            Fact::ChangeEnded { clock, .. } if !topology.scalers.is_empty() => {
                self.scaling.changed(now, clock, self.plan, topology, world);
            }
            Fact::Unplaced { unit } => self.unplaced.step(now, unit, true, self.plan, topology),
            Fact::UnplacedNoMore { unit } => {
                self.unplaced.step(now, unit, false, self.plan, topology);
            }
            Fact::DatabaseDown { database, root } => {
                self.databases.down(now, database.index(), root);
            }
            Fact::DatabaseStage { database, stage } => {
                self.databases.stage(now, database.index(), stage, self.plan);
            }
            Fact::DatabaseRestored { database, lost } => {
                self.databases.lost(now, database.index(), lost, self.plan);
            }
            Fact::ReplicaPromoted { database, lost } => {
                self.databases.lost(now, database.index(), lost, self.plan);
            }
            Fact::FallbackStage { fallback, stage } => {
                self.fallbacks.stage(now, fallback, stage, self.plan, world);
            }
            Fact::BucketFails { bucket, share } => {
                let needed = topology.buckets[bucket].settings.needed();
                self.buckets.fails(now, bucket.index(), share, needed, self.plan);
            }
            Fact::ReplicaLost { bucket, .. } => {
                self.buckets.replica_lost(now, bucket.index(), self.plan);
            }
            Fact::BucketLost { bucket, cause, lost } => {
                self.buckets.lost(now, bucket.index(), (cause, lost), self.plan);
            }
            Fact::BucketMoved { bucket, away } => {
                self.buckets.moved(now, bucket.index(), away, self.plan);
            }
            Fact::FilesGoOnAbroad { bucket, lost } => {
                let root = world.buckets[bucket.index()].away.expect("its app is away");
                self.buckets.left(now, bucket.index(), (root.cause, lost), self.plan);
            }
            Fact::BucketStays { bucket } => self.buckets.stays(now, bucket.index(), self.plan),
            Fact::BackupFailed { app, series, trouble } => {
                self.backups.failed(now, app, series, trouble, self.plan, topology);
            }
            Fact::ControlPlaneImpaired { region } => {
                self.control_planes.impaired(now, region, self.plan);
            }
            Fact::DrillEnded { app, restored, took, loses } => {
                let drill = Drill { restored, took, loses };
                self.backups.drilled(now, app, drill, self.plan, topology);
            }
            _ => {}
        }
    }

    #[inline(always)]
    fn settled(&mut self, now: Instant, subject: Subject, topology: &Topology, world: &World) {
        let index = match subject {
            Subject::App(app) => app.index(),
            Subject::Service(service) => topology.apps + service as usize,
        };
        let turn = self.ledger.settled(now, index, subject, self.plan, topology, world);
        if let Subject::App(app) = subject {
            match turn {
                Turn::None => {}
                Turn::Down(cause) => self.together.down(now, cause, self.plan),
                Turn::Up(cause) => self.together.up(now, cause, self.plan),
            }
            self.failover.settled(now, app, &mut self.ledger, topology, world);
            self.serving.settled(now, app, self.plan, topology, world);
            if !self.residency.is_idle() {
                self.residency.settled(now, app, self.plan, topology, world);
            }
        }
        self.importance.settled(now, subject, self.plan, topology, world);
        // An outage of the warm-up is not measured and ends nothing.
        let went_down = matches!(turn, Turn::Down(_));
        if went_down && self.plan.stop_at_first_outage && now >= self.plan.from {
            self.done = true;
        }
    }

    #[inline(always)]
    fn instant_over(&mut self, _now: Instant) {
        self.failover.instant_over();
    }

    fn hears_all_changes(&self) -> bool {
        // Where data may not be everywhere, it is told what brought it to where it is.
        !self.residency.is_idle()
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn look_ahead(&self, app: Id<Group>) -> u64 {
        self.ledger.look_ahead(app) ^ self.failover.look_ahead(app)
    }
}
