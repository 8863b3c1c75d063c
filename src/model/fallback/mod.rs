//! An app that goes to another region when its own is lost, and comes back when that is well again.
//!
//! Nothing of this goes by itself: an operator orders it ([`order`]). Then its containers are placed by
//! the normal rule over the zones of the other region ([`relocate`]), its database goes on there with its
//! asynchronous copy or with what is restored, its files with the copy that is there, and once it would answer, its *address* is moved: what
//! clients ask for, a component that the app cannot do without and that no fault strikes by itself.

pub mod order;
pub mod relocate;
pub mod settings;

pub use settings::{Fallback, Settings};

use crate::id::Id;
use crate::model::topology::{Group, Region, Topology, Zone};
use crate::model::world::World;

/// What changes about a fallback.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FallbackState {
    pub stage: Stage,
    /// Containers of its app are placed abroad.
    pub abroad: bool,
    /// Counts its stages; an event of an earlier one is stale.
    pub turn: u32,
    /// How often the home region was lost, and how often a return was called for: the occurrence
    /// numbers of its luck.
    pub losses: u32,
    pub returns: u32,
}

/// How far a fallback is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    Home,
    /// The home region is lost, and an operator is to decide.
    Deciding,
    /// It is decided and being prepared.
    Preparing,
    /// There is nowhere to go yet, or no data to go on with.
    Unable,
    /// Containers start, and the database comes, in the other region or at home again.
    Moving,
    /// The app would answer, and clients are led to it.
    Shifting,
    Away,
    /// The home region is well, and an operator is to order the return.
    Returning,
    /// The return is ordered, and the database at home is not in step yet.
    Resyncing,
}

impl FallbackState {
    pub(super) fn new() -> FallbackState {
        FallbackState { stage: Stage::Home, abroad: false, turn: 0, losses: 0, returns: 0 }
    }
}

impl World {
    /// Whether an app is in its fallback region, or on its way there.
    #[inline]
    pub fn is_abroad(&self, topology: &Topology, app: Id<Group>) -> bool {
        topology.fallback_of(app).is_some_and(|id| self.fallbacks[id.index()].abroad)
    }

    /// The region whose health manager looks after the containers of an app and whose front leads to
    /// them.
    #[inline]
    pub fn region_of(&self, topology: &Topology, app: Id<Group>) -> Id<Region> {
        match topology.fallback_of(app) {
            Some(id) if self.fallbacks[id.index()].abroad => topology.fallbacks[id].abroad,
            _ => topology.groups[app].region,
        }
    }

    /// The zones in which containers of a group may be placed now, and the place of the first of them
    /// among those of the group.
    #[inline]
    pub fn zones_of<'t>(
        &self,
        topology: &'t Topology,
        group: Id<Group>,
    ) -> (&'t [Id<Zone>], usize) {
        let zones = &topology.groups[group].zones[..];
        match topology.fallback_of(group) {
            None => (zones, 0),
            Some(id) => {
                let at_home = topology.fallbacks[id].at_home;
                let abroad = self.fallbacks[id.index()].abroad;
                if abroad { (&zones[at_home..], at_home) } else { (&zones[..at_home], 0) }
            }
        }
    }

    /// Whether the home region of an app that falls back is lost or cut off, every zone of it, and the app
    /// has not gone elsewhere yet.
    pub fn awaits_fallback(&self, topology: &Topology, app: Id<Group>) -> bool {
        topology.fallback_of(app).is_some_and(|id| {
            let it = &topology.fallbacks[id];
            !self.fallbacks[id.index()].abroad && !self.any_zone_up(topology, it.home)
        })
    }

    /// Whether any zone of a region is up.
    pub fn any_zone_up(&self, topology: &Topology, region: Id<Region>) -> bool {
        topology.regions[region].zones.iter().any(|zone| self.zones[zone.index()].is_up())
    }
}
