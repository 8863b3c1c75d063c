//! The ledger: every nanosecond of downtime and every failed request, charged to exactly one root
//! cause (K4, K6), and the same downtime split once more by what was waited for (K5). Both partitions
//! add up exactly, in integers.

use crate::engine::math::exp;
use crate::id::Id;
use crate::measure::Plan;
use crate::measure::outages::Outages;
use crate::measure::periods::{Periods, Piece};
use crate::measure::planned::first_part;
use crate::model::fact::Subject;
use crate::model::root::{CauseId, Reach, Root};
use crate::model::slab::{NONE, Slab};
use crate::model::topology::{Group, Part, Topology, UnitInfo};
use crate::model::world::{Phase, World};
use crate::time::{Instant, Span};
use crate::traffic::{Loss, loss};
use std::cmp::Reverse;

/// Failed and offered requests are counted in this many parts of a request, as integers (T7).
pub const PARTS_OF_A_REQUEST: f64 = 1_048_576.0;

/// Requests per second over seconds, as a whole number of parts.
#[inline]
pub fn requests(rate: f64, seconds: f64, share: f64) -> u128 {
    let parts = rate * seconds * share * PARTS_OF_A_REQUEST + 0.5;
    // One instruction where it fits, a function where it does not; truncated alike.
    if parts < 9e18 { u128::from(parts as u64) } else { parts as u128 }
}

/// What one subject suffered in a replication. What is rare, or not always wanted, stands apart, so that
/// a large fleet stays small: 64 bytes, one line of the cache.
#[derive(Clone, Debug, Default, PartialEq)]
#[repr(align(64))]
pub struct Tally {
    /// Slot in [`Ledger::harms`] while something is wrong, else [`NONE`].
    harm: u32,
    /// Nanoseconds in which some requests failed, s(t) < 1.
    pub any: u64,
    /// Failed requests, in parts.
    pub failed: u128,
    /// Sparse, sorted by cause.
    causes: Vec<CauseRow>,
    rare: Option<Box<Rare>>,
}

/// What most subjects of a large fleet never meet.
#[derive(Clone, Debug, Default, PartialEq)]
struct Rare {
    /// From the first outage on.
    downs: Option<Box<Downs>>,
    /// From the first overload on.
    overload: Option<Box<Overload>>,
    /// Where months or years are wanted, from the first harm on.
    periods: Option<Box<Periods>>,
}

/// What a cause did short of taking the subject down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct CauseRow {
    cause: CauseId,
    harmed: u32,
    absorbed: u32,
    failed: u128,
}

/// What came of more load than the containers in service can serve.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overload {
    /// Requests that found no room, in parts, whoever is charged with them.
    pub lost: u128,
    /// Nanoseconds offered more than can be served, with anything in service.
    pub time: u64,
}

/// The outages of a subject.
#[derive(Clone, Debug, Default, PartialEq)]
struct Downs {
    /// Nanoseconds not up (M1).
    down: u64,
    outages: Outages,
    /// Nanoseconds of downtime by [`Phase`].
    waited: [u64; Phase::ALL.len()],
    /// Bit n: down at the n-th asked-for time.
    at: u64,
    /// Nanoseconds of downtime that were planned (M3).
    planned: u64,
    /// Requests of that time, and those of them that failed, in parts.
    requests_planned: u128,
    failed_planned: u128,
    /// Nanoseconds in which it was not meant to run (S6), and the requests that its load would have had
    /// in them, in parts.
    not_counted: u64,
    requests_off: u128,
    /// By cause: downtime charged to it, and during which it was merely open.
    causes: Vec<(CauseId, u64, u64)>,
}

/// What one cause did to one subject.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CauseTally {
    pub cause: CauseId,
    /// Root faults that harmed it.
    pub harmed: u32,
    /// Root faults that touched it and failed no request.
    pub absorbed: u32,
    pub down: u64,
    pub failed: u128,
    /// Downtime during which it was open without being the one charged.
    pub contributing: u64,
}

/// What is wrong with a subject now.
#[derive(Clone, Debug, Default)]
pub struct Harm {
    since: Instant,
    pub down: bool,
    /// While down: whose effect took it down …
    trigger: Option<Root>,
    /// … and who is charged now.
    pub charged: Option<Root>,
    waited: Option<Phase>,
    /// Failed share of requests, by whose entry fails them; while up.
    entries: Vec<(Root, f64)>,
    /// Failed share of those that found room in a container, by who took a dependency down; while up.
    dependencies: Vec<(Root, f64)>,
    /// The failed share as a whole, overload aside.
    loss: f64,
    /// Containers in service, and the share of the requests that gets to them.
    serving: u32,
    reached: f64,
    /// Containers that there should be.
    complement: u32,
    /// Who began first of those that keep a container from serving.
    missing: Option<Root>,
    /// Other causes that own something it lacks.
    contributing: Vec<CauseId>,
    /// It is not meant to run.
    off: bool,
    /// In whose windows the downtime is planned.
    planned_by: Vec<Id<Group>>,
}

impl Harm {
    /// What is waited for, while down.
    pub fn waited(&self) -> Option<Phase> {
        self.waited
    }

    /// As good as new, what has been allocated and the trigger of an outage aside.
    fn forget(&mut self) {
        self.entries.clear();
        self.dependencies.clear();
        self.contributing.clear();
        self.planned_by.clear();
        self.missing = None;
        self.down = false;
        self.off = false;
    }

    /// Whether a root fault fails requests, or is charged with the downtime. What is lost to overload
    /// is not counted here.
    pub fn is_of(&self, root: &Root) -> bool {
        if self.down {
            return self.charged.is_some_and(|it| it.seq == root.seq);
        }
        let parts = self.entries.iter().chain(&self.dependencies);
        parts.into_iter().any(|(it, share)| it.seq == root.seq && *share > 0.0)
    }
}

/// Whether a subject has just gone down or come up again, and what had taken it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    None,
    Down(CauseId),
    Up(CauseId),
}

/// The ledger of one replication.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub subjects: Vec<Tally>,
    harms: Slab<Harm>,
    /// When containers last took requests with them …
    in_flight_at: Instant,
    /// … and how many entries there were before in each of their apps, sorted.
    in_flight: Vec<(u32, u32)>,
    /// Who has overloaded what was left of an app since the failover clock last asked.
    overloading: Vec<(u32, Root)>,
    /// Scratch: what the subject at hand lacks.
    lacking: Vec<(Root, Phase, Instant)>,
}

impl Ledger {
    pub(super) fn new(topology: &Topology) -> Self {
        let fresh = Tally { harm: NONE, ..Tally::default() };
        let subjects = vec![fresh; topology.subjects()];
        let mut ledger = Ledger { subjects, ..Ledger::default() };
        // Apps that their load overloads with everything in service are never quiet.
        for app in 0..topology.apps {
            let group = &topology.groups[Id::new(app as u32)];
            let all = if group.asleep { 0 } else { group.declared };
            if topology.capacity_of(app).is_some_and(|capacity| capacity.loses(all)) {
                let slot = ledger.harms.take();
                ledger.subjects[app].harm = slot;
                ledger.harms[slot] =
                    Harm { serving: all, complement: all, reached: 1.0, ..Harm::default() };
            }
        }
        ledger
    }

    /// See [`Listener::look_ahead`](crate::model::fact::Listener::look_ahead).
    pub(super) fn look_ahead(&self, app: Id<Group>) -> u64 {
        let causes = &self.subjects[app.index()].causes;
        let ends = causes.first().into_iter().chain(causes.last());
        ends.fold(0, |read, row| read ^ u64::from(row.harmed))
    }

    /// What is wrong with a subject at the moment, if anything is.
    pub fn harm(&self, subject: usize) -> Option<&Harm> {
        let slot = self.subjects[subject].harm;
        (slot != NONE).then(|| &self.harms[slot])
    }

    /// T3: what was in flight in a container that leaves service is lost at that instant; of what is in
    /// flight in one that is stopped on purpose only the requests that last longer than it may drain
    /// (response times taken as exponential).
    #[inline]
    pub(super) fn in_flight_lost(
        &mut self,
        now: Instant,
        plan: &Plan,
        (unit, root, stopped): (Id<UnitInfo>, Root, bool),
        topology: &Topology,
        world: &World,
    ) {
        let app = topology.group_id(unit);
        let group = &topology.groups[app];
        let (Some(load), true) = (&group.load, group.response_s > 0.0) else { return };
        if now < plan.from || !topology.is_app(app) {
            return;
        }
        let state = &world.apps[app.index()];
        let entries = state.in_service + state.dead.iter().map(|&it| u32::from(it)).sum::<u32>();
        // Of several that go at one instant each had its share of the requests before it.
        if self.in_flight_at != now {
            self.in_flight_at = now;
            self.in_flight.clear();
        }
        let entries = match self.in_flight.binary_search_by_key(&app.raw(), |it| it.0) {
            Ok(place) => self.in_flight[place].1,
            Err(place) => {
                self.in_flight.insert(place, (app.raw(), entries));
                entries
            }
        };
        let entries = f64::from(entries);
        // No more than it can serve is in it.
        let most = group.capacity.as_ref().map(|it| it.law.per_container() * entries);
        let rate = most.map_or(load.at(now), |most| load.at(now).min(most));
        let drained = if stopped { still_there(group) } else { 1.0 };
        let lost = requests(rate, group.response_s, drained / entries);
        self.lose(now, plan, app, root, lost, topology);
    }

    /// Books requests that are lost at an instant.
    fn lose(
        &mut self,
        now: Instant,
        plan: &Plan,
        app: Id<Group>,
        root: Root,
        lost: u128,
        topology: &Topology,
    ) {
        if lost == 0 {
            return;
        }
        // What was wrong until now is booked first: periods only move forward.
        self.close(now, app.index(), plan, topology);
        let harm = self.subjects[app.index()].harm;
        if harm != NONE {
            self.harms[harm].since = now;
        }
        let tally = &mut self.subjects[app.index()];
        tally.failed += lost;
        tally.cause(root.cause).failed += lost;
        if plan.periods {
            tally.rare().periods().failed(now, lost, plan);
        }
    }

    /// T3: with a router go the requests in flight through it.
    pub(super) fn in_flight_lost_with(
        &mut self,
        now: Instant,
        plan: &Plan,
        (router, root): (Id<UnitInfo>, Root),
        topology: &Topology,
        world: &World,
    ) {
        let group = topology.group_of(router);
        let state = &world.fronts[group.region.index()];
        let clients = state.entries[(router.raw() - group.first) as usize].clients();
        for app in world.users(topology, group) {
            let info = &topology.groups[app];
            let state = &world.apps[app.index()];
            let (Some(load), true) = (&info.load, info.response_s > 0.0) else { continue };
            if now < plan.from || state.in_service == 0 {
                continue;
            }
            let most = info.capacity.as_ref();
            let most = most.map(|it| it.law.per_container() * f64::from(state.in_service));
            let rate = most.map_or(load.at(now), |most| load.at(now).min(most));
            self.lose(now, plan, app, root, requests(rate, info.response_s, clients), topology);
        }
    }

    /// Takes stock of a subject after an instant.
    #[inline(always)]
    pub(super) fn settled(
        &mut self,
        now: Instant,
        index: usize,
        subject: Subject,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) -> Turn {
        let slot = self.subjects[index].harm;
        let quiet = match subject {
            Subject::App(app) => {
                let state = &world.apps[app.index()];
                // A router that fails open has nobody in rotation, and may use the dead.
                state.up
                    && state.first_entry == NONE
                    && state.uses_down == 0
                    && state.in_service > 0
                    && !topology.capacity_of(index).is_some_and(|it| it.loses(state.in_service))
                    && world.failing_front(topology, app).is_none()
            }
            Subject::Service(service) => world.services[service as usize].up,
        };
        if !quiet {
            self.take_stock(now, index, subject, plan, topology, world)
        } else if slot != NONE {
            self.all_is_well(now, index, plan, topology)
        } else {
            Turn::None
        }
    }

    /// Nothing is wrong with a subject any more.
    fn all_is_well(
        &mut self,
        now: Instant,
        index: usize,
        plan: &Plan,
        topology: &Topology,
    ) -> Turn {
        self.close(now, index, plan, topology);
        let slot = self.subjects[index].harm;
        let was_down = self.harms[slot].down;
        let turn = if was_down { self.outage_ends(now, index, plan) } else { Turn::None };
        self.harms[slot].forget();
        self.harms.release(slot);
        self.subjects[index].harm = NONE;
        turn
    }

    /// Takes stock of a subject with which something is wrong.
    #[inline]
    fn take_stock(
        &mut self,
        now: Instant,
        index: usize,
        subject: Subject,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) -> Turn {
        if let Subject::App(app) = subject
            && self.subjects[index].harm == NONE
            && world.apps[app.index()].up
            && world.apps[app.index()].uses_down == 0
            && topology.groups[app].capacity.is_none()
            && world.apps[app.index()].declared() > 0
            && world.failing_front(topology, app).is_none()
        {
            self.entries_fail(now, app, topology, world);
            Turn::None
        } else {
            self.take_stock_in_full(now, index, subject, plan, topology, world)
        }
    }

    /// The everyday case: from now on dead entries fail a share of an app's requests.
    fn entries_fail(&mut self, now: Instant, app: Id<Group>, topology: &Topology, world: &World) {
        let slot = self.harms.take();
        self.subjects[app.index()].harm = slot;
        let harm = &mut self.harms[slot];
        let found = app_loss(topology, world, app, now);
        harm.since = now;
        harm.reached = 1.0 - found.total;
        harm.loss = 1.0 - harm.reached;
        harm.serving = world.effective_in_service(topology, app);
        harm.complement = world.apps[app.index()].declared();
        entry_shares(topology, world, app, (&found, 1.0), &mut harm.entries);
    }

    #[inline(never)]
    fn take_stock_in_full(
        &mut self,
        now: Instant,
        index: usize,
        subject: Subject,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) -> Turn {
        self.close(now, index, plan, topology);
        let slot = self.subjects[index].harm;
        let was_down = slot != NONE && self.harms[slot].down;
        let slot = if slot == NONE {
            let slot = self.harms.take();
            self.subjects[index].harm = slot;
            slot
        } else {
            slot
        };
        let up = match subject {
            Subject::App(app) => world.apps[app.index()].up,
            Subject::Service(service) => world.services[service as usize].up,
        };
        self.lacking.clear();
        if !up {
            let mut lacking = std::mem::take(&mut self.lacking);
            match subject {
                Subject::App(app) => app_lacks(topology, world, app, &mut lacking),
                Subject::Service(service) => {
                    let node = topology.services[service as usize].node;
                    self.node_lacks(topology, world, node, &mut lacking);
                }
            }
            self.lacking = lacking;
        }
        let harm = &mut self.harms[slot];
        harm.forget();
        harm.since = now;
        harm.down = was_down;
        harm.off = matches!(subject, Subject::App(app) if world.apps[app.index()].declared() == 0);
        harm.loss = match subject {
            // Nobody calls what is not meant to run.
            Subject::App(_) if harm.off => {
                harm.serving = 0;
                0.0
            }
            Subject::App(app) => {
                let found = app_loss(topology, world, app, now);
                let passes = world.failing_front(topology, app).map_or(1.0, |it| it.passes());
                harm.reached = passes * (1.0 - found.total);
                harm.serving = world.effective_in_service(topology, app);
                harm.complement = world.apps[app.index()].declared();
                if up {
                    router_shares(topology, world, app, &mut harm.entries);
                    entry_shares(topology, world, app, (&found, passes), &mut harm.entries);
                    let reached = harm.reached;
                    dependency_shares(topology, world, app, reached, &mut harm.dependencies);
                    harm.missing = first_missing(topology, world, app, harm.serving);
                }
                // A request that the rotation serves may still need a dependency.
                1.0 - harm.reached * dependencies_let_pass(topology, world, app)
            }
            Subject::Service(_) => f64::from(u8::from(!up)),
        };
        if !up {
            if !was_down {
                harm.trigger = trigger(&self.lacking, now);
            }
            charge(harm, &self.lacking);
            if let Some(charged) = harm.charged.filter(|root| root.change) {
                let planned_by = self.planned_by(topology, world, subject, &charged);
                self.harms[slot].planned_by = planned_by;
            }
        }
        let harm = &mut self.harms[slot];
        harm.down = !up;
        if up != was_down {
            return Turn::None;
        }
        if up {
            return self.outage_ends(now, index, plan);
        }
        let trigger = harm.trigger.expect("an outage has a trigger").cause;
        // Episodes are an app's; of a service the outages are counted by who took it down.
        if matches!(subject, Subject::Service(_)) && now >= plan.from {
            self.subjects[index].cause(trigger).harmed += 1;
        }
        self.subjects[index].rare().downs().outages.begin(now, plan);
        Turn::Down(trigger)
    }

    /// Books the interval since the last look.
    #[inline(always)]
    fn close(&mut self, now: Instant, index: usize, plan: &Plan, topology: &Topology) {
        let slot = self.subjects[index].harm;
        if slot != NONE {
            self.close_harm(now, index, slot, plan, topology);
        }
    }

    fn close_harm(
        &mut self,
        now: Instant,
        index: usize,
        slot: u32,
        plan: &Plan,
        topology: &Topology,
    ) {
        let harm = &self.harms[slot];
        let (from, to) = plan.clip(harm.since, now);
        if from == to {
            return;
        }
        let tally = &mut self.subjects[index];
        let load = topology.load_of(index);
        let capacity = topology.capacity_of(index).filter(|it| it.loses(harm.serving));
        let whole = (to - from).0;
        if !(harm.down || harm.off || plan.periods || capacity.is_some()) {
            // The everyday case: some entries fail what they get, and nobody asks when.
            tally.any += if harm.loss > 0.0 { whole } else { 0 };
            if let Some(load) = load {
                let offered = load.between(from, to);
                let none = Span::ZERO;
                tally.failed += tally.fail(load.rate, harm, offered, none, none, None);
            }
            return;
        }
        self.close_in_full(now, index, plan, topology);
    }

    /// Books an interval in which the subject was down, overloaded or off, or that falls into pieces.
    #[inline(never)]
    fn close_in_full(&mut self, now: Instant, index: usize, plan: &Plan, topology: &Topology) {
        let tally = &mut self.subjects[index];
        let harm = &self.harms[tally.harm];
        let (from, to) = plan.clip(harm.since, now);
        let whole = (to - from).0;
        let load = topology.load_of(index);
        let capacity = topology.capacity_of(index).filter(|it| it.loses(harm.serving));
        if harm.down {
            let charged = harm.charged.expect("downtime is charged to a root fault");
            let waited = harm.waited.expect("downtime waits for something");
            let downs = tally.rare().downs();
            downs.down += whole;
            downs.waited[waited as usize] += whole;
            downs.cause(charged.cause).1 += whole;
            for &cause in &harm.contributing {
                downs.cause(cause).2 += whole;
            }
            for (bit, &at) in plan.at.iter().enumerate() {
                if from <= at && at < to {
                    downs.at |= 1 << bit;
                }
            }
        }
        if harm.off {
            tally.rare().downs().not_counted += whole;
        }
        let mut over = 0;
        if let (Some(capacity), Some(load)) = (capacity, load) {
            over = capacity.overloaded(harm.serving, load, from, to).0;
            tally.rare().overload().time += over;
        }
        tally.any += if harm.loss > 0.0 { whole } else { over };
        // The edges of months, years and windows cut the interval; mostly there is none in it.
        let mut begin = from;
        while begin < to {
            let mut end = to;
            let mut planned = false;
            if harm.down && !harm.planned_by.is_empty() {
                let windows = |app: &Id<Group>| topology.groups[*app].windows.iter();
                (end, planned) = first_part(harm.planned_by.iter().flat_map(windows), begin, to);
            }
            if plan.periods {
                let periods = tally.rare().periods();
                end = periods.advance(begin, plan).min(end);
                if harm.down {
                    periods.down(end - begin, planned);
                }
                if harm.off {
                    periods.not_counted(end - begin);
                }
            }
            if harm.down {
                let rare = tally.rare();
                if planned {
                    rare.downs().planned += (end - begin).0;
                } else {
                    let (outages, periods) = rare.outages();
                    outages.unplanned(begin, end, plan, periods);
                }
            }
            if let Some(load) = load {
                let offered = load.between(begin, end);
                let (lost, anyway) = capacity.map_or((Span::ZERO, Span::ZERO), |capacity| {
                    let lost = |count| capacity.lost(count, load, begin, end);
                    (lost(harm.serving), lost(harm.complement))
                });
                let failed = if harm.off {
                    0
                } else {
                    tally.fail(load.rate, harm, offered, lost, anyway, topology.overload)
                };
                tally.failed += failed;
                if let (Some(root), true) = (harm.missing, lost > anyway && !harm.down)
                    && self.overloading.last() != Some(&(index as u32, root))
                {
                    self.overloading.push((index as u32, root));
                }
                let asked = if harm.off || planned {
                    requests(load.rate, offered.as_secs(), 1.0)
                } else {
                    0
                };
                if harm.off {
                    tally.rare().downs().requests_off += asked;
                }
                if planned {
                    let downs = tally.rare().downs();
                    downs.failed_planned += failed;
                    downs.requests_planned += asked;
                }
                if plan.periods {
                    tally.rare().periods().requests_in_current(asked, failed, harm.off, planned);
                }
            }
            begin = end;
        }
    }

    fn outage_ends(&mut self, now: Instant, index: usize, plan: &Plan) -> Turn {
        let tally = &mut self.subjects[index];
        let (outages, periods) = tally.rare().outages();
        outages.end(now, plan, periods);
        Turn::Up(self.harms[tally.harm].trigger.expect("an outage has a trigger").cause)
    }

    /// Whether [`Ledger::take_overloading`] has anything to hand over.
    #[inline(always)]
    pub(super) fn has_overloading(&self) -> bool {
        !self.overloading.is_empty()
    }

    /// Hands over who has overloaded what was left of an app.
    pub(super) fn take_overloading(&mut self) -> Option<(Id<Group>, Root)> {
        self.overloading.pop().map(|(app, root)| (Id::new(app), root))
    }

    /// A root fault that was counted as absorbed has overloaded what it had left.
    pub(super) fn count_after_all(&mut self, app: Id<Group>, root: &Root) {
        let row = self.subjects[app.index()].cause(root.cause);
        // Changes that do no harm are not counted.
        if !root.change {
            row.absorbed -= 1;
        }
        row.harmed += 1;
    }

    /// An episode is over: a root fault of `cause` harmed the app, or was absorbed.
    #[inline(always)]
    pub(super) fn count_episode(&mut self, app: Id<Group>, cause: CauseId, harmed: bool) {
        let row = self.subjects[app.index()].cause(cause);
        if harmed {
            row.harmed += 1;
        } else {
            row.absorbed += 1;
        }
    }

    /// Closes everything at the end of the replication.
    pub(super) fn finish(&mut self, now: Instant, plan: &Plan, topology: &Topology) {
        for index in 0..self.subjects.len() {
            self.close(now, index, plan, topology);
            let slot = self.subjects[index].harm;
            if slot != NONE && self.harms[slot].down {
                let (outages, periods) = self.subjects[index].rare().outages();
                outages.censor(now, plan, periods);
            }
            if let Some(Rare { periods: Some(periods), .. }) =
                self.subjects[index].rare.as_deref_mut()
            {
                periods.finish();
            }
        }
    }

    /// What a requirement lacks: the owners of every part that is down and counts.
    #[inline(never)]
    fn node_lacks(
        &self,
        topology: &Topology,
        world: &World,
        node: u32,
        lacking: &mut Vec<(Root, Phase, Instant)>,
    ) {
        for &part in &topology.nodes[node as usize].parts {
            if world.part_is_up(topology, part) {
                continue;
            }
            match part {
                Part::Unit(unit) => unit_lacks(world, unit, lacking),
                Part::Zone(zone) => {
                    for (_, open) in world.occurrences.iter() {
                        if let (Some(root), true) = (open.root, open.zones.contains(&zone)) {
                            lacking.push((root, Phase::Provider, root.onset));
                        }
                    }
                }
                Part::App(app) => self.subject_lacks(app.index(), lacking),
                Part::Service(service) => {
                    self.subject_lacks(topology.apps + service as usize, lacking);
                }
                Part::Node(node) => self.node_lacks(topology, world, node, lacking),
            }
        }
    }

    /// A subject that is down stands for whoever it is charged to.
    fn subject_lacks(&self, subject: usize, lacking: &mut Vec<(Root, Phase, Instant)>) {
        if let Some(Harm { charged: Some(root), waited: Some(phase), since, .. }) =
            self.harm(subject).filter(|harm| harm.down)
        {
            lacking.push((*root, *phase, *since));
        }
    }
}

impl Tally {
    /// Books the failed requests of an interval, all but their sum: of the load time `offered` in it,
    /// `lost` finds no room with those in service, and would to `anyway` with all of them. Returns the
    /// sum, in parts.
    #[inline]
    fn fail(
        &mut self,
        rate: f64,
        harm: &Harm,
        offered: Span,
        lost: Span,
        anyway: Span,
        overload: Option<CauseId>,
    ) -> u128 {
        if harm.down {
            return self.fail_down(rate, harm, offered, lost);
        }
        let mut failed = 0;
        for &(root, share) in &harm.entries {
            let part = requests(rate, offered.as_secs(), share);
            self.cause(root.cause).failed += part;
            failed += part;
        }
        if lost > Span::ZERO {
            failed += self.fail_overloaded(rate, harm, lost, anyway, overload);
        }
        if !harm.dependencies.is_empty() {
            failed += self.fail_by_dependencies(rate, harm, offered, lost);
        }
        failed
    }

    #[inline(never)]
    fn fail_down(&mut self, rate: f64, harm: &Harm, offered: Span, lost: Span) -> u128 {
        let over = requests(rate, lost.as_secs(), 1.0 - harm.loss);
        let failed = requests(rate, offered.as_secs(), harm.loss) + over;
        let charged = harm.charged.expect("downtime is charged to a root fault");
        self.cause(charged.cause).failed += failed;
        if over > 0 {
            self.rare().overload().lost += over;
        }
        failed
    }

    /// K6: what the full complement would lose too is the load's; the rest the fault's that keeps a
    /// container from serving.
    #[inline(never)]
    fn fail_overloaded(
        &mut self,
        rate: f64,
        harm: &Harm,
        lost: Span,
        anyway: Span,
        overload: Option<CauseId>,
    ) -> u128 {
        let over = requests(rate, lost.as_secs(), harm.reached);
        let anyway = requests(rate, anyway.as_secs(), harm.reached).min(over);
        let overload = overload.expect("what has a capacity can be overloaded");
        self.cause(overload).failed += anyway;
        self.cause(harm.missing.map_or(overload, |root| root.cause)).failed += over - anyway;
        self.rare().overload().lost += over;
        over
    }

    #[inline(never)]
    fn fail_by_dependencies(&mut self, rate: f64, harm: &Harm, offered: Span, lost: Span) -> u128 {
        let served = Span(offered.0.saturating_sub(lost.0));
        let mut failed = 0;
        for &(root, share) in &harm.dependencies {
            let part = requests(rate, served.as_secs(), share);
            self.cause(root.cause).failed += part;
            failed += part;
        }
        failed
    }

    /// The row of a cause, added on its first hit.
    #[inline]
    fn cause(&mut self, cause: CauseId) -> &mut CauseRow {
        let place = match self.causes.iter().position(|row| row.cause >= cause) {
            Some(place) if self.causes[place].cause == cause => place,
            found => self.first_of(cause, found.unwrap_or(self.causes.len())),
        };
        &mut self.causes[place]
    }

    #[cold]
    fn first_of(&mut self, cause: CauseId, place: usize) -> usize {
        if self.causes.len() == self.causes.capacity() {
            self.causes.reserve_exact(2); // two or three causes are all that most apps meet
        }
        self.causes.insert(place, CauseRow { cause, ..CauseRow::default() });
        place
    }

    /// What each cause did, by cause.
    pub fn causes(&self) -> Vec<CauseTally> {
        let mut rows: Vec<_> = self
            .causes
            .iter()
            .map(|&CauseRow { cause, harmed, absorbed, failed }| CauseTally {
                cause,
                harmed,
                absorbed,
                failed,
                ..CauseTally::default()
            })
            .collect();
        for &(cause, down, contributing) in self.downs().iter().flat_map(|downs| &downs.causes) {
            match rows.iter_mut().find(|row| row.cause == cause) {
                Some(row) => (row.down, row.contributing) = (down, contributing),
                None => {
                    rows.push(CauseTally { cause, down, contributing, ..CauseTally::default() })
                }
            }
        }
        rows.sort_by_key(|row| row.cause);
        rows
    }

    fn downs(&self) -> Option<&Downs> {
        self.rare.as_ref()?.downs.as_deref()
    }

    #[inline]
    fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Nanoseconds not up (M1).
    pub fn down(&self) -> u64 {
        self.downs().map_or(0, |downs| downs.down)
    }

    /// Its outages, if it had any.
    pub fn outages(&self) -> Option<&Outages> {
        self.downs().map(|downs| &downs.outages)
    }

    /// What was lost to overload.
    pub fn overload(&self) -> Overload {
        self.rare.as_ref().and_then(|rare| rare.overload.as_deref().copied()).unwrap_or_default()
    }

    /// Nanoseconds of downtime by [`Phase`].
    pub fn waited(&self) -> [u64; Phase::ALL.len()] {
        self.downs().map_or([0; Phase::ALL.len()], |downs| downs.waited)
    }

    /// Nanoseconds of downtime that were planned (M3).
    pub fn planned(&self) -> u64 {
        self.downs().map_or(0, |downs| downs.planned)
    }

    /// Requests that failed in planned downtime, in parts.
    pub fn failed_planned(&self) -> u128 {
        self.downs().map_or(0, |downs| downs.failed_planned)
    }

    /// Nanoseconds in which it was not meant to run (S6).
    pub fn not_counted(&self) -> u64 {
        self.downs().map_or(0, |downs| downs.not_counted)
    }

    /// Requests in planned downtime, in parts.
    pub fn requests_planned(&self) -> u128 {
        self.downs().map_or(0, |downs| downs.requests_planned)
    }

    /// Requests that its load would have had while it was not meant to run, in parts.
    pub fn requests_off(&self) -> u128 {
        self.downs().map_or(0, |downs| downs.requests_off)
    }

    /// Bit n: down at the n-th asked-for time.
    pub fn down_at(&self) -> u64 {
        self.downs().map_or(0, |downs| downs.at)
    }

    /// What fell into which piece of the calendar.
    pub fn pieces(&self) -> &[Piece] {
        let periods = self.rare.as_ref().and_then(|rare| rare.periods.as_deref());
        periods.map_or(&[], |periods| &periods.pieces)
    }
}

impl Rare {
    #[inline]
    fn downs(&mut self) -> &mut Downs {
        self.downs.get_or_insert_default()
    }

    #[inline]
    fn overload(&mut self) -> &mut Overload {
        self.overload.get_or_insert_default()
    }

    #[inline]
    fn periods(&mut self) -> &mut Periods {
        self.periods.get_or_insert_default()
    }

    /// Its outages, and what fell into which piece of the calendar.
    fn outages(&mut self) -> (&mut Outages, Option<&mut Periods>) {
        (&mut self.downs.get_or_insert_default().outages, self.periods.as_deref_mut())
    }
}

impl Downs {
    fn cause(&mut self, cause: CauseId) -> &mut (CauseId, u64, u64) {
        let place = match self.causes.iter().position(|row| row.0 == cause) {
            Some(place) => place,
            None => {
                self.causes.push((cause, 0, 0));
                self.causes.len() - 1
            }
        };
        &mut self.causes[place]
    }
}

/// The share of the requests of a container that last longer than it may drain.
#[inline(never)]
fn still_there(group: &Group) -> f64 {
    exp(-group.drain.as_secs() / group.response_s)
}

/// What the rotation of an app fails (U4), dependencies aside. The few attempts on marked entries go by
/// the load at the instant the rotation changed.
fn app_loss(topology: &Topology, world: &World, app: Id<Group>, now: Instant) -> Loss {
    let state = &world.apps[app.index()];
    let group = &topology.groups[app];
    let Some(router) = &group.router else {
        return if state.in_service > 0 { Loss::NONE } else { Loss { total: 1.0, each: [0.0; 4] } };
    };
    let mut live = state.in_service;
    let mut dead = state.dead.map(u32::from);
    if world.fails_open(topology, app) {
        // T2: all registered entries are used. Where nobody unregisters the dead, they are among them.
        live = state.answering;
        dead[router.crash_face as usize] = world.dead_in_use(topology, app).count() as u32;
    }
    loss(live, dead, &router.traffic, group.load.as_ref().map(|load| load.at(now)))
}

/// The share of requests that dependencies let pass.
fn dependencies_let_pass(topology: &Topology, world: &World, app: Id<Group>) -> f64 {
    let mut pass = 1.0;
    if world.apps[app.index()].uses_down > 0 {
        for used in &topology.groups[app].uses {
            if !world.units[used.unit.index()].in_service {
                pass *= 1.0 - used.share * world.share_failing(topology, app, used.unit);
            }
        }
    }
    pass
}

/// Whose routers fail which share of the requests of an app that is up (K6).
fn router_shares(
    topology: &Topology,
    world: &World,
    app: Id<Group>,
    shares: &mut Vec<(Root, f64)>,
) {
    for (router, share) in world.failing_routers(topology, app) {
        if let Some(root) = world.recovery(router).and_then(|record| record.root) {
            add_share(shares, root, share);
        }
    }
}

/// Whose entries fail which share of the requests of an app that is up (K6).
fn entry_shares(
    topology: &Topology,
    world: &World,
    app: Id<Group>,
    (loss, passes): (&Loss, f64),
    shares: &mut Vec<(Root, f64)>,
) {
    if loss.total > 0.0 {
        for entry in world.entries_of(app) {
            let share = passes * loss.each[entry.face_index()];
            if share > 0.0 {
                add_share(shares, entry.root.expect("an entry has a root"), share);
            }
        }
    }
    if loss.total > 0.0
        && let Some(router) = &topology.groups[app].router
    {
        for unit in world.dead_in_use(topology, app) {
            if let Some(root) = world.recovery(unit).and_then(|record| record.root) {
                add_share(shares, root, passes * loss.each[router.crash_face as usize]);
            }
        }
    }
}

/// Who fails which share of the requests of an app that is up by having taken a dependency down.
#[inline(never)]
fn dependency_shares(
    topology: &Topology,
    world: &World,
    app: Id<Group>,
    reached: f64,
    shares: &mut Vec<(Root, f64)>,
) {
    if world.apps[app.index()].uses_down > 0 {
        let mut pass = reached;
        for used in &topology.groups[app].uses {
            if let Some(root) = world.recovery(used.unit).and_then(|record| record.root)
                && used.share > 0.0
            {
                let share = used.share * world.share_failing(topology, app, used.unit);
                add_share(shares, root, pass * share);
                pass *= 1.0 - share;
            }
        }
    }
}

/// The earliest fault that keeps a container of an app from serving, where that overloads the others.
#[inline(never)]
fn first_missing(topology: &Topology, world: &World, app: Id<Group>, serving: u32) -> Option<Root> {
    let capacity = topology.groups[app].capacity.as_ref()?;
    if !capacity.loses(serving) || serving == topology.groups[app].count {
        return None;
    }
    let owners = topology.units_of(app).filter_map(|unit| world.recovery(unit)?.root);
    owners.min_by_key(Root::precedence)
}

fn add_share(shares: &mut Vec<(Root, f64)>, root: Root, share: f64) {
    match shares.iter_mut().find(|(it, _)| it.seq == root.seq) {
        Some((_, sum)) => *sum += share,
        None => shares.push((root, share)),
    }
}

/// What an app lacks: its containers that are not in service and its mandatory dependencies that are down.
#[inline(never)]
fn app_lacks(
    topology: &Topology,
    world: &World,
    app: Id<Group>,
    lacking: &mut Vec<(Root, Phase, Instant)>,
) {
    let connected = world.effective_in_service(topology, app);
    let connected = connected.saturating_sub(world.unconnected(topology, app));
    if connected < topology.groups[app].needs {
        topology.units_of(app).for_each(|unit| unit_lacks(world, unit, lacking));
    }
    for used in topology.groups[app].uses.iter().filter(|it| it.mandatory) {
        unit_lacks(world, used.unit, lacking);
    }
    if !world.is_reached(topology, app) {
        let routers = world.failing_routers(topology, app);
        routers.for_each(|(router, _)| unit_lacks(world, router, lacking));
    }
}

fn unit_lacks(world: &World, unit: Id<UnitInfo>, lacking: &mut Vec<(Root, Phase, Instant)>) {
    if let Some(record) = world.recovery(unit) {
        let &(since, phase) = record.path.last().expect("a way back has a phase");
        lacking.push((record.root.expect("a way back has an owner"), phase, since));
    }
}

/// K4: the root fault whose effect took the subject down at `now`: of those that struck at this
/// instant the larger domain, then by name; if none did (an effect that came late), the latest begun.
#[inline(never)]
fn trigger(lacking: &[(Root, Phase, Instant)], now: Instant) -> Option<Root> {
    let by_rank = |root: &Root| (Reverse(root.reach), root.cause, root.seq);
    let struck_now = lacking.iter().filter(|(root, ..)| root.onset == now).map(|(root, ..)| *root);
    struck_now.min_by_key(by_rank).or_else(|| {
        let latest = lacking.iter().map(|(root, _, since)| (*since, root.onset, *root));
        latest
            .max_by_key(|(since, onset, root)| (*since, *onset, Reverse(by_rank(root))))
            .map(|(.., root)| root)
    })
}

/// Charges the trigger while it owns something that is lacking, afterwards the earliest begun that does.
#[inline(never)]
fn charge(harm: &mut Harm, lacking: &[(Root, Phase, Instant)]) {
    let owns = |root: &Root| lacking.iter().any(|(it, ..)| it.seq == root.seq);
    let charged = harm
        .trigger
        .filter(owns)
        .or_else(|| lacking.iter().map(|(root, ..)| *root).min_by_key(Root::precedence));
    let Some(charged) = charged else {
        debug_assert!(false, "a subject that is down lacks something");
        return;
    };
    harm.charged = Some(charged);
    // Of what it owns, the part that is furthest on its way back is what is waited for.
    harm.waited =
        lacking.iter().filter(|(it, ..)| it.seq == charged.seq).map(|(_, phase, _)| *phase).max();
    for (root, ..) in lacking {
        if root.cause != charged.cause && !harm.contributing.contains(&root.cause) {
            harm.contributing.push(root.cause);
        }
    }
}

/// Whether a root is one of a whole domain: its units would be up if the domain were.
pub(super) fn is_of_domain(root: &Root) -> bool {
    root.reach >= Reach::Zone
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_subject_suffered_fits_into_one_line_of_the_cache() {
        assert_eq!(size_of::<super::Tally>(), 64);
    }
}
