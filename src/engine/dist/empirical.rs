//! A list of observed values, all equally likely.

use crate::time::human_seconds;
use std::fmt;
use std::sync::Arc;

/// Values in ascending order, at least one. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Empirical(Arc<[f64]>);

impl Empirical {
    pub(super) fn new(values: &[f64]) -> Self {
        let mut sorted: Arc<[f64]> = values.into();
        Arc::make_mut(&mut sorted).sort_unstable_by(f64::total_cmp);
        Empirical(sorted)
    }

    /// The values in ascending order.
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    pub(super) fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    /// Of the list itself: the sum of squares is divided by n, not by n − 1.
    pub(super) fn variance(&self) -> f64 {
        let mean = self.mean();
        self.0.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / self.0.len() as f64
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        self.not_above(x) as f64 / self.0.len() as f64
    }

    pub(super) fn quantile(&self, p: f64) -> f64 {
        pick(&self.0, p)
    }

    /// What a value that exceeds `age` exceeds it by; zero if none does.
    pub(super) fn residual(&self, age: f64, u: f64) -> f64 {
        let later = &self.0[self.not_above(age)..];
        if later.is_empty() { 0.0 } else { pick(later, u) - age }
    }

    fn not_above(&self, x: f64) -> usize {
        self.0.partition_point(|value| *value <= x)
    }
}

/// The smallest of the sorted values that has at least the fraction `p` of them at or below it.
fn pick(sorted: &[f64], p: f64) -> f64 {
    let rank = (p * sorted.len() as f64).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

impl fmt::Display for Empirical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (median, p95) = (human_seconds(self.quantile(0.5)), human_seconds(self.quantile(0.95)));
        write!(f, "{} observed values, median {median}, p95 {p95}", self.0.len())
    }
}
