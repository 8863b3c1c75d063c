//! One of several distributions, by weight.

use super::Dist;
use std::fmt;
use std::sync::Arc;

/// The numbers that a draw can give lie this far from 0 and from 1 at least.
const MARGIN: f64 = 0.5 * f64::EPSILON;

/// Weighted distributions, at least one. Cheap to clone.
///
/// One uniform number does for both decisions: where it falls picks the part, and its place within
/// the part's share, stretched to (0, 1), drives the part. What is lost are as many digits as the
/// share is small (a part of weight 0.001 sees 43 random bits of the 53). A sample therefore increases
/// with the number within each part, not over the whole: it is not the mixture's quantile.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture(Arc<[(f64, Dist)]>);

impl Mixture {
    pub(super) fn new(parts: &[(f64, Dist)]) -> Self {
        Mixture(parts.into())
    }

    /// Weights and distributions, as they were given.
    pub fn parts(&self) -> &[(f64, Dist)] {
        &self.0
    }

    pub(super) fn value(&self, u: f64) -> f64 {
        let (dist, rest) = self.pick(|weight, _| weight, u);
        dist.from_uniform(rest)
    }

    pub(super) fn highest(&self) -> f64 {
        let parts = self.0.iter().filter(|(weight, _)| *weight > 0.0);
        parts.map(|(_, dist)| dist.highest()).fold(0.0, f64::max)
    }

    /// The part that `u` falls in when each has the share `share(weight, dist)` of (0, 1), and the
    /// place of `u` within it. The shares sum to 1 up to rounding.
    fn pick(&self, share: impl Fn(f64, &Dist) -> f64, u: f64) -> (&Dist, f64) {
        let mut rest = u;
        let mut last = None;
        for (weight, dist) in self.0.iter() {
            let share = share(*weight, dist);
            if share <= 0.0 {
                continue;
            }
            if rest < share {
                return (dist, (rest / share).clamp(MARGIN, 1.0 - MARGIN));
            }
            rest -= share;
            last = Some(dist);
        }
        // Rounding let `u` fall just behind the last share.
        (last.expect("some part has a share"), 1.0 - MARGIN)
    }

    /// Having lasted for `age` speaks for the parts that last: each is weighted by its survival.
    pub(super) fn residual(&self, age: f64, u: f64) -> f64 {
        let survival: f64 = self.survival(age);
        if survival < f64::MIN_POSITIVE {
            return 0.0;
        }
        let (dist, rest) = self.pick(|weight, dist| weight * dist.survival(age) / survival, u);
        dist.residual(age, rest)
    }

    pub(super) fn mean(&self) -> f64 {
        self.average(Dist::mean)
    }

    pub(super) fn variance(&self) -> f64 {
        let mean = self.mean();
        if mean.is_infinite() {
            return f64::INFINITY;
        }
        self.average(|dist| {
            let off = dist.mean() - mean;
            dist.variance() + off * off
        })
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        self.average(|dist| dist.cdf(x)).min(1.0)
    }

    pub(super) fn survival(&self, x: f64) -> f64 {
        self.average(|dist| dist.survival(x)).min(1.0)
    }

    fn average(&self, of: impl Fn(&Dist) -> f64) -> f64 {
        self.0.iter().map(|(weight, dist)| weight * of(dist)).sum()
    }
}

impl fmt::Display for Mixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (weight, dist)) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            write!(f, "{separator}{:.3} %: {dist}", 100.0 * weight)?;
        }
        Ok(())
    }
}
