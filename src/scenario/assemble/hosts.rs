//! Hosts, the room on them, and how they are replaced.

use super::{Assembly, EVACUATION, detect, plain};
use crate::id::Id;
use crate::model::topology as t;
use crate::model::topology::Kind;
use std::sync::Arc;

impl Assembly<'_> {
    pub(super) fn hosts(&mut self) {
        for hosts in &self.scenario.hosts {
            let group = t::Group {
                name: hosts.name.clone(),
                kind: Kind::Host,
                count: hosts.count,
                zones: hosts.zone.iter().map(|name| self.zones[name.as_str()]).collect(),
                placement: t::Placement::Pinned,
                recovery: Arc::new(t::Recovery::InPlace {
                    detect: detect(&hosts.detect),
                    restart: hosts.restart.clone(),
                    returns: hosts.returns.clone(),
                }),
                ..plain()
            };
            self.group(group, |ordinal| format!("{}/{ordinal}", hosts.name), "host.");
        }
        for zone in self.topology.zones.ids() {
            self.room_of(zone);
        }
    }

    /// The hosts of a zone on which containers find room.
    fn room_of(&mut self, zone: Id<t::Zone>) {
        let topology = &mut self.topology;
        let begin = topology.hosts.len() as u32;
        for (index, hosts) in self.scenario.hosts.iter().enumerate() {
            let id: Id<t::Group> = Id::new((topology.apps + index) as u32);
            let (Some(memory), true) = (hosts.memory, topology.groups[id].zones.contains(&zone))
            else {
                continue;
            };
            topology.groups[id].first_host = Some(topology.hosts.len() as u32);
            for unit in topology.units_of(id) {
                topology.hosts.push(t::HostInfo { unit, zone, memory });
            }
        }
        topology.zones[zone].hosts = begin..topology.hosts.len() as u32;
    }

    /// The hosts of each region that are replaced again and again.
    pub(super) fn evacuations(&mut self) {
        let Some(evacuation) = &self.scenario.evacuation else { return };
        for (region, info) in self.topology.regions.enumerate() {
            let zones = info.zones.iter().map(|&zone| &self.topology.zones[zone]);
            let hosts: Vec<_> = zones.flat_map(|zone| zone.hosts.clone()).collect();
            if !hosts.is_empty() {
                self.topology.evacuations.push(t::Evacuation {
                    region,
                    cause: self.causes[EVACUATION],
                    hosts,
                    every: evacuation.every,
                    max_in_flight: evacuation.max_in_flight,
                    limit: evacuation.limit,
                    away: evacuation.away.clone(),
                });
            }
        }
    }
}
