//! Moves that a preventive control refuses, and what each of them costs.
//!
//! While something is missing that was refused, the downtime of its app is charged to that refusal, and
//! while several are, to the one that was refused first: every nanosecond once. Where the app fails only a
//! share of its requests it is that share of the time. A restore that had to do with older data than there
//! would have been is charged with the difference to the refusal of the newer one.

use super::{AppLedger, Arrival, Asset, Residency, Row, RowKind, row};
use crate::id::Id;
use crate::measure::Plan;
use crate::model::topology::{Group, Topology};
use crate::model::world::World;
use crate::time::Instant;

/// What a refused move cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Nanoseconds that the app was down until what was missing was there again.
    pub down: u64,
    /// Nanoseconds by which data-loss windows were longer.
    pub lost: u64,
    /// Losses of all there was, which would have been of a window.
    pub all_lost: u32,
}

impl Cost {
    pub(super) fn add(&mut self, more: Cost) {
        self.down += more.down;
        self.lost += more.lost;
        self.all_lost += more.all_lost;
    }
}

/// What is missing since it was refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanting {
    since: Instant,
    /// Its row, if rows are kept and it has one already.
    row: Option<usize>,
}

impl Residency {
    /// A preventive control refuses a move.
    pub fn refused(
        &mut self,
        now: Instant,
        it: Arrival,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        let row = self.rows.as_ref().map(Vec::len);
        let wanting = &self.apps[it.app.index()].wanting;
        if !plan.measures(now) || wanting.contains_key(&it.asset) {
            return;
        }
        self.is_missing(now, it.app, it.asset, row, plan, topology, world);
        self.apps[it.app.index()].refused += 1;
        if let Some(rows) = &mut self.rows {
            let kind = RowKind::Refused(Cost::default());
            rows.push(Row { since: now, kind, ..self::row(it) });
        }
    }

    /// From now on the downtime of an app is charged to what is missing.
    #[allow(
        clippy::too_many_arguments,
        reason = "one call of each place that finds something missing"
    )]
    pub(super) fn is_missing(
        &mut self,
        now: Instant,
        app: Id<Group>,
        asset: Asset,
        row: Option<usize>,
        plan: &Plan,
        topology: &Topology,
        world: &World,
    ) {
        self.charge_downtime(now, app, plan);
        let ledger = &mut self.apps[app.index()];
        ledger.wanting.entry(asset).or_insert(Wanting { since: now, row });
        ledger.fails(now, failing(app, topology, world));
    }

    /// Downtime since it was last looked at.
    pub(super) fn charge_downtime(&mut self, now: Instant, app: Id<Group>, plan: &Plan) {
        let ledger = &mut self.apps[app.index()];
        let Some((since, share)) = ledger.failing.take() else { return };
        let (from, to) = plan.clip(since, now);
        let down = match share {
            1.0 => (to - from).0,
            share => ((to - from).0 as f64 * share) as u64,
        };
        let first = ledger.wanting.iter().min_by_key(|(asset, it)| (it.since, **asset));
        let (&asset, wanting) = first.expect("an app fails for something that is missing");
        let row = wanting.row;
        self.charge(app, asset, row, Cost { down, ..Cost::default() });
    }

    /// Charges a refusal: in its row, or, until it has one, beside its name.
    pub(super) fn charge(&mut self, app: Id<Group>, asset: Asset, row: Option<usize>, cost: Cost) {
        let ledger = &mut self.apps[app.index()];
        ledger.cost.add(cost);
        match (row, &mut self.rows) {
            (Some(row), Some(rows)) => {
                let RowKind::Refused(sum) = &mut rows[row].kind else {
                    unreachable!("what is charged is a refusal")
                };
                sum.add(cost);
            }
            _ if matches!(asset, Asset::Snapshot(..)) => {
                ledger.costs.entry(asset).or_default().add(cost);
            }
            _ => {}
        }
    }
}

impl AppLedger {
    /// From now on the app fails a share of its requests while something is missing that was refused.
    pub(super) fn fails(&mut self, now: Instant, share: f64) {
        self.failing = (share > 0.0 && !self.wanting.is_empty()).then_some((now, share));
    }
}

/// The share of the requests of an app that fail: all while it is down, else those that its bucket fails.
pub(super) fn failing(app: Id<Group>, topology: &Topology, world: &World) -> f64 {
    if !world.apps[app.index()].up {
        return 1.0;
    }
    topology.bucket_of(app).map_or(0.0, |bucket| world.buckets[bucket.index()].failing)
}
