//! Data that is deleted or overwritten, as incident timelines with answers worked out by hand, to the
//! nanosecond. Times in comments are seconds since the start, which is at midnight.

mod common;

use common::scenario;
use common::timeline::{S, Told, tell};
use std::sync::atomic::AtomicBool;
use zonefall::model::world::Phase::*;
use zonefall::study::{self, Options};

/// An app with a database that is backed up at every midnight, in no time. An operator knows of wrong data
/// after 600 s and has it restored 1200 s later, which takes 3600 s.
fn text(database: &str, rest: &str) -> String {
    format!(
        "operator = {{ detect = \"600s\", act = \"1200s\" }}\n[study]\nhorizon = \"4d\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\", \"zc\"]\n\
         [app.shop]\nregion = \"r\"\ncontainers = 2\nload = \"10/s\"\nzones = [\"zc\"]\n\
         supervisor = {{ restart = \"5min\" }}\nbackups = {{ nightly = \"00:00\", size = \"1GB\" }}\n\
         [app.shop.database]\nzones = [\"za\", \"zb\"]\nrestore.takes = \"1h\"\n\
         failover.reconnect = \"30s\"\n{database}\n{rest}"
    )
}

#[track_caller]
fn with_database(database: &str, rest: &str) -> Told {
    tell(&text(database, rest))
}

fn incident(name: &str, kind: &str, target: &str, at: u64) -> String {
    format!(
        "[[incident]]\nname = \"{name}\"\nkind = \"{kind}\"\ntarget = \"{target}\"\nat = \"{at}s\"\n"
    )
}

const PAIR: &str = "mode = \"multi-az\"\nfailover.promote = \"60s\"\nrebuild.takes = \"1h\"";
const SINGLE: &str = "mode = \"single\"\nrebuild = { takes = \"1h\", begins = \"at-loss\" }";

#[test]
fn what_was_there_before_the_fault_is_restored_and_what_came_since_is_lost() {
    let fault = incident("deleted", "data-loss", "database.shop", 100_000);
    let told = with_database(PAIR, &fault);
    // It serves on until 100 600, and loses what came since the snapshot of 86 400.
    told.states(100_600 * S, "database.shop loses its primary by deleted of 100000000000000")
        .states(100_600 * S, "database.shop RollbackDecision")
        .states(101_800 * S, "database.shop RollingBack")
        .states(105_400 * S, "database.shop restored, 14200000000000 lost")
        .states(105_400 * S, "database.shop Reconnecting")
        .states(105_430 * S, "database.shop Serving");
    let shop = told.of("app.shop");
    shop.outages(&[(100_600 * S, 105_430 * S)]).causes(&[("deleted", 4830 * S)]);
    shop.waited(&[(Operator, 1200 * S), (Restore, 3600 * S), (Rerouting, 30 * S)]);
    // The clock runs from the fault, not from when it was found (K1).
    shop.episodes(&[("deleted", true, [600 * S, 0, 4800 * S, 0, 30 * S])]);
}

#[test]
fn with_the_log_only_what_came_after_the_fault_is_lost() {
    // Whatever the log had shipped by 100 600, it goes back to 100 000.
    let fault = incident("deleted", "data-loss", "database.shop", 100_000);
    let logged = format!("{PAIR}\nlogs = {{ every = \"5min\" }}");
    with_database(&logged, &fault).states(105_400 * S, "database.shop restored, 600000000000 lost");
}

#[test]
fn a_snapshot_of_wrong_data_is_of_no_use() {
    // That of 86 400 was taken before anybody knew, at 86 600: the one of the start is restored.
    let told = with_database(PAIR, &incident("deleted", "data-loss", "database.shop", 86_000));
    told.states(91_400 * S, "database.shop restored, 86600000000000 lost");
}

#[test]
fn a_failover_meanwhile_takes_the_wrong_data_along() {
    let both = incident("deleted", "data-loss", "database.shop", 100_000)
        + &incident("node", "crash", "database-node.shop/1", 100_560);
    // Its promotion is over at 100 620; what takes writes then is known to be wrong since 100 600. The
    // last write was taken at 100 560.
    let told = with_database(PAIR, &both);
    told.states(100_620 * S, "database.shop RollingBack")
        .states(104_220 * S, "database.shop restored, 14160000000000 lost")
        .states(104_250 * S, "database.shop Serving");
    told.of("app.shop").outages(&[(100_560 * S, 104_250 * S)]);
}

#[test]
fn a_node_that_is_lost_while_it_is_set_back_is_no_loss_while_another_is_in_step() {
    let both = incident("deleted", "data-loss", "database.shop", 100_000)
        + &incident("node", "crash", "database-node.shop/1", 102_000);
    let told = with_database(PAIR, &both);
    told.states(105_400 * S, "database.shop restored, 14200000000000 lost")
        .states(105_430 * S, "database.shop Serving")
        .never_states("NoNode");
    // The only node is back at 105 600 with its wrong data, and is set back again.
    let told = with_database(SINGLE, &both);
    told.states(102_000 * S, "database.shop NoNode")
        .states(105_600 * S, "database.shop RollingBack")
        .states(109_200 * S, "database.shop restored, 14200000000000 lost");
    told.of("app.shop").outages(&[(100_600 * S, 109_230 * S)]).causes(&[("deleted", 8630 * S)]);
}

#[test]
fn what_is_wrong_already_cannot_go_wrong_again() {
    let twice = incident("deleted", "data-loss", "database.shop", 100_000)
        + &incident("again", "data-loss", "database.shop", 100_300)
        + &incident("down", "data-loss", "database.shop", 103_000);
    let told = with_database(PAIR, &twice);
    told.states(100_300 * S, "database.shop struck without effect")
        .states(103_000 * S, "database.shop struck without effect")
        .states(105_430 * S, "database.shop Serving");
    told.of("app.shop").outages(&[(100_600 * S, 105_430 * S)]);
}

#[test]
fn a_database_that_could_not_be_restored_is_refused() {
    let fault = incident("deleted", "data-loss", "database.shop", 100_000);
    let no_restore = text(PAIR, &fault).replace("restore.takes = \"1h\"\n", "");
    assert!(!common::is_sound(&no_restore), "nobody says how long it takes");
    let backups = "backups = { nightly = \"00:00\", size = \"1GB\" }\n";
    assert!(!common::is_sound(&text(PAIR, &fault).replace(backups, "")), "nothing to restore");
}

/// Faults of data are a class of their own, with how often they come, what they cost and what they lose: at
/// 1/30 d of up time, 4830 s each, of which the clock sees 5430 from the fault on.
#[test]
fn faults_of_data_are_told_as_a_class() {
    let fault =
        "[failure.deleted]\nkind = \"data-loss\"\ntargets = \"database.shop\"\nmtbf = \"30d\"\n";
    let all = text(PAIR, fault).replace("horizon = \"4d\"", "horizon = \"5y\"\nreplications = 40");
    let scenario = scenario(&all);
    let options =
        Options { threads: 2, progress: &|_| (), stop: &AtomicBool::new(false), keep_rows: false };
    let findings = study::run(&scenario, "", &options).findings;
    let shop = &findings.app["shop"];
    let classes = &shop.recovery.as_ref().expect("a database").classes;
    let data = classes.iter().find(|it| it.class == "data").expect("faults of data");
    let per_year = 365.0 / 30.0;
    assert!((data.per_year.mean / per_year - 1.0).abs() < 0.1, "{data:?}");
    let downtime = data.downtime_per_year_s / data.per_year.mean;
    assert!((downtime / 4830.0 - 1.0).abs() < 0.01, "{downtime}");
    for over in [data.p50, data.p95].into_iter().flatten() {
        assert!((over.mean / 5430.0 - 1.0).abs() < 0.002, "{over:?}");
    }
    // Of a fault at any time of the day the newest snapshot is half a day old, and ten minutes more when it
    // is found; the age is even on a day.
    let lost = shop.data_loss_s.as_ref().and_then(|it| it.window.clone()).expect("restores");
    assert!(lost.mean.low < 43_800.0 && 43_800.0 < lost.mean.high, "{lost:?}");
    let p95 = data.lost_p95_s.expect("losses").mean;
    assert!((p95 / (600.0 + 0.95 * 86_400.0) - 1.0).abs() < 0.02, "{p95}");
}
