//! Changes made on purpose, from their onset to their end: whose turn it is, and what happens when the
//! new version turns out to be bad. How a single container is replaced is in
//! [`renewal`](super::renewal), how it is switched on and off in [`switch`](super::switch).
//!
//! An app has one change at a time: another that comes meanwhile waits for its end.

use crate::engine::{Dist, Purpose};
use crate::id::Id;
use crate::model::event::{Event, rank};
use crate::model::fact::{Fact, Listener};
use crate::model::fallback;
use crate::model::luck::Smooth;
use crate::model::root::{Reach, Root};
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{
    Bad, Calendar, ChangeClock, Declares, Group, Renewing, UnitInfo, When,
};
use crate::model::world::{Phase, State};
use crate::time::{Instant, Span};

/// A change that has begun and is not over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct UnderWay {
    pub clock: u32,
    /// The how-manieth of its clock.
    pub count: u32,
    pub root: Option<Root>,
    /// The first container, by number, that has not had its turn.
    pub next: u32,
    /// Whose turn it is.
    pub in_turn: Vec<Id<UnitInfo>>,
    /// The first container, by number, that has not the luck that a smooth change needs; the first of all
    /// under a bad version, and where none have successors.
    pub first_without: u32,
    /// The version it brings fails every request.
    pub bad: bool,
    /// From the first container on that serves it.
    pub bad_root: Option<Root>,
    pub step: Step,
    /// Until those that were passed over have had their turn.
    pub(super) waits: bool,
    /// Its loop is running: whoever finishes a turn need not go on with it.
    going_on: bool,
}

/// How far the operator is with a bad version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Step {
    #[default]
    Unnoticed,
    Noticed,
    /// The rollback is under way.
    Ordered,
}

/// When a change comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ChangeClockState {
    /// How often it has come; the occurrence of its luck.
    pub count: u32,
    /// The next one is good, and all of its containers have the luck they need …
    pub smooth: bool,
    /// … and so is the one after that.
    pub then_smooth: bool,
    /// When it comes next; never where its autoscaler knows, and after a single one.
    pub next: Instant,
    /// From then on to the one after that, where it comes at random; drawn early, so that nobody waits for it.
    pub then: Span,
}

/// A new container that is started beside the one it is to replace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Successor {
    pub unit: u32,
    /// The change it belongs to, or [`NONE`] where it is moved from a host that is being emptied.
    pub change: u32,
    /// Where it stands; [`NOWHERE`](super::world::NOWHERE) once its zone or host has taken it down.
    pub zone: u16,
    /// The host on which it has room, or [`NONE`].
    pub host: u32,
    /// Starts tried before this one.
    pub attempt: u8,
    /// Its start takes longer than the limit …
    pub fails: bool,
    /// … which is then; otherwise it answers then.
    pub answers: Instant,
}

impl<L: Listener> Sim<'_, L> {
    /// Schedules the first occurrence of every change.
    pub(super) fn start_changes(&mut self) {
        for id in self.topology.changes.ids() {
            self.schedule_change(id);
        }
    }

    fn schedule_change(&mut self, id: Id<ChangeClock>) {
        let clock = &self.topology.changes[id];
        let ChangeClockState { count, then, then_smooth, .. } =
            self.world.change_clocks[id.index()];
        let at = match &clock.change.when {
            When::Random(law) => {
                let (between, smooth) =
                    if count == 0 { self.next_change(clock, law, 0) } else { (then, then_smooth) };
                let (then, then_smooth) = self.next_change(clock, law, count.wrapping_add(1));
                let state = &mut self.world.change_clocks[id.index()];
                *state = ChangeClockState { smooth, then, then_smooth, ..*state };
                self.now + between
            }
            When::Calendar(calendar) => self.next_occurrence(clock, calendar),
            When::Once(at) if count == 0 => *at,
            // An autoscaler knows when.
            When::Once(_) | When::ByLoad(_) => Instant::NEVER,
        };
        self.world.change_clocks[id.index()].next = at;
        self.change_comes_at(id, at);
    }

    pub(super) fn change_comes_at(&mut self, id: Id<ChangeClock>, at: Instant) {
        self.at(at, rank::COMPONENT_FAULT, Event::ChangeBegins(id));
    }

    /// From the onset of the change before, or the start of the study, to the onset of the one that `count`
    /// came before, and whether that will be smooth.
    #[inline(always)]
    pub(super) fn next_change(&self, clock: &ChangeClock, law: &Dist, count: u32) -> (Span, bool) {
        let (between, luck) = self.draw_of(clock.key, Purpose::UP_TIME, count).uniform2();
        (law.span_at(between), luck <= clock.all_smooth)
    }

    /// What decides whether the change that `count` came before is smooth, and what of it is not.
    pub(super) fn luck_of_change(&self, clock: &ChangeClock, count: u32) -> f64 {
        self.draw_of(clock.key, Purpose::UP_TIME, count).uniform2().1
    }

    /// The next time of a calendar at which something is done, later than now.
    fn next_occurrence(&self, clock: &ChangeClock, calendar: &Calendar) -> Instant {
        let period = calendar.period.0;
        let mut round = self.now.0 / period;
        while round.saturating_mul(period) < self.topology.end.0 {
            for (place, at) in calendar.at.iter().enumerate() {
                let at = Instant(round * period) + *at;
                let number = round.wrapping_mul(calendar.at.len() as u64) + place as u64;
                let draw = self.draw_of(clock.key, Purpose::WINDOW, number as u32);
                let (used, begins) = draw.uniform2();
                if calendar.used < 1.0 && used >= calendar.used {
                    continue;
                }
                let begins = at + calendar.begins.span_at(begins);
                if begins > self.now {
                    return begins;
                }
            }
            round += 1;
        }
        Instant::NEVER
    }

    /// The time of a change has come.
    #[inline(never)]
    pub fn change_begins(&mut self, id: Id<ChangeClock>) {
        let clock = &self.topology.changes[id];
        if clock.can_be_quiet && self.foresight.is_on() {
            if self.now == self.world.change_clocks[id.index()].next {
                self.pass_quietly(id);
            }
            let next = self.world.change_clocks[id.index()].next;
            if self.now < next {
                return self.change_comes_at(id, next);
            }
        }
        let state = &mut self.world.change_clocks[id.index()];
        state.count = state.count.wrapping_add(1);
        self.schedule_change(id);
        if self.world.apps[clock.app.index()].change == NONE && !self.is_put_off(id) {
            self.begin_change(id);
        } else if !self.world.changes_waiting.contains(&id) {
            self.world.changes_waiting.push(id);
        }
    }

    fn begin_change(&mut self, id: Id<ChangeClock>) {
        let clock = &self.topology.changes[id];
        let count = self.world.change_clocks[id.index()].count.wrapping_sub(1);
        let root = Root { change: true, ..self.new_root(clock.cause, Reach::App) };
        let (first_without, bad) = self.trouble_of(clock, count);
        let slot = self.world.changes.take();
        let change = &mut self.world.changes[slot];
        let mut in_turn = std::mem::take(&mut change.in_turn);
        in_turn.clear();
        *change = UnderWay {
            clock: id.raw(),
            count,
            root: Some(root),
            in_turn,
            first_without,
            bad,
            ..UnderWay::default()
        };
        self.world.apps[clock.app.index()].change = slot;
        self.state(Fact::ChangeBegan { clock: id, root });
        if let (Some(memory), false) = (clock.change.memory, self.topology.hosts.is_empty()) {
            self.world.rooms.ask(clock.app, memory);
            if !self.world.unplaced.is_empty() {
                // Who waits for room may need less of it from now on.
                self.ask_to_serve(self.world.region_of(self.topology, clock.app));
            }
        }
        let by_load = || {
            let scaler = self.topology.scalers.iter().position(|it| it.change == id)?;
            Some(Declares::Containers(self.world.scalers[scaler].wanted))
        };
        let declares = match clock.change.when {
            When::ByLoad(_) => by_load(),
            _ => clock.change.declares,
        };
        if let Some(declares) = declares {
            self.declare(clock.app, declares, root);
        }
        if clock.change.fails_over {
            self.fail_over_on_purpose(clock.app, root);
        }
        if clock.change.renewing.is_none() {
            self.world.changes[slot].next = u32::MAX;
        }
        self.go_on_with_change(slot);
    }

    /// Whoever's turn it can be has it; the change is over when all have had theirs.
    fn go_on_with_change(&mut self, slot: u32) {
        let clock = &self.topology.changes[Id::new(self.world.changes[slot].clock)];
        let group = &self.topology.groups[clock.app];
        if std::mem::replace(&mut self.world.changes[slot].going_on, true) {
            return;
        }
        if let Some(renewing) = &clock.change.renewing {
            loop {
                let change = &mut self.world.changes[slot];
                let full = change.in_turn.len() >= renewing.max_in_flight as usize;
                if full || change.next >= group.count {
                    break;
                }
                if clock.can_be_quiet && self.foresight.is_on() && self.passes_over(slot) {
                    continue;
                }
                let change = &mut self.world.changes[slot];
                if change.waits {
                    change.going_on = false;
                    return;
                }
                let unit: Id<UnitInfo> = Id::new(group.first + change.next);
                change.next += 1;
                // What is not in service is being replaced already, unless it has been given up.
                if self.world.units[unit.index()].in_service {
                    self.world.changes[slot].in_turn.push(unit);
                    self.renew(slot, unit, renewing);
                } else if renewing.revives
                    && self.world.recovery(unit).is_some_and(|it| it.given_up)
                {
                    self.world.changes[slot].in_turn.push(unit);
                    self.start_anew(unit);
                }
            }
        }
        let change = &mut self.world.changes[slot];
        change.going_on = false;
        let turns_over = change.in_turn.is_empty() && change.next >= group.count && !change.waits;
        if turns_over && change.bad_root.is_none() {
            self.change_ends(slot);
        }
    }

    /// Those that were passed over have had their turn.
    pub fn turn_comes(&mut self, slot: u32, generation: u32) {
        if self.world.changes.is_current(slot, generation) {
            self.world.changes[slot].waits = false;
            self.go_on_with_change(slot);
        }
    }

    fn change_ends(&mut self, slot: u32) {
        let change = &self.world.changes[slot];
        let id: Id<ChangeClock> = Id::new(change.clock);
        let root = change.root.expect("a change under way has a root");
        let clock = &self.topology.changes[id];
        self.world.changes.release(slot);
        self.world.apps[clock.app.index()].change = NONE;
        self.state(Fact::ChangeEnded { clock: id, root });
        if !self.next_change_begins(clock.app) && !self.topology.scalers.is_empty() {
            self.scaling_goes_on(clock.app);
        }
    }

    /// The first change of an app that waits for its turn begins, if there is one.
    fn next_change_begins(&mut self, app: Id<Group>) -> bool {
        let mine =
            |it: &Id<ChangeClock>| self.topology.changes[*it].app == app && !self.is_put_off(*it);
        let place = self.world.changes_waiting.iter().position(mine);
        if let Some(place) = place {
            let next = self.world.changes_waiting.remove(place);
            self.begin_change(next);
        }
        place.is_some()
    }

    /// Nothing is deployed to an app that is not at home, or is about to leave.
    fn is_put_off(&self, id: Id<ChangeClock>) -> bool {
        let clock = &self.topology.changes[id];
        let deploys = clock.change.renewing.as_ref().is_some_and(|it| it.revives);
        let fallback = self.topology.fallback_of(clock.app).filter(|_| deploys);
        fallback.is_some_and(|it| self.world.fallbacks[it.index()].stage != fallback::Stage::Home)
    }

    /// An app is at home again: what was to be deployed meanwhile is now.
    pub(super) fn deployments_go_on(&mut self, app: Id<Group>) {
        if self.world.apps[app.index()].change == NONE {
            self.next_change_begins(app);
        }
    }

    /// All containers of an app are placed anew: nobody else needs a turn.
    pub(super) fn nobody_else_has_a_turn(&mut self, app: Id<Group>) {
        let slot = self.world.apps[app.index()].change;
        if slot != NONE {
            self.world.changes[slot].next = u32::MAX;
        }
    }

    /// The turn of a container is over, if it had one: it runs the new version, or whatever replaced it
    /// does.
    #[inline]
    pub(super) fn turn_is_over(&mut self, app: Id<Group>, unit: Id<UnitInfo>) {
        let slot = self.world.apps[app.index()].change;
        if slot != NONE {
            self.turn_in_change_is_over(slot, unit);
        }
    }

    #[cold]
    fn turn_in_change_is_over(&mut self, slot: u32, unit: Id<UnitInfo>) {
        let in_turn = &mut self.world.changes[slot].in_turn;
        if let Some(place) = in_turn.iter().position(|&it| it == unit) {
            in_turn.remove(place);
            self.go_on_with_change(slot);
        }
    }

    /// The settings of a change under way.
    pub(super) fn renewing(&self, slot: u32) -> &Renewing {
        let clock = &self.topology.changes[Id::new(self.world.changes[slot].clock)];
        clock.change.renewing.as_ref().expect("only containers that are renewed have a turn")
    }

    // ---- a bad version ----

    /// Which container is the first without the luck it needs, and whether the version is bad.
    fn trouble_of(&self, clock: &ChangeClock, count: u32) -> (u32, bool) {
        let (whole, good) = (self.luck_of_change(clock, count), clock.change.good());
        let containers = self.topology.groups[clock.app].count;
        let first = |it: &Smooth| it.first_without(whole, good, containers);
        (clock.smooth.as_deref().map_or(0, first), whole > good)
    }

    fn bad(&self, slot: u32) -> &Bad {
        self.renewing(slot).bad.as_ref().expect("a version is bad where it can be")
    }

    /// The change whose bad version a container begins to serve now, if it does.
    #[inline]
    pub(super) fn begins_to_serve_bad(&self, unit: Id<UnitInfo>) -> Option<u32> {
        let slot = self.world.apps.get(self.topology.group_id(unit).index())?.change;
        if slot == NONE { None } else { self.serves_bad_in(slot, unit) }
    }

    #[cold]
    fn serves_bad_in(&self, slot: u32, unit: Id<UnitInfo>) -> Option<u32> {
        let change = &self.world.changes[slot];
        // Whatever replaces a container is of the new version once there is one.
        let new = change.bad_root.is_some() || change.in_turn.contains(&unit);
        (change.bad && new).then_some(slot)
    }

    /// Who is charged with a bad version; from its first container on the operator's clock runs.
    pub(super) fn bad_version(&mut self, slot: u32) -> Root {
        if let Some(root) = self.world.changes[slot].bad_root {
            return root;
        }
        let root = self.new_root(self.bad(slot).cause, Reach::App);
        self.world.changes[slot].bad_root = Some(root);
        let (detect, _) = self.change_draw(slot, Purpose::OPERATOR);
        let detect = self.topology.operator.detect.span_at(detect);
        self.change_goes_on_after(slot, detect);
        root
    }

    fn change_draw(&self, slot: u32, purpose: Purpose) -> (f64, f64) {
        let change = &self.world.changes[slot];
        let clock = &self.topology.changes[Id::new(change.clock)];
        self.draw_of(clock.key, purpose, change.count).uniform2()
    }

    fn change_goes_on_after(&mut self, change: u32, delay: Span) {
        let generation = self.world.changes.generation(change);
        self.after(delay, rank::REPAIRED, Event::ChangeGoesOn { change, generation });
    }

    /// The operator knows, has given the order, or it has been carried out.
    #[inline(never)]
    pub fn change_goes_on(&mut self, slot: u32, generation: u32) {
        if !self.world.changes.is_current(slot, generation) {
            return;
        }
        let change = &mut self.world.changes[slot];
        let app = self.topology.changes[Id::new(change.clock)].app;
        match change.step {
            Step::Unnoticed => {
                change.step = Step::Noticed;
                self.erroring(app).into_iter().for_each(|it| self.enter_phase(it, Phase::Operator));
                let (_, act) = self.change_draw(slot, Purpose::OPERATOR);
                let act = self.topology.operator.act.span_at(act);
                self.change_goes_on_after(slot, act);
            }
            Step::Noticed => {
                change.step = Step::Ordered;
                self.stop_rollout(slot);
                self.erroring(app).into_iter().for_each(|it| self.enter_phase(it, Phase::Start));
                let (rollback, _) = self.change_draw(slot, Purpose::ROLLBACK);
                let rollback = self.bad(slot).rollback.span_at(rollback);
                self.change_goes_on_after(slot, rollback);
            }
            Step::Ordered => {
                change.bad = false;
                change.bad_root = None;
                self.erroring(app).into_iter().for_each(|it| self.is_rolled_back(it));
                self.go_on_with_change(slot);
            }
        }
    }

    /// Nobody else gets the bad version; whoever is stopped already comes back, with it or without.
    fn stop_rollout(&mut self, slot: u32) {
        self.world.changes[slot].next = u32::MAX;
        let mine = |(_, it): &(u32, &Successor)| it.change == slot;
        let starting: Vec<_> = self.world.successors.iter().filter(mine).map(|it| it.0).collect();
        for successor in starting {
            let unit = self.forget_successor(successor);
            self.world.changes[slot].in_turn.retain(|&it| it != unit);
        }
    }

    fn erroring(&self, app: Id<Group>) -> Vec<Id<UnitInfo>> {
        let errs = |it: &Id<UnitInfo>| self.world.units[it.index()].state == State::Erroring;
        self.topology.units_of(app).filter(errs).collect()
    }

    /// The phase of a container that serves a bad version.
    pub(super) fn operator_phase(&self, slot: u32) -> Phase {
        match self.world.changes[slot].step {
            Step::Unnoticed => Phase::Detection,
            Step::Noticed => Phase::Operator,
            Step::Ordered => Phase::Start,
        }
    }
}
