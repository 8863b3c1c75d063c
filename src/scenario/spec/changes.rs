//! What is done to apps on purpose.

use super::{Declares, When};
use crate::engine::Dist;

/// A change of one app that is made on purpose, again and again or once.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What the ledger of causes calls it.
    pub name: String,
    pub app: String,
    /// Tells it from the other changes of its app.
    pub ordinal: u8,
    pub when: When,
    pub declares: Option<Declares>,
    /// Another node of its database takes the place of the primary.
    pub fails_over: bool,
    /// Bytes of each container from then on.
    pub memory: Option<u64>,
    pub renewing: Option<Renewing>,
}

/// How running containers are replaced by new ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Renewing {
    /// The new one is started beside the old one.
    pub beside: bool,
    /// Chance that this works; otherwise the old one is stopped first.
    pub success: f64,
    /// How long a container that was stopped first is away; `None`: to drain and to start.
    pub away: Option<Dist>,
    pub max_in_flight: u32,
    pub renews_age: bool,
    /// It also starts containers that have been given up.
    pub revives: bool,
    /// Chance that the new version fails every request, and how long its rollback takes.
    pub bad: Option<(f64, Dist)>,
}
