//! Months, years, and how many of them meet an SLO.

use super::{Estimator, FEW, marked};
use crate::scenario::spec::{Period, Slo, SloMeasure};
use crate::stats;
use crate::stats::{Moments, RatioMoments, Sections, binomial};
use crate::study::findings as f;
use crate::study::fold::SubjectFold;

impl Estimator<'_> {
    pub(super) fn yearly(&self, sections: &Sections, mean: &Moments) -> Option<f::Percentiles> {
        if self.plan.stop_at_first_outage {
            return None;
        }
        let harmed = sections.count() > 0;
        let mean = mean.estimate(self.confidence).filter(|_| harmed)?;
        let pool = sections.pool();
        let seen = pool.pooled();
        let quiet = seen.share_at_most(0).unwrap_or(0.0);
        let few = (seen.count() as f64 * (1.0 - quiet)) < FEW as f64;
        let at_least_zero = stats::Estimate { low: mean.low.max(0.0), ..mean };
        Some(f::Percentiles {
            mean: marked(at_least_zero, few),
            p50: self.quantile(&pool, 0.5),
            p95: self.quantile(&pool, 0.95),
            p99: self.quantile(&pool, 0.99),
        })
    }

    pub(super) fn slo(&self, fold: &SubjectFold, slo: &Slo) -> Vec<f::SloMet> {
        let per = match slo.per {
            Period::Month => "month",
            Period::Year => "year",
            Period::Horizon => "horizon",
        };
        let of = match slo.of {
            SloMeasure::Requests => "requests",
            SloMeasure::Time => "time",
            SloMeasure::SlaMinutes => "sla_minutes",
            SloMeasure::StartedMinutes => "started_minutes",
        };
        let mut rows = Vec::new();
        if self.plan.stop_at_first_outage {
            return rows;
        }
        for (target, met) in slo.targets.iter().zip(&fold.slo) {
            let periods = fold.slo_periods;
            let met = (periods > 0).then(|| self.share_of_periods(met, periods));
            rows.push(f::SloMet { target: *target, per: per.into(), of: of.into(), met, periods });
        }
        rows
    }

    /// Periods of one replication hang together; where almost all or almost none of them meet the
    /// target, the exact limits for independent ones are the wider.
    pub(super) fn share_of_periods(&self, met: &RatioMoments, periods: u64) -> f::Estimate {
        let sum = (met.numerator.mean * met.numerator.n as f64 + 0.5) as u64;
        let counted = binomial(sum.min(periods), periods, self.confidence);
        let clustered = met.estimate(self.confidence).unwrap_or(counted);
        let few = sum.min(periods - sum.min(periods)) < FEW;
        let estimate = if few || clustered.low > clustered.high {
            stats::Estimate {
                mean: counted.mean,
                low: counted.low.min(clustered.low.max(0.0)),
                high: counted.high.max(clustered.high.min(1.0)),
            }
        } else {
            clustered
        };
        let estimate = stats::Estimate {
            low: estimate.low.max(0.0),
            high: estimate.high.min(1.0),
            ..estimate
        };
        marked(estimate, few && periods < 10 * FEW)
    }

    pub(super) fn months(&self, fold: &SubjectFold, has_slo: bool) -> Vec<f::Month> {
        let infos = &self.plan.calendar.months;
        if self.plan.stop_at_first_outage {
            return Vec::new();
        }
        let row = |(month, info): (
            &crate::study::fold::MonthFold,
            &crate::measure::periods::MonthInfo,
        )| {
            f::Month {
                month: info.label.clone(),
                unavailability: self.share(&month.share),
                met: has_slo.then(|| self.probability(month.met, month.seen)),
                complete: info.complete,
            }
        };
        fold.months.iter().zip(infos).map(row).collect()
    }

    pub(super) fn points(&self, fold: &SubjectFold) -> Vec<f::PointValue> {
        let point = |(at, &down): (&crate::time::Instant, &u64)| f::PointValue {
            at_s: (*at - self.plan.from).as_secs(),
            unavailability: self.probability(down, self.fold.replications),
        };
        self.plan.at.iter().zip(&fold.at).map(point).collect()
    }
}

/// What single years lose, at so many quantiles that a picture of it has no gaps.
pub(super) fn years(years: &Sections) -> Vec<[f64; 2]> {
    let pooled = years.pooled().sorted();
    let percents = (0..=99).map(|percent| f64::from(percent) / 100.0);
    let points = percents.chain([0.995, 0.999, 1.0]);
    points.filter_map(|p| Some([p, pooled.quantile(p)? as f64 * 1e-9])).collect()
}
