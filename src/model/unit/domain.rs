//! A unit is lost, or cut off, with the domain it stands in, and comes back with it.

use crate::id::Id;
use crate::model::fact::{How, Listener};
use crate::model::root::Root;
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{Face, Kind, Recovery, UnitInfo};
use crate::model::world::{Phase, State};

impl<L: Listener> Sim<'_, L> {
    /// The unit stops with its domain (F6), whatever it was doing. The domain is already marked.
    pub(in crate::model) fn lose(&mut self, unit: Id<UnitInfo>, root: Root) {
        let topology = self.topology;
        let replaced = matches!(*topology.group_of(unit).recovery, Recovery::Replaced(_));
        let host = self.world.rooms.host_of(unit);
        let ran = self.world.units[unit.index()].state == State::Serving;
        match self.world.units[unit.index()].state {
            State::Serving => self.stops_answering(unit, root, How::Lost, Face::Unreachable),
            State::Hung | State::Erroring => {
                self.release_crew(unit);
                self.take_over(unit, root, How::Lost);
                self.change_face(unit, Face::Unreachable, root);
            }
            State::Starting => {
                self.start_ends(unit);
                self.take_over(unit, root, How::Lost);
            }
            State::Down => {
                self.take_over(unit, root, How::Lost);
                if replaced {
                    return; // whoever replaces it stands outside and goes on
                }
                self.release_crew(unit);
            }
            State::Off => return,
        }
        let state = &mut self.world.units[unit.index()];
        state.state = State::Down;
        let recovery = state.recovery;
        self.world.recoveries[recovery].by_crash = false;
        if ran && !topology.buckets.is_empty() {
            self.lost_with_data(unit, root);
        }
        self.vacate(unit);
        self.host_runs(unit, false);
        self.begin_way_back(unit);
        match &*topology.group_of(unit).recovery {
            Recovery::InPlace { .. } => {
                self.enter_phase(unit, Phase::Provider);
                self.node_stopped(unit);
            }
            Recovery::Replaced(manager) => self.notice_by(unit, &manager.detect_loss, true, host),
        }
    }

    /// What held the unit down is over: what comes back in place starts now (F6).
    pub(in crate::model) fn released(&mut self, unit: Id<UnitInfo>) {
        let group = self.topology.group_of(unit);
        let state = self.world.units[unit.index()].state;
        if state != State::Down || !matches!(*group.recovery, Recovery::InPlace { .. }) {
            return;
        }
        // Its end is also how the rotation learns of what nobody could notice meanwhile.
        if let Some(index) = self.unnoticed(unit) {
            self.world.recoveries[index].noticed = true;
            self.unregister(unit);
        }
        match group.kind {
            // The outage was the provider's; nothing is left to restart.
            Kind::Dependency => self.answers(unit),
            _ => self.place(unit),
        }
    }

    /// The unit runs on and can no longer be reached (F5). The domain is already marked.
    pub(in crate::model) fn isolate(&mut self, unit: Id<UnitInfo>, root: Root) {
        let topology = self.topology;
        let state = self.world.units[unit.index()].state;
        let host = self.world.rooms.host_of(unit);
        match state {
            State::Serving => {
                self.stops_being_reached(unit, root, How::Isolated, Face::Unreachable, true);
            }
            State::Hung | State::Starting | State::Down | State::Erroring => {
                self.take_over(unit, root, How::Isolated);
            }
            State::Off => return,
        }
        match &*topology.group_of(unit).recovery {
            Recovery::InPlace { .. } => {
                if state == State::Serving {
                    self.begin_way_back(unit);
                    self.enter_phase(unit, Phase::Provider);
                }
            }
            Recovery::Replaced(manager) => match state {
                State::Serving => {
                    self.begin_way_back(unit);
                    self.notice_by(unit, &manager.detect_loss, true, host);
                }
                State::Starting => {
                    // Nobody hears of its start: as good as lost to the health manager.
                    self.start_ends(unit);
                    self.world.units[unit.index()].state = State::Down;
                    self.vacate(unit);
                    self.begin_way_back(unit);
                    self.notice_by(unit, &manager.detect_loss, true, host);
                }
                State::Erroring => {
                    // Nobody misses it yet: it is replaced like any other that is lost.
                    self.world.units[unit.index()].state = State::Down;
                    self.change_face(unit, Face::Unreachable, root);
                    self.begin_way_back(unit);
                    self.notice_by(unit, &manager.detect_loss, true, host);
                }
                State::Hung | State::Down | State::Off => {}
            },
        }
    }

    /// The unit can be reached again.
    pub(in crate::model) fn rejoined(&mut self, unit: Id<UnitInfo>) {
        let state = self.world.units[unit.index()];
        match state.state {
            // Rebuilt at this very instant, by what became its primary.
            State::Serving if state.in_service => {}
            State::Serving if self.rejoins_stale(unit) => {}
            State::Serving => self.reached_again(unit),
            State::Down => {
                let topology = self.topology;
                if let Recovery::Replaced(manager) = &*topology.group_of(unit).recovery {
                    // Its crash behind the isolation can be noticed now; a pending notice of the
                    // isolation may still be sooner.
                    let unnoticed = self.world.recovery(unit).is_some_and(|it| !it.noticed);
                    if unnoticed {
                        self.notice_by(unit, &manager.detect_crash, false, None);
                    }
                }
            }
            State::Erroring => self.is_listed_again(unit),
            State::Hung | State::Starting | State::Off => {}
        }
    }

    fn reached_again(&mut self, unit: Id<UnitInfo>) {
        self.forget_waiting(unit);
        let app = self.topology.group_id(unit);
        if self.topology.is_app(app) {
            self.world.apps[app.index()].answering += 1;
            self.touch_app(app);
        }
        let state = &mut self.world.units[unit.index()];
        state.turn = state.turn.wrapping_add(1);
        let state = *state;
        if state.entry != NONE && self.world.entries[state.entry].life == state.life {
            // The rotation never let go of it.
            self.remove_entry(state.entry);
            self.admit(unit);
        } else {
            self.seek_admission(unit);
        }
    }
}
