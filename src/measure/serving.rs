//! How many containers serve when: what waits and responses are computed from afterwards, once for all
//! replications. Only the stretches in which not all of them serve are written down; of a large fleet only how
//! much of them is too short for its queues.

use crate::id::Id;
use crate::measure::Plan;
use crate::model::topology::{Group, Topology};
use crate::model::world::World;
use crate::time::Instant;

/// A stretch of the measured interval in which `containers`, but not all of them, served.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    pub containers: u32,
    pub from: Instant,
    pub to: Instant,
}

/// One app.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Serving {
    now: u32,
    since: Instant,
    /// In order of time.
    pub stretches: Vec<Stretch>,
}

/// All apps; none where nothing has a capacity.
#[derive(Clone, Debug, Default)]
pub struct AllServing {
    pub apps: Vec<Serving>,
    /// Nanoseconds over all apps of a large fleet in which fewer containers than an app has served for too
    /// short a time for a queue to settle, at most: each queue takes the longest at any level of its load.
    pub brief: u128,
}

impl AllServing {
    pub(super) fn new(plan: &Plan, topology: &Topology) -> Self {
        let wanted = topology.overload.is_some() && (plan.detailed || plan.settling.is_some());
        let groups = topology.groups.iter().take(if wanted { topology.apps } else { 0 });
        let runs = |group: &Group| if group.asleep { 0 } else { group.declared };
        let apps = groups.map(|group| Serving { now: runs(group), ..Serving::default() });
        AllServing { apps: apps.collect(), brief: 0 }
    }

    /// Looks at an app after an instant.
    #[inline]
    pub(super) fn settled(
        &mut self,
        now: Instant,
        app: Id<Group>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        if let Some(serving) = self.apps.get_mut(app.index())
            && topology.groups[app].capacity.is_some()
        {
            let containers = world.effective_in_service(topology, app);
            if containers != serving.now {
                self.brief += serving.close(now, app, plan, topology);
                serving.now = containers;
            }
        }
    }

    /// Closes what is open when the replication ends.
    pub(super) fn finish(&mut self, now: Instant, plan: &Plan, topology: &Topology) {
        for (serving, app) in self.apps.iter_mut().zip(topology.groups.ids()) {
            self.brief += serving.close(now, app, plan, topology);
        }
    }
}

impl Serving {
    /// Ends a stretch, and writes it down or tells its nanoseconds if it was too short.
    fn close(&mut self, now: Instant, app: Id<Group>, plan: &Plan, topology: &Topology) -> u128 {
        let (from, to) = plan.clip(self.since, now);
        self.since = now;
        if self.now == topology.groups[app].count || from >= to {
            return 0;
        }
        let Some(settling) = &plan.settling else {
            self.stretches.push(Stretch { containers: self.now, from, to });
            return 0;
        };
        let is_brief = settling.is_brief(app, self.now, to - from);
        if is_brief { u128::from((to - from).0) } else { 0 }
    }
}
