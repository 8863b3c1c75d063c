//! An estimate with its interval, and the exact intervals of counts.

use super::quantile::{beta_quantile, gamma_quantile};

/// A figure with the limits of its confidence interval, all in the same unit.
///
/// `low ≤ mean ≤ high`. A limit that the data do not determine is infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The point estimate.
    pub mean: f64,
    /// The lower limit.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
}

/// How much an estimate of something rare rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The event was never seen: the interval is a bound, the mean is zero for want of better.
    NothingSeen,
    /// The event was seen too few times for the usual intervals; the one given is wide and safe.
    LowConfidence {
        /// How often it was seen.
        hits: u64,
    },
    /// Enough events, but so few replications that the interval leans on their being near normal.
    FewReplications {
        /// How many replications there were.
        replications: u64,
    },
    /// Enough of both.
    Sound,
}

impl Estimate {
    /// A figure that is known without error.
    pub const fn exact(value: f64) -> Self {
        Estimate { mean: value, low: value, high: value }
    }

    /// `mean ± half_width`.
    pub fn symmetric(mean: f64, half_width: f64) -> Self {
        Estimate { mean, low: mean - half_width, high: mean + half_width }
    }

    /// Whether the interval contains `value`; its limits belong to it.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Half the length of the interval.
    pub fn half_width(&self) -> f64 {
        0.5 * (self.high - self.low)
    }

    /// [`Estimate::half_width`] as a share of the size of the mean: zero for an exact figure, even
    /// an exact zero, infinite for an uncertain zero.
    pub fn relative_half_width(&self) -> f64 {
        let half_width = self.half_width();
        if half_width == 0.0 { 0.0 } else { half_width / self.mean.abs() }
    }

    /// The estimate in another unit: everything times `factor ≥ 0`.
    pub fn scaled(&self, factor: f64) -> Self {
        debug_assert!(factor >= 0.0, "a factor of {factor} would swap the limits");
        Estimate { mean: self.mean * factor, low: self.low * factor, high: self.high * factor }
    }
}

/// The rate of a Poisson process that was seen to fire `count` times in `exposure > 0` units of
/// time, per such unit.
///
/// Exact two-sided limits of Garwood, *Biometrika* 28 (1936) 437: the gamma quantiles at α/2 of
/// shape `count` and at 1 − α/2 of shape `count + 1`, α = 1 − `confidence`. With nothing seen the
/// lower limit carries no risk and the whole α goes to the upper one, −ln(α)/T: 3.0/T at 95 %, the
/// rule of three (Hanley & Lippman-Hand, *JAMA* 249 (1983) 1743).
pub fn poisson_rate(count: u64, exposure: f64, confidence: f64) -> Estimate {
    check_confidence(confidence);
    debug_assert!(exposure > 0.0, "a rate over an exposure of {exposure}");
    let risk = 1.0 - confidence;
    if count == 0 {
        return Estimate { mean: 0.0, low: 0.0, high: -libm::log(risk) / exposure };
    }
    let seen = count as f64;
    Estimate {
        mean: seen / exposure,
        low: gamma_quantile(0.5 * risk, seen) / exposure,
        high: gamma_quantile(1.0 - 0.5 * risk, seen + 1.0) / exposure,
    }
}

/// The probability of an event that was seen in `successes` of `trials > 0` independent trials.
///
/// Exact two-sided limits of Clopper & Pearson, *Biometrika* 26 (1934) 404: the beta quantiles at
/// α/2 of (k, n − k + 1) and at 1 − α/2 of (k + 1, n − k). When all trials or none succeeded, one
/// limit carries no risk and the whole α goes to the other: 1 − α^(1/n), about 3/n at 95 %.
pub fn binomial(successes: u64, trials: u64, confidence: f64) -> Estimate {
    debug_assert!(trials > 0 && successes <= trials, "{successes} successes in {trials} trials");
    let mean = successes as f64 / trials as f64;
    let (low, high) = binomial_limits(successes as f64, trials as f64, confidence);
    Estimate { mean, low, high }
}

/// The limits of [`binomial`] for counts that need not be whole, such as effective sample sizes.
pub(super) fn binomial_limits(successes: f64, trials: f64, confidence: f64) -> (f64, f64) {
    check_confidence(confidence);
    let risk = 1.0 - confidence;
    let failures = trials - successes;
    // α^(1/n) and its complement, the latter without cancellation.
    if successes == 0.0 {
        return (0.0, -libm::expm1(libm::log(risk) / trials));
    }
    if failures == 0.0 {
        return (libm::exp(libm::log(risk) / trials), 1.0);
    }
    (
        beta_quantile(0.5 * risk, successes, failures + 1.0),
        beta_quantile(1.0 - 0.5 * risk, successes + 1.0, failures),
    )
}

/// The quantile of Student's law for two-sided limits at this `confidence`.
pub(super) fn two_sided(confidence: f64) -> f64 {
    check_confidence(confidence);
    0.5 + 0.5 * confidence
}

fn check_confidence(confidence: f64) {
    debug_assert!(0.0 < confidence && confidence < 1.0, "a confidence of {confidence}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::special::{beta_tails, gamma_tails};

    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found / expected - 1.0).abs() < tolerance, "{found} is not {expected}");
    }

    /// Garwood's table, 95 %.
    #[test]
    fn poisson_limits_are_those_of_the_printed_table() {
        for (count, low, high) in
            [(1, 0.0253, 5.572), (2, 0.2422, 7.225), (5, 1.623, 11.668), (10, 4.795, 18.390)]
        {
            let rate = poisson_rate(count, 1.0, 0.95);
            close(rate.low, low, 1e-3);
            close(rate.high, high, 1e-4);
            assert_eq!(rate.mean, count as f64);
        }
    }

    #[test]
    fn poisson_limits_cut_off_half_the_risk_each() {
        for count in [1, 7, 300, 1_000_000] {
            let rate = poisson_rate(count, 4.0, 0.9);
            close(gamma_tails(count as f64, 4.0 * rate.low).0, 0.05, 1e-8);
            close(gamma_tails(count as f64 + 1.0, 4.0 * rate.high).1, 0.05, 1e-8);
        }
    }

    #[test]
    fn nothing_seen_gives_the_rule_of_three() {
        let rate = poisson_rate(0, 1000.0, 0.95);
        assert_eq!((rate.mean, rate.low), (0.0, 0.0));
        close(rate.high, 2.995_732_273_553_991e-3, 1e-12);
        let share = binomial(0, 10_000_000, 0.95);
        assert_eq!((share.mean, share.low), (0.0, 0.0));
        close(share.high, 2.995_731_824_833_4e-7, 1e-12);
    }

    /// 1 of 20, 10 of 20 at 95 %: the classical table of Clopper & Pearson.
    #[test]
    fn binomial_limits_are_those_of_the_printed_table() {
        let one = binomial(1, 20, 0.95);
        close(one.low, 0.001265, 1e-3);
        close(one.high, 0.248733, 1e-5);
        let half = binomial(10, 20, 0.95);
        close(half.low, 0.271957, 1e-5);
        close(half.high, 0.728043, 1e-5);
    }

    #[test]
    fn binomial_limits_cut_off_half_the_risk_each() {
        for (k, n) in [(1, 2), (3, 10_000_000), (999, 1000), (5000, 10_000)] {
            let share = binomial(k, n, 0.99);
            let (k, n) = (k as f64, n as f64);
            close(beta_tails(k, n - k + 1.0, share.low, 1.0 - share.low).0, 0.005, 1e-8);
            close(beta_tails(k + 1.0, n - k, share.high, 1.0 - share.high).1, 0.005, 1e-8);
        }
    }

    #[test]
    fn all_trials_succeeding_mirrors_none() {
        let all = binomial(50, 50, 0.95);
        let none = binomial(0, 50, 0.95);
        assert_eq!((all.mean, all.high), (1.0, 1.0));
        close(all.low, 1.0 - none.high, 1e-14);
    }

    #[test]
    fn widths_and_units() {
        let estimate = Estimate::symmetric(4.0, 1.0);
        assert!(estimate.contains(3.0) && estimate.contains(5.0) && !estimate.contains(5.01));
        assert_eq!(estimate.half_width(), 1.0);
        assert_eq!(estimate.relative_half_width(), 0.25);
        assert_eq!(estimate.scaled(2.0), Estimate { mean: 8.0, low: 6.0, high: 10.0 });
        assert_eq!(Estimate::exact(0.0).relative_half_width(), 0.0);
        assert_eq!(poisson_rate(0, 1.0, 0.95).relative_half_width(), f64::INFINITY);
    }
}
