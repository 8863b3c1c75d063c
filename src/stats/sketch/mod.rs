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
//! Up to `FEW` values are kept as they came, eight bytes each, so that recording one is a push, and
//! thousands of nearly empty sketches cost little. More of them move to pages of buckets that are
//! allocated where values fall. Zeros, of which there are many, are only counted.

mod bucket;
mod sorted;

use std::borrow::Cow;

use bucket::{BUCKETS, Bucket, index_of, lower_edge};
pub use sorted::Sorted;

/// Buckets to a page, 512 bytes: a compromise between the table of pages and pages with one value.
const PER_PAGE: usize = 32;
/// The most values that are kept one by one: as many bytes as the table of pages.
const FEW: usize = 2048;
/// Room for so many is made at first.
const FIRST: usize = 16;

/// The multiset of the `u64` values recorded, to within the width of a bucket.
#[derive(Clone, Debug)]
pub struct Sketch {
    count: u64,
    min: u64,
    max: u64,
    zeros: u64,
    store: Store,
}

/// All values but zeros.
#[derive(Clone, Debug)]
enum Store {
    /// As they came.
    Few(Vec<u64>),
    /// The non-empty buckets by index.
    Pages(Box<Pages>),
}

type Page = [Bucket; PER_PAGE];
type Pages = [Option<Box<Page>>; BUCKETS / PER_PAGE];

impl Default for Sketch {
    fn default() -> Self {
        Sketch { count: 0, min: u64::MAX, max: 0, zeros: 0, store: Store::Few(Vec::new()) }
    }
}

/// Of equal contents, however they came to be.
impl PartialEq for Sketch {
    fn eq(&self, other: &Self) -> bool {
        (self.count, self.min, self.max) == (other.count, other.min, other.max)
            && self.sorted() == other.sorted()
    }
}

impl Eq for Sketch {}

impl Sketch {
    /// Records a value.
    #[inline]
    pub fn insert(&mut self, value: u64) {
        self.count += 1;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        if value == 0 {
            self.zeros += 1;
        } else {
            self.store.add(value);
        }
    }

    /// Records the same value `times` times.
    pub fn insert_many(&mut self, value: u64, times: u64) {
        if times == 0 {
            return;
        }
        self.count += times;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        match (value, times) {
            (0, _) => self.zeros += times,
            (_, 1) => self.store.add(value),
            _ => {
                let index = index_of(value);
                let offsets = u128::from(value - lower_edge(index)) * u128::from(times);
                add_to_page(self.store.pages(), index, Bucket::new(times, offsets));
            }
        }
    }

    /// Adds all values of `other`.
    pub fn merge(&mut self, other: &Sketch) {
        self.count += other.count;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.zeros += other.zeros;
        match &other.store {
            Store::Few(values) => self.store.add_all(values),
            Store::Pages(pages) => {
                let own = self.store.pages();
                for_each(pages, |index, bucket| add_to_page(own, index, bucket));
            }
        }
    }

    /// Heap bytes it takes.
    pub fn bytes(&self) -> usize {
        match &self.store {
            Store::Few(values) => values.capacity() * size_of::<u64>(),
            Store::Pages(pages) => {
                let used = pages.iter().flatten().count();
                size_of::<Pages>() + used * size_of::<Page>()
            }
        }
    }

    /// Its zeros, and all other values as they came, if they are few.
    pub(super) fn one_by_one(&self) -> Option<(u64, &[u64])> {
        match &self.store {
            Store::Few(values) => Some((self.zeros, values)),
            Store::Pages(_) => None,
        }
    }

    /// How many values were recorded.
    #[inline]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether no value was recorded.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The exact sum of the values.
    pub fn sum(&self) -> u128 {
        match &self.store {
            Store::Few(values) => values.iter().map(|&value| u128::from(value)).sum(),
            Store::Pages(pages) => {
                let mut sum = 0;
                for_each(pages, |index, bucket| sum += bucket.sum(index));
                sum
            }
        }
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

    /// See [`Sorted::quantile`]; who asks for several sorts once.
    pub fn quantile(&self, p: f64) -> Option<u64> {
        self.sorted().quantile(p)
    }

    /// See [`Sorted::share_at_most`].
    pub fn share_at_most(&self, x: u64) -> Option<f64> {
        self.sorted().share_at_most(x)
    }

    /// The values in increasing order, as the mean of each bucket (rounded up) and its count.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> {
        self.sorted().into_values()
    }

    /// Its buckets in increasing order.
    pub fn sorted(&self) -> Sorted {
        let mut sorted = Sorted::new(self.max);
        if self.zeros > 0 {
            sorted.push(0, Bucket::new(self.zeros, 0));
        }
        match &self.store {
            Store::Few(values) => {
                let mut values = values.clone();
                values.sort_unstable();
                for value in values {
                    let index = index_of(value);
                    let offset = u128::from(value - lower_edge(index));
                    sorted.push(index, Bucket::new(1, offset));
                }
            }
            Store::Pages(pages) => for_each(pages, |index, bucket| sorted.push(index, bucket)),
        }
        sorted
    }

    /// What it takes to say how many values are in the buckets up to some of them.
    pub(super) fn counts(&self) -> Counts<'_> {
        match &self.store {
            Store::Few(values) => {
                Counts::OneByOne { zeros: self.zeros, values: Cow::Borrowed(values) }
            }
            Store::Pages(_) => Counts::Sorted(self.sorted()),
        }
    }
}

/// How many values a sketch has up to a bucket. A few unsorted ones are counted sooner than sorted.
pub(super) enum Counts<'s> {
    OneByOne { zeros: u64, values: Cow<'s, [u64]> },
    Sorted(Sorted),
}

impl Counts<'_> {
    /// How many values are in the buckets up to and including this one.
    pub fn through(&self, last: usize) -> u64 {
        match self {
            Counts::OneByOne { zeros, values } => {
                let within = match last + 1 {
                    BUCKETS.. => values.len(),
                    next => {
                        let edge = lower_edge(next);
                        values.iter().filter(|&&value| value < edge).count()
                    }
                };
                zeros + within as u64
            }
            Counts::Sorted(sorted) => sorted.count_through(last),
        }
    }

    /// How many there are.
    pub fn all(&self) -> u64 {
        match self {
            Counts::OneByOne { zeros, values } => zeros + values.len() as u64,
            Counts::Sorted(sorted) => sorted.count(),
        }
    }
}

impl Store {
    #[inline]
    fn add(&mut self, value: u64) {
        match self {
            Store::Few(values) if values.len() < FEW => {
                if values.len() == values.capacity() {
                    grow(values);
                }
                values.push(value);
            }
            Store::Pages(pages) => add_value(pages, value),
            Store::Few(_) => add_value(self.pages(), value),
        }
    }

    fn add_all(&mut self, more: &[u64]) {
        match self {
            Store::Few(values) if values.len() + more.len() <= FEW => {
                // A quarter more at a time: there are thousands of these, and they live long.
                if values.len() + more.len() > values.capacity() {
                    values.reserve_exact(more.len() + values.len() / 4);
                }
                values.extend_from_slice(more);
            }
            _ => {
                let pages = self.pages();
                more.iter().for_each(|&value| add_value(pages, value));
            }
        }
    }

    /// Its pages, to which the values are moved that were kept one by one.
    #[inline(never)]
    fn pages(&mut self) -> &mut Pages {
        if let Store::Few(values) = self {
            let mut pages = Box::new([const { None }; BUCKETS / PER_PAGE]);
            values.iter().for_each(|&value| add_value(&mut pages, value));
            *self = Store::Pages(pages);
        }
        match self {
            Store::Pages(pages) => pages,
            Store::Few(_) => unreachable!("they were moved"),
        }
    }
}

/// Makes room for more: much at a time, because most sketches are filled in one replication, and moving
/// their values costs more than recording them.
#[cold]
fn grow(values: &mut Vec<u64>) {
    let more = (3 * values.len()).max(FIRST).min(FEW - values.len());
    values.reserve_exact(more);
}

#[inline]
fn add_value(pages: &mut Pages, value: u64) {
    let index = index_of(value);
    add_to_page(pages, index, Bucket::new(1, u128::from(value - lower_edge(index))));
}

#[inline]
fn add_to_page(pages: &mut Pages, index: usize, more: Bucket) {
    let page =
        pages[index / PER_PAGE].get_or_insert_with(|| Box::new([Bucket::default(); PER_PAGE]));
    page[index % PER_PAGE].add(more);
}

/// Shows all non-empty buckets in increasing order.
fn for_each(pages: &Pages, mut show: impl FnMut(usize, Bucket)) {
    for (number, page) in pages.iter().enumerate() {
        for (place, bucket) in page.iter().flat_map(|page| page.iter().enumerate()) {
            if bucket.count() > 0 {
                show(number * PER_PAGE + place, *bucket);
            }
        }
    }
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
    fn values_move_to_pages_without_a_trace() {
        for count in [FEW as u64, FEW as u64 + 1] {
            // The first is a zero, which is only counted.
            let values = (0..=count).map(|i| i * 1_000_003);
            let (forward, backward) = (sketch(values.clone()), sketch(values.clone().rev()));
            assert_eq!(forward, backward);
            assert_eq!(matches!(forward.store, Store::Few(_)), count <= FEW as u64);
            let mut in_pages = Sketch::default();
            in_pages.store.pages();
            values.clone().for_each(|value| in_pages.insert(value));
            assert_eq!(in_pages, forward);
            for p in [0.0, 0.01, 0.5, 0.77, 1.0] {
                assert_eq!(in_pages.quantile(p), forward.quantile(p));
            }
            for value in values.step_by(97) {
                let last = index_of(value);
                let through = |it: &Sketch| it.counts().through(last);
                assert_eq!(through(&in_pages), through(&forward));
                assert_eq!(through(&forward), forward.sorted().count_through(last));
            }
            let all = |it: &Sketch| (it.counts().through(BUCKETS - 1), it.counts().all());
            assert_eq!(all(&forward), (count + 1, count + 1));
            assert_eq!(forward.sum(), in_pages.sum());
        }
    }

    #[test]
    fn merging_is_the_same_whichever_of_the_two_is_in_pages() {
        let (few, many) = (sketch(0..100), sketch(50..5_000));
        let both = sketch((0..100).chain(50..5_000));
        for (mut one, other) in [(few.clone(), &many), (many.clone(), &few)] {
            one.merge(other);
            assert_eq!(one, both);
        }
        let mut repeated = Sketch::default();
        repeated.insert_many(7, 3);
        repeated.insert_many(0, 2);
        repeated.insert_many(9, 1);
        assert_eq!(repeated, sketch([9, 0, 7, 7, 0, 7]));
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
