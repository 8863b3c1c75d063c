//! Data that is deleted or overwritten, by mistake or on purpose: every node has it at once. The database
//! serves on until somebody knows; then it is stopped, and what it was before is restored over it. What
//! was written since then is lost (B4).

use super::{Database, Stage};
use crate::engine::Purpose;
use crate::id::Id;
use crate::model::event::{DatabaseEvent, Event, is_same, rank};
use crate::model::fact::{Fact, How, Listener};
use crate::model::root::Root;
use crate::model::sim::Sim;
use crate::model::topology::UnitInfo;
use crate::model::world::Phase;
use crate::time::Span;

/// Data that is not what it should be, since the onset of its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wrong {
    pub root: Root,
    /// Somebody knows.
    pub known: bool,
}

impl<L: Listener> Sim<'_, L> {
    /// The data of a database is destroyed. Without effect on one that takes no writes, or whose data is
    /// wrong already.
    pub(in crate::model) fn database_goes_wrong(&mut self, unit: Id<UnitInfo>, root: Root) {
        let database = self.topology.database_of_node(unit);
        let state = &mut self.world.databases[database.index()];
        if state.wrong.is_some() || !state.stage.serves() {
            self.state(Fact::WithoutEffect { unit });
            return;
        }
        state.wrong = Some(Wrong { root, known: false });
        state.faults = state.faults.wrapping_add(1);
        let fault = state.faults;
        let detect = &self.topology.operator.detect;
        let takes = Span::from_secs(detect.from_uniform(self.luck_of_fault(database, fault).0));
        let event = Event::Database(DatabaseEvent::IsFoundWrong { database, fault });
        self.after(takes, rank::CHECKER, event);
    }

    fn luck_of_fault(&self, database: Id<Database>, fault: u32) -> (f64, f64) {
        let key = self.topology.databases[database].key;
        self.draw_of(key, Purpose::DATA_FAULT, fault).uniform2()
    }

    /// Somebody knows: nothing more is written, and an operator is to say what is restored.
    pub(super) fn is_found_wrong(&mut self, database: Id<Database>, fault: u32) {
        let state = &mut self.world.databases[database.index()];
        let Some(wrong) = &mut state.wrong else { return };
        if !is_same(state.faults, fault) {
            return;
        }
        wrong.known = true;
        let root = wrong.root;
        if !state.stage.serves() {
            return; // as soon as there is a node that could take writes
        }
        let info = &self.topology.databases[database];
        self.takes_no_writes(database);
        if self.world.units[info.unit.index()].in_service {
            self.leaves_its_app(database, root, How::Stopped);
        } else {
            self.take_over(info.unit, root, How::Stopped);
        }
        self.app_lacks_database(info.app);
        self.state(Fact::DatabaseDown { database, root });
        let act = &self.topology.operator.act;
        let takes = Span::from_secs(act.from_uniform(self.luck_of_fault(database, fault).1));
        self.enter_stage(database, Stage::RollbackDecision, Phase::Operator, takes);
    }

    /// Whether a node that could take writes has data that is known to be wrong: it is restored first.
    pub(super) fn is_known_wrong(&self, database: Id<Database>) -> bool {
        self.world.databases[database.index()].wrong.is_some_and(|it| it.known)
    }

    /// What was there before is restored over what there is, or waited for.
    pub(super) fn begin_rollback(&mut self, database: Id<Database>) {
        let info = &self.topology.databases[database];
        let restore = info.settings.rollback.as_ref().expect("checked: it can be restored");
        let Some(loses) = self.age_of_newest(database) else {
            self.change_stage(database, Stage::RollbackWaits, Phase::Provider);
            return;
        };
        let state = &mut self.world.databases[database.index()];
        let (losses, attempt) = (state.losses, state.attempts);
        state.attempts = attempt.saturating_add(1);
        state.loses = loses;
        let draw = self.draw_of(info.key, Purpose::RESTORE, losses).redraw(attempt);
        self.enter_stage(database, Stage::RollingBack, Phase::Restore, restore.takes.span(draw));
    }

    /// An attempt has come to its end.
    pub(super) fn rollback_is_over(&mut self, database: Id<Database>) {
        let info = &self.topology.databases[database];
        let restore = info.settings.rollback.as_ref().expect("checked: it can be restored");
        let state = &self.world.databases[database.index()];
        let attempt = state.attempts.saturating_sub(1);
        let draw = self.draw_of(info.key, Purpose::RESTORE_FAILS, state.losses).redraw(attempt);
        if draw.uniform() < restore.fails {
            return self.begin_rollback(database);
        }
        let lost = state.loses;
        self.world.databases[database.index()].wrong = None;
        self.state(Fact::DatabaseRestored { database, lost });
        self.forget_who_is_cut_off(database);
        let node = self.candidate(database).expect("it was restored over a node in step");
        self.becomes_primary(database, node);
    }
}
