//! What never changes during a run: places, components with their settings, faults and their targets.
//! Shared by all replications.

mod change;
mod fault;
mod group;
mod places;
mod recovery;
mod router;
mod service;

pub use crate::traffic::{Capacity, Face, Load};
pub use change::{
    Autoscaling, Bad, Calendar, Change, ChangeClock, Declares, Evacuation, Renewing, Scaler, When,
    Window,
};
pub use fault::{Company, Effect, FaultClock, Onset, Target};
pub use group::{Group, Kind, UnitClock, UnitInfo, Use};
pub use places::{HostInfo, Placement, Region, Site, Zone};
pub use recovery::{CrewInfo, Detect, HealthManager, Manager, Operator, Recovery};
pub use router::{Front, HealthCheck, Pruning, Router};
pub use service::{Above, Node, Part, ServiceInfo, Watch};

use crate::id::{Arena, Id, Lookup};
use crate::model::backup::plan::Backup;
use crate::model::bucket::{Bucket, Link};
use crate::model::database::Database;
use crate::model::fallback::Fallback;
use crate::model::residency::{Fixed, Residence, Rule};
use crate::model::root::CauseId;
use crate::time::Instant;

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
    /// Deployments, restarts, maintenance, scaling and sleep of apps, in the order of these.
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
