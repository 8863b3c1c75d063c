//! A unit is placed and started.

use crate::engine::Purpose;
use crate::id::Id;
use crate::model::event::{UnitEvent, rank};
use crate::model::fact::{Fact, Listener};
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{Recovery, UnitInfo};
use crate::model::world::{Phase, Shadow, State, Unit};
use crate::time::Span;

impl<L: Listener> Sim<'_, L> {
    /// Puts the unit where it may run, or lets it wait.
    pub(in crate::model) fn place(&mut self, unit: Id<UnitInfo>) {
        let topology = self.topology;
        match &*topology.group_of(unit).recovery {
            Recovery::InPlace { .. } => self.place_where_it_was(unit),
            Recovery::Replaced(_) => {
                if self.fallback_is_decided(unit) {
                    let stopped = self.world.stopped.contains(&unit);
                    return self.waits_for_place(unit, stopped);
                }
                if self.start_waits(unit) {
                    return;
                }
                if self.world.units[unit.index()].state != State::Serving && self.is_mobile(unit) {
                    self.vacate(unit); // it has been stopped
                }
                let stopped = self.world.stopped.contains(&unit);
                let place = self.world.choose_place(topology, unit).filter(|_| !stopped);
                let Some(place) = place else { return self.waits_for_place(unit, stopped) };
                let state = self.world.units[unit.index()];
                if state.state == State::Serving {
                    // Cut off, not dead: it runs on and is taken back if the isolation ends first (N7).
                    let Unit { zone, stay, cut, .. } = state;
                    let host = self.world.rooms.leave_original(unit);
                    self.world.shadows.push(Shadow { unit, zone, host, stay, cut });
                }
                if place.host != NONE && self.world.rooms.host_of(unit) == Some(place.host) {
                    self.scale_in_place(unit);
                }
                self.world.move_to(topology, unit, place);
                self.start_begins(unit);
                self.begin_start(unit);
            }
        }
    }

    #[inline(never)]
    fn place_where_it_was(&mut self, unit: Id<UnitInfo>) {
        if !self.takes_stand(unit) {
            self.waits_for_place(unit, false);
        } else if self.world.is_held(unit) {
            self.enter_phase(unit, Phase::Provider);
            self.state(Fact::Waits { unit });
        } else if self.may_be_rebuilt(unit) && self.call_crew(unit) {
            self.begin_start(unit);
        }
    }

    /// There is no place for a unit, or a fault keeps it from every one.
    fn waits_for_place(&mut self, unit: Id<UnitInfo>, stopped: bool) {
        let decided = self.decision(unit);
        self.world.unplaced.insert((decided, unit));
        let phase = if self.fallback_is_decided(unit) {
            Phase::Operator
        } else if !stopped && self.world.lacks_room(self.topology, unit) {
            Phase::Room
        } else {
            Phase::Provider
        };
        self.let_wait(unit, phase);
    }

    pub(in crate::model) fn begin_start(&mut self, unit: Id<UnitInfo>) {
        let topology = self.topology;
        let recovery = self.world.units[unit.index()].recovery;
        let record = &mut self.world.recoveries[recovery];
        let attempt = record.attempts;
        record.attempts = attempt.saturating_add(1);
        self.world.units[unit.index()].state = State::Starting;
        self.enter_phase(unit, Phase::Start);
        self.state(Fact::StartBegan { unit });
        // Drawn here and not when it answers: the processor works out all these numbers at once.
        let first = self.first_failure(unit, false);
        self.world.recoveries[recovery].ahead = Some(first);
        let draw = self.draw(unit, Purpose::START).redraw(attempt);
        let turn = self.world.units[unit.index()].turn;
        match &*topology.group_of(unit).recovery {
            Recovery::InPlace { restart, returns, .. } => {
                let failed_itself = self.world.recoveries[recovery].by_crash;
                let replica = self.rebuild_begins(unit);
                let anew = replica.map_or(failed_itself, |moving| moving.is_some());
                let takes = if anew { restart } else { returns }.span(draw);
                match replica.flatten() {
                    // One of no length is over when the fault has struck all that it strikes.
                    Some(moving) => {
                        let event = UnitEvent::Answers { turn };
                        self.unit_after(takes + moving, rank::REPAIRED, unit, event);
                    }
                    None => self.answers_after(unit, takes, turn),
                }
            }
            Recovery::Replaced(manager) => {
                let takes = manager.start.span(draw);
                if takes > manager.start_timeout {
                    let event = UnitEvent::StartFailed { turn };
                    self.unit_after(manager.start_timeout, rank::CHECKER, unit, event);
                } else {
                    self.unit_after(takes, rank::REPAIRED, unit, UnitEvent::Answers { turn });
                }
            }
        }
    }

    #[inline(never)]
    fn answers_after(&mut self, unit: Id<UnitInfo>, takes: Span, turn: u16) {
        if takes == Span::ZERO {
            self.answers(unit);
        } else {
            self.unit_after(takes, rank::REPAIRED, unit, UnitEvent::Answers { turn });
        }
    }

    /// N4: the time is spent, it counts as a crash, and a new attempt draws afresh.
    pub(super) fn start_failed(&mut self, unit: Id<UnitInfo>) {
        self.start_ends(unit);
        self.world.units[unit.index()].state = State::Down;
        self.vacate(unit);
        self.state(Fact::StartFailed { unit });
        self.count_crash(unit, Span::ZERO);
        let topology = self.topology;
        let Recovery::Replaced(manager) = &*topology.group_of(unit).recovery else {
            unreachable!("only a health manager limits how long a start may take");
        };
        match self.ladder_wait(unit, manager) {
            None => self.give_up(unit),
            Some(Span::ZERO) => self.place(unit),
            Some(wait) => {
                self.enter_phase(unit, Phase::Decision);
                let turn = self.world.units[unit.index()].turn;
                self.unit_after(wait, rank::CHECKER, unit, UnitEvent::Placed { turn });
            }
        }
    }

    /// A start is over, successful or not: whoever it held up may go on.
    pub(in crate::model) fn start_ends(&mut self, unit: Id<UnitInfo>) {
        if self.is_replaced(unit) {
            self.start_is_over(unit);
        } else {
            self.release_crew(unit);
        }
    }
}
