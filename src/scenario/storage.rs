//! What a scenario says about the files and the backups of an app, in plain units; a part of [`super::spec`].

use super::spec::{Fallback, Site};
use crate::engine::Dist;
pub use crate::model::backup::plan::{Series, Work};
pub use crate::model::bucket::Settings as BucketSettings;
use crate::time::Span;

/// The bucket of an app.
#[derive(Clone, Debug, PartialEq)]
pub struct Files {
    /// Bytes of all its files.
    pub size: u64,
    pub objects: Option<u64>,
    /// Its replicas, their quorums and what the app needs of them.
    pub settings: BucketSettings,
    pub relocation: Option<Relocation>,
    /// A copy in another region, and how long an object takes to get there.
    pub copy: Option<(Site, Dist)>,
}

impl Files {
    /// Whether the copy is where the app goes when its own region is lost.
    pub fn goes_along(&self, fallback: Option<&Fallback>) -> bool {
        let copy = self.copy.as_ref().map(|(site, _)| &site.region);
        copy.is_some() && copy == fallback.map(|it| &it.region)
    }
}

/// Where a bucket is moved that is short of replicas.
#[derive(Clone, Debug, PartialEq)]
pub struct Relocation {
    pub below: u32,
    pub after: Dist,
    pub takes: Dist,
    pub to: Destination,
    pub moves_back: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Destination {
    Region(Site),
    /// A zone, and its region.
    Zone(String, Site),
}

impl Destination {
    /// The region it is in.
    pub fn site(&self) -> &Site {
        match self {
            Destination::Region(site) | Destination::Zone(_, site) => site,
        }
    }
}

/// How an app is backed up.
#[derive(Clone, Debug, PartialEq)]
pub struct Backups {
    /// Bytes of one snapshot: the database and the files.
    pub bytes: u64,
    /// Where the second copy goes.
    pub copy_to: Option<Site>,
    /// Where they are taken while the data is in another region.
    pub abroad: Option<BackupsAbroad>,
    pub rules: BackupRules,
}

/// The backups of an app whose data has gone to another region.
#[derive(Clone, Debug, PartialEq)]
pub struct BackupsAbroad {
    pub site: Site,
    /// Bytes of one snapshot: of what is there.
    pub bytes: u64,
    /// The files are, too.
    pub files: bool,
    /// Where the second copy goes.
    pub copy_to: Option<Site>,
}

/// What apps that are backed up alike share.
#[derive(Clone, Debug, PartialEq)]
pub struct BackupRules {
    /// At most one of each series, in the order of [`Series::ALL`].
    pub calendars: Vec<BackupCalendar>,
    /// A run begins at any time within so long after it is due.
    pub window: Span,
    pub dump: Work,
    /// From the failure of an attempt until the next one.
    pub retry_after: Span,
    pub copy: Work,
    /// How often the newest snapshot is restored on trial.
    pub drill: Option<Span>,
    pub restore: Work,
}

/// When the backups of one series are due, and how long they are kept.
#[derive(Clone, Debug, PartialEq)]
pub struct BackupCalendar {
    pub series: Series,
    pub due: Due,
    pub keep: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// By a clock on the wall.
    Wall {
        /// IANA name, e.g. `Europe/Berlin`.
        timezone: String,
        /// Minutes since midnight.
        minute: u32,
        days: Days,
    },
    /// At the start of the study, and so long after it and before it again and again.
    Every(Span),
}

/// Days are numbered from Monday, 0, to Sunday, 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Days {
    Every,
    Weekly(u8),
    /// The first such day of a month.
    Monthly(u8),
}

impl Due {
    /// How many a year of 365 days, on average over the calendar.
    pub fn per_year(&self) -> f64 {
        match self {
            Due::Every(every) => Span::YEAR.as_secs() / every.as_secs(),
            Due::Wall { days: Days::Every, .. } => 365.0,
            Due::Wall { days: Days::Weekly(_), .. } => 365.0 / 7.0,
            // 400 years have 4 800 months and 146 097 days.
            Due::Wall { days: Days::Monthly(_), .. } => 365.0 * 4800.0 / 146_097.0,
        }
    }
}
