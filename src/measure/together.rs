//! How many apps are down at the same time: what a fleet has in common shows here and nowhere else.

use super::Plan;
use super::components::Level;
use crate::model::root::CauseId;
use crate::time::Instant;
use std::cmp::Reverse;

/// The apps of a fleet that are down together.
#[derive(Clone, Debug)]
pub struct Together {
    /// The number of apps down, over time; its failures are their outages.
    pub level: Level,
    /// The worst moment so far.
    pub worst: Moment,
    /// How many are down.
    apps: u32,
    since: Instant,
    /// How many are down by which cause.
    causes: Vec<(CauseId, u32)>,
}

/// A time in which the same number of apps was down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    pub apps: u32,
    /// Nanoseconds of measured time.
    pub length: u64,
    /// What took most of them down; of several the first by name.
    pub cause: CauseId,
}

impl Together {
    pub(super) fn new() -> Self {
        Together {
            level: Level::new(),
            worst: Moment::default(),
            apps: 0,
            since: Instant::START,
            causes: Vec::new(),
        }
    }

    /// An app has gone down, by this cause.
    #[inline]
    pub(super) fn down(&mut self, now: Instant, cause: CauseId, plan: &Plan) {
        self.close(now, plan);
        self.level.step(now, plan, true, true);
        self.apps += 1;
        match self.causes.iter_mut().find(|(it, _)| *it == cause) {
            Some((_, apps)) => *apps += 1,
            None => self.causes.push((cause, 1)),
        }
    }

    /// An app that this cause had taken down has come back.
    #[inline]
    pub(super) fn up(&mut self, now: Instant, cause: CauseId, plan: &Plan) {
        self.close(now, plan);
        self.level.step(now, plan, false, false);
        self.apps -= 1;
        let place = self.causes.iter().position(|(it, _)| *it == cause);
        let place = place.expect("an app comes back from what took it down");
        self.causes[place].1 -= 1;
        if self.causes[place].1 == 0 {
            self.causes.swap_remove(place);
        }
    }

    pub(super) fn finish(&mut self, now: Instant, plan: &Plan) {
        self.close(now, plan);
        self.level.book(now, plan);
    }

    /// Of apps that fall at one instant only the last begins a moment: the others had no length.
    #[inline]
    fn close(&mut self, now: Instant, plan: &Plan) {
        let (from, to) = plan.clip(self.since, now);
        self.since = now;
        let length = (to - from).0;
        if length > 0 && self.apps > 0 && (self.apps, length) > (self.worst.apps, self.worst.length)
        {
            let most = self.causes.iter().max_by_key(|(cause, apps)| (*apps, Reverse(*cause)));
            let cause = most.expect("apps are down by something").0;
            self.worst = Moment { apps: self.apps, length, cause };
        }
    }
}
