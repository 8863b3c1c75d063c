//! The tables of what apps keep: one row for each replication, and their sums are the result's numbers.

mod common;

use common::scenario;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use zonefall::report::{Material, files, origin::Origin};
use zonefall::study::findings::{Estimate, Findings};
use zonefall::study::{Options, Outcome, run};
use zonefall::time::Span;

const REPLICATIONS: u64 = 12;
const YEARS: f64 = 3.0;

/// Two apps with a database, of which one has files too; everything fails often.
fn outcome(more: &str) -> Outcome {
    let text = format!(
        "[study]\nhorizon = \"{YEARS}y\"\nreplications = {REPLICATIONS}\n{more}\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\", \"zc\"]\n[region.s]\ncountry = \"IE\"\nzones = [\"sa\"]\n\
         [app.shop]\nregion = \"r\"\nload = \"10/s\"\nsupervisor = {{ restart = \"1min\" }}\n\
         files = {{ size = \"36GB\", replicas = 3, reads = \"20%\", rebuild = {{ takes = \"20h\" }}, read_quorum = 2, \
         copy_to = \"s\", lag = \"2min\", relocate = {{ below = 2, after = \"1h\", to = \"s\" }} }}\n\
         backups = {{ nightly = \"01:00\", takes = \"1h\", fails = \"10%\", copy_to = \"s\", copy = {{ fails = \"5%\" }}, \
         drill = {{ every = \"30d\", takes = \"1h\", fails = \"10%\" }} }}\n\
         [app.shop.database]\nmode = \"multi-az\"\nwritten = \"1GB/d\"\nrebuild = {{ takes = \"2h\" }}\n\
         nothing_left = \"restore\"\nrestore = {{ decision = \"30min\", takes = \"1h\" }}\n\
         failover = {{ promote = \"60s\", coverage = \"80%\", manual = \"2h\" }}\n\
         maintenance = {{ rate = \"4/y\", takes = \"45s\" }}\n\
         [app.blog]\nregion = \"r\"\nsupervisor = {{ restart = \"1min\" }}\n\
         [app.blog.database]\nmode = \"single\"\nrebuild = {{ takes = \"2h\", begins = \"at-loss\" }}\n\
         [failure.node]\nkind = \"crash\"\ntargets = \"database-node.*\"\nmtbf = \"20d\"\n\
         [failure.zone]\nkind = \"outage\"\ntargets = \"zone.*\"\nmtbf = \"60d\"\nlasts = \"4h\"\n\
         [failure.disk]\nkind = \"crash\"\ntargets = \"replica.*\"\nmtbf = \"30d\"\n"
    );
    let options =
        Options { threads: 2, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: true };
    run(&scenario(&text), "", &options)
}

/// A table of a run by its name: the names of its columns, and its rows.
struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn table(outcome: &Outcome, name: &str) -> Option<Table> {
    let origin = Origin::default();
    let material = Material {
        findings: &outcome.findings,
        rows: &outcome.rows,
        origin: &origin,
        directory: Some(Path::new("output")),
    };
    let file = files(&material).into_iter().find(|file| file.name == name)?;
    let mut reader = csv::Reader::from_reader(&file.content[..]);
    let cells = |it: &csv::StringRecord| it.iter().map(str::to_string).collect::<Vec<_>>();
    let columns = cells(reader.headers().unwrap());
    let rows: Vec<_> = reader.records().map(|it| cells(&it.unwrap())).collect();
    assert!(rows.iter().flatten().all(|cell| cell != "-0"), "{name}");
    Some(Table { columns, rows })
}

impl Table {
    fn column(&self, name: &str) -> usize {
        self.columns.iter().position(|it| it == name).unwrap_or_else(|| panic!("no {name}"))
    }

    fn of(&self, subject: &str) -> impl Iterator<Item = &Vec<String>> {
        let column = self.column("subject");
        self.rows.iter().filter(move |row| row[column] == subject)
    }

    fn sum(&self, subject: &str, column: &str) -> f64 {
        let column = self.column(column);
        self.of(subject).map(|row| row[column].parse::<f64>().unwrap_or(0.0)).sum()
    }

    /// A sum as so many a year.
    fn per_year(&self, subject: &str, column: &str) -> f64 {
        self.sum(subject, column) / REPLICATIONS as f64 / YEARS
    }

    /// A sum of seconds as a share of the time.
    fn share(&self, subject: &str, column: &str) -> f64 {
        self.per_year(subject, column) / Span::YEAR.as_secs()
    }
}

#[track_caller]
fn same(seen: f64, told: f64) {
    assert!((seen - told).abs() <= 1e-9 * told.abs() + 1e-12, "{seen} is not {told}");
}

fn mean(it: &Estimate) -> f64 {
    it.mean
}

#[test]
fn the_sums_of_rows_are_the_numbers_of_the_result() {
    let outcome = outcome("");
    let Findings { app, .. } = &outcome.findings;
    let told = table(&outcome, "databases.csv").expect("there are databases");
    assert_eq!(told.rows.len() as u64, 2 * REPLICATIONS);
    for name in ["shop", "blog"] {
        let subject = &format!("app.{name}");
        let replications: Vec<_> =
            told.of(subject).map(|row| row[told.column("replication")].clone()).collect();
        assert_eq!(replications, (0..REPLICATIONS).map(|it| it.to_string()).collect::<Vec<_>>());
        let database = app[name].database.as_ref().unwrap();
        same(told.share(subject, "down_s"), mean(&database.unavailability));
        same(told.per_year(subject, "failovers"), mean(&database.failovers_per_year));
        same(told.per_year(subject, "planned"), mean(&database.planned_per_year));
        same(told.per_year(subject, "stuck"), mean(&database.stuck_per_year));
        same(told.per_year(subject, "waited_for_node"), mean(&database.waited_for_node_per_year));
        same(told.per_year(subject, "restores"), mean(&database.restores_per_year));
    }
    let shop = &app["shop"];
    let failovers = shop.database.as_ref().unwrap().failover_s.as_ref().unwrap();
    same(
        told.sum("app.shop", "failover_s"),
        mean(&failovers.total.mean) * failovers.episodes as f64,
    );
    assert!(failovers.episodes > 0 && told.sum("app.shop", "stuck") > 0.0);
    let lost = shop.data_loss_s.as_ref().unwrap();
    same(told.sum("app.shop", "losses"), lost.seen as f64);
    assert!(lost.seen > 0, "something was restored");
    same(
        told.sum("app.shop", "lost_s"),
        mean(&lost.window.as_ref().unwrap().mean) * lost.seen as f64,
    );
    same(told.per_year("app.shop", "lost_bytes"), mean(lost.bytes_per_year.as_ref().unwrap()));
    let column = told.column("longest_lost_s");
    let longest = told.of("app.shop").map(|row| row[column].parse().unwrap()).fold(0.0, f64::max);
    same(longest, lost.max);
    // What blog writes is not said.
    assert!(told.of("app.blog").all(|row| row[told.column("lost_bytes")].is_empty()));

    let told = table(&outcome, "buckets.csv").expect("there is a bucket");
    assert_eq!(told.rows.len() as u64, REPLICATIONS);
    let files = shop.files.as_ref().unwrap().seen.as_ref().unwrap();
    same(told.share("app.shop", "any_s"), mean(files.time_any.as_ref().unwrap()));
    same(told.share("app.shop", "failed_s"), mean(files.unavailability.as_ref().unwrap()));
    same(told.per_year("app.shop", "replicas_lost"), mean(&files.replicas_lost_per_year));
    same(told.sum("app.shop", "losses"), files.losses as f64);
    same(told.sum("app.shop", "losses_of_all"), files.losses_of_all as f64);
    let relocated = files.relocation.as_ref().unwrap();
    same(told.per_year("app.shop", "moved"), mean(&relocated.moved_per_year));
    same(told.per_year("app.shop", "elsewhere_s") / 3600.0, mean(&relocated.hours_per_year));
    assert!(told.sum("app.shop", "moved") > 0.0);

    let told = table(&outcome, "backups.csv").expect("something is backed up");
    assert_eq!(told.rows.len() as u64, REPLICATIONS);
    let backups = shop.backups.as_ref().unwrap();
    let lost = told.per_year("app.shop", "skipped") + told.per_year("app.shop", "failed");
    same(told.per_year("app.shop", "runs"), backups.series[0].runs_per_year);
    same(told.per_year("app.shop", "skipped"), mean(&backups.skipped_per_year));
    same(lost, mean(&backups.lost_per_year));
    same(told.per_year("app.shop", "copies_lost"), mean(&backups.copies_lost_per_year));
    let drills = backups.drills.as_ref().unwrap();
    same(told.per_year("app.shop", "drills"), drills.per_year);
    let (all, restored) = (told.sum("app.shop", "drills"), told.sum("app.shop", "drills_restored"));
    same(restored / all, mean(&drills.restored));
    let found = all - told.sum("app.shop", "drills_found_nothing");
    same(told.sum("app.shop", "drills_s"), mean(&drills.took_s.as_ref().unwrap().mean) * found);
    let age = backups.restorable_age_s.as_ref().unwrap();
    same(told.sum("app.shop", "mean_age_s") / REPLICATIONS as f64, mean(&age.spread.mean));
    same(told.share("app.shop", "above_a_day_s"), mean(&age.above_a_day));
    same(told.share("app.shop", "nothing_s"), mean(&age.nothing));
}

#[test]
fn what_ends_at_the_first_outage_has_no_rows_of_data() {
    let outcome = outcome("stop = \"first-outage\"");
    for name in ["databases.csv", "buckets.csv", "backups.csv"] {
        assert!(table(&outcome, name).is_none(), "{name}");
    }
    assert!(table(&outcome, "replications.csv").is_some());
}

/// Whoever keeps nothing has no tables of it.
#[test]
fn without_data_there_are_no_tables_of_it() {
    let text = "[study]\nhorizon = \"1y\"\nreplications = 2\n\
                [region.r]\ncountry = \"DE\"\nzones = [\"za\"]\n\
                [app.shop]\nregion = \"r\"\nsupervisor = { restart = \"1min\" }\n";
    let options =
        Options { threads: 1, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: true };
    let outcome = run(&scenario(text), "", &options);
    assert!(table(&outcome, "databases.csv").is_none());
    assert!(table(&outcome, "backups.csv").is_none());
}
