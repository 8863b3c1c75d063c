//! The engine against a published answer: the dependable workstation cluster.
//!
//! Haverkort, Hermanns and Katoen, "On the use of model checking techniques for dependability
//! evaluation", SRDS 2000; a case of the PRISM benchmark suite and of the comparison QComp. Two
//! sub-clusters of N = 2 workstations, each behind a switch, the switches joined by a backbone; a
//! single repair unit, which is taken up by one of the *kinds* with something broken. Everything is
//! exponential. Service is *premium* while N workstations that can reach one another work.
//!
//! The long-run share of time without premium service is known exactly (rational arithmetic, QComp's
//! index, computed with Storm): 1 − 0.9999615335623628 = 3.8466e-5.

use zonefall::engine::{Calendar, Dist, Draw, Key, Purpose};
use zonefall::time::Instant;

const EXACT: f64 = 3.846_643_763_715_416_4e-5;
const N: u32 = 2;
const HOUR: f64 = 3600.0;

/// What can break, by kind.
const LEFT: usize = 0;
const RIGHT: usize = 1;
const LEFT_SWITCH: usize = 2;
const RIGHT_SWITCH: usize = 3;
const BACKBONE: usize = 4;
const KINDS: usize = 5;

/// Components of each kind, their mean time to failure and their mean time to repair, in hours.
const COUNT: [u32; KINDS] = [N, N, 1, 1, 1];
const UP: [f64; KINDS] = [500.0, 500.0, 4000.0, 4000.0, 5000.0];
const REPAIR: [f64; KINDS] = [0.5, 0.5, 4.0, 4.0, 8.0];
/// The repair unit is taken up by each kind with something broken after this mean time.
const INSPECTION: f64 = 0.1;

#[derive(Clone, Copy)]
enum Event {
    Failed {
        kind: usize,
        component: usize,
    },
    Repaired {
        kind: usize,
    },
    /// Stale if the unit has been taken up since `round`.
    TakenUp {
        kind: usize,
        round: u32,
    },
}

struct Cluster {
    replication: u64,
    calendar: Calendar<Event>,
    keys: Vec<Key>,
    lives: Vec<u32>,
    /// The broken components of each kind, first come first served.
    broken: [Vec<usize>; KINDS],
    busy: bool,
    round: u32,
}

impl Cluster {
    fn new(replication: u64, horizon: Instant) -> Cluster {
        let size = COUNT.iter().sum::<u32>();
        let mut cluster = Cluster {
            replication,
            calendar: Calendar::new(horizon),
            keys: (0..size).map(|i| Key::new(11, &format!("component {i}"))).collect(),
            lives: vec![0; size as usize],
            broken: Default::default(),
            busy: false,
            round: 0,
        };
        let kinds = (0..KINDS).flat_map(|kind| (0..COUNT[kind]).map(move |_| kind));
        for (component, kind) in kinds.enumerate() {
            cluster.start_life(Instant::START, kind, component);
        }
        cluster
    }

    /// Schedules an event after an exponential delay of the component's own.
    fn after(
        &mut self,
        now: Instant,
        mean_hours: f64,
        component: usize,
        purpose: Purpose,
        occurrence: u32,
        event: Event,
    ) {
        let dist = Dist::exponential(mean_hours * HOUR).expect("a positive mean");
        let draw = Draw::new(self.keys[component], purpose, self.replication, occurrence);
        self.calendar.schedule(now + dist.span(draw), 0, event);
    }

    fn start_life(&mut self, now: Instant, kind: usize, component: usize) {
        let failed = Event::Failed { kind, component };
        self.after(now, UP[kind], component, Purpose::UP_TIME, self.lives[component], failed);
    }

    /// The kind reports for repair: the first to be heard gets the unit.
    fn report(&mut self, now: Instant, kind: usize) {
        let taken_up = Event::TakenUp { kind, round: self.round };
        // Each kind's luck in this race is that of its first component, by the round.
        let first = COUNT[..kind].iter().sum::<u32>() as usize;
        self.after(now, INSPECTION, first, Purpose::DECIDE, self.round, taken_up);
    }

    fn handle(&mut self, now: Instant, event: Event) {
        match event {
            Event::Failed { kind, component } => {
                self.broken[kind].push(component);
                if !self.busy && self.broken[kind].len() == 1 {
                    self.report(now, kind);
                }
            }
            Event::TakenUp { round, .. } if round != self.round => {}
            Event::TakenUp { kind, .. } => {
                self.busy = true;
                self.round += 1;
                let component = self.broken[kind][0];
                let repaired = Event::Repaired { kind };
                let life = self.lives[component];
                self.after(now, REPAIR[kind], component, Purpose::REPAIR, life, repaired);
            }
            Event::Repaired { kind } => {
                let component = self.broken[kind].remove(0);
                self.busy = false;
                self.lives[component] += 1;
                self.start_life(now, kind, component);
                for kind in 0..KINDS {
                    if !self.broken[kind].is_empty() {
                        self.report(now, kind);
                    }
                }
            }
        }
    }

    fn is_premium(&self) -> bool {
        let works = |kind: usize| COUNT[kind] - self.broken[kind].len() as u32;
        let (left, right) = (works(LEFT), works(RIGHT));
        let (left_switch, right_switch) = (works(LEFT_SWITCH) == 1, works(RIGHT_SWITCH) == 1);
        let joined = left_switch && right_switch && works(BACKBONE) == 1;
        (left >= N && left_switch) || (right >= N && right_switch) || (left + right >= N && joined)
    }
}

/// The share of `horizon` without premium service, from a start with everything in order.
fn share_without_premium(replication: u64, horizon: Instant) -> f64 {
    let mut cluster = Cluster::new(replication, horizon);
    let (mut since, mut lost) = (None, 0);
    while let Some((now, event)) = cluster.calendar.pop() {
        cluster.handle(now, event);
        match (since, cluster.is_premium()) {
            (None, false) => since = Some(now),
            (Some(start), true) => {
                lost += (now - start).0;
                since = None;
            }
            _ => {}
        }
    }
    lost += since.map_or(0, |start| (horizon - start).0);
    lost as f64 / horizon.0 as f64
}

#[test]
fn the_workstation_cluster_has_the_published_unavailability() {
    // Each replication starts with everything in order. It forgets that within days, a bias of less
    // than a ten thousandth over 400 years.
    const REPLICATIONS: u32 = 400;
    let horizon = Instant(400 * zonefall::time::YEAR);
    let shares: Vec<f64> =
        (0..REPLICATIONS).map(|r| share_without_premium(u64::from(r), horizon)).collect();
    let n = f64::from(REPLICATIONS);
    let mean = shares.iter().sum::<f64>() / n;
    let variance = shares.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    // Student's t with 399 degrees of freedom: 1.966 for 95 %, 3.315 for 99.9 %.
    assert!(
        1.966 * error <= 0.03 * mean,
        "95 % half-width {:.4} of the mean",
        1.966 * error / mean
    );
    assert!((mean - EXACT).abs() <= 3.315 * error, "{mean:e} ± {error:e} instead of {EXACT:e}");
    println!("{mean:e} ± {error:e} (standard error), {EXACT:e} published");
}
