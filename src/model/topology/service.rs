//! Services: what they require of their parts.

use super::{Group, UnitInfo, Zone};
use crate::id::Id;
use crate::traffic::Load;

/// Who counts what: lists of node indices; empty vectors where there is no service at all.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    pub unit: Vec<Vec<u32>>,
    pub zone: Vec<Vec<u32>>,
    pub app: Vec<Vec<u32>>,
    pub service: Vec<Vec<u32>>,
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
