//! Where data was that may not be there: the ledger of a replication (B5).
//!
//! A stay begins when data arrives outside and ends when it is removed; a copy says at its arrival when
//! it expires. What a preventive control refuses is no stay and is counted apart, with what it cost
//! ([`refusals`]).
//!
//! A part of the model that moves data states facts of its own; `Residency::hear` is the one place
//! that turns them into arrivals, removals and refusals.

mod backups;
mod containers;
mod files;
pub mod held;
mod nodes;
pub mod refusals;
mod stays;
mod tally;

pub use held::{Amount, Held};
pub use refusals::Cost;
pub use tally::Tally;

use crate::id::Id;
use crate::measure::Plan;
use crate::measure::backups::Ages;
use crate::model::backup::plan::{Series, Stamp};
use crate::model::bucket::Placed;
use crate::model::database::Stage;
use crate::model::fact::Fact;
use crate::model::fallback;
use crate::model::residency::{Class, Fixed, Move, Standing};
use crate::model::root::CauseId;
use crate::model::topology::{Group, Site, Topology, Zone};
use crate::model::world::World;
use crate::time::Instant;
use files::moved;
use refusals::{Wanting, failing};
use std::collections::BTreeMap;

/// The ledger of one replication; empty where no app says where its data may be.
#[derive(Clone, Debug, Default)]
pub struct Residency {
    pub apps: Vec<AppLedger>,
    /// Every stay and every refusal, where they are wanted.
    pub rows: Option<Vec<Row>>,
    /// Rows are of data where it may be too.
    pub everything: bool,
    /// How much was where, inside or not, over the measured time; only where few apps are looked at one by
    /// one.
    pub held: Option<BTreeMap<Held, Amount>>,
}

/// What there is to tell of one app.
#[derive(Clone, Debug, Default)]
pub struct AppLedger {
    /// By class: what is a violation.
    pub tallies: [Tally; Class::ALL.len()],
    pub refused: u64,
    /// What that cost: the sum over all of them.
    pub cost: Cost,
    /// How old the newest second copy would have been at any time, had none been refused; only where few
    /// apps are looked at one by one.
    pub without_refusal: Option<Ages>,
    /// Stays whose end is not known yet.
    open: BTreeMap<Asset, Stay>,
    /// Refused moves of what is still missing.
    wanting: BTreeMap<Asset, Wanting>,
    /// What refused snapshots and copies cost, whose rows are made at the end.
    costs: BTreeMap<Asset, Cost>,
    /// A restore of its database is ordered, or about to be.
    ordered: bool,
    /// The refused snapshot, or copy of one, that a restore under way would have had, and by how much less
    /// would be lost.
    spared: Option<(Asset, Cost)>,
    /// Since when the app fails requests meanwhile, and what share of them.
    failing: Option<(Instant, f64)>,
    /// Some of its containers may stand outside.
    watched: bool,
    /// Nodes of its database may.
    watched_nodes: bool,
    /// What brought a container into service, or a node where it is restored, at this instant.
    brought: Vec<(u32, CauseId)>,
}

/// Something with data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asset {
    /// What a container processes.
    Container(u32),
    /// What a database node keeps.
    Node(u32),
    /// Its place in [`Topology::fixed`].
    Fixed(u32),
    /// A bucket that has been moved.
    Bucket(u32),
    /// The files of a bucket, which an app in another region processes there.
    FilesAbroad(u32),
    /// A snapshot as of this many nanoseconds after the start, or its second copy.
    Snapshot(Series, Stamp),
}

/// Where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Where {
    Zone(Id<Zone>),
    Site(Id<Site>),
}

#[derive(Clone, Copy, Debug)]
struct Stay {
    place: Where,
    row: Row,
}

/// One stay outside, or one refused move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    pub app: Id<Group>,
    pub class: Class,
    pub asset: Asset,
    pub place: Where,
    pub processed: bool,
    pub since: Instant,
    /// `None`: it goes on at the end.
    pub until: Option<Instant>,
    pub bytes: u64,
    /// What brought it there, what had brought there what it was made from, and the failure that this
    /// followed from; `None`: from none.
    pub by: Move,
    pub before: [Option<Move>; 2],
    pub cause: Option<CauseId>,
    pub kind: RowKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    Violation,
    /// Where it may be; only in a ledger of everything.
    Inside,
    /// Allowed by the exception of this number.
    Excepted(u16),
    Refused(Cost),
}

/// Data that arrives somewhere.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    pub app: Id<Group>,
    pub class: Class,
    pub asset: Asset,
    pub place: Where,
    pub processed: bool,
    pub bytes: u64,
    pub by: Move,
    pub before: [Option<Move>; 2],
    pub cause: Option<CauseId>,
    /// When a copy expires.
    pub until: Option<Instant>,
}

impl Residency {
    pub(super) fn new(topology: &Topology) -> Residency {
        let apps = topology.residency.iter().enumerate().map(|(app, residence)| {
            let watched = residence.as_ref().is_some_and(|it| {
                let zones = topology.groups[Id::new(app as u32)].zones.iter();
                let outside =
                    |zone: &Id<Zone>| it.rule.at(Class::Database, *zone) != Standing::Inside;
                it.rule.processing && (zones.into_iter().any(outside) || !it.refused.is_empty())
            });
            let database = topology.database_of(Id::new(app as u32));
            let watched_nodes = residence.as_ref().zip(database).is_some_and(|(it, database)| {
                let info = &topology.databases[database];
                let abroad = info.abroad.map(|node| topology.group_id(node));
                let groups = [Some(info.nodes), abroad].into_iter().flatten();
                let mut zones = groups.flat_map(|group| topology.groups[group].zones.iter());
                zones.any(|zone| it.rule.at(Class::Database, *zone) != Standing::Inside)
                    || !it.refused_nodes.is_empty()
            });
            AppLedger { watched, watched_nodes, ..AppLedger::default() }
        });
        Residency { apps: apps.collect(), ..Residency::default() }
    }

    /// Nobody says where data may be.
    #[inline(always)]
    pub fn is_idle(&self) -> bool {
        self.apps.is_empty()
    }

    pub(super) fn begin(&mut self, plan: &Plan, topology: &Topology, world: &World) {
        if plan.detailed && !self.is_idle() {
            self.held = Some(BTreeMap::new());
            self.everything = true;
        }
        if self.everything {
            for (index, ledger) in self.apps.iter_mut().enumerate() {
                let app = Id::new(index as u32);
                let rule = topology.rule_of(app);
                ledger.watched = rule.is_some_and(|rule| rule.processing);
                ledger.watched_nodes = rule.is_some() && topology.database_of(app).is_some();
            }
        }
        for (index, it) in topology.fixed.iter().enumerate() {
            self.arrives(Instant::START, fixed(index, it), plan, topology);
        }
        for app in 0..self.apps.len() {
            self.settled(Instant::START, Id::new(app as u32), plan, topology, world);
        }
    }

    /// What facts of the model mean for where data is.
    #[cold]
    pub(super) fn hear(
        &mut self,
        now: Instant,
        fact: Fact,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        match fact {
            Fact::InService { unit } => self.in_service(unit, topology, world),
            Fact::Renewed { unit, root } => self.brought(unit, root.cause, topology),
            Fact::Waits { unit } | Fact::Unplaced { unit } => {
                self.waits(now, unit, plan, topology, world);
            }
            Fact::DatabaseStage { database, stage } => {
                match stage {
                    Stage::Restoring => self.restored(database, topology, world),
                    Stage::RestoreWaits => {
                        self.restore_waits(now, database, plan, topology, world);
                    }
                    _ => {}
                }
                self.goes_by_backups(now, (database, stage), plan, topology, world);
            }
            Fact::DatabaseRestored { database, .. } => {
                self.is_restored(now, topology.databases[database].app, plan);
            }
            Fact::FallbackStage { fallback, stage: fallback::Stage::Unable } => {
                let app = topology.fallbacks[fallback].app;
                if let Some(database) = topology.database_of(app) {
                    self.lacks_backups(now, database, plan, topology, world);
                }
            }
            Fact::BucketLost { bucket, lost, .. } => {
                self.files_lost(now, bucket, lost, plan, topology, world);
            }
            Fact::FilesGoOnAbroad { bucket, .. } => {
                self.files_abroad(now, bucket, plan, topology, world);
            }
            Fact::FilesComeHome { bucket } => {
                let app = topology.buckets[bucket].app;
                self.leaves(now, app, Asset::FilesAbroad(bucket.raw()), plan);
            }
            Fact::BucketMoved { bucket, away } => {
                self.bucket_moved(now, bucket, away, plan, topology, world);
            }
            Fact::BucketStays { bucket } => {
                let refusal = moved(bucket, topology, world);
                self.refused(now, refusal, plan, topology, world);
            }
            Fact::SwitchedOff { unit, .. } => {
                let ledger = self.ledger_of(topology.group_id(unit));
                if let Some(ledger) = ledger {
                    ledger.wanting.remove(&Asset::Container(unit.raw()));
                }
            }
            _ => {}
        }
    }

    fn ledger_of(&mut self, app: Id<Group>) -> Option<&mut AppLedger> {
        self.apps.get_mut(app.index())
    }

    /// All that happens at an instant has happened to an app.
    #[cold]
    pub(super) fn settled(
        &mut self,
        now: Instant,
        app: Id<Group>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let Some(ledger) = self.apps.get_mut(app.index()) else { return };
        let (watched, watched_nodes) = (ledger.watched, ledger.watched_nodes);
        self.charge_downtime(now, app, plan);
        if watched {
            self.containers_moved(now, app, plan, topology, world);
        }
        if watched_nodes {
            self.nodes_moved(now, app, plan, topology, world);
        }
        let ledger = &mut self.apps[app.index()];
        ledger.brought.clear();
        if let Some(database) = topology.database_of(app)
            && world.databases[database.index()].stage.serves()
        {
            ledger.wanting.retain(|asset, _| !matches!(asset, Asset::Snapshot(..)));
        }
        if let Some(bucket) = topology.bucket_of(app) {
            let waits = world.buckets[bucket.index()].placed == Placed::Waits;
            ledger.wanting.retain(|asset, _| waits || *asset != Asset::Bucket(bucket.raw()));
        }
        ledger.fails(now, failing(app, topology, world));
    }
}

/// Data that is where it is from the beginning.
fn fixed(index: usize, it: &Fixed) -> Arrival {
    Arrival {
        app: it.app,
        class: it.class,
        asset: Asset::Fixed(index as u32),
        place: Where::Site(it.site),
        processed: it.processed,
        bytes: it.bytes,
        by: it.by,
        before: [None; 2],
        cause: None,
        until: None,
    }
}

/// The row of data that arrives outside.
fn row(it: Arrival) -> Row {
    Row {
        app: it.app,
        class: it.class,
        asset: it.asset,
        place: it.place,
        processed: it.processed,
        since: Instant::START,
        until: it.until,
        bytes: it.bytes,
        by: it.by,
        before: it.before,
        cause: it.cause,
        kind: RowKind::Violation,
    }
}
