//! Roll-outs that leave nothing behind are not simulated step by step where nobody wants to hear of them:
//! whoever does is told of the same history. And an app fares the same to the bit without the others.

mod common;

use common::random::scenario_text;
use std::sync::atomic::AtomicBool;
use zonefall::history;
use zonefall::measure::{Measures, Plan};
use zonefall::model::fact::{Fact, Listener, Subject};
use zonefall::model::topology::Topology;
use zonefall::model::world::World;
use zonefall::scenario::assemble::assemble;
use zonefall::scenario::spec::Scenario;
use zonefall::scenario::{Input, Source, load};
use zonefall::study::alone::alone;
use zonefall::study::findings::Findings;
use zonefall::study::plan::plan;
use zonefall::study::{self, Options};
use zonefall::time::Instant;

/// Wants to hear everything, and counts the containers that were renewed.
#[derive(Default)]
struct Ears {
    renewed: u64,
}

impl Listener for Ears {
    fn hear(&mut self, _: Instant, fact: Fact, _: &Topology, _: &World) {
        self.renewed += u64::from(matches!(fact, Fact::Renewed { .. }));
    }
    fn settled(&mut self, _: Instant, _: Subject, _: &Topology, _: &World) {}
    fn instant_over(&mut self, _: Instant) {}
}

/// All measures of a replication, as text: nothing is left out.
fn finished(mut measures: Measures, now: Instant, topology: &Topology, world: &World) -> String {
    measures.finish(now, topology);
    measures.survey(now, topology, world);
    // The numbers of roots only tell which of two came first: a roll-out that is not simulated takes its own
    // a little early.
    let text = format!("{measures:?}");
    let mut parts = text.split("seq: ");
    let mut out = parts.next().expect("the first part").to_string();
    parts.for_each(|it| out.push_str(it.trim_start_matches(|c: char| c.is_ascii_digit())));
    out
}

/// Events handled without and with somebody who hears all changes, and the containers renewed.
#[track_caller]
fn compare(topology: &Topology, plan: &Plan, replication: u64, what: &str) -> (u64, u64, u64) {
    let quiet = history::listen(topology, plan, replication);
    let both = (Measures::new(plan, topology), Ears::default());
    let full = history::run(topology, replication, both);
    assert_eq!(quiet.world.next_root, full.world.next_root, "{what}: roots");
    let (events, all, renewed) = (quiet.events, full.events, full.listener.1.renewed);
    let quiet = finished(quiet.listener, quiet.now, topology, &quiet.world);
    let full = finished(full.listener.0, full.now, topology, &full.world);
    let place = quiet.bytes().zip(full.bytes()).position(|(a, b)| a != b);
    let around = |text: &str, at: usize| text[at.saturating_sub(300)..].chars().take(400).collect();
    let differ: Option<(String, String)> = place.map(|at| (around(&quiet, at), around(&full, at)));
    assert!(quiet == full, "{what}, replication {replication}: {differ:#?}");
    (events, all, renewed)
}

fn shipped(name: &str, set: &[(&str, &str)]) -> (Scenario, String) {
    let path = format!("{}/scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("it is shipped");
    let dir = std::path::Path::new(&path).parent().unwrap().to_path_buf();
    let file = Source { path: path.clone(), text, dir };
    let set = set.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    let input = Input { files: vec![file], with: vec![], set };
    match load(&input) {
        Ok(loaded) => (loaded.scenario, loaded.hash),
        Err(mistakes) => panic!("{}", mistakes.rendered_plain),
    }
}

#[test]
fn a_fleet_measures_the_same_whether_all_its_roll_outs_are_heard_of_or_not() {
    let (scenario, _) = shipped("fleet-60", &[]);
    let topology = assemble(&scenario);
    let plan = plan(&scenario, &topology);
    let (mut quiet, mut full, mut renewed) = (0, 0, 0);
    for replication in 0..8 {
        let counts = compare(&topology, &plan, replication, "fleet-60");
        (quiet, full, renewed) = (quiet + counts.0, full + counts.1, renewed + counts.2);
    }
    assert!(renewed > 8 * 60 * 300, "{renewed} containers were renewed");
    assert!(quiet * 2 < full, "{quiet} of {full} events");
}

/// Roll-outs every few minutes while everything fails: most of them cannot be quiet, and each reason that
/// keeps one from it comes up many times.
#[test]
fn where_everything_fails_all_the_time_it_is_the_same_too() {
    const TEXT: &str = r#"
version  = 1
platform = "mendix-cloud@2026-11"
study    = { horizon = "90d", seed = 11, replications = 4 }
failure.container-crash.mtbf     = "8h"
failure.zone-blip.rate           = "2/d"
failure.zone-outage.rate         = "1/w"
failure.zone-isolation.rate      = "1/d"
failure.control-plane.rate       = "1/d"
failure.health-manager-crash.rate = "1/d"
failure.region-network.rate      = "1/w"
[app.one]
restarts = { rate = "12/d" }
deployments = { rate = "6/d", bad = "5%" }
region = "eu-central-1"
plan = "standard"
containers = 1
load = "5/s"
[app.two]
restarts = { rate = "12/d" }
deployments = { rate = "6/d", bad = "5%" }
region = "eu-central-1"
plan = "premium"
containers = 2
load = { mean = "20/s", profile = "office-hours", timezone = "Europe/Berlin" }
sleep = { from = "22:00", until = "05:00" }
[app.four]
restarts = { rate = "12/d" }
deployments = { rate = "6/d", bad = "5%" }
region = "us-east-1"
plan = "premium"
containers = 4
load = "8/s"
[[change]]
app = "four"
at = "40d"
containers = 3
"#;
    let variants: [&[(&str, &str)]; 7] = [
        &[],
        &[("app.four.placement", "home"), ("app.two.placement", "pinned")],
        &[("failure.container-hang.mtbf", "1d"), ("health_manager.parallel_starts", "1")],
        &[("health_manager.start_timeout", "60s"), ("health_manager.instances", "1")],
        &[("app.two.response", "20s"), ("app.four.needs", "3")],
        &[("failure.container-crash.mtbf", "{ dist = \"weibull\", mean = \"8h\", shape = 2 }")],
        &[(
            "router.health_check",
            "{ interval = \"10s\", timeout = \"2s\", unhealthy = 2, healthy = 2 }",
        )],
    ];
    for set in variants {
        let file = Source { path: "everything.toml".into(), text: TEXT.into(), dir: ".".into() };
        let set: Vec<_> = set.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        let what = format!("{set:?}");
        let input = Input { files: vec![file], with: vec![], set };
        let scenario = match load(&input) {
            Ok(loaded) => loaded.scenario,
            Err(mistakes) => panic!("{}", mistakes.rendered_plain),
        };
        let topology = assemble(&scenario);
        let plan = plan(&scenario, &topology);
        for replication in 0..8 {
            let (quiet, full, renewed) = compare(&topology, &plan, replication, &what);
            assert!(renewed > 2_000, "{what}: {renewed} containers were renewed");
            assert!(quiet < full, "{what}: {quiet} of {full} events");
        }
    }
}

#[test]
fn random_worlds_measure_the_same() {
    let mut saved = 0;
    for seed in 0..200 {
        let scenario = common::scenario(&scenario_text(seed));
        let topology = assemble(&scenario);
        let plan = plan(&scenario, &topology);
        let (quiet, full, _) = compare(&topology, &plan, 0, &format!("seed {seed}"));
        saved += full - quiet;
    }
    assert!(saved > 10, "{saved} events saved");
}

fn study(scenario: &Scenario, hash: &str) -> Findings {
    let options =
        Options { threads: 2, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    study::run(scenario, hash, &options).findings
}

#[test]
fn an_app_fares_the_same_without_the_others() {
    let (mut scenario, hash) = shipped("fleet-60", &[("study.replications", "20")]);
    scenario.expectations.clear(); // and with them the search for what would turn them
    let all = study(&scenario, &hash);
    for name in ["shop-de", "orders-de"] {
        let one = study(&alone(&scenario, name).expect("nothing is shared"), &hash);
        assert_eq!(one.app.len(), 1);
        let debug = |findings: &Findings| format!("{:#?}", findings.app[name]);
        let (one, all) = (debug(&one), debug(&all));
        let differ = one.lines().zip(all.lines()).find(|(a, b)| a != b);
        assert!(one == all, "{name}: {differ:?}");
    }
}
