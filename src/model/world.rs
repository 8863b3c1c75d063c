//! What changes during a run: plain data, cloneable, no pointers. Files of the same layer own the
//! verbs; everyone above only reads.

use crate::id::Id;
use crate::model::autoscaling::ScalerState;
use crate::model::backup::BackupState;
use crate::model::bucket::{BucketState, Errors};
use crate::model::change::{ChangeClockState, Successor, UnderWay};
use crate::model::crew::CrewState;
use crate::model::database::DatabaseState;
use crate::model::drain::Draining;
use crate::model::evacuation::Round;
use crate::model::fallback::FallbackState;
use crate::model::front::FrontState;
use crate::model::health_manager::ManagerState;
use crate::model::room::Rooms;
use crate::model::root::Root;
use crate::model::slab::{NONE, Slab};
use crate::model::topology::{ChangeClock, Face, Group, Kind, Region, Topology, UnitInfo, Zone};
use crate::time::{Instant, Span};
use std::collections::BTreeSet;

/// The whole state of a simulated platform, the calendar aside.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub units: Vec<Unit>,
    /// By group id; only the apps.
    pub apps: Vec<App>,
    pub zones: Vec<ZoneState>,
    /// One for each unit that is not in service.
    pub recoveries: Slab<RecoveryRecord>,
    /// Entries of rotations whose container no longer answers.
    pub entries: Slab<Entry>,
    /// Containers that run on in an isolated domain while a replacement is under way (N7).
    pub shadows: Vec<Shadow>,
    /// Who stands on which host, and who has room.
    pub rooms: Rooms,
    /// By region.
    pub managers: Vec<ManagerState>,
    /// By region.
    pub fronts: Vec<FrontState>,
    /// Fronts that send some clients to routers that do not work.
    pub failing_fronts: u32,
    /// Units that found no admissible place, each with the number of its decision.
    pub unplaced: BTreeSet<(u32, Id<UnitInfo>)>,
    /// Units that a fault holds down by name, wherever they might be placed; once for each fault.
    pub stopped: Vec<Id<UnitInfo>>,
    pub crews: Vec<CrewState>,
    /// In the order of [`Topology::databases`].
    pub databases: Vec<DatabaseState>,
    /// In the order of [`Topology::fallbacks`].
    pub fallbacks: Vec<FallbackState>,
    /// In the order of [`Topology::buckets`].
    pub buckets: Vec<BucketState>,
    /// By link: since when nothing has gone over it.
    pub links: Vec<Option<Instant>>,
    /// Errors that open faults bring to buckets.
    pub errors: Vec<Errors>,
    /// By backup.
    pub backups: Vec<BackupState>,
    /// What each open fault struck.
    pub occurrences: Slab<Occurrence>,
    /// By fault clock: how often it has begun.
    pub fault_counts: Vec<u32>,
    /// Changes that have begun and are not over, at most one for each app.
    pub changes: Slab<UnderWay>,
    pub change_clocks: Vec<ChangeClockState>,
    /// Changes that wait until another one of their app is over, in order of their onsets.
    pub changes_waiting: Vec<Id<ChangeClock>>,
    /// Processes that finish their requests on a host that their container has left.
    pub draining: Slab<Draining>,
    /// By autoscaler.
    pub scalers: Vec<ScalerState>,
    /// By list of hosts that are replaced again and again.
    pub evacuations: Vec<Round>,
    /// Hosts that are being emptied.
    pub emptying: u32,
    /// New containers that are started beside the ones they replace.
    pub successors: Slab<Successor>,
    /// Units of each group in each of its zones, groups one after the other (`Group::zones` order).
    pub occupancy: Vec<u32>,
    /// Where a group's counts begin in `occupancy`.
    pub occupancy_at: Vec<u32>,
    /// By requirement node: parts that are up.
    pub node_up: Vec<u32>,
    /// By service.
    pub services: Vec<ServiceState>,
    /// By [`Kind`]: components not in service.
    pub down: [u32; Kind::ALL.len()],
    /// Counts losses and returns of zones, from 1.
    pub zone_turn: u32,
    /// The next root fault's number.
    pub next_root: u32,
    /// Decisions to replace something so far.
    pub decisions: u32,
}

/// A component: 40 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Unit {
    /// When the nearest of its failure clocks runs out; never while none runs.
    pub fails_at: Instant,
    /// When its failure clocks were started at age 0.
    pub clocks_since: Instant,
    /// Counts its lives; the occurrence number of its luck.
    pub life: u32,
    /// Record in [`World::recoveries`] while it is not in service.
    pub recovery: u32,
    /// Dead entry of its current life in [`World::entries`].
    pub entry: u32,
    /// Counts interruptions of its way back; events of an earlier turn are stale.
    pub turn: u16,
    /// Where it stands (or last stood); [`NOWHERE`] for what stands nowhere.
    pub zone: u16,
    /// Counts placements, so that the end of a partial fault finds only who still stands where it struck.
    pub stay: u16,
    /// Which clock of its set runs out at `fails_at`.
    pub fail_clock: u8,
    /// Crashes and failed starts in a row (its rung of the crash ladder).
    pub crashes: u8,
    pub state: State,
    /// Partial faults that hold it down where it stands.
    pub held: u8,
    /// Partial faults that cut it off where it stands.
    pub cut: u8,
    /// It answers, can be reached, and the rotation holds it (U1).
    pub in_service: bool,
}

/// The zone of a component that stands nowhere.
pub const NOWHERE: u16 = u16::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The process answers (though perhaps nobody can reach it).
    Serving,
    /// The process is there and does not answer.
    Hung,
    /// No process.
    Down,
    /// A process that does not answer yet.
    Starting,
    /// The process answers every request with an error.
    Erroring,
    /// Not meant to run (S6).
    Off,
}

/// An app: one line of the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(align(64))]
pub struct App {
    /// Containers in the rotation that answer.
    pub in_service: u32,
    /// Containers that answer and can be reached, in the rotation or not yet.
    pub answering: u32,
    /// Dead entries by [`Face`].
    pub dead: [u16; 4],
    /// First of its dead entries, or [`NONE`].
    pub first_entry: u32,
    /// Mandatory dependencies that are down.
    pub dependencies_down: u16,
    /// Dependencies of any sort that are down.
    pub uses_down: u16,
    /// Containers that are meant to run while it is not asleep.
    pub meant: u32,
    /// Its change in [`World::changes`], or [`NONE`].
    pub change: u32,
    /// The turn of [`World::zone_turn`] in which its containers were found to stand where they would be placed
    /// anew; 0 once one has moved.
    pub settled_in: u32,
    /// It is not meant to run at this time of the week (S6).
    pub asleep: bool,
    /// U2, as of the last settled instant.
    pub up: bool,
    /// Waiting to be settled.
    pub touched: bool,
}

impl App {
    /// Containers that are meant to run now. None: its time is not counted (S6).
    #[inline]
    pub fn declared(&self) -> u32 {
        if self.asleep { 0 } else { self.meant }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ZoneState {
    /// Faults that hold the whole zone down.
    pub lost: u16,
    /// Faults that cut the whole zone off.
    pub isolated: u16,
}

impl ZoneState {
    /// Neither lost nor isolated as a whole.
    pub fn is_up(&self) -> bool {
        self.lost == 0 && self.isolated == 0
    }
}

/// The way back of a unit that is not in service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RecoveryRecord {
    /// Who owns the unit (K3).
    pub root: Option<Root>,
    /// When each phase began, in order; the first is when it went out of service.
    pub path: Vec<(Instant, Phase)>,
    /// The bits of the number drawn for the registration of its next entry; 0: not drawn yet.
    pub register_luck: u64,
    /// The number of the decision to replace it; 0: not decided yet.
    pub decided: u32,
    /// Starts tried.
    pub attempts: u16,
    pub noticed: bool,
    /// It went by its own failure, which counts on the crash ladder.
    pub by_crash: bool,
    /// It is not started any more until somebody deploys its app, restarts it or switches it on anew.
    pub given_up: bool,
    /// The age of a container that was stopped on purpose and keeps it (F11).
    pub kept: Option<KeptAge>,
    /// The first failure of the life that its start leads to, drawn with the start.
    pub ahead: Option<FirstFailure>,
}

/// Which of the failure clocks of a life runs out first, and how long after it began to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FirstFailure {
    pub life: u32,
    pub up: Span,
    pub clock: u8,
}

/// What is left of the life of a container while it is stopped on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeptAge {
    pub age: Span,
    /// Until the nearest of its failure clocks runs out.
    pub left: Span,
    pub fail_clock: u8,
}

/// What a unit on its way back waits for (K5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Phase {
    /// To be noticed.
    Detection,
    /// For the order to replace it, stopping a hung process included.
    Decision,
    /// For an operator who knows, to act.
    Operator,
    /// For its domain, or a dependency's provider, to come back.
    Provider,
    /// For a control plane that can start something.
    ControlPlane,
    /// For a place with room.
    Room,
    /// For one of the starts that may be in progress at once.
    StartLimit,
    /// For a member of its crew.
    Crew,
    /// For a standby to be made the primary.
    Promotion,
    /// For a node of a database to be rebuilt.
    Rebuild,
    /// For a database to be restored.
    Restore,
    /// To finish its requests before it stops on purpose.
    Drain,
    /// To answer.
    Start,
    /// To be taken into the rotation, or to reconnect.
    Rerouting,
}

impl Phase {
    pub const ALL: [Phase; 14] = [
        Phase::Detection,
        Phase::Decision,
        Phase::Operator,
        Phase::Provider,
        Phase::ControlPlane,
        Phase::Room,
        Phase::StartLimit,
        Phase::Crew,
        Phase::Promotion,
        Phase::Rebuild,
        Phase::Restore,
        Phase::Drain,
        Phase::Start,
        Phase::Rerouting,
    ];

    /// The name in results.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Detection => "detection",
            Phase::Decision => "decision",
            Phase::Operator => "operator",
            Phase::Provider => "provider",
            Phase::ControlPlane => "control plane",
            Phase::Room => "room",
            Phase::StartLimit => "start limit",
            Phase::Crew => "crew",
            Phase::Promotion => "promotion",
            Phase::Rebuild => "rebuild",
            Phase::Restore => "restore",
            Phase::Drain => "drain",
            Phase::Start => "start",
            Phase::Rerouting => "re-routing",
        }
    }

    /// The phase of the failover clock it belongs to (K2): 0 detect, 1 decide, 2 act, 3 start, 4 reroute.
    pub fn clock(self) -> usize {
        match self {
            Phase::Detection => 0,
            Phase::Decision => 1,
            Phase::Operator
            | Phase::Provider
            | Phase::ControlPlane
            | Phase::Room
            | Phase::StartLimit
            | Phase::Crew
            | Phase::Promotion
            | Phase::Rebuild
            | Phase::Restore
            | Phase::Drain => 2,
            Phase::Start => 3,
            Phase::Rerouting => 4,
        }
    }
}

/// A dead entry of a rotation (T1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Entry {
    pub app: u32,
    pub unit: u32,
    /// The life it belongs to.
    pub life: u32,
    /// The next dead entry of the app, or [`NONE`].
    pub next: u32,
    pub face: u8,
    /// Who is charged with what it fails (K6).
    pub root: Option<Root>,
}

impl Entry {
    /// Its face as an index of counts.
    pub fn face_index(&self) -> usize {
        usize::from(self.face)
    }

    pub(super) fn set_face(&mut self, face: Face) {
        self.face = face as u8;
    }
}

/// A container that runs on where nobody can reach it (N7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shadow {
    pub unit: Id<UnitInfo>,
    /// Where it runs on.
    pub zone: u16,
    /// The host it runs on, or [`NONE`].
    pub host: u32,
    /// The stay it was in when it was cut off.
    pub stay: u16,
    /// Partial faults that cut it off there.
    pub cut: u8,
}

/// What an open fault struck.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Occurrence {
    pub root: Option<Root>,
    /// Zones struck as a whole.
    pub zones: Vec<Id<Zone>>,
    /// Components struck by their own coin or by name, with the stay they were in.
    pub units: Vec<(Id<UnitInfo>, u16)>,
    /// Regions whose control plane is impaired.
    pub regions: Vec<Id<Region>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ServiceState {
    pub up: bool,
    pub touched: bool,
}

impl World {
    /// The record of a unit that is not in service.
    pub fn recovery(&self, unit: Id<UnitInfo>) -> Option<&RecoveryRecord> {
        let index = self.units[unit.index()].recovery;
        (index != NONE).then(|| &self.recoveries[index])
    }

    /// Whether a unit's domain, or a fault on the unit itself, keeps it from running where it stands.
    #[inline]
    pub fn is_held(&self, unit: Id<UnitInfo>) -> bool {
        let host = self.rooms.host_of(unit);
        let unit = &self.units[unit.index()];
        unit.held > 0
            || (unit.zone != NOWHERE && self.zones[usize::from(unit.zone)].lost > 0)
            || host.is_some_and(|host| !self.rooms.hosts[host as usize].runs)
    }

    /// Whether a unit runs where nobody can reach it.
    #[inline]
    pub fn is_cut_off(&self, unit: Id<UnitInfo>) -> bool {
        let zone = self.units[unit.index()].zone;
        (zone != NOWHERE && self.zones[usize::from(zone)].isolated > 0) || self.is_cut_in_part(unit)
    }

    /// Whether a fault of less than its whole zone cuts a unit off: its own, or its host's.
    #[inline]
    pub fn is_cut_in_part(&self, unit: Id<UnitInfo>) -> bool {
        let host = self.rooms.host_of(unit);
        self.units[unit.index()].cut > 0
            || host.is_some_and(|host| self.rooms.hosts[host as usize].cut)
    }

    /// Containers that a request can reach: the rotation's, or, where that is empty and the router
    /// fails open, every one that answers.
    pub fn effective_in_service(&self, topology: &Topology, app: Id<Group>) -> u32 {
        let state = &self.apps[app.index()];
        if self.fails_open(topology, app) { state.answering } else { state.in_service }
    }

    /// Whether the rotation of an app is empty and its router uses every registered container (T2).
    #[inline]
    pub fn fails_open(&self, topology: &Topology, app: Id<Group>) -> bool {
        let state = &self.apps[app.index()];
        let open = || topology.groups[app].router.as_ref().is_some_and(|r| r.fail_open);
        state.in_service == 0 && state.first_entry == NONE && open()
    }

    /// Containers that do not answer, are registered all the same, and are used because the router
    /// fails open. Where the dead are unregistered there are none.
    pub fn dead_in_use(
        &self,
        topology: &Topology,
        app: Id<Group>,
    ) -> impl Iterator<Item = Id<UnitInfo>> {
        let keeps = topology.groups[app].router.as_ref().is_some_and(|it| it.unregister.is_none());
        let used = keeps && self.fails_open(topology, app);
        let units = topology.units_of(app).take(if used { usize::MAX } else { 0 });
        units.filter(|&unit| match self.units[unit.index()].state {
            State::Serving => self.is_cut_off(unit),
            State::Off => false,
            _ => true,
        })
    }

    /// Dead entries of an app's rotation.
    pub fn entries_of(&self, app: Id<Group>) -> impl Iterator<Item = &Entry> {
        let mut next = self.apps[app.index()].first_entry;
        std::iter::from_fn(move || {
            (next != NONE).then(|| {
                let entry = &self.entries[next];
                next = entry.next;
                entry
            })
        })
    }

    /// Components of a kind that are not in service.
    pub fn down(&self, kind: Kind) -> u32 {
        self.down[kind as usize]
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_component_takes_forty_bytes() {
        assert_eq!(size_of::<super::Unit>(), 40);
    }

    #[test]
    fn an_app_fits_into_one_line_of_the_cache() {
        assert_eq!(size_of::<super::App>(), 64);
    }
}
