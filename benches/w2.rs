//! W2, the workload that engines are compared by: N independent components that work for 1 000 h and
//! are repaired within 1 h on average, both exponential. Nothing but the calendar, the draws and the
//! distributions, used the way a model uses them: packed events, a life counter that makes an event of
//! an earlier life stale and numbers the draws, seconds rounded to nanoseconds.
//!
//!     cargo bench --bench w2 -- w2 100000 10000000
//!
//! Prints `events= secs= Mev/s= ns/ev= check=`, as the drivers in `peers/` do. The time is the CPU
//! time of the thread, set-up included; the check is the unavailability, 1/1001 = 0.000999 in the end.

use std::hint::black_box;
use zonefall::engine::{Calendar, Dist, Draw, Key, Purpose};
use zonefall::time::{Instant, Span};

const FAILED: u64 = 0;
const REPAIRED: u64 = 1;
const LIFE_BITS: u32 = 24;

/// Kind (8 bits), component (32), life (24).
fn pack(kind: u64, component: u32, life: u32) -> u64 {
    kind << 56 | u64::from(component) << LIFE_BITS | u64::from(life) & ((1 << LIFE_BITS) - 1)
}

struct Component {
    key: Key,
    life: u32,
    since: Instant,
}

struct Fleet {
    calendar: Calendar<u64>,
    components: Vec<Component>,
    up: Dist,
    repair: Dist,
    down: u128,
}

impl Fleet {
    fn new(size: u32) -> Fleet {
        let hour = 3600.0;
        let mut fleet = Fleet {
            calendar: Calendar::new(Instant::NEVER),
            components: Vec::with_capacity(size as usize),
            up: black_box(Dist::exponential(1000.0 * hour).expect("a valid mean")),
            repair: black_box(Dist::exponential(hour).expect("a valid mean")),
            down: 0,
        };
        for id in 0..size {
            let key = Key::new(1, &format!("c{id}"));
            fleet.components.push(Component { key, life: 0, since: Instant::START });
            fleet.start_life(id, Instant::START);
        }
        fleet
    }

    fn start_life(&mut self, id: u32, now: Instant) {
        let component = &self.components[id as usize];
        let draw = Draw::new(component.key, Purpose::UP_TIME, 0, component.life);
        let failed = pack(FAILED, id, component.life);
        self.calendar.schedule(now + self.up.span(draw), 1, failed);
    }

    /// Handles one event and returns its time.
    fn step(&mut self) -> Instant {
        let (now, event) = self.calendar.pop().expect("every component has a next event");
        let id = (event >> LIFE_BITS) as u32;
        let component = &mut self.components[id as usize];
        if pack(event >> 56, id, component.life) != event {
            return now; // an event of an earlier life
        }
        match event >> 56 {
            FAILED => {
                component.since = now;
                let draw = Draw::new(component.key, Purpose::REPAIR, 0, component.life);
                let repaired = pack(REPAIRED, id, component.life);
                self.calendar.schedule(now + self.repair.span(draw), 0, repaired);
            }
            _ => {
                let down: Span = now - component.since;
                self.down += u128::from(down.0);
                component.life += 1;
                self.start_life(id, now);
            }
        }
        now
    }
}

fn main() {
    // Cargo adds `--bench`; without arguments a short run shows that it works.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let number = |i: usize, default: u64| match arguments.get(i) {
        Some(text) => text.parse().expect("w2 N EVENTS, two whole numbers"),
        None => default,
    };
    let (size, events) = (number(1, 1_000), number(2, 1_000_000));

    let before = cpu_seconds();
    let mut fleet = Fleet::new(u32::try_from(size).expect("fewer than 2^32 components"));
    let mut now = Instant::START;
    for _ in 0..events {
        now = fleet.step();
    }
    let seconds = cpu_seconds() - before;
    let unavailability = fleet.down as f64 / now.0 as f64 / size as f64;
    println!(
        "zonefall-w2-{size} events={events} secs={seconds:.6} Mev/s={:.4} ns/ev={:.2} check={unavailability:.6}",
        events as f64 / seconds / 1e6,
        seconds * 1e9 / events as f64
    );
}

/// CPU time of this thread. Linux tells it in nanoseconds; elsewhere the wall clock has to do.
fn cpu_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|line| line.split(' ').next()?.parse::<f64>().ok());
    nanos.map_or_else(wall_seconds, |nanos| nanos * 1e-9)
}

fn wall_seconds() -> f64 {
    let epoch = std::time::SystemTime::UNIX_EPOCH;
    std::time::SystemTime::now().duration_since(epoch).map_or(0.0, |since| since.as_secs_f64())
}
