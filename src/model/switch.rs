//! How many containers of an app are meant to run: scaling and sleep (S6). The highest numbers are
//! switched off first, and on last.

use crate::id::Id;
use crate::model::fact::{Fact, Listener};
use crate::model::root::Root;
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{Declares, Group, Placement, Recovery, UnitInfo};
use crate::model::world::{Phase, State};
use crate::time::Instant;

impl<L: Listener> Sim<'_, L> {
    /// From now on so many containers of an app are meant to run.
    pub(super) fn declare(&mut self, app: Id<Group>, declares: Declares, root: Root) {
        let state = &mut self.world.apps[app.index()];
        let before = state.declared();
        match declares {
            Declares::Containers(containers) => state.meant = containers,
            Declares::Asleep(asleep) => state.asleep = asleep,
        }
        let after = state.declared();
        let first = self.topology.groups[app].first;
        for ordinal in (after..before).rev() {
            self.switch_off(Id::new(first + ordinal), root);
        }
        for ordinal in before..after {
            self.switch_on(Id::new(first + ordinal), root);
        }
        self.touch_app(app);
        if let Some(nodes) = self.topology.watch.app.get(app.index()) {
            nodes.iter().for_each(|&node| self.touch_services_over(node));
        }
    }

    /// Whatever a container was doing, it does no more, and nobody misses it.
    fn switch_off(&mut self, unit: Id<UnitInfo>, root: Root) {
        self.state(Fact::SwitchedOff { unit, root });
        let app = self.topology.group_id(unit);
        let state = self.world.units[unit.index()];
        if state.state == State::Serving && !self.world.is_cut_off(unit) {
            self.world.apps[app.index()].answering -= 1;
        }
        if state.in_service {
            self.give_up_successor(unit);
            self.connection_ends(unit);
            self.world.apps[app.index()].in_service -= 1;
        } else {
            match state.state {
                State::Starting => self.start_ends(unit),
                _ => self.release_crew(unit),
            }
            self.original_died(unit);
            self.forget_waiting(unit);
            if state.entry != NONE {
                self.remove_entry(state.entry);
            }
            self.world.recoveries.release(state.recovery);
            self.world.down[self.topology.groups[app].kind as usize] -= 1;
            self.count_unit_part(unit, true);
        }
        if !self.stays_put(unit) {
            let host = self.world.rooms.host_of(unit).unwrap_or(NONE);
            let memory = self.world.rooms.taken(self.topology, host, unit);
            self.world.stand_nowhere(self.topology, unit);
            if state.in_service {
                self.drains_on(host, memory, unit);
            } else {
                self.room_was_made(host);
            }
        } else if self.world.emptying > 0 {
            self.room_was_made(self.world.rooms.host_of(unit).unwrap_or(NONE));
        }
        self.is_off(unit);
    }

    /// It is not meant to run, and nothing of its life or of its way back goes on.
    pub(super) fn is_off(&mut self, unit: Id<UnitInfo>) {
        let state = &mut self.world.units[unit.index()];
        state.state = State::Off;
        state.in_service = false;
        state.recovery = NONE;
        state.life = state.life.wrapping_add(1);
        state.turn = state.turn.wrapping_add(1);
        state.fails_at = Instant::NEVER;
    }

    /// A container is missed from now on, and is placed by the normal rule.
    fn switch_on(&mut self, unit: Id<UnitInfo>, root: Root) {
        self.is_missed(unit, root);
        self.place(unit);
    }

    /// What was off is meant to run, and is not there yet.
    pub(super) fn is_missed(&mut self, unit: Id<UnitInfo>, root: Root) {
        let topology = self.topology;
        let group = topology.group_of(unit);
        let recovery = self.world.recoveries.take();
        let record = &mut self.world.recoveries[recovery];
        record.root = Some(root);
        record.attempts = 0;
        record.register_luck = 0;
        record.noticed = true;
        record.kept = None;
        record.decided = 0;
        record.by_crash = false;
        record.given_up = false;
        record.path.clear();
        record.path.push((self.now, Phase::Decision));
        let state = &mut self.world.units[unit.index()];
        state.state = State::Down;
        state.recovery = recovery;
        state.crashes = 0;
        state.turn = state.turn.wrapping_add(1);
        self.world.down[group.kind as usize] += 1;
        self.count_unit_part(unit, false);
        self.state(Fact::SwitchedOn { unit, root });
    }

    /// A container that has one place once and for all keeps it while it is off.
    fn stays_put(&self, unit: Id<UnitInfo>) -> bool {
        let group = self.topology.group_of(unit);
        let in_place = matches!(*group.recovery, Recovery::InPlace { .. });
        in_place || group.placement == Placement::Pinned
    }

    /// The nodes of services over a container count it, or no longer do.
    fn count_unit_part(&mut self, unit: Id<UnitInfo>, up: bool) {
        if let Some(nodes) = self.topology.watch.unit.get(unit.index()) {
            nodes.iter().for_each(|&node| self.count_part(node, up));
        }
    }
}
