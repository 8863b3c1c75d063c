//! From what a study has seen to what it says: every estimate with its interval, and nothing that is
//! not known.

mod causes;
mod components;
mod outages;
mod periods;

use crate::id::Id;
use crate::measure::Plan;
use crate::model::topology::{Scaler, Topology};
use crate::scenario::spec::Scenario;
use crate::stats;
use crate::stats::{Evidence, Pool, RatioMoments, Sections, binomial, poisson_rate};
use crate::study::findings as f;
use crate::study::fold::{By, Count, Fold, Share, SubjectFold};
use crate::study::residency::Yearly;
use periods::years;

/// Fewer occurrences than this are marked "low confidence".
pub const FEW: u64 = 50;

/// Estimates at one confidence over one study.
pub struct Estimator<'s> {
    pub topology: &'s Topology,
    pub scenario: &'s Scenario,
    pub plan: &'s Plan,
    pub fold: &'s Fold,
    /// By app: load against what can be served.
    pub rooms: &'s [Option<Box<f::Room>>],
    /// Every path by which data may leave where it may be.
    pub paths: &'s [f::DataPath],
    pub confidence: f64,
}

/// A study that stops at the first outage has not seen what comes after it, and says nothing about
/// it: `null` in the result.
const UNKNOWN: f::Estimate =
    f::Estimate { mean: f64::NAN, low: f64::NAN, high: f64::NAN, low_confidence: true };

/// An estimate with its mark.
fn marked(estimate: stats::Estimate, low_confidence: bool) -> f::Estimate {
    let stats::Estimate { mean, low, high } = estimate;
    f::Estimate { mean, low, high, low_confidence }
}

impl Estimator<'_> {
    /// Years measured in all replications together.
    pub fn years(&self) -> f64 {
        self.fold.replications as f64 * self.plan.horizon().as_years()
    }

    /// What single subjects are folded by.
    pub fn by(&self) -> By<'_> {
        By { topology: self.topology, scenario: self.scenario, plan: self.plan }
    }

    /// Every measure of an app or service.
    pub fn subject(&self, index: usize) -> f::Subject {
        let fold = &*self.fold.subjects.of(index, self.by());
        let app = (index < self.topology.apps).then(|| &self.scenario.apps[index]);
        let load = self.topology.load_of(index).map(|load| load.rate);
        let slo = match app {
            Some(app) => app.slo.as_ref(),
            None => {
                let name = &self.topology.services[index - self.topology.apps].name;
                let service = self.scenario.services.iter().find(|it| it.name == *name);
                let service = service.expect("services keep their names");
                service.slo.as_ref()
            }
        };
        let has_window = match app {
            Some(app) => !app.windows.is_empty(),
            None => self.scenario.apps.iter().any(|app| !app.windows.is_empty()),
        };
        let clock = match app {
            Some(_) if self.plan.detailed => self.fold.clocks.get(index),
            _ => None,
        };
        let censored = clock.map_or(0, |it| it.censored);
        let database = app.and_then(|_| {
            let id = self.topology.database_of(Id::new(index as u32))?;
            let fold = self.fold.databases.get(id.index())?;
            Some((&self.topology.databases[id], fold))
        });
        let database = database.filter(|_| !self.plan.stop_at_first_outage);
        let spread = fold.spread.as_deref();
        f::Subject {
            containers: app.map(|it| it.containers),
            needs: app.map(|it| it.needs),
            load,
            unavailability: self.unavailability(fold, load.is_some(), has_window),
            not_counted: (fold.not_counted.hits > 0 && !self.plan.stop_at_first_outage)
                .then(|| self.share(&fold.not_counted)),
            outages_per_year: self.outage_rate(fold),
            outages_seen: fold.outages.total,
            outages_censored: fold.censored,
            any_outage: self.probability(fold.with_outage, self.fold.replications),
            first_outage_s: self.first_outage(fold),
            outage_s: self.lengths(fold),
            failover_s: clock
                .filter(|it| it.episodes > 0)
                .map(|clock| self.failover(clock, censored)),
            redundancy_restored_s: clock
                .filter(|it| it.redundancy.count() > 0)
                .map(|it| self.percentiles(&it.redundancy, &it.redundancy_mean)),
            absorbed_per_year: app
                .filter(|_| !self.plan.stop_at_first_outage)
                .map(|_| self.rate(&fold.absorbed)),
            unplaced_container_s: app
                .filter(|_| !self.topology.hosts.is_empty() && !self.plan.stop_at_first_outage)
                .map(|_| self.unplaced(&fold.unplaced)),
            autoscaling: app.and_then(|_| self.autoscaling(index)),
            downtime_per_year_s: spread
                .and_then(|it| self.yearly(&it.year_down, &fold.year_down_mean)),
            lost_per_year_s: spread.and_then(|it| self.yearly(&it.year_lost, &fold.year_lost_mean)),
            database: database.map(|(database, fold)| self.database(database, fold)),
            fallback: app.and_then(|_| {
                let id = self.topology.fallback_of(Id::new(index as u32))?;
                let fold = self.fold.fallbacks.get(id.index())?;
                let told = !self.plan.stop_at_first_outage;
                told.then(|| self.fallback(&self.topology.fallbacks[id], fold))
            }),
            recovery: app.zip(clock).and_then(|(app, clock)| {
                let id = self.topology.bucket_of(crate::id::Id::new(index as u32));
                let bucket = id.and_then(|id| self.fold.buckets.get(id.index()));
                let lost = bucket.is_some_and(|it| !it.lost_by_cause.is_empty());
                let told = app.recovery_target.is_some() || database.is_some() || lost;
                let told = told && !self.plan.stop_at_first_outage;
                let fold_of = database.map(|(_, fold)| fold);
                let id = Id::new(index as u32);
                told.then(|| self.recovery(id, clock, fold_of, bucket, app.recovery_target))
            }),
            data_loss_s: database.map(|(database, fold)| self.data_loss(database, &fold.lost)),
            slo: slo.map_or_else(Vec::new, |slo| self.slo(fold, slo)),
            months: self.months(fold, slo.is_some()),
            causes: self.causes(fold, clock, load),
            waited_for: self.waited(fold),
            at: self.points(fold),
            latency_s: app.and_then(|app| {
                let serving = self.fold.serving.get(index)?.as_ref()?;
                serving.latency(&app.latency_over, self.confidence)
            }),
            capacity: self.capacity(fold, index),
            files: app.and_then(|app| self.files(index, app)),
            residency: app.and_then(|app| {
                let refused_copies = self.refused_copies(index);
                Some(f::AppResidency { refused_copies, ..self.outside()?.app(index, app)? })
            }),
            backups: app.and_then(|_| self.backups(index)),
            spread_s: spread.map_or_else(Vec::new, |it| {
                years(if load.is_some() { &it.year_lost } else { &it.year_down })
            }),
        }
    }

    /// What was outside of where it may be, a year.
    pub fn outside(&self) -> Option<Yearly<'_>> {
        let (plan, paths, confidence) = (self.plan, self.paths, self.confidence);
        let fold = self.fold.residency.as_ref()?;
        Some(Yearly { plan, fold, paths, confidence })
    }

    fn unavailability(
        &self,
        fold: &SubjectFold,
        by_request: bool,
        has_window: bool,
    ) -> f::Unavailability {
        if self.plan.stop_at_first_outage {
            return f::Unavailability {
                time: UNKNOWN,
                requests: by_request.then_some(UNKNOWN),
                time_any: UNKNOWN,
                sla_minutes: UNKNOWN,
                started_minutes: UNKNOWN,
                planned: None,
                unplanned_time: None,
                unplanned_requests: None,
            };
        }
        f::Unavailability {
            time: self.outages(&fold.time),
            requests: by_request.then(|| self.share(&fold.failed)),
            time_any: self.share(&fold.any),
            sla_minutes: self.share(&fold.sla),
            started_minutes: self.share(&fold.started),
            planned: has_window.then(|| self.share(&fold.planned)),
            unplanned_time: has_window.then(|| self.share(&fold.unplanned)),
            unplanned_requests: (has_window && by_request)
                .then(|| self.share(&fold.failed_unplanned)),
        }
    }

    /// Load against capacity; what was measured of it, where the study ran to its end.
    fn capacity(&self, fold: &SubjectFold, index: usize) -> Option<f::Room> {
        let room = self.rooms.get(index)?.as_deref()?.clone();
        let measured = fold.overload.as_deref().filter(|_| !self.plan.stop_at_first_outage);
        Some(f::Room {
            overloaded: measured.map(|(time, _)| self.share(time)),
            lost: measured.map(|(_, lost)| self.share(lost)),
            ..room
        })
    }

    fn outages(&self, outages: &stats::Outages) -> f::Estimate {
        let (estimate, evidence) =
            outages.unavailability(self.confidence).expect("a study has a replication");
        marked(estimate, is_low(evidence))
    }

    /// A share of time or requests.
    pub fn share(&self, share: &Share) -> f::Estimate {
        self.outages(&share.as_outages())
    }

    /// Container-seconds a year, of the mean number of containers that are unplaced.
    fn unplaced(&self, unplaced: &stats::Moments) -> f::Estimate {
        let estimate = if unplaced.mean == 0.0 {
            // Nothing was seen: at most one container for as long as that can hide.
            let none = stats::Outages { fraction: *unplaced, ..stats::Outages::default() };
            self.outages(&none)
        } else {
            let mean = unplaced.estimate(self.confidence).expect("a study has a replication");
            marked(stats::Estimate { low: mean.low.max(0.0), ..mean }, unplaced.n < FEW)
        };
        let year = crate::time::Span::YEAR.as_secs();
        let scaled = |share: f64| share * year;
        f::Estimate {
            mean: scaled(estimate.mean),
            low: scaled(estimate.low),
            high: scaled(estimate.high),
            ..estimate
        }
    }

    /// What the autoscaler of an app did, where it has one.
    fn autoscaling(&self, app: usize) -> Option<f::Autoscaled> {
        let scalers = &self.topology.scalers;
        let of = |it: &Scaler| self.topology.changes[it.change].app.index();
        let (orders, containers) =
            &self.fold.scaling[scalers.iter().position(|it| of(it) == app)?];
        if self.plan.stop_at_first_outage {
            return None;
        }
        let mean = containers.estimate(self.confidence).expect("a study has a replication");
        let low = mean.low.max(0.0);
        Some(f::Autoscaled {
            orders_per_year: self.rate(orders),
            containers: marked(stats::Estimate { low, ..mean }, false),
        })
    }

    /// Occurrences per year: exact Poisson limits where there are few, Student's t where many.
    pub fn rate(&self, count: &Count) -> f::Estimate {
        let per_year = 1.0 / self.plan.horizon().as_years();
        let estimate = if count.total < FEW || count.per_replication.n < 2 {
            poisson_rate(count.total, self.years(), self.confidence)
        } else {
            let moments = count.per_replication.estimate(self.confidence);
            let estimate = moments.expect("a study has a replication").scaled(per_year);
            stats::Estimate { low: estimate.low.max(0.0), ..estimate }
        };
        marked(estimate, count.total < FEW)
    }

    pub(super) fn probability(&self, successes: u64, trials: u64) -> f::Estimate {
        let estimate = binomial(successes, trials, self.confidence);
        marked(estimate, successes.min(trials - successes) < FEW && trials < 10 * FEW)
    }

    fn ratio(&self, ratio: &RatioMoments, events: u64) -> f::Estimate {
        let estimate = ratio.estimate(self.confidence).expect("there were events");
        marked(stats::Estimate { low: estimate.low.max(0.0), ..estimate }, events < FEW)
    }

    pub(super) fn quantile(&self, pool: &Pool<'_>, p: f64) -> Option<f::Estimate> {
        let (estimate, evidence) = pool.quantile_estimate(p, self.confidence)?;
        Some(marked(estimate.scaled(1e-9), is_low(evidence)))
    }

    pub(super) fn percentiles(&self, sections: &Sections, mean: &RatioMoments) -> f::Percentiles {
        let pool = sections.pool();
        f::Percentiles {
            mean: self.ratio(mean, sections.count()),
            p50: self.quantile(&pool, 0.5),
            p95: self.quantile(&pool, 0.95),
            p99: self.quantile(&pool, 0.99),
        }
    }
}

fn is_low(evidence: Evidence) -> bool {
    matches!(evidence, Evidence::NothingSeen | Evidence::LowConfidence { .. })
}
