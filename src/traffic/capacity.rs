//! What the containers of an app can serve, and what of its load finds no room (T8).
//!
//! Everything is worked out before the run, once for each level of the load and each number of
//! containers in service, and summed over the steps of the load: what is lost in an interval is then the
//! difference of two readings (T7: the loss of each level, never the loss of a mean level).

use crate::time::{Instant, Span};
use crate::traffic::clock::{Load, advance};
use crate::traffic::queue::{ErlangB, Queue, Steady};
use std::collections::BTreeMap;

/// How requests are served.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// Up to so many requests per second for each container, and what exceeds it fails.
    Throughput { per_container: f64 },
    /// Servers and a queue; `queue` is that of one container.
    Queue {
        queue: Queue,
        /// One queue for all containers, with the places of `queue` in all; else one for each.
        shared: bool,
    },
}

/// The capacity of one app under its load.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    pub law: Law,
    /// By containers in service, from one on.
    counts: Vec<Overload>,
}

/// Overload at one number of containers in service.
#[derive(Clone, Debug, Default, PartialEq)]
struct Overload {
    /// By step, and one for what comes after the run; empty where nothing is lost in any.
    steps: Vec<Lost>,
}

/// One step of the load.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Lost {
    /// Lost load time up to its start, nanoseconds.
    before: u64,
    /// Lost requests per second over the mean rate.
    level: f64,
    /// Nanoseconds offered more than can be served up to its start …
    over_before: u64,
    /// … and whether it is such a step.
    over: bool,
}

impl Law {
    /// Requests per second that one container can serve.
    pub fn per_container(&self) -> f64 {
        match self {
            Law::Throughput { per_container } => *per_container,
            Law::Queue { queue, .. } => f64::from(queue.servers) / queue.service_s,
        }
    }

    /// The queue in steady state with so many containers in service, where it is described.
    pub fn steady(&self, rate: f64, containers: u32) -> Option<Steady> {
        self.queue(rate, containers).map(|(queue, rate)| queue.at(rate))
    }

    /// About how long that queue takes to settle, in seconds: [`Queue::settles_s`].
    pub fn settles_s(&self, rate: f64, containers: u32, service_times: f64) -> Option<f64> {
        self.queue(rate, containers).map(|(queue, rate)| queue.settles_s(rate, service_times))
    }

    /// Each queue of so many containers, and its share of a rate.
    fn queue(&self, rate: f64, containers: u32) -> Option<(Queue, f64)> {
        match self {
            Law::Throughput { .. } => None,
            Law::Queue { queue, shared: true } => {
                Some((Queue { servers: queue.servers * containers, ..*queue }, rate))
            }
            Law::Queue { queue, shared: false } => Some((*queue, rate / f64::from(containers))),
        }
    }

    /// The lost share at one rate, by containers in service from one on.
    fn losses(&self, rate: f64, containers: u32) -> Vec<f64> {
        let counts = 1..=containers;
        match self {
            Law::Throughput { per_container } => counts
                .map(|count| (1.0 - f64::from(count) * per_container / rate).max(0.0))
                .collect(),
            Law::Queue { queue, shared: true } => {
                // Erlang's B for all numbers of servers in one pass.
                let mut b = ErlangB::new(rate * queue.service_s);
                counts
                    .map(|count| {
                        let all = Queue { servers: queue.servers * count, ..*queue };
                        all.solve(rate, b.up_to(all.servers)).loss
                    })
                    .collect()
            }
            Law::Queue { queue, shared: false } => {
                counts.map(|count| queue.at(rate / f64::from(count)).loss).collect()
            }
        }
    }
}

impl Capacity {
    /// Of up to `containers` under `load`, over a run from the start to `end`. What comes to less than
    /// half of one `part` of a request in the whole run is nothing.
    pub fn new(law: Law, load: &Load, containers: u32, end: Instant, part: f64) -> Capacity {
        let mut known = BTreeMap::<u64, Vec<f64>>::new();
        let mut counts = vec![Overload::default(); containers as usize];
        let mut sums = vec![Lost::default(); containers as usize];
        for (begin, stop, rate) in load.steps(Instant::START, end) {
            let losses = known.entry(rate.to_bits()).or_insert_with(|| match rate > 0.0 {
                true => law.losses(rate, containers),
                false => vec![0.0; containers as usize],
            });
            for (index, (sum, overload)) in sums.iter_mut().zip(&mut counts).enumerate() {
                sum.level = rate * losses[index] / load.rate;
                sum.over = rate > (index + 1) as f64 * law.per_container();
                overload.steps.push(*sum);
                let (before, over_before) = sum.until((stop - begin).0);
                (sum.before, sum.over_before) = (before, over_before);
            }
        }
        for (overload, sum) in counts.iter_mut().zip(&sums) {
            // A step that begins at the end, or later, adds nothing.
            overload.steps.push(Lost { level: 0.0, over: false, ..*sum });
            if Span(sum.before).as_secs() * load.rate < 0.5 * part {
                overload.steps = Vec::new();
            }
        }
        Capacity { law, counts }
    }

    /// How many containers it is worked out for.
    pub fn containers(&self) -> u32 {
        self.counts.len() as u32
    }

    /// Whether anything is ever lost with so many containers in service.
    #[inline]
    pub fn loses(&self, containers: u32) -> bool {
        containers > 0 && !self.counts[containers as usize - 1].steps.is_empty()
    }

    /// The load time of an interval that finds no room with so many containers in service. With none
    /// there is nothing to be overloaded.
    #[inline]
    pub fn lost(&self, containers: u32, load: &Load, from: Instant, to: Instant) -> Span {
        let (begin, end) = self.readings(containers, load, from, to);
        Span(end.0 - begin.0)
    }

    /// How long within an interval more is offered than so many containers can serve.
    #[inline]
    pub fn overloaded(&self, containers: u32, load: &Load, from: Instant, to: Instant) -> Span {
        let (begin, end) = self.readings(containers, load, from, to);
        Span(end.1 - begin.1)
    }

    #[inline]
    fn readings(
        &self,
        containers: u32,
        load: &Load,
        from: Instant,
        to: Instant,
    ) -> ((u64, u64), (u64, u64)) {
        if !self.loses(containers) {
            return ((0, 0), (0, 0));
        }
        let steps = &self.counts[containers as usize - 1].steps;
        let reading = |at: Instant| {
            let (step, start) = load.step(at);
            steps[step.min(steps.len() - 1)].until((at - start).0)
        };
        (reading(from), reading(to))
    }
}

impl Lost {
    /// The sums so many nanoseconds into the step.
    #[inline]
    fn until(&self, nanos: u64) -> (u64, u64) {
        let over = if self.over { nanos } else { 0 };
        (self.before + advance(self.level, nanos), self.over_before + over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;
    use crate::traffic::LoadClock;
    use std::sync::Arc;

    const END: Instant = Instant(24 * HOUR);
    const PART: f64 = 1e-6;

    fn spike() -> Load {
        let steps = [(Instant(0), 0.5), (Instant(8 * HOUR), 3.0), (Instant(10 * HOUR), 0.5)];
        Load { rate: 100.0, clock: Some(Arc::new(LoadClock::new(&steps, END))) }
    }

    #[test]
    fn what_exceeds_the_throughput_is_lost_while_it_does() {
        let law = Law::Throughput { per_container: 100.0 };
        let load = spike();
        let capacity = Capacity::new(law, &load, 3, END, PART);
        assert_eq!([1, 2, 3].map(|it| capacity.loses(it)), [true, true, false]);
        let lost = |count, from, to| {
            capacity.lost(count, &load, Instant(from * HOUR), Instant(to * HOUR)).0 / HOUR
        };
        // At the spike 300/s meet 200/s: a third of 3 × 2 h of load time.
        assert_eq!((lost(2, 0, 24), lost(2, 8, 9), lost(2, 10, 24)), (2, 1, 0));
        assert_eq!((lost(1, 0, 24), lost(3, 0, 24), lost(0, 0, 24)), (4, 0, 0));
        let over = capacity.overloaded(2, &load, Instant(0), END);
        assert_eq!(over.0, 2 * HOUR);
    }

    #[test]
    fn the_loss_of_the_mean_is_not_the_mean_loss() {
        let queue = Queue { servers: 10, places: Some(20), service_s: 0.1, scv: 1.0 };
        let load = spike();
        for shared in [true, false] {
            let law = Law::Queue { queue, shared };
            let capacity = Capacity::new(law, &load, 2, END, PART);
            let lost = capacity.lost(2, &load, Instant(0), END).as_secs() * load.rate;
            let at = |rate| law.steady(rate, 2).unwrap().loss;
            let exact = 3600.0 * (2.0 * 300.0 * at(300.0) + 22.0 * 50.0 * at(50.0));
            assert!((lost / exact - 1.0).abs() < 1e-12, "{lost} {exact}");
            let mean = 3600.0 * 24.0 * load.rate * at(load.rate * 17.0 / 24.0);
            assert!(lost > 10.0 * mean);
        }
    }

    #[test]
    fn one_queue_for_all_loses_less_than_one_for_each() {
        let queue = |places| Queue { servers: 10, places, service_s: 0.1, scv: 1.0 };
        let loss = |places, shared| {
            Law::Queue { queue: queue(Some(places)), shared }.steady(190.0, 2).unwrap().loss
        };
        assert!(loss(20, true) < loss(10, false));
        let constant = Load::constant(190.0);
        let law = Law::Queue { queue: queue(None), shared: true };
        let capacity = Capacity::new(law, &constant, 2, END, PART);
        assert_eq!((capacity.loses(2), capacity.loses(1)), (false, true));
        let lost = capacity.lost(1, &constant, Instant(0), Instant(19 * HOUR));
        assert_eq!(lost.0, 9 * HOUR, "what an unlimited queue never gets done");
    }

    #[test]
    fn a_step_that_begins_at_the_end_adds_nothing() {
        let steps = [(Instant(0), 3.0), (END, 1.0)];
        let clock = Some(Arc::new(LoadClock::new(&steps, END)));
        let load = Load { rate: 100.0, clock };
        let capacity = Capacity::new(Law::Throughput { per_container: 200.0 }, &load, 1, END, PART);
        assert_eq!(capacity.lost(1, &load, Instant(HOUR), END).0, 23 * HOUR);
        assert_eq!(capacity.overloaded(1, &load, Instant(0), END).0, 24 * HOUR);
    }

    #[test]
    fn an_interval_loses_exactly_what_its_parts_lose() {
        let load = spike();
        let law = Law::Throughput { per_container: 77.7 };
        let capacity = Capacity::new(law, &load, 1, END, PART);
        let cuts = [0, 1, 8 * HOUR - 1, 8 * HOUR + 12_345, 9 * HOUR, 10 * HOUR + 1, 24 * HOUR];
        let parts =
            cuts.windows(2).map(|it| capacity.lost(1, &load, Instant(it[0]), Instant(it[1])));
        let sum: u64 = parts.map(|it| it.0).sum();
        assert_eq!(sum, capacity.lost(1, &load, Instant(0), END).0);
    }
}
