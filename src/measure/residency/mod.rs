//! Where data was that may not be there: the ledger of a replication (B5).
//!
//! A stay begins when data arrives outside and ends when it is removed; a copy says at its arrival when
//! it expires. What a preventive control refuses is no stay and is counted apart, with the time that the
//! app was down until it was up again.
//!
//! A part of the model that moves data states facts of its own; `Residency::hear` is the one place
//! that turns them into arrivals, removals and refusals.

mod backups;
mod tally;

pub use tally::Tally;

use crate::id::Id;
use crate::measure::Plan;
use crate::measure::backups::Ages;
use crate::model::backup::plan::{Series, Stamp};
use crate::model::bucket::{Bucket, Destination, Placed};
use crate::model::database::{Database, Stage};
use crate::model::fact::Fact;
use crate::model::residency::{Class, Move, Standing};
use crate::model::root::{CauseId, Root};
use crate::model::topology::{Group, Placement, Site, Topology, UnitInfo, Zone};
use crate::model::world::{NOWHERE, World};
use crate::time::Instant;
use std::collections::BTreeMap;

/// The ledger of one replication; empty where no app says where its data may be.
#[derive(Clone, Debug, Default)]
pub struct Residency {
    pub apps: Vec<AppLedger>,
    /// Every stay and every refusal, where they are wanted.
    pub rows: Option<Vec<Row>>,
    /// Rows are of data where it may be too.
    pub everything: bool,
}

/// What there is to tell of one app.
#[derive(Clone, Debug, Default)]
pub struct AppLedger {
    /// By class: what is a violation.
    pub tallies: [Tally; Class::ALL.len()],
    pub refused: u64,
    /// Nanoseconds of downtime after a refused move; less where only a share of the requests fails.
    pub refused_down: u64,
    /// How old the newest second copy would have been at any time, had none been refused; only where few
    /// apps are looked at one by one.
    pub without_refusal: Option<Ages>,
    /// Stays whose end is not known yet.
    open: BTreeMap<Asset, Stay>,
    /// Refused moves of what is still missing.
    wanting: BTreeMap<Asset, Wanting>,
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
    /// A snapshot as of this many nanoseconds after the start, or its second copy.
    Snapshot(Series, Stamp),
}

/// Where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    Zone(Id<Zone>),
    Site(Id<Site>),
}

#[derive(Clone, Copy, Debug)]
struct Stay {
    place: Where,
    row: Row,
}

#[derive(Clone, Copy, Debug)]
struct Wanting {
    /// Its row, if rows are kept.
    row: usize,
    down: u64,
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
    /// With the nanoseconds that the app was down until what was missing was there again.
    Refused {
        down: u64,
    },
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
        Residency { apps: apps.collect(), rows: None, everything: false }
    }

    /// Nobody says where data may be.
    #[inline(always)]
    pub fn is_idle(&self) -> bool {
        self.apps.is_empty()
    }

    pub(super) fn begin(&mut self, plan: &Plan, topology: &Topology, world: &World) {
        if self.everything {
            for (index, ledger) in self.apps.iter_mut().enumerate() {
                let app = Id::new(index as u32);
                let rule = topology.rule_of(app);
                ledger.watched = rule.is_some_and(|rule| rule.processing);
                ledger.watched_nodes = rule.is_some() && topology.database_of(app).is_some();
            }
        }
        for (index, it) in topology.fixed.iter().enumerate() {
            let asset = Asset::Fixed(index as u32);
            let arrival = Arrival {
                app: it.app,
                class: it.class,
                asset,
                place: Where::Site(it.site),
                processed: it.processed,
                bytes: it.bytes,
                by: it.by,
                before: [None; 2],
                cause: None,
                until: None,
            };
            self.arrives(Instant::START, arrival, plan, topology);
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
            Fact::DatabaseStage { database, stage: Stage::Restoring } => {
                self.restored(database, topology, world);
            }
            Fact::DatabaseStage { database, stage: Stage::RestoreWaits } => {
                self.restore_waits(now, database, plan, topology, world);
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

    // ---- containers ----

    fn in_service(&mut self, unit: Id<UnitInfo>, topology: &Topology, world: &World) {
        let root = world.recovery(unit).and_then(|it| it.root);
        if let Some(root) = root {
            self.brought(unit, root.cause, topology);
        }
    }

    fn brought(&mut self, unit: Id<UnitInfo>, cause: CauseId, topology: &Topology) {
        if let Some(ledger) = self.ledger_of(topology.group_id(unit)).filter(|it| it.watched) {
            ledger.brought.push((unit.raw(), cause));
        }
    }

    /// A container finds no place: refused, if a zone that would take it is up.
    fn waits(
        &mut self,
        now: Instant,
        unit: Id<UnitInfo>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let app = topology.group_id(unit);
        if self.ledger_of(app).is_none_or(|ledger| !ledger.watched) {
            return;
        }
        let Some(residence) = &topology.residency[app.index()] else { return };
        let up = |zone: &&Id<Zone>| world.zones[zone.index()].is_up();
        // Whoever only ever runs in its own zone waits for that.
        let pinned = topology.groups[app].placement == Placement::Pinned;
        if pinned || world.zones_of(topology, app).0.iter().any(|zone| up(&zone)) {
            return;
        }
        let region = world.region_of(topology, app);
        let here = |zone: &&Id<Zone>| topology.zones[**zone].region == region;
        let refused = residence.refused.iter().filter(here).find(up);
        let Some(&zone) = refused else { return };
        let cause = world.recovery(unit).and_then(|it| it.root).map(|it| it.cause);
        let asset = Asset::Container(unit.raw());
        let refusal = Arrival {
            app,
            class: Class::Database,
            asset,
            place: Where::Zone(zone),
            processed: true,
            bytes: 0,
            by: Move::Placed,
            before: [None; 2],
            cause,
            until: None,
        };
        self.refused(now, refusal, plan, topology, world);
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
        if let Some(bucket) = topology.bucket_of(app) {
            let waits = world.buckets[bucket.index()].placed == Placed::Waits;
            ledger.wanting.retain(|asset, _| waits || *asset != Asset::Bucket(bucket.raw()));
        }
        ledger.fails(now, failing(app, topology, world));
    }

    /// Containers in service against those known to be outside.
    fn containers_moved(
        &mut self,
        now: Instant,
        app: Id<Group>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let rule = topology.rule_of(app).expect("watched for its rule");
        let everything = self.everything;
        for unit in topology.units_of(app) {
            let state = &world.units[unit.index()];
            let zone = Id::new(u32::from(state.zone));
            let asset = Asset::Container(unit.raw());
            let ledger = &mut self.apps[app.index()];
            if state.in_service {
                ledger.wanting.remove(&asset);
            }
            let stands = state.in_service && state.zone != NOWHERE;
            let told = |zone| everything || rule.at(Class::Database, zone) != Standing::Inside;
            let outside = stands && told(zone);
            let known = ledger.open.get(&asset).map(|it| it.place);
            if known == outside.then_some(Where::Zone(zone)) {
                continue;
            }
            if known.is_some() {
                self.leaves(now, app, asset, plan);
            }
            if outside {
                let brought = &self.apps[app.index()].brought;
                let cause = brought.iter().rfind(|it| it.0 == unit.raw()).map(|it| it.1);
                let (class, place) = (Class::Database, Where::Zone(zone));
                let arrival = Arrival {
                    app,
                    class,
                    asset,
                    place,
                    processed: true,
                    bytes: 0,
                    by: Move::Placed,
                    before: [None; 2],
                    cause,
                    until: None,
                };
                self.arrives(now, arrival, plan, topology);
            }
        }
    }

    // ---- nodes of databases ----

    /// Nodes against those known to be outside. Their data is where they stand, running or not.
    fn nodes_moved(
        &mut self,
        now: Instant,
        app: Id<Group>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let rule = topology.rule_of(app).expect("watched for its rule");
        let everything = self.everything;
        let id = topology.database_of(app).expect("watched for its database");
        let serves = world.databases[id.index()].stage.serves();
        for node in topology.all_nodes_of(id) {
            let asset = Asset::Node(node.raw());
            let zone = Id::new(u32::from(world.units[node.index()].zone));
            // One that is not meant to run stands nowhere.
            let stands = world.units[node.index()].zone != NOWHERE;
            let told = |zone| everything || rule.at(Class::Database, zone) != Standing::Inside;
            let outside = stands && told(zone);
            let ledger = &mut self.apps[app.index()];
            if serves {
                ledger.wanting.remove(&asset);
            }
            let known = ledger.open.get(&asset).map(|it| it.place);
            if known == outside.then_some(Where::Zone(zone)) {
                continue;
            }
            if known.is_some() {
                self.leaves(now, app, asset, plan);
            }
            if outside {
                let mut arrival = self.node(node, Where::Zone(zone), app, topology, world);
                let brought = &self.apps[app.index()].brought;
                let by = brought.iter().rfind(|it| it.0 == node.raw()).map(|it| it.1);
                arrival.cause = by.or(arrival.cause);
                if now == Instant::START {
                    let copy = topology.databases[id].abroad == Some(node);
                    arrival.by = if copy { Move::Copied } else { Move::Kept };
                }
                self.arrives(now, arrival, plan, topology);
            }
        }
    }

    /// A restore begins, which may be over before the instant is.
    fn restored(&mut self, id: Id<Database>, topology: &Topology, world: &World) {
        let app = topology.databases[id].app;
        let node = world.databases[id.index()].primary;
        let root = world.recovery(node).and_then(|it| it.root);
        let ledger = self.ledger_of(app).filter(|it| it.watched_nodes);
        if let Some((ledger, root)) = ledger.zip(root) {
            ledger.brought.push((node.raw(), root.cause));
        }
    }

    fn node(
        &self,
        node: Id<UnitInfo>,
        place: Where,
        app: Id<Group>,
        topology: &Topology,
        world: &World,
    ) -> Arrival {
        let id = topology.database_of(app).expect("a node is a database's");
        Arrival {
            app,
            class: Class::Database,
            asset: Asset::Node(node.raw()),
            place,
            processed: false,
            bytes: topology.databases[id].bytes,
            by: Move::Restored,
            before: [None; 2],
            cause: world.recovery(node).and_then(|it| it.root).map(|it| it.cause),
            until: None,
        }
    }

    /// A restore finds no zone: refused, if one that would take it is up.
    fn restore_waits(
        &mut self,
        now: Instant,
        id: Id<Database>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let app = topology.databases[id].app;
        let Some(Some(residence)) = topology.residency.get(app.index()) else { return };
        let up = |zone: &&Id<Zone>| world.zones[zone.index()].is_up();
        let refused = residence.refused_nodes.iter().find(up);
        if let (Some(&zone), Some(node)) = (refused, topology.nodes_of(id).next()) {
            let refusal = self.node(node, Where::Zone(zone), app, topology, world);
            self.refused(now, refusal, plan, topology, world);
        }
    }

    // ---- buckets ----

    fn bucket_moved(
        &mut self,
        now: Instant,
        bucket: Id<Bucket>,
        away: bool,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        if away {
            self.arrives(now, moved(bucket, topology, world), plan, topology);
        } else {
            self.leaves(now, topology.buckets[bucket].app, Asset::Bucket(bucket.raw()), plan);
        }
    }

    // ---- stays ----

    /// Data arrives at a place; nothing to note where the rule of its app allows it.
    pub fn arrives(&mut self, now: Instant, it: Arrival, plan: &Plan, topology: &Topology) {
        let Some(rule) = topology.rule_of(it.app) else { return };
        let standing = match it.place {
            Where::Zone(zone) => rule.at(it.class, zone),
            Where::Site(site) => rule.at_site(it.class, site),
        };
        let kind = match standing {
            Standing::Inside if self.everything => RowKind::Inside,
            Standing::Inside => return,
            Standing::Excepted(index) => RowKind::Excepted(index),
            Standing::Outside => RowKind::Violation,
        };
        let row = Row { since: now, kind, ..row(it) };
        let ledger = &mut self.apps[it.app.index()];
        let tally = &mut ledger.tallies[it.class as usize];
        match it.until {
            Some(until) => {
                if kind == RowKind::Violation {
                    let (from, to) = plan.clip(now, until);
                    tally.stays(from, to, it.bytes);
                }
                self.note(row, plan);
            }
            None => {
                if kind == RowKind::Violation {
                    tally.opens(plan.clip(now, now).0);
                }
                let stay = Stay { place: it.place, row };
                assert!(ledger.open.insert(it.asset, stay).is_none(), "it is there already");
            }
        }
    }

    /// Data that arrived without a known end is removed; nothing to note where it was allowed.
    pub fn leaves(&mut self, now: Instant, app: Id<Group>, asset: Asset, plan: &Plan) {
        let Some(ledger) = self.apps.get_mut(app.index()) else { return };
        if let Some(stay) = ledger.open.remove(&asset) {
            if stay.row.kind == RowKind::Violation {
                let tally = &mut ledger.tallies[stay.row.class as usize];
                let (from, to) = plan.clip(stay.row.since, now);
                tally.closes(from, to, stay.row.bytes);
            }
            self.note(Row { until: Some(now), ..stay.row }, plan);
        }
    }

    /// A preventive control refuses a move. The downtime of the app is charged to it until what was
    /// missing is there again; where it fails only a share of its requests, that share of the time.
    pub fn refused(
        &mut self,
        now: Instant,
        it: Arrival,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let row = self.rows.as_ref().map_or(0, Vec::len);
        let wanting = &self.apps[it.app.index()].wanting;
        if now < plan.from || now >= plan.to || wanting.contains_key(&it.asset) {
            return;
        }
        self.charge_downtime(now, it.app, plan);
        let ledger = &mut self.apps[it.app.index()];
        ledger.wanting.insert(it.asset, Wanting { row, down: 0 });
        ledger.refused += 1;
        ledger.fails(now, failing(it.app, topology, world));
        if let Some(rows) = &mut self.rows {
            let kind = RowKind::Refused { down: 0 };
            rows.push(Row { since: now, kind, ..self::row(it) });
        }
    }

    /// Downtime since it was last looked at.
    fn charge_downtime(&mut self, now: Instant, app: Id<Group>, plan: &Plan) {
        let ledger = &mut self.apps[app.index()];
        let Some((since, share)) = ledger.failing.take() else { return };
        let (from, to) = plan.clip(since, now);
        let down = match share {
            1.0 => (to - from).0,
            share => ((to - from).0 as f64 * share) as u64,
        };
        ledger.refused_down += down;
        for wanting in ledger.wanting.values_mut() {
            wanting.down += down;
            if let Some(rows) = &mut self.rows {
                rows[wanting.row].kind = RowKind::Refused { down: wanting.down };
            }
        }
    }

    fn note(&mut self, row: Row, plan: &Plan) {
        let (from, to) = plan.clip(row.since, row.until.unwrap_or(plan.to));
        if let Some(rows) = self.rows.as_mut().filter(|_| to > from) {
            rows.push(row);
        }
    }

    fn sort(&mut self) {
        if let Some(rows) = &mut self.rows {
            rows.sort_by_key(|row| (row.since, row.app, row.asset));
        }
    }

    pub(super) fn finish(&mut self, now: Instant, plan: &Plan) {
        for index in 0..self.apps.len() {
            self.charge_downtime(now, Id::new(index as u32), plan);
            let ledger = &mut self.apps[index];
            for (_, stay) in std::mem::take(&mut ledger.open) {
                if stay.row.kind == RowKind::Violation {
                    let tally = &mut ledger.tallies[stay.row.class as usize];
                    let (from, to) = plan.clip(stay.row.since, now);
                    tally.closes(from, to, stay.row.bytes);
                }
                if let Some(rows) = &mut self.rows {
                    rows.push(stay.row);
                }
            }
        }
        self.sort();
    }
}

impl AppLedger {
    /// From now on the app fails a share of its requests while something is missing that was refused.
    fn fails(&mut self, now: Instant, share: f64) {
        self.failing = (share > 0.0 && !self.wanting.is_empty()).then_some((now, share));
    }
}

/// The share of the requests of an app that fail: all while it is down, else those that its bucket fails.
fn failing(app: Id<Group>, topology: &Topology, world: &World) -> f64 {
    if !world.apps[app.index()].up {
        return 1.0;
    }
    topology.bucket_of(app).map_or(0.0, |bucket| world.buckets[bucket.index()].failing)
}

/// A bucket where it is moved, for whoever took the first of the replicas that are missing.
fn moved(bucket: Id<Bucket>, topology: &Topology, world: &World) -> Arrival {
    let info = &topology.buckets[bucket];
    let to = info.relocation.as_ref().expect("it is moved").to;
    let replicas = topology.replicas_of(bucket);
    let roots = replicas.filter_map(|it| world.recovery(it)?.root);
    Arrival {
        app: info.app,
        class: Class::Files,
        asset: Asset::Bucket(bucket.raw()),
        place: match to {
            Destination::Site(site) => Where::Site(site),
            Destination::Zone(zone) => Where::Zone(zone),
        },
        processed: false,
        bytes: info.bytes,
        by: Move::Relocated,
        before: [None; 2],
        cause: roots.min_by_key(Root::precedence).map(|root| root.cause),
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
