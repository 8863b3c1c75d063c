//! What autoscalers do: how often they order other containers, and how many are meant to run.

use crate::id::Id;
use crate::measure::Plan;
use crate::model::topology::{ChangeClock, Group, Topology, When};
use crate::model::world::World;
use crate::time::Instant;

/// By autoscaler, in the order of [`Topology::scalers`].
#[derive(Clone, Debug, Default)]
pub struct Scaling {
    pub apps: Vec<Scaled>,
}

/// One app that is scaled by its load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaled {
    pub app: Id<Group>,
    pub orders: u64,
    /// ∫ containers meant to run dt over the measured time, in container-nanoseconds.
    pub containers: u128,
    now: u32,
    since: Instant,
}

impl Scaling {
    pub(super) fn new(topology: &Topology) -> Scaling {
        let scaled = |app: Id<Group>| {
            let group = &topology.groups[app];
            let now = if group.asleep { 0 } else { group.declared };
            Scaled { app, orders: 0, containers: 0, now, since: Instant::START }
        };
        let apps = topology.scalers.iter().map(|it| scaled(topology.changes[it.change].app));
        Scaling { apps: apps.collect() }
    }

    /// A change has said how many containers are meant to run.
    pub(super) fn changed(
        &mut self,
        now: Instant,
        clock: Id<ChangeClock>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let clock = &topology.changes[clock];
        let Some(scaled) = self.apps.iter_mut().find(|it| it.app == clock.app) else { return };
        scaled.book(now, plan);
        scaled.now = world.apps[clock.app.index()].declared();
        let counts = plan.from <= now && now < plan.to;
        scaled.orders += u64::from(counts && matches!(clock.change.when, When::ByLoad(_)));
    }

    pub(super) fn finish(&mut self, now: Instant, plan: &Plan) {
        self.apps.iter_mut().for_each(|scaled| scaled.book(now, plan));
    }
}

impl Scaled {
    fn book(&mut self, now: Instant, plan: &Plan) {
        let (from, to) = plan.clip(self.since, now);
        self.since = now;
        self.containers += u128::from((to - from).0) * u128::from(self.now);
    }
}
