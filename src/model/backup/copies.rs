//! Where snapshots stand, since when and until when: computed, not kept.

use super::plan::{Series, Stamp};
use super::run::{Copied, Outcome, Runs, Snapshot};
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

impl Snapshot {
    /// It, and its second copy.
    pub fn copies(&self) -> impl Iterator<Item = Copy> + use<> {
        let copy = |site, since, until| Copy {
            series: self.series,
            site,
            of: self.of,
            since,
            until,
            bytes: self.place.bytes,
        };
        let second = match self.copy {
            Copied::To { site, since, until } => Some(copy(site, since, until)),
            Copied::Nowhere | Copied::Failed { .. } => None,
        };
        [Some(copy(self.place.site, self.since, self.until)), second].into_iter().flatten()
    }
}

impl Copy {
    /// Whether it stands at any time in `from..to`.
    pub fn stands_within(&self, from: Stamp, to: Stamp) -> bool {
        self.since < to && from < self.until
    }
}

impl<'a> Runs<'a> {
    /// Every snapshot and every second copy that stands anywhere at any time in `from..to`, by schedule
    /// and then in order of the runs.
    pub fn copies(self, from: Stamp, to: Stamp) -> impl Iterator<Item = Copy> + use<'a> {
        let snapshots = self.snapshots(from, to);
        snapshots.flat_map(|it| it.copies()).filter(move |it| it.stands_within(from, to))
    }

    /// Every snapshot that is due before `to` and may be kept after `from`.
    pub fn snapshots(self, from: Stamp, to: Stamp) -> impl Iterator<Item = Snapshot> + use<'a> {
        self.backup.rules.schedules.iter().flat_map(move |schedule| {
            let due = schedule.oldest_kept(from)..schedule.due_before(to);
            due.filter_map(move |run| match self.outcome(schedule, run) {
                Outcome::Taken(snapshot) => Some(snapshot),
                _ => None,
            })
        })
    }
}
