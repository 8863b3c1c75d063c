//! The router's rotation of an app, which lags the truth: dead entries, ejection, admission (T1, N1).

use crate::engine::Purpose;
use crate::id::Id;
use crate::model::event::{Event, UnitEvent, rank};
use crate::model::fact::{Fact, Listener};
use crate::model::root::Root;
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{Face, Group, HealthCheck, UnitInfo};
use crate::model::world::{Entry, Phase};
use crate::time::{Instant, Span};

impl<L: Listener> Sim<'_, L> {
    /// The container of an entry no longer answers, and the rotation does not know yet.
    pub(super) fn leave_dead_entry(
        &mut self,
        unit: Id<UnitInfo>,
        life: u32,
        face: Face,
        root: Root,
    ) {
        let Some(index) = self.list_dead_entry(unit, life, face, root) else { return };
        let router = self.topology.group_of(unit).router.as_ref();
        if let Some(check) = router.and_then(|router| router.check.as_ref()) {
            let silent = matches!(face, Face::Unreachable | Face::Hung);
            let first = self.until_next_probe(unit, life, check.interval);
            let more = Span(check.interval.0 * u64::from(check.unhealthy - 1));
            let delay = first + more + if silent { check.timeout } else { Span::ZERO };
            self.remove_entry_after(index, delay);
        }
        if face != Face::Hung {
            self.prune(unit, life);
        }
    }

    /// Nobody renews the entry of a unit any more: some time after its last renewal a round of the router
    /// drops it.
    fn prune(&mut self, unit: Id<UnitInfo>, life: u32) {
        let router = self.topology.group_of(unit).router.as_ref();
        let Some(pruning) = router.and_then(|router| router.pruning.as_ref()) else { return };
        let draw = self.draw_of(self.topology.units[unit].key, Purpose::PRUNING, life);
        let (renewal, round) = draw.uniform2();
        // Renewed last a whole interval before the renewal that is missing, or at this very instant.
        let missing = until_probe(self.now, renewal, pruning.renewed);
        let ago = if missing == Span::ZERO { 0 } else { pruning.renewed.0 - missing.0 };
        let stale = Span(pruning.after.0.saturating_sub(ago));
        let dropped = stale + until_probe(self.now + stale, round, pruning.every);
        self.remove_entry_after(self.world.units[unit.index()].entry, dropped);
    }

    /// An entry of the rotation that fails what it gets, and that no check will find.
    #[inline]
    pub(super) fn list_dead_entry(
        &mut self,
        unit: Id<UnitInfo>,
        life: u32,
        face: Face,
        root: Root,
    ) -> Option<u32> {
        let app = self.topology.group_id(unit);
        self.topology.groups[app].router.as_ref()?;
        let index = self.world.entries.take();
        let state = &mut self.world.apps[app.index()];
        self.world.entries[index] = Entry {
            app: app.raw(),
            unit: unit.raw(),
            life,
            next: state.first_entry,
            face: face as u8,
            root: Some(root),
        };
        state.first_entry = index;
        state.dead[face as usize] += 1;
        self.world.units[unit.index()].entry = index;
        self.touch_app(app);
        Some(index)
    }

    /// The health manager knows: the dead entry of the unit is unregistered.
    pub(super) fn unregister(&mut self, unit: Id<UnitInfo>) {
        let index = self.world.units[unit.index()].entry;
        if index == NONE {
            return;
        }
        let router = self.topology.group_of(unit).router.as_ref().expect("entries have a router");
        if let Some(unregister) = &router.unregister {
            // The second number of the block is for the new entry's registration.
            let (first, second) = self.draw(unit, Purpose::UNREGISTER).uniform2();
            let recovery = self.world.units[unit.index()].recovery;
            self.world.recoveries[recovery].register_luck = second.to_bits();
            self.remove_entry_after(index, unregister.span_at(first));
        }
    }

    fn remove_entry_after(&mut self, entry: u32, delay: Span) {
        let generation = self.world.entries.generation(entry);
        if delay == Span::ZERO {
            self.remove_entry(entry);
        } else {
            self.after(delay, rank::CHECKER, Event::EntryRemoved { entry, generation });
        }
    }

    /// A dead entry leaves the rotation, if it is still there.
    pub fn entry_removed(&mut self, entry: u32, generation: u32) {
        if self.world.entries.is_current(entry, generation) {
            self.remove_entry(entry);
        }
    }

    /// Takes a dead entry out of its app's list.
    pub(super) fn remove_entry(&mut self, index: u32) {
        let entry = self.world.entries[index];
        let app = Id::<Group>::new(entry.app);
        let state = &mut self.world.apps[app.index()];
        state.dead[entry.face_index()] -= 1;
        if state.first_entry == index {
            state.first_entry = entry.next;
        } else {
            let mut at = state.first_entry;
            while self.world.entries[at].next != index {
                at = self.world.entries[at].next;
            }
            self.world.entries[at].next = entry.next;
        }
        let unit = &mut self.world.units[entry.unit as usize];
        if unit.entry == index {
            unit.entry = NONE;
        }
        self.world.entries.release(index);
        self.touch_app(app);
        self.state(Fact::EntryRemoved { app });
    }

    /// A dead entry now treats requests otherwise (a hung container whose zone is lost).
    pub(super) fn change_face(&mut self, unit: Id<UnitInfo>, face: Face, root: Root) {
        let index = self.world.units[unit.index()].entry;
        if index == NONE {
            return;
        }
        let entry = &mut self.world.entries[index];
        let (app, entry_life) = (Id::<Group>::new(entry.app), entry.life);
        self.world.apps[app.index()].dead[entry.face_index()] -= 1;
        entry.set_face(face);
        entry.root = Some(root);
        self.world.apps[app.index()].dead[face as usize] += 1;
        self.touch_app(app);
        self.prune(unit, entry_life);
    }

    /// A unit that answers and can be reached seeks admission to the rotation.
    pub(super) fn seek_admission(&mut self, unit: Id<UnitInfo>) {
        self.enter_phase(unit, Phase::Rerouting);
        let turn = self.world.units[unit.index()].turn;
        let delay = match &self.topology.group_of(unit).router {
            None => Span::ZERO,
            Some(router) => match &router.check {
                Some(HealthCheck { interval, healthy, .. }) => {
                    let life = self.world.units[unit.index()].life;
                    self.until_next_probe(unit, life, *interval)
                        + Span(interval.0 * u64::from(healthy - 1))
                }
                None => {
                    let recovery = self.world.units[unit.index()].recovery;
                    let kept = self.world.recoveries[recovery].register_luck;
                    let luck = if kept == 0 {
                        self.draw(unit, Purpose::UNREGISTER).uniform2().1
                    } else {
                        f64::from_bits(kept)
                    };
                    router.register.span_at(luck)
                }
            },
        };
        if delay == Span::ZERO {
            self.admit(unit);
        } else {
            self.unit_after(delay, rank::CHECKER, unit, UnitEvent::Admitted { turn });
        }
    }

    /// From now until the balancer's next probe of a life: one phase for each life (N1).
    fn until_next_probe(&self, unit: Id<UnitInfo>, life: u32, interval: Span) -> Span {
        let draw = self.draw_of(self.topology.units[unit].key, Purpose::PROBE_ADMIT, life);
        until_probe(self.now, draw.uniform(), interval)
    }
}

/// From `now` until the next probe at phase + n·interval; the phase is a share of the interval.
#[inline]
pub(super) fn until_probe(now: Instant, phase: f64, interval: Span) -> Span {
    let phase = ((phase * interval.0 as f64) as u64).min(interval.0 - 1);
    let since = now.0 % interval.0;
    Span(if phase >= since { phase - since } else { phase + interval.0 - since })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_probe_is_the_first_at_or_after_now() {
        let every = Span(10);
        assert_eq!(until_probe(Instant(0), 0.35, every), Span(3));
        assert_eq!(until_probe(Instant(13), 0.35, every), Span(0));
        assert_eq!(until_probe(Instant(14), 0.35, every), Span(9));
        assert_eq!(until_probe(Instant(14), 0.999_999_999, every), Span(5));
    }
}
