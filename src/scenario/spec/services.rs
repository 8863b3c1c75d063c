//! Dependencies, and services over components.

use super::{Class, Load, Site, Slo};
use crate::engine::Dist;

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
