//! Outages: how many, how long, and how they were got over.

use super::{Estimator, FEW, UNKNOWN, marked};
use crate::measure::failover::PHASES;
use crate::scenario::spec::{Change, Renewing};
use crate::stats;
use crate::stats::poisson_rate;
use crate::study::findings as f;
use crate::study::fold::{ClockFold, SubjectFold};
use crate::time::Span;

impl Estimator<'_> {
    pub(super) fn outage_rate(&self, fold: &SubjectFold) -> f::Estimate {
        if self.plan.stop_at_first_outage { UNKNOWN } else { self.rate(&fold.outages) }
    }

    /// M7: never the mean of the seen ones where some were censored.
    pub(super) fn first_outage(&self, fold: &SubjectFold) -> Option<f::FirstOutage> {
        let seen = fold.first.n;
        if seen == 0 {
            return None;
        }
        let censored = self.fold.replications - seen;
        let low = seen < FEW;
        if censored == 0 {
            let estimate = marked(fold.first.estimate(self.confidence)?, low);
            return Some(f::FirstOutage { estimate, method: "mean".into(), censored });
        }
        if self.all_up_times_memoryless() {
            // Time at risk over outages, the limits by the chi-squared law of the exposure.
            let at_risk = fold.first_or_horizon.mean * fold.first_or_horizon.n as f64;
            let rate = poisson_rate(seen, at_risk, self.confidence);
            let estimate = stats::Estimate {
                mean: 1.0 / rate.mean,
                low: 1.0 / rate.high,
                high: 1.0 / rate.low,
            };
            let method = "time-at-risk-per-outage".into();
            return Some(f::FirstOutage { estimate: marked(estimate, low), method, censored });
        }
        let estimate = marked(fold.first_or_horizon.estimate(self.confidence)?, low);
        Some(f::FirstOutage { estimate, method: "restricted-mean".into(), censored })
    }

    pub(super) fn all_up_times_memoryless(&self) -> bool {
        let failures = self.scenario.failures.iter().map(|it| &it.mtbf);
        let dependencies = self.scenario.dependencies.iter();
        let dependencies = dependencies.filter_map(|it| it.clock.as_ref().map(|(up, _)| up));
        self.scenario.incidents.is_empty()
            && !self.scenario.changes.iter().any(takes_containers_down)
            && failures.chain(dependencies).all(|law| law.is_memoryless())
    }

    pub(super) fn lengths(&self, fold: &SubjectFold) -> Option<f::Lengths> {
        if fold.outages.total == 0 || self.plan.stop_at_first_outage {
            return None;
        }
        let open_is_longest = fold.longest_open > fold.longest;
        let pool = fold.spread.as_ref().map(|it| it.lengths.pool());
        let at = |p| pool.as_ref().and_then(|it| self.quantile(it, p));
        Some(f::Lengths {
            mean: self.ratio(&fold.length, fold.outages.total),
            p50: at(0.5),
            p90: at(0.9),
            p95: at(0.95),
            p99: at(0.99),
            p999: at(0.999),
            max: Span(fold.longest.max(fold.longest_open)).as_secs(),
            max_at_least: open_is_longest,
        })
    }

    pub(super) fn failover(&self, clock: &ClockFold, censored: u64) -> f::Failover {
        let [detect, decide, act, start, reroute]: [f::Percentiles; PHASES] =
            std::array::from_fn(|phase| {
                self.percentiles(&clock.phases[phase], &clock.phase_means[phase])
            });
        f::Failover {
            detect,
            decide,
            act,
            start,
            reroute,
            total: self.percentiles(&clock.total, &clock.total_mean),
            episodes: clock.episodes,
            censored,
        }
    }
}

/// Whether a change may make an outage, at times that are not those of a memoryless clock.
fn takes_containers_down(change: &Change) -> bool {
    let renewing = |it: &Renewing| !it.beside || it.success < 1.0 || it.bad.is_some();
    change.declares.is_some() || change.fails_over || change.renewing.as_ref().is_some_and(renewing)
}
