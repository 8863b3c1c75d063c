//! The health manager of a region as a thing that can itself be gone, and what waits for it.
//!
//! It has instances, one of which holds a lock and is active. While none is, nothing is noticed,
//! decided or placed; what it would have noticed meanwhile is noticed when one is active again. While
//! the control plane of the region is impaired nothing new is started (N7). Both, and a limit on the
//! starts in progress, leave decided replacements waiting; they begin in order of decision.

use crate::engine::Purpose;
use crate::id::Id;
use crate::model::event::{Event, ManagerEvent, is_same, rank};
use crate::model::fact::{Fact, Listener};
use crate::model::rotation::until_probe;
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{HealthManager, Recovery, Region, UnitInfo};
use crate::model::world::{Phase, State};
use crate::time::Span;
use std::collections::BTreeSet;

/// The health manager of one region.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ManagerState {
    /// The instance that holds the lock, or [`NONE`].
    holder: u32,
    /// It is there, or there are no instances at all.
    pub active: bool,
    /// Counts losses and returns of whoever holds the lock.
    lapse: u32,
    /// Faults that impair the region's control plane.
    pub impaired: u16,
    /// Starts in progress.
    pub starting: u32,
    /// What would have been noticed while no instance was active, and in which turn.
    unnoticed: Vec<(Id<UnitInfo>, u16)>,
    /// Units to be started as soon as something can be, each with the number of its decision.
    pub waiting: BTreeSet<(u32, Id<UnitInfo>)>,
    /// Units given up at this instant whose turn in a change is over with that.
    given_up: Vec<Id<UnitInfo>>,
    /// Whether [`ManagerEvent::Serves`] is pending at this instant.
    serves: bool,
}

impl ManagerState {
    /// At the start: the first instance is active.
    pub(super) fn new(first_instance: Option<Id<UnitInfo>>) -> ManagerState {
        let holder = first_instance.map_or(NONE, Id::raw);
        ManagerState { holder, active: true, ..ManagerState::default() }
    }
}

impl<L: Listener> Sim<'_, L> {
    /// What an event of a health manager does.
    #[inline(never)]
    pub fn manager_event(&mut self, region: Id<Region>, event: ManagerEvent) {
        match event {
            ManagerEvent::LockExpires { lapse } => {
                if is_same(self.world.managers[region.index()].lapse, lapse) {
                    self.lock_expires(region);
                }
            }
            ManagerEvent::Serves => self.serve(region),
        }
    }

    /// The region whose health manager looks after a container.
    #[inline]
    pub(super) fn manager_of(&self, unit: Id<UnitInfo>) -> usize {
        self.world.region_of(self.topology, self.topology.group_id(unit)).index()
    }

    // ---- its instances ----

    /// An instance came into service or went out of it.
    pub(super) fn instance_changed(&mut self, instance: Id<UnitInfo>, up: bool) {
        let region = self.topology.group_of(instance).region;
        let state = &mut self.world.managers[region.index()];
        let holds = state.holder == instance.raw();
        if up && (holds || state.holder == NONE) {
            // Back before its lock has expired, or the first one since.
            self.takes_lock(region, instance);
        } else if !up && holds {
            state.active = false;
            state.lapse = state.lapse.wrapping_add(1);
            let lapse = state.lapse;
            let manager = &self.topology.managers[region.index()];
            let delay = manager.takeover.span(self.draw_of(manager.key, Purpose::TAKEOVER, lapse));
            self.state(Fact::HealthManagerDown { region });
            let event = Event::HealthManager(region, ManagerEvent::LockExpires { lapse });
            self.after(delay, rank::CHECKER, event);
        }
    }

    fn lock_expires(&mut self, region: Id<Region>) {
        let group = self.topology.managers[region.index()].instances;
        let group = group.expect("only instances hold a lock");
        let there = |unit: &Id<UnitInfo>| self.world.units[unit.index()].in_service;
        match self.topology.units_of(group).find(there) {
            Some(instance) => self.takes_lock(region, instance),
            None => self.world.managers[region.index()].holder = NONE,
        }
    }

    fn takes_lock(&mut self, region: Id<Region>, instance: Id<UnitInfo>) {
        let state = &mut self.world.managers[region.index()];
        state.holder = instance.raw();
        state.active = true;
        state.lapse = state.lapse.wrapping_add(1);
        self.state(Fact::HealthManagerUp { region });
        self.ask_to_serve(region);
    }

    // ---- what it does when it is there ----

    /// Whether the notice of a unit must wait until an instance is active again.
    pub(super) fn notice_waits(&mut self, unit: Id<UnitInfo>) -> bool {
        if !self.is_replaced(unit) {
            return false;
        }
        let manager = self.manager_of(unit);
        let turn = self.world.units[unit.index()].turn;
        let manager = &mut self.world.managers[manager];
        if !manager.active {
            manager.unnoticed.push((unit, turn));
        }
        !manager.active
    }

    pub(super) fn is_replaced(&self, unit: Id<UnitInfo>) -> bool {
        matches!(*self.topology.group_of(unit).recovery, Recovery::Replaced(_))
    }

    /// From `delay` after now until the convergence loop comes round (N2: one phase for all targets).
    pub(super) fn until_convergence(
        &self,
        unit: Id<UnitInfo>,
        manager: &HealthManager,
        delay: Span,
    ) -> Span {
        let Some(interval) = manager.convergence else { return delay };
        let key = self.topology.managers[self.manager_of(unit)].key;
        let phase = self.draw_of(key, Purpose::CONVERGENCE, 0).uniform();
        delay + until_probe(self.now + delay, phase, interval)
    }

    /// How long a unit that failed by itself waits for its next start; nothing: it is given up.
    pub(super) fn ladder_wait(&self, unit: Id<UnitInfo>, manager: &HealthManager) -> Option<Span> {
        let Some(ladder) = &manager.ladder else { return Some(Span::ZERO) };
        let wait = ladder.wait(self.world.units[unit.index()].crashes)?;
        // Whoever need not wait is restarted by the event of its exit.
        let waits = wait > Span::ZERO;
        Some(if waits { self.until_convergence(unit, manager, wait) } else { wait })
    }

    /// A crash, a hang or a failed start: one rung up, or the first again after long enough.
    pub(super) fn count_crash(&mut self, unit: Id<UnitInfo>, ran: Span) {
        let topology = self.topology;
        if let Recovery::Replaced(manager) = &*topology.group_of(unit).recovery
            && let Some(ladder) = &manager.ladder
        {
            let state = &mut self.world.units[unit.index()];
            state.crashes = ladder.crashes(state.crashes, ran);
        }
    }

    /// A unit has failed too often to be started again, and takes no room any more: it is left to people.
    pub(super) fn give_up(&mut self, unit: Id<UnitInfo>) {
        let state = &mut self.world.units[unit.index()];
        // A hung process has been stopped; one behind an isolation runs on.
        if state.state == State::Hung {
            state.state = State::Down;
        }
        let recovery = state.recovery;
        self.world.recoveries[recovery].given_up = true;
        if self.world.units[unit.index()].state == State::Down {
            self.vacate(unit);
        }
        self.enter_phase(unit, Phase::Operator);
        self.state(Fact::GivenUp { unit });
        // The change whose turn it was goes on once all that happens at this instant has happened.
        let app = self.topology.group_id(unit);
        let change = self.world.apps[app.index()].change;
        if change != NONE && self.world.changes[change].in_turn.contains(&unit) {
            let region = self.world.region_of(self.topology, app);
            self.world.managers[region.index()].given_up.push(unit);
            self.ask_to_serve(region);
        }
    }

    /// Somebody has a unit that was given up started as if it were new.
    pub(super) fn start_anew(&mut self, unit: Id<UnitInfo>) {
        let state = &mut self.world.units[unit.index()];
        state.crashes = 0;
        state.turn = state.turn.wrapping_add(1);
        let recovery = state.recovery;
        self.world.recoveries[recovery].given_up = false;
        self.place(unit);
    }

    // ---- who waits ----

    /// The number of a unit's decision, given at the first time it is asked for.
    pub(super) fn decision(&mut self, unit: Id<UnitInfo>) -> u32 {
        let recovery = self.world.units[unit.index()].recovery;
        let record = &mut self.world.recoveries[recovery];
        if record.decided == 0 {
            self.world.decisions += 1;
            record.decided = self.world.decisions;
        }
        record.decided
    }

    /// Lets a decided unit wait where nothing can be started now.
    pub(super) fn start_waits(&mut self, unit: Id<UnitInfo>) -> bool {
        let index = self.manager_of(unit);
        let limit = self.topology.managers[index].parallel_starts;
        let manager = &self.world.managers[index];
        let phase = if !manager.active {
            Phase::Decision
        } else if manager.impaired > 0 {
            Phase::ControlPlane
        } else if manager.starting >= limit {
            Phase::StartLimit
        } else {
            return false;
        };
        let decided = self.decision(unit);
        self.world.managers[index].waiting.insert((decided, unit));
        self.let_wait(unit, phase);
        true
    }

    /// A decided unit begins to wait, or goes on waiting for the same.
    pub(super) fn let_wait(&mut self, unit: Id<UnitInfo>, phase: Phase) {
        let before = self.world.recovery(unit).and_then(|record| record.path.last());
        let goes_on = before.is_some_and(|(_, before)| *before == phase);
        self.enter_phase(unit, phase);
        if !goes_on {
            self.state(Fact::Waits { unit });
        }
    }

    /// A unit waits for nothing any more: another decision will be made, or none is needed.
    #[inline(always)]
    pub(super) fn forget_waiting(&mut self, unit: Id<UnitInfo>) {
        if self.world.recovery(unit).is_some_and(|record| record.decided > 0) {
            self.forget_decision(unit);
        }
    }

    fn forget_decision(&mut self, unit: Id<UnitInfo>) {
        let index = self.world.units[unit.index()].recovery;
        let decided = std::mem::replace(&mut self.world.recoveries[index].decided, 0);
        self.world.unplaced.remove(&(decided, unit));
        let manager = self.manager_of(unit);
        self.world.managers[manager].waiting.remove(&(decided, unit));
    }

    #[inline(always)]
    pub(super) fn start_begins(&mut self, unit: Id<UnitInfo>) {
        let manager = self.manager_of(unit);
        self.world.managers[manager].starting += 1;
        self.count_start(unit, true);
    }

    /// A start is over, in whatever way: the next one may begin.
    #[inline(always)]
    pub(super) fn start_is_over(&mut self, unit: Id<UnitInfo>) {
        self.count_start(unit, false);
        let region = self.world.region_of(self.topology, self.topology.group_id(unit));
        let manager = &mut self.world.managers[region.index()];
        manager.starting -= 1;
        if !(manager.waiting.is_empty() && self.world.unplaced.is_empty())
            && self.topology.managers[region.index()].parallel_starts < u32::MAX
        {
            self.ask_to_serve(region);
        }
    }

    /// Has whoever waits looked at once all that ends or begins at this instant has done so (F9).
    pub(super) fn ask_to_serve(&mut self, region: Id<Region>) {
        let manager = &mut self.world.managers[region.index()];
        if !manager.serves {
            manager.serves = true;
            self.at(self.now, rank::CHECKER, Event::HealthManager(region, ManagerEvent::Serves));
        }
    }

    /// What waited while nothing could be noticed or started, in order.
    fn serve(&mut self, region: Id<Region>) {
        self.world.managers[region.index()].serves = false;
        for unit in std::mem::take(&mut self.world.managers[region.index()].given_up) {
            self.turn_is_over(self.topology.group_id(unit), unit);
        }
        self.place_supervised(region);
        if self.world.emptying > 0 {
            self.empty_hosts_of(region);
        }
        if !self.world.managers[region.index()].active {
            return;
        }
        for (unit, turn) in std::mem::take(&mut self.world.managers[region.index()].unnoticed) {
            if self.world.units[unit.index()].turn == turn {
                self.noticed(unit);
            }
        }
        let mut last = (0, Id::new(0));
        // Apps of which one container has just found no room: the others will find none either.
        let mut full: Vec<u32> = Vec::new();
        while self.can_start(region) {
            let later = |(decided, unit): &(u32, Id<UnitInfo>)| (*decided, *unit) > last;
            let hopeful = |unit| !full.contains(&self.topology.units[unit].group);
            let mine = |it: &&(u32, Id<UnitInfo>)| {
                later(it) && hopeful(it.1) && self.looks_after(region, it.1)
            };
            let waits =
                self.world.managers[region.index()].waiting.range(last..).find(|it| later(it));
            let unplaced = self.world.unplaced.range(last..).find(mine);
            let Some(&next) = waits.into_iter().chain(unplaced).min() else { return };
            last = next;
            self.world.managers[region.index()].waiting.remove(&next);
            self.world.unplaced.remove(&next);
            if self.still_waits(next) {
                self.place(next.1);
            }
            let last = self.world.recovery(next.1).and_then(|record| record.path.last());
            // What never moves lacks room at a place of its own.
            if self.is_mobile(next.1) && last.is_some_and(|(_, phase)| *phase == Phase::Room) {
                full.push(self.topology.units[next.1].group);
            }
        }
    }

    /// What is restarted in place needs nobody but room.
    fn place_supervised(&mut self, region: Id<Region>) {
        let mine =
            |it: &&(u32, Id<UnitInfo>)| !self.is_replaced(it.1) && self.looks_after(region, it.1);
        let waiting: Vec<_> = self.world.unplaced.iter().filter(mine).copied().collect();
        for next in waiting {
            self.world.unplaced.remove(&next);
            if self.still_waits(next) {
                self.place(next.1);
            }
        }
    }

    /// Whether no container can be started on purpose now, for want of whoever would start it.
    pub(super) fn nothing_starts(&self, unit: Id<UnitInfo>) -> bool {
        if !self.is_replaced(unit) {
            return false;
        }
        let manager = &self.world.managers[self.manager_of(unit)];
        !manager.active || manager.impaired > 0
    }

    /// Whether one more start may be in progress beside those that are.
    pub(super) fn start_is_free(&self, unit: Id<UnitInfo>) -> bool {
        if !self.is_replaced(unit) {
            return true;
        }
        let manager = self.manager_of(unit);
        self.world.managers[manager].starting < self.topology.managers[manager].parallel_starts
    }

    fn can_start(&self, region: Id<Region>) -> bool {
        let manager = &self.world.managers[region.index()];
        let limit = self.topology.managers[region.index()].parallel_starts;
        manager.active && manager.impaired == 0 && manager.starting < limit
    }

    fn looks_after(&self, region: Id<Region>, unit: Id<UnitInfo>) -> bool {
        self.world.region_of(self.topology, self.topology.group_id(unit)) == region
    }

    /// Whether a decided unit still needs a place: an original behind an isolation may have come back.
    pub(super) fn still_waits(&self, (decided, unit): (u32, Id<UnitInfo>)) -> bool {
        let state = self.world.units[unit.index()].state;
        self.world.recovery(unit).is_some_and(|record| record.decided == decided)
            && (state != State::Serving || self.world.is_cut_off(unit))
    }

    // ---- the control plane ----

    /// A fault impairs the control plane of a region: nothing new is started.
    pub fn impair(&mut self, region: Id<Region>) {
        self.world.managers[region.index()].impaired += 1;
        self.state(Fact::ControlPlaneImpaired { region });
    }

    /// The end of what [`Sim::impair`] began.
    pub fn control_plane_is_back(&mut self, region: Id<Region>) {
        let manager = &mut self.world.managers[region.index()];
        manager.impaired -= 1;
        if manager.impaired == 0 {
            self.ask_to_serve(region);
            self.scaling_goes_on_in(region);
        }
    }
}
