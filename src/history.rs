//! One history: a replication from its start to the horizon.

use crate::faults;
use crate::measure::{Measures, Plan};
use crate::model::event::Event;
use crate::model::fact::Listener;
use crate::model::sim::Sim;
use crate::model::topology::Topology;
use crate::time::Instant;

/// Runs a replication to its end, or until its listener has heard enough, and returns it as it stands.
pub fn run<L: Listener>(topology: &Topology, replication: u64, listener: L) -> Sim<'_, L> {
    let mut sim = Sim::new(topology, replication, listener);
    faults::start(&mut sim);
    sim.listener.begin(topology, &sim.world);
    let mut look_ahead_at = if sim.is_large() { Instant::START } else { Instant::NEVER };
    while let Some((at, event)) = sim.calendar.pop() {
        if at >= look_ahead_at {
            look_ahead_at = sim.look_ahead();
        }
        if at != sim.now {
            sim.settle();
            if sim.listener.is_done() {
                return sim;
            }
            sim.now = at;
        }
        sim.events += 1;
        happen(&mut sim, event.into());
    }
    sim.settle();
    if !sim.listener.is_done() {
        sim.now = topology.end;
    }
    sim
}

/// What an event does: one line for each kind, the logic with what it concerns.
#[inline(always)]
pub fn happen<L: Listener>(sim: &mut Sim<'_, L>, event: Event) {
    match event {
        Event::Unit(unit, event) => sim.unit_event(unit, event),
        Event::EntryRemoved { entry, generation } => sim.entry_removed(entry, generation),
        Event::FaultBegins(clock) => faults::begins(sim, clock),
        Event::FaultEnds { clock, occurrence } => faults::ends(sim, clock, occurrence),
        Event::ChangeBegins(clock) => sim.change_begins(clock),
        Event::ChangeGoesOn { change, generation } => sim.change_goes_on(change, generation),
        Event::TurnComes { change, generation } => sim.turn_comes(change, generation),
        Event::SuccessorReady { successor, generation } => {
            sim.successor_ready(successor, generation);
        }
        Event::HealthManager(region, event) => sim.manager_event(region, event),
        Event::Database(event) => sim.database_event(event),
        Event::Scales(scaler) => sim.scales(scaler),
        Event::EvacuationGoesOn { evacuation, round } => {
            sim.evacuation_goes_on(evacuation, round);
        }
        Event::EvacuationTimesOut { host, round } => sim.evacuation_times_out(host, round),
        Event::Drained { slot, generation } => sim.drained(slot, generation),
        Event::RouterChecked { router, turn } => sim.router_checked(router, turn),
        Event::ClientsMove { region, generation } => sim.clients_move_on(region, generation),
        Event::FallbackGoesOn { fallback, turn } => sim.fallback_goes_on(fallback, turn),
        Event::Backup(backup, event) => sim.backup_event(backup, event),
        Event::Bucket(bucket, event) => sim.bucket_event(bucket, event),
    }
}

/// Runs a replication with its measures listening.
pub fn listen<'t>(
    topology: &'t Topology,
    plan: &'t Plan,
    replication: u64,
) -> Sim<'t, Measures<'t>> {
    run(topology, replication, Measures::new(plan, topology))
}

/// Runs a replication and measures it.
pub fn measure<'p>(
    topology: &'p Topology,
    plan: &'p Plan,
    replication: u64,
) -> (Measures<'p>, u64) {
    let sim = listen(topology, plan, replication);
    let (now, events, mut measures) = (sim.now, sim.events, sim.listener);
    measures.finish(now, topology);
    measures.survey(now, topology, &sim.world);
    (measures, events)
}
