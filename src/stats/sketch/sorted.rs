//! The buckets of a sketch in increasing order, to be asked for several quantiles and shares.

use super::bucket::{Bucket, index_of, lower_edge};
use super::rank;

/// Non-empty buckets in increasing order, with how many values are in those up to each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sorted {
    buckets: Vec<(u16, Bucket)>,
    through: Vec<u64>,
    max: u64,
}

impl Sorted {
    pub(super) fn new(max: u64) -> Sorted {
        Sorted { buckets: Vec::new(), through: Vec::new(), max }
    }

    /// Adds to the last bucket, or one after it.
    pub(super) fn push(&mut self, index: usize, more: Bucket) {
        match self.buckets.last_mut().zip(self.through.last_mut()) {
            Some((last, through)) if usize::from(last.0) == index => {
                last.1.add(more);
                *through += more.count();
            }
            _ => {
                self.through.push(self.count() + more.count());
                self.buckets.push((index as u16, more));
            }
        }
    }

    /// How many values there are.
    pub fn count(&self) -> u64 {
        self.through.last().copied().unwrap_or(0)
    }

    /// The smallest x with F(x) ≥ `p`, 0 ≤ p ≤ 1, F the empirical distribution function: within 0.1 %,
    /// exact for ties and for the maximum.
    pub fn quantile(&self, p: f64) -> Option<u64> {
        self.at_rank(rank(p, self.count())?)
    }

    /// The value of this rank in increasing order, from 1 to [`Sorted::count`].
    pub fn at_rank(&self, rank: u64) -> Option<u64> {
        if rank == self.count() {
            return (rank > 0).then_some(self.max);
        }
        let (index, bucket) = *self.buckets.get(self.place_of_rank(rank))?;
        Some(bucket.value(usize::from(index)))
    }

    /// The share of values ≤ `x`. A bucket counts as a whole, by its mean: exact if `x` is a tie or
    /// lies between buckets, and within one bucket's count otherwise.
    pub fn share_at_most(&self, x: u64) -> Option<f64> {
        (self.count() > 0).then(|| match self.last_bucket_at_most(x) {
            Some(last) => self.count_through(last) as f64 / self.count() as f64,
            None => 0.0,
        })
    }

    /// The mean of each bucket (rounded up) and its count.
    pub(super) fn into_values(self) -> impl Iterator<Item = (u64, u64)> {
        let buckets = self.buckets.into_iter();
        buckets.map(|(index, bucket)| (bucket.value(usize::from(index)), bucket.count()))
    }

    fn place_of_rank(&self, rank: u64) -> usize {
        self.through.partition_point(|&through| through < rank)
    }

    /// The bucket that holds the value of this rank.
    pub(in crate::stats) fn bucket_of_rank(&self, rank: u64) -> Option<usize> {
        Some(usize::from(self.buckets.get(self.place_of_rank(rank))?.0))
    }

    /// The last bucket whose mean is at most `x`.
    pub(in crate::stats) fn last_bucket_at_most(&self, x: u64) -> Option<usize> {
        let index = index_of(x);
        let place = self.buckets.binary_search_by_key(&index, |&(index, _)| usize::from(index));
        let whole = place.is_ok_and(|place| {
            let bucket = self.buckets[place].1;
            bucket.offsets() <= u128::from(x - lower_edge(index)) * u128::from(bucket.count())
        });
        if whole { Some(index) } else { index.checked_sub(1) }
    }

    /// How many values are in the buckets up to and including this one.
    pub(in crate::stats) fn count_through(&self, last: usize) -> u64 {
        let buckets = self.buckets.partition_point(|&(index, _)| usize::from(index) <= last);
        buckets.checked_sub(1).map_or(0, |at| self.through[at])
    }
}
