//! The files of an app that is in another region: the copy that is there, or none.
//!
//! The bucket itself stays where it is, with its own clocks. What was written abroad has been copied home
//! when the app returns, which is planned; what had not been copied abroad when the app went is lost, as
//! that of a database is.

use super::Bucket;
use crate::engine::Purpose;
use crate::id::Id;
use crate::model::fact::{Fact, Listener};
use crate::model::fallback::Fallback;
use crate::model::residency::Move;
use crate::model::root::Root;
use crate::model::sim::Sim;
use crate::model::topology::{Group, Site, Topology};
use crate::model::world::{Phase, World};
use crate::time::{Instant, Span};

impl World {
    /// The site of the copy with which an app in another region goes on. While that region is lost too the
    /// app is down as a whole.
    pub(super) fn goes_on_with_copy(
        &self,
        topology: &Topology,
        bucket: Id<Bucket>,
    ) -> Option<Id<Site>> {
        let info = &topology.buckets[bucket];
        let along = info.goes_along && self.buckets[bucket.index()].away.is_some();
        info.copy.as_ref().filter(|_| along).map(|copy| copy.site)
    }

    /// Whether the app of a bucket is in another region, where nothing of it is.
    pub(super) fn is_out_of_reach(&self, bucket: Id<Bucket>) -> bool {
        self.buckets[bucket.index()].away.is_some()
    }

    /// What an app that is away from its files waits for: its region, and then the order to return.
    pub(super) fn phase_away(&self, topology: &Topology, bucket: Id<Bucket>) -> Phase {
        let region = topology.buckets[bucket].region;
        let mut zones = topology.regions[region].zones.iter();
        let well = zones.all(|zone| self.zones[zone.index()].is_up());
        if well { Phase::Operator } else { Phase::Provider }
    }
}

impl<L: Listener> Sim<'_, L> {
    /// An app is ordered to another region, for a fault that took its own at `since`.
    pub(in crate::model) fn files_are_left(
        &mut self,
        id: Id<Fallback>,
        root: Root,
        since: Instant,
    ) {
        let topology = self.topology;
        let fallback = &topology.fallbacks[id];
        let Some(bucket) = topology.bucket_of(fallback.app) else { return };
        let info = &topology.buckets[bucket];
        let state = &mut self.world.buckets[bucket.index()];
        state.away = Some(root);
        if let Some(copy) = info.copy.as_ref().filter(|_| info.goes_along) {
            // What was lost with all replicas has been told; nothing was written since.
            let told = state.lost_at.is_some_and(|at| at >= since);
            let losses = self.world.fallbacks[id.index()].losses;
            let draw = self.draw_of(fallback.key, Purpose::FALLBACK_FILES, losses);
            // Nothing is written from then on; what was before may have waited for the way there.
            let waited =
                self.world.apart(copy.link, self.now).0.saturating_sub((self.now - since).0);
            let lost = if told { Span::ZERO } else { Span(waited) + copy.lag.span(draw) };
            self.state(Fact::FilesGoOnAbroad { bucket, lost });
            if topology.database_of(info.app).is_none() {
                self.backups_follow(info.app, true, Move::Copied, root);
            }
        }
        self.bucket_changed(bucket, None);
    }

    /// Zones are lost or up again: an app that is away from its files may wait for something else.
    pub(in crate::model) fn files_are_missed(&mut self, app: Id<Group>) {
        if let Some(bucket) = self.topology.bucket_of(app)
            && self.world.is_out_of_reach(bucket)
        {
            self.bucket_changed(bucket, None);
        }
    }

    /// It is ordered home.
    pub(in crate::model) fn files_are_reached(&mut self, id: Id<Fallback>, root: Root) {
        let topology = self.topology;
        let Some(bucket) = topology.bucket_of(topology.fallbacks[id].app) else { return };
        let info = &topology.buckets[bucket];
        self.world.buckets[bucket.index()].away = None;
        if info.goes_along {
            self.state(Fact::FilesComeHome { bucket });
            if topology.database_of(info.app).is_none() {
                self.backups_follow(info.app, false, Move::Copied, root);
            }
        }
        self.bucket_changed(bucket, None);
    }
}
