//! Dependencies, services over components, and crews.

use super::{Assembly, instant, plain};
use crate::id::Id;
use crate::model::topology as t;
use crate::model::topology::{Above, Kind};
use crate::scenario::spec;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Assembly<'_> {
    pub(super) fn dependencies(&mut self) {
        let no_delay = t::Detect::After(instant());
        for dependency in &self.scenario.dependencies {
            let apps = &self.scenario.apps;
            let place = |name: &String| {
                apps.binary_search_by(|app| app.name.cmp(name)).expect("checked: a known app")
            };
            // What fails nobody's requests is used by nobody; services may still be built on it.
            let harmless = !dependency.mandatory && dependency.share == 0.0;
            let users = dependency.used_by.iter().filter(|_| !harmless);
            let used_by: Vec<_> = users.map(|name| Id::new(place(name) as u32)).collect();
            let unit = self.topology.units.next_id();
            for &app in &used_by {
                self.topology.groups[app].uses.push(t::Use {
                    unit,
                    mandatory: dependency.mandatory,
                    share: dependency.share,
                });
            }
            let restart = dependency.clock.as_ref().map_or_else(instant, |(_, down)| down.clone());
            let group = t::Group {
                name: dependency.name.clone(),
                kind: Kind::Dependency,
                count: 1,
                recovery: Arc::new(t::Recovery::InPlace {
                    detect: no_delay.clone(),
                    returns: restart.clone(),
                    restart,
                }),
                used_by,
                ..plain()
            };
            self.group(group, |_| dependency.name.clone(), "dependency.");
        }
    }

    pub(super) fn crews(&mut self) {
        for (index, crew) in self.scenario.crews.iter().enumerate() {
            let info = t::CrewInfo { name: crew.name.clone(), size: crew.size };
            self.topology.crews.push(info);
            for name in &crew.serves {
                let host = self.find(Kind::Host, name);
                let unit = host.unwrap_or_else(|| self.unit(Kind::Container, name));
                self.topology.units[unit].crew = index as u16 + 1;
            }
        }
    }

    pub(super) fn services(&mut self) {
        if self.scenario.services.is_empty() {
            return;
        }
        let topology = &mut self.topology;
        topology.watch.unit = vec![Vec::new(); topology.units.len()];
        topology.watch.zone = vec![Vec::new(); topology.zones.len()];
        topology.watch.app = vec![Vec::new(); topology.apps];
        topology.watch.service = vec![Vec::new(); self.scenario.services.len()];
        let order = built_on_first(&self.scenario.services);
        let places: BTreeMap<&str, u32> = order
            .iter()
            .enumerate()
            .map(|(place, service)| (service.name.as_str(), place as u32))
            .collect();
        for (place, service) in order.into_iter().enumerate() {
            let node = self.node(&service.requires, Above::Service(place as u32), &places);
            let load = service.load.as_ref().map(|load| self.load(load));
            self.topology.services.push(t::ServiceInfo { name: service.name.clone(), node, load });
        }
    }

    fn node(
        &mut self,
        require: &spec::Require,
        above: Above,
        services: &BTreeMap<&str, u32>,
    ) -> u32 {
        let index = self.topology.nodes.len() as u32;
        let node = t::Node { at_least: require.at_least, parts: Vec::new(), above };
        self.topology.nodes.push(node);
        for part in &require.of {
            let part = match part {
                spec::Part::Component(name) => {
                    let host = self.find(Kind::Host, name);
                    t::Part::Unit(host.unwrap_or_else(|| self.unit(Kind::Container, name)))
                }
                spec::Part::Dependency(name) => t::Part::Unit(self.unit(Kind::Dependency, name)),
                spec::Part::Zone(name) => t::Part::Zone(self.zones[name.as_str()]),
                spec::Part::App(name) => {
                    let apps = &self.scenario.apps;
                    let place = apps.binary_search_by(|app| app.name.cmp(name));
                    t::Part::App(Id::new(place.expect("checked: a known app") as u32))
                }
                spec::Part::Service(name) => t::Part::Service(services[name.as_str()]),
                spec::Part::Nested(require) => {
                    t::Part::Node(self.node(require, Above::Node(index), services))
                }
            };
            let watch = &mut self.topology.watch;
            match part {
                t::Part::Unit(unit) => watch.unit[unit.index()].push(index),
                t::Part::Zone(zone) => watch.zone[zone.index()].push(index),
                t::Part::App(app) => watch.app[app.index()].push(index),
                t::Part::Service(service) => watch.service[service as usize].push(index),
                t::Part::Node(_) => {}
            }
            self.topology.nodes[index as usize].parts.push(part);
        }
        index
    }
}

/// Services in an order in which those that others are built on come first, otherwise by name.
fn built_on_first(services: &[spec::Service]) -> Vec<&spec::Service> {
    fn names<'s>(require: &'s spec::Require, into: &mut Vec<&'s str>) {
        for part in &require.of {
            match part {
                spec::Part::Service(name) => into.push(name),
                spec::Part::Nested(nested) => names(nested, into),
                _ => {}
            }
        }
    }
    let mut order: Vec<&spec::Service> = Vec::with_capacity(services.len());
    while order.len() < services.len() {
        let ready = services.iter().find(|service| {
            let mut below = Vec::new();
            names(&service.requires, &mut below);
            let placed = |name: &str| order.iter().any(|it| it.name == name);
            !placed(&service.name) && below.into_iter().all(placed)
        });
        order.push(ready.expect("checked: services are not built on themselves"));
    }
    order
}
