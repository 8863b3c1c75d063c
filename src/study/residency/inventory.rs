//! Where everything was: row by row in one replication, and in amounts over all of them.

use super::ledger::{basis, byte_hours, kind_of, place};
use crate::measure::Plan;
use crate::measure::residency::{Amount, Held, Row, RowKind, Where};
use crate::model::residency::Standing;
use crate::model::topology::Topology;
use crate::stats::{Estimate, Moments};
use crate::study::findings::{self as f, InventoryRow, PathVerdict};
use std::collections::BTreeMap;

/// Amounts over replications, of which those that hold nothing of a kind count as well.
#[derive(Clone, Debug, Default)]
pub struct InventoryFold {
    replications: u64,
    of: BTreeMap<Held, HeldFold>,
}

#[derive(Clone, Copy, Debug, Default)]
struct HeldFold {
    /// Nanoseconds of stays, and bytes times hours.
    nanos: Moments,
    byte_hours: Moments,
}

/// Nanoseconds.
const HOUR: f64 = 3.6e12;

impl InventoryFold {
    pub(super) fn add(&mut self, held: &BTreeMap<Held, Amount>) {
        for held in held.keys().filter(|it| !self.of.contains_key(it)).copied().collect::<Vec<_>>()
        {
            let mut new = HeldFold::default();
            (0..self.replications).for_each(|_| new.push(Amount::default()));
            self.of.insert(held, new);
        }
        for (key, fold) in &mut self.of {
            fold.push(held.get(key).copied().unwrap_or_default());
        }
        self.replications += 1;
    }

    /// What was where on average, with intervals.
    pub fn told(&self, topology: &Topology, plan: &Plan, confidence: f64) -> Vec<f::InventoryMean> {
        let told = self.of.iter().map(|(held, fold)| {
            let rule = topology.rule_of(held.app).expect("only of apps with a rule");
            let standing = match held.place {
                Where::Zone(zone) => rule.at(held.class, zone),
                Where::Site(site) => rule.at_site(held.class, site),
            };
            let (verdict, basis) = match standing {
                Standing::Inside => (None, None),
                Standing::Outside => (Some(PathVerdict::Violation), None),
                Standing::Excepted(index) => {
                    let basis = rule.bases[usize::from(index)].clone();
                    (Some(PathVerdict::Excepted), Some(basis))
                }
            };
            let (place, country) = place(held.place, topology);
            let estimate = |moments: &Moments, by: f64| {
                let of = moments.estimate(confidence).expect("a study has a replication");
                let Estimate { mean, low, high } = of.scaled(by);
                f::Estimate { mean, low: low.max(0.0), high, low_confidence: false }
            };
            f::InventoryMean {
                app: topology.groups[held.app].name.clone(),
                data: held.class.name().into(),
                asset: kind_of(held.asset, topology),
                processed: held.processed,
                place,
                country,
                at_once: estimate(&fold.nanos, 1.0 / plan.horizon().0 as f64),
                byte_hours_per_year: estimate(&fold.byte_hours, 1.0 / plan.horizon().as_years()),
                verdict,
                basis,
            }
        });
        let mut all: Vec<_> = told.collect();
        // What is inside first, and of alike things the place with more.
        let key = |it: &f::InventoryMean| {
            (it.app.clone(), it.data.clone(), it.asset.clone(), it.processed, it.verdict.is_some())
        };
        all.sort_by(|a, b| key(a).cmp(&key(b)).then(b.at_once.mean.total_cmp(&a.at_once.mean)));
        all
    }
}

impl HeldFold {
    fn push(&mut self, amount: Amount) {
        self.nanos.push(amount.nanos as f64);
        self.byte_hours.push(amount.byte_nanos as f64 / HOUR);
    }
}

/// Stays of one kind of thing at one place together, of alike things the place first that had one first.
pub(super) fn inventory(rows: &[Row], topology: &Topology, plan: &Plan) -> Vec<InventoryRow> {
    let mut all: Vec<InventoryRow> = Vec::new();
    let mut places = BTreeMap::new();
    let horizon = plan.horizon().as_secs();
    for row in rows.iter().filter(|row| !matches!(row.kind, RowKind::Refused(_))) {
        let (place, country) = place(row.place, topology);
        let asset = kind_of(row.asset, topology);
        let (from, to) = plan.clip(row.since, row.until.unwrap_or(plan.to));
        let since_s = (from - plan.from).as_secs();
        let key = (row.app, row.class, asset.clone(), row.processed, place.clone());
        let new = || InventoryRow {
            app: topology.groups[row.app].name.clone(),
            data: row.class.name().into(),
            asset: asset.clone(),
            processed: row.processed,
            place: place.clone(),
            country: country.clone(),
            since_s,
            until_s: Some(0.0),
            stays: 0,
            at_once: 0.0,
            byte_hours: 0.0,
            verdict: match row.kind {
                RowKind::Violation => Some(PathVerdict::Violation),
                RowKind::Excepted(_) => Some(PathVerdict::Excepted),
                RowKind::Inside | RowKind::Refused(_) => None,
            },
            basis: basis(row, topology),
        };
        let index = *places.entry(key).or_insert(all.len());
        if index == all.len() {
            all.push(new());
        }
        let entry = &mut all[index];
        let until = row.until.map(|until| (until.max(plan.from) - plan.from).as_secs());
        entry.until_s = entry.until_s.zip(until).map(|(a, b)| a.max(b));
        entry.stays += 1;
        entry.at_once += (to - from).as_secs() / horizon;
        entry.byte_hours += byte_hours(row, plan);
    }
    all.sort_by(|a, b| (&a.app, &a.data, &a.asset).cmp(&(&b.app, &b.data, &b.asset)));
    all
}
