//! Failure clocks, faults of domains, and what they strike.

use super::{Assembly, constant, dependency_cause, share};
use crate::engine::{Key, Purpose};
use crate::id::Id;
use crate::model::root::CauseId;
use crate::model::topology as t;
use crate::model::topology::{Kind, UnitClock};
use crate::scenario::spec;
use crate::scenario::spec::{Effect, Pick, Target, Targets};
use crate::time::Instant;
use std::collections::BTreeMap;

impl Assembly<'_> {
    /// Failure clocks of single components, as sets that like components share.
    pub(super) fn clocks(&mut self) {
        let mut sets = ClockSets::new(self.topology.units.len());
        for failure in self.scenario.failures.iter().filter(|it| is_component_clock(it)) {
            let clock = sets.clock(UnitClock {
                cause: self.causes[&failure.name],
                up_time: failure.mtbf.clone(),
                purpose: Purpose::for_failure(&failure.name),
                hang: failure.effect == Effect::Hang,
                in_rotation: failure.clock_in_rotation,
            });
            match &failure.targets {
                Targets::EveryContainer(_) => {
                    let apps = self.topology.groups.ids().take(self.topology.apps);
                    for unit in apps.flat_map(|app| self.topology.units_of(app)) {
                        sets.add(unit, clock);
                    }
                }
                Targets::Named(targets) => {
                    for target in targets {
                        if let t::Target::Unit(unit) = self.target(target) {
                            sets.add(unit, clock);
                        }
                    }
                }
            }
        }
        for dependency in &self.scenario.dependencies {
            if let Some((up_time, _)) = &dependency.clock {
                let clock = sets.clock(UnitClock {
                    cause: self.causes[&dependency_cause(&dependency.name)],
                    up_time: up_time.clone(),
                    purpose: Purpose::UP_TIME,
                    hang: false,
                    in_rotation: false,
                });
                sets.add(self.unit(Kind::Dependency, &dependency.name), clock);
            }
        }
        sets.put_into(&mut self.topology);
    }

    /// Faults of domains, common causes, and scripted ones.
    pub(super) fn faults(&mut self) {
        let seed = self.topology.seed;
        for failure in self.scenario.failures.iter().filter(|it| !is_component_clock(it)) {
            let named = failure.targets.one_by_one(&self.scenario.apps);
            let targets: Vec<_> = named.iter().map(|it| self.target(it)).collect();
            let clock = |targets: Vec<t::Target>, luck: &str, cause: CauseId| t::FaultClock {
                key: Key::new(seed, luck),
                cause,
                effect: effect(failure.effect),
                pick_one: failure.pick == Pick::One,
                targets,
                onset: t::Onset::Random(failure.mtbf.clone()),
                lasts: failure.lasts.clone(),
                fraction: failure.fraction.clone(),
                company: failure.company,
            };
            let cause = self.causes[&failure.name];
            if failure.pick == Pick::Each {
                for (target, id) in named.iter().zip(targets) {
                    let luck = format!("{}@{}", failure.name, target_name(target));
                    self.topology.fault_clocks.push(clock(vec![id], &luck, cause));
                }
            } else {
                let luck = format!("failure.{}", failure.name);
                self.topology.fault_clocks.push(clock(targets, &luck, cause));
            }
        }
        for (index, incident) in self.scenario.incidents.iter().enumerate() {
            let luck = format!("incident.{}.{index}", incident.name);
            let clock = t::FaultClock {
                key: Key::new(seed, &luck),
                cause: self.causes[&incident.name],
                effect: effect(incident.effect),
                targets: incident.targets.iter().map(|it| self.target(it)).collect(),
                pick_one: false,
                onset: t::Onset::At(Instant::START + incident.at),
                lasts: incident.lasts.map(constant),
                fraction: incident.fraction.map(share),
                company: None,
            };
            self.topology.fault_clocks.push(clock);
        }
    }

    pub(super) fn target(&self, target: &Target) -> t::Target {
        let unit = |kind, name: &str| t::Target::Unit(self.unit(kind, name));
        match target {
            Target::Region(name) => t::Target::Region(self.regions[name.as_str()]),
            Target::Zone(name) => t::Target::Zone(self.zones[name.as_str()]),
            Target::Host(name) => unit(Kind::Host, name),
            Target::Container(name) => unit(Kind::Container, name),
            Target::Dependency(name) => unit(Kind::Dependency, name),
            Target::HealthManager(name) => unit(Kind::HealthManager, name),
            Target::DatabaseNode(name) => unit(Kind::DatabaseNode, name),
            Target::Database(name) => unit(Kind::Database, name),
            Target::Bucket(name) => unit(Kind::Bucket, name),
            Target::Replica(name) => unit(Kind::Replica, name),
            Target::Router(name) => unit(Kind::Router, name),
        }
    }
}

/// Which failure clocks each component has: few different sets of them, of many components.
struct ClockSets {
    clocks: Vec<UnitClock>,
    /// Places in `clocks`; the first set is empty.
    sets: Vec<Vec<u32>>,
    /// A set, a clock more, and the set that this makes.
    larger: BTreeMap<(u32, u32), u32>,
    of_unit: Vec<u32>,
}

impl ClockSets {
    fn new(units: usize) -> ClockSets {
        let (clocks, larger) = (Vec::new(), BTreeMap::new());
        ClockSets { clocks, sets: vec![Vec::new()], larger, of_unit: vec![0; units] }
    }

    fn clock(&mut self, clock: UnitClock) -> u32 {
        self.clocks.push(clock);
        self.clocks.len() as u32 - 1
    }

    fn add(&mut self, unit: Id<t::UnitInfo>, clock: u32) {
        let set = &mut self.of_unit[unit.index()];
        *set = *self.larger.entry((*set, clock)).or_insert_with(|| {
            let larger = self.sets[*set as usize].iter().copied().chain([clock]).collect();
            self.sets.push(larger);
            self.sets.len() as u32 - 1
        });
    }

    fn put_into(self, topology: &mut t::Topology) {
        let mut places: BTreeMap<u32, u16> = BTreeMap::from([(0, 0)]);
        for (unit, set) in topology.units.iter_mut().zip(self.of_unit) {
            unit.clocks = *places.entry(set).or_insert_with(|| {
                let clocks = self.sets[set as usize].iter();
                let set: Vec<_> = clocks.map(|&it| self.clocks[it as usize].clone()).collect();
                let mut purposes: Vec<_> = set.iter().map(|clock| clock.purpose.0).collect();
                purposes.sort_unstable();
                assert!(
                    purposes.windows(2).all(|pair| pair[0] != pair[1]),
                    "two failures of one component share their luck; rename one of them"
                );
                topology.clocks_in_rotation |= set.iter().any(|clock| clock.in_rotation);
                topology.clock_sets.push(set);
                let place = topology.clock_sets.len() - 1;
                u16::try_from(place).expect("fewer than 2^16 different sets of failures")
            });
        }
    }
}

/// Clocks that run only while their component does (F4), apart from those of the world around it.
fn is_component_clock(failure: &spec::Failure) -> bool {
    failure.pick == Pick::Each && matches!(failure.effect, Effect::Crash | Effect::Hang)
}

/// `zone.eu-central-1a`, as targets are written.
pub fn target_name(target: &Target) -> String {
    match target {
        Target::Region(name) => format!("region.{name}"),
        Target::Zone(name) => format!("zone.{name}"),
        Target::Host(name) => format!("host.{name}"),
        Target::Container(name) => format!("container.{name}"),
        Target::Dependency(name) => format!("dependency.{name}"),
        Target::HealthManager(name) => format!("health-manager.{name}"),
        Target::DatabaseNode(name) => format!("database-node.{name}"),
        Target::Database(name) => format!("database.{name}"),
        Target::Bucket(name) => format!("bucket.{name}"),
        Target::Replica(name) => format!("replica.{name}"),
        Target::Router(name) => format!("router.{name}"),
    }
}

fn effect(effect: Effect) -> t::Effect {
    match effect {
        Effect::Crash => t::Effect::Crash,
        Effect::Hang => t::Effect::Hang,
        Effect::Outage => t::Effect::Outage,
        Effect::Isolation => t::Effect::Isolation,
        Effect::ControlPlane => t::Effect::ControlPlane,
        Effect::FileErrors => t::Effect::FileErrors,
        Effect::DataLoss => t::Effect::DataLoss,
    }
}
