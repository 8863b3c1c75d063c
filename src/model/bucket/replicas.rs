//! A replica from its loss until it is whole again (B1).

use crate::engine::Purpose;
use crate::id::Id;
use crate::model::fact::{Fact, Listener};
use crate::model::root::{Reach, Root};
use crate::model::sim::Sim;
use crate::model::topology::{Kind, UnitInfo};
use crate::model::world::State;
use crate::time::Span;

impl<L: Listener> Sim<'_, L> {
    /// A replica went out of service, or came into it.
    pub(in crate::model) fn replica_changed(&mut self, replica: Id<UnitInfo>, up: bool) {
        let (bucket, _) = self.topology.bucket_of_replica(replica);
        let state = &mut self.world.buckets[bucket.index()];
        state.up = if up { state.up + 1 } else { state.up - 1 };
        let root = self.world.recovery(replica).and_then(|record| record.root);
        self.count_of_replicas_changed(bucket);
        self.bucket_changed(bucket, root.filter(|_| !up));
    }

    /// A fault has struck a component that was out of service, and owns it from now on.
    pub(in crate::model) fn replica_changes_hands(&mut self, unit: Id<UnitInfo>) {
        if self.topology.group_of(unit).kind == Kind::Replica {
            let (bucket, _) = self.topology.bucket_of_replica(unit);
            self.bucket_changed(bucket, None);
        }
    }

    /// A component that ran is lost by a clock of its own: a replica with all its data.
    pub(in crate::model) fn crashed_with_data(&mut self, unit: Id<UnitInfo>, root: Root) {
        if self.topology.group_of(unit).kind == Kind::Replica {
            self.data_is_gone(unit, root);
        }
    }

    /// A component that ran is lost with its zone: its own coin tells whether a replica keeps its data.
    pub(in crate::model) fn lost_with_data(&mut self, unit: Id<UnitInfo>, root: Root) {
        if self.topology.group_of(unit).kind != Kind::Replica || root.reach < Reach::Zone {
            return;
        }
        let (bucket, _) = self.topology.bucket_of_replica(unit);
        let chance = self.topology.buckets[bucket].settings.lost_with_zone;
        if self.draw(unit, Purpose::LOST_WITH_ZONE).uniform() < chance {
            self.data_is_gone(unit, root);
        }
    }

    fn data_is_gone(&mut self, replica: Id<UnitInfo>, root: Root) {
        let (bucket, bit) = self.topology.bucket_of_replica(replica);
        self.state(Fact::ReplicaLost { bucket, replica });
        let all = (1 << self.topology.buckets[bucket].settings.replicas) - 1;
        let state = &mut self.world.buckets[bucket.index()];
        state.gone |= bit;
        if state.gone == all {
            self.bucket_is_lost(bucket, root, false);
        }
    }

    /// A component starts in place. Of a replica: how long it takes to move its bytes, if it is made anew;
    /// otherwise it has its data and is back.
    pub(in crate::model) fn rebuild_begins(&mut self, unit: Id<UnitInfo>) -> Option<Option<Span>> {
        if self.topology.group_of(unit).kind != Kind::Replica {
            return None;
        }
        let (bucket, bit) = self.topology.bucket_of_replica(unit);
        self.bucket_changed(bucket, None);
        let gone = self.world.buckets[bucket.index()].gone & bit != 0;
        let moving = self.topology.buckets[bucket].settings.moving;
        Some(gone.then_some(moving))
    }

    /// A replica answers: it is whole.
    pub(in crate::model) fn replica_answers(&mut self, unit: Id<UnitInfo>) {
        if self.topology.group_of(unit).kind == Kind::Replica {
            let (bucket, bit) = self.topology.bucket_of_replica(unit);
            self.world.buckets[bucket.index()].gone &= !bit;
        }
    }

    /// The data of a replica is there again, whatever it was waiting for, where nothing holds it.
    pub(super) fn is_complete_again(&mut self, replica: Id<UnitInfo>) {
        // One that is being lost at this instant has not been noticed yet, and will be.
        let noticed = self.world.recovery(replica).is_some_and(|record| record.noticed);
        match self.world.units[replica.index()].state {
            State::Starting => {
                let turn = &mut self.world.units[replica.index()].turn;
                *turn = turn.wrapping_add(1);
                self.answers(replica);
            }
            State::Down if noticed && !self.world.is_held(replica) => self.place(replica),
            _ => {}
        }
    }
}
