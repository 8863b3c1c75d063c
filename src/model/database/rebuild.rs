//! How nodes come back (D3): rebuilt in place, never in a lost zone, and mostly only while there is a
//! primary to copy from.

use super::{Database, Stage};
use crate::id::Id;
use crate::model::fact::Listener;
use crate::model::sim::Sim;
use crate::model::topology::{Kind, UnitInfo};
use crate::model::world::{Phase, State};
use crate::time::Instant;

impl<L: Listener> Sim<'_, L> {
    /// Whether a component is no node of a database, or may be rebuilt now.
    pub(in crate::model) fn may_be_rebuilt(&mut self, unit: Id<UnitInfo>) -> bool {
        if self.topology.group_of(unit).kind != Kind::DatabaseNode {
            return true;
        }
        let database = self.topology.database_of_node(unit);
        let settings = &self.topology.databases[database].settings;
        let state = &self.world.databases[database.index()];
        let (stage, primary) = (state.stage, state.primary);
        let elsewhere = self.stands_abroad(database, unit) != self.stands_abroad(database, primary);
        let may = match stage {
            stage if stage.serves() => true,
            // What it has is not what its database had last, in another region than its own.
            _ if elsewhere => false,
            Stage::ReplicaDecision => {
                settings.restore.is_none() || !settings.rebuild.after_failover
            }
            Stage::PromotingReplica => false,
            Stage::RestoreWaits if settings.rebuild.after_failover => {
                self.begin_restore(database);
                return false;
            }
            // It has its data, and nothing has been restored yet: no need for that any more.
            Stage::RestoreWaits => {
                self.wait_for_a_node(database);
                return false;
            }
            // The only copy there will be is the restored one.
            Stage::Restoring => false,
            Stage::RestoreDecision => !settings.rebuild.after_failover,
            Stage::NoNode => true,
            // With nothing to promote an operator waits for the first node that is back (D2).
            _ => !settings.rebuild.after_failover || self.candidate(database).is_none(),
        };
        if may {
            self.waits_for_rebuild(database);
        } else {
            self.enter_phase(unit, Phase::Promotion);
        }
        may
    }

    /// A database without nodes waits for the rebuild that has begun.
    fn waits_for_rebuild(&mut self, database: Id<Database>) {
        let app = self.topology.databases[database].app;
        let decided = self.world.awaits_fallback(self.topology, app);
        if self.world.databases[database.index()].stage == Stage::NoNode && !decided {
            self.waits_for(database, Phase::Rebuild);
        }
    }

    /// Nodes that are down and not held are rebuilt.
    pub(super) fn rebuild_who_waits(&mut self, database: Id<Database>) {
        for node in self.topology.all_nodes_of(database) {
            let down = self.world.units[node.index()].state == State::Down;
            let noticed = self.world.recovery(node).is_some_and(|record| record.noticed);
            if down && noticed && !self.world.is_held(node) {
                self.place(node);
            }
        }
    }

    /// A component has stopped: if it is the node that a database was waiting for, the database turns to
    /// what else there is.
    #[cold]
    pub(in crate::model) fn node_stopped(&mut self, node: Id<UnitInfo>) {
        if self.topology.group_of(node).kind != Kind::DatabaseNode {
            return;
        }
        let database = self.topology.database_of_node(node);
        let state = &mut self.world.databases[database.index()];
        state.stale.retain(|&it| it != node);
        if self.world.units[node.index()].state != State::Down {
            return; // it is on its way back already
        }
        match state.stage {
            Stage::NoNode => self.no_node_is_left(database),
            Stage::RestoreWaits => self.begin_restore(database),
            Stage::Restoring if state.primary == node => self.begin_restore(database),
            _ => {}
        }
    }

    /// A node that can be reached again and has missed what came meanwhile is as good as lost.
    pub(in crate::model) fn rejoins_stale(&mut self, node: Id<UnitInfo>) -> bool {
        if self.topology.group_of(node).kind != Kind::DatabaseNode {
            return false;
        }
        let database = self.topology.database_of_node(node);
        let stale = &mut self.world.databases[database.index()].stale;
        let Some(place) = stale.iter().position(|&it| it == node) else { return false };
        stale.remove(place);
        let unit = &mut self.world.units[node.index()];
        unit.life = unit.life.wrapping_add(1);
        unit.fails_at = Instant::NEVER;
        unit.state = State::Down;
        self.begin_way_back(node);
        self.noticed(node);
        true
    }

    /// A rebuild that has lost what it copies from is forgotten.
    pub(super) fn forget_rebuilds(&mut self, database: Id<Database>) {
        for node in self.topology.all_nodes_of(database) {
            if self.world.units[node.index()].state == State::Starting {
                self.forget_rebuild(node);
            }
        }
    }

    pub(super) fn forget_rebuild(&mut self, node: Id<UnitInfo>) {
        self.start_ends(node);
        self.world.units[node.index()].state = State::Down;
        self.begin_way_back(node);
        self.noticed(node);
    }
}
