//! What the hosts can carry once a zone is gone (N − 1), worked out without simulating.

use crate::id::Id;
use crate::model::setup::placed;
use crate::model::slab::NONE;
use crate::model::topology::{Placement, Recovery, Topology, Zone};

/// How the containers of a lost zone fare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shortage {
    /// Containers that stood in the zone and may be placed elsewhere.
    pub displaced: u32,
    /// Those of them that find no room.
    pub unplaced: u32,
}

/// Loses one zone at the start and places its containers again, in order of name.
pub fn after_losing(topology: &Topology, lost: Id<Zone>) -> Shortage {
    let (mut world, _) = placed(topology);
    world.zones[lost.index()].lost = 1;
    let mut shortage = Shortage::default();
    let apps = topology.groups.enumerate().take(topology.apps);
    let movable = apps.filter(|(_, app)| {
        matches!(*app.recovery, Recovery::Replaced(_)) && app.placement != Placement::Pinned
    });
    for unit in movable.flat_map(|(app, _)| topology.units_of(app)) {
        if u32::from(world.units[unit.index()].zone) != lost.raw() {
            continue;
        }
        let host = world.rooms.host_of(unit).unwrap_or(NONE);
        world.rooms.leave(topology, host, unit);
        shortage.displaced += 1;
        match world.choose_place(topology, unit) {
            Some(place) => world.move_to(topology, unit, place),
            None => shortage.unplaced += 1,
        }
    }
    shortage
}
