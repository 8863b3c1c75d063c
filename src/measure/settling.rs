//! Whether the queues of a large fleet have time to settle: what is lost is that of queues in steady state,
//! which holds as long as their states last longer than a queue takes to follow. Of a large fleet
//! [`serving`](super::serving) does not keep when how many containers serve, but asks this and sums up.

use crate::id::Id;
use crate::model::topology::{Group, Topology};
use crate::time::{Instant, Span};
use crate::traffic::{Capacity, Law, Load, SETTLED};
use std::collections::BTreeMap;
use std::sync::Arc;

/// No class: an app without a queue.
const NONE: u32 = u32::MAX;

/// How long the queues of all apps take to settle; like apps share a class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settling {
    class: Vec<u32>,
    classes: Vec<Class>,
}

#[derive(Clone, Debug, PartialEq)]
struct Class {
    apps: u64,
    /// By containers in service, from none on: the longest at any level of the load.
    longest: Vec<Span>,
    /// Of the measured interval, with all containers: what is too short for the load it has …
    restless: Span,
    /// … and what has no steady state.
    endless: Span,
    approximate: bool,
}

/// What there is to tell of a fleet.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Unsettled {
    /// Apps with a queue …
    pub apps: u64,
    /// … and those whose losses are only nearly those of the queue that was described.
    pub approximate: u64,
    /// Shares of the time of these apps, with all of their containers.
    pub restless: f64,
    pub endless: f64,
}

impl Settling {
    pub fn new(topology: &Topology, from: Instant, to: Instant) -> Settling {
        let mut settling = Settling::default();
        let mut known = BTreeMap::new();
        for group in topology.groups.iter().take(topology.apps) {
            let (Some(load), Some(capacity)) = (&group.load, &group.capacity) else {
                settling.class.push(NONE);
                continue;
            };
            let class = *known.entry(Arc::as_ptr(capacity)).or_insert_with(|| {
                let Some(class) = Class::new(load, capacity, from, to) else { return NONE };
                settling.classes.push(class);
                settling.classes.len() as u32 - 1
            });
            settling.class.push(class);
            if let Some(class) = settling.classes.get_mut(class as usize) {
                class.apps += 1;
            }
        }
        settling
    }

    /// Whether it may be too short a time for a queue of this app with so many containers.
    pub(super) fn is_brief(&self, app: Id<Group>, containers: u32, length: Span) -> bool {
        let class = self.classes.get(self.class[app.index()] as usize);
        let longest = class.and_then(|it| it.longest.get(containers as usize));
        longest.is_some_and(|it| length < *it)
    }

    pub fn unsettled(&self, horizon: Span) -> Unsettled {
        let sum = |of: &dyn Fn(&Class) -> u64| self.classes.iter().map(of).sum::<u64>();
        let apps = sum(&|it| it.apps);
        let share = |of: &dyn Fn(&Class) -> Span| {
            let nanos = |it: &Class| it.apps as f64 * of(it).0 as f64;
            self.classes.iter().map(nanos).sum::<f64>() / (apps.max(1) as f64 * horizon.0 as f64)
        };
        Unsettled {
            apps,
            approximate: sum(&|it| if it.approximate { it.apps } else { 0 }),
            restless: share(&|it| it.restless),
            endless: share(&|it| it.endless),
        }
    }
}

impl Class {
    fn new(load: &Load, capacity: &Capacity, from: Instant, to: Instant) -> Option<Class> {
        let Law::Queue { queue, .. } = capacity.law else { return None };
        let mut longest = vec![Span::ZERO; capacity.containers() as usize + 1];
        let (mut restless, mut endless) = (Span::ZERO, Span::ZERO);
        for (begin, end, rate) in load.steps(from, to).filter(|it| it.2 > 0.0) {
            let mut settles = Span::ZERO;
            for (containers, longest) in (1..).zip(&mut longest[1..]) {
                let seconds = capacity.law.settles_s(rate, containers, SETTLED).unwrap_or(0.0);
                settles = Span::from_secs(seconds);
                *longest = settles.max(*longest);
            }
            if settles == Span::NEVER {
                endless += end - begin;
            } else if load.step_length(begin) < settles {
                restless += end - begin;
            }
        }
        // Nothing is lost by a queue without limits, nor by one of another law without places.
        let approximate = queue.scv != 1.0 && queue.places.is_some_and(|it| it > 0);
        Some(Class { apps: 0, longest, restless, endless, approximate })
    }
}
