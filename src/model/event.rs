//! What may happen next, and in which order at one instant.

use crate::id::Id;
use crate::model::backup::BackupEvent;
use crate::model::backup::plan::Backup;
use crate::model::bucket::Bucket;
use crate::model::database::Database;
use crate::model::fallback::Fallback;
use crate::model::topology::{ChangeClock, FaultClock, Region, UnitInfo};

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
    ChangeBegins(Id<ChangeClock>),
    /// The operator's next step against a bad deployment.
    ChangeGoesOn {
        change: u32,
        generation: u32,
    },
    /// Those that were passed over have had their turn in a change.
    TurnComes {
        change: u32,
        generation: u32,
    },
    /// A successor is in the rotation, or should have been.
    SuccessorReady {
        successor: u32,
        generation: u32,
    },
    HealthManager(Id<Region>, ManagerEvent),
    Database(DatabaseEvent),
    /// An autoscaler's order for other containers is due.
    Scales(u32),
    /// A round through hosts that are replaced begins, or the next of them have their turn.
    EvacuationGoesOn {
        evacuation: u32,
        round: u32,
    },
    /// The time to empty a host is over.
    EvacuationTimesOut {
        host: u32,
        round: u32,
    },
    /// A process that was stopped on purpose has finished its requests.
    Drained {
        slot: u32,
        generation: u32,
    },
    /// The checks of a front have found out about a router.
    RouterChecked {
        router: u32,
        turn: u32,
    },
    /// Clients whose record of a router has expired ask for another.
    ClientsMove {
        region: Id<Region>,
        generation: u32,
    },
    Backup(Id<Backup>, BackupEvent),
    /// A stage of the way to another region or back is over.
    FallbackGoesOn {
        fallback: Id<Fallback>,
        turn: u32,
    },
    Bucket(Id<Bucket>, BucketEvent),
}

/// What happens to a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BucketEvent {
    /// A step of its relocation is over.
    GoesOn { turn: u32 },
}

/// What happens to a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatabaseEvent {
    /// A stage of its way back is over.
    GoesOn { database: Id<Database>, turn: u32 },
    /// Somebody has noticed that its data is wrong.
    IsFoundWrong { database: Id<Database>, fault: u32 },
    /// A container is connected to its new primary.
    Reconnects { container: Id<UnitInfo>, turn: u32 },
}

/// What happens to the health manager of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ManagerEvent {
    /// The lock of an instance that is gone expires.
    LockExpires { lapse: u32 },
    /// What waited for it, for room or for a free start is looked at again.
    Serves,
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

/// An event as the calendar keeps it: kind (8 bits), life, turn, generation or clock (24), id (32).
///
/// A third less than the plain enum in every pending entry. Lives and generations are kept in 24 bits:
/// an event would have to be pending through 16 million of them to be taken for another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Packed(u64);

/// What fits beside kind and id.
const LOW_24: u32 = 0xff_ffff;

impl Packed {
    const fn new(kind: u64, middle: u32, id: u32) -> Packed {
        Packed(kind << 56 | ((middle & LOW_24) as u64) << 32 | id as u64)
    }
}

impl From<Event> for Packed {
    #[inline(always)]
    fn from(event: Event) -> Packed {
        match event {
            Event::Unit(unit, event) => {
                let (kind, middle) = match event {
                    UnitEvent::Fails { life } => (0, life),
                    UnitEvent::Noticed { turn } => (1, u32::from(turn)),
                    UnitEvent::Placed { turn } => (2, u32::from(turn)),
                    UnitEvent::StartFailed { turn } => (3, u32::from(turn)),
                    UnitEvent::Answers { turn } => (4, u32::from(turn)),
                    UnitEvent::Admitted { turn } => (5, u32::from(turn)),
                };
                Packed::new(kind, middle, unit.raw())
            }
            Event::EntryRemoved { entry, generation } => Packed::new(6, generation, entry),
            Event::FaultBegins(clock) => Packed::new(7, 0, clock.raw()),
            Event::FaultEnds { clock, occurrence } => {
                assert!(clock.raw() <= LOW_24, "fewer than 2^24 fault clocks");
                Packed::new(8, clock.raw(), occurrence)
            }
            Event::HealthManager(region, ManagerEvent::LockExpires { lapse }) => {
                Packed::new(9, lapse, region.raw())
            }
            Event::HealthManager(region, ManagerEvent::Serves) => Packed::new(10, 0, region.raw()),
            Event::ChangeBegins(clock) => Packed::new(32, 0, clock.raw()),
            Event::ChangeGoesOn { change, generation } => Packed::new(33, generation, change),
            Event::TurnComes { change, generation } => Packed::new(35, generation, change),
            Event::SuccessorReady { successor, generation } => {
                Packed::new(34, generation, successor)
            }
            Event::Database(DatabaseEvent::GoesOn { database, turn }) => {
                Packed::new(96, turn, database.raw())
            }
            Event::Database(DatabaseEvent::IsFoundWrong { database, fault }) => {
                Packed::new(111, fault, database.raw())
            }
            Event::Database(DatabaseEvent::Reconnects { container, turn }) => {
                Packed::new(97, turn, container.raw())
            }
            Event::FallbackGoesOn { fallback, turn } => Packed::new(128, turn, fallback.raw()),
            Event::Bucket(bucket, BucketEvent::GoesOn { turn }) => {
                Packed::new(112, turn, bucket.raw())
            }
            Event::Scales(scaler) => Packed::new(48, 0, scaler),
            Event::EvacuationGoesOn { evacuation, round } => Packed::new(49, round, evacuation),
            Event::EvacuationTimesOut { host, round } => Packed::new(50, round, host),
            Event::Drained { slot, generation } => Packed::new(53, generation, slot),
            Event::RouterChecked { router, turn } => Packed::new(51, turn, router),
            Event::ClientsMove { region, generation } => Packed::new(52, generation, region.raw()),
            Event::Backup(backup, event) => {
                let (kind, middle) = match event {
                    // Fewer than 2^24 runs: a run an hour for 584 years is 5 million.
                    BackupEvent::Looked { schedule, run } => (80 + u64::from(schedule), run),
                    BackupEvent::DrillBegins { drill } => (84, drill),
                    BackupEvent::DrillEnds { drill } => (85, drill),
                    BackupEvent::FallsDue => (86, 0),
                };
                Packed::new(kind, middle, backup.raw())
            }
        }
    }
}

impl From<Packed> for Event {
    #[inline(always)]
    fn from(Packed(bits): Packed) -> Event {
        let id = bits as u32;
        let middle = (bits >> 32) as u32 & LOW_24;
        let turn = middle as u16;
        let unit = |event| Event::Unit(Id::new(id), event);
        match bits >> 56 {
            0 => unit(UnitEvent::Fails { life: middle }),
            1 => unit(UnitEvent::Noticed { turn }),
            2 => unit(UnitEvent::Placed { turn }),
            3 => unit(UnitEvent::StartFailed { turn }),
            4 => unit(UnitEvent::Answers { turn }),
            5 => unit(UnitEvent::Admitted { turn }),
            6 => Event::EntryRemoved { entry: id, generation: middle },
            7 => Event::FaultBegins(Id::new(id)),
            8 => Event::FaultEnds { clock: Id::new(middle), occurrence: id },
            9 => Event::HealthManager(Id::new(id), ManagerEvent::LockExpires { lapse: middle }),
            10 => Event::HealthManager(Id::new(id), ManagerEvent::Serves),
            32 => Event::ChangeBegins(Id::new(id)),
            33 => Event::ChangeGoesOn { change: id, generation: middle },
            34 => Event::SuccessorReady { successor: id, generation: middle },
            35 => Event::TurnComes { change: id, generation: middle },
            96 => Event::Database(DatabaseEvent::GoesOn { database: Id::new(id), turn: middle }),
            97 => {
                let container = Id::new(id);
                Event::Database(DatabaseEvent::Reconnects { container, turn: middle })
            }
            128 => Event::FallbackGoesOn { fallback: Id::new(id), turn: middle },
            48 => Event::Scales(id),
            49 => Event::EvacuationGoesOn { evacuation: id, round: middle },
            50 => Event::EvacuationTimesOut { host: id, round: middle },
            51 => Event::RouterChecked { router: id, turn: middle },
            53 => Event::Drained { slot: id, generation: middle },
            52 => Event::ClientsMove { region: Id::new(id), generation: middle },
            84 => Event::Backup(Id::new(id), BackupEvent::DrillBegins { drill: middle }),
            85 => Event::Backup(Id::new(id), BackupEvent::DrillEnds { drill: middle }),
            86 => Event::Backup(Id::new(id), BackupEvent::FallsDue),
            111 => {
                let database = Id::new(id);
                Event::Database(DatabaseEvent::IsFoundWrong { database, fault: middle })
            }
            112 => Event::Bucket(Id::new(id), BucketEvent::GoesOn { turn: middle }),
            kind => {
                let event = BackupEvent::Looked { schedule: (kind - 80) as u8, run: middle };
                Event::Backup(Id::new(id), event)
            }
        }
    }
}

/// Whether a life or generation is the one that a pending event, which has 24 bits of it, was made for.
#[inline(always)]
pub const fn is_same(now: u32, then: u32) -> bool {
    (now ^ then) & LOW_24 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let unit = Id::new(u32::MAX - 7);
        let events = [
            Event::Unit(unit, UnitEvent::Fails { life: 0xab_cdef }),
            Event::Unit(unit, UnitEvent::Noticed { turn: u16::MAX }),
            Event::Unit(unit, UnitEvent::Placed { turn: 1 }),
            Event::Unit(unit, UnitEvent::StartFailed { turn: 2 }),
            Event::Unit(unit, UnitEvent::Answers { turn: 3 }),
            Event::Unit(unit, UnitEvent::Admitted { turn: 4 }),
            Event::EntryRemoved { entry: 5, generation: 6 },
            Event::FaultBegins(Id::new(7)),
            Event::FaultEnds { clock: Id::new(8), occurrence: 9 },
            Event::ChangeBegins(Id::new(10)),
            Event::ChangeGoesOn { change: 11, generation: 12 },
            Event::SuccessorReady { successor: 13, generation: 14 },
            Event::TurnComes { change: 15, generation: 16 },
            Event::HealthManager(Id::new(10), ManagerEvent::LockExpires { lapse: 11 }),
            Event::HealthManager(Id::new(12), ManagerEvent::Serves),
            Event::Database(DatabaseEvent::GoesOn { database: Id::new(13), turn: 14 }),
            Event::Database(DatabaseEvent::Reconnects { container: unit, turn: 0xff_ffff }),
            Event::Bucket(Id::new(14), BucketEvent::GoesOn { turn: 15 }),
            Event::Database(DatabaseEvent::IsFoundWrong { database: Id::new(16), fault: 17 }),
            Event::Scales(15),
            Event::FallbackGoesOn { fallback: Id::new(26), turn: 0xff_ffff },
            Event::EvacuationGoesOn { evacuation: 16, round: 23 },
            Event::EvacuationTimesOut { host: 17, round: 18 },
            Event::Drained { slot: 24, generation: 25 },
            Event::RouterChecked { router: 19, turn: 20 },
            Event::ClientsMove { region: Id::new(21), generation: 22 },
            Event::Backup(Id::new(13), BackupEvent::Looked { schedule: 0, run: 14 }),
            Event::Backup(Id::new(15), BackupEvent::Looked { schedule: 3, run: 0xff_ffff }),
            Event::Backup(Id::new(16), BackupEvent::DrillBegins { drill: 17 }),
            Event::Backup(Id::new(18), BackupEvent::DrillEnds { drill: 19 }),
            Event::Backup(Id::new(20), BackupEvent::FallsDue),
        ];
        for event in events {
            assert_eq!(Event::from(Packed::from(event)), event);
        }
        assert_eq!(size_of::<Packed>(), 8);
        assert!(is_same(0x0100_0001, 1) && !is_same(2, 1));
    }
}
