//! A thousand apps with and without what they keep: a standby database, files, backups every night.
//!
//! `cargo bench --bench kept -- [APPS] [YEARS]` simulates them on the platform with everything that may
//! fail, all measures on, one thread, and prints app-years, events and happenings per CPU-second.
//!
//! *Events* are what the calendar handed out. *Happenings* are events and runs of backups: every run that
//! falls due is simulated, whether it is skipped, fails, is tried again or copied, but what becomes of it
//! is worked out from its luck and the down times of its database, and takes no event unless something is
//! to be told of it.

use cpu_time::ThreadTime;
use zonefall::history;
use zonefall::scenario::assemble::assemble;
use zonefall::scenario::{Input, Source, load};
use zonefall::study::plan::plan;

const APPS: &str = r#"
version  = 1
platform = "mendix-cloud@2026-11"
changes  = "none"

[app.shop]
region     = "eu-central-1"
plan       = "premium"
containers = 2
load       = "40/s"
"#;

const KEPT: &str = r#"
database = { mode = "multi-az", size = "60GiB", written = "2GiB/d" }
files    = { size = "100GiB" }
"#;

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let apps = numbers.first().copied().unwrap_or(1_000);
    let years = numbers.get(1).copied().unwrap_or(10);
    for (what, kept) in [("compute-only", ""), ("with-data", KEPT)] {
        let text = format!(
            "{APPS}{kept}count = {apps}\n[study]\nreplications = 1\nimportance = false\nhorizon = \"{years}y\"\n"
        );
        let source = Source { path: "kept.toml".into(), text, dir: std::env::temp_dir() };
        let input = Input { files: vec![source], ..Input::default() };
        let Ok(loaded) = load(&input) else { panic!("the bench's own scenario is sound") };
        let topology = assemble(&loaded.scenario);
        let plan = plan(&loaded.scenario, &topology);
        let clock = ThreadTime::now();
        let (measures, events) = history::measure(&topology, &plan, 0);
        let seconds = clock.elapsed().as_secs_f64();
        let runs: u64 = measures.backups.of.iter().flat_map(|app| app.due).sum();
        let happenings = events + runs;
        println!(
            "zonefall-{what}-{apps} years={years} events={events} happenings={happenings} \
             secs={seconds:.3} app-years/s={:.0} Mev/s={:.2} Mhappenings/s={:.2}",
            (apps * years) as f64 / seconds,
            events as f64 / seconds / 1e6,
            happenings as f64 / seconds / 1e6,
        );
    }
}
