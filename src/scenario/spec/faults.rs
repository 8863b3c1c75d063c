//! What fails, where and for how long.

use super::{App, Company};
use crate::engine::Dist;
use crate::time::Span;
use std::fmt;

/// A random fault (`[failure.NAME]`).
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub name: String,
    pub effect: Effect,
    pub targets: Targets,
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

/// What a failure may strike.
#[derive(Clone, PartialEq)]
pub enum Targets {
    /// Sorted by name.
    Named(Vec<Target>),
    /// Every container of every app, this many: a large fleet is not told one by one.
    EveryContainer(usize),
}

impl Targets {
    pub fn len(&self) -> usize {
        match self {
            Targets::Named(targets) => targets.len(),
            Targets::EveryContainer(count) => *count,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those that are told one by one.
    pub fn named(&self) -> &[Target] {
        match self {
            Targets::Named(targets) => targets,
            Targets::EveryContainer(_) => &[],
        }
    }

    /// The same one by one.
    pub fn one_by_one(&self, apps: &[App]) -> Vec<Target> {
        match self {
            Targets::Named(targets) => targets.clone(),
            Targets::EveryContainer(_) => {
                let of_app = |app: &App| {
                    let name = app.name.clone();
                    (1..=app.slots).map(move |slot| Target::Container(format!("{name}/{slot}")))
                };
                let mut targets: Vec<_> = apps.iter().flat_map(of_app).collect();
                targets.sort();
                targets
            }
        }
    }
}

impl fmt::Debug for Targets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Targets::Named(targets) => targets.fmt(f),
            Targets::EveryContainer(count) => write!(f, "every one of {count} containers"),
        }
    }
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
