//! What has left the rotation on purpose gets no new requests, finishes those it has, and keeps its room on
//! its host until then.
//!
//! A container that is stopped before it is started anew drains as a phase of its way back; here is
//! what goes on beside its successor, or is switched off.

use crate::id::Id;
use crate::model::event::{Event, rank};
use crate::model::fact::Listener;
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::UnitInfo;
use crate::time::Span;

/// A process that finishes its requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Draining {
    /// The host it runs on.
    pub host: u32,
    /// Bytes it takes there.
    pub memory: u64,
}

impl<L: Listener> Sim<'_, L> {
    /// A container has left a host on purpose, where it took so much memory: others may have the room once
    /// it has finished its requests.
    pub(super) fn drains_on(&mut self, host: u32, memory: u64, unit: Id<UnitInfo>) {
        let drain = self.topology.group_of(unit).drain;
        if host == NONE || drain == Span::ZERO {
            return self.room_was_made(host);
        }
        self.world.rooms.changed(self.topology, host, |state| state.used += memory);
        let slot = self.world.draining.take();
        self.world.draining[slot] = Draining { host, memory };
        let generation = self.world.draining.generation(slot);
        self.after(drain, rank::CHECKER, Event::Drained { slot, generation });
    }

    /// It has finished its requests.
    pub fn drained(&mut self, slot: u32, generation: u32) {
        if self.world.draining.is_current(slot, generation) {
            self.stops_draining(slot);
        }
    }

    fn stops_draining(&mut self, slot: u32) {
        let Draining { host, memory } = self.world.draining[slot];
        self.world.draining.release(slot);
        self.world.rooms.changed(self.topology, host, |state| state.used -= memory);
        self.room_was_made(host);
    }

    /// A host does not run any more, and nothing on it does.
    pub(super) fn nothing_drains_on(&mut self, host: u32) {
        if !self.world.draining.is_empty() {
            let here = self.world.draining.iter().filter(|(_, it)| it.host == host);
            let here: Vec<_> = here.map(|(slot, _)| slot).collect();
            here.into_iter().for_each(|slot| self.stops_draining(slot));
        }
    }
}
