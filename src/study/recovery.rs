//! Faults by class (software, host, zone …): how often they do harm, what they cost, how soon it is over,
//! and what of the data they take with them.

use crate::id::Id;
use crate::model::root::CauseId;
use crate::model::topology::{Group, Topology};
use crate::model::world::Phase;
use crate::scenario::spec::{Effect, Scenario};
use crate::stats::{Evidence, Sections};
use crate::study::architecture;
use crate::study::buckets::BucketFold;
use crate::study::databases::DatabaseFold;
use crate::study::estimate::Estimator;
use crate::study::findings as f;
use crate::study::fold::ClockFold;
use crate::time::Span;
use std::collections::BTreeMap;

/// In the order of the table.
pub const CLASSES: [&str; 8] =
    ["software", "host", "dependency", "zone", "region", CONTROL_PLANE, "data", "change"];

/// It owns nothing that an app lacks (K3), so that it is counted by how often it is impaired.
const CONTROL_PLANE: &str = "control plane";

/// The class of every cause. What impairs the control plane of a region is apart from what takes the
/// region itself.
pub fn classes(scenario: &Scenario) -> BTreeMap<String, &'static str> {
    let mut classes = architecture::classes(scenario);
    for failure in scenario.failures.iter().filter(|it| it.effect == Effect::ControlPlane) {
        classes.insert(failure.name.clone(), CONTROL_PLANE);
    }
    for incident in scenario.incidents.iter().filter(|it| it.effect == Effect::ControlPlane) {
        classes.insert(incident.name.clone(), CONTROL_PLANE);
    }
    classes
}

/// By cause: the place of its class in the table.
pub fn classes_of(scenario: &Scenario, topology: &Topology) -> Vec<Option<u8>> {
    let classes = classes(scenario);
    let place = |name: &String| {
        let class = classes.get(name)?;
        CLASSES.iter().position(|it| it == class).map(|it| it as u8)
    };
    topology.causes.iter().map(place).collect()
}

impl Estimator<'_> {
    /// By class of fault, for an app with a database or a target.
    pub(super) fn recovery(
        &self,
        app: Id<Group>,
        clock: &ClockFold,
        database: Option<&DatabaseFold>,
        bucket: Option<&BucketFold>,
        target: Option<Span>,
    ) -> f::Recovery {
        let fold = &*self.fold.subjects.of(app.index(), self.by());
        let counts = fold.spread.as_deref().map_or_else(Default::default, |it| it.classes);
        let lost_by_cause =
            [database.map(|it| &it.lost_by_cause), bucket.map(|it| &it.lost_by_cause)];
        let lost_by_cause = lost_by_cause.into_iter().flatten();
        let mut rows = Vec::new();
        for (place, class) in CLASSES.into_iter().enumerate() {
            let of_class =
                |cause: CauseId| self.fold.classes[usize::from(cause)] == Some(place as u8);
            let (mut over, mut lost) = (Sections::default(), Sections::default());
            for (_, sections) in clock.by_cause.iter().filter(|it| of_class(*it.0)) {
                over.merge_from(sections);
            }
            for (_, sections) in lost_by_cause.clone().flatten().filter(|it| of_class(*it.0)) {
                lost.merge_from(sections);
            }
            let down = fold.causes.iter().filter(|it| of_class(it.0)).map(|it| it.1.down.sum);
            let down: u128 = down.sum();
            let mut times = counts[place].over(self.fold.replications);
            let mut waited = None;
            if class == CONTROL_PLANE {
                let region = self.topology.groups[app].region;
                times = self.fold.control_planes[region.index()];
                waited = Some(fold.waited[Phase::ControlPlane as usize].sum);
            }
            if times.total == 0 && lost.count() == 0 && waited.unwrap_or(0) == 0 {
                continue;
            }
            let percentile = |of: &Sections, p| self.quantile(&of.pool(), p);
            let per_year = |nanos: u128| nanos as f64 / 1e9 / self.years();
            rows.push(f::RecoveryClass {
                class: class.into(),
                per_year: self.rate(&times),
                seen: times.total,
                downtime_per_year_s: per_year(down),
                waited_for_per_year_s: waited.map(per_year),
                p50: percentile(&over, 0.5),
                p95: percentile(&over, 0.95),
                met: self.met(&over, target),
                restores: lost.count(),
                lost_p95_s: percentile(&lost, 0.95),
            });
        }
        let met = self.met(&clock.total, target);
        f::Recovery { target_s: target.map(Span::as_secs), met, classes: rows }
    }

    /// The share of recoveries that take no longer than the target.
    fn met(&self, over: &Sections, target: Option<Span>) -> Option<f::Estimate> {
        let (share, evidence) = over.share_at_most(target?.0, self.confidence)?;
        Some(f::Estimate {
            mean: share.mean,
            low: share.low,
            high: share.high,
            low_confidence: evidence != Evidence::Sound,
        })
    }
}
