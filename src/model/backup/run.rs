//! What becomes of one run of a backup: computed from its luck and from the times in which
//! what it saves could not be read, whenever somebody asks. A quiet night is never an event.

use super::Restorable;
use super::luck::{Luck, Part, Trials};
use super::plan::{Backup, Place, Schedule, Series, Stamp};
use crate::engine::{Draw, Purpose};
use crate::id::Id;
use crate::model::residency::Move;
use crate::model::root::CauseId;
use crate::model::topology::{Site, Topology};
use crate::time::{Instant, NANOS_PER_SEC, Span};

const HOUR_S: i64 = 3600;

/// From when until when the database of an app was down, or its files out of reach; what still is ends never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Down {
    pub from: Instant,
    pub to: Instant,
}

/// The data of an app went on in another region, or at home again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Went {
    pub at: Instant,
    pub abroad: bool,
    /// What it goes on with there: a copy, or what was restored …
    pub by: Move,
    /// … because of this.
    pub cause: CauseId,
}

/// Everything that the runs of one app depend on.
#[derive(Clone, Copy)]
pub struct Runs<'a> {
    pub topology: &'a Topology,
    pub backup: &'a Backup,
    /// In order of time, apart from each other.
    pub downs: &'a [Down],
    /// In order of time; before the first it is at home.
    pub went: &'a [Went],
    pub replication: u64,
    /// As if no rule refused anything.
    pub unruled: bool,
    /// Only snapshots with files are of use.
    pub of_files: bool,
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What it saves could not be read when it should have begun.
    Skipped {
        at: Stamp,
    },
    /// All its attempts failed, or its data went out of reach during the last.
    Failed {
        at: Stamp,
    },
    /// It should have begun where the rule of the app does not let it stand.
    Refused {
        at: Stamp,
    },
    Taken(Snapshot),
}

/// A backup that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub series: Series,
    /// It holds the data as of then: the start of the attempt that succeeded.
    pub of: Stamp,
    /// It can be restored from then on …
    pub since: Stamp,
    /// … until it expires.
    pub until: Stamp,
    /// Where it was taken.
    pub place: Place,
    pub copy: Copied,
}

/// What became of the second copy of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// There is to be none, or none is allowed.
    Nowhere,
    To {
        site: Id<Site>,
        since: Stamp,
        until: Stamp,
    },
    /// All attempts failed, the last one then.
    Failed {
        at: Stamp,
    },
}

/// Something about a run that is worth telling, and when that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Skipped,
    Failed,
    CopyFailed,
}

impl Outcome {
    /// What is wrong with it, if anything is.
    pub fn trouble(&self) -> Option<(Stamp, Trouble)> {
        match *self {
            Outcome::Skipped { at } => Some((at, Trouble::Skipped)),
            Outcome::Failed { at } => Some((at, Trouble::Failed)),
            Outcome::Taken(Snapshot { copy: Copied::Failed { at }, .. }) => {
                Some((at, Trouble::CopyFailed))
            }
            Outcome::Taken(_) | Outcome::Refused { .. } => None,
        }
    }
}

fn stamp(at: Instant) -> Stamp {
    Stamp::from(at.0)
}

impl Runs<'_> {
    /// When a run is due.
    pub fn due(&self, schedule: &Schedule, run: usize) -> Stamp {
        Stamp::from(schedule.due[run]) * Stamp::from(NANOS_PER_SEC)
    }

    /// When a run begins: somewhere in the window.
    pub fn begins(&self, schedule: &Schedule, run: usize) -> Stamp {
        let window = self.backup.rules.window;
        let late = match window {
            Span::ZERO => 0,
            _ => {
                let luck = self.draw(schedule, run, Purpose::BACKUP_START, 0).uniform();
                (luck * window.0 as f64) as Stamp
            }
        };
        self.due(schedule, run) + late
    }

    /// Luck goes by the hour in which a run is due, so that it is the same whenever the study begins.
    fn hour(&self, schedule: &Schedule, run: usize) -> i64 {
        (schedule.due[run] + self.topology.start_unix).div_euclid(HOUR_S)
    }

    fn draw(&self, schedule: &Schedule, run: usize, purpose: Purpose, attempt: u32) -> Draw {
        let hour = self.hour(schedule, run);
        let j = (schedule.series as u16) << 8 | attempt as u16;
        Draw::new(self.backup.key, purpose, self.replication, hour as u32).redraw(j)
    }

    fn trials<'a>(&'a self, schedule: &'a Schedule, part: Part) -> Trials<'a> {
        Trials { backup: self.backup, schedule, part, replication: self.replication }
    }

    /// Which attempts of a run fail by themselves. Before the study began nothing did (S4).
    fn luck(&self, schedule: &Schedule, run: usize, part: Part) -> Luck {
        if schedule.due[run] < 0 {
            return Luck::FailBefore(0);
        }
        self.trials(schedule, part).of(self.hour(schedule, run))
    }

    fn fails(&self, schedule: &Schedule, run: usize, part: Part, luck: Luck, attempt: u32) -> bool {
        self.trials(schedule, part).fails(luck, self.hour(schedule, run), attempt)
    }

    /// The first run from `run` on that is lost, or whose copy is, whatever the database does.
    pub(super) fn next_unlucky(&self, schedule: &Schedule, run: usize) -> Option<usize> {
        let copied = self.backup.places().any(|it| it.copy.is_some_and(|to| !to.refused));
        let copied = copied.then_some(Part::Copy);
        let parts = [Some(Part::Dump), copied].into_iter().flatten();
        parts.filter_map(|part| self.next_lost(schedule, run, part)).min()
    }

    fn next_lost(&self, schedule: &Schedule, mut run: usize, part: Part) -> Option<usize> {
        let last = schedule.due.len().checked_sub(1)?;
        let to = self.hour(schedule, last) + 1;
        while run <= last {
            let hour = self.hour(schedule, run);
            let lost = self.trials(schedule, part).next_lost(hour, to)?;
            if lost == hour {
                return Some(run);
            }
            run = schedule.first_due(lost * HOUR_S - self.topology.start_unix);
        }
        None
    }

    /// What brought the data to where it is at an instant; nothing while it is at home.
    pub fn abroad_at(&self, at: Stamp) -> Option<&Went> {
        let next = self.went.partition_point(|it| stamp(it.at) <= at);
        self.went[..next].last().filter(|it| it.abroad)
    }

    /// Where what begins at an instant is taken.
    fn place_at(&self, at: Stamp) -> Place {
        match self.abroad_at(at) {
            None => self.backup.home,
            Some(_) => self.backup.abroad.expect("data that can go abroad is backed up there"),
        }
    }

    /// The down time that an instant falls into.
    fn down_at(&self, at: Stamp) -> bool {
        let next = self.downs.partition_point(|down| stamp(down.from) <= at);
        next > 0 && at < stamp(self.downs[next - 1].to)
    }

    /// The first loss of the data after `from` and before `to`.
    fn lost_within(&self, from: Stamp, to: Stamp) -> Option<Stamp> {
        let next = self.downs.partition_point(|down| stamp(down.from) <= from);
        self.downs.get(next).map(|down| stamp(down.from)).filter(|&at| at < to)
    }

    /// What became, or by all that is known now will become, of a run.
    pub fn outcome(&self, schedule: &Schedule, run: usize) -> Outcome {
        let rules = &self.backup.rules;
        let mut begins = self.begins(schedule, run);
        if self.down_at(begins) {
            return Outcome::Skipped { at: begins };
        }
        let luck = self.luck(schedule, run, Part::Dump);
        let mut failed = begins;
        for attempt in 0..=rules.dump.retries {
            if self.down_at(begins) {
                failed = begins;
                begins += Stamp::from(rules.retry_after.0);
                continue;
            }
            let place = self.place_at(begins);
            if place.refused && !self.unruled {
                return Outcome::Refused { at: begins };
            }
            let unlucky = self.fails(schedule, run, Part::Dump, luck, attempt);
            let draw = || self.draw(schedule, run, Purpose::BACKUP_LENGTH, attempt).uniform();
            let length = rules.dump.length(place.bytes, draw);
            let ends = begins + Stamp::from(length.0);
            let lost = self.lost_within(begins, ends);
            if lost.is_none() && !unlucky {
                return Outcome::Taken(Snapshot {
                    series: schedule.series,
                    of: begins,
                    since: ends,
                    until: ends + Stamp::from(schedule.keep.0),
                    place,
                    copy: self.copied(schedule, run, place, ends),
                });
            }
            failed = lost.unwrap_or(ends);
            begins = failed + Stamp::from(rules.retry_after.0);
        }
        Outcome::Failed { at: failed }
    }

    fn copied(&self, schedule: &Schedule, run: usize, place: Place, from: Stamp) -> Copied {
        let Some(to) = place.copy.filter(|to| self.unruled || !to.refused) else {
            return Copied::Nowhere;
        };
        let site = to.site;
        let rules = &self.backup.rules.copy;
        let luck = self.luck(schedule, run, Part::Copy);
        let mut at = from;
        for attempt in 0..=rules.retries {
            let draw = || self.draw(schedule, run, Purpose::BACKUP_LENGTH, attempt).uniform2().1;
            at += Stamp::from(rules.length(place.bytes, draw).0);
            if !self.fails(schedule, run, Part::Copy, luck, attempt) {
                let until = at + Stamp::from(schedule.keep.0);
                return Copied::To { site, since: at, until };
            }
        }
        Copied::Failed { at }
    }

    /// The first run that begins after an instant.
    pub fn begun_by(&self, schedule: &Schedule, at: Stamp) -> usize {
        // Runs begin in the order in which they are due, each within the window.
        let mut next = schedule.due_before(at + 1);
        while next > 0 && self.begins(schedule, next - 1) > at {
            next -= 1;
        }
        next
    }

    /// Runs that began before an instant and are not over then, newest first.
    pub(super) fn under_way(&self, schedule: &Schedule, at: Stamp) -> impl Iterator<Item = usize> {
        let runs = *self;
        let first = schedule.due_before(at - Stamp::from(self.backup.longest.0));
        (first..self.begun_by(schedule, at - 1)).rev().filter(move |&run| {
            match runs.outcome(schedule, run) {
                Outcome::Taken(snapshot) => snapshot.since > at,
                Outcome::Failed { at: failed } => failed >= at,
                Outcome::Skipped { .. } | Outcome::Refused { .. } => false,
            }
        })
    }

    /// The newest snapshot of data no newer than `until` that can be restored from a site at an instant.
    pub(super) fn newest_at(&self, site: Id<Site>, at: Stamp, until: Stamp) -> Option<Restorable> {
        let mut best: Option<Restorable> = None;
        for schedule in &self.backup.rules.schedules {
            for run in (schedule.oldest_kept(at)..self.begun_by(schedule, at)).rev() {
                // What was due that long before cannot be of newer data.
                let of = best.map_or(Stamp::MIN, |best| best.of);
                if self.due(schedule, run) + Stamp::from(self.backup.longest.0) < of {
                    break;
                }
                let Outcome::Taken(snapshot) = self.outcome(schedule, run) else { continue };
                let stands = snapshot.stands_at(site);
                if stands
                    .is_some_and(|(since, expires)| since <= at && at < expires && snapshot.of > of)
                    && snapshot.of <= until
                    && (snapshot.place.files || !self.of_files)
                {
                    let (series, bytes) = (schedule.series, snapshot.place.bytes);
                    best = Some(Restorable { of: snapshot.of, series, site, bytes });
                }
            }
        }
        best
    }
}

impl Snapshot {
    /// From when until when it can be restored from a site.
    fn stands_at(&self, site: Id<Site>) -> Option<(Stamp, Stamp)> {
        if site == self.place.site {
            return Some((self.since, self.until));
        }
        match self.copy {
            Copied::To { site: it, since, until } if it == site => Some((since, until)),
            _ => None,
        }
    }
}
