//! How what is lost comes back: how it is noticed, who starts it, and how fast people respond.

use super::Group;
use crate::engine::{Dist, Key};
use crate::id::Id;
use crate::policy::restart::Ladder;
use crate::time::Span;

/// How a unit comes back.
#[derive(Clone, Debug)]
pub enum Recovery {
    /// In place: noticed, then restarted where it was (N3).
    InPlace {
        detect: Detect,
        restart: Dist,
        /// Instead of `restart` once the domain that held it is back.
        returns: Dist,
    },
    /// Noticed and placed again by the health manager.
    Replaced(HealthManager),
}

#[derive(Clone, Debug)]
pub struct HealthManager {
    pub detect_crash: Detect,
    pub detect_hang: Detect,
    pub detect_loss: Detect,
    pub decide: Dist,
    pub kill: Dist,
    pub start: Dist,
    pub start_timeout: Span,
    /// Waits between the restarts of what keeps crashing; none: it is restarted at once.
    pub ladder: Option<Ladder>,
    /// How often the loop comes round that picks up what nothing else calls for; none: at once.
    pub convergence: Option<Span>,
}

/// What the apps of one region share of their health manager.
#[derive(Clone, Debug)]
pub struct Manager {
    /// Its luck, from the name of the region.
    pub key: Key,
    /// Its instances, one of which is active; none: it stands nowhere and never fails.
    pub instances: Option<Id<Group>>,
    /// From the loss of the active instance until another one may take over.
    pub takeover: Dist,
    /// Starts that may be in progress at once.
    pub parallel_starts: u32,
}

/// How long it takes to notice (N1).
#[derive(Clone, Debug)]
pub enum Detect {
    After(Dist),
    Poll {
        interval: Span,
        threshold: u32,
        timeout: Span,
    },
    /// By the first turn of the convergence loop after its presence has expired (N2).
    Presence {
        expires: Dist,
    },
    /// Not at all.
    Never,
}

#[derive(Clone, Debug)]
pub struct CrewInfo {
    pub name: String,
    pub size: u32,
}

/// How fast people respond.
#[derive(Clone, Debug)]
pub struct Operator {
    /// Until they know.
    pub detect: Dist,
    /// From then on, until they have given the right order.
    pub act: Dist,
}
