//! The ledger: every nanosecond of downtime and every failed request, charged to exactly one root
//! cause (K4, K6), and the same downtime split once more by what was waited for (K5). Both partitions
//! add up exactly, in integers.

mod blame;
mod book;
mod tally;

pub(super) use blame::is_of_domain;
use blame::{
    app_lacks, app_loss, charge, dependencies_let_pass, dependency_shares, entry_shares,
    first_missing, router_shares, trigger,
};
pub use tally::{CauseTally, Overload, PARTS_OF_A_REQUEST, Tally, requests};

use crate::id::Id;
use crate::measure::Plan;
use crate::model::fact::Subject;
use crate::model::root::{CauseId, Root};
use crate::model::slab::{NONE, Slab};
use crate::model::topology::{Group, Topology, UnitInfo};
use crate::model::world::{Phase, World};
use crate::time::Instant;
use crate::traffic::Load;

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
    /// flight in one that is stopped on purpose only the requests that last longer than it may drain.
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
        let drained = if stopped { group.outlasts_drain } else { 1.0 };
        let lost = requests(rate, group.response_s, drained / entries);
        self.lose(now, plan, app, root, lost, topology);
    }

    /// What is in flight in a container that its successor replaces. Nearly always all of it can drain.
    #[inline]
    pub(super) fn renewed(
        &mut self,
        now: Instant,
        plan: &Plan,
        (unit, root): (Id<UnitInfo>, Root),
        topology: &Topology,
        world: &World,
    ) {
        let group = topology.group_of(unit);
        let most = |load: &Load| requests(load.at(now), group.response_s, group.outlasts_drain);
        if group.load.as_ref().is_some_and(|load| most(load) > 0) {
            self.in_flight_lost(now, plan, (unit, root, true), topology, world);
        }
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
            if let Some(tally::Rare { periods: Some(periods), .. }) =
                self.subjects[index].rare.as_deref_mut()
            {
                periods.finish();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_subject_suffered_fits_into_one_line_of_the_cache() {
        assert_eq!(size_of::<super::Tally>(), 64);
    }
}
