//! Where snapshots stand, since when and until when: computed, not kept.

use super::plan::{Series, Stamp};
use super::run::{Copied, Outcome, Runs};
use crate::id::Id;
use crate::model::topology::Site;

/// A snapshot, or the second copy of one, at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copy {
    pub series: Series,
    pub site: Id<Site>,
    /// The data as of then.
    pub of: Stamp,
    pub since: Stamp,
    /// It expires then.
    pub until: Stamp,
    pub bytes: u64,
}

impl<'a> Runs<'a> {
    /// Every snapshot and every second copy that stands anywhere at any time in `from..to`, by schedule
    /// and then in order of the runs.
    pub fn copies(self, from: Stamp, to: Stamp) -> impl Iterator<Item = Copy> + use<'a> {
        let rules = &self.backup.rules;
        rules.schedules.iter().flat_map(move |schedule| {
            let runs = self;
            let (first, last) = (schedule.oldest_kept(from), schedule.due_before(to));
            (first..last).flat_map(move |run| {
                let (home, bytes) = (runs.backup.home, runs.backup.bytes);
                let [first, second] = match runs.outcome(schedule, run) {
                    Outcome::Taken(it) => {
                        let copy = |site, since, until| Copy {
                            series: it.series,
                            site,
                            of: it.of,
                            since,
                            until,
                            bytes,
                        };
                        let second = match it.copy {
                            Copied::To { site, since, until } => Some(copy(site, since, until)),
                            _ => None,
                        };
                        [Some(copy(home, it.since, it.until)), second]
                    }
                    _ => [None, None],
                };
                let stands = move |it: &Copy| it.since < to && from < it.until;
                [first, second].into_iter().flatten().filter(stands)
            })
        })
    }
}
