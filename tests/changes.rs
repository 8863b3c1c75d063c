//! Planned changes with answers worked out by hand, to the nanosecond. Times in comments are seconds
//! since the start.

mod common;

use common::invariants::Checker;
use common::random::Dice;
use common::timeline::{D, H, MIN, S, Told, tell};
use common::{scenario, watched};
use std::sync::atomic::AtomicBool;
use zonefall::engine::{Draw, Purpose};
use zonefall::measure::ledger::PARTS_OF_A_REQUEST;
use zonefall::model::fact::{Fact, Listener, Subject};
use zonefall::model::topology::Topology;
use zonefall::model::world::{Phase::*, World};
use zonefall::scenario::assemble::assemble;
use zonefall::scenario::{Input, Source, load};
use zonefall::study::findings::Findings;
use zonefall::study::plan::plan;
use zonefall::study::{self, Options};
use zonefall::time::Instant;
use zonefall::{history, measure::Measures};

/// Two zones, one region; a Wednesday.
#[track_caller]
fn in_study(study: &str, rest: &str) -> Told {
    let region = "[region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\n";
    tell(&format!("[study]\nstart = 2025-01-01\n{study}\n{region}{rest}"))
}

#[track_caller]
fn an_hour(rest: &str) -> Told {
    in_study("horizon = \"1h\"", rest)
}

/// An app whose containers take a minute to start; lost ones are noticed after 20 s.
fn shop(containers: u32, more: &str) -> String {
    format!(
        "[app.shop]\nregion = \"r\"\ncontainers = {containers}\n{more}\n\
         [app.shop.health_manager]\ndetect_loss = \"20s\"\nstart = \"60s\"\n"
    )
}

fn change(at: u64, more: &str) -> String {
    format!("[[change]]\napp = \"shop\"\nat = \"{at}s\"\n{more}\n")
}

fn zone_outage(zone: &str, at: u64, lasts: u64) -> String {
    format!(
        "[[incident]]\nname = \"{zone}-out\"\nkind = \"outage\"\ntarget = \"zone.{zone}\"\n\
         at = \"{at}s\"\nlasts = \"{lasts}s\"\n"
    )
}

// ---- one container after the other, or all at once ----

#[test]
fn a_rolling_change_replaces_one_after_the_other_without_a_gap() {
    let told = an_hour(&(shop(3, "") + &change(100, "strategy = \"rolling\"")));
    told.states(160 * S, "shop/1 renewed in za by change of 100000000000")
        .states(220 * S, "shop/2 renewed in zb by change of 100000000000")
        .states(280 * S, "shop/3 renewed in za by change of 100000000000")
        .states(280 * S, "shop change change of 100000000000 ends");
    told.of("app.shop").outages(&[]).episodes(&[]).failed_by(&[]);
}

#[test]
fn all_at_once_takes_as_long_as_one() {
    let told = an_hour(&(shop(3, "") + &change(100, "strategy = \"make-before-break\"")));
    for unit in 1..=3 {
        let line =
            told.recorder.lines.iter().find(|it| it.1.starts_with(&format!("shop/{unit} r")));
        assert_eq!(line.map(|it| it.0), Some(160 * S), "{}", told.recorder.text());
    }
    told.of("app.shop").outages(&[]);
}

#[test]
fn two_in_flight_make_two_rounds_of_three() {
    let rest = shop(3, "") + &change(100, "strategy = \"rolling\"\nmax_in_flight = 2");
    let told = an_hour(&rest);
    told.states(220 * S, "shop/3 renewed in za by change of 100000000000");
}

#[test]
fn stopped_and_started_again_it_is_down_to_drain_and_to_start() {
    let told = an_hour(
        &(shop(2, "drain = \"10s\"\nload = \"10/s\"\nresponse = \"5s\"")
            + &change(100, "strategy = \"stop-start\"")),
    );
    // λ·W = 50 in flight; those that last longer than 10 s are lost: e⁻² of them.
    let in_flight = 50.0 * libm::exp(-2.0);
    told.of("app.shop")
        .outages(&[(100 * S, 170 * S)])
        .causes(&[("change", 70 * S)])
        .waited(&[(Drain, 10 * S), (Start, 60 * S)])
        .failed(700.0 + in_flight)
        .episodes(&[("change", true, [0, 0, 10 * S, 60 * S, 0])]);
}

#[test]
fn requests_shorter_than_the_drain_survive_a_rolling_change() {
    let told = an_hour(
        &(shop(1, "drain = \"10s\"\nload = \"10/s\"\nresponse = \"5s\"")
            + &change(100, "strategy = \"rolling\"")),
    );
    told.of("app.shop").outages(&[]).failed_by(&[("change", 50.0 * libm::exp(-2.0))]);
}

#[test]
fn a_container_that_is_out_has_no_turn_and_one_that_fails_in_its_turn_ends_it() {
    let crash = "[[incident]]\nname = \"boom\"\nkind = \"crash\"\ntarget = \"container.shop/1\"\n";
    let told = an_hour(
        &(shop(2, "") + &change(100, "strategy = \"rolling\"") + crash + "at = \"130s\"\n"),
    );
    // The crash is noticed at once and its replacement answers at 190; only then shop/2 has its turn.
    told.never_states("shop/1 renewed")
        .states(190 * S, "shop/1 in service in za")
        .states(250 * S, "shop/2 renewed in zb by change of 100000000000");
    let told =
        an_hour(&(shop(2, "") + &change(100, "strategy = \"rolling\"") + crash + "at = \"90s\"\n"));
    told.never_states("shop/1 renewed")
        .states(160 * S, "shop/2 renewed in zb by change of 100000000000");
}

#[test]
fn a_successor_that_starts_too_slowly_is_followed_by_another_and_the_old_one_goes_on() {
    let manager = "[app.shop]\nregion = \"r\"\n[app.shop.health_manager]\n\
         start = { dist = \"uniform\", low = \"10s\", high = \"100s\" }\nstart_timeout = \"20s\"\n";
    let told = an_hour(&(manager.to_string() + &change(100, "strategy = \"rolling\"")));
    let topology = &told.topology;
    let key = topology.units[zonefall::id::Id::new(0)].key;
    // The first scripted change of an app is its fourth kind of change.
    let takes = |attempt: u16| {
        let luck = Draw::new(key, Purpose::SUCCESSOR, 0, 0).redraw(4 << 8 | attempt);
        zonefall::time::Span::from_secs(10.0 + 90.0 * luck.uniform()).0
    };
    let failed = (0..).take_while(|&it| takes(it) > 20 * S).count() as u16;
    assert!(failed > 0, "with this seed the first start is too slow");
    let done = 100 * S + u64::from(failed) * 20 * S + takes(failed);
    told.states(120 * S, "shop/1 successor failed")
        .states(done, "shop/1 renewed in za by change of 100000000000");
    told.of("app.shop").outages(&[]);
}

#[test]
fn a_successor_that_went_with_its_zone_is_missed_when_it_should_be_ready() {
    // Both stand in zb; the successor of shop/1 is placed in za, which goes at 130.
    let rest = shop(2, "") + &zone_outage("za", 10, 50) + &change(200, "strategy = \"rolling\"");
    let told = an_hour(&(rest + &zone_outage("za", 230, 600).replace("za-out", "again")));
    told.states(260 * S, "shop/1 successor failed")
        .states(320 * S, "shop/1 renewed in zb by change of 200000000000")
        .states(380 * S, "shop/2 renewed in zb by change of 200000000000");
    told.of("app.shop").outages(&[]);
}

#[test]
fn changes_of_an_app_come_one_after_the_other() {
    let told = an_hour(
        &(shop(2, "")
            + &change(100, "name = \"one\"\nstrategy = \"rolling\"")
            + &change(110, "name = \"two\"\nstrategy = \"stop-start\"")),
    );
    told.states(220 * S, "shop change one of 100000000000 ends")
        .states(220 * S, "shop change two of 220000000000 begins");
    told.of("app.shop").outages(&[(220 * S, 280 * S)]).causes(&[("two", 60 * S)]);
}

// ---- the latent single point of failure ----

/// za is lost and returns, then zb is lost for good.
fn one_zone_after_the_other() -> String {
    shop(2, "") + &zone_outage("za", 100, 300) + &zone_outage("zb", 1000, 2000)
}

#[test]
fn containers_that_moved_together_go_down_together() {
    let told = an_hour(&one_zone_after_the_other());
    told.states(180 * S, "shop/1 in service in zb");
    told.of("app.shop").outages(&[(1000 * S, 1080 * S)]).causes(&[("zb-out", 80 * S)]);
}

#[test]
fn a_rolling_change_spreads_them_again() {
    let told = an_hour(&(one_zone_after_the_other() + &change(500, "strategy = \"rolling\"")));
    // shop/1, which had moved, is renewed in za; shop/2 stays.
    told.states(560 * S, "shop/1 renewed in zb by change of 500000000000");
    told.of("app.shop").outages(&[]);
    let told = an_hour(&(one_zone_after_the_other() + &change(500, "strategy = \"stop-start\"")));
    told.of("app.shop").outages(&[(500 * S, 560 * S)]).causes(&[("change", 60 * S)]);
}

// ---- a bad version ----

const OPERATOR: &str = "[operator]\ndetect = \"300s\"\nact = \"600s\"\n";

#[test]
fn a_bad_version_fails_requests_until_it_is_rolled_back() {
    let told = an_hour(
        &(OPERATOR.to_string()
            + &shop(2, "load = \"10/s\"\n[app.shop.router]\nunregister = \"1s\"")
            + &change(100, "strategy = \"rolling\"\nbad = true\nrollback = \"90s\"")),
    );
    // The first bad container serves from 160 on: half of the requests fail; the second from 220 on.
    // The operator knows at 460 and has given the order at 1060, which takes until 1150.
    told.states(160 * S, "shop/1 Erroring in za by bad-deployment of 160000000000")
        .states(1150 * S, "shop change change of 100000000000 ends");
    told.of("app.shop")
        .outages(&[(220 * S, 1150 * S)])
        .causes(&[("bad-deployment", 930 * S)])
        .waited(&[(Detection, 240 * S), (Operator, 600 * S), (Start, 90 * S)])
        .failed_by(&[("bad-deployment", 0.5 * 600.0 + 9300.0)])
        .episodes(&[("bad-deployment", true, [300 * S, 0, 600 * S, 90 * S, 0])]);
}

#[test]
fn the_order_to_roll_back_ends_the_rollout() {
    let told = an_hour(
        &("[operator]\ndetect = \"10s\"\nact = \"20s\"\n".to_string()
            + &shop(3, "load = \"10/s\"\n[app.shop.router]")
            + &change(100, "strategy = \"rolling\"\nbad = true\nrollback = \"90s\"")),
    );
    // Bad from 160 on, ordered at 190, while the successor of shop/2 starts; over at 280.
    told.never_states("shop/2 renewed").never_states("shop/3 renewed");
    told.states(280 * S, "shop change change of 100000000000 ends");
    told.of("app.shop").outages(&[]).failed_by(&[("bad-deployment", 120.0 * 10.0 / 3.0)]);
}

#[test]
fn what_replaces_a_container_of_a_bad_version_is_bad_as_well() {
    let told = an_hour(
        &(OPERATOR.to_string()
            + &shop(1, "")
            + &change(100, "strategy = \"stop-start\"\nbad = true\nrollback = \"90s\"")
            + &zone_outage("za", 400, 10)),
    );
    // Stopped at 100, bad from 160 on, lost at 400, placed in zb at 420, bad again from 480 on; the
    // operator's clock runs from 160: knows at 460, orders at 1060, over at 1150.
    told.states(480 * S, "shop/1 taken over, Erroring, by bad-deployment of 160000000000");
    told.of("app.shop").outages(&[(100 * S, 1150 * S)]).causes(&[
        ("bad-deployment", 910 * S),
        ("change", 60 * S),
        ("za-out", 80 * S),
    ]);
}

#[test]
fn a_good_deployment_keeps_the_age_and_a_renewing_one_does_not() {
    let crash = "[failure.crash]\nkind = \"crash\"\ntargets = \"container.*\"\n\
         mtbf = { dist = \"constant\", value = \"1000s\" }\n";
    let rest = shop(1, "") + crash + &change(500, "strategy = \"rolling\"");
    // Its life of 1000 s goes on in the successor.
    an_hour(&rest).of("app.shop").counts(3, 0, Some(1000 * S));
    let renewed = an_hour(&(rest + "renews_age = true\n"));
    renewed.of("app.shop").counts(2, 0, Some(1560 * S));
    // Stopped at half of its life for a minute, it fails a minute later.
    let rest = shop(1, "") + crash + &change(500, "strategy = \"stop-start\"");
    let told = an_hour(&rest);
    told.of("app.shop").causes(&[("change", 60 * S), ("crash", 180 * S)]);
    told.states(1060 * S, "shop/1 Crashed in za by crash of 1060000000000");
}

// ---- restarts by the platform ----

#[test]
fn restarts_come_by_the_calendar_and_a_gap_is_all_that_is_seen() {
    let rest = "[app.shop.restarts]\nevery = \"20min\"\nsuccess = \"0%\"\ngap = \"30s\"\n";
    let told = an_hour(&(shop(1, "") + rest));
    let gaps = [1200, 2400].map(|at| (at * S, (at + 30) * S));
    told.of("app.shop").outages(&gaps).causes(&[("platform-restart", 60 * S)]);
    an_hour(&(shop(2, "") + rest)).of("app.shop").outages(&[]);
}

#[test]
fn a_year_of_restarts_costs_a_single_container_what_arithmetic_says_and_two_nothing() {
    let year = |containers| {
        in_study(
            "horizon = \"100y\"",
            &(shop(containers, "")
                + "[app.shop.restarts]\nevery = \"56h\"\nsuccess = \"98%\"\n\
                   gap = { dist = \"uniform\", low = \"2s\", high = \"120s\" }\n"),
        )
    };
    let single = year(1);
    let shop = single.of("app.shop");
    // 3 a week × 0.02 × 61 s; 15 642 restarts, 313 gaps of standard deviation 34 s.
    let restarts = (100 * 365 * 24 / 56) as f64;
    let expected = restarts * 0.02 * 61.0;
    let deviation = (restarts * 0.02 * (61.0 * 61.0 + 118.0 * 118.0 / 12.0)).sqrt();
    let down = shop.tally.down() as f64 / 1e9;
    assert!((down - expected).abs() < 4.0 * deviation, "{down}, expected {expected}");
    year(2).of("app.shop").outages(&[]);
}

// ---- how many run ----

#[test]
fn scaling_adds_containers_and_takes_the_highest_numbers_away() {
    let told = an_hour(
        &(shop(2, "")
            + &change(100, "containers = 4\nstrategy = \"none\"")
            + &change(1000, "containers = 1\nstrategy = \"none\"")
            + &zone_outage("za", 1500, 100)),
    );
    told.states(100 * S, "shop/4 switched on by scaling of 100000000000")
        .states(160 * S, "shop/3 in service in za")
        .states(160 * S, "shop/4 in service in zb")
        .states(1000 * S, "shop/2 switched off in zb by scaling of 1000000000000");
    // Only shop/1 is left when its zone goes: noticed after 20, started after 60.
    told.of("app.shop").outages(&[(1500 * S, 1580 * S)]).causes(&[("za-out", 80 * S)]);
}

#[test]
fn the_portals_scaling_restarts_the_app() {
    let told = an_hour(&(shop(2, "") + &change(100, "containers = 3")));
    told.of("app.shop").outages(&[(100 * S, 160 * S)]).causes(&[("scaling", 60 * S)]);
}

#[test]
fn scaled_to_nothing_it_is_neither_up_nor_down() {
    let told = an_hour(
        &(shop(1, "load = \"10/s\"")
            + &change(600, "containers = 0\nstrategy = \"none\"")
            + &zone_outage("za", 700, 100)
            + &change(1200, "containers = 1\nstrategy = \"none\"")),
    );
    let shop = told.of("app.shop");
    // Down from when it is meant to run again until it answers.
    shop.outages(&[(1200 * S, 1260 * S)]).causes(&[("scaling", 60 * S)]).failed(600.0);
    assert_eq!(shop.tally.not_counted(), 600 * S);
    told.never_states("za-out by");
}

#[test]
fn an_environment_sleeps_at_night_and_at_weekends() {
    let told = in_study(
        "horizon = \"7d\"",
        &(shop(1, "") + "[app.shop.sleep]\nfrom = \"19:00\"\nuntil = \"07:00\"\nweekends = true\n"),
    );
    let shop = told.of("app.shop");
    // From a Wednesday on: five mornings on which it takes a minute to be up.
    let mornings = [0, 1, 2, 5, 6].map(|day| (day * D + 7 * H, day * D + 7 * H + MIN));
    shop.outages(&mornings).causes(&[("wake-up", 5 * MIN)]);
    let woken = shop.tally.causes().iter().map(|row| row.harmed).sum::<u32>();
    assert_eq!(woken, 5, "each of them is counted");
    assert_eq!(shop.tally.not_counted(), 7 * D - 5 * 12 * H);
}

#[test]
fn a_service_does_not_miss_what_is_not_meant_to_run() {
    let service = "[service.all]\nrequires = { all = [\"app.shop\", \"container.shop/2\"] }\n";
    let told = an_hour(
        &(shop(2, "")
            + &change(600, "containers = 0\nstrategy = \"none\"")
            + &change(1200, "containers = 2\nstrategy = \"none\"")
            + service),
    );
    told.of("service.all").outages(&[(1200 * S, 1260 * S)]).causes(&[("scaling", 60 * S)]);
}

// ---- planned ----

/// A window from 00:30 to 01:30 on a Wednesday, and a change at `at` that takes a minute.
fn windowed(at: u64, more: &str) -> Told {
    let window = "[app.shop.maintenance]\nwindow = \"wed 00:30\"\nlasts = \"1h\"\n";
    in_study("horizon = \"1d\"", &(shop(1, "load = \"1/s\"") + window + &change(at, "") + more))
}

#[test]
fn downtime_of_a_change_inside_a_window_is_planned_and_what_overruns_it_is_not() {
    let planned = |told: &Told| told.of("app.shop").tally.planned();
    let inside = windowed(3600, "");
    assert_eq!(planned(&inside), MIN);
    inside.of("app.shop").down(MIN).minutes(0, 0);
    assert_eq!(planned(&windowed(7200, "")), 0, "the window is over");
    // 50 s of it are inside.
    let overrun = windowed(5400 - 50, "");
    assert_eq!(planned(&overrun), 50 * S);
    overrun.of("app.shop").down(MIN).minutes(0, 1);
}

#[test]
fn what_would_be_down_anyway_is_not_planned() {
    let told = windowed(3600, &zone_outage("za", 3600, 10));
    // The zone goes at the same instant and owns the container before the change has its turn.
    told.of("app.shop").causes(&[("za-out", 80 * S)]);
    assert_eq!(told.of("app.shop").tally.planned(), 0);
    // A dependency that is down meanwhile: the change is charged, but nothing is planned.
    let login = "[dependency.login]\nmandatory = true\n[[incident]]\nname = \"login-out\"\n\
         kind = \"outage\"\ntarget = \"dependency.login\"\nat = \"3630s\"\nlasts = \"20s\"\n";
    let told = windowed(3600, login);
    told.of("app.shop").causes(&[("change", 60 * S)]).contributing(&[("login-out", 20 * S)]);
    assert_eq!(told.of("app.shop").tally.planned(), 40 * S);
}

#[test]
fn an_announced_change_is_planned_for_as_long_as_it_was_announced() {
    let told = an_hour(&(shop(1, "") + &change(100, "away = \"10min\"\nwindow = \"8min\"")));
    told.of("app.shop").outages(&[(100 * S, 700 * S)]);
    assert_eq!(told.of("app.shop").tally.planned(), 8 * MIN);
}

#[test]
fn a_service_of_apps_is_planned_down_with_them() {
    let rest = "[service.all]\nrequires = { all = [\"app.shop\"] }\n";
    let told = windowed(3600, rest);
    assert_eq!(told.of("service.all").tally.planned(), MIN);
}

#[test]
fn maintenance_is_done_in_its_window() {
    let rest = "[app.shop.maintenance]\nwindow = \"thu 02:00\"\nlasts = \"3h\"\nused = \"100%\"\n\
         begins = \"30min\"\nstrategy = \"stop-start\"\naway = \"90s\"\n";
    let told = in_study("horizon = \"14d\"", &(shop(1, "") + rest));
    let at = D + 2 * H + 30 * MIN;
    let shop = told.of("app.shop");
    shop.outages(&[(at, at + 90 * S), (at + 7 * D, at + 7 * D + 90 * S)])
        .causes(&[("maintenance", 180 * S)]);
    assert_eq!(shop.tally.planned(), 180 * S);
    assert_eq!(shop.tally.failed as f64 / PARTS_OF_A_REQUEST, 0.0);
}

// ---- what a study says of it ----

#[track_caller]
fn study(rest: &str) -> Findings {
    let scenario =
        scenario(&format!("[region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\n{rest}"));
    let stop = AtomicBool::new(false);
    let options = Options { threads: 1, progress: &|_| {}, stop: &stop, keep_rows: false };
    study::run(&scenario, "", &options).findings
}

const JANUARY: &str = "[study]\nstart = 2025-01-01\nhorizon = \"31d\"\nreplications = 2\n";

#[test]
fn a_contract_does_not_see_planned_downtime() {
    let monthly = |per: &str| {
        let slo = format!("slo = {{ availability = \"99.99%\", of = \"{per}\" }}\nload = \"10/s\"");
        let window = "[app.shop.maintenance]\nwindow = \"wed 00:30\"\nlasts = \"1h\"\n";
        let changes = change(3600, "away = \"20min\"") + &change(86_400, "away = \"2min\"");
        study(&(JANUARY.to_string() + &shop(1, &slo) + window + &changes))
    };
    let days = 31.0 * 24.0 * 60.0; // minutes
    for of in ["time", "requests", "sla-minutes"] {
        let findings = monthly(of);
        let shop = &findings.app["shop"];
        let u = &shop.unavailability;
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{of}: {a}, not {b}");
        near(u.time.mean, 22.0 / days);
        near(u.planned.expect("a window").mean, 20.0 / days);
        near(u.sla_minutes.mean, 2.0 / (days - 20.0));
        near(u.unplanned_time.expect("a window").mean, 2.0 / (days - 20.0));
        near(u.unplanned_requests.expect("a window").mean, 2.0 / (days - 20.0));
        // 2 of 44 620 minutes keep 99.99 %, 22 would not.
        assert_eq!(shop.slo[0].met.expect("a whole month").mean, 1.0);
        let judged = findings.expectations[0].estimate.expect("it is an expectation");
        near(judged.mean, 1.0 - 2.0 / (days - 20.0));
        near(shop.months[0].unavailability.mean, 22.0 / days);
    }
}

#[test]
fn what_sleeps_is_measured_over_the_time_it_is_awake() {
    let sleep = "[app.shop.sleep]\nfrom = \"12:00\"\nuntil = \"00:00\"\n";
    let outage = zone_outage("za", 3600, 1).replace("zone.za", "container.shop/1");
    let findings = study(&(JANUARY.to_string() + &shop(1, "load = \"10/s\"") + sleep + &outage));
    let shop = &findings.app["shop"];
    assert_eq!(shop.not_counted.expect("it sleeps").mean, 0.5);
    // 30 mornings on which it takes a minute, and 20 s to notice, a minute to start.
    let down = 30.0 * 60.0 + 80.0;
    let half = 31.0 * 43_200.0;
    for share in [shop.unavailability.time, shop.unavailability.requests.expect("a load")] {
        assert!((share.mean - down / half).abs() < 1e-9, "{}", share.mean);
    }
}

// ---- over many scenarios ----

/// The fewest containers in service after any instant, by app.
#[derive(Default)]
struct Fewest(Vec<u32>);

impl Listener for Fewest {
    fn hear(&mut self, _: Instant, _: Fact, _: &Topology, _: &World) {}

    fn settled(&mut self, _: Instant, subject: Subject, _: &Topology, world: &World) {
        if let Subject::App(app) = subject {
            let fewest = &mut self.0[app.index()];
            *fewest = world.apps[app.index()].in_service.min(*fewest);
        }
    }

    fn instant_over(&mut self, _: Instant) {}
}

/// Without a failure a change that starts the new before it stops the old is never seen.
#[test]
fn a_rolling_change_never_has_fewer_in_service_than_declared() {
    let (mut renewed, mut dice) = (0, Dice(7));
    for seed in 0..60 {
        let (containers, in_flight) = (dice.within(1, 6), dice.within(1, 4));
        let (start, register) = (dice.within(0, 200), dice.within(0, 9));
        let strategy = if dice.percent(50) { "rolling" } else { "make-before-break" };
        let placement = ["spread", "home", "pinned"][dice.within(0, 2) as usize];
        let recovery = if dice.percent(70) {
            "health_manager = { start = { dist = \"exponential\", mean = \"60s\" }, start_timeout = \"100s\" }"
        } else {
            "supervisor = { restart = \"70s\" }"
        };
        let rest = format!(
            "[study]\nseed = {seed}\nhorizon = \"30d\"\n[region.r]\ncountry = \"DE\"\nzones = 3\n\
             [app.shop]\nregion = \"r\"\ncontainers = {containers}\nneeds = {containers}\n\
             placement = \"{placement}\"\n{recovery}\nload = \"5/s\"\n\
             router = {{ register = \"{register}s\", unregister = \"{start}s\" }}\n\
             deployments = {{ rate = \"2/d\", strategy = \"{strategy}\", max_in_flight = {in_flight} }}\n\
             restarts = {{ every = \"9h\" }}\n"
        );
        let scenario = scenario(&rest);
        let topology = assemble(&scenario);
        let sim = history::run(&topology, 0, Fewest(vec![u32::MAX]));
        assert!(sim.listener.0[0] >= containers as u32, "{rest}");
        let plan = plan(&scenario, &topology);
        let mut checker = Checker::all();
        let (measures, recorder, _) = watched(&topology, &plan, 0, &mut checker);
        assert!(checker.broken.is_empty(), "{}\n{rest}", checker.told());
        assert_eq!((measures.ledger.subjects[0].down(), measures.ledger.subjects[0].any), (0, 0));
        renewed += recorder.lines.iter().filter(|it| it.1.contains("renewed")).count();
    }
    assert!(renewed > 10_000, "{renewed} renewals");
}

/// What a scenario amounts to, as text.
#[track_caller]
fn history(text: &str, set: &[(&str, &str)]) -> String {
    let source = Source { path: "test.toml".into(), text: text.into(), dir: "tests".into() };
    let set = set.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    let input = Input { files: vec![source], set, ..Input::default() };
    let loaded = load(&input).unwrap_or_else(|mistakes| panic!("{}", mistakes.rendered_plain));
    let topology = assemble(&loaded.scenario);
    let plan = plan(&loaded.scenario, &topology);
    let listener = (Measures::new(&plan, &topology), common::recorder::Recorder::new(&topology));
    let (mut measures, recorder) = history::run(&topology, 0, listener).listener;
    measures.finish(topology.end, &topology);
    let measured: Vec<_> =
        measures.ledger.subjects.iter().map(|tally| (tally.failed, tally.planned())).collect();
    format!("{}{measured:?}", recorder.text())
}

#[test]
fn every_key_of_a_change_matters() {
    let head = "version = 1\nplatform = \"none\"\nstudy = { horizon = \"14d\" }\n\
         [region.r]\ncountry = \"DE\"\nzones = 2\n[app.other]\nregion = \"r\"\n\
         supervisor = { restart = \"1s\" }\n[app.shop]\nregion = \"r\"\ncontainers = 3\n\
         load = \"9/s\"\nresponse = \"2s\"\nhealth_manager = { start = \"40s\" }\n\
         [failure.crash]\nkind = \"crash\"\ntargets = \"container.shop/*\"\nmtbf = \"2d\"\n\
         [operator]\ndetect = \"5min\"\nact = \"30min\"\n";
    let deployments = "[app.shop.deployments]\nrate = \"1/d\"\nbad = \"50%\"\n";
    let restarts = "[app.shop.restarts]\nrate = \"2/d\"\nsuccess = \"50%\"\ngap = \"30s\"\n";
    let maintenance = "[app.shop.maintenance]\nwindow = \"sun 02:00\"\nlasts = \"3h\"\n\
         used = \"100%\"\nstrategy = \"stop-start\"\n";
    let sleep = "[app.shop.sleep]\nfrom = \"19:00\"\nuntil = \"07:00\"\n";
    let change = "[[change]]\napp = \"shop\"\nat = \"1d\"\n";
    let matters = |base: &str, key: &str, low: &str, high: &str| {
        let text = format!("{head}{base}");
        let of = |value: &str| match key.strip_prefix("change.") {
            // A list has no path of its own: the key is written into its only table.
            Some(key) => {
                let mut lines: Vec<_> = text.lines().collect();
                lines.retain(|line| {
                    !line.starts_with(&format!("{key} = "))
                        || *line == "app = \"shop\"" && key != "app"
                });
                history(&format!("{}\n{key} = {value}\n", lines.join("\n")), &[])
            }
            None => history(&text, &[(key, value)]),
        };
        assert!(of(low) != of(high), "{key} = {low} or {high}");
    };
    let in_deployments = [
        ("rate", "0/y", "9/d"),
        ("every", "1h", "5d"),
        ("strategy", "rolling", "stop-start"),
        ("max_in_flight", "1", "3"),
        ("bad", "0%", "100%"),
        ("rollback", "1s", "5h"),
        ("renews_age", "true", "false"),
    ];
    for (key, low, high) in in_deployments {
        matters(deployments, &format!("app.shop.deployments.{key}"), low, high);
    }
    let in_restarts = [
        ("rate", "0/y", "9/d"),
        ("every", "1h", "5d"),
        ("success", "0%", "100%"),
        ("gap", "1s", "1h"),
        ("renews_age", "true", "false"),
    ];
    for (key, low, high) in in_restarts {
        matters(restarts, &format!("app.shop.restarts.{key}"), low, high);
    }
    let in_maintenance = [
        ("window", "sun 02:00", "mon 02:00"),
        ("lasts", "10s", "3h"),
        ("used", "0%", "100%"),
        ("begins", "0s", "5h"),
        ("strategy", "rolling", "stop-start"),
        ("max_in_flight", "1", "3"),
        ("away", "0s", "1h"),
        ("renews_age", "true", "false"),
    ];
    for (key, low, high) in in_maintenance {
        matters(maintenance, &format!("app.shop.maintenance.{key}"), low, high);
    }
    for (key, low, high) in
        [("from", "10:00", "23:00"), ("until", "00:30", "09:00"), ("weekends", "true", "false")]
    {
        matters(sleep, &format!("app.shop.sleep.{key}"), low, high);
    }
    let in_change = [
        ("name", "\"a\"", "\"b\""),
        ("app", "\"shop\"", "\"other\""),
        ("at", "\"1h\"", "\"9d\""),
        ("containers", "1", "9"),
        ("strategy", "\"rolling\"", "\"stop-start\""),
        ("max_in_flight", "1", "3"),
        ("away", "\"1s\"", "\"1h\""),
        ("renews_age", "true", "false"),
        ("bad", "true", "false"),
        ("window", "\"1s\"", "\"1h\""),
    ];
    for (key, low, high) in in_change {
        matters(change, &format!("change.{key}"), low, high);
    }
    matters(&format!("{change}bad = true\n"), "change.rollback", "\"0s\"", "\"2h\"");
    matters(&format!("{change}bad = true\n"), "operator.detect", "0s", "2h");
    matters(&format!("{change}bad = true\n"), "operator.act", "0s", "2h");
    matters(change, "app.shop.drain", "0s", "1min");
}
