//! What a scenario says once it has been read, merged with its preset and found sound: plain data in
//! plain units, every list sorted by name, no text left to parse. `assemble` turns it into the
//! immutable topology that a run works on.

pub use super::storage::{
    BackupCalendar, BackupRules, Backups, BackupsAbroad, BucketSettings, Days, Destination, Due,
    Files, Relocation, Series, Work,
};
use crate::engine::Dist;
pub use crate::model::database::Settings as DatabaseSettings;
pub use crate::model::fallback::Settings as FallbackSettings;
pub use crate::model::residency::{Class, Control};
pub use crate::model::topology::Company;
pub use crate::policy::restart::Ladder;
use crate::time::Span;

pub use crate::model::topology::{Autoscaling, Calendar, Declares, When, Window};

/// A whole scenario, ready to be assembled.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The file's stem (`estate` for `estate.toml`), or `name` where given.
    pub name: String,
    /// The dated preset, e.g. `mendix-cloud@2026-11`, or `none`.
    pub platform: String,
    pub study: Study,
    /// Names of those that rules of apps speak of.
    pub jurisdictions: Vec<String>,
    pub regions: Vec<Region>,
    pub apps: Vec<App>,
    pub hosts: Vec<HostGroup>,
    pub dependencies: Vec<Dependency>,
    pub services: Vec<Service>,
    pub crews: Vec<Crew>,
    pub operator: Operator,
    /// What is done to apps on purpose, app by app.
    pub changes: Vec<Change>,
    /// How the hosts of every region are replaced, where they are.
    pub evacuation: Option<Evacuation>,
    /// The health manager of each region, by name of the region.
    pub managers: Vec<Manager>,
    /// The routers of each region that has some, by name of the region.
    pub fronts: Vec<Front>,
    pub failures: Vec<Failure>,
    /// Scripted and recorded faults, by time and then by name.
    pub incidents: Vec<Incident>,
    pub expectations: Vec<Expectation>,
    /// Every setting in effect, for the report's list of assumptions.
    pub settings: Vec<Setting>,
    /// What was remarked while it was read, in plain words.
    pub notes: Vec<String>,
}

/// What is to be measured, over which time, how surely.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Seconds since 1970-01-01T00:00Z at which the warm-up (if any) begins.
    pub start_unix: i64,
    pub horizon: Span,
    /// Simulated first, not measured.
    pub warm_up: Span,
    pub seed: u64,
    /// `None`: until `precision` is reached.
    pub replications: Option<u64>,
    /// Relative half-width wanted of every quantity in `of`.
    pub precision: Option<f64>,
    /// Paths of the quantities the precision is asked of; empty: the unavailability of every app and
    /// service (by request where it has load, else by time).
    pub of: Vec<String>,
    pub max_replications: u64,
    /// Two-sided, in (0, 1).
    pub confidence: f64,
    pub stop: Stop,
    /// Birnbaum importance of every component; `None`: on up to 200 components.
    pub importance: Option<bool>,
    /// Times after the start of the measured interval at which the point unavailability is wanted.
    pub at: Vec<Span>,
}

/// When a replication ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// At the horizon.
    Horizon,
    /// At the first outage of any app or service, or at the horizon.
    FirstOutage,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Names of its zones, sorted: `eu-central-1a` … in presets.
    pub zones: Vec<String>,
}

/// A region and the country it is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    pub region: String,
    pub country: String,
}

/// Where the data of an app may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Residency {
    pub areas: Vec<Area>,
    /// By class of data: its place in `areas`; `None`: anywhere.
    pub keep_in: [Option<u8>; Class::ALL.len()],
    pub control: Control,
    /// Whether data counts where it is only processed.
    pub processing: bool,
    pub except: Vec<Exception>,
}

impl Residency {
    /// Where data of a class may be; `None`: anywhere.
    pub fn area(&self, class: Class) -> Option<&Area> {
        self.keep_in[class as usize].map(|area| &self.areas[usize::from(area)])
    }
}

/// A set of places.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Area {
    /// As written, for people.
    pub words: Vec<String>,
    /// Sorted, those of jurisdictions included.
    pub countries: Vec<String>,
    pub regions: Vec<String>,
    pub zones: Vec<String>,
}

impl Area {
    /// Whether a region, or one of its zones, is in it; a region whole only by its name or country.
    pub fn holds(&self, site: &Site, zone: Option<&str>) -> bool {
        self.countries.contains(&site.country)
            || self.regions.contains(&site.region)
            || zone.is_some_and(|zone| self.zones.iter().any(|it| it == zone))
    }
}

/// What may be outside all the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Exception {
    pub class: Class,
    pub area: Area,
    pub basis: String,
}

/// Where the log stream of an app is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Logs {
    pub site: Site,
    /// Kept there at any time.
    pub bytes: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct App {
    pub name: String,
    /// What the fleet view counts it under.
    pub group: Option<String>,
    pub region: String,
    /// The zones its containers may stand in, sorted.
    pub zones: Vec<String>,
    pub placement: Placement,
    pub containers: u32,
    /// The most that it ever runs: `containers`, unless a change scales it.
    pub slots: u32,
    /// Containers in service that it takes to be up, at least 1.
    pub needs: u32,
    /// Bytes of each container.
    pub memory: Option<u64>,
    /// `None`: no load is given and nothing is measured by request.
    pub load: Option<Load>,
    /// What each container can serve; `None`: any load.
    pub capacity: Option<Capacity>,
    /// Lengths beyond which the shares of waits and responses are told.
    pub latency_over: Vec<Span>,
    /// Mean response time W: λ·W requests are in flight and die with their container.
    pub response: Span,
    /// How long a container that is stopped on purpose may finish its requests.
    pub drain: Span,
    /// When downtime that a change makes is planned (M3).
    pub windows: Vec<Window>,
    /// It is not meant to run at the start of the study.
    pub asleep: bool,
    pub database: Option<Database>,
    /// Where it goes when its own region is lost.
    pub fallback: Option<Fallback>,
    /// How soon it is to recover from a fault.
    pub recovery_target: Option<Span>,
    pub slo: Option<Slo>,
    pub recovery: Recovery,
    pub router: Router,
    /// `None`: in its own region.
    pub logs: Option<Logs>,
    /// `None`: nothing is said about where its data may be.
    pub residency: Option<Residency>,
    pub files: Option<Files>,
    /// `None`: it keeps nothing, or nothing is backed up.
    pub backups: Option<Backups>,
}

impl App {
    /// Regions besides its own in which something of it stands, or may come to stand.
    pub fn regions_besides(&self) -> impl Iterator<Item = &str> {
        let replica = self.database.iter().filter_map(|it| it.replica_in.as_deref());
        self.fallback.iter().map(|it| it.region.as_str()).chain(replica)
    }

    /// Whether its containers may be in a region.
    pub fn runs_in(&self, region: &str) -> bool {
        self.region == region || self.fallback.as_ref().is_some_and(|it| it.region == region)
    }

    /// Whether its database has a node in another region, or may come to have one.
    pub fn has_node_abroad(&self) -> bool {
        let goes = self.fallback.is_some();
        self.database.as_ref().is_some_and(|it| goes || it.replica_in.is_some())
    }
}

/// The database of an app.
#[derive(Clone, Debug, PartialEq)]
pub struct Database {
    /// The zones its nodes stand in, in turn; the first primary in the first.
    pub zones: Vec<String>,
    /// Bytes of data, where it is known.
    pub size: Option<u64>,
    /// The region of its asynchronous copy.
    pub replica_in: Option<String>,
    pub settings: DatabaseSettings,
}

/// Another region for a whole app.
#[derive(Clone, Debug, PartialEq)]
pub struct Fallback {
    pub region: String,
    pub settings: FallbackSettings,
}

/// Requests per time.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// Requests per second on average, at the start of the study where they grow.
    pub mean: f64,
    pub course: Course,
    pub growth: Option<Growth>,
}

/// How a load changes about its mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Course {
    Constant,
    Week(Week),
    Trace(Trace),
}

/// A course through the week of a local clock. Levels are relative to the mean of a usual week.
#[derive(Clone, Debug, PartialEq)]
pub struct Week {
    /// `[profile.NAME]`.
    pub profile: String,
    /// IANA name, e.g. `Europe/Berlin`.
    pub timezone: String,
    /// Minutes since midnight and the level from then on, Monday to Friday …
    pub weekday: Vec<(u32, f64)>,
    /// … and on Saturday and Sunday.
    pub weekend: Vec<(u32, f64)>,
}

/// A recorded course that repeats.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Time since its beginning, and the level from then on, relative to its mean.
    pub steps: Vec<(Span, f64)>,
    /// After which it begins anew.
    pub period: Span,
    /// How far into it the study begins.
    pub offset: Span,
    /// Rows with a gap behind them, and the length of all gaps, through which the last rate holds.
    pub gaps: u32,
    pub gap: Span,
}

/// Compound growth by `share` in every `per`, in a step each day from the start on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    pub share: f64,
    pub per: Span,
}

/// What one container can serve.
#[derive(Clone, Debug, PartialEq)]
pub enum Capacity {
    /// Requests per second; more fails.
    Throughput { per_container: f64 },
    Queue {
        /// Served at once by one container.
        concurrency: u32,
        /// Mean service time, seconds.
        service_s: f64,
        /// Its squared coefficient of variation.
        scv: f64,
        /// Requests that may wait; `None`: any number.
        places: Option<u32>,
        /// One queue for all containers, or one for each.
        shared: bool,
    },
}

impl Load {
    /// The highest rate of its course, before any growth.
    pub fn peak(&self) -> f64 {
        let highest = |levels: &mut dyn Iterator<Item = f64>| levels.fold(0.0, f64::max);
        let level = match &self.course {
            Course::Constant => 1.0,
            Course::Week(week) => {
                highest(&mut week.weekday.iter().chain(&week.weekend).map(|step| step.1))
            }
            Course::Trace(trace) => highest(&mut trace.steps.iter().map(|step| step.1)),
        };
        self.mean * level
    }
}

impl Capacity {
    /// Requests per second that one container can serve.
    pub fn per_container(&self) -> f64 {
        match self {
            Capacity::Throughput { per_container } => *per_container,
            Capacity::Queue { concurrency, service_s, .. } => f64::from(*concurrency) / service_s,
        }
    }
}

/// Where containers may be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Over all zones of the app, emptiest zone first (plan `premium`).
    Spread,
    /// All in the first zone that is not down; moved together only by being lost (plan `standard`).
    Home,
    /// Each container only ever runs in its own zone and waits for it.
    Pinned,
}

/// How a component that failed comes back.
#[derive(Clone, Debug, PartialEq)]
pub enum Recovery {
    /// Restarted in place (N3): no moving, no limit.
    Supervisor { detect: Detect, restart: Dist },
    /// Noticed and placed again by the health manager.
    HealthManager(HealthManager),
}

/// The health manager as its delays.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthManager {
    /// A process that ended.
    pub detect_crash: Detect,
    /// A process that no longer answers.
    pub detect_hang: Detect,
    /// A container that went with its zone (or is cut off with it).
    pub detect_loss: Detect,
    /// From noticing to the order to replace.
    pub decide: Dist,
    /// Stopping a hung process before it can be replaced.
    pub kill: Dist,
    /// From placement until the container answers.
    pub start: Dist,
    /// A start that takes longer is a failed start (N4).
    pub start_timeout: Option<Span>,
    pub crash_ladder: Option<Ladder>,
    pub convergence: Option<Span>,
}

/// What the apps of a region share of their health manager.
#[derive(Clone, Debug, PartialEq)]
pub struct Manager {
    pub region: String,
    /// How many instances it has; 0: it stands nowhere and never fails.
    pub instances: u32,
    /// The zones they stand in, in turn; sorted.
    pub zones: Vec<String>,
    pub takeover: Dist,
    pub restart: Dist,
    /// `None`: unlimited.
    pub parallel_starts: Option<u32>,
}

/// What stands in front of the containers of a region.
#[derive(Clone, Debug, PartialEq)]
pub struct Front {
    pub region: String,
    /// At least one.
    pub routers: u32,
    /// The zones they stand in, in turn; sorted.
    pub zones: Vec<String>,
    /// How long a router that crashed is away.
    pub restart: Dist,
    pub health_check: HealthCheck,
    /// How long clients keep the router that they have been told.
    pub ttl: Span,
    /// Share of the clients that keep it for ever.
    pub clinging: f64,
}

/// How something broken is noticed (N1).
#[derive(Clone, Debug, PartialEq)]
pub enum Detect {
    /// After a delay, drawn for each occurrence.
    After(Dist),
    /// By probes at phase + n·interval; `threshold` bad ones in a row; `timeout` is added where the
    /// target does not answer at all.
    Poll {
        interval: Span,
        threshold: u32,
        timeout: Span,
    },
    /// By the convergence loop, once the presence of the host has expired.
    Presence {
        expires: Dist,
    },
    Never,
}

/// What stands between users and containers.
#[derive(Clone, Debug, PartialEq)]
pub enum Router {
    /// The rotation equals the truth at every instant.
    Ideal,
    Lagging(Box<LaggingRouter>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct LaggingRouter {
    /// From the health manager's notice until the dead entry is unregistered; `None`: never (only
    /// health checks remove it).
    pub unregister: Option<Dist>,
    /// From the first answer until the new entry is registered; used where there is no health check.
    pub register: Dist,
    pub health_check: Option<HealthCheck>,
    pub retries: Retries,
    /// An empty rotation sends requests to every registered container.
    pub fail_open: bool,
    /// Failed-endpoint pause (T5).
    pub passive: Option<Passive>,
    /// What a request to a container whose process ended sees.
    pub crash_face: Face,
}

#[derive(Clone, Debug, PartialEq)]
pub struct HealthCheck {
    pub interval: Span,
    pub timeout: Span,
    /// Bad probes in a row that eject.
    pub unhealthy: u32,
    /// Good probes in a row that admit.
    pub healthy: u32,
}

#[derive(Clone, Debug, PartialEq, Default)]
pub struct Retries {
    pub count: u32,
    pub on_refused: bool,
    pub on_unreachable: bool,
    pub on_error: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Passive {
    pub pause: Span,
    /// Router instances, each of which keeps its own marks.
    pub routers: u32,
}

/// How a dead entry of the rotation treats a request (T4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Face {
    /// The connection is refused at once.
    Refused,
    /// Accepted, then failed (502).
    Error,
    /// No answer to the dial.
    Unreachable,
    /// Accepted and never answered.
    Hung,
}

/// Repairable hosts `NAME/1` … `NAME/count`; those of a region's zone are called after the zone.
#[derive(Clone, Debug, PartialEq)]
pub struct HostGroup {
    pub name: String,
    pub count: u32,
    /// The zone they stand in; `None` with platform `none` and no zone given.
    pub zone: Option<String>,
    pub detect: Detect,
    pub restart: Dist,
    /// Instead of `restart` once the zone that held it is back.
    pub returns: Dist,
    /// Bytes for containers; `None`: no container stands on them.
    pub memory: Option<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    pub name: String,
    /// Up time and down time; `None`: it never fails by itself (incidents may still take it down).
    pub clock: Option<(Dist, Dist)>,
    /// An app that uses it is down while it is down.
    pub mandatory: bool,
    /// The share of the requests of its apps that fail while it is down, in [0, 1]; 1 where mandatory.
    pub share: f64,
    /// Names of the apps that use it, sorted.
    pub used_by: Vec<String>,
    /// What it processes of its apps, and where; `None`: nothing, and not known where.
    pub data: Option<Class>,
    pub site: Option<Site>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    pub name: String,
    pub requires: Require,
    /// As on an app; all of it fails while the service is down.
    pub load: Option<Load>,
    pub slo: Option<Slo>,
}

/// `at_least` of the parts must be up.
#[derive(Clone, Debug, PartialEq)]
pub struct Require {
    pub at_least: u32,
    pub of: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A component: container `shop/1`, host `rack/3`.
    Component(String),
    Zone(String),
    App(String),
    Dependency(String),
    Service(String),
    /// A nested requirement.
    Nested(Require),
}

/// N5: a failed component waits for a free member.
#[derive(Clone, Debug, PartialEq)]
pub struct Crew {
    pub name: String,
    pub size: u32,
    /// Names of the components it serves (`rack/3`, `shop/1`), sorted.
    pub serves: Vec<String>,
}

/// A change of one app that is made on purpose, again and again or once.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What the ledger of causes calls it.
    pub name: String,
    pub app: String,
    /// Tells it from the other changes of its app.
    pub ordinal: u8,
    pub when: When,
    pub declares: Option<Declares>,
    /// Another node of its database takes the place of the primary.
    pub fails_over: bool,
    /// Bytes of each container from then on.
    pub memory: Option<u64>,
    pub renewing: Option<Renewing>,
}

/// How running containers are replaced by new ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Renewing {
    /// The new one is started beside the old one.
    pub beside: bool,
    /// Chance that this works; otherwise the old one is stopped first.
    pub success: f64,
    /// How long a container that was stopped first is away; `None`: to drain and to start.
    pub away: Option<Dist>,
    pub max_in_flight: u32,
    pub renews_age: bool,
    /// It also starts containers that have been given up.
    pub revives: bool,
    /// Chance that the new version fails every request, and how long its rollback takes.
    pub bad: Option<(f64, Dist)>,
}

/// Hosts that are emptied and replaced, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Evacuation {
    /// A round through all hosts of a region begins at every whole multiple of it.
    pub every: Span,
    pub max_in_flight: u32,
    /// How long a host may take to be emptied.
    pub limit: Span,
    /// How long it is away.
    pub away: Dist,
}

/// How fast people respond.
#[derive(Clone, Debug, PartialEq)]
pub struct Operator {
    pub detect: Dist,
    pub act: Dist,
}

/// A random fault (`[failure.NAME]`).
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub name: String,
    pub effect: Effect,
    /// Sorted by name.
    pub targets: Vec<Target>,
    pub pick: Pick,
    /// Up time of the target until the next onset (F1).
    pub mtbf: Dist,
    /// How long it lasts; `None` where the component's own recovery decides (crash, hang).
    pub lasts: Option<Dist>,
    /// Share of what stands in the domain that is hit (F7); `None`: all.
    pub fraction: Option<Dist>,
    /// Other hosts that go with the one that is struck.
    pub company: Option<Company>,
    /// F4: the clock starts at (re)admission by the load balancer instead of at the first answer.
    pub clock_in_rotation: bool,
}

/// What a fault does to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// The process of a container or host ends; its own recovery brings it back.
    Crash,
    /// The process of a container stays and no longer answers.
    Hang,
    /// Everything in the domain (zone, region), or the component itself, stops, and may come back only
    /// when the fault ends.
    Outage,
    /// Everything in the domain runs on and cannot be reached until the fault ends.
    Isolation,
    /// Nothing new can be started in the region until the fault ends.
    ControlPlane,
    /// Buckets answer a share of their requests with errors until the fault ends.
    FileErrors,
    /// Data is deleted or overwritten.
    DataLoss,
}

/// How a pattern with several matches is meant (F2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    Each,
    One,
    All,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    Region(String),
    Zone(String),
    /// A host by its full name, `rack/3`.
    Host(String),
    /// A container by its full name, `shop/2`.
    Container(String),
    Dependency(String),
    /// An instance of a region's health manager, `eu-central-1/2`.
    HealthManager(String),
    /// A node of an app's database, `shop/2`.
    DatabaseNode(String),
    /// The database of an app.
    Database(String),
    /// The bucket of an app.
    Bucket(String),
    /// A replica of an app's bucket, `shop/2`.
    Replica(String),
    /// A router of a region, `eu-central-1/2`.
    Router(String),
}

/// A scripted or recorded fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// What the ledger of causes calls it: `name`, or its kind.
    pub name: String,
    pub effect: Effect,
    /// All hit at the same instant by the same cause.
    pub targets: Vec<Target>,
    /// After the start of the study (warm-up included).
    pub at: Span,
    /// `None` where the component's own recovery decides.
    pub lasts: Option<Span>,
    pub fraction: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Slo {
    /// Availabilities in (0, 1), as written.
    pub targets: Vec<f64>,
    pub per: Period,
    /// By request (default where there is load) or by time.
    pub of: SloMeasure,
    /// `in = "95% of months"`: the share of complete periods that must meet the (first) target.
    pub share: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Month,
    Year,
    Horizon,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SloMeasure {
    Requests,
    Time,
    SlaMinutes,
    StartedMinutes,
}

/// `[[expect]]`, or an SLO with a share of periods.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// As written, e.g. `app.shop.failover.p95 <= 5min`.
    pub that: String,
    /// `app.shop.failover.p95`.
    pub path: String,
    pub relation: Relation,
    /// In seconds, shares or counts.
    pub bound: f64,
    /// `in = "99.9% of years"`: the share of whole years in which it must hold.
    pub share_of_years: Option<f64>,
    /// True where it was made from an `slo`.
    pub from_slo: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    AtMost,
    AtLeast,
    Equal,
    Below,
    Above,
}

/// One setting in effect and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Dotted path, e.g. `failure.zone-outage.mtbf`.
    pub key: String,
    pub value: String,
    pub low: Option<String>,
    pub high: Option<String>,
    pub source: Option<String>,
    /// `high`, `medium`, `low`.
    pub confidence: Option<String>,
    /// True: from the preset; false: the user's own.
    pub default: bool,
    /// File and line of the user's setting.
    pub origin: String,
}
