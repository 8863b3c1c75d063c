//! The calendar against the standard binary heap: the same events must come in the same order.

use super::*;
use crate::engine::draw::{Draw, Key, Purpose};
use crate::time::{DAY, HOUR, Span};

/// The last instant at which something can happen.
const END: u64 = u64::MAX - 1;

/// The referee: what [`Calendar`] promises, done the plain way.
struct HeapCalendar {
    heap: BinaryHeap<Reverse<(u64, u8, u64)>>,
    horizon: u64,
    insertions: u64,
}

impl HeapCalendar {
    fn schedule(&mut self, at: u64, rank: u8) {
        if at <= self.horizon {
            self.heap.push(Reverse((at, rank, self.insertions)));
            self.insertions += 1;
        }
    }
}

/// A calendar and its referee, driven together.
struct Pair {
    ladder: Calendar<u64>,
    heap: HeapCalendar,
    now: u64,
    luck: Draw,
}

impl Pair {
    fn new(name: &str, horizon: u64) -> Pair {
        let heap = HeapCalendar { heap: BinaryHeap::new(), horizon, insertions: 0 };
        let luck = Draw::new(Key::new(1, name), Purpose::PICK, 0, 0);
        Pair { ladder: Calendar::new(Instant(horizon)), heap, now: 0, luck }
    }

    fn uniform(&mut self) -> f64 {
        self.luck.occurrence += 1;
        self.luck.uniform()
    }

    fn below(&mut self, limit: u64) -> u64 {
        (self.uniform() * limit as f64) as u64
    }

    fn schedule(&mut self, delay: u64, rank: u8) {
        let at = (Instant(self.now) + Span(delay)).0;
        self.ladder.schedule(Instant(at), rank, self.heap.insertions);
        self.heap.schedule(at, rank);
    }

    /// Pops from both; `false` when both are empty.
    fn pop(&mut self) -> bool {
        assert_eq!(self.ladder.len(), self.heap.heap.len());
        let expected = self.heap.heap.pop().map(|Reverse((at, _, event))| (Instant(at), event));
        assert_eq!(self.ladder.peek_time(), expected.map(|(at, _)| at));
        assert_eq!(self.ladder.pop(), expected);
        self.now = expected.map_or(self.now, |(at, _)| at.0);
        expected.is_some()
    }

    fn drain(&mut self) {
        while self.pop() {}
        assert!(self.ladder.is_empty());
    }

    /// Keeps `pending` events pending for `steps` steps, each followed after a `delay`.
    fn hold(&mut self, pending: usize, steps: u64, delay: impl Fn(&mut Pair) -> u64) {
        for _ in 0..pending {
            let delay = delay(self);
            self.schedule(delay, 0);
        }
        for _ in 0..steps {
            if !self.pop() {
                return;
            }
            let (delay, rank) = (delay(self), self.below(16) as u8);
            self.schedule(delay, rank);
        }
    }
}

type Delay = fn(&mut Pair) -> u64;

/// Delays that have tripped up calendar queues, each a different way of being uneven.
const DELAYS: [(&str, Delay); 7] = [
    ("exponential", |p| (-crate::engine::math::ln(p.uniform()) * HOUR as f64) as u64),
    ("ties", |p| p.below(4) * HOUR),
    ("all at once", |_| 0),
    ("zero delays", |p| if p.uniform() < 0.7 { 0 } else { p.below(HOUR) }),
    ("bimodal", |p| if p.uniform() < 0.5 { 1 + p.below(3) } else { p.below(400 * DAY) }),
    ("log-uniform", |p| libm::exp2(p.uniform() * 55.0) as u64),
    ("triangle of powers", |p| 1 << p.below(50)),
];

fn against_the_heap(scale: u64) {
    for (name, delay) in DELAYS {
        for pending in [1, 10, 200, 30_000] {
            let mut pair = Pair::new(name, END);
            pair.hold(pending, 10_000 * scale, delay);
            pair.drain();
            // Refilled after it ran dry, from a clock that stands far from zero.
            pair.hold(pending, 2_000 * scale, delay);
            pair.drain();
        }
    }
}

#[test]
fn the_order_is_that_of_the_heap() {
    against_the_heap(10);
}

#[test]
#[ignore = "15 s: 150 million steps"]
fn the_order_is_that_of_the_heap_for_long() {
    against_the_heap(500);
}

#[test]
fn bursts_within_a_sparse_calendar_keep_the_order() {
    let mut pair = Pair::new("bursts", 1000 * DAY);
    for round in 0..40 {
        pair.schedule(50 * DAY, 3);
        // A burst close by, one at a single instant with all ranks, and a spread one.
        for i in 0..1_500 {
            let (near, rank) = (pair.below(1 + round * 1_000), pair.below(16) as u8);
            pair.schedule(near, 0);
            pair.schedule(HOUR, rank);
            let far = pair.below(DAY);
            pair.schedule(far + i, rank);
        }
        for _ in 0..2_000 {
            pair.pop();
            if pair.below(3) == 0 {
                let rank = pair.below(16) as u8;
                pair.schedule(0, rank);
                pair.schedule(1, rank);
            }
        }
    }
    pair.drain();
}

/// A crowd at one instant that keeps adding to itself costs no more than the logarithm of its size.
#[test]
fn a_crowd_at_one_instant_is_cheap() {
    let mut pair = Pair::new("crowd", END);
    for _ in 0..30_000 {
        let rank = pair.below(16) as u8;
        pair.schedule(HOUR, rank);
    }
    for _ in 0..60_000 {
        pair.pop();
        let (rank, delay) = (pair.below(16) as u8, pair.below(2));
        pair.schedule(delay, rank);
    }
    pair.drain();
}

#[test]
fn what_lies_past_the_horizon_is_dropped() {
    let mut calendar = Calendar::new(Instant(10));
    calendar.schedule(Instant(11), 0, 'c');
    calendar.schedule(Instant(10), 0, 'b');
    calendar.schedule(Instant::NEVER, 0, 'd');
    calendar.schedule(Instant(9), 15, 'a');
    assert_eq!(calendar.len(), 2);
    assert_eq!(calendar.peek_time(), Some(Instant(9)));
    assert_eq!(calendar.pop(), Some((Instant(9), 'a')));
    assert_eq!(calendar.pop(), Some((Instant(10), 'b')));
    assert_eq!((calendar.pop(), calendar.peek_time()), (None, None));
    let mut endless = Calendar::new(Instant::NEVER);
    endless.schedule(Instant::NEVER, 0, 'x');
    assert!(endless.is_empty(), "NEVER is not a time at which something happens");
}

#[test]
fn a_copy_goes_its_own_way_and_a_cleared_calendar_starts_again() {
    let mut pair = Pair::new("copy", END);
    pair.hold(1_000, 5_000, |p| p.below(DAY));
    let mut copy = pair.ladder.clone();
    let mut same = pair.ladder.clone();
    copy.schedule(Instant(pair.now), 0, 0);
    assert_eq!(copy.pop(), Some((Instant(pair.now), 0)));
    while let Some(event) = pair.ladder.pop() {
        assert_eq!(copy.pop(), Some(event));
    }
    same.clear();
    assert_eq!((same.len(), same.pop()), (0, None));
    same.schedule(Instant(3), 1, 7);
    same.schedule(Instant(3), 0, 8);
    assert_eq!(same.pop(), Some((Instant(3), 8)));
}

#[test]
fn an_entry_with_a_packed_event_takes_24_bytes() {
    assert_eq!(size_of::<Entry<u64>>(), 24);
}
