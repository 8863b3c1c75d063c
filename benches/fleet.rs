//! A fleet of containers with the whole model and all measures on, one thread.
//!
//! `cargo bench --bench fleet -- N [YEARS] [weekly]` simulates N containers in apps of two and three over three
//! zones for YEARS (default: enough for two million lives) and prints container lives (failed → replaced
//! → routed) and events per CPU-second, and the bytes in use per container above the
//! shared topology: calendar, world and measures; the fleet's pooled distributions, some hundred KiB whatever
//! its size, are not counted.

use cpu_time::ThreadTime;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use zonefall::history;
use zonefall::measure::failover::Clocks;
use zonefall::scenario::assemble::assemble;
use zonefall::scenario::spec::{Scenario, Targets};
use zonefall::scenario::{Input, Source, load};
use zonefall::study::plan::plan;
use zonefall::time::{Span, YEAR};

/// Crash and hang clocks (20 lives a container-year), detection, placement, starts, stale routes and
/// partial zone outages: the everyday life of a fleet, with every measure on.
const FLEET: &str = r#"
version  = 1
platform = "mendix-cloud@2026-11"
study    = { replications = 1, importance = false }
failure.container-crash.mtbf = "22d"
failure.zone-isolation.rate  = "0/y"
failure.zone-blip.rate       = "0/y"
failure.region-network.rate  = "0/y"
failure.region-outage.rate   = "0/y"
failure.platform-release.rate = "0/y"
failure.control-plane.rate    = "0/y"
failure.health-manager-crash.rate = "0/y"
failure.router-crash.rate = "0/y"

[app.a]
region = "eu-central-1"
plan = "premium"
containers = 2
load = "40/s"

[app.b]
region = "eu-central-1"
plan = "premium"
containers = 3
load = "40/s"
"#;

/// `count` containers in copies of the two apps.
fn fleet(text: &str, count: usize, years: f64) -> Scenario {
    let source = Source { path: "fleet.toml".into(), text: text.into(), dir: std::env::temp_dir() };
    let input = Input { files: vec![source], with: vec![], set: vec![] };
    let Ok(loaded) = load(&input) else { panic!("the bench's own scenario is sound") };
    let mut scenario = loaded.scenario;
    // What is done to apps on purpose, and what they need from outside, is not this bench's matter.
    scenario.changes.clear();
    scenario.dependencies.clear();
    scenario.study.horizon = Span((years * YEAR as f64) as u64);
    let models = std::mem::take(&mut scenario.apps);
    let mut containers = 0;
    while containers < count {
        let name = format!("app-{:07}", scenario.apps.len());
        let mut app = models[scenario.apps.len() % 2].another(&name);
        let left = (count - containers) as u32;
        if app.containers > left {
            (app.containers, app.slots) = (left, left);
        }
        containers += app.containers as usize;
        scenario.apps.push(app);
    }
    for failure in &mut scenario.failures {
        if let Targets::EveryContainer(of_models) = &mut failure.targets {
            *of_models = containers;
        }
    }
    scenario
}

/// The system's allocator, counting what is in use: exact, whatever it keeps for later.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The same fleet under office hours instead of a constant load, each app with a capacity that one of
/// its containers alone does not have at the peak.
fn in_office_hours() -> String {
    let load = "load = { mean = \"40/s\", profile = \"office-hours\", timezone = \"Europe/Berlin\" }\n\
                capacity = \"100/s\"";
    FLEET.replace("load = \"40/s\"", load)
}

fn main() {
    let weekly = std::env::args().any(|arg| arg == "weekly");
    let text = if weekly { in_office_hours() } else { FLEET.into() };
    let numbers: Vec<f64> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let sizes = match numbers.first() {
        Some(&size) => vec![size as usize],
        None => vec![1_000, 100_000],
    };
    for size in sizes {
        let years = numbers.get(1).copied().unwrap_or(2_000_000.0 / 19.0 / size as f64);
        let scenario = fleet(&text, size, years);
        let topology = assemble(&scenario);
        let plan = plan(&scenario, &topology);
        drop(scenario);
        let before = IN_USE.load(Ordering::Relaxed);
        let clock = ThreadTime::now();
        let sim = history::listen(&topology, &plan, 0);
        let seconds = clock.elapsed().as_secs_f64();
        let state = (IN_USE.load(Ordering::Relaxed) - before) as f64;
        let sketches: usize = sim.listener.failover.clocks.iter().map(Clocks::bytes).sum();
        let state = (state - sketches as f64) / size as f64;
        let (lives, events) = (sim.listener.components.kinds[0].failures, sim.events);
        println!(
            "zonefall-fleet-{size} lives={lives} events={events} secs={seconds:.3} Mlives/s={:.3} \
             Mev/s={:.2} ns/ev={:.1} B/container={state:.0}",
            lives as f64 / seconds / 1e6,
            events as f64 / seconds / 1e6,
            seconds * 1e9 / events as f64,
        );
    }
}
