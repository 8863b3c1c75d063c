//! Hosts with memory: who stands on which, and which of them has room.
//!
//! In each zone the hosts that can take something are kept in order of their load, so that a placement
//! looks at a few of them and never at all. Where no host is described all of this is empty, and zones
//! have room without end.

use crate::id::Id;
use crate::model::slab::NONE;
use crate::model::topology::{Group, Topology, UnitInfo, Zone};
use crate::policy::placement::{Bid, load_score, lowest};
use std::collections::{BTreeMap, BTreeSet};

/// The hosts of a replication.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rooms {
    /// In the order of [`Topology::hosts`].
    pub hosts: Vec<HostState>,
    /// By unit: the host it stands on, or [`NONE`]; empty where there are no hosts.
    on: Vec<u32>,
    /// By zone: hosts that run, can be reached and have room for the smallest container, by load.
    open: Vec<BTreeSet<(u64, u32)>>,
    /// Containers of an app on a host, where there are any.
    same: BTreeMap<(u32, u32), u32>,
    /// Bytes of the smallest container that there ever is.
    smallest: u64,
    /// Bytes that the containers of an app take from their next start on, where a change has scaled them.
    asked: BTreeMap<Id<Group>, u64>,
    /// Bytes of a container on a host, where they are not those of its app at the start.
    scaled: BTreeMap<(u32, Id<UnitInfo>), u64>,
}

/// One host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct HostState {
    /// Bytes in use.
    pub used: u64,
    /// Containers starting on it.
    pub starting: u32,
    /// It runs.
    pub runs: bool,
    /// It is cut off by a fault of its own.
    pub cut: bool,
    /// It is being emptied, and takes nothing new.
    pub cordoned: bool,
    /// Counts losses and isolations: the occurrence number of when its presence expires.
    pub absences: u32,
    /// Containers that stand on it, in order, originals behind an isolation included.
    pub standing: Vec<Id<UnitInfo>>,
}

impl HostState {
    /// Whether a container may be started on it, if it has room.
    pub fn is_open(&self) -> bool {
        self.runs && !self.cut && !self.cordoned
    }
}

/// A place to run: a zone, and there a host, or [`NONE`] where hosts are not described.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub zone: Id<Zone>,
    pub host: u32,
}

impl Rooms {
    pub(super) fn new(topology: &Topology) -> Rooms {
        if topology.hosts.is_empty() {
            return Rooms::default();
        }
        let running = HostState { runs: true, ..HostState::default() };
        let on_hosts =
            |app: &&Group| app.zones.iter().any(|zone| !topology.zones[*zone].hosts.is_empty());
        let apps = topology.groups.iter().take(topology.apps).filter(on_hosts);
        let scalings = topology.changes.iter().filter_map(|clock| clock.change.memory);
        let mut rooms = Rooms {
            hosts: vec![running; topology.hosts.len()],
            on: vec![NONE; topology.units.len()],
            open: vec![BTreeSet::new(); topology.zones.len()],
            same: BTreeMap::new(),
            smallest: apps.map(|app| app.memory).chain(scalings).min().unwrap_or(0),
            asked: BTreeMap::new(),
            scaled: BTreeMap::new(),
        };
        (0..topology.hosts.len() as u32).for_each(|host| rooms.changed(topology, host, |_| {}));
        rooms
    }

    /// The host that a unit stands on, if it stands on one.
    #[inline(always)]
    pub fn host_of(&self, unit: Id<UnitInfo>) -> Option<u32> {
        self.on.get(unit.index()).copied().filter(|host| *host != NONE)
    }

    /// The host in a zone that wins the auction for a container of an app, with its score; the host is
    /// [`NONE`] where those of the zone are not described.
    pub fn best(&self, topology: &Topology, zone: Id<Zone>, app: Id<Group>) -> Option<(u32, u64)> {
        if topology.zones[zone].hosts.is_empty() {
            return Some((NONE, 0));
        }
        let memory = self.asked(topology, app);
        let open = &self.open[zone.index()];
        let bids = open.iter().map(|&(load, host)| Bid {
            load,
            same: self.same.get(&(app.raw(), host)).copied().unwrap_or(0),
            has_room: self.has_room(topology, host, memory),
        });
        let (place, score) = lowest(bids)?;
        Some((open.iter().nth(place)?.1, score))
    }

    fn has_room(&self, topology: &Topology, host: u32, memory: u64) -> bool {
        topology.hosts[host as usize].memory - self.hosts[host as usize].used >= memory
    }

    /// Bytes that a container of an app takes on a host where it is started now.
    pub fn asked(&self, topology: &Topology, app: Id<Group>) -> u64 {
        self.asked.get(&app).copied().unwrap_or(topology.groups[app].memory)
    }

    /// Bytes that a container takes on the host it stands on.
    pub fn taken(&self, topology: &Topology, host: u32, unit: Id<UnitInfo>) -> u64 {
        self.scaled.get(&(host, unit)).copied().unwrap_or(topology.group_of(unit).memory)
    }

    /// The containers of an app have other memory from their next start on.
    pub(super) fn ask(&mut self, app: Id<Group>, memory: u64) {
        self.asked.insert(app, memory);
    }

    /// Whether a container fits on its host when it is started there again.
    pub(super) fn fits_again(&self, topology: &Topology, host: u32, unit: Id<UnitInfo>) -> bool {
        let others = self.hosts[host as usize].used - self.taken(topology, host, unit);
        topology.hosts[host as usize].memory - others
            >= self.asked(topology, topology.group_id(unit))
    }

    /// A container stands on a host.
    #[inline(always)]
    pub(super) fn enter(&mut self, topology: &Topology, host: u32, unit: Id<UnitInfo>) {
        if host != NONE {
            self.enter_host(topology, host, unit);
        }
    }

    fn enter_host(&mut self, topology: &Topology, host: u32, unit: Id<UnitInfo>) {
        let app = topology.group_id(unit);
        let memory = self.asked(topology, app);
        if memory != topology.groups[app].memory {
            self.scaled.insert((host, unit), memory);
        }
        self.on[unit.index()] = host;
        *self.same.entry((app.raw(), host)).or_default() += 1;
        self.changed(topology, host, |state| {
            state.used += memory;
            let place = state.standing.partition_point(|it| *it < unit);
            state.standing.insert(place, unit);
        });
    }

    /// Room is taken on a host for a container that starts there beside the one it is to replace, or
    /// given back.
    pub(super) fn reserve(
        &mut self,
        topology: &Topology,
        host: u32,
        app: Id<Group>,
        one_more: bool,
    ) {
        if host == NONE {
            return;
        }
        let memory = self.asked(topology, app);
        let same = self.same.entry((app.raw(), host)).or_default();
        if one_more {
            *same += 1;
        } else {
            *same -= 1;
            if *same == 0 {
                self.same.remove(&(app.raw(), host));
            }
        }
        self.changed(topology, host, |state| {
            if one_more {
                state.used += memory;
                state.starting += 1;
            } else {
                state.used -= memory;
                state.starting -= 1;
            }
        });
    }

    /// It does so no more.
    #[inline(always)]
    pub(super) fn leave(&mut self, topology: &Topology, host: u32, unit: Id<UnitInfo>) {
        if host != NONE {
            self.leave_host(topology, host, unit);
        }
    }

    fn leave_host(&mut self, topology: &Topology, host: u32, unit: Id<UnitInfo>) {
        let app = topology.group_id(unit);
        if self.on[unit.index()] == host {
            self.on[unit.index()] = NONE;
        }
        let memory = self.taken(topology, host, unit);
        self.scaled.remove(&(host, unit));
        let same = self.same.get_mut(&(app.raw(), host)).expect("it stands there");
        *same -= 1;
        if *same == 0 {
            self.same.remove(&(app.raw(), host));
        }
        self.changed(topology, host, |state| {
            state.used -= memory;
            let place = state.standing.iter().position(|it| *it == unit);
            state.standing.remove(place.expect("it stands there"));
        });
    }

    /// A container goes on running where it is while a replacement is placed elsewhere.
    pub(super) fn leave_original(&mut self, unit: Id<UnitInfo>) -> u32 {
        self.on.get_mut(unit.index()).map_or(NONE, |on| std::mem::replace(on, NONE))
    }

    /// The original is taken back.
    pub(super) fn take_back(&mut self, unit: Id<UnitInfo>, host: u32) {
        if host != NONE {
            self.on[unit.index()] = host;
        }
    }

    /// Whether a container of an app more fits on a host, or there are no hosts to fit on.
    pub(super) fn takes_one_more(&self, topology: &Topology, host: u32, app: Id<Group>) -> bool {
        host == NONE || self.has_room(topology, host, self.asked(topology, app))
    }

    /// Changes a host and keeps its zone's order by load.
    pub(super) fn changed(
        &mut self,
        topology: &Topology,
        host: u32,
        change: impl FnOnce(&mut HostState),
    ) {
        let info = &topology.hosts[host as usize];
        let state = &mut self.hosts[host as usize];
        let open = &mut self.open[info.zone.index()];
        open.remove(&(load_score(state.used, info.memory, state.starting), host));
        change(state);
        if state.is_open() && info.memory - state.used >= self.smallest {
            open.insert((load_score(state.used, info.memory, state.starting), host));
        }
    }
}
