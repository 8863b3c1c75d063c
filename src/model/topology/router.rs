//! Routers, and what stands before them.

use super::Group;
use crate::engine::Dist;
use crate::id::Id;
use crate::time::Span;
use crate::traffic::Face;

/// What stands in front of the containers of a region.
#[derive(Clone, Debug)]
pub struct Front {
    /// Its routers; none: they stand nowhere and never fail.
    pub routers: Option<Id<Group>>,
    /// How the balancer, or DNS, before them finds out which of them work.
    pub check: HealthCheck,
    /// How long clients keep the router that they have been told.
    pub ttl: Span,
    /// Share of the clients that keep it for ever.
    pub clinging: f64,
}

/// A router whose rotation lags the truth.
#[derive(Clone, Debug)]
pub struct Router {
    pub unregister: Option<Dist>,
    pub register: Dist,
    pub check: Option<HealthCheck>,
    pub pruning: Option<Pruning>,
    pub fail_open: bool,
    pub crash_face: Face,
    pub traffic: crate::traffic::RetryRules,
}

#[derive(Clone, Debug)]
pub struct HealthCheck {
    pub interval: Span,
    pub timeout: Span,
    pub unhealthy: u32,
    pub healthy: u32,
}

/// How entries that are not renewed any more are dropped.
#[derive(Clone, Debug)]
pub struct Pruning {
    /// Time between two renewals of an entry whose container runs and can be reached.
    pub renewed: Span,
    /// How long an entry lasts without one.
    pub after: Span,
    /// Time between two rounds of the router in which it looks for them.
    pub every: Span,
}
