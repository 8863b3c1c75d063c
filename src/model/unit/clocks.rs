//! Failure clocks: when the life of a unit ends by itself.

use crate::id::Id;
use crate::model::event::{Event, UnitEvent, rank};
use crate::model::fact::Listener;
use crate::model::sim::Sim;
use crate::model::topology::{UnitClock, UnitInfo};
use crate::model::world::FirstFailure;
use crate::time::{Instant, Span};

impl<L: Listener> Sim<'_, L> {
    /// The clocks of a new life run from now on, drawn before if it began with a start.
    #[inline]
    pub(super) fn first_clocks_start(&mut self, unit: Id<UnitInfo>) {
        let state = self.world.units[unit.index()];
        match self.world.recoveries[state.recovery].ahead {
            Some(first) if first.life == state.life => self.fails_after(unit, first),
            _ => self.start_clocks(unit, false),
        }
    }

    /// The one door through which failures of components are scheduled: draws every clock of the
    /// unit that starts now, and schedules the nearest of all that run (competing clocks, F3).
    #[inline(never)]
    pub(in crate::model) fn start_clocks(&mut self, unit: Id<UnitInfo>, at_admission: bool) {
        let clocks = self.clocks(unit);
        if at_admission && !clocks.iter().any(|clock| clock.in_rotation) {
            return;
        }
        if at_admission && clocks.iter().all(|clock| clock.in_rotation) {
            // Admitted again in the same life: all its clocks start anew.
            self.world.units[unit.index()].fails_at = Instant::NEVER;
        }
        let first = self.first_failure(unit, at_admission);
        self.fails_after(unit, first);
    }

    fn clocks(&self, unit: Id<UnitInfo>) -> &[UnitClock] {
        &self.topology.clock_sets[usize::from(self.topology.units[unit].clocks)]
    }

    /// Draws the clocks of the current life of a unit that start when it answers, or is admitted.
    #[inline(always)]
    pub(super) fn first_failure(&self, unit: Id<UnitInfo>, at_admission: bool) -> FirstFailure {
        let key = self.topology.units[unit].key;
        let state = self.world.units[unit.index()];
        // One life may be admitted several times; its first answer comes once.
        let j = if at_admission { state.turn } else { 0 };
        let mut first = FirstFailure { life: state.life, up: Span::NEVER, clock: 0 };
        for (index, clock) in self.clocks(unit).iter().enumerate() {
            if clock.in_rotation == at_admission {
                let up = clock.up_time.span(self.draw_of(key, clock.purpose, state.life).redraw(j));
                // Selected, not branched on: which clock is the nearer one is anybody's guess.
                first.clock = if up < first.up { index as u8 } else { first.clock };
                first.up = first.up.min(up);
            }
        }
        first
    }

    /// A unit whose clocks start now fails by the first of them, unless one that runs is nearer.
    #[inline]
    fn fails_after(&mut self, unit: Id<UnitInfo>, first: FirstFailure) {
        let at = self.now + first.up;
        let state = &mut self.world.units[unit.index()];
        if at < state.fails_at {
            state.fails_at = at;
            state.fail_clock = first.clock;
            let event = Event::Unit(unit, UnitEvent::Fails { life: state.life });
            self.at(at, rank::COMPONENT_FAULT, event);
        }
    }
}
