//! From the loss of a primary until every container is connected to another one (D1, D2, D4).

use super::{Database, Stage};
use crate::engine::Purpose;
use crate::id::Id;
use crate::model::event::{DatabaseEvent, Event, is_same, rank};
use crate::model::fact::{Fact, How, Listener};
use crate::model::residency::Move;
use crate::model::root::Root;
use crate::model::sim::Sim;
use crate::model::topology::{Group, UnitInfo};
use crate::model::world::{Phase, State};
use crate::time::Span;

impl<L: Listener> Sim<'_, L> {
    /// What an event of a database does.
    pub fn database_event(&mut self, event: DatabaseEvent) {
        match event {
            DatabaseEvent::GoesOn { database, turn } => {
                if is_same(self.world.databases[database.index()].turn, turn) {
                    self.stage_is_over(database);
                }
            }
            DatabaseEvent::IsFoundWrong { database, fault } => self.is_found_wrong(database, fault),
            DatabaseEvent::Reconnects { container, turn } => {
                let app = self.topology.group_id(container);
                let database = self.topology.database_of(app).expect("its app has a database");
                let state = &self.world.databases[database.index()];
                let reconnecting = state.stage == Stage::Reconnecting;
                if is_same(state.turn, turn) && reconnecting {
                    self.connects(database, container);
                }
            }
        }
    }

    /// A node went out of service, or came into it.
    pub(in crate::model) fn node_changed(&mut self, node: Id<UnitInfo>, up: bool) {
        if up {
            self.node_came(node);
        } else {
            self.node_went(node);
        }
    }

    // ---- a node goes ----

    /// A node is no longer in service. Its own record tells why.
    fn node_went(&mut self, node: Id<UnitInfo>) {
        let database = self.topology.database_of_node(node);
        let state = &self.world.databases[database.index()];
        match state.stage {
            Stage::Serving | Stage::Reconnecting if state.primary == node => {
                let root = self.world.recovery(node).and_then(|record| record.root);
                self.primary_went(database, root.expect("a way back has an owner"));
            }
            Stage::Detecting
            | Stage::Deciding
            | Stage::Promoting
            | Stage::Stuck
            | Stage::RollbackDecision
            | Stage::RollbackWaits
            | Stage::RollingBack
                if self.candidate(database).is_none() =>
            {
                self.no_node_is_left(database);
            }
            Stage::ReplicaDecision | Stage::PromotingReplica
                if self.stands_abroad(database, node) =>
            {
                self.no_node_is_left(database);
            }
            _ => {}
        }
    }

    /// The database takes no more writes.
    fn primary_went(&mut self, database: Id<Database>, root: Root) {
        let topology = self.topology;
        let info = &topology.databases[database];
        let settings = &info.settings.failover;
        let losses = self.takes_no_writes(database);
        let coin = self.draw_of(info.key, Purpose::COVERAGE, losses).uniform();
        let (now, units) = (self.now, &self.world.units);
        // Whoever is cut off already misses what came since, and may not be primary any more. What lags
        // behind anyway may: it lags the more.
        let primary = self.world.databases[database.index()].primary;
        let behind = topology.all_nodes_of(database).filter(|&it| {
            let unit = &units[it.index()];
            let lags = it != primary && self.stands_abroad(database, it);
            !lags
                && unit.state == State::Serving
                && !unit.in_service
                && self.world.recovery(it).is_some_and(|record| record.path[0].0 < now)
        });
        let behind: Vec<_> = behind.collect();
        let was_whole = self.world.units[info.unit.index()].in_service;
        let state = &mut self.world.databases[database.index()];
        state.covered = coin < settings.coverage;
        for node in behind {
            if !state.stale.contains(&node) {
                state.stale.push(node);
            }
        }
        if was_whole {
            self.leaves_its_app(database, root, How::Lost);
        } else {
            // It was reconnecting: one outage throughout, of whoever took it down first.
            self.take_over(info.unit, root, How::Lost);
        }
        self.app_lacks_database(info.app);
        self.state(Fact::DatabaseDown { database, root });
        if self.candidate(database).is_some() {
            let delay = settings.detect.span(self.draw_of(info.key, Purpose::DETECT, losses));
            self.enter_stage(database, Stage::Detecting, Phase::Detection, delay);
        } else {
            self.no_node_is_left(database);
        }
    }

    /// A planned failover: a standby in step takes the place of the primary, and a single node restarts.
    /// It is put off for good where there is no standby in step, or the database is not up anyway.
    pub(in crate::model) fn fail_over_on_purpose(&mut self, app: Id<Group>, root: Root) {
        let topology = self.topology;
        let Some(database) = topology.database_of(app) else { return };
        let info = &topology.databases[database];
        let state = &self.world.databases[database.index()];
        let primary = state.primary;
        let alone = topology.groups[info.nodes].count == 1;
        if self.world.is_abroad(topology, app) {
            return; // it goes home with its app
        }
        let mut nodes = topology.nodes_of(database);
        let standby = nodes.any(|it| it != primary && self.is_in_step(it));
        if state.stage != Stage::Serving || !(alone || standby) {
            return;
        }
        self.is_switched(database, root);
    }

    /// It ceases to take writes on purpose, so that another node takes the place of its primary.
    pub(super) fn is_switched(&mut self, database: Id<Database>, root: Root) {
        let info = &self.topology.databases[database];
        let losses = self.takes_no_writes(database);
        self.leaves_its_app(database, root, How::Stopped);
        self.app_lacks_database(info.app);
        self.state(Fact::DatabaseDown { database, root });
        let takes = info.settings.planned.span(self.draw_of(info.key, Purpose::PROMOTE, losses));
        self.enter_stage(database, Stage::Promoting, Phase::Promotion, takes);
    }

    /// The last write has been taken. Returns the number of this loss.
    pub(super) fn takes_no_writes(&mut self, database: Id<Database>) -> u32 {
        let units = &self.world.units;
        let serving = self.topology.units_of(self.topology.databases[database].app);
        let serving = serving.filter(|it| units[it.index()].in_service);
        let serving = serving.map(|it| (it, units[it.index()].life)).collect();
        let abroad = self.stands_abroad(database, self.world.databases[database.index()].primary);
        let apart = self.replica_is_apart(database);
        let state = &mut self.world.databases[database.index()];
        state.lost_abroad = abroad;
        state.apart = apart;
        state.losses = state.losses.wrapping_add(1);
        state.lost_at = self.now;
        state.attempts = 0;
        state.unconnected = serving;
        state.losses
    }

    pub(super) fn leaves_its_app(&mut self, database: Id<Database>, root: Root, how: How) {
        let unit = self.topology.databases[database].unit;
        self.leave_service(unit, root, how);
        let unit = &mut self.world.units[unit.index()];
        unit.state = State::Down;
        unit.life = unit.life.wrapping_add(1);
    }

    pub(super) fn app_lacks_database(&mut self, app: Id<Group>) {
        self.world.apps[app.index()].dependencies_down += 1;
        self.touch_app(app);
        self.database_went_down(app);
    }

    // ---- stages ----

    /// The next stage, and what the database waits for in it. Also one of no length is over only when
    /// whatever brought it about has happened to all that it strikes.
    pub(super) fn enter_stage(
        &mut self,
        database: Id<Database>,
        stage: Stage,
        phase: Phase,
        lasts: Span,
    ) {
        self.change_stage(database, stage, phase);
        let turn = self.world.databases[database.index()].turn;
        let event = Event::Database(DatabaseEvent::GoesOn { database, turn });
        self.after(lasts, rank::REPAIRED, event);
    }

    /// A stage that something else ends.
    pub(super) fn change_stage(&mut self, database: Id<Database>, stage: Stage, phase: Phase) {
        let state = &mut self.world.databases[database.index()];
        state.stage = stage;
        state.turn = state.turn.wrapping_add(1);
        if stage.has_no_node() {
            self.forget_copies(database);
        }
        self.waits_for(database, phase);
        self.state(Fact::DatabaseStage { database, stage });
        self.fallback_of_is_looked_at(self.topology.databases[database].app);
    }

    /// What the database waits for.
    pub(super) fn waits_for(&mut self, database: Id<Database>, phase: Phase) {
        let info = &self.topology.databases[database];
        self.enter_phase(info.unit, phase);
        self.touch_app(info.app);
        self.fallback_makes_way(info.app);
    }

    fn stage_is_over(&mut self, database: Id<Database>) {
        let info = &self.topology.databases[database];
        let settings = &info.settings.failover;
        let state = &self.world.databases[database.index()];
        let draw = |purpose| self.draw_of(info.key, purpose, state.losses);
        match state.stage {
            Stage::Detecting if state.covered => {
                let delay = settings.decide.span(draw(Purpose::DECIDE));
                self.enter_stage(database, Stage::Deciding, Phase::Decision, delay);
            }
            Stage::Detecting => {
                let delay = settings.manual.span(draw(Purpose::MANUAL_FAILOVER));
                self.enter_stage(database, Stage::Stuck, Phase::Operator, delay);
            }
            Stage::Deciding => {
                let delay = settings.promote.span(draw(Purpose::PROMOTE));
                self.fence(database);
                self.enter_stage(database, Stage::Promoting, Phase::Promotion, delay);
            }
            Stage::Promoting | Stage::Stuck => {
                self.fence(database);
                match self.candidate(database) {
                    Some(node) => self.becomes_primary(database, node),
                    None => self.wait_for_a_node(database),
                }
            }
            Stage::ReplicaDecision => self.promote_replica(database),
            Stage::PromotingReplica => self.replica_is_promoted(database),
            Stage::RestoreDecision => self.begin_restore(database),
            Stage::Restoring => self.restore_is_over(database),
            Stage::RollbackDecision => self.begin_rollback(database),
            Stage::RollingBack => self.rollback_is_over(database),
            Stage::Serving
            | Stage::Reconnecting
            | Stage::NoNode
            | Stage::RestoreWaits
            | Stage::RollbackWaits => {
                unreachable!("nothing of the database itself ends this stage")
            }
        }
    }

    /// A node in step that can be reached, lowest name first; where the primary is replaced on purpose it
    /// comes last.
    pub(super) fn candidate(&self, database: Id<Database>) -> Option<Id<UnitInfo>> {
        let unit = self.topology.databases[database].unit;
        let root = self.world.recovery(unit).and_then(|record| record.root);
        let primary = self.world.databases[database.index()].primary;
        let replaced = |it: &Id<UnitInfo>| *it == primary && root.is_some_and(|root| root.change);
        // A copy in another region is none, unless it has been promoted.
        let nodes = self.topology.all_nodes_of(database);
        let nodes = nodes.filter(|&it| it == primary || !self.stands_abroad(database, it));
        let in_step = nodes.filter(|&it| self.is_in_step(it));
        in_step.min_by_key(|it| (replaced(it), *it))
    }

    pub(super) fn is_in_step(&self, node: Id<UnitInfo>) -> bool {
        let world = &self.world;
        world.units[node.index()].in_service && !world.is_held(node) && !world.is_cut_off(node)
    }

    /// A primary that runs on behind an isolation is shut out for good: it will be rebuilt.
    fn fence(&mut self, database: Id<Database>) {
        let state = &mut self.world.databases[database.index()];
        let primary = &self.world.units[state.primary.index()];
        if primary.state == State::Serving && !primary.in_service {
            let primary = state.primary;
            if !state.stale.contains(&primary) {
                state.stale.push(primary);
            }
        }
    }

    // ---- a node comes ----

    /// A node is in service.
    fn node_came(&mut self, node: Id<UnitInfo>) {
        let database = self.topology.database_of_node(node);
        let unit = &self.world.units[node.index()];
        let primary = self.world.databases[database.index()].primary;
        let primary_comes = self.world.units[primary.index()].state == State::Serving
            && !self.world.databases[database.index()].stale.contains(&primary)
            && !self.world.is_cut_off(primary);
        let copy = node != primary && self.stands_abroad(database, node);
        let usable = copy && self.usable_replica(database).is_some();
        let state = &mut self.world.databases[database.index()];
        state.stale.retain(|&it| it != node);
        match state.stage {
            Stage::Detecting
            | Stage::Deciding
            | Stage::Stuck
            | Stage::NoNode
            | Stage::ReplicaDecision
                if state.primary == node && unit.clocks_since < state.lost_at =>
            {
                // It was only cut off, and so were the connections to it.
                state.unconnected.clear();
                self.becomes_primary(database, node);
            }
            // What lags behind is promoted by decision only.
            Stage::NoNode if usable => self.no_node_is_left(database),
            _ if copy => {}
            // Both were cut off, and the primary is about to be reached again.
            Stage::NoNode if primary != node && primary_comes => {}
            Stage::NoNode
            | Stage::ReplicaDecision
            | Stage::RestoreDecision
            | Stage::RestoreWaits
            | Stage::Restoring => {
                self.becomes_primary(database, node);
            }
            _ => {}
        }
        self.fallback_of_is_looked_at(self.topology.databases[database].app);
    }

    /// It takes writes from now on: the containers reconnect, and what waited for it is rebuilt.
    pub(super) fn becomes_primary(&mut self, database: Id<Database>, node: Id<UnitInfo>) {
        let topology = self.topology;
        if self.is_known_wrong(database) {
            self.world.databases[database.index()].primary = node;
            return self.begin_rollback(database);
        }
        let info = &topology.databases[database];
        let units = &self.world.units;
        let state = &mut self.world.databases[database.index()];
        state.primary = node;
        state.unconnected.retain(|(it, life)| {
            let unit = &units[it.index()];
            unit.in_service && unit.life == *life
        });
        let (turn, losses) = (state.turn.wrapping_add(1), state.losses);
        let waiting: Vec<_> = state.unconnected.iter().map(|(it, _)| *it).collect();
        self.world.apps[info.app.index()].dependencies_down -= 1;
        self.touch_app(info.app);
        self.database_came_back(info.app);
        self.database_stands(database);
        self.change_stage(database, Stage::Reconnecting, Phase::Rerouting);
        if !self.stands_abroad(database, node) {
            self.dismiss_abroad(database);
        }
        if waiting.is_empty() {
            self.all_are_connected(database);
        }
        for container in waiting {
            let draw = self.draw_of(topology.units[container].key, Purpose::RECONNECT, losses);
            let takes = info.settings.failover.reconnect.span(draw);
            if takes == Span::ZERO {
                self.connects(database, container);
            } else {
                let event = Event::Database(DatabaseEvent::Reconnects { container, turn });
                self.after(takes, rank::REPAIRED, event);
            }
        }
        self.rebuild_who_waits(database);
    }

    /// Its backups are taken where its primary is.
    fn database_stands(&mut self, database: Id<Database>) {
        let info = &self.topology.databases[database];
        if info.abroad.is_none() {
            return;
        }
        let state = &self.world.databases[database.index()];
        let abroad = self.stands_abroad(database, state.primary);
        let by = match state.stage {
            Stage::PromotingReplica => Move::Copied,
            _ => Move::Restored,
        };
        let root = self.world.recovery(info.unit).and_then(|record| record.root);
        let root = root.expect("a database with a new primary was down");
        self.backups_follow(info.app, abroad, by, root);
    }

    // ---- the containers reconnect ----

    /// A container is connected, or will not be missed any more.
    fn connects(&mut self, database: Id<Database>, container: Id<UnitInfo>) {
        let unconnected = &mut self.world.databases[database.index()].unconnected;
        let before = unconnected.len();
        unconnected.retain(|(it, _)| *it != container);
        if unconnected.len() == before {
            return;
        }
        let none_left = unconnected.is_empty();
        let app = self.topology.databases[database].app;
        self.touch_app(app);
        self.fallback_makes_way(app);
        if none_left {
            self.all_are_connected(database);
        }
    }

    /// A container has left service, or is another one now: what serves next in its place connects anew.
    #[cold]
    pub(in crate::model) fn connection_ends(&mut self, container: Id<UnitInfo>) {
        let app = self.topology.group_id(container);
        if self.topology.is_app(app) && self.world.is_unconnected(self.topology, container) {
            let database = self.topology.database_of(app).expect("its app has a database");
            self.connects(database, container);
        }
    }

    fn all_are_connected(&mut self, database: Id<Database>) {
        let unit = self.topology.databases[database].unit;
        self.world.databases[database.index()].stage = Stage::Serving;
        self.world.units[unit.index()].state = State::Serving;
        self.state(Fact::DatabaseStage { database, stage: Stage::Serving });
        self.admit(unit);
    }
}
