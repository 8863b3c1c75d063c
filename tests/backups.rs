//! Backups against answers worked out by hand: when runs are due and lost to the nanosecond, what can
//! be restored, how old it is, and how many snapshots there are.

mod common;

use common::recorder::Recorder;
use common::scenario;
use common::timeline::{D, H, MIN};
use std::sync::atomic::AtomicBool;
use zonefall::engine::{Draw, Key, Purpose};
use zonefall::history::happen;
use zonefall::id::Id;
use zonefall::model::backup::plan::{Backup, Stamp};
use zonefall::model::backup::run::{Copied, Down, Outcome, Runs};
use zonefall::model::backup::{Restorable, runs};
use zonefall::model::sim::Sim;
use zonefall::model::topology::{Group, Site, Topology};
use zonefall::scenario::assemble::assemble;
use zonefall::scenario::{Input, Source, load};
use zonefall::study::findings::{Backups, Findings};
use zonefall::study::{Options, run};
use zonefall::time::Instant;

/// An app with a bucket that is backed up; the study begins on 2025-01-01, a Wednesday, at midnight.
fn text(backups: &str, more: &str) -> String {
    format!(
        "{more}\n[region.r]\ncountry = \"DE\"\nzones = [\"za\"]\n[region.far]\ncountry = \"IE\"\n\
         zones = [\"zf\"]\n[app.a]\nregion = \"r\"\nsupervisor = {{ restart = \"1min\" }}\n\
         files = {{ size = \"36GB\" }}\nbackups = {{ {backups} }}\n"
    )
}

fn topology(backups: &str, more: &str) -> Topology {
    assemble(&scenario(&text(backups, more)))
}

const APP: Id<Group> = Id::new(0);

/// One history in which a test takes the database down and up as it likes.
struct History<'t> {
    sim: Sim<'t, Recorder>,
}

impl<'t> History<'t> {
    fn new(topology: &'t Topology, replication: u64) -> Self {
        let mut sim = Sim::new(topology, replication, Recorder::new(topology));
        zonefall::faults::start(&mut sim);
        History { sim }
    }

    /// Everything up to an instant happens, what falls on it included.
    fn until(&mut self, at: u64) -> &mut Self {
        // A look ahead at a clone: what has been taken out cannot be put back into the past.
        while self.sim.calendar.clone().pop().is_some_and(|next| next.0.0 <= at) {
            let (due, event) = self.sim.calendar.pop().expect("there is one");
            self.sim.now = due;
            self.sim.events += 1;
            happen(&mut self.sim, event.into());
        }
        self.sim.now = Instant(at);
        self
    }

    /// An instant at which nothing has happened yet.
    fn before(&mut self, at: u64) -> &mut Self {
        if at > 0 {
            self.until(at - 1);
        }
        self.sim.now = Instant(at);
        self
    }

    fn down(&mut self, from: u64, to: u64) -> &mut Self {
        // Faults and repairs come before whoever looks at what they did.
        self.before(from).sim.database_went_down(APP);
        self.before(to).sim.database_came_back(APP);
        self
    }

    fn newest(&mut self, at: u64) -> Option<Restorable> {
        self.until(at).sim.newest_restorable(APP)
    }

    /// All that was told of backups.
    fn told(&self) -> Vec<(u64, &str)> {
        let lines = self.sim.listener.lines.iter();
        lines.filter(|it| it.1.starts_with("a ")).map(|it| (it.0, it.1.as_str())).collect()
    }
}

fn site(topology: &Topology, site: Id<Site>) -> &str {
    &topology.sites[site].name
}

fn of(found: Option<Restorable>) -> Stamp {
    found.expect("something can be restored").of
}

// ---- scripted, to the nanosecond ----

#[test]
fn a_backup_is_skipped_fails_and_is_tried_again_to_the_nanosecond() {
    let topology =
        topology("nightly = \"01:00\", takes = \"1h\", retries = 1, retry_after = \"5min\"", "");
    let mut it = History::new(&topology, 0);
    // Day 0: undisturbed; restorable at 02:00 and not a nanosecond before.
    assert_eq!(of(it.newest(2 * H - 1)), -(23 * H as Stamp));
    assert_eq!(of(it.newest(2 * H)), H as Stamp);
    // Day 1: down when it is due, so there is none; the one of the day before is still the newest.
    it.down(D + 50 * MIN, D + 70 * MIN);
    assert_eq!(of(it.newest(D + 12 * H)), H as Stamp);
    // Day 2: lost half-way; five minutes later the second attempt begins and holds the data as of then.
    it.down(2 * D + 90 * MIN, 2 * D + 92 * MIN);
    assert_eq!(of(it.newest(2 * D + 155 * MIN - 1)), H as Stamp);
    assert_eq!(of(it.newest(2 * D + 155 * MIN)), (2 * D + 95 * MIN) as Stamp);
    // Day 3: lost twice, and no third attempt: the night is lost with the second loss, at 01:50.
    it.down(3 * D + 90 * MIN, 3 * D + 92 * MIN);
    it.down(3 * D + 110 * MIN, 3 * D + 111 * MIN);
    assert_eq!(of(it.newest(3 * D + 12 * H)), (2 * D + 95 * MIN) as Stamp);
    // Day 4: still down when the second attempt should begin, at 01:35: that was it.
    it.down(4 * D + 90 * MIN, 4 * D + 100 * MIN);
    assert_eq!(of(it.newest(4 * D + 12 * H)), (2 * D + 95 * MIN) as Stamp);
    // Day 5: down from the very instant of its start is down at its start; day 6: up again at the very
    // instant is up; day 7: lost at the instant of its end is too late to harm it.
    it.down(5 * D + H, 5 * D + H + 1);
    it.down(6 * D, 6 * D + H);
    assert_eq!(of(it.newest(6 * D + 14 * H)), (6 * D + H) as Stamp);
    it.down(7 * D + 2 * H, 7 * D + 3 * H);
    assert_eq!(of(it.newest(7 * D + 14 * H)), (7 * D + H) as Stamp);
    assert_eq!(
        it.told(),
        [
            (D + H, "a nightly backup Skipped"),
            (3 * D + 110 * MIN, "a nightly backup Failed"),
            (4 * D + 95 * MIN, "a nightly backup Failed"),
            (5 * D + H, "a nightly backup Skipped"),
        ]
    );
}

#[test]
fn a_long_outage_skips_every_backup_that_falls_into_it() {
    let topology = topology("nightly = \"01:00\", weekly = \"sat 04:00\", takes = \"10min\"", "");
    let mut it = History::new(&topology, 0);
    // From Thursday noon until Sunday noon.
    it.down(D + 12 * H, 4 * D + 12 * H).until(10 * D);
    let nights = [2, 3, 4].map(|day| (day * D + H, "a nightly backup Skipped"));
    let mut expected: Vec<_> = nights.into();
    expected.insert(2, (3 * D + 4 * H, "a weekly backup Skipped"));
    assert_eq!(it.told(), expected);
}

#[test]
fn a_copy_can_be_restored_when_it_is_complete_and_until_it_expires() {
    let topology = topology(
        "nightly = \"01:00\", takes = \"10min\", throughput = \"10MB/s\", keep = { nightly = \"2d\" }, \
         copy_to = \"far\", copy = { lag = \"30min\", throughput = \"1GB/min\" }",
        "",
    );
    let it = History::new(&topology, 0);
    let all = runs(&topology, &it.sim.world, Id::new(0));
    // 36 GB at 10 MB/s are an hour, at 1 GB/min 36 min.
    let complete = (2 * H + 10 * MIN) as Stamp;
    let copied = complete + (66 * MIN) as Stamp;
    let copies: Vec<_> = all.copies(0, D as Stamp).filter(|copy| copy.of == H as Stamp).collect();
    let stood: Vec<_> =
        copies.iter().map(|it| (site(&topology, it.site), it.since, it.until)).collect();
    let keep = (2 * D) as Stamp;
    assert_eq!(stood, [("r", complete, complete + keep), ("far", copied, copied + keep)]);
    assert!(copies.iter().all(|it| it.bytes == 36_000_000_000));
}

#[test]
fn what_was_kept_when_the_study_began_can_be_restored() {
    let topology = topology("nightly = \"01:00\", keep = { nightly = \"7d\" }", "");
    let mut it = History::new(&topology, 0);
    assert_eq!(of(it.newest(0)), -(23 * H as Stamp));
    // Nothing is taken any more: the last one expires after seven days, to the nanosecond.
    it.until(0).sim.database_went_down(APP);
    assert!(it.newest(6 * D + H - 1).is_some());
    assert_eq!(it.newest(6 * D + H), None);
}

#[test]
fn a_copy_elsewhere_is_restored_while_the_region_is_away() {
    let lost =
        "[[incident]]\nkind = \"outage\"\ntarget = \"region.r\"\nat = \"10d\"\nlasts = \"1d\"\n";
    let topology =
        topology("nightly = \"01:00\", copy_to = \"far\", copy = { lag = \"20h\" }", lost);
    let mut it = History::new(&topology, 0);
    let before = it.newest(10 * D - 1).unwrap();
    let at = |it: Restorable| (it.of, site(&topology, it.site));
    assert_eq!(at(before), ((9 * D + H) as Stamp, "r"));
    // At midnight the copy of the night before is there since 21:00.
    let meanwhile = it.newest(10 * D).unwrap();
    assert_eq!(at(meanwhile), ((9 * D + H) as Stamp, "far"));
    let later = it.newest(10 * D + 12 * H).unwrap();
    assert_eq!(at(later), ((9 * D + H) as Stamp, "far"));
    assert_eq!(later.loses(Instant(10 * D + 12 * H)).0, 35 * H);
    // The night during which it was away was skipped; the next is taken at home again.
    let after = it.newest(11 * D).unwrap();
    assert_eq!(at(after), ((9 * D + H) as Stamp, "r"));
    let next = it.newest(11 * D + H).unwrap();
    assert_eq!(at(next), ((11 * D + H) as Stamp, "r"));
}

#[test]
fn the_window_draws_by_the_date_and_not_by_the_study() {
    let in_window = |start: &str| {
        let topology =
            topology("nightly = \"01:00\", window = \"3h\"", &format!("study.start = {start}"));
        let it = History::new(&topology, 0);
        let (all, schedule) = (
            runs(&topology, &it.sim.world, Id::new(0)),
            &topology.backups[Id::new(0)].rules.schedules[0],
        );
        let first = schedule.due.partition_point(|&due| due < 0);
        let nights = (first..first + 20).map(|run| {
            let late = all.begins(schedule, run) - all.due(schedule, run);
            assert!((0..(3 * H) as Stamp).contains(&late));
            late
        });
        nights.collect::<Vec<_>>()
    };
    let (monday, tuesday) = (in_window("2026-03-02"), in_window("2026-03-03"));
    assert_eq!(monday[1..], tuesday[..19]);
    // Hour 1 of 2026-03-02, 14 670 days after 1970-01-01 … by the keyed draw itself.
    let hour = (1_772_413_200_i64 / 3600) as u32;
    let luck = Draw::new(Key::new(1, "backup.a"), Purpose::BACKUP_START, 0, hour).uniform();
    assert_eq!(monday[0], (luck * (3 * H) as f64) as Stamp);
}

#[test]
fn a_drill_tells_what_it_took_and_what_would_have_been_lost() {
    let topology = topology(
        "nightly = \"01:00\", drill = { every = \"36h\", takes = \"10min\", throughput = \"10MB/s\" }",
        "",
    );
    let mut it = History::new(&topology, 0);
    it.until(4 * D);
    // At noon of day 1 the newest is 11 h old, at midnight of day 3 it is 23 h; an hour and ten minutes.
    let ended = |at: u64, age: u64| {
        let took = 70 * MIN;
        (at + took, format!("a drill restored true in {took}, losing {age}"))
    };
    let told: Vec<_> = it.told().into_iter().map(|(at, line)| (at, line.to_string())).collect();
    assert_eq!(told, [ended(36 * H, 11 * H), ended(72 * H, 23 * H)]);
    // With nothing to restore it is over at once.
    let mut it = History::new(&topology, 0);
    it.until(0).sim.database_went_down(APP);
    it.until(15 * D);
    let (at, line) = *it.told().last().unwrap();
    assert_eq!((at, line.contains("restored false in 0")), (15 * D, true), "{line}");
}

/// Without a log a database is restored from the newest backup, and a backup fails with its database (D5).
#[test]
fn a_database_without_a_log_is_restored_from_its_newest_backup() {
    let database = "database = { mode = \"single\", nothing_left = \"restore\", rebuild = { takes = \"9d\" }, \
                    restore = { decision = \"30min\", takes = \"2h\" }, size = \"64GB\" }\n";
    let crash = |at: &str| {
        format!("[[incident]]\nkind = \"crash\"\ntarget = \"database-node.a/1\"\nat = \"{at}\"\n")
    };
    // At noon of day 10, eleven hours after the start of the last backup; and at half past one of day 20,
    // half-way through one, which then fails.
    let incidents = crash("252h") + &crash("481h30min");
    let text = text("nightly = \"01:00\", takes = \"1h\"", &incidents) + database;
    let topology = assemble(&scenario(&text));
    assert_eq!(topology.backups[Id::new(0)].home.bytes, 100_000_000_000, "files and database");
    let mut it = History::new(&topology, 0);
    it.until(30 * D);
    assert_eq!(it.told(), [(20 * D + 90 * MIN, "a nightly backup Failed")]);
    let restored = |at: u64, lost: u64| {
        let done = at + 150 * MIN;
        let found =
            it.sim.listener.lines.iter().find(|line| line.0 == done && line.1.contains("restored"));
        let line = &found.unwrap_or_else(|| panic!("{}", it.sim.listener.text())).1;
        assert!(line.contains(&lost.to_string()), "{line}");
    };
    restored(10 * D + 12 * H, 11 * H);
    restored(20 * D + 90 * MIN, 24 * H + 30 * MIN);
}

#[test]
fn where_no_backup_is_left_the_node_is_waited_for() {
    let database = "database = { mode = \"single\", nothing_left = \"restore\", rebuild = { takes = \"5h\" }, \
                    restore = { decision = \"30min\", takes = \"2h\" } }\n";
    let crash = "[[incident]]\nkind = \"crash\"\ntarget = \"database-node.a/1\"\nat = \"5d\"\n";
    // Every backup of the study fails, and the last one before it has expired after two days.
    let backups = "nightly = \"01:00\", fails = \"100%\", keep = { nightly = \"2d\" }";
    let topology = assemble(&scenario(&(text(backups, crash) + database)));
    let mut it = History::new(&topology, 0);
    it.until(10 * D);
    let lines = &it.sim.listener.lines;
    assert!(lines.iter().all(|line| !line.1.contains("restored")), "{}", it.sim.listener.text());
    // The decision takes half an hour, then the node is rebuilt.
    let app_is_up = it.sim.world.apps[0].up || it.sim.world.apps[0].dependencies_down == 0;
    assert!(app_is_up, "{}", it.sim.listener.text());
}

// ---- how many ----

#[test]
fn thirty_nine_snapshots_stand_in_steady_state_and_twice_as_many_with_their_copies() {
    // Nightly for 14 days, on Sundays for 91, on first Sundays for 365: 14 + 13 + 12, each a snapshot of
    // its own even on one day.
    let steady = "nightly = \"01:00\", weekly = \"sun\", monthly = \"sun\"";
    let count = |topology: &Topology, at: Stamp| {
        let it = History::new(topology, 0);
        let mut counts = [0; 4];
        for copy in runs(topology, &it.sim.world, Id::new(0)).copies(at, at + 1) {
            counts[copy.series as usize] += 1;
        }
        counts
    };
    let (here, both) =
        (topology(steady, ""), topology(&format!("{steady}, copy_to = \"far\""), ""));
    let noon = |day: u64| (day * D + 12 * H) as Stamp;
    // At the start already: the schedule has run for ever.
    for at in [0, noon(0), noon(100), noon(364)] {
        assert_eq!(count(&here, at), [14, 13, 12, 0], "{at}");
        assert_eq!(count(&both, at), [28, 26, 24, 0], "{at}");
    }
    // First Sundays are 28 or 35 days apart, so that 11 to 13 of them fall into 365 days; of 146 097 days
    // 4 800 are one: 11.992 on average. Every day of 28 years, in which the calendar repeats.
    let long = topology(steady, "study.horizon = \"29y\"");
    let days = 28 * 365 + 7;
    let mut monthly = 0;
    for day in 0..days {
        let [nightly, weekly, months, _] = count(&long, noon(day));
        assert_eq!((nightly, weekly), (14, 13));
        assert!((11..=13).contains(&months));
        monthly += months;
    }
    // 336 first Sundays in 28 years of 10 227 days, each kept for 365.
    assert_eq!(monthly, 336 * 365);
}

// ---- how old ----

fn study(text: &str, threads: usize) -> Findings {
    let options =
        Options { threads, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    run(&scenario(text), "", &options).findings
}

fn found(backups: &str, more: &str) -> Backups {
    let mut app = study(&text(backups, more), 1).app;
    app.remove("a").expect("app a").backups.expect("it is backed up")
}

/// A night is lost with probability p, independently; a snapshot is complete d after its start. At a
/// random instant the last time that a snapshot may have been completed lies V ago, V uniform in 0..T,
/// and N nights in a row were lost, P(N = n) = (1 − p)·pⁿ. The age of the newest is A = d + V + N·T:
///   mean      d + T/2 + T·p/(1 − p)
///   P(A ≤ x)  1 − pᵏ + (1 − p)·pᵏ·(x − d − k·T)/T    for x in d + k·T .. d + (k + 1)·T
#[test]
fn the_newest_snapshot_is_as_old_as_theory_says() {
    let t = 24.0;
    for (p, d) in [(0.1, 2.0), (0.3, 0.5), (0.02, 6.0)] {
        let backups = format!(
            "nightly = \"01:00\", takes = \"{d}h\", fails = \"{}%\", keep = {{ nightly = \"91d\" }}",
            p * 100.0
        );
        let found = found(&backups, "study = { horizon = \"20y\", replications = 40 }");
        let age = found.restorable_age_s.expect("few apps");
        let near = |what: &str, seen: f64, low: f64, high: f64, expected: f64, scale: f64| {
            // Four times the half-width of the 95 % interval: eight standard deviations.
            let wide = 2.0 * (high - low) + 1e-4 * scale;
            assert!((seen - expected).abs() < wide, "{what}: {seen} instead of {expected}, p {p}");
        };
        let hours = 3600.0;
        let it = age.spread.mean;
        let mean = (d + t / 2.0 + t * p / (1.0 - p)) * hours;
        near("mean", it.mean, it.low, it.high, mean, mean);
        assert!(it.low < mean && mean < it.high || (it.mean - mean).abs() < 1e-3 * mean);
        let at = |share: f64| {
            let (mut k, mut missed) = (0.0, 1.0);
            while 1.0 - missed * p < share {
                missed *= p;
                k += 1.0;
            }
            (d + k * t + t * (share - 1.0 + missed) / ((1.0 - p) * missed)) * hours
        };
        for (share, it) in [(0.5, age.spread.p50), (0.95, age.spread.p95), (0.99, age.spread.p99)] {
            let it = it.expect("seen");
            // Ages are told apart by minutes, sketched to 0.1 %.
            near(&format!("p{share}"), it.mean, it.low, it.high, at(share), 20.0 * hours);
            assert!((it.mean - at(share)).abs() < 0.01 * at(share), "{share} {p}: {it:?}");
        }
        let above = 1.0 - (1.0 - p) * (1.0 - d / t);
        let it = age.above_a_day;
        near("above a day", it.mean, it.low, it.high, above, 1.0);
        // 365 a year, of which the share p is lost.
        let lost = found.lost_per_year;
        near("lost", lost.mean, lost.low, lost.high, 365.0 * p, 365.0);
        assert_eq!(found.series[0].runs_per_year, 365.0);
    }
}

/// With one more attempt right after a failed one, a night is lost with q = p², and the snapshot of a
/// night that was not begins at O = 0, or with probability a = p/(1 + p) at O = d. From one snapshot to
/// the next G nights pass, geometric with s = 1 − q, and its age runs from d to G·T + d + O′ − O: by the
/// renewal theorem its mean is
///   E[(G·T + d + O′ − O)² − d²] / (2·T·E[G]) = T·(2 − s)/(2s) + d + a(1 − a)·d²·s/T.
#[test]
fn a_second_attempt_holds_newer_data() {
    let (t, d, p) = (24.0, 3.0, 0.3);
    let backups = "nightly = \"01:00\", takes = \"3h\", fails = \"30%\", retries = 1, keep = { nightly = \"91d\" }";
    let found = found(backups, "study = { horizon = \"20y\", replications = 60 }");
    let s = 1.0 - p * p;
    let a = p / (1.0 + p);
    let mean = (t * (2.0 - s) / (2.0 * s) + d + a * (1.0 - a) * d * d * s / t) * 3600.0;
    let seen = found.restorable_age_s.unwrap().spread.mean;
    assert!((seen.mean - mean).abs() < 2.0 * (seen.high - seen.low), "{seen:?} {mean}");
    assert!(seen.high - seen.low < 0.005 * mean);
    let lost = found.lost_per_year;
    assert!((lost.mean - 365.0 * p * p).abs() < 2.0 * (lost.high - lost.low), "{lost:?}");
}

#[test]
fn without_luck_everything_is_exact() {
    let backups = "nightly = \"01:00\", takes = \"2h\", copy_to = \"far\", copy = { fails = \"100%\", lag = \"1h\" }";
    let found = found(backups, "study = { horizon = \"10d\", replications = 1 }");
    let age = found.restorable_age_s.unwrap();
    // From 2 h to 26 h, over and over; the study begins and ends 23 h after a start, or 1 h before one.
    assert_eq!(age.max, 26.0 * 3600.0);
    assert!((age.spread.mean.mean - 14.0 * 3600.0).abs() < 1e-6);
    assert_eq!((age.above_a_day.mean * 240.0).round(), 20.0);
    assert_eq!(age.nothing.mean, 0.0);
    assert_eq!(found.lost_per_year.mean, 0.0);
    assert_eq!(found.copies_lost_per_year.mean, 365.0);
    assert_eq!(found.home, "r");
    assert_eq!(found.copy_to.as_deref(), Some("far"));
}

#[test]
fn drills_tell_how_often_the_newest_is_of_use() {
    let backups = "nightly = \"01:00\", drill = { every = \"10d\", takes = { dist = \"uniform\", low = \"1h\", \
                   high = \"3h\" }, fails = \"20%\" }";
    let found = found(backups, "study = { horizon = \"1y\", replications = 200 }");
    let drills = found.drills.unwrap();
    assert_eq!(drills.per_year, 36.0);
    let restored = drills.restored;
    assert!((restored.mean - 0.8).abs() < restored.high - restored.low, "{restored:?}");
    // At midnight the newest is 23 h old, every time.
    assert_eq!(drills.loses_s.unwrap().mean.mean, 23.0 * 3600.0);
    let took = drills.took_s.unwrap();
    assert!((took.mean.mean / 3600.0 - 2.0).abs() < 0.02, "{took:?}");
    assert!((took.p95.unwrap().mean / 3600.0 - 2.9).abs() < 0.02, "{took:?}");
    assert_eq!(drills.found_nothing, 0);
}

// ---- a swarm ----

/// The database of a random app goes down and up at random; what is computed when asked is compared
/// with a list of every run and every down time.
#[test]
fn nothing_is_restored_that_cannot_be_and_nothing_newer_is_overlooked() {
    let key = Key::new(11, "swarm");
    for case in 0..40_u32 {
        let draw = |j: u16| Draw::new(key, Purpose::PICK, 0, case).redraw(j).uniform();
        let backups = format!(
            "nightly = \"0{}:00\", weekly = \"sun\", on_demand = \"{}h\", window = \"{}h\", takes = {{ dist = \
             \"exponential\", mean = \"{}h\" }}, fails = \"{}%\", retries = {}, retry_after = \"{}min\", keep = \
             {{ nightly = \"{}d\", weekly = \"20d\", on_demand = \"3d\" }}, copy_to = \"far\", copy = {{ lag = {{ \
             dist = \"exponential\", mean = \"6h\" }}, fails = \"30%\", retries = 1 }}, drill = {{ every = \"31h\" }}",
            (draw(0) * 9.0) as u32,
            30 + (draw(1) * 100.0) as u32,
            (draw(2) * 12.0) as u32,
            1 + (draw(3) * 8.0) as u32,
            (draw(4) * 50.0) as u32,
            (draw(5) * 4.0) as u32,
            (draw(6) * 90.0) as u32,
            2 + (draw(7) * 12.0) as u32,
        );
        let topology = topology(&backups, "study.horizon = \"120d\"");
        let mut it = History::new(&topology, u64::from(case));
        let mut downs: Vec<Down> = Vec::new();
        let mut now = 0;
        for round in 0..60 {
            let begin = now + (draw(100 + 4 * round) * 3.0 * D as f64) as u64;
            let length = (power(draw(101 + 4 * round), 6) * 2.0 * D as f64) as u64;
            let end = begin + length;
            if end >= 119 * D {
                break;
            }
            it.down(begin, end);
            if length > 0 {
                downs.push(Down { from: Instant(begin), to: Instant(end) });
            }
            now = end + (draw(102 + 4 * round) * D as f64) as u64;
            let newest = it.newest(now);
            let kept = it.sim.world.backups[0].downs.clone();
            assert!(kept.iter().all(|down| downs.contains(down)), "kept what happened");
            // Every down time counts, those included that were found to concern nothing.
            let backup = &topology.backups[Id::new(0)];
            let all = at_home(&topology, backup, &downs, u64::from(case));
            let known = runs(&topology, &it.sim.world, Id::new(0));
            let stamp = now as Stamp;
            let mut best: Option<Stamp> = None;
            for schedule in &backup.rules.schedules {
                let over = all.begun_by(schedule, stamp);
                for run in 0..over {
                    let outcome = all.outcome(schedule, run);
                    assert_eq!(outcome, known.outcome(schedule, run), "case {case} at {now}");
                    if let Outcome::Taken(snapshot) = outcome {
                        assert!(snapshot.of >= all.due(schedule, run));
                        assert!(snapshot.since >= snapshot.of && snapshot.until > snapshot.since);
                        let copy = match snapshot.copy {
                            Copied::To { since, until, .. } => since <= stamp && stamp < until,
                            _ => false,
                        };
                        if copy || (snapshot.since <= stamp && stamp < snapshot.until) {
                            best = best.max(Some(snapshot.of));
                        }
                    }
                }
            }
            assert_eq!(newest.map(|it| it.of), best, "case {case} at {now}");
            for copy in known.copies(stamp - 5 * D as Stamp, stamp) {
                assert!(copy.since < stamp && copy.until > stamp - 5 * D as Stamp);
                assert!(copy.until - copy.since <= (91 * D) as Stamp, "no copy outlives its time");
            }
        }
        // What was told is what came to nothing, each once and when it was known.
        it.until(119 * D);
        let backup = &topology.backups[Id::new(0)];
        let all = at_home(&topology, backup, &downs, u64::from(case));
        let mut expected = Vec::new();
        for schedule in &backup.rules.schedules {
            let first = schedule.due.partition_point(|&due| due < 0);
            for run in first..schedule.due.len() {
                if let Some((at, trouble)) = all.outcome(schedule, run).trouble()
                    && (0..=119 * D as Stamp).contains(&at)
                {
                    let series = schedule.series.name();
                    expected.push((at as u64, format!("a {series} backup {trouble:?}")));
                }
            }
        }
        let mut told: Vec<_> = it.told().iter().map(|it| (it.0, it.1.to_string())).collect();
        told.retain(|it| it.1.contains(" backup "));
        told.sort();
        expected.sort();
        assert_eq!(told, expected, "case {case}");
    }
}

/// A power, by multiplication.
/// The runs of an app that stays at home, whatever happens.
fn at_home<'a>(
    topology: &'a Topology,
    backup: &'a Backup,
    downs: &'a [Down],
    replication: u64,
) -> Runs<'a> {
    Runs { topology, backup, downs, went: &[], replication, unruled: false, of_files: false }
}

fn power(of: f64, times: u32) -> f64 {
    (0..times).map(|_| of).product()
}

// ---- what it costs, and what matters ----

#[test]
fn a_quiet_night_is_no_event() {
    let quiet = topology(
        "nightly = \"01:00\", weekly = \"sun\", copy_to = \"far\", fails = \"0.5%\", retries = 2",
        "study.horizon = \"10y\"",
    );
    let mut it = History::new(&quiet, 0);
    it.until(3650 * D - 1);
    assert_eq!(it.sim.events, 0);
    // One attempt: a night in 200 is lost, 4 171 runs in ten years, and each is one event, having no length.
    let unlucky = topology(
        "nightly = \"01:00\", weekly = \"sun\", fails = \"0.5%\"",
        "study.horizon = \"10y\"",
    );
    let mut it = History::new(&unlucky, 0);
    it.until(3650 * D - 1);
    assert_eq!(it.sim.events, it.told().len() as u64);
    assert!((5..50).contains(&it.sim.events), "{}", it.sim.events);
}

#[test]
fn every_key_of_backups_matters() {
    let seen = |keys: &str| {
        let found = found(keys, "study = { horizon = \"1y\", replications = 3 }");
        serde_json::to_string(&found).expect("findings can be written as JSON")
    };
    let base = "nightly = \"01:00\", takes = \"1h\", fails = \"20%\"";
    for (one, other) in [
        ("nightly = \"01:00\"", "nightly = \"02:30\""),
        ("weekly = \"sun\"", "weekly = \"none\""),
        ("weekly = \"sun\"", "weekly = \"sat 05:00\""),
        ("monthly = \"sun\"", "monthly = \"none\""),
        ("on_demand = \"30d\"", "on_demand = \"7d\""),
        ("timezone = \"UTC\"", "timezone = \"Asia/Tokyo\""),
        ("window = \"0s\"", "window = \"10h\""),
        ("size = \"1GB\"", "size = \"2GB\""),
        ("throughput = \"1MB/s\"", "throughput = \"1GB/s\""),
        ("retries = 0", "retries = 5"),
        ("retries = 1, retry_after = \"0s\"", "retries = 1, retry_after = \"5h\""),
        ("keep = { nightly = \"1d\" }", "keep = { nightly = \"90d\" }"),
        (
            "weekly = \"sun\", keep = { nightly = \"1d\", weekly = \"2d\" }",
            "weekly = \"sun\", keep = { nightly = \"1d\", weekly = \"90d\" }",
        ),
        (
            "monthly = \"sun\", keep = { nightly = \"1d\", monthly = \"2d\" }",
            "monthly = \"sun\", keep = { nightly = \"1d\", monthly = \"90d\" }",
        ),
        (
            "on_demand = \"9d\", keep = { nightly = \"1d\", on_demand = \"2d\" }",
            "on_demand = \"9d\", keep = { nightly = \"1d\", on_demand = \"90d\" }",
        ),
        ("copy_to = \"none\"", "copy_to = \"far\""),
        (
            "copy_to = \"far\", copy = { fails = \"0%\" }",
            "copy_to = \"far\", copy = { fails = \"50%\" }",
        ),
        (
            "copy_to = \"far\", copy = { fails = \"50%\", retries = 0 }",
            "copy_to = \"far\", copy = { fails = \"50%\", retries = 9 }",
        ),
        // A copy that comes late is kept for longer, which matters when nothing else is.
        (
            "keep = { nightly = \"1d\" }, copy_to = \"far\", copy = { lag = \"0s\" }",
            "keep = { nightly = \"1d\" }, copy_to = \"far\", copy = { lag = \"20h\" }",
        ),
        (
            "keep = { nightly = \"1d\" }, copy_to = \"far\", copy = { throughput = \"1MB/s\" }",
            "keep = { nightly = \"1d\" }, copy_to = \"far\", copy = { throughput = \"1GB/s\" }",
        ),
        ("drill = { every = \"91d\" }", "drill = { every = \"30d\" }"),
        (
            "drill = { every = \"30d\", takes = \"1h\" }",
            "drill = { every = \"30d\", takes = \"2h\" }",
        ),
        (
            "drill = { every = \"30d\", throughput = \"1MB/s\" }",
            "drill = { every = \"30d\", throughput = \"1GB/s\" }",
        ),
        (
            "drill = { every = \"30d\", fails = \"0%\" }",
            "drill = { every = \"30d\", fails = \"90%\" }",
        ),
    ] {
        let with = |keys: &str| {
            if keys.starts_with("nightly") {
                format!("{keys}, takes = \"1h\", fails = \"20%\"")
            } else {
                format!("{base}, {keys}")
            }
        };
        assert_ne!(seen(&with(one)), seen(&with(other)), "{one} · {other}");
    }
    for (one, other) in
        [("takes = \"1h\"", "takes = \"2h\""), ("fails = \"1%\"", "fails = \"20%\"")]
    {
        let with = |keys: &str| format!("nightly = \"01:00\", {keys}");
        assert_ne!(seen(&with(one)), seen(&with(other)), "{one} · {other}");
    }
}

#[test]
fn neither_threads_nor_neighbours_change_what_backups_come_to() {
    let keys = "nightly = \"01:00\", fails = \"20%\", window = \"2h\", drill = { every = \"20d\", fails = \"10%\" }";
    let alone = text(keys, "study = { horizon = \"1y\", replications = 8 }");
    let neighbour = "[app.b]\nregion = \"r\"\nsupervisor = { restart = \"1min\" }\nfiles = { size = \"1GB\" }\n\
                     backups = { nightly = \"03:00\", fails = \"50%\" }\n";
    let both = format!("{alone}{neighbour}");
    let of = |findings: &Findings| serde_json::to_string(&findings.app["a"].backups).unwrap();
    let (one, three) = (study(&alone, 1), study(&alone, 3));
    assert_eq!(one.digest, three.digest);
    assert_eq!(of(&one), of(&study(&both, 2)));
}

// ---- wrong ones ----

#[test]
fn what_is_wrong_about_backups_is_told_with_a_remedy() {
    let told = |app: &str| {
        let text = format!(
            "version = 1\nplatform = \"none\"\n[region.r]\ncountry = \"DE\"\nzones = [\"za\"]\n[region.far]\n\
             country = \"IE\"\nzones = [\"zf\"]\n[app.a]\nregion = \"r\"\n\
             supervisor = {{ restart = \"1min\" }}\n{app}\n"
        );
        let file = Source { path: "wrong.toml".into(), text, dir: "tests".into() };
        match load(&Input { files: vec![file], ..Input::default() }) {
            Ok(_) => panic!("no mistake was found in {app}"),
            Err(mistakes) => mistakes.rendered_plain,
        }
    };
    let of_files =
        |keys: &str| told(&format!("files = {{ size = \"1GB\" }}\nbackups = {{ {keys} }}"));
    let bucket = |keys: &str| told(&format!("files = {{ size = \"1GB\", {keys} }}"));
    let moved = |keys: &str| bucket(&format!("relocate = {{ after = \"1h\", {keys} }}"));
    for (said, mistake) in [
        (told("backups = { nightly = \"01:00\" }"), "there is nothing to back up"),
        (of_files("weekly = \"none\""), "needs `nightly`"),
        (of_files("nightly = \"25:00\""), "this is no time of the day"),
        (of_files("nightly = \"01:00\", weekly = \"someday\""), "this is no day of the week"),
        (of_files("weekly = \"sun\""), "at what time?"),
        (
            of_files("nightly = \"01:00\", timezone = \"Europe/Berln\""),
            "did you mean `Europe/Berlin`",
        ),
        (of_files("nightly = \"01:00\", window = \"24h\""), "less than the 24h"),
        (of_files("on_demand = \"30min\""), "`on_demand` must be at least 1h"),
        (of_files("on_demand = \"2h\", window = \"3h\""), "longer than the window"),
        (
            of_files("nightly = \"01:00\", keep = { nightly = \"0s\" }"),
            "more than 0s and at most 20y",
        ),
        (of_files("nightly = \"01:00\", copy_to = \"fra\""), "there is no region `fra`"),
        (of_files("nightly = \"01:00\", copy_to = \"r\""), "where the first one is"),
        (
            of_files("nightly = \"01:00\", drill = { every = \"1min\" }"),
            "`every` must be at least 1h",
        ),
        (of_files("nightly = \"01:00\", drill = {}"), "needs `every`"),
        (told("files = { replicas = 3 }"), "needs `size`"),
        (bucket("read_quorum = 2"), "`read_quorum` is more than there are replicas"),
        (bucket("reads = \"60%\", writes = \"50%\""), "more than 100% together"),
        (bucket("copy_to = \"r\""), "where the first one is"),
        (moved("below = 2, to = \"far\""), "`below` is more than there are replicas"),
        (moved("below = 1, to = \"r\""), "moved to where it is"),
        (moved("below = 1, to = \"fra\""), "there is no region, and in r no zone, `fra`"),
        (
            told(
                "[[incident]]\nkind = \"file-errors\"\ntarget = \"region.r\"\nat = \"1h\"\nlasts = \"1h\"",
            ),
            "no app has files there",
        ),
        (
            bucket(
                "objects = 9 }\n[[incident]]\nkind = \"data-loss\"\ntarget = \"bucket.a\"\nat = \"1h\"\nlasts = \"1h\"\n#",
            ),
            "this has no length",
        ),
        (
            bucket("objects = 9 }\n[[expect]]\nthat = \"app.a.files.unavailability <= 1%\"\n#"),
            "no request of app.a needs files",
        ),
        (
            bucket("objects = 9 }\n[[expect]]\nthat = \"app.a.files.moved_per_year <= 1\"\n#"),
            "are never moved",
        ),
        (told("[[expect]]\nthat = \"app.a.files.lost_per_year <= 1\""), "app.a has no `files`"),
        (
            told("[[expect]]\nthat = \"app.a.backups.restorable_age.p95 <= 1d\""),
            "nothing of app.a is backed up",
        ),
        (
            of_files(
                "nightly = \"01:00\" }\n[[expect]]\nthat = \"app.a.backups.drills.restored >= 9%\"\n#",
            ),
            "no backup of app.a is restored on trial",
        ),
    ] {
        assert!(said.contains(mistake), "{mistake} is missing in\n{said}");
    }
}

// ---- what is out of reach ----

fn incident(kind: &str, target: &str, at: u64, rest: &str) -> String {
    format!("[[incident]]\nkind = \"{kind}\"\ntarget = \"{target}\"\nat = \"{at}ns\"\n{rest}\n")
}

const NIGHTLY: &str = "nightly = \"01:00\", takes = \"1h\", retries = 1, retry_after = \"5min\"";

/// An app with nothing but files, in one zone that is cut off: over the beginning of the run of day 1, in the
/// middle of that of day 2, and until the very instant at which that of day 3 begins.
#[test]
fn files_that_are_out_of_reach_are_not_backed_up_to_the_nanosecond() {
    let cut = |at: u64, lasts: u64| {
        incident("isolation", "zone.za", at, &format!("lasts = \"{lasts}ns\""))
    };
    let middle = 2 * D + 90 * MIN + 7;
    let faults = cut(D + 50 * MIN, 20 * MIN) + &cut(middle, MIN) + &cut(3 * D + 50 * MIN, 10 * MIN);
    let topology = topology(NIGHTLY, &faults);
    let mut it = History::new(&topology, 0);
    assert_eq!(of(it.newest(2 * D)), H as Stamp, "there is none of day 1");
    // The attempt of day 2 is cut short, and tried again 5 min later.
    let again = middle + 5 * MIN;
    assert_eq!(of(it.newest(again + H - 1)), H as Stamp);
    assert_eq!(of(it.newest(again + H)), again as Stamp);
    // What is back at an instant is there for whatever begins at it (F9).
    assert_eq!(of(it.newest(3 * D + 2 * H)), (3 * D + H) as Stamp);
    assert_eq!(it.told(), [(D + H, "a nightly backup Skipped")]);
}

/// Neither that its only container does not run, nor that some of the requests for files fail, keeps an
/// app from being backed up; that all fail does.
#[test]
fn what_can_be_read_is_backed_up() {
    let errors = |day: u64, share: &str| {
        let rest = format!("lasts = \"20min\"\nfraction = \"{share}\"");
        incident("file-errors", "region.r", day * D + 50 * MIN, &rest)
    };
    let crash = incident("crash", "container.a/1", D + 50 * MIN, "");
    let topology = assemble(&scenario(
        &text(NIGHTLY, &(crash + &errors(2, "99%") + &errors(3, "100%")))
            .replace("restart = \"1min\"", "restart = \"1h\""),
    ));
    let mut it = History::new(&topology, 0);
    for day in [1, 2] {
        assert_eq!(of(it.newest(day * D + 2 * H)), (day * D + H) as Stamp, "day {day}");
    }
    assert_eq!(of(it.newest(4 * D)), (2 * D + H) as Stamp);
    assert_eq!(it.told(), [(3 * D + H, "a nightly backup Skipped")]);
}

/// With a database and files a backup is of both: it is taken while neither is out of reach. The files
/// are in zone za, the database in zb; they are cut off one after the other and overlapping.
#[test]
fn a_backup_of_a_database_and_files_needs_both() {
    let cut = |zone: &str, at: u64, lasts: u64| {
        incident("isolation", &format!("zone.{zone}"), at, &format!("lasts = \"{lasts}ns\""))
    };
    let faults = cut("za", D + 50 * MIN, 20 * MIN)
        + &cut("zb", 2 * D + 50 * MIN, 20 * MIN)
        + &cut("za", 3 * D + 40 * MIN, 15 * MIN)
        + &cut("zb", 3 * D + 50 * MIN, 20 * MIN);
    let text = text(NIGHTLY, &faults)
        .replace("zones = [\"za\"]", "zones = [\"za\", \"zb\"]")
        .replace("files = { size = \"36GB\" }", "files = { size = \"36GB\", replicas = 1 }")
        + "[app.a.database]\nmode = \"single\"\nsize = \"1GB\"\nzones = [\"zb\"]\nrebuild.takes = \"1s\"\n\
           nothing_left = \"wait-for-node\"\n";
    let topology = assemble(&scenario(&text));
    let mut it = History::new(&topology, 0);
    assert_eq!(of(it.newest(4 * D)), H as Stamp, "the one of day 0");
    let skipped = [D, 2 * D, 3 * D].map(|day| (day + H, "a nightly backup Skipped"));
    assert_eq!(it.told(), skipped);
    assert_eq!(of(it.newest(4 * D + 2 * H)), (4 * D + H) as Stamp);
}
