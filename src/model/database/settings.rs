//! What never changes about databases: who owns them, where their nodes stand, how they fail over.

use crate::engine::{Dist, Key};
use crate::id::Id;
use crate::model::topology::{Group, Topology, UnitInfo};
use crate::time::Span;
use std::sync::Arc;

/// The database of one app.
#[derive(Clone, Debug)]
pub struct Database {
    pub app: Id<Group>,
    /// Its luck, from the name of its app.
    pub key: Key,
    /// The database as its app sees it: in service while every container is connected to it.
    pub unit: Id<UnitInfo>,
    /// Its nodes, which stand in zones.
    pub nodes: Id<Group>,
    /// Its node in another region: a copy that lags behind where the settings have one; otherwise not
    /// meant to run, until the database is restored there.
    pub abroad: Option<Id<UnitInfo>>,
    /// Data, where it is known.
    pub bytes: u64,
    /// Like databases share their settings.
    pub settings: Arc<Settings>,
}

/// How a database is built, and what happens when it fails.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub mode: Mode,
    /// Bytes written per second on average, where it is known.
    pub written: Option<f64>,
    pub failover: Failover,
    /// How long a planned failover takes until a node takes writes again.
    pub planned: Dist,
    pub rebuild: Rebuild,
    /// What is done when no node is left: a restore, or else waiting for the first node to come back.
    pub restore: Option<Restore>,
    /// How what is there is set back to what it was before its data went wrong, where that is known.
    pub rollback: Option<Restore>,
    /// How often the log is shipped to where it survives the nodes; none: it is not.
    pub logs: Option<Span>,
    /// The asynchronous copy in another region.
    pub replica: Option<Replica>,
}

/// How many nodes there are, and what they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    Single,
    /// A primary and a synchronous standby.
    MultiAz,
    /// A primary and two readable standbys.
    Cluster,
}

impl Mode {
    pub const ALL: [Mode; 3] = [Mode::Single, Mode::MultiAz, Mode::Cluster];

    /// As it is written in scenarios.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Single => "single",
            Mode::MultiAz => "multi-az",
            Mode::Cluster => "cluster",
        }
    }

    /// How many nodes it has.
    pub fn nodes(self) -> u32 {
        match self {
            Mode::Single => 1,
            Mode::MultiAz => 2,
            Mode::Cluster => 3,
        }
    }
}

/// From the loss of the primary until the containers are connected to another one (D1, D4).
#[derive(Clone, Debug, PartialEq)]
pub struct Failover {
    pub detect: Dist,
    pub decide: Dist,
    pub promote: Dist,
    /// Of each container by its own draw.
    pub reconnect: Dist,
    /// Chance that it goes by itself.
    pub coverage: f64,
    /// Otherwise, from detection until an operator has promoted a standby.
    pub manual: Dist,
}

/// How a lost node comes back (D3).
#[derive(Clone, Debug, PartialEq)]
pub struct Rebuild {
    pub takes: Dist,
    /// It is copied from a primary, so that it needs one.
    pub after_failover: bool,
}

/// From the order to restore until the data is there again.
#[derive(Clone, Debug, PartialEq)]
pub struct Restore {
    /// Until the operator gives the order.
    pub decision: Dist,
    pub takes: Dist,
    /// Chance that an attempt fails, its time spent.
    pub fails: f64,
    /// All nodes come back at once; otherwise one, from which the others are rebuilt.
    pub pair: bool,
}

/// An asynchronous copy in another region.
#[derive(Clone, Debug, PartialEq)]
pub struct Replica {
    /// How far it is behind when it is promoted.
    pub lag: Dist,
    /// From the loss of the last other node until an operator has its promotion begun, where the app
    /// stays where it is.
    pub decision: Dist,
    pub promote: Dist,
}

impl Topology {
    /// Adds the database of an app, whose components are there already.
    pub fn add_database(&mut self, database: Database) {
        let abroad = database.abroad.map(|node| self.group_id(node));
        let groups = [database.app, self.group_id(database.unit), database.nodes];
        let id = self.databases.push(database);
        for group in groups.into_iter().chain(abroad) {
            self.database_of_group.insert(group, id);
        }
    }

    /// The database of an app.
    #[inline]
    pub fn database_of(&self, app: Id<Group>) -> Option<Id<Database>> {
        self.database_of_group.get(app)
    }

    /// The database that a component of it belongs to.
    pub(super) fn database_of_node(&self, node: Id<UnitInfo>) -> Id<Database> {
        self.database_of(self.group_id(node)).expect("it is a database's")
    }

    /// The nodes of a database, by name, and the one in another region.
    pub fn all_nodes_of(
        &self,
        database: Id<Database>,
    ) -> impl Iterator<Item = Id<UnitInfo>> + use<> {
        self.nodes_of(database).chain(self.databases[database].abroad)
    }

    /// The nodes of a database in its own region, by name.
    pub fn nodes_of(&self, database: Id<Database>) -> impl Iterator<Item = Id<UnitInfo>> + use<> {
        self.units_of(self.databases[database].nodes)
    }
}
