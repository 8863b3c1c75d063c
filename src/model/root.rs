//! Root faults: one occurrence of a fault or a change, which all its consequences inherit (K3).

use crate::time::Instant;

/// The place of a cause in [`Topology::causes`](super::topology::Topology::causes), sorted by name.
pub type CauseId = u16;

/// One occurrence of a fault or a change. Copied into everything it owns, so nothing has to be looked up or freed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Root {
    pub onset: Instant,
    /// Unique within a replication.
    pub seq: u32,
    pub cause: CauseId,
    pub reach: Reach,
    /// It is a change that somebody made on purpose, not a fault (M3).
    pub change: bool,
}

/// How large the domain is that a fault strikes, smallest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Reach {
    Component,
    App,
    Zone,
    Region,
}

impl Root {
    /// The order in which roots are charged: earliest begun first, then the larger domain, then by the
    /// name of the cause, then in order of occurrence (K4).
    pub fn precedence(&self) -> impl Ord + use<> {
        (self.onset, std::cmp::Reverse(self.reach), self.cause, self.seq)
    }
}
