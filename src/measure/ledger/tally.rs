//! What the ledger holds of one subject: exact sums in whole nanoseconds and parts of requests.

use super::Harm;
use crate::measure::outages::Outages;
use crate::measure::periods::{Periods, Piece};
use crate::model::root::CauseId;
use crate::model::world::Phase;
use crate::time::Span;

/// Failed and offered requests are counted in this many parts of a request, as integers (T7).
pub const PARTS_OF_A_REQUEST: f64 = 1_048_576.0;

/// Requests per second over seconds, as a whole number of parts.
#[inline]
pub fn requests(rate: f64, seconds: f64, share: f64) -> u128 {
    let parts = rate * seconds * share * PARTS_OF_A_REQUEST + 0.5;
    // One instruction where it fits, a function where it does not; truncated alike.
    if parts < 9e18 { u128::from(parts as u64) } else { parts as u128 }
}

/// What one subject suffered in a replication. What is rare, or not always wanted, stands apart, so that
/// a large fleet stays small: 64 bytes, one line of the cache.
#[derive(Clone, Debug, Default, PartialEq)]
#[repr(align(64))]
pub struct Tally {
    /// Slot in [`Ledger::harms`] while something is wrong, else [`NONE`].
    pub(super) harm: u32,
    /// Nanoseconds in which some requests failed, s(t) < 1.
    pub any: u64,
    /// Failed requests, in parts.
    pub failed: u128,
    /// Sparse, sorted by cause.
    pub(super) causes: Vec<CauseRow>,
    pub(super) rare: Option<Box<Rare>>,
}

/// What most subjects of a large fleet never meet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rare {
    /// From the first outage on.
    pub(super) downs: Option<Box<Downs>>,
    /// From the first overload on.
    pub(super) overload: Option<Box<Overload>>,
    /// Where months or years are wanted, from the first harm on.
    pub(super) periods: Option<Box<Periods>>,
}

/// What a cause did short of taking the subject down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct CauseRow {
    pub(super) cause: CauseId,
    pub(super) harmed: u32,
    pub(super) absorbed: u32,
    pub(super) failed: u128,
}

/// What came of more load than the containers in service can serve.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overload {
    /// Requests that found no room, in parts, whoever is charged with them.
    pub lost: u128,
    /// Nanoseconds offered more than can be served, with anything in service.
    pub time: u64,
}

/// The outages of a subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Downs {
    /// Nanoseconds not up (M1).
    pub(super) down: u64,
    pub(super) outages: Outages,
    /// Nanoseconds of downtime by [`Phase`].
    pub(super) waited: [u64; Phase::ALL.len()],
    /// Bit n: down at the n-th asked-for time.
    pub(super) at: u64,
    /// Nanoseconds of downtime that were planned (M3).
    pub(super) planned: u64,
    /// Requests of that time, and those of them that failed, in parts.
    pub(super) requests_planned: u128,
    pub(super) failed_planned: u128,
    /// Nanoseconds in which it was not meant to run (S6), and the requests that its load would have had
    /// in them, in parts.
    pub(super) not_counted: u64,
    pub(super) requests_off: u128,
    /// By cause: downtime charged to it, and during which it was merely open.
    pub(super) causes: Vec<(CauseId, u64, u64)>,
}

/// What one cause did to one subject.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CauseTally {
    pub cause: CauseId,
    /// Root faults that harmed it.
    pub harmed: u32,
    /// Root faults that touched it and failed no request.
    pub absorbed: u32,
    pub down: u64,
    pub failed: u128,
    /// Downtime during which it was open without being the one charged.
    pub contributing: u64,
}

impl Tally {
    /// Books the failed requests of an interval, all but their sum: of the load time `offered` in it,
    /// `lost` finds no room with those in service, and would to `anyway` with all of them. Returns the
    /// sum, in parts.
    #[inline]
    pub(super) fn fail(
        &mut self,
        rate: f64,
        harm: &Harm,
        offered: Span,
        lost: Span,
        anyway: Span,
        overload: Option<CauseId>,
    ) -> u128 {
        if harm.down {
            return self.fail_down(rate, harm, offered, lost);
        }
        let mut failed = 0;
        for &(root, share) in &harm.entries {
            let part = requests(rate, offered.as_secs(), share);
            self.cause(root.cause).failed += part;
            failed += part;
        }
        if lost > Span::ZERO {
            failed += self.fail_overloaded(rate, harm, lost, anyway, overload);
        }
        if !harm.dependencies.is_empty() {
            failed += self.fail_by_dependencies(rate, harm, offered, lost);
        }
        failed
    }

    #[inline(never)]
    fn fail_down(&mut self, rate: f64, harm: &Harm, offered: Span, lost: Span) -> u128 {
        let over = requests(rate, lost.as_secs(), 1.0 - harm.loss);
        let failed = requests(rate, offered.as_secs(), harm.loss) + over;
        let charged = harm.charged.expect("downtime is charged to a root fault");
        self.cause(charged.cause).failed += failed;
        if over > 0 {
            self.rare().overload().lost += over;
        }
        failed
    }

    /// K6: what the full complement would lose too is the load's; the rest the fault's that keeps a
    /// container from serving.
    #[inline(never)]
    fn fail_overloaded(
        &mut self,
        rate: f64,
        harm: &Harm,
        lost: Span,
        anyway: Span,
        overload: Option<CauseId>,
    ) -> u128 {
        let over = requests(rate, lost.as_secs(), harm.reached);
        let anyway = requests(rate, anyway.as_secs(), harm.reached).min(over);
        let overload = overload.expect("what has a capacity can be overloaded");
        self.cause(overload).failed += anyway;
        self.cause(harm.missing.map_or(overload, |root| root.cause)).failed += over - anyway;
        self.rare().overload().lost += over;
        over
    }

    #[inline(never)]
    fn fail_by_dependencies(&mut self, rate: f64, harm: &Harm, offered: Span, lost: Span) -> u128 {
        let served = Span(offered.0.saturating_sub(lost.0));
        let mut failed = 0;
        for &(root, share) in &harm.dependencies {
            let part = requests(rate, served.as_secs(), share);
            self.cause(root.cause).failed += part;
            failed += part;
        }
        failed
    }

    /// The row of a cause, added on its first hit.
    #[inline]
    pub(super) fn cause(&mut self, cause: CauseId) -> &mut CauseRow {
        let place = match self.causes.iter().position(|row| row.cause >= cause) {
            Some(place) if self.causes[place].cause == cause => place,
            found => self.first_of(cause, found.unwrap_or(self.causes.len())),
        };
        &mut self.causes[place]
    }

    #[cold]
    fn first_of(&mut self, cause: CauseId, place: usize) -> usize {
        if self.causes.len() == self.causes.capacity() {
            self.causes.reserve_exact(2); // two or three causes are all that most apps meet
        }
        self.causes.insert(place, CauseRow { cause, ..CauseRow::default() });
        place
    }

    /// What each cause did, by cause.
    pub fn causes(&self) -> Vec<CauseTally> {
        let mut rows: Vec<_> = self
            .causes
            .iter()
            .map(|&CauseRow { cause, harmed, absorbed, failed }| CauseTally {
                cause,
                harmed,
                absorbed,
                failed,
                ..CauseTally::default()
            })
            .collect();
        for &(cause, down, contributing) in self.downs().iter().flat_map(|downs| &downs.causes) {
            match rows.iter_mut().find(|row| row.cause == cause) {
                Some(row) => (row.down, row.contributing) = (down, contributing),
                None => {
                    rows.push(CauseTally { cause, down, contributing, ..CauseTally::default() })
                }
            }
        }
        rows.sort_by_key(|row| row.cause);
        rows
    }

    pub(super) fn downs(&self) -> Option<&Downs> {
        self.rare.as_ref()?.downs.as_deref()
    }

    #[inline]
    pub(super) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Nanoseconds not up (M1).
    pub fn down(&self) -> u64 {
        self.downs().map_or(0, |downs| downs.down)
    }

    /// Its outages, if it had any.
    pub fn outages(&self) -> Option<&Outages> {
        self.downs().map(|downs| &downs.outages)
    }

    /// What was lost to overload.
    pub fn overload(&self) -> Overload {
        self.rare.as_ref().and_then(|rare| rare.overload.as_deref().copied()).unwrap_or_default()
    }

    /// Nanoseconds of downtime by [`Phase`].
    pub fn waited(&self) -> [u64; Phase::ALL.len()] {
        self.downs().map_or([0; Phase::ALL.len()], |downs| downs.waited)
    }

    /// Nanoseconds of downtime that were planned (M3).
    pub fn planned(&self) -> u64 {
        self.downs().map_or(0, |downs| downs.planned)
    }

    /// Requests that failed in planned downtime, in parts.
    pub fn failed_planned(&self) -> u128 {
        self.downs().map_or(0, |downs| downs.failed_planned)
    }

    /// Nanoseconds in which it was not meant to run (S6).
    pub fn not_counted(&self) -> u64 {
        self.downs().map_or(0, |downs| downs.not_counted)
    }

    /// Requests in planned downtime, in parts.
    pub fn requests_planned(&self) -> u128 {
        self.downs().map_or(0, |downs| downs.requests_planned)
    }

    /// Requests that its load would have had while it was not meant to run, in parts.
    pub fn requests_off(&self) -> u128 {
        self.downs().map_or(0, |downs| downs.requests_off)
    }

    /// Bit n: down at the n-th asked-for time.
    pub fn down_at(&self) -> u64 {
        self.downs().map_or(0, |downs| downs.at)
    }

    /// What fell into which piece of the calendar.
    pub fn pieces(&self) -> &[Piece] {
        let periods = self.rare.as_ref().and_then(|rare| rare.periods.as_deref());
        periods.map_or(&[], |periods| &periods.pieces)
    }
}

impl Rare {
    #[inline]
    pub(super) fn downs(&mut self) -> &mut Downs {
        self.downs.get_or_insert_default()
    }

    #[inline]
    pub(super) fn overload(&mut self) -> &mut Overload {
        self.overload.get_or_insert_default()
    }

    #[inline]
    pub(super) fn periods(&mut self) -> &mut Periods {
        self.periods.get_or_insert_default()
    }

    /// Its outages, and what fell into which piece of the calendar.
    pub(super) fn outages(&mut self) -> (&mut Outages, Option<&mut Periods>) {
        (&mut self.downs.get_or_insert_default().outages, self.periods.as_deref_mut())
    }
}

impl Downs {
    pub(super) fn cause(&mut self, cause: CauseId) -> &mut (CauseId, u64, u64) {
        let place = match self.causes.iter().position(|row| row.0 == cause) {
            Some(place) => place,
            None => {
                if self.causes.capacity() == 0 {
                    self.causes.reserve_exact(1); // most apps of a large fleet go down once
                }
                self.causes.push((cause, 0, 0));
                self.causes.len() - 1
            }
        };
        &mut self.causes[place]
    }
}
