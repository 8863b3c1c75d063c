//! A unit answers, and is admitted to the rotation.

use crate::id::Id;
use crate::model::fact::{Fact, Listener};
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::UnitInfo;
use crate::model::world::{Phase, State};
use crate::time::Instant;

impl<L: Listener> Sim<'_, L> {
    #[inline]
    pub(in crate::model) fn answers(&mut self, unit: Id<UnitInfo>) {
        self.start_ends(unit);
        if !self.topology.buckets.is_empty() {
            self.replica_answers(unit);
        }
        self.retire_original(unit);
        if let Some(change) = self.begins_to_serve_bad(unit) {
            self.state(Fact::Answered { unit });
            self.serves_errors(unit, change);
            self.turn_is_over(self.topology.group_id(unit), unit);
        } else if self.begins_to_serve(unit) {
            self.seek_admission(unit);
        }
    }

    /// A unit answers from now on, its clocks running. Whether anybody can reach it.
    #[inline(always)]
    pub(in crate::model) fn begins_to_serve(&mut self, unit: Id<UnitInfo>) -> bool {
        let now = self.now;
        let state = &mut self.world.units[unit.index()];
        state.state = State::Serving;
        state.clocks_since = now;
        state.fails_at = Instant::NEVER;
        match self.world.recoveries[state.recovery].kept.take() {
            Some(kept) => self.keep_age(unit, kept),
            None => self.first_clocks_start(unit),
        }
        self.host_runs(unit, true);
        self.state(Fact::Answered { unit });
        if self.world.is_cut_off(unit) {
            self.enter_phase(unit, Phase::Provider);
            return false;
        }
        let app = self.topology.group_id(unit);
        if self.topology.is_app(app) {
            self.world.apps[app.index()].answering += 1;
            if self.world.apps[app.index()].in_service == 0 {
                self.touch_app(app); // a router that fails open uses it at once
            }
        }
        true
    }

    pub(in crate::model) fn admit(&mut self, unit: Id<UnitInfo>) {
        self.waits_for_room_no_more(unit);
        self.state(Fact::InService { unit });
        let state = &mut self.world.units[unit.index()];
        state.in_service = true;
        let recovery = std::mem::replace(&mut state.recovery, NONE);
        self.world.recoveries.release(recovery);
        self.world.down[self.topology.group_of(unit).kind as usize] -= 1;
        if self.topology.clocks_in_rotation {
            self.start_clocks(unit, true);
        }
        self.service_of_unit_changed(unit, true);
        let group = self.topology.group_id(unit);
        if self.topology.is_app(group) {
            self.turn_is_over(group, unit);
            if self.world.emptying > 0 {
                self.ask_to_serve(self.world.region_of(self.topology, group));
            }
        } else if let Some(host) = self.topology.host_index(unit) {
            self.host_had_its_turn(host);
        }
    }
}
