//! Buckets as incident timelines with answers worked out by hand, to the nanosecond. Times in comments are
//! seconds since the start.

mod common;

use common::timeline::{H, MIN, S, Told, tell};
use zonefall::engine::{Draw, Purpose};
use zonefall::measure::buckets::Tally;
use zonefall::model::world::Phase::*;

/// An app with a container that never fails and ten requests a second, of which three read files and one
/// writes some: three replicas, one in each zone, two of which it takes to write.
#[track_caller]
fn with_files(files: &str, rest: &str) -> Told {
    tell(&format!(
        "[study]\nhorizon = \"4d\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\", \"zc\", \"zd\"]\n\
         [region.far]\ncountry = \"IE\"\nzones = [\"zf\"]\n\
         [app.shop]\nregion = \"r\"\nload = \"10/s\"\nzones = [\"zd\"]\n\
         supervisor = {{ restart = \"5min\" }}\n\
         [app.there]\nregion = \"far\"\nsupervisor = {{ restart = \"5min\" }}\n\
         [app.shop.files]\nsize = \"360GB\"\nreplicas = 3\nreads = \"30%\"\nwrites = \"10%\"\n\
         write_quorum = 2\n{files}\n{rest}"
    ))
}

fn incident(name: &str, kind: &str, targets: &[&str], at: u64, lasts: Option<u64>) -> String {
    let lasts = lasts.map_or(String::new(), |it| format!("lasts = \"{it}s\"\n"));
    format!(
        "[[incident]]\nname = \"{name}\"\nkind = \"{kind}\"\ntargets = {targets:?}\n\
         at = \"{at}s\"\n{lasts}"
    )
}

fn of(told: &Told) -> Tally {
    told.buckets.of[0].clone()
}

#[test]
fn a_lost_replica_is_made_anew_in_its_own_zone_and_nobody_notices() {
    let told = with_files(
        "rebuild = { takes = \"10min\", throughput = \"100MB/s\" }",
        &incident("disk", "crash", &["replica.shop/2"], 1000, None),
    );
    // 600 s and 360 GB at 100 MB a second: 600 + 3600 after 1000.
    told.states(1000 * S, "replica.shop/2 is gone")
        .states(1000 * S, "replica.shop/2 starts in zb")
        .states(5200 * S, "replica.shop/2 in service in zb")
        .never_states("bucket.shop");
    told.of("app.shop").outages(&[]).failed(0.0).episodes(&[]);
    assert_eq!((of(&told).replicas_lost, of(&told).any), (1, 0));
}

#[test]
fn without_its_quorum_it_fails_the_requests_that_need_it_for_whom_took_the_replicas() {
    let two = incident("disk", "crash", &["replica.shop/1"], 1000, None)
        + &incident("cut", "isolation", &["zone.zb"], 2000, Some(500));
    let told = with_files("rebuild = { takes = \"1h\" }", &two);
    // One replica is left from 2000 to 2500: it is read, and takes two to be written. Who struck first is
    // being made anew, but it was the isolation that took the quorum (K4).
    told.states(2000 * S, "bucket.shop fails 0.100000")
        .states(2500 * S, "bucket.shop fails 0.000000")
        .states(2500 * S, "replica.shop/2 in service in zb");
    let shop = told.of("app.shop");
    shop.outages(&[]).failed(500.0).failed_by(&[("cut", 500.0)]);
    shop.episodes(&[("cut", true, [0, 0, 500 * S, 0, 0])]);
    assert_eq!(of(&told).any, 500 * S);
    assert!(
        (of(&told).failed - 0.1 / 0.4 * 500e9).abs() < 1.0,
        "a quarter of those that need files"
    );
}

#[test]
fn who_keeps_it_from_its_quorum_is_charged_when_the_trigger_is_gone() {
    // Of three replicas two are rebuilt for 7200 s from 1000 and from 2000, the third is cut off from 3000
    // to 4000. From 2000 it lacks the quorum of writes for the second of the two; from 3000 it serves
    // nothing, and the second is still the one who took it down. At 8200 the first is back.
    let all = incident("one", "crash", &["replica.shop/1"], 1000, None)
        + &incident("two", "crash", &["replica.shop/2"], 2000, None)
        + &incident("cut", "isolation", &["zone.zc"], 3000, Some(1000));
    let told = with_files("rebuild = { takes = \"2h\" }", &all);
    told.states(2000 * S, "bucket.shop fails 0.100000")
        .states(3000 * S, "bucket.shop fails 0.400000")
        .states(4000 * S, "bucket.shop fails 0.100000")
        .states(8200 * S, "bucket.shop fails 0.000000");
    told.of("app.shop").failed_by(&[("two", 1.0 * 6200.0 + 3.0 * 1000.0)]);
    // An isolation of two zones takes the quorum and ends; what is left of it is the replica being made
    // anew since before.
    let all = incident("one", "crash", &["replica.shop/1"], 1000, None)
        + &incident("cut", "isolation", &["zone.zb"], 2000, Some(1000))
        + &incident("late", "isolation", &["zone.zc"], 2500, Some(2500));
    let told = with_files("rebuild = { takes = \"2h\" }", &all);
    // From 2000 writes fail for `cut`; from 2500 all do; at 3000 `cut` is over and reads are served
    // again, writes fail until 5000 for the first of the two that are left.
    told.of("app.shop").failed_by(&[("cut", 500.0 + 500.0 * 4.0), ("one", 2000.0)]);
}

#[test]
fn a_replica_that_keeps_its_data_is_back_with_its_zone_and_one_that_does_not_is_made_anew() {
    let out = incident("out", "outage", &["zone.za"], 1000, Some(600));
    let told = with_files("lost_with_zone = \"0%\"\nrebuild = { takes = \"1h\" }", &out);
    told.states(1600 * S, "replica.shop/1 in service in za").never_states("is gone");
    let told = with_files("rebuild = { takes = \"1h\" }", &out);
    told.states(1000 * S, "replica.shop/1 is gone")
        .states(1600 * S, "replica.shop/1 starts in za")
        .states(5200 * S, "replica.shop/1 in service in za");
    // By half: its own coin, which is read here.
    let told = with_files("lost_with_zone = \"50%\"\nrebuild = { takes = \"1h\" }", &out);
    let unit =
        told.topology.units.ids().find(|&it| told.topology.unit_name(it) == "replica.shop/1");
    let key = told.topology.units[unit.expect("a replica")].key;
    let gone = Draw::new(key, Purpose::LOST_WITH_ZONE, 0, 1).uniform() < 0.5;
    let back = if gone { 5200 } else { 1600 };
    told.states(back * S, "replica.shop/1 in service in za");
}

#[test]
fn a_rebuild_that_loses_its_zone_begins_again_when_that_is_back() {
    let all = incident("disk", "crash", &["replica.shop/1"], 1000, None)
        + &incident("out", "outage", &["zone.za"], 2000, Some(600));
    let told = with_files("lost_with_zone = \"0%\"\nrebuild = { takes = \"1h\" }", &all);
    told.states(1000 * S, "replica.shop/1 starts in za")
        .states(2600 * S, "replica.shop/1 starts in za")
        .states(6200 * S, "replica.shop/1 in service in za");
    assert_eq!(of(&told).replicas_lost, 1);
}

#[test]
fn with_the_last_replica_all_is_lost_and_it_is_complete_again_at_once() {
    let three = ["replica.shop/1", "replica.shop/2", "replica.shop/3"];
    let crash =
        |at: usize| incident("disk", "crash", &three[at..=at], 1000 + 100 * at as u64, None);
    let all: String = (0..3).map(crash).collect();
    let told = with_files("rebuild = { takes = \"1h\" }", &all);
    told.states(1200 * S, "bucket.shop lost by disk, all of it")
        .states(1200 * S, "replica.shop/1 in service in za")
        .states(1200 * S, "replica.shop/2 in service in zb")
        .states(1200 * S, "replica.shop/3 in service in zc")
        .states(1100 * S, "bucket.shop fails 0.100000")
        .states(1200 * S, "bucket.shop fails 0.000000");
    told.of("app.shop").failed(100.0).outages(&[]);
    assert_eq!(of(&told).lost.len(), 1);
    // While one survives nothing is lost: the first is whole again when the last of the three goes.
    let told = with_files("rebuild = { takes = \"150s\" }", &all);
    told.never_states("lost by");
}

#[test]
fn what_survives_elsewhere_is_not_lost() {
    let wiped = incident("wiped", "data-loss", &["bucket.shop"], 100_000, None);
    // The newest snapshot is of 86 400, a day after the start at midnight.
    let backups = "[app.shop.backups]\nnightly = \"00:00\"\ntakes = \"1h\"\n";
    let told = with_files("", &(backups.to_owned() + &wiped));
    told.states(100_000 * S, "bucket.shop lost by wiped, 13600000000000 of it");
    assert_eq!(of(&told).lost[0].1.0, 13_600 * S);
    // What is deleted by mistake is deleted in the copy too; what is lost with its replicas is not.
    let copied = "copy_to = \"far\"\nlag = \"90s\"\n";
    let told = with_files(copied, &(backups.to_owned() + &wiped));
    assert_eq!(of(&told).lost[0].1.0, 13_600 * S);
    let all = ["replica.shop/1", "replica.shop/2", "replica.shop/3"];
    let fire = incident("fire", "crash", &all, 100_000, None);
    let told = with_files(copied, &(backups.to_owned() + &fire));
    told.states(100_000 * S, "bucket.shop lost by fire, 90000000000 of it");
    // A region that is cut off is of no help, and the snapshots that stand at home are.
    let cut = incident("cut", "isolation", &["region.far"], 99_000, Some(2000));
    let told = with_files(copied, &(backups.to_owned() + &fire + &cut));
    assert_eq!(of(&told).lost[0].1.0, 13_600 * S);
}

#[test]
fn a_copy_lags_the_more_the_longer_either_region_was_cut_off() {
    let all = ["replica.shop/1", "replica.shop/2", "replica.shop/3"];
    let fire = incident("fire", "crash", &all, 100_000, None);
    let lost = |rest: &str| {
        let told = with_files("copy_to = \"far\"\nlag = \"90s\"\n", &(fire.clone() + rest));
        of(&told).lost[0].1.0
    };
    let cut =
        |name, kind, target: &str, at, lasts| incident(name, kind, &[target], at, Some(lasts));
    // Home is cut off, or the other region: nothing has gone over since 99 000.
    assert_eq!(lost(&cut("home", "isolation", "region.r", 99_000, 2000)), 1090 * S);
    assert_eq!(lost(&cut("far", "isolation", "region.far", 99_000, 2000)), 1090 * S);
    assert_eq!(lost(&cut("far", "outage", "region.far", 99_000, 2000)), 1090 * S);
    // It is over, since a nanosecond or for long: what waited has arrived with the usual lag.
    assert_eq!(lost(&cut("far", "isolation", "region.far", 97_000, 2000)), 90 * S);
    assert_eq!(lost(&cut("far", "isolation", "region.far", 99_000, 1000)), 90 * S);
    // One after the other: both could last be reached at 98 000.
    let both = cut("home", "isolation", "region.r", 98_000, 1500)
        + &cut("far", "isolation", "region.far", 99_000, 2000);
    assert_eq!(lost(&both), 2090 * S);
    // With a zone that is up a region can be reached.
    let zones = ["zone.za", "zone.zb", "zone.zc"];
    assert_eq!(lost(&incident("cut", "isolation", &zones, 99_000, Some(2000))), 90 * S);
}

const MOVES: &str = "relocate = { below = 2, after = \"30min\", takes = \"5min\", to = \"far\" }\n\
                     rebuild = { takes = \"1h\" }\nlost_with_zone = \"0%\"";

#[test]
fn short_of_replicas_for_longer_than_the_grace_it_is_served_elsewhere() {
    let two = incident("out", "outage", &["zone.za", "zone.zb"], 1000, Some(10_000));
    let told = with_files(MOVES, &two);
    // The grace is over at 2800, the move at 3100; at 11 000 two are back, and so is it.
    told.states(1000 * S, "bucket.shop fails 0.100000")
        .states(3100 * S, "bucket.shop moved")
        .states(3100 * S, "bucket.shop fails 0.000000")
        .states(11_000 * S, "bucket.shop moved back");
    let shop = told.of("app.shop");
    shop.failed_by(&[("out", 2100.0)]);
    shop.episodes(&[("out", true, [0, 0, 2100 * S, 0, 0])]);
    assert_eq!((of(&told).moved, of(&told).elsewhere), (1, 7900 * S));
}

#[test]
fn the_grace_starts_anew_when_enough_replicas_are_back() {
    let both = incident("out", "outage", &["zone.za", "zone.zb"], 1000, Some(1700))
        + &incident("again", "outage", &["zone.za", "zone.zb"], 2800, Some(1700));
    let told = with_files(MOVES, &both);
    // Back at 2700, 100 s before the grace is over; gone again from 2800 to 4500.
    told.never_states("moved");
    // At the very end of the grace two are back: checkers see the state after that (F9).
    let told =
        with_files(MOVES, &incident("out", "outage", &["zone.za", "zone.zb"], 1000, Some(1800)));
    told.never_states("moved");
    // One that is back is not enough.
    let staggered = incident("out", "outage", &["zone.za"], 1000, Some(9000))
        + &incident("next", "outage", &["zone.zb"], 2000, Some(4000));
    let told = with_files(MOVES, &staggered);
    told.states(4100 * S, "bucket.shop moved").states(6000 * S, "bucket.shop moved back");
}

#[test]
fn what_is_on_its_way_stays_when_enough_replicas_are_back() {
    let told =
        with_files(MOVES, &incident("out", "outage", &["zone.za", "zone.zb"], 1000, Some(2000)));
    // Over at 3000, after the grace and before the 300 s of the move.
    told.never_states("moved");
    told.of("app.shop").failed(2000.0);
}

#[test]
fn with_nothing_to_move_it_waits_for_a_replica_or_takes_the_copy() {
    let all = incident("out", "outage", &["zone.za", "zone.zb", "zone.zc"], 1000, Some(9000))
        + &incident("cut", "isolation", &["zone.za"], 500, Some(20_000));
    // At 10 000 two replicas are back; until then none was, and one is not enough for writes.
    let told = with_files(&MOVES.replace("below = 2", "below = 3"), &all);
    told.states(10_000 * S + 300 * S, "bucket.shop moved")
        .states(20_500 * S, "bucket.shop moved back");
    // With a copy of everything where it goes it need not wait.
    let copied = MOVES.to_owned() + "\ncopy_to = \"far\"\n";
    let told = with_files(&copied, &all);
    told.states(3100 * S, "bucket.shop moved").states(10_000 * S, "bucket.shop moved back");
}

#[test]
fn where_it_was_moved_may_be_out_of_reach_itself() {
    let two = incident("out", "outage", &["zone.za", "zone.zb"], 1000, Some(10_000))
        + &incident("far", "isolation", &["region.far"], 5000, Some(1000));
    let told = with_files(MOVES, &two);
    told.states(3100 * S, "bucket.shop fails 0.000000")
        .states(5000 * S, "bucket.shop fails 0.100000")
        .states(6000 * S, "bucket.shop fails 0.000000");
    // Who took the replicas is still to blame.
    told.of("app.shop").failed_by(&[("out", 3100.0)]);
    // It cannot be moved there meanwhile.
    let early = incident("out", "outage", &["zone.za", "zone.zb"], 1000, Some(10_000))
        + &incident("far", "isolation", &["region.far"], 2000, Some(2000));
    let told = with_files(MOVES, &early);
    told.states(4300 * S, "bucket.shop moved");
}

#[test]
fn it_moves_to_a_zone_of_its_own_region_too_and_may_stay_there() {
    let two = incident("out", "outage", &["zone.za", "zone.zb"], 1000, Some(10_000));
    let to_zone = MOVES.replace("\"far\"", "\"zd\", back = \"never\"");
    let told = with_files(&to_zone, &two);
    told.states(3100 * S, "bucket.shop moved").never_states("moved back");
    assert_eq!(of(&told).elsewhere, 96 * H - 3100 * S);
    // A zone that errs does so for what is served from it, and no longer for what is not.
    let errs = incident("errors", "file-errors", &["zone.zd"], 5000, Some(100))
        + &incident("others", "file-errors", &["zone.zc"], 6000, Some(100));
    let told = with_files(&to_zone, &(two + &errs));
    told.of("app.shop").failed_by(&[("errors", 400.0), ("out", 2100.0)]);
}

#[test]
fn errors_fail_a_share_of_the_requests_of_a_region_or_of_a_third_of_them_in_a_zone() {
    let errs = |kind: &str, target: &str, share: &str| {
        incident("errors", kind, &[target], 1000, Some(600)) + &format!("fraction = \"{share}\"\n")
    };
    let told = with_files("", &errs("file-errors", "region.r", "50%"));
    told.states(1000 * S, "bucket.shop fails 0.200000");
    told.of("app.shop").outages(&[]).failed_by(&[("errors", 1200.0)]);
    told.of("app.shop").episodes(&[("errors", true, [0, 0, 600 * S, 0, 0])]);
    // Requests are spread evenly over three replicas, one of which fails 60 % of its own.
    let told = with_files("", &errs("file-errors", "zone.zb", "60%"));
    told.states(1000 * S, "bucket.shop fails 0.080000");
    // Both at once: half of what the replicas let through, which is charged to who came first.
    let both = errs("file-errors", "zone.zb", "60%")
        + &incident("region", "file-errors", &["region.r"], 1200, Some(1000))
        + "fraction = \"50%\"\n";
    let told = with_files("", &both);
    // 0.4·(1 − 0.8·0.5) = 0.24 from 1200 to 1600, then 0.2 until 2200.
    told.states(1200 * S, "bucket.shop fails 0.240000")
        .states(1600 * S, "bucket.shop fails 0.200000");
    told.of("app.shop").failed_by(&[
        ("errors", 10.0 * (0.08 * 200.0 + 0.24 * 400.0)),
        ("region", 10.0 * 0.2 * 600.0),
    ]);
    // Errors where no replica is, or of another region, are nothing to it.
    let told = with_files("", &errs("file-errors", "zone.zd", "100%"));
    told.never_states("bucket.shop fails");
}

#[test]
fn an_app_that_needs_no_files_is_not_harmed_by_their_loss() {
    let text = incident("out", "outage", &["zone.za", "zone.zb", "zone.zc"], 1000, Some(600));
    let told = with_files("", &text);
    told.of("app.shop").failed(4.0 * 600.0).outages(&[]);
    let told = tell(&format!(
        "[study]\nhorizon = \"1d\"\n[region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\n\
         [app.shop]\nregion = \"r\"\nload = \"10/s\"\nzones = [\"zb\"]\nsupervisor = {{ restart = \"5min\" }}\n\
         files = {{ size = \"1GB\" }}\n{}",
        incident("out", "outage", &["zone.za"], 1000, Some(600))
    ));
    told.of("app.shop").failed(0.0).episodes(&[]);
    told.states(1000 * S, "bucket.shop lost by out, all of it");
}

#[test]
fn what_a_bucket_waits_for_is_no_downtime_of_its_app() {
    // The app is down for its containers alone, and the bucket fails beside it.
    let both = incident("all", "outage", &["zone.za", "zone.zb", "zone.zd"], 1000, Some(600));
    let told = with_files("lost_with_zone = \"0%\"", &both);
    let shop = told.of("app.shop");
    shop.outages(&[(1000 * S, 1600 * S + 5 * MIN)]).causes(&[("all", 600 * S + 5 * MIN)]);
    shop.waited(&[(Provider, 600 * S), (Start, 5 * MIN)]);
}
