//! Booking: an interval is over, and what was wrong in it goes to those who were charged.

use super::tally::requests;
use super::{Ledger, Turn};
use crate::id::Id;
use crate::measure::Plan;
use crate::measure::planned::first_part;
use crate::model::slab::NONE;
use crate::model::topology::{Group, Topology};
use crate::time::{Instant, Span};

impl Ledger {
    /// Books the interval since the last look.
    #[inline(always)]
    pub(super) fn close(&mut self, now: Instant, index: usize, plan: &Plan, topology: &Topology) {
        let slot = self.subjects[index].harm;
        if slot != NONE {
            self.close_harm(now, index, slot, plan, topology);
        }
    }

    fn close_harm(
        &mut self,
        now: Instant,
        index: usize,
        slot: u32,
        plan: &Plan,
        topology: &Topology,
    ) {
        let harm = &self.harms[slot];
        let (from, to) = plan.clip(harm.since, now);
        if from == to {
            return;
        }
        let tally = &mut self.subjects[index];
        let load = topology.load_of(index);
        let capacity = topology.capacity_of(index).filter(|it| it.loses(harm.serving));
        let whole = (to - from).0;
        if !(harm.down || harm.off || plan.periods || capacity.is_some()) {
            // The everyday case: some entries fail what they get, and nobody asks when.
            tally.any += if harm.loss > 0.0 { whole } else { 0 };
            if let Some(load) = load {
                let offered = load.between(from, to);
                let none = Span::ZERO;
                tally.failed += tally.fail(load.rate, harm, offered, none, none, None);
            }
            return;
        }
        self.close_in_full(now, index, plan, topology);
    }

    /// Books an interval in which the subject was down, overloaded or off, or that falls into pieces.
    #[inline(never)]
    fn close_in_full(&mut self, now: Instant, index: usize, plan: &Plan, topology: &Topology) {
        let tally = &mut self.subjects[index];
        let harm = &self.harms[tally.harm];
        let (from, to) = plan.clip(harm.since, now);
        let whole = (to - from).0;
        let load = topology.load_of(index);
        let capacity = topology.capacity_of(index).filter(|it| it.loses(harm.serving));
        if harm.down {
            let charged = harm.charged.expect("downtime is charged to a root fault");
            let waited = harm.waited.expect("downtime waits for something");
            let downs = tally.rare().downs();
            downs.down += whole;
            downs.waited[waited as usize] += whole;
            downs.cause(charged.cause).1 += whole;
            for &cause in &harm.contributing {
                downs.cause(cause).2 += whole;
            }
            for (bit, &at) in plan.at.iter().enumerate() {
                if from <= at && at < to {
                    downs.at |= 1 << bit;
                }
            }
        }
        if harm.off {
            tally.rare().downs().not_counted += whole;
        }
        let mut over = 0;
        if let (Some(capacity), Some(load)) = (capacity, load) {
            over = capacity.overloaded(harm.serving, load, from, to).0;
            tally.rare().overload().time += over;
        }
        tally.any += if harm.loss > 0.0 { whole } else { over };
        // The edges of months, years and windows cut the interval; mostly there is none in it.
        let mut begin = from;
        while begin < to {
            let mut end = to;
            let mut planned = false;
            if harm.down && !harm.planned_by.is_empty() {
                let windows = |app: &Id<Group>| topology.groups[*app].windows.iter();
                (end, planned) = first_part(harm.planned_by.iter().flat_map(windows), begin, to);
            }
            if plan.periods {
                let periods = tally.rare().periods();
                end = periods.advance(begin, plan).min(end);
                if harm.down {
                    periods.down(end - begin, planned);
                }
                if harm.off {
                    periods.not_counted(end - begin);
                }
            }
            if harm.down {
                let rare = tally.rare();
                if planned {
                    rare.downs().planned += (end - begin).0;
                } else {
                    let (outages, periods) = rare.outages();
                    outages.unplanned(begin, end, plan, periods);
                }
            }
            if let Some(load) = load {
                let offered = load.between(begin, end);
                let (lost, anyway) = capacity.map_or((Span::ZERO, Span::ZERO), |capacity| {
                    let lost = |count| capacity.lost(count, load, begin, end);
                    (lost(harm.serving), lost(harm.complement))
                });
                let failed = if harm.off {
                    0
                } else {
                    tally.fail(load.rate, harm, offered, lost, anyway, topology.overload)
                };
                tally.failed += failed;
                if let (Some(root), true) = (harm.missing, lost > anyway && !harm.down)
                    && self.overloading.last() != Some(&(index as u32, root))
                {
                    self.overloading.push((index as u32, root));
                }
                let asked = if harm.off || planned {
                    requests(load.rate, offered.as_secs(), 1.0)
                } else {
                    0
                };
                if harm.off {
                    tally.rare().downs().requests_off += asked;
                }
                if planned {
                    let downs = tally.rare().downs();
                    downs.failed_planned += failed;
                    downs.requests_planned += asked;
                }
                if plan.periods {
                    tally.rare().periods().requests_in_current(asked, failed, harm.off, planned);
                }
            }
            begin = end;
        }
    }

    pub(super) fn outage_ends(&mut self, now: Instant, index: usize, plan: &Plan) -> Turn {
        let tally = &mut self.subjects[index];
        let (outages, periods) = tally.rare().outages();
        outages.end(now, plan, periods);
        Turn::Up(self.harms[tally.harm].trigger.expect("an outage has a trigger").cause)
    }
}
