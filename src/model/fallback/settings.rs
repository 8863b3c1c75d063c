//! What never changes about apps that may go to another region: where, and how long it takes people.

use crate::engine::{Dist, Key};
use crate::id::Id;
use crate::model::root::CauseId;
use crate::model::topology::{Group, Region, Topology, UnitInfo};
use std::sync::Arc;

/// How one app falls back to another region.
#[derive(Clone, Debug)]
pub struct Fallback {
    pub app: Id<Group>,
    /// Its luck, from the name of its app.
    pub key: Key,
    /// What leads clients to where the app is.
    pub address: Id<UnitInfo>,
    pub home: Id<Region>,
    pub abroad: Id<Region>,
    /// How many of the zones of its app are at home; they come first.
    pub at_home: usize,
    /// Whom the downtime of going home is charged to.
    pub cause: CauseId,
    /// Like fallbacks share their settings.
    pub settings: Arc<Settings>,
}

/// How long people and records take.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// From the loss of the home region until an operator has decided.
    pub decision: Dist,
    /// From then on until containers and data are ordered to the other region.
    pub prepare: Dist,
    /// From when the app would answer there until clients are led to it.
    pub dns: Dist,
    /// From when the home region is well until the return is ordered.
    pub back: Dist,
}

impl Topology {
    /// How an app falls back, if it does.
    #[inline]
    pub fn fallback_of(&self, app: Id<Group>) -> Option<Id<Fallback>> {
        let fallbacks = self.fallbacks.iter().as_slice();
        if fallbacks.is_empty() {
            return None;
        }
        fallbacks.binary_search_by_key(&app, |it| it.app).ok().map(|place| Id::new(place as u32))
    }
}
