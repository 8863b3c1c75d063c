//! What stands where, and what rests on what.

use serde::{Deserialize, Serialize};

/// What stands where at the start, and what rests on what: enough to draw it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Architecture {
    pub regions: Vec<RegionInfo>,
    pub apps: Vec<AppInfo>,
    pub hosts: Vec<HostInfo>,
    pub dependencies: Vec<DependencyInfo>,
    pub services: Vec<ServiceParts>,
    pub faults: Vec<FaultInfo>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegionInfo {
    pub name: String,
    /// ISO 3166-1 alpha-2; empty where none was given.
    pub country: String,
    pub zones: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppInfo {
    pub name: String,
    pub region: String,
    /// `spread`, `home` or `pinned`.
    pub placement: String,
    /// `ideal` or `lagging`.
    pub router: String,
    /// `health manager` or `supervisor`.
    pub recovery: String,
    pub stands: Vec<Standing>,
    /// The nodes of its database.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<Standing>,
    /// In the order of their names.
    pub uses: Vec<UseInfo>,
}

/// The members of a group that stand in one zone at the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Empty: nowhere in particular.
    pub zone: String,
    pub count: u32,
    /// The numbers of the first of them.
    pub first: Vec<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UseInfo {
    pub dependency: String,
    pub mandatory: bool,
    /// Share of the requests that fail while it is down.
    pub share: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostInfo {
    pub name: String,
    pub stands: Vec<Standing>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DependencyInfo {
    pub name: String,
    /// Whether it ever fails by itself.
    pub fails: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceParts {
    pub name: String,
    /// `all of app.shop, any of (dependency.login, zone.eu-1a)`.
    pub requires: String,
    /// Its direct and nested parts, as paths.
    pub parts: Vec<String>,
}

/// What a cause of the tables is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultInfo {
    pub cause: String,
    /// `software`, `change`, `host`, `zone`, `region`, `dependency` or `several`.
    pub class: String,
    /// Onsets expected in a year by the means of its laws; absent for what is only scripted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_year: Option<f64>,
}
