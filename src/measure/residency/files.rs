//! Buckets that are moved, and files that are processed where their app has gone.

use super::{Arrival, Asset, Residency, Where, fixed};
use crate::id::Id;
use crate::measure::Plan;
use crate::model::bucket::{Bucket, Destination};
use crate::model::residency::{Class, Move};
use crate::model::root::Root;
use crate::model::topology::Topology;
use crate::model::world::World;
use crate::time::Instant;

impl Residency {
    pub(super) fn bucket_moved(
        &mut self,
        now: Instant,
        bucket: Id<Bucket>,
        away: bool,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let app = topology.buckets[bucket].app;
        let home = topology.fixed.partition_point(|it| it.app < app);
        let of_app = topology.fixed[home..].iter().take_while(|it| it.app == app);
        let files =
            of_app.zip(home..).find(|(it, _)| it.class == Class::Files && it.by == Move::Kept);
        // What is moved is no longer at home, and comes back whole (B2).
        if away {
            self.arrives(now, moved(bucket, topology, world), plan, topology);
            if let Some((_, index)) = files {
                self.leaves(now, app, Asset::Fixed(index as u32), plan);
            }
        } else {
            if let Some((it, index)) = files {
                self.arrives(now, fixed(index, it), plan, topology);
            }
            self.leaves(now, app, Asset::Bucket(bucket.raw()), plan);
        }
    }

    /// An app goes on with the copy of its files in another region. They are kept there all the time; now
    /// they are processed there too.
    pub(super) fn files_abroad(
        &mut self,
        now: Instant,
        bucket: Id<Bucket>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let info = &topology.buckets[bucket];
        if topology.rule_of(info.app).is_none_or(|rule| !rule.processing) {
            return;
        }
        let copy = info.copy.as_ref().expect("it goes on with its copy");
        let arrival = Arrival {
            app: info.app,
            class: Class::Files,
            asset: Asset::FilesAbroad(bucket.raw()),
            place: Where::Site(copy.site),
            processed: true,
            bytes: 0,
            by: Move::Processed,
            before: [Some(Move::Copied), None],
            cause: world.buckets[bucket.index()].away.map(|root| root.cause),
            until: None,
        };
        self.arrives(now, arrival, plan, topology);
    }
}

/// A bucket where it is moved, for whoever took the first of the replicas that are missing.
pub(super) fn moved(bucket: Id<Bucket>, topology: &Topology, world: &World) -> Arrival {
    let info = &topology.buckets[bucket];
    let to = info.relocation.as_ref().expect("it is moved").to;
    let replicas = topology.replicas_of(bucket);
    let roots = replicas.filter_map(|it| world.recovery(it)?.root);
    Arrival {
        app: info.app,
        class: Class::Files,
        asset: Asset::Bucket(bucket.raw()),
        place: match to {
            Destination::Site(site) => Where::Site(site),
            Destination::Zone(zone) => Where::Zone(zone),
        },
        processed: false,
        bytes: info.bytes,
        by: Move::Relocated,
        before: [None; 2],
        cause: roots.min_by_key(Root::precedence).map(|root| root.cause),
        until: None,
    }
}
