//! Routers that stand in zones, and the balancer or DNS before them: answers worked out by hand, to the
//! nanosecond. Times in comments are seconds since the start.

mod common;

use common::timeline::{MIN, S, Told, tell};
use zonefall::engine::Purpose;
use zonefall::measure::ledger::PARTS_OF_A_REQUEST;

/// Three zones with a router in each, and an app of three containers that is called 12 times a second.
/// The router of zone zb is `r/2`. Routers are probed every 10 s, and found out after two bad probes.
fn region(balancer: &str, app: &str, rest: &str) -> String {
    format!(
        "[study]\nhorizon = \"2h\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\", \"zc\"]\n\
         [load_balancer]\nrouters = 3\n\
         health_check = {{ interval = \"10s\", timeout = \"4s\", unhealthy = 2, healthy = 3 }}\n\
         {balancer}\n\
         [health_manager]\ndetect_loss = \"20s\"\nstart = \"60s\"\n\
         [app.shop]\nregion = \"r\"\ncontainers = 3\nload = \"12/s\"\nhealth_manager = {{}}\n\
         router = {{ unregister = \"0s\" }}\n{app}\n{rest}"
    )
}

fn incident(kind: &str, target: &str, at: u64, lasts: Option<u64>) -> String {
    let lasts = lasts.map_or(String::new(), |it| format!("lasts = \"{it}s\"\n"));
    format!(
        "[[incident]]\nname = \"bad\"\nkind = \"{kind}\"\ntarget = \"{target}\"\nat = \"{at}s\"\n{lasts}"
    )
}

fn seconds(nanos: u64) -> f64 {
    nanos as f64 / S as f64
}

/// When the balancer takes a router out that fails at `at`, or back that works again.
fn found_out(told: &Told, router: u32, at: u64, probes: u64, timeout: u64) -> u64 {
    let name = format!("router.r/{router}");
    told.probe(&name, Purpose::PROBE_ADMIT, 0, 10 * S, at) + (probes - 1) * 10 * S + timeout
}

#[test]
fn a_router_that_crashed_fails_its_share_until_the_balancer_has_found_out() {
    let told =
        tell(&region("restart = \"10min\"", "", &incident("crash", "router.r/2", 100, None)));
    // What has crashed refuses: no time-out. A third of 12/s, all of it detection.
    let out = found_out(&told, 2, 100 * S, 2, 0);
    told.states(100 * S, "router.r/2 Crashed in zb by bad of 100000000000")
        .states(out, "front of r passes 1.0000");
    told.of("app.shop")
        .outages(&[])
        .failed_by(&[("bad", 4.0 * seconds(out - 100 * S))])
        .episodes(&[("bad", true, [out - 100 * S, 0, 0, 0, 0])]);
    // Back at 700, and believed in again after three good probes: nobody notices.
    told.states(found_out(&told, 2, 700 * S, 3, 0), "front of r passes 1.0000");
}

#[test]
fn a_router_that_is_back_before_anybody_noticed_has_its_clients_at_once() {
    let told = tell(&region("restart = \"5s\"", "", &incident("crash", "router.r/2", 100, None)));
    told.of("app.shop").failed_by(&[("bad", 4.0 * 5.0)]).episodes(&[(
        "bad",
        true,
        [0, 0, 0, 5 * S, 0],
    )]);
    told.never_states("front of r");
}

#[test]
fn a_lost_zone_takes_its_router_and_its_container() {
    let told = tell(&region("", "", &incident("outage", "zone.zb", 100, Some(900))));
    // Until 120 the dead entry of shop/2 fails a third of what the other two routers pass on, and the
    // router of zb all it gets until it is found out, a time-out later than if it refused.
    let out = found_out(&told, 2, 100 * S, 2, 4 * S);
    let lost = 4.0 * seconds(out - 100 * S) + 20.0 * 12.0 * (2.0 / 3.0) * (1.0 / 3.0);
    let lost_after = 12.0 * (1.0 / 3.0) * (120.0 - seconds(out)).max(0.0) * (1.0 / 3.0);
    told.of("app.shop").outages(&[]).failed_by(&[("bad", lost + lost_after)]);
    assert_eq!(told.of("app.shop").tally.down(), 0);
}

#[test]
fn behind_dns_clients_leave_in_the_course_of_the_time_to_live() {
    let told = tell(&region(
        "restart = \"1h\"\nttl = \"1min\"",
        "",
        &incident("crash", "router.r/2", 100, None),
    ));
    let out = found_out(&told, 2, 100 * S, 2, 0);
    // A third until it is found out, then half of that for a minute: detect, and reroute.
    let failed = 4.0 * seconds(out - 100 * S) + 4.0 * 60.0 / 2.0;
    told.states(out, "front of r passes 0.6833") // 1/3 · 5 % have asked at once
        .states(out + 6 * S, "front of r passes 0.7167")
        .states(out + 54 * S, "front of r passes 0.9833")
        .states(out + 60 * S, "front of r passes 1.0000");
    told.of("app.shop").outages(&[]).failed_by(&[("bad", failed)]).episodes(&[(
        "bad",
        true,
        [out - 100 * S, 0, 0, 0, 60 * S],
    )]);
}

#[test]
fn clients_that_never_ask_again_fail_until_their_router_is_back() {
    let told = tell(&region(
        "restart = \"30min\"\nttl = \"1min\"\nclinging = \"25%\"",
        "",
        &incident("crash", "router.r/2", 100, None),
    ));
    let out = found_out(&told, 2, 100 * S, 2, 0);
    let asks = 4.0 * 0.75 * (seconds(out - 100 * S) + 30.0);
    told.of("app.shop").failed_by(&[("bad", asks + 4.0 * 0.25 * 1800.0)]).episodes(&[(
        "bad",
        true,
        [0, 0, 0, 1800 * S, 0],
    )]);
}

#[test]
fn without_a_router_the_app_is_down_and_its_containers_run_on() {
    let told = tell(&region(
        "restart = \"10min\"",
        "",
        &incident("outage", "router.r/*", 100, Some(300)).replace("target =", "targets ="),
    ));
    told.never_states("shop/1");
    // Whatever the checks found out: where no router is believed in, all are, and they are back at 400.
    told.of("app.shop")
        .outages(&[(100 * S, 400 * S)])
        .causes(&[("bad", 300 * S)])
        .failed_by(&[("bad", 12.0 * 300.0)]);
}

#[test]
fn an_ideal_router_stands_nowhere() {
    let text = region("", "", &incident("outage", "router.r/*", 100, Some(300)));
    let ideal =
        "[app.other]\nregion = \"r\"\nload = \"1/s\"\nhealth_manager = {}\nrouter = \"ideal\"\n";
    let told = tell(&(text + ideal));
    told.of("app.other").outages(&[]).failed_by(&[]);
    told.of("app.shop").outages(&[(100 * S, 400 * S)]);
}

#[test]
fn a_zone_that_is_cut_off_fails_its_clients_and_has_them_again_when_it_is_back() {
    let told = tell(&region("", "", &incident("isolation", "zone.za", 100, Some(10 * 60))));
    let out = found_out(&told, 1, 100 * S, 2, 4 * S);
    let back = found_out(&told, 1, 700 * S, 3, 0);
    told.states(out, "front of r passes 1.0000")
        .states(700 * S, "router.r/1 in service in za")
        .states(back, "front of r passes 1.0000");
}

#[test]
fn what_is_in_flight_through_a_router_goes_with_it() {
    let told = tell(&region(
        "restart = \"10min\"",
        "response = \"2s\"",
        &incident("crash", "router.r/2", 100, None),
    ));
    // λ·W = 24 in flight, a third of them through it.
    let out = found_out(&told, 2, 100 * S, 2, 0);
    told.of("app.shop").failed_by(&[("bad", 8.0 + 4.0 * seconds(out - 100 * S))]);
}

#[test]
fn routers_can_stand_in_some_zones_only() {
    let outage = incident("outage", "zone.zc", 100, Some(600));
    let told = tell(&region("zones = [\"za\", \"zb\"]", "zones = [\"za\", \"zb\"]", &outage));
    told.of("app.shop").outages(&[]).failed_by(&[]);
    // Three routers, two of them in za.
    let outage = incident("outage", "zone.za", 100, Some(600));
    let told = tell(&region("zones = [\"za\", \"zb\"]", "zones = [\"zb\"]", &outage));
    told.states(100 * S, "router.r/3 Lost in za by bad of 100000000000");
    let first = found_out(&told, 1, 100 * S, 2, 4 * S);
    let second = found_out(&told, 3, 100 * S, 2, 4 * S);
    let (first, second) = (first.min(second), first.max(second));
    // Two thirds, then, with two of three left, half of what they get.
    let failed = 8.0 * seconds(first - 100 * S) + 6.0 * seconds(second - first);
    told.of("app.shop").failed_by(&[("bad", failed)]);
}

/// Whatever fails is charged to the faults, and no more fails than is asked (K6).
#[test]
fn all_that_fails_is_charged_exactly() {
    let more = "capacity = \"5/s\"\nresponse = \"500ms\"";
    let storm = incident("crash", "router.r/2", 100, None)
        + &incident("outage", "zone.za", 130, Some(900)).replace("\"bad\"", "\"dark\"")
        + &incident("crash", "app.shop", 600, None).replace("\"bad\"", "\"boom\"");
    let told =
        tell(&region("restart = \"20min\"\nttl = \"5min\"\nclinging = \"2%\"", more, &storm));
    let shop = told.of("app.shop");
    let parts: u128 = shop.tally.causes().iter().map(|it| it.failed).sum();
    assert_eq!(parts, shop.tally.failed);
    assert!(shop.tally.failed as f64 / PARTS_OF_A_REQUEST < 12.0 * seconds(120 * MIN));
}
