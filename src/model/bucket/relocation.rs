//! A bucket that is short of replicas for longer than a grace is served elsewhere (B2).

use super::{Bucket, Destination};
use crate::engine::Purpose;
use crate::id::Id;
use crate::model::event::{BucketEvent, Event, rank};
use crate::model::fact::{Fact, Listener};
use crate::model::sim::Sim;
use crate::model::topology::Topology;
use crate::model::world::World;
use crate::time::Span;

/// Where a bucket is served, and whether that is about to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Placed {
    Home,
    /// Short of replicas: the grace runs.
    Grace,
    /// The grace is over, and there is nothing to move, or nowhere to move it to.
    Waits,
    /// It is on its way.
    Moving,
    Elsewhere,
}

impl World {
    /// Where a bucket is served whose app has gone to its copy, or that has been moved, as long as that can
    /// be reached.
    pub(super) fn serves_elsewhere(
        &self,
        topology: &Topology,
        bucket: Id<Bucket>,
    ) -> Option<Destination> {
        if let Some(site) = self.goes_on_with_copy(topology, bucket) {
            return Some(Destination::Site(site));
        }
        let relocation = topology.buckets[bucket].relocation.as_ref()?;
        let moved = self.buckets[bucket.index()].placed == Placed::Elsewhere;
        (moved && self.can_be_reached(topology, relocation.to)).then_some(relocation.to)
    }

    fn can_be_reached(&self, topology: &Topology, to: Destination) -> bool {
        match to {
            Destination::Site(site) => self.is_there(topology, site),
            Destination::Zone(zone) => self.zones[zone.index()].is_up(),
        }
    }

    /// Whether there is anything of a bucket to move: a replica that is up, or a copy where it goes.
    fn can_be_moved(&self, topology: &Topology, bucket: Id<Bucket>) -> bool {
        let info = &topology.buckets[bucket];
        let Some(relocation) = &info.relocation else { return false };
        let copied = info.copy.as_ref().map(|it| Destination::Site(it.site)) == Some(relocation.to);
        self.can_be_reached(topology, relocation.to)
            && (copied || self.buckets[bucket.index()].up > 0)
    }
}

impl<L: Listener> Sim<'_, L> {
    /// There are more or fewer replicas up than before.
    pub(super) fn count_of_replicas_changed(&mut self, bucket: Id<Bucket>) {
        let info = &self.topology.buckets[bucket];
        let Some(relocation) = &info.relocation else { return };
        let state = &self.world.buckets[bucket.index()];
        let short = state.up < relocation.below;
        match state.placed {
            Placed::Home if short => {
                let draw = self.draw_of(info.key, Purpose::GRACE, state.shortages);
                self.world.buckets[bucket.index()].shortages += 1;
                self.relocation_enters(bucket, Placed::Grace, Some(relocation.after.span(draw)));
            }
            Placed::Grace | Placed::Waits | Placed::Moving if !short => {
                self.relocation_enters(bucket, Placed::Home, None);
            }
            Placed::Waits => self.grace_is_over(bucket),
            Placed::Elsewhere if !short && relocation.moves_back => {
                self.relocation_enters(bucket, Placed::Home, None);
                self.state(Fact::BucketMoved { bucket, away: false });
            }
            _ => {}
        }
    }

    fn relocation_enters(&mut self, bucket: Id<Bucket>, placed: Placed, lasts: Option<Span>) {
        let state = &mut self.world.buckets[bucket.index()];
        state.placed = placed;
        state.turn = state.turn.wrapping_add(1);
        let event = BucketEvent::GoesOn { turn: state.turn };
        // Checkers see the state after the instant: what comes back in time is not moved (F9).
        if let Some(lasts) = lasts {
            self.after(lasts, rank::CHECKER, Event::Bucket(bucket, event));
        }
    }

    pub(super) fn relocation_goes_on(&mut self, bucket: Id<Bucket>) {
        match self.world.buckets[bucket.index()].placed {
            Placed::Grace => self.grace_is_over(bucket),
            Placed::Moving => self.is_moved(bucket),
            Placed::Home | Placed::Waits | Placed::Elsewhere => {
                unreachable!("nothing of the bucket itself ends this")
            }
        }
    }

    fn grace_is_over(&mut self, bucket: Id<Bucket>) {
        let info = &self.topology.buckets[bucket];
        let relocation = info.relocation.as_ref().expect("it has a grace");
        let state = &self.world.buckets[bucket.index()];
        let first = state.placed == Placed::Grace;
        let draw = self.draw_of(info.key, Purpose::RELOCATION, state.shortages.wrapping_sub(1));
        if !relocation.refused && self.world.can_be_moved(self.topology, bucket) {
            self.relocation_enters(bucket, Placed::Moving, Some(relocation.takes.span(draw)));
        } else if first {
            self.relocation_enters(bucket, Placed::Waits, None);
            if relocation.refused {
                self.state(Fact::BucketStays { bucket });
            }
        }
    }

    fn is_moved(&mut self, bucket: Id<Bucket>) {
        if self.world.can_be_moved(self.topology, bucket) {
            self.relocation_enters(bucket, Placed::Elsewhere, None);
            self.state(Fact::BucketMoved { bucket, away: true });
            self.bucket_changed(bucket, None);
        } else {
            self.relocation_enters(bucket, Placed::Waits, None);
        }
    }

    /// A zone is up or down: buckets that are elsewhere, or on their way, may be concerned.
    pub(in crate::model) fn reach_of_buckets_changed(&mut self) {
        for bucket in self.topology.buckets.ids() {
            match self.world.buckets[bucket.index()].placed {
                Placed::Waits => self.grace_is_over(bucket),
                Placed::Elsewhere => self.bucket_changed(bucket, None),
                Placed::Home | Placed::Grace | Placed::Moving => {}
            }
        }
    }
}
