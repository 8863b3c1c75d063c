//! Databases as incident timelines with answers worked out by hand, to the nanosecond. Times in comments
//! are seconds since the start.

mod common;

use common::timeline::{H, MIN, S, Told, tell};
use zonefall::engine::{Draw, Purpose};
use zonefall::model::world::Phase::*;

/// An app with two containers that never fail, in a region of three zones, and its database.
#[track_caller]
fn with_database(database: &str, rest: &str) -> Told {
    tell(&format!(
        "[study]\nhorizon = \"4d\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\", \"zc\"]\n\
         [app.shop]\nregion = \"r\"\ncontainers = 2\nload = \"10/s\"\nzones = [\"zc\"]\n\
         supervisor = {{ restart = \"5min\" }}\n\
         [app.shop.database]\nzones = [\"za\", \"zb\"]\n{database}\n{rest}"
    ))
}

fn incident(name: &str, kind: &str, target: &str, at: u64, lasts: Option<u64>) -> String {
    let lasts = lasts.map_or(String::new(), |it| format!("lasts = \"{it}s\"\n"));
    format!(
        "[[incident]]\nname = \"{name}\"\nkind = \"{kind}\"\ntarget = \"{target}\"\n\
         at = \"{at}s\"\n{lasts}"
    )
}

/// Noticed after 20 s, decided after 10, promoted after 60, reconnected after 30.
const PAIR: &str = "mode = \"multi-az\"\n\
    failover = { detect = \"20s\", decide = \"10s\", promote = \"60s\", reconnect = \"30s\" }\n\
    rebuild = { takes = \"1h\" }\n";

#[test]
fn a_failover_goes_through_its_steps() {
    let fails = incident("node", "crash", "database-node.shop/1", 1000, None);
    let told = with_database(PAIR, &fails);
    // 20 + 10 + 60 until the standby takes writes at 1090, and 30 more until both containers have
    // reconnected; the lost node is rebuilt from then on until 1090 + 3600.
    told.states(1000 * S, "database.shop loses its primary by node of 1000000000000")
        .states(1020 * S, "database.shop Deciding")
        .states(1030 * S, "database.shop Promoting")
        .states(1090 * S, "database.shop Reconnecting")
        .states(1090 * S, "database-node.shop/1 starts in za")
        .states(1120 * S, "database.shop Serving")
        .states(4690 * S, "database-node.shop/1 in service in za");
    let shop = told.of("app.shop");
    shop.outages(&[(1000 * S, 1120 * S)]).causes(&[("node", 120 * S)]).failed(1200.0);
    shop.waited(&[
        (Detection, 20 * S),
        (Decision, 10 * S),
        (Promotion, 60 * S),
        (Rerouting, 30 * S),
    ]);
    shop.episodes(&[("node", true, [20 * S, 10 * S, 60 * S, 0, 30 * S])]);
    let redundancy = &told.failover.clocks[0].redundancy.sketch();
    assert_eq!(redundancy.quantile(0.5).map(|it| it / S), Some(3690), "in step again (K1)");
}

#[test]
fn the_loss_of_a_standby_is_absorbed() {
    let fails = incident("node", "crash", "database-node.shop/2", 1000, None);
    let told = with_database(PAIR, &fails);
    told.states(4600 * S, "database-node.shop/2 in service in zb");
    told.of("app.shop").outages(&[]).failed(0.0).episodes(&[("node", false, [0; 5])]);
}

#[test]
fn an_app_is_up_when_as_many_as_it_needs_have_reconnected() {
    let pair = PAIR.replace(
        "reconnect = \"30s\"",
        "reconnect = { dist = \"uniform\", low = \"5s\", high = \"60s\" }",
    );
    let fails = incident("node", "crash", "database-node.shop/1", 1000, None);
    let told = with_database(&pair, &fails);
    // The draws are read, the rest is arithmetic: 5 s + 55 s × luck after 1090, each by its own.
    let takes = |ordinal: u64| {
        let unit = told.topology.units_of(zonefall::id::Id::new(0)).nth(ordinal as usize);
        let key = told.topology.units[unit.expect("a container")].key;
        let luck = Draw::new(key, Purpose::RECONNECT, 0, 1).uniform();
        ((5.0 + 55.0 * luck) * S as f64).round() as u64
    };
    let (first, last) = (takes(0).min(takes(1)), takes(0).max(takes(1)));
    assert!(first < last && first >= 5 * S && last < 60 * S);
    let shop = told.of("app.shop");
    let lines = &told.recorder.lines;
    let serving = lines.iter().find(|it| it.1 == "database.shop Serving").expect("serves").0;
    assert!(serving.abs_diff(1090 * S + last) <= 1);
    let outage = told.recorder.outages["app.shop"][0];
    assert!(outage.0 == 1000 * S && outage.1.abs_diff(1090 * S + first) <= 1, "{outage:?}");
    // Until both have reconnected half of the requests fail.
    let half = (last - first) as f64 / S as f64 / 2.0;
    shop.failed(10.0 * ((outage.1 - outage.0) as f64 / S as f64 + half));
    let total: u64 = told.failover.finished[0].phases.iter().map(|it| it.0).sum();
    assert_eq!(total, serving - 1000 * S, "the clock runs until every container has (D4)");
}

#[test]
fn a_failover_that_does_not_go_by_itself_waits_for_an_operator() {
    let stuck = PAIR.replace("reconnect", "coverage = \"0%\", manual = \"2h\", reconnect");
    let told =
        with_database(&stuck, &incident("node", "crash", "database-node.shop/1", 1000, None));
    let shop = told.of("app.shop");
    shop.outages(&[(1000 * S, 1020 * S + 2 * H + 30 * S)]);
    shop.waited(&[(Detection, 20 * S), (Operator, 2 * H), (Rerouting, 30 * S)]);
    shop.episodes(&[("node", true, [20 * S, 0, 2 * H, 0, 30 * S])]);
}

#[test]
fn the_lost_node_is_never_rebuilt_in_a_lost_zone() {
    let told = with_database(PAIR, &incident("out", "outage", "zone.za", 1000, Some(7200)));
    told.states(1090 * S, "database.shop Reconnecting")
        .states(8200 * S, "database-node.shop/1 starts in za")
        .states(11_800 * S, "database-node.shop/1 in service in za");
    told.of("app.shop").outages(&[(1000 * S, 1120 * S)]).causes(&[("out", 120 * S)]);
}

#[test]
fn a_rebuild_that_begins_at_the_loss_does_not_wait_for_a_primary() {
    let pair = PAIR.replace("takes = \"1h\"", "takes = \"1h\", begins = \"at-loss\"");
    let told = with_database(&pair, &incident("node", "crash", "database-node.shop/1", 1000, None));
    told.states(1000 * S, "database-node.shop/1 starts in za")
        .states(4600 * S, "database-node.shop/1 in service in za");
    told.of("app.shop").outages(&[(1000 * S, 1120 * S)]);
}

#[test]
fn an_isolation_that_ends_before_the_promotion_costs_only_itself() {
    let told = with_database(PAIR, &incident("cut", "isolation", "zone.za", 1000, Some(25)));
    told.states(1020 * S, "database.shop Deciding").never_states("Promoting");
    told.of("app.shop")
        .outages(&[(1000 * S, 1025 * S)])
        .waited(&[(Detection, 20 * S), (Decision, 5 * S)]);
}

#[test]
fn a_primary_behind_an_isolation_is_rebuilt_once_another_has_taken_its_place() {
    let told = with_database(PAIR, &incident("cut", "isolation", "zone.za", 1000, Some(3000)));
    told.states(1090 * S, "database.shop Reconnecting")
        .states(4000 * S, "database-node.shop/1 starts in za")
        .states(7600 * S, "database-node.shop/1 in service in za");
    told.of("app.shop").outages(&[(1000 * S, 1120 * S)]);
}

#[test]
fn without_a_node_the_first_that_is_back_becomes_primary() {
    let rest = incident("first", "crash", "database-node.shop/1", 1000, None)
        + &incident("second", "crash", "database-node.shop/2", 1025, None);
    let told = with_database(PAIR, &rest);
    // The second goes while the first's failover is decided (1020 to 1030): nothing is left to promote,
    // both are rebuilt from 1025 on, and the lowest name is first. One outage throughout, of the first.
    told.states(1025 * S, "database.shop NoNode")
        .states(1025 * S, "database-node.shop/1 starts in za")
        .states(4625 * S, "database-node.shop/2 in service in zb");
    let shop = told.of("app.shop");
    shop.outages(&[(1000 * S, 4655 * S)]).causes(&[("first", 3655 * S)]);
    shop.waited(&[
        (Detection, 20 * S),
        (Decision, 5 * S),
        (Rebuild, 3600 * S),
        (Rerouting, 30 * S),
    ]);
}

/// The log is shipped every 10 min, a restore is ordered after 30 min and takes an hour.
const RESTORED: &str = "nothing_left = \"restore\"\nlogs = { every = \"10min\" }\n\
    restore = { decision = \"30min\", takes = \"1h\" }\n";

/// How long before an instant the log was last shipped: its phase is read, the rest is arithmetic.
fn since_log(told: &Told, at: u64) -> u64 {
    let key = told.topology.databases.iter().next().expect("a database").key;
    let luck = Draw::new(key, Purpose::LOG_PHASE, 0, 0).uniform();
    let phase = (luck * (10 * MIN) as f64) as u64;
    (at + 10 * MIN - phase) % (10 * MIN)
}

#[test]
fn a_restore_loses_what_came_after_the_last_log() {
    let rest = incident("first", "crash", "database-node.shop/1", 1000, None)
        + &incident("second", "crash", "database-node.shop/2", 1025, None);
    let told = with_database(&format!("{PAIR}{RESTORED}"), &rest);
    // The phase under way is abandoned at 1025; ordered at 2825, restored at 6425, reconnected at 6455.
    let lost = since_log(&told, 1000 * S);
    told.states(1025 * S, "database.shop RestoreDecision")
        .states(2825 * S, "database.shop Restoring")
        .states(6425 * S, &format!("database.shop restored, {lost} lost"))
        .states(6425 * S, "database-node.shop/2 starts in zb")
        .states(10_025 * S, "database-node.shop/2 in service in zb");
    let shop = told.of("app.shop");
    shop.outages(&[(1000 * S, 6455 * S)]).causes(&[("first", 5455 * S)]);
    shop.waited(&[
        (Detection, 20 * S),
        (Decision, 5 * S),
        (Operator, 1800 * S),
        (Restore, 3600 * S),
        (Rerouting, 30 * S),
    ]);
}

#[test]
fn a_single_database_moves_cold_into_another_zone_where_an_operator_says_so() {
    let single = format!("mode = \"single\"\nrebuild = {{ takes = \"10min\" }}\n{RESTORED}");
    let out = incident("out", "outage", "zone.za", 1000, Some(36_000));
    let told = with_database(&single, &out);
    // Ordered at 2800, restored into the next zone at 6400; it stays there when its own is back.
    told.states(2800 * S, "database-node.shop/1 starts in zb")
        .states(6400 * S, "database-node.shop/1 in service in zb")
        .states(6400 * S, &format!("database.shop restored, {} lost", since_log(&told, 1000 * S)));
    told.of("app.shop")
        .outages(&[(1000 * S, 6400 * S)])
        .waited(&[(Operator, 1800 * S), (Restore, 3600 * S)]);
    // Without that rule it waits for its zone, and nothing is lost.
    let single = "mode = \"single\"\nrebuild = { takes = \"10min\" }\n";
    let told = with_database(single, &out);
    told.states(37_600 * S, "database-node.shop/1 in service in za").never_states("restored");
    told.of("app.shop")
        .outages(&[(1000 * S, 37_600 * S)])
        .waited(&[(Provider, 36_000 * S), (Rebuild, 600 * S)]);
}

#[test]
fn a_single_node_that_restarts_before_the_order_is_not_restored() {
    let single = format!(
        "mode = \"single\"\nrebuild = {{ takes = \"10min\", begins = \"at-loss\" }}\n{RESTORED}"
    );
    let told =
        with_database(&single, &incident("node", "crash", "database-node.shop/1", 1000, None));
    told.states(1600 * S, "database-node.shop/1 in service in za").never_states("restored");
    told.of("app.shop").outages(&[(1000 * S, 1600 * S)]).waited(&[(Operator, 600 * S)]);
}

#[test]
fn a_restore_begins_anew_where_its_zone_is_lost() {
    let single = format!("mode = \"single\"\nrebuild = {{ takes = \"10min\" }}\n{RESTORED}");
    let rest = incident("out", "outage", "zone.za", 1000, Some(36_000))
        + &incident("too", "outage", "zone.zb", 3000, Some(100));
    let told = with_database(&single, &rest);
    // In zb from 2800 on; at 3000 no zone of it is up; at 3100 it begins again in zb.
    told.states(3000 * S, "database.shop RestoreWaits")
        .states(3100 * S, "database-node.shop/1 starts in zb")
        .states(6700 * S, "database-node.shop/1 in service in zb");
    told.of("app.shop").outages(&[(1000 * S, 6700 * S)]).waited(&[
        (Operator, 1800 * S),
        (Provider, 100 * S),
        (Restore, 3800 * S),
    ]);
}

#[test]
fn a_planned_failover_is_planned_downtime_and_costs_no_rebuild() {
    // On Wednesday, 2025-01-01, at 03:00 the window opens, and every window is used.
    let told = tell(&format!(
        "[study]\nhorizon = \"4d\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\n\
         [app.shop]\nregion = \"r\"\nsupervisor = {{ restart = \"0s\" }}\n\
         maintenance = {{ window = \"wed 03:00\", lasts = \"3h\", used = \"0%\" }}\n\
         [app.shop.database]\n{PAIR}maintenance = {{ rate = \"52.142857142857/y\", takes = \"45s\" }}\n"
    ));
    // 45 s until the other node takes writes, and 30 s until the container has reconnected.
    told.states(3 * H + 45 * S, "database.shop Reconnecting").never_states("database-node");
    let shop = told.of("app.shop");
    shop.outages(&[(3 * H, 3 * H + 75 * S)]).waited(&[(Promotion, 45 * S), (Rerouting, 30 * S)]);
    assert_eq!(shop.tally.planned(), 75 * S);
}

#[test]
fn a_region_that_is_cut_off_is_not_failed_over() {
    let told = tell(&format!(
        "[study]\nhorizon = \"4d\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\n\
         [app.shop]\nregion = \"r\"\ncontainers = 2\nneeds = 2\nsupervisor = {{ restart = \"0s\" }}\n\
         [app.shop.database]\n{PAIR}{RESTORED}\
         [[incident]]\nname = \"cut\"\nkind = \"isolation\"\ntarget = \"region.r\"\nat = \"1000s\"\n\
         lasts = \"500s\"\n"
    ));
    told.never_states("Promoting").never_states("starts");
    told.of("app.shop").outages(&[(1000 * S, 1500 * S)]).waited(&[(Provider, 500 * S)]);
}
