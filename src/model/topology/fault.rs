//! Faults of domains and of several targets at once: what, where, when, how long.

use super::{Region, UnitInfo, Zone};
use crate::engine::{Dist, Key};
use crate::id::Id;
use crate::model::root::CauseId;
use crate::time::Instant;

/// A fault that strikes places or several things at once, again and again or at one scripted time.
#[derive(Clone, Debug)]
pub struct FaultClock {
    /// Its luck, from the names of the fault and of its target.
    pub key: Key,
    pub cause: CauseId,
    pub effect: Effect,
    /// Struck together, or, with `pick_one`, one of them each time.
    pub targets: Vec<Target>,
    pub pick_one: bool,
    pub onset: Onset,
    pub lasts: Option<Dist>,
    /// Share of what stands in the domain that is hit.
    pub fraction: Option<Dist>,
    /// Other hosts of the zone that go with the one that is struck.
    pub company: Option<Company>,
}

/// Hosts are not only lost alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Company {
    /// The chance that an onset has company.
    pub chance: f64,
    /// Mean number of hosts that then go together, at least 2: one more than the first, and as many more
    /// as a geometric law gives.
    pub size: f64,
}

#[derive(Clone, Debug)]
pub enum Onset {
    /// Up time until the next onset, from the end of the last one (F1).
    Random(Dist),
    /// Once.
    At(Instant),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Crash,
    Hang,
    Outage,
    Isolation,
    /// Nothing new can be started in a region; what runs, and what is starting, goes on (N7).
    ControlPlane,
    /// Buckets answer a share of their requests with errors.
    FileErrors,
    /// Data is deleted or overwritten in every copy that follows it at once.
    DataLoss,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Region(Id<Region>),
    Zone(Id<Zone>),
    Unit(Id<UnitInfo>),
}
