//! Shares, counts and sums over replications.

use crate::stats::quantile::student_t_quantile;
use crate::stats::{Estimate, Moments, Outages};

/// A share of time or of requests, over replications.
#[derive(Clone, Debug, Default)]
pub struct Share {
    pub fraction: Moments,
    /// Replications in which it was above zero, for the interval of what is rarely seen.
    pub hits: u64,
    total: f64,
    squares: f64,
}

impl Share {
    /// Nothing of it in so many replications.
    pub(super) fn none_in(replications: u64) -> Share {
        let fraction = Moments { n: replications, mean: 0.0, m2: 0.0 };
        Share { fraction, ..Share::default() }
    }

    pub(in crate::study) fn push(&mut self, fraction: f64) {
        self.fraction.push(fraction);
        if fraction > 0.0 {
            self.hits += 1;
            self.total += fraction;
            self.squares += fraction * fraction;
        }
    }

    /// As outages of which each replication has at most one.
    pub fn as_outages(&self) -> Outages {
        Outages {
            hits: self.hits,
            total: self.total,
            squares: self.squares,
            fraction: self.fraction,
        }
    }
}

/// Counts of something that happens now and then.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub total: u64,
    pub per_replication: Moments,
}

impl Count {
    pub(in crate::study) fn push(&mut self, count: u64) {
        self.total += count;
        self.per_replication.push(count as f64);
    }
}

/// Like [`Count`], for what most replications have none of: those need not be told.
#[derive(Clone, Copy, Debug, Default)]
pub struct CountSums {
    pub total: u64,
    squares: u64,
}

impl CountSums {
    pub(super) fn push(&mut self, count: u64) {
        self.total += count;
        self.squares += count * count;
    }

    /// The count over all replications, most of which were not told.
    pub fn over(&self, replications: u64) -> Count {
        let mean = self.total as f64 / replications as f64;
        let m2 = (self.squares as f64 - mean * self.total as f64).max(0.0);
        Count { total: self.total, per_replication: Moments { n: replications, mean, m2 } }
    }
}

/// A sum over replications that is split into [`Part`]s.
#[derive(Clone, Copy, Debug, Default)]
pub struct Whole {
    pub sum: u128,
    squares: f64,
}

/// A part of a [`Whole`], in the same unit; replications without any of it need not be told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    pub sum: u128,
    squares: f64,
    products: f64,
}

impl Whole {
    pub(super) fn push(&mut self, amount: u128) {
        self.sum += amount;
        self.squares += amount as f64 * amount as f64;
    }
}

impl Part {
    pub(super) fn push(&mut self, amount: u128, whole: u128) {
        self.sum += amount;
        self.squares += amount as f64 * amount as f64;
        self.products += amount as f64 * whole as f64;
    }

    /// The share of the whole as a ratio over `replications`, by the delta method; nothing of nothing.
    pub fn share_of(&self, whole: &Whole, replications: u64, confidence: f64) -> Option<Estimate> {
        if whole.sum == 0 {
            return None;
        }
        let (all, n) = (whole.sum as f64, replications as f64);
        let share = self.sum as f64 / all;
        // Σ (part − share · whole)², whose terms sum to zero.
        let squares = self.squares - 2.0 * share * self.products + share * share * whole.squares;
        let deviation = (squares.max(0.0) * n / (n - 1.0).max(1.0)).sqrt() / all;
        let t = student_t_quantile(0.5 + 0.5 * confidence, (n - 1.0).max(1.0));
        let (low, high) = (share - t * deviation, share + t * deviation);
        Some(Estimate { mean: share, low: low.max(0.0), high: high.min(1.0) })
    }
}
