//! Regions, hosts, and where data may be.

use super::{Class, Control, Detect};
use crate::engine::Dist;
use crate::time::Span;

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
