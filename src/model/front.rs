//! What stands in front of the containers of a region: routers that stand in its zones, and before them
//! a balancer, or DNS, that spreads the clients over those it believes in.
//!
//! A router that is lost or cut off fails whatever the front sends it until its checks have found out.
//! A balancer then sends everybody elsewhere at once. Behind DNS clients keep the router that they
//! have until their record expires, evenly over the time to live; some never ask again. Where no router is
//! believed in, all are: the front fails open.

use crate::engine::Purpose;
use crate::id::Id;
use crate::model::event::{Event, is_same, rank};
use crate::model::fact::{Fact, Listener};
use crate::model::rotation::until_probe;
use crate::model::sim::Sim;
use crate::model::topology::{Front, Group, Kind, Region, Topology, UnitInfo};
use crate::model::world::World;
use crate::time::{Instant, Span};

/// Records expire in so many equal steps of the time to live, half a step's share at its two ends: the
/// requests that fail meanwhile are those of clients whose records expire evenly.
pub const STEPS: u32 = 10;

/// The routers of one region, as the front sees them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrontState {
    /// In the order of the routers.
    pub entries: Vec<FrontEntry>,
    /// When the front last changed its mind about a router.
    pub changed_at: Instant,
    /// Counts that; clients that move are of one generation.
    generation: u32,
    /// Steps of that generation taken.
    step: u32,
    /// The share that got through when the apps last took stock.
    told: f64,
}

/// One router. Its clients are shares of all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FrontEntry {
    /// It works and can be reached.
    pub live: bool,
    /// The front believes in it.
    pub listed: bool,
    /// Counts its failures and returns; checks of an earlier one find nothing.
    turn: u32,
    /// Clients that have asked since the front last changed its mind …
    fresh: f64,
    /// … those who will …
    stale: f64,
    /// … and those who never do.
    clinging: f64,
}

impl FrontEntry {
    /// The share of the clients that go to it.
    pub fn clients(&self) -> f64 {
        self.fresh + self.stale + self.clinging
    }

    fn fails(&self) -> bool {
        !self.live && self.clients() > 0.0
    }
}

impl FrontState {
    pub(super) fn new(front: &Front, topology: &Topology) -> FrontState {
        let routers = front.routers.map_or(0, |group| topology.groups[group].count);
        let each = 1.0 / f64::from(routers);
        let entry = FrontEntry {
            live: true,
            listed: true,
            turn: 0,
            fresh: each * (1.0 - front.clinging),
            stale: 0.0,
            clinging: each * front.clinging,
        };
        FrontState { entries: vec![entry; routers as usize], told: 1.0, ..FrontState::default() }
    }

    /// The share of the clients that get to a router that works.
    pub fn passes(&self) -> f64 {
        if !self.fails() {
            return 1.0;
        }
        self.entries.iter().filter(|it| it.live).fold(0.0, |sum, it| sum + it.clients())
    }

    /// Some clients go to a router that does not work.
    pub fn fails(&self) -> bool {
        self.entries.iter().any(FrontEntry::fails)
    }

    /// Some clients go, or went until this instant, to a router that does not work.
    pub fn harms(&self) -> bool {
        self.told < 1.0 || self.fails()
    }

    /// Any client gets through.
    fn reaches(&self) -> bool {
        self.entries.is_empty() || self.entries.iter().any(|it| it.live && it.clients() > 0.0)
    }

    /// Of those who have not asked since the front changed its mind, who asks at a step.
    fn share_of_step(step: u32, ttl: Span) -> f64 {
        if ttl == Span::ZERO || step == STEPS {
            return 1.0;
        }
        let have_asked = |step: u32| (f64::from(step) + 0.5) / f64::from(STEPS);
        match step {
            0 => have_asked(0),
            _ => (have_asked(step) - have_asked(step - 1)) / (1.0 - have_asked(step - 1)),
        }
    }

    /// Clients whose record has expired ask again.
    fn clients_ask(&mut self, ttl: Span) {
        let share = FrontState::share_of_step(self.step, ttl);
        let mut moved = 0.0;
        for entry in &mut self.entries {
            moved += entry.stale * share;
            entry.stale = if share < 1.0 { entry.stale * (1.0 - share) } else { 0.0 };
        }
        let listed = self.entries.iter().filter(|it| it.listed).count();
        let each = moved / if listed > 0 { listed } else { self.entries.len() } as f64;
        for entry in self.entries.iter_mut().filter(|it| it.listed || listed == 0) {
            entry.fresh += each;
        }
        self.step += 1;
    }
}

impl World {
    /// Who uses a component, or is behind a router now.
    #[inline]
    pub fn users<'a>(
        &'a self,
        topology: &'a Topology,
        used: &'a Group,
    ) -> impl Iterator<Item = Id<Group>> + 'a {
        let moves = used.kind == Kind::Router && !topology.fallbacks.is_empty();
        let here = move |app: &Id<Group>| !moves || self.region_of(topology, *app) == used.region;
        used.used_by.iter().copied().filter(here)
    }

    /// Whether any client goes to a router, and fails with it.
    pub fn has_clients(&self, topology: &Topology, router: Id<UnitInfo>) -> bool {
        let group = topology.group_of(router);
        let state = &self.fronts[group.region.index()];
        state.entries[(router.raw() - group.first) as usize].clients() > 0.0
    }

    /// The front that the requests of an app come through, while some of its clients go astray.
    #[inline]
    pub fn failing_front(&self, topology: &Topology, app: Id<Group>) -> Option<&FrontState> {
        if self.failing_fronts == 0 { None } else { self.front_that_fails(topology, app) }
    }

    #[cold]
    fn front_that_fails(&self, topology: &Topology, app: Id<Group>) -> Option<&FrontState> {
        topology.groups[app].router.as_ref()?; // an ideal one stands nowhere
        let state = &self.fronts[self.region_of(topology, app).index()];
        state.fails().then_some(state)
    }

    /// Routers that fail requests of an app, each with the share of its clients.
    pub fn failing_routers<'a>(
        &'a self,
        topology: &'a Topology,
        app: Id<Group>,
    ) -> impl Iterator<Item = (Id<UnitInfo>, f64)> + 'a {
        self.failing_front(topology, app).into_iter().flat_map(move |state| {
            let front = &topology.fronts[self.region_of(topology, app).index()];
            let routers = topology.units_of(front.routers.expect("it has routers"));
            let entries = routers.zip(&state.entries);
            entries.filter(|(_, it)| it.fails()).map(|(router, it)| (router, it.clients()))
        })
    }

    /// Whether any request of an app gets to a router that works.
    #[inline]
    pub fn is_reached(&self, topology: &Topology, app: Id<Group>) -> bool {
        self.failing_front(topology, app).is_none_or(FrontState::reaches)
    }
}

impl<L: Listener> Sim<'_, L> {
    /// A router works and can be reached from now on, or does so no more.
    pub(super) fn router_changed(&mut self, router: Id<UnitInfo>, live: bool) {
        let topology = self.topology;
        let group = topology.group_of(router);
        let region = group.region;
        let check = &topology.fronts[region.index()].check;
        // Nothing answers for what is gone with its zone; what has crashed refuses at once.
        let silent = self.world.is_held(router) || self.world.is_cut_off(router);
        let place = (router.raw() - group.first) as usize;
        let entry = &mut self.world.fronts[region.index()].entries[place];
        entry.live = live;
        entry.turn = entry.turn.wrapping_add(1);
        let (turn, listed) = (entry.turn, entry.listed);
        if listed != live {
            let draw = self.draw_of(topology.units[router].key, Purpose::PROBE_ADMIT, 0);
            let first = until_probe(self.now, draw.uniform(), check.interval);
            let probes = if live { check.healthy } else { check.unhealthy };
            let more = Span(check.interval.0 * u64::from(probes - 1));
            let timeout = if !live && silent { check.timeout } else { Span::ZERO };
            let event = Event::RouterChecked { router: router.raw(), turn };
            self.after(first + more + timeout, rank::CHECKER, event);
        }
        self.front_changed(region);
    }

    /// The checks of the front have found out about a router.
    pub fn router_checked(&mut self, router: u32, turn: u32) {
        let router = Id::new(router);
        let group = self.topology.group_of(router);
        let region = group.region;
        let state = &mut self.world.fronts[region.index()];
        let entry = &mut state.entries[(router.raw() - group.first) as usize];
        if !is_same(entry.turn, turn) {
            return;
        }
        entry.listed = entry.live;
        state.changed_at = self.now;
        state.generation = state.generation.wrapping_add(1);
        state.step = 0;
        for entry in &mut state.entries {
            entry.stale += std::mem::take(&mut entry.fresh);
        }
        self.clients_move(region);
    }

    /// Clients whose record has expired meanwhile go where the front sends them.
    pub fn clients_move_on(&mut self, region: Id<Region>, generation: u32) {
        if is_same(self.world.fronts[region.index()].generation, generation) {
            self.clients_move(region);
        }
    }

    fn clients_move(&mut self, region: Id<Region>) {
        let ttl = self.topology.fronts[region.index()].ttl;
        let state = &mut self.world.fronts[region.index()];
        state.clients_ask(ttl);
        let (step, generation) = (state.step, state.generation);
        if ttl > Span::ZERO && step <= STEPS {
            let since =
                |step: u32| Span((u128::from(ttl.0) * u128::from(step) / u128::from(STEPS)) as u64);
            let next = Span(since(step).0 - since(step - 1).0);
            self.after(next, rank::CHECKER, Event::ClientsMove { region, generation });
        }
        self.state(Fact::ClientsMoved { region });
        self.front_changed(region);
    }

    /// Routers or their clients have changed: the apps of a region take stock where that changes anything
    /// for them.
    pub(super) fn front_changed(&mut self, region: Id<Region>) {
        let topology = self.topology;
        let failing = self.world.fronts.iter().filter(|it| it.fails()).count();
        self.world.failing_fronts = failing as u32;
        let state = &mut self.world.fronts[region.index()];
        let harms = state.harms();
        state.told = state.passes();
        if !harms {
            return;
        }
        let front = &topology.fronts[region.index()];
        let Some(routers) = front.routers else { return };
        for &app in &topology.groups[routers].used_by {
            self.touch_app(app);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn front(routers: usize, clinging: f64) -> FrontState {
        let each = 1.0 / routers as f64;
        let entry = FrontEntry {
            live: true,
            listed: true,
            fresh: each * (1.0 - clinging),
            clinging: each * clinging,
            ..FrontEntry::default()
        };
        FrontState { entries: vec![entry; routers], ..FrontState::default() }
    }

    /// What fails at each step once one of several routers is gone and found out.
    fn failing(routers: usize, clinging: f64) -> Vec<f64> {
        let mut state = front(routers, clinging);
        (state.entries[0].live, state.entries[0].listed) = (false, false);
        for entry in &mut state.entries {
            entry.stale = std::mem::take(&mut entry.fresh);
        }
        let mut shares = vec![1.0 - state.passes()];
        for _ in 0..=STEPS {
            state.clients_ask(Span::secs(60));
            shares.push(1.0 - state.passes());
        }
        let all: f64 = state.entries.iter().map(FrontEntry::clients).sum();
        assert!((all - 1.0).abs() < 1e-12, "nobody is lost on the way");
        shares
    }

    #[test]
    fn records_expire_evenly_and_the_last_of_them_after_the_time_to_live() {
        let shares = failing(4, 0.0);
        let expected = |step: usize| match step {
            0 => 0.25,
            11 => 0.0,
            step => 0.25 * (1.0 - (step as f64 - 0.5) / 10.0),
        };
        for (step, share) in shares.iter().enumerate() {
            assert!((share - expected(step)).abs() < 1e-12, "step {step}: {share}");
        }
        // Ten intervals of a tenth: half of what would fail if all kept their record to the end.
        let mean: f64 = shares[1..11].iter().sum::<f64>() / 10.0;
        assert!((mean - 0.125).abs() < 1e-12, "{mean}");
    }

    #[test]
    fn who_clings_goes_on_failing() {
        let shares = failing(2, 0.1);
        assert!((shares[0] - 0.5).abs() < 1e-12 && (shares[11] - 0.05).abs() < 1e-12, "{shares:?}");
    }

    #[test]
    fn where_nobody_is_believed_in_all_are() {
        let mut state = front(3, 0.0);
        for entry in &mut state.entries {
            (entry.live, entry.listed) = (false, false);
        }
        state.entries[2].live = true;
        for entry in &mut state.entries {
            entry.stale = std::mem::take(&mut entry.fresh);
        }
        state.clients_ask(Span::ZERO);
        assert!((state.passes() - 1.0 / 3.0).abs() < 1e-12 && state.reaches());
    }
}
