//! Roll-outs that leave nothing behind.
//!
//! Nearly all restarts and deployments replace one container after the other by successors that stand
//! where the old ones stood, lose no request and change no clock. Simulated step by step they are nine
//! in ten of the events of a fleet. Here they are only checked: whether its [luck](super::luck) is good
//! for all that takes part in one, and whether anything can happen to its app before it must be over. If its luck is good
//! and nothing can, it has come and gone, and so on with the next. Otherwise it is simulated in full.
//!
//! The luck is the same either way, so that what follows is the same to the bit: listeners that want to
//! [hear of all changes](Listener::hears_all_changes) are told of a history that does not differ from the
//! one that was measured.

use crate::id::Id;
use crate::model::change::ChangeClockState;
use crate::model::event::{Event, rank};
use crate::model::fact::Listener;
use crate::model::luck::Luck;
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{
    ChangeClock, FaultClock, Group, Kind, Recovery, Region, Target, Topology, UnitInfo, When,
};
use crate::model::world::NOWHERE;
use crate::time::{Instant, Span};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// When something comes next that may reach any app of a region: a fault that strikes or ends there, or
/// whatever happens to its health manager.
#[derive(Clone, Debug, Default)]
pub(super) struct Foresight {
    /// By region; empty where no change can be quiet, or all are to be heard of.
    pending: Vec<BinaryHeap<Reverse<Instant>>>,
}

impl Foresight {
    pub(super) fn new(topology: &Topology, hears_all: bool) -> Foresight {
        let on = !hears_all && topology.changes.iter().any(|clock| clock.can_be_quiet);
        let regions = if on { topology.regions.len() } else { 0 };
        Foresight { pending: vec![BinaryHeap::new(); regions] }
    }

    #[inline(always)]
    pub(super) fn is_on(&self) -> bool {
        !self.pending.is_empty()
    }

    fn comes(&mut self, region: Id<Region>, at: Instant) {
        self.pending[region.index()].push(Reverse(at));
    }

    /// The first that is not over.
    fn next(&mut self, region: Id<Region>, now: Instant) -> Instant {
        let pending = &mut self.pending[region.index()];
        while let Some(&Reverse(at)) = pending.peek() {
            if at >= now {
                return at;
            }
            pending.pop();
        }
        Instant::NEVER
    }
}

impl<L: Listener> Sim<'_, L> {
    /// Takes note of an event that may reach the apps of a region.
    #[inline(always)]
    pub(super) fn foresee(&mut self, at: Instant, event: Event) {
        match event {
            Event::FaultBegins(clock) | Event::FaultEnds { clock, .. } => self.strikes(clock, at),
            Event::HealthManager(region, _) => self.foresight.comes(region, at),
            Event::Unit(unit, _) if !self.topology.is_app(self.topology.group_id(unit)) => {
                self.may_be_of_manager(unit, at);
            }
            _ => {}
        }
    }

    #[cold]
    fn may_be_of_manager(&mut self, unit: Id<UnitInfo>, at: Instant) {
        let group = self.topology.group_of(unit);
        if group.kind == Kind::HealthManager {
            self.foresight.comes(group.region, at);
        }
    }

    #[cold]
    fn strikes(&mut self, clock: Id<FaultClock>, at: Instant) {
        let topology = self.topology;
        for target in &topology.fault_clocks[clock].targets {
            let region = match *target {
                Target::Region(region) => region,
                Target::Zone(zone) => topology.zones[zone].region,
                Target::Unit(unit) => topology.group_of(unit).region,
            };
            self.foresight.comes(region, at);
        }
    }

    /// Lets the changes of an app come and go that leave nothing behind, up to the first that may not.
    /// `id` is one that is due.
    #[inline(never)]
    pub(super) fn pass_quietly(&mut self, id: Id<ChangeClock>) {
        let app = self.topology.changes[id].app;
        let mut undisturbed = self.is_undisturbed_until(app, NONE);
        if undisturbed <= self.now {
            return;
        }
        let clocks = self.changes_of(id);
        for id in clocks.clone() {
            if !self.topology.changes[id].can_be_quiet {
                undisturbed = undisturbed.min(self.world.change_clocks[id.index()].next);
            }
        }
        loop {
            // Which one comes first, and when the one after it does.
            let (mut first, mut id, mut second) = (undisturbed, None, undisturbed);
            for it in clocks.clone() {
                let next = self.world.change_clocks[it.index()].next;
                if next < first {
                    (second, first, id) = (first, next, Some(it));
                } else {
                    second = second.min(next);
                }
            }
            let Some(id) = id else { return };
            let clock = &self.topology.changes[id];
            let (Some(each), When::Random(between)) = (&clock.smooth, &clock.change.when) else {
                return;
            };
            let ChangeClockState { count, smooth, then, then_smooth, .. } =
                self.world.change_clocks[id.index()];
            let containers = u64::from(self.topology.groups[app].count);
            let over = first + Span(each.takes.0.saturating_mul(containers));
            let next = first + then;
            // The next one of its own must not have to wait for its end either.
            if !smooth || over >= second.min(next) {
                return;
            }
            let (count, smooth) = (count.wrapping_add(1), then_smooth);
            let (then, then_smooth) = self.next_change(clock, between, count.wrapping_add(1));
            self.world.change_clocks[id.index()] =
                ChangeClockState { count, smooth, next, then, then_smooth };
            // It was a root of its own, which nothing is charged to.
            self.world.next_root += 1;
        }
    }

    /// All changes of the app of one.
    fn changes_of(
        &self,
        id: Id<ChangeClock>,
    ) -> impl Iterator<Item = Id<ChangeClock>> + Clone + use<L> {
        let clocks = &self.topology.changes;
        let app = clocks[id].app;
        let mine = |it: &u32| clocks[Id::new(*it)].app == app;
        let first = (0..id.raw()).rev().take_while(mine).last().unwrap_or(id.raw());
        let end = (id.raw()..clocks.len() as u32).take_while(mine).last().unwrap_or(id.raw()) + 1;
        (first..end).map(Id::new)
    }

    /// Until when nothing can happen to an app that has this change, or none, and to what starts its
    /// containers, if all is well with both; otherwise the start of the study.
    fn is_undisturbed_until(&mut self, app: Id<Group>, change: u32) -> Instant {
        let topology = self.topology;
        let group = &topology.groups[app];
        let state = &self.world.apps[app.index()];
        let all_serve = state.in_service == group.count && state.answering == group.count;
        let manager = &self.world.managers[group.region.index()];
        let can_start = manager.active && manager.impaired == 0;
        let at_rest = state.change == change && state.first_entry == NONE;
        if !(all_serve && can_start && at_rest && state.declared() == group.count) {
            return Instant::START;
        }
        if state.settled_in != self.world.zone_turn {
            if !self.would_all_stay(app) {
                return Instant::START;
            }
            self.world.apps[app.index()].settled_in = self.world.zone_turn;
        }
        let until = topology.end.min(self.foresight.next(group.region, self.now));
        let units = topology.units_of(app);
        units.map(|unit| self.world.units[unit.index()].fails_at).fold(until, Instant::min)
    }

    /// Whether every successor would stand where the container does that it replaces.
    fn would_all_stay(&self, app: Id<Group>) -> bool {
        self.topology.units_of(app).all(|unit| {
            let zone = self.world.units[unit.index()].zone;
            let place = self.world.choose_place(self.topology, unit);
            zone != NOWHERE && place.is_some_and(|it| it.zone.raw() == u32::from(zone))
        })
    }

    /// A change that is not quiet passes over the containers next in turn whose part in it is, up to the
    /// first whose is not, or to its end. Whether it has.
    #[inline(never)]
    pub(super) fn passes_over(&mut self, slot: u32) -> bool {
        let topology = self.topology;
        let change = &self.world.changes[slot];
        let clock = &topology.changes[Id::new(change.clock)];
        let Some(smooth) = &clock.smooth else { return false };
        if change.waits || change.bad || change.bad_root.is_some() || !change.in_turn.is_empty() {
            return false;
        }
        let (id, next) = (Id::new(change.clock), change.next);
        let group = &topology.groups[clock.app];
        let unit = |place: u32| Id::new(group.first + place);
        let lucky = |place: &u32| match place.cmp(&change.first_without) {
            Ordering::Less => true,
            Ordering::Equal => false,
            Ordering::Greater => smooth.is_had_by(self.luck_of_successor(slot, unit(*place), 0)),
        };
        let passed = (next..group.count).take_while(lucky).count() as u32;
        let over = self.now + Span(smooth.takes.0.saturating_mul(u64::from(passed)));
        if passed == 0 || over >= self.is_undisturbed_until(clock.app, slot) {
            return false;
        }
        let last = next + passed;
        self.world.changes[slot].next = last;
        let waits = |id: Id<ChangeClock>| self.world.change_clocks[id.index()].next <= over;
        let awaited = !self.world.changes_waiting.is_empty() || self.changes_of(id).any(waits);
        if last == group.count && !awaited {
            return true; // when exactly it is over makes no difference
        }
        let mut at = self.now;
        for place in next..last {
            let Luck { start, admitted, .. } = self.luck_of_successor(slot, unit(place), 0);
            let Recovery::Replaced(manager) = &*group.recovery else { return false };
            let answers = at + manager.start.span_at(start);
            at = answers + self.until_admitted(unit(place), answers, admitted);
        }
        self.world.changes[slot].waits = true;
        let generation = self.world.changes.generation(slot);
        self.at(at, rank::REPAIRED, Event::TurnComes { change: slot, generation });
        true
    }
}
