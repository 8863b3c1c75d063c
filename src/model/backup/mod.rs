//! Backups: taken on a calendar, copied elsewhere, kept for a while, and restored to see whether they
//! would be of use (B3).
//!
//! What becomes of a run follows from its luck ([`luck`]) and from the times in which what is saved could
//! not be read ([`run`]): which snapshots there are is computed when somebody asks ([`copies`]). Events are only
//! what is told: a run that is lost, a copy that is, and drills. A run is looked at when its luck alone
//! would lose it, and when the data goes out of reach within it or before it begins. What is saved is read where
//! it is stored, the database and the files: whether a container runs is no matter.

pub mod copies;
pub mod luck;
pub mod plan;
pub mod run;

use crate::engine::{Draw, Purpose};
use crate::id::Id;
use crate::model::bucket::Bucket;
use crate::model::event::{Event, rank};
use crate::model::fact::{Fact, Listener};
use crate::model::residency::Move;
use crate::model::root::Root;
use crate::model::sim::Sim;
use crate::model::topology::{Group, Site, Topology};
use crate::model::world::World;
use crate::time::{Instant, Span};
use plan::{Backup, Series, Stamp};
use run::{Down, Runs, Went};
use std::collections::BTreeSet;

/// What changes about the backups of one app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct BackupState {
    /// Whose luck it is.
    replication: u64,
    /// When what is saved could not be read, as far as it concerns any run.
    pub downs: Vec<Down>,
    /// What of it cannot be read now.
    unread: Unread,
    /// When its data went to another region and back: snapshots are taken where it is.
    pub went: Vec<Went>,
    /// Runs, each by its place among the schedules and its number, that have been told of.
    told: BTreeSet<(u8, u32)>,
    /// The beginning of the next run is waited for, to see whether its data can be read.
    awaits_run: bool,
    /// By schedule: the next run that luck alone will lose.
    unlucky: [Option<u32>; Series::ALL.len()],
}

/// Of what is saved, what cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Unread {
    database: bool,
    files: bool,
}

impl Unread {
    fn any(self) -> bool {
        self.database || self.files
    }
}

/// Events about backups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BackupEvent {
    /// A run may have come to nothing.
    Looked {
        schedule: u8,
        run: u32,
    },
    /// The next run begins, if its data can be read by then.
    FallsDue,
    DrillBegins {
        drill: u32,
    },
    DrillEnds {
        drill: u32,
    },
}

/// What can be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restorable {
    /// The data as of then: what was written later is lost.
    pub of: Stamp,
    pub series: Series,
    /// Where it stands.
    pub site: Id<Site>,
    pub bytes: u64,
}

impl Restorable {
    /// What is lost by going back to it: the time from its start until `at`.
    pub fn loses(&self, at: Instant) -> Span {
        Span(u64::try_from(Stamp::from(at.0) - self.of).unwrap_or(0))
    }
}

/// All runs of the backups of an app.
pub fn runs<'a>(topology: &'a Topology, world: &'a World, backup: Id<Backup>) -> Runs<'a> {
    let (backup, state) = (&topology.backups[backup], &world.backups[backup.index()]);
    let BackupState { replication, downs, went, .. } = state;
    Runs {
        topology,
        backup,
        downs,
        went,
        replication: *replication,
        unruled: false,
        of_files: false,
    }
}

/// The newest snapshot of an app that can be restored from a site that can be reached.
pub fn newest_restorable(
    topology: &Topology,
    world: &World,
    app: Id<Group>,
    now: Instant,
) -> Option<Restorable> {
    newest_restorable_of(topology, world, app, now, None)
}

/// The same of data that is no newer than an instant.
pub fn newest_restorable_of(
    topology: &Topology,
    world: &World,
    app: Id<Group>,
    now: Instant,
    until: Option<Instant>,
) -> Option<Restorable> {
    let runs = runs(topology, world, topology.backup_of(app)?);
    newest_of(runs, world, now, until)
}

/// The same of given runs.
pub fn newest_of(
    runs: Runs<'_>,
    world: &World,
    now: Instant,
    until: Option<Instant>,
) -> Option<Restorable> {
    let until = until.map_or(Stamp::MAX, |it| Stamp::from(it.0));
    let sites = runs.backup.sites().into_iter();
    let reachable = sites.filter(|&it| world.is_there(runs.topology, it));
    let newest = reachable.filter_map(|site| runs.newest_at(site, Stamp::from(now.0), until));
    // The first of equals: at home there is nothing to be moved.
    newest.reduce(|best, it| if it.of > best.of { it } else { best })
}

impl World {
    /// Whether any zone of a site can be reached. One that is not simulated always can.
    pub(in crate::model) fn is_there(&self, topology: &Topology, site: Id<Site>) -> bool {
        topology.sites[site].region.is_none_or(|region| {
            topology.regions[region].zones.iter().any(|zone| self.zones[zone.index()].is_up())
        })
    }
}

impl<L: Listener> Sim<'_, L> {
    /// Schedules the first run of each schedule that luck alone loses, and the first drills.
    pub(super) fn start_backups(&mut self) {
        for id in self.topology.backups.ids() {
            let rules = &self.topology.backups[id].rules;
            self.world.backups[id.index()].replication = self.replication;
            for place in 0..rules.schedules.len() {
                let first = rules.schedules[place].due_before(0);
                self.await_unlucky(id, place as u8, first);
            }
            if rules.drill_every.is_some() {
                self.schedule_drill(id, 1);
            }
        }
    }

    pub fn backup_event(&mut self, id: Id<Backup>, event: BackupEvent) {
        match event {
            BackupEvent::Looked { schedule, run } => self.look_at_run(id, schedule, run),
            BackupEvent::FallsDue => self.run_falls_due(id),
            BackupEvent::DrillBegins { drill } => self.drill_begins(id, drill),
            BackupEvent::DrillEnds { drill } => self.drill_ends(id, drill),
        }
    }

    /// The database of an app takes no writes any more: it cannot be saved.
    pub fn database_went_down(&mut self, app: Id<Group>) {
        self.source_changes(app, |unread| unread.database = true);
    }

    /// The database of an app is up again.
    pub fn database_came_back(&mut self, app: Id<Group>) {
        self.source_changes(app, |unread| unread.database = false);
    }

    /// The files of an app may have come within reach, or gone out of it. Where snapshots are taken
    /// without files they are not missed.
    pub(in crate::model) fn files_changed(&mut self, bucket: Id<Bucket>) {
        let topology = self.topology;
        let app = topology.buckets[bucket].app;
        let Some(id) = topology.backup_of(app) else { return };
        let is_abroad = self.world.backups[id.index()].went.last().is_some_and(|it| it.abroad);
        let backup = &topology.backups[id];
        let place = if is_abroad { backup.abroad.as_ref() } else { Some(&backup.home) };
        let unread = place.is_some_and(|it| it.files) && !self.world.can_be_read(topology, bucket);
        self.source_changes(app, |it| it.files = unread);
    }

    fn source_changes(&mut self, app: Id<Group>, change: impl FnOnce(&mut Unread)) {
        let Some(id) = self.topology.backup_of(app) else { return };
        let unread = &mut self.world.backups[id.index()].unread;
        let before = unread.any();
        change(unread);
        match (before, unread.any()) {
            (false, true) => self.source_went_down(id),
            (true, false) => self.source_came_back(id),
            _ => {}
        }
    }

    /// What is saved cannot be read any more: a run under way fails, and those to come may be skipped.
    fn source_went_down(&mut self, id: Id<Backup>) {
        let downs = &mut self.world.backups[id.index()].downs;
        match downs.last_mut() {
            // Lost again at the very instant at which it was back, it was never up.
            Some(last) if last.to == self.now => last.to = Instant::NEVER,
            _ => downs.push(Down { from: self.now, to: Instant::NEVER }),
        }
        let now = Stamp::from(self.now.0);
        for (place, schedule) in self.topology.backups[id].rules.schedules.iter().enumerate() {
            let runs = self.runs_of(id);
            let under_way = runs.under_way(schedule, now);
            let looks: Vec<_> = under_way
                .filter_map(|run| Some((run, runs.outcome(schedule, run).trouble()?.0)))
                .collect();
            for (run, at) in looks {
                self.look_at(id, place as u8, run, at);
            }
        }
        self.await_run(id, now);
    }

    /// Waits for the first run that begins at an instant or later: while the data cannot be read, or until
    /// then, no other is of interest.
    fn await_run(&mut self, id: Id<Backup>, from: Stamp) {
        if self.world.backups[id.index()].awaits_run {
            return;
        }
        let runs = self.runs_of(id);
        let begins = runs.backup.rules.schedules.iter().filter_map(|schedule| {
            let next = runs.begun_by(schedule, from - 1);
            (next < schedule.due.len()).then(|| runs.begins(schedule, next))
        });
        let Some(at) = begins.min() else { return };
        self.world.backups[id.index()].awaits_run = true;
        let at = Instant(u64::try_from(at).expect("it begins later than now"));
        self.at(at, rank::CHECKER, Event::Backup(id, BackupEvent::FallsDue));
    }

    /// A run begins, of one schedule or of several: each is skipped if its data cannot be read.
    fn run_falls_due(&mut self, id: Id<Backup>) {
        let state = &mut self.world.backups[id.index()];
        state.awaits_run = false;
        if state.downs.last().is_none_or(|down| down.to != Instant::NEVER) {
            return;
        }
        let now = Stamp::from(self.now.0);
        for (place, schedule) in self.topology.backups[id].rules.schedules.iter().enumerate() {
            let begun = self.runs_of(id).begun_by(schedule, now);
            if begun > 0 && self.runs_of(id).begins(schedule, begun - 1) == now {
                self.look_at_run(id, place as u8, begun as u32 - 1);
            }
        }
        self.await_run(id, now + 1);
    }

    /// All that is saved can be read again.
    fn source_came_back(&mut self, id: Id<Backup>) {
        let now = self.now;
        let downs = &mut self.world.backups[id.index()].downs;
        let last = downs.last_mut().expect("it went down before");
        last.to = now;
        let last = *last;
        // What lasted no time at all is no down time (F9).
        if last.from == now || !self.concerns_any(id, last) {
            self.world.backups[id.index()].downs.pop();
        }
    }

    /// The data of an app goes on in another region, or at home again: from now on its snapshots are taken
    /// there.
    pub(in crate::model) fn backups_follow(
        &mut self,
        app: Id<Group>,
        abroad: bool,
        by: Move,
        root: Root,
    ) {
        let Some(id) = self.topology.backup_of(app) else { return };
        let went = &mut self.world.backups[id.index()].went;
        if went.last().is_some_and(|it| it.abroad) != abroad {
            went.push(Went { at: self.now, abroad, by, cause: root.cause });
        }
        if let Some(bucket) = self.topology.bucket_of(app) {
            self.files_changed(bucket);
        }
    }

    /// Whether any run would have come to something else without the last down time.
    fn concerns_any(&self, id: Id<Backup>, last: Down) -> bool {
        let runs = self.runs_of(id);
        let without = Runs { downs: &runs.downs[..runs.downs.len() - 1], ..runs };
        let (from, to) = (Stamp::from(last.from.0), Stamp::from(last.to.0));
        let longest = Stamp::from(runs.backup.longest.0);
        runs.backup.rules.schedules.iter().any(|schedule| {
            if schedule.due_before(from - longest) == schedule.due_before(to) {
                return false;
            }
            let begun = runs.begun_by(schedule, from - 1)..runs.begun_by(schedule, to - 1);
            !begun.is_empty()
                || without
                    .under_way(schedule, from)
                    .any(|run| runs.outcome(schedule, run) != without.outcome(schedule, run))
        })
    }

    fn runs_of(&self, id: Id<Backup>) -> Runs<'_> {
        runs(self.topology, &self.world, id)
    }

    fn look_at(&mut self, id: Id<Backup>, schedule: u8, run: usize, at: Stamp) {
        let at = Instant(u64::try_from(at).unwrap_or(0)).max(self.now);
        let event = BackupEvent::Looked { schedule, run: run as u32 };
        self.at(at, rank::CHECKER, Event::Backup(id, event));
    }

    /// Waits for the first run from `run` on that luck alone loses.
    fn await_unlucky(&mut self, id: Id<Backup>, place: u8, run: usize) {
        let schedule = &self.topology.backups[id].rules.schedules[usize::from(place)];
        let runs = self.runs_of(id);
        let found = runs.next_unlucky(schedule, run);
        // It is looked at when it begins: one that begins later may be over before it.
        let begins = found.map(|run| (run, runs.begins(schedule, run)));
        self.world.backups[id.index()].unlucky[usize::from(place)] = found.map(|run| run as u32);
        if let Some((run, at)) = begins {
            self.look_at(id, place, run, at);
        }
    }

    fn look_at_run(&mut self, id: Id<Backup>, place: u8, run: u32) {
        let backup = &self.topology.backups[id];
        let schedule = &backup.rules.schedules[usize::from(place)];
        let runs = self.runs_of(id);
        let now = Stamp::from(self.now.0);
        let next = run as usize + 1;
        match runs.outcome(schedule, run as usize).trouble() {
            Some((at, _)) if at > now => self.look_at(id, place, run as usize, at),
            Some((_, trouble)) if self.world.backups[id.index()].told.insert((place, run)) => {
                let (app, series) = (backup.app, schedule.series);
                self.state(Fact::BackupFailed { app, series, trouble });
            }
            _ => {}
        }
        if self.world.backups[id.index()].unlucky[usize::from(place)] == Some(run) {
            self.await_unlucky(id, place, next);
        }
    }

    // ---- drills ----

    fn schedule_drill(&mut self, id: Id<Backup>, drill: u32) {
        let at = self.drill_at(id, drill);
        let event = Event::Backup(id, BackupEvent::DrillBegins { drill });
        self.at(at, rank::CHECKER, event);
    }

    fn drill_at(&self, id: Id<Backup>, drill: u32) -> Instant {
        let every = self.topology.backups[id].rules.drill_every.expect("there are drills");
        Instant(every.0.saturating_mul(u64::from(drill)))
    }

    fn drill_begins(&mut self, id: Id<Backup>, drill: u32) {
        let backup = &self.topology.backups[id];
        match self.newest_restorable(backup.app) {
            None => {
                let (took, loses) = (Span::ZERO, Span::NEVER);
                let app = backup.app;
                self.state(Fact::DrillEnded { app, restored: false, took, loses });
            }
            Some(found) => {
                let luck = Draw::new(backup.key, Purpose::DRILL, self.replication, drill);
                let length = backup.rules.restore.length(found.bytes, || luck.uniform2().1);
                let event = Event::Backup(id, BackupEvent::DrillEnds { drill });
                self.after(length, rank::CHECKER, event);
            }
        }
        self.schedule_drill(id, drill + 1);
    }

    fn drill_ends(&mut self, id: Id<Backup>, drill: u32) {
        let backup = &self.topology.backups[id];
        let luck = Draw::new(backup.key, Purpose::DRILL, self.replication, drill).uniform();
        let restored = luck >= backup.rules.restore.fails;
        let began = self.drill_at(id, drill);
        let app = backup.app;
        let (topology, world) = (self.topology, &self.world);
        let found = newest_restorable(topology, world, app, began);
        let loses = found.map_or(Span::NEVER, |it| it.loses(began));
        let took = self.now - began;
        self.state(Fact::DrillEnded { app, restored, took, loses });
    }

    /// The newest snapshot of an app that can be restored now.
    pub fn newest_restorable(&self, app: Id<Group>) -> Option<Restorable> {
        newest_restorable(self.topology, &self.world, app, self.now)
    }
}
