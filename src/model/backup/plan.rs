//! What never changes about backups: when an app is backed up, what that takes, where the copies go
//! and how long they are kept (B3).

use super::luck::Odds;
use crate::engine::{Dist, Key};
use crate::id::Id;
use crate::model::topology::{Group, Site};
use crate::time::{DAY, NANOS_PER_SEC, Span};
use std::sync::Arc;

/// Nanoseconds since the start of the study; negative before it. Snapshots are older than the study,
/// since backups are taken as if their schedule had run for ever (S4).
pub type Stamp = i128;

/// All attempts of a run and of its copy are taken to be over so long after it is due, at most.
pub const LONGEST_RUN: Span = Span(30 * DAY);

/// How one app is backed up.
#[derive(Clone, Debug)]
pub struct Backup {
    pub app: Id<Group>,
    /// Its luck, from the name of the app.
    pub key: Key,
    /// Where snapshots are taken while the data is at home …
    pub home: Place,
    /// … and while it is in another region, if it ever is.
    pub abroad: Option<Place>,
    /// All attempts of a run are over so long after it is due, whatever luck they have.
    pub longest: Span,
    /// Like apps share their settings.
    pub rules: Arc<Rules>,
}

/// Where snapshots are taken and first stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub site: Id<Site>,
    /// Bytes of one snapshot: of the data that is there.
    pub bytes: u64,
    /// Files are among it, if the app has any.
    pub files: bool,
    /// The rule of the app refuses snapshots there.
    pub refused: bool,
    /// Where each of them is copied, and whether the rule refuses that.
    pub copy: Option<Second>,
}

/// Where second copies go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Second {
    pub site: Id<Site>,
    pub refused: bool,
}

impl Backup {
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        [Some(&self.home), self.abroad.as_ref()].into_iter().flatten()
    }

    /// Every site at which anything may stand, each once, home first.
    pub fn sites(&self) -> Vec<Id<Site>> {
        let mut sites = Vec::new();
        for place in self.places() {
            for site in [Some(place.site), place.copy.map(|it| it.site)].into_iter().flatten() {
                if !sites.contains(&site) {
                    sites.push(site);
                }
            }
        }
        sites
    }
}

#[derive(Clone, Debug)]
pub struct Rules {
    /// At most one of each kind, in the order of [`Series::ALL`].
    pub schedules: Vec<Schedule>,
    /// A run begins at any time within so long after it is due.
    pub window: Span,
    pub dump: Work,
    /// From the failure of an attempt until the next one.
    pub retry_after: Span,
    pub copy: Work,
    /// How often all attempts of a dump fail, and of a copy.
    pub odds: [Odds; 2],
    pub restore: Work,
    /// How often the newest snapshot is restored to see whether that works.
    pub drill_every: Option<Span>,
}

/// Something that takes its time and may fail.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    pub takes: Dist,
    /// Bytes a second that are moved besides; none: no time.
    pub throughput: Option<f64>,
    /// Chance that an attempt fails, at its end.
    pub fails: f64,
    /// Attempts after the first.
    pub retries: u32,
}

impl Rules {
    /// All attempts to back up so many bytes are over so long after a run is due: each may take as long
    /// as any draw can make it.
    pub fn longest(&self, bytes: u64) -> Span {
        let attempt = self.dump.takes.highest() + self.dump.moving(bytes);
        let retries = f64::from(self.dump.retries);
        let all = (retries + 1.0) * attempt + retries * self.retry_after.as_secs();
        Span::from_secs(self.window.as_secs() + all + 1.0).min(LONGEST_RUN)
    }
}

impl Work {
    /// How long an attempt takes with a draw of which it needs a number in (0, 1).
    pub(super) fn length(&self, bytes: u64, luck: impl FnOnce() -> f64) -> Span {
        // A number that nobody needs costs as much as one that somebody does.
        let takes = match self.takes {
            Dist::Constant(value) => value,
            ref takes => takes.from_uniform(luck()),
        };
        Span::from_secs(takes + self.moving(bytes))
    }

    fn moving(&self, bytes: u64) -> f64 {
        self.throughput.map_or(0.0, |rate| bytes as f64 / rate)
    }
}

/// The backups of one kind.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub series: Series,
    /// When runs are due, in seconds since the start, sorted. It begins so long before the start that
    /// all snapshots are in it that are kept then.
    pub due: Vec<i64>,
    /// How long a snapshot is kept from when it is complete, and a copy from when it is.
    pub keep: Span,
}

impl Schedule {
    /// How many runs are due before an instant.
    pub fn due_before(&self, at: Stamp) -> usize {
        self.due.partition_point(|&due| Stamp::from(due) * Stamp::from(NANOS_PER_SEC) < at)
    }

    /// The first run that is due at an instant or later.
    pub fn first_due(&self, second: i64) -> usize {
        self.due.partition_point(|&due| due < second)
    }

    /// The first run of which anything may still be kept at an instant.
    pub fn oldest_kept(&self, at: Stamp) -> usize {
        self.due_before(at - Stamp::from((self.keep + LONGEST_RUN).0))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Series {
    Nightly,
    Weekly,
    Monthly,
    OnDemand,
}

impl Series {
    pub const ALL: [Series; 4] =
        [Series::Nightly, Series::Weekly, Series::Monthly, Series::OnDemand];

    /// The name in results.
    pub fn name(self) -> &'static str {
        match self {
            Series::Nightly => "nightly",
            Series::Weekly => "weekly",
            Series::Monthly => "monthly",
            Series::OnDemand => "on-demand",
        }
    }
}
