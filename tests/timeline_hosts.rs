//! Hosts, room and placement: incidents with answers worked out by hand, to the nanosecond. Times in
//! comments are seconds since the start.

mod common;

use common::invariants::Checker;
use common::timeline::{S, Told, tell};
use common::{is_sound, scenario, watched};
use std::collections::BTreeMap;
use zonefall::model::capacity::{Shortage, after_losing};
use zonefall::model::setup::placed;
use zonefall::model::world::Phase::*;
use zonefall::scenario::assemble::assemble;
use zonefall::scenario::{Input, Source, load};
use zonefall::study::plan::plan;

/// Two zones with hosts. Crashes are noticed after 40 s, losses after 20; decided after 5, started
/// after 60.
fn on_hosts(hosts: &str, rest: &str) -> String {
    format!(
        "[study]\nhorizon = \"4h\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\nhosts = {{ {hosts} }}\n\
         [health_manager]\ndetect_crash = \"40s\"\ndetect_loss = \"20s\"\n\
         decide = \"5s\"\nstart = \"60s\"\n{rest}"
    )
}

fn app(name: &str, containers: u32, memory: u32, more: &str) -> String {
    format!(
        "[app.{name}]\nregion = \"r\"\ncontainers = {containers}\nmemory = \"{memory}GiB\"\n\
         health_manager = {{}}\n{more}\n"
    )
}

fn incident(name: &str, kind: &str, target: &str, at: u64, lasts: Option<u64>) -> String {
    let lasts = lasts.map_or(String::new(), |it| format!("lasts = \"{it}s\"\n"));
    format!(
        "[[incident]]\nname = \"{name}\"\nkind = \"{kind}\"\ntarget = \"{target}\"\n\
         at = \"{at}s\"\n{lasts}"
    )
}

#[track_caller]
fn told(hosts: &str, rest: &str) -> Told {
    tell(&on_hosts(hosts, rest))
}

const ONE_OF_2: &str = "per_zone = 1, memory = \"2GiB\"";

// ---- room ----

#[test]
fn a_replacement_without_room_waits_for_the_host_to_come_back() {
    let apps = app("alpha", 1, 2, "") + &app("shop", 1, 2, "");
    let told = told(ONE_OF_2, &(apps + &incident("gone", "outage", "host.zb/1", 100, Some(1200))));
    // alpha fills za, shop stands alone in zb. Noticed 120, decided 125, no room until 1300.
    told.states(100 * S, "shop/1 Lost in zb by gone of 100000000000")
        .states(125 * S, "shop/1 unplaced")
        .states(1300 * S, "shop/1 unplaced no more");
    told.of("app.shop")
        .outages(&[(100 * S, 1360 * S)])
        .causes(&[("gone", 1260 * S)])
        .waited(&[(Detection, 20 * S), (Decision, 5 * S), (Room, 1175 * S), (Start, 60 * S)])
        .episodes(&[("gone", true, [20 * S, 5 * S, 1175 * S, 60 * S, 0])]);
    told.of("app.alpha").outages(&[]);
}

#[test]
fn detecting_and_acting_grow_by_exactly_what_is_in_their_way() {
    let apps = app("alpha", 1, 2, "") + &app("shop", 1, 2, "");
    let text = on_hosts(
        ONE_OF_2,
        &(apps
            + &incident("away", "outage", "health-manager.r/1", 120, Some(600))
            + &incident("gone", "outage", "host.zb/1", 100, Some(1825))),
    );
    let text =
        text.replace("[health_manager]", "[health_manager]\ninstances = 1\nzones = [\"za\"]");
    // The health manager is away for 10 min from the instant at which it would have noticed; then there
    // is no room for 20 min.
    tell(&text).of("app.shop").outages(&[(100 * S, 1985 * S)]).episodes(&[(
        "gone",
        true,
        [620 * S, 5 * S, 1200 * S, 60 * S, 0],
    )]);
}

#[test]
fn room_that_another_leaves_is_taken_in_order_of_decision() {
    let apps = app("alpha", 1, 2, "") + &app("beta", 1, 2, "") + &app("shop", 1, 2, "");
    let hosts = "per_zone = 2, memory = \"2GiB\"";
    let told = told(
        hosts,
        &(apps
            + &incident("dark", "outage", "zone.zb", 100, Some(9000))
            + &incident("more", "outage", "host.za/2", 130, Some(5000))
            + &incident("boom", "crash", "app.alpha", 600, None)),
    );
    // alpha za/1, beta za/2, shop zb/1. shop can move nowhere: za is full. beta is lost at 130 too and
    // decided at 155. alpha crashes at 600 and leaves its room at once, to shop; beta has none until 5130.
    told.states(125 * S, "shop/1 unplaced")
        .states(155 * S, "beta/1 unplaced")
        .states(600 * S, "shop/1 starts in za")
        .states(645 * S, "alpha/1 unplaced")
        .states(5130 * S, "beta/1 starts in za")
        .states(9100 * S, "alpha/1 starts in zb");
}

#[test]
fn containers_that_need_less_than_is_left_pass_those_that_need_more() {
    let apps = app("big", 1, 4, "") + &app("small", 1, 1, "");
    let told = told(
        "per_zone = 1, memory = \"4GiB\"",
        &(apps
            + "[app.tenant]\nregion = \"r\"\nzones = [\"zb\"]\nmemory = \"2GiB\"\nhealth_manager = {}\n"
            + &incident("dark", "outage", "zone.za", 100, Some(1000))),
    );
    // big fills za; small and tenant share zb, where there is no room for big but none is needed for the
    // others.
    told.states(125 * S, "big/1 unplaced").states(1100 * S, "big/1 starts in za");
    told.of("app.small").outages(&[]);
    told.of("app.big").outages(&[(100 * S, 1160 * S)]);
}

// ---- skew ----

#[test]
fn placement_stays_skewed_when_the_zone_is_back_and_falls_with_the_other() {
    let storms = incident("first", "outage", "zone.za", 100, Some(500))
        + &incident("second", "outage", "zone.zb", 5000, Some(500));
    let hosts = "per_zone = 2, memory = \"8GiB\"";
    // shop/1 moves from za to zb at 125 and stays: both are in zb when it is lost, and both move back.
    let skewed = told(hosts, &(app("shop", 2, 1, "") + &storms));
    skewed.states(185 * S, "shop/1 in service in zb");
    skewed.of("app.shop").outages(&[(5000 * S, 5085 * S)]).causes(&[("second", 85 * S)]);
    // A restart in between heals it: the emptier zone is za again.
    let restart = incident("restart", "crash", "container.shop/1", 2000, None);
    let healed = told(hosts, &(app("shop", 2, 1, "") + &storms + &restart));
    healed.states(2105 * S, "shop/1 in service in za");
    healed.of("app.shop").outages(&[]);
}

#[test]
fn a_home_falls_through_to_another_zone_and_a_pinned_container_waits_for_its_host() {
    let home = "placement = \"home\"";
    let told = tell(&on_hosts(
        "per_zone = 1, memory = \"2GiB\"",
        &(app("home", 2, 1, home) + &app("pinned", 2, 1, "placement = \"pinned\"")),
    ));
    // home/1 and pinned/1 fill za in the first round, home/2 finds no room there.
    let zones = |name: &str| {
        let (world, _) = placed(&told.topology);
        let units = told.topology.units.ids();
        let of = units.filter(|&it| told.topology.unit_name(it).starts_with(name));
        of.map(|it| world.units[it.index()].zone).collect::<Vec<_>>()
    };
    assert_eq!((zones("home/"), zones("pinned/")), (vec![0, 1], vec![0, 1]));
    let pinned = app("shop", 1, 1, "placement = \"pinned\"");
    let told = tell(&on_hosts(
        "per_zone = 2, memory = \"2GiB\"",
        &(pinned + &incident("gone", "outage", "host.za/1", 100, Some(1000))),
    ));
    told.of("app.shop").outages(&[(100 * S, 1160 * S)]).waited(&[
        (Detection, 20 * S),
        (Decision, 5 * S),
        (Provider, 975 * S),
        (Start, 60 * S),
    ]);
}

// ---- hosts ----

#[test]
fn a_host_takes_what_stands_on_it_and_comes_back_empty() {
    let apps = app("alpha", 1, 1, "") + &app("beta", 1, 1, "") + &app("gamma", 1, 1, "");
    let hosts = "per_zone = 1, memory = \"8GiB\", returns = \"30s\"";
    let told = told(hosts, &(apps + &incident("gone", "outage", "host.za/1", 100, Some(1000))));
    // alpha and gamma stand in za: they go together and are noticed together.
    for name in ["alpha/1", "gamma/1"] {
        told.states(100 * S, &format!("{name} Lost in za by gone of 100000000000"))
            .states(120 * S, &format!("{name} noticed"))
            .states(185 * S, &format!("{name} in service in zb"));
    }
    told.states(1130 * S, "za/1 in service in za").of("app.beta").outages(&[]);
    told.never_states("alpha/1 original");
}

#[test]
fn a_host_that_is_cut_off_gives_its_containers_back() {
    let told = told(
        "per_zone = 1, memory = \"8GiB\"",
        &(app("shop", 1, 1, "") + &incident("cut", "isolation", "host.za/1", 100, Some(50))),
    );
    // Noticed 120, decided 125, starting in zb until 185; the original is there again at 150.
    told.states(125 * S, "shop/1 starts in zb").states(150 * S, "shop/1 original stays");
    told.of("app.shop").outages(&[(100 * S, 150 * S)]).causes(&[("cut", 50 * S)]);
}

#[test]
fn a_replacement_that_serves_first_retires_the_original_on_a_host_that_is_cut_off() {
    let told = told(
        "per_zone = 1, memory = \"8GiB\"",
        &(app("shop", 1, 1, "") + &incident("cut", "isolation", "host.za/1", 100, Some(500))),
    );
    told.states(185 * S, "shop/1 original retired").of("app.shop").outages(&[(100 * S, 185 * S)]);
}

#[test]
fn what_is_restarted_in_place_waits_for_its_host() {
    let supervised =
        "[app.shop]\nregion = \"r\"\nmemory = \"1GiB\"\nsupervisor = { restart = \"60s\" }\n";
    let hosts = "per_zone = 2, memory = \"8GiB\", returns = \"30s\"";
    let gone = incident("gone", "outage", "host.za/1", 100, Some(1000));
    // 1100 the fault is over, 1130 the host is back, 1190 the container.
    let told = told(hosts, &(supervised.to_string() + &gone));
    told.of("app.shop")
        .outages(&[(100 * S, 1190 * S)])
        .waited(&[(Provider, 1030 * S), (Start, 60 * S)]);
}

#[test]
fn a_zone_brings_its_hosts_back_after_their_delay() {
    let told = told(
        "per_zone = 1, memory = \"2GiB\", returns = \"5min\"",
        &(app("shop", 2, 2, "") + &incident("dark", "outage", "zone.za", 100, Some(1000))),
    );
    told.states(1400 * S, "shop/1 starts in za");
}

/// For each replication, whether each container was lost by the fault.
fn lost(text: &str, names: &[&str], replications: u64) -> Vec<Vec<bool>> {
    let scenario = scenario(text);
    let topology = assemble(&scenario);
    let plan = plan(&scenario, &topology);
    let mut checker = Checker::all();
    let lost = |replication| {
        let (_, recorder, _) = watched(&topology, &plan, replication, &mut checker);
        let of =
            |name: &&str| recorder.lines.iter().any(|it| it.1.starts_with(&format!("{name} Lost")));
        names.iter().map(of).collect()
    };
    let all = (0..replications).map(lost).collect();
    assert!(checker.broken.is_empty(), "{}", checker.told());
    all
}

#[test]
fn part_of_a_zone_is_hit_host_by_host() {
    let apps = app("alpha", 1, 1, "zones = [\"za\"]") + &app("beta", 1, 1, "zones = [\"za\"]");
    let part = incident("part", "outage", "zone.za", 100, Some(1000)) + "fraction = \"50%\"\n";
    let together = lost(
        &on_hosts("per_zone = 1, memory = \"8GiB\"", &(apps.clone() + &part)),
        &["za/1", "alpha/1", "beta/1"],
        400,
    );
    assert!(together.iter().all(|it| it[0] == it[1] && it[1] == it[2]), "they share one coin");
    let hit = together.iter().filter(|it| it[0]).count();
    assert!((150..=250).contains(&hit), "{hit} of 400 at one half");
    let apart = lost(
        &on_hosts("per_zone = 2, memory = \"8GiB\"", &(apps + &part)),
        &["alpha/1", "beta/1"],
        400,
    );
    let split = apart.iter().filter(|it| it[0] != it[1]).count();
    assert!((150..=250).contains(&split), "{split} of 400: on hosts of their own");
}

#[test]
fn hosts_are_lost_in_company() {
    let failure = |chance: &str| {
        format!(
            "[failure.loss]\nkind = \"outage\"\ntargets = \"host.za/1\"\n\
             mtbf = {{ dist = \"constant\", value = \"1h\" }}\nlasts = \"4h\"\n\
             company = {{ chance = \"{chance}\", size = 3 }}\n"
        )
    };
    let names = ["za/1", "za/2", "za/3", "za/4", "za/5", "za/6", "zb/1"];
    let hosts = "per_zone = 6, memory = \"8GiB\"";
    let of = |chance: &str| {
        lost(&on_hosts(hosts, &(app("shop", 1, 1, "") + &failure(chance))), &names, 600)
    };
    assert!(of("0%").iter().all(|it| it == &[true, false, false, false, false, false, false]));
    let sizes: Vec<_> = of("100%").iter().map(|it| it.iter().filter(|hit| **hit).count()).collect();
    assert!(of("100%").iter().all(|it| it[0] && !it[6]), "in its own zone");
    // 2 + geometric of mean 1, cut at 6: 2, 3, 4, 5, 6 at 1/2, 1/4, 1/8, 1/16, 1/16: mean 2.9375.
    let mean = sizes.iter().sum::<usize>() as f64 / 600.0;
    assert!(sizes.iter().all(|it| (2..=6).contains(it)) && (mean - 2.9375).abs() < 0.2, "{mean}");
    let some = of("37%").iter().filter(|it| it[1..6].contains(&true)).count();
    assert!((170..=275).contains(&some), "{some} of 600 at 37 %");
}

#[test]
fn more_than_a_third_of_the_hosts_that_the_platform_loses_go_in_company() {
    let text = "version = 1\nplatform = \"mendix-cloud@2026-11\"\nchanges = \"none\"\n\
                [region.r]\ncountry = \"DE\"\nzones = 3\n\
                hosts = { per_zone = 20, memory = \"8GiB\" }\n\
                [app.shop]\nregion = \"r\"\nplan = \"premium\"\nmemory = \"1GiB\"\n";
    let file = Source { path: "test.toml".into(), text: text.into(), dir: "tests".into() };
    let loaded = load(&Input { files: vec![file], ..Input::default() });
    let loaded = loaded.unwrap_or_else(|mistakes| panic!("{}", mistakes.rendered_plain));
    let topology = assemble(&loaded.scenario);
    let plan = plan(&loaded.scenario, &topology);
    let mut checker = Checker::all();
    let (mut lost, mut in_company) = (0, 0);
    for replication in 0..100 {
        let (_, recorder, _) = watched(&topology, &plan, replication, &mut checker);
        // Those that an onset has struck: `ra/7 Lost in ra by host-loss of 123`.
        let mut struck = BTreeMap::<u64, u32>::new();
        let hosts = ["ra/", "rb/", "rc/"];
        let of = |line: &str| line.contains(" Lost in ") && line.contains(" by host-loss of ");
        for (at, line) in &recorder.lines {
            if of(line) && hosts.iter().any(|host| line.starts_with(host)) {
                *struck.entry(*at).or_default() += 1;
            }
        }
        lost += struck.values().sum::<u32>();
        in_company += struck.values().filter(|it| **it > 1).sum::<u32>();
    }
    assert!(checker.broken.is_empty(), "{}", checker.told());
    // 60 hosts, each lost once in 2 years, for 100 years; 37 % of them within two minutes of another.
    let share = f64::from(in_company) / f64::from(lost);
    assert!((2800..3200).contains(&lost), "{lost} hosts lost");
    assert!((share - 0.37).abs() < 0.035, "{in_company} of {lost} in company: {share}");
}

#[test]
fn the_presence_of_a_host_expires_once_for_all_that_stands_on_it() {
    let apps = app("alpha", 3, 1, "zones = [\"za\"]") + &app("beta", 2, 1, "zones = [\"za\"]");
    let gone = incident("gone", "outage", "zone.za", 100, Some(1000));
    let text = on_hosts("per_zone = 2, memory = \"8GiB\"", &(apps + &gone));
    let told = tell(&text.replace(
        "detect_loss = \"20s\"",
        "detect_loss = { dist = \"uniform\", low = \"10s\", high = \"20s\" }",
    ));
    let noticed = told.recorder.lines.iter().filter(|it| it.1.ends_with(" noticed"));
    let mut instants: Vec<_> = noticed.map(|it| it.0).collect();
    assert_eq!(instants.len(), 5);
    instants.dedup();
    assert_eq!(instants.len(), 2, "one for each of the two hosts");
}

// ---- the auction and capacity ----

#[test]
fn first_containers_come_before_second_ones_and_hosts_by_score() {
    let apps = app("alpha", 2, 2, "zones = [\"za\"]") + &app("beta", 2, 1, "zones = [\"za\"]");
    let topology = assemble(&scenario(&on_hosts("per_zone = 2, memory = \"4GiB\"", &apps)));
    let (world, without_room) = placed(&topology);
    assert!(without_room.is_empty());
    // alpha/1 → host 1; beta/1 → host 2, empty; alpha/2 → host 2: half of the other would be its own app;
    // beta/2 → host 1 for the same reason.
    let on: Vec<_> = topology.units.ids().take(4).map(|it| world.rooms.host_of(it)).collect();
    assert_eq!(on, [Some(0), Some(1), Some(1), Some(0)]);
}

#[test]
fn who_finds_no_room_at_the_start_is_a_mistake() {
    assert!(is_sound(&on_hosts(ONE_OF_2, &app("shop", 2, 2, ""))));
    assert!(!is_sound(&on_hosts(ONE_OF_2, &app("shop", 3, 2, ""))));
    assert!(!is_sound(&on_hosts(ONE_OF_2, &app("shop", 2, 2, "").replace("memory", "#"))));
}

#[test]
fn the_room_that_is_left_without_a_zone_can_be_told_before() {
    let short = |apps: &str, hosts: &str| {
        let topology = assemble(&scenario(&on_hosts(hosts, apps)));
        topology.zones.ids().map(|zone| after_losing(&topology, zone)).collect::<Vec<_>>()
    };
    let apps = app("shop", 3, 2, "") + &app("other", 1, 2, "");
    let two_each = "per_zone = 2, memory = \"2GiB\"";
    let all = Shortage { displaced: 2, unplaced: 2 };
    assert_eq!(short(&apps, two_each), [all, all]);
    // Of equal zones the first by name: other, shop/1 and shop/3 fill za, shop/2 is alone in zb.
    let (three, one) =
        (Shortage { displaced: 3, unplaced: 1 }, Shortage { displaced: 1, unplaced: 1 });
    assert_eq!(short(&apps, "per_zone = 3, memory = \"2GiB\""), [three, one]);
    let none = Shortage { displaced: 2, unplaced: 0 };
    assert_eq!(short(&apps, "per_zone = 1, memory = \"8GiB\""), [none, none]);
}
