//! The interval of a small unavailability, from many outages seen down to none.
//!
//! The usual interval over replications fails silently when outages are rare: with a handful of them
//! it misses the truth in half of all studies, and with none it is zero wide. So the number of
//! outages chooses the interval:
//!
//! - none: the mean is zero and the upper limit a bound that holds for any law of outages;
//! - fewer than [`FEWEST_HITS`]: unavailability is rate times mean length, and the exact interval of
//!   the rate is combined with one of the mean length;
//! - more: Student's t over replications, on the logarithm, because sums of few long outages are
//!   skewed to the right.
//!
//! What no interval can know is the outage that is longer than all that were seen. For lengths with a
//! coefficient of variation near 2 (lognormal, σ = 1.2) nominal 95 % cover 91 to 94 % between ten
//! and some hundred outages.

use super::interval::{Estimate, Evidence, poisson_rate, two_sided};
use super::moments::Moments;
use super::precision::FEWEST_HITS;
use super::quantile::{gamma_quantile, student_t_quantile};

/// Below this many outages the spread of their lengths is not read from them alone.
const FEWEST_LENGTHS: u64 = 20;
/// Below this many replications Student's t leans on their being near normal.
const FEWEST_REPLICATIONS: u64 = 30;

/// What a study has seen of one component's outages, in replications of equal length.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outages {
    /// How many outages there were in all replications.
    pub hits: u64,
    /// The sum of their lengths, in seconds.
    pub total: f64,
    /// The sum of the squares of their lengths, in seconds².
    pub squares: f64,
    /// The share of its time that each replication spent down, 0 to 1.
    pub fraction: Moments,
}

impl Outages {
    /// The unavailability, a share from 0 to 1, with its interval and what it rests on; nothing
    /// without a replication.
    pub fn unavailability(&self, confidence: f64) -> Option<(Estimate, Evidence)> {
        let replications = self.fraction.n;
        if replications == 0 {
            return None;
        }
        let (estimate, evidence) = if self.hits == 0 || self.total == 0.0 {
            (self.bound(confidence), Evidence::NothingSeen)
        } else if self.hits < FEWEST_HITS {
            (self.rate_times_length(confidence), Evidence::LowConfidence { hits: self.hits })
        } else if replications == 1 {
            (self.rate_times_length(confidence), Evidence::FewReplications { replications })
        } else if replications < FEWEST_REPLICATIONS {
            (self.over_replications(confidence), Evidence::FewReplications { replications })
        } else {
            (self.over_replications(confidence), Evidence::Sound)
        };
        // A share of time cannot exceed all of it.
        Some((Estimate { high: estimate.high.min(1.0), ..estimate }, evidence))
    }

    /// A replication is down for at most all of its time, so E[fraction] ≤ P(any outage), which is at
    /// most 1 − α^(1/n) if none of n independent replications had one.
    fn bound(&self, confidence: f64) -> Estimate {
        let high = -libm::expm1(libm::log1p(-confidence) / self.fraction.n as f64);
        Estimate { mean: 0.0, low: 0.0, high }
    }

    /// Rate times mean length by the method of variance estimates recovery: on the logarithmic scale
    /// the distances to the limits of the two factors add in squares (Zou & Donner, *Statistics in
    /// Medicine* 27 (2008) 1693).
    fn rate_times_length(&self, confidence: f64) -> Estimate {
        // Ratios to the mean, in which the exposure cancels.
        let rate = poisson_rate(self.hits, self.hits as f64, confidence);
        let length = self.relative_mean_length(confidence);
        let distance = |rate: f64, length: f64| {
            let (rate, length) = (libm::log(rate), libm::log(length));
            self.clumping() * (rate * rate + length * length).sqrt()
        };
        log_interval(
            self.fraction.mean,
            distance(rate.low, length.low),
            distance(rate.high, length.high),
        )
    }

    /// The interval of the mean length, divided by its estimate.
    ///
    /// A mean of h lengths with coefficient of variation c has nearly the gamma law of shape h/c²,
    /// exactly so for exponential lengths (c = 1). Few lengths say little about c and tend to miss the
    /// long ones, so it is then taken to be at least 1; from [`FEWEST_LENGTHS`] on it is believed, and
    /// the interval is Student's t on the logarithm with standard error c/√h.
    fn relative_mean_length(&self, confidence: f64) -> Estimate {
        let hits = self.hits as f64;
        let mean = self.total / hits;
        // Lengths that are all equal can leave a rounding error of either sign.
        let variance = (self.squares - self.total * mean).max(0.0) / (hits - 1.0).max(1.0);
        let variation = variance / (mean * mean);
        if self.hits < FEWEST_LENGTHS {
            let shape = hits / variation.max(1.0);
            let limit = |p: f64| shape / gamma_quantile(p, shape);
            let upper = two_sided(confidence);
            Estimate { mean: 1.0, low: limit(upper), high: limit(1.0 - upper) }
        } else {
            let t = student_t_quantile(two_sided(confidence), hits - 1.0);
            let distance = t * (variation / hits).sqrt();
            log_interval(1.0, distance, distance)
        }
    }

    /// How many times wider the spread between replications is than that of a Poisson process with
    /// lengths such as these; at least 1. It exceeds 1 when outages come in clumps.
    fn clumping(&self) -> f64 {
        let mean = self.fraction.mean;
        let between = self.fraction.variance_of_mean() / (mean * mean);
        // The variance of a compound Poisson sum is estimated by the sum of the squares.
        let poisson = self.squares / (self.total * self.total);
        (between / poisson).sqrt().max(1.0)
    }

    /// Student's t on the logarithm of the mean, whose standard error is that of the mean divided by
    /// the mean (delta method). For a narrow interval this is the plain one.
    fn over_replications(&self, confidence: f64) -> Estimate {
        let n = self.fraction.n;
        let mean = self.fraction.mean;
        let t = student_t_quantile(two_sided(confidence), (n - 1) as f64);
        let distance = t * self.fraction.variance_of_mean().sqrt() / mean;
        log_interval(mean, distance, distance)
    }
}

/// The interval whose limits are `below` and `above` away from the mean on the logarithmic scale.
fn log_interval(mean: f64, below: f64, above: f64) -> Estimate {
    Estimate { mean, low: mean * libm::exp(-below), high: mean * libm::exp(above) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Outages of these lengths, one per replication, the other replications without any; a
    /// replication lasts a million seconds.
    fn outages(lengths: &[f64], replications: usize) -> Outages {
        let mut outages = Outages { hits: lengths.len() as u64, ..Outages::default() };
        for i in 0..replications {
            let length = lengths.get(i).copied().unwrap_or(0.0);
            outages.total += length;
            outages.squares += length * length;
            outages.fraction.push(length / 1e6);
        }
        outages
    }

    #[test]
    fn nothing_seen_bounds_the_unavailability_by_three_over_the_replications() {
        let (estimate, evidence) = outages(&[], 1000).unavailability(0.95).unwrap();
        assert_eq!(evidence, Evidence::NothingSeen);
        assert_eq!((estimate.mean, estimate.low), (0.0, 0.0));
        assert!((estimate.high / 2.991_249e-3 - 1.0).abs() < 1e-6, "{estimate:?}");
        assert_eq!(Outages::default().unavailability(0.95), None);
    }

    /// One hit of unknown spread: rate limits 0.02532 and 5.5716, length limits 1/3.6889 and
    /// 1/0.025318 times the mean.
    #[test]
    fn a_single_outage_gives_a_wide_interval_by_hand() {
        let (estimate, evidence) = outages(&[60.0], 500).unavailability(0.95).unwrap();
        assert_eq!(evidence, Evidence::LowConfidence { hits: 1 });
        let log = libm::log;
        let below = (log(0.025_318) * log(0.025_318) + log(3.688_88) * log(3.688_88)).sqrt();
        let above = (log(5.571_64) * log(5.571_64) + log(0.025_318) * log(0.025_318)).sqrt();
        let mean = 60.0 / 500.0 / 1e6;
        assert!((estimate.mean / mean - 1.0).abs() < 1e-12);
        assert!((log(mean / estimate.low) / below - 1.0).abs() < 1e-4, "{estimate:?}");
        assert!((log(estimate.high / mean) / above - 1.0).abs() < 1e-4, "{estimate:?}");
    }

    #[test]
    fn the_number_of_hits_and_replications_chooses_the_evidence() {
        let evidence = |hits, replications| {
            let lengths = vec![30.0; hits];
            outages(&lengths, replications).unavailability(0.95).unwrap().1
        };
        assert_eq!(evidence(49, 100), Evidence::LowConfidence { hits: 49 });
        assert_eq!(evidence(50, 100), Evidence::Sound);
        let mut few = outages(&[30.0; 80], 29);
        few.hits = 80;
        let few = few.unavailability(0.95).unwrap().1;
        assert_eq!(few, Evidence::FewReplications { replications: 29 });
    }

    #[test]
    fn outages_in_clumps_widen_the_interval() {
        let spread = outages(&[60.0; 30], 1000);
        // The same thirty outages, all in three of the replications.
        let mut clumped = Outages { fraction: Moments::default(), ..spread };
        for i in 0..1000 {
            clumped.fraction.push(if i < 3 { 600.0 / 1e6 } else { 0.0 });
        }
        let width = |outages: Outages| outages.unavailability(0.95).unwrap().0.half_width();
        assert!(width(clumped) > 2.0 * width(spread));
    }

    #[test]
    fn a_component_that_is_mostly_down_stays_a_share() {
        let mut down = Outages { hits: 60, total: 1e6, squares: 1e12, ..Outages::default() };
        [0.999, 0.2, 0.9].iter().for_each(|&share| down.fraction.push(share));
        assert_eq!(down.unavailability(0.95).unwrap().0.high, 1.0);
    }
}
