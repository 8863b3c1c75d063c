//! What buckets do (B1, B2): what they fail, which replicas are lost, what is lost with the last one, and
//! how long they are served elsewhere.

use crate::measure::Plan;
use crate::model::root::CauseId;
use crate::model::topology::Topology;
use crate::time::{Instant, Span};

/// By bucket, in the order of the topology.
#[derive(Clone, Debug, Default)]
pub struct Buckets {
    pub of: Vec<Tally>,
}

/// What became of one bucket in the measured interval.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Nanoseconds in which it failed any of the requests that need files.
    pub any: u64,
    /// The same, weighted by the share of them that failed.
    pub failed: f64,
    pub replicas_lost: u32,
    /// What was lost with all replicas: the time before that is gone; never: all there was.
    pub lost: Vec<(CauseId, Span)>,
    /// What had not reached the copy with which the app went on in another region.
    pub left: Vec<(CauseId, Span)>,
    /// How often it was moved, and how often that was refused.
    pub moved: u32,
    pub refused: u32,
    /// Nanoseconds in which it was served elsewhere.
    pub elsewhere: u64,
    /// The share that fails now, since when.
    failing: (f64, Instant),
    away_since: Option<Instant>,
}

impl Buckets {
    pub(super) fn new(topology: &Topology) -> Buckets {
        Buckets { of: vec![Tally::default(); topology.buckets.len()] }
    }

    /// A bucket fails another share of the requests of its app, of which `needed` need files.
    pub(super) fn fails(
        &mut self,
        now: Instant,
        bucket: usize,
        share: f64,
        needed: f64,
        plan: &Plan,
    ) {
        let tally = &mut self.of[bucket];
        tally.close(now, plan);
        tally.failing = (share / needed, now);
    }

    pub(super) fn replica_lost(&mut self, now: Instant, bucket: usize, plan: &Plan) {
        self.of[bucket].replicas_lost += u32::from(now >= plan.from);
    }

    pub(super) fn lost(&mut self, now: Instant, bucket: usize, of: (CauseId, Span), plan: &Plan) {
        if now >= plan.from {
            self.of[bucket].lost.push(of);
        }
    }

    pub(super) fn left(&mut self, now: Instant, bucket: usize, of: (CauseId, Span), plan: &Plan) {
        if now >= plan.from {
            self.of[bucket].left.push(of);
        }
    }

    pub(super) fn moved(&mut self, now: Instant, bucket: usize, away: bool, plan: &Plan) {
        let tally = &mut self.of[bucket];
        if away {
            tally.moved += u32::from(now >= plan.from);
            tally.away_since = Some(now);
        } else {
            tally.is_back(now, plan);
        }
    }

    pub(super) fn stays(&mut self, now: Instant, bucket: usize, plan: &Plan) {
        self.of[bucket].refused += u32::from(now >= plan.from);
    }

    pub(super) fn finish(&mut self, now: Instant, plan: &Plan) {
        for tally in &mut self.of {
            tally.close(now, plan);
            tally.is_back(now, plan);
        }
    }
}

impl Tally {
    fn close(&mut self, now: Instant, plan: &Plan) {
        let (share, since) = self.failing;
        if share > 0.0 {
            let (from, to) = plan.clip(since, now);
            self.any += (to - from).0;
            self.failed += share * (to - from).0 as f64;
        }
    }

    fn is_back(&mut self, now: Instant, plan: &Plan) {
        if let Some(since) = self.away_since.take() {
            let (from, to) = plan.clip(since, now);
            self.elsewhere += (to - from).0;
        }
    }
}
