//! Faults by class (software, host, zone …): how often they do harm, what they cost, how soon it is over,
//! and what of the data they take with them.

use crate::scenario::spec::{Effect, Scenario};
use crate::stats::Sections;
use crate::study::architecture;
use crate::study::buckets::BucketFold;
use crate::study::databases::DatabaseFold;
use crate::study::estimate::Estimator;
use crate::study::findings as f;
use crate::study::fold::{ClockFold, SubjectFold};
use crate::time::Span;
use std::collections::{BTreeMap, BTreeSet};

/// In the order of the table.
const CLASSES: [&str; 8] =
    ["software", "host", "dependency", "zone", "region", "control plane", "data", "change"];

/// The class of every cause. What impairs the control plane of a region is apart from what takes the
/// region itself.
pub fn classes(scenario: &Scenario) -> BTreeMap<String, &'static str> {
    let mut classes = architecture::classes(scenario);
    for failure in scenario.failures.iter().filter(|it| it.effect == Effect::ControlPlane) {
        classes.insert(failure.name.clone(), "control plane");
    }
    for incident in scenario.incidents.iter().filter(|it| it.effect == Effect::ControlPlane) {
        classes.insert(incident.name.clone(), "control plane");
    }
    classes
}

impl Estimator<'_> {
    /// By class of fault, for an app with a database or a target.
    pub(super) fn recovery(
        &self,
        fold: &SubjectFold,
        clock: &ClockFold,
        database: Option<&DatabaseFold>,
        bucket: Option<&BucketFold>,
        target: Option<Span>,
    ) -> f::Recovery {
        let classes = classes(self.scenario);
        let met = |over: &Sections| {
            let (share, evidence) = over.share_at_most(target?.0, self.confidence)?;
            Some(f::Estimate {
                mean: share.mean,
                low: share.low,
                high: share.high,
                low_confidence: evidence != crate::stats::Evidence::Sound,
            })
        };
        let mut rows = Vec::new();
        for class in CLASSES {
            let of_class = |name: &str| classes.get(name).is_some_and(|it| *it == class);
            let lost_in_bucket = bucket.into_iter().flat_map(|it| it.lost_by_cause.keys());
            let causes: BTreeSet<_> =
                fold.causes.iter().map(|it| it.0).chain(lost_in_bucket.copied()).collect();
            let causes = causes.into_iter();
            let causes =
                causes.filter(|cause| of_class(&self.topology.causes[usize::from(*cause)]));
            let (mut over, mut lost) = (Sections::default(), Sections::default());
            let (mut harmed, mut down) = (0, 0);
            for cause in causes {
                if let Some(row) = fold.causes.get(cause) {
                    harmed += row.harmed.total;
                    down += row.down.sum;
                }
                if let Some(sections) = bucket.and_then(|it| it.lost_by_cause.get(&cause)) {
                    lost.merge_from(sections);
                }
                if let Some(sections) = clock.by_cause.get(&cause) {
                    over.merge_from(sections);
                }
                if let Some(sections) = database.and_then(|it| it.lost_by_cause.get(&cause)) {
                    lost.merge_from(sections);
                }
            }
            if harmed == 0 && lost.count() == 0 {
                continue;
            }
            let percentile = |of: &Sections, p| self.quantile(&of.pool(), p);
            rows.push(f::RecoveryClass {
                class: class.into(),
                per_year: harmed as f64 / self.years(),
                seen: harmed,
                downtime_per_year_s: down as f64 / 1e9 / self.years(),
                p50: percentile(&over, 0.5),
                p95: percentile(&over, 0.95),
                met: met(&over),
                restores: lost.count(),
                lost_p95_s: percentile(&lost, 0.95),
            });
        }
        f::Recovery { target_s: target.map(Span::as_secs), met: met(&clock.total), classes: rows }
    }
}
