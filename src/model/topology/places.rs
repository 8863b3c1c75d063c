//! Where things stand: regions, zones, sites of data, hosts.

use super::UnitInfo;
use crate::id::Id;
use std::ops::Range;

#[derive(Clone, Debug)]
pub struct Region {
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    pub zones: Vec<Id<Zone>>,
}

#[derive(Clone, Debug)]
pub struct Zone {
    pub name: String,
    pub region: Id<Region>,
    /// Its hosts in [`Topology::hosts`](super::Topology::hosts); none: room without end.
    pub hosts: Range<u32>,
}

/// Where data may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The name of the region.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Where it is simulated; otherwise it is always there.
    pub region: Option<Id<Region>>,
}

/// A host with memory for containers.
#[derive(Clone, Copy, Debug)]
pub struct HostInfo {
    pub unit: Id<UnitInfo>,
    pub zone: Id<Zone>,
    /// Bytes.
    pub memory: u64,
}

/// Where units are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Zone with the fewest units of the group first.
    Spread,
    /// First zone that can be used.
    Home,
    /// Always its first zone.
    Pinned,
}
