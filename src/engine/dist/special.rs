//! The incomplete gamma and beta functions, and the search for a quantile.
//!
//! Every loop has a bound: a quantile that hangs on an unlucky argument is worse than one that is
//! wrong in the last digits. Accuracy against published values is checked in the tests of this file.

use crate::engine::math::{exp, ln, normal_quantile};

/// Terms of a series or of a continued fraction. Both need a few times the square root of the shape.
const TERMS: u32 = 5_000;
/// Stands in for a zero denominator (Lentz's method).
const TINY: f64 = 1e-300;

/// The two tails of the gamma distribution with unit scale: (P(X <= x), P(X > x)), each computed
/// without cancellation. `shape` in 0.001..=1e6, `x` >= 0.
///
/// The series below the mean, the continued fraction above it (Abramowitz and Stegun 6.5.29, 6.5.31).
pub(super) fn gamma_tails(shape: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x == f64::INFINITY {
        return (1.0, 0.0);
    }
    let front = libm::exp(shape * libm::log(x) - x - libm::lgamma(shape));
    if x < shape + 1.0 {
        let mut term = 1.0 / shape;
        let mut sum = term;
        let mut divisor = shape;
        for _ in 0..TERMS {
            divisor += 1.0;
            term *= x / divisor;
            sum += term;
            if term < sum * f64::EPSILON {
                break;
            }
        }
        let lower = (front * sum).min(1.0);
        (lower, 1.0 - lower)
    } else {
        let mut b = x + 1.0 - shape;
        let mut c = 1.0 / TINY;
        let mut d = 1.0 / b;
        let mut fraction = d;
        for i in 1..TERMS {
            let i = f64::from(i);
            let a = -i * (i - shape);
            b += 2.0;
            d = 1.0 / not_zero(a * d + b);
            c = not_zero(b + a / c);
            let factor = d * c;
            fraction *= factor;
            if (factor - 1.0).abs() < f64::EPSILON {
                break;
            }
        }
        let upper = (front * fraction).min(1.0);
        (1.0 - upper, upper)
    }
}

/// The `x` with P(X <= x) = `p` for the gamma distribution with unit scale.
///
/// `complement` is 1 − `p`, given apart so that neither tail loses its digits. Newton's method on the
/// logarithm of the smaller tail as a function of ln x, which is nearly straight there, within a
/// bracket that every step tightens; a step that leaves the bracket becomes a bisection.
pub(super) fn gamma_quantile(shape: f64, p: f64, complement: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if complement <= 0.0 {
        return f64::INFINITY;
    }
    let lower_tail = p <= 0.5;
    let target = ln(if lower_tail { p } else { complement }.max(f64::MIN_POSITIVE));
    let log_gamma = libm::lgamma(shape);
    // P(X <= x) <= x^shape / Gamma(shape + 1): below this ln x there is less than p.
    let below = (libm::log(p) + libm::lgamma(shape + 1.0)) / shape;
    if below < -700.0 {
        // Smaller than any time that matters: 10^-304.
        return 0.0;
    }
    // Wilson and Hilferty (1931): the cube root of a gamma variable is nearly normal.
    let z = if lower_tail { normal_quantile(p) } else { -normal_quantile(complement) };
    let cube_root = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * shape.sqrt());
    let guess =
        if cube_root > 0.1 { libm::log(shape * cube_root * cube_root * cube_root) } else { below };
    let (mut low, mut high) = (below - 1e-9, 709.0);
    let mut y = guess.clamp(low, high);
    for _ in 0..100 {
        let x = exp(y);
        let (lower, upper) = gamma_tails(shape, x);
        let tail = if lower_tail { lower } else { upper };
        let log_tail = if tail > 0.0 { libm::log(tail) } else { -745.0 };
        let too_low = if lower_tail { log_tail < target } else { log_tail > target };
        if too_low {
            low = y
        } else {
            high = y
        }
        // d ln(tail) / dy = density * x / tail, negative for the upper tail.
        let slope = libm::exp(shape * y - x - log_gamma - log_tail);
        let step = (target - log_tail) / if lower_tail { slope } else { -slope };
        let newton = y + step;
        let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        if (next - y).abs() <= 4.0 * f64::EPSILON * y.abs().max(1.0) {
            return exp(next);
        }
        y = next;
    }
    exp(y)
}

/// P(X <= x) of the beta distribution, `x` in 0..=1 (continued fraction 26.5.8 of Abramowitz and Stegun).
pub(super) fn beta_cdf(alpha: f64, beta: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = libm::exp(
        libm::lgamma(alpha + beta) - libm::lgamma(alpha) - libm::lgamma(beta)
            + alpha * libm::log(x)
            + beta * libm::log1p(-x),
    );
    // The fraction converges fast on the near side of the mean only.
    if x < (alpha + 1.0) / (alpha + beta + 2.0) {
        (front * beta_fraction(alpha, beta, x) / alpha).min(1.0)
    } else {
        (1.0 - front * beta_fraction(beta, alpha, 1.0 - x) / beta).max(0.0)
    }
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / not_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..TERMS {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut factor = 1.0;
        for term in [even, odd] {
            d = 1.0 / not_zero(1.0 + term * d);
            c = not_zero(1.0 + term / c);
            factor = d * c;
            fraction *= factor;
        }
        if (factor - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    fraction
}

fn not_zero(value: f64) -> f64 {
    if value.abs() < TINY { TINY } else { value }
}

/// The smallest `x` >= 0 for which `reached(x)` holds, if it keeps holding from there on; infinity if
/// it holds nowhere.
///
/// Bisection on the bits: the order of non-negative floats is that of their bits, so 63 steps find the
/// very float, whatever its magnitude.
pub(super) fn smallest(reached: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0u64, f64::INFINITY.to_bits());
    while low < high {
        let middle = low + (high - low) / 2;
        if reached(f64::from_bits(middle)) { high = middle } else { low = middle + 1 }
    }
    f64::from_bits(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found / expected - 1.0).abs() < tolerance, "{found:e} instead of {expected:e}");
    }

    #[test]
    fn gamma_tails_agree_with_closed_forms() {
        for x in [1e-6, 0.1, 0.9, 1.0, 2.5, 10.0, 40.0, 300.0] {
            // Shape 1/2: the chi-square with one degree of freedom.
            let (lower, upper) = gamma_tails(0.5, x);
            close(lower, libm::erf(x.sqrt()), 1e-13);
            close(upper, libm::erfc(x.sqrt()), 1e-12);
            // Shape 3: a Poisson sum.
            let (_, upper) = gamma_tails(3.0, x);
            close(upper, libm::exp(-x) * (1.0 + x + x * x / 2.0), 1e-12);
        }
        assert_eq!(gamma_tails(2.0, 0.0), (0.0, 1.0));
        assert_eq!(gamma_tails(2.0, f64::INFINITY), (1.0, 0.0));
    }

    #[test]
    fn gamma_quantiles_come_back_in_both_tails() {
        for shape in [0.01, 0.2, 0.5, 1.0, 2.0, 7.5, 100.0, 10_000.0] {
            for p in [1e-300, 1e-12, 1e-4, 0.01, 0.3, 0.5, 0.7, 0.99, 1.0 - 1e-9] {
                let x = gamma_quantile(shape, p, 1.0 - p);
                let (lower, upper) = gamma_tails(shape, x);
                if x > 1e-290 {
                    // Near x = shape the front factor loses about shape ulps.
                    let tolerance = 1e-11 * shape.max(1.0).sqrt();
                    close(if p <= 0.5 { lower } else { upper }, p.min(1.0 - p), tolerance);
                }
            }
        }
        // Half the chi-square quantiles printed in tables: 95 % with 10 and with 1 degrees of freedom.
        close(2.0 * gamma_quantile(5.0, 0.95, 0.05), 18.307_038_053_275_146, 1e-12);
        close(2.0 * gamma_quantile(0.5, 0.95, 0.05), 3.841_458_820_694_124, 1e-12);
    }

    #[test]
    fn the_incomplete_beta_agrees_with_closed_forms() {
        for x in [1e-9, 0.01, 0.3, 0.5, 0.77, 0.999] {
            close(beta_cdf(1.0, 1.0, x), x, 1e-13);
            close(beta_cdf(3.0, 1.0, x), x * x * x, 1e-13);
            close(beta_cdf(2.0, 2.0, x), x * x * (3.0 - 2.0 * x), 1e-12);
            let arcsine = 2.0 / std::f64::consts::PI * libm::asin(x.sqrt());
            close(beta_cdf(0.5, 0.5, x), arcsine, 1e-12);
        }
        // The case at which a published library does not return.
        assert!(beta_cdf(1.0, 1e7, 1e-13) < 1.1e-6);
    }

    #[test]
    fn the_smallest_is_found_to_the_bit() {
        for edge in [0.0, 5e-324, 1e-200, 0.1, 1.0, 12345.678, 1e300] {
            assert_eq!(smallest(|x| x >= edge), edge);
        }
        assert_eq!(smallest(|_| false), f64::INFINITY);
    }
}
