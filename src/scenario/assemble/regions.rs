//! What every region has one of: a health manager, and a front of routers.

use super::{Assembly, instant, plain};
use crate::engine::Key;
use crate::id::Id;
use crate::model::topology as t;
use crate::model::topology::Kind;
use crate::scenario::spec;
use crate::time::Span;
use std::sync::Arc;

impl Assembly<'_> {
    /// One for each region, those included that look after nothing.
    pub(super) fn managers(&mut self) {
        let scenario = self.scenario;
        for region in &scenario.regions {
            let manager = scenario.managers.iter().find(|it| it.region == region.name);
            let name = format!("health-manager.{}", region.name);
            let mut shared = t::Manager {
                key: Key::new(self.topology.seed, &format!("{name}:")),
                instances: None,
                takeover: instant(),
                parallel_starts: u32::MAX,
            };
            if let Some(manager) = manager {
                shared.takeover = manager.takeover.clone();
                shared.parallel_starts = manager.parallel_starts.unwrap_or(u32::MAX);
            }
            if let Some(manager) = manager.filter(|it| it.instances > 0) {
                shared.instances = Some(self.topology.groups.next_id());
                let group = t::Group {
                    name: name.clone(),
                    kind: Kind::HealthManager,
                    count: manager.instances,
                    zones: manager.zones.iter().map(|name| self.zones[name.as_str()]).collect(),
                    placement: t::Placement::Pinned,
                    recovery: Arc::new(t::Recovery::InPlace {
                        detect: t::Detect::After(instant()),
                        restart: manager.restart.clone(),
                        returns: instant(),
                    }),
                    ..plain()
                };
                let names = |ordinal| format!("{}/{ordinal}", region.name);
                self.group(group, names, "health-manager:");
            }
            self.topology.managers.push(shared);
        }
    }

    /// One for each region, those without routers included.
    pub(super) fn fronts(&mut self) {
        let scenario = self.scenario;
        for region in &scenario.regions {
            let never = spec::HealthCheck {
                interval: Span::NEVER,
                timeout: Span::ZERO,
                unhealthy: 1,
                healthy: 1,
            };
            let described = scenario.fronts.iter().find(|it| it.region == region.name);
            let check = described.map_or(&never, |it| &it.health_check);
            let mut front = t::Front {
                routers: None,
                check: health_check(check),
                ttl: described.map_or(Span::ZERO, |it| it.ttl),
                clinging: described.map_or(0.0, |it| it.clinging),
            };
            if let Some(described) = described {
                front.routers = Some(self.topology.groups.next_id());
                let goes_to = |app: &t::Group, region: &str| {
                    let place = scenario.apps.binary_search_by(|it| it.name.cmp(&app.name));
                    let app = &scenario.apps[place.expect("it is an app")];
                    app.fallback.as_ref().is_some_and(|it| it.region == region)
                };
                let behind = |(_, app): &(Id<t::Group>, &t::Group)| {
                    let at_home = self.topology.regions[app.region].name == region.name;
                    (at_home || goes_to(app, &region.name)) && app.router.is_some()
                };
                let apps = self.topology.groups.enumerate().take(self.topology.apps);
                let zones = described.zones.iter().map(|name| self.zones[name.as_str()]);
                let group = t::Group {
                    name: format!("router.{}", region.name),
                    kind: Kind::Router,
                    count: described.routers,
                    zones: zones.collect(),
                    recovery: Arc::new(t::Recovery::InPlace {
                        detect: t::Detect::After(instant()),
                        restart: described.restart.clone(),
                        returns: instant(),
                    }),
                    used_by: apps.filter(behind).map(|(id, _)| id).collect(),
                    ..plain()
                };
                let names = |ordinal| format!("{}/{ordinal}", region.name);
                self.group(group, names, "router:");
            }
            self.topology.fronts.push(front);
        }
    }
}

pub(super) fn health_check(check: &spec::HealthCheck) -> t::HealthCheck {
    let &spec::HealthCheck { interval, timeout, unhealthy, healthy } = check;
    t::HealthCheck { interval, timeout, unhealthy, healthy }
}
