//! Distributions of non-negative numbers: times in seconds, and fractions between 0 and 1.
//!
//! Every one is sampled by its inverse transform from **one** uniform number, so a sample is an
//! increasing function of its luck: the same draw under a longer distribution is longer, which is what
//! makes comparisons of two scenarios sharp, and no rejection loop ever shifts another draw. Only the
//! functions of [`crate::engine::math`] and `libm` are used; `rand_distr` offers samplers for the same
//! families, but takes `ln` and `exp` from the host as soon as any crate of the build asks for it. It
//! serves as a second opinion in the tests, and [`Dist`] implements its `Distribution` trait.
//!
//! - `mod.rs`: what there is, sampling and printing; `build.rs`: constructors and what they refuse
//! - `theory.rs`: mean, variance, quantile, distribution function, residual life
//! - `empirical.rs`, `mixture.rs`: the two made of parts; `special.rs`: incomplete gamma and beta

mod build;
mod empirical;
mod mixture;
mod special;
mod theory;

use crate::engine::draw::Draw;
use crate::engine::math::{exp, ln, normal_quantile};
use crate::time::{Span, human_seconds};
use rand::Rng;
use rand_distr::{Distribution, Open01};
use std::fmt;

pub use build::InvalidDist;
pub use empirical::Empirical;
pub use mixture::Mixture;

/// A distribution of non-negative numbers. Build it with the constructors, which check parameters.
#[derive(Clone, Debug, PartialEq)]
pub enum Dist {
    /// Always the same value.
    Constant(f64),
    /// Memoryless, with the given mean.
    Exponential { mean: f64 },
    /// Between two bounds, all values equally likely.
    Uniform { low: f64, high: f64 },
    /// F(x) = 1 − exp(−(x / scale)^shape); the shape is kept as its inverse, which sampling needs.
    Weibull { inverse_shape: f64, scale: f64 },
    /// The exponential of a normal variable with mean `mu` and standard deviation `sigma`.
    Lognormal { mu: f64, sigma: f64 },
    /// The sum of `phases` exponentials of mean `scale` each.
    Erlang { phases: u32, scale: f64 },
    /// Mean shape · scale, coefficient of variation 1/√shape.
    Gamma { shape: f64, scale: f64 },
    /// Between 0 and 1, with mean alpha / (alpha + beta).
    Beta { alpha: f64, beta: f64 },
    /// One of a list of values, all equally likely.
    Empirical(Empirical),
    /// One of several distributions, by weight.
    Mixture(Mixture),
    /// Infinite: what never happens.
    Never,
}

impl Dist {
    /// The value for a draw.
    #[inline(always)]
    pub fn sample(&self, draw: Draw) -> f64 {
        // A number that nobody needs costs as much as one that somebody does.
        if let Dist::Constant(value) = *self { value } else { self.from_uniform(draw.uniform()) }
    }

    /// The length of time for a draw, the sample being seconds.
    #[inline(always)]
    pub fn span(&self, draw: Draw) -> Span {
        Span::from_secs(self.sample(draw))
    }

    /// The length of time for `u`, as [`Dist::from_uniform`] has it.
    #[inline]
    pub fn span_at(&self, u: f64) -> Span {
        Span::from_secs(self.from_uniform(u))
    }

    /// The value for `u`, which must be a number of [`Draw::uniform`]: an odd multiple of 2^-53.
    ///
    /// It is [`Dist::quantile`] of `u` up to rounding, except for a mixture (see [`Mixture`]).
    /// The five families that a simulation draws all the time are inlined (5–20 ns); gamma and Erlang
    /// take about a microsecond and beta, which is drawn once a fault, ten.
    #[inline(always)]
    pub fn from_uniform(&self, u: f64) -> f64 {
        debug_assert!(u > 0.0 && u < 1.0, "{u} is not between 0 and 1");
        match *self {
            Dist::Constant(value) => value,
            Dist::Exponential { mean } => -mean * ln(1.0 - u),
            Dist::Uniform { low, high } => low + (high - low) * u,
            Dist::Weibull { inverse_shape, scale } => scale * exp(ln(-ln(1.0 - u)) * inverse_shape),
            Dist::Lognormal { mu, sigma } => exp(mu + sigma * normal_quantile(u)),
            _ => self.rare_value(u),
        }
    }

    /// The highest value that any draw can give; infinite only if that is what never happens.
    pub fn highest(&self) -> f64 {
        match self {
            Dist::Mixture(mixture) => mixture.highest(),
            _ => self.from_uniform(1.0 - 0.5 * f64::EPSILON),
        }
    }

    #[inline(never)]
    fn rare_value(&self, u: f64) -> f64 {
        match self {
            Dist::Mixture(mixture) => mixture.value(u),
            _ => self.quantile(u),
        }
    }
}

impl Distribution<f64> for Dist {
    /// Samples with any generator of the `rand` ecosystem, a [`crate::engine::KeyedRng`] among them.
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        self.from_uniform(Open01.sample(rng))
    }
}

impl fmt::Display for Dist {
    /// For people, in one line, with times in the unit that suits them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = human_seconds;
        match self {
            Dist::Constant(value) => write!(f, "always {}", time(*value)),
            Dist::Exponential { mean } => write!(f, "exponential, mean {}", time(*mean)),
            Dist::Uniform { low, high } => write!(f, "uniform, {} to {}", time(*low), time(*high)),
            Dist::Weibull { inverse_shape, .. } => {
                let shape = 1.0 / inverse_shape;
                write!(f, "Weibull, shape {shape:.2}, mean {}", time(self.mean()))
            }
            Dist::Lognormal { .. } => {
                let (median, p95) = (time(self.quantile(0.5)), time(self.quantile(0.95)));
                write!(f, "lognormal, median {median}, p95 {p95}")
            }
            Dist::Erlang { phases, .. } => {
                write!(f, "Erlang, {phases} phases, mean {}", time(self.mean()))
            }
            Dist::Gamma { shape, .. } => {
                write!(f, "gamma, mean {}, cv {:.2}", time(self.mean()), 1.0 / shape.sqrt())
            }
            Dist::Beta { alpha, beta } => {
                write!(f, "beta, mean {:.3}, concentration {:.1}", self.mean(), alpha + beta)
            }
            Dist::Empirical(values) => write!(f, "{values}"),
            Dist::Mixture(mixture) => write!(f, "{mixture}"),
            Dist::Never => f.write_str("never"),
        }
    }
}

#[cfg(test)]
mod tests;
