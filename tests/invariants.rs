//! A swarm of random scenarios, and rules that hold after every instant of each of them.

mod common;

use common::invariants::Checker;
use common::recorder::Recorder;
use common::{random, scenario, watched};
use std::panic::{AssertUnwindSafe, catch_unwind};
use zonefall::history;
use zonefall::measure::{Measures, Plan};
use zonefall::scenario::assemble::assemble;
use zonefall::study::plan::plan;

const SCENARIOS: u64 = 240;
const REPLICATIONS: u64 = 3;

/// Seeds other than the first ones: `ZONEFALL_SWARM=from,count`.
fn seeds() -> std::ops::Range<u64> {
    let asked = std::env::var("ZONEFALL_SWARM").ok();
    let numbers = asked.as_deref().and_then(|it| it.split_once(','));
    let (from, count) = match numbers {
        Some((from, count)) => (from.parse().expect("from"), count.parse().expect("count")),
        None => (1, SCENARIOS),
    };
    from..from + count
}

#[test]
fn the_rules_hold_in_every_instant_of_a_swarm_of_scenarios() {
    let mut broken = Vec::new();
    let mut events = 0;
    for seed in seeds() {
        let text = random::scenario_text(seed);
        let scenario = scenario(&text);
        let topology = assemble(&scenario);
        let plan = Plan { episodes: true, periods: true, ..plan(&scenario, &topology) };
        for replication in 0..REPLICATIONS {
            let mut checker = Checker::all();
            let run = AssertUnwindSafe(|| watched(&topology, &plan, replication, &mut checker));
            match catch_unwind(run) {
                Ok((_, _, handled)) => events += handled,
                Err(why) => {
                    let told = why.downcast_ref::<String>().cloned();
                    let told = told.or_else(|| why.downcast_ref::<&str>().map(|it| it.to_string()));
                    checker.broken.push(format!("it panicked: {}", told.unwrap_or_default()));
                }
            }
            if !checker.broken.is_empty() {
                broken.push(format!("seed {seed}, replication {replication}:\n{}", checker.told()));
            }
        }
    }
    println!("{events} events");
    let shown = broken.iter().take(8).cloned().collect::<String>();
    assert!(broken.is_empty(), "{} broken\n{shown}", broken.len());
}

/// The loop that shows the world to the rules is the one that studies run.
#[test]
fn watching_changes_nothing() {
    for seed in 1..20 {
        let scenario = scenario(&random::scenario_text(seed));
        let topology = assemble(&scenario);
        let plan = plan(&scenario, &topology);
        let listener = (Measures::new(&plan, &topology), Recorder::new(&topology));
        let sim = history::run(&topology, 0, listener);
        let (now, handled, (mut measures, recorder)) = (sim.now, sim.events, sim.listener);
        measures.finish(now, &topology);
        let mut nobody = Checker::all();
        let (watched_measures, watched_recorder, watched_events) =
            watched(&topology, &plan, 0, &mut nobody);
        assert_eq!(recorder.text(), watched_recorder.text());
        assert_eq!(measures.ledger.subjects, watched_measures.ledger.subjects);
        assert_eq!(handled, watched_events);
    }
}
