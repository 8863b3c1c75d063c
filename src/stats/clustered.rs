//! Percentiles and shares of pooled events whose replications are clusters.
//!
//! The failover times of one replication have their causes in common, so they are worth less than as
//! many independent ones, and an interval that counts events is too short. Replications are dealt to
//! [`SECTIONS`] sections; the sections are independent, and their disagreement is what the interval
//! is made of.

use super::interval::{Estimate, Evidence, binomial_limits, two_sided};
use super::quantile::student_t_quantile;
use super::sketch::{Sketch, rank};

/// How many sections replications are dealt to.
pub const SECTIONS: usize = 32;
/// Fewer non-empty sections than this do not tell how strongly events hang together.
const FEWEST_SECTIONS: usize = 8;
/// Fewer expected events than this on either side of a percentile are counted, not approximated.
const FEWEST_BEYOND: f64 = 10.0;

/// The values of all events, dealt by replication. Merging adds integers and is order-free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sections {
    sections: Box<[Sketch; SECTIONS]>,
}

impl Default for Sections {
    fn default() -> Self {
        Sections { sections: Box::new(std::array::from_fn(|_| Sketch::default())) }
    }
}

impl Sections {
    /// Records the value of an event of this replication.
    #[inline]
    pub fn record(&mut self, replication: u64, value: u64) {
        self.sections[(replication % SECTIONS as u64) as usize].insert(value);
    }

    /// Adds all events of `other`.
    pub fn merge_from(&mut self, other: &Sections) {
        for (own, more) in self.sections.iter_mut().zip(other.sections.iter()) {
            own.merge(more);
        }
    }

    /// How many events were recorded.
    pub fn count(&self) -> u64 {
        self.sections.iter().map(Sketch::count).sum()
    }

    /// All events in one sketch.
    pub fn pooled(&self) -> Sketch {
        let mut pooled = Sketch::default();
        self.sections.iter().for_each(|section| pooled.merge(section));
        pooled
    }

    /// The smallest x with F(x) ≥ `p` over all events, each of the same weight.
    pub fn quantile(&self, p: f64) -> Option<u64> {
        self.pooled().quantile(p)
    }

    /// The quantile at `p` with its interval, in the unit of the values; nothing without events.
    ///
    /// The interval holds the values x at which F̂(x) is no further from `p` than its own standard
    /// error allows (Woodruff, *JASA* 47 (1952) 635). At an atom the distribution function jumps and
    /// so does its error: the lower limit uses that below the jump, the upper one that above.
    /// A limit beyond the events seen is zero or infinite.
    pub fn quantile_estimate(&self, p: f64, confidence: f64) -> Option<(Estimate, Evidence)> {
        let pooled = self.pooled();
        let n = pooled.count();
        let at = rank(p, n)?;
        let mean = pooled.at_rank(at)? as f64;
        let bucket = pooled.bucket_of_rank(at)?;
        let above = self.share_through(Some(bucket));
        let below = self.share_through(bucket.checked_sub(1));
        let evidence = above.evidence(p);
        // How far up F̂ may be read for the lower limit, and down from for the upper one.
        let (low, _) = below.limits(p, confidence);
        let (_, high) = above.limits(p, confidence);
        let low = if low <= 0.0 { 0.0 } else { pooled.quantile(low)? as f64 };
        let high = if high >= 1.0 { f64::INFINITY } else { pooled.quantile(high)? as f64 };
        Some((Estimate { mean, low: low.min(mean), high: high.max(mean) }, evidence))
    }

    /// The share of events whose value is at most `x`, with its interval; nothing without events.
    pub fn share_at_most(&self, x: u64, confidence: f64) -> Option<(Estimate, Evidence)> {
        let share = self.share_through(self.pooled().last_bucket_at_most(x));
        (share.events > 0.0).then(|| {
            let (low, high) = share.limits(share.mean, confidence);
            (Estimate { mean: share.mean, low, high }, share.evidence(share.mean))
        })
    }

    /// The share of events in the buckets up to `last`, with its spread between sections.
    fn share_through(&self, last: Option<usize>) -> Share {
        let counts: Vec<(f64, f64)> = self
            .sections
            .iter()
            .filter(|section| !section.is_empty())
            .map(|section| {
                let within = last.map_or(0, |last| section.count_through(last));
                (within as f64, section.count() as f64)
            })
            .collect();
        let events: f64 = counts.iter().map(|(_, all)| all).sum();
        let mean = counts.iter().map(|(within, _)| within).sum::<f64>() / events;
        let squares: f64 =
            counts.iter().map(|(within, all)| within - mean * all).map(|d| d * d).sum();
        let sections = counts.len();
        // The ratio of two sums over sections by the delta method.
        let variance = squares * sections as f64 / (sections.max(2) - 1) as f64 / (events * events);
        Share { events, mean, sections, variance }
    }
}

/// An estimated share of all events.
struct Share {
    events: f64,
    mean: f64,
    /// Sections that had any event.
    sections: usize,
    /// The variance of `mean`, from the spread between sections.
    variance: f64,
}

impl Share {
    /// Whether there are enough events on either side of `p`, and enough sections.
    fn evidence(&self, p: f64) -> Evidence {
        if self.sections < FEWEST_SECTIONS || self.events * p.min(1.0 - p) < FEWEST_BEYOND {
            Evidence::LowConfidence { hits: self.events as u64 }
        } else {
            Evidence::Sound
        }
    }

    /// The limits of a share whose expected value is `p` and whose spread is that of this one.
    fn limits(&self, p: f64, confidence: f64) -> (f64, f64) {
        if self.evidence(p) == Evidence::Sound {
            let t = student_t_quantile(two_sided(confidence), (self.sections - 1) as f64);
            let h = t * self.variance.sqrt();
            ((p - h).max(0.0), (p + h).min(1.0))
        } else {
            let effective = self.effective_events();
            binomial_limits(p * effective, effective, confidence)
        }
    }

    /// How many independent events these are worth (Korn & Graubard, *Survey Methodology* 24 (1998)
    /// 193): their number over the design effect, and never more than their number.
    fn effective_events(&self) -> f64 {
        if self.sections < FEWEST_SECTIONS || self.variance == 0.0 {
            return self.events;
        }
        let binomial = self.mean * (1.0 - self.mean);
        (binomial / self.variance).min(self.events)
    }
}
