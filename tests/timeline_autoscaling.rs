//! Containers by load: answers worked out by hand, to the nanosecond. Times in comments are seconds
//! since the start.

mod common;

use common::timeline::{H, MIN, S, Told, tell};
use zonefall::engine::{Draw, Key, Purpose};

/// A Wednesday on which the load, 100/s until eight, is 460/s for two hours and 100/s again. A container
/// serves 100/s and takes a minute to start.
fn day(more: &str, rest: &str) -> String {
    format!(
        "[study]\nstart = 2025-01-01\nhorizon = \"12h\"\n\
         [region.r]\ncountry = \"DE\"\nzones = [\"za\", \"zb\"]\n\
         [profile.spike]\nweekday = [\"0:00 10%\", \"8:00 46%\", \"10:00 10%\"]\n\
         [health_manager]\nstart = \"60s\"\n\
         [app.shop]\nregion = \"r\"\ncontainers = 2\nhealth_manager = {{}}\n{more}\n\
         load = {{ mean = \"130/s\", profile = \"spike\" }}\ncapacity = \"100/s\"\n\
         [app.shop.autoscaling]\n{rest}"
    )
}

/// Six containers for 460/s, two for 100/s.
const TARGET: &str = "target = \"80%\"\nmin = 2\nmax = 8\nevery = \"1min\"\ncool_down = \"5min\"\n";

/// From an instant until the autoscaler looks at the load.
fn until_look(told: &Told, at: u64, every: u64) -> u64 {
    let key = Key::new(told.topology.seed, "change.autoscaling.255@app.shop");
    let phase = (Draw::new(key, Purpose::SCALING, 0, 0).uniform() * every as f64) as u64;
    (phase + every - at % every) % every
}

#[test]
fn the_first_look_after_the_load_has_changed_orders_as_many_as_it_needs() {
    let told = tell(&day("", TARGET));
    let up = 8 * H + until_look(&told, 8 * H, MIN);
    let down = 10 * H + until_look(&told, 10 * H, MIN);
    for unit in 3..=6 {
        told.states(up, &format!("shop/{unit} switched on by autoscaling of {up}"))
            .states(up + MIN, &format!("shop/{unit} in service in {}", ["zb", "za"][unit % 2]));
    }
    told.states(down, &format!("shop/3 switched off in za by autoscaling of {down}"))
        .never_states("shop/7 s");
    // 260 of 460/s find no room: before the order it is nobody's fault but the load's, then the
    // autoscaler's, until what it ordered is there.
    let seconds = |nanos: u64| nanos as f64 / S as f64;
    told.of("app.shop")
        .outages(&[])
        .failed_by(&[("autoscaling", 260.0 * 60.0), ("overload", 260.0 * seconds(up - 8 * H))]);
}

#[test]
fn an_order_comes_late_and_the_next_one_after_the_cool_down() {
    let late = "target = \"80%\"\nmin = 2\nmax = 8\nevery = \"1min\"\ndelay = \"90s\"\ncool_down = \"3h\"\n";
    let told = tell(&day("", late));
    let up = 8 * H + until_look(&told, 8 * H, MIN) + 90 * S;
    // The load is gone again at ten, and nobody looks until three hours after the order.
    let down = up + 3 * H + until_look(&told, up + 3 * H, MIN) + 90 * S;
    told.states(up, &format!("shop/6 switched on by autoscaling of {up}"))
        .states(down, &format!("shop/6 switched off in zb by autoscaling of {down}"));
    let orders = told.recorder.lines.iter().filter(|it| it.1.contains("change autoscaling"));
    assert_eq!(orders.count(), 4, "two orders begin and end");
}

#[test]
fn a_step_that_nobody_looks_at_is_missed() {
    let seldom = "target = \"80%\"\nmin = 2\nmax = 8\nevery = \"6h\"\ncool_down = \"0s\"\n";
    let told = tell(&day("", seldom));
    let look = until_look(&told, 0, 6 * H);
    let seen = [look, look + 6 * H].into_iter().find(|it| (8 * H..10 * H).contains(it));
    match seen {
        Some(at) => drop(told.states(at, &format!("shop/6 switched on by autoscaling of {at}"))),
        None => drop(told.never_states("switched on")),
    }
    told.of("app.shop").outages(&[]);
}

#[test]
fn no_more_than_the_limits_allow() {
    let few = TARGET.replace("max = 8", "max = 3");
    let told = tell(&day("", &few));
    told.never_states("shop/4");
    let one = TARGET.replace("min = 2", "min = 1").replace("max = 8", "max = 3");
    let told = tell(&day("needs = 1", &one).replace("10:00 10%", "10:00 1%"));
    let down = 10 * H + until_look(&told, 10 * H, MIN);
    told.states(down, &format!("shop/2 switched off in zb by autoscaling of {down}"))
        .never_states("shop/1");
}

#[test]
fn it_is_helpless_while_the_control_plane_is_impaired() {
    let impaired = "[[incident]]\nname = \"api\"\nkind = \"control-plane\"\ntarget = \"region.r\"\n\
                    at = \"7h\"\nlasts = \"90min\"\n";
    let told = tell(&(day("", TARGET) + impaired));
    let up = 8 * H + 30 * MIN + until_look(&told, 8 * H + 30 * MIN, MIN);
    told.states(up, &format!("shop/3 switched on by autoscaling of {up}"));
    let orders = told.recorder.lines.iter().filter(|it| it.1.contains("change autoscaling"));
    assert_eq!(orders.count(), 4, "two orders begin and end");
}

#[test]
fn it_waits_for_a_change_that_is_under_way() {
    // Two containers are renewed from 7:59 on, five minutes each; only then it orders the others.
    let slow = day("", TARGET).replace("start = \"60s\"", "start = \"5min\"");
    let change = "[[change]]\napp = \"shop\"\nat = \"7h59min\"\nstrategy = \"rolling\"\n";
    let told = tell(&(slow + change));
    let over = 8 * H + 9 * MIN;
    told.states(over, &format!("shop change change of {} ends", 8 * H - MIN));
    let up = over + until_look(&told, over, MIN);
    told.states(up, &format!("shop/6 switched on by autoscaling of {up}"));
}

#[test]
fn it_sleeps_with_its_app() {
    let told = tell(&day("sleep = { from = \"07:00\", until = \"09:00\" }", TARGET));
    told.states(7 * H, &format!("shop/1 switched off in za by sleep of {}", 7 * H));
    let up = 9 * H + until_look(&told, 9 * H, MIN);
    told.states(up, &format!("shop/6 switched on by autoscaling of {up}"));
}

#[test]
fn what_it_orders_needs_room_on_the_hosts() {
    let text = day("memory = \"2GiB\"", TARGET).replace(
        "zones = [\"za\", \"zb\"]",
        "zones = [\"za\", \"zb\"]\nhosts = { per_zone = 1, memory = \"4GiB\" }",
    );
    let told = tell(&text);
    let up = 8 * H + until_look(&told, 8 * H, MIN);
    told.states(up, "shop/5 unplaced").states(up, "shop/6 unplaced");
    let down = 10 * H + until_look(&told, 10 * H, MIN);
    told.states(down, &format!("shop/6 switched off by autoscaling of {down}"));
    // Four of six serve: 60/s are the autoscaler's, whose containers have no place.
    let seconds = (down.min(10 * H) - up - MIN) as f64 / S as f64;
    told.of("app.shop").failed_by(&[
        ("autoscaling", 260.0 * 60.0 + 60.0 * seconds),
        ("overload", 260.0 * (up - 8 * H) as f64 / S as f64),
    ]);
}

#[test]
fn a_queue_is_scaled_by_what_its_servers_can_do() {
    // 20 servers of 200 ms are 100/s as well.
    let queue = "concurrency = 20\nservice_time = \"200ms\"\nqueue_places = 40";
    let told = tell(&day("", TARGET).replace("capacity = \"100/s\"", queue));
    let up = 8 * H + until_look(&told, 8 * H, MIN);
    told.states(up, &format!("shop/6 switched on by autoscaling of {up}"));
}

#[test]
fn a_zone_that_is_lost_meanwhile_changes_no_order() {
    let outage = "[[incident]]\nname = \"dark\"\nkind = \"outage\"\ntarget = \"zone.zb\"\n\
                  at = \"7h\"\nlasts = \"4h\"\n";
    let told = tell(&(day("", TARGET) + outage));
    let up = 8 * H + until_look(&told, 8 * H, MIN);
    told.states(up + MIN, "shop/6 in service in za").states(up + MIN, "shop/3 in service in za");
}
