//! One replication in motion: topology, world, calendar and clock, and who listens.

use crate::engine::{Calendar, Draw, Key, Purpose};
use crate::id::Id;
use crate::model::event::{Event, Packed, UnitEvent};
use crate::model::fact::{Fact, Listener, Subject};
use crate::model::quiet::Foresight;
use crate::model::root::{CauseId, Reach, Root};
use crate::model::slab::NONE;
use crate::model::topology::{Group, Kind, Topology, UnitInfo};
use crate::model::world::{Phase, World};
use crate::time::{Instant, Span};

/// A running replication. A clone is a snapshot: it goes on exactly like the original.
#[derive(Clone)]
pub struct Sim<'t, L> {
    pub topology: &'t Topology,
    pub world: World,
    pub calendar: Calendar<Packed>,
    pub now: Instant,
    pub replication: u64,
    pub listener: L,
    /// Events handled, stale ones included.
    pub events: u64,
    pub(super) touched_apps: Vec<Id<Group>>,
    pub(super) touched_services: Vec<u32>,
    pub(super) foresight: Foresight,
}

impl<'t, L: Listener> Sim<'t, L> {
    /// A simulator whose world is still empty: see [`Sim::set_up`](super::unit).
    pub(super) fn bare(topology: &'t Topology, replication: u64, listener: L) -> Self {
        let foresight = Foresight::new(topology, listener.hears_all_changes());
        Sim {
            topology,
            world: World::default(),
            calendar: Calendar::new(topology.end),
            now: Instant::START,
            replication,
            listener,
            events: 0,
            touched_apps: Vec::new(),
            touched_services: Vec::new(),
            foresight,
        }
    }

    /// Schedules an event after a delay.
    #[inline(always)]
    pub fn after(&mut self, delay: Span, rank: u8, event: Event) {
        self.at(self.now + delay, rank, event);
    }

    /// Schedules an event; what lies past the end never happens.
    #[inline(always)]
    pub fn at(&mut self, at: Instant, rank: u8, event: Event) {
        if self.foresight.is_on() {
            self.foresee(at, event);
        }
        self.calendar.schedule(at, rank, event.into());
    }

    #[inline(always)]
    pub(super) fn unit_after(&mut self, delay: Span, rank: u8, unit: Id<UnitInfo>, it: UnitEvent) {
        self.after(delay, rank, Event::Unit(unit, it));
    }

    /// States a fact.
    #[inline(always)]
    pub fn state(&mut self, fact: Fact) {
        self.listener.hear(self.now, fact, self.topology, &self.world);
    }

    /// A new root fault at this instant.
    #[inline]
    pub fn new_root(&mut self, cause: CauseId, reach: Reach) -> Root {
        let seq = self.world.next_root;
        self.world.next_root += 1;
        Root { onset: self.now, seq, cause, reach, change: false }
    }

    /// The draw of a unit's current life for a purpose.
    #[inline(always)]
    pub(super) fn draw(&self, unit: Id<UnitInfo>, purpose: Purpose) -> Draw {
        let life = self.world.units[unit.index()].life;
        self.draw_of(self.topology.units[unit].key, purpose, life)
    }

    #[inline(always)]
    pub fn draw_of(&self, key: Key, purpose: Purpose, occurrence: u32) -> Draw {
        Draw::new(key, purpose, self.replication, occurrence)
    }

    /// Marks an app to be looked at when this instant is over.
    #[inline]
    pub(super) fn touch_app(&mut self, app: Id<Group>) {
        let state = &mut self.world.apps[app.index()];
        if !state.touched {
            state.touched = true;
            self.touched_apps.push(app);
        }
    }

    #[inline]
    pub(super) fn touch_service(&mut self, service: u32) {
        let state = &mut self.world.services[service as usize];
        if !state.touched {
            state.touched = true;
            self.touched_services.push(service);
        }
    }

    #[cold]
    fn failing_front_changed(&mut self, group: Id<Group>) {
        let group = &self.topology.groups[group];
        if group.kind == Kind::Router {
            self.front_changed(group.region);
        }
    }

    /// All that happens at this instant has happened: apps, then the services over them, take stock
    /// (state exists *after* an instant, F9).
    #[inline(always)]
    pub fn settle(&mut self) {
        if !(self.touched_apps.is_empty() && self.touched_services.is_empty()) {
            self.settle_touched();
        }
    }

    fn settle_touched(&mut self) {
        // Settling touches no app.
        for index in 0..self.touched_apps.len() {
            self.settle_app(self.touched_apps[index]);
        }
        self.touched_apps.clear();
        if !self.touched_services.is_empty() {
            self.settle_services();
        }
        self.listener.instant_over(self.now);
    }

    #[inline(never)]
    fn settle_services(&mut self) {
        while !self.touched_services.is_empty() {
            // Services that others are built on come first in their order.
            let position = (0..self.touched_services.len())
                .min_by_key(|&index| self.touched_services[index])
                .expect("not empty");
            let service = self.touched_services.swap_remove(position);
            self.settle_service(service);
        }
    }

    #[inline]
    fn settle_app(&mut self, app: Id<Group>) {
        let group = &self.topology.groups[app];
        let mut reachable = self.world.effective_in_service(self.topology, app);
        reachable -= self.world.unconnected(self.topology, app).min(reachable);
        let is_reached = self.world.is_reached(self.topology, app);
        let state = &mut self.world.apps[app.index()];
        state.touched = false;
        let up = state.declared() == 0
            || (reachable >= group.needs && state.dependencies_down == 0 && is_reached);
        if up != state.up {
            state.up = up;
            if let Some(nodes) = self.topology.watch.app.get(app.index()) {
                self.count_parts(nodes, up);
            }
        } else if !up {
            // Still down, but perhaps for another reason.
            self.touch_services_of(self.topology.watch.app.get(app.index()));
        }
        self.listener.settled(self.now, Subject::App(app), self.topology, &self.world);
    }

    fn settle_service(&mut self, service: u32) {
        let state = &mut self.world.services[service as usize];
        state.touched = false;
        self.listener.settled(self.now, Subject::Service(service), self.topology, &self.world);
    }

    /// A unit's way back enters a phase. Subjects that are down take note of what they wait for.
    pub(super) fn enter_phase(&mut self, unit: Id<UnitInfo>, phase: Phase) {
        let index = self.world.units[unit.index()].recovery;
        if index == NONE {
            return;
        }
        let group = self.topology.group_id(unit);
        let phase = match self.topology.groups[group].kind {
            // Whatever a dependency does to come back, its users wait for its provider.
            Kind::Dependency => Phase::Provider,
            _ => phase,
        };
        match self.world.recoveries[index].path.last() {
            Some(last) if last.1 == phase => return,
            Some(last) if last.1 == Phase::Room => self.is_unplaced(unit, false),
            _ => {}
        }
        let path = &mut self.world.recoveries[index].path;
        // A phase of no length leaves no trace.
        if path.last().is_some_and(|last| last.0 == self.now) {
            path.pop();
        }
        if path.last().is_none_or(|last| last.1 != phase) {
            path.push((self.now, phase));
        }
        if phase == Phase::Room {
            self.is_unplaced(unit, true);
        }
        self.touch_waiting_in(group, unit);
    }

    /// Whatever comes next, a unit that waited for room does so no more.
    pub(super) fn waits_for_room_no_more(&mut self, unit: Id<UnitInfo>) {
        let last = self.world.recovery(unit).and_then(|record| record.path.last());
        if last.is_some_and(|last| last.1 == Phase::Room) {
            self.is_unplaced(unit, false);
        }
    }

    /// A unit waits for room from now on, or does so no more.
    #[cold]
    fn is_unplaced(&mut self, unit: Id<UnitInfo>, unplaced: bool) {
        if self.topology.group_of(unit).kind != Kind::Container {
            return; // it waits for one that does
        }
        self.state(if unplaced { Fact::Unplaced { unit } } else { Fact::UnplacedNoMore { unit } });
    }

    /// What a unit waits for, and who owns it, matters only to subjects that are down now.
    pub(super) fn touch_waiting(&mut self, unit: Id<UnitInfo>) {
        self.touch_waiting_in(self.topology.group_id(unit), unit);
    }

    #[inline(always)]
    fn touch_waiting_in(&mut self, app: Id<Group>, unit: Id<UnitInfo>) {
        if self.topology.is_app(app) {
            if !self.world.apps[app.index()].up {
                self.touch_app(app);
                self.fallback_makes_way(app);
            }
            self.touch_services_of(self.topology.watch.app.get(app.index()));
        } else if self.world.failing_fronts > 0 {
            self.failing_front_changed(app);
        }
        self.touch_services_of(self.topology.watch.unit.get(unit.index()));
    }
}
