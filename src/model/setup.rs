//! How a replication begins (S4): everything up, placed by the normal rule in order of name, in
//! rotation, every age 0.

use crate::id::Id;
use crate::model::autoscaling::ScalerState;
use crate::model::backup::BackupState;
use crate::model::bucket::BucketState;
use crate::model::change::ChangeClockState;
use crate::model::crew::CrewState;
use crate::model::database::DatabaseState;
use crate::model::evacuation::Round;
use crate::model::fact::Listener;
use crate::model::fallback::FallbackState;
use crate::model::front::FrontState;
use crate::model::health_manager::ManagerState;
use crate::model::host::own_zone;
use crate::model::room::{Place, Rooms};
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{Group, Kind, Manager, Topology, UnitInfo};
use crate::model::world::{App, NOWHERE, ServiceState, State, Unit, World, ZoneState};
use crate::time::Instant;

impl<'t, L: Listener> Sim<'t, L> {
    /// A replication at its start, the failure clocks of its components and the calendars of its
    /// changes running. The clocks of domains and the scripted faults are the faults' own to start.
    pub fn new(topology: &'t Topology, replication: u64, listener: L) -> Self {
        let mut sim = Sim::bare(topology, replication, listener);
        let (world, without_room) = placed(topology);
        assert!(without_room.is_empty(), "checked: everything has room at the start");
        sim.world = world;
        for (id, group) in topology.groups.enumerate() {
            for unit in topology.units_of(id) {
                if unit.raw() - group.first >= declared(group) {
                    let state = &mut sim.world.units[unit.index()];
                    (state.state, state.in_service) = (State::Off, false);
                    continue;
                }
                sim.start_clocks(unit, false);
                sim.start_clocks(unit, true);
            }
            if topology.is_app(id) && declared(group) == 0 {
                sim.touch_app(id); // it is not counted from the start
            }
        }
        sim.start_changes();
        sim.start_scaling();
        sim.start_evacuations();
        sim.start_backups();
        sim
    }
}

/// Units that are meant to run at the start.
fn declared(group: &Group) -> u32 {
    if group.asleep { 0 } else { group.declared }
}

/// Everything where it stands at the start, and the containers that find no room.
pub fn placed(topology: &Topology) -> (World, Vec<Id<UnitInfo>>) {
    let mut world = fresh(topology);
    let mut without_room = Vec::new();
    for unit in in_order(topology) {
        match initial_place(topology, &world, unit) {
            Initial::At(place) => world.move_to(topology, unit, place),
            Initial::Nowhere => {}
            Initial::NoRoom => without_room.push(unit),
        }
    }
    (world, without_room)
}

/// The first container of every app before any second one. Where there is room without end all orders
/// come to the same.
fn in_order(topology: &Topology) -> Vec<Id<UnitInfo>> {
    let runs = |unit: &Id<UnitInfo>| {
        let group = topology.group_of(*unit);
        unit.raw() - group.first < declared(group)
    };
    let mut units: Vec<_> = topology.units.ids().filter(runs).collect();
    if !topology.hosts.is_empty() {
        units.sort_by_key(|&unit| (unit.raw() - topology.group_of(unit).first, unit));
    }
    units
}

/// Where a unit that stands somewhere from the start does so.
enum Initial {
    At(Place),
    /// Hosts without a zone, and dependencies.
    Nowhere,
    NoRoom,
}

fn initial_place(topology: &Topology, world: &World, unit: Id<UnitInfo>) -> Initial {
    if topology.group_of(unit).kind == Kind::Container {
        return world.choose_place(topology, unit).map_or(Initial::NoRoom, Initial::At);
    }
    own_zone(topology, unit)
        .map_or(Initial::Nowhere, |zone| Initial::At(Place { zone, host: NONE }))
}

fn manager(manager: &Manager, topology: &Topology) -> ManagerState {
    let first = |group| topology.units_of(group).next();
    ManagerState::new(manager.instances.and_then(first))
}

fn fresh(topology: &Topology) -> World {
    let unit = Unit {
        fails_at: Instant::NEVER,
        clocks_since: Instant::START,
        life: 0,
        recovery: NONE,
        entry: NONE,
        turn: 0,
        zone: NOWHERE,
        stay: 0,
        fail_clock: 0,
        crashes: 0,
        state: State::Serving,
        held: 0,
        cut: 0,
        in_service: true,
    };
    let app = |group: &Group| App {
        in_service: declared(group),
        answering: declared(group),
        meant: group.declared,
        asleep: group.asleep,
        change: NONE,
        first_entry: NONE,
        up: true,
        ..App::default()
    };
    let mut occupancy_at = Vec::with_capacity(topology.groups.len());
    let mut places = 0;
    for group in topology.groups.iter() {
        occupancy_at.push(places);
        places += group.zones.len() as u32;
    }
    World {
        units: vec![unit; topology.units.len()],
        apps: topology.groups.iter().take(topology.apps).map(app).collect(),
        zones: vec![ZoneState::default(); topology.zones.len()],
        rooms: Rooms::new(topology),
        managers: topology.managers.iter().map(|it| manager(it, topology)).collect(),
        fronts: topology.fronts.iter().map(|it| FrontState::new(it, topology)).collect(),
        crews: topology
            .crews
            .iter()
            .map(|crew| CrewState { free: crew.size, ..CrewState::default() })
            .collect(),
        databases: topology
            .databases
            .iter()
            .map(|it| DatabaseState::new(Id::new(topology.groups[it.nodes].first)))
            .collect(),
        fallbacks: vec![FallbackState::new(); topology.fallbacks.len()],
        links: vec![None; topology.links.len()],
        buckets: topology.buckets.iter().map(BucketState::new).collect(),
        backups: vec![BackupState::default(); topology.backups.len()],
        fault_counts: vec![0; topology.fault_clocks.len()],
        change_clocks: vec![ChangeClockState::default(); topology.changes.len()],
        scalers: vec![ScalerState::default(); topology.scalers.len()],
        evacuations: vec![Round::default(); topology.evacuations.len()],
        occupancy: vec![0; places as usize],
        occupancy_at,
        node_up: topology.nodes.iter().map(|node| node.parts.len() as u32).collect(),
        services: vec![ServiceState { up: true, touched: false }; topology.services.len()],
        zone_turn: 1,
        ..World::default()
    }
}
