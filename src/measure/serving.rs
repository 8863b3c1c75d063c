//! How many containers serve when: what waits and responses are computed from afterwards, once for all
//! replications. Only the stretches in which not all of them serve are written down.

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

/// All apps; none where nothing has a capacity, or the fleet is large.
#[derive(Clone, Debug, Default)]
pub struct AllServing {
    pub apps: Vec<Serving>,
}

impl AllServing {
    pub(super) fn new(plan: &Plan, topology: &Topology) -> Self {
        let wanted = plan.detailed && topology.overload.is_some();
        let groups = topology.groups.iter().take(if wanted { topology.apps } else { 0 });
        let runs = |group: &Group| if group.asleep { 0 } else { group.declared };
        let apps = groups.map(|group| Serving { now: runs(group), ..Serving::default() });
        AllServing { apps: apps.collect() }
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
                serving.close(now, plan, topology.groups[app].count);
                serving.now = containers;
            }
        }
    }

    /// Closes what is open when the replication ends.
    pub(super) fn finish(&mut self, now: Instant, plan: &Plan, topology: &Topology) {
        for (serving, group) in self.apps.iter_mut().zip(topology.groups.iter()) {
            serving.close(now, plan, group.count);
        }
    }
}

impl Serving {
    fn close(&mut self, now: Instant, plan: &Plan, all: u32) {
        let (from, to) = plan.clip(self.since, now);
        if self.now != all && from < to {
            self.stretches.push(Stretch { containers: self.now, from, to });
        }
        self.since = now;
    }
}
