//! From what a study has seen to what it says: every estimate with its interval, and nothing that is
//! not known.

use crate::id::Id;
use crate::measure::failover::PHASES;
use crate::measure::importance::{Component, Importance};
use crate::measure::ledger::PARTS_OF_A_REQUEST;
use crate::measure::{Measures, Plan};
use crate::model::topology::{Kind, Scaler, Topology};
use crate::model::world::Phase;
use crate::scenario::spec::{Change, Period, Renewing, Scenario, Slo, SloMeasure};
use crate::stats::{self, Evidence, Moments, Pool, RatioMoments, Sections, binomial, poisson_rate};
use crate::study::findings as f;
use crate::study::fold::{ClockFold, Count, Fold, KindFold, Part, Share, SubjectFold, Whole};
use crate::study::residency::Yearly;
use crate::time::Span;
use std::collections::BTreeMap;

/// Fewer occurrences than this are marked "low confidence".
pub const FEW: u64 = 50;

/// Estimates at one confidence over one study.
pub struct Estimator<'s> {
    pub topology: &'s Topology,
    pub scenario: &'s Scenario,
    pub plan: &'s Plan,
    pub fold: &'s Fold,
    /// By app: load against what can be served.
    pub rooms: &'s [Option<f::Room>],
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

    /// Every measure of an app or service.
    pub fn subject(&self, index: usize) -> f::Subject {
        let fold = &self.fold.subjects[index];
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
                told.then(|| self.recovery(fold, clock, fold_of, bucket, app.recovery_target))
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
        let room = self.rooms.get(index)?.clone()?;
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

    fn outage_rate(&self, fold: &SubjectFold) -> f::Estimate {
        if self.plan.stop_at_first_outage { UNKNOWN } else { self.rate(&fold.outages) }
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

    /// M7: never the mean of the seen ones where some were censored.
    fn first_outage(&self, fold: &SubjectFold) -> Option<f::FirstOutage> {
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

    fn all_up_times_memoryless(&self) -> bool {
        let failures = self.scenario.failures.iter().map(|it| &it.mtbf);
        let dependencies = self.scenario.dependencies.iter();
        let dependencies = dependencies.filter_map(|it| it.clock.as_ref().map(|(up, _)| up));
        self.scenario.incidents.is_empty()
            && !self.scenario.changes.iter().any(takes_containers_down)
            && failures.chain(dependencies).all(|law| law.is_memoryless())
    }

    fn lengths(&self, fold: &SubjectFold) -> Option<f::Lengths> {
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

    fn ratio(&self, ratio: &RatioMoments, events: u64) -> f::Estimate {
        let estimate = ratio.estimate(self.confidence).expect("there were events");
        marked(stats::Estimate { low: estimate.low.max(0.0), ..estimate }, events < FEW)
    }

    pub(super) fn quantile(&self, pool: &Pool, p: f64) -> Option<f::Estimate> {
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

    fn failover(&self, clock: &ClockFold, censored: u64) -> f::Failover {
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

    fn yearly(&self, sections: &Sections, mean: &Moments) -> Option<f::Percentiles> {
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

    fn slo(&self, fold: &SubjectFold, slo: &Slo) -> Vec<f::SloMet> {
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
    fn share_of_periods(&self, met: &RatioMoments, periods: u64) -> f::Estimate {
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

    fn months(&self, fold: &SubjectFold, has_slo: bool) -> Vec<f::Month> {
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

    fn causes(
        &self,
        fold: &SubjectFold,
        clock: Option<&ClockFold>,
        load: Option<f64>,
    ) -> Vec<f::Cause> {
        if self.plan.stop_at_first_outage {
            return Vec::new();
        }
        let years = self.years();
        let per_year = |nanos: u128| nanos as f64 / 1e9 / years;
        let mut rows: Vec<_> = fold
            .causes
            .iter()
            .map(|(cause, row)| {
                let harmed = row.harmed.over(self.fold.replications);
                let over = clock.and_then(|clock| clock.by_cause.get(cause)).map(Sections::pool);
                let few = harmed.total < FEW;
                f::Cause {
                    cause: self.topology.causes[usize::from(*cause)].clone(),
                    per_year: self.rate(&harmed),
                    seen: harmed.total,
                    absorbed: row.absorbed,
                    downtime_per_year_s: per_year(row.down.sum),
                    downtime_share: self.part(&row.down, &fold.down, few),
                    requests_share: load
                        .and_then(|_| self.part(&row.failed, &fold.failed_requests, few)),
                    lost_per_year_s: load
                        .filter(|&rate| rate > 0.0)
                        .map(|rate| row.failed.sum as f64 / PARTS_OF_A_REQUEST / rate / years),
                    over_by_p50_s: over.as_ref().and_then(|pool| self.quantile(pool, 0.5)),
                    over_by_p95_s: over.as_ref().and_then(|pool| self.quantile(pool, 0.95)),
                    contributing_per_year_s: per_year(row.contributing),
                }
            })
            .collect();
        sort_causes(&mut rows);
        rows
    }

    /// K6: shares of app-seconds and requests summed over apps.
    pub fn causes_of_all(&self) -> Vec<f::Cause> {
        let loads = self.scenario.apps.iter().filter_map(|app| Some(app.load.as_ref()?.mean));
        let load = loads.reduce(|sum, load| sum + load);
        let pooled = if self.plan.detailed { None } else { self.fold.clocks.first() };
        self.causes(&self.fold.all, pooled, load)
    }

    fn part(&self, part: &Part, whole: &Whole, few: bool) -> Option<f::Estimate> {
        let share = part.share_of(whole, self.fold.replications, self.confidence)?;
        Some(marked(share, few))
    }

    fn waited(&self, fold: &SubjectFold) -> Vec<f::Waited> {
        let mut rows: Vec<_> = Phase::ALL
            .iter()
            .zip(fold.waited)
            .filter(|(_, part)| part.sum > 0)
            .filter_map(|(phase, part)| {
                Some(f::Waited {
                    phase: phase.name().into(),
                    downtime_share: self.part(&part, &fold.down, fold.outages.total < FEW)?,
                    downtime_per_year_s: part.sum as f64 / 1e9 / self.years(),
                })
            })
            .collect();
        rows.sort_by(|a, b| b.downtime_per_year_s.total_cmp(&a.downtime_per_year_s));
        rows
    }

    fn points(&self, fold: &SubjectFold) -> Vec<f::PointValue> {
        let point = |(at, &down): (&crate::time::Instant, &u64)| f::PointValue {
            at_s: (*at - self.plan.from).as_secs(),
            unavailability: self.probability(down, self.fold.replications),
        };
        self.plan.at.iter().zip(&fold.at).map(point).collect()
    }

    /// M9, by kind of component that the scenario has.
    pub fn components(&self) -> BTreeMap<String, f::Components> {
        if self.plan.stop_at_first_outage {
            return BTreeMap::new();
        }
        let count = |kind| match kind {
            Kind::Zone => self.topology.zones.len(),
            _ => {
                let groups = self.topology.groups.iter().filter(|group| group.kind == kind);
                groups.map(|group| group.count as usize).sum()
            }
        };
        Kind::ALL
            .into_iter()
            .map(|kind| (kind, count(kind)))
            .filter(|(_, count)| *count > 0)
            .map(|(kind, count)| {
                let fold = &self.fold.kinds[kind as usize];
                (kind.name().to_string(), self.kind(kind, count, fold))
            })
            .collect()
    }

    /// The apps as a whole, where there are several; who meets the SLO is judged later.
    pub fn fleet(&self) -> Option<f::Fleet> {
        let fold = self.fold.fleet.as_ref().filter(|_| !self.plan.stop_at_first_outage)?;
        let with_slo = self.scenario.apps.iter().filter(|app| app.slo.is_some()).count();
        let judged = with_slo > 0 && self.plan.periods && fold.months > 0;
        Some(f::Fleet {
            apps: self.topology.apps,
            with_slo,
            meet_slo: 0,
            groups: BTreeMap::new(),
            all_meet_slo: judged.then(|| self.share_of_periods(&fold.all_met, fold.months)),
            mean_down: self.mean_down(&fold.down),
            down_at_least: fold.down.at_least.iter().map(|share| self.share(share)).collect(),
            worst: fold.worst.map(|(moment, replication)| f::WorstMoment {
                apps: moment.apps,
                lasted_s: Span(moment.length).as_secs(),
                cause: self.topology.causes[usize::from(moment.cause)].clone(),
                replication,
            }),
        })
    }

    fn mean_down(&self, fold: &KindFold) -> f::Estimate {
        let mean = fold.mean_down.estimate(self.confidence).expect("a study has a replication");
        if fold.failures.total == 0 {
            // Nothing was seen to fail: at most as often as that can hide, each time for all time.
            let none = stats::Outages { fraction: fold.mean_down, ..stats::Outages::default() };
            return self.outages(&none);
        }
        let few = fold.failures.total < FEW;
        marked(stats::Estimate { low: mean.low.max(0.0), ..mean }, few)
    }

    fn kind(&self, kind: Kind, count: usize, fold: &KindFold) -> f::Components {
        f::Components {
            count,
            mean_down: self.mean_down(fold),
            down_at_least: fold.at_least.iter().map(|share| self.share(share)).collect(),
            birnbaum: self.birnbaum(kind),
            failures_per_year: self.rate(&fold.failures),
        }
    }

    fn birnbaum(&self, kind: Kind) -> BTreeMap<String, BTreeMap<String, f::Estimate>> {
        let importance: Importance = Measures::new(self.plan, self.topology).importance;
        let mut subjects = BTreeMap::new();
        for (index, components) in importance.subjects.iter().enumerate() {
            let mut rows = BTreeMap::new();
            for (row, moments) in components.rows.iter().zip(&self.fold.subjects[index].importance)
            {
                let (its_kind, name) = match row.component {
                    Component::Unit(unit) => {
                        (Some(self.topology.group_of(unit).kind), self.topology.unit_name(unit))
                    }
                    Component::Zone(zone) => {
                        (Some(Kind::Zone), self.topology.zones[zone].name.clone())
                    }
                    // A subject within a subject has its own entry.
                    Component::App(_) | Component::Service(_) => (None, String::new()),
                };
                if its_kind == Some(kind)
                    && let Some(estimate) = moments.estimate(self.confidence)
                {
                    let low = estimate.low.max(0.0);
                    rows.insert(name, marked(stats::Estimate { low, ..estimate }, false));
                }
            }
            if !rows.is_empty() {
                subjects.insert(self.topology.subject_name(index), rows);
            }
        }
        subjects
    }
}

/// Whether a change may make an outage, at times that are not those of a memoryless clock.
fn takes_containers_down(change: &Change) -> bool {
    let renewing = |it: &Renewing| !it.beside || it.success < 1.0 || it.bad.is_some();
    change.declares.is_some() || change.fails_over || change.renewing.as_ref().is_some_and(renewing)
}

/// What single years lose, at so many quantiles that a picture of it has no gaps.
fn years(years: &Sections) -> Vec<[f64; 2]> {
    let pooled = years.pooled();
    let percents = (0..=99).map(|percent| f64::from(percent) / 100.0);
    let points = percents.chain([0.995, 0.999, 1.0]);
    points.filter_map(|p| Some([p, pooled.quantile(p)? as f64 * 1e-9])).collect()
}

fn is_low(evidence: Evidence) -> bool {
    matches!(evidence, Evidence::NothingSeen | Evidence::LowConfidence { .. })
}

/// Most harm first: by lost requests where they are counted, else by downtime; then by name.
fn sort_causes(rows: &mut [f::Cause]) {
    let harm = |row: &f::Cause| row.lost_per_year_s.unwrap_or(row.downtime_per_year_s);
    rows.sort_by(|a, b| {
        let by_harm = harm(b).total_cmp(&harm(a));
        by_harm
            .then(b.downtime_per_year_s.total_cmp(&a.downtime_per_year_s))
            .then(a.cause.cmp(&b.cause))
    });
}
