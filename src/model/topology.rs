//! What never changes during a run: places, components with their settings, faults and their targets.
//! Shared by all replications.

use crate::engine::{Dist, Key, Purpose};
use crate::id::{Arena, Id, Lookup};
use crate::model::backup::plan::Backup;
use crate::model::bucket::{Bucket, Link};
use crate::model::database::Database;
use crate::model::fallback::Fallback;
use crate::model::residency::{Fixed, Residence, Rule};
use crate::model::root::CauseId;
use crate::policy::restart::Ladder;
use crate::time::{Instant, Span};
use std::ops::Range;
use std::sync::Arc;

/// Everything a replication needs to know and never changes.
#[derive(Clone, Debug)]
pub struct Topology {
    pub seed: u64,
    /// Measuring begins here (the end of the warm-up) …
    pub measure_from: Instant,
    /// … and ends here.
    pub end: Instant,
    /// Seconds since 1970-01-01T00:00Z at [`Instant::START`].
    pub start_unix: i64,
    pub stop_at_first_outage: bool,
    pub regions: Arena<Region>,
    pub zones: Arena<Zone>,
    /// Hosts with memory for containers, zone by zone; each in the order of its group.
    pub hosts: Vec<HostInfo>,
    /// The health manager of each region, in the order of the regions.
    pub managers: Vec<Manager>,
    /// What stands in front of the containers of each region, in the order of the regions.
    pub fronts: Vec<Front>,
    /// Apps first (by name), then host groups, dependencies, instances of health managers, databases, each
    /// followed by its nodes, addresses, buckets, each followed by its replicas, and routers.
    pub groups: Arena<Group>,
    /// How many of the groups are apps: their ids are also the ids of their state and measures.
    pub apps: usize,
    /// Components in the order of their groups.
    pub units: Arena<UnitInfo>,
    /// Sets of failure clocks that units share.
    pub clock_sets: Vec<Vec<UnitClock>>,
    /// Whether any of them starts at admission by the router.
    pub clocks_in_rotation: bool,
    /// In the order of their apps.
    pub databases: Arena<Database>,
    /// Apps that go to another region when their own is lost, in order.
    pub fallbacks: Arena<Fallback>,
    /// In the order of their apps.
    pub buckets: Arena<Bucket>,
    /// Between which sites buckets are copied, each once.
    pub links: Arena<Link>,
    pub crews: Vec<CrewInfo>,
    /// Deployments, restarts, maintenance, scaling and sleep of apps.
    pub changes: Arena<ChangeClock>,
    pub operator: Operator,
    /// Autoscalers, in the order of their apps.
    pub scalers: Vec<Scaler>,
    /// Hosts that are emptied and replaced again and again.
    pub evacuations: Vec<Evacuation>,
    /// Where data may stand: every region, those that are not simulated too.
    pub sites: Arena<Site>,
    /// In the order of their apps.
    pub backups: Arena<Backup>,
    /// The database of an app, of itself and of its nodes; so for buckets; the backups of an app.
    pub database_of_group: Lookup<Group, Database>,
    pub bucket_of_group: Lookup<Group, Bucket>,
    pub backup_of_group: Lookup<Group, Backup>,
    /// Clocks of faults of domains and of several targets at once, and of scripted ones.
    pub fault_clocks: Arena<FaultClock>,
    pub services: Vec<ServiceInfo>,
    /// Requirement nodes of all services.
    pub nodes: Vec<Node>,
    /// For each unit, zone, app and service: the nodes that count it, once for each mention.
    pub watch: Watch,
    /// Names, sorted.
    pub causes: Vec<String>,
    /// What is lost to overload with every container in service (K6); where anything has a capacity.
    pub overload: Option<CauseId>,
    /// By app: where its data may be; empty where no app says.
    pub residency: Vec<Option<Residence>>,
    /// Data that stands at one place for ever, of apps that say where it may be.
    pub fixed: Vec<Fixed>,
}

/// Who counts what: lists of node indices; empty vectors where there is no service at all.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    pub unit: Vec<Vec<u32>>,
    pub zone: Vec<Vec<u32>>,
    pub app: Vec<Vec<u32>>,
    pub service: Vec<Vec<u32>>,
}

#[derive(Clone, Debug)]
pub struct Region {
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    pub zones: Vec<Id<Zone>>,
}

#[derive(Clone, Debug)]
pub struct Zone {
    pub name: String,
    pub region: Id<Region>,
    /// Its hosts in [`Topology::hosts`]; none: room without end.
    pub hosts: Range<u32>,
}

/// Where data may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The name of the region.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Where it is simulated; otherwise it is always there.
    pub region: Option<Id<Region>>,
}

/// A host with memory for containers.
#[derive(Clone, Copy, Debug)]
pub struct HostInfo {
    pub unit: Id<UnitInfo>,
    pub zone: Id<Zone>,
    /// Bytes.
    pub memory: u64,
}

/// A set of like components: the containers of an app, the hosts of a group, one dependency.
///
/// What every failure of a container asks for comes first, in two lines of the cache.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct Group {
    pub kind: Kind,
    pub placement: Placement,
    /// Its units are `first .. first + count`.
    pub first: u32,
    pub count: u32,
    /// Units in service that it takes to be up (apps).
    pub needs: u32,
    /// Zones its units may stand in, by name, those of a fallback region last; empty for what stands
    /// nowhere (dependencies).
    pub zones: Arc<[Id<Zone>]>,
    /// The region of its zones, of an app its home; the first where there are none.
    pub region: Id<Region>,
    /// Where its hosts begin in [`Topology::hosts`], if they have memory for containers.
    pub first_host: Option<u32>,
    /// Like groups share their settings, which a large fleet then finds in the cache.
    pub recovery: Arc<Recovery>,
    pub router: Option<Arc<Router>>,
    pub load: Option<Load>,
    /// What its containers can serve; absent: any load.
    pub capacity: Option<Arc<Capacity>>,
    /// Mean response time in seconds.
    pub response_s: f64,
    pub name: String,
    /// How many of its units are meant to run at the start: all, unless an app is scaled later.
    pub declared: u32,
    /// Bytes of each container.
    pub memory: u64,
    /// How long a container that is stopped on purpose may finish its requests.
    pub drain: Span,
    /// When downtime that a change makes is planned (M3).
    pub windows: Vec<Window>,
    /// It is not meant to run at the start of the study.
    pub asleep: bool,
    /// Dependencies this app uses, and for a dependency, or for routers, the apps that use it.
    pub uses: Vec<Use>,
    pub used_by: Vec<Id<Group>>,
}

/// The kinds of components that measures tell apart (M9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    Container,
    Host,
    Dependency,
    Zone,
    /// An instance of a region's health manager.
    HealthManager,
    /// A database as its app sees it.
    Database,
    DatabaseNode,
    /// A bucket as its app sees it.
    Bucket,
    /// A zone's copy of a bucket.
    Replica,
    /// One of a region's routers.
    Router,
    /// What leads clients to an app that may be in another region.
    Address,
}

impl Kind {
    pub const ALL: [Kind; 11] = [
        Kind::Container,
        Kind::Host,
        Kind::Dependency,
        Kind::Zone,
        Kind::HealthManager,
        Kind::Database,
        Kind::DatabaseNode,
        Kind::Bucket,
        Kind::Replica,
        Kind::Router,
        Kind::Address,
    ];

    /// The name in results.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Container => "container",
            Kind::Host => "host",
            Kind::Dependency => "dependency",
            Kind::Zone => "zone",
            Kind::HealthManager => "health-manager",
            Kind::Database => "database",
            Kind::DatabaseNode => "database-node",
            Kind::Bucket => "bucket",
            Kind::Replica => "replica",
            Kind::Router => "router",
            Kind::Address => "address",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// The dependency's only unit.
    pub unit: Id<UnitInfo>,
    /// The app is down while it is down.
    pub mandatory: bool,
    /// Share of the requests that fail while it is down.
    pub share: f64,
}

/// Where units are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Zone with the fewest units of the group first.
    Spread,
    /// First zone that can be used.
    Home,
    /// Always its first zone.
    Pinned,
}

/// How a unit comes back.
#[derive(Clone, Debug)]
pub enum Recovery {
    /// In place: noticed, then restarted where it was (N3).
    InPlace {
        detect: Detect,
        restart: Dist,
        /// Instead of `restart` once the domain that held it is back.
        returns: Dist,
    },
    /// Noticed and placed again by the health manager.
    Replaced(HealthManager),
}

#[derive(Clone, Debug)]
pub struct HealthManager {
    pub detect_crash: Detect,
    pub detect_hang: Detect,
    pub detect_loss: Detect,
    pub decide: Dist,
    pub kill: Dist,
    pub start: Dist,
    pub start_timeout: Span,
    /// Waits between the restarts of what keeps crashing; none: it is restarted at once.
    pub ladder: Option<Ladder>,
    /// How often the loop comes round that picks up what nothing else calls for; none: at once.
    pub convergence: Option<Span>,
}

/// What the apps of one region share of their health manager.
#[derive(Clone, Debug)]
pub struct Manager {
    /// Its luck, from the name of the region.
    pub key: Key,
    /// Its instances, one of which is active; none: it stands nowhere and never fails.
    pub instances: Option<Id<Group>>,
    /// From the loss of the active instance until another one may take over.
    pub takeover: Dist,
    /// Starts that may be in progress at once.
    pub parallel_starts: u32,
}

/// What stands in front of the containers of a region.
#[derive(Clone, Debug)]
pub struct Front {
    /// Its routers; none: they stand nowhere and never fail.
    pub routers: Option<Id<Group>>,
    /// How the balancer, or DNS, before them finds out which of them work.
    pub check: HealthCheck,
    /// How long clients keep the router that they have been told.
    pub ttl: Span,
    /// Share of the clients that keep it for ever.
    pub clinging: f64,
}

/// How long it takes to notice (N1).
#[derive(Clone, Debug)]
pub enum Detect {
    After(Dist),
    Poll {
        interval: Span,
        threshold: u32,
        timeout: Span,
    },
    /// By the first turn of the convergence loop after its presence has expired (N2).
    Presence {
        expires: Dist,
    },
    /// Not at all.
    Never,
}

/// A router whose rotation lags the truth.
#[derive(Clone, Debug)]
pub struct Router {
    pub unregister: Option<Dist>,
    pub register: Dist,
    pub check: Option<HealthCheck>,
    pub fail_open: bool,
    pub crash_face: Face,
    pub traffic: crate::traffic::RetryRules,
}

pub use crate::traffic::{Capacity, Face, Load};

#[derive(Clone, Debug)]
pub struct HealthCheck {
    pub interval: Span,
    pub timeout: Span,
    pub unhealthy: u32,
    pub healthy: u32,
}

/// What is fixed about one component: 16 bytes.
#[derive(Clone, Copy, Debug)]
pub struct UnitInfo {
    /// Its luck, from its logical name.
    pub key: Key,
    pub group: u32,
    /// Index into [`Topology::clock_sets`].
    pub clocks: u16,
    /// Crew + 1, or 0 for none.
    pub crew: u16,
}

/// A failure clock of a component (F4).
#[derive(Clone, Debug, PartialEq)]
pub struct UnitClock {
    pub cause: CauseId,
    pub up_time: Dist,
    pub purpose: Purpose,
    pub hang: bool,
    /// Starts at admission by the router instead of at the first answer.
    pub in_rotation: bool,
}

#[derive(Clone, Debug)]
pub struct CrewInfo {
    pub name: String,
    pub size: u32,
}

/// A fault that strikes places or several things at once, again and again or at one scripted time.
#[derive(Clone, Debug)]
pub struct FaultClock {
    /// Its luck, from the names of the fault and of its target.
    pub key: Key,
    pub cause: CauseId,
    pub effect: Effect,
    /// Struck together, or, with `pick_one`, one of them each time.
    pub targets: Vec<Target>,
    pub pick_one: bool,
    pub onset: Onset,
    pub lasts: Option<Dist>,
    /// Share of what stands in the domain that is hit.
    pub fraction: Option<Dist>,
    /// Other hosts of the zone that go with the one that is struck.
    pub company: Option<Company>,
}

/// Hosts are not only lost alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Company {
    /// The chance that an onset has company.
    pub chance: f64,
    /// Mean number of hosts that then go together, at least 2: one more than the first, and as many more
    /// as a geometric law gives.
    pub size: f64,
}

#[derive(Clone, Debug)]
pub enum Onset {
    /// Up time until the next onset, from the end of the last one (F1).
    Random(Dist),
    /// Once.
    At(Instant),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Crash,
    Hang,
    Outage,
    Isolation,
    /// Nothing new can be started in a region; what runs, and what is starting, goes on (N7).
    ControlPlane,
    /// Buckets answer a share of their requests with errors.
    FileErrors,
    /// Data is deleted or overwritten in every copy that follows it at once.
    DataLoss,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Region(Id<Region>),
    Zone(Id<Zone>),
    Unit(Id<UnitInfo>),
}

/// A change of one app that is made on purpose, again and again or once.
#[derive(Clone, Debug)]
pub struct ChangeClock {
    /// Its luck, from the names of the change and of its app.
    pub key: Key,
    /// Whom the downtime it makes is charged to.
    pub cause: CauseId,
    /// Tells the luck of its containers from that under other changes of their app.
    pub ordinal: u8,
    pub app: Id<Group>,
    /// Like changes share their settings.
    pub change: Arc<Change>,
}

/// When an app is changed, and how.
#[derive(Clone, Debug)]
pub struct Change {
    pub when: When,
    pub declares: Option<Declares>,
    /// Another node of its database takes the place of the primary.
    pub fails_over: bool,
    /// Bytes that each of its containers takes from its next start on.
    pub memory: Option<u64>,
    /// How its containers are replaced by new ones.
    pub renewing: Option<Renewing>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// Time until the next one, from the end of the last one.
    Random(Dist),
    Calendar(Calendar),
    Once(Instant),
    /// Whenever its load calls for another number of containers.
    ByLoad(Autoscaling),
}

/// As many containers as keep each of them at a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Autoscaling {
    /// Requests per second that each container is to be given at most.
    pub per_container: f64,
    /// Fewest and most containers that are ordered.
    pub least: u32,
    pub most: u32,
    /// Between two looks at the load.
    pub every: Span,
    /// From a look that calls for another number until it is ordered.
    pub delay: Span,
    /// From an order until the next look that counts.
    pub cool_down: Span,
}

/// The autoscaler of an app.
#[derive(Clone, Debug)]
pub struct Scaler {
    pub change: Id<ChangeClock>,
    /// When its load calls for which number of containers.
    pub course: Vec<(Instant, u32)>,
}

/// Hosts of a region that are emptied and replaced, one after the other, again and again.
#[derive(Clone, Debug)]
pub struct Evacuation {
    pub region: Id<Region>,
    /// Whom the harm is charged to that it does.
    pub cause: CauseId,
    /// Indices in [`Topology::hosts`], zone by zone.
    pub hosts: Vec<u32>,
    /// A round begins at every whole multiple of it.
    pub every: Span,
    pub max_in_flight: u32,
    /// How long a host may take to be emptied.
    pub limit: Span,
    /// How long it is away.
    pub away: Dist,
}

/// Times that come again with a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    pub period: Span,
    /// Since the start of the study, below the period, sorted.
    pub at: Vec<Span>,
    /// Chance that anything is done at such a time.
    pub used: f64,
    /// How long after it that begins.
    pub begins: Dist,
}

/// How many containers are meant to run from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declares {
    Containers(u32),
    Asleep(bool),
}

/// How running containers are replaced by new ones.
#[derive(Clone, Debug)]
pub struct Renewing {
    /// The new one is started beside the old one, which serves until the new one is in the rotation.
    pub beside: bool,
    /// Chance that this works; otherwise the old one is stopped first.
    pub success: f64,
    /// How long a container that was stopped first is away; without it as long as it takes to drain
    /// and to start.
    pub away: Option<Dist>,
    pub max_in_flight: u32,
    pub renews_age: bool,
    /// It also starts containers that have been given up.
    pub revives: bool,
    pub bad: Option<Bad>,
}

/// A version that passes every check and fails every request, until an operator has it rolled back.
#[derive(Clone, Debug)]
pub struct Bad {
    pub chance: f64,
    /// Whom the downtime it makes is charged to.
    pub cause: CauseId,
    pub rollback: Dist,
}

/// How fast people respond.
#[derive(Clone, Debug)]
pub struct Operator {
    /// Until they know.
    pub detect: Dist,
    /// From then on, until they have given the right order.
    pub act: Dist,
}

/// A declared maintenance window that comes again with a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub period: Span,
    /// Since the start of the study, below the period.
    pub opens: Span,
    /// At most the period.
    pub length: Span,
}

impl Window {
    /// Whether it is open at an instant, and when that changes next.
    pub fn at(&self, now: Instant) -> (bool, Instant) {
        let period = self.period.0;
        let (now_in_it, opens) = (now.0 % period, self.opens.0);
        let since =
            if now_in_it >= opens { now_in_it - opens } else { now_in_it + (period - opens) };
        let open = since < self.length.0;
        let next = if open { self.length.0 } else { period };
        (open, now + Span(next - since))
    }
}

#[derive(Clone, Debug)]
pub struct ServiceInfo {
    pub name: String,
    /// Its top node.
    pub node: u32,
    pub load: Option<Load>,
}

/// At least `at_least` of the parts are up (U3).
#[derive(Clone, Debug)]
pub struct Node {
    pub at_least: u32,
    pub parts: Vec<Part>,
    pub above: Above,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Unit(Id<UnitInfo>),
    Zone(Id<Zone>),
    App(Id<Group>),
    Service(u32),
    Node(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Above {
    Node(u32),
    Service(u32),
}

/// What the name of a database's node in another region ends with.
pub const ABROAD: &str = "/abroad";

impl Topology {
    /// The group of a unit.
    #[inline(always)]
    pub fn group_of(&self, unit: Id<UnitInfo>) -> &Group {
        &self.groups[Id::new(self.units[unit].group)]
    }

    /// The id of the group of a unit.
    #[inline(always)]
    pub fn group_id(&self, unit: Id<UnitInfo>) -> Id<Group> {
        Id::new(self.units[unit].group)
    }

    /// Whether a group is an app.
    #[inline(always)]
    pub fn is_app(&self, group: Id<Group>) -> bool {
        group.index() < self.apps
    }

    /// `shop/2`; what there is one of is its own name.
    pub fn unit_name(&self, unit: Id<UnitInfo>) -> String {
        let group = self.group_of(unit);
        match group.kind {
            Kind::Dependency | Kind::Database | Kind::Bucket | Kind::Address => group.name.clone(),
            // The only one in another region.
            Kind::DatabaseNode if group.name.ends_with(ABROAD) => group.name.clone(),
            _ => format!("{}/{}", group.name, unit.raw() - group.first + 1),
        }
    }

    /// Adds the backups of an app.
    pub fn add_backup(&mut self, backup: Backup) {
        let app = backup.app;
        let id = self.backups.push(backup);
        self.backup_of_group.insert(app, id);
    }

    /// How an app is backed up, if it is.
    #[inline]
    pub fn backup_of(&self, app: Id<Group>) -> Option<Id<Backup>> {
        self.backup_of_group.get(app)
    }

    /// The index of a unit in [`Topology::hosts`], if it is a host with memory for containers.
    #[inline]
    pub fn host_index(&self, unit: Id<UnitInfo>) -> Option<u32> {
        let group = self.group_of(unit);
        group.first_host.map(|first| first + unit.raw() - group.first)
    }

    /// The units of a group.
    pub fn units_of(&self, group: Id<Group>) -> impl Iterator<Item = Id<UnitInfo>> + use<> {
        let group = &self.groups[group];
        (group.first..group.first + group.count).map(Id::new)
    }

    /// `app.shop` or `service.x`: subjects of measures are the apps, then the services.
    pub fn subject_name(&self, subject: usize) -> String {
        if subject < self.apps {
            format!("app.{}", self.groups[Id::new(subject as u32)].name)
        } else {
            format!("service.{}", self.services[subject - self.apps].name)
        }
    }

    /// The subject of this name.
    pub fn subject_named(&self, name: &str) -> Option<usize> {
        match name.split_once('.')? {
            ("app", name) => {
                let apps = &self.groups.iter().as_slice()[..self.apps];
                apps.binary_search_by(|app| app.name.as_str().cmp(name)).ok()
            }
            ("service", name) => {
                let index = self.services.iter().position(|service| service.name == name)?;
                Some(self.apps + index)
            }
            _ => None,
        }
    }

    /// The load of an app or service.
    #[inline]
    pub fn load_of(&self, subject: usize) -> Option<&Load> {
        match subject.checked_sub(self.apps) {
            None => self.groups[Id::new(subject as u32)].load.as_ref(),
            Some(service) => self.services[service].load.as_ref(),
        }
    }

    /// The capacity of an app's containers.
    #[inline]
    pub fn capacity_of(&self, subject: usize) -> Option<&Capacity> {
        if subject >= self.apps {
            return None;
        }
        self.groups[Id::new(subject as u32)].capacity.as_deref()
    }

    /// Where the data of an app may be, if it says.
    #[inline]
    pub fn rule_of(&self, app: Id<Group>) -> Option<&Rule> {
        Some(&*self.residency.get(app.index())?.as_ref()?.rule)
    }

    /// Apps and services.
    pub fn subjects(&self) -> usize {
        self.apps + self.services.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_failure_asks_of_a_group_comes_first() {
        assert!(std::mem::offset_of!(Group, name) <= 128);
        assert_eq!(size_of::<Group>(), 256);
    }

    #[test]
    fn a_window_opens_and_closes_on_time_and_wraps_around() {
        let window = Window { period: Span(10), opens: Span(8), length: Span(4) };
        let at = |now| window.at(Instant(now));
        assert_eq!(at(0), (true, Instant(2)), "the one that opened before the start");
        assert_eq!(at(2), (false, Instant(8)));
        assert_eq!(at(7), (false, Instant(8)));
        assert_eq!(at(8), (true, Instant(12)));
        assert_eq!(at(12), (false, Instant(18)));
    }
}
