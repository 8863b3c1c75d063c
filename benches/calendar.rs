//! The hold model: `pending` events; each step pops one and schedules another. Compared with the
//! standard binary heap under the same load.

use divan::{Bencher, black_box, counter::ItemsCount};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use zonefall::engine::{Calendar, Dist, Draw, Key, Purpose};
use zonefall::time::{Instant, Span};

const STEPS: u32 = 100_000;
const PENDING: [u32; 3] = [1_000, 100_000, 1_000_000];

fn main() {
    divan::main();
}

/// Delays drawn beforehand, so that only the calendar is timed.
fn delays() -> Vec<Span> {
    let dist = Dist::exponential(3600.0).expect("a valid mean");
    let key = Key::new(1, "hold");
    (0..1 << 16).map(|i| dist.span(Draw::new(key, Purpose::UP_TIME, 0, i))).collect()
}

#[divan::bench(args = PENDING, sample_count = 40, sample_size = 1)]
fn ladder(bencher: Bencher, pending: u32) {
    let delays = delays();
    let mut next = delays.iter().cycle();
    let mut calendar = Calendar::new(Instant::NEVER);
    for event in 0..pending {
        calendar.schedule(Instant::START + *next.next().expect("endless"), 0, u64::from(event));
    }
    bencher.counter(ItemsCount::new(STEPS)).bench_local(|| {
        for _ in 0..STEPS {
            let (now, event) = calendar.pop().expect("as many as before");
            calendar.schedule(now + *next.next().expect("endless"), 0, black_box(event));
        }
    });
}

#[divan::bench(args = PENDING, sample_count = 40, sample_size = 1)]
fn binary_heap(bencher: Bencher, pending: u32) {
    let delays = delays();
    let mut next = delays.iter().cycle();
    let mut heap: BinaryHeap<Reverse<(Instant, u64, u64)>> = (0..pending)
        .map(|event| {
            let at = Instant::START + *next.next().expect("endless");
            Reverse((at, u64::from(event), u64::from(event)))
        })
        .collect();
    let mut insertion = u64::from(pending);
    bencher.counter(ItemsCount::new(STEPS)).bench_local(|| {
        for _ in 0..STEPS {
            let Reverse((now, _, event)) = heap.pop().expect("as many as before");
            let at = now + *next.next().expect("endless");
            heap.push(Reverse((at, insertion, black_box(event))));
            insertion += 1;
        }
    });
}
