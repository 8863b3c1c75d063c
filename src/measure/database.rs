//! What databases do (D1–D5): how long they take no writes, how their failovers go step by step, how
//! long they take to come back, and what a restore loses (B4).

use crate::measure::Plan;
use crate::model::database::Stage;
use crate::model::root::{CauseId, Root};
use crate::model::topology::Topology;
use crate::stats::Sketch;
use crate::time::{Instant, Span};

/// Steps of a failover.
pub const STEPS: usize = 4;
/// Their names in results.
pub const STEP_NAMES: [&str; STEPS] = ["detect", "decide", "promote", "reconnect"];

/// All databases, in their order.
#[derive(Clone, Debug, Default)]
pub struct Databases {
    pub of: Vec<Tally>,
}

/// What became of one database in a replication.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Nanoseconds in which it took no writes.
    pub down: u64,
    /// How its primary was replaced, by [`Ending`].
    pub endings: [u32; Ending::ALL.len()],
    /// How often its primary was replaced on purpose.
    pub planned: u32,
    /// Lengths of the steps of failovers that went by themselves, and of all steps together.
    pub steps: [Sketch; STEPS],
    pub totals: Sketch,
    /// From the loss of the primary until every container was connected, by cause.
    pub recovery: Vec<(CauseId, Sketch)>,
    /// What was lost, one window for each restore or promotion of a copy that lags behind (B4): its whole
    /// year and the window.
    pub lost: Vec<(Option<u32>, CauseId, Span)>,
    open: Option<Open>,
}

/// How a database came to take writes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// Its primary was only cut off.
    Returned,
    /// A standby was promoted by itself.
    Failover,
    /// An operator promoted a standby.
    Manual,
    /// The first node that was back became primary.
    Node,
    /// The copy in another region was promoted.
    Replica,
    Restore,
}

impl Ending {
    pub const ALL: [Ending; 6] = [
        Ending::Returned,
        Ending::Failover,
        Ending::Manual,
        Ending::Node,
        Ending::Replica,
        Ending::Restore,
    ];
}

/// An outage under way.
#[derive(Clone, Copy, Debug)]
struct Open {
    root: Root,
    /// When it lost its primary; without one if that was in the warm-up.
    lost_at: Instant,
    /// When it last ceased to take writes, while it takes none.
    down_since: Option<Instant>,
    stage: Stage,
    stage_since: Instant,
    steps: [Span; STEPS],
    ending: Ending,
}

impl Databases {
    pub(super) fn new(topology: &Topology) -> Databases {
        Databases { of: vec![Tally::default(); topology.databases.len()] }
    }

    /// A database takes no more writes.
    pub(super) fn down(&mut self, now: Instant, database: usize, root: Root) {
        let tally = &mut self.of[database];
        match &mut tally.open {
            // It was reconnecting: one outage throughout.
            Some(open) => {
                open.pass(now);
                open.down_since = Some(now);
            }
            None => {
                tally.open = Some(Open {
                    root,
                    lost_at: now,
                    down_since: Some(now),
                    stage: Stage::Serving,
                    stage_since: now,
                    steps: [Span::ZERO; STEPS],
                    ending: Ending::Returned,
                });
            }
        }
    }

    /// A database has come to another stage.
    pub(super) fn stage(&mut self, now: Instant, database: usize, stage: Stage, plan: &Plan) {
        let tally = &mut self.of[database];
        let Some(open) = &mut tally.open else { return };
        open.pass(now);
        open.stage = stage;
        let ending = match stage {
            Stage::Promoting => Ending::Failover,
            Stage::Stuck => Ending::Manual,
            Stage::NoNode => Ending::Node,
            Stage::PromotingReplica => Ending::Replica,
            Stage::Restoring | Stage::RollingBack => Ending::Restore,
            _ => Ending::Returned,
        };
        // The last resort is what tells how it came back.
        open.ending = open.ending.max(ending);
        let since = if stage.serves() { open.down_since.take() } else { None };
        if let Some(since) = since {
            let (from, to) = plan.clip(since, now);
            tally.down += (to - from).0;
        }
        if stage == Stage::Serving {
            let ended = *open;
            tally.open = None;
            if ended.lost_at >= plan.from {
                tally.ended(now, &ended);
            }
        }
    }

    /// A database has been restored, or a copy that lags behind was promoted: a window of its data is lost.
    pub(super) fn lost(&mut self, now: Instant, database: usize, lost: Span, plan: &Plan) {
        let tally = &mut self.of[database];
        let Some(open) = tally.open.filter(|it| it.lost_at >= plan.from && now <= plan.to) else {
            return;
        };
        let year = ((open.lost_at - plan.from).0 / crate::time::YEAR) as u32;
        let year = (year < plan.calendar.years).then_some(year);
        tally.lost.push((year, open.root.cause, lost));
    }

    pub(super) fn finish(&mut self, now: Instant, plan: &Plan) {
        for tally in &mut self.of {
            if let Some(since) = tally.open.as_mut().and_then(|open| open.down_since.take()) {
                let (from, to) = plan.clip(since, now);
                tally.down += (to - from).0;
            }
        }
    }
}

impl Open {
    /// Books the stage that is over now.
    fn pass(&mut self, now: Instant) {
        let step = match self.stage {
            Stage::Detecting => Some(0),
            Stage::Deciding => Some(1),
            Stage::Promoting => Some(2),
            Stage::Reconnecting => Some(3),
            _ => None,
        };
        if let Some(step) = step {
            self.steps[step] += now - self.stage_since;
        }
        self.stage_since = now;
    }
}

impl Tally {
    /// Every container is connected.
    fn ended(&mut self, now: Instant, open: &Open) {
        if open.root.change {
            self.planned += 1;
            return;
        }
        self.endings[open.ending as usize] += 1;
        let total = now - open.lost_at;
        if open.ending == Ending::Failover {
            self.totals.insert(total.0);
            for (sketch, step) in self.steps.iter_mut().zip(open.steps) {
                sketch.insert(step.0);
            }
        }
        let place = self.recovery.iter().position(|(cause, _)| *cause == open.root.cause);
        let place = place.unwrap_or_else(|| {
            self.recovery.push((open.root.cause, Sketch::default()));
            self.recovery.len() - 1
        });
        self.recovery[place].1.insert(total.0);
    }
}
