//! Buckets no wider than 2⁻¹⁰ of their value, and what one of them keeps.

/// Bits of a value after its leading one that tell buckets apart.
const MANTISSA_BITS: u32 = 10;
/// Buckets from one power of two to the next.
const PER_OCTAVE: usize = 1 << MANTISSA_BITS;
/// All buckets: values below 1024 exactly, then one octave for each leading bit from 10 to 63.
pub const BUCKETS: usize = (65 - MANTISSA_BITS as usize) * PER_OCTAVE;

/// What is known of the values in one bucket: their number in the upper 37 bits, and below it the sum of
/// value − lower edge, which is less than 2⁵³ each. One addition adds both, and a bucket takes 16 bytes:
/// where values are scattered, memory is what recording one costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket(u128);

/// Bits below the count.
const OFFSET_BITS: u32 = 91;

impl Bucket {
    #[inline(always)]
    pub fn new(count: u64, offsets: u128) -> Bucket {
        debug_assert!(count < 1 << (128 - OFFSET_BITS), "more values than a bucket can count");
        Bucket(u128::from(count) << OFFSET_BITS | offsets)
    }

    #[inline(always)]
    pub fn count(self) -> u64 {
        (self.0 >> OFFSET_BITS) as u64
    }

    /// The sum of value − lower edge.
    #[inline(always)]
    pub fn offsets(self) -> u128 {
        self.0 & ((1 << OFFSET_BITS) - 1)
    }

    /// # Panics
    /// Past 1.4·10¹¹ values in one bucket, hours of simulating the same length.
    #[inline(always)]
    pub fn add(&mut self, more: Bucket) {
        self.0 = self.0.checked_add(more.0).expect("fewer than 2^37 values in one bucket");
    }

    pub fn sum(self, index: usize) -> u128 {
        u128::from(lower_edge(index)) * u128::from(self.count()) + self.offsets()
    }

    /// The mean, rounded up, so that the share of values at most this one includes the bucket.
    pub fn value(self, index: usize) -> u64 {
        let mean_offset = self.offsets().div_ceil(u128::from(self.count()));
        // A mean of offsets is no larger than the largest of them, which is a u64.
        lower_edge(index) + mean_offset as u64
    }
}

/// The bucket of a value: the value itself below 1024, then its leading one and ten bits more.
#[inline]
pub fn index_of(value: u64) -> usize {
    // Values below 2048 have a bucket each and their index is their value.
    let shift = (63 - MANTISSA_BITS).saturating_sub((value | 1).leading_zeros());
    (shift as usize) * PER_OCTAVE + (value >> shift) as usize
}

/// The smallest value of a bucket, of which `index_of` is the inverse.
#[inline]
pub fn lower_edge(index: usize) -> u64 {
    let shift = (index / PER_OCTAVE).saturating_sub(1);
    ((index - shift * PER_OCTAVE) as u64) << shift
}
