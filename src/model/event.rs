//! What may happen next, and in which order at one instant.

use crate::id::Id;
use crate::model::topology::{FaultClock, UnitInfo};

/// A pending event. An event of an earlier life or turn of its component is stale and does nothing:
/// nothing is ever searched for and cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    Unit(Id<UnitInfo>, UnitEvent),
    /// A dead entry leaves the rotation.
    EntryRemoved {
        entry: u32,
        generation: u32,
    },
    FaultBegins(Id<FaultClock>),
    FaultEnds {
        clock: Id<FaultClock>,
        /// The slot of what it struck.
        occurrence: u32,
    },
}

/// What happens to a component, in the order of the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnitEvent {
    /// A failure clock runs out. The only event that belongs to a life and not to a turn.
    Fails { life: u32 },
    /// Its failure is noticed.
    Noticed { turn: u16 },
    /// The order to replace it is carried out.
    Placed { turn: u16 },
    /// The start took longer than the limit.
    StartFailed { turn: u16 },
    /// It answers for the first time.
    Answers { turn: u16 },
    /// The router takes it into the rotation.
    Admitted { turn: u16 },
}

/// The order of events at one instant (F9): what ends before what begins, an enclosing domain before
/// what it encloses, and checkers see the state after that.
pub mod rank {
    /// A fault of a domain ends.
    pub const FAULT_ENDS: u8 = 0;
    /// A component is repaired.
    pub const REPAIRED: u8 = 1;
    /// A fault strikes a region.
    pub const REGION_FAULT: u8 = 2;
    /// A fault strikes a zone.
    pub const ZONE_FAULT: u8 = 3;
    /// A component fails.
    pub const COMPONENT_FAULT: u8 = 4;
    /// Probes, notices, registrations.
    pub const CHECKER: u8 = 5;
}

#[cfg(test)]
mod tests {
    #[test]
    fn events_stay_small() {
        assert_eq!(size_of::<super::Event>(), 12);
    }
}
