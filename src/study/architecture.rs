//! What stands where and what rests on what, for whoever wants to draw it.

use crate::history;
use crate::id::Id;
use crate::model::fact::{Fact, Listener, Subject};
use crate::model::topology::{Group, Kind, Topology};
use crate::model::world::{NOWHERE, World};
use crate::scenario::assemble::{BAD_DEPLOYMENT, EVACUATION, RETURN_HOME, dependency_cause};
use crate::scenario::spec::{Part, Placement, Recovery, Require, Router, Scenario, Target};
use crate::study::expected;
use crate::study::findings::{
    AppInfo, Architecture, DependencyInfo, FaultInfo, HostInfo, RegionInfo, ServiceParts, Standing,
    UseInfo,
};
use crate::time::Instant;
use std::collections::BTreeMap;

/// Numbers of the members that are listed for each place.
const FIRST: usize = 12;

/// The architecture of a scenario, as it stands before anything fails; of its apps those at the places
/// that are listed.
pub fn architecture(scenario: &Scenario, start: &AtTheStart<'_>, listed: &[usize]) -> Architecture {
    let topology = start.topology;
    let region = |region: &crate::scenario::spec::Region| RegionInfo {
        name: region.name.clone(),
        country: region.country.clone(),
        zones: region.zones.clone(),
    };
    let hosts = |name: &str| {
        let groups = (topology.apps..topology.groups.len()).map(|it| Id::<Group>::new(it as u32));
        let is_it = |it: &Id<Group>| {
            let group = &topology.groups[*it];
            group.kind == Kind::Host && group.name == name
        };
        groups.into_iter().find(is_it).map_or_else(Vec::new, |group| start.stands(group))
    };
    let nodes = |app: usize| {
        let database = topology.database_of(Id::new(app as u32));
        let nodes = database.map(|it| topology.databases[it].nodes);
        nodes.map_or_else(Vec::new, |group| start.stands(group))
    };
    let apps = listed.iter().map(|&index| {
        let app = &scenario.apps[index];
        AppInfo {
            name: app.name.clone(),
            region: app.region.clone(),
            placement: match app.placement {
                Placement::Spread => "spread".into(),
                Placement::Home => "home".into(),
                Placement::Pinned => "pinned".into(),
            },
            router: match app.router {
                Router::Ideal => "ideal".into(),
                Router::Lagging(_) => "lagging".into(),
            },
            recovery: match app.recovery {
                Recovery::Supervisor { .. } => "supervisor".into(),
                Recovery::HealthManager(_) => "health manager".into(),
            },
            stands: start.stands(Id::new(index as u32)),
            nodes: nodes(index),
            uses: uses(scenario, &app.name),
        }
    });
    Architecture {
        regions: scenario.regions.iter().map(region).collect(),
        apps: apps.collect(),
        hosts: scenario
            .hosts
            .iter()
            .map(|it| HostInfo { name: it.name.clone(), stands: hosts(&it.name) })
            .collect(),
        dependencies: scenario
            .dependencies
            .iter()
            .map(|it| DependencyInfo { name: it.name.clone(), fails: it.clock.is_some() })
            .collect(),
        services: scenario.services.iter().map(service).collect(),
        faults: faults(scenario),
    }
}

/// Where everything stands when a replication begins.
pub struct AtTheStart<'t> {
    topology: &'t Topology,
    /// By unit.
    pub zones: Vec<u16>,
}

impl<'t> AtTheStart<'t> {
    pub fn new(topology: &'t Topology) -> Self {
        let zones = history::run(topology, 0, Zones::default()).listener.zones;
        AtTheStart { topology, zones }
    }

    /// How many members of a group stand where.
    pub fn stands(&self, group: Id<Group>) -> Vec<Standing> {
        stands(self.topology, &self.zones, group)
    }
}

#[derive(Default)]
struct Zones {
    zones: Vec<u16>,
}

impl Listener for Zones {
    fn begin(&mut self, _: &Topology, world: &World) {
        self.zones = world.units.iter().map(|unit| unit.zone).collect();
    }
    fn hear(&mut self, _: Instant, _: Fact, _: &Topology, _: &World) {}
    fn settled(&mut self, _: Instant, _: Subject, _: &Topology, _: &World) {}
    fn instant_over(&mut self, _: Instant) {}
    fn is_done(&self) -> bool {
        true
    }
}

fn stands(topology: &Topology, zones: &[u16], group: Id<Group>) -> Vec<Standing> {
    let mut by_zone: BTreeMap<u16, Standing> = BTreeMap::new();
    for (index, unit) in topology.units_of(group).enumerate() {
        let zone = zones.get(unit.index()).copied().unwrap_or(NOWHERE);
        let standing = by_zone.entry(zone).or_insert_with(|| Standing {
            zone: match zone {
                NOWHERE => String::new(),
                zone => topology.zones[Id::new(u32::from(zone))].name.clone(),
            },
            count: 0,
            first: Vec::new(),
        });
        standing.count += 1;
        if standing.first.len() < FIRST {
            standing.first.push(index as u32 + 1);
        }
    }
    by_zone.into_values().collect()
}

fn uses(scenario: &Scenario, app: &str) -> Vec<UseInfo> {
    let is_used = |by: &[String]| by.binary_search_by(|it| it.as_str().cmp(app)).is_ok();
    let used = scenario.dependencies.iter().filter(|it| is_used(&it.used_by));
    used.map(|it| UseInfo { dependency: it.name.clone(), mandatory: it.mandatory, share: it.share })
        .collect()
}

fn service(service: &crate::scenario::spec::Service) -> ServiceParts {
    let mut parts = Vec::new();
    let requires = required(&service.requires, &mut parts);
    ServiceParts { name: service.name.clone(), requires, parts }
}

/// Parts of a requirement that are named before the rest is counted.
const NAMED: usize = 6;

fn required(require: &Require, parts: &mut Vec<String>) -> String {
    let all = require.of.len();
    let words = match require.at_least as usize {
        n if n == all => "all of".into(),
        1 => "any of".into(),
        n => format!("{n} of {all}:"),
    };
    let mut named: Vec<String> = Vec::new();
    for part in &require.of {
        let path = match part {
            Part::Component(name) => name.clone(),
            Part::Zone(name) => format!("zone.{name}"),
            Part::App(name) => format!("app.{name}"),
            Part::Dependency(name) => format!("dependency.{name}"),
            Part::Service(name) => format!("service.{name}"),
            Part::Nested(inner) => {
                named.push(format!("({})", required(inner, parts)));
                continue;
            }
        };
        if parts.len() < 64 {
            parts.push(path.clone());
        }
        named.push(path);
    }
    let more = named.len().saturating_sub(NAMED);
    named.truncate(NAMED);
    let more = if more > 0 { format!(", … {more} more") } else { String::new() };
    format!("{words} {}{more}", named.join(", "))
}

/// Every cause with its class and how often it comes.
fn faults(scenario: &Scenario) -> Vec<FaultInfo> {
    let expected = expected(scenario);
    let row = |(cause, class): (String, &str)| {
        let per_year = expected.iter().find(|row| row.name == cause).map(|row| row.per_year);
        FaultInfo { cause, class: class.into(), per_year }
    };
    classes(scenario).into_iter().map(row).collect()
}

/// Every cause with the largest thing it strikes.
pub(super) fn classes(scenario: &Scenario) -> BTreeMap<String, &'static str> {
    let mut classes: BTreeMap<String, &'static str> = BTreeMap::new();
    let mut note = |cause: &str, targets: &[Target]| {
        let class = classes.entry(cause.to_string()).or_insert("software");
        for target in targets {
            let of = match target {
                Target::Container(_) | Target::HealthManager(_) | Target::Router(_) => "software",
                Target::Host(_) | Target::DatabaseNode(_) | Target::Replica(_) => "host",
                Target::Database(_) | Target::Bucket(_) => "data",
                Target::Dependency(_) => "dependency",
                Target::Zone(_) => "zone",
                Target::Region(_) => "region",
            };
            if CLASSES.iter().position(|it| *it == of) > CLASSES.iter().position(|it| it == class) {
                *class = of;
            }
        }
    };
    for failure in &scenario.failures {
        note(&failure.name, failure.targets.named());
    }
    for incident in &scenario.incidents {
        note(&incident.name, &incident.targets);
    }
    for change in &scenario.changes {
        classes.entry(change.name.clone()).or_insert("change");
        if change.renewing.as_ref().is_some_and(|it| it.bad.is_some()) {
            classes.entry(BAD_DEPLOYMENT.into()).or_insert("change");
        }
    }
    if scenario.evacuation.is_some() {
        classes.insert(EVACUATION.into(), "change");
    }
    if scenario.apps.iter().any(|app| app.fallback.is_some()) {
        classes.insert(RETURN_HOME.into(), "change");
    }
    for dependency in scenario.dependencies.iter().filter(|it| it.clock.is_some()) {
        classes.insert(dependency_cause(&dependency.name), "dependency");
    }
    classes
}

/// Smallest first.
const CLASSES: [&str; 6] = ["software", "data", "host", "dependency", "zone", "region"];
