//! What is done when no node is left: wait for one, or restore from what survives the nodes (D2, D5, B4).

use super::{Database, Stage};
use crate::engine::Purpose;
use crate::id::Id;
use crate::model::backup::newest_restorable_of;
use crate::model::fact::{Fact, Listener};
use crate::model::room::Place;
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{UnitInfo, Zone};
use crate::model::world::{Phase, State};
use crate::time::Span;

impl<L: Listener> Sim<'_, L> {
    /// Nothing can be promoted.
    pub(super) fn no_node_is_left(&mut self, database: Id<Database>) {
        let topology = self.topology;
        let info = &topology.databases[database];
        if self.world.awaits_fallback(topology, info.app) {
            return self.database_awaits_fallback(database);
        }
        let state = &self.world.databases[database.index()];
        let runs = |node: Id<UnitInfo>| {
            self.world.units[node.index()].state == State::Serving
                && !state.stale.contains(&node)
                && (node == state.primary || !self.stands_abroad(database, node))
        };
        // What is only cut off still has the data.
        let mut nodes = topology.all_nodes_of(database);
        let cut_off = nodes.any(|it| runs(it) && self.world.is_cut_off(it));
        if !cut_off && self.usable_replica(database).is_some() {
            return self.replica_may_be_promoted(database);
        }
        match &info.settings.restore {
            Some(restore) if !cut_off => {
                let draw = self.draw_of(info.key, Purpose::RESTORE_DECISION, state.losses);
                let delay = restore.decision.span(draw);
                self.world.databases[database.index()].stage = Stage::RestoreDecision;
                if info.settings.rebuild.after_failover {
                    self.forget_rebuilds(database);
                }
                self.enter_stage(database, Stage::RestoreDecision, Phase::Operator, delay);
            }
            None if state.stage == Stage::Stuck => self.rebuild_who_waits(database),
            _ => self.wait_for_a_node(database),
        }
    }

    /// The first node that is back will be primary.
    pub(super) fn wait_for_a_node(&mut self, database: Id<Database>) {
        if self.world.awaits_fallback(self.topology, self.topology.databases[database].app) {
            return self.database_awaits_fallback(database);
        }
        let mut nodes = self.topology.all_nodes_of(database);
        let starting = nodes.any(|it| self.world.units[it.index()].state == State::Starting);
        let phase = if starting { Phase::Rebuild } else { Phase::Provider };
        if self.world.databases[database.index()].stage == Stage::NoNode {
            self.waits_for(database, phase);
        } else {
            self.change_stage(database, Stage::NoNode, phase);
        }
        self.rebuild_who_waits(database);
    }

    /// The operator has ordered the restore, or it has to begin anew: into a node whose zone is up, or
    /// into another zone.
    pub(super) fn begin_restore(&mut self, database: Id<Database>) {
        let topology = self.topology;
        let info = &topology.databases[database];
        let restore = info.settings.restore.as_ref().expect("it is restored");
        let Some(loses) = self.age_of_newest(database) else {
            return self.wait_for_a_node(database);
        };
        self.world.databases[database.index()].stage = Stage::Restoring;
        self.forget_rebuilds(database);
        let Some((node, moves)) = self.place_to_restore(database) else {
            self.change_stage(database, Stage::RestoreWaits, Phase::Provider);
            return;
        };
        if let Some(zone) = moves {
            self.world.move_to(topology, node, Place { zone, host: NONE });
        }
        let state = &mut self.world.databases[database.index()];
        let (losses, attempt) = (state.losses, state.attempts);
        state.attempts = attempt.saturating_add(1);
        state.primary = node;
        state.loses = loses;
        let draw = self.draw_of(info.key, Purpose::RESTORE, losses).redraw(attempt);
        self.world.units[node.index()].state = State::Starting;
        self.enter_phase(node, Phase::Restore);
        self.state(Fact::StartBegan { unit: node });
        self.enter_stage(database, Stage::Restoring, Phase::Restore, restore.takes.span(draw));
    }

    /// A zone is up again: restores that waited for one begin.
    pub(in crate::model) fn restore_who_waits(&mut self) {
        for database in self.topology.databases.ids() {
            match self.world.databases[database.index()].stage {
                Stage::RestoreWaits => self.begin_restore(database),
                Stage::RollbackWaits => self.begin_rollback(database),
                _ => {}
            }
        }
    }

    /// The first node that could run where it stands; else the first that nothing holds by name, made anew
    /// in the first zone that is up.
    fn place_to_restore(
        &mut self,
        database: Id<Database>,
    ) -> Option<(Id<UnitInfo>, Option<Id<Zone>>)> {
        let topology = self.topology;
        if self.world.is_abroad(topology, topology.databases[database].app) {
            return self.place_to_restore_abroad(database);
        }
        let down = |it: &Id<UnitInfo>| {
            let free = !self.world.stopped.contains(it);
            free && self.world.units[it.index()].state == State::Down
        };
        let up = |zone: Id<Zone>| self.world.zones[zone.index()].is_up();
        let zone_of = |it: Id<UnitInfo>| Id::new(u32::from(self.world.units[it.index()].zone));
        let at_home = |it: &Id<UnitInfo>| {
            !self.world.is_held(*it) && !self.world.is_cut_off(*it) && up(zone_of(*it))
        };
        let mut nodes = topology.nodes_of(database).filter(down);
        if let Some(node) = nodes.find(at_home) {
            return Some((node, None));
        }
        let zones = &topology.groups[topology.databases[database].nodes].zones;
        let zone = zones.iter().copied().find(|&zone| up(zone))?;
        topology.nodes_of(database).find(down).map(|node| (node, Some(zone)))
    }

    /// An attempt has come to its end.
    pub(super) fn restore_is_over(&mut self, database: Id<Database>) {
        let topology = self.topology;
        let info = &topology.databases[database];
        let restore = info.settings.restore.as_ref().expect("it is restored");
        let state = &self.world.databases[database.index()];
        let attempt = state.attempts.saturating_sub(1);
        let draw = self.draw_of(info.key, Purpose::RESTORE_FAILS, state.losses).redraw(attempt);
        let (node, lost) = (state.primary, state.loses);
        if draw.uniform() < restore.fails {
            self.world.units[node.index()].state = State::Down;
            self.state(Fact::StartFailed { unit: node });
            self.begin_way_back(node);
            self.noticed(node);
            self.begin_restore(database);
            return;
        }
        // What is older than the fault is right again.
        let state = &mut self.world.databases[database.index()];
        let of = state.lost_at.0.saturating_sub(lost.0);
        state.wrong = state.wrong.filter(|wrong| of > wrong.root.onset.0);
        self.state(Fact::DatabaseRestored { database, lost });
        self.forget_who_is_cut_off(database);
        self.answers(node);
        if restore.pair {
            for other in topology.nodes_of(database) {
                if self.world.units[other.index()].state == State::Starting {
                    let turn = &mut self.world.units[other.index()].turn;
                    *turn = turn.wrapping_add(1);
                    self.answers(other);
                }
            }
        }
    }

    /// How old the newest data that can be restored was when a database was lost: the last log shipped, or
    /// the start of the newest snapshot, and of data that is known to be wrong what is from before that.
    /// Before the start the log had been shipped for ever (S4).
    pub(super) fn age_of_newest(&self, database: Id<Database>) -> Option<Span> {
        let info = &self.topology.databases[database];
        let state = &self.world.databases[database.index()];
        let lost_at = state.lost_at;
        let right_until = state.right_until();
        // It is shipped to storage of the region in which the primary was.
        let kept = || {
            let nodes = info.abroad.filter(|_| state.lost_abroad);
            let group = nodes.map_or(info.nodes, |node| self.topology.group_id(node));
            let region = self.topology.groups[group].region;
            info.abroad.is_none() || self.world.any_zone_up(self.topology, region)
        };
        let logged = info.settings.logs.filter(|_| kept()).map(|every| {
            let phase = self.draw_of(info.key, Purpose::LOG_PHASE, 0).uniform();
            let offset = (every.0 as f64 * phase) as u64;
            // The log was shipped at offset + n·every.
            let since = Span((lost_at.0 % every.0 + every.0 - offset) % every.0);
            since.max(right_until.map_or(Span::ZERO, |until| lost_at - until))
        });
        let newest =
            newest_restorable_of(self.topology, &self.world, info.app, self.now, right_until);
        let saved = newest.map(|snapshot| snapshot.loses(lost_at));
        logged.into_iter().chain(saved).min()
    }
}
