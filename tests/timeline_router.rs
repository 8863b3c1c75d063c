//! How a router treats the entries of dead containers, and how it loses them: the faces of failure, the pause of a
//! failed endpoint, pruning. Answers worked out by hand; times in comments are seconds since the start.

mod common;

use common::timeline::{S, Told, tell};
use zonefall::engine::{Draw, Purpose};

/// Two containers in two zones, called 40 times a second. What fails is noticed after 200 s and started in 60.
#[track_caller]
fn routed(router: &str, incidents: &str) -> Told {
    tell(&format!(
        "[study]\nhorizon = \"1h\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\n\
         [health_manager]\ndetect_crash = \"200s\"\ndetect_hang = \"200s\"\ndetect_loss = \"200s\"\nstart = \"60s\"\n\
         [app.shop]\nregion = \"r\"\ncontainers = 2\nload = \"40/s\"\nhealth_manager = {{}}\n\
         [app.shop.router]\n{router}\n{incidents}"
    ))
}

fn incident(kind: &str, target: &str, at: u64, lasts: Option<u64>) -> String {
    let lasts = lasts.map_or(String::new(), |it| format!("lasts = \"{it}s\"\n"));
    format!(
        "[[incident]]\nname = \"bad\"\nkind = \"{kind}\"\ntarget = \"{target}\"\nat = \"{at}s\"\n{lasts}"
    )
}

fn crash() -> String {
    incident("crash", "container.shop/1", 100, None)
}

fn dark(lasts: u64) -> String {
    incident("outage", "zone.za", 100, Some(lasts))
}

// ---- faces ----

#[test]
fn what_a_crash_costs_is_a_matter_of_its_face() {
    let failed = |router: &str| routed(router, &crash()).of("app.shop").tally.failed;
    let retries = "retries = { count = 2, on = [\"refused\", \"unreachable\"] }\n";
    // Plain routes refuse, and the request goes elsewhere; behind TLS it is answered with 502.
    assert_eq!(failed(&format!("{retries}crash_face = \"refused\"")), 0);
    routed(&format!("{retries}crash_face = \"error\""), &crash())
        .of("app.shop")
        .outages(&[])
        .failed(200.0 * 20.0);
}

#[test]
fn nobody_retries_what_a_hung_container_has_accepted() {
    let retries = "retries = { count = 2, on = [\"refused\", \"unreachable\", \"error\"] }";
    let hang = incident("hang", "container.shop/1", 100, None);
    routed(retries, &hang).of("app.shop").outages(&[]).failed(200.0 * 20.0);
}

// ---- the pause of a failed endpoint ----

#[test]
fn a_failed_endpoint_costs_an_attempt_for_each_router_and_pause() {
    let paused = "passive = { pause = \"40s\", routers = 3 }";
    // Three routers try it once in 40 s, until it is unregistered at 300.
    routed(paused, &dark(1000)).of("app.shop").outages(&[]).failed(200.0 * 3.0 / 40.0);
    // Without a pause it gets every second request.
    routed("", &dark(1000)).of("app.shop").failed(200.0 * 20.0);
    // A router marks what it cannot connect to, and not what answers with an error or not at all.
    routed(&format!("{paused}\ncrash_face = \"refused\""), &crash()).of("app.shop").failed(15.0);
    routed(&format!("{paused}\ncrash_face = \"error\""), &crash()).of("app.shop").failed(4000.0);
    routed(paused, &incident("hang", "container.shop/1", 100, None)).of("app.shop").failed(4000.0);
}

#[test]
fn a_failed_endpoint_is_never_tried_more_than_its_turn() {
    // 100 routers once a second would be more than the half that comes to it.
    let eager = "passive = { pause = \"1s\", routers = 100 }";
    routed(eager, &dark(1000)).of("app.shop").failed(200.0 * 20.0);
}

// ---- pruning ----

const PRUNED: &str = "unregister = \"never\"\n\
                      pruning = { renewed = \"20s\", after = \"120s\", every = \"30s\" }";

/// When the entry of the first life of `shop/1` is dropped that dies at `at`.
fn pruned(told: &Told, at: u64) -> u64 {
    let unit = told.topology.units.ids().find(|&it| told.topology.unit_name(it) == "shop/1");
    let key = told.topology.units[unit.unwrap()].key;
    let (renewal, round) = Draw::new(key, Purpose::PRUNING, 0, 0).uniform2();
    let phase = |luck: f64, interval: u64| (luck * interval as f64) as u64;
    let (renewal, round) = (phase(renewal, 20 * S), phase(round, 30 * S));
    let last = renewal + (at - renewal) / (20 * S) * (20 * S);
    let stale = last + 120 * S;
    round + (stale - round).div_ceil(30 * S) * (30 * S)
}

fn removed(told: &Told) -> usize {
    told.recorder.lines.iter().filter(|it| it.1 == "shop entry removed").count()
}

#[test]
fn an_entry_that_is_not_renewed_is_dropped_in_the_next_round() {
    let told = routed(PRUNED, &crash());
    let at = pruned(&told, 100 * S);
    assert!((200 * S..250 * S).contains(&at), "{at}");
    told.states(at, "shop entry removed");
    // Half of 40/s until then. Noticed at 300: too late to have ended anything.
    let shop = told.of("app.shop");
    shop.failed(20.0 * (at - 100 * S) as f64 / 1e9).episodes(&[(
        "bad",
        true,
        [at - 100 * S, 0, 0, 0, 0],
    )]);
}

#[test]
fn whoever_unregisters_it_sooner_ends_the_harm() {
    let told = routed(&PRUNED.replace("\"never\"", "\"5s\"").replace("120s", "400s"), &crash());
    told.states(305 * S, "shop entry removed").of("app.shop").failed(205.0 * 20.0);
    assert_eq!(removed(&told), 1, "the entry of the next life is another one");
}

#[test]
fn what_is_cut_off_is_pruned_and_listed_again() {
    let cut = |lasts| routed(PRUNED, &incident("isolation", "zone.za", 100, Some(lasts)));
    // Back at 150, before anything was dropped: it is used at once.
    let told = cut(50);
    told.states(150 * S, "shop/1 in service in za").of("app.shop").failed(50.0 * 20.0);
    assert_eq!(removed(&told), 1, "as it is taken back, and never again");
    // Dropped at 200 to 250, reached again at 280, before it was noticed at 300.
    let told = cut(180);
    let at = pruned(&told, 100 * S);
    told.states(at, "shop entry removed").states(280 * S, "shop/1 in service in za");
    told.of("app.shop").failed(20.0 * (at - 100 * S) as f64 / 1e9);
}

#[test]
fn what_hangs_is_renewed_until_it_is_lost() {
    let hang = incident("hang", "container.shop/1", 100, None);
    // It is never dropped: the health manager kills it at 300, and its successor is there at 360.
    routed(PRUNED, &hang).never_states("entry removed");
    let told = routed(PRUNED, &(hang + &incident("outage", "zone.za", 150, Some(1000))));
    let at = pruned(&told, 150 * S);
    told.states(at, "shop entry removed");
}
