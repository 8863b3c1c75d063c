//! A component (container, host, dependency) from failure to return, in the order it happens:
//! fails → noticed → decided → placed → starting → answers → admitted.
//!
//! A unit has a `life` (one span of running; the occurrence number of its luck) and a `turn` (one
//! uninterrupted way back). A failure clock belongs to a life, every other event to a turn; whatever
//! belongs to an earlier one is stale and does nothing.
//!
//! - `fails.rs`: ends of a life, leaving service; `domain.rs`: lost, cut off and back with its domain
//! - `notice.rs`: noticed and decided; `start.rs`: placed and started
//! - `service.rs`: answers, admitted; `clocks.rs`: the failure clocks of a life

mod clocks;
mod domain;
mod fails;
mod notice;
mod service;
mod start;

use crate::id::Id;
use crate::model::event::{UnitEvent, is_same};
use crate::model::fact::Listener;
use crate::model::sim::Sim;
use crate::model::topology::UnitInfo;

impl<L: Listener> Sim<'_, L> {
    /// What an event of a unit does.
    #[inline]
    pub fn unit_event(&mut self, unit: Id<UnitInfo>, event: UnitEvent) {
        let current = self.world.units[unit.index()].turn;
        match event {
            UnitEvent::Fails { life } => {
                let state = &self.world.units[unit.index()];
                if is_same(state.life, life) && state.fails_at == self.now {
                    self.clock_ran_out(unit);
                }
            }
            UnitEvent::Noticed { turn } if turn == current => self.noticed(unit),
            UnitEvent::Placed { turn } if turn == current => self.place(unit),
            UnitEvent::StartFailed { turn } if turn == current => self.start_failed(unit),
            UnitEvent::Answers { turn } if turn == current => self.answers(unit),
            UnitEvent::Admitted { turn } if turn == current => self.admit(unit),
            _stale => {}
        }
    }
}
