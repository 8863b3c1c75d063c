//! A quantile sketch that merges exactly: a histogram with buckets no wider than 2⁻¹⁰ of their value.
//!
//! All state is integers, so merging is addition: the result does not depend on the order, and is
//! the same bits on every machine and for any number of threads. (DDSketch, Masson et al. 2019, and
//! HDR histogram have the same property; t-digest and KLL have not.)
//!
//! A bucket keeps, beside its count, the exact sum of its values. It therefore stands for their mean,
//! and a bucket that was only ever given one value gives that value back: a detection delay of
//! exactly 30 s is a percentile of exactly 30 s, and "at most 30 s" includes it.
//!
//! Up to 64 distinct buckets live in a short sorted list, so that thousands of nearly empty sketches
//! cost little; more of them move to pages that are allocated where values fall.

/// Bits of a value after its leading one that tell buckets apart.
const MANTISSA_BITS: u32 = 10;
/// Buckets from one power of two to the next.
const PER_OCTAVE: usize = 1 << MANTISSA_BITS;
/// All buckets: values below 1024 exactly, then one octave for each leading bit from 10 to 63.
const BUCKETS: usize = (65 - MANTISSA_BITS as usize) * PER_OCTAVE;
/// Buckets to a page, 512 bytes: a compromise between the table of pages and pages with one value.
const PER_PAGE: usize = 32;
/// The most distinct buckets that are kept as a list.
const FEW: usize = 64;

/// The multiset of the `u64` values recorded, to within the width of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch {
    count: u64,
    min: u64,
    max: u64,
    store: Store,
}

/// What is known of the values in one bucket: their number in the upper 37 bits, and below it the sum of
/// value − lower edge, which is less than 2⁵³ each. One addition adds both, and a bucket takes 16 bytes:
/// where values are scattered, memory is what recording one costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Bucket(u128);

/// Bits below the count.
const OFFSET_BITS: u32 = 91;

/// The non-empty buckets by index. A list if and only if there are at most [`FEW`] of them, so that
/// equal contents are equal structures.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Store {
    Few(Vec<(u16, Bucket)>),
    Pages(Box<Pages>),
}

type Page = [Bucket; PER_PAGE];
type Pages = [Option<Box<Page>>; BUCKETS / PER_PAGE];

impl Default for Sketch {
    fn default() -> Self {
        Sketch { count: 0, min: u64::MAX, max: 0, store: Store::Few(Vec::new()) }
    }
}

impl Sketch {
    /// Records a value.
    #[inline(never)]
    pub fn insert(&mut self, value: u64) {
        let index = index_of(value);
        let offset = u128::from(value - lower_edge(index));
        self.count += 1;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.store.add(index, Bucket::new(1, offset));
    }

    /// Records the same value `times` times.
    pub fn insert_many(&mut self, value: u64, times: u64) {
        if times == 0 {
            return;
        }
        let index = index_of(value);
        let offset = u128::from(value - lower_edge(index));
        self.count += times;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.store.add(index, Bucket::new(times, offset * u128::from(times)));
    }

    /// Adds all values of `other`.
    pub fn merge(&mut self, other: &Sketch) {
        self.count += other.count;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        other.store.for_each(|index, bucket| self.store.add(index, bucket));
    }

    /// Heap bytes it takes.
    pub fn bytes(&self) -> usize {
        match &self.store {
            Store::Few(list) => list.capacity() * size_of::<(u16, Bucket)>(),
            Store::Pages(pages) => {
                let used = pages.iter().flatten().count();
                size_of::<Pages>() + used * size_of::<Page>()
            }
        }
    }

    /// How many values were recorded.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether no value was recorded.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The exact sum of the values.
    pub fn sum(&self) -> u128 {
        let mut sum = 0;
        self.store.for_each(|index, bucket| sum += bucket.sum(index));
        sum
    }

    /// The exact mean, in the unit of the values.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum() as f64 / self.count as f64)
    }

    /// The exact smallest value.
    pub fn min(&self) -> Option<u64> {
        (self.count > 0).then_some(self.min)
    }

    /// The exact largest value.
    pub fn max(&self) -> Option<u64> {
        (self.count > 0).then_some(self.max)
    }

    /// The smallest x with F(x) ≥ `p`, 0 ≤ p ≤ 1, F the empirical distribution function: within 0.1 %,
    /// exact for ties and for the maximum.
    pub fn quantile(&self, p: f64) -> Option<u64> {
        self.at_rank(rank(p, self.count)?)
    }

    /// The value of this rank in increasing order, from 1 to [`Sketch::count`].
    pub fn at_rank(&self, rank: u64) -> Option<u64> {
        if rank == self.count {
            return self.max();
        }
        let index = self.bucket_of_rank(rank)?;
        Some(self.store.get(index).value(index))
    }

    /// The share of values ≤ `x`. A bucket counts as a whole, by its mean: exact if `x` is a tie or
    /// lies between buckets, and within one bucket's count otherwise.
    pub fn share_at_most(&self, x: u64) -> Option<f64> {
        (self.count > 0).then(|| match self.last_bucket_at_most(x) {
            Some(last) => self.count_through(last) as f64 / self.count as f64,
            None => 0.0,
        })
    }

    /// The values in increasing order, as the mean of each bucket (rounded up) and its count.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> {
        let mut values = Vec::new();
        self.store.for_each(|index, bucket| values.push((bucket.value(index), bucket.count())));
        values.into_iter()
    }

    /// The bucket that holds the value of this rank.
    pub(super) fn bucket_of_rank(&self, rank: u64) -> Option<usize> {
        let mut left = rank;
        self.store.find(|_, bucket| {
            let found = left <= bucket.count();
            left = left.saturating_sub(bucket.count());
            found
        })
    }

    /// The last bucket whose mean is at most `x`.
    pub(super) fn last_bucket_at_most(&self, x: u64) -> Option<usize> {
        let index = index_of(x);
        let bucket = self.store.get(index);
        let whole = bucket.count() > 0
            && bucket.offsets() <= u128::from(x - lower_edge(index)) * u128::from(bucket.count());
        if whole { Some(index) } else { index.checked_sub(1) }
    }

    /// The buckets in increasing order, with how many values are in those up to each.
    pub(super) fn running_counts(&self) -> Vec<(u16, u64)> {
        let (mut counts, mut count) = (Vec::new(), 0);
        self.store.for_each(|index, bucket| {
            count += bucket.count();
            counts.push((index as u16, count));
        });
        counts
    }

    /// How many values are in the buckets up to and including this one.
    pub(super) fn count_through(&self, last: usize) -> u64 {
        let mut count = 0;
        self.store.find(|index, bucket| {
            if index <= last {
                count += bucket.count();
            }
            index >= last
        });
        count
    }
}

impl Bucket {
    #[inline(always)]
    fn new(count: u64, offsets: u128) -> Bucket {
        debug_assert!(count < 1 << (128 - OFFSET_BITS), "more values than a bucket can count");
        Bucket(u128::from(count) << OFFSET_BITS | offsets)
    }

    #[inline(always)]
    fn count(self) -> u64 {
        (self.0 >> OFFSET_BITS) as u64
    }

    /// The sum of value − lower edge.
    #[inline(always)]
    fn offsets(self) -> u128 {
        self.0 & ((1 << OFFSET_BITS) - 1)
    }

    /// # Panics
    /// Past 1.4·10¹¹ values in one bucket, hours of simulating the same length.
    #[inline(always)]
    fn add(&mut self, more: Bucket) {
        self.0 = self.0.checked_add(more.0).expect("fewer than 2^37 values in one bucket");
    }

    fn sum(self, index: usize) -> u128 {
        u128::from(lower_edge(index)) * u128::from(self.count()) + self.offsets()
    }

    /// The mean, rounded up, so that the share of values at most this one includes the bucket.
    fn value(self, index: usize) -> u64 {
        let mean_offset = self.offsets().div_ceil(u128::from(self.count()));
        // A mean of offsets is no larger than the largest of them, which is a u64.
        lower_edge(index) + mean_offset as u64
    }
}

impl Store {
    #[inline]
    fn add(&mut self, index: usize, more: Bucket) {
        match self {
            Store::Pages(pages) => add_to_page(pages, index, more),
            Store::Few(list) => {
                if let Some(pages) = add_to_list(list, index, more) {
                    *self = Store::Pages(pages);
                }
            }
        }
    }

    /// The bucket at `index`, empty if nothing was recorded there.
    fn get(&self, index: usize) -> Bucket {
        match self {
            Store::Few(list) => list
                .binary_search_by_key(&index, |&(index, _)| usize::from(index))
                .map_or_else(|_| Bucket::default(), |at| list[at].1),
            Store::Pages(pages) => pages[index / PER_PAGE]
                .as_ref()
                .map_or_else(Bucket::default, |page| page[index % PER_PAGE]),
        }
    }

    /// Shows the non-empty buckets in increasing order until `stop` says so; returns the last shown.
    fn find(&self, mut stop: impl FnMut(usize, Bucket) -> bool) -> Option<usize> {
        match self {
            Store::Few(list) => list
                .iter()
                .find(|&&(index, bucket)| stop(usize::from(index), bucket))
                .map(|&(index, _)| usize::from(index)),
            Store::Pages(pages) => pages
                .iter()
                .enumerate()
                .filter_map(|(number, page)| page.as_ref().map(|page| (number * PER_PAGE, page)))
                .flat_map(|(first, page)| (first..).zip(page.iter()))
                .find(|&(index, bucket)| bucket.count() > 0 && stop(index, *bucket))
                .map(|(index, _)| index),
        }
    }

    /// Shows all non-empty buckets in increasing order.
    fn for_each(&self, mut show: impl FnMut(usize, Bucket)) {
        self.find(|index, bucket| {
            show(index, bucket);
            false
        });
    }
}

/// Returns the pages that take the place of the list if it would grow past [`FEW`].
#[inline(never)]
fn add_to_list(list: &mut Vec<(u16, Bucket)>, index: usize, more: Bucket) -> Option<Box<Pages>> {
    match list.binary_search_by_key(&index, |&(index, _)| usize::from(index)) {
        Ok(at) => list[at].1.add(more),
        Err(at) if list.len() < FEW => list.insert(at, (index as u16, more)),
        Err(_) => {
            let mut pages = Box::new([const { None }; BUCKETS / PER_PAGE]);
            for &(index, bucket) in list.iter() {
                add_to_page(&mut pages, usize::from(index), bucket);
            }
            add_to_page(&mut pages, index, more);
            return Some(pages);
        }
    }
    None
}

#[inline]
fn add_to_page(pages: &mut Pages, index: usize, more: Bucket) {
    let page =
        pages[index / PER_PAGE].get_or_insert_with(|| Box::new([Bucket::default(); PER_PAGE]));
    page[index % PER_PAGE].add(more);
}

/// The bucket of a value: the value itself below 1024, then its leading one and ten bits more.
#[inline]
fn index_of(value: u64) -> usize {
    // Values below 2048 have a bucket each and their index is their value.
    let shift = (63 - MANTISSA_BITS).saturating_sub((value | 1).leading_zeros());
    (shift as usize) * PER_OCTAVE + (value >> shift) as usize
}

/// The smallest value of a bucket, of which `index_of` is the inverse.
#[inline]
fn lower_edge(index: usize) -> u64 {
    let shift = (index / PER_OCTAVE).saturating_sub(1);
    ((index - shift * PER_OCTAVE) as u64) << shift
}

/// The smallest rank k ≥ 1 with k/n ≥ `p`, nothing if `n` is zero.
///
/// `p` is meant as a decimal fraction: 0.07 of 100 values are seven of them, although the product of
/// the doubles is a little more.
pub(super) fn rank(p: f64, n: u64) -> Option<u64> {
    debug_assert!((0.0..=1.0).contains(&p), "{p} is not a probability");
    let product = p * n as f64;
    let whole = libm::round(product);
    let slack = 2.0 * f64::EPSILON * product;
    let rank = if (product - whole).abs() <= slack { whole } else { libm::ceil(product) };
    (n > 0).then(|| (rank as u64).clamp(1, n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(values: impl IntoIterator<Item = u64>) -> Sketch {
        let mut sketch = Sketch::default();
        values.into_iter().for_each(|value| sketch.insert(value));
        sketch
    }

    #[test]
    fn buckets_tile_the_range_and_are_narrow() {
        for index in 0..BUCKETS {
            let edge = lower_edge(index);
            assert_eq!(index_of(edge), index);
            let last = if index + 1 < BUCKETS { lower_edge(index + 1) - 1 } else { u64::MAX };
            assert_eq!(index_of(last), index);
            assert!((last - edge) as f64 <= edge as f64 / 1024.0);
        }
        assert_eq!(index_of(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn ties_are_exact_in_quantiles_and_shares() {
        let delay = 30_000_000_007;
        let sketch = sketch([delay; 90].into_iter().chain([123_456_789_012_345; 10]));
        assert_eq!(sketch.quantile(0.5), Some(delay));
        assert_eq!(sketch.quantile(0.9), Some(delay));
        assert_eq!(sketch.quantile(0.91), Some(123_456_789_012_345));
        assert_eq!(sketch.share_at_most(delay), Some(0.9));
        assert_eq!(sketch.share_at_most(delay - 1), Some(0.0));
        assert_eq!(sketch.share_at_most(u64::MAX), Some(1.0));
        assert_eq!(sketch.iter().collect::<Vec<_>>(), [(delay, 90), (123_456_789_012_345, 10)]);
    }

    #[test]
    fn small_values_and_zero_are_exact() {
        let sketch = sketch(0..2000);
        for p in [0.0, 0.001, 0.07, 0.5, 0.999, 1.0] {
            let rank = (p * 2000.0_f64).round().max(1.0) as u64;
            assert_eq!(sketch.quantile(p), Some(rank - 1));
        }
        assert_eq!(sketch.share_at_most(0), Some(1.0 / 2000.0));
        assert_eq!(sketch.share_at_most(1499), Some(0.75));
    }

    #[test]
    fn count_sum_and_ends_are_exact_to_the_end_of_the_range() {
        let sketch = sketch([u64::MAX, u64::MAX, 3, u64::MAX - 1]);
        assert_eq!(sketch.count(), 4);
        assert_eq!(sketch.sum(), 3 * u128::from(u64::MAX) + 2);
        assert_eq!((sketch.min(), sketch.max()), (Some(3), Some(u64::MAX)));
        assert_eq!(sketch.quantile(1.0), Some(u64::MAX));
    }

    #[test]
    fn nothing_recorded_gives_nothing() {
        let empty = Sketch::default();
        assert!(empty.is_empty());
        assert_eq!((empty.quantile(0.5), empty.share_at_most(7)), (None, None));
        assert_eq!((empty.min(), empty.max(), empty.mean()), (None, None, None));
        assert_eq!(empty.iter().count(), 0);
    }

    #[test]
    fn the_list_becomes_pages_without_a_trace() {
        for distinct in [FEW as u64, FEW as u64 + 1] {
            let forward = sketch((0..distinct).map(|i| i * 1_000_003));
            let backward = sketch((0..distinct).rev().map(|i| i * 1_000_003));
            assert_eq!(forward, backward);
            assert_eq!(matches!(forward.store, Store::Few(_)), distinct <= FEW as u64);
            let values: Vec<_> = forward.iter().map(|(value, _)| value).collect();
            assert_eq!(values, (0..distinct).map(|i| i * 1_000_003).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_decimal_fraction_of_a_count_is_the_rank_it_names() {
        // 0.07 · 100 and 0.999 · 1000 are not whole in doubles.
        assert_eq!(rank(0.07, 100), Some(7));
        assert_eq!(rank(0.999, 1000), Some(999));
        assert_eq!(rank(0.9991, 1000), Some(1000));
        assert_eq!(rank(0.0, 10), Some(1));
        assert_eq!(rank(1.0, 10), Some(10));
        assert_eq!(rank(0.5, 0), None);
    }
}
