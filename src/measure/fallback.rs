//! Apps that go to another region: how often, how often it comes to nothing, and how long they are away.

use crate::id::Id;
use crate::measure::Plan;
use crate::model::fallback::{Fallback, Stage};
use crate::model::topology::Topology;
use crate::model::world::World;
use crate::time::Instant;

/// All fallbacks, in their order.
#[derive(Clone, Debug, Default)]
pub struct Fallbacks {
    pub of: Vec<Tally>,
}

/// What became of one fallback in a replication.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Orders to the other region.
    pub went: u32,
    /// Losses of the home region that were over before the order.
    pub called_off: u32,
    /// Orders home.
    pub returned: u32,
    /// Nanoseconds from an order to the other region until clients are led home again.
    pub away: u64,
    since: Option<Instant>,
    deciding: bool,
}

impl Fallbacks {
    pub(super) fn new(topology: &Topology) -> Fallbacks {
        Fallbacks { of: vec![Tally::default(); topology.fallbacks.len()] }
    }

    /// A fallback has come to a stage.
    pub(super) fn stage(
        &mut self,
        now: Instant,
        id: Id<Fallback>,
        stage: Stage,
        plan: &Plan,
        world: &World,
    ) {
        let tally = &mut self.of[id.index()];
        let measured = now >= plan.from;
        let was_deciding = std::mem::replace(
            &mut tally.deciding,
            matches!(stage, Stage::Deciding | Stage::Preparing | Stage::Unable),
        );
        match stage {
            Stage::Moving if world.fallbacks[id.index()].abroad => {
                tally.went += u32::from(measured);
                tally.since.get_or_insert(now);
            }
            Stage::Moving => tally.returned += u32::from(measured),
            Stage::Home => {
                tally.called_off += u32::from(measured && was_deciding);
                tally.book(now, plan);
            }
            _ => {}
        }
    }

    pub(super) fn finish(&mut self, now: Instant, plan: &Plan) {
        self.of.iter_mut().for_each(|tally| tally.book(now, plan));
    }
}

impl Tally {
    fn book(&mut self, now: Instant, plan: &Plan) {
        if let Some(since) = self.since.take() {
            let (from, to) = plan.clip(since, now);
            self.away += (to - from).0;
        }
    }
}
