//! Stays: data that arrives at a place, is removed again, or is there at the end.

use super::{Arrival, Asset, Held, Residency, Row, RowKind, Stay, Where, row};
use crate::id::Id;
use crate::measure::Plan;
use crate::model::residency::Standing;
use crate::model::topology::{Group, Topology};
use crate::time::Instant;

impl Residency {
    /// Data arrives at a place; nothing to note where the rule of its app allows it.
    pub fn arrives(&mut self, now: Instant, it: Arrival, plan: &Plan, topology: &Topology) {
        let Some(rule) = topology.rule_of(it.app) else { return };
        let standing = match it.place {
            Where::Zone(zone) => rule.at(it.class, zone),
            Where::Site(site) => rule.at_site(it.class, site),
        };
        let kind = match standing {
            Standing::Inside if self.everything => RowKind::Inside,
            Standing::Inside => return,
            Standing::Excepted(index) => RowKind::Excepted(index),
            Standing::Outside => RowKind::Violation,
        };
        let row = Row { since: now, kind, ..row(it) };
        let ledger = &mut self.apps[it.app.index()];
        let tally = &mut ledger.tallies[it.class as usize];
        match it.until {
            Some(until) => {
                if kind == RowKind::Violation {
                    let (from, to) = plan.clip(now, until);
                    tally.stays(from, to, it.bytes);
                }
                self.note(row, plan);
            }
            None => {
                if kind == RowKind::Violation {
                    tally.opens(plan.clip(now, now).0);
                }
                let stay = Stay { place: it.place, row };
                assert!(ledger.open.insert(it.asset, stay).is_none(), "it is there already");
            }
        }
    }

    /// Data that arrived without a known end is removed; nothing to note where it was allowed.
    pub fn leaves(&mut self, now: Instant, app: Id<Group>, asset: Asset, plan: &Plan) {
        let Some(ledger) = self.apps.get_mut(app.index()) else { return };
        if let Some(stay) = ledger.open.remove(&asset) {
            if stay.row.kind == RowKind::Violation {
                let tally = &mut ledger.tallies[stay.row.class as usize];
                let (from, to) = plan.clip(stay.row.since, now);
                tally.closes(from, to, stay.row.bytes);
            }
            self.note(Row { until: Some(now), ..stay.row }, plan);
        }
    }
    pub(super) fn note(&mut self, row: Row, plan: &Plan) {
        let (from, to) = plan.clip(row.since, row.until.unwrap_or(plan.to));
        if to <= from {
            return;
        }
        if let Some(held) = &mut self.held {
            let amount = held.entry(Held::of(&row)).or_default();
            amount.stays += 1;
            amount.nanos += u128::from((to - from).0);
            amount.byte_nanos += u128::from(row.bytes) * u128::from((to - from).0);
        }
        if let Some(rows) = &mut self.rows {
            rows.push(row);
        }
    }

    pub(super) fn sort(&mut self) {
        if let Some(rows) = &mut self.rows {
            rows.sort_by_key(|row| (row.since, row.app, row.asset));
        }
    }

    pub(in crate::measure) fn finish(&mut self, now: Instant, plan: &Plan) {
        for index in 0..self.apps.len() {
            self.charge_downtime(now, Id::new(index as u32), plan);
            let ledger = &mut self.apps[index];
            let open = std::mem::take(&mut ledger.open);
            for stay in open.values().filter(|it| it.row.kind == RowKind::Violation) {
                let tally = &mut ledger.tallies[stay.row.class as usize];
                let (from, to) = plan.clip(stay.row.since, now);
                tally.closes(from, to, stay.row.bytes);
            }
            for stay in open.into_values() {
                self.note(stay.row, plan);
            }
        }
        self.sort();
    }
}
