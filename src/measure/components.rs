//! How many components of a kind are not in service (M9).

use crate::measure::Plan;
use crate::model::topology::Kind;
use crate::time::Instant;

/// Levels told apart one by one; more down than this are counted as this many.
pub const LEVELS: usize = 64;

/// All kinds.
#[derive(Clone, Debug)]
pub struct Components {
    pub kinds: [Level; Kind::ALL.len()],
}

/// The number of components of one kind that are down, over time.
#[derive(Clone, Debug)]
pub struct Level {
    down: u64,
    since: Instant,
    /// ∫ number down dt, in component-nanoseconds.
    pub integral: u128,
    /// Nanoseconds with exactly k down (the last: that many or more).
    pub at: Vec<u64>,
    /// How often one went out of service.
    pub failures: u64,
}

impl Components {
    pub(super) fn new() -> Self {
        Components { kinds: std::array::from_fn(|_| Level::new()) }
    }

    /// `failed`: it did not leave service on purpose.
    #[inline(always)]
    pub(super) fn unit_down(&mut self, now: Instant, plan: &Plan, kind: Kind, failed: bool) {
        self.kinds[kind as usize].step(now, plan, true, failed);
    }

    #[inline]
    pub(super) fn unit_up(&mut self, now: Instant, plan: &Plan, kind: Kind) {
        self.kinds[kind as usize].step(now, plan, false, false);
    }

    pub(super) fn zone_down(&mut self, now: Instant, plan: &Plan) {
        self.kinds[Kind::Zone as usize].step(now, plan, true, true);
    }

    pub(super) fn zone_up(&mut self, now: Instant, plan: &Plan) {
        self.kinds[Kind::Zone as usize].step(now, plan, false, false);
    }

    pub(super) fn finish(&mut self, now: Instant, plan: &Plan) {
        self.kinds.iter_mut().for_each(|level| level.book(now, plan));
    }
}

impl Level {
    pub(super) fn new() -> Self {
        Level { down: 0, since: Instant::START, integral: 0, at: vec![0], failures: 0 }
    }

    #[inline]
    pub(super) fn step(&mut self, now: Instant, plan: &Plan, down: bool, failed: bool) {
        self.book(now, plan);
        if down {
            self.down += 1;
            if failed && now >= plan.from {
                self.failures += 1;
            }
        } else {
            self.down -= 1;
        }
    }

    #[cold]
    fn reaches(&mut self, level: usize) {
        self.at.resize(level + 1, 0);
    }

    #[inline]
    pub(super) fn book(&mut self, now: Instant, plan: &Plan) {
        let (from, to) = plan.clip(self.since, now);
        self.since = now;
        let length = (to - from).0;
        let level = (self.down as usize).min(LEVELS);
        if level >= self.at.len() {
            self.reaches(level);
        }
        self.at[level] += length;
        self.integral += u128::from(length) * u128::from(self.down);
    }
}
