//! How often the control plane of a region is impaired. It takes nothing down by itself (K3): the
//! downtime that waited for it is in the [ledger](super::ledger), charged to whatever took the app down
//! and told once more by what was waited for (K5).

use crate::id::Id;
use crate::measure::Plan;
use crate::model::topology::{Region, Topology};
use crate::time::Instant;

/// All control planes of one replication.
#[derive(Clone, Debug, Default)]
pub struct ControlPlanes {
    /// By region, in the order of the topology: faults that impaired it, by their onset.
    pub impaired: Vec<u64>,
}

impl ControlPlanes {
    pub(super) fn new(topology: &Topology) -> ControlPlanes {
        ControlPlanes { impaired: vec![0; topology.regions.len()] }
    }

    pub(super) fn impaired(&mut self, now: Instant, region: Id<Region>, plan: &Plan) {
        self.impaired[region.index()] += u64::from(plan.measures(now));
    }
}
