//! Looking ahead in a large fleet: what the coming failures will touch is read a little early.
//!
//! The state of a large fleet does not fit into the caches of a processor, and a container that fails
//! has not been looked at for days: each thing that its failure touches is waited for, one after the
//! other. But the calendar knows the next few failures. Reading what they will need, all of them at
//! once, lets the waits pass together. Nothing is changed and nothing hangs on what is read.

use crate::model::event::{Event, UnitEvent};
use crate::model::fact::Listener;
use crate::model::sim::Sim;
use crate::time::Instant;
use std::hint::black_box;

/// From so many components on the state is larger than what most processors keep close by.
const LARGE: usize = 10_000;
/// As many failures are read ahead at once, about.
const AT_ONCE: usize = 32;

impl<L: Listener> Sim<'_, L> {
    /// Whether looking ahead is worth its while.
    pub(crate) fn is_large(&self) -> bool {
        self.topology.units.len() >= LARGE
    }

    /// Reads what the failures that are due next will touch; returns when it is time to do so again.
    #[inline(never)]
    pub(crate) fn look_ahead(&self) -> Instant {
        let mut units = [None; 2 * AT_ONCE];
        let mut places = units.iter_mut();
        let seen_until = self.calendar.show_ahead(AT_ONCE, |event| {
            if let Event::Unit(unit, UnitEvent::Fails { .. }) = event.into()
                && let Some(place) = places.next()
            {
                *place = Some(unit);
            }
        });
        let mut read = 0_u64;
        let mut apps = [None; 2 * AT_ONCE];
        for (app, unit) in apps.iter_mut().zip(units.iter().flatten()) {
            let state = &self.world.units[unit.index()];
            read ^= state.fails_at.0 ^ u64::from(state.in_service); // both ends of it
            *app = Some(self.topology.group_id(*unit)).filter(|it| self.topology.is_app(*it));
        }
        for app in apps.iter().flatten() {
            let group = &self.topology.groups[*app];
            read ^= u64::from(group.needs) ^ group.response_s.to_bits();
            read ^= u64::from(self.world.apps[app.index()].meant);
            read ^= u64::from(self.world.occupancy_at[app.index()]);
            read ^= self.listener.look_ahead(*app);
        }
        for app in apps.iter().flatten() {
            let at = self.world.occupancy_at[app.index()] as usize;
            read ^= self.world.occupancy.get(at).map_or(0, |it| u64::from(*it));
        }
        black_box(read);
        seen_until
    }
}
