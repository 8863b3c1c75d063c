//! What never changes about buckets: who owns them, where their replicas stand, what they take to serve.

use super::link::Link;
use crate::engine::{Dist, Key};
use crate::id::Id;
use crate::model::topology::{Group, Region, Site, Topology, UnitInfo, Zone};
use crate::time::Span;
use std::sync::Arc;

/// The files of one app.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub app: Id<Group>,
    /// Its luck, from the name of its app.
    pub key: Key,
    /// The bucket as its app sees it: in service while it fails no request.
    pub unit: Id<UnitInfo>,
    /// Its replicas, which stand in zones: each a copy of the whole bucket (B1).
    pub replicas: Id<Group>,
    pub region: Id<Region>,
    /// Bytes of all its files.
    pub bytes: u64,
    /// Like buckets share their settings.
    pub settings: Arc<Settings>,
    pub relocation: Option<Relocation>,
    /// Where every object is copied to.
    pub copy: Option<Remote>,
    /// That is where its app goes when its own region is lost.
    pub goes_along: bool,
}

/// What the replicas of a bucket take to serve, and how they are lost and made anew.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub replicas: u32,
    /// Shares of the requests of its app that read files, and that write them.
    pub reads: f64,
    pub writes: f64,
    /// Replicas that must be up for reads, and for writes.
    pub read_quorum: u32,
    pub write_quorum: u32,
    /// Chance that a replica is gone for good when its zone is lost; otherwise it is back with it.
    pub lost_with_zone: f64,
    /// How long it takes to make a lost replica anew, and so much longer for the bytes that are moved.
    pub rebuild: Dist,
    pub moving: Span,
}

impl Settings {
    /// The share of the requests of its app that need files.
    pub fn needed(&self) -> f64 {
        self.reads + self.writes
    }
}

/// Where a bucket is moved that is short of replicas (B2).
#[derive(Clone, Debug, PartialEq)]
pub struct Relocation {
    /// The grace begins when fewer replicas than this are up, and is over at once when they are again.
    pub below: u32,
    /// How long it lasts.
    pub after: Dist,
    /// From its end until the bucket is served elsewhere.
    pub takes: Dist,
    pub to: Destination,
    /// The rule of its app does not let it go there.
    pub refused: bool,
    /// It is moved back as soon as enough replicas are up; otherwise never.
    pub moves_back: bool,
}

/// Where a bucket can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    Site(Id<Site>),
    Zone(Id<Zone>),
}

/// A copy of a bucket in another region.
#[derive(Clone, Debug, PartialEq)]
pub struct Remote {
    pub site: Id<Site>,
    /// The way there.
    pub link: Id<Link>,
    /// From when an object is written until it is there.
    pub lag: Dist,
}

impl Topology {
    /// Adds the bucket of an app, whose components are there already.
    pub fn add_bucket(&mut self, bucket: Bucket) {
        let groups = [bucket.app, self.group_id(bucket.unit), bucket.replicas];
        let id = self.buckets.push(bucket);
        for group in groups {
            self.bucket_of_group.insert(group, id);
        }
    }

    /// The bucket that a replica belongs to, and the bit that stands for it.
    pub(super) fn bucket_of_replica(&self, replica: Id<UnitInfo>) -> (Id<Bucket>, u32) {
        let group = self.group_id(replica);
        let bucket = self.bucket_of(group).expect("a replica is a bucket's");
        (bucket, 1 << (replica.raw() - self.groups[group].first))
    }

    /// The bucket of an app.
    #[inline]
    pub fn bucket_of(&self, app: Id<Group>) -> Option<Id<Bucket>> {
        self.bucket_of_group.get(app)
    }

    /// The replicas of a bucket, by name.
    pub fn replicas_of(&self, bucket: Id<Bucket>) -> impl Iterator<Item = Id<UnitInfo>> + use<> {
        self.units_of(self.buckets[bucket].replicas)
    }
}
