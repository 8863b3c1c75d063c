//! From what a scenario says to what a run works on: names become ids, patterns have become lists.

mod apps;
mod backups;
mod buckets;
mod changes;
mod databases;
mod faults;
mod hosts;
mod regions;
mod services;

pub use faults::target_name;

use crate::engine::{Dist, Key};
use crate::id::{Arena, Id, Lookup};
use crate::model::root::CauseId;
use crate::model::topology as t;
use crate::model::topology::{ABROAD, Kind, Topology, Watch};
use crate::scenario::spec::{Scenario, Stop};
use crate::scenario::{rules, spec};
use crate::time::{Instant, Span};
use crate::traffic::LoadClock;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The topology of a sound scenario.
///
/// # Panics
/// If two components have the same 64-bit key, which is asserted away: it happens once in 10⁷ studies
/// of a million components. A scenario that has passed its check gives no other reason.
pub fn assemble(scenario: &Scenario) -> Topology {
    Assembly::new(scenario).finish()
}

struct Assembly<'s> {
    scenario: &'s Scenario,
    topology: Topology,
    zones: BTreeMap<&'s str, Id<t::Zone>>,
    regions: BTreeMap<&'s str, Id<t::Region>>,
    /// Components by kind and full name, but containers, of which there are many: they follow from their
    /// apps.
    units: BTreeMap<(Kind, String), Id<t::UnitInfo>>,
    causes: BTreeMap<String, CauseId>,
    /// Clocks of loads by what they are made of.
    clocks: Vec<(spec::Course, Option<spec::Growth>, Clock)>,
}

type Clock = Option<Arc<LoadClock>>;

/// What is lost to overload with every container in service.
pub const OVERLOAD: &str = "overload";

/// The cause of what a bad version brings.
pub const BAD_DEPLOYMENT: &str = "bad-deployment";

/// The cause of what is lost until containers that the load called for serve.
pub const AUTOSCALING: &str = "autoscaling";

/// The cause of what the replacement of hosts brings.
pub const EVACUATION: &str = "evacuation";

/// The cause of what it takes to come home from a fallback region.
pub const RETURN_HOME: &str = "return-home";

/// Causes that the model names itself: nothing of the user's may be called so …
pub const OF_THE_MODEL: [&str; 5] =
    [OVERLOAD, BAD_DEPLOYMENT, AUTOSCALING, EVACUATION, RETURN_HOME];
/// … and what changes are called unless they have a name: nothing that fails may be called so.
pub const OF_CHANGES: [&str; 7] =
    ["deployment", "platform-restart", "maintenance", "sleep", "wake-up", "scaling", "change"];

/// How the causes of dependencies are named: apart from any `[failure.NAME]`.
pub fn dependency_cause(name: &str) -> String {
    format!("dependency.{name}")
}

impl<'s> Assembly<'s> {
    fn new(scenario: &'s Scenario) -> Self {
        let study = &scenario.study;
        let measure_from = Instant::START + study.warm_up;
        let topology = Topology {
            seed: study.seed,
            measure_from,
            end: measure_from + study.horizon,
            start_unix: study.start_unix,
            stop_at_first_outage: study.stop == Stop::FirstOutage,
            regions: Arena::default(),
            zones: Arena::default(),
            hosts: Vec::new(),
            managers: Vec::new(),
            databases: Arena::default(),
            fallbacks: Arena::default(),
            buckets: Arena::default(),
            links: Arena::default(),
            fronts: Vec::new(),
            groups: Arena::default(),
            apps: scenario.apps.len(),
            units: Arena::default(),
            clock_sets: vec![Vec::new()],
            clocks_in_rotation: false,
            crews: Vec::new(),
            changes: Arena::default(),
            operator: t::Operator {
                detect: scenario.operator.detect.clone(),
                act: scenario.operator.act.clone(),
            },
            scalers: Vec::new(),
            evacuations: Vec::new(),
            sites: Arena::default(),
            backups: Arena::default(),
            database_of_group: Lookup::default(),
            bucket_of_group: Lookup::default(),
            backup_of_group: Lookup::default(),
            fault_clocks: Arena::default(),
            services: Vec::new(),
            nodes: Vec::new(),
            watch: Watch::default(),
            causes: Vec::new(),
            overload: None,
            residency: Vec::new(),
            fixed: Vec::new(),
        };
        Assembly {
            scenario,
            topology,
            zones: BTreeMap::new(),
            regions: BTreeMap::new(),
            units: BTreeMap::new(),
            causes: BTreeMap::new(),
            clocks: Vec::new(),
        }
    }

    fn finish(mut self) -> Topology {
        self.name_causes();
        self.places();
        for site in rules::known_sites(self.scenario) {
            self.site(site);
        }
        self.topology.residency = rules::of_apps(self.scenario, &self.topology);
        self.topology.fixed = rules::fixed(self.scenario, &self.topology);
        self.apps();
        self.hosts();
        self.dependencies();
        self.managers();
        self.databases();
        self.fallbacks();
        self.buckets();
        self.fronts();
        self.crews();
        self.clocks();
        self.faults();
        self.changes();
        self.evacuations();
        self.backups();
        self.services();
        let mut keys: Vec<_> = self.topology.units.iter().map(|unit| unit.key.bits()).collect();
        keys.sort_unstable();
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "two components share a key");
        self.topology
    }

    fn name_causes(&mut self) {
        let scenario = self.scenario;
        let failures = scenario.failures.iter().map(|it| it.name.clone());
        let incidents = scenario.incidents.iter().map(|it| it.name.clone());
        let dependencies = scenario.dependencies.iter().map(|it| dependency_cause(&it.name));
        let overload = scenario.apps.iter().any(|app| app.capacity.is_some());
        let mut names: BTreeSet<_> = failures
            .chain(incidents)
            .chain(dependencies)
            .chain(overload.then(|| OVERLOAD.to_string()))
            .collect();
        for change in &scenario.changes {
            if !names.contains(&change.name) {
                names.insert(change.name.clone());
            }
            if change.renewing.as_ref().is_some_and(|it| it.bad.is_some()) {
                names.insert(BAD_DEPLOYMENT.into());
            }
        }
        if scenario.evacuation.is_some() {
            names.insert(EVACUATION.into());
        }
        if scenario.apps.iter().any(|app| app.fallback.is_some()) {
            names.insert(RETURN_HOME.into());
        }
        assert!(names.len() <= usize::from(CauseId::MAX), "causes are numbered in 16 bits");
        for (index, name) in names.into_iter().enumerate() {
            self.topology.causes.push(name.clone());
            self.causes.insert(name, index as CauseId);
        }
        if overload {
            self.topology.overload = Some(self.causes[OVERLOAD]);
        }
    }

    fn places(&mut self) {
        for region in &self.scenario.regions {
            let id = self.topology.regions.next_id();
            let mut zones = Vec::new();
            for name in &region.zones {
                let zone = t::Zone { name: name.clone(), region: id, hosts: 0..0 };
                let zone = self.topology.zones.push(zone);
                self.zones.insert(name, zone);
                zones.push(zone);
            }
            let (name, country) = (region.name.clone(), region.country.clone());
            let site = t::Site { name: name.clone(), country: country.clone(), region: Some(id) };
            self.topology.sites.push(site);
            self.topology.regions.push(t::Region { name, country, zones });
            self.regions.insert(&region.name, id);
        }
    }

    /// A component by its full name.
    fn find(&self, kind: Kind, name: &str) -> Option<Id<t::UnitInfo>> {
        if kind != Kind::Container {
            return self.units.get(&(kind, name.to_owned())).copied();
        }
        let (app, ordinal) = name.rsplit_once('/')?;
        let app = self.scenario.apps.binary_search_by(|it| it.name.as_str().cmp(app)).ok()?;
        let ordinal: u32 = ordinal.parse().ok()?;
        self.topology.units_of(Id::new(app as u32)).nth(ordinal.checked_sub(1)? as usize)
    }

    /// One that is known to be there.
    fn unit(&self, kind: Kind, name: &str) -> Id<t::UnitInfo> {
        self.find(kind, name).expect("checked: a known component")
    }

    /// Adds a group and its components, whose luck goes by `key_of` their ordinals.
    fn group(&mut self, mut group: t::Group, name_of: impl Fn(u32) -> String, keyed: &str) {
        group.first = self.topology.units.len() as u32;
        if let Some(zone) = group.zones.first() {
            group.region = self.topology.zones[*zone].region;
        }
        let id = self.topology.groups.next_id();
        let kind = group.kind;
        for ordinal in 1..=group.count {
            let name = name_of(ordinal);
            let key = Key::new(self.topology.seed, &format!("{keyed}{name}"));
            let unit = t::UnitInfo { key, group: id.raw(), clocks: 0, crew: 0 };
            let unit = self.topology.units.push(unit);
            if kind != Kind::Container {
                self.units.insert((kind, name), unit);
            }
        }
        let is_abroad = group.name.ends_with(ABROAD);
        if group.kind != Kind::Container && !is_abroad {
            group.declared = group.count;
        }
        self.topology.groups.push(group);
    }
}

/// A group without zones, load or router.
fn plain() -> t::Group {
    t::Group {
        name: String::new(),
        kind: Kind::Host,
        first: 0,
        count: 0,
        declared: 0,
        needs: 1,
        zones: Arc::new([]),
        region: Id::new(0),
        placement: t::Placement::Pinned,
        memory: 0,
        first_host: None,
        recovery: Arc::new(t::Recovery::InPlace {
            detect: t::Detect::After(instant()),
            restart: instant(),
            returns: instant(),
        }),
        router: None,
        load: None,
        capacity: None,
        response_s: 0.0,
        outlasts_drain: 0.0,
        drain: Span::ZERO,
        windows: Vec::new(),
        asleep: false,
        uses: Vec::new(),
        used_by: Vec::new(),
    }
}

fn instant() -> Dist {
    share(0.0)
}

fn constant(span: Span) -> Dist {
    share(span.as_secs())
}

fn share(value: f64) -> Dist {
    Dist::constant(value).expect("checked: finite and not negative")
}

fn detect(detect: &spec::Detect) -> t::Detect {
    match detect {
        spec::Detect::After(dist) => t::Detect::After(dist.clone()),
        spec::Detect::Poll { interval, threshold, timeout } => {
            t::Detect::Poll { interval: *interval, threshold: *threshold, timeout: *timeout }
        }
        spec::Detect::Presence { expires } => t::Detect::Presence { expires: expires.clone() },
        spec::Detect::Never => t::Detect::Never,
    }
}
