//! A unit fails by itself or is stopped by a fault, and leaves service.

use crate::id::Id;
use crate::model::fact::{Fact, How, Listener};
use crate::model::root::{Reach, Root};
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{Face, Group, Kind, Recovery, UnitInfo};
use crate::model::world::{Phase, State};
use crate::time::Instant;

impl<L: Listener> Sim<'_, L> {
    pub(super) fn clock_ran_out(&mut self, unit: Id<UnitInfo>) {
        let state = self.world.units[unit.index()];
        if state.state != State::Serving {
            // The original behind an isolation dies while its replacement is being started (F5).
            self.original_died(unit);
            return;
        }
        let info = self.topology.units[unit];
        let clock =
            &self.topology.clock_sets[usize::from(info.clocks)][usize::from(state.fail_clock)];
        let root = self.new_root(clock.cause, Reach::Component);
        if clock.hang {
            self.hang(unit, root);
        } else {
            self.crash(unit, root);
        }
    }

    /// The process of a unit ends. Without effect on what is not running (F8).
    pub fn crash(&mut self, unit: Id<UnitInfo>, root: Root) {
        if self.world.units[unit.index()].state != State::Serving {
            self.state(Fact::WithoutEffect { unit });
            return;
        }
        let group = self.topology.group_of(unit);
        let face = group.router.as_ref().map_or(Face::Refused, |router| router.crash_face);
        self.stops_answering(unit, root, How::Crashed, face);
        self.world.units[unit.index()].state = State::Down;
        if !self.topology.buckets.is_empty() {
            self.crashed_with_data(unit, root);
        }
        self.vacate(unit);
        self.host_runs(unit, false);
        if group.first_host.is_some() {
            self.lose_with_host(unit, root);
        }
        let (detect, seen) = match &*group.recovery {
            Recovery::InPlace { detect, .. } => (detect, true),
            // A health manager outside learns nothing while the domain is cut off (F5).
            Recovery::Replaced(manager) => (&manager.detect_crash, !self.world.is_cut_off(unit)),
        };
        self.fails_by_itself(unit);
        if seen {
            self.begin_way_back(unit);
            self.notice_by(unit, detect, false, None);
        }
        if !self.world.databases.is_empty() {
            self.node_stopped(unit);
        }
    }

    /// The process of a container stays and no longer answers.
    pub fn hang(&mut self, unit: Id<UnitInfo>, root: Root) {
        if self.world.units[unit.index()].state != State::Serving {
            self.state(Fact::WithoutEffect { unit });
            return;
        }
        self.stops_answering(unit, root, How::Hung, Face::Hung);
        self.world.units[unit.index()].state = State::Hung;
        let topology = self.topology;
        let (detect, seen) = match &*topology.group_of(unit).recovery {
            Recovery::InPlace { detect, .. } => (detect, true),
            Recovery::Replaced(manager) => (&manager.detect_hang, !self.world.is_cut_off(unit)),
        };
        self.fails_by_itself(unit);
        if seen {
            self.begin_way_back(unit);
            self.notice_by(unit, detect, true, None);
        }
    }

    /// A crash or a hang counts on the ladder, whatever else it leads to.
    #[inline]
    fn fails_by_itself(&mut self, unit: Id<UnitInfo>) {
        let state = self.world.units[unit.index()];
        self.count_crash(unit, self.now - state.clocks_since);
        self.world.recoveries[state.recovery].by_crash = true;
    }

    /// Common to all ends of a life.
    #[inline]
    pub(in crate::model) fn stops_answering(
        &mut self,
        unit: Id<UnitInfo>,
        root: Root,
        how: How,
        face: Face,
    ) {
        let state = self.world.units[unit.index()];
        let could_be_reached = !self.world.is_cut_off(unit);
        self.stops_being_reached(unit, root, how, face, could_be_reached);
        let state_now = &mut self.world.units[unit.index()];
        state_now.life = state.life.wrapping_add(1);
        state_now.fails_at = Instant::NEVER;
    }

    /// A serving unit is no longer reached: it leaves service, and its entry turns dead.
    #[inline]
    pub(super) fn stops_being_reached(
        &mut self,
        unit: Id<UnitInfo>,
        root: Root,
        how: How,
        face: Face,
        counted_as_answering: bool,
    ) {
        let state = self.world.units[unit.index()];
        if state.in_service {
            self.leave_service(unit, root, how);
            self.leave_dead_entry(unit, state.life, face, root);
        } else {
            self.take_over(unit, root, how);
        }
        let app = self.topology.group_id(unit);
        if counted_as_answering && self.topology.is_app(app) {
            self.world.apps[app.index()].answering -= 1;
            if self.world.apps[app.index()].in_service == 0 {
                self.touch_app(app); // a router that fails open may have used it
            }
        }
    }

    #[inline]
    pub(in crate::model) fn leave_service(&mut self, unit: Id<UnitInfo>, root: Root, how: How) {
        self.state(Fact::LeftService { unit, root, how });
        if !self.world.successors.is_empty() {
            self.give_up_successor(unit);
        }
        if !self.world.databases.is_empty() {
            self.connection_ends(unit);
        }
        let index = self.world.recoveries.take();
        let record = &mut self.world.recoveries[index];
        record.root = Some(root);
        record.attempts = 0;
        record.register_luck = 0;
        record.noticed = false;
        record.kept = None;
        record.ahead = None;
        record.decided = 0;
        record.by_crash = false;
        record.given_up = false;
        record.path.clear();
        let group = self.topology.group_of(unit);
        let phase = if group.kind == Kind::Dependency { Phase::Provider } else { Phase::Detection };
        record.path.push((self.now, phase));
        let state = &mut self.world.units[unit.index()];
        state.in_service = false;
        state.recovery = index;
        self.world.down[group.kind as usize] += 1;
        self.service_of_unit_changed(unit, false);
    }

    /// The counts over a unit follow it in and out of service.
    #[inline]
    pub(super) fn service_of_unit_changed(&mut self, unit: Id<UnitInfo>, up: bool) {
        let group = self.topology.group_id(unit);
        let topology = self.topology;
        if topology.is_app(group) {
            let app = &mut self.world.apps[group.index()];
            if up {
                app.in_service += 1;
            } else {
                app.in_service -= 1;
            }
            self.touch_app(group);
            self.fallback_makes_way(group);
            self.touch_services_of(topology.watch.app.get(group.index()));
        } else {
            self.used_unit_changed(unit, group, up);
        }
        if let Some(nodes) = topology.watch.unit.get(unit.index()) {
            self.count_parts(nodes, up);
        }
    }

    /// What is no container comes into service or goes out of it.
    #[inline(never)]
    fn used_unit_changed(&mut self, unit: Id<UnitInfo>, group: Id<Group>, up: bool) {
        let topology = self.topology;
        let kind = topology.groups[group].kind;
        match kind {
            Kind::HealthManager => self.instance_changed(unit, up),
            Kind::Router => self.router_changed(unit, up),
            _ => {}
        }
        // What a router does to the apps behind it is for its front to say.
        let used = kind != Kind::Router;
        for &user in topology.groups[group].used_by.iter().filter(|_| used) {
            let uses = &topology.groups[user].uses;
            // A database serves before the last container has reconnected, and says so itself.
            let mandatory =
                kind != Kind::Database && uses.iter().any(|it| it.unit == unit && it.mandatory);
            let app = &mut self.world.apps[user.index()];
            if up {
                app.uses_down -= 1;
                app.dependencies_down -= u16::from(mandatory);
            } else {
                app.uses_down += 1;
                app.dependencies_down += u16::from(mandatory);
            }
            self.touch_app(user);
        }
        match kind {
            Kind::DatabaseNode => self.node_changed(unit, up),
            Kind::Replica => self.replica_changed(unit, up),
            _ => {}
        }
    }

    /// A fault strikes a unit that is not in service: a fault of a domain owns it from now on, any
    /// other does not (K3).
    pub(in crate::model) fn take_over(&mut self, unit: Id<UnitInfo>, root: Root, how: How) {
        let index = self.world.units[unit.index()].recovery;
        if root.reach > Reach::Component && index != NONE {
            self.world.recoveries[index].root = Some(root);
            self.state(Fact::TakenOver { unit, root, how });
            self.touch_waiting(unit);
            if !self.topology.buckets.is_empty() {
                self.replica_changes_hands(unit);
            }
        }
    }

    /// A new way back begins: events of the last one are stale.
    #[inline]
    pub(in crate::model) fn begin_way_back(&mut self, unit: Id<UnitInfo>) {
        let state = &mut self.world.units[unit.index()];
        state.turn = state.turn.wrapping_add(1);
        let recovery = state.recovery;
        self.world.recoveries[recovery].noticed = false;
        self.world.recoveries[recovery].given_up = false;
        self.world.recoveries[recovery].kept = None;
        // It waits for a place again when the new decision has been made.
        self.forget_waiting(unit);
        self.enter_phase(unit, Phase::Detection);
    }
}
