//! The failover clock (K1, K2): one episode for each app and unplanned root fault that took out
//! something the app was using, from the onset until no request fails because of it. Episodes of
//! changes are followed in the same way, and counted only where they did harm.

use crate::id::Id;
use crate::measure::Plan;
use crate::measure::arrivals::Arrivals;
use crate::measure::ledger::Ledger;
use crate::model::root::{CauseId, Root};
use crate::model::slab::{NONE, Slab};
use crate::model::topology::{Group, Region, Topology, UnitInfo};
use crate::model::world::{Phase, World};
use crate::stats::{Recorder, Sketch};
use crate::time::{Instant, Span};

/// Phases of the clock: detect, decide, act, start, reroute.
pub const PHASES: usize = 5;
/// Their names in results.
pub const PHASE_NAMES: [&str; PHASES] = ["detect", "decide", "act", "start", "reroute"];

#[derive(Clone, Debug, Default)]
struct Episode {
    root: Option<Root>,
    next: u32,
    /// A request failed because of it after the instant of the fault.
    harmed: bool,
    /// No request fails any more because of it; it waits for redundancy.
    over: bool,
}

/// Distributions of finished episodes, of one app or of all of them.
#[derive(Clone, Debug, Default)]
pub struct Clocks {
    /// Episodes in which a request failed, by cause.
    pub by_cause: Vec<(CauseId, Totals)>,
    /// Phases of those that something's return ended; lengths above zero only, the others are as many
    /// zeros as there are more episodes.
    pub phases: [Sketch; PHASES],
    pub redundancy: Recorder,
    /// Still open at the end.
    pub censored: u64,
}

/// Total lengths of the harmful episodes of one cause.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Ended by the removal of the dead entry alone: all of it is detection.
    pub ejected: Recorder,
    /// Ended by something's return.
    pub returned: Sketch,
}

impl Clocks {
    /// Heap bytes of its distributions.
    pub fn bytes(&self) -> usize {
        let of_cause = |it: &Totals| it.ejected.bytes() + it.returned.bytes();
        let totals: usize = self.by_cause.iter().map(|(_, it)| of_cause(it)).sum();
        let phases: usize = self.phases.iter().map(Sketch::bytes).sum();
        totals + phases + self.redundancy.bytes()
    }

    /// Nothing waits to be recorded any more.
    fn finish(&mut self) {
        self.by_cause.iter_mut().for_each(|(_, totals)| totals.ejected.finish());
        self.redundancy.finish();
    }

    #[inline]
    fn totals(&mut self, cause: CauseId) -> &mut Totals {
        let place = match self.by_cause.iter().position(|(it, _)| *it == cause) {
            Some(place) => place,
            None => {
                self.by_cause.push((cause, Totals::default()));
                self.by_cause.len() - 1
            }
        };
        &mut self.by_cause[place].1
    }
}

/// One finished episode, where [`Plan::episodes`] asks for them one by one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finished {
    pub app: Id<Group>,
    pub root: Root,
    /// A request failed because of it after the instant of the fault; otherwise it was absorbed.
    pub harmed: bool,
    /// When no request failed any more because of it.
    pub ended: Instant,
    /// They add up to the time from onset to end.
    pub phases: [Span; PHASES],
}

/// All apps.
#[derive(Clone, Debug)]
pub struct FailoverClock {
    from: Instant,
    /// By app: its first open episode.
    first: Vec<u32>,
    episodes: Slab<Episode>,
    /// Who came back at this instant to an app that was down, and on which way.
    arrivals: Arrivals,
    /// One for each app, or one for all.
    pub clocks: Vec<Clocks>,
    /// In order of their ends; empty unless [`Plan::episodes`].
    pub finished: Vec<Finished>,
    detailed: bool,
    one_by_one: bool,
}

impl FailoverClock {
    pub(super) fn new(plan: &Plan, topology: &Topology) -> Self {
        let apps = topology.apps;
        FailoverClock {
            from: plan.from,
            first: vec![NONE; apps],
            episodes: Slab::default(),
            arrivals: Arrivals::default(),
            clocks: vec![Clocks::default(); if plan.detailed { apps } else { 1 }],
            finished: Vec::new(),
            detailed: plan.detailed,
            one_by_one: plan.episodes,
        }
    }

    /// A unit left service because of `root`.
    #[inline]
    pub(super) fn unit_down(
        &mut self,
        unit: Id<UnitInfo>,
        root: Root,
        topology: &Topology,
        world: &World,
    ) {
        if root.onset < self.from {
            return;
        }
        let group = topology.group_id(unit);
        if topology.is_app(group) {
            self.open(group, root);
        } else {
            self.used_down(group, root, topology, world);
        }
    }

    /// Something that apps use left service.
    #[cold]
    fn used_down(&mut self, group: Id<Group>, root: Root, topology: &Topology, world: &World) {
        for app in world.users(topology, &topology.groups[group]) {
            self.open(app, root);
        }
    }

    #[inline]
    fn open(&mut self, app: Id<Group>, root: Root) {
        let mut at = self.first[app.index()];
        while at != NONE {
            let episode = &self.episodes[at];
            if episode.root.is_some_and(|it| it.seq == root.seq) && !episode.over {
                return;
            }
            at = episode.next;
        }
        let slot = self.episodes.take();
        let next = std::mem::replace(&mut self.first[app.index()], slot);
        self.episodes[slot] = Episode { root: Some(root), next, harmed: false, over: false };
    }

    /// A unit is in service again.
    #[inline]
    pub(super) fn unit_up(&mut self, unit: Id<UnitInfo>, topology: &Topology, world: &World) {
        let group = topology.group_id(unit);
        if topology.is_app(group) {
            self.arrived([group], unit, topology, world);
        } else {
            self.used_up(unit, topology, world);
        }
    }

    /// Something that apps use is in service again.
    #[cold]
    fn used_up(&mut self, unit: Id<UnitInfo>, topology: &Topology, world: &World) {
        self.arrived(world.users(topology, topology.group_of(unit)), unit, topology, world);
    }

    /// A unit answers, and a router that fails open uses it before it is in the rotation.
    #[inline]
    pub(super) fn unit_answered(&mut self, unit: Id<UnitInfo>, topology: &Topology, world: &World) {
        let app = topology.group_id(unit);
        if topology.is_app(app) && world.fails_open(topology, app) && !world.is_cut_off(unit) {
            self.arrived([app], unit, topology, world);
        }
    }

    #[inline]
    fn arrived(
        &mut self,
        apps: impl IntoIterator<Item = Id<Group>>,
        unit: Id<UnitInfo>,
        topology: &Topology,
        world: &World,
    ) {
        // A dependency that takes a share of the requests ends harm to an app that is up.
        let used = !topology.is_app(topology.group_id(unit));
        let ends_harm = |app: &Id<Group>| {
            (used || !world.apps[app.index()].up) && self.first[app.index()] != NONE
        };
        let way = || world.recovery(unit).map_or_else(Vec::new, |record| record.path.clone());
        self.arrivals.add(apps.into_iter().filter(ends_harm), way);
    }

    /// See [`Listener::look_ahead`](crate::model::fact::Listener::look_ahead).
    pub(super) fn look_ahead(&self, app: Id<Group>) -> u64 {
        u64::from(self.first[app.index()])
    }

    /// Clients have turned away from routers that do not work: until the front knew it was detection,
    /// since then they are sent elsewhere.
    pub(super) fn clients_moved(&mut self, region: Id<Region>, topology: &Topology, world: &World) {
        let Some(routers) = topology.fronts[region.index()].routers else { return };
        if !world.fronts[region.index()].harms() {
            return; // nobody takes stock
        }
        let known = world.fronts[region.index()].changed_at;
        let users = world.users(topology, &topology.groups[routers]);
        let open = users.into_iter().filter(|app| self.first[app.index()] != NONE);
        let way = || vec![(Instant::START, Phase::Detection), (known, Phase::Rerouting)];
        self.arrivals.add(open, way);
    }

    pub(super) fn instant_over(&mut self) {
        self.arrivals.clear();
    }

    /// Looks at the open episodes of an app after an instant.
    #[inline]
    pub(super) fn settled(
        &mut self,
        now: Instant,
        app: Id<Group>,
        ledger: &mut Ledger,
        topology: &Topology,
        world: &World,
    ) {
        if ledger.has_overloading() {
            self.overloaded(ledger);
        }
        let mut at = self.first[app.index()];
        let mut before = NONE;
        while at != NONE {
            let next = self.episodes[at].next;
            if self.look_at(now, at, app, ledger, topology, world) {
                if before == NONE {
                    self.first[app.index()] = next;
                } else {
                    self.episodes[before].next = next;
                }
                self.episodes.release(at);
            } else {
                before = at;
            }
            at = next;
        }
    }

    /// What a fault leaves in service may be overloaded after its episode is over, until redundancy is
    /// restored: it has done harm then, though its clock had stopped.
    #[cold]
    fn overloaded(&mut self, ledger: &mut Ledger) {
        while let Some((app, root)) = ledger.take_overloading() {
            let mut at = self.first[app.index()];
            while at != NONE {
                let episode = &mut self.episodes[at];
                at = episode.next;
                if episode.harmed || episode.root.is_none_or(|it| it.seq != root.seq) {
                    continue;
                }
                episode.harmed = true;
                if episode.over {
                    ledger.count_after_all(app, &root);
                    let all = self.finished.iter_mut();
                    let same = |it: &&mut Finished| it.app == app && it.root.seq == root.seq;
                    let mut mine = all.filter(|it| same(it) && !it.harmed);
                    if let Some(finished) = mine.next_back() {
                        finished.harmed = true;
                    }
                }
            }
        }
    }

    /// True: nothing more is to be seen of the episode.
    fn look_at(
        &mut self,
        now: Instant,
        at: u32,
        app: Id<Group>,
        ledger: &mut Ledger,
        topology: &Topology,
        world: &World,
    ) -> bool {
        let episode = &mut self.episodes[at];
        let root = episode.root.expect("an episode has a root");
        let state = &world.apps[app.index()];
        if !episode.over {
            if let Some(harm) = ledger.harm(app.index()) {
                episode.harmed |= harm.is_of(&root);
            }
            if !state.up || still_fails(topology, world, app, root) {
                return false;
            }
            episode.over = true;
            let harmed = episode.harmed;
            self.harm_ended(now, harmed, app, root, ledger);
        }
        let declared = state.declared();
        let complete = state.in_service >= declared && state.uses_down == 0;
        if complete && !root.change {
            let slot = self.slot(app);
            self.clocks[slot].redundancy.insert((now - root.onset).0);
        }
        complete
    }

    fn slot(&self, app: Id<Group>) -> usize {
        if self.detailed { app.index() } else { 0 }
    }

    fn harm_ended(
        &mut self,
        now: Instant,
        harmed: bool,
        app: Id<Group>,
        root: Root,
        ledger: &mut Ledger,
    ) {
        if self.one_by_one {
            self.keep(now, harmed, app, root);
        }
        // The clock is of faults: of a change only the harm is counted.
        if harmed || !root.change {
            ledger.count_episode(app, root.cause, harmed);
        }
        if !harmed || root.change {
            return;
        }
        let total = now - root.onset;
        let phases = self.phases(now, app, root.onset);
        let slot = self.slot(app);
        let clocks = &mut self.clocks[slot];
        let Some(phases) = phases else {
            clocks.totals(root.cause).ejected.insert(total.0);
            return;
        };
        clocks.totals(root.cause).returned.insert(total.0);
        for (sketch, length) in clocks.phases.iter_mut().zip(phases) {
            if length > Span::ZERO {
                sketch.insert(length.0);
            }
        }
    }

    #[cold]
    fn keep(&mut self, now: Instant, harmed: bool, app: Id<Group>, root: Root) {
        let mut all_detection = [Span::ZERO; PHASES];
        all_detection[Phase::Detection.clock()] = now - root.onset;
        let phases = self.phases(now, app, root.onset).unwrap_or(all_detection);
        self.finished.push(Finished { app, root, harmed, ended: now, phases });
    }

    /// The way back that ended the harm, cut to the episode; what lies before it is detection. Nothing
    /// where the entry's removal alone ended the harm (K2).
    fn phases(&mut self, now: Instant, app: Id<Group>, onset: Instant) -> Option<[Span; PHASES]> {
        let path = self.arrivals.latest(app)?;
        let mut lengths = [Span::ZERO; PHASES];
        let mut until = now;
        for &(since, phase) in path.iter().rev() {
            let since = since.max(onset);
            if since < until {
                lengths[phase.clock()] += until - since;
                until = since;
            }
        }
        lengths[Phase::Detection.clock()] += until - onset;
        Some(lengths)
    }

    /// How many faults and changes have done harm to an app that is not over.
    pub fn open_harm(&self, app: Id<Group>) -> u32 {
        let (mut at, mut open) = (self.first[app.index()], 0);
        while at != NONE {
            let episode = &self.episodes[at];
            open += u32::from(episode.harmed && !episode.over);
            at = episode.next;
        }
        open
    }

    /// Open episodes at the end of the replication are censored.
    pub(super) fn finish(&mut self, ledger: &mut Ledger) {
        self.overloaded(ledger);
        self.clocks.iter_mut().for_each(Clocks::finish);
        for app in 0..self.first.len() {
            let mut at = self.first[app];
            while at != NONE {
                let root = self.episodes[at].root.expect("an episode has a root");
                if !self.episodes[at].over {
                    // Its length is not known, but that it did harm is.
                    if self.episodes[at].harmed {
                        ledger.count_episode(Id::new(app as u32), root.cause, true);
                    }
                    if !root.change {
                        let slot = if self.detailed { app } else { 0 };
                        self.clocks[slot].censored += 1;
                    }
                }
                at = self.episodes[at].next;
            }
        }
    }
}

/// Whether new requests still meet something that `root` broke: a dead entry of the rotation, or a
/// dependency that is down.
fn still_fails(topology: &Topology, world: &World, app: Id<Group>, root: Root) -> bool {
    let state = &world.apps[app.index()];
    let mine = |it: Option<Root>| it.is_some_and(|it| it.seq == root.seq);
    let elsewhere = world.failing_fronts > 0 || state.uses_down > 0 || state.in_service == 0;
    world.entries_of(app).any(|entry| mine(entry.root))
        || (elsewhere && fails_elsewhere(topology, world, app, root))
}

/// Whether it does so outside the entries of the rotation.
#[cold]
fn fails_elsewhere(topology: &Topology, world: &World, app: Id<Group>, root: Root) -> bool {
    let mine = |it: Option<Root>| it.is_some_and(|it| it.seq == root.seq);
    let owned = |unit| world.recovery(unit).is_some_and(|record| mine(record.root));
    world.failing_routers(topology, app).any(|(router, _)| owned(router))
        || world.dead_in_use(topology, app).any(owned)
        || topology.groups[app].uses.iter().any(|used| owned(used.unit))
}
