//! An app leaves the place where it is, all of it, and is placed in the other region.

use super::{Fallback, Stage};
use crate::id::Id;
use crate::model::fact::{How, Listener};
use crate::model::root::Root;
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::UnitInfo;
use crate::model::world::{Phase, State};
use crate::time::Instant;

impl<L: Listener> Sim<'_, L> {
    /// To the other region, or home. `root` is the change that the return is; on the way there everything
    /// belongs to the fault that took the home region.
    pub(super) fn relocate(&mut self, id: Id<Fallback>, abroad: bool, root: Option<Root>) {
        let topology = self.topology;
        let info = &topology.fallbacks[id];
        let database = topology.database_of(info.app);
        let off =
            |sim: &Self, unit: Id<UnitInfo>| sim.world.units[unit.index()].state == State::Off;
        let units: Vec<_> = topology.units_of(info.app).filter(|it| !off(self, *it)).collect();
        // Their health manager still is the one of the region that they leave.
        for &unit in &units {
            self.is_uprooted(unit, root);
        }
        if let Some(root) = root {
            self.address_leads_nowhere(id, root, How::Stopped);
        }
        self.nobody_else_has_a_turn(info.app);
        self.world.fallbacks[id.index()].abroad = abroad;
        self.change_fallback(id, Stage::Moving);
        self.address_waits(id, Phase::Start);
        match root {
            Some(root) => self.files_are_reached(id, root),
            None => {
                let record = self.world.recovery(info.address).expect("it leads nowhere");
                let (root, since) =
                    (record.root.expect("somebody took the region"), record.path[0].0);
                self.files_are_left(id, root, since);
            }
        }
        match (database, root) {
            (Some(database), None) => self.database_goes_abroad(database),
            (Some(database), Some(root)) => self.database_goes_home(database, root),
            (None, _) => {}
        }
        for unit in units {
            self.place(unit);
        }
        self.touch_app(info.app);
        self.fallback_makes_way(info.app);
    }

    /// Whatever a container was doing, it does no more, and stands nowhere. One that is cut off is stopped
    /// for good: it is not taken back when it can be reached again.
    fn is_uprooted(&mut self, unit: Id<UnitInfo>, root: Option<Root>) {
        let state = self.world.units[unit.index()];
        if let (true, Some(root)) = (state.in_service, root) {
            self.stop(unit, root, true);
        } else {
            if state.state == State::Serving && !self.world.is_cut_off(unit) {
                let app = self.topology.group_id(unit);
                self.world.apps[app.index()].answering -= 1;
            }
            match state.state {
                State::Starting => self.start_ends(unit),
                _ => self.release_crew(unit),
            }
            self.original_died(unit);
            self.forget_waiting(unit);
            if self.world.units[unit.index()].entry != NONE {
                self.remove_entry(self.world.units[unit.index()].entry);
            }
            let state = &mut self.world.units[unit.index()];
            state.state = State::Down;
            state.crashes = 0;
            state.life = state.life.wrapping_add(1);
            state.turn = state.turn.wrapping_add(1);
            state.fails_at = Instant::NEVER;
            let record = &mut self.world.recoveries[state.recovery];
            record.noticed = true;
            record.given_up = false;
            record.by_crash = false;
            record.kept = None;
        }
        let host = self.world.rooms.host_of(unit).unwrap_or(NONE);
        self.world.stand_nowhere(self.topology, unit);
        self.room_was_made(host);
    }
}
