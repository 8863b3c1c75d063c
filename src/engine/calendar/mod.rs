//! The calendar of pending events: a ladder queue (Tang, Goh, Thng, *ACM TOMACS* 15(3), 2005).
//!
//! Most events are scheduled long before they are due, and their exact order does not matter until
//! then. Each goes into a bucket of a *rung*: equal slices of time, but for the last bucket of the
//! coarsest rung, which holds the whole far future. A bucket that is reached while it holds many events
//! is dealt into a finer rung; one that holds few is sorted and becomes the *bottom*, from which events
//! are popped. Each event is moved a few times and compared with a few dozen others at most, however
//! many there are: constant work instead of the logarithm of a heap, and few cache misses.
//!
//! ```text
//!   bottom (sorted)   finest rung           coarser rung
//!   |.|..|.||.|....|  |  :  :  :  :  :  |   |        :        :        :   the far future ...
//!   now               ^ next bucket         ^ next bucket
//! ```
//!
//! The paper keeps the far future in a list of its own, the top. As a bucket it needs neither code of
//! its own nor a branch whose outcome is known only after the draw (4 % of a step at a thousand events).
//!
//! Buckets are lists of small chunks in one pool: a `Vec` for each would cost four times the memory.

mod pool;

use crate::time::Instant;
use pool::{Bucket, Pool};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// A rung is made to hold half this many to this many events a bucket. Of 4, 8 and 16 the smallest is
/// the fastest at a thousand events and the largest at a million; none is far off anywhere.
const PER_BUCKET: usize = 8;
/// A bucket that holds more than this is dealt into a finer rung rather than sorted.
const SORTABLE: usize = 48;
/// A bottom that grows beyond this by insertions is dealt into a rung.
const BOTTOM_LIMIT: usize = 2 * SORTABLE;
/// Bits of [`Entry::order`] below the rank: 10^18 insertions.
const INSERTION_BITS: u32 = 60;

/// Pending events in the order (time, rank, insertion).
///
/// The rank decides what comes first at one instant, the insertion what comes first within a rank.
/// `E` is what happens; a packed `u64` makes an entry of 24 bytes.
#[derive(Clone, Debug)]
pub struct Calendar<E> {
    /// What is due next, latest first: `pop` takes from the end.
    bottom: Vec<Entry<E>>,
    /// Where the bottom overflows to when it cannot be dealt, its events all being due at one
    /// instant. Almost always empty. Both it and the bottom lie before every rung.
    crowd: BinaryHeap<Reverse<Entry<E>>>,
    /// From coarse to fine; the buckets still to come of each lie before those of the one before it.
    rungs: Vec<Rung>,
    /// Rungs that are used up, kept for their allocations.
    spare: Vec<Rung>,
    pool: Pool<Entry<E>>,
    horizon: u64,
    insertions: u64,
    pending: usize,
    /// The time of the last event popped, for an assertion.
    now: u64,
}

/// An event in waiting.
#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    time: u64,
    /// Rank in the top 4 bits, insertion in the rest.
    order: u64,
    event: E,
}

impl<E> Entry<E> {
    #[inline(always)]
    fn key(&self) -> u128 {
        u128::from(self.time) << 64 | u128::from(self.order)
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}
impl<E> Eq for Entry<E> {}
impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

/// Equal slices of time, each with its bucket. The last bucket also takes what lies beyond it, up to
/// the next coarser rung or to the end of the clock.
#[derive(Clone, Debug, Default)]
struct Rung {
    /// Where the first bucket begins.
    start: u64,
    /// A slice is 2^shift ns wide.
    shift: u32,
    /// The next bucket to be emptied.
    next: usize,
    /// Where bucket `next` begins; `end` once all are empty.
    next_start: u64,
    /// Where the next coarser rung takes over.
    end: u64,
    buckets: Vec<Bucket>,
}

impl Rung {
    /// A single bucket for everything.
    fn whole_clock() -> Rung {
        Rung { end: u64::MAX, buckets: vec![Bucket::EMPTY], ..Rung::default() }
    }

    /// Makes the slices for `count` events from `first` to `last`.
    fn lay_out(&mut self, first: u64, last: u64, end: u64, count: usize) {
        debug_assert!(first < last && last < end);
        let wanted = (count / PER_BUCKET).max(2) as u64;
        let range = last - first;
        // The narrowest power of two that needs at most twice the buckets wanted: between half and
        // all of PER_BUCKET events each if they are spread evenly.
        self.shift = (range / wanted).checked_ilog2().unwrap_or(0);
        self.start = first;
        self.next = 0;
        self.next_start = first;
        self.end = end;
        self.buckets.clear();
        self.buckets.resize((range >> self.shift) as usize + 1, Bucket::EMPTY);
    }

    /// Where a bucket begins, or, past the last one, where the next coarser rung takes over.
    #[inline]
    fn begin(&self, bucket: usize) -> u64 {
        if bucket == self.buckets.len() {
            self.end
        } else {
            self.start + ((bucket as u64) << self.shift)
        }
    }

    #[inline(always)]
    fn bucket(&mut self, time: u64) -> &mut Bucket {
        let last = self.buckets.len() - 1;
        let index = ((time - self.start) >> self.shift) as usize;
        &mut self.buckets[index.min(last)]
    }

    /// Takes the next bucket that holds something.
    fn take_bucket(&mut self) -> Option<Bucket> {
        let ahead = self.buckets[self.next..].iter().position(|bucket| !bucket.is_empty());
        let Some(ahead) = ahead else {
            self.next = self.buckets.len();
            self.next_start = self.end;
            return None;
        };
        let index = self.next + ahead;
        self.next = index + 1;
        self.next_start = self.begin(self.next);
        Some(std::mem::replace(&mut self.buckets[index], Bucket::EMPTY))
    }
}

impl<E: Copy> Calendar<E> {
    /// An empty calendar that ends with `horizon`.
    pub fn new(horizon: Instant) -> Self {
        Calendar {
            bottom: Vec::with_capacity(BOTTOM_LIMIT + 1),
            crowd: BinaryHeap::new(),
            rungs: vec![Rung::whole_clock()],
            spare: Vec::new(),
            pool: Pool::new(),
            // One short of the end of the clock, where the last rung ends; NEVER is no time.
            horizon: horizon.0.min(u64::MAX - 1),
            insertions: 0,
            pending: 0,
            now: 0,
        }
    }

    /// Adds an event that is due `at`, with a rank in 0..=15 (lower comes first at one instant).
    ///
    /// What lies past the horizon will never be reached and is dropped here, silently; the horizon
    /// itself still belongs to the study. Scheduling before the last event popped is a bug.
    #[inline]
    pub fn schedule(&mut self, at: Instant, rank: u8, event: E) {
        debug_assert!(rank < 16, "rank {rank}");
        debug_assert!(at.0 >= self.now, "{at:?} has passed: it is {}", self.now);
        if at.0 > self.horizon {
            return;
        }
        let order = u64::from(rank) << INSERTION_BITS | self.insertions;
        self.insertions += 1;
        self.pending += 1;
        self.insert(Entry { time: at.0, order, event });
    }

    #[inline]
    fn insert(&mut self, entry: Entry<E>) {
        for rung in &mut self.rungs {
            if entry.time >= rung.next_start {
                self.pool.push(rung.bucket(entry.time), entry);
                return;
            }
        }
        self.insert_bottom(entry);
    }

    #[inline]
    fn insert_bottom(&mut self, entry: Entry<E>) {
        if self.bottom.len() >= BOTTOM_LIMIT {
            return self.overflow(entry);
        }
        let place = self.bottom.iter().rposition(|other| other.key() > entry.key());
        self.bottom.insert(place.map_or(0, |place| place + 1), entry);
    }

    /// The bottom is full: deals it into a new rung, or, if all is due at one instant, turns to a heap.
    #[cold]
    fn overflow(&mut self, entry: Entry<E>) {
        let (last, first) = (self.bottom[0].time, self.bottom[self.bottom.len() - 1].time);
        // Nothing may be dealt while the crowd is in use, which must stay before every rung.
        if first == last || !self.crowd.is_empty() {
            self.crowd.push(Reverse(entry));
            return;
        }
        let mut rung = self.spare.pop().unwrap_or_default();
        rung.lay_out(first, last, self.boundary(), self.bottom.len());
        for entry in self.bottom.drain(..) {
            self.pool.push(rung.bucket(entry.time), entry);
        }
        self.rungs.push(rung);
        self.insert(entry);
    }

    /// The time before which everything is in the bottom or the crowd.
    fn boundary(&self) -> u64 {
        self.rungs.last().map_or(u64::MAX, |rung| rung.next_start)
    }

    /// Takes the next event, or `None` when nothing more happens before the horizon.
    #[inline]
    pub fn pop(&mut self) -> Option<(Instant, E)> {
        self.settle();
        let entry = if self.crowd.is_empty() { self.bottom.pop()? } else { self.pop_from_crowd()? };
        self.pending -= 1;
        self.now = entry.time;
        Some((Instant(entry.time), entry.event))
    }

    #[cold]
    fn pop_from_crowd(&mut self) -> Option<Entry<E>> {
        match (self.bottom.last(), self.crowd.peek()) {
            (Some(sorted), Some(Reverse(crowded))) if sorted < crowded => self.bottom.pop(),
            _ => self.crowd.pop().map(|Reverse(entry)| entry),
        }
    }

    /// When the next event is due. Takes `&mut self` because it may have to sort it out first.
    pub fn peek_time(&mut self) -> Option<Instant> {
        self.settle();
        let sorted = self.bottom.last().map(|entry| entry.time);
        let crowded = self.crowd.peek().map(|Reverse(entry)| entry.time);
        sorted.into_iter().chain(crowded).min().map(Instant)
    }

    /// Shows about `count` of the events that are due next, not all of them in order, and returns the
    /// time before which it has shown all that are known yet.
    pub fn show_ahead(&self, count: usize, mut show: impl FnMut(E)) -> Instant {
        self.bottom.iter().rev().for_each(|entry| show(entry.event));
        let mut shown = self.bottom.len();
        let Some(rung) = self.rungs.last() else { return Instant::NEVER };
        let mut next = rung.next;
        for bucket in &rung.buckets[rung.next..] {
            if shown >= count || bucket.len() > SORTABLE {
                break; // what is to be dealt yet is far away
            }
            self.pool.iter(*bucket).for_each(|entry| show(entry.event));
            shown += bucket.len();
            next += 1;
        }
        Instant(rung.begin(next))
    }

    /// How many events are pending.
    pub fn len(&self) -> usize {
        self.pending
    }

    /// Whether no event is pending.
    pub fn is_empty(&self) -> bool {
        self.pending == 0
    }

    /// Forgets every event and starts again at time zero, with the same horizon and allocations.
    pub fn clear(&mut self) {
        self.bottom.clear();
        self.crowd.clear();
        self.spare.append(&mut self.rungs);
        self.rungs.push(Rung::whole_clock());
        self.pool.clear();
        self.insertions = 0;
        self.pending = 0;
        self.now = 0;
    }

    /// Sees to it that the next event, if any, is in the bottom or the crowd.
    #[inline(always)]
    fn settle(&mut self) {
        if self.bottom.is_empty() && self.crowd.is_empty() && self.pending > 0 {
            self.refill();
        }
    }

    /// Brings the next bucket that is small enough, sorted, into the empty bottom.
    #[inline(never)]
    fn refill(&mut self) {
        while self.bottom.is_empty() {
            let rung = self.rungs.last_mut().expect("what is pending is in the bottom or a rung");
            let Some(mut bucket) = rung.take_bucket() else {
                self.spare.extend(self.rungs.pop());
                continue;
            };
            if bucket.len() > SORTABLE && self.deal_bucket(bucket) {
                continue;
            }
            while let Some(entries) = self.pool.take_chunk(&mut bucket) {
                self.bottom.extend(entries);
            }
            self.bottom.sort_unstable_by_key(|entry| Reverse(entry.key()));
        }
    }

    /// Turns a bucket into a finer rung; `false` if it cannot be, everything in it being due at once.
    fn deal_bucket(&mut self, mut bucket: Bucket) -> bool {
        let (first, last) = first_and_last(self.pool.iter(bucket));
        if first == last {
            return false;
        }
        let end = self.boundary();
        // A rung that has just given its last bucket is of no further use: without this the far
        // future would leave one behind each time.
        let used_up = self.rungs.pop_if(|rung| rung.next == rung.buckets.len());
        let mut rung = used_up.or_else(|| self.spare.pop()).unwrap_or_default();
        rung.lay_out(first, last, end, bucket.len());
        while let Some(entries) = self.pool.take_chunk(&mut bucket) {
            for entry in entries {
                self.pool.push(rung.bucket(entry.time), entry);
            }
        }
        self.rungs.push(rung);
        true
    }
}

/// The earliest and the latest time among entries, of which there is at least one.
fn first_and_last<'a, E: 'a>(entries: impl Iterator<Item = &'a Entry<E>>) -> (u64, u64) {
    entries
        .fold((u64::MAX, 0), |(first, last), entry| (first.min(entry.time), last.max(entry.time)))
}

#[cfg(test)]
mod tests;
