//! How long containers of an app wait because no host has room (N6).

use crate::id::Id;
use crate::measure::Plan;
use crate::model::topology::{Topology, UnitInfo};
use crate::time::Instant;

/// By app; empty where no host is described.
#[derive(Clone, Debug, Default)]
pub struct Unplaced {
    apps: Vec<Level>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Level {
    now: u32,
    since: Instant,
    /// ∫ number unplaced dt, in container-nanoseconds.
    integral: u128,
}

impl Unplaced {
    pub(super) fn new(topology: &Topology) -> Unplaced {
        let apps = if topology.hosts.is_empty() { 0 } else { topology.apps };
        Unplaced { apps: vec![Level::default(); apps] }
    }

    /// Container-nanoseconds of the measured time in which containers of an app were unplaced.
    pub fn of(&self, app: usize) -> u128 {
        self.apps.get(app).map_or(0, |level| level.integral)
    }

    /// A container begins or ceases to wait for room.
    pub(super) fn step(
        &mut self,
        now: Instant,
        unit: Id<UnitInfo>,
        begins: bool,
        plan: &Plan,
        topology: &Topology,
    ) {
        let level = &mut self.apps[topology.group_id(unit).index()];
        level.book(now, plan);
        if begins {
            level.now += 1;
        } else {
            level.now -= 1;
        }
    }

    pub(super) fn finish(&mut self, now: Instant, plan: &Plan) {
        self.apps.iter_mut().for_each(|level| level.book(now, plan));
    }
}

impl Level {
    fn book(&mut self, now: Instant, plan: &Plan) {
        let (from, to) = plan.clip(self.since, now);
        self.since = now;
        self.integral += u128::from((to - from).0) * u128::from(self.now);
    }
}
