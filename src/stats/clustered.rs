//! Percentiles and shares of pooled events whose replications are clusters.
//!
//! The failover times of one replication have their causes in common, so they are worth less than as
//! many independent ones, and an interval that counts events is too short. Replications are dealt to
//! [`SECTIONS`] sections; the sections are independent, and their disagreement is what the interval
//! is made of.
//!
//! Where events are too few for that (see [`Evidence`]), the exact binomial limits are used with the
//! number of independent events that the dependent ones are worth (Korn & Graubard, *Survey
//! Methodology* 24 (1998) 193).

use super::interval::{Estimate, Evidence, binomial_limits, two_sided};
use super::quantile::{normal_quantile, student_t_quantile};
use super::sketch::{Counts, Sketch, Sorted, rank};
use super::special::beta_tails;
use std::borrow::Cow;

/// How many sections replications are dealt to.
pub const SECTIONS: usize = 32;
/// Fewer non-empty sections than this do not tell how strongly events hang together.
const FEWEST_SECTIONS: usize = 8;
/// Fewer independent events than this on either side of a percentile are not taken for normal.
const FEWEST_BEYOND: f64 = 20.0;

/// The values of all events, dealt by replication. Merging adds integers and is order-free.
///
/// Values are kept as they come, in one list with the sections they belong to; there are thousands of
/// such lists, and one that grows is moved seldom. Very many of them move to a sketch for each section.
#[derive(Clone, Debug, Default)]
pub struct Sections {
    listed: Listed,
    /// Where there were too many to list; then nothing is listed.
    sketches: Option<Box<[Sketch; SECTIONS]>>,
}

/// Of equal contents, however they came to be.
impl PartialEq for Sections {
    fn eq(&self, other: &Self) -> bool {
        let (own, other) = (self.as_sketches(), other.as_sketches());
        own == other
    }
}

impl Eq for Sections {}

/// At most this many values are listed.
const MOST_LISTED: usize = 64 * 1024;
/// A value that came more often than this at once is not listed.
const MOST_TIMES: u64 = 64;

#[derive(Clone, Debug, Default)]
struct Listed {
    /// All but zeros.
    values: Vec<u64>,
    runs: Vec<Run>,
}

/// Values one after the other that belong to one section.
#[derive(Clone, Copy, Debug)]
struct Run {
    section: u8,
    zeros: u64,
    /// Where the next run begins.
    end: u32,
}

impl Listed {
    /// The run at the end, of this section.
    #[inline]
    fn run(&mut self, section: u8) -> &mut Run {
        if self.runs.last().is_none_or(|run| run.section != section) {
            self.runs.push(Run { section, zeros: 0, end: self.values.len() as u32 });
        }
        self.runs.last_mut().expect("there is one now")
    }

    fn add(&mut self, section: u8, zeros: u64, values: &[u64]) {
        self.values.extend_from_slice(values);
        let end = self.values.len() as u32;
        let run = self.run(section);
        run.zeros += zeros;
        run.end = end;
    }

    /// Zeros and values of each run, with its section.
    fn runs(&self) -> impl Iterator<Item = (usize, u64, &[u64])> {
        let begins = std::iter::once(0).chain(self.runs.iter().map(|run| run.end as usize));
        self.runs.iter().zip(begins).map(|(run, begin)| {
            (usize::from(run.section), run.zeros, &self.values[begin..run.end as usize])
        })
    }

    /// All of it, section by section.
    fn sketches(&self) -> Box<[Sketch; SECTIONS]> {
        let mut sketches = Box::new(std::array::from_fn(|_| Sketch::default()));
        for (section, zeros, values) in self.runs() {
            let sketch: &mut Sketch = &mut sketches[section];
            sketch.insert_many(0, zeros);
            values.iter().for_each(|&value| sketch.insert(value));
        }
        sketches
    }
}

impl Sections {
    /// Records the value of an event of this replication.
    #[inline]
    pub fn record(&mut self, replication: u64, value: u64) {
        self.record_many(replication, value, 1);
    }

    /// Records an event of this replication that happened `times` times with the same value.
    pub fn record_many(&mut self, replication: u64, value: u64, times: u64) {
        if times == 0 {
            return;
        }
        match value {
            0 if self.lists(0) => self.listed.add(section_of(replication), times, &[]),
            1.. if times <= MOST_TIMES && self.lists(times as usize) => {
                for _ in 0..times {
                    self.listed.add(section_of(replication), 0, &[value]);
                }
            }
            _ => self.sketch(section_of(replication)).insert_many(value, times),
        }
    }

    /// Adds the events of a replication that were collected apart.
    pub fn absorb(&mut self, replication: u64, events: &Sketch) {
        self.absorb_into(section_of(replication), events);
    }

    fn absorb_into(&mut self, section: u8, events: &Sketch) {
        match events.one_by_one() {
            _ if events.is_empty() => {}
            Some((zeros, values)) if self.lists(values.len()) => {
                self.listed.add(section, zeros, values);
            }
            _ => self.sketch(section).merge(events),
        }
    }

    /// Whether so many values more are listed.
    #[inline]
    fn lists(&self, more: usize) -> bool {
        self.sketches.is_none() && self.listed.values.len() + more <= MOST_LISTED
    }

    /// The sketch of a section, from now on.
    #[inline(never)]
    fn sketch(&mut self, section: u8) -> &mut Sketch {
        let listed = &mut self.listed;
        let sketches = self.sketches.get_or_insert_with(|| std::mem::take(listed).sketches());
        &mut sketches[usize::from(section)]
    }

    fn as_sketches(&self) -> Cow<'_, [Sketch; SECTIONS]> {
        match &self.sketches {
            Some(sketches) => Cow::Borrowed(sketches),
            None => Cow::Owned(*self.listed.sketches()),
        }
    }

    /// Adds all events of `other`.
    pub fn merge_from(&mut self, other: &Sections) {
        for (section, zeros, values) in other.listed.runs() {
            if self.lists(values.len()) {
                self.listed.add(section as u8, zeros, values);
            } else {
                let sketch = self.sketch(section as u8);
                sketch.insert_many(0, zeros);
                values.iter().for_each(|&value| sketch.insert(value));
            }
        }
        for (section, more) in other.sketches.iter().flat_map(|it| it.iter().enumerate()) {
            self.absorb_into(section as u8, more);
        }
    }

    /// How many events were recorded.
    pub fn count(&self) -> u64 {
        let listed = self.listed.runs.iter().map(|run| run.zeros).sum::<u64>();
        let sketched = self.sketches.iter().flat_map(|it| it.iter()).map(Sketch::count);
        listed + self.listed.values.len() as u64 + sketched.sum::<u64>()
    }

    /// All events in one sketch.
    pub fn pooled(&self) -> Sketch {
        let mut pooled = Sketch::default();
        for (_, zeros, values) in self.listed.runs() {
            pooled.insert_many(0, zeros);
            values.iter().for_each(|&value| pooled.insert(value));
        }
        self.sketches.iter().flat_map(|it| it.iter()).for_each(|section| pooled.merge(section));
        pooled
    }

    /// What it takes to count those up to a value, by section with events.
    fn counts(&self) -> Vec<Counts<'_>> {
        match &self.sketches {
            Some(sketches) => {
                sketches.iter().filter(|it| !it.is_empty()).map(Sketch::counts).collect()
            }
            None => {
                let mut sections = vec![(0, Vec::new()); SECTIONS];
                for (section, zeros, values) in self.listed.runs() {
                    sections[section].0 += zeros;
                    sections[section].1.extend_from_slice(values);
                }
                sections.retain(|(zeros, values)| *zeros > 0 || !values.is_empty());
                let counts =
                    |(zeros, values)| Counts::OneByOne { zeros, values: Cow::Owned(values) };
                sections.into_iter().map(counts).collect()
            }
        }
    }

    /// The events ready to be asked for several percentiles and shares.
    pub fn pool(&self) -> Pool<'_> {
        let mut pool =
            Pool { sections: self.counts(), pooled: self.pooled().sorted(), at_median: None };
        let median = rank(0.5, pool.pooled.count()).and_then(|at| pool.pooled.bucket_of_rank(at));
        let at_median = median.and_then(|bucket| pool.spread_of_share(Some(bucket)));
        pool.at_median = at_median.map(|share| share.independent);
        pool
    }

    /// One percentile of [`Sections::pool`].
    pub fn quantile_estimate(&self, p: f64, confidence: f64) -> Option<(Estimate, Evidence)> {
        self.pool().quantile_estimate(p, confidence)
    }

    /// One share of [`Sections::pool`].
    pub fn share_at_most(&self, x: u64, confidence: f64) -> Option<(Estimate, Evidence)> {
        self.pool().share_at_most(x, confidence)
    }
}

fn section_of(replication: u64) -> u8 {
    (replication % SECTIONS as u64) as u8
}

/// All events of [`Sections`] together, beside their sections.
pub struct Pool<'s> {
    /// Of each section with events.
    sections: Vec<Counts<'s>>,
    pooled: Sorted,
    /// How many independent events the share at the median is worth.
    at_median: Option<f64>,
}

impl Pool<'_> {
    /// All events together.
    pub fn pooled(&self) -> &Sorted {
        &self.pooled
    }

    /// The quantile at `p`, 0 < p < 1, with its interval in the unit of the values; nothing without
    /// events.
    ///
    /// The interval holds the values x at which F̂(x) is no further from `p` than its own standard
    /// error allows (Woodruff, *JASA* 47 (1952) 635). At an atom the distribution function jumps and
    /// so does its error: the lower limit uses that below the jump, the upper one that above.
    /// A limit that lies beyond the events seen is zero or infinite.
    pub fn quantile_estimate(&self, p: f64, confidence: f64) -> Option<(Estimate, Evidence)> {
        let pooled = &self.pooled;
        let at = rank(p, pooled.count())?;
        let mean = pooled.at_rank(at)? as f64;
        let bucket = pooled.bucket_of_rank(at)?;
        let above = self.share_through(Some(bucket))?;
        let below = self.share_through(bucket.checked_sub(1))?;
        let from = below.levels(p, confidence).0;
        let to = above.levels(p, confidence).1;
        let low = if from <= 0.0 { 0.0 } else { pooled.quantile(from)? as f64 };
        let high = if to > 1.0 { f64::INFINITY } else { pooled.quantile(to)? as f64 };
        Some((Estimate { mean, low: low.min(mean), high: high.max(mean) }, above.evidence(p)))
    }

    /// The share of events whose value is at most `x`, with its interval; nothing without events.
    pub fn share_at_most(&self, x: u64, confidence: f64) -> Option<(Estimate, Evidence)> {
        let share = self.share_through(self.pooled.last_bucket_at_most(x))?;
        let (low, high) = share.limits(confidence);
        Some((Estimate { mean: share.mean, low, high }, share.evidence(share.mean)))
    }

    /// The share of events in the buckets up to `last`; nothing without events.
    fn share_through(&self, last: Option<usize>) -> Option<Share> {
        let share = self.spread_of_share(last)?;
        // Few events beyond x hardly ever disagree between sections, even if they come in clumps;
        // so their dependence is taken to be at least what is seen at the median.
        let independent = share.independent.min(self.at_median?);
        Some(Share { independent, ..share })
    }

    /// The same without regard to the median.
    fn spread_of_share(&self, last: Option<usize>) -> Option<Share> {
        let mut counts = [(0.0, 0.0); SECTIONS];
        for (count, section) in counts.iter_mut().zip(&self.sections) {
            let within = last.map_or(0, |last| section.through(last));
            *count = (within as f64, section.all() as f64);
        }
        let sections = self.sections.len();
        let counts = &counts[..sections];
        let events: f64 = counts.iter().map(|(_, all)| all).sum();
        let mean = counts.iter().map(|(within, _)| within).sum::<f64>() / events;
        let squares: f64 =
            counts.iter().map(|(within, all)| within - mean * all).map(|d| d * d).sum();
        // The ratio of two sums over sections by the delta method.
        let variance = squares * sections as f64 / (sections.max(2) - 1) as f64 / (events * events);
        let independent = if sections < FEWEST_SECTIONS || variance == 0.0 {
            events
        } else {
            events.min(mean * (1.0 - mean) / variance)
        };
        (sections > 0).then_some(Share { mean, sections, variance, events, independent })
    }
}

/// An estimated share of all events.
struct Share {
    mean: f64,
    /// Sections that had any event.
    sections: usize,
    /// The variance of `mean`, from the spread between sections.
    variance: f64,
    /// How many events there were in all.
    events: f64,
    /// How many independent events would give this variance; no more than `events`.
    independent: f64,
}

impl Share {
    /// Whether the events are enough for a percentile at `p`, on either side of it.
    fn evidence(&self, p: f64) -> Evidence {
        let beyond = self.independent * p.min(1.0 - p);
        if self.sections < FEWEST_SECTIONS || beyond < FEWEST_BEYOND {
            Evidence::LowConfidence { hits: self.events as u64 }
        } else {
            Evidence::Sound
        }
    }

    /// The limits of the share itself.
    fn limits(&self, confidence: f64) -> (f64, f64) {
        if self.evidence(self.mean) == Evidence::Sound {
            let h = self.half_width(confidence);
            ((self.mean - h).max(0.0), (self.mean + h).min(1.0))
        } else {
            let trials = self.trials(confidence);
            binomial_limits(self.mean * trials, trials, confidence)
        }
    }

    /// The levels of F̂ between which its value at the true quantile of `p` is to be expected. At or
    /// below zero and above one they are out of reach.
    fn levels(&self, p: f64, confidence: f64) -> (f64, f64) {
        if self.evidence(p) == Evidence::Sound {
            let h = self.half_width(confidence);
            (p - h, p + h)
        } else {
            order_limits(p, self.trials(confidence), confidence)
        }
    }

    fn half_width(&self, confidence: f64) -> f64 {
        self.student(confidence) * self.variance.sqrt()
    }

    /// The independent events, fewer by what the uncertainty of their number costs.
    fn trials(&self, confidence: f64) -> f64 {
        if self.sections < FEWEST_SECTIONS {
            return self.independent;
        }
        let ratio = normal_quantile(two_sided(confidence)) / self.student(confidence);
        self.independent * ratio * ratio
    }

    fn student(&self, confidence: f64) -> f64 {
        student_t_quantile(two_sided(confidence), (self.sections - 1) as f64)
    }
}

/// The ranks, divided by the number of `trials`, of the order statistics between which the quantile
/// at `p` lies: the l-th is above it with probability P(Binomial(n, p) < l) ≤ α/2, the u-th below it
/// with P(Binomial(n, p) ≥ u) ≤ α/2 (David & Nagaraja, *Order Statistics*, § 7.1). Where no rank will
/// do, the level is at most 0 or above 1. `trials` need not be whole.
fn order_limits(p: f64, trials: f64, confidence: f64) -> (f64, f64) {
    let risk = 1.0 - two_sided(confidence);
    // (P(Binomial ≥ rank), P(Binomial < rank)), by the incomplete beta function.
    let tails = |rank: f64| beta_tails(rank, trials - rank + 1.0, p, 1.0 - p);
    // The last rank whose lower tail is within the risk is less than one below the crossing.
    let lower = crossing(0.0, trials, |rank| tails(rank).1 > risk) - 1.0;
    let upper = if tails(trials).0 > risk {
        f64::INFINITY
    } else {
        crossing(0.0, trials, |rank| tails(rank).0 <= risk)
    };
    (lower / trials, upper / trials)
}

/// Where in `[low, high]` the condition turns from false to true, by halving.
fn crossing(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten values in each of so many replications, all different and spread over 1 to 1000 s.
    fn spread(replications: u64) -> Sections {
        let mut sections = Sections::default();
        for i in 0..10 * replications {
            sections.record(i / 10, 1_000_000_000 * (1 + i * 7919 % 1000));
        }
        sections
    }

    #[test]
    fn merging_is_order_free_and_keeps_replications_in_their_sections() {
        let whole = spread(100);
        let mut parts = [Sections::default(), Sections::default()];
        for i in 0..1000 {
            parts[(i / 270 % 2) as usize].record(i / 10, 1_000_000_000 * (1 + i * 7919 % 1000));
        }
        let mut forward = parts[0].clone();
        forward.merge_from(&parts[1]);
        let mut backward = parts[1].clone();
        backward.merge_from(&parts[0]);
        assert!(forward == whole && backward == whole);
        assert_eq!(whole.count(), 1000);
    }

    #[test]
    fn a_constant_is_known_exactly() {
        let mut sections = Sections::default();
        (0..5000).for_each(|i| sections.record(i, 30_000_000_000));
        let (estimate, evidence) = sections.quantile_estimate(0.95, 0.95).unwrap();
        assert_eq!((estimate, evidence), (Estimate::exact(3e10), Evidence::Sound));
        let (share, _) = sections.share_at_most(30_000_000_000, 0.95).unwrap();
        assert_eq!((share.mean, share.high), (1.0, 1.0));
        // The rule of three on 5000 events, less what 32 sections leave uncertain.
        assert!(share.low > 1.0 - 3.3 / 5000.0 && share.low < 1.0 - 3.0 / 5000.0, "{share:?}");
    }

    /// Half of the values just below the percentile's level, the rest at an atom: the interval must
    /// reach down below the atom.
    #[test]
    fn an_atom_at_the_percentile_does_not_hide_what_is_below_it() {
        let mut sections = Sections::default();
        for i in 0..10_000_u64 {
            let value = if i * 7919 % 10_000 < 8_990 { 1 + i * 7919 % 10_000 } else { 50_000 };
            sections.record(i / 3, value);
        }
        let (estimate, _) = sections.quantile_estimate(0.9, 0.95).unwrap();
        assert_eq!((estimate.mean, estimate.high), (50_000.0, 50_000.0));
        assert!(estimate.low < 9_000.0, "{estimate:?}");
    }

    #[test]
    fn a_percentile_beyond_the_events_has_no_upper_limit() {
        let sections = spread(4);
        let (estimate, evidence) = sections.quantile_estimate(0.99, 0.95).unwrap();
        assert_eq!(evidence, Evidence::LowConfidence { hits: 40 });
        assert_eq!(estimate.high, f64::INFINITY);
        let (estimate, _) = sections.quantile_estimate(0.01, 0.95).unwrap();
        assert_eq!(estimate.low, 0.0);
    }

    /// Ten equal events in each of 64 replications are worth 64, also for a share that no section
    /// disagrees about.
    #[test]
    fn a_share_of_all_events_rests_on_their_independent_number() {
        let mut sections = Sections::default();
        for i in 0..640 {
            let replication = i / 10;
            sections.record(replication, 1_000_000_000 * (1 + replication * replication * 37 % 89));
        }
        let (share, evidence) = sections.share_at_most(100_000_000_000, 0.95).unwrap();
        assert_eq!((share.mean, evidence), (1.0, Evidence::LowConfidence { hits: 640 }));
        assert!(share.low < 1.0 - 3.0 / 100.0, "{share:?}");
    }

    /// n = 50, p = ½, 95 %: the 18th and the 33rd value (printed tables of the sign interval).
    #[test]
    fn order_limits_are_those_of_the_sign_test() {
        let (low, high) = order_limits(0.5, 50.0, 0.95);
        assert_eq!((libm::ceil(50.0 * low), libm::ceil(50.0 * high)), (18.0, 33.0));
    }

    #[test]
    fn no_events_give_nothing() {
        let empty = Sections::default();
        assert_eq!(empty.quantile_estimate(0.5, 0.95), None);
        assert_eq!(empty.share_at_most(7, 0.95), None);
    }
}
