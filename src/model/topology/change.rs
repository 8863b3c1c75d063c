//! What is done on purpose: changes of apps, their windows, autoscalers, hosts that are emptied.

use super::{Group, Region};
use crate::engine::{Dist, Key};
use crate::id::Id;
use crate::model::luck::Smooth;
use crate::model::root::CauseId;
use crate::time::{Instant, Span};
use std::sync::Arc;

/// A change of one app that is made on purpose, again and again or once.
#[derive(Clone, Debug)]
pub struct ChangeClock {
    /// Its luck, from the names of the change and of its app.
    pub key: Key,
    /// Whom the downtime it makes is charged to.
    pub cause: CauseId,
    /// Tells the luck of its containers from that under other changes of their app.
    pub ordinal: u8,
    pub app: Id<Group>,
    /// Like changes share their settings.
    pub change: Arc<Change>,
    /// What luck its containers need for a smooth one; none where they have no successors.
    pub smooth: Option<Arc<Smooth>>,
    /// Chance that its version is good and that all containers have that luck.
    pub all_smooth: f64,
    /// If so, it can come and go and leave nothing behind.
    pub can_be_quiet: bool,
}

/// When an app is changed, and how.
#[derive(Clone, Debug)]
pub struct Change {
    pub when: When,
    pub declares: Option<Declares>,
    /// Another node of its database takes the place of the primary.
    pub fails_over: bool,
    /// Bytes that each of its containers takes from its next start on.
    pub memory: Option<u64>,
    /// How its containers are replaced by new ones.
    pub renewing: Option<Renewing>,
}

impl Change {
    /// Chance that the version it brings is good.
    pub fn good(&self) -> f64 {
        self.renewing.as_ref().and_then(|it| it.bad.as_ref()).map_or(1.0, Bad::good)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// Time until the next one, from the onset of the last one.
    Random(Dist),
    Calendar(Calendar),
    Once(Instant),
    /// Whenever its load calls for another number of containers.
    ByLoad(Autoscaling),
}

/// As many containers as keep each of them at a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Autoscaling {
    /// Requests per second that each container is to be given at most.
    pub per_container: f64,
    /// Fewest and most containers that are ordered.
    pub least: u32,
    pub most: u32,
    /// Between two looks at the load.
    pub every: Span,
    /// From a look that calls for another number until it is ordered.
    pub delay: Span,
    /// From an order until the next look that counts.
    pub cool_down: Span,
}

/// The autoscaler of an app.
#[derive(Clone, Debug)]
pub struct Scaler {
    pub change: Id<ChangeClock>,
    /// When its load calls for which number of containers.
    pub course: Vec<(Instant, u32)>,
}

/// Hosts of a region that are emptied and replaced, one after the other, again and again.
#[derive(Clone, Debug)]
pub struct Evacuation {
    pub region: Id<Region>,
    /// Whom the harm is charged to that it does.
    pub cause: CauseId,
    /// Indices in [`Topology::hosts`](super::Topology::hosts), zone by zone.
    pub hosts: Vec<u32>,
    /// A round begins at every whole multiple of it.
    pub every: Span,
    pub max_in_flight: u32,
    /// How long a host may take to be emptied.
    pub limit: Span,
    /// How long it is away.
    pub away: Dist,
}

/// Times that come again with a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    pub period: Span,
    /// Since the start of the study, below the period, sorted.
    pub at: Vec<Span>,
    /// Chance that anything is done at such a time.
    pub used: f64,
    /// How long after it that begins.
    pub begins: Dist,
}

/// How many containers are meant to run from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declares {
    Containers(u32),
    Asleep(bool),
}

/// How running containers are replaced by new ones.
#[derive(Clone, Debug)]
pub struct Renewing {
    /// The new one is started beside the old one, which serves until the new one is in the rotation.
    pub beside: bool,
    /// Chance that this works; otherwise the old one is stopped first.
    pub success: f64,
    /// How long a container that was stopped first is away; without it as long as it takes to drain
    /// and to start.
    pub away: Option<Dist>,
    pub max_in_flight: u32,
    pub renews_age: bool,
    /// It also starts containers that have been given up.
    pub revives: bool,
    pub bad: Option<Bad>,
}

/// A version that passes every check and fails every request, until an operator has it rolled back.
#[derive(Clone, Debug)]
pub struct Bad {
    pub chance: f64,
    /// Whom the downtime it makes is charged to.
    pub cause: CauseId,
    pub rollback: Dist,
}

impl Bad {
    /// Chance that a version is good.
    pub fn good(&self) -> f64 {
        1.0 - self.chance
    }
}

/// A declared maintenance window that comes again with a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub period: Span,
    /// Since the start of the study, below the period.
    pub opens: Span,
    /// At most the period.
    pub length: Span,
}

impl Window {
    /// Whether it is open at an instant, and when that changes next.
    pub fn at(&self, now: Instant) -> (bool, Instant) {
        let period = self.period.0;
        let (now_in_it, opens) = (now.0 % period, self.opens.0);
        let since =
            if now_in_it >= opens { now_in_it - opens } else { now_in_it + (period - opens) };
        let open = since < self.length.0;
        let next = if open { self.length.0 } else { period };
        (open, now + Span(next - since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_opens_and_closes_on_time_and_wraps_around() {
        let window = Window { period: Span(10), opens: Span(8), length: Span(4) };
        let at = |now| window.at(Instant(now));
        assert_eq!(at(0), (true, Instant(2)), "the one that opened before the start");
        assert_eq!(at(2), (false, Instant(8)));
        assert_eq!(at(7), (false, Instant(8)));
        assert_eq!(at(8), (true, Instant(12)));
        assert_eq!(at(12), (false, Instant(18)));
    }
}
