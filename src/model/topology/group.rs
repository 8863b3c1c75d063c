//! Components: groups of like ones, their kinds, and each of them.

use super::{Placement, Recovery, Region, Router, Window, Zone};
use crate::engine::{Dist, Key, Purpose};
use crate::id::Id;
use crate::model::root::CauseId;
use crate::time::Span;
use crate::traffic::{Capacity, Load};
use std::sync::Arc;

/// A set of like components: the containers of an app, the hosts of a group, one dependency.
///
/// What every failure of a container asks for comes first, in two lines of the cache.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct Group {
    pub kind: Kind,
    pub placement: Placement,
    /// Its units are `first .. first + count`.
    pub first: u32,
    pub count: u32,
    /// Units in service that it takes to be up (apps).
    pub needs: u32,
    /// Zones its units may stand in, by name, those of a fallback region last; empty for what stands
    /// nowhere (dependencies).
    pub zones: Arc<[Id<Zone>]>,
    /// The region of its zones, of an app its home; the first where there are none.
    pub region: Id<Region>,
    /// Where its hosts begin in [`Topology::hosts`](super::Topology::hosts), if they have memory for containers.
    pub first_host: Option<u32>,
    /// Like groups share their settings, which a large fleet then finds in the cache.
    pub recovery: Arc<Recovery>,
    pub router: Option<Arc<Router>>,
    pub load: Option<Load>,
    /// What its containers can serve; absent: any load.
    pub capacity: Option<Arc<Capacity>>,
    /// Mean response time in seconds.
    pub response_s: f64,
    /// The share of its requests that last longer than a container may drain, response times taken as
    /// exponential.
    pub outlasts_drain: f64,
    pub name: String,
    /// How many of its units are meant to run at the start: all, unless an app is scaled later.
    pub declared: u32,
    /// Bytes of each container.
    pub memory: u64,
    /// How long a container that is stopped on purpose may finish its requests.
    pub drain: Span,
    /// When downtime that a change makes is planned (M3).
    pub windows: Vec<Window>,
    /// It is not meant to run at the start of the study.
    pub asleep: bool,
    /// Dependencies this app uses, and for a dependency, or for routers, the apps that use it.
    pub uses: Vec<Use>,
    pub used_by: Vec<Id<Group>>,
}

/// The kinds of components that measures tell apart (M9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    Container,
    Host,
    Dependency,
    Zone,
    /// An instance of a region's health manager.
    HealthManager,
    /// A database as its app sees it.
    Database,
    DatabaseNode,
    /// A bucket as its app sees it.
    Bucket,
    /// A zone's copy of a bucket.
    Replica,
    /// One of a region's routers.
    Router,
    /// What leads clients to an app that may be in another region.
    Address,
}

impl Kind {
    pub const ALL: [Kind; 11] = [
        Kind::Container,
        Kind::Host,
        Kind::Dependency,
        Kind::Zone,
        Kind::HealthManager,
        Kind::Database,
        Kind::DatabaseNode,
        Kind::Bucket,
        Kind::Replica,
        Kind::Router,
        Kind::Address,
    ];

    /// The name in results.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Container => "container",
            Kind::Host => "host",
            Kind::Dependency => "dependency",
            Kind::Zone => "zone",
            Kind::HealthManager => "health-manager",
            Kind::Database => "database",
            Kind::DatabaseNode => "database-node",
            Kind::Bucket => "bucket",
            Kind::Replica => "replica",
            Kind::Router => "router",
            Kind::Address => "address",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// The dependency's only unit.
    pub unit: Id<UnitInfo>,
    /// The app is down while it is down.
    pub mandatory: bool,
    /// Share of the requests that fail while it is down.
    pub share: f64,
}

/// What is fixed about one component: 16 bytes.
#[derive(Clone, Copy, Debug)]
pub struct UnitInfo {
    /// Its luck, from its logical name.
    pub key: Key,
    pub group: u32,
    /// Index into [`Topology::clock_sets`](super::Topology::clock_sets).
    pub clocks: u16,
    /// Crew + 1, or 0 for none.
    pub crew: u16,
}

/// A failure clock of a component (F4).
#[derive(Clone, Debug, PartialEq)]
pub struct UnitClock {
    pub cause: CauseId,
    pub up_time: Dist,
    pub purpose: Purpose,
    pub hang: bool,
    /// Starts at admission by the router instead of at the first answer.
    pub in_rotation: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_failure_asks_of_a_group_comes_first() {
        assert!(std::mem::offset_of!(Group, name) <= 128);
        assert_eq!(size_of::<Group>(), 256);
    }
}
