//! The database of an app: nodes that stand in zones, one of which is primary.
//!
//! A node is a component like any other: it fails by its own clocks, with its zone, or is cut off with
//! it, and comes back in place ([`rebuild`]). The database itself is a component that its app cannot do
//! without, and that no fault strikes by itself: it goes out of service with its primary, is promoted
//! ([`failover`]), restored ([`restore`]) or set back ([`wrong`]), and is in service again once every
//! container that was serving before has reconnected (D4). One more node may stand in another region
//! ([`replica`]).

pub mod failover;
pub mod rebuild;
pub mod replica;
pub mod restore;
pub mod settings;
pub mod wrong;

pub use settings::{Database, Failover, Mode, Rebuild, Replica, Restore, Settings};
pub use wrong::Wrong;

use crate::id::Id;
use crate::model::topology::{Group, Kind, Topology, UnitInfo};
use crate::model::world::World;
use crate::time::{Instant, Span};

/// What changes about a database.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DatabaseState {
    pub stage: Stage,
    /// The node that takes writes, or did last.
    pub primary: Id<UnitInfo>,
    /// Counts its stages; an event of an earlier one is stale.
    pub turn: u32,
    /// How often it has lost its primary: the occurrence number of its luck.
    pub losses: u32,
    /// When it last took a write, while it takes none.
    pub lost_at: Instant,
    /// Its primary was in the other region when it did.
    pub lost_abroad: bool,
    /// For how long, until then, the copy in the other region had been out of reach.
    pub apart: Span,
    /// The failover under way goes by itself (D1).
    pub covered: bool,
    /// Attempts to restore it since it was lost.
    pub attempts: u16,
    /// How much time before its loss is gone by what is being restored.
    pub loses: Span,
    /// Containers that were serving when it was lost, each with its life, until they reconnect.
    pub unconnected: Vec<(Id<UnitInfo>, u32)>,
    /// Nodes that run on where nobody can reach them and have missed what came after: they are rebuilt.
    pub stale: Vec<Id<UnitInfo>>,
    /// What is in it is wrong, in every node.
    pub wrong: Option<Wrong>,
    /// How often its data has gone wrong: the occurrence number of its luck.
    pub faults: u32,
}

impl DatabaseState {
    /// Until when its data was right, where somebody knows that it is not any more.
    pub fn right_until(&self) -> Option<Instant> {
        self.wrong.filter(|it| it.known).map(|wrong| wrong.root.onset)
    }
}

/// How far a database is on its way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Its primary serves and every container is connected.
    Serving,
    /// Nobody knows yet that the primary is gone.
    Detecting,
    Deciding,
    Promoting,
    /// The failover did not go by itself: an operator promotes a standby.
    Stuck,
    /// No node is left to be promoted: the first one that is back will be.
    NoNode,
    /// No node is left at home, and an operator is to decide on the copy in another region.
    ReplicaDecision,
    PromotingReplica,
    /// No node is left, and an operator is to order a restore.
    RestoreDecision,
    /// The restore is ordered and has no zone to begin in.
    RestoreWaits,
    Restoring,
    /// The data of the nodes is wrong, and an operator is to say what is restored over it.
    RollbackDecision,
    /// Nothing from before can be reached.
    RollbackWaits,
    RollingBack,
    /// A primary serves, and not every container is connected to it yet.
    Reconnecting,
}

impl Stage {
    /// Whether there is nothing to promote in the region of the primary.
    pub fn has_no_node(self) -> bool {
        match self {
            Stage::NoNode
            | Stage::ReplicaDecision
            | Stage::PromotingReplica
            | Stage::RestoreDecision
            | Stage::RestoreWaits
            | Stage::Restoring => true,
            Stage::Serving
            | Stage::Detecting
            | Stage::Deciding
            | Stage::Promoting
            | Stage::Stuck
            | Stage::RollbackDecision
            | Stage::RollbackWaits
            | Stage::RollingBack
            | Stage::Reconnecting => false,
        }
    }

    /// Whether a primary takes writes.
    pub fn serves(self) -> bool {
        matches!(self, Stage::Serving | Stage::Reconnecting)
    }
}

impl DatabaseState {
    pub(super) fn new(primary: Id<UnitInfo>) -> Self {
        DatabaseState {
            stage: Stage::Serving,
            primary,
            turn: 0,
            losses: 0,
            lost_at: Instant::START,
            lost_abroad: false,
            apart: Span::ZERO,
            covered: true,
            attempts: 0,
            loses: Span::ZERO,
            unconnected: Vec::new(),
            stale: Vec::new(),
            wrong: None,
            faults: 0,
        }
    }
}

impl World {
    /// Containers of an app in the rotation that are not connected to the database that serves.
    #[inline]
    pub fn unconnected(&self, topology: &Topology, app: Id<Group>) -> u32 {
        if self.apps[app.index()].uses_down == 0 {
            return 0;
        }
        let state = topology.database_of(app).map(|id| &self.databases[id.index()]);
        let reconnecting = state.filter(|it| it.stage == Stage::Reconnecting);
        reconnecting.map_or(0, |it| it.unconnected.len() as u32)
    }

    /// Whether a container has to reconnect before it can answer.
    pub fn is_unconnected(&self, topology: &Topology, container: Id<UnitInfo>) -> bool {
        let app = topology.group_id(container);
        self.unconnected(topology, app) > 0
            && topology.database_of(app).is_some_and(|id| {
                self.databases[id.index()].unconnected.iter().any(|(it, _)| *it == container)
            })
    }

    /// The share of its requests that an app fails because of something it uses that is not in service.
    pub fn share_failing(&self, topology: &Topology, app: Id<Group>, unit: Id<UnitInfo>) -> f64 {
        let waiting = self.unconnected(topology, app);
        match topology.group_of(unit).kind {
            Kind::Database if waiting > 0 => {
                f64::from(waiting) / f64::from(self.apps[app.index()].in_service.max(waiting))
            }
            Kind::Bucket => {
                topology.bucket_of(app).map_or(0.0, |it| self.buckets[it.index()].failing)
            }
            _ => 1.0,
        }
    }

    /// Whether something that an app cannot do without keeps it from being up by itself.
    #[inline]
    pub fn takes_down(&self, topology: &Topology, unit: Id<UnitInfo>) -> bool {
        if self.units[unit.index()].in_service {
            return false;
        }
        let group = topology.group_of(unit);
        group.kind != Kind::Database
            || group
                .used_by
                .iter()
                .filter_map(|&app| topology.database_of(app))
                .any(|id| !self.databases[id.index()].stage.serves())
    }
}
