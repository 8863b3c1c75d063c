//! What a scenario says once it has been read, merged with its preset and found sound: plain data in
//! plain units, every list sorted by name, no text left to parse. `assemble` turns it into the
//! immutable topology that a run works on.

mod app;
mod changes;
mod faults;
mod load;
mod places;
mod recovery;
mod routers;
mod services;
mod study;

pub use super::storage::{
    BackupCalendar, BackupRules, Backups, BackupsAbroad, BucketSettings, Days, Destination, Due,
    Files, Relocation, Series, Work,
};
pub use crate::model::database::Settings as DatabaseSettings;
pub use crate::model::fallback::Settings as FallbackSettings;
pub use crate::model::residency::{Class, Control};
pub use crate::model::topology::{Autoscaling, Calendar, Company, Declares, When, Window};
pub use crate::policy::restart::Ladder;
pub use app::{App, AppSettings, Database, Fallback, Placement};
pub use changes::{Change, ChangeSettings, Renewing};
pub use faults::{Effect, Failure, Incident, Pick, Target, Targets};
pub use load::{Capacity, Course, Growth, Load, Trace, Week};
pub use places::{Area, Evacuation, Exception, HostGroup, Logs, Region, Residency, Site};
pub use recovery::{Crew, Detect, HealthManager, Manager, Operator, Recovery};
pub use routers::{Face, Front, HealthCheck, LaggingRouter, Passive, Pruning, Retries, Router};
pub use services::{Dependency, Part, Require, Service};
pub use study::{Expectation, Period, Relation, Setting, Slo, SloMeasure, Stop, Study};

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
