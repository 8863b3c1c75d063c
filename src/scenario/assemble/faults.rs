//! Failure clocks, faults of domains, and what they strike.

use super::{Assembly, constant, dependency_cause, share};
use crate::engine::{Key, Purpose};
use crate::id::Id;
use crate::model::root::CauseId;
use crate::model::topology as t;
use crate::model::topology::{Kind, UnitClock};
use crate::scenario::spec;
use crate::scenario::spec::{Effect, Pick, Target};
use crate::time::Instant;

impl Assembly<'_> {
    /// Failure clocks of single components, as sets that like components share.
    pub(super) fn clocks(&mut self) {
        let mut of_unit: Vec<Vec<UnitClock>> = vec![Vec::new(); self.topology.units.len()];
        for failure in self.scenario.failures.iter().filter(|it| is_component_clock(it)) {
            let clock = UnitClock {
                cause: self.causes[&failure.name],
                up_time: failure.mtbf.clone(),
                purpose: Purpose::for_failure(&failure.name),
                hang: failure.effect == Effect::Hang,
                in_rotation: failure.clock_in_rotation,
            };
            for target in &failure.targets {
                let t::Target::Unit(unit) = self.target(target) else { continue };
                of_unit[unit.index()].push(clock.clone());
            }
        }
        for dependency in &self.scenario.dependencies {
            let unit = self.units[&(Kind::Dependency, dependency.name.clone())];
            if let Some((up_time, _)) = &dependency.clock {
                of_unit[unit.index()].push(UnitClock {
                    cause: self.causes[&dependency_cause(&dependency.name)],
                    up_time: up_time.clone(),
                    purpose: Purpose::UP_TIME,
                    hang: false,
                    in_rotation: false,
                });
            }
        }
        for (index, set) in of_unit.into_iter().enumerate() {
            let mut purposes: Vec<_> = set.iter().map(|clock| clock.purpose.0).collect();
            purposes.sort_unstable();
            assert!(
                purposes.windows(2).all(|pair| pair[0] != pair[1]),
                "two failures of one component share their luck; rename one of them"
            );
            self.topology.clocks_in_rotation |= set.iter().any(|clock| clock.in_rotation);
            // Neighbours are alike: the set in question is nearly always the last one.
            let sets = &mut self.topology.clock_sets;
            let place = sets.iter().rposition(|it| *it == set).unwrap_or_else(|| {
                sets.push(set);
                sets.len() - 1
            });
            let place = u16::try_from(place).expect("fewer than 2^16 different sets of failures");
            self.topology.units[Id::new(index as u32)].clocks = place;
        }
    }

    /// Faults of domains, common causes, and scripted ones.
    pub(super) fn faults(&mut self) {
        let seed = self.topology.seed;
        for failure in self.scenario.failures.iter().filter(|it| !is_component_clock(it)) {
            let targets: Vec<_> = failure.targets.iter().map(|it| self.target(it)).collect();
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
                for (target, id) in failure.targets.iter().zip(targets) {
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
        let unit = |kind, name: &String| t::Target::Unit(self.units[&(kind, name.clone())]);
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
