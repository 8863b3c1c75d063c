//! What every driver shares: one generator (xoshiro256++ with the ziggurat exponential), the arguments,
//! the clock and the line that is printed.

use rand_core::SeedableRng;
use rand_distr::{Distribution, Exp1};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::cell::RefCell;

thread_local! {
    static RNG: RefCell<Xoshiro256PlusPlus> = RefCell::new(Xoshiro256PlusPlus::seed_from_u64(1));
}

/// An exponential sample.
#[inline(always)]
pub fn ex(mean: f64) -> f64 {
    RNG.with(|rng| {
        let unit: f64 = Exp1.sample(&mut *rng.borrow_mut());
        unit * mean
    })
}

/// `w1 CUSTOMERS` or `w2 N EVENTS`.
pub fn args() -> (String, u64, u64) {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |i: usize| arguments.get(i).map_or(0, |text| text.parse::<f64>().unwrap() as u64);
    (arguments[1].clone(), number(2), number(3))
}

/// CPU time of this thread in seconds, as Linux tells it (in nanoseconds).
pub fn cpu_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    told.split(' ').next().unwrap().parse::<f64>().unwrap() * 1e-9
}

/// The line that `run.sh` reads.
pub fn report(engine: &str, workload: &str, n: u64, events: u64, seconds: f64, check: f64) {
    println!(
        "{engine}-{workload}-{n} events={events} secs={seconds:.6} Mev/s={:.4} ns/ev={:.2} check={check:.6}",
        events as f64 / seconds / 1e6,
        seconds * 1e9 / events as f64
    );
}
