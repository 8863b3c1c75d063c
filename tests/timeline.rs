//! Incidents with answers worked out by hand, to the nanosecond. Times in comments are seconds since
//! the start.

mod common;

use common::timeline::{D, H, MIN, S, Told, tell};
use zonefall::engine::{Draw, Purpose};
use zonefall::id::Id;
use zonefall::measure::ledger::PARTS_OF_A_REQUEST;
use zonefall::model::topology::Recovery;
use zonefall::model::world::Phase::*;

/// Two zones, one region, an hour.
#[track_caller]
fn two_zones(rest: &str) -> Told {
    in_study("horizon = \"1h\"", rest)
}

#[track_caller]
fn in_study(study: &str, rest: &str) -> Told {
    let region = "[region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\n";
    tell(&format!("[study]\n{study}\n{region}{rest}"))
}

/// An app whose containers are restarted in place.
fn supervised(containers: u32, supervisor: &str, more: &str) -> String {
    format!(
        "[app.shop]\nregion = \"r\"\ncontainers = {containers}\nplacement = \"pinned\"\n\
         supervisor = {{ {supervisor} }}\n{more}\n"
    )
}

/// An app whose containers are placed again: noticed after 20 s (a crash after 40), decided after 5,
/// started after 60.
fn managed(containers: u32, more: &str) -> String {
    format!(
        "[app.shop]\nregion = \"r\"\ncontainers = {containers}\n{more}\n\
         [app.shop.health_manager]\ndetect_crash = \"40s\"\ndetect_loss = \"20s\"\n\
         decide = \"5s\"\nstart = \"60s\"\n"
    )
}

fn incident(name: &str, kind: &str, target: &str, at: u64, lasts: Option<u64>) -> String {
    let lasts = lasts.map_or(String::new(), |it| format!("lasts = \"{it}s\"\n"));
    format!(
        "[[incident]]\nname = \"{name}\"\nkind = \"{kind}\"\ntarget = \"{target}\"\n\
         at = \"{at}s\"\n{lasts}"
    )
}

/// A mandatory dependency of a supervised app: downtimes of any length.
fn dependent(outages: &[(u64, u64)]) -> String {
    let mut text = supervised(1, "restart = \"1s\"", "");
    text += "[dependency.db]\nmandatory = true\n";
    for &(at, lasts) in outages {
        text += &incident("db-out", "outage", "dependency.db", at, Some(lasts));
    }
    text
}

// ---- one container ----

#[test]
fn a_crash_is_noticed_by_the_next_poll_and_restarted() {
    let told = two_zones(
        &(supervised(1, "detect = { poll = \"30s\" }, restart = \"20s\"", "")
            + &incident("boom", "crash", "container.shop/1", 100, None)),
    );
    // Its second life is the one that is looked for: first probe at or after 100, then 20 to restart.
    let noticed = told.probe("shop/1", Purpose::DETECT_PHASE, 1, 30 * S, 100 * S);
    assert!((100 * S..130 * S).contains(&noticed));
    let back = noticed + 20 * S;
    told.of("app.shop")
        .outages(&[(100 * S, back)])
        .counts(1, 0, Some(100 * S))
        .causes(&[("boom", back - 100 * S)])
        .waited(&[(Detection, noticed - 100 * S), (Start, 20 * S)])
        .episodes(&[("boom", true, [noticed - 100 * S, 0, 0, 20 * S, 0])]);
}

#[test]
fn a_threshold_adds_intervals_and_a_hang_the_time_out() {
    let told = two_zones(
        &(supervised(
            1,
            "detect = { poll = \"30s\", threshold = 3, timeout = \"4s\" }, restart = \"20s\"",
            "",
        ) + &incident("stuck", "hang", "container.shop/1", 100, None)),
    );
    let probe = told.probe("shop/1", Purpose::DETECT_PHASE, 1, 30 * S, 100 * S);
    // Two further intervals, 4 s until the last probe gives up, 20 s to restart.
    told.of("app.shop").outages(&[(100 * S, probe + 60 * S + 4 * S + 20 * S)]);
}

#[test]
fn a_crash_of_what_is_not_running_is_without_effect() {
    let told = two_zones(
        &(supervised(1, "detect = \"10s\", restart = \"50s\"", "")
            + &incident("first", "crash", "container.shop/1", 100, None)
            + &incident("again", "crash", "container.shop/1", 105, None)
            + &incident("late", "hang", "container.shop/1", 159, None)),
    );
    told.states(105 * S, "shop/1 struck without effect");
    told.states(159 * S, "shop/1 struck without effect");
    told.of("app.shop")
        .outages(&[(100 * S, 160 * S)])
        .causes(&[("first", 60 * S)])
        .waited(&[(Detection, 10 * S), (Start, 50 * S)]);
}

#[test]
fn a_restart_of_no_length_is_no_outage_but_loses_what_is_in_flight() {
    let told = two_zones(
        &(supervised(1, "restart = \"0s\"", "load = \"10/s\"\nresponse = \"500ms\"")
            + &incident("blink", "crash", "container.shop/1", 100, None)),
    );
    // λ·W = 10/s · 0.5 s
    told.of("app.shop")
        .outages(&[])
        .counts(0, 0, None)
        .failed(5.0)
        .episodes(&[("blink", false, [0; 5])]);
}

#[test]
fn a_start_that_takes_too_long_fails_and_is_tried_again() {
    let manager = "[app.shop]\nregion = \"r\"\n[app.shop.health_manager]\ndetect_crash = \"7s\"\n\
         start = { dist = \"uniform\", low = \"10s\", high = \"100s\" }\nstart_timeout = \"20s\"\n";
    let told = in_study(
        "horizon = \"1h\"\nseed = 2",
        &(manager.to_string() + &incident("boom", "crash", "container.shop/1", 100, None)),
    );
    let group = &told.topology.groups[Id::new(0)];
    let Recovery::Replaced(manager) = &*group.recovery else { panic!("a health manager") };
    let draw = Draw::new(told.topology.units[Id::new(0)].key, Purpose::START, 0, 1);
    // 20 s for each attempt that would take longer, then the first that does not.
    let mut attempt = 0;
    let mut start = 0;
    loop {
        let takes = manager.start.span(draw.redraw(attempt)).0;
        attempt += 1;
        if takes <= 20 * S {
            start += takes;
            break;
        }
        told.states((107 + 20 * u64::from(attempt)) * S, "shop/1 failed to start");
        start += 20 * S;
    }
    assert!(attempt > 1, "with this seed the first start fails");
    told.of("app.shop")
        .outages(&[(100 * S, 107 * S + start)])
        .waited(&[(Detection, 7 * S), (Start, start)])
        .episodes(&[("boom", true, [7 * S, 0, 0, start, 0])]);
}

// ---- two containers ----

const CHECKED: &str = "load = \"40/s\"\n[app.shop.router]\nunregister = \"never\"\n\
     health_check = { interval = \"10s\", unhealthy = 2 }";

#[test]
fn the_other_container_serves_until_health_checks_eject_the_dead_entry() {
    let told = two_zones(
        &(supervised(2, "restart = \"60s\"", CHECKED)
            + &incident("boom", "crash", "container.shop/1", 100, None)),
    );
    // Ejected by the second bad probe; until then half of 40/s meets the dead entry.
    let ejected = told.probe("shop/1", Purpose::PROBE_ADMIT, 0, 10 * S, 100 * S) + 10 * S;
    let admitted = told.probe("shop/1", Purpose::PROBE_ADMIT, 1, 10 * S, 160 * S);
    let failed = 40.0 * 0.5 * ((ejected - 100 * S) as f64 / 1e9);
    told.states(ejected, "shop entry removed").states(admitted, "shop/1 in service in za");
    let shop = told.of("app.shop");
    shop.outages(&[]).failed(failed).failed_by(&[("boom", failed)]).episodes(&[(
        "boom",
        true,
        [ejected - 100 * S, 0, 0, 0, 0],
    )]);
    assert_eq!(shop.tally.any, ejected - 100 * S);
}

#[test]
fn one_retry_on_a_refused_connection_absorbs_the_crash() {
    let told = two_zones(
        &(supervised(
            2,
            "restart = \"60s\"",
            &format!("{CHECKED}\nretries = {{ count = 1, on = [\"refused\"] }}"),
        ) + &incident("boom", "crash", "container.shop/1", 100, None)),
    );
    let ejected = told.probe("shop/1", Purpose::PROBE_ADMIT, 0, 10 * S, 100 * S) + 10 * S;
    told.of("app.shop").outages(&[]).failed(0.0).episodes(&[(
        "boom",
        false,
        [ejected - 100 * S, 0, 0, 0, 0],
    )]);
}

#[test]
fn the_charge_passes_on_when_what_the_trigger_took_is_back() {
    let told = two_zones(
        &(supervised(2, "detect = \"10s\", restart = \"50s\"", "needs = 2")
            + &incident("first", "crash", "container.shop/1", 100, None)
            + &incident("second", "crash", "container.shop/2", 130, None)),
    );
    // Down 100–190. first: 100–160, and second from then on; second was open beside it 130–160.
    // Waited for: first's notice 100–110, its start –160, second's start (140–)190.
    told.of("app.shop")
        .outages(&[(100 * S, 190 * S)])
        .causes(&[("first", 60 * S), ("second", 30 * S)])
        .contributing(&[("second", 30 * S)])
        .waited(&[(Detection, 10 * S), (Start, 80 * S)])
        // Both end when the app is up, by way of shop/2: noticed 140, back 190. Of first's 90 s all
        // before second's notice counts as detection.
        .episodes(&[
            ("second", true, [10 * S, 0, 0, 50 * S, 0]),
            ("first", true, [40 * S, 0, 0, 50 * S, 0]),
        ]);
}

#[test]
fn of_two_crashes_the_one_that_took_the_app_down_is_charged() {
    let told = two_zones(
        &(supervised(2, "detect = \"10s\", restart = \"50s\"", "")
            + &incident("first", "crash", "container.shop/1", 100, None)
            + &incident("second", "crash", "container.shop/2", 130, None)),
    );
    // Down from the second crash until the first container is back at 160.
    told.of("app.shop")
        .outages(&[(130 * S, 160 * S)])
        .causes(&[("second", 30 * S)])
        .contributing(&[("first", 30 * S)])
        .waited(&[(Detection, 10 * S), (Start, 20 * S)]);
}

#[test]
fn a_router_that_fails_open_uses_the_live_and_the_dead() {
    let router = "load = \"10/s\"\n[app.shop.router]\nunregister = \"never\"\nfail_open = true\n\
         health_check = { interval = \"10s\", healthy = 3 }";
    let told = two_zones(
        &(supervised(2, "restart = \"60s\"", router)
            + &incident("first", "crash", "container.shop/1", 100, None)
            + &incident("second", "crash", "container.shop/2", 110, None)),
    );
    let ejected = told.probe("shop/1", Purpose::PROBE_ADMIT, 0, 10 * S, 100 * S);
    let share = (ejected.min(110 * S) - 100 * S) as f64 / 1e9;
    // Down 110–160: 500 requests. shop/1 answers at 160 and is used though not admitted yet; half of
    // the requests meet shop/2, still registered, until it answers at 170: 50 more.
    told.of("app.shop")
        .outages(&[(110 * S, 160 * S)])
        .causes(&[("second", 50 * S)])
        .failed_by(&[("first", 5.0 * share), ("second", 550.0)]);
}

#[test]
fn an_in_place_return_takes_its_dead_entry_with_it() {
    let router = "load = \"10/s\"\n[app.shop.router]\nunregister = \"0s\"";
    let told = two_zones(
        &(supervised(2, "restart = \"10s\"", router)
            + &incident("dark", "outage", "zone.za", 100, Some(100))),
    );
    // Nobody can notice before the zone is back at 200: half of 10/s for 100 s.
    told.of("app.shop").outages(&[]).failed(500.0);
    told.states(200 * S, "shop entry removed").states(210 * S, "shop/1 in service in za");
}

// ---- zones ----

#[test]
fn a_zone_outage_takes_over_what_was_already_down() {
    let told = two_zones(
        &(managed(1, "")
            + &incident("boom", "crash", "container.shop/1", 100, None)
            + &incident("dark", "outage", "zone.za", 110, Some(1000))),
    );
    // Crash noticed at 140, decided at 145, started in zb until 205; owned by the zone from 110 on.
    told.states(145 * S, "shop/1 starts in zb");
    told.of("app.shop")
        .outages(&[(100 * S, 205 * S)])
        .causes(&[("boom", 10 * S), ("dark", 95 * S)])
        .waited(&[(Detection, 40 * S), (Decision, 5 * S), (Start, 60 * S)]);
}

#[test]
fn overlapping_outages_of_a_zone_are_a_union() {
    let told = two_zones(
        &(supervised(1, "restart = \"10s\"", "")
            + &incident("a", "outage", "zone.za", 100, Some(200))
            + &incident("b", "outage", "zone.za", 200, Some(300))),
    );
    // Held 100–500, then 10 s to restart; the second outage owns the container from 200 on.
    told.of("app.shop")
        .outages(&[(100 * S, 510 * S)])
        .causes(&[("a", 100 * S), ("b", 310 * S)])
        .waited(&[(Provider, 400 * S), (Start, 10 * S)]);
}

#[test]
fn overlapping_isolations_are_a_union_and_pass_on_alike() {
    let told = two_zones(
        &(supervised(1, "restart = \"10s\"", "")
            + &incident("a", "isolation", "zone.za", 100, Some(200))
            + &incident("b", "isolation", "zone.za", 200, Some(300))),
    );
    // It runs on and is back at once at 500.
    told.of("app.shop")
        .outages(&[(100 * S, 500 * S)])
        .causes(&[("a", 100 * S), ("b", 300 * S)])
        .waited(&[(Provider, 400 * S)]);
}

#[test]
fn an_isolation_that_ends_first_gives_the_original_back() {
    let told =
        two_zones(&(managed(1, "") + &incident("cut", "isolation", "zone.za", 100, Some(50))));
    // Noticed 120, decided 125, starting in zb until 185; the original can be reached again at 150.
    told.states(125 * S, "shop/1 starts in zb").states(150 * S, "shop/1 original stays");
    told.of("app.shop")
        .outages(&[(100 * S, 150 * S)])
        .causes(&[("cut", 50 * S)])
        .waited(&[(Detection, 20 * S), (Decision, 5 * S), (Start, 25 * S)])
        .episodes(&[("cut", true, [20 * S, 5 * S, 0, 25 * S, 0])]);
}

#[test]
fn a_replacement_that_answers_first_retires_the_original() {
    let told =
        two_zones(&(managed(1, "") + &incident("cut", "isolation", "zone.za", 100, Some(200))));
    told.states(185 * S, "shop/1 original retired").states(185 * S, "shop/1 in service in zb");
    told.of("app.shop").outages(&[(100 * S, 185 * S)]).waited(&[
        (Detection, 20 * S),
        (Decision, 5 * S),
        (Start, 60 * S),
    ]);
}

#[test]
fn an_original_that_crashed_behind_the_isolation_does_not_come_back() {
    let told = two_zones(
        &(managed(1, "")
            + &incident("cut", "isolation", "zone.za", 100, Some(50))
            + &incident("boom", "crash", "container.shop/1", 110, None)),
    );
    // The notice of the isolation at 120 leads to the replacement at 185; K3: the crash owns nothing.
    told.never_states("original stays");
    told.of("app.shop").outages(&[(100 * S, 185 * S)]).causes(&[("cut", 85 * S)]);
}

#[test]
fn a_crash_behind_an_isolation_is_noticed_when_that_ends() {
    let told = two_zones(
        &("[app.shop]\nregion = \"r\"\n[app.shop.health_manager]\ndetect_crash = \"2s\"\n\
           detect_loss = \"10min\"\nstart = \"30s\"\n"
            .to_string()
            + &incident("cut", "isolation", "zone.za", 100, Some(50))
            + &incident("boom", "crash", "container.shop/1", 110, None)),
    );
    // Back in reach at 150, noticed 152, answers 182. The notice of the isolation, due at 700, finds
    // nothing to do.
    told.of("app.shop").outages(&[(100 * S, 182 * S)]).counts(1, 0, Some(100 * S));
}

#[test]
fn a_supervisor_restarts_behind_an_isolation() {
    let told = two_zones(
        &(supervised(1, "detect = \"10s\", restart = \"50s\"", "")
            + &incident("cut", "isolation", "zone.za", 100, Some(300))
            + &incident("boom", "crash", "container.shop/1", 110, None)),
    );
    // It answers at 170, where nobody can reach it until 400.
    told.states(170 * S, "shop/1 answers");
    told.of("app.shop").outages(&[(100 * S, 400 * S)]).waited(&[
        (Detection, 10 * S),
        (Provider, 240 * S),
        (Start, 50 * S),
    ]);
}

#[test]
fn all_zones_at_once_leave_no_place() {
    let told = two_zones(
        &(managed(2, "")
            + "[[incident]]\nname = \"dark\"\nkind = \"outage\"\n\
               targets = [\"zone.za\", \"zone.zb\"]\nat = \"100s\"\nlasts = \"50s\"\n"),
    );
    // Noticed 120, decided 125, no place until 150, started 210; nobody is placed into the other zone.
    told.states(125 * S, "shop/1 waits").states(150 * S, "shop/1 starts in za");
    told.of("app.shop")
        .outages(&[(100 * S, 210 * S)])
        .waited(&[(Detection, 20 * S), (Decision, 5 * S), (Provider, 25 * S), (Start, 60 * S)])
        .episodes(&[("dark", true, [20 * S, 5 * S, 25 * S, 60 * S, 0])]);
}

#[test]
fn a_region_outage_then_one_of_its_zones() {
    let told = two_zones(
        &(managed(2, "")
            + &incident("dark", "outage", "region.r", 100, Some(100))
            + &incident("zone", "outage", "zone.za", 150, Some(100))),
    );
    // Both wait until zb is back at 200 and answer at 260. The zone's outage owns shop/1 from 150 on,
    // the region's, which took the app down, shop/2 until the end.
    told.states(200 * S, "shop/1 starts in zb").states(200 * S, "shop/2 starts in zb");
    told.of("app.shop")
        .outages(&[(100 * S, 260 * S)])
        .causes(&[("dark", 160 * S)])
        .contributing(&[("zone", 110 * S)]);
}

#[test]
fn everyone_in_part_of_a_zone_has_a_coin_of_their_own() {
    let told = two_zones(
        &(managed(40, "zones = [\"za\"]\nneeds = 40")
            + "[[incident]]\nname = \"part\"\nkind = \"outage\"\ntarget = \"zone.za\"\n\
               at = \"100s\"\nlasts = \"10s\"\nfraction = \"50%\"\n"),
    );
    let hit = told.recorder.lines.iter().filter(|it| it.1.contains(" Lost in za by part")).count();
    assert!((8..=32).contains(&hit), "{hit} of 40"); // four standard deviations
    assert!(told.recorder.lines.iter().all(|it| !it.1.starts_with("zone")), "the zone stays up");
    told.of("app.shop").outages(&[(100 * S, 185 * S)]).causes(&[("part", 85 * S)]);
}

#[test]
fn a_pinned_container_waits_for_its_part_of_the_zone() {
    let told = two_zones(
        &(managed(1, "placement = \"pinned\"")
            + "[[incident]]\nname = \"part\"\nkind = \"outage\"\ntarget = \"zone.za\"\n\
               at = \"100s\"\nlasts = \"300s\"\nfraction = \"99%\"\n"),
    );
    // Noticed 120, decided 125, its place is free at 400.
    told.of("app.shop").outages(&[(100 * S, 460 * S)]).waited(&[
        (Detection, 20 * S),
        (Decision, 5 * S),
        (Provider, 275 * S),
        (Start, 60 * S),
    ]);
}

#[test]
fn a_container_that_is_out_by_name_is_placed_nowhere_else() {
    let told = two_zones(
        &(managed(1, "") + &incident("out", "outage", "container.shop/1", 100, Some(300))),
    );
    told.of("app.shop").outages(&[(100 * S, 460 * S)]).causes(&[("out", 360 * S)]);
}

// ---- crews, hosts, services ----

fn hosts(more: &str) -> String {
    format!("[host.rack]\ncount = 3\nsupervisor = {{ restart = \"100s\" }}\n{more}\n")
}

#[test]
fn a_crew_serves_the_first_failed_first_and_ties_by_name() {
    let told = tell(
        &("study = { horizon = \"1h\" }\n".to_string()
            + &hosts(
                "[crew.hands]\nsize = 1\nserves = [\"host.rack/*\"]\n\
                 [service.all]\nrequires = { all = [\"host.rack/*\"] }",
            )
            + &incident("c", "crash", "host.rack/3", 10, None)
            + "[[incident]]\nname = \"ab\"\nkind = \"crash\"\n\
               targets = [\"host.rack/2\", \"host.rack/1\"]\nat = \"20s\"\n"),
    );
    // rack/3 10–110, rack/1 –210, rack/2 –310.
    told.states(110 * S, "rack/1 starts").states(210 * S, "rack/2 starts");
    told.of("service.all")
        .outages(&[(10 * S, 310 * S)])
        .causes(&[("ab", 200 * S), ("c", 100 * S)])
        .contributing(&[("ab", 90 * S)])
        .waited(&[(Start, 300 * S)]);
}

#[test]
fn services_count_and_nest() {
    let told = tell(
        &("study = { horizon = \"1h\" }\n".to_string()
            + &hosts(
                "[service.two]\nload = \"2/s\"\n\
                 requires = { at_least = 2, of = [\"host.rack/*\"] }\n\
                 [service.over]\nrequires = { all = [\"service.two\"] }\n\
                 [service.either]\nrequires = { any = [\"service.two\", \"host.rack/3\"] }\n\
                 [service.deep]\nrequires = { all = [{ any = [\"host.rack/1\", \"host.rack/2\"] }, \
                 \"service.either\"] }",
            )
            + &incident("a", "crash", "host.rack/1", 10, None)
            + &incident("b", "crash", "host.rack/2", 20, None)),
    );
    // Fewer than two from the second crash until the first host is back.
    for name in ["service.two", "service.over", "service.deep"] {
        told.of(name)
            .outages(&[(20 * S, 110 * S)])
            .causes(&[("b", 90 * S)])
            .waited(&[(Start, 90 * S)]);
    }
    told.of("service.two").contributing(&[("a", 90 * S)]).failed(180.0);
    told.of("service.either").outages(&[]);
}

// ---- dependencies ----

#[test]
fn a_mandatory_dependency_takes_its_apps_down() {
    let told = two_zones(
        &(supervised(1, "restart = \"1s\"", "load = \"10/s\"")
            + "[dependency.db]\nmandatory = true\n"
            + &incident("db-out", "outage", "dependency.db", 100, Some(60))),
    );
    told.of("app.shop")
        .outages(&[(100 * S, 160 * S)])
        .causes(&[("db-out", 60 * S)])
        .waited(&[(Provider, 60 * S)])
        .failed(600.0)
        .episodes(&[("db-out", true, [0, 0, 60 * S, 0, 0])]);
}

#[test]
fn a_dependency_may_take_a_share_of_the_requests() {
    let told = two_zones(
        &(supervised(1, "restart = \"1s\"", "load = \"10/s\"")
            + "[dependency.search]\nshare = \"25%\"\n"
            + &incident("no-search", "outage", "dependency.search", 100, Some(60))),
    );
    // 10/s · 60 s · 25 %; nothing is re-routed or ejected, the provider's return ends it.
    let shop = told.of("app.shop");
    shop.outages(&[]).failed(150.0).episodes(&[("no-search", true, [0, 0, 60 * S, 0, 0])]);
    assert_eq!(shop.tally.any, 60 * S);
}

// ---- the measured time ----

#[test]
fn an_outage_may_begin_with_the_study() {
    let told = two_zones(&dependent(&[(0, 60)]));
    told.of("app.shop").outages(&[(0, 60 * S)]).counts(1, 0, Some(0));
}

#[test]
fn an_outage_that_is_open_at_the_end_is_censored() {
    let told = two_zones(&dependent(&[(3599, 60)]));
    let shop = told.of("app.shop");
    shop.outages(&[(3599 * S, u64::MAX)])
        .down(S)
        .counts(1, 1, Some(3599 * S))
        .causes(&[("db-out", S)]);
    assert_eq!(shop.tally.causes().iter().map(|it| (it.harmed, it.absorbed)).max(), Some((1, 0)));
    assert!(shop.tally.outages().expect("an outage").lengths.is_empty());
    assert_eq!(shop.tally.outages().expect("an outage").open_length.0, S);
}

#[test]
fn an_outage_that_ends_with_the_study_is_whole() {
    // State exists after an instant: at 3600 it is over.
    let told = two_zones(&dependent(&[(3540, 60)]));
    told.of("app.shop").down(60 * S).counts(1, 0, Some(3540 * S));
}

#[test]
fn the_warm_up_is_simulated_and_not_measured() {
    let told = in_study(
        "horizon = \"1h\"\nwarm_up = \"10min\"",
        &dependent(&[(100, 50), (590, 30), (700, 40)]),
    );
    // The second outage counts from 600 to 620 and was begun before; the third is the first of all.
    told.of("app.shop")
        .outages(&[(100 * S, 150 * S), (590 * S, 620 * S), (700 * S, 740 * S)])
        .down(60 * S)
        .counts(1, 0, Some(100 * S));
}

#[test]
fn the_first_outage_may_end_the_replication_but_not_one_of_the_warm_up() {
    let told = in_study(
        "horizon = \"1h\"\nwarm_up = \"10min\"\nstop = \"first-outage\"",
        &dependent(&[(100, 50), (700, 40), (900, 40)]),
    );
    told.of("app.shop").down(0).counts(1, 1, Some(100 * S));
    assert_eq!(told.recorder.outages["app.shop"], [(100 * S, 150 * S), (700 * S, u64::MAX)]);
}

#[test]
fn minutes_are_those_of_the_clock() {
    // 100–150 touches two minutes, 240–300 is one whole, 310–320 and 330–350 touch the same one.
    let told = two_zones(&dependent(&[(100, 50), (240, 60), (310, 10), (330, 20)]));
    told.of("app.shop").minutes(1, 4);
    // The same 40 s later on the clock: 140–190 (2), 280–340 (2), 350–360 (1, the same), 370–390 (1).
    let told = in_study(
        "horizon = \"1h\"\nstart = 2025-01-01T00:00:40Z",
        &dependent(&[(100, 50), (240, 60), (310, 10), (330, 20)]),
    );
    told.of("app.shop").minutes(0, 5);
}

#[test]
fn an_outage_over_the_end_of_a_month_belongs_to_both() {
    let told = in_study(
        "horizon = \"1h\"\nstart = 2025-01-31T23:59:00Z",
        &dependent(&[(30, 60), (600, 1)]),
    );
    told.of("app.shop").months(&[(0, 30 * S), (1, 31 * S)]).minutes(0, 3);
}

#[test]
fn what_is_lost_in_flight_leaves_the_month_before_alone() {
    let router = "load = \"10/s\"\nresponse = \"1s\"\n[app.shop.router]\nunregister = \"60s\"";
    let told = in_study(
        "horizon = \"1h\"\nstart = 2025-01-31T23:59:00Z",
        &(supervised(3, "restart = \"5min\"", router)
            + &incident("first", "crash", "container.shop/1", 30, None)
            + &incident("second", "crash", "container.shop/2", 70, None)
            + &incident("third", "crash", "container.shop/3", 80, None)),
    );
    let pieces = told.of("app.shop").tally.pieces();
    let failed = |piece: usize| pieces[piece].failed as f64 / PARTS_OF_A_REQUEST;
    // January, 30–60: a third of 10/s, and 10/3 in flight.
    assert!((failed(0) - (100.0 + 10.0 / 3.0)).abs() < 1e-5, "{}", failed(0));
    // Down from 80 until 330.
    told.of("app.shop").months(&[(1, 250 * S)]).outages(&[(80 * S, 330 * S)]);
}

#[test]
fn an_outage_over_the_end_of_a_year_belongs_to_both() {
    let year = 365 * 24 * 3600;
    let told = in_study(
        "horizon = \"2y\"\nstart = 2025-03-01",
        &dependent(&[(year - 30, 90), (year + 86_400, 7)]),
    );
    let shop = told.of("app.shop");
    shop.years(&[(0, 30 * S), (1, 67 * S)]).down(97 * S);
    // March 2026 begins with the second year.
    shop.months(&[(11, 30 * S), (12, 67 * S)]);
    assert_eq!(told.plan.calendar.months.len(), 24);
    assert_eq!(told.plan.to.0, 730 * D);
    assert_eq!(730 * D, 17_520 * H);
    assert_eq!(H, 60 * MIN);
}

#[test]
fn points_in_time_see_the_state_after_them() {
    let told = in_study(
        "horizon = \"1h\"\nat = [\"99s\", \"100s\", \"159s\", \"160s\"]",
        &dependent(&[(100, 60)]),
    );
    assert_eq!(told.of("app.shop").tally.down_at(), 0b0110);
}
