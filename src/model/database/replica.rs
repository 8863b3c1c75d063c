//! The node of a database in another region: a copy that lags behind, or where the database is restored
//! when its app goes there.
//!
//! How far the copy lags is drawn at the instant at which it matters: when it is to be promoted. Cut off
//! from its primary it lags the more, until it can be reached again: then what it missed is there at once.
//! It is promoted by decision only, of whoever looks after the database or of whoever orders the fallback
//! of the app, and what had not reached it is lost: with wrong data, if that had not reached it either.
//! Nodes of the other region are made anew from it afterwards.

use super::{Database, Stage};
use crate::engine::Purpose;
use crate::id::Id;
use crate::model::backup::newest_restorable;
use crate::model::fact::{Fact, Listener};
use crate::model::root::Root;
use crate::model::sim::Sim;
use crate::model::topology::{UnitInfo, Zone};
use crate::model::world::{NOWHERE, Phase, State};
use crate::time::Span;

impl<L: Listener> Sim<'_, L> {
    /// Whether a node is the one in the other region.
    pub(super) fn stands_abroad(&self, database: Id<Database>, node: Id<UnitInfo>) -> bool {
        self.topology.databases[database].abroad == Some(node)
    }

    /// The copy in another region, if it has all that it is ever sent and can be reached.
    pub(super) fn usable_replica(&self, database: Id<Database>) -> Option<Id<UnitInfo>> {
        let info = &self.topology.databases[database];
        let state = &self.world.databases[database.index()];
        let replica = info.abroad.filter(|_| info.settings.replica.is_some())?;
        let usable = self.is_in_step(replica) && !state.stale.contains(&replica);
        (usable && state.primary != replica).then_some(replica)
    }

    /// For how long the copy in another region has been cut off, and missed what was written.
    pub(super) fn replica_is_apart(&self, database: Id<Database>) -> Span {
        let info = &self.topology.databases[database];
        let Some(node) = info.abroad.filter(|_| info.settings.replica.is_some()) else {
            return Span::ZERO;
        };
        let unit = &self.world.units[node.index()];
        let cut_off = unit.state == State::Serving && !unit.in_service;
        let record = self.world.recovery(node).filter(|_| cut_off);
        record.map_or(Span::ZERO, |record| self.now - record.path[0].0)
    }

    /// What was restored has another past than a copy that nobody can reach: that is made anew.
    pub(super) fn forget_who_is_cut_off(&mut self, database: Id<Database>) {
        let Some(node) = self.topology.databases[database].abroad else { return };
        let unit = &self.world.units[node.index()];
        let state = &mut self.world.databases[database.index()];
        let cut_off = unit.state == State::Serving && !unit.in_service;
        if cut_off && state.primary != node && !state.stale.contains(&node) {
            state.stale.push(node);
        }
    }

    // ---- promoted ----

    /// Nothing else is left at home: is the copy to be promoted?
    pub(super) fn replica_may_be_promoted(&mut self, database: Id<Database>) {
        let info = &self.topology.databases[database];
        if self.world.is_abroad(self.topology, info.app) {
            return self.promote_replica(database); // it is decided already
        }
        let replica = info.settings.replica.as_ref().expect("there is a copy");
        let losses = self.world.databases[database.index()].losses;
        let draw = self.draw_of(info.key, Purpose::REPLICA_DECISION, losses);
        self.enter_stage(
            database,
            Stage::ReplicaDecision,
            Phase::Operator,
            replica.decision.span(draw),
        );
    }

    /// An operator has decided: the copy is made the primary.
    pub(super) fn promote_replica(&mut self, database: Id<Database>) {
        let info = &self.topology.databases[database];
        let replica = info.settings.replica.as_ref().expect("there is a copy");
        self.home_is_left_behind(database);
        self.world.databases[database.index()].stage = Stage::PromotingReplica;
        self.forget_rebuilds(database);
        let losses = self.world.databases[database.index()].losses;
        let takes = replica.promote.span(self.draw_of(info.key, Purpose::REPLICA_PROMOTE, losses));
        self.enter_stage(database, Stage::PromotingReplica, Phase::Promotion, takes);
    }

    /// It takes writes from now on. What had not reached it is lost: one window, or, where its data is
    /// known to be wrong as well, that of what is then restored over it.
    pub(super) fn replica_is_promoted(&mut self, database: Id<Database>) {
        let Some(node) = self.usable_replica(database) else {
            return self.no_node_is_left(database);
        };
        let info = &self.topology.databases[database];
        let replica = info.settings.replica.as_ref().expect("there is a copy");
        let losses = self.world.databases[database.index()].losses;
        let lag = replica.lag.span(self.draw_of(info.key, Purpose::REPLICA_LAG, losses));
        let state = &mut self.world.databases[database.index()];
        let lost = state.apart + lag;
        let of = state.lost_at.0.saturating_sub(lost.0);
        state.wrong = state.wrong.filter(|wrong| of > wrong.root.onset.0);
        if !self.is_known_wrong(database) {
            self.state(Fact::ReplicaPromoted { database, lost });
        }
        self.becomes_primary(database, node);
    }

    /// Nodes that run on where nobody can reach them have missed what comes from now on.
    fn home_is_left_behind(&mut self, database: Id<Database>) {
        for node in self.topology.nodes_of(database) {
            let unit = &self.world.units[node.index()];
            let stale = &mut self.world.databases[database.index()].stale;
            if unit.state == State::Serving && !unit.in_service && !stale.contains(&node) {
                stale.push(node);
            }
        }
    }

    /// Without a primary to copy from, what is being made anew in the other region is of no use.
    pub(super) fn forget_copies(&mut self, database: Id<Database>) {
        let there = !self.stands_abroad(database, self.world.databases[database.index()].primary);
        for node in self.topology.all_nodes_of(database) {
            let unfinished = self.world.units[node.index()].state == State::Starting;
            if unfinished && self.stands_abroad(database, node) == there {
                self.forget_rebuild(node);
            }
        }
    }

    // ---- with its app ----

    /// The home region is lost: whatever was done about the database, it waits for the order.
    pub(in crate::model) fn database_awaits_fallback(&mut self, database: Id<Database>) {
        let phase = self.phase_of_decision(self.topology.databases[database].app);
        let state = &self.world.databases[database.index()];
        match state.stage {
            // Its primary is in the other region already.
            _ if self.candidate(database).is_some() => {}
            Stage::NoNode => self.waits_for(database, phase),
            _ => self.change_stage(database, Stage::NoNode, phase),
        }
    }

    /// The decision is over, or was not needed: it waits for what it would wait for without.
    pub(in crate::model) fn database_is_as_it_was(&mut self, database: Id<Database>) {
        if self.world.databases[database.index()].stage == Stage::NoNode {
            self.no_node_is_left(database);
        }
    }

    /// Whether a database can go on in the other region: with its copy, or with what can be restored.
    pub(in crate::model) fn database_can_go_on_abroad(&self, database: Id<Database>) -> bool {
        let info = &self.topology.databases[database];
        let primary = self.world.databases[database.index()].primary;
        let restorable = || newest_restorable(self.topology, &self.world, info.app, self.now);
        self.stands_abroad(database, primary)
            || self.usable_replica(database).is_some()
            || (info.settings.restore.is_some() && restorable().is_some())
    }

    /// It goes on in the other region.
    pub(in crate::model) fn database_goes_abroad(&mut self, database: Id<Database>) {
        let primary = self.world.databases[database.index()].primary;
        if self.stands_abroad(database, primary) {
            return self.database_is_as_it_was(database);
        }
        if self.usable_replica(database).is_some() {
            self.promote_replica(database);
        } else {
            self.home_is_left_behind(database);
            self.begin_restore(database);
        }
    }

    /// A node at home is in step with a primary in the other region, or is the primary itself.
    pub(in crate::model) fn is_in_step_at_home(&self, database: Id<Database>) -> bool {
        let mut nodes = self.topology.nodes_of(database);
        nodes.any(|node| self.is_in_step(node))
    }

    /// A planned switch to a node at home.
    pub(in crate::model) fn database_goes_home(&mut self, database: Id<Database>, root: Root) {
        let primary = self.world.databases[database.index()].primary;
        if self.stands_abroad(database, primary) {
            self.is_switched(database, root);
        }
    }

    /// What was only needed while the app was away is gone with its return.
    pub(super) fn dismiss_abroad(&mut self, database: Id<Database>) {
        let info = &self.topology.databases[database];
        let Some(node) = info.abroad.filter(|_| info.settings.replica.is_none()) else { return };
        if self.world.units[node.index()].state == State::Off {
            return;
        }
        let root = self.world.recovery(info.unit).and_then(|record| record.root);
        let root = root.expect("a database with a new primary was down");
        self.state(Fact::SwitchedOff { unit: node, root });
        let state = self.world.units[node.index()];
        if !state.in_service {
            if state.state == State::Starting {
                self.start_ends(node);
            }
            self.world.recoveries.release(state.recovery);
            let kind = self.topology.group_of(node).kind;
            self.world.down[kind as usize] -= 1;
        }
        self.world.stand_nowhere(self.topology, node);
        let stale = &mut self.world.databases[database.index()].stale;
        stale.retain(|&it| it != node);
        self.is_off(node);
    }

    // ---- restored ----

    /// The node in the other region, and the zone it is to stand in, where an app that is there has its
    /// database restored.
    pub(super) fn place_to_restore_abroad(
        &mut self,
        database: Id<Database>,
    ) -> Option<(Id<UnitInfo>, Option<Id<Zone>>)> {
        let topology = self.topology;
        let node = topology.databases[database].abroad?;
        self.is_meant_abroad(database, node);
        let unit = &self.world.units[node.index()];
        if unit.state != State::Down || self.world.stopped.contains(&node) {
            return None;
        }
        let up = |zone: Id<Zone>| self.world.zones[zone.index()].is_up();
        let stands = (unit.zone != NOWHERE).then(|| Id::new(u32::from(unit.zone)));
        if stands.is_some_and(up) && !self.world.is_held(node) && !self.world.is_cut_off(node) {
            return Some((node, None));
        }
        let zones = &topology.group_of(node).zones;
        zones.iter().copied().find(|&zone| up(zone)).map(|zone| (node, Some(zone)))
    }

    /// A node that was not meant to run is from now on, and belongs to whoever took the database down.
    fn is_meant_abroad(&mut self, database: Id<Database>, node: Id<UnitInfo>) {
        if self.world.units[node.index()].state != State::Off {
            return;
        }
        let unit = self.topology.databases[database].unit;
        let root = self.world.recovery(unit).and_then(|record| record.root);
        let root = root.expect("a database that is restored is down");
        self.is_missed(node, root);
    }
}
