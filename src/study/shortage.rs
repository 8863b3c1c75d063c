//! What the hosts can carry after the loss of any one zone, before anything is simulated.

use crate::model::capacity::{Shortage, after_losing};
use crate::scenario::assemble::assemble;
use crate::scenario::spec::Scenario;

/// By zone; empty where no host is described.
pub fn shortages(scenario: &Scenario) -> Vec<(String, Shortage)> {
    if scenario.hosts.iter().all(|hosts| hosts.memory.is_none()) {
        return Vec::new();
    }
    let topology = assemble(scenario);
    let zones = topology.zones.enumerate();
    zones.map(|(id, zone)| (zone.name.clone(), after_losing(&topology, id))).collect()
}
