//! Apps: like neighbours share their settings.

use super::regions::health_check;
use super::{Assembly, Clock, detect};
use crate::engine::math::exp;
use crate::id::Id;
use crate::measure::ledger::PARTS_OF_A_REQUEST;
use crate::model::topology as t;
use crate::model::topology::Kind;
use crate::scenario::{spec, steps};
use crate::time::Span;
use crate::traffic::{Law, Queue, RetryRules};
use std::sync::Arc;

impl Assembly<'_> {
    pub(super) fn apps(&mut self) {
        // Neighbours are mostly alike: settings that equal those of the app before are shared with it.
        let mut before: Option<(&spec::App, t::Group)> = None;
        for (index, app) in self.scenario.apps.iter().enumerate() {
            let alike = |same: fn(&spec::App, &spec::App) -> bool| {
                let same = |it: &spec::App| it.is_like(app) || same(it, app);
                before.as_ref().filter(|(it, _)| same(it)).map(|(_, group)| group)
            };
            let recovery = alike(|a, b| a.recovery == b.recovery)
                .map_or_else(|| Arc::new(recovery(&app.recovery)), |it| it.recovery.clone());
            let router = match alike(|a, b| a.router == b.router) {
                Some(group) => group.router.clone(),
                None => router(&app.router).map(Arc::new),
            };
            let load = app.load.as_ref().map(|load| self.load(load));
            let same = |a: &spec::App, b: &spec::App| {
                (&a.load, &a.capacity, a.slots) == (&b.load, &b.capacity, b.slots)
            };
            let capacity = match alike(same) {
                Some(group) => group.capacity.clone(),
                None => load.as_ref().zip(app.capacity.as_ref()).map(|(load, capacity)| {
                    let (law, end) = (law(capacity), self.topology.end);
                    let part = 1.0 / PARTS_OF_A_REQUEST;
                    Arc::new(t::Capacity::new(law, load, app.slots, end, part))
                }),
            };
            let same = |a: &spec::App, b: &spec::App| {
                (&a.zones, &a.residency, &a.fallback) == (&b.zones, &b.residency, &b.fallback)
            };
            let zones = match alike(same) {
                Some(group) => group.zones.clone(),
                None => {
                    let residence = self.topology.residency.get(index).and_then(Option::as_ref);
                    let refused = residence.map_or(&[][..], |it| &it.refused);
                    let zones = app.zones.iter().map(|name| self.zones[name.as_str()]);
                    let elsewhere = app.fallback.iter().flat_map(|it| {
                        let region = self.regions[it.region.as_str()];
                        self.topology.regions[region].zones.iter().copied()
                    });
                    zones.chain(elsewhere).filter(|zone| !refused.contains(zone)).collect()
                }
            };
            let group = t::Group {
                name: app.name.clone(),
                kind: Kind::Container,
                first: 0,
                count: app.slots,
                declared: app.containers,
                needs: app.needs,
                zones,
                region: Id::new(0),
                placement: match app.placement {
                    spec::Placement::Spread => t::Placement::Spread,
                    spec::Placement::Home => t::Placement::Home,
                    spec::Placement::Pinned => t::Placement::Pinned,
                },
                memory: app.memory.unwrap_or(0),
                first_host: None,
                recovery,
                router,
                load,
                capacity,
                response_s: app.response.as_secs(),
                outlasts_drain: outlasts_drain(app),
                drain: app.drain,
                windows: app.windows.clone(),
                asleep: app.asleep,
                uses: Vec::new(),
                used_by: Vec::new(),
            };
            self.group(group.clone(), |ordinal| format!("{}/{ordinal}", app.name), "");
            before = Some((app, group));
        }
    }

    /// A load with its clock, which all loads of the same course share.
    pub(super) fn load(&mut self, load: &spec::Load) -> t::Load {
        let same = |(course, growth, _): &&(spec::Course, Option<spec::Growth>, Clock)| {
            *course == load.course && *growth == load.growth
        };
        // Neighbours are mostly alike.
        let clock = match self.clocks.iter().rfind(same) {
            Some((.., clock)) => clock.clone(),
            None => {
                let clock = steps::clock(load, self.topology.start_unix, self.topology.end);
                let clock = clock.map(Arc::new);
                self.clocks.push((load.course.clone(), load.growth, clock.clone()));
                clock
            }
        };
        t::Load { rate: load.mean, clock }
    }
}

fn law(capacity: &spec::Capacity) -> Law {
    match *capacity {
        spec::Capacity::Throughput { per_container } => Law::Throughput { per_container },
        spec::Capacity::Queue { concurrency, service_s, scv, places, shared } => {
            Law::Queue { queue: Queue { servers: concurrency, places, service_s, scv }, shared }
        }
    }
}

fn recovery(recovery: &spec::Recovery) -> t::Recovery {
    match recovery {
        spec::Recovery::Supervisor { detect: noticing, restart } => {
            let (restart, returns) = (restart.clone(), restart.clone());
            t::Recovery::InPlace { detect: detect(noticing), restart, returns }
        }
        spec::Recovery::HealthManager(manager) => t::Recovery::Replaced(t::HealthManager {
            detect_crash: detect(&manager.detect_crash),
            detect_hang: detect(&manager.detect_hang),
            detect_loss: detect(&manager.detect_loss),
            decide: manager.decide.clone(),
            kill: manager.kill.clone(),
            start: manager.start.clone(),
            start_timeout: manager.start_timeout.unwrap_or(Span::NEVER),
            ladder: manager.crash_ladder,
            convergence: manager.convergence,
        }),
    }
}

fn router(router: &spec::Router) -> Option<t::Router> {
    let spec::Router::Lagging(router) = router else { return None };
    let retries = &router.retries;
    Some(t::Router {
        unregister: router.unregister.clone(),
        register: router.register.clone(),
        check: router.health_check.as_ref().map(health_check),
        pruning: router
            .pruning
            .as_ref()
            .map(|&spec::Pruning { renewed, after, every }| t::Pruning { renewed, after, every }),
        fail_open: router.fail_open,
        crash_face: match router.crash_face {
            spec::Face::Refused => t::Face::Refused,
            spec::Face::Error => t::Face::Error,
            spec::Face::Unreachable => t::Face::Unreachable,
            spec::Face::Hung => t::Face::Hung,
        },
        traffic: RetryRules {
            count: retries.count,
            on: [retries.on_refused, retries.on_error, retries.on_unreachable, false],
            probing_per_s: router
                .passive
                .as_ref()
                .map_or(0.0, |marks| f64::from(marks.routers) / marks.pause.as_secs()),
        },
    })
}

/// The share of the requests of an app that last longer than a container may drain.
fn outlasts_drain(app: &spec::App) -> f64 {
    match app.response.as_secs() {
        0.0 => 0.0,
        // `exp` knows no smaller numbers, and so few are none.
        response => exp(-(app.drain.as_secs() / response).min(700.0)),
    }
}
