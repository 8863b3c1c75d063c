//! Copies in another region that are cut off, and copies that the wrong data had not reached yet, as
//! incident timelines with answers worked out by hand, to the nanosecond. Times in comments are seconds
//! since the start, which is at midnight.

mod common;

use common::timeline::{S, Told, tell};
use zonefall::model::world::Phase::*;

/// An app with a database of one node, whose copy in another region lags behind. It is decided upon in
/// 600 s and promoted in 300 s; the node would be rebuilt in a day. Backups are of every midnight. An
/// operator knows of wrong data after 600 s and has it restored 1200 s later, which takes 3600 s.
#[track_caller]
fn shop(lag: &str, rest: &str) -> Told {
    found_after(600, lag, rest)
}

#[track_caller]
fn found_after(detect: u64, lag: &str, rest: &str) -> Told {
    tell(&format!(
        "operator = {{ detect = \"{detect}s\", act = \"1200s\" }}\n[study]\nhorizon = \"4d\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"ra\", \"rb\"]\n\
         [region.s]\ncountry = \"IE\"\nzones = [\"sa\", \"sb\"]\n\
         [app.shop]\nregion = \"r\"\ncontainers = 2\nload = \"10/s\"\n\
         supervisor = {{ restart = \"5min\" }}\nbackups = {{ nightly = \"00:00\", size = \"1GB\" }}\n\
         [app.shop.database]\nmode = \"single\"\nrebuild = {{ takes = \"1d\" }}\n\
         restore.takes = \"1h\"\nfailover = {{ reconnect = \"30s\" }}\n\
         replica = {{ region = \"s\", lag = \"{lag}\", decision = \"10min\", promote = \"5min\" }}\n{rest}"
    ))
}

fn incident(name: &str, kind: &str, target: &str, at: u64) -> String {
    format!(
        "[[incident]]\nname = \"{name}\"\nkind = \"{kind}\"\ntarget = \"{target}\"\nat = \"{at}s\"\n"
    )
}

fn isolation(at: u64, lasts: u64) -> String {
    incident("cut", "isolation", "region.s", at) + &format!("lasts = \"{lasts}s\"\n")
}

fn node(at: u64) -> String {
    incident("node", "crash", "database-node.shop/1", at)
}

fn deleted(at: u64) -> String {
    incident("deleted", "data-loss", "database.shop", at)
}

// ---- cut off ----

#[test]
fn a_copy_that_is_cut_off_lags_the_more() {
    let told = shop("7s", &(isolation(400, 2000) + &node(1000)));
    // It has missed 600 s when the node is lost, and can be promoted only when it is back at 2400.
    told.states(1000 * S, "database.shop NoNode")
        .states(2400 * S, "database.shop ReplicaDecision")
        .states(3000 * S, "database.shop PromotingReplica")
        .states(3300 * S, "database.shop copy promoted, 607000000000 lost")
        .states(3330 * S, "database.shop Serving");
    let shop = told.of("app.shop");
    shop.outages(&[(1000 * S, 3330 * S)]);
    shop.waited(&[
        (Operator, 600 * S),
        (Promotion, 300 * S),
        (Rebuild, 1400 * S),
        (Rerouting, 30 * S),
    ]);
}

#[test]
fn a_copy_that_is_back_has_caught_up() {
    let told = shop("7s", &(isolation(400, 599) + &node(1000)));
    told.states(1900 * S, "database.shop copy promoted, 7000000000 lost");
    // At the very instant at which it is cut off it has missed nothing.
    let told = shop("7s", &(isolation(1000, 500) + &node(1000)));
    told.states(2400 * S, "database.shop copy promoted, 7000000000 lost");
    // Cut off after the loss there is nothing that it could miss.
    let told = shop("7s", &(isolation(1200, 5000) + &node(1000)));
    told.states(7100 * S, "database.shop copy promoted, 7000000000 lost");
}

#[test]
fn a_copy_that_missed_a_failover_is_not_made_anew() {
    // The primary is back at home before the copy is: that goes on where it was.
    let rest = isolation(400, 90_000) + &node(1000);
    let told = shop("7s", &rest);
    told.states(87_400 * S, "database.shop Reconnecting")
        .states(90_400 * S, "database-node.shop/abroad in service in sa")
        .never_states("database-node.shop/abroad starts")
        .never_states("promoted");
}

// ---- wrong data ----

#[test]
fn a_copy_that_the_wrong_data_had_not_reached_is_right() {
    // Of 99 950 when the node is lost at 100 050; the data went wrong at 100 000, which somebody knows at
    // 100 600.
    for lag in ["100s", "50s"] {
        let told = shop(lag, &(deleted(100_000) + &node(100_050)));
        let lost: u64 = if lag == "50s" { 50 } else { 100 };
        told.states(100_050 * S, "database.shop ReplicaDecision")
            .states(100_950 * S, &format!("database.shop copy promoted, {} lost", lost * S))
            .states(100_980 * S, "database.shop Serving")
            .never_states("RollingBack")
            .never_states("restored");
        told.of("app.shop").outages(&[(100_050 * S, 100_980 * S)]);
    }
}

#[test]
fn a_copy_that_it_had_reached_is_set_back_and_one_window_is_lost() {
    // A nanosecond more of the log has arrived, and with it the fault: what is restored over it is of
    // 86 400, and that is all that is lost.
    let told = shop("49.999999999s", &(deleted(100_000) + &node(100_050)));
    told.states(100_950 * S, "database.shop RollingBack")
        .states(104_550 * S, "database.shop restored, 13650000000000 lost")
        .states(104_580 * S, "database.shop Serving")
        .never_states("copy promoted");
    told.of("app.shop").outages(&[(100_050 * S, 104_580 * S)]);
}

#[test]
fn a_copy_that_was_cut_off_before_the_fault_is_right() {
    let told = shop("7s", &(isolation(99_990, 110) + &deleted(100_000) + &node(100_050)));
    // It holds what was written until 99 983.
    told.states(100_100 * S, "database.shop ReplicaDecision")
        .states(101_000 * S, "database.shop copy promoted, 67000000000 lost")
        .states(101_030 * S, "database.shop Serving")
        .never_states("RollingBack");
}

#[test]
fn wrong_data_that_nobody_knows_of_goes_on_in_the_copy() {
    // Found at 106 000, when the copy has taken writes since 100 950: two losses of data, of 7 s with the
    // node, and of all since the snapshot of 86 400 when it is set back.
    let told = found_after(6000, "7s", &(deleted(100_000) + &node(100_050)));
    told.states(100_950 * S, "database.shop copy promoted, 7000000000 lost")
        .states(100_980 * S, "database.shop Serving")
        .states(106_000 * S, "database.shop RollbackDecision")
        .states(107_200 * S, "database.shop RollingBack")
        .states(110_800 * S, "database.shop restored, 19600000000000 lost")
        .states(110_830 * S, "database.shop Serving");
    told.of("app.shop").outages(&[(100_050 * S, 100_980 * S), (106_000 * S, 110_830 * S)]);
}
