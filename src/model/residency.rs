//! Where data may be: the rule of an app, by class of data and zone.

use crate::id::Id;
use crate::model::topology::{Group, Site, Zone};
use std::sync::Arc;

/// The classes of data that rules tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Class {
    Database,
    Files,
    Backups,
    Logs,
    /// What is known of who signs in.
    Identity,
}

impl Class {
    pub const ALL: [Class; 5] =
        [Class::Database, Class::Files, Class::Backups, Class::Logs, Class::Identity];

    /// The name in scenarios and results.
    pub fn name(self) -> &'static str {
        match self {
            Class::Database => "database",
            Class::Files => "files",
            Class::Backups => "backups",
            Class::Logs => "logs",
            Class::Identity => "identity",
        }
    }
}

/// What the platform does about data that would leave (B6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Control {
    /// It refuses.
    Preventive,
    /// It lets it happen and records it.
    Detective,
}

/// What brings data to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// It stands there from the beginning.
    Kept,
    /// A container comes to stand there.
    Placed,
    /// A database is restored there from a backup or its log.
    Restored,
    /// A snapshot is taken of it.
    Taken,
    /// It is copied there.
    Copied,
    /// A bucket that is short of replicas is served from there.
    Relocated,
    /// A log stream goes there.
    Shipped,
    /// A dependency processes it there.
    Processed,
}

impl Move {
    /// The word in chains of verdicts and ledgers.
    pub fn name(self) -> &'static str {
        match self {
            Move::Kept => "kept",
            Move::Placed => "placed",
            Move::Restored => "restored",
            Move::Taken => "taken",
            Move::Copied => "copied",
            Move::Relocated => "relocated",
            Move::Shipped => "shipped",
            Move::Processed => "processed",
        }
    }
}

/// How a rule looks at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// The rule allows it, or says nothing about the class.
    Inside,
    /// Outside, and allowed by the exception of this number.
    Excepted(u16),
    /// Outside: data there is a violation (B5).
    Outside,
}

/// Where data may be, resolved to the places of a topology.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub control: Control,
    /// Whether data counts where it is only processed.
    pub processing: bool,
    /// By class, then by zone of the topology.
    pub zones: [Vec<Standing>; Class::ALL.len()],
    /// By class, then by site: of what stands in no zone of it.
    pub sites: [Vec<Standing>; Class::ALL.len()],
    /// What each exception is based on.
    pub bases: Vec<String>,
}

impl Rule {
    /// How data of a class stands in a zone.
    #[inline]
    pub fn at(&self, class: Class, zone: Id<Zone>) -> Standing {
        self.zones[class as usize][zone.index()]
    }

    /// How data of a class stands at a site, in none of its zones.
    #[inline]
    pub fn at_site(&self, class: Class, site: Id<Site>) -> Standing {
        self.sites[class as usize][site.index()]
    }

    /// Whether the platform refuses to take data of a class to a zone.
    #[inline]
    pub fn refuses(&self, class: Class, zone: Id<Zone>) -> bool {
        self.control == Control::Preventive && self.at(class, zone) == Standing::Outside
    }

    /// Whether the platform refuses to take data of a class to a site.
    #[inline]
    pub fn refuses_site(&self, class: Class, site: Id<Site>) -> bool {
        self.control == Control::Preventive && self.at_site(class, site) == Standing::Outside
    }
}

/// What a scenario says about where the data of an app may be.
#[derive(Clone, Debug)]
pub struct Residence {
    /// Like apps share their rule.
    pub rule: Arc<Rule>,
    /// Zones of the app in which its containers are refused …
    pub refused: Vec<Id<Zone>>,
    /// … and zones of its database in which its nodes are.
    pub refused_nodes: Vec<Id<Zone>>,
}

/// Data that is at one place from beginning to end: a log stream, what a dependency processes.
#[derive(Clone, Debug)]
pub struct Fixed {
    pub app: Id<Group>,
    pub class: Class,
    /// `logs`, or the name of the dependency.
    pub asset: String,
    pub site: Id<Site>,
    pub bytes: u64,
    pub processed: bool,
    pub by: Move,
}
