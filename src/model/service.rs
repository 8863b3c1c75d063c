//! Services: pure observers over components, apps, zones and other services (U3).

use crate::model::fact::Listener;
use crate::model::sim::Sim;
use crate::model::topology::{Above, Part, Topology};
use crate::model::world::{State, World};

impl<L: Listener> Sim<'_, L> {
    /// Something came up or went down that is a part of these nodes.
    #[inline(never)]
    pub(super) fn count_parts(&mut self, nodes: &[u32], up: bool) {
        nodes.iter().for_each(|&node| self.count_part(node, up));
    }

    /// One part of a node came up or went down; the change climbs as far as it makes a difference.
    pub(super) fn count_part(&mut self, node: u32, up: bool) {
        let need = self.topology.nodes[node as usize].at_least;
        let count = &mut self.world.node_up[node as usize];
        let was_up = *count >= need;
        if up {
            *count += 1;
        } else {
            *count -= 1;
        }
        let is_up = *count >= need;
        match self.topology.nodes[node as usize].above {
            Above::Node(above) => {
                if is_up != was_up {
                    self.count_part(above, is_up);
                } else {
                    self.touch_services_over(above);
                }
            }
            Above::Service(service) => {
                self.touch_service(service);
                let topology = self.topology;
                let Some(nodes) = topology.watch.service.get(service as usize) else { return };
                if is_up != was_up {
                    self.world.services[service as usize].up = is_up;
                    nodes.iter().for_each(|&node| self.count_part(node, is_up));
                } else {
                    nodes.iter().for_each(|&node| self.touch_services_over(node));
                }
            }
        }
    }

    /// Something below `node` changed without changing whether anything is up: what a service that is
    /// down waits for, or how close another is to going down.
    #[inline]
    pub(super) fn touch_services_of(&mut self, nodes: Option<&Vec<u32>>) {
        if let Some(nodes) = nodes {
            self.touch_services_over_all(nodes);
        }
    }

    #[inline(never)]
    fn touch_services_over_all(&mut self, nodes: &[u32]) {
        nodes.iter().for_each(|&node| self.touch_services_over(node));
    }

    pub(super) fn touch_services_over(&mut self, node: u32) {
        match self.topology.nodes[node as usize].above {
            Above::Node(above) => self.touch_services_over(above),
            Above::Service(service) => {
                self.touch_service(service);
                if let Some(nodes) = self.topology.watch.service.get(service as usize) {
                    nodes.iter().for_each(|&node| self.touch_services_over(node));
                }
            }
        }
    }
}

impl World {
    /// Whether a part of a requirement is up now.
    pub fn part_is_up(&self, topology: &Topology, part: Part) -> bool {
        match part {
            // What is not meant to run is not missed.
            Part::Unit(unit) => {
                let unit = &self.units[unit.index()];
                unit.in_service || unit.state == State::Off
            }
            Part::Zone(zone) => self.zones[zone.index()].is_up(),
            Part::App(app) => self.apps[app.index()].up,
            Part::Service(service) => self.services[service as usize].up,
            Part::Node(node) => {
                self.node_up[node as usize] >= topology.nodes[node as usize].at_least
            }
        }
    }
}
