//! What backups come to: runs and copies that are lost, drills, and how old the newest snapshot is
//! that could be restored at any time (B3).

use crate::id::Id;
use crate::measure::Plan;
use crate::model::backup::copies::Copy;
use crate::model::backup::plan::{Series, Stamp};
use crate::model::backup::run::Trouble;
use crate::model::backup::runs;
use crate::model::topology::{Group, Topology};
use crate::model::world::World;
use crate::time::{DAY, Instant, MINUTE, Span};

/// By backup, in the order of the topology.
#[derive(Clone, Debug, Default)]
pub struct Backups {
    pub of: Vec<OfApp>,
}

/// The backups of one app, in the measured interval.
#[derive(Clone, Debug, Default)]
pub struct OfApp {
    /// Runs that were due.
    pub due: [u64; Series::ALL.len()],
    /// Runs that were skipped, that failed, and copies that did.
    pub lost: [[u64; 3]; Series::ALL.len()],
    pub drills: Vec<Drill>,
    /// Only where few apps are looked at one by one.
    pub ages: Option<Ages>,
}

/// A restore on trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drill {
    pub restored: bool,
    pub took: Span,
    /// The age of the snapshot; never: there was none.
    pub loses: Span,
}

/// How old the newest snapshot that could be restored was, over time: what going back to it would have
/// lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ages {
    /// Nanoseconds with an age in the n-th [`Class`].
    parts: Vec<u64>,
    /// How many stretches of time cover a whole class of age: differences from one to the next.
    whole: Vec<i64>,
    /// ∫ 2·age dt, in square nanoseconds: an age begins and ends on whole ones.
    doubled: u128,
    /// Nanoseconds with anything that could be restored, and with nothing.
    pub covered: u64,
    pub nothing: u64,
    /// Nanoseconds with an age above 24 h, or with nothing.
    pub above_a_day: u64,
    pub oldest: Span,
}

impl Backups {
    pub(super) fn new(topology: &Topology) -> Backups {
        Backups { of: vec![OfApp::default(); topology.backups.len()] }
    }

    pub(super) fn failed(
        &mut self,
        now: Instant,
        app: Id<Group>,
        series: Series,
        trouble: Trouble,
        plan: &Plan,
        topology: &Topology,
    ) {
        if now >= plan.from {
            self.of_app(app, topology).lost[series as usize][trouble as usize] += 1;
        }
    }

    pub(super) fn drilled(
        &mut self,
        now: Instant,
        app: Id<Group>,
        drill: Drill,
        plan: &Plan,
        topology: &Topology,
    ) {
        if now >= plan.from {
            self.of_app(app, topology).drills.push(drill);
        }
    }

    fn of_app(&mut self, app: Id<Group>, topology: &Topology) -> &mut OfApp {
        let backup = topology.backup_of(app).expect("it is backed up");
        &mut self.of[backup.index()]
    }

    /// Counts what was due until `now`, where the replication ends, and looks at what stood when.
    pub fn survey(&mut self, now: Instant, plan: &Plan, topology: &Topology, world: &World) {
        let (from, to) = plan.clip(Instant::START, now);
        for ((id, backup), of) in topology.backups.enumerate().zip(&mut self.of) {
            for schedule in &backup.rules.schedules {
                let before = |at: Instant| schedule.due_before(Stamp::from(at.0));
                of.due[schedule.series as usize] = (before(to) - before(from)) as u64;
            }
            if plan.detailed {
                let (from, to) = (Stamp::from(from.0), Stamp::from(to.0));
                let mut copies: Vec<_> = runs(topology, world, id).copies(from, to).collect();
                copies.sort_by_key(|copy| (copy.since, copy.of));
                of.ages = Some(Ages::of(&copies, from, to));
            }
        }
    }
}

impl Ages {
    /// Of copies in the order in which they are complete.
    pub fn of(copies: &[Copy], from: Stamp, to: Stamp) -> Ages {
        let mut ages = Ages::default();
        // The newest on top; whatever lies below is older and kept for longer.
        let mut kept: Vec<(Stamp, Stamp)> = Vec::new();
        let mut now = from;
        for copy in copies {
            now = ages.advance(now, copy.since.clamp(from, to), &mut kept);
            let place = kept.partition_point(|it| it.0 < copy.of);
            // A newer one that is kept as long makes it useless, and it the older ones.
            if kept[place..].iter().all(|it| it.1 < copy.until) {
                kept.insert(place, (copy.of, copy.until));
                kept.retain(|it| it.0 >= copy.of || it.1 > copy.until);
            }
        }
        ages.advance(now, to, &mut kept);
        ages
    }

    /// Lets time pass; the newest may expire meanwhile.
    fn advance(&mut self, mut now: Stamp, to: Stamp, kept: &mut Vec<(Stamp, Stamp)>) -> Stamp {
        while now < to {
            match kept.last() {
                None => {
                    self.nothing += (to - now) as u64;
                    self.above_a_day += (to - now) as u64;
                    now = to;
                }
                Some(&(_, until)) if until <= now => {
                    kept.pop();
                }
                Some(&(of, until)) => {
                    let end = to.min(until);
                    self.stretch((now - of) as u64, (end - of) as u64);
                    now = end;
                }
            }
        }
        now
    }

    /// The age rises from one value to another.
    fn stretch(&mut self, from: u64, to: u64) {
        self.covered += to - from;
        self.doubled += u128::from(to - from) * (u128::from(from) + u128::from(to));
        self.above_a_day += to.saturating_sub(from.max(DAY));
        self.oldest = self.oldest.max(Span(to));
        let (first, last) = (Class::of(from), Class::of(to));
        if self.parts.len() <= last.0 {
            self.parts.resize(last.0 + 1, 0);
            self.whole.resize(last.0 + 1, 0);
        }
        if first == last {
            self.parts[first.0] += to - from;
            return;
        }
        self.parts[first.0] += first.begins() + first.length() - from;
        self.parts[last.0] += to - last.begins();
        self.whole[first.0 + 1] += 1;
        self.whole[last.0] -= 1;
    }

    /// Mean age while there was anything, seconds.
    pub fn mean_s(&self) -> Option<f64> {
        (self.covered > 0).then(|| self.doubled as f64 / 2.0 / self.covered as f64 / 1e9)
    }

    /// The middle of each class of age, and how long it was in it. They add up to the time covered.
    pub fn by_age(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let mut whole = 0;
        self.parts.iter().zip(&self.whole).enumerate().map(move |(place, (part, change))| {
            whole += change;
            let class = Class(place);
            (class.begins() + class.length() / 2, part + whole as u64 * class.length())
        })
    }
}

/// Ages that are told as one: minutes, of which there are [`Class::FINE`], and from then on so many half
/// that many a doubling of the age: to less than a thousandth, and few enough where nothing is taken
/// any more and the age rises for a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Class(usize);

impl Class {
    const FINE: usize = 1 << 11;
    const HALF: usize = Class::FINE / 2;

    /// The one that an age in nanoseconds falls into.
    fn of(age: u64) -> Class {
        let minute = (age / MINUTE) as usize;
        let doublings = (minute / Class::HALF).max(1).ilog2() as usize;
        Class(doublings * Class::HALF + (minute >> doublings))
    }

    fn doublings(self) -> usize {
        (self.0 / Class::HALF).saturating_sub(1)
    }

    fn begins(self) -> u64 {
        let doublings = self.doublings();
        (((self.0 - doublings * Class::HALF) << doublings) as u64) * MINUTE
    }

    fn length(self) -> u64 {
        MINUTE << self.doublings()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::NANOS_PER_SEC;

    const H: Stamp = 3_600_000_000_000;

    fn copy(of: Stamp, since: Stamp, until: Stamp) -> Copy {
        let (series, site) = (Series::Nightly, Id::new(0));
        Copy { series, site, of, since, until, bytes: 1 }
    }

    #[test]
    fn the_newest_counts_and_the_older_one_when_it_expires() {
        // Newest: of 0 h until 10 h, then of 8 h from 10 h to 12 h, when it expires; then of 0 h again
        // until 30 h, then nothing.
        let copies = [copy(0, H, 30 * H), copy(8 * H, 10 * H, 12 * H)];
        let ages = Ages::of(&copies, 2 * H, 40 * H);
        assert_eq!((ages.covered, ages.nothing), ((28 * H) as u64, (10 * H) as u64));
        assert_eq!(ages.oldest.0, (30 * H) as u64);
        // Above a day: of 0 h from 24 h to 30 h, and nothing from then on.
        assert_eq!(ages.above_a_day, (16 * H) as u64);
        // (2..10) + (2..4) + (12..30), means 6, 3, 21 h over 8, 2, 18 h.
        let mean = (8.0 * 6.0 + 2.0 * 3.0 + 18.0 * 21.0) / 28.0 * 3600.0;
        assert!((ages.mean_s().unwrap() - mean).abs() < 1e-9);
        assert_eq!(ages.by_age().map(|it| it.1).sum::<u64>(), ages.covered);
        // An age of 3 h is passed twice.
        assert_eq!(ages.by_age().nth(180), Some((180 * MINUTE + MINUTE / 2, 2 * MINUTE)));
        assert_eq!(ages.by_age().nth(300), Some((300 * MINUTE + MINUTE / 2, MINUTE)));
    }

    #[test]
    fn an_old_one_that_comes_late_is_of_use_only_if_it_is_kept_for_longer() {
        let newest = copy(10 * H, 11 * H, 20 * H);
        for (until, covered) in [(15 * H, 9 * H), (25 * H, 14 * H)] {
            let ages = Ages::of(&[newest, copy(0, 12 * H, until)], 11 * H, 30 * H);
            assert_eq!(ages.covered, covered as u64, "{until}");
        }
    }

    #[test]
    fn parts_of_minutes_are_where_they_belong() {
        let s = Stamp::from(NANOS_PER_SEC);
        let ages = Ages::of(&[copy(0, 0, 1000 * s)], 30 * s, 150 * s);
        let seconds: Vec<_> = ages.by_age().map(|it| it.1 / NANOS_PER_SEC).collect();
        assert_eq!(seconds, [30, 60, 30]);
    }

    #[test]
    fn classes_of_age_follow_each_other_and_are_a_thousandth_wide_at_most() {
        let mut begins = 0;
        for place in 0..12_000 {
            let class = Class(place);
            assert_eq!(class.begins(), begins, "{place}");
            begins += class.length();
            let last = begins - 1;
            assert_eq!((Class::of(class.begins()), Class::of(last)), (class, class), "{place}");
            assert!(class.length() == MINUTE || class.length() * 1000 < class.begins(), "{place}");
        }
        assert!(begins > 365 * DAY, "a year is told by 12 000 of them");
    }

    #[test]
    fn an_age_of_a_year_takes_little_room_and_adds_up() {
        let year = Stamp::from(365 * DAY);
        let ages = Ages::of(&[copy(0, 0, year)], 0, year + H);
        assert_eq!((ages.covered, ages.nothing), (365 * DAY, H as u64));
        assert_eq!(ages.by_age().map(|it| it.1).sum::<u64>(), ages.covered);
        assert!(ages.parts.len() < 12_000, "{}", ages.parts.len());
    }
}
