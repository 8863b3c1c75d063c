//! Means over replications, gathered one by one or block by block.
//!
//! Sums of squares are kept about the running mean (Welford, *Technometrics* 4 (1962) 419), so that
//! a spread of 1e-9 about a mean of 1e-6 is not lost. Floating-point sums depend on their order: the
//! same values pushed and merged in the same order give the same bits, another order does not.

use super::interval::{Estimate, two_sided};
use super::quantile::student_t_quantile;

/// Count, mean and spread of one quantity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    /// How many values.
    pub n: u64,
    /// Their mean; zero for none.
    pub mean: f64,
    /// The sum of their squared distances from the mean.
    pub m2: f64,
}

impl Moments {
    /// Adds a value.
    #[inline]
    pub fn push(&mut self, value: f64) {
        self.n += 1;
        let distance = value - self.mean;
        self.mean += distance / self.n as f64;
        self.m2 += distance * (value - self.mean);
    }

    /// Appends the values of `other` after the own ones (Chan, Golub & LeVeque, *The American
    /// Statistician* 37 (1983) 242).
    pub fn merge(&mut self, other: &Moments) {
        if other.n == 0 {
            return;
        }
        let weight = joint_weight(self.n, other.n);
        let distance = other.mean - self.mean;
        self.n += other.n;
        self.mean += distance * (other.n as f64 / self.n as f64);
        self.m2 += other.m2 + distance * distance * weight;
    }

    /// The unbiased variance of one value; zero for fewer than two.
    pub fn variance(&self) -> f64 {
        if self.n < 2 { 0.0 } else { self.m2 / (self.n - 1) as f64 }
    }

    /// The variance of the mean, `variance / n`; zero for fewer than two.
    pub fn variance_of_mean(&self) -> f64 {
        if self.n < 2 { 0.0 } else { self.variance() / self.n as f64 }
    }

    /// The mean with Student's t interval; nothing for no value, an infinite interval for one.
    pub fn estimate(&self, confidence: f64) -> Option<Estimate> {
        (self.n > 0).then(|| t_interval(self.mean, self.variance_of_mean(), self.n, confidence))
    }
}

/// Sums of a numerator and a denominator per replication, for the ratio of their means.
///
/// For downtime over time at risk, outages per demand and the like. Never the mean of the ratios:
/// that weighs a short replication like a long one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RatioMoments {
    /// The numerators.
    pub numerator: Moments,
    /// The denominators.
    pub denominator: Moments,
    /// The sum of the products of both distances from their means.
    pub cross: f64,
}

impl RatioMoments {
    /// Adds the pair of one replication.
    #[inline]
    pub fn push(&mut self, numerator: f64, denominator: f64) {
        let distance = numerator - self.numerator.mean;
        self.numerator.push(numerator);
        self.denominator.push(denominator);
        self.cross += distance * (denominator - self.denominator.mean);
    }

    /// Appends the pairs of `other` after the own ones.
    pub fn merge(&mut self, other: &RatioMoments) {
        if other.numerator.n == 0 {
            return;
        }
        self.cross += other.cross
            + (other.numerator.mean - self.numerator.mean)
                * (other.denominator.mean - self.denominator.mean)
                * joint_weight(self.numerator.n, other.numerator.n);
        self.numerator.merge(&other.numerator);
        self.denominator.merge(&other.denominator);
    }

    /// The ratio of the means with the interval of the delta method: with R the ratio, the variance
    /// is that of D − R·U over n·mean(U)², and Student's t has n − 1 degrees of freedom (Law,
    /// *Simulation Modeling and Analysis*, § 9.5). The bias of R is O(1/n) and left in.
    ///
    /// Nothing while the denominator is zero, an infinite interval for one replication.
    pub fn estimate(&self, confidence: f64) -> Option<Estimate> {
        let n = self.numerator.n;
        if self.denominator.mean == 0.0 {
            return None;
        }
        let ratio = self.numerator.mean / self.denominator.mean;
        let residual = self.numerator.m2 - ratio * (2.0 * self.cross - ratio * self.denominator.m2);
        // Exactly proportional pairs leave a rounding error of either sign.
        let spread = residual.max(0.0) / (n.max(2) - 1) as f64;
        let scale = self.denominator.mean * self.denominator.mean;
        Some(t_interval(ratio, spread / scale / n as f64, n, confidence))
    }
}

/// n·m/(n + m), the weight of the squared distance between two means when their groups join.
fn joint_weight(n: u64, m: u64) -> f64 {
    n as f64 * (m as f64 / (n + m) as f64)
}

/// `mean ± t·√variance` with `n − 1` degrees of freedom, where `variance` is that of the mean.
pub(super) fn t_interval(mean: f64, variance: f64, n: u64, confidence: f64) -> Estimate {
    let half_width = if n < 2 {
        f64::INFINITY
    } else {
        student_t_quantile(two_sided(confidence), (n - 1) as f64) * variance.sqrt()
    };
    Estimate::symmetric(mean, half_width)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found / expected - 1.0).abs() < tolerance, "{found:e} is not {expected:e}");
    }

    fn moments(values: &[f64]) -> Moments {
        let mut moments = Moments::default();
        values.iter().for_each(|&value| moments.push(value));
        moments
    }

    #[test]
    fn a_small_sample_by_hand() {
        let sample = moments(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!((sample.n, sample.mean), (8, 5.0));
        close(sample.variance(), 32.0 / 7.0, 1e-15);
        // t(0.975, 7) = 2.364624; √(32/7/8) = 0.755929.
        let estimate = sample.estimate(0.95).unwrap();
        close(estimate.half_width(), 2.364_624_25 * 0.755_928_95, 1e-8);
    }

    #[test]
    fn ten_million_tiny_values_keep_their_spread() {
        let mut all = Moments::default();
        for i in 0..10_000_000_u32 {
            all.push(1e-6 + 1e-12 * (f64::from(i % 3) - 1.0));
        }
        // i mod 3 = 0, 1, 2 in equal numbers but for one zero more at the end.
        close(all.mean, 1e-6, 1e-12);
        close(all.variance(), 2.0 / 3.0 * 1e-24, 1e-4);
    }

    #[test]
    fn merging_blocks_is_pushing_their_values() {
        let values: Vec<f64> = (0..1000_u32).map(|i| f64::from(i * i % 997) * 1e-7).collect();
        let whole = moments(&values);
        let mut merged = Moments::default();
        for block in values.chunks(64) {
            merged.merge(&moments(block));
        }
        assert_eq!(merged.n, whole.n);
        close(merged.mean, whole.mean, 1e-14);
        close(merged.m2, whole.m2, 1e-13);
        let before = merged;
        merged.merge(&Moments::default());
        assert_eq!(merged, before);
    }

    #[test]
    fn none_and_one_value_claim_nothing() {
        assert_eq!(Moments::default().estimate(0.95), None);
        let one = moments(&[3.0]).estimate(0.95).unwrap();
        assert_eq!((one.mean, one.low, one.high), (3.0, f64::NEG_INFINITY, f64::INFINITY));
    }

    fn pairs() -> Vec<(f64, f64)> {
        vec![(1.0, 10.0), (3.0, 14.0), (0.0, 6.0), (2.0, 12.0), (5.0, 30.0)]
    }

    fn ratio(pairs: &[(f64, f64)]) -> RatioMoments {
        let mut ratio = RatioMoments::default();
        pairs.iter().for_each(|&(d, u)| ratio.push(d, u));
        ratio
    }

    #[test]
    fn the_ratio_of_means_by_hand() {
        let pairs = pairs();
        let r = 11.0 / 72.0;
        let squares: f64 = pairs.iter().map(|(d, u)| (d - r * u) * (d - r * u)).sum();
        let expected = (squares / 4.0 / 5.0).sqrt() / (72.0 / 5.0);
        let estimate = ratio(&pairs).estimate(0.95).unwrap();
        close(estimate.mean, r, 1e-15);
        // t(0.975, 4) = 2.776445.
        close(estimate.half_width(), 2.776_445_105 * expected, 1e-9);
    }

    #[test]
    fn ratios_merge_in_blocks() {
        let pairs = pairs();
        let mut merged = ratio(&pairs[..2]);
        merged.merge(&ratio(&pairs[2..]));
        let (merged, whole) = (merged.estimate(0.9).unwrap(), ratio(&pairs).estimate(0.9).unwrap());
        close(merged.mean, whole.mean, 1e-14);
        close(merged.half_width(), whole.half_width(), 1e-13);
    }

    #[test]
    fn equal_denominators_give_the_plain_interval() {
        let pairs: Vec<_> = pairs().into_iter().map(|(d, _)| (d, 8.0)).collect();
        let plain = moments(&pairs.iter().map(|&(d, _)| d / 8.0).collect::<Vec<_>>());
        let (ratio, plain) = (ratio(&pairs).estimate(0.95).unwrap(), plain.estimate(0.95).unwrap());
        close(ratio.low, plain.low, 1e-13);
        close(ratio.high, plain.high, 1e-13);
    }

    #[test]
    fn proportional_pairs_have_no_spread_and_no_denominator_no_ratio() {
        // Among these some leave a residual that rounding made negative.
        for i in 1..50 {
            let pairs = [1.0, 2.0, 0.1].map(|x| (x * f64::from(i) / 7.0, x * 3.0));
            let exact = ratio(&pairs).estimate(0.95).unwrap();
            close(exact.mean, f64::from(i) / 21.0, 1e-15);
            assert!(exact.half_width() < 1e-6 * exact.mean, "{exact:?}");
        }
        assert_eq!(RatioMoments::default().estimate(0.95), None);
        assert_eq!(ratio(&[(0.0, 0.0), (0.0, 0.0)]).estimate(0.95), None);
    }
}
