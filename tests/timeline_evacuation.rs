//! Hosts that are emptied and replaced: answers worked out by hand, to the nanosecond. Times in comments
//! are seconds since the start.

mod common;

use common::timeline::{H, S, Told, tell};
use zonefall::model::world::Phase::*;

/// One zone; a start takes a minute. Rounds begin at 1 h and 2 h.
#[track_caller]
fn told(hosts: &str, evacuation: &str, rest: &str) -> Told {
    tell(&format!(
        "[study]\nhorizon = \"110min\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\"]\nhosts = {{ {hosts} }}\n\
         [health_manager]\nstart = \"60s\"\n[evacuation]\nevery = \"1h\"\n{evacuation}\n{rest}"
    ))
}

fn app(name: &str, containers: u32, memory: u32, more: &str) -> String {
    format!(
        "[app.{name}]\nregion = \"r\"\ncontainers = {containers}\nmemory = \"{memory}GiB\"\n{more}\n"
    )
}

const MANAGED: &str = "health_manager = {}";
const H1: u64 = H;

#[test]
fn hosts_are_emptied_one_after_the_other_and_nobody_is_down() {
    let rest = app("shop", 2, 2, MANAGED);
    let told = told("per_zone = 2, memory = \"4GiB\"", "away = \"30s\"", &rest);
    // Both serve until their successors do; each host is back before the other one goes.
    let by = |at: u64| format!("by evacuation of {at}");
    told.states(H1, &format!("za/1 emptied {}", by(H1)))
        .states(H1 + 60 * S, &format!("shop/1 renewed in za {}", by(H1)))
        .states(H1 + 60 * S, &format!("za/1 Stopped in za {}", by(H1)))
        .states(H1 + 90 * S, "za/1 in service in za")
        .states(H1 + 90 * S, &format!("za/2 emptied {}", by(H1 + 90 * S)))
        .states(H1 + 150 * S, &format!("shop/1 renewed in za {}", by(H1 + 90 * S)))
        .states(H1 + 150 * S, &format!("shop/2 renewed in za {}", by(H1 + 90 * S)))
        .states(H1 + 180 * S, "za/2 in service in za");
    told.of("app.shop").outages(&[]).episodes(&[]).failed_by(&[]);
}

#[test]
fn what_has_no_room_elsewhere_is_killed_when_the_time_is_over() {
    let rest = app("shop", 1, 4, MANAGED);
    let told = told("per_zone = 1, memory = \"4GiB\"", "away = \"30s\"\nlimit = \"10min\"", &rest);
    // No other host: killed at 600, placed again when the host is back at 630.
    told.states(H1 + 600 * S, &format!("shop/1 Killed in za by evacuation of {H1}"))
        .states(H1 + 600 * S, "shop/1 noticed")
        .states(H1 + 600 * S, "shop/1 unplaced")
        .states(H1 + 630 * S, "shop/1 starts in za");
    told.of("app.shop")
        .outages(&[(H1 + 600 * S, H1 + 690 * S)])
        .causes(&[("evacuation", 90 * S)])
        .waited(&[(Room, 30 * S), (Start, 60 * S)])
        .episodes(&[("evacuation", true, [600 * S, 0, 30 * S, 60 * S, 0])]);
}

#[test]
fn a_successor_that_still_starts_when_the_time_is_over_is_the_replacement() {
    let rest = app("shop", 1, 2, MANAGED);
    let told = told("per_zone = 2, memory = \"4GiB\"", "limit = \"45s\"\naway = \"1s\"", &rest);
    // Killed at 45, up when its successor answers at 60; the successor stands on the second host, from
    // which it is moved in its turn, and killed again 45 s later, 15 s before it would have been.
    told.states(H1 + 45 * S, &format!("shop/1 Killed in za by evacuation of {H1}"));
    told.of("app.shop")
        .outages(&[(H1 + 45 * S, H1 + 60 * S), (H1 + 91 * S, H1 + 120 * S)])
        .waited(&[(Start, 44 * S)]);
}

#[test]
fn room_that_is_made_in_time_is_used() {
    // beta fills the second host until 200 s into the evacuation of the first.
    let rest = app("alpha", 1, 4, MANAGED)
        + &app("beta", 1, 4, MANAGED)
        + &format!(
            "[[change]]\napp = \"beta\"\nat = \"{}s\"\ncontainers = 0\nstrategy = \"none\"\n",
            3600 + 200
        );
    let told = told("per_zone = 2, memory = \"4GiB\"", "limit = \"10min\"", &rest);
    told.states(H1 + 260 * S, &format!("alpha/1 renewed in za by evacuation of {H1}"));
    told.of("app.alpha").outages(&[]);
}

#[test]
fn several_at_once_move_to_the_others() {
    let rest = app("shop", 4, 1, MANAGED);
    let told = told("per_zone = 4, memory = \"4GiB\"", "max_in_flight = 2\naway = \"10s\"", &rest);
    told.states(H1, &format!("za/1 emptied by evacuation of {H1}"))
        .states(H1, &format!("za/2 emptied by evacuation of {H1}"))
        .states(H1 + 70 * S, &format!("za/3 emptied by evacuation of {}", H1 + 70 * S))
        .states(H1 + 70 * S, &format!("za/4 emptied by evacuation of {}", H1 + 70 * S));
    told.of("app.shop").outages(&[]);
}

#[test]
fn what_never_moves_goes_with_its_host_and_comes_back_with_it() {
    for (keeps_its_place, start) in [
        ("supervisor = { restart = \"20s\" }", 20),
        ("health_manager = {}\nplacement = \"pinned\"", 60),
    ] {
        let rest = app("shop", 1, 2, keeps_its_place);
        let evacuation = "away = \"30s\"\nlimit = \"2min\"";
        let told = told("per_zone = 2, memory = \"4GiB\"", evacuation, &rest);
        told.of("app.shop")
            .outages(&[(H1 + 120 * S, H1 + (150 + start) * S)])
            .waited(&[(Provider, 30 * S), (Start, start * S)]);
    }
}

#[test]
fn nothing_is_moved_while_nothing_can_be_started() {
    let impaired = "[[incident]]\nname = \"api\"\nkind = \"control-plane\"\ntarget = \"region.r\"\n\
                    at = \"1h\"\nlasts = \"5min\"\n";
    let rest = app("shop", 1, 2, MANAGED) + impaired;
    let told = told("per_zone = 2, memory = \"4GiB\"", "limit = \"10min\"", &rest);
    told.states(H1 + 360 * S, &format!("shop/1 renewed in za by evacuation of {H1}"));
    told.of("app.shop").outages(&[]);
}

#[test]
fn a_host_that_is_lost_meanwhile_has_had_its_turn() {
    let lost = "[[incident]]\nname = \"gone\"\nkind = \"outage\"\ntarget = \"host.za/1\"\n\
                at = \"3630s\"\nlasts = \"10min\"\n";
    let rest = app("shop", 1, 2, MANAGED) + lost;
    let told = told("per_zone = 3, memory = \"4GiB\"", "away = \"10s\"", &rest);
    // The successor, half started, goes with it; another start begins at once.
    told.states(3630 * S, &format!("za/2 emptied by evacuation of {}", 3630 * S));
    told.of("app.shop").outages(&[(3630 * S, 3690 * S)]).causes(&[("gone", 60 * S)]);
}

#[test]
fn a_deployment_and_an_evacuation_share_what_they_move() {
    let change = "[[change]]\napp = \"shop\"\nat = \"3610s\"\nstrategy = \"rolling\"\n";
    let rest = app("shop", 2, 2, MANAGED) + change;
    let told = told("per_zone = 3, memory = \"4GiB\"", "away = \"10s\"", &rest);
    // The successor of the evacuation is given up for that of the new version.
    told.states(3670 * S, &format!("shop/1 renewed in za by change of {}", 3610 * S))
        .states(3670 * S, &format!("za/1 Stopped in za by evacuation of {H1}"));
    told.of("app.shop").outages(&[]);
}
