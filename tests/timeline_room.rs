//! Containers that are scaled to other memory, switched on where there is no room, or given up: with
//! answers worked out by hand, to the nanosecond. Times in comments are seconds since the start.

mod common;

use common::timeline::{S, Told, tell};
use zonefall::model::world::Phase::*;

/// One zone with hosts; crashes are noticed at once, a start takes a minute.
#[track_caller]
fn told(hosts: &str, rest: &str) -> Told {
    tell(&format!(
        "[study]\nhorizon = \"2h\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\"]\nhosts = {{ {hosts} }}\n\
         [health_manager]\nstart = \"60s\"\n{rest}"
    ))
}

fn app(name: &str, containers: u32, memory: u32, more: &str) -> String {
    format!(
        "[app.{name}]\nregion = \"r\"\ncontainers = {containers}\nmemory = \"{memory}GiB\"\n{more}\n"
    )
}

const MANAGED: &str = "health_manager = {}";
const SUPERVISED: &str = "supervisor = { restart = \"30s\" }";
const PINNED: &str = "health_manager = {}\nplacement = \"pinned\"";

fn change(app: &str, at: u64, more: &str) -> String {
    format!("[[change]]\napp = \"{app}\"\nat = \"{at}s\"\n{more}\n")
}

fn crash(target: &str, at: u64) -> String {
    format!(
        "[[incident]]\nname = \"boom\"\nkind = \"crash\"\ntarget = \"{target}\"\nat = \"{at}s\"\n"
    )
}

// ---- other memory ----

#[test]
fn a_container_that_asks_for_more_waits_until_another_leaves_room() {
    // 1 + 2 of 4 GiB. alpha asks for 4 and is stopped first; beta is switched off at 1000.
    let apps = app("alpha", 1, 1, MANAGED) + &app("beta", 1, 2, MANAGED);
    let told = told(
        "per_zone = 1, memory = \"4GiB\"",
        &(apps
            + &change("alpha", 100, "memory = \"4GiB\"")
            + &change("beta", 1000, "containers = 0\nstrategy = \"none\"")),
    );
    told.states(100 * S, "alpha/1 unplaced").states(1000 * S, "alpha/1 starts in za");
    told.of("app.alpha")
        .outages(&[(100 * S, 1060 * S)])
        .causes(&[("scaling", 960 * S)])
        .waited(&[(Room, 900 * S), (Start, 60 * S)]);
}

#[test]
fn a_successor_takes_its_own_room_and_the_old_one_gives_back_what_it_had() {
    // 2 of 7 GiB, then 2 + 5 beside each other, then 5: as much again has no room, one of 2 has.
    let apps =
        app("alpha", 1, 2, MANAGED) + &app("beta", 1, 2, &format!("{MANAGED}\nzones = [\"za\"]"));
    let rest = apps.clone()
        + &change("beta", 50, "containers = 0\nstrategy = \"none\"")
        + &change("alpha", 100, "memory = \"5GiB\"\nstrategy = \"rolling\"")
        + &change("beta", 159, "containers = 1\nstrategy = \"none\"");
    let scaled = told("per_zone = 1, memory = \"7GiB\"", &rest);
    scaled
        .states(159 * S, "beta/1 unplaced")
        .states(160 * S, "alpha/1 renewed in za by scaling of 100000000000")
        .states(160 * S, "beta/1 starts in za");
    scaled.of("app.alpha").outages(&[]);
    // Without room for both at once it goes on with what it has.
    let rest = apps + &change("alpha", 100, "memory = \"4GiB\"\nstrategy = \"rolling\"");
    let full = told("per_zone = 1, memory = \"7GiB\"", &rest);
    full.never_states("renewed").of("app.alpha").outages(&[]);
}

#[test]
fn whoever_asks_for_less_leaves_room_to_who_waits() {
    for keeps_its_place in [MANAGED, PINNED, SUPERVISED] {
        let rest = app("alpha", 1, 3, keeps_its_place)
            + &app("beta", 1, 1, MANAGED)
            + &change("beta", 100, "containers = 2\nstrategy = \"none\"")
            + &change("alpha", 200, "memory = \"2GiB\"");
        let told = told("per_zone = 1, memory = \"4GiB\"", &rest);
        told.states(100 * S, "beta/2 unplaced").states(200 * S, "beta/2 starts in za");
    }
}

#[test]
fn a_container_that_never_moves_waits_for_room_on_its_own_host() {
    // Two hosts of 4 GiB: alpha and another on the first, only room on which is of use to it.
    // A pinned container keeps its room while it is off, so nobody makes any: alpha waits to the end.
    for alpha in [PINNED, SUPERVISED] {
        let rest = app("alpha", 1, 1, alpha)
            + &app("beta", 2, 2, PINNED)
            + &change("alpha", 100, "memory = \"3GiB\"")
            + &change("beta", 300, "containers = 1\nstrategy = \"none\"");
        let told = told("per_zone = 2, memory = \"4GiB\"", &rest);
        told.states(100 * S, "alpha/1 unplaced").never_states("alpha/1 starts");
        told.of("app.alpha").waited(&[(Room, 7100 * S)]);
    }
    // Whoever may be placed anew leaves it: gamma, at 700.
    for (alpha, start) in [(PINNED, 60), (SUPERVISED, 30)] {
        let rest = app("alpha", 1, 1, alpha)
            + &app("beta", 1, 2, PINNED)
            + &app("gamma", 1, 2, MANAGED)
            + &change("alpha", 100, "memory = \"3GiB\"")
            + &change("gamma", 700, "containers = 0\nstrategy = \"none\"");
        let told = told("per_zone = 2, memory = \"4GiB\"", &rest);
        told.states(100 * S, "alpha/1 unplaced").states(700 * S, "alpha/1 starts in za");
        told.of("app.alpha")
            .outages(&[(100 * S, (700 + start) * S)])
            .waited(&[(Room, 600 * S), (Start, start * S)]);
    }
}

#[test]
fn what_is_away_for_a_time_of_its_own_comes_back_where_it_fits() {
    let away = "memory = \"3GiB\"\naway = \"10s\"";
    let rest = app("alpha", 1, 1, MANAGED) + &change("alpha", 100, away);
    let fits = told("per_zone = 2, memory = \"4GiB\"", &rest);
    fits.of("app.alpha").outages(&[(100 * S, 110 * S)]);
    // beta and gamma leave no room for 3 GiB beside them: alpha starts on another host, in a minute.
    let rest = app("alpha", 1, 1, MANAGED)
        + &app("beta", 1, 3, MANAGED)
        + &app("gamma", 1, 2, MANAGED)
        + &change("alpha", 100, away);
    let moves = told("per_zone = 3, memory = \"4GiB\"", &rest);
    moves.of("app.alpha").outages(&[(100 * S, 110 * S)]);
    let rest = rest + &change("gamma", 50, "containers = 0\nstrategy = \"none\"");
    let moves = told("per_zone = 2, memory = \"4GiB\"", &rest);
    moves.never_states("unplaced");
}

// ---- switched on without room ----

#[test]
fn a_container_without_room_when_it_is_switched_on_gets_it_as_soon_as_there_is_some() {
    for (keeps_its_place, start) in [(PINNED, 60), (SUPERVISED, 30)] {
        let rest = app("alpha", 1, 2, keeps_its_place)
            + &app("beta", 1, 2, MANAGED)
            + &change("alpha", 100, "containers = 2\nstrategy = \"none\"")
            + &change("beta", 400, "containers = 0\nstrategy = \"none\"");
        let told = told("per_zone = 1, memory = \"4GiB\"", &rest);
        told.states(100 * S, "alpha/2 unplaced")
            .states(400 * S, "alpha/2 starts in za")
            .states((400 + start) * S, "alpha/2 in service in za");
    }
}

// ---- given up ----

const LADDER: &str = "health_manager = { start = { dist = \"mixture\", parts = [\
     { share = \"0.01%\", value = \"1s\" }, { share = \"99.99%\", value = \"1min\" }] }, \
     start_timeout = \"20s\", crash_ladder = { immediate = 1, first = \"30s\", most = \"16min\", \
     give_up = 3 } }";

#[test]
fn whoever_is_given_up_leaves_its_room() {
    // Crashed at 100, failed starts at 120 and 170: given up. beta takes its room when it is switched on.
    let rest = app("alpha", 1, 4, LADDER)
        + &app("beta", 1, 4, MANAGED)
        + &change("beta", 50, "containers = 0\nstrategy = \"none\"")
        + &crash("container.alpha/1", 100)
        + &change("beta", 200, "containers = 1\nstrategy = \"none\"");
    let told = told("per_zone = 2, memory = \"4GiB\"", &rest);
    told.states(170 * S, "alpha/1 given up").states(200 * S, "beta/1 starts in za");
    told.of("app.alpha").waited(&[
        (Decision, 30 * S),
        (Operator, 7200 * S - 170 * S),
        (Start, 40 * S),
    ]);
}

#[test]
fn a_deployment_starts_what_was_given_up_and_the_ladder_begins_anew() {
    let rest = app("alpha", 1, 1, LADDER)
        + &crash("container.alpha/1", 100)
        + &change("alpha", 1000, "strategy = \"rolling\"");
    let again = told("per_zone = 1, memory = \"4GiB\"", &rest);
    // A crash less than before it: two failed starts at once, then a wait of 30 s.
    again
        .states(170 * S, "alpha/1 given up")
        .states(1000 * S, "alpha/1 starts in za")
        .states(1020 * S, "alpha/1 failed to start")
        .states(1040 * S, "alpha/1 failed to start")
        .states(1070 * S, "alpha/1 starts in za")
        .states(1090 * S, "alpha/1 given up")
        .states(1090 * S, "alpha change change of 1000000000000 ends");
    // A restart by the platform moves what runs, and nothing else.
    let rest = app("alpha", 1, 1, &format!("{LADDER}\nrestarts = {{ every = \"10min\" }}"))
        + &crash("container.alpha/1", 100);
    let restarted = told("per_zone = 1, memory = \"4GiB\"", &rest);
    let starts = restarted.recorder.lines.iter().filter(|it| it.1.starts_with("alpha/1 starts"));
    assert_eq!(starts.count(), 2, "{}", restarted.recorder.text());
}

#[test]
fn a_hung_container_that_is_given_up_has_been_stopped() {
    let rest = app(
        "alpha",
        1,
        4,
        "health_manager = { crash_ladder = { first = \"30s\", most = \"16min\", give_up = 1 } }",
    ) + &app("beta", 1, 4, MANAGED)
        + &change("beta", 50, "containers = 0\nstrategy = \"none\"")
        + &crash("container.alpha/1", 100).replace("\"crash\"", "\"hang\"")
        + &change("beta", 200, "containers = 1\nstrategy = \"none\"")
        + &change("beta", 300, "containers = 2\nstrategy = \"none\"");
    let told = told("per_zone = 2, memory = \"4GiB\"", &rest);
    told.states(100 * S, "alpha/1 given up")
        .states(200 * S, "beta/1 starts in za")
        .states(300 * S, "beta/2 starts in za");
}
