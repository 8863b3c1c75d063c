//! Apps that go to another region, and copies of databases there, as incident timelines with answers
//! worked out by hand, to the nanosecond. Times in comments are seconds since the start.

mod common;

use common::timeline::{S, Told, tell};
use zonefall::model::world::Phase::*;

/// Noticed at once where a container is lost, started in 40 s.
const MANAGER: &str = "health_manager = { detect_crash = \"0s\", detect_hang = \"0s\", \
    detect_loss = \"0s\", start = \"40s\", crash_ladder = \"none\", start_timeout = \"none\" }\n";

/// Decided in an hour, prepared in half of one, clients led there in two minutes; back after a day.
const FALLBACK: &str = "fallback = { region = \"s\", decision = \"1h\", prepare = \"30min\", dns = \"2min\", return = \"1d\" }\n";

const REPLICA: &str = "mode = \"multi-az\"\nrebuild = { takes = \"1h\" }\n\
    maintenance = { rate = \"0/y\", takes = \"50s\" }\n\
    failover = { reconnect = \"30s\" }\n\
    replica = { lag = \"7s\", decision = \"3h\", promote = \"5min\" }\n";

/// An app with two containers in a region of two zones; another one of two zones is there too.
#[track_caller]
fn shop(app: &str, database: &str, rest: &str) -> Told {
    let database = match database {
        "" => String::new(),
        it => format!("[app.shop.database]\n{it}"),
    };
    tell(&format!(
        "[study]\nhorizon = \"4d\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"ra\", \"rb\"]\n\
         [region.s]\ncountry = \"IE\"\nzones = [\"sa\", \"sb\"]\n\
         [app.shop]\nregion = \"r\"\ncontainers = 2\nload = \"10/s\"\n{MANAGER}{app}{database}\n{rest}"
    ))
}

fn incident(name: &str, kind: &str, target: &str, at: u64, lasts: u64) -> String {
    format!(
        "[[incident]]\nname = \"{name}\"\nkind = \"{kind}\"\ntarget = \"{target}\"\n\
         at = \"{at}s\"\nlasts = \"{lasts}s\"\n"
    )
}

#[test]
fn an_app_without_data_goes_elsewhere_and_comes_home() {
    let told = shop(FALLBACK, "", &incident("out", "outage", "region.r", 1000, 10_000));
    // Decided at 4600, ordered at 6400, started at 6440, clients there at 6560. The region is back at
    // 11 000, the return ordered a day later at 97 400: stopped, started at home until 97 440, led home
    // until 97 560.
    told.states(1000 * S, "shop Deciding by r")
        .states(4600 * S, "shop Preparing by r")
        .states(6400 * S, "shop Moving by s")
        .states(6400 * S, "shop/1 starts in sa")
        .states(6400 * S, "shop/2 starts in sb")
        .states(6440 * S, "shop Shifting by s")
        .states(6560 * S, "shop Away by s")
        .states(11_000 * S, "shop Returning by s")
        .states(97_400 * S, "shop Moving by r")
        .states(97_400 * S, "shop/1 starts in ra")
        .states(97_560 * S, "shop Home by r");
    let shop = told.of("app.shop");
    shop.outages(&[(1000 * S, 6560 * S), (97_400 * S, 97_560 * S)]);
    shop.causes(&[("out", 5560 * S), ("return-home", 160 * S)]);
    shop.waited(&[(Operator, 5400 * S), (Start, 80 * S), (Rerouting, 240 * S)]);
    shop.episodes(&[
        ("out", true, [0, 0, 5400 * S, 40 * S, 120 * S]),
        ("return-home", true, [0, 0, 0, 40 * S, 120 * S]),
    ]);
    shop.failed(10.0 * 5720.0);
}

#[test]
fn a_database_goes_on_with_its_copy() {
    let told = shop(FALLBACK, REPLICA, &incident("out", "outage", "region.r", 1000, 10_000));
    // Ordered at 6400, promoted until 6700 while containers start, clients there at 6820. Nodes at home are
    // rebuilt until 14 600, before the return at 97 400: switched in 50 s, clients home at 97 570.
    told.states(6400 * S, "database.shop PromotingReplica")
        .states(6700 * S, "database.shop copy promoted, 7000000000 lost")
        .states(6820 * S, "shop Away by s")
        .states(11_000 * S, "database-node.shop/1 starts in ra")
        .states(14_600 * S, "database-node.shop/1 in service in ra")
        .states(97_450 * S, "database.shop Serving")
        .states(97_570 * S, "shop Home by r")
        .never_states("switched");
    let shop = told.of("app.shop");
    shop.outages(&[(1000 * S, 6820 * S), (97_400 * S, 97_570 * S)]);
    shop.causes(&[("out", 5820 * S), ("return-home", 170 * S)]);
    shop.waited(&[
        (Operator, 5400 * S),
        (Promotion, 270 * S),
        (Start, 80 * S),
        (Rerouting, 240 * S),
    ]);
    shop.episodes(&[
        ("out", true, [0, 0, 5700 * S, 0, 120 * S]),
        // Its data is what it waits for first.
        ("return-home", true, [0, 0, 50 * S, 0, 120 * S]),
    ]);
}

#[test]
fn a_region_that_is_back_in_time_calls_it_off() {
    // Before the decision at 4600, and before the order at 6400.
    for back in [4000, 6000] {
        let out = incident("out", "outage", "region.r", 1000, back - 1000);
        let told = shop(FALLBACK, "", &out);
        told.states(back * S, "shop Home by r").never_states("by s");
        let shop = told.of("app.shop");
        shop.outages(&[(1000 * S, (back + 40) * S)]);
        shop.waited(&[(Operator, (back - 1000) * S), (Start, 40 * S)]);
        shop.episodes(&[("out", true, [0, 0, (back - 1000) * S, 40 * S, 0])]);
    }
}

#[test]
fn what_runs_on_behind_an_isolation_is_not_taken_back() {
    let cut = incident("cut", "isolation", "region.r", 1000, 100_000);
    let told = shop(FALLBACK, REPLICA, &cut);
    // Reached again at 101 000, the nodes have missed what came since: in step again at 104 600. Home at
    // 101 000 + 86 400 and 170 more.
    told.states(6820 * S, "shop Away by s")
        .states(101_000 * S, "database-node.shop/1 starts in ra")
        .states(104_600 * S, "database-node.shop/1 in service in ra")
        .never_states("original");
    told.of("app.shop").outages(&[(1000 * S, 6820 * S), (187_400 * S, 187_570 * S)]);
}

#[test]
fn nobody_goes_to_a_region_that_is_down_as_well() {
    let rest = incident("out", "outage", "region.r", 1000, 50_000)
        + &incident("there", "outage", "region.s", 2000, 8000);
    let told = shop(FALLBACK, "", &rest);
    told.states(6400 * S, "shop Unable by r").states(10_000 * S, "shop Moving by s");
    let shop = told.of("app.shop");
    shop.outages(&[(1000 * S, 10_160 * S), (137_400 * S, 137_560 * S)]);
    shop.waited(&[
        (Operator, 5400 * S),
        (Provider, 3600 * S),
        (Start, 80 * S),
        (Rerouting, 240 * S),
    ]);
    shop.causes(&[("out", 9160 * S), ("return-home", 160 * S)]);
}

#[test]
fn without_a_copy_a_backup_is_restored_there() {
    let database = "mode = \"single\"\nsize = \"1GiB\"\nnothing_left = \"restore\"\n\
        rebuild = { takes = \"1h\" }\nmaintenance = { rate = \"0/y\", takes = \"50s\" }\n\
        restore = { decision = \"9h\", takes = \"20min\" }\nlogs = { every = \"5min\" }\n\
        [app.shop.backups]\nnightly = \"01:00\"\ncopy_to = \"s\"\n";
    let out = incident("out", "outage", "region.r", 10_000, 20_000);
    let told = shop(FALLBACK, database, &out);
    // The log is shipped within the region that is lost; the backup of 01:00 is in the other one: 10 000 −
    // 3600 are lost. Ordered at 15 400, restored until 16 600, clients there at 16 720. The decision on a
    // restore was the order. Home is rebuilt by 33 600, and the way home takes 170 s from 116 400 on.
    told.states(15_400 * S, "database.shop Restoring")
        .states(15_400 * S, "database-node.shop/abroad starts in sa")
        .states(16_600 * S, "database.shop restored, 6400000000000 lost")
        .states(33_600 * S, "database-node.shop/1 in service in ra")
        .states(
            116_450 * S,
            "database-node.shop/abroad switched off in sa by return-home of 116400000000000",
        );
    let shop = told.of("app.shop");
    shop.outages(&[(10_000 * S, 16_720 * S), (116_400 * S, 116_570 * S)]);
    shop.waited(&[
        (Operator, 5400 * S),
        (Promotion, 10 * S),
        (Restore, 1160 * S),
        (Start, 80 * S),
        (Rerouting, 240 * S),
    ]);
}

/// The copy where no fallback says where it stands.
fn in_region(database: &str) -> String {
    database.replace("replica = { ", "replica = { region = \"s\", ")
}

fn crash() -> String {
    let node = incident("node", "crash", "database-node.shop/1", 1000, 0);
    node.replace("lasts = \"0s\"\n", "")
}

#[test]
fn a_copy_is_promoted_by_decision_where_the_app_stays() {
    let database =
        REPLICA.replace("multi-az", "single").replace("takes = \"1h\"", "takes = \"1d\"");
    let told = shop("", &in_region(&database), &crash());
    // Decided in three hours at 11 800, promoted at 12 100, reconnected at 12 130; what had been rebuilt of
    // the node is of no use any more.
    told.states(1000 * S, "database.shop ReplicaDecision")
        .states(12_100 * S, "database.shop copy promoted, 7000000000 lost")
        .states(12_100 * S, "database-node.shop/1 starts in ra")
        .states(98_500 * S, "database-node.shop/1 in service in ra");
    let shop = told.of("app.shop");
    shop.outages(&[(1000 * S, 12_130 * S)]);
    shop.waited(&[(Operator, 10_800 * S), (Promotion, 300 * S), (Rerouting, 30 * S)]);
}

#[test]
fn a_node_that_is_back_before_the_decision_loses_nothing() {
    let database = REPLICA.replace("multi-az", "single");
    let told = shop("", &in_region(&database), &crash());
    told.states(4600 * S, "database.shop Reconnecting").never_states("promoted");
    told.of("app.shop").outages(&[(1000 * S, 4630 * S)]);
}

#[test]
fn nothing_is_deployed_until_the_app_is_home() {
    let app = format!("{FALLBACK}deployments = {{ every = \"20000s\" }}\n");
    let told = shop(&app, "", &incident("out", "outage", "region.r", 1000, 10_000));
    told.states(97_560 * S, "shop change deployment of 97560000000000 begins")
        .states(100_000 * S, "shop change deployment of 100000000000000 begins");
    for at in [20_000, 40_000, 60_000, 80_000] {
        told.never_states(&format!("deployment of {at}000000000 begins"));
    }
    told.of("app.shop").outages(&[(1000 * S, 6560 * S), (97_400 * S, 97_560 * S)]);
}

#[test]
fn a_region_may_be_lost_again_on_the_way_home() {
    let rest = incident("out", "outage", "region.r", 1000, 10_000)
        + &incident("again", "outage", "region.r", 97_500, 1000);
    let told = shop(FALLBACK, "", &rest);
    // On the way home from 97 400 on; started there, and lost again at 97 500 while clients are being led.
    // Back at 98 500, before anybody has decided anything: started at 98 540.
    told.states(97_500 * S, "shop Deciding by r").states(98_500 * S, "shop Home by r");
    let shop = told.of("app.shop");
    shop.outages(&[(1000 * S, 6560 * S), (97_400 * S, 98_540 * S)]);
    shop.causes(&[("again", 1040 * S), ("out", 5560 * S), ("return-home", 100 * S)]);
}

#[test]
fn zones_that_go_one_by_one_are_a_region_when_the_last_is_gone() {
    let rest = incident("a", "outage", "zone.ra", 500, 20_000)
        + &incident("b", "outage", "zone.rb", 1000, 4000);
    let told = shop(FALLBACK, "", &rest);
    // Both are gone at 1000; one is back at 5000, before the order at 6400.
    told.states(1000 * S, "shop Deciding by r").states(5000 * S, "shop Home by r");
    let shop = told.of("app.shop");
    shop.outages(&[(1000 * S, 5040 * S)]).causes(&[("b", 4040 * S)]);
}

#[test]
fn a_copy_that_is_gone_is_made_anew_from_the_primary() {
    let rest = incident("there", "outage", "region.s", 1000, 5000)
        + &incident("out", "outage", "region.r", 8000, 20_000);
    let told = shop(FALLBACK, REPLICA, &rest);
    // Rebuilt from 6000 on, it would be there at 9600: lost with its primary at 8000 it is of no use, and
    // there is nothing else to go on with. The region is back at 28 000, its first node in step at 31 600.
    told.states(6000 * S, "database-node.shop/abroad starts in sa")
        .states(13_400 * S, "shop Unable by r")
        .states(31_600 * S, "database-node.shop/abroad starts in sa")
        .never_states("Moving");
    told.of("app.shop").outages(&[(8000 * S, 31_600 * S)]);
}

/// Files in the region of the app, which a fifth of the requests read and a twentieth write.
const FILES: &str = "size = \"1GiB\"\nreplicas = 2\nread_quorum = 1\nwrite_quorum = 2\nreads = \"20%\"\n\
    writes = \"5%\"\nlost_with_zone = \"0%\"\n";

#[test]
fn files_go_on_with_their_copy_in_the_other_region() {
    let out = incident("out", "outage", "region.r", 1000, 10_000);
    let copied = format!("[app.shop.files]\n{FILES}copy_to = \"s\"\nlag = \"90s\"\n");
    let told = shop(FALLBACK, "", &(copied.clone() + &out));
    // Gone with the region, and there again with the order at 6400: what was written in the last 90 s is not.
    told.states(1000 * S, "bucket.shop fails 0.250000")
        .states(6400 * S, "bucket.shop goes on abroad, 90000000000 lost")
        .states(6400 * S, "bucket.shop fails 0.000000")
        .states(97_400 * S, "bucket.shop comes home");
    let of = told.of("app.shop");
    of.outages(&[(1000 * S, 6560 * S), (97_400 * S, 97_560 * S)]);
    // All requests fail while it is down, and none for its files besides.
    of.failed(10.0 * 5720.0);
    assert_eq!(told.buckets.of[0].any, 5400 * S);
    assert_eq!(told.buckets.of[0].left.len(), 1);
    // Where every replica is lost with its zone that has been told, and nothing was written since.
    let gone = copied.replace("lost_with_zone = \"0%\"", "lost_with_zone = \"100%\"");
    let told = shop(FALLBACK, "", &(gone + &out));
    told.states(1000 * S, "bucket.shop lost by out, 90000000000 of it")
        .states(6400 * S, "bucket.shop goes on abroad, 0 lost");
}

#[test]
fn without_a_copy_there_requests_that_need_files_fail_until_the_return() {
    let out = incident("out", "outage", "region.r", 1000, 10_000);
    for copied in ["", "copy_to = \"t\"\n"] {
        let files =
            format!("[region.t]\ncountry = \"FR\"\nzones = 1\n[app.shop.files]\n{FILES}{copied}");
        let told = shop(FALLBACK, "", &(files + &out));
        // The region is well at 11 000, and its files with it; the app is not there until 97 400.
        told.states(1000 * S, "bucket.shop fails 0.250000")
            .states(97_400 * S, "bucket.shop fails 0.000000")
            .never_states("goes on abroad");
        let shop = told.of("app.shop");
        shop.outages(&[(1000 * S, 6560 * S), (97_400 * S, 97_560 * S)]);
        // A quarter of what comes from 6560 to 97 400 fails, for whoever took the region.
        shop.failed(10.0 * (5720.0 + 0.25 * 90_840.0));
        assert_eq!(told.buckets.of[0].any, 96_400 * S);
    }
}
