//! A component (container, host, dependency) from failure to return, in the order it happens:
//! fails → noticed → decided → placed → starting → answers → admitted.
//!
//! A unit has a `life` (one span of running; the occurrence number of its luck) and a `turn` (one
//! uninterrupted way back). A failure clock belongs to a life, every other event to a turn; whatever
//! belongs to an earlier one is stale and does nothing.

use crate::engine::{Dist, Purpose};
use crate::id::Id;
use crate::model::event::{Event, UnitEvent, is_same, rank};
use crate::model::fact::{Fact, How, Listener};
use crate::model::root::{Reach, Root};
use crate::model::rotation::until_probe;
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{Detect, Face, Group, Kind, Recovery, UnitClock, UnitInfo};
use crate::model::world::{FirstFailure, Phase, Shadow, State, Unit};
use crate::time::{Instant, Span};

impl<L: Listener> Sim<'_, L> {
    /// What an event of a unit does.
    #[inline]
    pub fn unit_event(&mut self, unit: Id<UnitInfo>, event: UnitEvent) {
        let current = self.world.units[unit.index()].turn;
        match event {
            UnitEvent::Fails { life } => {
                let state = &self.world.units[unit.index()];
                if is_same(state.life, life) && state.fails_at == self.now {
                    self.clock_ran_out(unit);
                }
            }
            UnitEvent::Noticed { turn } if turn == current => self.noticed(unit),
            UnitEvent::Placed { turn } if turn == current => self.place(unit),
            UnitEvent::StartFailed { turn } if turn == current => self.start_failed(unit),
            UnitEvent::Answers { turn } if turn == current => self.answers(unit),
            UnitEvent::Admitted { turn } if turn == current => self.admit(unit),
            _stale => {}
        }
    }

    // ---- fails ----

    fn clock_ran_out(&mut self, unit: Id<UnitInfo>) {
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
    pub(super) fn stops_answering(&mut self, unit: Id<UnitInfo>, root: Root, how: How, face: Face) {
        let state = self.world.units[unit.index()];
        let could_be_reached = !self.world.is_cut_off(unit);
        self.stops_being_reached(unit, root, how, face, could_be_reached);
        let state_now = &mut self.world.units[unit.index()];
        state_now.life = state.life.wrapping_add(1);
        state_now.fails_at = Instant::NEVER;
    }

    /// A serving unit is no longer reached: it leaves service, and its entry turns dead.
    #[inline]
    fn stops_being_reached(
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
    pub(super) fn leave_service(&mut self, unit: Id<UnitInfo>, root: Root, how: How) {
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
    fn service_of_unit_changed(&mut self, unit: Id<UnitInfo>, up: bool) {
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
    pub(super) fn take_over(&mut self, unit: Id<UnitInfo>, root: Root, how: How) {
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
    pub(super) fn begin_way_back(&mut self, unit: Id<UnitInfo>) {
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

    // ---- is lost or cut off with its domain ----

    /// The unit stops with its domain (F6), whatever it was doing. The domain is already marked.
    pub(super) fn lose(&mut self, unit: Id<UnitInfo>, root: Root) {
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
    pub(super) fn released(&mut self, unit: Id<UnitInfo>) {
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
    pub(super) fn isolate(&mut self, unit: Id<UnitInfo>, root: Root) {
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
    pub(super) fn rejoined(&mut self, unit: Id<UnitInfo>) {
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

    // ---- noticed, decided ----

    /// Schedules the notice of a failure that has just happened. What is gone with a host that is
    /// described is noticed with everything on it, by the luck of that host (N2).
    #[inline]
    fn notice_by(
        &mut self,
        unit: Id<UnitInfo>,
        detect: &Detect,
        silent: bool,
        gone_with: Option<u32>,
    ) {
        let state = self.world.units[unit.index()];
        let delay = match detect {
            Detect::After(Dist::Constant(delay)) => Span::from_secs(*delay),
            _ => match self.until_noticed(unit, detect, silent, gone_with) {
                Some(delay) => delay,
                None => return,
            },
        };
        if delay == Span::ZERO {
            self.noticed(unit);
        } else {
            let turn = state.turn;
            self.unit_after(delay, rank::CHECKER, unit, UnitEvent::Noticed { turn });
        }
    }

    /// How long it takes to notice a failure, where that is more than a constant delay; nothing: it is
    /// not noticed at all.
    #[inline(never)]
    fn until_noticed(
        &self,
        unit: Id<UnitInfo>,
        detect: &Detect,
        silent: bool,
        gone_with: Option<u32>,
    ) -> Option<Span> {
        let state = self.world.units[unit.index()];
        let own = |purpose| self.draw(unit, purpose).redraw(state.turn);
        Some(match detect {
            Detect::After(dist) => {
                dist.span(gone_with.map_or(own(Purpose::DETECT), |host| self.presence(host)))
            }
            Detect::Poll { interval, threshold, timeout } => {
                let of_host = |host| self.topology.hosts[host as usize].unit;
                let (checked, life) = match gone_with {
                    Some(host) => (of_host(host), 0),
                    None => (unit, state.life),
                };
                let key = self.topology.units[checked].key;
                let phase = self.draw_of(key, Purpose::DETECT_PHASE, life).uniform();
                until_probe(self.now, phase, *interval)
                    + Span(interval.0 * u64::from(threshold - 1))
                    + if silent { *timeout } else { Span::ZERO }
            }
            Detect::Presence { expires } => {
                let topology = self.topology;
                let draw = gone_with.map_or(own(Purpose::PRESENCE), |host| self.presence(host));
                let expires = expires.span(draw);
                match &*topology.group_of(unit).recovery {
                    Recovery::Replaced(manager) => self.until_convergence(unit, manager, expires),
                    Recovery::InPlace { .. } => expires,
                }
            }
            Detect::Never => return None,
        })
    }

    /// The recovery record of a unit whose failure is still to be noticed.
    fn unnoticed(&self, unit: Id<UnitInfo>) -> Option<u32> {
        let index = self.world.units[unit.index()].recovery;
        (index != NONE && !self.world.recoveries[index].noticed).then_some(index)
    }

    pub(super) fn noticed(&mut self, unit: Id<UnitInfo>) {
        // Of two notices the later one finds nothing to do, perhaps not even a unit that is out.
        let Some(index) = self.unnoticed(unit) else { return };
        if self.notice_waits(unit) {
            return;
        }
        self.world.recoveries[index].noticed = true;
        let state = self.world.units[unit.index()];
        self.state(Fact::Noticed { unit });
        self.unregister(unit);
        let topology = self.topology;
        let delay = match &*topology.group_of(unit).recovery {
            Recovery::InPlace { .. } => Span::ZERO,
            Recovery::Replaced(manager) => {
                let decide = manager.decide.span(self.draw(unit, Purpose::DECIDE));
                let kill = if state.state == State::Hung {
                    manager.kill.span(self.draw(unit, Purpose::KILL))
                } else {
                    Span::ZERO
                };
                // One that runs on behind an isolation has not failed again.
                let failed = state.state != State::Serving;
                let by_crash = failed && self.world.recoveries[index].by_crash;
                let wait =
                    if by_crash { self.ladder_wait(unit, manager) } else { Some(Span::ZERO) };
                let Some(wait) = wait else { return self.give_up(unit) };
                wait.max(decide + kill)
            }
        };
        if delay == Span::ZERO {
            self.place(unit);
        } else {
            self.enter_phase(unit, Phase::Decision);
            let turn = self.world.units[unit.index()].turn;
            self.unit_after(delay, rank::CHECKER, unit, UnitEvent::Placed { turn });
        }
    }

    // ---- placed, started ----

    /// Puts the unit where it may run, or lets it wait.
    pub(super) fn place(&mut self, unit: Id<UnitInfo>) {
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

    pub(super) fn begin_start(&mut self, unit: Id<UnitInfo>) {
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
    fn start_failed(&mut self, unit: Id<UnitInfo>) {
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
    pub(super) fn start_ends(&mut self, unit: Id<UnitInfo>) {
        if self.is_replaced(unit) {
            self.start_is_over(unit);
        } else {
            self.release_crew(unit);
        }
    }

    // ---- answers, admitted ----

    #[inline]
    pub(super) fn answers(&mut self, unit: Id<UnitInfo>) {
        self.start_ends(unit);
        if !self.topology.buckets.is_empty() {
            self.replica_answers(unit);
        }
        self.retire_original(unit);
        if let Some(change) = self.begins_to_serve_bad(unit) {
            self.state(Fact::Answered { unit });
            self.serves_errors(unit, change);
            self.turn_is_over(self.topology.group_id(unit), unit);
        } else if self.begins_to_serve(unit) {
            self.seek_admission(unit);
        }
    }

    /// A unit answers from now on, its clocks running. Whether anybody can reach it.
    #[inline(always)]
    pub(super) fn begins_to_serve(&mut self, unit: Id<UnitInfo>) -> bool {
        let now = self.now;
        let state = &mut self.world.units[unit.index()];
        state.state = State::Serving;
        state.clocks_since = now;
        state.fails_at = Instant::NEVER;
        match self.world.recoveries[state.recovery].kept.take() {
            Some(kept) => self.keep_age(unit, kept),
            None => self.first_clocks_start(unit),
        }
        self.host_runs(unit, true);
        self.state(Fact::Answered { unit });
        if self.world.is_cut_off(unit) {
            self.enter_phase(unit, Phase::Provider);
            return false;
        }
        let app = self.topology.group_id(unit);
        if self.topology.is_app(app) {
            self.world.apps[app.index()].answering += 1;
            if self.world.apps[app.index()].in_service == 0 {
                self.touch_app(app); // a router that fails open uses it at once
            }
        }
        true
    }

    /// The clocks of a new life run from now on, drawn before if it began with a start.
    #[inline]
    fn first_clocks_start(&mut self, unit: Id<UnitInfo>) {
        let state = self.world.units[unit.index()];
        match self.world.recoveries[state.recovery].ahead {
            Some(first) if first.life == state.life => self.fails_after(unit, first),
            _ => self.start_clocks(unit, false),
        }
    }

    pub(super) fn admit(&mut self, unit: Id<UnitInfo>) {
        self.waits_for_room_no_more(unit);
        self.state(Fact::InService { unit });
        let state = &mut self.world.units[unit.index()];
        state.in_service = true;
        let recovery = std::mem::replace(&mut state.recovery, NONE);
        self.world.recoveries.release(recovery);
        self.world.down[self.topology.group_of(unit).kind as usize] -= 1;
        if self.topology.clocks_in_rotation {
            self.start_clocks(unit, true);
        }
        self.service_of_unit_changed(unit, true);
        let group = self.topology.group_id(unit);
        if self.topology.is_app(group) {
            self.turn_is_over(group, unit);
            if self.world.emptying > 0 {
                self.ask_to_serve(self.world.region_of(self.topology, group));
            }
        } else if let Some(host) = self.topology.host_index(unit) {
            self.host_had_its_turn(host);
        }
    }

    /// The one door through which failures of components are scheduled: draws every clock of the
    /// unit that starts now, and schedules the nearest of all that run (competing clocks, F3).
    #[inline(never)]
    pub(super) fn start_clocks(&mut self, unit: Id<UnitInfo>, at_admission: bool) {
        let clocks = self.clocks(unit);
        if at_admission && !clocks.iter().any(|clock| clock.in_rotation) {
            return;
        }
        if at_admission && clocks.iter().all(|clock| clock.in_rotation) {
            // Admitted again in the same life: all its clocks start anew.
            self.world.units[unit.index()].fails_at = Instant::NEVER;
        }
        let first = self.first_failure(unit, at_admission);
        self.fails_after(unit, first);
    }

    fn clocks(&self, unit: Id<UnitInfo>) -> &[UnitClock] {
        &self.topology.clock_sets[usize::from(self.topology.units[unit].clocks)]
    }

    /// Draws the clocks of the current life of a unit that start when it answers, or is admitted.
    #[inline(always)]
    fn first_failure(&self, unit: Id<UnitInfo>, at_admission: bool) -> FirstFailure {
        let key = self.topology.units[unit].key;
        let state = self.world.units[unit.index()];
        // One life may be admitted several times; its first answer comes once.
        let j = if at_admission { state.turn } else { 0 };
        let mut first = FirstFailure { life: state.life, up: Span::NEVER, clock: 0 };
        for (index, clock) in self.clocks(unit).iter().enumerate() {
            if clock.in_rotation == at_admission {
                let up = clock.up_time.span(self.draw_of(key, clock.purpose, state.life).redraw(j));
                // Selected, not branched on: which clock is the nearer one is anybody's guess.
                first.clock = if up < first.up { index as u8 } else { first.clock };
                first.up = first.up.min(up);
            }
        }
        first
    }

    /// A unit whose clocks start now fails by the first of them, unless one that runs is nearer.
    #[inline]
    fn fails_after(&mut self, unit: Id<UnitInfo>, first: FirstFailure) {
        let at = self.now + first.up;
        let state = &mut self.world.units[unit.index()];
        if at < state.fails_at {
            state.fails_at = at;
            state.fail_clock = first.clock;
            let event = Event::Unit(unit, UnitEvent::Fails { life: state.life });
            self.at(at, rank::COMPONENT_FAULT, event);
        }
    }
}
