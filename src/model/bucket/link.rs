//! What is copied to another region gets there while both can be reached (B1). What waits meanwhile
//! arrives as soon as they can be again, with the usual lag.

use crate::id::Id;
use crate::model::fact::Listener;
use crate::model::sim::Sim;
use crate::model::topology::{Site, Topology};
use crate::model::world::World;
use crate::time::{Instant, Span};

/// From where to where buckets are copied; those between the same two sites share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    pub from: Id<Site>,
    pub to: Id<Site>,
}

impl World {
    /// For how long nothing has gone over a link; no time while both its ends can be reached.
    pub(super) fn apart(&self, link: Id<Link>, now: Instant) -> Span {
        self.links[link.index()].map_or(Span::ZERO, |since| now - since)
    }

    fn carries(&self, topology: &Topology, link: Link) -> bool {
        self.is_there(topology, link.from) && self.is_there(topology, link.to)
    }
}

impl<L: Listener> Sim<'_, L> {
    /// A zone is up or down.
    pub(in crate::model) fn links_changed(&mut self) {
        let topology = self.topology;
        for (id, link) in topology.links.enumerate() {
            let carries = self.world.carries(topology, *link);
            let since = &mut self.world.links[id.index()];
            *since = if carries { None } else { since.or(Some(self.now)) };
        }
    }
}
