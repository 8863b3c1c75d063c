//! Faults of domains, common causes and scripted incidents: what × where × when × how long × how much
//! of it. One mechanism for all; a kind of fault only adds its verb in the model
//! ([`crate::model::domain`], [`crate::model::unit`]).
//!
//! Failure clocks of single components are not here: they run only while their component does (F4) and
//! start with it ([`Sim::new`] and the model's one door for them).

use crate::engine::Purpose;
use crate::id::Id;
use crate::model::bucket::Errors;
use crate::model::event::{Event, rank};
use crate::model::fact::{Fact, Listener};
use crate::model::root::Reach;
use crate::model::sim::Sim;
use crate::model::topology::{Effect, FaultClock, Kind, Onset, Target, Topology};
use crate::model::world::Occurrence;
use crate::time::{Instant, Span};

/// Schedules the first onset of every fault clock, scripted ones in the order they are listed.
pub fn start<L: Listener>(sim: &mut Sim<'_, L>) {
    let topology = sim.topology;
    for (id, clock) in topology.fault_clocks.enumerate() {
        match &clock.onset {
            Onset::Random(up_time) => {
                let draw = sim.draw_of(clock.key, Purpose::UP_TIME, 0);
                schedule_onset(sim, id, sim.now + up_time.span(draw));
            }
            Onset::At(at) => schedule_onset(sim, id, *at),
        }
    }
}

fn schedule_onset<L: Listener>(sim: &mut Sim<'_, L>, id: Id<FaultClock>, at: Instant) {
    let rank = match reach(sim.topology, id) {
        Reach::Region => rank::REGION_FAULT,
        Reach::Zone => rank::ZONE_FAULT,
        Reach::App | Reach::Component => rank::COMPONENT_FAULT,
    };
    sim.at(at, rank, Event::FaultBegins(id));
}

/// The largest domain among the targets.
fn reach(topology: &Topology, id: Id<FaultClock>) -> Reach {
    let reach = |target: &Target| match target {
        Target::Region(_) => Reach::Region,
        Target::Zone(_) => Reach::Zone,
        Target::Unit(_) => Reach::Component,
    };
    topology.fault_clocks[id].targets.iter().map(reach).max().unwrap_or(Reach::Component)
}

/// A fault strikes.
#[inline(never)]
pub fn begins<L: Listener>(sim: &mut Sim<'_, L>, id: Id<FaultClock>) {
    let topology = sim.topology;
    let clock = &topology.fault_clocks[id];
    let count = sim.world.fault_counts[id.index()];
    sim.world.fault_counts[id.index()] = count.wrapping_add(1);
    let root = sim.new_root(clock.cause, reach(topology, id));
    sim.state(Fact::FaultBegan { clock: id, root });

    let fraction = clock
        .fraction
        .as_ref()
        .map_or(1.0, |dist| dist.sample(sim.draw_of(clock.key, Purpose::FRACTION, count)));
    let slot = sim.world.occurrences.take();
    let mut struck = std::mem::take(&mut sim.world.occurrences[slot]);
    struck.root = Some(root);
    struck.zones.clear();
    struck.units.clear();
    struck.regions.clear();
    let chosen = if clock.pick_one {
        let pick = sim.draw_of(clock.key, Purpose::PICK, count).uniform();
        let place = ((pick * clock.targets.len() as f64) as usize).min(clock.targets.len() - 1);
        &clock.targets[place..=place]
    } else {
        &clock.targets[..]
    };
    for target in chosen {
        match *target {
            Target::Region(_) | Target::Zone(_) if clock.effect == Effect::FileErrors => {
                sim.errors_begin(Errors { root, target: *target, share: fraction });
            }
            Target::Unit(unit) if clock.effect == Effect::DataLoss => sim.wipe(unit, root),
            Target::Region(region) if clock.effect == Effect::ControlPlane => {
                sim.impair(region);
                struck.regions.push(region);
            }
            Target::Region(region) => {
                for &zone in &topology.regions[region].zones {
                    struck.zones.push(zone);
                }
            }
            Target::Zone(zone) => struck.zones.push(zone),
            Target::Unit(unit) if clock.effect == Effect::Outage => {
                sim.stop_unit(unit, root, &mut struck);
            }
            Target::Unit(unit) => sim.strike_unit(unit, clock.effect, root, &mut struck),
        }
        if let Some(company) = clock.company {
            let luck = sim.draw_of(clock.key, Purpose::COMPANY, count);
            for unit in sim.in_company(target, company, luck) {
                match clock.effect {
                    Effect::Outage => sim.stop_unit(unit, root, &mut struck),
                    _ => sim.strike_unit(unit, clock.effect, root, &mut struck),
                }
            }
        }
    }
    if fraction < 1.0 {
        // Who stands there at the onset: nobody is hit again where it has just been moved to.
        let mut standing = Vec::new();
        for zone in std::mem::take(&mut struck.zones) {
            // Containers on hosts that are described go with their host, whose coin it is.
            let on_hosts = !topology.zones[zone].hosts.is_empty();
            let all = sim.standing_in(zone).into_iter();
            let kind = |unit| topology.group_of(unit).kind;
            standing.extend(all.filter(|&unit| !on_hosts || kind(unit) != Kind::Container));
        }
        for unit in standing {
            if sim.is_hit(unit, clock.key.bits(), count, fraction) {
                sim.strike_unit(unit, clock.effect, root, &mut struck);
            }
        }
    } else {
        // All zones are marked before the first unit reacts: nobody is placed into a zone that the
        // same fault takes at the same instant.
        sim.strike_zones(&struck.zones, clock.effect, root);
    }
    sim.world.occurrences[slot] = struck;
    let lasts = clock
        .lasts
        .as_ref()
        .map_or(Span::ZERO, |dist| dist.span(sim.draw_of(clock.key, Purpose::LASTS, count)));
    let ends = Event::FaultEnds { clock: id, occurrence: slot };
    sim.after(lasts, rank::FAULT_ENDS, ends);
}

/// A fault ends; a random one will come again.
#[inline(never)]
pub fn ends<L: Listener>(sim: &mut Sim<'_, L>, id: Id<FaultClock>, slot: u32) {
    let clock = &sim.topology.fault_clocks[id];
    let struck: Occurrence = std::mem::take(&mut sim.world.occurrences[slot]);
    let root = struck.root.expect("an open fault has a root");
    sim.zone_strikes_end(&struck.zones, clock.effect);
    if clock.effect == Effect::FileErrors {
        sim.errors_end(root);
    }
    struck.regions.iter().for_each(|&region| sim.control_plane_is_back(region));
    let by_name = clock.effect == Effect::Outage
        && clock.targets.iter().any(|target| matches!(target, Target::Unit(_)));
    for &(unit, stay) in &struck.units {
        if by_name {
            sim.stopped_unit_ends(unit, stay);
        } else {
            sim.unit_strike_ends(unit, stay, clock.effect);
        }
    }
    sim.world.occurrences[slot] = struck;
    sim.world.occurrences.release(slot);
    sim.state(Fact::FaultEnded { clock: id, root });
    if let Onset::Random(up_time) = &clock.onset {
        let count = sim.world.fault_counts[id.index()];
        let draw = sim.draw_of(clock.key, Purpose::UP_TIME, count);
        schedule_onset(sim, id, sim.now + up_time.span(draw));
    }
}
