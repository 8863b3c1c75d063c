//! Containers by load. An autoscaler looks at the load of its app every so often and orders as many
//! containers as keep each of them at its target.
//!
//! It looks at the load and not at how containers fare, and the load is known beforehand: the next look
//! that calls for another number is computed, and the others never happen. It can do nothing while
//! the control plane of its region is impaired, while another change of its app is under way, and while
//! the app sleeps; then it looks again.

use crate::engine::Purpose;
use crate::id::Id;
use crate::model::event::{Event, rank};
use crate::model::fact::Listener;
use crate::model::rotation::until_probe;
use crate::model::sim::Sim;
use crate::model::slab::NONE;
use crate::model::topology::{Autoscaling, Group, Region, When};
use crate::time::Instant;
use crate::traffic::Load;

/// What an autoscaler is about to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ScalerState {
    /// Containers that it orders next.
    pub wanted: u32,
    /// Until then it orders no others.
    pub rests_until: Instant,
    /// Something kept it from ordering: it has to be told when that is over.
    pub held_up: bool,
}

impl Autoscaling {
    /// Containers for so many requests per second.
    pub fn wanted(&self, rate: f64) -> u32 {
        // A load that is a whole number of targets takes no container more for the last bit of a float.
        let exact = rate / self.per_container * (1.0 - 1e-12);
        (exact.ceil() as u32).clamp(self.least, self.most)
    }

    /// When which number of containers is wanted, up to `end`; each holds until the next.
    pub fn course(&self, load: &Load, end: Instant) -> Vec<(Instant, u32)> {
        let steps = load.steps(Instant::START, end);
        let mut course: Vec<_> = steps.map(|(begin, _, rate)| (begin, self.wanted(rate))).collect();
        course.dedup_by_key(|(_, wanted)| *wanted);
        course
    }
}

impl<L: Listener> Sim<'_, L> {
    /// Every autoscaler looks at the load for the first time.
    pub(super) fn start_scaling(&mut self) {
        (0..self.topology.scalers.len()).for_each(|scaler| self.look_at_load(scaler));
    }

    /// Schedules the next order that a look at the load from now on calls for.
    fn look_at_load(&mut self, scaler: usize) {
        let info = &self.topology.scalers[scaler];
        let clock = &self.topology.changes[info.change];
        let settings = self.autoscaling(scaler);
        let from = self.now.max(self.world.scalers[scaler].rests_until);
        let meant = self.world.apps[clock.app.index()].meant;
        let phase = self.draw_of(clock.key, Purpose::SCALING, 0).uniform();
        let current = info.course.partition_point(|(begins, _)| *begins <= from).max(1) - 1;
        let next = (current..info.course.len()).find_map(|step| {
            let (begins, wanted) = info.course[step];
            let ends = info.course.get(step + 1).map_or(Instant::NEVER, |next| next.0);
            let earliest = begins.max(from);
            let looks = earliest + until_probe(earliest, phase, settings.every);
            (wanted != meant && looks < ends).then_some((looks, wanted))
        });
        if let Some((looks, wanted)) = next {
            self.world.scalers[scaler].wanted = wanted;
            self.at(looks + settings.delay, rank::CHECKER, Event::Scales(scaler as u32));
        }
    }

    /// An order is due.
    pub fn scales(&mut self, scaler: u32) {
        let scaler = scaler as usize;
        let change = self.topology.scalers[scaler].change;
        let app = self.topology.changes[change].app;
        let region = self.world.region_of(self.topology, app);
        let state = &self.world.apps[app.index()];
        let impaired = self.world.managers[region.index()].impaired > 0;
        if impaired || state.asleep || state.change != NONE {
            self.world.scalers[scaler].held_up = true;
            return;
        }
        let rest = self.autoscaling(scaler).cool_down;
        self.world.scalers[scaler].rests_until = self.now + rest;
        self.change_begins(change);
        self.look_at_load(scaler);
    }

    /// What may have kept the autoscaler of an app from ordering is over.
    pub(super) fn scaling_goes_on(&mut self, app: Id<Group>) {
        let of = |scaler: usize| self.topology.changes[self.topology.scalers[scaler].change].app;
        let mine = (0..self.topology.scalers.len()).find(|&it| of(it) == app);
        if let Some(scaler) = mine
            && std::mem::take(&mut self.world.scalers[scaler].held_up)
        {
            self.look_at_load(scaler);
        }
    }

    /// The same for all apps of a region.
    pub(super) fn scaling_goes_on_in(&mut self, region: Id<Region>) {
        for scaler in 0..self.topology.scalers.len() {
            let app = self.topology.changes[self.topology.scalers[scaler].change].app;
            if self.world.region_of(self.topology, app) == region {
                self.scaling_goes_on(app);
            }
        }
    }

    fn autoscaling(&self, scaler: usize) -> Autoscaling {
        match self.topology.changes[self.topology.scalers[scaler].change].change.when {
            When::ByLoad(settings) => settings,
            _ => unreachable!("an autoscaler is a change by load"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, Span};
    use crate::traffic::LoadClock;
    use std::sync::Arc;

    fn settings(per_container: f64) -> Autoscaling {
        let (every, delay, cool_down) = (Span(1), Span(0), Span(0));
        Autoscaling { per_container, least: 2, most: 6, every, delay, cool_down }
    }

    #[test]
    fn as_many_containers_as_keep_each_at_its_target_within_the_limits() {
        let wanted = |rate| settings(0.7 * 150.0).wanted(rate);
        assert_eq!([0.0, 105.0, 210.0, 210.1, 420.0, 1e9].map(wanted), [2, 2, 2, 3, 4, 6]);
    }

    #[test]
    fn only_steps_that_call_for_another_number_are_kept() {
        let steps = [(0, 1.0), (1, 1.1), (2, 3.5), (3, 3.9), (4, 0.0)];
        let steps = steps.map(|(at, level)| (Instant(at * HOUR), level));
        let end = Instant(9 * HOUR);
        let load = Load { rate: 100.0, clock: Some(Arc::new(LoadClock::new(&steps, end))) };
        let course = settings(100.0).course(&load, end);
        assert_eq!(course, [(Instant(0), 2), (Instant(2 * HOUR), 4), (Instant(4 * HOUR), 2)]);
    }
}
