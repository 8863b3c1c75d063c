//! When to stop: looks at a geometric schedule of replication counts.
//!
//! Looking often and stopping at the first lucky look makes intervals too short (Glynn & Whitt,
//! *Annals of Applied Probability* 2 (1992) 180). So there is a floor of replications, few looks, and
//! they come at counts that depend on nothing but the count before, never on the clock or the number
//! of threads: the same study stops at the same replication everywhere.

use super::interval::Estimate;

/// The first look: fewer replications are never enough.
pub const FIRST_LOOK: u64 = 100;
/// A rate is not believed to a stated precision before this many events were seen.
pub const FEWEST_HITS: u64 = 50;

/// The count of replications at which to look after a look at `n`, half as many more: 100, 150, 225,
/// 337, … and at last `cap` itself; nothing once `cap` was reached.
pub fn next_count(n: u64, cap: u64) -> Option<u64> {
    let next = n.saturating_add(n / 2).max(FIRST_LOOK);
    (n < cap).then(|| next.min(cap))
}

/// The relative half-width to ask of an estimate so that its true relative error is at most `r > 0`:
/// r/(1 + r), because the half-width is measured against the estimate and not against the truth (Law,
/// *Simulation Modeling and Analysis*, § 9.4.1).
pub fn target_half_width(r: f64) -> f64 {
    debug_assert!(r > 0.0, "a relative precision of {r}");
    r / (1.0 + r)
}

/// Whether every estimate is as precise as `target`, a relative half-width from
/// [`target_half_width`]. An estimate of zero that is not exact never is.
pub fn reached(estimates: &[Estimate], target: f64) -> bool {
    estimates.iter().all(|estimate| estimate.relative_half_width() <= target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::poisson_rate;

    #[test]
    fn looks_come_at_half_as_many_again_up_to_the_cap() {
        let looks: Vec<_> =
            std::iter::successors(next_count(0, 1000), |&n| next_count(n, 1000)).collect();
        assert_eq!(looks, [100, 150, 225, 337, 505, 757, 1000]);
        assert_eq!(next_count(0, 40), Some(40));
        assert_eq!(next_count(40, 40), None);
        assert_eq!(next_count(u64::MAX - 1, u64::MAX), Some(u64::MAX));
    }

    /// With the half-width at the target, both ends of the interval are off by at most r.
    #[test]
    fn the_target_bounds_the_error_relative_to_the_truth() {
        for r in [0.01, 0.1, 0.5] {
            let estimate = Estimate::symmetric(3.0, 3.0 * target_half_width(r));
            assert!((estimate.mean / estimate.low - 1.0 - r).abs() < 1e-12);
            assert!(1.0 - estimate.mean / estimate.high < r);
        }
    }

    #[test]
    fn the_least_precise_estimate_decides() {
        let sharp = Estimate::symmetric(10.0, 0.5);
        let blunt = Estimate::symmetric(10.0, 1.5);
        assert!(reached(&[sharp, Estimate::exact(0.0)], 0.05));
        assert!(!reached(&[sharp, blunt], 0.05));
        assert!(!reached(&[sharp, poisson_rate(0, 1e9, 0.95)], 0.05));
    }
}
