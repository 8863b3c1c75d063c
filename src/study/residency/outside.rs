//! What was outside, over the replications of a study.

use super::inventory::InventoryFold;
use crate::measure::Plan;
use crate::measure::residency::{AppLedger, Residency as Ledgers, Tally};
use crate::model::residency::{Class, Control};
use crate::scenario::spec::App;
use crate::stats::{self, Moments, Outages, poisson_rate};
use crate::study::backups::AgeFold;
use crate::study::estimate::FEW;
use crate::study::findings as f;
use crate::time::Span;
use std::collections::BTreeMap;

/// Amounts of something that most replications may have none of.
#[derive(Clone, Copy, Debug, Default)]
struct Amount {
    /// Occurrences, or replications with any.
    seen: u64,
    per_replication: Moments,
}

impl Amount {
    fn count(&mut self, count: u64) {
        self.seen += count;
        self.per_replication.push(count as f64);
    }

    fn measure(&mut self, amount: f64) {
        self.seen += u64::from(amount > 0.0);
        self.per_replication.push(amount);
    }
}

/// One class of data, or all of an app, or all of all apps.
#[derive(Clone, Copy, Debug, Default)]
struct OutsideFold {
    begun: Amount,
    /// Hours.
    outside: Amount,
    /// Bytes times hours.
    bytes: Amount,
}

impl OutsideFold {
    fn add<'t>(&mut self, tallies: impl Iterator<Item = &'t Tally>) {
        let (mut begun, mut outside, mut bytes) = (0, 0, 0);
        for tally in tallies {
            begun += tally.begun;
            outside += u128::from(tally.outside);
            bytes += tally.byte_nanos;
        }
        self.begun.count(begun);
        self.outside.measure(outside as f64 / HOUR);
        self.bytes.measure(bytes as f64 / HOUR);
    }
}

/// Nanoseconds.
const HOUR: f64 = 3.6e12;

/// One app.
#[derive(Clone, Debug, Default)]
struct AppFold {
    all: OutsideFold,
    classes: [OutsideFold; Class::ALL.len()],
    refused: Amount,
    refused_down: Amount,
    refused_lost: Amount,
    refused_all: Amount,
    without_refusal: Option<Box<AgeFold>>,
}

/// All apps over all replications so far.
#[derive(Clone, Debug, Default)]
pub struct ResidencyFold {
    apps: Vec<AppFold>,
    all: OutsideFold,
    refused: Amount,
    /// Where everything was; only where few apps are looked at one by one.
    pub inventory: Option<InventoryFold>,
    /// The replication with the most time outside, or else the most refusals, and how much.
    worst: Option<(u64, (u128, u64))>,
}

impl ResidencyFold {
    /// Adds the next replication.
    pub fn add(&mut self, replication: u64, ledgers: &Ledgers, plan: &Plan) {
        self.apps.resize(ledgers.apps.len(), AppFold::default());
        for (fold, ledger) in self.apps.iter_mut().zip(&ledgers.apps) {
            fold.add(ledger);
            if let Some(ages) = &ledger.without_refusal {
                fold.without_refusal.get_or_insert_default().add(replication, ages, plan);
            }
        }
        if let Some(held) = &ledgers.held {
            self.inventory.get_or_insert_default().add(held);
        }
        let tallies = || ledgers.apps.iter().flat_map(|it| &it.tallies);
        self.all.add(tallies());
        let refused = ledgers.apps.iter().map(|it| it.refused).sum();
        self.refused.count(refused);
        let harm = (tallies().map(|it| u128::from(it.outside)).sum(), refused);
        if harm > (0, 0) && self.worst.is_none_or(|(_, most)| harm > most) {
            self.worst = Some((replication, harm));
        }
    }

    /// Of an app, the ages of the copies that were refused.
    pub fn without_refusal(&self, app: usize) -> Option<&AgeFold> {
        self.apps.get(app)?.without_refusal.as_deref()
    }

    /// The replication whose ledger is worth telling.
    pub fn worst(&self) -> Option<u64> {
        self.worst.map(|(replication, _)| replication)
    }
}

impl AppFold {
    fn add(&mut self, ledger: &AppLedger) {
        self.all.add(ledger.tallies.iter());
        for (fold, tally) in self.classes.iter_mut().zip(&ledger.tallies) {
            fold.add(std::iter::once(tally));
        }
        self.refused.count(ledger.refused);
        self.refused_down.measure(Span(ledger.cost.down).as_secs());
        self.refused_lost.measure(Span(ledger.cost.lost).as_secs());
        self.refused_all.count(u64::from(ledger.cost.all_lost));
    }
}

/// Turns amounts into estimates a year.
pub struct Yearly<'s> {
    pub plan: &'s Plan,
    pub fold: &'s ResidencyFold,
    pub paths: &'s [f::DataPath],
    pub confidence: f64,
}

impl Yearly<'_> {
    /// One app; nothing where it does not say where its data may be.
    pub fn app(&self, index: usize, app: &App) -> Option<f::AppResidency> {
        let rule = app.residency.as_ref()?;
        let (fold, name) = (self.fold.apps.get(index)?, app.name.as_str());
        let possible =
            |class: Option<Class>| self.possible(f::PathVerdict::Violation, Some(name), class);
        let (begun, outside, bytes) = self.outside(&fold.all, possible(None));
        let refusable = self.possible(f::PathVerdict::Refused, Some(name), None);
        let classes = Class::ALL.into_iter().zip(&fold.classes);
        let by_class: BTreeMap<_, _> = classes
            .filter(|(class, _)| possible(Some(*class)))
            .map(|(class, fold)| {
                let (begun, outside, bytes) = self.outside(fold, true);
                let outside = f::ClassResidency {
                    violations_per_year: begun,
                    hours_per_year: outside,
                    byte_hours_per_year: bytes,
                };
                (class.name().to_owned(), outside)
            })
            .collect();
        let mut areas: Vec<_> = rule.areas.iter().map(|it| it.words.join(", ")).collect();
        areas.dedup();
        Some(f::AppResidency {
            keep_in: areas.join("; "),
            control: match rule.control {
                Control::Preventive => "preventive".into(),
                Control::Detective => "detective".into(),
            },
            violations_per_year: begun,
            hours_per_year: outside,
            byte_hours_per_year: bytes,
            refused_per_year: self.counted(&fold.refused, refusable),
            refused_down_s: self.measured(&fold.refused_down, refusable, Span::YEAR.as_secs()),
            refused_lost_s: self.measured(&fold.refused_lost, refusable, f64::INFINITY),
            refused_all_lost_per_year: self.counted(&fold.refused_all, refusable),
            refused_copies: None,
            by_class,
        })
    }

    /// All apps together.
    pub fn all(&self, ledger: Vec<f::LedgerRow>, inventory: Vec<f::InventoryRow>) -> f::Residency {
        let possible = self.possible(f::PathVerdict::Violation, None, None);
        let (begun, outside, bytes) = self.outside(&self.fold.all, possible);
        let refusable = self.possible(f::PathVerdict::Refused, None, None);
        f::Residency {
            paths: self.paths.to_vec(),
            worst: self.fold.worst(),
            ledger,
            inventory,
            inventory_per_year: Vec::new(),
            violations_per_year: Some(begun),
            hours_per_year: Some(outside),
            byte_hours_per_year: Some(bytes),
            refused_per_year: Some(self.counted(&self.fold.refused, refusable)),
        }
    }

    /// Whether the static verdict has such a path. Without one there is none, for certain.
    fn possible(&self, verdict: f::PathVerdict, app: Option<&str>, class: Option<Class>) -> bool {
        self.paths.iter().any(|path| {
            path.verdict == verdict
                && app.is_none_or(|app| path.app == app)
                && class.is_none_or(|class| path.data == class.name())
        })
    }

    fn outside(
        &self,
        fold: &OutsideFold,
        possible: bool,
    ) -> (f::Estimate, f::Estimate, f::Estimate) {
        let year = Span::YEAR.as_secs() / 3600.0;
        (
            self.counted(&fold.begun, possible),
            self.measured(&fold.outside, possible, year),
            // How much a stay that was not seen would be of is not known.
            self.measured(&fold.bytes, possible, f64::INFINITY),
        )
    }

    /// Occurrences a year: exact Poisson limits where there are few, Student's t where many.
    fn counted(&self, amount: &Amount, possible: bool) -> f::Estimate {
        if !possible && amount.seen == 0 {
            return f::Estimate::default();
        }
        let moments = &amount.per_replication;
        let years = moments.n as f64 * self.plan.horizon().as_years();
        if amount.seen < FEW && moments.m2 > 0.0 || amount.seen == 0 || moments.n < 2 {
            return marked(poisson_rate(amount.seen, years, self.confidence), amount.seen < FEW);
        }
        self.mean_of(moments)
    }

    /// An amount a year, at most `most`.
    fn measured(&self, amount: &Amount, possible: bool, most: f64) -> f::Estimate {
        if !possible && amount.seen == 0 {
            return f::Estimate::default();
        }
        if amount.seen > 0 {
            return self.mean_of(&amount.per_replication);
        }
        // Nothing was seen: at most always, in as many replications as that can hide in.
        let none = Outages { fraction: amount.per_replication, ..Outages::default() };
        let (share, _) = none.unavailability(self.confidence).expect("a study has a replication");
        let high = if most.is_finite() { share.high * most } else { most };
        f::Estimate { mean: 0.0, low: 0.0, high, low_confidence: true }
    }

    fn mean_of(&self, moments: &Moments) -> f::Estimate {
        let per_year = 1.0 / self.plan.horizon().as_years();
        let estimate = moments.estimate(self.confidence).expect("a study has a replication");
        let estimate = estimate.scaled(per_year);
        let low = estimate.low.max(0.0);
        marked(stats::Estimate { low, ..estimate }, false)
    }
}

fn marked(estimate: stats::Estimate, low_confidence: bool) -> f::Estimate {
    let stats::Estimate { mean, low, high } = estimate;
    f::Estimate { mean, low, high, low_confidence }
}
