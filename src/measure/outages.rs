//! Outages of one subject: how many, how long, and which clock minutes they touch.

use crate::measure::Plan;
use crate::measure::periods::Periods;
use crate::time::{Instant, MINUTE, Span};

/// A maximal interval in which the subject is not up, counted by its start (S5).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outages {
    open_since: Option<Instant>,
    /// Begun in the measured interval.
    pub begun: u32,
    /// Still open at the end.
    pub censored: u32,
    /// Time to the first one, from the start of the measured interval.
    pub first: Option<Span>,
    /// Lengths of those that began and ended in the measured interval.
    pub lengths: Vec<Span>,
    /// The longest so far of one that is still open: a lower bound.
    pub open_length: Span,
    /// Clock minutes in which it was down throughout (AWS style), and at any instant (strictest);
    /// planned downtime left out (M3).
    pub sla_minutes: u32,
    pub started_minutes: u32,
    /// First minute not yet counted as started.
    next_minute: u64,
    /// Unplanned downtime whose minutes are still to be counted, from and to.
    uncounted: Option<(Instant, Instant)>,
}

impl Outages {
    pub(super) fn begin(&mut self, now: Instant, plan: &Plan) {
        self.open_since = Some(now);
        if now >= plan.from && now < plan.to {
            self.begun += 1;
            if self.first.is_none() {
                self.first = Some(now - plan.from);
            }
        }
    }

    pub(super) fn end(&mut self, now: Instant, plan: &Plan, periods: Option<&mut Periods>) {
        let Some(since) = self.open_since.take() else { return };
        self.count_minutes(plan, periods);
        if since >= plan.from {
            self.lengths.push(now - since);
        }
    }

    /// The replication ends while it is open.
    pub(super) fn censor(&mut self, now: Instant, plan: &Plan, periods: Option<&mut Periods>) {
        let Some(since) = self.open_since.take() else { return };
        self.count_minutes(plan, periods);
        if since >= plan.from {
            self.censored += 1;
            self.open_length = now - since;
        }
    }

    /// A part of an outage, in the measured interval, that was not planned.
    pub(super) fn unplanned(
        &mut self,
        from: Instant,
        to: Instant,
        plan: &Plan,
        periods: Option<&mut Periods>,
    ) {
        match &mut self.uncounted {
            Some(part) if part.1 == from => part.1 = to,
            _ => {
                self.count_minutes(plan, periods);
                self.uncounted = Some((from, to));
            }
        }
    }

    fn count_minutes(&mut self, plan: &Plan, mut periods: Option<&mut Periods>) {
        let Some((mut begin, to)) = self.uncounted.take() else { return };
        // Months begin with a minute, so cutting there loses none.
        while begin < to {
            let cuts = &plan.calendar.cuts;
            let next = cuts.partition_point(|&cut| cut <= begin);
            let end = cuts.get(next).map_or(to, |&cut| cut.min(to));
            let (sla, started) =
                self.minutes(begin.0 + plan.minute_offset, end.0 + plan.minute_offset);
            self.sla_minutes += sla;
            self.started_minutes += started;
            if let Some(periods) = &mut periods {
                periods.minutes(begin, sla, started, plan);
            }
            begin = end;
        }
    }

    /// Whole minutes in, and minutes touched by, an interval in clock nanoseconds.
    fn minutes(&mut self, from: u64, to: u64) -> (u32, u32) {
        let whole = (to / MINUTE).saturating_sub(from.div_ceil(MINUTE));
        let first = (from / MINUTE).max(self.next_minute);
        let end = to.div_ceil(MINUTE);
        self.next_minute = self.next_minute.max(end);
        (whole as u32, end.saturating_sub(first) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::NANOS_PER_SEC;

    /// Counted in one piece, without cuts.
    fn after(outages: &[(u64, u64)]) -> Outages {
        let mut seen = Outages::default();
        for &(from, to) in outages {
            seen.begun += 1;
            let (sla, started) = seen.minutes(from * NANOS_PER_SEC, to * NANOS_PER_SEC);
            seen.sla_minutes += sla;
            seen.started_minutes += started;
        }
        seen
    }

    #[test]
    fn fifty_seconds_cost_no_whole_minute_and_one_or_two_started_ones() {
        let within = after(&[(60, 110)]);
        assert_eq!((within.sla_minutes, within.started_minutes), (0, 1));
        let across = after(&[(30, 80)]);
        assert_eq!((across.sla_minutes, across.started_minutes), (0, 2));
    }

    #[test]
    fn a_minute_touched_twice_counts_once() {
        let twice = after(&[(60, 70), (80, 90), (119, 121)]);
        assert_eq!((twice.begun, twice.started_minutes), (3, 2));
    }

    #[test]
    fn a_whole_minute_is_both() {
        let whole = after(&[(60, 180)]);
        assert_eq!((whole.sla_minutes, whole.started_minutes), (2, 2));
    }
}
