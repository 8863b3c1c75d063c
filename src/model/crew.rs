//! Repair crews (N5): a failed component waits for a free member, first failed first served.

use crate::id::Id;
use crate::model::fact::{Fact, Listener};
use crate::model::sim::Sim;
use crate::model::topology::UnitInfo;
use crate::model::world::Phase;
use crate::time::Instant;
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CrewState {
    pub free: u32,
    /// By the instant of failure, then by name (the order of ids).
    pub queue: BTreeSet<(Instant, Id<UnitInfo>)>,
    /// Who is being repaired.
    pub busy: BTreeSet<Id<UnitInfo>>,
}

impl<L: Listener> Sim<'_, L> {
    /// Takes a crew member for `unit`, or queues it. True: the repair may begin now.
    pub(super) fn call_crew(&mut self, unit: Id<UnitInfo>) -> bool {
        let Some(crew) = self.topology.units[unit].crew.checked_sub(1) else { return true };
        let record = self.world.recovery(unit);
        if record.and_then(|it| it.root).is_some_and(|it| it.change) {
            return true; // nothing is broken
        }
        let failed_at = self.failed_at(unit);
        let crew = &mut self.world.crews[usize::from(crew)];
        if crew.busy.contains(&unit) {
            return true;
        }
        if crew.free > 0 {
            crew.free -= 1;
            crew.busy.insert(unit);
            return true;
        }
        crew.queue.insert((failed_at, unit));
        self.enter_phase(unit, Phase::Crew);
        self.state(Fact::Waits { unit });
        false
    }

    /// The repair of `unit` is over, or forgotten: its member turns to the next in the queue.
    pub(super) fn release_crew(&mut self, unit: Id<UnitInfo>) {
        let Some(index) = self.topology.units[unit].crew.checked_sub(1) else { return };
        let failed_at = self.failed_at(unit);
        let crew = &mut self.world.crews[usize::from(index)];
        crew.queue.remove(&(failed_at, unit));
        if !crew.busy.remove(&unit) {
            return;
        }
        match crew.queue.pop_first() {
            Some((_, next)) => {
                crew.busy.insert(next);
                self.begin_start(next);
            }
            None => crew.free += 1,
        }
    }

    fn failed_at(&self, unit: Id<UnitInfo>) -> Instant {
        self.world.recovery(unit).map_or(self.now, |record| record.path[0].0)
    }
}
