//! Routers and the balancer before them.

use crate::engine::Dist;
use crate::time::Span;

/// What stands in front of the containers of a region.
#[derive(Clone, Debug, PartialEq)]
pub struct Front {
    pub region: String,
    /// At least one.
    pub routers: u32,
    /// The zones they stand in, in turn; sorted.
    pub zones: Vec<String>,
    /// How long a router that crashed is away.
    pub restart: Dist,
    pub health_check: HealthCheck,
    /// How long clients keep the router that they have been told.
    pub ttl: Span,
    /// Share of the clients that keep it for ever.
    pub clinging: f64,
}

/// What stands between users and containers.
#[derive(Clone, Debug, PartialEq)]
pub enum Router {
    /// The rotation equals the truth at every instant.
    Ideal,
    Lagging(Box<LaggingRouter>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct LaggingRouter {
    /// From the health manager's notice until the dead entry is unregistered; `None`: never (only
    /// health checks remove it).
    pub unregister: Option<Dist>,
    /// From the first answer until the new entry is registered; used where there is no health check.
    pub register: Dist,
    pub health_check: Option<HealthCheck>,
    pub pruning: Option<Pruning>,
    pub retries: Retries,
    /// An empty rotation sends requests to every registered container.
    pub fail_open: bool,
    /// Failed-endpoint pause (T5).
    pub passive: Option<Passive>,
    /// What a request to a container whose process ended sees.
    pub crash_face: Face,
}

#[derive(Clone, Debug, PartialEq)]
pub struct HealthCheck {
    pub interval: Span,
    pub timeout: Span,
    /// Bad probes in a row that eject.
    pub unhealthy: u32,
    /// Good probes in a row that admit.
    pub healthy: u32,
}

/// Entries that are not renewed any more are dropped.
#[derive(Clone, Debug, PartialEq)]
pub struct Pruning {
    /// Time between two renewals.
    pub renewed: Span,
    /// How long an entry lasts without one.
    pub after: Span,
    /// Time between two rounds of the router.
    pub every: Span,
}

#[derive(Clone, Debug, PartialEq, Default)]
pub struct Retries {
    pub count: u32,
    pub on_refused: bool,
    pub on_unreachable: bool,
    pub on_error: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Passive {
    pub pause: Span,
    /// Router instances, each of which keeps its own marks.
    pub routers: u32,
}

/// How a dead entry of the rotation treats a request (T4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Face {
    /// The connection is refused at once.
    Refused,
    /// Accepted, then failed (502).
    Error,
    /// No answer to the dial.
    Unreachable,
    /// Accepted and never answered.
    Hung,
}
