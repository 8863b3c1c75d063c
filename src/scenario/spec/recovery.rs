//! Who notices failures and what is done about them.

use super::Ladder;
use crate::engine::Dist;
use crate::time::Span;

/// How a component that failed comes back.
#[derive(Clone, Debug, PartialEq)]
pub enum Recovery {
    /// Restarted in place (N3): no moving, no limit.
    Supervisor { detect: Detect, restart: Dist },
    /// Noticed and placed again by the health manager.
    HealthManager(HealthManager),
}

/// The health manager as its delays.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthManager {
    /// A process that ended.
    pub detect_crash: Detect,
    /// A process that no longer answers.
    pub detect_hang: Detect,
    /// A container that went with its zone (or is cut off with it).
    pub detect_loss: Detect,
    /// From noticing to the order to replace.
    pub decide: Dist,
    /// Stopping a hung process before it can be replaced.
    pub kill: Dist,
    /// From placement until the container answers.
    pub start: Dist,
    /// A start that takes longer is a failed start (N4).
    pub start_timeout: Option<Span>,
    pub crash_ladder: Option<Ladder>,
    pub convergence: Option<Span>,
}

/// What the apps of a region share of their health manager.
#[derive(Clone, Debug, PartialEq)]
pub struct Manager {
    pub region: String,
    /// How many instances it has; 0: it stands nowhere and never fails.
    pub instances: u32,
    /// The zones they stand in, in turn; sorted.
    pub zones: Vec<String>,
    pub takeover: Dist,
    pub restart: Dist,
    /// `None`: unlimited.
    pub parallel_starts: Option<u32>,
}

/// How something broken is noticed (N1).
#[derive(Clone, Debug, PartialEq)]
pub enum Detect {
    /// After a delay, drawn for each occurrence.
    After(Dist),
    /// By probes at phase + n·interval; `threshold` bad ones in a row; `timeout` is added where the
    /// target does not answer at all.
    Poll {
        interval: Span,
        threshold: u32,
        timeout: Span,
    },
    /// By the convergence loop, once the presence of the host has expired.
    Presence {
        expires: Dist,
    },
    Never,
}

/// N5: a failed component waits for a free member.
#[derive(Clone, Debug, PartialEq)]
pub struct Crew {
    pub name: String,
    pub size: u32,
    /// Names of the components it serves (`rack/3`, `shop/1`), sorted.
    pub serves: Vec<String>,
}

/// How fast people respond.
#[derive(Clone, Debug, PartialEq)]
pub struct Operator {
    pub detect: Dist,
    pub act: Dist,
}
