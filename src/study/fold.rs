//! Replications folded into samples, one after the other in their order, so that the same study gives
//! the same bits on any number of threads.

use crate::measure::components::Level;
use crate::measure::ledger::{CauseTally, PARTS_OF_A_REQUEST, Tally, requests};
use crate::measure::outages::Outages as OutagesOfOne;
use crate::measure::periods::Piece;
use crate::measure::{Measures, Plan, failover};
use crate::model::root::CauseId;
use crate::model::topology::{Kind, Load, Topology};
use crate::model::world::Phase;
use crate::scenario::spec::{Period, Scenario, Slo, SloMeasure};
use crate::stats::quantile::student_t_quantile;
use crate::stats::{Estimate, Moments, Outages, RatioMoments, Sections};
use crate::study::backups::BackupFold;
use crate::study::buckets::BucketFold;
use crate::study::databases::DatabaseFold;
use crate::study::fallbacks::FallbackFold;
use crate::study::fleet::FleetFold;
use crate::study::residency::ResidencyFold;
use crate::study::rows::{Row, Rows};
use crate::study::serving::ServingFold;
use crate::time::{Instant, MINUTE, Span, YEAR};
use std::collections::BTreeMap;

/// At most this many calendar months are shown one by one.
pub const MONTHS_SHOWN: usize = 24;

/// All that a study has seen so far.
pub struct Fold {
    pub replications: u64,
    pub events: u64,
    pub subjects: Vec<SubjectFold>,
    /// By app, or one pooled over all where the fleet is large.
    pub clocks: Vec<ClockFold>,
    pub kinds: Vec<KindFold>,
    pub databases: Vec<DatabaseFold>,
    pub fallbacks: Vec<FallbackFold>,
    pub buckets: Vec<BucketFold>,
    /// Where there is more than one app.
    pub fleet: Option<FleetFold>,
    /// By autoscaler: its orders, and how many containers were meant to run on average.
    pub scaling: Vec<(Count, Moments)>,
    /// Sums over apps: what the causes did to all of them together.
    pub all: SubjectFold,
    /// Of each replication over all subjects, in nanoseconds: not up, and some requests failing.
    /// They decide which replication is the worst and which the median one.
    pub harm: Vec<(u64, u64)>,
    /// By app, where there are few enough; of those with a queue.
    pub serving: Vec<Option<ServingFold>>,
    /// Where an app says where its data may be.
    pub residency: Option<ResidencyFold>,
    /// By backup, in the order of the topology.
    pub backups: Vec<BackupFold>,
    pub keep_rows: bool,
    pub rows: Rows,
}

/// A share of time or of requests, over replications.
#[derive(Clone, Debug, Default)]
pub struct Share {
    pub fraction: Moments,
    /// Replications in which it was above zero, for the interval of what is rarely seen.
    pub hits: u64,
    total: f64,
    squares: f64,
}

impl Share {
    pub(super) fn push(&mut self, fraction: f64) {
        self.fraction.push(fraction);
        if fraction > 0.0 {
            self.hits += 1;
            self.total += fraction;
            self.squares += fraction * fraction;
        }
    }

    /// As outages of which each replication has at most one.
    pub fn as_outages(&self) -> Outages {
        Outages {
            hits: self.hits,
            total: self.total,
            squares: self.squares,
            fraction: self.fraction,
        }
    }
}

/// Counts of something that happens now and then.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub total: u64,
    pub per_replication: Moments,
}

impl Count {
    pub(super) fn push(&mut self, count: u64) {
        self.total += count;
        self.per_replication.push(count as f64);
    }
}

/// Like [`Count`], for what most replications have none of: those need not be told.
#[derive(Clone, Copy, Debug, Default)]
pub struct CountSums {
    pub total: u64,
    squares: u64,
}

impl CountSums {
    fn push(&mut self, count: u64) {
        self.total += count;
        self.squares += count * count;
    }

    /// The count over all replications, most of which were not told.
    pub fn over(&self, replications: u64) -> Count {
        let mean = self.total as f64 / replications as f64;
        let m2 = (self.squares as f64 - mean * self.total as f64).max(0.0);
        Count { total: self.total, per_replication: Moments { n: replications, mean, m2 } }
    }
}

#[derive(Clone, Debug, Default)]
pub struct SubjectFold {
    /// Downtime as outages with their lengths.
    pub time: Outages,
    pub any: Share,
    pub failed: Share,
    /// Planned downtime (M3), and time in which it was not meant to run (S6).
    pub planned: Share,
    /// As contracts have it, without planned downtime.
    pub unplanned: Share,
    pub failed_unplanned: Share,
    pub not_counted: Share,
    pub sla: Share,
    pub started: Share,
    pub outages: Count,
    pub censored: u64,
    /// Replications with at least one outage.
    pub with_outage: u64,
    /// Time to the first outage where there was one, seconds.
    pub first: Moments,
    /// min(first outage, horizon), seconds.
    pub first_or_horizon: Moments,
    /// Downtime over outages begun, seconds (S5).
    pub length: RatioMoments,
    /// Share of the time offered more than can be served, and of the requests that found no room;
    /// where there is a capacity.
    pub overload: Option<Box<(Share, Share)>>,
    /// Distributions of its own, where there are few enough subjects.
    pub spread: Option<Box<Spread>>,
    pub longest: u64,
    pub longest_open: u64,
    pub year_down_mean: Moments,
    pub year_lost_mean: Moments,
    pub down: Whole,
    pub failed_requests: Whole,
    pub causes: BTreeMap<CauseId, CauseFold>,
    pub waited: [Part; Phase::ALL.len()],
    pub absorbed: Count,
    /// Containers of an app that are unplaced, on average over the horizon.
    pub unplaced: Moments,
    /// By SLO target: complete periods that met it, over complete periods.
    pub slo: Vec<RatioMoments>,
    pub slo_periods: u64,
    pub months: Vec<MonthFold>,
    pub at: Vec<u64>,
    /// By component of the importance measure, shares of time.
    pub importance: Vec<Moments>,
}

/// Distributions of one subject.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    /// Lengths of outages.
    pub lengths: Sections,
    /// Downtime of whole years.
    pub year_down: Sections,
    /// Failed share of the requests of whole years, as time.
    pub year_lost: Sections,
}

#[derive(Clone, Debug, Default)]
pub struct CauseFold {
    pub harmed: CountSums,
    pub absorbed: u64,
    pub down: Part,
    pub failed: Part,
    pub contributing: u128,
}

impl CauseFold {
    fn push(&mut self, row: &CauseTally, down: u128, failed: u128) {
        self.harmed.push(u64::from(row.harmed));
        self.absorbed += u64::from(row.absorbed);
        self.down.push(u128::from(row.down), down);
        self.failed.push(row.failed, failed);
        self.contributing += u128::from(row.contributing);
    }
}

/// A sum over replications that is split into [`Part`]s.
#[derive(Clone, Copy, Debug, Default)]
pub struct Whole {
    pub sum: u128,
    squares: f64,
}

/// A part of a [`Whole`], in the same unit; replications without any of it need not be told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    pub sum: u128,
    squares: f64,
    products: f64,
}

impl Whole {
    fn push(&mut self, amount: u128) {
        self.sum += amount;
        self.squares += amount as f64 * amount as f64;
    }
}

impl Part {
    fn push(&mut self, amount: u128, whole: u128) {
        self.sum += amount;
        self.squares += amount as f64 * amount as f64;
        self.products += amount as f64 * whole as f64;
    }

    /// The share of the whole as a ratio over `replications`, by the delta method; nothing of nothing.
    pub fn share_of(&self, whole: &Whole, replications: u64, confidence: f64) -> Option<Estimate> {
        if whole.sum == 0 {
            return None;
        }
        let (all, n) = (whole.sum as f64, replications as f64);
        let share = self.sum as f64 / all;
        // Σ (part − share · whole)², whose terms sum to zero.
        let squares = self.squares - 2.0 * share * self.products + share * share * whole.squares;
        let deviation = (squares.max(0.0) * n / (n - 1.0).max(1.0)).sqrt() / all;
        let t = student_t_quantile(0.5 + 0.5 * confidence, (n - 1.0).max(1.0));
        let (low, high) = (share - t * deviation, share + t * deviation);
        Some(Estimate { mean: share, low: low.max(0.0), high: high.min(1.0) })
    }
}

#[derive(Clone, Debug, Default)]
pub struct MonthFold {
    pub share: Share,
    pub met: u64,
    pub seen: u64,
}

/// The failover clock of one app, or of all.
#[derive(Clone, Debug, Default)]
pub struct ClockFold {
    pub episodes: u64,
    pub censored: u64,
    pub phases: [Sections; failover::PHASES],
    pub phase_means: [RatioMoments; failover::PHASES],
    pub total: Sections,
    pub total_mean: RatioMoments,
    pub redundancy: Sections,
    pub redundancy_mean: RatioMoments,
    pub by_cause: BTreeMap<CauseId, Sections>,
}

/// One kind of component.
#[derive(Clone, Debug, Default)]
pub struct KindFold {
    pub mean_down: Moments,
    /// By k: share of time with k or more down (k from 1).
    pub at_least: Vec<Share>,
    pub failures: Count,
}

impl Fold {
    /// Nothing seen yet.
    pub fn new(topology: &Topology, plan: &Plan, keep_rows: bool) -> Self {
        // A replication that stops early has not seen the whole course of its load.
        let with_serving = plan.detailed && !plan.stop_at_first_outage;
        Fold {
            replications: 0,
            events: 0,
            subjects: vec![
                SubjectFold {
                    spread: plan.detailed.then(Box::default),
                    ..SubjectFold::default()
                };
                topology.subjects()
            ],
            clocks: vec![ClockFold::default(); if plan.detailed { topology.apps } else { 1 }],
            kinds: vec![KindFold::default(); Kind::ALL.len()],
            databases: vec![DatabaseFold::default(); topology.databases.len()],
            fallbacks: vec![FallbackFold::default(); topology.fallbacks.len()],
            buckets: vec![BucketFold::default(); topology.buckets.len()],
            fleet: (topology.apps > 1).then(FleetFold::default),
            scaling: vec![Default::default(); topology.scalers.len()],
            all: SubjectFold::default(),
            harm: Vec::new(),
            serving: (0..if with_serving { topology.apps } else { 0 })
                .map(|app| {
                    ServingFold::new(topology.load_of(app)?, topology.capacity_of(app)?, plan)
                })
                .collect(),
            residency: (!topology.residency.is_empty() && !plan.stop_at_first_outage)
                .then(ResidencyFold::default),
            backups: vec![BackupFold::default(); topology.backups.len()],
            keep_rows,
            rows: Rows::default(),
        }
    }

    /// Adds the next replication.
    pub fn add(
        &mut self,
        topology: &Topology,
        scenario: &Scenario,
        plan: &Plan,
        measures: &Measures<'_>,
        events: u64,
    ) {
        let replication = self.replications;
        self.replications += 1;
        self.events += events;
        let ledger = &measures.ledger;
        let down = ledger.subjects.iter().map(|it| it.down()).sum();
        let any = ledger.subjects.iter().map(|it| it.any).sum();
        self.harm.push((down, any));
        self.all.add_sums(&ledger.subjects[..topology.apps]);
        for (fold, seen) in self.backups.iter_mut().zip(&measures.backups.of) {
            fold.add(replication, seen, plan);
        }
        let mut missed = MonthsMissed::default();
        for (index, tally) in ledger.subjects.iter().enumerate() {
            let frame = Frame::new(topology, scenario, plan, index, tally);
            self.subjects[index].add(replication, tally, &frame, plan);
            if let Some(components) = measures.importance.subjects.get(index) {
                let subject = &mut self.subjects[index];
                subject.importance.resize(components.rows.len(), Moments::default());
                for (moments, row) in subject.importance.iter_mut().zip(&components.rows) {
                    moments.push(row.time as f64 / plan.horizon().0 as f64);
                }
            }
            if index < topology.apps && self.fleet.is_some() {
                missed.note(tally, &frame, plan);
            }
            if index < topology.apps && !topology.hosts.is_empty() {
                let unplaced = measures.unplaced.of(index) as f64 / plan.horizon().0 as f64;
                self.subjects[index].unplaced.push(unplaced);
            }
            if self.keep_rows {
                self.rows.subjects.push(row(replication, index, tally, &frame, topology));
            }
        }
        for ((orders, containers), scaled) in self.scaling.iter_mut().zip(&measures.scaling.apps) {
            orders.push(scaled.orders);
            containers.push(scaled.containers as f64 / plan.horizon().0 as f64);
        }
        for (app, serving) in measures.serving.apps.iter().enumerate() {
            let fold = self.serving.get_mut(app).and_then(Option::as_mut);
            if let (Some(fold), Some(load)) = (fold, topology.load_of(app)) {
                fold.add(replication, load, serving);
            }
        }
        if let Some(residency) = &mut self.residency {
            residency.add(replication, &measures.residency, plan);
        }
        for (fold, clocks) in self.clocks.iter_mut().zip(&measures.failover.clocks) {
            fold.add(replication, clocks);
        }
        for (fold, level) in self.kinds.iter_mut().zip(&measures.components.kinds) {
            fold.add(replication, level, plan);
        }
        for (fold, tally) in self.databases.iter_mut().zip(&measures.databases.of) {
            fold.add(replication, tally, plan);
        }
        for (fold, tally) in self.fallbacks.iter_mut().zip(&measures.fallbacks.of) {
            fold.add(tally, plan);
        }
        for (fold, tally) in self.buckets.iter_mut().zip(&measures.buckets.of) {
            fold.add(replication, tally, plan);
        }
        if self.keep_rows {
            self.rows.add(replication, topology, measures, plan);
        }
        if let Some(fleet) = &mut self.fleet {
            fleet.add(replication, &measures.together, &missed, plan);
        }
    }
}

impl KindFold {
    pub(super) fn add(&mut self, replication: u64, level: &Level, plan: &Plan) {
        let horizon = plan.horizon().0 as f64;
        self.mean_down.push(level.integral as f64 / horizon);
        self.failures.push(level.failures);
        let mut sum: u64 = level.at.iter().skip(1).sum();
        let seen = level.at.len().saturating_sub(1);
        if self.at_least.len() < seen {
            // Replications before this one never had as many down.
            let fraction = Moments { n: replication, mean: 0.0, m2: 0.0 };
            let fresh = Share { fraction, ..Share::default() };
            self.at_least.resize(seen, fresh);
        }
        for (k, share) in self.at_least.iter_mut().enumerate() {
            share.push(if k < seen { sum as f64 / horizon } else { 0.0 });
            if k < seen {
                sum -= level.at[k + 1];
            }
        }
    }
}

/// The complete months of one replication in which some app missed the first target of its SLO.
#[derive(Clone, Debug, Default)]
pub struct MonthsMissed {
    /// Sorted.
    months: Vec<u32>,
}

impl MonthsMissed {
    pub(super) fn count(&self) -> u64 {
        self.months.len() as u64
    }

    fn note(&mut self, tally: &Tally, frame: &Frame, plan: &Plan) {
        let Some(slo) = frame.slo else { return };
        let months = &plan.calendar.months;
        for sum in by_period(tally.pieces(), |piece| Some(plan.calendar.month[piece as usize])) {
            let info = &months[sum.number as usize];
            let judged = sum.share(slo.of, frame, info.begin, info.length, false);
            let met = judged <= 1.0 - slo.targets[0] + SLACK;
            if info.complete
                && !met
                && let Err(place) = self.months.binary_search(&sum.number)
            {
                self.months.insert(place, sum.number);
            }
        }
    }
}

/// What turns the counts of a subject into shares.
struct Frame<'s> {
    load: Option<&'s Load>,
    has_capacity: bool,
    slo: Option<&'s Slo>,
    from: Instant,
    horizon: Span,
    /// The part of the horizon in which it was meant to run (S6), and without planned downtime (M3).
    counted: Span,
    contracted: Span,
}

impl<'s> Frame<'s> {
    fn new(
        topology: &'s Topology,
        scenario: &'s Scenario,
        plan: &Plan,
        index: usize,
        tally: &Tally,
    ) -> Self {
        let slo = if index < topology.apps {
            scenario.apps[index].slo.as_ref()
        } else {
            let name = &topology.services[index - topology.apps].name;
            let service = scenario.services.iter().find(|it| it.name == *name);
            service.expect("services keep their names").slo.as_ref()
        };
        let horizon = plan.horizon();
        let counted = horizon - Span(tally.not_counted());
        Frame {
            load: topology.load_of(index),
            has_capacity: topology.capacity_of(index).is_some(),
            slo,
            from: plan.from,
            horizon,
            counted,
            contracted: counted - Span(tally.planned()),
        }
    }

    /// All requests of a stretch, in parts; nothing without a load.
    fn offered(&self, from: Instant, length: Span) -> Option<f64> {
        let load = self.load?;
        Some(requests(load.rate, load.between(from, from + length).as_secs(), 1.0) as f64)
    }

    /// Those of the horizon, without the time in which it was not meant to run.
    fn asked(&self, tally: &Tally) -> Option<f64> {
        Some(self.offered(self.from, self.horizon)? - tally.requests_off() as f64)
    }
}

impl SubjectFold {
    fn add(&mut self, replication: u64, tally: &Tally, frame: &Frame, plan: &Plan) {
        let horizon_s = frame.horizon.as_secs();
        assert!(tally.down() <= frame.counted.0, "down for longer than it was meant to run");
        // What is never meant to run is never down.
        let counted = frame.counted.0.max(1) as f64;
        let causes = tally.causes();
        debug_assert_eq!(causes.iter().map(|it| it.down).sum::<u64>(), tally.down());
        debug_assert_eq!(tally.waited().iter().sum::<u64>(), tally.down());
        debug_assert_eq!(causes.iter().map(|it| it.failed).sum::<u128>(), tally.failed);
        let down = u128::from(tally.down());
        self.down.push(down);
        self.failed_requests.push(tally.failed);

        let none = OutagesOfOne::default();
        let seen = tally.outages().unwrap_or(&none);
        self.time.fraction.push(tally.down() as f64 / counted);
        self.time.hits += u64::from(seen.begun);
        let open = (seen.censored > 0).then_some(seen.open_length);
        for length in seen.lengths.iter().chain(&open) {
            self.time.total += length.as_secs();
            self.time.squares += length.as_secs() * length.as_secs();
        }
        self.any.push(tally.any as f64 / counted);
        self.planned.push(tally.planned() as f64 / counted);
        let unplanned = (tally.down() - tally.planned()) as f64;
        self.unplanned.push(unplanned / frame.contracted.0.max(1) as f64);
        self.not_counted.push(tally.not_counted() as f64 / frame.horizon.0 as f64);
        let minutes = frame.contracted.0.max(1) as f64 / MINUTE as f64;
        self.sla.push((f64::from(seen.sla_minutes) / minutes).min(1.0));
        self.started.push((f64::from(seen.started_minutes) / minutes).min(1.0));
        if let Some(all) = frame.asked(tally) {
            self.failed.push(if all > 0.0 { tally.failed as f64 / all } else { 0.0 });
            if frame.has_capacity {
                let over = tally.overload();
                let (time, lost) = &mut **self.overload.get_or_insert_default();
                time.push(over.time as f64 / counted);
                lost.push(if all > 0.0 { over.lost as f64 / all } else { 0.0 });
            }
            let all = all - tally.requests_planned() as f64;
            let failed = (tally.failed - tally.failed_planned()) as f64;
            self.failed_unplanned.push(if all > 0.0 { failed / all } else { 0.0 });
        }
        self.outages.push(u64::from(seen.begun));
        self.censored += u64::from(seen.censored);
        self.with_outage += u64::from(seen.begun > 0);
        if let Some(first) = seen.first {
            self.first.push(first.as_secs());
        }
        self.first_or_horizon.push(seen.first.map_or(horizon_s, Span::as_secs));
        self.length.push(tally.down() as f64 / 1e9, f64::from(seen.begun));
        for length in &seen.lengths {
            if let Some(spread) = &mut self.spread {
                spread.lengths.record(replication, length.0);
            }
            self.longest = self.longest.max(length.0);
        }
        self.longest_open = self.longest_open.max(seen.open_length.0);
        for (part, waited) in self.waited.iter_mut().zip(tally.waited()) {
            part.push(u128::from(waited), down);
        }
        self.absorbed.push(causes.iter().map(|row| u64::from(row.absorbed)).sum());
        for row in &causes {
            self.causes.entry(row.cause).or_default().push(row, down, tally.failed);
        }
        self.at.resize(plan.at.len(), 0);
        for (bit, count) in self.at.iter_mut().enumerate() {
            *count += tally.down_at() >> bit & 1;
        }
        self.years(replication, tally, frame, plan);
        self.months(tally, frame, plan);
        self.periods(tally, frame, plan);
    }

    /// What the causes did to several subjects together.
    fn add_sums(&mut self, tallies: &[Tally]) {
        let mut causes = BTreeMap::<CauseId, CauseTally>::new();
        let (mut down, mut failed) = (0, 0);
        for tally in tallies {
            down += u128::from(tally.down());
            failed += tally.failed;
            for row in tally.causes() {
                let sum = causes.entry(row.cause).or_default();
                sum.harmed += row.harmed;
                sum.absorbed += row.absorbed;
                sum.down += row.down;
                sum.failed += row.failed;
                sum.contributing += row.contributing;
            }
        }
        self.down.push(down);
        self.failed_requests.push(failed);
        for (cause, row) in causes {
            self.causes.entry(cause).or_default().push(&row, down, failed);
        }
    }

    /// M5: whole years only, the atom at zero kept.
    fn years(&mut self, replication: u64, tally: &Tally, frame: &Frame, plan: &Plan) {
        let years = plan.calendar.years;
        if years == 0 || !plan.periods {
            return;
        }
        let pieces = tally.pieces();
        let harmed = by_period(pieces, |piece| plan.calendar.year[piece as usize]);
        let mut down = 0.0;
        let mut lost = 0.0;
        // As seconds of the part of the year in which it was meant to run.
        let lost_of = |year: &PeriodSum| {
            let counted = (Span::YEAR - Span(year.not_counted)).as_secs();
            let begin = frame.from + Span(u64::from(year.number) * YEAR);
            let asked = frame.offered(begin, Span::YEAR).map(|all| all - year.requests_off as f64);
            match asked {
                Some(all) if all > 0.0 => (year.failed as f64 / all).min(1.0) * counted,
                _ => 0.0,
            }
        };
        for year in &harmed {
            down += year.down as f64 / 1e9;
            lost += lost_of(year);
        }
        self.year_down_mean.push(down / f64::from(years));
        if frame.load.is_some() {
            self.year_lost_mean.push(lost / f64::from(years));
        }
        let Some(spread) = &mut self.spread else { return };
        let quiet = u64::from(years) - harmed.len() as u64;
        spread.year_down.record_many(replication, 0, quiet);
        harmed.iter().for_each(|year| spread.year_down.record(replication, year.down));
        if frame.load.is_some() {
            spread.year_lost.record_many(replication, 0, quiet);
            for year in &harmed {
                let time = Span::from_secs(lost_of(year));
                spread.year_lost.record(replication, time.0);
            }
        }
    }

    fn months(&mut self, tally: &Tally, frame: &Frame, plan: &Plan) {
        let months = &plan.calendar.months;
        let shown = months.len().min(MONTHS_SHOWN);
        if months.len() > MONTHS_SHOWN || !plan.periods {
            return;
        }
        self.months.resize(shown, MonthFold::default());
        let harmed = by_period(tally.pieces(), |piece| Some(plan.calendar.month[piece as usize]));
        for (number, (fold, info)) in self.months.iter_mut().zip(months).enumerate() {
            let seen = harmed.iter().find(|it| it.number == number as u32);
            let seen = seen.copied().unwrap_or_default();
            let of = if frame.load.is_some() { SloMeasure::Requests } else { SloMeasure::Time };
            let share = seen.share(of, frame, info.begin, info.length, true);
            fold.share.push(share);
            fold.seen += 1;
            if let Some(slo) = frame.slo {
                let judged = seen.share(slo.of, frame, info.begin, info.length, false);
                fold.met += u64::from(judged <= 1.0 - slo.targets[0] + SLACK);
            }
        }
    }

    /// M4: the share of complete periods that meet each target.
    fn periods(&mut self, tally: &Tally, frame: &Frame, plan: &Plan) {
        let Some(slo) = frame.slo else { return };
        let pieces = tally.pieces();
        let calendar = &plan.calendar;
        // Number and length of complete periods, and what fell into the harmed ones of them.
        let (periods, harmed): (u64, Vec<(PeriodSum, Instant, Span)>) = match slo.per {
            Period::Month => {
                let complete = calendar.months.iter().filter(|it| it.complete).count() as u64;
                let harmed = by_period(pieces, |piece| Some(calendar.month[piece as usize]));
                let info = |it: &PeriodSum| &calendar.months[it.number as usize];
                let harmed = harmed.into_iter().filter(|it| info(it).complete);
                (complete, harmed.map(|it| (it, info(&it).begin, info(&it).length)).collect())
            }
            Period::Year => {
                let harmed = by_period(pieces, |piece| calendar.year[piece as usize]);
                let begin = |it: &PeriodSum| frame.from + Span(u64::from(it.number) * YEAR);
                let harmed = harmed.into_iter().map(|it| (it, begin(&it), Span::YEAR)).collect();
                (u64::from(calendar.years), harmed)
            }
            Period::Horizon => {
                let harmed = by_period(pieces, |_| Some(0));
                (1, harmed.into_iter().map(|it| (it, frame.from, frame.horizon)).collect())
            }
        };
        self.slo_periods += periods;
        self.slo.resize(slo.targets.len(), RatioMoments::default());
        if periods == 0 {
            return;
        }
        for (fold, target) in self.slo.iter_mut().zip(&slo.targets) {
            let missed = harmed
                .iter()
                .filter(|(it, begin, length)| {
                    it.share(slo.of, frame, *begin, *length, false) > 1.0 - target + SLACK
                })
                .count() as u64;
            fold.push((periods - missed) as f64, periods as f64);
        }
    }
}

/// An unavailability is compared with 1 − target, which is not exact in binary.
const SLACK: f64 = 1e-15;

/// What fell into one month or year.
#[derive(Clone, Copy, Debug, Default)]
struct PeriodSum {
    number: u32,
    down: u64,
    planned: u64,
    not_counted: u64,
    failed: u128,
    failed_planned: u128,
    requests_planned: u128,
    requests_off: u128,
    sla_minutes: u32,
    started_minutes: u32,
}

impl PeriodSum {
    /// The unavailable share of a period of this length, planned downtime included or, as contracts
    /// have it, left out of the numerator and the denominator (M3). Clock minutes leave it out anyway.
    fn share(
        &self,
        of: SloMeasure,
        frame: &Frame,
        begin: Instant,
        length: Span,
        with_planned: bool,
    ) -> f64 {
        let (planned, failed_planned, requests_planned) = match with_planned {
            true => (0, 0, 0),
            false => (self.planned, self.failed_planned, self.requests_planned),
        };
        let counted = length - Span(self.not_counted) - Span(planned);
        if counted == Span::ZERO {
            return 0.0;
        }
        let of_minutes = counted.0 - if with_planned { self.planned } else { 0 };
        let minutes = |count: u32| f64::from(count) * MINUTE as f64 / of_minutes.max(1) as f64;
        match of {
            SloMeasure::Time => (self.down - planned) as f64 / counted.0 as f64,
            SloMeasure::SlaMinutes => minutes(self.sla_minutes),
            SloMeasure::StartedMinutes => minutes(self.started_minutes),
            SloMeasure::Requests => match frame.offered(begin, length) {
                Some(all) if all > 0.0 => {
                    let asked = all - (self.requests_off + requests_planned) as f64;
                    let failed = (self.failed - failed_planned) as f64;
                    // What is counted apart in parts may round away from the whole.
                    if asked > 0.5 { failed / asked } else { 0.0 }
                }
                _ => 0.0,
            },
        }
    }
}

/// Sums of harmed pieces by period; pieces come in order of time.
fn by_period(pieces: &[Piece], number: impl Fn(u32) -> Option<u32>) -> Vec<PeriodSum> {
    let mut sums: Vec<PeriodSum> = Vec::new();
    for piece in pieces {
        let Some(number) = number(piece.piece) else { continue };
        if sums.last().is_none_or(|last| last.number != number) {
            sums.push(PeriodSum { number, ..PeriodSum::default() });
        }
        let sum = sums.last_mut().expect("just pushed");
        sum.down += piece.down;
        sum.planned += piece.planned;
        sum.not_counted += piece.not_counted;
        sum.failed += piece.failed;
        sum.failed_planned += piece.failed_planned;
        sum.requests_planned += piece.requests_planned;
        sum.requests_off += piece.requests_off;
        sum.sla_minutes += piece.sla_minutes;
        sum.started_minutes += piece.started_minutes;
    }
    sums
}

impl ClockFold {
    fn add(&mut self, replication: u64, clocks: &failover::Clocks) {
        let seconds = |sum: u128| sum as f64 / 1e9;
        let (mut episodes, mut sum_of_all) = (0, 0);
        let (mut ejected, mut sum_of_ejected) = (0, 0);
        for (cause, of_cause) in &clocks.by_cause {
            let by_cause = self.by_cause.entry(*cause).or_default();
            for sketch in [&of_cause.ejected, &of_cause.returned] {
                by_cause.absorb(replication, sketch);
                self.total.absorb(replication, sketch);
                episodes += sketch.count();
                sum_of_all += sketch.sum();
            }
            self.phases[Phase::Detection.clock()].absorb(replication, &of_cause.ejected);
            ejected += of_cause.ejected.count();
            sum_of_ejected += of_cause.ejected.sum();
        }
        self.episodes += episodes;
        self.censored += clocks.censored;
        self.total_mean.push(seconds(sum_of_all), episodes as f64);
        for (phase, sketch) in clocks.phases.iter().enumerate() {
            let sections = &mut self.phases[phase];
            sections.absorb(replication, sketch);
            let (mut sum, mut seen) = (sketch.sum(), sketch.count());
            if phase == Phase::Detection.clock() {
                sum += sum_of_ejected;
                seen += ejected;
            }
            sections.record_many(replication, 0, episodes - seen);
            self.phase_means[phase].push(seconds(sum), episodes as f64);
        }
        let restored = &clocks.redundancy;
        self.redundancy.absorb(replication, restored);
        self.redundancy_mean.push(seconds(restored.sum()), restored.count() as f64);
    }
}

fn row(replication: u64, index: usize, tally: &Tally, frame: &Frame, topology: &Topology) -> Row {
    let causes = tally.causes();
    let none = OutagesOfOne::default();
    let outages = tally.outages().unwrap_or(&none);
    let offered = frame.asked(tally);
    Row {
        subject: topology.subject_name(index),
        replication,
        downtime_s: Span(tally.down()).as_secs(),
        time_any_s: Span(tally.any).as_secs(),
        sla_minutes: u64::from(outages.sla_minutes),
        started_minutes: u64::from(outages.started_minutes),
        outages: u64::from(outages.begun),
        first_outage_s: outages.first.map(Span::as_secs),
        failed_requests: offered.map(|_| tally.failed as f64 / PARTS_OF_A_REQUEST),
        requests: offered.map(|all| all / PARTS_OF_A_REQUEST),
        episodes: causes.iter().map(|row| u64::from(row.harmed)).sum(),
        absorbed: causes.iter().map(|row| u64::from(row.absorbed)).sum(),
    }
}
