//! The failure of a unit is noticed, and it is decided to replace it.

use crate::engine::{Dist, Purpose};
use crate::id::Id;
use crate::model::event::{UnitEvent, rank};
use crate::model::fact::{Fact, Listener};
use crate::model::rotation::until_probe;
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{Detect, Recovery, UnitInfo};
use crate::model::world::{Phase, State};
use crate::time::Span;

impl<L: Listener> Sim<'_, L> {
    /// Schedules the notice of a failure that has just happened. What is gone with a host that is
    /// described is noticed with everything on it, by the luck of that host (N2).
    #[inline]
    pub(super) fn notice_by(
        &mut self,
        unit: Id<UnitInfo>,
        detect: &Detect,
        silent: bool,
        gone_with: Option<u32>,
    ) {
        let state = self.world.units[unit.index()];
        let delay = match detect {
            Detect::After(Dist::Constant(delay)) => Span::from_secs(*delay),
            _ => match self.until_noticed(unit, detect, silent, gone_with) {
                Some(delay) => delay,
                None => return,
            },
        };
        if delay == Span::ZERO {
            self.noticed(unit);
        } else {
            let turn = state.turn;
            self.unit_after(delay, rank::CHECKER, unit, UnitEvent::Noticed { turn });
        }
    }

    /// How long it takes to notice a failure, where that is more than a constant delay; nothing: it is
    /// not noticed at all.
    #[inline(never)]
    fn until_noticed(
        &self,
        unit: Id<UnitInfo>,
        detect: &Detect,
        silent: bool,
        gone_with: Option<u32>,
    ) -> Option<Span> {
        let state = self.world.units[unit.index()];
        let own = |purpose| self.draw(unit, purpose).redraw(state.turn);
        Some(match detect {
            Detect::After(dist) => {
                dist.span(gone_with.map_or(own(Purpose::DETECT), |host| self.presence(host)))
            }
            Detect::Poll { interval, threshold, timeout } => {
                let of_host = |host| self.topology.hosts[host as usize].unit;
                let (checked, life) = match gone_with {
                    Some(host) => (of_host(host), 0),
                    None => (unit, state.life),
                };
                let key = self.topology.units[checked].key;
                let phase = self.draw_of(key, Purpose::DETECT_PHASE, life).uniform();
                until_probe(self.now, phase, *interval)
                    + Span(interval.0 * u64::from(threshold - 1))
                    + if silent { *timeout } else { Span::ZERO }
            }
            Detect::Presence { expires } => {
                let topology = self.topology;
                let draw = gone_with.map_or(own(Purpose::PRESENCE), |host| self.presence(host));
                let expires = expires.span(draw);
                match &*topology.group_of(unit).recovery {
                    Recovery::Replaced(manager) => self.until_convergence(unit, manager, expires),
                    Recovery::InPlace { .. } => expires,
                }
            }
            Detect::Never => return None,
        })
    }

    /// The recovery record of a unit whose failure is still to be noticed.
    pub(super) fn unnoticed(&self, unit: Id<UnitInfo>) -> Option<u32> {
        let index = self.world.units[unit.index()].recovery;
        (index != NONE && !self.world.recoveries[index].noticed).then_some(index)
    }

    pub(in crate::model) fn noticed(&mut self, unit: Id<UnitInfo>) {
        // Of two notices the later one finds nothing to do, perhaps not even a unit that is out.
        let Some(index) = self.unnoticed(unit) else { return };
        if self.notice_waits(unit) {
            return;
        }
        self.world.recoveries[index].noticed = true;
        let state = self.world.units[unit.index()];
        self.state(Fact::Noticed { unit });
        self.unregister(unit);
        let topology = self.topology;
        let delay = match &*topology.group_of(unit).recovery {
            Recovery::InPlace { .. } => Span::ZERO,
            Recovery::Replaced(manager) => {
                let decide = manager.decide.span(self.draw(unit, Purpose::DECIDE));
                let kill = if state.state == State::Hung {
                    manager.kill.span(self.draw(unit, Purpose::KILL))
                } else {
                    Span::ZERO
                };
                // One that runs on behind an isolation has not failed again.
                let failed = state.state != State::Serving;
                let by_crash = failed && self.world.recoveries[index].by_crash;
                let wait =
                    if by_crash { self.ladder_wait(unit, manager) } else { Some(Span::ZERO) };
                let Some(wait) = wait else { return self.give_up(unit) };
                wait.max(decide + kill)
            }
        };
        if delay == Span::ZERO {
            self.place(unit);
        } else {
            self.enter_phase(unit, Phase::Decision);
            let turn = self.world.units[unit.index()].turn;
            self.unit_after(delay, rank::CHECKER, unit, UnitEvent::Placed { turn });
        }
    }
}
