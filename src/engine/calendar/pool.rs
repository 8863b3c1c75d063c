//! Bags of items in small chunks of one allocation.

/// Items in a chunk: what most buckets need. Half as many is no faster.
const CHUNK: usize = 8;
/// The end of a list of chunks.
const NONE: u32 = u32::MAX;

/// An unordered bag of items of one [`Pool`]: a list of chunks, all full but the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    head: u32,
    count: u32,
}

impl Bucket {
    pub(super) const EMPTY: Bucket = Bucket { head: NONE, count: 0 };

    #[inline(always)]
    pub(super) fn is_empty(self) -> bool {
        self.count == 0
    }

    #[inline(always)]
    pub(super) fn len(self) -> usize {
        self.count as usize
    }

    /// How many items its first chunk holds: 1..=CHUNK unless the bucket is empty.
    #[inline(always)]
    fn in_head(self) -> usize {
        (self.len() + CHUNK - 1) % CHUNK + 1
    }
}

/// The memory of many [`Bucket`]s.
#[derive(Clone, Debug)]
pub(super) struct Pool<T> {
    /// What lies past the end of a bucket in its first chunk, and all of a free chunk, is stale.
    chunks: Vec<[T; CHUNK]>,
    /// For each chunk the next one in its bucket, or in the list of free ones.
    next: Vec<u32>,
    free: u32,
}

impl<T: Copy> Pool<T> {
    pub(super) fn new() -> Self {
        Pool { chunks: Vec::new(), next: Vec::new(), free: NONE }
    }

    /// Empties every bucket; the caller forgets those it had.
    pub(super) fn clear(&mut self) {
        self.chunks.clear();
        self.next.clear();
        self.free = NONE;
    }

    #[inline(always)]
    pub(super) fn push(&mut self, bucket: &mut Bucket, item: T) {
        let place = bucket.len() % CHUNK;
        if place == 0 {
            bucket.head = self.chunk(bucket.head, item);
        }
        self.chunks[bucket.head as usize][place] = item;
        bucket.count += 1;
    }

    /// A chunk that is followed by `next`; a new one is filled with `filler`.
    #[inline]
    fn chunk(&mut self, next: u32, filler: T) -> u32 {
        let chunk = self.free;
        if chunk != NONE {
            self.free = std::mem::replace(&mut self.next[chunk as usize], next);
            return chunk;
        }
        let chunk = u32::try_from(self.next.len()).expect("fewer than 2^32 events are pending");
        self.next.push(next);
        self.chunks.push([filler; CHUNK]);
        chunk
    }

    /// Takes the items of one chunk out of a bucket and frees the chunk.
    #[inline]
    pub(super) fn take_chunk(
        &mut self,
        bucket: &mut Bucket,
    ) -> Option<impl Iterator<Item = T> + use<T>> {
        if bucket.is_empty() {
            return None;
        }
        let (chunk, here) = (bucket.head, bucket.in_head());
        bucket.count -= here as u32;
        bucket.head = std::mem::replace(&mut self.next[chunk as usize], self.free);
        self.free = chunk;
        // A copy of the chunk, so that the caller may push while it goes through the items.
        Some(self.chunks[chunk as usize].into_iter().take(here))
    }

    /// All items of a bucket.
    pub(super) fn iter(&self, mut bucket: Bucket) -> impl Iterator<Item = &T> {
        std::iter::from_fn(move || {
            if bucket.is_empty() {
                return None;
            }
            let (chunk, here) = (bucket.head as usize, bucket.in_head());
            bucket = Bucket { head: self.next[chunk], count: bucket.count - here as u32 };
            Some(&self.chunks[chunk][..here])
        })
        .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_keep_what_they_are_given_and_give_their_chunks_back() {
        let mut pool = Pool::new();
        for _ in 0..3 {
            let mut buckets = [Bucket::EMPTY; 3];
            for item in 0..100 {
                pool.push(&mut buckets[item % 3], item);
            }
            for (i, bucket) in buckets.iter_mut().enumerate() {
                let shown: Vec<_> = pool.iter(*bucket).copied().collect();
                assert_eq!(shown.len(), bucket.len());
                let mut taken = Vec::new();
                while let Some(items) = pool.take_chunk(bucket) {
                    taken.extend(items);
                }
                assert_eq!(taken, shown);
                taken.sort_unstable();
                assert!(taken.iter().copied().eq((i..100).step_by(3)));
            }
        }
        assert_eq!(pool.chunks.len(), 3 * 34usize.div_ceil(CHUNK));
    }
}
