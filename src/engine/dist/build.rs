//! Constructors: every way of stating a distribution, and what is refused.

use super::{Dist, Empirical, Mixture};
use crate::engine::math::normal_quantile;
use std::fmt;

/// The longest time that can be stated, in seconds: far past the end of the clock, and small enough
/// that no product of it overflows.
const LONGEST: f64 = 1e30;

/// Why parameters make no distribution: one sentence for the user, without a final stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDist(pub String);

impl fmt::Display for InvalidDist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidDist {}

type Built = Result<Dist, InvalidDist>;

pub(super) fn refuse<T>(why: String) -> Result<T, InvalidDist> {
    Err(InvalidDist(why))
}

fn within(what: &str, value: f64, low: f64, high: f64) -> Result<(), InvalidDist> {
    if (low..=high).contains(&value) {
        Ok(())
    } else {
        refuse(format!("the {what} must lie between {low} and {high}, not at {value}"))
    }
}

fn not_negative(what: &str, value: f64) -> Result<(), InvalidDist> {
    within(what, value, 0.0, LONGEST)
}

fn positive(what: &str, value: f64) -> Result<(), InvalidDist> {
    if value > 0.0 {
        within(what, value, 0.0, LONGEST)
    } else {
        refuse(format!("the {what} must be more than zero, not {value}"))
    }
}

/// The 95th percentile of the standard normal distribution.
fn z95() -> f64 {
    normal_quantile(0.95)
}

impl Dist {
    /// Always `value`.
    pub fn constant(value: f64) -> Built {
        not_negative("value", value)?;
        Ok(Dist::Constant(value))
    }

    /// Memoryless with the given mean.
    pub fn exponential(mean: f64) -> Built {
        positive("mean", mean)?;
        Ok(Dist::Exponential { mean })
    }

    /// The sum of `phases` (1..=10 000) equal exponentials that has the given mean.
    pub fn erlang(phases: u32, mean: f64) -> Built {
        within("number of phases", f64::from(phases), 1.0, 10_000.0)?;
        positive("mean", mean)?;
        Ok(Dist::Erlang { phases, scale: mean / f64::from(phases) })
    }

    /// Weibull with a shape in 0.1..=100 and the given mean.
    pub fn weibull_mean(shape: f64, mean: f64) -> Built {
        within("shape", shape, 0.1, 100.0)?;
        positive("mean", mean)?;
        Dist::weibull_scale(shape, mean / libm::tgamma(1.0 + 1.0 / shape))
    }

    /// Weibull with a shape in 0.1..=100 and the given scale, which 63.2 % of samples do not exceed.
    pub fn weibull_scale(shape: f64, scale: f64) -> Built {
        within("shape", shape, 0.1, 100.0)?;
        positive("scale", scale)?;
        Ok(Dist::Weibull { inverse_shape: 1.0 / shape, scale })
    }

    /// Lognormal whose logarithm has mean `mu` (−70..=70) and standard deviation `sigma` (0..=10).
    pub fn lognormal_mu_sigma(mu: f64, sigma: f64) -> Built {
        within("mean of the logarithm", mu, -70.0, 70.0)?;
        within("standard deviation of the logarithm", sigma, 0.0, 10.0)?;
        Ok(Dist::Lognormal { mu, sigma })
    }

    /// Lognormal by its median and the standard deviation of its logarithm.
    pub fn lognormal_median_sigma(median: f64, sigma: f64) -> Built {
        positive("median", median)?;
        Dist::lognormal_mu_sigma(libm::log(median), sigma)
    }

    /// Lognormal by its mean and the standard deviation of its logarithm: mean = exp(mu + sigma²/2).
    pub fn lognormal_mean_sigma(mean: f64, sigma: f64) -> Built {
        positive("mean", mean)?;
        Dist::lognormal_mu_sigma(libm::log(mean) - 0.5 * sigma * sigma, sigma)
    }

    /// Lognormal by its median and its 95th percentile, which must not be smaller.
    pub fn lognormal_median_p95(median: f64, p95: f64) -> Built {
        positive("median", median)?;
        positive("95th percentile", p95)?;
        if p95 < median {
            return refuse(format!("the 95th percentile ({p95}) is below the median ({median})"));
        }
        Dist::lognormal_median_sigma(median, libm::log(p95 / median) / z95())
    }

    /// Lognormal by its mean and its 95th percentile.
    ///
    /// ln(p95 / mean) = z·sigma − sigma²/2 with z = 1.645 has two solutions for sigma while p95 is
    /// 1 to 3.87 times the mean, of which the smaller is taken (the other has sigma > z: most samples
    /// near nothing, a few enormous); none above 3.87 times, which no lognormal reaches; and a single
    /// one, with sigma > 2z, for a p95 below the mean, which is refused as a slip of the pen.
    pub fn lognormal_mean_p95(mean: f64, p95: f64) -> Built {
        positive("mean", mean)?;
        positive("95th percentile", p95)?;
        let (z, rise) = (z95(), libm::log(p95 / mean));
        if rise < 0.0 {
            return refuse(format!("the 95th percentile ({p95}) is below the mean ({mean})"));
        }
        let discriminant = z * z - 2.0 * rise;
        if discriminant < 0.0 {
            return refuse(format!(
                "no lognormal has its 95th percentile at {:.2} times its mean: 3.87 is the most",
                p95 / mean
            ));
        }
        // z − √(z² − 2·rise), without the cancellation for a small rise.
        Dist::lognormal_mean_sigma(mean, 2.0 * rise / (z + discriminant.sqrt()))
    }

    /// Uniform between `low` and `high`.
    pub fn uniform(low: f64, high: f64) -> Built {
        not_negative("lower bound", low)?;
        not_negative("upper bound", high)?;
        if high < low {
            return refuse(format!("the upper bound ({high}) is below the lower one ({low})"));
        }
        Ok(Dist::Uniform { low, high })
    }

    /// Gamma with the given mean and coefficient of variation (standard deviation over mean, 0.01..=10).
    pub fn gamma_mean_cv(mean: f64, cv: f64) -> Built {
        positive("mean", mean)?;
        within("coefficient of variation", cv, 0.01, 10.0)?;
        let shape = 1.0 / (cv * cv);
        Ok(Dist::Gamma { shape, scale: mean / shape })
    }

    /// Gamma with a shape in 0.01..=10 000 and the given scale.
    pub fn gamma_shape_scale(shape: f64, scale: f64) -> Built {
        within("shape", shape, 0.01, 10_000.0)?;
        positive("scale", scale)?;
        Ok(Dist::Gamma { shape, scale })
    }

    /// Beta between 0 and 1 with the given mean; the concentration (0.01..=1 000 000, alpha + beta)
    /// says how closely it stays there: the variance is mean · (1 − mean) / (concentration + 1).
    pub fn beta(mean: f64, concentration: f64) -> Built {
        if !(mean > 0.0 && mean < 1.0) {
            return refuse(format!(
                "the mean of a fraction must lie between 0 and 1, not at {mean}"
            ));
        }
        within("concentration", concentration, 0.01, 1e6)?;
        Ok(Dist::Beta { alpha: mean * concentration, beta: (1.0 - mean) * concentration })
    }

    /// One of `values`, in any order, all equally likely; a value may be listed several times.
    pub fn empirical(values: &[f64]) -> Built {
        if values.is_empty() {
            return refuse("an empirical distribution needs at least one value".into());
        }
        values.iter().try_for_each(|value| not_negative("value", *value))?;
        Ok(Dist::Empirical(Empirical::new(values)))
    }

    /// One of several distributions; the weights are positive and sum to 1 within 10^-9.
    pub fn mixture(parts: &[(f64, Dist)]) -> Built {
        if parts.is_empty() {
            return refuse("a mixture needs at least one part".into());
        }
        parts.iter().try_for_each(|(weight, _)| positive("weight", *weight))?;
        let sum: f64 = parts.iter().map(|(weight, _)| weight).sum();
        if (sum - 1.0).abs() > 1e-9 {
            return refuse(format!("the weights of a mixture must sum to 1, not to {sum}"));
        }
        Ok(Dist::Mixture(Mixture::new(parts)))
    }

    /// The same law with every value `factor` times as large. A fraction, which cannot grow past 1,
    /// stays as it is.
    pub fn scaled(&self, factor: f64) -> Dist {
        debug_assert!(factor > 0.0 && factor.is_finite(), "{factor} is no factor");
        let at = |value: f64| value * factor;
        match *self {
            Dist::Constant(value) => Dist::Constant(at(value)),
            Dist::Exponential { mean } => Dist::Exponential { mean: at(mean) },
            Dist::Uniform { low, high } => Dist::Uniform { low: at(low), high: at(high) },
            Dist::Weibull { inverse_shape, scale } => {
                Dist::Weibull { inverse_shape, scale: at(scale) }
            }
            Dist::Lognormal { mu, sigma } => Dist::Lognormal { mu: mu + libm::log(factor), sigma },
            Dist::Erlang { phases, scale } => Dist::Erlang { phases, scale: at(scale) },
            Dist::Gamma { shape, scale } => Dist::Gamma { shape, scale: at(scale) },
            Dist::Empirical(ref of) => {
                let values: Vec<f64> = of.values().iter().map(|value| at(*value)).collect();
                Dist::Empirical(Empirical::new(&values))
            }
            Dist::Mixture(ref of) => {
                let parts = of.parts().iter().map(|(weight, part)| (*weight, part.scaled(factor)));
                Dist::Mixture(Mixture::new(&parts.collect::<Vec<_>>()))
            }
            Dist::Beta { .. } | Dist::Never => self.clone(),
        }
    }
}
