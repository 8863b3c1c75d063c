//! Waits and responses over all requests of an app: the laws of its queue, weighted by how many requests
//! met each level of the load and each number of containers in service.

use crate::measure::Plan;
use crate::measure::serving::Serving;
use crate::measure::settling::Unsettled;
use crate::model::topology::{Capacity, Load};
use crate::stats::quantile::student_t_quantile;
use crate::study::findings::{Estimate, Latency, Over, Waits};
use crate::time::{Instant, Span};
use crate::traffic::{Law, SETTLED, Steady};

/// Replications are dealt to so many sections; their disagreement is what the intervals are made of.
const SECTIONS: usize = 32;
/// Fewer sections than this do not tell how much replications differ.
const FEWEST_SECTIONS: usize = 8;
/// More levels than this are put together, neighbours with neighbours.
const MOST_LEVELS: usize = 512;
/// A smaller share of the time than this is not worth a remark.
const WORTH_TELLING: f64 = 1e-4;

/// A share for a sentence.
fn told(share: f64) -> String {
    let percent = 100.0 * share;
    if percent >= 9.95 { format!("{percent:.0} %") } else { format!("{percent:.2} %") }
}

/// Where the closed forms are not to be relied on in a fleet too large to tell it of each app; `brief` is the
/// share of the time of its apps with a queue in which fewer containers served for too short a time.
pub fn limits_of_fleet(of: Unsettled, brief: f64) -> Vec<String> {
    let Unsettled { apps, approximate, restless, endless } = of;
    let mut limits = Vec::new();
    let of_time = |share: f64| format!("{} of the time of {apps} apps with a queue", told(share));
    if endless > WORTH_TELLING {
        limits.push(format!(
            "{} it is unlimited and gets more than it can serve even with all containers, which has no \
             steady state: what exceeds the capacity is counted as failed",
            of_time(endless)
        ));
    }
    if brief > WORTH_TELLING {
        limits.push(format!(
            "at most {} fewer containers served for less than it takes a queue to settle: what is lost \
             then is approximate, and somewhat too high",
            of_time(brief)
        ));
    }
    if restless > WORTH_TELLING {
        limits.push(format!(
            "{} the load changes again before a queue has settled: what is lost then is that of queues \
             that had time to settle at each level, and approximate",
            of_time(restless)
        ));
    }
    if approximate > 0 {
        limits.push(format!(
            "losses of {approximate} apps are those of exponential service: approximate, within a few percent \
             where servers are busy"
        ));
    }
    limits
}

/// What all replications of one app have seen.
#[derive(Clone, Debug)]
pub struct ServingFold {
    law: Law,
    containers: u32,
    levels: Levels,
    /// By level: nanoseconds of one replication.
    whole: Vec<u128>,
    sections: Vec<Section>,
    /// By number of containers from none on, and level: seconds until a queue settles; not a number
    /// until it is asked for.
    settles: Vec<Vec<f64>>,
    /// Nanoseconds, over all replications, in which fewer containers served for too short a time for a
    /// queue to settle …
    brief: u128,
    /// … and those in which the load changed too soon for that.
    restless: u128,
    /// Of one replication in which all containers serve throughout.
    restless_whole: u128,
    replications: u64,
    horizon: Span,
}

#[derive(Clone, Debug)]
struct Section {
    replications: u64,
    /// By number of containers below all, from none on, and level: nanoseconds.
    fewer: Vec<Vec<u128>>,
}

/// The distinct rates of a load, at most [`MOST_LEVELS`].
#[derive(Clone, Debug)]
struct Levels {
    /// The lowest rate of each level, ascending.
    from: Vec<f64>,
    /// The rate each stands for.
    rates: Vec<f64>,
}

impl Levels {
    fn new(load: &Load, from: Instant, to: Instant) -> Levels {
        let mut steps: Vec<(f64, f64)> = load
            .steps(from, to)
            .map(|(begin, end, rate)| (rate, (end - begin).as_secs()))
            .collect();
        steps.sort_by(|a, b| a.0.total_cmp(&b.0));
        let highest = steps.last().map_or(1.0, |it| it.0);
        steps.dedup_by(|step, before| {
            let same = step.0 == before.0;
            before.1 += if same { step.1 } else { 0.0 };
            same
        });
        // Where there are too many, levels are as wide as this share of the highest rate.
        let width = if steps.len() > MOST_LEVELS { highest / MOST_LEVELS as f64 } else { 0.0 };
        let mut levels = Levels { from: Vec::new(), rates: Vec::new() };
        let mut weights: Vec<f64> = Vec::new();
        for (rate, seconds) in steps {
            match (levels.from.last(), levels.rates.last_mut(), weights.last_mut()) {
                (Some(first), Some(mean), Some(weight)) if rate - first < width => {
                    *weight += seconds;
                    *mean += (rate - *mean) * seconds / *weight;
                }
                _ => {
                    levels.from.push(rate);
                    levels.rates.push(rate);
                    weights.push(seconds);
                }
            }
        }
        levels
    }

    fn of(&self, rate: f64) -> usize {
        self.from.partition_point(|from| *from <= rate).saturating_sub(1)
    }

    /// Adds the nanoseconds of each level within an interval.
    fn add(&self, load: &Load, from: Instant, to: Instant, into: &mut [u128]) {
        for (begin, end, rate) in load.steps(from, to) {
            into[self.of(rate)] += u128::from((end - begin).0);
        }
    }
}

impl ServingFold {
    /// Nothing seen yet; only of apps with a queue.
    pub fn new(load: &Load, capacity: &Capacity, plan: &Plan) -> Option<ServingFold> {
        let Law::Queue { .. } = capacity.law else { return None };
        let levels = Levels::new(load, plan.from, plan.to);
        let mut whole = vec![0; levels.rates.len()];
        levels.add(load, plan.from, plan.to, &mut whole);
        let fewer = vec![vec![0; levels.rates.len()]; capacity.containers() as usize];
        let settles = vec![vec![f64::NAN; levels.rates.len()]; capacity.containers() as usize + 1];
        let mut fold = ServingFold {
            law: capacity.law,
            containers: capacity.containers(),
            levels,
            whole,
            sections: vec![Section { replications: 0, fewer }; SECTIONS],
            settles,
            brief: 0,
            restless: 0,
            restless_whole: 0,
            replications: 0,
            horizon: plan.horizon(),
        };
        fold.restless_whole = fold.restless(load, plan.from, plan.to, fold.containers);
        Some(fold)
    }

    /// How long it takes a queue of so many containers to settle at one level of the load.
    fn settles(&mut self, containers: u32, level: usize) -> Span {
        let known = &mut self.settles[containers as usize][level];
        if known.is_nan() {
            let rate = self.levels.rates[level];
            *known = self.law.settles_s(rate, containers, SETTLED).unwrap_or(0.0);
        }
        Span::from_secs(*known)
    }

    /// Nanoseconds within an interval at levels of the load that are over before a queue has settled.
    fn restless(&mut self, load: &Load, from: Instant, to: Instant, containers: u32) -> u128 {
        let mut nanos = 0;
        for (begin, end, rate) in load.steps(from, to).filter(|it| it.2 > 0.0) {
            let settles = self.settles(containers, self.levels.of(rate));
            // What never settles is told as such.
            if settles < Span::NEVER && load.step_length(begin) < settles {
                nanos += u128::from((end - begin).0);
            }
        }
        nanos
    }

    /// Adds the next replication.
    pub fn add(&mut self, replication: u64, load: &Load, serving: &Serving) {
        self.replications += 1;
        self.restless += self.restless_whole;
        let section = &mut self.sections[(replication % SECTIONS as u64) as usize];
        section.replications += 1;
        for it in &serving.stretches {
            // A router that fails open may use more than are meant to serve.
            let count = it.containers.min(self.containers - 1) as usize;
            self.levels.add(load, it.from, it.to, &mut section.fewer[count]);
        }
        for it in &serving.stretches {
            self.restless -= self.restless(load, it.from, it.to, self.containers);
            let containers = it.containers.min(self.containers);
            let level = self.levels.of(load.at(it.from));
            let length = it.to - it.from;
            if containers > 0 && length < self.settles(containers, level) {
                self.brief += u128::from(length.0);
            } else if containers > 0 {
                self.restless += self.restless(load, it.from, it.to, containers);
            }
        }
    }

    /// Where the closed forms are not to be relied on, in plain words.
    pub fn limits(&self) -> Vec<String> {
        let Law::Queue { queue, shared } = self.law else { return Vec::new() };
        let mut limits = Vec::new();
        let parts = self.parts();
        let weight = |of: &dyn Fn(&Steady) -> bool| {
            parts.iter().filter(|it| of(&it.steady)).map(Part::weight).sum::<f64>()
        };
        let all = weight(&|_| true);
        let endless = weight(&|it| !it.exists()) / all;
        if endless > 0.0 {
            limits.push(format!(
                "{} of its requests came when an unlimited queue got more than it can serve, which has no \
                 steady state: what exceeds the capacity is counted as failed, and their waits are not told",
                told(endless)
            ));
        }
        let share = |nanos: u128| nanos as f64 / (self.replications as f64 * self.horizon.0 as f64);
        let (brief, restless) = (share(self.brief), share(self.restless));
        if brief > WORTH_TELLING {
            limits.push(format!(
                "{} of the time fewer containers served for less than it takes a queue to settle: what is \
                 lost and waits then is approximate, and somewhat too high",
                told(brief)
            ));
        }
        if restless > WORTH_TELLING {
            limits.push(format!(
                "{} of the time the load changes again before a queue has settled: what is lost and waits \
                 then is that of queues that had time to settle at each level, and approximate",
                told(restless)
            ));
        }
        let exact_mean = queue.servers == 1 && queue.places.is_none();
        let alone = !shared || self.containers == 1;
        let exact = parts.iter().all(|it| it.steady.is_exact()) || (exact_mean && alone);
        if !exact {
            limits.push(
                "waits are those of exponential service × (1 + cv²) / 2, losses those of exponential \
                 service: approximate, within a few percent where servers are busy"
                    .into(),
            );
        }
        limits
    }

    /// Every pair of level and number of containers, with its weight in each section: the requests
    /// accepted.
    fn parts(&self) -> Vec<Part> {
        let sections = || self.sections.iter().filter(|it| it.replications > 0);
        let mut parts = Vec::new();
        for (level, &rate) in self.levels.rates.iter().enumerate() {
            if rate <= 0.0 {
                continue;
            }
            for count in 1..=self.containers {
                let time = |section: &Section| match count == self.containers {
                    false => section.fewer[count as usize][level],
                    true => {
                        let missing: u128 = section.fewer.iter().map(|it| it[level]).sum();
                        u128::from(section.replications) * self.whole[level] - missing
                    }
                };
                let steady = self.law.steady(rate, count).expect("it has a queue");
                let accepted = rate * (1.0 - steady.loss);
                let weights: Vec<f64> =
                    sections().map(|it| time(it) as f64 * 1e-9 * accepted).collect();
                if weights.iter().any(|weight| *weight > 0.0) {
                    parts.push(Part { steady, weights });
                }
            }
        }
        parts
    }

    /// What it amounts to; nothing where no request was accepted.
    pub fn latency(&self, over: &[Span], confidence: f64) -> Option<Latency> {
        let parts = self.parts();
        // An unlimited queue that gets more than it can do has no wait to tell.
        let (steady, endless): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|it| it.steady.exists());
        let weight = |parts: &[Part]| parts.iter().map(Part::weight).sum::<f64>();
        let all = weight(&steady) + weight(&endless);
        if steady.is_empty() {
            return None;
        }
        let covered = weight(&steady) / all;
        let mixture = Mixture { parts: steady, confidence };
        let exact = mixture.parts.iter().all(|it| it.steady.is_exact());
        let known = self.law_is_exponential();
        let respond = |seconds: f64| known.then(|| mixture.mean(|it| it.response_exceeds(seconds)));
        let response = |p: f64| known.then(|| mixture.quantile(p, Steady::response_exceeds));
        Some(Latency {
            mean: mixture.mean(|it| it.response_mean()),
            p50: response(0.5),
            p95: response(0.95),
            p99: response(0.99),
            wait: Waits {
                share: mixture.mean(|it| it.waits()),
                mean: mixture.mean(|it| it.wait_mean()),
                p50: mixture.quantile(0.5, Steady::wait_exceeds),
                p95: mixture.quantile(0.95, Steady::wait_exceeds),
                p99: mixture.quantile(0.99, Steady::wait_exceeds),
            },
            over: over
                .iter()
                .map(|it| Over {
                    seconds: it.as_secs(),
                    wait: mixture.mean(|steady| steady.wait_exceeds(it.as_secs())),
                    response: respond(it.as_secs()),
                })
                .collect(),
            exact,
            covered,
        })
    }

    fn law_is_exponential(&self) -> bool {
        matches!(self.law, Law::Queue { queue, .. } if queue.scv == 1.0)
    }
}

/// A queue in steady state, and how many requests it accepted in each section.
struct Part {
    steady: Steady,
    weights: Vec<f64>,
}

impl Part {
    fn weight(&self) -> f64 {
        self.weights.iter().sum()
    }
}

/// All requests of an app.
struct Mixture {
    parts: Vec<Part>,
    confidence: f64,
}

impl Mixture {
    /// The mean over all requests of something that each part has, by the ratio of two sums over
    /// sections (delta method).
    fn mean(&self, of: impl Fn(&Steady) -> f64) -> Estimate {
        let values: Vec<f64> = self.parts.iter().map(|it| of(&it.steady)).collect();
        let sections = self.parts[0].weights.len();
        let sums: Vec<(f64, f64)> = (0..sections)
            .map(|section| {
                let pairs = self.parts.iter().zip(&values);
                pairs.fold((0.0, 0.0), |(of, all), (part, value)| {
                    (of + part.weights[section] * value, all + part.weights[section])
                })
            })
            .collect();
        let all: f64 = sums.iter().map(|it| it.1).sum();
        let mean = sums.iter().map(|it| it.0).sum::<f64>() / all;
        let squares: f64 = sums.iter().map(|it| it.0 - mean * it.1).map(|it| it * it).sum();
        let free = (sections.max(2) - 1) as f64;
        let deviation = (squares * sections as f64 / free).sqrt() / all;
        let half = student_t_quantile(0.5 + 0.5 * self.confidence, free) * deviation;
        let low_confidence = sections < FEWEST_SECTIONS;
        Estimate { mean, low: (mean - half).max(0.0), high: mean + half, low_confidence }
    }

    /// The smallest time that a share `p` of the requests does not exceed, its interval by inverting
    /// that of the share (Woodruff).
    fn quantile(&self, p: f64, exceeds: impl Fn(&Steady, f64) -> f64) -> Estimate {
        let weights: Vec<f64> = self.parts.iter().map(Part::weight).collect();
        let all: f64 = weights.iter().sum();
        let beyond = |seconds: f64| {
            let pairs = self.parts.iter().zip(&weights);
            pairs.map(|(part, weight)| weight * exceeds(&part.steady, seconds)).sum::<f64>() / all
        };
        let at = |p: f64| smallest(|seconds| beyond(seconds) <= 1.0 - p);
        let value = at(p);
        let share = self.mean(|steady| exceeds(steady, value));
        let half = 0.5 * (share.high - share.low);
        // No uncertainty: not even that of searching twice.
        let limit = |p: f64| if half == 0.0 { value } else { at(p.clamp(0.0, 1.0 - 1e-12)) };
        Estimate {
            mean: value,
            low: limit(p - half).min(value),
            high: limit(p + half).max(value),
            low_confidence: share.low_confidence,
        }
    }
}

/// The smallest number of seconds at which something that stays true becomes so, to 12 digits.
fn smallest(holds: impl Fn(f64) -> bool) -> f64 {
    if holds(0.0) {
        return 0.0;
    }
    let mut high = 1e-6;
    while !holds(high) && high < 1e12 {
        high *= 2.0;
    }
    let mut low = if high > 1e-6 { 0.5 * high } else { 0.0 };
    while high - low > 1e-12 * high {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) { high = middle } else { low = middle }
    }
    high
}
