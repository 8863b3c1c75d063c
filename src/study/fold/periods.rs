//! Calendar months and 365-day years of a subject, and how many of them meet its SLO.

use super::frame::Frame;
use super::{Share, SubjectFold};
use crate::measure::Plan;
use crate::measure::ledger::Tally;
use crate::measure::periods::Piece;
use crate::scenario::spec::{Period, SloMeasure};
use crate::stats::RatioMoments;
use crate::time::{Instant, MINUTE, Span, YEAR};

/// At most this many calendar months are shown one by one.
pub const MONTHS_SHOWN: usize = 24;

#[derive(Clone, Debug, Default)]
pub struct MonthFold {
    pub share: Share,
    pub met: u64,
    pub seen: u64,
}

/// The complete months of one replication in which some app missed the first target of its SLO.
#[derive(Clone, Debug, Default)]
pub struct MonthsMissed {
    /// Sorted.
    months: Vec<u32>,
}

impl MonthsMissed {
    pub(in crate::study) fn count(&self) -> u64 {
        self.months.len() as u64
    }

    pub(super) fn note(&mut self, frame: &Frame, plan: &Plan) {
        let Some(slo) = frame.slo else { return };
        let months = &plan.calendar.months;
        for sum in &frame.months {
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

impl SubjectFold {
    /// M5: whole years only, the atom at zero kept.
    pub(super) fn years(&mut self, replication: u64, frame: &Frame, plan: &Plan) {
        let years = plan.calendar.years;
        if years == 0 || !plan.periods {
            return;
        }
        let harmed = &frame.years;
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
        for year in harmed {
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
            for year in harmed {
                let time = Span::from_secs(lost_of(year));
                spread.year_lost.record(replication, time.0);
            }
        }
    }

    pub(super) fn months(&mut self, frame: &Frame, plan: &Plan) {
        let months = &plan.calendar.months;
        let shown = months.len().min(MONTHS_SHOWN);
        if months.len() > MONTHS_SHOWN || !plan.periods {
            return;
        }
        self.months.resize(shown, MonthFold::default());
        let harmed = &frame.months;
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
    pub(super) fn periods(&mut self, tally: &Tally, frame: &Frame, plan: &Plan) {
        let Some(slo) = frame.slo else { return };
        let pieces = tally.pieces();
        let calendar = &plan.calendar;
        // Number and length of complete periods, and what fell into the harmed ones of them.
        let (periods, harmed): (u64, Vec<(PeriodSum, Instant, Span)>) = match slo.per {
            Period::Month => {
                let complete = calendar.months.iter().filter(|it| it.complete).count() as u64;
                let harmed = frame.months.iter().copied();
                let info = |it: &PeriodSum| &calendar.months[it.number as usize];
                let harmed = harmed.filter(|it| info(it).complete);
                (complete, harmed.map(|it| (it, info(&it).begin, info(&it).length)).collect())
            }
            Period::Year => {
                let harmed = frame.years.iter().copied();
                let begin = |it: &PeriodSum| frame.from + Span(u64::from(it.number) * YEAR);
                let harmed = harmed.map(|it| (it, begin(&it), Span::YEAR)).collect();
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
pub(super) struct PeriodSum {
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
pub(super) fn by_period(pieces: &[Piece], number: impl Fn(u32) -> Option<u32>) -> Vec<PeriodSum> {
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
