//! Backups of an app whose data has gone to another region: taken where it is, kept until they expire, and
//! refused where the rule of the app does not let them stand.

mod common;

use common::scenario;
use common::timeline::{D, H, MIN};
use std::sync::atomic::AtomicBool;
use zonefall::history;
use zonefall::measure::Measures;
use zonefall::measure::residency::{AppLedger, Asset, Cost, Row, RowKind};
use zonefall::model::residency::Class;
use zonefall::scenario::assemble::assemble;
use zonefall::study::findings::{Findings, PathVerdict};
use zonefall::study::plan::plan;
use zonefall::study::residency::static_verdict;
use zonefall::study::{self, Options};
use zonefall::time::Instant;

const GIB: u64 = 1 << 30;

/// An app whose region is lost on day 10 at 00:30 for one hour. Its fallback is ordered after ten minutes,
/// the copy of its database promoted in one more, at 00:41, and clients are led there at once. It comes home
/// twelve hours after the region is back, at 13:30, when its node there is in step. Backups begin at 01:00
/// and take a quarter of an hour; those of nights are kept for 14 days.
fn text(more: &str) -> String {
    format!(
        "[study]\nhorizon = \"100d\"\nreplications = 2\n\
         [region.r]\ncountry = \"DE\"\nzones = 2\n[region.us]\ncountry = \"US\"\nzones = 2\n\
         [region.mx]\ncountry = \"MX\"\nzones = 1\n\
         [app.x]\nregion = \"r\"\nhealth_manager = {{ detect_loss = \"0s\", start = \"1min\" }}\n\
         fallback = {{ region = \"us\", decision = \"10min\", prepare = \"0s\", dns = \"0s\", return = \"12h\" }}\n\
         [app.x.database]\nmode = \"single\"\nsize = \"3GiB\"\nrebuild.takes = \"1h\"\n\
         replica = {{ lag = \"5s\", promote = \"1min\" }}\n\
         [app.x.backups]\nnightly = \"01:00\"\nweekly = \"none\"\nmonthly = \"none\"\ntakes = \"15min\"\n\
         keep = {{ nightly = \"14d\" }}\n\
         [[incident]]\nname = \"flood\"\nkind = \"outage\"\ntarget = \"region.r\"\nat = \"14430min\"\nlasts = \"1h\"\n{more}"
    )
}

/// The ledger of one replication, of backups.
fn ledger(text: &str) -> (AppLedger, Vec<Row>) {
    let scenario = scenario(text);
    let topology = assemble(&scenario);
    let plan = plan(&scenario, &topology);
    let mut measures = Measures::new(&plan, &topology);
    measures.residency.rows = Some(Vec::new());
    let sim = history::run(&topology, 0, measures);
    let (now, mut measures) = (sim.now, sim.listener);
    measures.finish(now, &topology);
    measures.survey(now, &topology, &sim.world);
    let rows = measures.residency.rows.expect("rows are kept");
    let told = |it: &Row| it.class == Class::Backups && it.kind != RowKind::Inside;
    let rows = rows.into_iter().filter(told).collect();
    (measures.residency.apps[0].clone(), rows)
}

fn study(text: &str) -> Findings {
    let options =
        Options { threads: 1, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    study::run(&scenario(text), "", &options).findings
}

#[track_caller]
fn close(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-9 * expected.abs(), "{actual} is not {expected}");
}

const KEPT: &str = "[app.x.residency]\nkeep_in = { backups = \"DE\" }\n";

/// One fault of an hour: the snapshot of one night is taken abroad, complete on day 10 at 01:15, and stands
/// there until day 24 at 01:15, long after the app is home again: retention × bytes.
#[test]
fn one_foreign_nightly_copy_after_a_fault_of_an_hour_is_its_retention_times_its_bytes() {
    let (app, rows) = ledger(&text(KEPT));
    let backups = app.tallies[Class::Backups as usize];
    assert_eq!((backups.begun, backups.outside), (1, 14 * D));
    assert_eq!(backups.byte_nanos, u128::from(14 * D) * u128::from(3 * GIB));
    assert_eq!(rows.len(), 1);
    let since = Instant(10 * D + H + 15 * MIN);
    assert_eq!((rows[0].since, rows[0].until), (since, Some(Instant(since.0 + 14 * D))));
    let found = study(&text(KEPT));
    let of = found.app["x"].residency.as_ref().expect("it has a rule");
    close(of.byte_hours_per_year.mean, 14.0 * 24.0 * 3.0 * GIB as f64 * 3.65);
    let row = &found.residency.as_ref().unwrap().ledger[0];
    assert_eq!(
        (row.place.as_str(), row.country.as_str(), row.cause.as_str()),
        ("us", "US", "flood")
    );
    assert_eq!(row.chain, ["flood", "copied", "taken"]);
    close(row.byte_hours, 14.0 * 24.0 * 3.0 * GIB as f64);
    let backups = found.app["x"].backups.as_ref().expect("it is backed up");
    assert_eq!(backups.abroad.as_ref().map(|it| it.region.as_str()), Some("us"));
}

/// The return is ordered when it is due: three nights later four snapshots are abroad.
#[test]
fn every_night_away_is_another_copy_abroad() {
    let text = text(KEPT).replace("return = \"12h\"", "return = \"75h\"");
    // Back at 01:30 on day 10 and 75 h: on day 13 at 04:30.
    let (app, rows) = ledger(&text);
    let backups = app.tallies[Class::Backups as usize];
    assert_eq!((backups.begun, backups.outside), (4, 17 * D));
    assert_eq!(backups.byte_nanos, 4 * u128::from(14 * D) * u128::from(3 * GIB));
    let nights: Vec<_> = rows.iter().map(|it| it.since.0 / D).collect();
    assert_eq!(nights, [10, 11, 12, 13]);
}

#[test]
fn a_copy_of_what_is_taken_abroad_goes_where_the_app_or_that_region_says() {
    let with = |copy: &str, of_region: &str| {
        let text = text(KEPT)
            .replace("keep = {", &format!("{copy}keep = {{"))
            .replace("country = \"US\"\n", &format!("country = \"US\"\n{of_region}"));
        let (app, rows) = ledger(&text);
        (rows.len(), app.tallies[Class::Backups as usize].byte_nanos / u128::from(3 * GIB))
    };
    let (month, fortnight) = (u128::from(100 * D), u128::from(14 * D));
    // Of all nights in Mexico, and of one in the United States: at any time the 14 that are kept.
    let copies = (14 + 100, 14 * month);
    let (rows, stays) = with("copy_to = \"mx\"\n", "");
    assert_eq!((rows, stays), (copies.0 + 1, copies.1 + fortnight));
    // Where every copy goes, the one that is taken there is not copied again, and is the copy of that night.
    assert_eq!(with("copy_to = \"us\"\n", ""), copies);
    // As the region of the platform has it: only what is taken there is copied from there.
    assert_eq!(with("", "copies_to = \"mx\"\n"), (2, 2 * fortnight));
}

#[test]
fn a_preventive_control_refuses_them_and_pays_with_older_ones() {
    let preventive = KEPT.to_owned() + "control = \"preventive\"\n";
    let (app, rows) = ledger(&text(&preventive));
    assert_eq!((app.refused, app.tallies[Class::Backups as usize].begun), (1, 0));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].since, Instant(10 * D + H), "when it would have begun");
    assert!(matches!(rows[0].kind, RowKind::Refused(_)));
    let (free, held) = (study(&text(KEPT)), study(&text(&preventive)));
    let oldest = |of: &Findings| {
        let backups = of.app["x"].backups.as_ref().unwrap();
        backups.restorable_age_s.as_ref().unwrap().max
    };
    // The newest is a day old when the next one is complete; without one night two days.
    close(oldest(&free), 24.25 * 3600.0);
    close(oldest(&held), 48.25 * 3600.0);
    let row = &held.residency.as_ref().unwrap().ledger[0];
    assert_eq!((row.verdict, row.place.as_str()), (PathVerdict::Refused, "us"));
    assert_eq!(row.chain, ["flood", "copied", "taken"]);
}

#[test]
fn the_static_verdict_tells_what_it_takes() {
    let paths = static_verdict(&scenario(&text(KEPT)));
    let path = paths.iter().find(|it| it.asset == "nightly backup").expect("a path");
    assert_eq!((path.to.as_str(), path.chain.join(" ")), ("us", "copied taken".into()));
    assert_eq!(
        path.condition,
        "only if zone ra is lost and the copy of the database is promoted, or both zones of r are lost \
         and the fallback is ordered"
    );
    // With the platform's map nothing that is copied is copied on: the copies of Seoul are in Singapore
    // with no failure, and only what is taken there goes on to Sydney.
    let seoul = "[region.r]\ncountry = \"KR\"\nzones = 1\ncopies_to = \"sg\"\n\
        [region.sg]\ncountry = \"SG\"\nzones = 1\ncopies_to = \"au\"\n\
        [region.au]\ncountry = \"AU\"\nzones = 1\n\
        [app.x]\nregion = \"r\"\nhealth_manager = { start = \"1min\" }\nfallback.region = \"sg\"\n\
        residency = { keep_in = { backups = \"KR\" } }\n\
        [app.x.database]\nmode = \"single\"\nsize = \"1GiB\"\nnothing_left = \"restore\"\nrestore.takes = \"1h\"\n\
        [app.x.backups]\nnightly = \"01:00\"\n";
    let paths = static_verdict(&scenario(seoul));
    let told = |to: &str| {
        let path = paths.iter().find(|it| it.asset == "nightly backup" && it.to == to);
        path.map(|it| (it.condition.as_str(), it.chain.join(" "))).expect("a path")
    };
    assert_eq!(told("sg"), ("with no failure at all", "taken copied".into()));
    let gone = "only if zone ra is lost and the fallback is ordered";
    assert_eq!(told("au"), (gone, "restored taken copied".into()));
}

/// What refusals cost by their rows, each with the day of its snapshot, and all together.
fn costs(text: &str) -> (Vec<(u64, Cost)>, Cost) {
    let (app, rows) = ledger(text);
    let costs = rows.iter().filter_map(|row| match (row.kind, row.asset) {
        (RowKind::Refused(cost), Asset::Snapshot(_, of)) if cost != Cost::default() => {
            Some((of as u64 / D, cost))
        }
        _ => None,
    });
    (costs.collect(), app.cost)
}

/// Nights abroad are refused from day 10 on. The node abroad is lost on day 12 at noon, and restored with the
/// snapshot of day 9 at 01:00, which was taken at home, in the place of that of day 12 at 01:00: three days
/// more are lost, for that one refusal.
#[test]
fn a_restore_is_charged_to_the_refusal_of_what_it_would_have_had() {
    let text = text(&(KEPT.to_owned() + "control = \"preventive\"\n"))
        .replace("return = \"12h\"", "return = \"75h\"")
        .replace("rebuild.takes = \"1h\"", "rebuild.takes = \"40d\"\nnothing_left = \"restore\"\nrestore = { decision = \"10min\", takes = \"20min\" }")
        + "[[incident]]\nname = \"node\"\nkind = \"crash\"\ntarget = \"database-node.x/abroad\"\nat = \"300h\"\n";
    let (rows, all) = costs(&text);
    assert_eq!(rows, [(12, Cost { lost: 3 * D, ..Cost::default() })]);
    assert_eq!(all, rows[0].1);
    let found = study(&text);
    let of = found.app["x"].residency.as_ref().unwrap();
    close(of.refused_lost_s.mean, 3.0 * 86_400.0 * 3.65);
    let lost = found.residency.as_ref().unwrap().ledger.iter().filter_map(|it| it.lost_s);
    close(lost.sum(), 3.0 * 86_400.0);
}

/// An app may go to Ireland, and its only second copies, in the United States, are refused. Its region is lost
/// on day 10 at noon for a day. The order at 13:00 finds nothing to go on with; at home the restore is decided
/// in an hour and takes half of one. From 13:00 until 13:30 on the next day it is down for want of the copy of
/// that night.
const NOWHERE_TO_GO: &str = "[study]\nhorizon = \"100d\"\nreplications = 2\n\
    [region.r]\ncountry = \"DE\"\nzones = 1\ncopies_to = \"us\"\n[region.s]\ncountry = \"IE\"\nzones = 1\n\
    [region.us]\ncountry = \"US\"\nzones = 1\n\
    [app.x]\nregion = \"r\"\nhealth_manager = { detect_loss = \"0s\", start = \"1min\" }\n\
    fallback = { region = \"s\", decision = \"1h\", prepare = \"0s\", dns = \"0s\" }\n\
    residency = { keep_in = [\"DE\", \"IE\"], control = \"preventive\" }\n\
    [app.x.database]\nmode = \"single\"\nsize = \"3GiB\"\nnothing_left = \"restore\"\n\
    restore = { decision = \"1h\", takes = \"30min\" }\nrebuild.takes = \"1h\"\n\
    [app.x.backups]\nnightly = \"01:00\"\nweekly = \"none\"\nmonthly = \"none\"\ntakes = \"15min\"\n\
    [[incident]]\nkind = \"outage\"\ntarget = \"region.r\"\nat = \"252h\"\nlasts = \"24h\"\n";

#[test]
fn an_app_that_finds_no_backup_is_down_for_the_one_that_was_refused() {
    let (rows, all) = costs(NOWHERE_TO_GO);
    assert_eq!(rows, [(10, Cost { down: 24 * H + 30 * MIN, ..Cost::default() })]);
    assert_eq!(all, rows[0].1);
    // Allowed, the copy is restored there: down for the order and the restore, and nothing is charged.
    let free = NOWHERE_TO_GO.replace("preventive", "detective");
    assert_eq!(costs(&free), (Vec::new(), Cost::default()));
    let down = |text: &str| study(text).app["x"].unavailability.time.mean;
    assert!(down(NOWHERE_TO_GO) > 5.0 * down(&free));
}

#[test]
fn files_that_are_lost_altogether_are_charged_to_the_copy_that_was_refused() {
    let text = "[study]\nhorizon = \"100d\"\nreplications = 2\n\
        [region.r]\ncountry = \"DE\"\nzones = 2\ncopies_to = \"us\"\n[region.us]\ncountry = \"US\"\nzones = 1\n\
        [app.x]\nregion = \"r\"\nsupervisor = { restart = \"1min\" }\n\
        residency = { keep_in = \"DE\", control = \"preventive\" }\n\
        files = { size = \"10GiB\", replicas = 2, lost_with_zone = \"100%\" }\n\
        [app.x.backups]\nnightly = \"01:00\"\nweekly = \"none\"\nmonthly = \"none\"\n\
        [[incident]]\nkind = \"outage\"\ntarget = \"region.r\"\nat = \"252h\"\nlasts = \"24h\"\n";
    let (rows, all) = costs(text);
    assert_eq!(rows, [(10, Cost { all_lost: 1, ..Cost::default() })]);
    assert_eq!(all, rows[0].1);
}
