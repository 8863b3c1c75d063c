//! One app or service, or all apps together.

use super::frame::Frame;
use super::{Count, CountSums, MonthFold, Part, Share, Whole};
use crate::measure::Plan;
use crate::measure::ledger::{CauseTally, PARTS_OF_A_REQUEST, Tally};
use crate::measure::outages::Outages as OutagesOfOne;
use crate::model::root::CauseId;
use crate::model::topology::Topology;
use crate::model::world::Phase;
use crate::stats::{Moments, Outages, RatioMoments, Sections};
use crate::study::recovery::CLASSES;
use crate::study::rows::Row;
use crate::time::{MINUTE, Span};
use std::collections::BTreeMap;

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
    pub causes: ByCause,
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
    /// By class of fault: those that failed a request.
    pub classes: [CountSums; CLASSES.len()],
}

impl Spread {
    /// Counts what the causes of one replication did by their classes.
    pub(super) fn count_by_class(&mut self, causes: &[CauseTally], classes: &[Option<u8>]) {
        let mut harmed = [0; CLASSES.len()];
        for row in causes {
            if let Some(class) = classes[usize::from(row.cause)] {
                harmed[usize::from(class)] += u64::from(row.harmed);
            }
        }
        self.classes.iter_mut().zip(harmed).for_each(|(sums, harmed)| sums.push(harmed));
    }
}

/// By cause, sorted. A list: most subjects of a large fleet meet only a few causes.
#[derive(Clone, Debug, Default)]
pub struct ByCause(Vec<(CauseId, CauseFold)>);

impl ByCause {
    fn of(&mut self, cause: CauseId) -> &mut CauseFold {
        let place = match self.0.binary_search_by_key(&cause, |it| it.0) {
            Ok(place) => place,
            Err(place) => {
                if self.0.len() == self.0.capacity() {
                    self.0.reserve_exact(2);
                }
                self.0.insert(place, (cause, CauseFold::default()));
                place
            }
        };
        &mut self.0[place].1
    }

    pub fn iter(&self) -> impl Iterator<Item = &(CauseId, CauseFold)> {
        self.0.iter()
    }

    pub fn get(&self, cause: CauseId) -> Option<&CauseFold> {
        let place = self.0.binary_search_by_key(&cause, |it| it.0).ok()?;
        Some(&self.0[place].1)
    }
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

impl SubjectFold {
    pub(super) fn add(&mut self, replication: u64, tally: &Tally, frame: &Frame, plan: &Plan) {
        let horizon_s = frame.horizon.as_secs();
        assert!(tally.down() <= frame.counted.0, "down for longer than it was meant to run");
        // What is never meant to run is never down.
        let counted = frame.counted.0.max(1) as f64;
        let causes = &frame.causes;
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
        for row in causes {
            self.causes.of(row.cause).push(row, down, tally.failed);
        }
        self.at.resize(plan.at.len(), 0);
        for (bit, count) in self.at.iter_mut().enumerate() {
            *count += tally.down_at() >> bit & 1;
        }
        self.years(replication, frame, plan);
        self.months(frame, plan);
        self.periods(tally, frame, plan);
    }

    /// What the causes did to several subjects together.
    pub(super) fn add_sums(&mut self, sums: Sums) {
        self.down.push(sums.down);
        self.failed_requests.push(sums.failed);
        for (cause, row) in sums.causes {
            self.causes.of(cause).push(&row, sums.down, sums.failed);
        }
    }
}

/// What one replication did to several subjects together.
#[derive(Default)]
pub(super) struct Sums {
    causes: BTreeMap<CauseId, CauseTally>,
    down: u128,
    failed: u128,
}

impl Sums {
    pub(super) fn add(&mut self, tally: &Tally, causes: &[CauseTally]) {
        self.down += u128::from(tally.down());
        self.failed += tally.failed;
        for row in causes {
            let sum = self.causes.entry(row.cause).or_default();
            sum.harmed += row.harmed;
            sum.absorbed += row.absorbed;
            sum.down += row.down;
            sum.failed += row.failed;
            sum.contributing += row.contributing;
        }
    }
}

pub(super) fn row(
    replication: u64,
    index: usize,
    tally: &Tally,
    frame: &Frame,
    topology: &Topology,
) -> Row {
    let causes = &frame.causes;
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
