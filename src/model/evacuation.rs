//! Hosts are replaced on purpose, one after the other: each is emptied first, then goes away for a
//! while and comes back.
//!
//! A host that is being emptied takes nothing new. What runs on it gets a successor elsewhere and goes
//! on serving until that is in the rotation. What has not moved when the time for it is over is
//! killed: its replacement is known to be wanted at once, and a successor that is still starting is it.

use crate::engine::Purpose;
use crate::id::Id;
use crate::model::event::{Event, UnitEvent, is_same, rank};
use crate::model::fact::{Fact, How, Listener};
use crate::model::room::Place;
use crate::model::root::{Reach, Root};
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{Face, Region, UnitInfo};
use crate::model::world::{NOWHERE, Phase, State};
use crate::time::{Instant, Span};

/// How far the hosts of one [`Evacuation`](super::topology::Evacuation) are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Round {
    /// The how-manieth round.
    pub count: u32,
    /// One is under way.
    pub under_way: bool,
    /// The first host, by its place in the list, that has not had its turn.
    next: u32,
    pub in_turn: Vec<Turn>,
}

/// A host that is being replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Turn {
    /// Its index in [`Topology::hosts`](super::topology::Topology::hosts).
    pub host: u32,
    pub root: Root,
    /// It still runs; afterwards it is away.
    pub emptying: bool,
}

impl<L: Listener> Sim<'_, L> {
    /// Schedules the first round of every list of hosts.
    pub(super) fn start_evacuations(&mut self) {
        (0..self.topology.evacuations.len()).for_each(|it| self.schedule_round(it));
    }

    /// Rounds begin at whole multiples of their interval.
    fn schedule_round(&mut self, index: usize) {
        let every = self.topology.evacuations[index].every.0;
        let at = Instant((self.now.0 / every + 1).saturating_mul(every));
        let round = self.world.evacuations[index].count.wrapping_add(1);
        let evacuation = index as u32;
        self.at(at, rank::COMPONENT_FAULT, Event::EvacuationGoesOn { evacuation, round });
    }

    /// A round begins, or goes on with the next hosts, or is over.
    pub fn evacuation_goes_on(&mut self, index: u32, number: u32) {
        let index = index as usize;
        let topology = self.topology;
        let info = &topology.evacuations[index];
        let round = &mut self.world.evacuations[index];
        if round.under_way != is_same(round.count, number) {
            return; // the round was over before its last host had been told so
        }
        if !round.under_way {
            *round =
                Round { count: round.count.wrapping_add(1), under_way: true, ..Round::default() };
        }
        // All that have their turn now take nothing new before the first of them is emptied.
        let mut begun = Vec::new();
        loop {
            let round = &mut self.world.evacuations[index];
            let full = round.in_turn.len() >= info.max_in_flight as usize;
            let Some(&host) = info.hosts.get(round.next as usize).filter(|_| !full) else { break };
            round.next += 1;
            // What is away anyway comes back new.
            let unit = topology.hosts[host as usize].unit;
            if self.world.units[unit.index()].in_service {
                self.turn_begins(index, host);
                begun.push(host);
            }
        }
        for host in begun {
            self.empties(index, host);
        }
        let round = &mut self.world.evacuations[index];
        if round.in_turn.is_empty() {
            round.under_way = false;
            self.schedule_round(index);
        }
    }

    fn turn_begins(&mut self, index: usize, host: u32) {
        let info = &self.topology.evacuations[index];
        let root = Root { change: true, ..self.new_root(info.cause, Reach::Component) };
        self.world.rooms.changed(self.topology, host, |state| state.cordoned = true);
        self.world.evacuations[index].in_turn.push(Turn { host, root, emptying: true });
        self.world.emptying += 1;
        let unit = self.topology.hosts[host as usize].unit;
        self.state(Fact::EvacuationBegan { host: unit, root });
        let round = self.world.evacuations[index].count;
        self.after(info.limit, rank::CHECKER, Event::EvacuationTimesOut { host, round });
    }

    /// What runs on a host in turn and can be moved gets a successor; once nothing runs on it, it goes.
    fn empties(&mut self, index: usize, host: u32) {
        for unit in self.world.rooms.hosts[host as usize].standing.clone() {
            let moves = self.world.rooms.host_of(unit) == Some(host)
                && self.world.units[unit.index()].in_service
                && self.is_mobile(unit)
                && self.successor_of(unit).is_none();
            if moves {
                self.start_successor(NONE, unit, 0);
            }
        }
        let drains = self.world.draining.iter().any(|(_, it)| it.host == host);
        if !drains && !self.runs_on(host).any(|_| true) {
            self.host_goes(index, host);
        }
    }

    /// Containers with a process on a host.
    fn runs_on(&self, host: u32) -> impl Iterator<Item = Id<UnitInfo>> + '_ {
        let standing = self.world.rooms.hosts[host as usize].standing.iter().copied();
        let runs = |state| !matches!(state, State::Down | State::Off);
        standing.filter(move |&unit| {
            self.world.rooms.host_of(unit) == Some(host)
                && runs(self.world.units[unit.index()].state)
        })
    }

    /// Something has changed in a region: hosts in turn may be emptied further, or are empty.
    pub(super) fn empty_hosts_of(&mut self, region: Id<Region>) {
        for index in 0..self.topology.evacuations.len() {
            if self.topology.evacuations[index].region != region {
                continue;
            }
            let turns = self.world.evacuations[index].in_turn.iter();
            let hosts: Vec<_> = turns.filter(|it| it.emptying).map(|it| it.host).collect();
            hosts.into_iter().for_each(|host| self.empties(index, host));
        }
    }

    /// The root of whatever is done to a container because its host is being emptied.
    pub(super) fn evacuated_by(&self, unit: Id<UnitInfo>) -> Option<Root> {
        let host = self.world.rooms.host_of(unit)?;
        let mut turns = self.world.evacuations.iter().flat_map(|round| &round.in_turn);
        turns.find(|turn| turn.host == host && turn.emptying).map(|turn| turn.root)
    }

    /// The time to empty a host is over: what still runs on it is killed.
    pub fn evacuation_times_out(&mut self, host: u32, round: u32) {
        let is_due = |index: &usize| {
            let state = &self.world.evacuations[*index];
            let turn = state.in_turn.iter().find(|turn| turn.host == host && turn.emptying);
            is_same(state.count, round) && turn.is_some()
        };
        let Some(index) = (0..self.world.evacuations.len()).find(is_due) else { return };
        let turns = &self.world.evacuations[index].in_turn;
        let root = turns.iter().find(|turn| turn.host == host).expect("it is due").root;
        let killed: Vec<_> = self.runs_on(host).filter(|it| self.is_replaced(*it)).collect();
        killed.into_iter().for_each(|unit| self.kill(unit, root));
        self.host_goes(index, host);
    }

    /// The process of a container is ended from outside, and whoever replaces it knows.
    fn kill(&mut self, unit: Id<UnitInfo>, root: Root) {
        let successor = self
            .successor_of(unit)
            .filter(|&it| self.world.successors[it].zone != NOWHERE && self.start_is_free(unit));
        let successor = successor.map(|it| {
            let successor = self.world.successors[it];
            let place = Place { zone: Id::new(u32::from(successor.zone)), host: successor.host };
            self.world.reserve(self.topology, unit, place, false);
            self.world.successors.release(it);
            (successor, place)
        });
        match self.world.units[unit.index()].state {
            State::Serving => {
                let router = self.topology.group_of(unit).router.as_ref();
                let face = router.map_or(Face::Refused, |router| router.crash_face);
                self.stops_answering(unit, root, How::Killed, face);
            }
            State::Starting => self.start_ends(unit),
            _ => {}
        }
        let state = &mut self.world.units[unit.index()];
        state.state = State::Down;
        let recovery = state.recovery;
        self.world.recoveries[recovery].by_crash = false;
        self.vacate(unit);
        self.begin_way_back(unit);
        match successor {
            None => self.noticed(unit),
            Some((successor, place)) => {
                self.world.recoveries[recovery].noticed = true;
                self.state(Fact::Noticed { unit });
                self.unregister(unit);
                self.world.move_to(self.topology, unit, place);
                self.start_begins(unit);
                self.world.recoveries[recovery].attempts = 1;
                self.world.units[unit.index()].state = State::Starting;
                self.enter_phase(unit, Phase::Start);
                self.state(Fact::StartBegan { unit });
                let turn = self.world.units[unit.index()].turn;
                let (rank, event) = match successor.fails {
                    true => (rank::CHECKER, UnitEvent::StartFailed { turn }),
                    false => (rank::REPAIRED, UnitEvent::Answers { turn }),
                };
                self.at(successor.answers.max(self.now), rank, Event::Unit(unit, event));
            }
        }
    }

    /// A host is taken away, with whatever on it cannot be placed anywhere else.
    fn host_goes(&mut self, index: usize, host: u32) {
        let turns = &mut self.world.evacuations[index].in_turn;
        let turn = turns.iter_mut().find(|turn| turn.host == host).expect("it is its turn");
        turn.emptying = false;
        let root = turn.root;
        self.world.emptying -= 1;
        self.world.rooms.changed(self.topology, host, |state| state.cordoned = false);
        let unit = self.topology.hosts[host as usize].unit;
        let luck = self.draw(unit, Purpose::EVACUATION);
        self.leave_service(unit, root, How::Stopped);
        let state = &mut self.world.units[unit.index()];
        state.state = State::Starting;
        state.life = state.life.wrapping_add(1);
        state.turn = state.turn.wrapping_add(1);
        state.fails_at = Instant::NEVER;
        let (turn, recovery) = (state.turn, state.recovery);
        self.world.recoveries[recovery].noticed = true;
        self.host_runs(unit, false);
        self.lose_with_host(unit, root);
        self.enter_phase(unit, Phase::Start);
        self.state(Fact::StartBegan { unit });
        let away = self.topology.evacuations[index].away.span(luck);
        self.unit_after(away, rank::REPAIRED, unit, UnitEvent::Answers { turn });
    }

    /// A host is back, or will be by itself: it has had its turn.
    pub(super) fn host_had_its_turn(&mut self, host: u32) {
        for index in 0..self.world.evacuations.len() {
            let turns = &mut self.world.evacuations[index].in_turn;
            let Some(place) = turns.iter().position(|turn| turn.host == host) else { continue };
            if turns.remove(place).emptying {
                self.world.emptying -= 1;
                self.world.rooms.changed(self.topology, host, |state| state.cordoned = false);
            }
            let round = self.world.evacuations[index].count;
            let evacuation = index as u32;
            let event = Event::EvacuationGoesOn { evacuation, round };
            self.after(Span::ZERO, rank::CHECKER, event);
        }
    }

    /// A fault takes hosts that are being emptied: there is nothing left to do for them.
    pub(super) fn hosts_struck(&mut self, struck: impl Fn(u32) -> bool) {
        if self.world.emptying > 0 {
            let turns = self.world.evacuations.iter().flat_map(|round| &round.in_turn);
            let hosts = turns.filter(|turn| turn.emptying && struck(turn.host));
            let hosts: Vec<_> = hosts.map(|turn| turn.host).collect();
            hosts.into_iter().for_each(|host| self.host_had_its_turn(host));
        }
    }
}
