//! What the tests of the model share: scenarios as incident timelines, a recorder of facts, and
//! invariants that hold after every instant.

#![allow(dead_code, reason = "each test file is a program of its own and uses a part of this")]

pub mod fallbacks;
pub mod invariants;
pub mod random;
pub mod recorder;
pub mod residency;
pub mod timeline;

use invariants::Checker;
use recorder::Recorder;
use zonefall::faults;
use zonefall::measure::{Measures, Plan};
use zonefall::model::sim::Sim;
use zonefall::model::topology::Topology;
use zonefall::scenario::spec::Scenario;
use zonefall::scenario::{Input, Source, load};

fn input(rest: &str) -> Input {
    let text = format!("version = 1\nplatform = \"none\"\n{rest}");
    let file = Source { path: "test.toml".into(), text, dir: "tests".into() };
    Input { files: vec![file], ..Input::default() }
}

/// Whether a scenario can be simulated.
pub fn is_sound(rest: &str) -> bool {
    load(&input(rest)).is_ok()
}

/// Reads a scenario of the platform `none` from the rest of its TOML.
#[track_caller]
pub fn scenario(rest: &str) -> Scenario {
    match load(&input(rest)) {
        Ok(loaded) => loaded.scenario,
        Err(mistakes) => panic!("{}\n{rest}", mistakes.rendered_plain),
    }
}

/// Runs a replication as `history::run` does, and shows the checker the world after every instant,
/// also after those that touch no app and no service and of which no listener is told.
pub fn watched<'p>(
    topology: &Topology,
    plan: &'p Plan,
    replication: u64,
    checker: &mut Checker,
) -> (Measures<'p>, Recorder, u64) {
    let listener = (Measures::new(plan, topology), Recorder::new(topology));
    let mut sim = Sim::new(topology, replication, listener);
    faults::start(&mut sim);
    zonefall::model::fact::Listener::begin(&mut sim.listener, topology, &sim.world);
    checker.begin(topology, plan);
    let mut stopped = false;
    loop {
        let next = sim.calendar.pop();
        if next.is_none_or(|(at, _)| at != sim.now) {
            sim.settle();
            checker.after(sim.now, topology, &sim.world, &sim.listener.0);
            if sim.listener.0.plan.stop_at_first_outage
                && zonefall::model::fact::Listener::is_done(&sim.listener)
            {
                stopped = true;
                break;
            }
        }
        let Some((at, event)) = next else { break };
        sim.now = at;
        sim.events += 1;
        zonefall::history::happen(&mut sim, event.into());
    }
    if !stopped {
        sim.now = topology.end;
    }
    let now = sim.now;
    let (mut measures, recorder) = sim.listener;
    measures.finish(now, topology);
    measures.survey(now, topology, &sim.world);
    checker.end(now, topology, &sim.world, &measures);
    (measures, recorder, sim.events)
}
