//! What is known of a distribution without sampling it.

use super::Dist;
use super::special::{beta_cdf, gamma_quantile, gamma_tails, smallest};
use crate::engine::math::{exp, ln, normal_cdf, normal_quantile};

impl Dist {
    /// The mean; infinite for [`Dist::Never`].
    pub fn mean(&self) -> f64 {
        match *self {
            Dist::Constant(value) => value,
            Dist::Exponential { mean } => mean,
            Dist::Uniform { low, high } => 0.5 * (low + high),
            Dist::Weibull { inverse_shape, scale } => scale * libm::tgamma(1.0 + inverse_shape),
            Dist::Lognormal { mu, sigma } => libm::exp(mu + 0.5 * sigma * sigma),
            Dist::Erlang { phases, scale } => f64::from(phases) * scale,
            Dist::Gamma { shape, scale } => shape * scale,
            Dist::Beta { alpha, beta } => alpha / (alpha + beta),
            Dist::Empirical(ref values) => values.mean(),
            Dist::Mixture(ref mixture) => mixture.mean(),
            Dist::Never => f64::INFINITY,
        }
    }

    /// The variance; infinite wherever the mean is.
    pub fn variance(&self) -> f64 {
        match *self {
            Dist::Constant(_) => 0.0,
            Dist::Exponential { mean } => mean * mean,
            Dist::Uniform { low, high } => (high - low) * (high - low) / 12.0,
            Dist::Weibull { inverse_shape, scale } => {
                let first = libm::tgamma(1.0 + inverse_shape);
                scale * scale * (libm::tgamma(1.0 + 2.0 * inverse_shape) - first * first)
            }
            Dist::Lognormal { mu, sigma } => {
                let spread = sigma * sigma;
                libm::expm1(spread) * libm::exp(2.0 * mu + spread)
            }
            Dist::Erlang { phases, scale } => f64::from(phases) * scale * scale,
            Dist::Gamma { shape, scale } => shape * scale * scale,
            Dist::Beta { alpha, beta } => {
                let sum = alpha + beta;
                alpha / sum * (beta / sum) / (sum + 1.0)
            }
            Dist::Empirical(ref values) => values.variance(),
            Dist::Mixture(ref mixture) => mixture.variance(),
            Dist::Never => f64::INFINITY,
        }
    }

    /// P(X <= x).
    pub fn cdf(&self, x: f64) -> f64 {
        self.tails(x).0
    }

    /// P(X > x), accurate also where it is tiny.
    pub fn survival(&self, x: f64) -> f64 {
        self.tails(x).1
    }

    /// P(X <= x) and P(X > x), neither by subtraction from 1 where that would lose digits.
    fn tails(&self, x: f64) -> (f64, f64) {
        let complement = |cdf: f64| (cdf, 1.0 - cdf);
        if x < 0.0 {
            return (0.0, 1.0);
        }
        match *self {
            Dist::Constant(value) => complement(if x < value { 0.0 } else { 1.0 }),
            Dist::Exponential { mean } => hazard_tails(x / mean),
            Dist::Uniform { high, .. } if x >= high => (1.0, 0.0),
            Dist::Uniform { low, high } => {
                let range = high - low;
                (((x - low) / range).max(0.0), ((high - x) / range).min(1.0))
            }
            Dist::Weibull { inverse_shape, scale } => {
                hazard_tails(libm::pow(x / scale, 1.0 / inverse_shape))
            }
            Dist::Lognormal { mu, sigma } => {
                let off = libm::log(x) - mu;
                // Without spread it is a constant: everything is at or below it there.
                let z = if sigma == 0.0 && off == 0.0 { f64::INFINITY } else { off / sigma };
                (normal_cdf(z), normal_cdf(-z))
            }
            Dist::Erlang { phases, scale } => gamma_tails(f64::from(phases), x / scale),
            Dist::Gamma { shape, scale } => gamma_tails(shape, x / scale),
            Dist::Beta { alpha, beta } => {
                (beta_cdf(alpha, beta, x), beta_cdf(beta, alpha, 1.0 - x))
            }
            Dist::Empirical(ref values) => complement(values.cdf(x)),
            Dist::Mixture(ref mixture) => (mixture.cdf(x), mixture.survival(x)),
            Dist::Never => (0.0, 1.0),
        }
    }

    /// The smallest x with F(x) >= p, for `p` in 0..=1; for 0 the lower end of the range.
    pub fn quantile(&self, p: f64) -> f64 {
        debug_assert!((0.0..=1.0).contains(&p), "{p} is no probability");
        self.invert(p, 1.0 - p)
    }

    /// The smallest x with F(x) >= p, where `q` = 1 − p is given apart so that neither loses digits.
    fn invert(&self, p: f64, q: f64) -> f64 {
        match *self {
            Dist::Constant(value) => value,
            Dist::Never => f64::INFINITY,
            Dist::Exponential { mean } => mean * hazard(p, q),
            Dist::Uniform { low, high } => low + (high - low) * p,
            Dist::Weibull { inverse_shape, scale } => {
                scale * libm::pow(hazard(p, q), inverse_shape)
            }
            Dist::Lognormal { .. } if p <= 0.0 => 0.0,
            Dist::Lognormal { .. } if q <= 0.0 => f64::INFINITY,
            Dist::Lognormal { mu, sigma } => {
                let z = if p < q { normal_quantile(p) } else { -normal_quantile(q) };
                exp(mu + sigma * z)
            }
            Dist::Erlang { phases, scale } => scale * gamma_quantile(f64::from(phases), p, q),
            Dist::Gamma { shape, scale } => scale * gamma_quantile(shape, p, q),
            Dist::Beta { alpha, beta } => smallest(|x| beta_cdf(alpha, beta, x) >= p),
            Dist::Empirical(ref values) => values.quantile(p),
            Dist::Mixture(ref mixture) => smallest(|x| mixture.cdf(x) >= p),
        }
    }

    /// Whether what is left does not depend on how long it has lasted.
    pub fn is_memoryless(&self) -> bool {
        match *self {
            Dist::Exponential { .. } | Dist::Never => true,
            Dist::Weibull { inverse_shape, .. } => inverse_shape == 1.0,
            Dist::Erlang { phases, .. } => phases == 1,
            Dist::Gamma { shape, .. } => shape == 1.0,
            _ => false,
        }
    }

    /// A sample of what is left of a life that has lasted for `age` already, from the uniform `u`.
    ///
    /// The inverse transform of the distribution given X > age: rare-event methods redraw clocks with
    /// it. Zero where no life lasts that long (the survival is 0, or too small for a float).
    pub fn residual(&self, age: f64, u: f64) -> f64 {
        debug_assert!(age >= 0.0 && u > 0.0 && u < 1.0, "age {age}, u {u}");
        match *self {
            _ if self.is_memoryless() => self.from_uniform(u),
            Dist::Weibull { inverse_shape, scale } => {
                // The hazard adds up: what has been survived, and an exponential on top.
                let spent = libm::pow(age / scale, 1.0 / inverse_shape);
                (scale * libm::pow(spent - ln(1.0 - u), inverse_shape) - age).max(0.0)
            }
            Dist::Empirical(ref values) => values.residual(age, u),
            Dist::Mixture(ref mixture) => mixture.residual(age, u),
            _ => {
                let (past, survival) = self.tails(age);
                let (p, q) = (past + survival * u, survival * (1.0 - u));
                if q < f64::MIN_POSITIVE { 0.0 } else { (self.invert(p, q) - age).max(0.0) }
            }
        }
    }
}

/// The two tails at which a cumulative hazard stands.
fn hazard_tails(hazard: f64) -> (f64, f64) {
    (-libm::expm1(-hazard), libm::exp(-hazard))
}

/// The cumulative hazard −ln q, accurate also for a tiny `p`.
fn hazard(p: f64, q: f64) -> f64 {
    if p < 0.5 { -libm::log1p(-p) } else { -libm::log(q) }
}
