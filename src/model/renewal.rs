//! A container is replaced by a new one on purpose: beside it, so that it serves until the new one is in
//! the rotation, or after it has been stopped. In both cases it leaves the rotation before it stops, and
//! only requests longer than it may drain are lost (T3).
//!
//! A container that fails while its successor is being started is replaced as after any failure, and
//! the successor is given up: what replaces it is new as well.

use crate::engine::{Draw, Purpose};
use crate::id::Id;
use crate::model::change::Successor;
use crate::model::event::{Event, UnitEvent, rank};
use crate::model::fact::{Fact, How, Listener};
use crate::model::luck::Luck;
use crate::model::room::Place;
use crate::model::root::Root;
use crate::model::rotation::until_probe;
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{Face, Recovery, Renewing, UnitInfo};
use crate::model::world::{KeptAge, NOWHERE, Phase, State};
use crate::time::{Instant, Span};

impl<L: Listener> Sim<'_, L> {
    /// The turn of a container that is in service.
    pub(super) fn renew(&mut self, slot: u32, unit: Id<UnitInfo>, renewing: &Renewing) {
        if self.nothing_starts(unit) {
            return self.turn_is_over(self.topology.group_id(unit), unit);
        }
        if !self.world.successors.is_empty() {
            self.give_up_successor(unit); // the new version is placed anew
        }
        if renewing.beside && self.luck_of_successor(slot, unit, 0).success <= renewing.success {
            self.start_successor(slot, unit, 0);
            return;
        }
        let root = self.world.changes[slot].root.expect("a change under way has a root");
        self.stop(unit, root, renewing.renews_age);
        match &renewing.away {
            Some(law) if self.start_is_free(unit) && self.scale_in_place(unit) => {
                let luck = self.luck_of_renewal(slot, unit, Purpose::RENEWAL, 0);
                self.is_away(unit, law.span(luck));
            }
            _ => self.drains(unit),
        }
    }

    fn luck_of_renewal(
        &self,
        slot: u32,
        unit: Id<UnitInfo>,
        purpose: Purpose,
        attempt: u8,
    ) -> Draw {
        if slot == NONE {
            let stay = u32::from(self.world.units[unit.index()].stay);
            let draw = self.draw_of(self.topology.units[unit].key, Purpose::EVACUATION, stay);
            return draw.redraw(u16::from(attempt));
        }
        let change = &self.world.changes[slot];
        let ordinal = self.topology.changes[Id::new(change.clock)].ordinal;
        let draw = self.draw_of(self.topology.units[unit].key, purpose, change.count);
        draw.redraw(u16::from(ordinal) << 8 | u16::from(attempt))
    }

    /// The luck of a successor of a container under a change, or of its move where there is none. That of
    /// the first attempt fits the luck of the whole change.
    pub(super) fn luck_of_successor(&self, slot: u32, unit: Id<UnitInfo>, attempt: u8) -> Luck {
        let own = Luck::new(self.luck_of_renewal(slot, unit, Purpose::SUCCESSOR, attempt));
        if slot == NONE || attempt > 0 {
            return own;
        }
        let change = &self.world.changes[slot];
        let clock = &self.topology.changes[Id::new(change.clock)];
        let Some(smooth) = &clock.smooth else { return own };
        let place = unit.raw() - self.topology.groups[clock.app].first;
        let whole = || self.luck_of_change(clock, change.count);
        smooth.of_container(place, change.first_without, clock.change.good(), whole, own)
    }

    // ---- stopped first ----

    /// A container in service leaves the rotation, then stops; it is to come back.
    pub(super) fn stop(&mut self, unit: Id<UnitInfo>, root: Root, renews_age: bool) {
        let kept = if renews_age { None } else { self.age_to_keep(unit) };
        self.leave_service(unit, root, How::Stopped);
        self.world.apps[self.topology.group_id(unit).index()].answering -= 1;
        let state = &mut self.world.units[unit.index()];
        state.state = State::Down;
        state.life = state.life.wrapping_add(1);
        state.turn = state.turn.wrapping_add(1);
        state.fails_at = Instant::NEVER;
        let record = &mut self.world.recoveries[state.recovery];
        record.noticed = true;
        record.kept = kept;
        if self.world.emptying > 0 {
            // It may have been the last that ran on its host.
            self.room_was_made(self.world.rooms.host_of(unit).unwrap_or(NONE));
        }
    }

    fn drains(&mut self, unit: Id<UnitInfo>) {
        let drain = self.topology.group_of(unit).drain;
        if drain == Span::ZERO {
            self.place(unit);
        } else {
            self.enter_phase(unit, Phase::Drain);
            let turn = self.world.units[unit.index()].turn;
            self.unit_after(drain, rank::CHECKER, unit, UnitEvent::Placed { turn });
        }
    }

    /// Stopped and started again where it is within a time of its own.
    fn is_away(&mut self, unit: Id<UnitInfo>, away: Span) {
        self.world.units[unit.index()].state = State::Starting;
        if self.is_replaced(unit) {
            self.start_begins(unit);
        }
        self.enter_phase(unit, Phase::Start);
        self.state(Fact::StartBegan { unit });
        let turn = self.world.units[unit.index()].turn;
        self.unit_after(away, rank::REPAIRED, unit, UnitEvent::Answers { turn });
    }

    /// F11: what is left of its life, unless its clocks begin anew at every admission anyway.
    fn age_to_keep(&self, unit: Id<UnitInfo>) -> Option<KeptAge> {
        let clocks = usize::from(self.topology.units[unit].clocks);
        let state = &self.world.units[unit.index()];
        let keeps = self.topology.clock_sets[clocks].iter().all(|clock| !clock.in_rotation);
        keeps.then(|| KeptAge {
            age: self.now - state.clocks_since,
            left: Span(state.fails_at.0 - self.now.0),
            fail_clock: state.fail_clock,
        })
    }

    /// The failure clocks of a container that answers go on where they were.
    pub(super) fn keep_age(&mut self, unit: Id<UnitInfo>, kept: KeptAge) {
        let now = self.now;
        let state = &mut self.world.units[unit.index()];
        state.clocks_since = Instant(now.0 - kept.age.0);
        state.fails_at = now + kept.left;
        state.fail_clock = kept.fail_clock;
        let (at, event) = (state.fails_at, UnitEvent::Fails { life: state.life });
        self.at(at, rank::COMPONENT_FAULT, Event::Unit(unit, event));
    }

    // ---- beside the old one ----

    /// For a change, or, where that is [`NONE`], because the host of the old one is being emptied.
    pub(super) fn start_successor(&mut self, slot: u32, unit: Id<UnitInfo>, attempt: u8) {
        let topology = self.topology;
        let group = topology.group_of(unit);
        let place = match &*group.recovery {
            Recovery::InPlace { .. } => {
                let zone = Id::new(u32::from(self.world.units[unit.index()].zone));
                Some(Place { zone, host: NONE })
            }
            Recovery::Replaced(_) if self.nothing_starts(unit) => None,
            Recovery::Replaced(_) => self.world.choose_place(topology, unit),
        };
        // No place for it, or nothing can be started: the old one goes on; on a host that is being
        // emptied it waits for one. A container that never moves needs room beside itself.
        let app = topology.group_id(unit);
        let fits = |it: &Place| self.world.rooms.takes_one_more(topology, it.host, app);
        let Some(place) = place.filter(fits) else {
            if slot != NONE {
                self.turn_is_over(app, unit);
            }
            return;
        };
        self.world.reserve(topology, unit, place, true);
        let Luck { start, admitted, .. } = self.luck_of_successor(slot, unit, attempt);
        let (law, limit) = match &*group.recovery {
            Recovery::InPlace { restart, .. } => (restart, Span::NEVER),
            Recovery::Replaced(manager) => (&manager.start, manager.start_timeout),
        };
        let takes = law.span_at(start);
        let fails = takes > limit;
        let delay = if fails {
            limit
        } else {
            takes + self.until_admitted(unit, self.now + takes, admitted)
        };
        let answers = self.now + takes.min(limit);
        let successor = self.world.successors.take();
        let Place { zone, host } = place;
        let zone = zone.raw() as u16;
        self.world.successors[successor] =
            Successor { unit: unit.raw(), change: slot, zone, host, attempt, fails, answers };
        let generation = self.world.successors.generation(successor);
        self.after(delay, rank::REPAIRED, Event::SuccessorReady { successor, generation });
    }

    /// From the first answer of a successor to its admission.
    pub(super) fn until_admitted(&self, unit: Id<UnitInfo>, answers: Instant, luck: f64) -> Span {
        let Some(router) = &self.topology.group_of(unit).router else { return Span::ZERO };
        match &router.check {
            Some(check) => {
                until_probe(answers, luck, check.interval)
                    + Span(check.interval.0 * u64::from(check.healthy - 1))
            }
            None => router.register.span_at(luck),
        }
    }

    /// A successor is in the rotation, or has failed to get there.
    #[inline(never)]
    pub fn successor_ready(&mut self, successor: u32, generation: u32) {
        if !self.world.successors.is_current(successor, generation) {
            return;
        }
        let Successor { unit, change, zone, host, attempt, fails, .. } =
            self.world.successors[successor];
        let unit = Id::new(unit);
        if fails || zone == NOWHERE {
            self.forget_successor(successor);
            self.state(Fact::SuccessorFailed { unit });
            self.start_successor(change, unit, attempt.saturating_add(1));
            return;
        }
        // Its room goes to nobody else: it is the room of the container from now on.
        let place = Place { zone: Id::new(u32::from(zone)), host };
        self.world.successors.release(successor);
        self.world.reserve(self.topology, unit, place, false);
        self.takes_over(change, unit, place);
    }

    fn takes_over(&mut self, slot: u32, unit: Id<UnitInfo>, place: Place) {
        let root = match slot {
            NONE => self.evacuated_by(unit).expect("its host is being emptied"),
            _ => self.world.changes[slot].root.expect("a change under way has a root"),
        };
        self.state(Fact::Renewed { unit, root });
        self.connection_ends(unit);
        let app = self.topology.group_id(unit);
        if u32::from(self.world.units[unit.index()].zone) != place.zone.raw() {
            self.touch_app(app); // importance looks at zones
        }
        let left = self.world.rooms.host_of(unit).unwrap_or(NONE);
        let memory = self.world.rooms.taken(self.topology, left, unit);
        if self.is_replaced(unit) {
            self.world.move_to(self.topology, unit, place);
        } else {
            self.scale_in_place(unit);
        }
        self.drains_on(left, memory, unit);
        let bad = match slot {
            NONE => self.begins_to_serve_bad(unit),
            _ => Some(slot).filter(|_| self.world.changes[slot].bad),
        };
        let renews_age = slot != NONE && self.renewing(slot).renews_age;
        if let Some(change) = bad {
            self.serves_errors(unit, change);
        } else if renews_age || self.age_to_keep(unit).is_none() {
            let now = self.now;
            let state = &mut self.world.units[unit.index()];
            state.life = state.life.wrapping_add(1);
            state.fails_at = Instant::NEVER;
            state.clocks_since = now;
            self.start_clocks(unit, false);
            self.start_clocks(unit, true);
        }
        self.turn_is_over(app, unit);
    }

    /// The unit it was started for, once the successor is no longer one.
    pub(super) fn forget_successor(&mut self, successor: u32) -> Id<UnitInfo> {
        let unit = Id::new(self.world.successors[successor].unit);
        self.successor_leaves(successor);
        self.world.successors.release(successor);
        unit
    }

    /// A container that leaves service has no successor any more.
    #[cold]
    pub(super) fn give_up_successor(&mut self, unit: Id<UnitInfo>) {
        if let Some(successor) = self.successor_of(unit) {
            self.forget_successor(successor);
        }
    }

    pub(super) fn successor_of(&self, unit: Id<UnitInfo>) -> Option<u32> {
        let mine = |(_, it): &(u32, &Successor)| it.unit == unit.raw();
        self.world.successors.iter().find(mine).map(|it| it.0)
    }

    /// A zone or a host takes down, or cuts off, the successors in it; whoever starts them finds out when they
    /// should have been ready.
    pub(super) fn successors_struck(&mut self, here: impl Fn(&Successor) -> bool) {
        let here = |(_, it): &(u32, &Successor)| here(it);
        let struck: Vec<_> = self.world.successors.iter().filter(here).map(|it| it.0).collect();
        struck.into_iter().for_each(|successor| self.successor_leaves(successor));
    }

    /// A successor stands nowhere any more.
    fn successor_leaves(&mut self, successor: u32) {
        let Successor { unit, zone, host, .. } = self.world.successors[successor];
        if zone != NOWHERE {
            let place = Place { zone: Id::new(u32::from(zone)), host };
            self.world.reserve(self.topology, Id::new(unit), place, false);
            self.world.successors[successor].zone = NOWHERE;
            self.room_was_made(host);
        }
    }

    // ---- a version that fails every request ----

    /// A container begins to serve a bad version: it stays in the rotation and fails what it gets.
    pub(super) fn serves_errors(&mut self, unit: Id<UnitInfo>, slot: u32) {
        let root = self.bad_version(slot);
        let state = self.world.units[unit.index()];
        if state.in_service {
            let renews_age = self.renewing(slot).renews_age;
            let kept = if renews_age { None } else { self.age_to_keep(unit) };
            self.leave_service(unit, root, How::Erroring);
            self.world.apps[self.topology.group_id(unit).index()].answering -= 1;
            let recovery = self.world.units[unit.index()].recovery;
            self.world.recoveries[recovery].kept = kept;
        } else {
            self.take_over(unit, root, How::Erroring);
        }
        let phase = self.operator_phase(slot);
        let state = &mut self.world.units[unit.index()];
        let life = state.life;
        state.state = State::Erroring;
        state.life = state.life.wrapping_add(1);
        state.turn = state.turn.wrapping_add(1);
        state.fails_at = Instant::NEVER;
        self.world.recoveries[state.recovery].noticed = true;
        self.enter_phase(unit, phase);
        if !self.world.is_cut_off(unit) {
            self.list_dead_entry(unit, life, Face::Error, root);
        }
    }

    /// The version before serves again.
    pub(super) fn is_rolled_back(&mut self, unit: Id<UnitInfo>) {
        let entry = self.world.units[unit.index()].entry;
        if entry != NONE {
            self.remove_entry(entry);
        }
        if self.begins_to_serve(unit) {
            self.admit(unit);
        }
    }

    /// A container that serves a bad version can be reached again.
    pub(super) fn is_listed_again(&mut self, unit: Id<UnitInfo>) {
        let state = self.world.units[unit.index()];
        let root = self.world.recoveries[state.recovery].root.expect("a way back has an owner");
        if state.entry == NONE {
            self.list_dead_entry(unit, state.life.wrapping_sub(1), Face::Error, root);
        }
    }
}
