//! The health manager as a thing that limits, waits and can itself be gone: incidents with answers
//! worked out by hand, to the nanosecond. Times in comments are seconds since the start.

mod common;

use common::timeline::{S, Told, tell};
use common::{scenario, watched};
use zonefall::engine::{Draw, Purpose};
use zonefall::model::world::Phase::*;
use zonefall::scenario::assemble::assemble;
use zonefall::study::plan::plan;

/// An app in two zones, its containers noticed after 40 s (20 where their zone is lost), decided after
/// 5, started after 60.
#[track_caller]
fn managed(containers: u32, manager: &str, rest: &str) -> Told {
    tell(&format!(
        "[study]\nhorizon = \"4d\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\n\
         [health_manager]\n{manager}\n\
         [app.shop]\nregion = \"r\"\ncontainers = {containers}\n\
         [app.shop.health_manager]\ndetect_crash = \"40s\"\ndetect_loss = \"20s\"\n\
         decide = \"5s\"\nstart = \"60s\"\n{rest}"
    ))
}

fn incident(name: &str, kind: &str, target: &str, at: u64, lasts: Option<u64>) -> String {
    let lasts = lasts.map_or(String::new(), |it| format!("lasts = \"{it}s\"\n"));
    format!(
        "[[incident]]\nname = \"{name}\"\nkind = \"{kind}\"\ntarget = \"{target}\"\n\
         at = \"{at}s\"\n{lasts}"
    )
}

/// The first turn at or after `t` of the convergence loop of the only region.
fn converges(told: &Told, interval: u64, t: u64) -> u64 {
    let key = told.topology.managers[0].key;
    let luck = Draw::new(key, Purpose::CONVERGENCE, 0, 0).uniform();
    let phase = (luck * interval as f64) as u64;
    phase + t.saturating_sub(phase).div_ceil(interval) * interval
}

// ---- the crash ladder ----

/// It runs for 2 s and starts in 1, for ever.
fn looping(ladder: &str) -> Told {
    tell(&format!(
        "[study]\nhorizon = \"4d\"\n\
         [region.r]\ncountry = \"DE\"\nzones = 1\n\
         [app.shop]\nregion = \"r\"\n\
         [app.shop.health_manager]\nstart = \"1s\"\n{ladder}\n\
         [failure.loop]\nkind = \"crash\"\ntargets = \"container.*\"\n\
         mtbf = {{ dist = \"constant\", value = \"2s\" }}\n"
    ))
}

const DIEGO: &str = "crash_ladder = { immediate = 2, first = \"30s\", most = \"16min\", \
                     give_up = 200, reset = \"5min\" }";

#[test]
fn a_crash_loop_climbs_the_ladder_and_is_given_up_after_two_days() {
    let told = looping(DIEGO);
    // 2 s of running and 1 s of starting between crashes, and the waits, which add up to 185 250 s.
    let last = 2 + 199 * 3 + 185_250;
    told.states(2 * S, "shop/1 Crashed in ra by loop of 2000000000")
        .states(2 * S, "shop/1 starts in ra")
        .states(5 * S, "shop/1 starts in ra")
        .states(38 * S, "shop/1 starts in ra") // crashed for the third time at 8
        .states(101 * S, "shop/1 starts in ra") // for the fourth time at 41
        .states(last * S, "shop/1 given up");
    let crashes = told.recorder.lines.iter().filter(|it| it.1.contains("Crashed")).count();
    assert_eq!(crashes, 200);
    let begun = 200;
    told.of("app.shop").counts(begun, 1, Some(2 * S));
}

#[test]
fn what_was_put_off_is_picked_up_by_the_convergence_loop() {
    let told = looping(&format!("{DIEGO}\nconvergence = \"30s\""));
    // The third crash, at 8, is the first that waits.
    let third = converges(&told, 30 * S, 38 * S);
    let fourth = converges(&told, 30 * S, third + 3 * S + 60 * S);
    assert!((38 * S..68 * S).contains(&third));
    told.states(third, "shop/1 starts in ra").states(fourth, "shop/1 starts in ra");
}

#[test]
fn whoever_ran_for_long_enough_begins_at_the_foot() {
    let told = looping("crash_ladder = { first = \"30s\", most = \"16min\", reset = \"1s\" }");
    // It always runs for longer than a second: every crash waits for 30 s and never for longer.
    told.states(32 * S, "shop/1 starts in ra").states(65 * S, "shop/1 starts in ra");
    told.states((2 + 33 * 100 + 30) * S, "shop/1 starts in ra").never_states("given up");
}

#[test]
fn a_failed_start_counts_as_a_crash() {
    let told = tell(
        "[study]\nhorizon = \"1d\"\n[region.r]\ncountry = \"DE\"\nzones = 1\n\
         [app.shop]\nregion = \"r\"\n[app.shop.health_manager]\n\
         start = { dist = \"mixture\", parts = [{ share = \"0.01%\", value = \"1s\" }, \
         { share = \"99.99%\", value = \"1min\" }] }\nstart_timeout = \"20s\"\n\
         crash_ladder = { immediate = 1, first = \"30s\", most = \"16min\", give_up = 4 }\n\
         [[incident]]\nkind = \"crash\"\ntarget = \"container.shop/1\"\nat = \"100s\"\n",
    );
    // Crashed at 100, started at once; each start fails after 20 s: waits of 30 and 60, then given up.
    told.states(120 * S, "shop/1 failed to start")
        .states(150 * S, "shop/1 starts in ra")
        .states(170 * S, "shop/1 failed to start")
        .states(230 * S, "shop/1 starts in ra")
        .states(250 * S, "shop/1 given up");
    let end = 86_400 * S;
    let shop = told.of("app.shop");
    shop.waited(&[(Decision, 30 * S + 60 * S), (Operator, end - 250 * S), (Start, 60 * S)]);
}

// ---- the health manager is gone ----

#[test]
fn a_crash_while_the_health_manager_is_gone_is_noticed_when_it_is_back() {
    let told = managed(
        1,
        "instances = 1",
        &(incident("gone", "outage", "health-manager.r/1", 50, Some(600))
            + &incident("boom", "crash", "container.shop/1", 100, None)),
    );
    // It would have been noticed at 140; the health manager is back at 650.
    told.states(50 * S, "health manager of r down")
        .states(650 * S, "health manager of r up")
        .states(650 * S, "shop/1 noticed");
    told.of("app.shop")
        .outages(&[(100 * S, 715 * S)])
        .causes(&[("boom", 615 * S)])
        .waited(&[(Detection, 550 * S), (Decision, 5 * S), (Start, 60 * S)])
        .episodes(&[("boom", true, [550 * S, 5 * S, 0, 60 * S, 0])]);
}

#[test]
fn a_decision_that_was_made_is_carried_out_when_the_health_manager_is_back() {
    let told = managed(
        1,
        "instances = 1",
        &(incident("boom", "crash", "container.shop/1", 100, None)
            + &incident("gone", "outage", "health-manager.r/1", 142, Some(600))),
    );
    // Noticed at 140, to be decided at 145, done at 742.
    told.of("app.shop").waited(&[(Detection, 40 * S), (Decision, 602 * S), (Start, 60 * S)]);
}

#[test]
fn a_start_goes_on_without_the_health_manager() {
    let told = managed(
        1,
        "instances = 1",
        &(incident("boom", "crash", "container.shop/1", 100, None)
            + &incident("gone", "outage", "health-manager.r/1", 150, Some(600))),
    );
    told.of("app.shop").outages(&[(100 * S, 205 * S)]);
}

#[test]
fn another_instance_takes_over_when_the_lock_has_expired() {
    let told = managed(
        1,
        "instances = 2\ntakeover = \"30s\"",
        &incident("dark", "outage", "zone.za", 90, Some(1000)),
    );
    // The container and the active instance both stand in za: the loss would be noticed at 110, the
    // second instance takes over at 120; nothing changes hands when the first one is back.
    told.states(90 * S, "health manager of r down")
        .states(120 * S, "health manager of r up")
        .states(120 * S, "shop/1 noticed");
    let ups = told.recorder.lines.iter().filter(|it| it.1 == "health manager of r up").count();
    assert_eq!(ups, 1);
    told.of("app.shop").outages(&[(90 * S, 185 * S)]).waited(&[
        (Detection, 30 * S),
        (Decision, 5 * S),
        (Start, 60 * S),
    ]);
}

#[test]
fn an_instance_that_is_back_before_its_lock_expires_goes_on() {
    let told = managed(
        1,
        "instances = 2\ntakeover = \"30s\"\nrestart = \"10s\"",
        &(incident("flick", "crash", "health-manager.r/1", 90, None)
            + &incident("boom", "crash", "container.shop/1", 55, None)),
    );
    // Noticed at 95 otherwise; the instance restarts in 10 s.
    told.states(100 * S, "health manager of r up").states(100 * S, "shop/1 noticed");
    told.of("app.shop").outages(&[(55 * S, 165 * S)]);
}

#[test]
fn the_zones_of_its_instances_can_be_chosen() {
    let told = managed(
        1,
        "instances = 1\nzones = [\"zb\"]",
        &incident("dark", "outage", "zone.za", 90, Some(1000)),
    );
    told.never_states("health manager");
    told.of("app.shop").outages(&[(90 * S, 175 * S)]);
}

// ---- the control plane, and parallel starts ----

#[test]
fn an_impaired_control_plane_starts_nothing_new() {
    let told = managed(
        3,
        "",
        &(incident("early", "crash", "container.shop/3", 20, None)
            + &incident("impaired", "control-plane", "region.r", 90, Some(600))
            + &incident("boom", "crash", "container.shop/2", 100, None)
            + &incident("bang", "crash", "container.shop/1", 101, None)),
    );
    // shop/3 was being started at 65 and is there at 125. The others wait from 145 and 146 to 690.
    told.states(125 * S, "shop/3 in service in za")
        .states(145 * S, "shop/2 waits")
        .states(690 * S, "shop/2 starts in zb")
        .states(690 * S, "shop/1 starts in za");
    let began = |name: &str| {
        told.recorder.lines.iter().position(|it| it.0 == 690 * S && it.1.starts_with(name))
    };
    assert!(began("shop/2 starts") < began("shop/1 starts"), "in order of decision");
    told.of("app.shop").outages(&[(101 * S, 125 * S)]);
}

#[test]
fn the_wait_for_the_control_plane_is_part_of_acting() {
    let told = managed(
        1,
        "",
        &(incident("impaired", "control-plane", "region.r", 90, Some(600))
            + &incident("boom", "crash", "container.shop/1", 100, None)),
    );
    told.of("app.shop")
        .outages(&[(100 * S, 750 * S)])
        .causes(&[("boom", 650 * S)])
        .waited(&[(Detection, 40 * S), (Decision, 5 * S), (ControlPlane, 545 * S), (Start, 60 * S)])
        .episodes(&[("boom", true, [40 * S, 5 * S, 545 * S, 60 * S, 0])]);
}

#[test]
fn starts_beyond_the_limit_wait_for_those_in_progress() {
    let told = managed(3, "parallel_starts = 1", &incident("boom", "crash", "app.shop", 100, None));
    // All noticed at 140, decided at 145; one start after the other.
    told.states(145 * S, "shop/1 starts in za")
        .states(205 * S, "shop/2 starts in zb")
        .states(265 * S, "shop/3 starts in za")
        .states(325 * S, "shop/3 in service in za");
    told.of("app.shop").outages(&[(100 * S, 205 * S)]);
}

#[test]
fn the_wait_for_a_free_start_is_part_of_acting() {
    let told = managed(
        1,
        "parallel_starts = 1",
        "[app.early]\nregion = \"r\"\n[app.early.health_manager]\nstart = \"200s\"\n\
         [[incident]]\nname = \"first\"\nkind = \"crash\"\ntarget = \"container.early/1\"\nat = \"100s\"\n\
         [[incident]]\nname = \"boom\"\nkind = \"crash\"\ntarget = \"container.shop/1\"\nat = \"100s\"\n",
    );
    // early starts from 100 to 300; shop is decided at 145.
    told.of("app.shop").outages(&[(100 * S, 360 * S)]).waited(&[
        (Detection, 40 * S),
        (Decision, 5 * S),
        (StartLimit, 155 * S),
        (Start, 60 * S),
    ]);
}

// ---- generations ----

/// Seconds until a failure is noticed, in each of many replications.
fn detection_times(generation: &str, kind: &str, target: &str) -> Vec<f64> {
    let lasts = if kind == "outage" { "lasts = \"1h\"\n" } else { "" };
    let scenario = scenario(&format!(
        "[study]\nhorizon = \"2h\"\n[region.r]\ncountry = \"DE\"\nzones = 1\n\
         [app.shop]\nregion = \"r\"\nhealth_manager = {{ generation = \"{generation}\", start = \"1s\" }}\n\
         [[incident]]\nkind = \"{kind}\"\ntarget = \"{target}\"\nat = \"1000s\"\n{lasts}"
    ));
    let topology = assemble(&scenario);
    let plan = plan(&scenario, &topology);
    let mut checker = common::invariants::Checker::all();
    let noticed = |replication| {
        let (_, recorder, _) = watched(&topology, &plan, replication, &mut checker);
        let line = recorder.lines.into_iter().find(|it| it.1 == "shop/1 noticed");
        line.map(|(at, _)| at as f64 / 1e9 - 1000.0)
    };
    let times = (0..2000).filter_map(noticed).collect();
    assert!(checker.broken.is_empty(), "{}", checker.told());
    times
}

/// Kolmogorov and Smirnov: by chance beyond this once in a thousand.
#[track_caller]
fn is_uniform(mut times: Vec<f64>, low: f64, high: f64) {
    assert_eq!(times.len(), 2000);
    times.sort_by(f64::total_cmp);
    let n = times.len() as f64;
    let far = |(index, time): (usize, &f64)| {
        let theory = ((time - low) / (high - low)).clamp(0.0, 1.0);
        (theory - index as f64 / n).abs().max((theory - (index + 1) as f64 / n).abs())
    };
    let farthest = times.iter().enumerate().map(far).fold(0.0, f64::max);
    assert!(times[0] >= low && times[1999] <= high, "{} to {}", times[0], times[1999]);
    assert!(farthest < 1.95 / n.sqrt(), "{farthest} from uniform over {low} to {high}");
}

#[test]
fn every_generation_notices_a_lost_zone_in_its_own_time() {
    let lost = |generation| detection_times(generation, "outage", "zone.ra");
    is_uniform(lost("diego"), 10.0, 20.0);
    is_uniform(lost("diego-2015"), 30.0, 60.0);
    is_uniform(lost("hm9000"), 60.0, 80.0);
}

#[test]
fn every_generation_notices_an_exit_at_once_and_a_hang_by_its_probe_or_never() {
    for generation in ["diego", "diego-2015", "hm9000"] {
        let crashed = detection_times(generation, "crash", "container.shop/1");
        assert!(crashed.len() == 2000 && crashed.iter().all(|it| *it == 0.0), "{generation}");
    }
    is_uniform(detection_times("diego", "hang", "container.shop/1"), 1.0, 31.0);
    is_uniform(detection_times("diego-2015", "hang", "container.shop/1"), 1.0, 31.0);
    assert!(detection_times("hm9000", "hang", "container.shop/1").is_empty());
}

// ---- the failover clock behind a router that fails open ----

#[test]
fn a_router_that_fails_open_ends_the_harm_with_the_first_answer() {
    let told = managed(
        1,
        "",
        &("[app.shop.router]\nfail_open = true\nregister = \"10s\"\n".to_string()
            + &incident("boom", "crash", "container.shop/1", 100, None)),
    );
    // It answers at 205 and is used at once; it is in the rotation at 215.
    told.states(205 * S, "shop/1 answers").states(215 * S, "shop/1 in service in za");
    told.of("app.shop").outages(&[(100 * S, 205 * S)]).episodes(&[(
        "boom",
        true,
        [40 * S, 5 * S, 0, 60 * S, 0],
    )]);
}
