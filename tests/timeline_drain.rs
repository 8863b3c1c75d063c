//! What is stopped on purpose gets no new requests and keeps its room until it has finished those it
//! has: answers worked out by hand, to the nanosecond. Times in comments are seconds since the start.

mod common;

use common::timeline::{H, S, Told, tell};

/// One zone; a start takes a minute, and a container may drain for 20 s.
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
        "[app.{name}]\nregion = \"r\"\ncontainers = {containers}\nmemory = \"{memory}GiB\"\n\
         health_manager = {{}}\ndrain = \"20s\"\n{more}\n"
    )
}

fn change(app: &str, at: u64, more: &str) -> String {
    format!("[[change]]\napp = \"{app}\"\nat = \"{at}s\"\n{more}\n")
}

#[test]
fn a_container_that_was_renewed_keeps_its_room_until_it_has_drained() {
    // 2 + 2 of 4 GiB while alpha is renewed; beta, wanted from 150 on, has room when the old one is done.
    let rest = app("alpha", 1, 2, "load = \"10/s\"\nresponse = \"10s\"")
        + &app("beta", 1, 2, "")
        + &change("beta", 50, "containers = 0\nstrategy = \"none\"")
        + &change("alpha", 100, "strategy = \"rolling\"")
        + &change("beta", 150, "containers = 1\nstrategy = \"none\"");
    let told = told("per_zone = 1, memory = \"4GiB\"", &rest);
    told.states(150 * S, "beta/1 unplaced")
        .states(160 * S, "alpha/1 renewed in za by change of 100000000000")
        .states(180 * S, "beta/1 starts in za");
    // λ·W = 100 in flight, of which e⁻² last longer than 20 s; no new ones meet it.
    let lost = 100.0 * libm::exp(-2.0);
    told.of("app.alpha").outages(&[]).failed_by(&[("change", lost)]);
}

#[test]
fn a_container_that_was_switched_off_keeps_its_room_until_it_has_drained() {
    let rest = app("alpha", 1, 4, "")
        + &app("beta", 1, 4, "")
        + &change("beta", 50, "containers = 0\nstrategy = \"none\"")
        + &change("alpha", 100, "containers = 0\nstrategy = \"none\"")
        + &change("beta", 110, "containers = 1\nstrategy = \"none\"");
    let one = told("per_zone = 2, memory = \"4GiB\"", &rest);
    one.states(110 * S, "beta/1 starts in za"); // on the host that it has left itself
    let rest = app("alpha", 1, 4, "")
        + &app("beta", 1, 4, "")
        + &change("beta", 50, "containers = 0\nstrategy = \"none\"")
        + &change("beta", 60, "containers = 1\nstrategy = \"none\"");
    let own = told("per_zone = 2, memory = \"4GiB\"", &rest);
    own.states(60 * S, "beta/1 unplaced").states(70 * S, "beta/1 starts in za");
}

#[test]
fn what_drains_goes_with_its_host_and_nobody_misses_its_room() {
    let lost = "[[incident]]\nname = \"gone\"\nkind = \"outage\"\ntarget = \"host.za/1\"\n\
                at = \"55s\"\nlasts = \"1s\"\n";
    let rest = app("alpha", 1, 4, "")
        + &change("alpha", 50, "containers = 0\nstrategy = \"none\"")
        + &change("alpha", 57, "containers = 1\nstrategy = \"none\"")
        + lost;
    let told = told("per_zone = 1, memory = \"4GiB\"", &rest);
    told.states(57 * S, "alpha/1 starts in za");
}

#[test]
fn a_host_is_empty_when_the_last_of_its_containers_has_drained() {
    let rest =
        app("shop", 1, 2, "") + "[evacuation]\nevery = \"1h\"\nlimit = \"10min\"\naway = \"5s\"\n";
    let told = told("per_zone = 2, memory = \"4GiB\"", &rest);
    let by = format!("by evacuation of {H}");
    told.states(H + 60 * S, &format!("shop/1 renewed in za {by}"))
        .states(H + 80 * S, &format!("za/1 Stopped in za {by}"));
}
