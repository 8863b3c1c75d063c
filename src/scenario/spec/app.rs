//! Apps and what is part of them.

use super::{
    Backups, Capacity, DatabaseSettings, FallbackSettings, Files, Load, Logs, Recovery, Residency,
    Router, Slo, Window,
};
use crate::scenario::shared::Shared;
use crate::time::Span;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// An app: its name, and what it shares with those that are made like it until something of it is
/// changed.
#[derive(Clone, PartialEq)]
pub struct App {
    pub name: String,
    about: Shared<AppSettings>,
}

/// All of an app but its name.
#[derive(Clone, Debug, PartialEq)]
pub struct AppSettings {
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
    pub fn new(name: &str, about: AppSettings) -> App {
        App { name: name.to_owned(), about: Shared::new(about) }
    }

    /// One like it, of another name.
    pub fn another(&self, name: &str) -> App {
        App { name: name.to_owned(), about: self.about.clone() }
    }

    /// Whether both were made alike by one `count`.
    pub fn is_like(&self, other: &App) -> bool {
        self.about.is_same(&other.about)
    }
}

impl Deref for App {
    type Target = AppSettings;

    fn deref(&self) -> &AppSettings {
        &self.about
    }
}

impl DerefMut for App {
    fn deref_mut(&mut self) -> &mut AppSettings {
        &mut self.about
    }
}

/// As if it were one struct: the hash of a scenario is made from this.
impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = format!("{:?}", *self.about);
        let fields = about.strip_prefix("AppSettings { ").unwrap_or(&about);
        write!(f, "App {{ name: {:?}, {fields}", self.name)
    }
}

impl AppSettings {
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
