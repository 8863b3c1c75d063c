//! Which attempts of which runs fail by themselves, without a number being drawn for every run.
//!
//! A run is lost when all its attempts fail, with the chance q = p^attempts. Whether the run that is due
//! in an hour is lost is decided independently for every hour, and only the lost hours are drawn: from
//! one to the next lies a geometric number of others, which one draw gives by inversion. They are counted
//! afresh at the beginning of each block of about 1/q hours, so that any hour can be asked for at any time.
//! What remains is drawn when somebody asks for the run: of one that is not lost, how many attempts fail
//! before the first that does not, and after that one each attempt for itself, in case that one comes to
//! nothing because its database is lost. All together fail as if each were drawn by itself.

use super::plan::{Backup, Schedule, Work};
use crate::engine::math::ln;
use crate::engine::{Draw, Purpose};

/// Bits of a draw that number the lost hours of a block.
const JUMP_BITS: u32 = 14;

/// Whether attempts fail by themselves: all, or some before the first that does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Luck {
    AllFail,
    /// So many fail, and the next does not.
    FailBefore(u32),
}

/// What fails: the backup itself, or its copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Dump,
    Copy,
}

/// The attempts of one part of the runs of one schedule.
#[derive(Clone, Copy)]
pub(super) struct Trials<'a> {
    pub backup: &'a Backup,
    pub schedule: &'a Schedule,
    pub part: Part,
    pub replication: u64,
}

/// How often all attempts of some work fail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Odds {
    /// Chance that they do.
    pub all_fail: f64,
    /// ln(1 − chance).
    ln_spared: f64,
    /// Hours of a block.
    block: u32,
}

impl Odds {
    /// Of so many attempts after the first that fail with a chance each.
    pub fn new(fails: f64, retries: u32) -> Odds {
        let all_fail = (0..retries).fold(fails, |all, _| all * fails);
        let most = 1 << JUMP_BITS;
        Odds {
            all_fail,
            ln_spared: libm::log1p(-all_fail),
            block: (1.0 / all_fail).clamp(1.0, f64::from(most)) as u32,
        }
    }

    /// Hours that are spared before the next lost one.
    fn spared(&self, luck: f64) -> u64 {
        (ln(luck) / self.ln_spared) as u64
    }
}

impl Part {
    /// What belongs to it, of what belongs to the backup and what belongs to its copy.
    pub(super) fn of<T>(self, (dump, copy): (T, T)) -> T {
        match self {
            Part::Dump => dump,
            Part::Copy => copy,
        }
    }
}

impl Trials<'_> {
    fn work(&self) -> &Work {
        let rules = &self.backup.rules;
        self.part.of((&rules.dump, &rules.copy))
    }

    fn odds(&self) -> &Odds {
        &self.backup.rules.odds[self.part as usize]
    }

    /// The luck of the run that is due in an hour.
    pub(super) fn of(&self, hour: i64) -> Luck {
        let work = self.work();
        if work.fails == 0.0 {
            return Luck::FailBefore(0);
        }
        if self.next_lost(hour, hour + 1).is_some() {
            return Luck::AllFail;
        }
        Luck::FailBefore(if work.retries == 0 { 0 } else { self.fail_before(hour) })
    }

    /// Attempts that fail before the first that does not, where not all of them do: P(N ≥ n) is
    /// (pⁿ − q)/(1 − q) for n up to the number of retries.
    fn fail_before(&self, hour: i64) -> u32 {
        let work = self.work();
        // N ≥ n where the number lies at or above 1 − P(N ≥ n) = (1 − pⁿ)/(1 − q).
        let luck = self.number(hour, 0) * (1.0 - self.odds().all_fail);
        let (mut failed, mut all) = (0, work.fails);
        while failed < work.retries && luck >= 1.0 - all {
            failed += 1;
            all *= work.fails;
        }
        failed
    }

    /// Whether an attempt of the run that is due in an hour fails by itself.
    pub(super) fn fails(&self, luck: Luck, hour: i64, attempt: u32) -> bool {
        match luck {
            Luck::AllFail => true,
            Luck::FailBefore(first) if attempt <= first => attempt < first,
            Luck::FailBefore(_) => self.number(hour, attempt) < self.work().fails,
        }
    }

    fn number(&self, hour: i64, attempt: u32) -> f64 {
        let draw = Draw::new(self.backup.key, Purpose::BACKUP, self.replication, hour as u32);
        let j = (self.schedule.series as u16) << 8 | attempt as u16;
        self.part.of(draw.redraw(j).uniform2())
    }

    /// The first hour from one to another, which does not count, in which all attempts fail.
    pub(super) fn next_lost(&self, from: i64, to: i64) -> Option<i64> {
        if self.odds().all_fail == 0.0 {
            return None;
        }
        let block = |hour: i64| hour.div_euclid(i64::from(self.odds().block));
        let found = (block(from)..=block(to - 1)).find_map(|block| self.lost_in_block(block, from));
        found.filter(|&hour| hour < to)
    }

    /// The first lost hour of a block that is not before `from`.
    fn lost_in_block(&self, block: i64, from: i64) -> Option<i64> {
        let purpose = self.part.of((Purpose::BACKUP_LOST, Purpose::BACKUP_COPY_LOST));
        let draw = Draw::new(self.backup.key, purpose, self.replication, block as u32);
        let odds = self.odds();
        let first = block * i64::from(odds.block);
        let from = u64::try_from(from - first).unwrap_or(0);
        let mut hour = 0;
        for jump in 0..odds.block as u16 {
            let j = (self.schedule.series as u16) << JUMP_BITS | jump;
            hour += odds.spared(draw.redraw(j).uniform());
            if hour >= u64::from(odds.block) {
                break;
            }
            if hour >= from {
                return Some(first + hour as i64);
            }
            hour += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Dist, Key};
    use crate::id::Id;
    use crate::model::backup::plan::{Place, Rules, Series};
    use crate::time::Span;
    use std::sync::Arc;

    const ATTEMPTS: u32 = 3;

    fn backup(fails: f64) -> Backup {
        let takes = Dist::constant(0.0).unwrap();
        let work = Work { takes, throughput: None, fails, retries: ATTEMPTS - 1 };
        let rules = Rules {
            schedules: Vec::new(),
            window: Span::ZERO,
            dump: work.clone(),
            retry_after: Span::ZERO,
            copy: work.clone(),
            odds: [Odds::new(fails, work.retries); 2],
            restore: work,
            drill_every: None,
        };
        Backup {
            app: Id::new(0),
            key: Key::new(7, "backup.a"),
            home: Place { site: Id::new(0), bytes: 1, files: true, refused: false, copy: None },
            abroad: None,
            longest: Span::ZERO,
            rules: Arc::new(rules),
        }
    }

    fn with_trials(fails: f64, part: Part, replication: u64, test: impl FnOnce(Trials<'_>)) {
        let backup = backup(fails);
        let schedule = Schedule { series: Series::Weekly, due: Vec::new(), keep: Span::ZERO };
        test(Trials { backup: &backup, schedule: &schedule, part, replication });
    }

    fn is_near(seen: u64, of: u64, chance: f64) {
        let mean = of as f64 * chance;
        let deviation = (mean * (1.0 - chance)).sqrt();
        assert!((seen as f64 - mean).abs() <= 5.0 * deviation + 1e-6, "{seen} of {of}: {chance}");
    }

    /// Hours are lost independently with the chance that all attempts fail: how many are, and how many
    /// right after another, which lie in two blocks every so often.
    #[test]
    fn hours_are_lost_independently() {
        for fails in [1.0, 0.97, 0.7, 0.4, 0.1] {
            for part in [Part::Dump, Part::Copy] {
                with_trials(fails, part, 3, |trials| {
                    let (q, hours) = (fails * fails * fails, 400_000);
                    let lost = |hour: i64| trials.of(hour) == Luck::AllFail;
                    let all = (0..hours).filter(|&hour| lost(hour)).count();
                    let pairs = (0..hours).filter(|&hour| lost(hour) && lost(hour + 1)).count();
                    is_near(all as u64, hours as u64, q);
                    // Of twice the variance at most, since neighbours overlap.
                    is_near(pairs as u64 / 2, hours as u64 / 2, q * q);
                });
            }
        }
    }

    #[test]
    fn any_hour_can_be_asked_for_at_any_time() {
        for fails in [0.9, 0.5, 0.05] {
            with_trials(fails, Part::Dump, 0, |trials| {
                let (from, to) = (490_000, 540_000);
                let lost: Vec<_> =
                    (from..to).filter(|&hour| trials.of(hour) == Luck::AllFail).collect();
                let next = |&hour: &i64| trials.next_lost(hour + 1, to);
                let found: Vec<_> =
                    std::iter::successors(trials.next_lost(from, to), next).collect();
                assert_eq!(found, lost);
                assert!(fails < 0.1 || lost.len() > 1000);
            });
        }
    }

    #[test]
    fn what_never_fails_is_never_lost() {
        with_trials(0.0, Part::Dump, 0, |trials| {
            assert_eq!(trials.next_lost(0, i64::from(u32::MAX)), None);
            assert_eq!(trials.of(5), Luck::FailBefore(0));
        });
    }

    /// The attempts of an hour fail in each of the eight ways as often as three coins do, those after the
    /// first that does not included: pᵏ·(1 − p)³⁻ᵏ.
    #[test]
    fn attempts_fail_as_if_each_were_drawn_by_itself() {
        for fails in [0.6, 0.3, 0.05] {
            with_trials(fails, Part::Copy, 1, |trials| {
                let hours = 200_000_i64;
                let mut seen = [0_u64; 1 << ATTEMPTS];
                for hour in 0..hours {
                    let luck = trials.of(hour);
                    let failed = (0..ATTEMPTS).filter(|&it| trials.fails(luck, hour, it));
                    seen[failed.map(|it| 1 << it).sum::<usize>()] += 1;
                }
                for (pattern, &seen) in seen.iter().enumerate() {
                    let chance = (0..ATTEMPTS).fold(1.0, |chance, it| {
                        chance * if pattern >> it & 1 == 1 { fails } else { 1.0 - fails }
                    });
                    is_near(seen, hours as u64, chance);
                }
            });
        }
    }
}
