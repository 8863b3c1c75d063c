//! A fleet of containers with the whole model and all measures on, one thread.
//!
//! `cargo bench --bench fleet -- N [YEARS]` simulates N containers in apps of two and three over three
//! zones for YEARS (default: enough for two million lives) and prints container lives (failed → replaced
//! → routed) and events per CPU-second, and the state per container above the shared topology.

use cpu_time::ThreadTime;
use zonefall::history;
use zonefall::measure::Measures;
use zonefall::scenario::assemble::assemble;
use zonefall::scenario::spec::{Scenario, Target};
use zonefall::scenario::{Input, Source, load};
use zonefall::study::plan::plan;
use zonefall::time::{Span, YEAR};

/// Crashes and hangs as often as in the preset give 15 lives a container-year, with the zone outages
/// and isolations of the preset; 20 with crashes every 24 days.
const FLEET: &str = r#"
version  = 1
platform = "mendix-cloud@2026-11"
study    = { replications = 1, importance = false }
failure.container-crash.mtbf = "22d"

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
fn fleet(count: usize, years: f64) -> Scenario {
    let source =
        Source { path: "fleet.toml".into(), text: FLEET.into(), dir: std::env::temp_dir() };
    let input = Input { files: vec![source], with: vec![], set: vec![] };
    let Ok(loaded) = load(&input) else { panic!("the bench's own scenario is sound") };
    let mut scenario = loaded.scenario;
    scenario.study.horizon = Span((years * YEAR as f64) as u64);
    let models = std::mem::take(&mut scenario.apps);
    let mut containers = 0;
    while containers < count {
        let mut app = models[scenario.apps.len() % 2].clone();
        app.name = format!("app-{:07}", scenario.apps.len());
        app.containers = app.containers.min((count - containers) as u32);
        containers += app.containers as usize;
        scenario.apps.push(app);
    }
    for failure in &mut scenario.failures {
        if failure.targets.iter().any(|it| matches!(it, Target::Container(_))) {
            let names = scenario.apps.iter().flat_map(|app| {
                (1..=app.containers).map(|it| Target::Container(format!("{}/{it}", app.name)))
            });
            failure.targets = names.collect();
        }
    }
    scenario
}

fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|it| it.parse().ok());
    kib.unwrap_or(0usize) * 1024
}

fn main() {
    let numbers: Vec<f64> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let sizes = match numbers.first() {
        Some(&size) => vec![size as usize],
        None => vec![1_000, 100_000],
    };
    for size in sizes {
        let years = numbers.get(1).copied().unwrap_or(2_000_000.0 / 19.0 / size as f64);
        let scenario = fleet(size, years);
        let topology = assemble(&scenario);
        let plan = plan(&scenario, &topology);
        drop(scenario);
        let before = resident_bytes();
        let clock = ThreadTime::now();
        let sim = history::run(&topology, 0, Measures::new(&plan, &topology));
        let seconds = clock.elapsed().as_secs_f64();
        let state = resident_bytes().saturating_sub(before) as f64 / size as f64;
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
