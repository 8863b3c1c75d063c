//! From what a scenario says to what a run works on: names become ids, patterns have become lists.

mod buckets;

use crate::engine::{Dist, Key, Purpose};
use crate::id::{Arena, Id};
use crate::measure::ledger::PARTS_OF_A_REQUEST;
use crate::model::backup::plan::{Backup, Place, Rules, Schedule, Second};
use crate::model::database::{Database, Settings};
use crate::model::fallback::Fallback;
use crate::model::residency::Class;
use crate::model::root::CauseId;
use crate::model::topology as t;
use crate::model::topology::{ABROAD, Above, Kind, Topology, UnitClock, Watch};
use crate::scenario::rules;
use crate::scenario::spec::{self, Effect, Pick, Scenario, Stop, Target};
use crate::scenario::{due, steps};
use crate::time::{Instant, Span};
use crate::traffic::{Law, LoadClock, Queue, RetryRules};
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
    /// Components by kind and full name.
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
            self.units.insert((kind, name), unit);
        }
        let is_abroad = group.name.ends_with(ABROAD);
        if group.kind != Kind::Container && !is_abroad {
            group.declared = group.count;
        }
        self.topology.groups.push(group);
    }

    fn apps(&mut self) {
        // Neighbours are mostly alike: settings that equal those of the app before are shared with it.
        let mut before: Option<(&spec::App, t::Group)> = None;
        for (index, app) in self.scenario.apps.iter().enumerate() {
            let alike = |same: fn(&spec::App, &spec::App) -> bool| {
                before.as_ref().filter(|(it, _)| same(it, app)).map(|(_, group)| group)
            };
            let recovery = alike(|a, b| a.recovery == b.recovery)
                .map_or_else(|| Arc::new(recovery(&app.recovery)), |it| it.recovery.clone());
            let router = match alike(|a, b| a.router == b.router) {
                Some(group) => group.router.clone(),
                None => router(&app.router).map(Arc::new),
            };
            let load = app.load.as_ref().map(|load| self.load(load));
            let same = |a: &spec::App, b: &spec::App| {
                (&a.load, &a.capacity, a.slots) == (&b.load, &b.capacity, b.slots)
            };
            let capacity = match alike(same) {
                Some(group) => group.capacity.clone(),
                None => load.as_ref().zip(app.capacity.as_ref()).map(|(load, capacity)| {
                    let (law, end) = (law(capacity), self.topology.end);
                    let part = 1.0 / PARTS_OF_A_REQUEST;
                    Arc::new(t::Capacity::new(law, load, app.slots, end, part))
                }),
            };
            let same = |a: &spec::App, b: &spec::App| {
                (&a.zones, &a.residency, &a.fallback) == (&b.zones, &b.residency, &b.fallback)
            };
            let zones = match alike(same) {
                Some(group) => group.zones.clone(),
                None => {
                    let residence = self.topology.residency.get(index).and_then(Option::as_ref);
                    let refused = residence.map_or(&[][..], |it| &it.refused);
                    let zones = app.zones.iter().map(|name| self.zones[name.as_str()]);
                    let elsewhere = app.fallback.iter().flat_map(|it| {
                        let region = self.regions[it.region.as_str()];
                        self.topology.regions[region].zones.iter().copied()
                    });
                    zones.chain(elsewhere).filter(|zone| !refused.contains(zone)).collect()
                }
            };
            let group = t::Group {
                name: app.name.clone(),
                kind: Kind::Container,
                first: 0,
                count: app.slots,
                declared: app.containers,
                needs: app.needs,
                zones,
                region: Id::new(0),
                placement: match app.placement {
                    spec::Placement::Spread => t::Placement::Spread,
                    spec::Placement::Home => t::Placement::Home,
                    spec::Placement::Pinned => t::Placement::Pinned,
                },
                memory: app.memory.unwrap_or(0),
                first_host: None,
                recovery,
                router,
                load,
                capacity,
                response_s: app.response.as_secs(),
                drain: app.drain,
                windows: app.windows.clone(),
                asleep: app.asleep,
                uses: Vec::new(),
                used_by: Vec::new(),
            };
            self.group(group.clone(), |ordinal| format!("{}/{ordinal}", app.name), "");
            before = Some((app, group));
        }
    }

    /// A load with its clock, which all loads of the same course share.
    fn load(&mut self, load: &spec::Load) -> t::Load {
        let same = |(course, growth, _): &&(spec::Course, Option<spec::Growth>, Clock)| {
            *course == load.course && *growth == load.growth
        };
        // Neighbours are mostly alike.
        let clock = match self.clocks.iter().rfind(same) {
            Some((.., clock)) => clock.clone(),
            None => {
                let clock = steps::clock(load, self.topology.start_unix, self.topology.end);
                let clock = clock.map(Arc::new);
                self.clocks.push((load.course.clone(), load.growth, clock.clone()));
                clock
            }
        };
        t::Load { rate: load.mean, clock }
    }

    fn hosts(&mut self) {
        for hosts in &self.scenario.hosts {
            let group = t::Group {
                name: hosts.name.clone(),
                kind: Kind::Host,
                count: hosts.count,
                zones: hosts.zone.iter().map(|name| self.zones[name.as_str()]).collect(),
                placement: t::Placement::Pinned,
                recovery: Arc::new(t::Recovery::InPlace {
                    detect: detect(&hosts.detect),
                    restart: hosts.restart.clone(),
                    returns: hosts.returns.clone(),
                }),
                ..plain()
            };
            self.group(group, |ordinal| format!("{}/{ordinal}", hosts.name), "host.");
        }
        for zone in self.topology.zones.ids() {
            self.room_of(zone);
        }
    }

    /// The hosts of a zone on which containers find room.
    fn room_of(&mut self, zone: Id<t::Zone>) {
        let topology = &mut self.topology;
        let begin = topology.hosts.len() as u32;
        for (index, hosts) in self.scenario.hosts.iter().enumerate() {
            let id: Id<t::Group> = Id::new((topology.apps + index) as u32);
            let (Some(memory), true) = (hosts.memory, topology.groups[id].zones.contains(&zone))
            else {
                continue;
            };
            topology.groups[id].first_host = Some(topology.hosts.len() as u32);
            for unit in topology.units_of(id) {
                topology.hosts.push(t::HostInfo { unit, zone, memory });
            }
        }
        topology.zones[zone].hosts = begin..topology.hosts.len() as u32;
    }

    fn dependencies(&mut self) {
        let no_delay = t::Detect::After(instant());
        for dependency in &self.scenario.dependencies {
            let apps = &self.scenario.apps;
            let place = |name: &String| {
                apps.binary_search_by(|app| app.name.cmp(name)).expect("checked: a known app")
            };
            // What fails nobody's requests is used by nobody; services may still be built on it.
            let harmless = !dependency.mandatory && dependency.share == 0.0;
            let users = dependency.used_by.iter().filter(|_| !harmless);
            let used_by: Vec<_> = users.map(|name| Id::new(place(name) as u32)).collect();
            let unit = self.topology.units.next_id();
            for &app in &used_by {
                self.topology.groups[app].uses.push(t::Use {
                    unit,
                    mandatory: dependency.mandatory,
                    share: dependency.share,
                });
            }
            let restart = dependency.clock.as_ref().map_or_else(instant, |(_, down)| down.clone());
            let group = t::Group {
                name: dependency.name.clone(),
                kind: Kind::Dependency,
                count: 1,
                recovery: Arc::new(t::Recovery::InPlace {
                    detect: no_delay.clone(),
                    returns: restart.clone(),
                    restart,
                }),
                used_by,
                ..plain()
            };
            self.group(group, |_| dependency.name.clone(), "dependency.");
        }
    }

    /// One for each region, those included that look after nothing.
    fn managers(&mut self) {
        let scenario = self.scenario;
        for region in &scenario.regions {
            let manager = scenario.managers.iter().find(|it| it.region == region.name);
            let name = format!("health-manager.{}", region.name);
            let mut shared = t::Manager {
                key: Key::new(self.topology.seed, &format!("{name}:")),
                instances: None,
                takeover: instant(),
                parallel_starts: u32::MAX,
            };
            if let Some(manager) = manager {
                shared.takeover = manager.takeover.clone();
                shared.parallel_starts = manager.parallel_starts.unwrap_or(u32::MAX);
            }
            if let Some(manager) = manager.filter(|it| it.instances > 0) {
                shared.instances = Some(self.topology.groups.next_id());
                let group = t::Group {
                    name: name.clone(),
                    kind: Kind::HealthManager,
                    count: manager.instances,
                    zones: manager.zones.iter().map(|name| self.zones[name.as_str()]).collect(),
                    placement: t::Placement::Pinned,
                    recovery: Arc::new(t::Recovery::InPlace {
                        detect: t::Detect::After(instant()),
                        restart: manager.restart.clone(),
                        returns: instant(),
                    }),
                    ..plain()
                };
                let names = |ordinal| format!("{}/{ordinal}", region.name);
                self.group(group, names, "health-manager:");
            }
            self.topology.managers.push(shared);
        }
    }

    /// Each as its app sees it, then its nodes.
    fn databases(&mut self) {
        let mut before: Option<Arc<Settings>> = None;
        for (place, app) in self.scenario.apps.iter().enumerate() {
            let Some(database) = &app.database else { continue };
            let alike = before.take().filter(|it| **it == database.settings);
            let settings = alike.unwrap_or_else(|| Arc::new(database.settings.clone()));
            before = Some(settings.clone());
            let owner: Id<t::Group> = Id::new(place as u32);
            let unit = self.topology.units.next_id();
            let uses = &mut self.topology.groups[owner].uses;
            uses.push(t::Use { unit, mandatory: true, share: 1.0 });
            let whole = t::Group {
                name: format!("database.{}", app.name),
                kind: Kind::Database,
                count: 1,
                used_by: vec![owner],
                ..plain()
            };
            self.group(whole, |_| app.name.clone(), "database.");
            let nodes = self.topology.groups.next_id();
            let takes = settings.rebuild.takes.clone();
            let residence = self.topology.residency.get(place).and_then(Option::as_ref);
            let refused = residence.map_or(&[][..], |it| &it.refused_nodes);
            let zones = database.zones.iter().map(|name| self.zones[name.as_str()]);
            let zones = zones.filter(|zone| !refused.contains(zone)).collect();
            let group = t::Group {
                name: format!("database-node.{}", app.name),
                kind: Kind::DatabaseNode,
                count: settings.mode.nodes(),
                zones,
                recovery: Arc::new(t::Recovery::InPlace {
                    detect: t::Detect::After(instant()),
                    restart: takes.clone(),
                    returns: takes,
                }),
                used_by: vec![owner],
                ..plain()
            };
            self.group(group, |ordinal| format!("{}/{ordinal}", app.name), "database-node.");
            let key = self.topology.units[unit].key;
            let abroad = self.node_abroad(owner, app, database);
            let bytes = database.size.unwrap_or(0);
            let database = Database { app: owner, key, unit, nodes, abroad, bytes, settings };
            self.topology.databases.push(database);
        }
    }

    /// The node of a database in another region. Nobody but the database itself misses it.
    fn node_abroad(
        &mut self,
        owner: Id<t::Group>,
        app: &spec::App,
        database: &spec::Database,
    ) -> Option<Id<t::UnitInfo>> {
        let elsewhere = database.replica_in.as_ref();
        let region = elsewhere.or(app.fallback.as_ref().map(|it| &it.region))?;
        let unit = self.topology.units.next_id();
        let takes = database.settings.rebuild.takes.clone();
        let region = self.regions[region.as_str()];
        let rule = self.topology.rule_of(owner);
        let refused =
            |zone: &Id<t::Zone>| rule.is_some_and(|it| it.refuses(Class::Database, *zone));
        let zones = self.topology.regions[region].zones.iter().copied();
        let zones = zones.filter(|zone| !refused(zone)).collect();
        let group = t::Group {
            name: format!("database-node.{}{ABROAD}", app.name),
            kind: Kind::DatabaseNode,
            count: 1,
            declared: u32::from(elsewhere.is_some()),
            zones,
            recovery: Arc::new(t::Recovery::InPlace {
                detect: t::Detect::After(instant()),
                restart: takes.clone(),
                returns: takes,
            }),
            ..plain()
        };
        self.group(group, |_| format!("{}{ABROAD}", app.name), "database-node.");
        Some(unit)
    }

    /// What leads to each app that may go to another region, and how it goes.
    fn fallbacks(&mut self) {
        for (place, app) in self.scenario.apps.iter().enumerate() {
            let Some(fallback) = &app.fallback else { continue };
            let owner: Id<t::Group> = Id::new(place as u32);
            let address = self.topology.units.next_id();
            let uses = &mut self.topology.groups[owner].uses;
            uses.push(t::Use { unit: address, mandatory: true, share: 1.0 });
            let group = t::Group {
                name: format!("address.{}", app.name),
                kind: Kind::Address,
                count: 1,
                used_by: vec![owner],
                ..plain()
            };
            self.group(group, |_| app.name.clone(), "address.");
            let before = self.topology.fallbacks.iter().next_back();
            let alike = before.filter(|it| *it.settings == fallback.settings);
            let settings =
                alike.map_or_else(|| Arc::new(fallback.settings.clone()), |it| it.settings.clone());
            let home = self.regions[app.region.as_str()];
            let zones = self.topology.groups[owner].zones.iter();
            let at_home = zones.filter(|&&zone| self.topology.zones[zone].region == home).count();
            self.topology.fallbacks.push(Fallback {
                app: owner,
                key: Key::new(self.topology.seed, &format!("fallback.{}", app.name)),
                address,
                home,
                abroad: self.regions[fallback.region.as_str()],
                at_home,
                cause: self.causes[RETURN_HOME],
                settings,
            });
        }
    }

    /// One for each region, those without routers included.
    fn fronts(&mut self) {
        let scenario = self.scenario;
        for region in &scenario.regions {
            let never = spec::HealthCheck {
                interval: Span::NEVER,
                timeout: Span::ZERO,
                unhealthy: 1,
                healthy: 1,
            };
            let described = scenario.fronts.iter().find(|it| it.region == region.name);
            let check = described.map_or(&never, |it| &it.health_check);
            let mut front = t::Front {
                routers: None,
                check: health_check(check),
                ttl: described.map_or(Span::ZERO, |it| it.ttl),
                clinging: described.map_or(0.0, |it| it.clinging),
            };
            if let Some(described) = described {
                front.routers = Some(self.topology.groups.next_id());
                let goes_to = |app: &t::Group, region: &str| {
                    let place = scenario.apps.binary_search_by(|it| it.name.cmp(&app.name));
                    let app = &scenario.apps[place.expect("it is an app")];
                    app.fallback.as_ref().is_some_and(|it| it.region == region)
                };
                let behind = |(_, app): &(Id<t::Group>, &t::Group)| {
                    let at_home = self.topology.regions[app.region].name == region.name;
                    (at_home || goes_to(app, &region.name)) && app.router.is_some()
                };
                let apps = self.topology.groups.enumerate().take(self.topology.apps);
                let zones = described.zones.iter().map(|name| self.zones[name.as_str()]);
                let group = t::Group {
                    name: format!("router.{}", region.name),
                    kind: Kind::Router,
                    count: described.routers,
                    zones: zones.collect(),
                    recovery: Arc::new(t::Recovery::InPlace {
                        detect: t::Detect::After(instant()),
                        restart: described.restart.clone(),
                        returns: instant(),
                    }),
                    used_by: apps.filter(behind).map(|(id, _)| id).collect(),
                    ..plain()
                };
                let names = |ordinal| format!("{}/{ordinal}", region.name);
                self.group(group, names, "router:");
            }
            self.topology.fronts.push(front);
        }
    }

    fn crews(&mut self) {
        for (index, crew) in self.scenario.crews.iter().enumerate() {
            let info = t::CrewInfo { name: crew.name.clone(), size: crew.size };
            self.topology.crews.push(info);
            for name in &crew.serves {
                let host = self.units.get(&(Kind::Host, name.clone()));
                let unit = host.or_else(|| self.units.get(&(Kind::Container, name.clone())));
                let unit = *unit.expect("checked: crews serve known components");
                self.topology.units[unit].crew = index as u16 + 1;
            }
        }
    }

    /// Failure clocks of single components, as sets that like components share.
    fn clocks(&mut self) {
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
    fn faults(&mut self) {
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

    /// Changes of apps. Neighbours are mostly alike: settings that equal those of the same change of the
    /// app before are shared with it.
    fn changes(&mut self) {
        let seed = self.topology.seed;
        let mut before: BTreeMap<u8, (&spec::Change, Arc<t::Change>)> = BTreeMap::new();
        for change in &self.scenario.changes {
            let alike = |it: &&(&spec::Change, Arc<t::Change>)| {
                it.0.when == change.when
                    && it.0.declares == change.declares
                    && it.0.fails_over == change.fails_over
                    && it.0.memory == change.memory
                    && it.0.renewing == change.renewing
            };
            let made = match before.get(&change.ordinal).filter(alike) {
                Some((_, made)) => made.clone(),
                None => Arc::new(self.change(change)),
            };
            before.insert(change.ordinal, (change, made.clone()));
            let apps = &self.scenario.apps;
            let place = apps.binary_search_by(|app| app.name.cmp(&change.app));
            let luck = format!("change.{}.{}@app.{}", change.name, change.ordinal, change.app);
            let app = Id::new(place.expect("checked: a known app") as u32);
            if let spec::When::ByLoad(scaling) = &change.when {
                let load = self.topology.groups[app].load.as_ref();
                let load = load.expect("checked: what is scaled by its load has one");
                let course = scaling.course(load, self.topology.end);
                let change = self.topology.changes.next_id();
                self.topology.scalers.push(t::Scaler { change, course });
            }
            self.topology.changes.push(t::ChangeClock {
                key: Key::new(seed, &luck),
                cause: self.causes[&change.name],
                ordinal: change.ordinal,
                app,
                change: made,
            });
        }
    }

    /// The hosts of each region that are replaced again and again.
    fn evacuations(&mut self) {
        let Some(evacuation) = &self.scenario.evacuation else { return };
        for (region, info) in self.topology.regions.enumerate() {
            let zones = info.zones.iter().map(|&zone| &self.topology.zones[zone]);
            let hosts: Vec<_> = zones.flat_map(|zone| zone.hosts.clone()).collect();
            if !hosts.is_empty() {
                self.topology.evacuations.push(t::Evacuation {
                    region,
                    cause: self.causes[EVACUATION],
                    hosts,
                    every: evacuation.every,
                    max_in_flight: evacuation.max_in_flight,
                    limit: evacuation.limit,
                    away: evacuation.away.clone(),
                });
            }
        }
    }

    fn change(&self, change: &spec::Change) -> t::Change {
        let renewing = change.renewing.as_ref().map(|it| t::Renewing {
            beside: it.beside,
            success: it.success,
            away: it.away.clone(),
            max_in_flight: it.max_in_flight,
            renews_age: it.renews_age,
            revives: it.revives,
            bad: it.bad.as_ref().map(|(chance, rollback)| t::Bad {
                chance: *chance,
                cause: self.causes[BAD_DEPLOYMENT],
                rollback: rollback.clone(),
            }),
        });
        let &spec::Change { declares, memory, fails_over, .. } = change;
        t::Change { when: change.when.clone(), declares, memory, fails_over, renewing }
    }

    /// Sites of data, and backups: like apps share their rules, whose calendars are long.
    fn backups(&mut self) {
        let scenario = self.scenario;
        let mut rules: Vec<(&spec::BackupRules, Arc<Rules>)> = Vec::new();
        for (app, backups) in scenario.apps.iter().enumerate() {
            let Some(backups) = &backups.backups else { continue };
            let known = rules.iter().rfind(|it| *it.0 == backups.rules);
            let made = known.map(|it| it.1.clone()).unwrap_or_else(|| {
                let made = Arc::new(self.backup_rules(&backups.rules));
                rules.push((&backups.rules, made.clone()));
                made
            });
            let (name, region) = (&scenario.apps[app].name, &scenario.apps[app].region);
            let copy_to = backups.copy_to.as_ref().map(|site| self.site(site));
            let abroad = backups.abroad.as_ref().map(|it| {
                let copy_to = it.copy_to.as_ref().map(|site| self.site(site));
                (it, self.site(&it.site), copy_to)
            });
            let rule = self.topology.rule_of(Id::new(app as u32));
            let refuses =
                |site: Id<t::Site>| rule.is_some_and(|it| it.refuses_site(Class::Backups, site));
            let second = |site| Second { site, refused: refuses(site) };
            let backup = Backup {
                app: Id::new(app as u32),
                key: Key::new(self.topology.seed, &format!("backup.{name}")),
                home: Place {
                    site: Id::new(self.regions[region.as_str()].raw()),
                    bytes: backups.bytes,
                    files: true,
                    refused: false,
                    copy: copy_to.map(second),
                },
                abroad: abroad.map(|(it, site, copy_to)| Place {
                    site,
                    bytes: it.bytes,
                    files: it.files,
                    refused: refuses(site),
                    copy: copy_to.map(second),
                }),
                rules: made,
            };
            self.topology.backups.push(backup);
        }
    }

    fn backup_rules(&self, rules: &spec::BackupRules) -> Rules {
        let (start, end) = (self.topology.start_unix, self.topology.end);
        let schedule = |it: &spec::BackupCalendar| Schedule {
            series: it.series,
            due: due::due(it, start, end),
            keep: it.keep,
        };
        Rules {
            schedules: rules.calendars.iter().map(schedule).collect(),
            window: rules.window,
            dump: rules.dump.clone(),
            retry_after: rules.retry_after,
            copy: rules.copy.clone(),
            restore: rules.restore.clone(),
            drill_every: rules.drill,
        }
    }

    /// A site that is known already, or one that is not simulated.
    fn site(&mut self, site: &spec::Site) -> Id<t::Site> {
        let sites = &mut self.topology.sites;
        let found = sites.enumerate().find(|(_, it)| it.name == site.region).map(|it| it.0);
        found.unwrap_or_else(|| {
            let (name, country) = (site.region.clone(), site.country.clone());
            sites.push(t::Site { name, country, region: None })
        })
    }

    fn target(&self, target: &Target) -> t::Target {
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

    fn services(&mut self) {
        if self.scenario.services.is_empty() {
            return;
        }
        let topology = &mut self.topology;
        topology.watch.unit = vec![Vec::new(); topology.units.len()];
        topology.watch.zone = vec![Vec::new(); topology.zones.len()];
        topology.watch.app = vec![Vec::new(); topology.apps];
        topology.watch.service = vec![Vec::new(); self.scenario.services.len()];
        let order = built_on_first(&self.scenario.services);
        let places: BTreeMap<&str, u32> = order
            .iter()
            .enumerate()
            .map(|(place, service)| (service.name.as_str(), place as u32))
            .collect();
        for (place, service) in order.into_iter().enumerate() {
            let node = self.node(&service.requires, Above::Service(place as u32), &places);
            let load = service.load.as_ref().map(|load| self.load(load));
            self.topology.services.push(t::ServiceInfo { name: service.name.clone(), node, load });
        }
    }

    fn node(
        &mut self,
        require: &spec::Require,
        above: Above,
        services: &BTreeMap<&str, u32>,
    ) -> u32 {
        let index = self.topology.nodes.len() as u32;
        let node = t::Node { at_least: require.at_least, parts: Vec::new(), above };
        self.topology.nodes.push(node);
        for part in &require.of {
            let part = match part {
                spec::Part::Component(name) => {
                    let host = self.units.get(&(Kind::Host, name.clone()));
                    let unit = host.or_else(|| self.units.get(&(Kind::Container, name.clone())));
                    t::Part::Unit(*unit.expect("checked: a known component"))
                }
                spec::Part::Dependency(name) => {
                    t::Part::Unit(self.units[&(Kind::Dependency, name.clone())])
                }
                spec::Part::Zone(name) => t::Part::Zone(self.zones[name.as_str()]),
                spec::Part::App(name) => {
                    let apps = &self.scenario.apps;
                    let place = apps.binary_search_by(|app| app.name.cmp(name));
                    t::Part::App(Id::new(place.expect("checked: a known app") as u32))
                }
                spec::Part::Service(name) => t::Part::Service(services[name.as_str()]),
                spec::Part::Nested(require) => {
                    t::Part::Node(self.node(require, Above::Node(index), services))
                }
            };
            let watch = &mut self.topology.watch;
            match part {
                t::Part::Unit(unit) => watch.unit[unit.index()].push(index),
                t::Part::Zone(zone) => watch.zone[zone.index()].push(index),
                t::Part::App(app) => watch.app[app.index()].push(index),
                t::Part::Service(service) => watch.service[service as usize].push(index),
                t::Part::Node(_) => {}
            }
            self.topology.nodes[index as usize].parts.push(part);
        }
        index
    }
}

/// Services in an order in which those that others are built on come first, otherwise by name.
fn built_on_first(services: &[spec::Service]) -> Vec<&spec::Service> {
    fn names<'s>(require: &'s spec::Require, into: &mut Vec<&'s str>) {
        for part in &require.of {
            match part {
                spec::Part::Service(name) => into.push(name),
                spec::Part::Nested(nested) => names(nested, into),
                _ => {}
            }
        }
    }
    let mut order: Vec<&spec::Service> = Vec::with_capacity(services.len());
    while order.len() < services.len() {
        let ready = services.iter().find(|service| {
            let mut below = Vec::new();
            names(&service.requires, &mut below);
            let placed = |name: &str| order.iter().any(|it| it.name == name);
            !placed(&service.name) && below.into_iter().all(placed)
        });
        order.push(ready.expect("checked: services are not built on themselves"));
    }
    order
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

fn law(capacity: &spec::Capacity) -> Law {
    match *capacity {
        spec::Capacity::Throughput { per_container } => Law::Throughput { per_container },
        spec::Capacity::Queue { concurrency, service_s, scv, places, shared } => {
            Law::Queue { queue: Queue { servers: concurrency, places, service_s, scv }, shared }
        }
    }
}

fn recovery(recovery: &spec::Recovery) -> t::Recovery {
    match recovery {
        spec::Recovery::Supervisor { detect: noticing, restart } => {
            let (restart, returns) = (restart.clone(), restart.clone());
            t::Recovery::InPlace { detect: detect(noticing), restart, returns }
        }
        spec::Recovery::HealthManager(manager) => t::Recovery::Replaced(t::HealthManager {
            detect_crash: detect(&manager.detect_crash),
            detect_hang: detect(&manager.detect_hang),
            detect_loss: detect(&manager.detect_loss),
            decide: manager.decide.clone(),
            kill: manager.kill.clone(),
            start: manager.start.clone(),
            start_timeout: manager.start_timeout.unwrap_or(Span::NEVER),
            ladder: manager.crash_ladder,
            convergence: manager.convergence,
        }),
    }
}

fn health_check(check: &spec::HealthCheck) -> t::HealthCheck {
    let &spec::HealthCheck { interval, timeout, unhealthy, healthy } = check;
    t::HealthCheck { interval, timeout, unhealthy, healthy }
}

fn router(router: &spec::Router) -> Option<t::Router> {
    let spec::Router::Lagging(router) = router else { return None };
    let retries = &router.retries;
    Some(t::Router {
        unregister: router.unregister.clone(),
        register: router.register.clone(),
        check: router.health_check.as_ref().map(health_check),
        fail_open: router.fail_open,
        crash_face: match router.crash_face {
            spec::Face::Refused => t::Face::Refused,
            spec::Face::Error => t::Face::Error,
            spec::Face::Unreachable => t::Face::Unreachable,
            spec::Face::Hung => t::Face::Hung,
        },
        traffic: RetryRules {
            count: retries.count,
            on: [retries.on_refused, retries.on_error, retries.on_unreachable, false],
            probing_per_s: router
                .passive
                .as_ref()
                .map_or(0.0, |marks| f64::from(marks.routers) / marks.pause.as_secs()),
        },
    })
}
