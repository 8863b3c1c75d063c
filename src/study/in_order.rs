//! Results of many replications, computed on all threads and handed on in their order.

use rayon::ThreadPool;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is computed and waits for its turn.
struct Ready<T> {
    next: u64,
    waiting: BTreeMap<u64, T>,
}

/// Computes each number of `range` on the threads of `pool` and gives the results to `fold` one by one
/// in order. No thread waits for another, unless more than `ahead` results wait for their turn. Once
/// `stop` is set, nothing but the first is begun any more, and what is folded has no gaps.
pub fn in_order<T: Send>(
    pool: &ThreadPool,
    range: Range<u64>,
    ahead: usize,
    stop: &AtomicBool,
    compute: impl Fn(u64) -> T + Sync,
    mut fold: impl FnMut(T) + Send,
) {
    if pool.current_num_threads() == 1 {
        // Here and not on the one thread of the pool: what the allocator has kept of the reading of a large
        // scenario is of use only to the thread that read it.
        for number in range.clone() {
            if number > range.start && stop.load(Ordering::Relaxed) {
                return;
            }
            fold(compute(number));
        }
        return;
    }
    let begun = AtomicU64::new(range.start);
    let ready = Mutex::new(Ready { next: range.start, waiting: BTreeMap::new() });
    let fold = Mutex::new(fold);
    let drain = |fold: &mut dyn FnMut(T)| {
        loop {
            let mut ready = lock(&ready);
            let next = ready.next;
            let Some(result) = ready.waiting.remove(&next) else { return };
            ready.next += 1;
            drop(ready);
            fold(result);
        }
    };
    pool.broadcast(|_| {
        loop {
            let number = begun.fetch_add(1, Ordering::Relaxed);
            let stopped = stop.load(Ordering::Relaxed) && number > range.start;
            if stopped || number >= range.end {
                return;
            }
            let result = compute(number);
            let mut now = lock(&ready);
            now.waiting.insert(number, result);
            let full = now.waiting.len() > ahead;
            drop(now);
            // Whoever finds nobody folding does it for all.
            let folding = if full { Some(lock(&fold)) } else { fold.try_lock().ok() };
            if let Some(mut fold) = folding {
                drain(&mut *fold);
            }
        }
    });
    // One that became ready while the last folder was leaving.
    drain(&mut *lock(&fold));
}

/// A thread that panicked ends the study; until then the others go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(threads: usize, range: Range<u64>, ahead: usize, stop_at: Option<u64>) -> Vec<u64> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let stop = AtomicBool::new(stop_at == Some(range.start));
        let mut seen = Vec::new();
        let compute = |number: u64| {
            // Of very different lengths, so that results come out of order.
            let mut spin = number % 7 * 2_000;
            while spin > 0 {
                spin = std::hint::black_box(spin - 1);
            }
            if stop_at == Some(number) {
                stop.store(true, Ordering::Relaxed);
            }
            number
        };
        in_order(&pool, range, ahead, &stop, compute, |number| seen.push(number));
        seen
    }

    #[test]
    fn every_result_comes_once_and_in_order() {
        for threads in [1, 2, 5] {
            for ahead in [0, 3, 1_000] {
                assert_eq!(run(threads, 3..500, ahead, None), (3..500).collect::<Vec<_>>());
            }
        }
        assert!(run(2, 5..5, 1, None).is_empty());
    }

    #[test]
    fn a_stopped_study_keeps_what_came_before_without_gaps() {
        for threads in [1, 2, 5] {
            let seen = run(threads, 0..100_000, 8, Some(40));
            assert!(seen.len() < 100_000, "it stops");
            assert_eq!(seen, (0..seen.len() as u64).collect::<Vec<_>>());
        }
        assert_eq!(run(1, 7..100, 8, Some(7)), [7], "the first is always computed");
    }
}
