//! The luck of a change and of its containers.
//!
//! Whether a roll-out is smooth is one number: the version is bad if it is above the chance of a good one,
//! `g`, and container `i` is the first without the luck it needs, which it has with chance `p`, if
//! `g·p^(i+1) < u <= g·p^i`. So nearly all changes of a fleet are known by their luck alone, for the price
//! of one comparison. What each container then draws for itself is made to fit (a uniform number, scaled to
//! the part of its range that it is known to be in), so that the law of each container is what it would be
//! without, and independent of the others. As `g·p^i` does not depend on how many containers there are,
//! another container changes nobody's luck.

use crate::engine::Draw;
use crate::time::Span;
use std::cmp::Ordering;

/// The largest number below 1 that a draw can give.
const HIGHEST: f64 = 1.0 - 0.5 * f64::EPSILON;

/// What one attempt to start a successor hangs on; each uniform in (0, 1), more is worse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Luck {
    /// Of its start.
    pub start: f64,
    /// Of its admission.
    pub admitted: f64,
    /// Of having a successor at all.
    pub success: f64,
}

impl Luck {
    pub fn new(draw: Draw) -> Luck {
        let (start, admitted, success) = draw.uniform3();
        Luck { start, admitted, success }
    }
}

/// The luck that each container must have for a change to be smooth, and how long each then takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Smooth {
    /// Of having a successor, at most.
    pub success: f64,
    /// Of its start, at most.
    pub start: f64,
    /// Of its admission, at most.
    pub admitted: f64,
    /// It then serves after this time, at the latest.
    pub takes: Span,
}

impl Smooth {
    /// Chance that one container has it.
    pub fn chance(&self) -> f64 {
        self.success * self.start * self.admitted
    }

    /// Chance that a version is good, which it is with chance `good`, and that so many containers have the
    /// luck they need.
    pub fn chance_of_all(&self, good: f64, containers: u32) -> f64 {
        let each = self.chance();
        (0..containers).fold(good, |all, _| all * each)
    }

    pub fn is_had_by(&self, luck: Luck) -> bool {
        luck.success <= self.success && luck.start <= self.start && luck.admitted <= self.admitted
    }

    /// The first of so many containers without it, if there is one; the first of all under a bad version.
    pub fn first_without(&self, whole: f64, good: f64, containers: u32) -> u32 {
        let each = self.chance();
        let mut reached = good;
        for place in 0..containers {
            reached *= each;
            if whole > reached {
                return place;
            }
        }
        u32::MAX
    }

    /// The luck of the container in this place, from its `own` numbers; `first` is the place of the
    /// [first without](Smooth::first_without) what it needs, `whole` the luck of the change.
    pub fn of_container(
        &self,
        place: u32,
        first: u32,
        good: f64,
        whole: impl FnOnce() -> f64,
        own: Luck,
    ) -> Luck {
        match place.cmp(&first) {
            Ordering::Less => self.had(own),
            Ordering::Equal => self.lacked(whole(), good, place, own),
            Ordering::Greater => own,
        }
    }

    fn had(&self, own: Luck) -> Luck {
        Luck {
            start: own.start * self.start,
            admitted: own.admitted * self.admitted,
            success: own.success * self.success,
        }
    }

    fn lacked(&self, whole: f64, good: f64, place: u32, own: Luck) -> Luck {
        if whole > good {
            return own; // a bad version: the containers have nothing to do with it
        }
        let each = self.chance();
        let reached = self.chance_of_all(good, place);
        let least = reached * each;
        // The first thing that it lacks …
        let lack = (reached - whole) / (reached - least) * (1.0 - each);
        let beyond = |from: f64, own: f64| (from + (1.0 - from) * own).min(HIGHEST);
        let (no_success, late) = (1.0 - self.success, self.success * (1.0 - self.start));
        if lack < no_success {
            return Luck { success: beyond(self.success, own.success), ..own };
        }
        // … and what comes before that it has.
        let success = own.success * self.success;
        if lack < no_success + late || self.admitted >= 1.0 {
            return Luck { start: beyond(self.start, own.start), success, ..own };
        }
        let admitted = beyond(self.admitted, own.admitted);
        Luck { start: own.start * self.start, admitted, success }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Key, Purpose};

    fn luck(seed: u32, purpose: Purpose) -> Draw {
        Draw::new(Key::new(11, "luck"), purpose, 0, seed)
    }

    /// Three containers under 100 000 changes.
    fn shares(smooth: &Smooth, good: f64) -> Vec<(f64, [Luck; 3])> {
        (0..100_000)
            .map(|seed| {
                let whole = luck(seed, Purpose::UP_TIME).uniform2().1;
                let first = smooth.first_without(whole, good, 3);
                let of = |place: u32| {
                    let own = Luck::new(luck(seed, Purpose::SUCCESSOR).redraw(place as u16));
                    smooth.of_container(place, first, good, || whole, own)
                };
                (whole, [of(0), of(1), of(2)])
            })
            .collect()
    }

    const SMOOTH: Smooth =
        Smooth { success: 0.8, start: 0.7, admitted: 0.9, takes: Span(1_000_000_000) };

    #[test]
    fn the_luck_of_each_container_is_uniform_and_independent() {
        let all = shares(&SMOOTH, 0.85);
        // Nine numbers: each in each of ten parts, and each with each other in each of 16 parts.
        let numbers = |(_, it): &(f64, [Luck; 3])| -> Vec<f64> {
            it.iter().flat_map(|it| [it.start, it.admitted, it.success]).collect()
        };
        let all: Vec<Vec<f64>> = all.iter().map(numbers).collect();
        let chi_square = |counts: &[f64]| {
            let mean = all.len() as f64 / counts.len() as f64;
            counts.iter().map(|it| (it - mean) * (it - mean) / mean).sum::<f64>()
        };
        for a in 0..9 {
            let mut parts = [0.0; 10];
            for it in &all {
                parts[(it[a] * 10.0) as usize] += 1.0;
            }
            // 9 degrees of freedom: beyond 33.7 once in 10 000.
            assert!(chi_square(&parts) < 33.7, "number {a}: {parts:?}");
            for b in 0..a {
                let mut parts = [0.0; 16];
                for it in &all {
                    parts[(it[a] * 4.0) as usize * 4 + (it[b] * 4.0) as usize] += 1.0;
                }
                // 15 degrees of freedom: beyond 44.3 once in 10 000.
                assert!(chi_square(&parts) < 44.3, "numbers {a} and {b}: {parts:?}");
            }
        }
    }

    #[test]
    fn the_luck_of_a_change_is_that_of_its_containers_and_of_its_version() {
        let all = SMOOTH.chance_of_all(0.85, 3);
        assert!((all - 0.85 * 0.504 * 0.504 * 0.504).abs() < 1e-15);
        let (mut smooth, mut good) = (0, 0);
        for (whole, each) in shares(&SMOOTH, 0.85) {
            let had = each.iter().all(|it| SMOOTH.is_had_by(*it));
            if whole <= 0.85 {
                assert_eq!(had, whole <= all, "{whole}: {each:?}");
            }
            smooth += u32::from(had);
            good += u32::from(whole <= 0.85);
        }
        // Within four standard errors; a bad version does not spoil the luck of the containers.
        assert!((f64::from(smooth) - 12_802.0).abs() < 4.0 * 106.0, "{smooth}");
        assert!((f64::from(good) - 85_000.0).abs() < 4.0 * 113.0, "{good}");
    }

    #[test]
    fn another_container_changes_nobodys_luck() {
        for seed in 0..10_000 {
            let whole = luck(seed, Purpose::UP_TIME).uniform2().1;
            let (three, four) =
                (SMOOTH.first_without(whole, 0.85, 3), SMOOTH.first_without(whole, 0.85, 4));
            assert!(three == four || (three, four) == (u32::MAX, 3), "{whole}: {three}, {four}");
        }
    }

    #[test]
    fn what_always_or_never_succeeds_does_so() {
        let always = Smooth { success: 1.0, start: 1.0, admitted: 1.0, ..SMOOTH };
        let never = Smooth { success: 0.0, ..SMOOTH };
        let on_time = Smooth { success: 1.0, admitted: 1.0, ..SMOOTH };
        for (_, each) in shares(&always, 1.0) {
            assert!(each.iter().all(|it| always.is_had_by(*it)));
        }
        for (_, each) in shares(&never, 1.0) {
            assert!(each.iter().all(|it| it.success > 0.0 && it.success < 1.0));
            assert!(each.iter().all(|it| !never.is_had_by(*it)));
        }
        for (_, each) in shares(&on_time, 1.0) {
            assert!(each.iter().all(|it| it.start > 0.0 && it.start < 1.0 && it.admitted < 1.0));
        }
    }
}
