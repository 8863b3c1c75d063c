//! How much data of one kind was at one place, inside or not: the inventory of a replication in amounts.

use super::{Asset, Row, Where};
use crate::id::Id;
use crate::model::residency::Class;
use crate::model::topology::Group;

/// Things of one kind with data of an app, at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    pub app: Id<Group>,
    pub class: Class,
    /// Whichever one: its number, or the time of its data, is left out.
    pub asset: Asset,
    pub processed: bool,
    pub place: Where,
}

/// How much of it, over the measured time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    pub stays: u64,
    /// Nanoseconds, summed over all stays.
    pub nanos: u128,
    pub byte_nanos: u128,
}

impl Held {
    pub(super) fn of(row: &Row) -> Held {
        let asset = match row.asset {
            Asset::Container(_) => Asset::Container(0),
            Asset::Node(_) => Asset::Node(0),
            Asset::Snapshot(series, _) => Asset::Snapshot(series, 0),
            one @ (Asset::Fixed(_) | Asset::Bucket(_) | Asset::FilesAbroad(_)) => one,
        };
        let Row { app, class, processed, place, .. } = *row;
        Held { app, class, asset, processed, place }
    }
}
